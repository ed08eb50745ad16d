"""Every HTTP library of the catalog is known by its calls (libraries.toml)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.helpers.code import loud

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LIBRARIES: list[dict[str, str]] = tomllib.loads(Path(__file__).with_name("libraries.toml").read_text("utf-8"))[
    "library"
]
PARTNER = {"partner.toml": 'base = "https://api.partnercenter.microsoft.com/v1"\n'}


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["name"])
def test_a_call_is_found_by_whom_it_is_sent_to(library: dict[str, str]) -> None:
    path, code = library["path"], library["code"]
    assert loud({**PARTNER, path: code}, "unhandled-401") != []
    elsewhere = code.replace("api.partnercenter.microsoft.com", "api.contoso.com")
    assert loud({**PARTNER, path: elsewhere}, "unhandled-401") == []
