"""The one module that starts processes: what it starts is named by its path, ends in time, and leaves nothing."""

from __future__ import annotations

import ast
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import pcmfa_lint
from pcmfa_lint.processes import start

PACKAGE = Path(pcmfa_lint.__file__).parent
STARTERS = ("fork", "exec", "spawn", "posix_spawn", "system", "popen", "startfile")
MODULES = {"subprocess", "multiprocessing", "pty", "_posixsubprocess", "ProcessPoolExecutor"}
posix = pytest.mark.skipif(os.name != "posix", reason="this is about process groups")


def starting(tree: ast.AST) -> Iterator[str]:
    """What in a module could start a process."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {alias.name.partition(".")[0] for alias in node.names}
            names |= {(node.module or "").partition(".")[0]} if isinstance(node, ast.ImportFrom) else set()
            yield from names & MODULES
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            yield from [node.attr] if node.attr.startswith(STARTERS) else []
        if isinstance(node, ast.Attribute) and node.attr.startswith(("create_subprocess", "subprocess_")):  # asyncio's
            yield node.attr


def test_no_other_module_starts_processes() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): sorted(set(starting(ast.parse(path.read_text("utf-8")))))
        for path in PACKAGE.rglob("*.py")
    }
    assert {path: names for path, names in found.items() if names} == {
        "processes/start.py": ["fork", "subprocess"],
    }


def answer(tmp_path: Path, code: str, seconds: float = 20.0, given: bytes = b"") -> start.Answer[bytes]:
    return start.run([sys.executable, "-c", code], str(tmp_path), {"PATH": os.defpath}, seconds, given)


def test_a_program_is_named_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        start.run(["git", "--version"], str(tmp_path), dict(os.environ), 20.0)


def test_a_program_gets_what_it_is_given_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTED_TOKEN", "invented")
    done = answer(tmp_path, "import os, sys; print(os.environ.get('INVENTED_TOKEN'), sys.stdin.read())")
    assert done.stdout.split() == [b"None"]
    assert answer(tmp_path, "import sys; print(len(sys.stdin.read()))", given=b"x" * 1_000_000).stdout == b"1000000\n"


@posix
def test_a_program_that_does_not_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('child', 'w').write(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    begun = time.monotonic()
    with pytest.raises(start.TooSlow):
        answer(tmp_path, code, seconds=3.0)
    assert time.monotonic() - begun < 20
    assert is_gone(int((tmp_path / "child").read_text()))


def is_gone(process: int) -> bool:
    for _ in range(50):
        try:
            os.kill(process, 0)
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.1)
    return False


def test_more_than_anybody_reads_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "ANSWER_BYTES", 1_000_000)
    with pytest.raises(start.TooSlow):
        answer(tmp_path, "while True: print('x' * 100000)")
