"""What regex rules rely on: code, text and comment told apart; matches in place; hostile text and patterns bounded."""

from __future__ import annotations

import re
import time
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.findings.token_view import TokenView, matches, view
from pcmfa_lint.frontend.settings.reader import read_settings, read_text
from pcmfa_lint.ir.nodes import NOWHERE, Span
from pcmfa_lint.knowledge.checks.regex import check_pattern
from pcmfa_lint.limits import PATTERN_REACH, PATTERN_WINDOW


def scopes(text: str, path: str) -> str:
    """One letter a character: `.` code, `s` string, `#` comment."""
    seen = view(read_text(text, path))
    letters = {"code": ".", "string": "s", "comment": "#"}
    return "".join(char if char == "\n" else letters[seen.scope_at(at)] for at, char in enumerate(seen.text))


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "x = 'a#b' # 'c\ny", "....sssss.####\n."),
        ("a.py", 'x = """a\n"#"""\ny', "....ssss\nsssss\n."),
        ("a.py", "x = 'it\ny = 'z'", "....sss\n....sss"),
        ("a.ps1", "$x <# a\n'b #> 'c`'d", "...####\n#####.ssss."),
        ("a.ps1", '$x + "c`"d"', ".....ssssss"),
        ("a.ps1", "$x = @'\n# no 'quote\n'@ # y", ".....ss\nsssssssssss\nss.###"),
        ("a.ps1", "$#x; a#b # c", ".........###"),
        ("a.cs", 'f("a//b\\"c"); // d /* e', "..sssssssss...#########"),
        ("a.cs", "/* a\n' */ 'b'", "####\n####.sss"),
        ("a.js", "`a\nb` + 'c'", "ss\nss...sss"),
        ("a.sh", "u=http://x # y", "...........###"),
        ("a.cs", "u = http://x", "............"),
        ("a.sql", "select '--x' -- y", ".......sssss.####"),
        ("a.html", "<a b='c'><!-- 'd\n--> e", ".....sss.#######\n###.."),
        ("a.vb", "x = \"a'b\" ' c", "....sssss.###"),
        ("a.bat", 'set X="y"\nREM z', "......sss\n#####"),
        ("notes.txt", 'it\'s "x" # y', ".....sss...."),
        ("a.cs", "/* never closed\nx", "###############\n#"),
        (".env", "A='b' # c", "..sss.###"),
    ],
)
def test_scopes_by_suffix(path: str, text: str, expected: str) -> None:
    assert scopes(text, path) == expected


def test_a_reader_knows_better_than_the_scanner() -> None:
    unit = read_settings("grant_type: don't # it's\nb: 1\r\n", "a.yml")
    seen = view(unit)
    assert [seen.scope_at(seen.text.index(part)) for part in ("grant", "don", "# it", "b:", "1")] == [
        "code",
        "string",
        "comment",
        "code",
        "string",
    ]


def test_blind_regions_are_scanned() -> None:
    seen = view(read_settings("{{ if }}\n# c\npassword: 'x'\n", "a.yml"))
    assert seen.scope_at(seen.text.index("c\n")) == "comment"
    assert seen.scope_at(seen.text.index("x")) == "string"
    assert seen.scope_at(0) in ("code", "string")


def test_positions_count_code_points_and_editors_lines() -> None:
    seen = view(read_text("a\r\n🙂é\u2028b\rc", "a.txt"))
    assert seen.text == "a\n🙂é\u2028b\nc"
    assert seen.offset(2, 4) == seen.text.index("b")
    assert seen.offset(3, 1) == seen.text.index("c")


def found(text: str, pattern: str, scope: Literal["code", "string", "comment", "any"] = "any") -> list[str]:
    seen = view(read_text(text, "a.ps1"))
    return [under(seen, spans[0]) for spans in matches(seen, re.compile(pattern), scope)]


def under(seen: TokenView, span: Span) -> str:
    return seen.text[seen.offset(span.line, span.col) : seen.offset(span.end_line, span.end_col)]


