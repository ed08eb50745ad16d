"""Every attribute of the evidence that a rule asks for is one that some code sets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import pcmfa_lint
from pcmfa_lint.evidence import model
from pcmfa_lint.evidence.model import SUBJECTS
from pcmfa_lint.evidence.template import holes
from pcmfa_lint.knowledge.loader import load_knowledge
from pcmfa_lint.knowledge.rule import Rule
from pcmfa_lint.knowledge.vocabulary import attributes

TYPES = {name: kind for name, kind in vars(model).items() if isinstance(kind, type) and is_dataclass(kind)}


@cache
def set_somewhere() -> frozenset[tuple[str, str]]:
    """Pairs of a type of evidence and a field that some call of it, or any `replace`, gives a value."""
    calls = (
        node
        for path in Path(pcmfa_lint.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    return frozenset(pair for call in calls for pair in given_by(call))


def given_by(call: ast.Call) -> Iterator[tuple[str, str]]:
    assert isinstance(call.func, ast.Name)
    keywords = [each.arg for each in call.keywords if each.arg is not None]
    if call.func.id == "replace":
        yield from ((kind, name) for kind in TYPES for name in keywords)
    if call.func.id in TYPES:
        names = [field.name for field in fields(TYPES[call.func.id])]
        yield from ((call.func.id, name) for name in (*names[: len(call.args)], *keywords))


def asked_for(rule: Rule) -> set[str]:
    conditions: list[dict[str, Any]] = [*rule.where, *rule.unless]
    conditions += [each.when for each in rule.downgrade]
    conditions += [each.when for each in rule.fix]
    names = {name for table in conditions for name in table} - {"path"}
    return names | set(holes(rule.message)) | {rule.at.primary, *rule.at.related}


@pytest.mark.parametrize("rule", load_knowledge().rules, ids=lambda rule: rule.id)
def test_what_a_rule_asks_for_is_set_somewhere(rule: Rule) -> None:
    subject = SUBJECTS[rule.on]
    for attribute in asked_for(rule):
        owner, _, name = attribute.rpartition(".")
        kind = attributes(subject)[owner] if owner else subject
        assert (kind.__name__, name) in set_somewhere(), attribute
