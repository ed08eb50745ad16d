"""What is particular to C#; what holds for every language stands in `test_languages.py`."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmfa_lint.frontend.csharp.reader import read_csharp
from tests.frontend.languages import CSHARP
from tests.frontend.show import show_unit


def test_literals_numbers_and_comments_are_opaque() -> None:
    source = 'f("quoted", @"verbatim", $"a {x} b", 42, 1.5, \'c\', """raw"""); // said\n'
    texts = ['"quoted"', '@"verbatim"', '"a ', ' b"', "42", "1.5", "'c'", '"""raw"""', "// said"]
    assert CSHARP.hidden(source) == texts


def test_names_are_not_opaque() -> None:
    assert CSHARP.hidden("var a = new Foo<Bar>(b.C, typeof(D)) { E = f, [g] = h };") == []


def test_the_name_of_a_region_is_opaque() -> None:
    assert CSHARP.hidden("class C {\n#region of secrets\n#endregion\n}\n") == ["of secrets"]


def test_what_stands_outside_an_error_is_read() -> None:
    unit = read_csharp("class C {\n  void F() { f(1); }\n  void G() { g(2; }\n  void H() { h(3); }\n}\n", "x.cs")
    assert unit.read == "partly"
    assert [problem.line for problem in unit.problems] == [3]
    assert all(span.line == span.end_line == 3 for span in unit.blind)
    lowered = show_unit(unit)
    for number, name in enumerate("fgh", 1):
        assert f'(call {name} number:"{number}")' in lowered


def test_branches_in_the_midst_of_an_expression_are_both_read() -> None:
    assert '(+ a "debug" "release")' in CSHARP.shown('f(a\n#if DEBUG\n  + "debug"\n#else\n  + "release"\n#endif\n);\n')


@pytest.mark.parametrize(
    "opened", ["(", "{", "[", "f(", "x => ", "new A { B = ", "!", "if (a) ", '$"{', "a ? ", "class C { "]
)
def test_deep_nesting_is_cut_off_and_said(opened: str) -> None:
    unit = read_csharp(opened * 3000, "x.cs")
    assert unit.read in ("partly", "text")  # a run of the same token is not parsed at all
    assert unit.problems


@pytest.mark.parametrize("joint", [" + ", " && ", " ?? ", ".", "?.", ", "])
def test_long_chains_are_read_whole(joint: str) -> None:
    assert show_unit(read_csharp(f"f({joint.join(['a'] * 60)});", "x.cs")).startswith("unit csharp full")


def test_long_fluent_chains_are_read_whole() -> None:
    lowered = show_unit(read_csharp("f(a" + ".With(b => c)" * 60 + ");", "x.cs"))
    assert lowered.startswith("unit csharp full")
    assert lowered.count("(lambda") == 60


# --- properties -------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.sampled_from(CSHARP.templates), st.data())
def test_white_space_between_words_does_not_matter(template: str, data: st.DataObject) -> None:
    source = template.format("Alpha", "Beta", "gamma")
    gaps = st.sampled_from(["  ", "\t", "\n", "\r\n\t"])
    assert CSHARP.shown(re.sub(r"(?<![\"a]) ", lambda _: data.draw(gaps), source)) == CSHARP.shown(source)
