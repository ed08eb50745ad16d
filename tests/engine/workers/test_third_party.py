"""Files of others among a repository's own: which ones they are, and that no more of them is read than is needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pcmfa_lint.config import Settings
from pcmfa_lint.engine.scan import examine
from pcmfa_lint.engine.workers.prefilter import has_long_lines
from tests.helpers.repository import put, run

PARTNER = """
import requests
def customers(token):
    return requests.get("https://api.partnercenter.microsoft.com/v1/customers", headers={"Authorization": token})
"""
OWN = {"app.py": PARTNER}
STATEMENTS = "var a=b(c,d);if(a){e.f(g)}return h;" * 200


def read(tmp_path: Path, files: Mapping[str, str]) -> set[str]:
    """The names of the files that are read of a partner's repository with these files."""
    put(tmp_path, {**OWN, **files})
    return set(examine([str(tmp_path)], Settings()).units) - set(OWN)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lib/chart.js", "(function (f) { if (typeof define === 'function' && define.amd) define([], f) })(f)\n"),
        ("lib/chart.js", "/**\n * Chart 3.1\n * @license MIT\n */\nfunction draw() {}\n"),
        ("lib/chart.js", "\ufeff/*!\n * Chart 3.1\n */\nfunction draw() {}\n"),
        ("lib/all.js", "var m = {};\nfunction __webpack_require__(id) { return m[id] }\n"),
        ("lib/chart.js", STATEMENTS),
        ("lib/chart.mjs", f"/* Chart */\n{STATEMENTS}\n{STATEMENTS}\n"),
    ],
    ids=["universal module", "release", "preserved head", "bundle", "minified", "minified with a head"],
)
def test_a_library_among_the_own_code_is_not_read(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path, {name: text, "own.js": "export function show() {}\n"}) == {"own.js"}


@pytest.mark.parametrize("importing", ['import { ask } from "./lib/client.js"', 'const c = require("./lib/client")'])
def test_one_that_the_own_code_imports_by_its_path_is_read(tmp_path: Path, importing: str) -> None:
    library = "/* @license ours */\nexport function ask(path) { return fetch(path) }\n"
    files = {"lib/client.js": library, "main.js": f"{importing};\n"}
    assert read(tmp_path, files) == {"lib/client.js", "main.js"}


def test_one_in_which_something_is_looked_for_is_read(tmp_path: Path) -> None:
    library = f'/* @license */\nfetch("https://api.partnercenter.microsoft.com/v1/customers");\n{STATEMENTS}'
    assert read(tmp_path, {"bundle.js": library}) == {"bundle.js"}


def test_the_documentation_of_an_assembly_is_no_settings_file(tmp_path: Path) -> None:
    member = "<member name='P:X.Password'>refresh_token</member>"
    text = f"<doc><assembly><name>X</name></assembly><members>{member}</members></doc>"
    settings = "<configuration><appSettings><add key='refresh_token' value='x'/></appSettings></configuration>"
    assert read(tmp_path, {"X.xml": text, "own.xml": settings}) == {"own.xml"}


@pytest.mark.parametrize(
    "text",
    [
        'const logo = "' + "QUJD" * 5_000 + '";\nfunction send(path) { return http.get(path); }\n',
        "const rows = [" + '{"a":1,"b":"x y"},' * 2_000 + "];\nexport default rows;\n",
        "function send(path) {\n  return http.get(path);\n}\n" * 100,
        "",
    ],
    ids=["picture", "table", "code", "nothing"],
)
def test_what_a_person_wrote_has_no_long_lines_of_code(text: str) -> None:
    assert not has_long_lines(text.encode())


def test_node_modules_that_were_put_aside_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, {**OWN, "node_modules_old/a/index.js": "x", "web/node_modules.bak/index.js": "x"})
    assert run(tmp_path).files.excluded == ("node_modules_old/", "web/node_modules.bak/")
