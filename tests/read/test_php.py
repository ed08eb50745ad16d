"""What PHP source becomes: the lowering table, positions, and what no input may do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmfa_lint.read.php import read_php
from pcmfa_lint.unit import Span, Unit
from tests.read.show import show_unit

TABLE = (Path(__file__).parent / "lowering" / "php.txt").read_text("utf-8")


def _lowering() -> list[tuple[str, str]]:
    rows = re.sub(r"\A(?:# .*\n)+", "", TABLE).split("\n----\n")
    return [(source, lowered.strip()) for source, _, lowered in (row.partition("\n=>\n") for row in rows)]


LOWERING = _lowering()


def shown(source: str) -> str:
    return show_unit(read_php("<?php " + source, "x.php")).removeprefix("unit php full\n")


@pytest.mark.parametrize(("source", "lowered"), LOWERING, ids=[source for source, _ in LOWERING])
def test_lowering(source: str, lowered: str) -> None:
    assert shown(source) == lowered


@pytest.mark.parametrize(("source", "lowered"), LOWERING, ids=[source for source, _ in LOWERING])
def test_line_ends_do_not_matter(source: str, lowered: str) -> None:
    assert shown(source.replace("\n", "\r\n")) == lowered


def test_a_heredoc_loses_the_indentation_of_its_end() -> None:
    source = "$x = <<<EOT\n    a $b\n      c\\td\n    EOT;\n$y = <<<'EOT'\n  raw $b \\n\n  EOT;"
    assert shown(source) == '(= x (+ "a " b "\\n  c\\td"))\n(= y "raw $b \\\\n")'


def covered(unit: Unit, span: Span) -> str:
    """The text of a span that lies in one line."""
    return unit.lines[span.line - 1][span.col - 1 : span.end_col - 1]


def test_positions_count_characters_not_bytes() -> None:
    unit = read_php("<?php /* süß 😀 */\r\n$é = '😀x' . $ß;\r\n", "x.php")
    (stmt,) = unit.body
    assert stmt.span == Span(2, 1, 2, 15)
    assert unit.comments[0].span == Span(1, 7, 1, 18)
    assert [covered(unit, span) for span in unit.opaque] == ["/* süß 😀 */", "'😀x'"]


def test_literals_comments_and_the_page_are_opaque_and_names_are_not() -> None:
    unit = read_php("<b>p</b><?php f('a', 3, \"b $c d\"); // e", "x.php")
    assert [covered(unit, span) for span in unit.opaque] == ["<b>p</b>", "'a'", "3", "b ", "d", "// e"]


def test_what_cannot_be_parsed_is_blind_and_the_rest_is_read() -> None:
    unit = read_php("<?php function f() { g('a'); $x = ; } function h() { i('b'); }", "x.php")
    assert unit.read == "partly"
    assert unit.blind and unit.problems
    assert '(call i "b")' in show_unit(unit)


@pytest.mark.parametrize(
    "source",
    [
        "$x = " + "(" * 5000,
        "$x = " + "$a . " * 5000 + "$b;",
        "$x = $a" + "->b()" * 5000 + ";",
        "if ($a) {} else " * 3000,
        "class A { function f() { " * 2000,
        "$x = [" * 3000,
        "fn($x) => " * 3000,
        "switch ($a) { case " * 2000,
        '"{$a[' * 3000,
        "<<<A\n" * 3000,
        "?><?= " * 3000,
    ],
    ids=lambda source: source[:12],
)
def test_hostile_depth_ends(source: str) -> None:
    assert read_php("<?php " + source, "x.php").lines


WORDS = (
    *("class", "A", "{", "}", "(", ")", "[", "]", "<?php", "?>", "<?=", ";", ",", ".", "=", "=>", "->", "::", "new"),
    *("function", "fn", "switch", "case", "default", "try", "catch", "finally", "match", "f", '"', "'", "<<<E\n", "\\"),
    *("return", "throw", "$this", "parent", "static", "1", "$a", "/*", "*/", "#", "\n", "use", "list", "foreach", "as"),
    *("@", "&", "...", "?->", "isset", "define", "sprintf", "compact", "curl_getinfo", "include", "echo", "if", "or"),
)


@given(st.lists(st.sampled_from(WORDS), max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_row_of_words_is_read(words: list[str]) -> None:
    unit = read_php("<?php " + " ".join(words), "x.php")
    assert unit.language == "php"
    show_unit(unit, spans=True)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(source: str) -> None:
    show_unit(read_php(source, "x.php"), spans=True)
