"""What a base class asks of the class that its object was made of, which says it for itself; classes within classes."""

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


ROOT = "https://api.partnercenter.microsoft.com/v1/"
INNER = {
    "a.py": f"""\
import requests
class Client:
    class Urls:
        root = "{ROOT}"
    def all(self):
        return requests.get(self.Urls.root + "customers").json()
""",
    "A.cs": f"""\
using System.Net.Http;
public class A {{
  static class Urls {{ public const string Root = "{ROOT}"; public static string Of(string p) {{ return Root + p; }} }}
  HttpClient http = new HttpClient();
  public async Task<string> All() {{
    var a = await http.GetAsync(Urls.Of("customers"));
    return await a.Content.ReadAsStringAsync();
  }}
}}
""",
    "A.vb": f"""\
Imports System.Net.Http
Public Class A
    Private Class Urls
        Public Const Root As String = "{ROOT}"
    End Class
    Private ReadOnly http As New HttpClient()
    Public Async Function All() As Task(Of String)
        Dim a = Await http.GetAsync(Urls.Root & "customers")
        Return Await a.Content.ReadAsStringAsync()
    End Function
End Class
""",
    "A.java": f"""\
import org.springframework.web.client.RestTemplate;
public class A {{
  interface Urls {{ String ROOT = "{ROOT}"; }}
  RestTemplate rest = new RestTemplate();
  public String all() {{
    try {{ return rest.getForObject(Urls.ROOT + "customers", String.class); }} catch (Exception e) {{ return ""; }}
  }}
}}
""",
    "a.kt": f"""\
import org.springframework.web.client.RestTemplate
class A(private val rest: RestTemplate) {{
  private object Urls {{ val root = "{ROOT}" }}
  fun all(): String =
    try {{ rest.getForObject(Urls.root + "customers", String::class.java) }} catch (e: Exception) {{ "" }}
}}
""",
    "a.groovy": f"""\
import org.springframework.web.client.RestTemplate
class A {{
  static class Urls {{ static final String ROOT = '{ROOT}' }}
  def rest = new RestTemplate()
  def all() {{ try {{ rest.getForObject(Urls.ROOT + 'customers', String) }} catch (Exception e) {{ '' }} }}
}}
""",
    "a.rb": f"""\
require 'net/http'
class A
  module Urls
    ROOT = '{ROOT}'.freeze
  end
  def all
    JSON.parse(Net::HTTP.get(URI("#{{Urls::ROOT}}customers")))
  end
end
""",
}


@pytest.mark.parametrize("path", INNER)
def test_a_class_within_a_class_has_its_own_members(path: str) -> None:
    assert len(loud({path: INNER[path]}, "unhandled-401")) == 1
    elsewhere = INNER[path].replace(ROOT, "https://api.example.com/v1/")
    assert loud({path: elsewhere}) == []
