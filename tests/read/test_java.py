"""What Java source becomes: the lowering table, positions, and what no input may do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmfa_lint.read.java import read_java
from pcmfa_lint.unit import Span, Unit
from tests.read.show import show_unit

TABLE = (Path(__file__).parent / "lowering" / "java.txt").read_text("utf-8")


def _lowering() -> list[tuple[str, str]]:
    rows = re.sub(r"\A(?:# .*\n)+", "", TABLE).split("\n----\n")
    return [(source, lowered.strip()) for source, _, lowered in (row.partition("\n=>\n") for row in rows)]


LOWERING = _lowering()


def shown(source: str) -> str:
    return show_unit(read_java(source, "X.java")).removeprefix("unit java full\n")


@pytest.mark.parametrize(("source", "lowered"), LOWERING, ids=[source for source, _ in LOWERING])
def test_lowering(source: str, lowered: str) -> None:
    assert shown(source) == lowered


@pytest.mark.parametrize(("source", "lowered"), LOWERING, ids=[source for source, _ in LOWERING])
def test_line_ends_do_not_matter(source: str, lowered: str) -> None:
    assert shown(source.replace("\n", "\r\n")) == lowered


def covered(unit: Unit, span: Span) -> str:
    """The text of a span that lies in one line."""
    return unit.lines[span.line - 1][span.col - 1 : span.end_col - 1]


def test_positions_count_characters_not_bytes() -> None:
    unit = read_java('/* süß 😀 */\r\nString é = "😀x" + ß;\r\n', "X.java")
    (stmt,) = unit.body
    assert stmt.span == Span(2, 8, 2, 20)
    assert unit.comments[0].span == Span(1, 1, 1, 12)
    assert [covered(unit, span) for span in unit.opaque] == ["/* süß 😀 */", '"😀x"']


def test_literals_and_comments_are_opaque_and_names_are_not() -> None:
    unit = read_java(
        '@A("x") class B { char c = \'c\'; int i = 0x1F + 3; /* d */ String e = f.g("h"); } // i\n', "X.java"
    )
    assert [covered(unit, span) for span in unit.opaque] == ['"x"', "'c'", "0x1F", "3", "/* d */", '"h"', "// i"]


def test_what_cannot_be_parsed_is_blind_and_the_rest_is_read() -> None:
    unit = read_java('class A { void f() { g("a"); x = ; } void h() { i("b"); } }', "A.java")
    assert unit.read == "partly"
    assert unit.blind and unit.problems
    assert '(call i "b")' in show_unit(unit)


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5000,
        "x = " + "a + " * 5000 + "b;",
        "x = a" + ".b()" * 5000 + ";",
        "if (a) {} else " * 3000,
        "class A { " * 3000,
        "x = new A() { { " * 2000,
        "x -> " * 3000,
        "switch (a) { case " * 2000,
        '"""' * 3001,
        "@A(" * 3000,
    ],
    ids=lambda source: source[:12],
)
def test_hostile_depth_ends(source: str) -> None:
    unit = read_java(source, "X.java")
    assert unit.lines


WORDS = (
    *("class", "A", "{", "}", "(", ")", "[", "]", "<", ">", ";", ",", ".", "=", "+", "->", "::", "new", "@", "enum"),
    *("record", "switch", "case", "default", "try", "catch", "finally", "void", "f", '"', "'", '"""', "\\", "for", ":"),
    *("return", "throw", "this", "super", "static", "1", "0x", "/*", "*/", "//", "\n", "String", "instanceof", "yield"),
)


@given(st.lists(st.sampled_from(WORDS), max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_row_of_words_is_read(words: list[str]) -> None:
    source = " ".join(words)
    unit = read_java(source, "X.java")
    assert unit.language == "java"
    show_unit(unit, spans=True)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(source: str) -> None:
    show_unit(read_java(source, "X.java"), spans=True)
