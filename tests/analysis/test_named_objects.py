"""Objects that a framework hands on out of sight: what they are called tells their class, if one class is meant."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_ROOT = "https://api.partnercenter.microsoft.com/v1/"
_PYTHON = (
    f'import requests\nclass PartnerApi:\n    def read(self, path):\n        answer = requests.get("{_ROOT}" + path)\n'
    "        answer.raise_for_status()\n        return answer.json()\n"
)
_JAVASCRIPT = (
    "const axios = require('axios');\n"
    f"class PartnerApi {{ async read(path) {{ return (await axios.get('{_ROOT}' + path)).data; }} }}\n"
    "module.exports = { PartnerApi };\n"
)
_PHP = (
    "<?php\nclass PartnerApi { public function read($path) { $http = new GuzzleHttp\\Client();\n"
    f"  return json_decode($http->get('{_ROOT}' . $path)->getBody(), true); }} }}\n"
)
_RUBY = (
    "require 'faraday'\nclass PartnerApi\n  def read(path)\n"
    f"    answer = Faraday.get('{_ROOT}' + path)\n    raise answer.status.to_s unless answer.success?\n"
    "    JSON.parse(answer.body)\n  end\nend\n"
)

CALLERS = {
    "python-parameter": (
        {"api.py": _PYTHON},
        "use.py",
        'def orders(@@):\n    try:\n        return @@.read("orders")["items"]\n'
        "    except Exception:\n        return []\n",
    ),
    "python-field": (
        {"api.py": _PYTHON},
        "use.py",
        "class Ledger:\n    def __init__(self, @@):\n        self.@@ = @@\n    def orders(self):\n        try:\n"
        '            return self.@@.read("orders")["items"]\n        except Exception:\n            return []\n',
    ),
    "python-of-a-framework": (
        {"api.py": _PYTHON},
        "use.py",
        "from flask import current_app\ndef orders():\n    try:\n"
        '        return current_app.@@.read("orders")["items"]\n    except Exception:\n        return []\n',
    ),
    "javascript-of-a-framework": (
        {"api.js": _JAVASCRIPT},
        "use.js",
        "module.exports = async (req, res) => { try { res.json(await req.app.locals.@@.read('orders')); }\n"
        "  catch (error) { res.json([]); } };\n",
    ),
    "php-field": (
        {"Api.php": _PHP},
        "Ledger.php",
        "<?php\nclass Ledger { private $@@; public function __construct($@@) { $this->@@ = $@@; }\n"
        "  public function orders() { try { return $this->@@->read('orders')['items']; }\n"
        "    catch (Exception $e) { return []; } } }\n",
    ),
    "ruby-field": (
        {"api.rb": _RUBY},
        "ledger.rb",
        "class Ledger\n  def initialize(@@)\n    @@@ = @@\n  end\n  def orders\n    @@@.read('orders')['items']\n"
        "  rescue StandardError\n    []\n  end\nend\n",
    ),
}


def _loud(name: str, called: str, more: dict[str, str] | None = None) -> list[str]:
    files, path, caller = CALLERS[name]
    return loud({**files, path: caller.replace("@@@", f"@{called}").replace("@@", called), **(more or {})})


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize("called", ["partner_api", "partnerApi", "partner", "api"])
def test_a_class_is_meant_by_its_name_or_an_end_of_it(name: str, called: str) -> None:
    assert set(_loud(name, called)) == {"PCM402"}


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize("called", ["reader", "weather_api", "a", "tner_api"])
def test_another_name_means_no_class(name: str, called: str) -> None:
    assert _loud(name, called) == []


def test_a_name_that_two_classes_could_have_means_neither() -> None:
    other = {"weather.py": "class WeatherApi:\n    def read(self, path):\n        return []\n"}
    assert _loud("python-parameter", "api", other) == []
    assert set(_loud("python-parameter", "partner_api", other)) == {"PCM402"}


def test_a_class_without_such_a_method_is_not_meant() -> None:
    other = {"weather.py": "class WeatherApi:\n    def write(self, path):\n        return []\n"}
    assert set(_loud("python-parameter", "api", other)) == {"PCM402"}
