"""What JavaScript and TypeScript source becomes: the lowering table, positions, pages, and what no input may do."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmfa_lint.read import read
from pcmfa_lint.read.javascript import read_javascript
from pcmfa_lint.unit import Call, Expr, Span, Unit
from tests.read.show import show_unit

TABLE = (Path(__file__).parent / "lowering" / "javascript.txt").read_text("utf-8")
ALL = ("x.js", "x.jsx", "x.mjs", "x.cjs", "x.ts", "x.mts", "x.cts", "x.tsx")


def _lowering() -> list[tuple[str, str]]:
    rows = re.sub(r"\A(?:# .*\n)+|^## .*\n", "", TABLE, flags=re.M).split("\n----\n")
    return [(source, lowered) for source, _, lowered in (row.partition("\n=>\n") for row in rows) if source.strip()]


LOWERING = [(source, lowered.rstrip("\n")) for source, lowered in _lowering()]
TYPED = re.compile(r"<any>|import z =|private|interface|^enum|^abstract|namespace")


def shown(source: str, path: str = "x.ts") -> str:
    """The unit of a source without its first line, which says that all of it was read."""
    first, _, rest = show_unit(read_javascript(source, path)).partition("\n")
    assert first == "unit javascript full"
    return rest


@pytest.mark.parametrize(("source", "lowered"), LOWERING, ids=[source for source, _ in LOWERING])
def test_lowering(source: str, lowered: str) -> None:
    assert shown(source) == lowered


@pytest.mark.parametrize(
    ("source", "lowered"), [row for row in LOWERING if not TYPED.search(row[0])], ids=lambda text: str(text)[:40]
)
def test_javascript_and_typescript_mean_the_same(source: str, lowered: str) -> None:
    assert shown(source, "x.js") == lowered


@pytest.mark.parametrize("path", ALL)
def test_every_name_of_such_a_file_has_the_reader(path: str) -> None:
    unit = read(b"f(1)", path)
    assert (unit.language, unit.read) == ("javascript", "full")


def test_markup_in_code_holds_values_and_its_functions_have_the_names_of_their_attributes() -> None:
    source = "const a = <><B c='d' onClick={() => e()} {...f}>text {g(h)}<I/></B></>"
    assert shown(source, "x.jsx") == shown(source, "x.tsx")
    assert "(call g h)" in shown(source, "x.jsx")
    assert '"d" (lambda () (return (call e)))' in shown(source, "x.jsx")


# --- positions --------------------------------------------------------------------------------------------------------


def covered(unit: Unit, span: Span) -> str:
    """The text of a span that lies in one line."""
    return unit.lines[span.line - 1][span.col - 1 : span.end_col - 1]


def hidden(source: str, path: str = "x.js") -> list[str]:
    unit = read_javascript(source, path)
    return [covered(unit, span) for span in unit.opaque]


def test_positions_count_characters_not_bytes() -> None:
    unit = read_javascript("// süß 😀\r\né = '😀x' + ß\r\n", "x.js")
    (stmt,) = unit.body
    assert stmt.span == Span(2, 1, 2, 13)
    assert unit.comments[0].span == Span(1, 1, 1, 9)
    assert [covered(unit, span) for span in unit.opaque] == ["// süß 😀", "'😀x'"]


def test_a_call_stands_where_its_function_begins() -> None:
    (stmt,) = read_javascript("await axios\n  .post(url, body)\n", "x.js").body
    assert isinstance(stmt, Expr)
    assert isinstance(stmt.value, Call)
    assert stmt.value.span == Span(1, 7, 2, 19)


def test_literals_numbers_patterns_and_comments_are_opaque() -> None:
    source = "f('a', \"b\", `c ${d} e`, 42, /g/i) // h\n"
    assert hidden(source) == ["'a'", '"b"', "c ", "e", "42", "/g/i", "// h"]


def test_names_and_keys_are_not_opaque() -> None:
    assert hidden("const { a, b: c } = d.e[f]; g({ h: i, j })") == []


def test_text_between_tags_is_opaque() -> None:
    assert "secret words" in [text.strip() for text in hidden("const a = <b>secret words</b>", "x.jsx")]


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
    assert show_unit(unit).partition("\n")[2] == '(= a "x")\n# "said"'
    assert unit.body[0].span == Span(6, 7, 6, 22)
    assert unit.lines == read_javascript(PAGE, "x.txt.js").lines


def test_markup_around_scripts_is_not_shown() -> None:
    unit = read_javascript(PAGE, "x.vue")
    assert any(span.line == 1 and span.end_line == 5 for span in unit.opaque)
    assert list(unit.opaque) == sorted(unit.opaque)


def test_several_scripts_are_one_program_and_no_statement_goes_on_in_the_next() -> None:
    assert shown("<script>const a = b</script><script>(c)</script>", "x.html") == "(= a b)\n(expr c)"


def test_a_script_that_does_not_end_is_read_to_the_end() -> None:
    assert shown("<p>\n<script>\nf()\n", "x.html") == "(expr (call f))"


def test_a_page_without_scripts_is_empty() -> None:
    assert shown("<p>f()</p>", "x.html") == ""


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
    assert unit.read == "partly"
    assert unit.problems


@pytest.mark.parametrize("joint", [" + ", " && ", " || ", ", ", "; ", " ?? ", " - "])
def test_long_chains_are_read_whole(joint: str) -> None:
    assert show_unit(read_javascript(joint.join(["a"] * 300), "x.js")).startswith("unit javascript full")


def test_mixed_operators_take_time_in_proportion_to_their_length() -> None:
    started = time.perf_counter()
    read_javascript("a = " + " - b * c + 'd' % e".join(["x"] * 30), "x.js")
    assert time.perf_counter() - started < 5


def test_a_bundle_is_not_parsed() -> None:
    bundle = "function a(b){return fetch(b).then(function(c){return c.json()})}" * 2000
    unit = read(bundle.encode(), "x.js")
    assert unit.read == "text"
    assert "bundled" in unit.problems[0].reason
    assert read(bundle.replace("}function", "}\nfunction").encode(), "x.js").read == "full"


# --- properties -------------------------------------------------------------------------------------------------------

TEMPLATES = (
    "const {0} = await {1}.post(url, {{ {2}: p, grant_type: 'password' }});",
    "async function {0}({1}, q) {{ const r = await {2}({1}); return r.{0}; }}",
    "{0}({1}).then(x => x.{2}).catch(e => {{ if (e.{1} === 401) throw e; }});",
    "class {0} extends {1} {{ {2}() {{ return this.{2} || super.{2}(); }} }}",
)
WORD = st.from_regex(r"[A-Za-z][A-Za-z0-9]{3,8}", fullmatch=True).map("N".__add__)
SCRAPS = (
    "f( ) { } => ' \" ` ${ /* */ // async class A export = .catch( <script> </script> import require('x') "
    "... ?. if(a) <b> \\ 😀 x"
)
PIECES = st.sampled_from([*SCRAPS.split(), "\n", "\u2028", "\0", " "])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEMPLATES), st.lists(WORD, min_size=3, max_size=3, unique=True))
def test_renaming_renames_and_changes_nothing_else(template: str, words: list[str]) -> None:
    expected = shown(template.format("Nxxx0", "Nxxx1", "Nxxx2"))
    lowered = shown(template.format(*words))
    for number, word in enumerate(words):
        lowered = re.sub(rf"\b{word}\b", f"Nxxx{number}", lowered)
    assert lowered == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from((*ALL, "x.vue", "x.html")))
def test_no_text_makes_it_fail(text: str, path: str) -> None:
    unit = read(text.encode("utf-8", "surrogatepass"), path)
    assert unit.language == "javascript"
    assert not any("reader failed" in problem.reason for problem in unit.problems)
    assert all(span.end_line <= len(unit.lines) for span in (*unit.opaque, *unit.blind))
