"""What holds for every language of code: its lowering table, positions, and what no input may do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmfa_lint.ir.nodes import Span
from tests.frontend.languages import (
    CSHARP,
    GO,
    GROOVY,
    JAVA,
    JAVASCRIPT,
    KOTLIN,
    LANGUAGES,
    PHP,
    POWERSHELL,
    RUBY,
    SHELL,
    Language,
    covered,
)
from tests.frontend.show import show_unit

LOWERING = [
    pytest.param(language, source, lowered, id=f"{language.name}-{source}")
    for language in LANGUAGES
    for source, lowered in language.table()
]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_every_language_has_a_table(language: Language) -> None:
    assert language.table()


@pytest.mark.parametrize(("language", "source", "lowered"), LOWERING)
def test_lowering(language: Language, source: str, lowered: str) -> None:
    assert language.lowered(source) == lowered


@pytest.mark.parametrize(("language", "source", "lowered"), LOWERING)
def test_line_ends_do_not_matter(language: Language, source: str, lowered: str) -> None:
    found = language.lowered(source.replace("\n", "\r\n"))
    assert (found.replace("\\r\\n", "\\n") if language.raw_line_ends else found) == lowered


@pytest.mark.parametrize(
    ("language", "source", "statement", "comment", "opaque"),
    [
        (CSHARP, '// süß 😀\r\né = "😀x" + ß;\r\n', (1, 13), (1, 9), ["// süß 😀", '"😀x"']),
        (GO, '// süß 😀\r\né := "😀x" + ß\r\n', (1, 14), (1, 9), ["// süß 😀", '"😀x"']),
        (GROOVY, '// süß 😀\r\ndef é = "😀x" + ß\r\n', (5, 17), (1, 9), ["// süß 😀", "😀x"]),
        (JAVA, '/* süß 😀 */\r\nString é = "😀x" + ß;\r\n', (8, 20), (1, 12), ["/* süß 😀 */", '"😀x"']),
        (JAVASCRIPT, "// süß 😀\r\né = '😀x' + ß\r\n", (1, 13), (1, 9), ["// süß 😀", "'😀x'"]),
        (KOTLIN, '/* süß 😀 */\r\nval é = "😀x" + ß\r\n', (1, 17), (1, 12), ["/* süß 😀 */", '"😀x"']),
        (PHP, "<?php /* süß 😀 */\r\n$é = '😀x' . $ß;\r\n", (1, 15), (7, 18), ["/* süß 😀 */", "'😀x'"]),
        (RUBY, "# süß 😀\r\né = '😀x' + ß\r\n", (1, 13), (1, 8), ["# süß 😀", "😀x"]),
        (SHELL, "# süß 😀\r\nx='😀x'$y\r\n", (1, 9), (1, 8), ["# süß 😀", "'😀x'"]),
        (POWERSHELL, "# süß 😀\r\n$é = '😀x' + $ß\r\n", (1, 15), (1, 8), ["# süß 😀", "'😀x'"]),
    ],
    ids=lambda value: value.name if isinstance(value, Language) else "",
)
def test_positions_count_characters_not_bytes(
    language: Language, source: str, statement: tuple[int, int], comment: tuple[int, int], opaque: list[str]
) -> None:
    """The comment stands in the first line, the only statement in the second."""
    unit = language.reader(source, language.path)
    (stmt,) = unit.body
    assert stmt.span == Span(2, statement[0], 2, statement[1])
    assert unit.comments[0].span == Span(1, comment[0], 1, comment[1])
    assert [covered(unit, span) for span in unit.opaque] == opaque


# --- properties -------------------------------------------------------------------------------------------------------

WORD = st.from_regex(r"[A-Za-z][A-Za-z0-9]{3,8}", fullmatch=True).map("N".__add__)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one.templates], ids=lambda language: language.name)
@settings(max_examples=60)
@given(st.data(), st.lists(WORD, min_size=3, max_size=3, unique=True))
def test_renaming_renames_and_changes_nothing_else(language: Language, data: st.DataObject, words: list[str]) -> None:
    template = data.draw(st.sampled_from(language.templates))
    expected = language.shown(template.format("Nxxx0", "Nxxx1", "Nxxx2"))
    lowered = language.shown(template.format(*words))
    for number, word in enumerate(words):
        lowered = re.sub(rf"\b{word}\b", f"Nxxx{number}", lowered)
    assert lowered == expected


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
@settings(max_examples=400)
@given(st.data())
def test_no_text_makes_it_raise(language: Language, data: st.DataObject) -> None:
    scraps = st.lists(st.sampled_from(language.scraps), max_size=40)
    joined = st.one_of(scraps.map(" ".join), scraps.map("".join)).map(language.before.__add__)
    unit = language.reader(data.draw(st.one_of(st.text(), joined)), language.path)
    assert unit.language == language.name
    assert unit.read in ("full", "partly")
    assert list(unit.opaque) == sorted(unit.opaque)
    show_unit(unit, spans=True)
