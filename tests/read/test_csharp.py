"""What C# source becomes: the lowering table, positions, and what no input may do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmfa_lint.read.csharp import read_csharp
from pcmfa_lint.unit import Span, Unit
from tests.read.show import show_unit

TABLE = (Path(__file__).parent / "lowering" / "csharp.txt").read_text("utf-8")


def _lowering() -> list[tuple[str, str]]:
    rows = re.sub(r"\A(?:# .*\n)+|^## .*\n", "", TABLE, flags=re.M).removesuffix("\n").split("\n----\n")
    return [(source, lowered) for source, _, lowered in (row.partition("\n=>\n") for row in rows)]


LOWERING = _lowering()


def shown(source: str) -> str:
    """The unit of a source without its first line, which says that all of it was read."""
    first, _, rest = show_unit(read_csharp(source, "x.cs")).partition("\n")
    assert first == "unit csharp full"
    return rest


@pytest.mark.parametrize(("source", "lowered"), LOWERING, ids=[source for source, _ in LOWERING])
def test_lowering(source: str, lowered: str) -> None:
    assert shown(source) == lowered


@pytest.mark.parametrize(("source", "lowered"), LOWERING, ids=[source for source, _ in LOWERING])
def test_line_ends_do_not_matter(source: str, lowered: str) -> None:
    assert shown(source.replace("\n", "\r\n")).replace("\\r\\n", "\\n") == lowered


def covered(unit: Unit, span: Span) -> str:
    """The text of a span that lies in one line."""
    return unit.lines[span.line - 1][span.col - 1 : span.end_col - 1]


def hidden(source: str) -> list[str]:
    unit = read_csharp(source, "x.cs")
    return [covered(unit, span) for span in unit.opaque]


def test_positions_count_characters_not_bytes() -> None:
    unit = read_csharp('// süß 😀\r\né = "😀x" + ß;\r\n', "x.cs")
    (stmt,) = unit.body
    assert stmt.span == Span(2, 1, 2, 13)
    assert unit.comments[0].span == Span(1, 1, 1, 9)
    assert [covered(unit, span) for span in unit.opaque] == ["// süß 😀", '"😀x"']


def test_literals_numbers_and_comments_are_opaque() -> None:
    source = 'f("quoted", @"verbatim", $"a {x} b", 42, 1.5, \'c\', """raw"""); // said\n'
    texts = ['"quoted"', '@"verbatim"', '"a ', ' b"', "42", "1.5", "'c'", '"""raw"""', "// said"]
    assert hidden(source) == texts


def test_names_are_not_opaque() -> None:
    assert hidden("var a = new Foo<Bar>(b.C, typeof(D)) { E = f, [g] = h };") == []


def test_the_name_of_a_region_is_opaque() -> None:
    assert hidden("class C {\n#region of secrets\n#endregion\n}\n") == ["of secrets"]


def test_what_stands_outside_an_error_is_read() -> None:
    unit = read_csharp("class C {\n  void F() { f(1); }\n  void G() { g(2; }\n  void H() { h(3); }\n}\n", "x.cs")
    assert unit.read == "partly"
    assert [problem.line for problem in unit.problems] == [3]
    assert all(span.line == span.end_line == 3 for span in unit.blind)
    lowered = show_unit(unit)
    for number, name in enumerate("fgh", 1):
        assert f'(call {name} number:"{number}")' in lowered


def test_branches_in_the_midst_of_an_expression_are_both_read() -> None:
    assert '(+ a "debug" "release")' in shown('f(a\n#if DEBUG\n  + "debug"\n#else\n  + "release"\n#endif\n);\n')


@pytest.mark.parametrize(
    "opened", ["(", "{", "[", "f(", "x => ", "new A { B = ", "!", "if (a) ", '$"{', "a ? ", "class C { "]
)
def test_deep_nesting_is_cut_off_and_said(opened: str) -> None:
    unit = read_csharp(opened * 3000, "x.cs")
    assert unit.read == "partly"
    assert unit.problems


@pytest.mark.parametrize("joint", [" + ", " && ", " ?? ", ".", "?.", ", "])
def test_long_chains_are_read_whole(joint: str) -> None:
    assert show_unit(read_csharp(f"f({joint.join(['a'] * 60)});", "x.cs")).startswith("unit csharp full")


def test_long_fluent_chains_are_read_whole() -> None:
    lowered = show_unit(read_csharp("f(a" + ".With(b => c)" * 60 + ");", "x.cs"))
    assert lowered.startswith("unit csharp full")
    assert lowered.count("(lambda") == 60


# --- properties -------------------------------------------------------------------------------------------------------

TEMPLATES = (
    'var r = await {0}.PostAsync(u, new FormUrlEncodedContent(new Dictionary<string, string> {{ ["{1}"] = {2} }}));',
    "class {0} : {1} {{ public {0}(string {2}) : base({2}) {{ this.x = {2}; }} }}",
    "try {{ {0}(x); }} catch (Exception {1}) when ({1}.{2} == 401) {{ throw; }}",
    'var x = new {0} {{ {1} = p, Q = $"a{{{2}}}" }}; foreach (var y in {2}) {{ {1}(y); }}',
)
WORD = st.from_regex(r"[A-Za-z][A-Za-z0-9]{3,8}", fullmatch=True).map("N".__add__)


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
    source = template.format("Alpha", "Beta", "gamma")
    gaps = st.sampled_from(["  ", "\t", "\n", "\r\n\t"])
    assert shown(re.sub(r"(?<![\"a]) ", lambda _: data.draw(gaps), source)) == shown(source)


PUNCTUATION = (
    '"',
    '@"',
    '$"',
    '"""',
    '$$"""',
    "/*",
    "*/",
    "//",
    "=>",
    "??",
    "?.",
    "::",
    *"'(){}[]<>@=;,.:&|!?#+-*/ 1x\n\r\0😀",
)
WORDS = (
    "if",
    "switch",
    "case",
    "class A",
    "record B(",
    "interface I",
    "catch",
    "when",
    "foreach",
    "in",
    "is",
    "not",
    "new",
)
MORE = (
    "return",
    "do",
    "using",
    "namespace N",
    "enum E",
    "get",
    "base",
    "await",
    "var x =",
    "#if A",
    "#endif",
    "async",
    "throw",
)
PIECES = st.sampled_from([*PUNCTUATION, *WORDS, *MORE])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join)))
def test_no_text_makes_it_raise(text: str) -> None:
    unit = read_csharp(text, "x.cs")
    assert unit.read in ("full", "partly")
    assert list(unit.opaque) == sorted(unit.opaque)
