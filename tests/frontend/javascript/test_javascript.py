"""What is particular to JavaScript and TypeScript; what holds for every language stands in `test_languages.py`."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmfa_lint.frontend.javascript.reader import read_javascript
from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Call, ExpressionStatement, Span
from tests.frontend.languages import JAVASCRIPT
from tests.frontend.show import show_unit

ALL = ("x.js", "x.jsx", "x.mjs", "x.cjs", "x.ts", "x.mts", "x.cts", "x.tsx")
TYPED = re.compile(r"<any>|import z =|private|interface|^enum|^abstract|namespace")


@pytest.mark.parametrize(
    ("source", "lowered"),
    [row for row in JAVASCRIPT.table() if not TYPED.search(row[0])],
    ids=lambda text: str(text)[:40],
)
def test_javascript_and_typescript_mean_the_same(source: str, lowered: str) -> None:
    assert JAVASCRIPT.shown(source, "x.js") == lowered


@pytest.mark.parametrize("path", ALL)
def test_every_name_of_such_a_file_has_the_reader(path: str) -> None:
    unit = read(b"f(1)", path)
    assert (unit.language, unit.read) == ("javascript", "full")


def test_markup_in_code_holds_values_and_its_functions_have_the_names_of_their_attributes() -> None:
    source = "const a = <><B c='d' onClick={() => e()} {...f}>text {g(h)}<I/></B></>"
    assert JAVASCRIPT.shown(source, "x.jsx") == JAVASCRIPT.shown(source, "x.tsx")
    assert "(call g h)" in JAVASCRIPT.shown(source, "x.jsx")
    assert '"d" (lambda () (return (call e)))' in JAVASCRIPT.shown(source, "x.jsx")


# --- positions --------------------------------------------------------------------------------------------------------


def test_a_call_stands_where_its_function_begins() -> None:
    (stmt,) = read_javascript("await axios\n  .post(url, body)\n", "x.js").body
    assert isinstance(stmt, ExpressionStatement)
    assert isinstance(stmt.value, Call)
    assert stmt.value.span == Span(1, 7, 2, 19)


def test_literals_numbers_patterns_and_comments_are_opaque() -> None:
    source = "f('a', \"b\", `c ${d} e`, 42, /g/i) // h\n"
    assert JAVASCRIPT.hidden(source, "x.js") == ["'a'", '"b"', "c ", "e", "42", "/g/i", "// h"]


def test_names_and_keys_are_not_opaque() -> None:
    assert JAVASCRIPT.hidden("const { a, b: c } = d.e[f]; g({ h: i, j })", "x.js") == []


def test_text_between_tags_is_opaque() -> None:
    assert "secret words" in [text.strip() for text in JAVASCRIPT.hidden("const a = <b>secret words</b>", "x.jsx")]


# --- pages ------------------------------------------------------------------------------------------------------------

PAGE = """<template>
  <p>Hello {{ name }}</p>
</template>

<script setup lang="ts">
const a: string = 'x' // said
</script>
<script type="application/json">{ "a": 1 }</script>
<style>p { color: red }</style>
"""


@pytest.mark.parametrize("path", ["x.vue", "x.svelte", "x.html", "X.HTM"])
def test_only_the_scripts_of_a_page_are_read_and_keep_their_lines(path: str) -> None:
    unit = read_javascript(PAGE, path)
    assert show_unit(unit).partition("\n")[2] == '(= a :string "x")\n# "said"'
    assert unit.body[0].span == Span(6, 7, 6, 22)
    assert unit.lines == read_javascript(PAGE, "x.txt.js").lines


def test_markup_around_scripts_is_not_shown() -> None:
    unit = read_javascript(PAGE, "x.vue")
    assert any(span.line == 1 and span.end_line == 5 for span in unit.opaque)
    assert list(unit.opaque) == sorted(unit.opaque)


def test_several_scripts_are_one_program_and_no_statement_goes_on_in_the_next() -> None:
    assert JAVASCRIPT.shown("<script>const a = b</script><script>(c)</script>", "x.html") == "(= a b)\n(expr c)"


def test_a_script_that_does_not_end_is_read_to_the_end() -> None:
    assert JAVASCRIPT.shown("<p>\n<script>\nf()\n", "x.html") == "(expr (call f))"


def test_a_page_without_scripts_is_empty() -> None:
    assert JAVASCRIPT.shown("<p>f()</p>", "x.html") == ""


# --- hostile input ----------------------------------------------------------------------------------------------------


def test_what_stands_outside_an_error_is_read() -> None:
    unit = read_javascript("f(1)\nif (a { g(2) ) }\nh(3)\n", "x.js")
    assert unit.read == "partly"
    assert unit.problems[0].line == 2
    lowered = show_unit(unit)
    assert '(call f number:"1")' in lowered
    assert '(call h number:"3")' in lowered


@pytest.mark.parametrize("opened", ["(", "{", "[", "a(", "a.b(", "() => {", "if (a) {", "`${", "a ? b : ", "!", "<a>"])
def test_deep_nesting_is_cut_off_and_said(opened: str) -> None:
    unit = read_javascript(opened * 3000, "x.jsx")
    assert unit.read in ("partly", "text")  # a run of the same token is not parsed at all
    assert unit.problems


@pytest.mark.parametrize("joint", [" + ", " && ", " || ", ", ", "; ", " ?? ", " - "])
def test_long_chains_are_read_whole(joint: str) -> None:
    assert show_unit(read_javascript(joint.join(["a"] * 300), "x.js")).startswith("unit javascript full")


def test_mixed_operators_take_time_in_proportion_to_their_length() -> None:
    started = time.process_time()
    read_javascript("a = " + " - b * c + 'd' % e".join(["x"] * 30), "x.js")
    assert time.process_time() - started < 5


def test_a_bundle_is_not_parsed() -> None:
    bundle = "function a(b){return fetch(b).then(function(c){return c.json()})}" * 2000
    unit = read(bundle.encode(), "x.js")
    assert unit.read == "text"
    assert "bundled" in unit.problems[0].reason
    assert read(bundle.replace("}function", "}\nfunction").encode(), "x.js").read == "full"


# --- properties -------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(JAVASCRIPT.scraps), max_size=30).map("".join), st.sampled_from((*ALL, "x.vue", "x.html"))
)
def test_no_text_makes_it_fail(text: str, path: str) -> None:
    unit = read(text.encode("utf-8", "surrogatepass"), path)
    assert unit.language == "javascript"
    assert not any("reader failed" in problem.reason for problem in unit.problems)
    assert all(span.end_line <= len(unit.lines) for span in (*unit.opaque, *unit.blind))
