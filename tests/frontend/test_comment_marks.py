"""How a comment is written, in every language that is read."""

from __future__ import annotations

import pytest

from pcmfa_lint.frontend.comment_marks import comment_line
from pcmfa_lint.frontend.languages import LANGUAGES, Language


@pytest.mark.parametrize(
    "language", [each for each in LANGUAGES if each.name != "settings"], ids=lambda each: each.reader
)
def test_every_language_has_comments(language: Language) -> None:
    suffix = next(iter(language.suffixes))
    assert comment_line(f"a{suffix}", "text").strip("#/' ") == "text"


def test_settings_have_those_of_their_format() -> None:
    assert comment_line("a.json", "text") == ""
    assert comment_line("a.xml", "text") == "<!-- text -->"
    assert comment_line(".env", "text") == "# text"
