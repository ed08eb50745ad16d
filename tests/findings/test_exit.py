"""Nothing that came out of a repository reaches a report but through `findings/redaction.py`: mypy checks the types,
and here is checked that nobody goes around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

import pcmfa_lint.findings.model as findings
from pcmfa_lint.findings.model import (
    CodeLine,
    Files,
    Finding,
    Report,
    SafeText,
    ShownFile,
    ShownPlace,
    ShownStep,
    Suppression,
)
from pcmfa_lint.inventory.model.entry import Entry, Owner, SignIn
from pcmfa_lint.inventory.model.estate import Scanned
from pcmfa_lint.ir.nodes import Span

PACKAGE = Path(findings.__file__).parents[1]
MAKERS = {"findings/report.py", "findings/redaction.py"}
CONSTANT = {"words", "joined"}  # of redaction: what is given first is text of ours
# Words of ours, and what is made of them or of numbers; nothing of it comes out of a repository.
OURS = {
    Finding: {"rule", "name", "why", "fix", "fingerprint", "language", "line_hash", "properties"},
    Report: {"version", "extra"},
    Suppression: {"until", "silences"},
    Owner: {"basis"},
    SignIn: {"language", "via", "case", "source"},
    Entry: {"id", "language", "business", "impact", "only_reads", "needs_user", "source", "findings"},
    Scanned: {"commit"},
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text("utf-8"))


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    return ((name_of(each.func), each) for each in ast.walk(tree) if isinstance(each, ast.Call))


def test_only_redaction_makes_safe_text() -> None:
    for module, tree in modules():
        if module not in MAKERS:
            assert "SafeText" not in {name for name, _ in calls(tree)}, module
            cast = [ast.unparse(call) for name, call in calls(tree) if name == "cast"]
            assert not [each for each in cast if "SafeText" in each], module
    model = ast.parse((PACKAGE / "findings" / "report.py").read_text("utf-8"))
    assert [ast.unparse(call) for name, call in calls(model) if name == "SafeText"] == ["SafeText('')"]


def makers(tree: ast.Module) -> set[str]:
    """How a module calls those functions of redaction."""
    imports = [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    names = {(each.module, alias.name) for each in imports for alias in each.names}
    bare = {name for name in CONSTANT if ("pcmfa_lint.findings.redaction", name) in names}
    whole = ("pcmfa_lint.findings", "redaction") in names
    return bare | ({f"redaction.{name}" for name in CONSTANT} if whole else set())


def test_nothing_but_rules_and_tables_is_shown_unseen() -> None:
    given = {
        (module, ast.unparse(call.args[0]))
        for module, tree in modules()
        for name, call in calls(tree)
        if name == "of_rules"
    }
    assert given == {
        ("findings/wording.py", "text"),
        ("inventory/assembly/sightings.py", "sighting.name"),
        ("inventory/assembly/sign_ins.py", "case.reason"),
        ("inventory/assembly/sign_ins.py", "case.remedy"),
        ("inventory/assembly/triggers.py", "sign.words"),
    }


def test_text_of_ours_is_a_constant_in_the_code() -> None:
    seen = 0
    for module, tree in modules():
        known = makers(tree)
        for _, call in calls(tree):
            if ast.unparse(call.func) in known:
                seen += 1
                assert isinstance(call.args[0], ast.Constant), f"{module}:{call.lineno}"
    assert seen > 50


def plain(hint: Any) -> bool:
    """Whether a type holds text that is no `SafeText`."""
    if hint is str:
        return True
    if hint is SafeText or get_origin(hint) is Literal or is_dataclass(hint):
        return False
    return any(plain(each) for each in get_args(hint))


SHOWN = (Finding, ShownPlace, ShownStep, ShownFile, CodeLine, Files, Suppression, Report, Owner, SignIn, Entry, Scanned)


@pytest.mark.parametrize("kind", SHOWN)
def test_what_is_shown_is_safe_by_its_type(kind: Any) -> None:
    hints = get_type_hints(kind, localns={"Span": Span, **vars(findings)})
    assert {each.name for each in fields(kind) if plain(hints[each.name])} == OURS.get(kind, set())
