"""`explain RULE --language NAME`: advice for the language that somebody works in, and none for others."""

from __future__ import annotations

import pytest

from pcmfa_lint import cli
from pcmfa_lint.config import USAGE


@pytest.mark.parametrize("name", ["csharp", "C#"])
def test_advice_and_examples_of_one_language_and_prose(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "PCM201", "--language", name, "--examples"]) == 0
    said = capsys.readouterr().out
    assert "What to do in C#" in said
    assert "AcquireTokenByUsernamePassword" in said
    assert "acquire_token" not in said
    assert "Invoke-RestMethod" not in said


def test_where_there_is_no_advice_of_its_own_there_is_prose_and_nothing_of_another_language(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["explain", "PCM201", "--language", "kotlin"]) == 0
    said = capsys.readouterr().out
    assert "What to do" in said
    assert "acquire_token" not in said


def test_a_language_that_is_not_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "PCM201", "--language", "cobol"]) == USAGE
    assert "these are known: " in capsys.readouterr().err