def test_matches_keep_to_their_scope() -> None:
    text = "Connect-X -P 'Connect-X 1' # Connect-X 2\n"
    assert found(text, r"Connect-X( \d)?", "code") == ["Connect-X"]
    assert found(text, r"Connect-X( \d)?", "string") == ["Connect-X 1"]
    assert found(text, r"Connect-X( \d)?", "comment") == ["Connect-X 2"]
    assert len(found(text, r"Connect-X( \d)?")) == 3


def test_groups_have_spans_and_absent_ones_are_nowhere() -> None:
    seen = view(read_text("x\nk = v\n", "a.txt"))
    assert list(matches(seen, re.compile(r"(k) = (v)|(w)"), "any")) == [
        (Span(2, 1, 2, 6), Span(2, 1, 2, 2), Span(2, 5, 2, 6), NOWHERE)
    ]


def test_a_match_may_run_over_lines_and_window_edges() -> None:
    for lead in range(PATTERN_WINDOW - 12, PATTERN_WINDOW + 3):
        assert found("-" * lead + "grant\n= 'x'\n", r"grant\s*=\s*'x'") == ["grant\n= 'x'"]
        assert found(" " * lead + "\nab", r"(?m)^ab$") == ["ab"]


@given(st.lists(st.sampled_from(["ab", "a", "b", "\n", " " * 700, "x" * 900, "aab"]), max_size=40))
def test_windows_find_what_one_search_finds(parts: list[str]) -> None:
    text = "".join(parts)
    pattern = re.compile(r"a{1,3}b")
    assert found(text, pattern.pattern) == [match[0] for match in pattern.finditer(text)]


def test_a_match_longer_than_reach_is_not_followed() -> None:
    assert found("a" + "b" * (PATTERN_WINDOW + PATTERN_REACH + 10) + "c", r"ab*c") == []


@pytest.mark.parametrize("pattern", [r".*x\d", r"grant_type\s*=\s*y", r"(?s)a.{0,300}b"])
@pytest.mark.parametrize(
    "text", ["grant_type" + " " * 200_000, "a" * 200_000, "grant_type = " * 20_000, "\n" * 200_000]
)
def test_time_grows_with_length_only(pattern: str, text: str) -> None:
    assert check_pattern(pattern) is None
    began = time.process_time()
    assert found(text, pattern) == []
    assert time.process_time() - began < 10


def test_scanning_hostile_text_is_linear() -> None:
    began = time.process_time()
    for path, text in [
        ("a.py", "'''" * 100_001),
        ("a.py", "'\\" * 150_000),
        ("a.cs", "/*" * 150_000),
        ("a.js", "`\n" * 150_001),
        ("a.ps1", "@'\n@\"\n<#" * 50_000),
        ("a.html", "<!--" * 80_000),
    ]:
        assert len(scopes(text, path)) == len(text)
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    "pattern",
    [
        r"grant_type[\"':=,\s]+password\b",
        r"(?i)(?:user|pass)name\s*=\s*\"[^\"]+\"",
        r"login\.(microsoftonline|windows)",
        r"\bConnect-MsolService\b[^\n|]{0,300}?-Credential\b",
        r"[A-Z][a-z]*\d+\.\w+",
        r"(?:ab){1,2}c",
        r"x(?=\s*=)y",
    ],
)
def test_ordinary_patterns_are_accepted(pattern: str) -> None:
    assert check_pattern(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        (r"(a+)+b", "repeat within a repeat"),
        (r"(\w+\s?)*:", "repeat within a repeat"),
        (r"(?:a|aa)*b", "alternatives within a repeat"),
        (r"(a)\1", "refers back"),
        (r"a.*b.*c", "16,000"),
        (r"\s*\s*x", "16,000"),
        (r"(?=.*a.*b)c", "16,000"),
        (r"(?i)k*K*x", "16,000"),
        (r"é*中*x", "16,000"),
        (r"a(", "not a valid regular expression"),
    ],
)
def test_dangerous_patterns_are_refused_with_a_sentence(pattern: str, sentence: str) -> None:
    assert sentence in (check_pattern(pattern) or "")
