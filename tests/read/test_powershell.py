"""What PowerShell source becomes: the lowering table, positions, and what no input may do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmfa_lint.read.powershell import read_powershell
from pcmfa_lint.unit import Span, Unit
from tests.read.show import show_unit

TABLE = (Path(__file__).parent / "lowering" / "powershell.txt").read_text("utf-8")


def _lowering() -> list[tuple[str, str]]:
    rows = re.sub(r"\A(?:# .*\n)+|^## .*\n", "", TABLE, flags=re.M).split("\n----\n")
    return [(source, lowered) for source, _, lowered in (row.partition("\n=>\n") for row in rows) if source.strip()]


LOWERING = _lowering()


def shown(source: str) -> str:
    """The unit of a source without its first line, which says that all of it was read."""
    first, _, rest = show_unit(read_powershell(source, "x.ps1")).partition("\n")
    assert first == "unit powershell full"
    return rest


@pytest.mark.parametrize(("source", "lowered"), LOWERING, ids=[source for source, _ in LOWERING])
def test_lowering(source: str, lowered: str) -> None:
    assert shown(source) == lowered


@pytest.mark.parametrize(("source", "lowered"), LOWERING, ids=[source for source, _ in LOWERING])
def test_line_ends_do_not_matter(source: str, lowered: str) -> None:
    """Old scripts end their lines with CRLF; a here-string then holds CRLF itself."""
    assert shown(source.replace("\n", "\r\n")).replace("\\r\\n", "\\n") == lowered


def covered(unit: Unit, span: Span) -> str:
    """The text of a span that lies in one line."""
    return unit.lines[span.line - 1][span.col - 1 : span.end_col - 1]


def hidden(source: str) -> list[str]:
    unit = read_powershell(source, "x.ps1")
    return [covered(unit, span) for span in unit.opaque]


def test_positions_count_characters_not_bytes() -> None:
    unit = read_powershell("# süß 😀\r\n$é = '😀x' + $ß\r\n", "x.ps1")
    (stmt,) = unit.body
    assert stmt.span == Span(2, 1, 2, 15)
    assert unit.comments[0].span == Span(1, 1, 1, 8)
    assert [covered(unit, span) for span in unit.opaque] == ["# süß 😀", "'😀x'"]


def test_a_line_also_ends_at_a_lone_carriage_return() -> None:
    assert shown("f # one\rg") == '(expr (command f))\n(expr (command g))\n# "one"'


def test_literals_bare_words_numbers_and_comments_are_opaque() -> None:
    source = "Set-It -Name word -Id 42 'quoted' \"a $x b\" --key=value a,b # said\n"
    assert hidden(source) == ["word", "42", "'quoted'", '"a ', ' b"', "value", "a", "b", "# said"]


def test_names_are_not_opaque() -> None:
    assert hidden("Get-It -Force $x.Member [Type]::Other @{ key = $y }") == []


def test_a_comment_that_breaks_a_continued_line_stays_a_comment() -> None:
    source = "f -A 1 `\n  # the old secret\n  #x\n  -B 2\n"
    assert shown(source) == '(expr (command f A=number:"1" B=number:"2"))\n# "the old secret"'
    assert "# the old secret" in hidden(source)


def test_what_stands_outside_an_error_is_read() -> None:
    unit = read_powershell("f -a 1\nif ($x) { h -c 3 ) }\ng -b 2\n", "x.ps1")
    assert unit.read == "partly"
    assert [problem.line for problem in unit.problems] == [2]
    assert all(span.line == span.end_line == 2 for span in unit.blind)
    lowered = show_unit(unit)
    assert '(command f a=number:"1")' in lowered
    assert '(command h c=number:"3")' in lowered
    assert '(command g b=number:"2")' in lowered


def test_commands_inside_an_error_are_still_seen() -> None:
    unit = read_powershell("function f {\n  Connect-It -Credential $c\n  if ($x {\n  }\n", "x.ps1")
    assert unit.read == "partly"
    assert "Connect-It" in show_unit(unit)


@pytest.mark.parametrize("opened", ["(", "{", "@(", "$(", "@{a=", "[x](", "-not (", "if (1) {", "f | g (", '"$('])
def test_deep_nesting_is_cut_off_and_said(opened: str) -> None:
    unit = read_powershell(opened * 3000, "x.ps1")
    assert unit.read == "partly"
    assert unit.problems


@pytest.mark.parametrize("joint", [" + ", " -and ", " | ", ", ", "; ", "."])
def test_long_chains_are_read_whole(joint: str) -> None:
    source = joint.join(["$a"] + ["b" if joint in (" | ", ".") else "$b"] * 60)
    assert show_unit(read_powershell(source, "x.ps1")).startswith("unit powershell full")


# --- properties -------------------------------------------------------------------------------------------------------

TEMPLATES = (
    "{0} -Uri $u -Body @{{ {1} = $p; grant_type = 'password' }} | {2} -Depth 5",
    "function {0} {{ param([string]$u, $p) $r = {2} $u -{1} $p; return $r.{1} }}",
    "try {{ {0} $x -{1} 1 }} catch {{ if ($_.{1} -eq 401) {{ {2} }} }}",
    "${1} = New-Object {0}($u); & {{ {2} ${1} }}",
)
WORD = st.from_regex(r"[A-Za-z][A-Za-z0-9]{3,8}", fullmatch=True).map("N".__add__)
SPACE = st.sampled_from(["  ", "\t", " \t "])
CONTINUED = st.sampled_from(["  ", " `\n", " `\r\n\t"])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEMPLATES), st.lists(WORD, min_size=3, max_size=3, unique=True))
def test_renaming_renames_and_changes_nothing_else(template: str, words: list[str]) -> None:
    expected = shown(template.format("Nxxx0", "Nxxx1", "Nxxx2"))
    lowered = shown(template.format(*words))
    for number, word in enumerate(words):
        lowered = lowered.replace(word, f"Nxxx{number}")
    assert lowered == expected


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEMPLATES), st.data())
def test_white_space_between_words_does_not_matter(template: str, data: st.DataObject) -> None:
    source = template.format("Get-It", "Name", "Show-It")
    spaced = re.sub(" (?=-)", lambda _: data.draw(CONTINUED), source)
    spaced = re.sub(r" (?![ `\t])", lambda _: data.draw(SPACE), spaced)
    assert shown(spaced) == shown(source)


PUNCTUATION = (
    "$x",
    "@'\n",
    "\n'@",
    "@{",
    "$(",
    "<#",
    "#>",
    "::",
    "2>",
    *"$'\"(){}[]@=|;`#.,:&%<>-! 1x\n\r\0\u201d\u2013",
)
WORDS = (
    "if",
    "switch",
    "function f",
    "class A",
    "param(",
    "catch",
    "foreach",
    "in",
    "-eq",
    "return",
    "do",
    "-a",
    "\U0001f600",
)
MORE = (
    "using module",
    "New-Object",
    "Import-Module",
    "else",
    "enum E",
    "trap",
    "process",
    "[x]",
    "try",
    "#requires -modules",
)
PIECES = st.sampled_from([*PUNCTUATION, *WORDS, *MORE])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join)))
def test_no_text_makes_it_raise(text: str) -> None:
    unit = read_powershell(text, "x.ps1")
    assert unit.read in ("full", "partly")
    assert list(unit.opaque) == sorted(unit.opaque)
