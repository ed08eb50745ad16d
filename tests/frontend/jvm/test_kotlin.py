"""What is particular to Kotlin; what holds for every language stands in `test_languages.py`."""

from __future__ import annotations

import time

import pytest

from pcmfa_lint.frontend.jvm.kotlin import read_kotlin
from pcmfa_lint.frontend.read import read
from tests.frontend.languages import covered
from tests.frontend.show import show_unit


def test_literals_and_comments_are_opaque_and_names_are_not() -> None:
    unit = read_kotlin(
        '@A("x") class B { val c = \'c\'; val i = 0x1F + 3 /* d */; val e = f.g("h $j ${k.l} m") } // i\n', "X.kt"
    )
    shown = [covered(unit, span) for span in unit.opaque]
    assert shown == ['"x"', "'c'", "0x1F", "3", "/* d */", '"h $j ', ' m"', "// i"]


def test_a_file_that_fails_in_one_place_is_read_in_all_others() -> None:
    unit = read_kotlin('class A {\n  fun f() { g("a"); x = = }\n  fun h() { i("b") }\n}\n', "A.kt")
    assert unit.read == "partly"
    assert unit.blind and unit.problems
    assert '(call i "b")' in show_unit(unit)


@pytest.mark.parametrize(
    "source",
    [
        'class A { val a = "b" }',
        "class A { fun a() = b() }",
        "object A : B { val a: C<D> = e<D>() }",
        "interface A { fun a(): Call<B> }",
        "fun interface A { fun a() }",
        'class A {\n  companion object { const val B = "c" }\n}',
    ],
)
def test_a_type_may_end_in_the_line_in_which_it_begins(source: str) -> None:
    assert read_kotlin(source, "A.kt").read == "full"


def test_a_script_is_read_from_its_first_line_on() -> None:
    unit = read(b"#!/usr/bin/env kotlin\nprintln(1)\n", "tool.main.kts")
    assert (unit.language, unit.read) == ("kotlin", "full")
    assert unit.comments[0].text == "!/usr/bin/env kotlin"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_gives_the_same_code(encoding: str) -> None:
    source = 'val é = "süß $a"\n'
    assert show_unit(read(source.encode(encoding), "X.kt")) == show_unit(read_kotlin(source, "X.kt"))


def test_a_line_of_five_megabytes_is_read_in_reasonable_time() -> None:
    source = "val a = listOf(" + '"' + "a bc " * 1_000_000 + '", "$a"' * 20_000 + ")"
    start = time.process_time()
    unit = read_kotlin(source, "X.kt")
    assert unit.lines
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "source",
    [
        "val x = " + "(" * 5000,
        "val x = " + "a + " * 5000 + "b",
        "val x = a" + ".b()" * 5000,
        "val x = " + "!" * 5000 + "a",
        "val x = a" + " ?: b" * 5000,
        "if (a) {} else " * 3000,
        "class A { " * 3000,
        "val x = object : A { val y = " * 2000,
        "f { " * 3000,
        "when (a) { b -> " * 2000,
        "val x = a<b>" * 3000,
        '"""' * 3001,
        '"${' * 3000,
        "@A(" * 3000,
        "try { " * 3000,
    ],
    ids=lambda source: source[:12],
)
def test_hostile_depth_ends(source: str) -> None:
    unit = read_kotlin(source, "X.kt")
    assert unit.lines


@pytest.mark.parametrize(
    "first",
    [
        "fun size(a: Any) = when (a) { is Int if a > 1 -> 1; !in 1..2 -> 2; else -> 3 }\n",
        "fun size(a: Any) = when (a) {\n    is String if a.length > 3 -> 1\n    else if true -> 2\n    else -> 3\n}\n",
        "context(Logger)\nfun log() {}\ncontext(log: Logger) fun more() {}\n",
        "class Fiber {\n    override fun <R : Any> suspend(io: Io<R>): R {\n        return io.go()\n    }\n}\n",
        "class Keys\n(\n    private val a: String\n) {\n    fun get() = a\n}\n",
        "class Keys {\n    fun get() { use(a) } }\n",
        "class Keys {\n    fun get() { use { it(a) }\n    } }\n",
        "@Setup class Keys { @Bean fun a(b: B): A = b.c()\n    @Bean fun d() = D() }\n",
    ],
)
def test_newer_kotlin_and_closings_in_one_line_are_read(first: str) -> None:
    unit = read_kotlin(first + 'fun last() { send("b") }\n', "A.kt")
    assert unit.read == "full"
    assert '(def last () (expr (call send "b")))' in show_unit(unit)


@pytest.mark.parametrize("line", ["val x = = 3 )", "val ??? oops !!", "fun broken(a: Int { return a }"])
def test_a_bad_line_costs_itself(line: str) -> None:
    unit = read_kotlin(f'class A {{\n  {line}\n  fun last() {{ send("b") }}\n}}\n', "A.kt")
    assert [problem.line for problem in unit.problems] == [2]
    assert '(def A.last () (expr (call send "b")))' in show_unit(unit)
