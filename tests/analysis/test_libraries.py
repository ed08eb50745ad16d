"""Every HTTP library and store of secrets of the catalog is known by its calls (libraries.toml, stores.toml)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.helpers.code import loud

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
LIBRARIES: list[dict[str, str]] = tomllib.loads((HERE / "libraries.toml").read_text("utf-8"))["library"]
STORES: list[dict[str, str]] = tomllib.loads((HERE / "stores.toml").read_text("utf-8"))["store"]
PARTNER = {"partner.toml": 'base = "https://api.partnercenter.microsoft.com/v1"\n'}


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["name"])
def test_a_call_is_found_by_whom_it_is_sent_to(library: dict[str, str]) -> None:
    path, code = library["path"], library["code"]
    assert loud({**PARTNER, path: code}, "unhandled-401") != []
    elsewhere = code.replace("api.partnercenter.microsoft.com", "api.contoso.com")
    assert loud({**PARTNER, path: elsewhere}, "unhandled-401") == []


@pytest.mark.parametrize("store", STORES, ids=lambda store: store["name"])
def test_a_store_is_known_for_reading_and_for_writing(store: dict[str, str]) -> None:
    assert loud({**PARTNER, store["path"]: store["code"]}, "refresh-token") != []
    assert loud({**PARTNER, store["path"]: store["kept"]}, "refresh-token") == []
