"""Our own rules and catalog: sound, quick to start, and every example of every rule through the whole pipeline."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from pcmfa_lint.explain.rule_examples import ExampleCase, cases, failure
from pcmfa_lint.knowledge.loader import load_knowledge, prefilter_of
from pcmfa_lint.knowledge.model import Knowledge
from pcmfa_lint.knowledge.prefilter_loader import load_prefilter

KNOWLEDGE = load_knowledge()


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return KNOWLEDGE


@pytest.mark.parametrize("case", cases(KNOWLEDGE.rules), ids=lambda case: case.id)
def test_example(case: ExampleCase, knowledge: Knowledge) -> None:
    assert failure(case, knowledge) == ""


def test_our_own_knowledge_is_sound() -> None:
    assert [str(fault) for fault in KNOWLEDGE.faults] == []
    assert KNOWLEDGE.rules and KNOWLEDGE.catalog.files
    assert {rule.id[:4]: rule.family for rule in KNOWLEDGE.rules}.items() <= {
        "PCM1": "stored-credential",
        "PCM2": "ropc",
        "PCM3": "refresh-token",
        "PCM4": "unhandled-401",
        "PCM5": "legacy-auth",
        "PCM6": "readiness",
    }.items()


def test_knowledge_goes_to_workers() -> None:
    assert pickle.loads(pickle.dumps(KNOWLEDGE)) == KNOWLEDGE


def test_the_quick_way_to_the_sift_gives_the_same() -> None:
    assert load_prefilter() == prefilter_of(KNOWLEDGE)
    assert load_prefilter().gates and load_prefilter().markers


def test_start_up_needs_no_heavy_module() -> None:
    code = (
        "import sys; from pcmfa_lint.knowledge.prefilter_loader import load_prefilter; load_prefilter();"
        "print([name for name in sys.modules if name in ('libcst', 'tree_sitter', 'pathspec')"
        " or name.startswith('pcmfa_lint.') and not name.startswith('pcmfa_lint.knowledge.prefilter')"
        " and name.removeprefix('pcmfa_lint.') not in ('knowledge', 'knowledge.compiled', 'knowledge.paths', 'source',"
        " 'source.user_cache')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
