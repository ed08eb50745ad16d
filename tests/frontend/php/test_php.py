"""What is particular to PHP; what holds for every language stands in `test_languages.py`."""

from __future__ import annotations

import pytest

from pcmfa_lint.frontend.php.reader import read_php
from tests.frontend.languages import PHP, covered
from tests.frontend.show import show_unit


def test_a_heredoc_loses_the_indentation_of_its_end() -> None:
    source = "$x = <<<EOT\n    a $b\n      c\\td\n    EOT;\n$y = <<<'EOT'\n  raw $b \\n\n  EOT;"
    assert PHP.shown(source) == '(= x (+ "a " b "\\n  c\\td"))\n(= y "raw $b \\\\n")'


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
