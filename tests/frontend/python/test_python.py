"""Python source becomes the nodes that the lowering table says, at the places where it stands."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pcmfa_lint
from pcmfa_lint.frontend.guard import refuse
from pcmfa_lint.frontend.languages import language_of
from pcmfa_lint.frontend.python.lexical_scan import read_as_text
from pcmfa_lint.frontend.python.reader import read_python
from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Comment, Name, Span, Text
from pcmfa_lint.source.text import LineIndex
from tests.frontend.show import show_unit

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = tomllib.loads((Path(__file__).parent.parent / "lowering" / "python.toml").read_text(encoding="utf-8"))["case"]
UNWRITTEN = {"AssertionError", "isinstance", "<match>"}  # names that stand for what `assert` and `match` do
OWN_SOURCES = sorted(Path(pcmfa_lint.__file__).parent.rglob("*.py"))


def nodes(item: Any) -> Iterator[Any]:
    """Every node at and below `item`."""
    if isinstance(item, tuple):
        for part in item:
            yield from nodes(part)
    elif is_dataclass(item):
        yield item
        for part in fields(item):
            yield from nodes(getattr(item, part.name))


def under(text: str, span: Span) -> str:
    index = LineIndex(text)
    return text[index.offset(span.line, span.col) : index.offset(span.end_line, span.end_col)]


def covered(text: str, spans: Iterable[Span]) -> set[int]:
    """The offsets of all characters under the spans."""
    index = LineIndex(text)
    return {
        offset
        for span in spans
        for offset in range(index.offset(span.line, span.col), index.offset(span.end_line, span.end_col))
    }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_lowering(case: dict[str, str]) -> None:
    shown = show_unit(read_python(case["source"], "a.py")).splitlines()
    assert shown[0] == "unit python full"
    assert shown[1:] == case["show"].strip().splitlines()


@pytest.mark.parametrize("path", OWN_SOURCES, ids=[path.name for path in OWN_SOURCES])
def test_real_modules_are_read_whole_and_every_name_stands_where_its_span_says(path: Path) -> None:
    data = path.read_bytes()
    unit, text = read(data, path.name), data.decode()
    assert (unit.read, unit.problems) == ("full", ())
    index = LineIndex(text)
    for node in nodes(unit.body):
        if isinstance(node, (Name, Text)) and getattr(node, "kind", "bare") in ("bare", "number", "constant"):
            start = index.offset(node.span.line, node.span.col)
            written = node.id if isinstance(node, Name) else node.value
            if written not in UNWRITTEN and node.span.col != node.span.end_col:  # a pattern's index has no place
                assert text.startswith(written, start)
                assert index.at(start + len(written)) == (node.span.end_line, node.span.end_col)


@pytest.mark.slow
def test_the_scan_without_a_tree_finds_the_same_literals_and_comments() -> None:
    for path in OWN_SOURCES:
        text = path.read_text(encoding="utf-8")
        with_tree, without = read_python(text, "a.py"), read_as_text(text, "a.py")
        assert without.comments == with_tree.comments
        assert covered(text, with_tree.opaque) <= covered(text, without.opaque)
        assert not without.blind


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_spans_count_code_points_tabs_and_line_ends_as_editors_do(end: str) -> None:
    text = end.join(["if x:", '\ts = "\U0001f600é"; call( (a), "b" )', "\f", "y = (1,", "  2)", ""])
    unit = read_python(text, "a.py")
    shown = show_unit(unit, spans=True).splitlines()
    assert shown[1] == (
        '(if (x@1:4-1:5 (= s@2:2-2:3 "\U0001f600é"@2:6-2:10)@2:2-2:10 '
        '(expr (call call@2:12-2:16 a@2:19-2:20 "b"@2:23-2:26)@2:12-2:28)@2:12-2:28))@1:1-2:28'
    )
    assert shown[2] == '(= y@4:1-4:2 [number:"1"@4:6-4:7 number:"2"@5:3-5:4]@4:5-5:5)@4:1-5:5'


def test_utf16_source_has_the_spans_of_its_text() -> None:
    source = 'größe = "x"\r\nuser = os.environ["PC_USER"]\r\n'
    for encoding in ("utf-8-sig", "utf-16", "utf-16-be", "cp1252"):
        unit = read(source.encode(encoding), "a.py")
        assert [under(source, node.span) for node in nodes(unit.body) if isinstance(node, Name)] == [
            "größe",
            "user",
            "os",
        ]


def test_parts_of_implicit_and_formatted_strings_stand_at_their_own_places() -> None:
    text = 'u = ("https://"\n     f"{host}/v1" "/a")\n'
    (template,) = [node for node in nodes(read_python(text, "a.py").body) if type(node).__name__ == "Concatenation"]
    assert [under(text, part.span) for part in template.parts] == ['"https://"', "host", '/v1" "/a"']


def test_literals_numbers_and_comments_are_opaque_and_nothing_else() -> None:
    text = 'f(a, "one", f"two{b:>3}three", 4)  # five\n'
    assert [under(text, span) for span in read_python(text, "a.py").opaque] == [
        '"one"', "two", ">3", "three", "4", "# five"
    ]  # fmt: skip


@pytest.mark.parametrize("source", ['print "x" # why\nkey = "invented"\n', 'f( # why\nkey = "invented"\n'])
def test_code_that_is_no_python_3_keeps_its_comments_and_hides_its_literals(source: str) -> None:
    unit = read(source.encode(), "old.py")
    assert (unit.read, unit.body) == ("text", ())
    assert [comment.text for comment in unit.comments] == ["why"]
    assert '"invented"' in [under(source, span) for span in unit.opaque]
    assert unit.problems[0].line >= 1
    assert unit.problems[0].reason == "This is no Python 3 that the parser knows, so only text rules were applied."


def test_where_a_string_has_no_end_the_whole_file_is_blind() -> None:
    unit = read(b'a = 1\nx = """no end\n', "a.py")
    assert unit.blind == (Span(1, 1, 3, 1),)


