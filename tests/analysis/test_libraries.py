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


PYCURL = next(library["code"] for library in LIBRARIES if library["name"] == "py-pycurl")


@pytest.mark.parametrize(
    ("place", "looked"),
    [
        (
            "    return",
            "    if c.getinfo(pycurl.RESPONSE_CODE) != 200:\n        raise Refused(c.getinfo(c.HTTP_CODE))\n    return",
        ),
        ("    c.perform", "    c.setopt(pycurl.FAILONERROR, True)\n    c.perform"),
    ],
)
def test_a_handle_of_pycurl_tells_the_status(place: str, looked: str) -> None:
    assert loud({**PARTNER, "call.py": PYCURL.replace(place, looked)}, "unhandled-401") == []


def test_options_of_pycurl_make_a_password_grant() -> None:
    sign_in = "c.setopt(c.POSTFIELDS, 'grant_type=password&username=' + u + '&password=' + p)\n    c.perform()"
    host = "login.microsoftonline.com/contoso/oauth2/token?"
    code = PYCURL.replace("c.perform()", sign_in).replace("api.partnercenter.microsoft.com/", host)
    assert loud({**PARTNER, "call.py": code}, "ropc") != []
    assert (
        loud({**PARTNER, "call.py": code.replace("grant_type=password", "grant_type=client_credentials")}, "ropc") == []
    )
