"""A method that ran before anybody made its object is run with the object that is made afterwards."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

PROGRAMS = {
    "shop.rb": """
require 'rest-client'

class Rows
  def initialize(wire)
    @wire = wire
  end

  def all
    @wire.lines('customers')
  rescue StandardError
    []
  end
end

class Wire
  def initialize(root)
    @root = root
  end

  def lines(path)
    RestClient.get(@root + path).body
  end
end

module Wiring
  def self.rows
    Rows.new(Wire.new('%s'))
  end
end
""",
    "shop.py": """
import requests


class Rows:
    def __init__(self, wire):
        self.wire = wire

    def all(self):
        try:
            return self.wire.lines("customers")
        except Exception:
            return []


class Wire:
    def __init__(self, root):
        self.root = root

    def lines(self, path):
        answer = requests.get(self.root + path)
        answer.raise_for_status()
        return answer.json()


class Wiring:
    def rows(self):
        return Rows(Wire("%s"))
""",
    "shop.js": """
const axios = require('axios')

class Rows {
  constructor(wire) { this.wire = wire }
  async all() {
    try { return await this.wire.lines('customers') } catch (error) { return [] }
  }
}

class Wire {
  constructor(root) { this.root = root }
  async lines(path) { return (await axios.get(this.root + path)).data }
}

class Wiring {
  rows() { return new Rows(new Wire('%s')) }
}
module.exports = { Wiring }
""",
}


@pytest.mark.parametrize("path", PROGRAMS)
def test_the_object_is_known_that_is_made_further_down(path: str) -> None:
    assert loud({path: PROGRAMS[path] % "https://api.partnercenter.microsoft.com/v1/"}, "unhandled-401")
    assert not loud({path: PROGRAMS[path] % "https://rates.contoso.example/"}, "unhandled-401")
