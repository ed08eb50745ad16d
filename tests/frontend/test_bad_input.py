"""What generators write, what never ends, and what is tangled, in languages that scripts are written in: all of it is
bounded, what can be read is read, and what is left out is reported. Groovy's is in `jvm/test_groovy.py`."""

from __future__ import annotations

import pytest

from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Unit

UNPARSED = "This part could not be parsed."


def unit(path: str, text: str) -> Unit:
    return read(text.encode(), path)


GENERATED = {
    "go-methods": (
        "a.go",
        "package a\n",
        "func (m *T{}) GetName() string {{ if m != nil {{ return m.Name }}; return d }}\n",
        800,
    ),
    "go-bytes": ("a.go", "package a\nvar d = []byte{\n", "0x{:02x},\n", 8_000),
    "go-map": ("a.go", "package a\nvar d = map[string]string{\n", '"k{}": "v",\n', 4_000),
    "ruby-classes": (
        "a.rb",
        "",
        "class A{} < B\n  attr_accessor :a\n  def c(d, e: 1)\n    f(d) {{ |g| g.h }} if e\n  end\nend\n",
        800,
    ),
    "ruby-hash": ("a.rb", "A = {\n", '  "k{}" => ["v", 1],\n', 4_000),
    "shell-functions": ("a.sh", "", 'f{}() {{ local a=$1; b "$a" | c -d; }}\n', 800),
    "pipeline": ("Jenkinsfile", "node {\n", "stage('a{}') {{ steps {{ script {{ sh '''\ncurl $b\n''' }} }} }}\n", 150),
}
ENDS = {"go-bytes": "}\n", "go-map": "}\n", "ruby-hash": "}\n", "pipeline": "}\n"}


@pytest.mark.parametrize("name", GENERATED)
def test_what_a_generator_writes_is_read_whole(name: str) -> None:
    path, first, row, count = GENERATED[name]
    found = unit(path, first + "".join(row.format(number % 256) for number in range(count)) + ENDS.get(name, ""))
    assert found.read == "full"
    assert found.body


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("a.sh", "echo 'a\n"),
        ("a.sh", 'echo "a $(b\n'),
        ("a.sh", "cat <<EOF\na $b\n"),
        ("a.sh", "cat <<EOF\na $b\nc d\n"),
        ("a.sh", "case $a in\n"),
        ("a.rb", "a(<<~A, <<~B)\n"),
        ("a.rb", 'a = "b #{\n'),
        ("a.rb", "a = %w[b\n"),
        ("a.go", 'a := "b\n'),
        ("a.go", "a := `b\n"),
        ("a.vb", "Class A\n"),
    ],
)
@pytest.mark.parametrize("count", [1, 1_001])
def test_what_never_ends_is_reported(path: str, row: str, count: int) -> None:
    found = unit(path, "b = 1\n" * (path != "a.vb") + row * count)
    assert found.read in ("partly", "text")
    assert found.problems


def test_what_stands_before_it_is_read() -> None:
    found = unit("a.sh", "curl a\ncat <<EOF\nb\n")
    assert [stmt.span.line for stmt in found.body][:1] == [1]
    assert [problem.reason for problem in found.problems] == [UNPARSED]
