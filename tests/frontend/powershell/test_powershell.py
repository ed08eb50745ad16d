"""What is particular to PowerShell; what holds for every language stands in `test_languages.py`."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmfa_lint.frontend.powershell.native_arguments import lone_dashes
from pcmfa_lint.frontend.powershell.reader import read_powershell
from pcmfa_lint.ir.nodes import Assign, Call
from tests.frontend.languages import POWERSHELL
from tests.frontend.show import show_unit


def test_a_line_also_ends_at_a_lone_carriage_return() -> None:
    assert POWERSHELL.shown("f # one\rg") == '(expr (command f))\n(expr (command g))\n# "one"'


def test_literals_bare_words_numbers_and_comments_are_opaque() -> None:
    source = "Set-It -Name word -Id 42 'quoted' \"a $x b\" --key=value a,b # said\n"
    assert POWERSHELL.hidden(source) == ["word", "42", "'quoted'", '"a ', ' b"', "value", "a", "b", "# said"]


def test_names_are_not_opaque() -> None:
    assert POWERSHELL.hidden("Get-It -Force $x.Member [Type]::Other @{ key = $y }") == []


def test_a_comment_that_breaks_a_continued_line_stays_a_comment() -> None:
    source = "f -A 1 `\n  # the old secret\n  #x\n  -B 2\n"
    assert POWERSHELL.shown(source) == '(expr (command f A=number:"1" B=number:"2"))\n# "the old secret"'
    assert "# the old secret" in POWERSHELL.hidden(source)


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
    assert unit.read in ("partly", "text")  # a run of the same token is not parsed at all
    assert unit.problems


@pytest.mark.parametrize("joint", [" + ", " -and ", " | ", ", ", "; ", "."])
def test_long_chains_are_read_whole(joint: str) -> None:
    source = joint.join(["$a"] + ["b" if joint in (" | ", ".") else "$b"] * 60)
    assert show_unit(read_powershell(source, "x.ps1")).startswith("unit powershell full")


# --- properties -------------------------------------------------------------------------------------------------------

SPACE = st.sampled_from(["  ", "\t", " \t "])
CONTINUED = st.sampled_from(["  ", " `\n", " `\r\n\t"])


@settings(max_examples=60)
@given(st.sampled_from(POWERSHELL.templates), st.data())
def test_white_space_between_words_does_not_matter(template: str, data: st.DataObject) -> None:
    source = template.format("Get-It", "Name", "Show-It")
    spaced = re.sub(" (?=-)", lambda _: data.draw(CONTINUED), source)
    spaced = re.sub(r" (?![ `\t])", lambda _: data.draw(SPACE), spaced)
    assert POWERSHELL.shown(spaced) == POWERSHELL.shown(source)


_NATIVE = (
    'tool login --tenant="a b"',
    "tool plan -var='a b' -out=plan.file",
    "tool get --query=\"[?kind=='x'].id\" -o tsv",
    "tool log --format='%h %s'",
    'tool x -o"c:\\a b" f',
    'tool -Da.b="c d" -Dx.y=z -jar e',
    'tool set --set a="b c",d=e',
    "tool list --query [0].name",
    "tool apply stash@{0}",
    "tool grant Users:(OI)(CI)F",
    "tool x -xr!*.tmp",
    "tool run build -- --prod",
    "tool apply -f -",
    "tool -xzf - -C out",
    "tool apply `\n    -f -",
    "Get-Item x | tool load -",
    "tool reset HEAD^",
    "cd -",
)


@pytest.mark.parametrize("command", _NATIVE)
def test_arguments_of_other_programs_swallow_nothing(command: str) -> None:
    unit = read_powershell(f"$a = 1\n{command}\n$b = Get-Thing \"x y\" 'z'\n", "x.ps1")
    assert unit.read == "full"
    assert [stmt.span.line for stmt in unit.body if isinstance(stmt, Assign)] == [1, 3 + command.count("\n")]


def test_the_value_of_a_flag_is_read() -> None:
    unit = read_powershell("tool login --password=\"$word\" --user='a b'", "x.ps1")
    call = unit.body[0].value  # type: ignore[union-attr]
    assert isinstance(call, Call)
    assert [(arg.name, type(arg.value).__name__) for arg in call.args[1:]] == [
        ("password", "Concatenation"),
        ("user", "Text"),
    ]


@pytest.mark.parametrize(
    "code", ["$x = $a - $b", "$x = $a -\n  $b", "return $a - 1", "f $a[$i - 1]", "$x = (f a) - $y"]
)
def test_a_minus_stays_one(code: str) -> None:
    assert lone_dashes(code) == code
