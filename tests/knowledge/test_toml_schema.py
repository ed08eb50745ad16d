"""Faults in TOML files: right line, right word, and nothing of what the file holds."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.knowledge.catalog import CatalogFile
from pcmfa_lint.knowledge.rule import Rule
from pcmfa_lint.knowledge.toml_lines import KeyLines
from pcmfa_lint.knowledge.toml_schema import load, parse


@dataclass(frozen=True)
class Inner:
    name: str
    flow: Literal["ropc", "refresh-token"] = "ropc"
    is_: str = ""


@dataclass(frozen=True)
class Outer:
    case: tuple[Inner, ...] = ()
    words: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    lines: tuple[int | str, ...] = ()
    text: str | dict[str, str] = ""
    one: Inner | None = None
    free: dict[str, Any] = field(default_factory=dict)
    app_only: bool = False


def faults(text: str, cls: type = Outer) -> list[str]:
    value, found = load(cls, text, "x.toml")
    assert (value is None) == bool(found)
    return [str(fault) for fault in found]


def test_every_accepted_shape() -> None:
    value, found = load(
        Outer,
        textwrap.dedent("""
            words = "single"
            groups = [["a", "b"], "c"]
            lines = [3, "a.py:4"]
            text = { "a.py" = "x" }
            app-only = true
            free = { list = [1, [2]] }
            case = { name = "table for list", is = "http" }
            [one]
            name = "n"
        """),
        "x.toml",
    )
    assert found == ()
    assert value == Outer(
        case=(Inner("table for list", is_="http"),),
        words=("single",),
        groups=(("a", "b"), ("c",)),
        lines=(3, "a.py:4"),
        text={"a.py": "x"},
        one=Inner("n"),
        free={"list": (1, (2,))},
        app_only=True,
    )


def test_unknown_key_in_an_array_of_tables() -> None:
    text = """
        words = [
          "a",  # [[case]]
        ]
        [[case]]
        name = '''
        [[case]]
        flow = 1
        '''
        [[case]]
        name = "second"
        flwo = "ropc"
    """
    assert faults(textwrap.dedent(text)[1:]) == ['x.toml:11: unknown key "flwo" in [[case]]; did you mean "flow"?']


def test_missing_key_is_told_at_its_table() -> None:
    assert faults('app-only = true\n\n[[case]]\nflow = "ropc"\n') == ['x.toml:3: [[case]] lacks the key "name"']


def test_wrong_word_names_the_vocabulary_and_the_nearest() -> None:
    assert faults('case = [\n  { name = "a" },\n  { name = "b", flow = "refreshtoken" },\n]\n') == [
        'x.toml:3: "flow" must be one of "ropc", "refresh-token"; did you mean "refresh-token"?'
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("app_only = 1", '"app_only" must be true or false'),
        ("words = [1]", '"words" must be a text'),
        ("lines = [true]", '"lines" must be a whole number or a text'),
        ("text = 3", '"text" must be a text or a table'),
        ("case = 3", '"case" must be a table'),
        ("free = []", '"free" must be a table'),
        ("one = []", '"one" must be a table'),
        ("app_only = true\napp-only = true", 'the key "app-only" is written twice, with dash and with underscore'),
    ],
)
def test_wrong_kinds(text: str, wanted: str) -> None:
    assert [fault.split(": ", 1)[1] for fault in faults(text)] == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        'words = "Planted-S3cret',
        "Planted-S3cret",
        "words = Planted-S3cret",
        'words = "x" Planted-S3cret',
        '"Planted S3cret" = 1',
        'words = "a"\nwords = "Planted-S3cret"',
        'one = { "Planted S3cret" = 1, "Planted S3cret" = 2 }',
        '["Planted S3cret"]\n["Planted S3cret"]',
        'case = { name = "a", flow = "Planted-S3cret" }',
        'free = "Planted-S3cret"',
        'app_only = ["Planted-S3cret"]',
        '[["Planted S3cret"]]\nx = 1',
        'words = ["\\Planted-S3cret"]',
    ],
)
def test_no_fault_repeats_what_the_file_holds(text: str) -> None:
    found = faults(text)
    assert found
    assert not any(piece in fault for fault in found for piece in ("Planted", "S3cret"))


def test_syntax_faults_have_a_line() -> None:
    assert faults('a = 1\nb = "x\n')[0].startswith("x.toml:2: not valid TOML, column 7")
    assert faults("a = [1,\n")[0].startswith("x.toml:2: not valid TOML")


def test_depth_and_huge_numbers_are_faults_and_no_crash() -> None:
    assert faults("a = " + "[" * 50_000) == ["x.toml: not valid TOML: nested too deep"]
    assert len(faults("a = " + "9" * 10_000)) == 1


def test_long_keys_are_cut() -> None:
    assert faults("k" * 80 + " = 1") == [f'x.toml:1: unknown key "{"k" * 40}"']


def test_lines_of_nested_tables() -> None:
    text = textwrap.dedent('''\
        a.b = 1
        "q.r" = """
        c = 2
        [d]
        """
        [[call]]
        id = "x"
        [call.match]
        on = [ "a", # "b",
          "c" ]
        [[call.case]]
        has = ["s"]
        [[call.case]]
        has = ["t"]
        [[call]]
        case = [ { has = "u" },
                 { has = "v", lacks = [
                   "w" ] } ]
        [late.table]
        x = 'it''s'
        [late]
        y = 1
    ''').replace("'it''s'", "'its'")
    lines = KeyLines(text)
    wanted = {
        ("a", "b"): 1,
        ("q.r",): 2,
        ("call", 0, "id"): 7,
        ("call", 0, "match", "on", 1): 10,
        ("call", 0, "case", 1, "has"): 14,
        ("call", 1): 15,
        ("call", 1, "case", 1, "lacks", 0): 18,
        ("late", "table", "x"): 20,
        ("late",): 21,
        ("late", "y"): 22,
        ("call", 1, "case", 0, "nowhere"): 16,
    }
    assert {path: lines.line(path) for path in wanted} == wanted


TEXTS = st.text(st.characters(exclude_categories=["C"], exclude_characters="'\"\\"), max_size=12)


VALUES = st.one_of(TEXTS.map(lambda text: f"'{text}'"), TEXTS.map(lambda text: f"'''\n[x]\n{text}\n'''"))


@given(st.lists(VALUES), st.integers(0, 3))
def test_a_fault_after_any_texts_has_the_right_line(values: list[str], gap: int) -> None:
    before = "".join(f"# [z]\nfree.k{index} = {value}\n" for index, value in enumerate(values)) + "\n" * gap
    line = before.count("\n") + 2
    assert faults(before + "[[case]]\nflow = 0\n") == [
        f'x.toml:{line - 1}: [[case]] lacks the key "name"',
        f'x.toml:{line}: "flow" must be one of "ropc", "refresh-token"',
    ]


def test_real_types_load() -> None:
    value, found = load(CatalogFile, 'call = { id = "a", is = "http", match = { command = "x" } }', "x.toml")
    assert found == ()
    assert value is not None and value.call[0].match.command == ("x",)
    assert any('lacks the key "message"' in fault for fault in faults('id = "A1"', Rule))


@pytest.mark.parametrize(
    "text", ["a." * 40_000 + "b = 1", "x = 1\n[" + '"a".' * 40_000 + "b]", "a" + " . a" * 200 + " = 1"]
)
def test_a_key_of_very_many_parts_is_refused_before_it_is_parsed(text: str) -> None:
    tables, fault = parse(text, "f.toml")
    assert (tables, str(fault)) == ({}, f"f.toml:{text.count(chr(10)) + 1}: not valid TOML: a key of too many parts")


def test_a_key_of_some_parts_is_none_of_those() -> None:
    assert parse("a.b.c.d.e = 'x." + "y." * 90 + "z'", "f.toml")[1] is None
