"""What is particular to Java; what holds for every language stands in `test_languages.py`."""

from __future__ import annotations

import pytest

from pcmfa_lint.frontend.jvm.java import read_java
from tests.frontend.languages import covered
from tests.frontend.show import show_unit


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