HOSTILE = {
    "nested brackets": "(" * 1500 + ")" * 1500,
    "nested calls": "f(" * 1500 + ")" * 1500,
    "closers hidden in strings": '(")"+' * 1500 + "x" + ")" * 1500,
    "closers hidden in f-string fields": "(f\"{a[')']}\"+" * 1500 + "x" + ")" * 1500,
    "brackets in a format specification": 'f"' + "{x:" * 1500 + "}" * 1500 + '"',
    "brackets in a raw f-string": 'rf"\\N{' + "(" * 1500 + ")" * 1500 + '}"',
    "brackets behind comments": "(#)\n" * 1500 + ")" * 1500,
    "sum": "a+" * 20000 + "a",
    "chain of calls": "a" + ".b()" * 10000,
    "chain of members": "a" + ".b" * 20000,
    "subscripts": "a" + "[0]" * 10000,
    "not": "not " * 10000 + "x",
    "lambdas": "lambda a, b: " * 5000 + "x",
    "ternaries": "a if b else " * 5000 + "x",
    "else-ifs": "if a: pass\n" + "elif b: pass\n" * 20000,
    "exponential patterns": "match x:\n case " + "(" * 30 + "a" + ")" * 30 + ": pass\n",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_what_would_crash_or_stall_the_parser_is_refused(source: str) -> None:
    unit = read(source.encode(), "a.py")
    assert unit.read == "text"
    assert unit.problems[0].reason == refuse(source, "python")


ALLOWED = {
    "nested brackets": "(" * 45 + "x" + ")" * 45,
    "nested calls": "f(" * 45 + ")" * 45,
    "sum": "a+" * 490 + "a",
    "chain of calls": "a" + ".b()" * 120,
    "chain of members": "a" + ".b" * 240,
    "subscripts": "a" + "[0]" * 120,
    "not": "not " * 120 + "x",
    "lambdas": "lambda a, b: " * 75 + "x",
    "ternaries": "a if b else " * 80 + "x",
    "table of lambdas": "t = {" + "'k': lambda a, b: a if b else 0,\n" * 500 + "}",
    "else-ifs": "if a: pass\n" + "elif b: pass\n" * 1000,
    "blocks": "".join(" " * depth + "if a:\n" for depth in range(90)) + " " * 90 + "pass\n",
}


@pytest.mark.parametrize("source", ALLOWED.values(), ids=ALLOWED)
def test_what_is_let_through_is_read_and_travels_between_processes(source: str) -> None:
    unit = read(source.encode(), "a.py")
    assert unit.read == "full"
    assert pickle.loads(pickle.dumps(unit)) == unit


PIECES = ["(", ")", "[", "]", "{", "}", '"', "'", '"""', 'f"', "rf'", 'f"""', "{x:", "!r}", "\\", "#", "\n", "\r\n"]
PIECES += [
    "a",
    " ",
    ",",
    ":",
    "=",
    "lambda ",
    "if ",
    "not ",
    ".",
    "1",
    "é",
    "\U0001f600",
    "case ",
    "\t",
    "import ",
    "\f",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_input_makes_the_reader_raise_or_lose_a_literal(source: str) -> None:
    unit = read(source.encode(), "a.py")
    assert unit.read == "full" or unit.problems
    if unit.read == "full":
        without = read_as_text(source, "a.py")
        assert [comment.span for comment in without.comments] == [comment.span for comment in unit.comments]
        assert covered(source, unit.opaque) <= covered(source, without.opaque)
    assert all(isinstance(comment, Comment) for comment in unit.comments)


def test_binary_and_oversized_files_are_told_not_raised() -> None:
    assert read(bytes(999) + b"x", "a.py").problems[0].reason.startswith("This is a binary file")
    assert refuse("x" * 3_000_001, "python") == "The file is too large to be parsed."


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("src/A.PY", "python"), ("x.pyi", "python"), ("m.psm1", "powershell"), ("d.psd1", "powershell"),
        (".env", "settings"), (".env.production", "settings"), ("prod.env", "settings"), ("app.config", "settings"),
        ("local.settings.json", "settings"), ("Makefile", "shell"), ("environment", "text"),
    ],
)  # fmt: skip
def test_the_language_is_told_by_the_file_name(path: str, language: str) -> None:
    assert language_of(path) == language


def test_telling_the_language_does_not_import_libcst() -> None:
    code = (
        "import sys; from pcmfa_lint.frontend.languages import language_of;"
        "language_of('a.py'); assert 'libcst' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_machine_without_room_for_another_stack_costs_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    expected = read_python("client.get(address)\n", "a.py")
    monkeypatch.setattr(threading.Thread, "start", refused)
    assert read_python("client.get(address)\n", "a.py") == expected
