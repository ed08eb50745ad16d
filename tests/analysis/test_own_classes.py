"""What a base class asks of the class that its object was made of, which says it for itself."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_PYTHON = """
import requests

class Base:
    def pull(self, path):
        return requests.get(@@ + path).json()

class Customers(Base):
    root = "https://HOST/v1/"

    @classmethod
    def address(cls):
        return "https://HOST/v1/"

    def all(self):
        return self.pull("customers")

print(Customers().all())
"""
_JAVASCRIPT = """
class Base {
  async pull(path) { const r = await fetch(@@ + path); return r.json(); }
}
class Customers extends Base {
  static root = "https://HOST/v1/";
  static address() { return "https://HOST/v1/"; }
  all() { return this.pull("customers"); }
}
new Customers().all().then(console.log);
"""
_PHP = """<?php
abstract class Base {
  protected static string $root = '';
  protected static function address(): string { throw new LogicException(); }
  protected function pull(string $path): array {
    $ch = curl_init(@@ . $path);
    curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
    return json_decode(curl_exec($ch), true);
  }
}
class Customers extends Base {
  protected static string $root = 'https://HOST/v1/';
  protected static function address(): string { return 'https://HOST/v1/'; }
  public function all(): array { return $this->pull('customers')['items']; }
}
print_r((new Customers())->all());
"""
_RUBY = """
class Base
  class << self
    attr_accessor :root
    def address = raise(NotImplementedError)
  end
  def pull(path)
    Faraday.get(@@ + path).body
  end
end
class Customers < Base
  ROOT = 'https://HOST/v1/'
  self.root = 'https://HOST/v1/'
  def self.address = 'https://HOST/v1/'
  def all
    pull('customers')
  end
end
puts Customers.new.all
"""
_ASKED = [
    *(("a.py", _PYTHON, how) for how in ("type(self).root", "self.__class__.root", "type(self).address()")),
    *(("a.js", _JAVASCRIPT, how) for how in ("this.constructor.root", "this.constructor.address()")),
    *(("a.php", _PHP, how) for how in ("static::$root", "static::address()")),
    *(("a.rb", _RUBY, how) for how in ("self.class.root", "self.class::ROOT", "self.class.address")),
]


@pytest.mark.parametrize(("path", "text", "asked"), _ASKED, ids=[asked for _, _, asked in _ASKED])
def test_the_class_of_an_object_is_asked(path: str, text: str, asked: str) -> None:
    text = text.replace("@@", asked)
    assert loud({path: text.replace("HOST", "api.partnercenter.microsoft.com")}, "unhandled-401") == ["PCM401"]
    assert loud({path: text.replace("HOST", "api.contoso.example")}, "unhandled-401") == []
