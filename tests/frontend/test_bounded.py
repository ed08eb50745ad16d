"""A reader's work is bounded by the length of what it reads, whatever stands there."""

from __future__ import annotations

import pytest
import tree_sitter_c_sharp
import tree_sitter_ruby
from tree_sitter import Language

from pcmfa_lint.frontend.bounded_parse import limit, parse
from pcmfa_lint.frontend.read import read

TANGLED = "The code is too tangled for its grammar to be parsed in reasonable time."
DEEP = "This part is nested too deeply."


def reasons(path: str, text: str) -> list[str]:
    return [problem.reason for problem in read(text.encode(), path).problems]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.cs", "<!--" * 3_000),
        ("a.cs", "class A { void B() { var c = new D" + "<D" * 5_000),
        ("a.cs", "class A { void B() { var c = new D" + "<D.E " * 5_000 + ">(); } }"),
        ("a.ps1", "->" * 8_000),
        ("a.rb", ": begin\n" + "=end\n\n\n\n" * 1_000),
        ("a.ts", 'type e={s;`ce"ay\n    };yles: {\n[key:ing]al<Cte: e;s\\'),
    ],
)
def test_a_grammar_that_reads_a_text_in_too_many_ways_is_stopped(path: str, text: str) -> None:
    assert reasons(path, text) == [TANGLED]
    assert read(text.encode(), path).read == "text"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.java", "class A{void f(){var x = " + "new A(){{" * 30 + "1" + "}}" * 30 + ";}}"),
        ("a.kt", "val x = a" + "[]" * 40),
        ("a.kt", "a" + "[]" * 40 + "\n}"),
    ],
)
def test_what_is_built_again_and_again_is_cut_off(path: str, text: str) -> None:
    assert DEEP in reasons(path, text)


@pytest.mark.parametrize("end", ["@A", "@A(", "@A.", "@A(b)", "@A\t"])
def test_a_scanner_that_looks_for_the_end_of_a_line_finds_it(end: str) -> None:
    assert read(f"val a: B\n{end}".encode(), "a.kt").lines[1] == end


def test_code_as_people_write_it_is_far_below_the_limit() -> None:
    text = 'class A { public string B(int c) { return c > 1 ? $"x{c}" : D.E<string>(c, f => f.G ?? "h"); } }\n' * 400
    tree, taken = parse(Language(tree_sitter_c_sharp.language()), text, limit(text))
    assert tree is not None
    assert not tree.root_node.has_error
    assert taken < limit(text) / 2


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ps1", "$a=1\n" * 8_000),
        ("a.ps1", "$h = @{}\n" + "$h.a = $h; $h += @{ b = $h }\n" * 1_500),
        ("a.cs", "class A { void B() {\n" + "a.b=c;\n" * 6_000 + "} }\n"),
        ("a.cs", "[Flags] enum A {\n" + "".join(f"A{bit} = 1 << {bit % 60},\n" for bit in range(400)) + "}\n"),
        ("a.js", "a.b=c;\n" * 6_000),
    ],
)
def test_short_statements_in_their_thousands_are_read(path: str, text: str) -> None:
    assert read(text.encode(), path).read == "full"


def test_a_parse_that_is_stopped_costs_no_more_than_its_limit() -> None:
    tree, taken = parse(Language(tree_sitter_c_sharp.language()), "<!--" * 3_000, 50)
    assert (tree, taken) == (None, 51)


def test_what_is_tangled_from_its_beginning_is_given_up_there() -> None:
    text, ruby = "=\nprivate\n" * 10_000, Language(tree_sitter_ruby.language())
    tree, reports = parse(ruby, text, limit(text))
    assert tree is None
    assert reports < limit(text) / 3


def test_a_scanner_that_looks_ahead_to_the_end_from_each_place_is_stopped() -> None:
    unit = read(b"/* " * 60_000, "a.kt")
    assert [problem.reason for problem in unit.problems] == [TANGLED]


@pytest.mark.parametrize("text", ["," * 40_000, "@{" * 20_000, "- " * 20_000])
def test_tokens_in_a_row_that_a_query_would_count_again_and_again_make_no_tree(text: str) -> None:
    assert reasons("a.ps1", text) == [TANGLED]


def test_an_open_quotation_mark_in_each_line_makes_no_tree_of_terraform() -> None:
    assert reasons("a.tf", '"\n' * 20_000) == [f"{TANGLED} It was read line by line."]
    assert reasons("a.tf", 'a = "b"\n' * 3_000) == []
