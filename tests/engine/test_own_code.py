"""The code of a partner's repository that is too large to be followed: what is read of it, and that it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcmfa_lint.config import Settings
from pcmfa_lint.engine.own_code import nearest_first
from pcmfa_lint.engine.run import ScanResult
from pcmfa_lint.engine.scan import examine
from tests.helpers.repository import put

SEED = """
import requests
def customers(token):
    return requests.get("https://api.partnercenter.microsoft.com/v1/customers", headers={"Authorization": token})
"""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so much code is followed."""
    monkeypatch.setattr("pcmfa_lint.engine.run.CODE_CHARS", 300)
    monkeypatch.setattr("pcmfa_lint.engine.own_code.CODE_BATCH", 1)


def looked_at(root: Path) -> ScanResult:
    line = "x = 1  # nothing that anybody looks for\n" * 2
    put(root, {"api/client.py": SEED, "api/near.py": line, "web/far.py": line, "api/page.php": f"<?php\n# {line}"})
    return examine([str(root)], Settings())


@pytest.mark.usefixtures("few")
def test_of_too_much_code_the_nearest_is_read_and_the_rest_is_counted(tmp_path: Path) -> None:
    examined = looked_at(tmp_path)
    assert set(examined.units) == {"api/client.py", "api/near.py", "web/far.py"}
    assert [str(note) for note in examined.report.notes] == [
        "There is more code than is followed: 1 files were not read."
    ]


def test_less_is_read_as_a_whole(tmp_path: Path) -> None:
    examined = looked_at(tmp_path)
    assert set(examined.units) == {"api/client.py", "api/near.py", "web/far.py", "api/page.php"}
    assert not examined.report.notes


def test_nearest_are_the_languages_of_the_seeds_then_their_folders() -> None:
    paths = ["b/x.js", "a/x.py", "a/b/x.py", "a/b/c.js", "x.py"]
    assert nearest_first(paths, {"a/b/seed.py"}) == ["a/b/x.py", "a/x.py", "x.py", "a/b/c.js", "b/x.js"]
