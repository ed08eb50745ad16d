"""GitHub's line hash. The values are those of the upload action's own tests (`fingerprints.test.ts`)."""

from __future__ import annotations

import codecs

import pytest

from pcmfa_lint.findings.line_hash import line_hashes
from pcmfa_lint.frontend.read import read

GREETINGS = " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End"
GREETED = [
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
]


def hashes(data: bytes) -> list[str]:
    unit = read(data, "a.txt")
    return list(line_hashes(unit, range(len(unit.lines) + 2)).values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
        (
            GREETINGS,
            [
                "8b7cf3e952e7aeb2:1",
                "b1ae1287ec4718d9:1",
                "bff680108adb0fcc:1",
                "c6805c5e1288b612:1",
                "b86d3392aea1be30:1",
                "e6ceba753e1a442:1",
            ],
        ),
        (GREETINGS + "\n", GREETED),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETED),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETED),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETED),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ],
        ),
    ],
)
def test_the_values_of_the_action(text: str, expected: list[str]) -> None:
    assert hashes(text.encode()) == expected


def test_only_what_is_wanted_and_the_number_still_counts_all() -> None:
    unit = read(b"Lorem ipsum dolor sit amet.\n" * 10, "a.txt")
    assert line_hashes(unit, [5]) == {5: "a7f2ff13bc495cf2:5"}


def test_a_mark_belongs_to_the_first_line_as_the_action_reads_it() -> None:
    plain, marked = hashes(b"a\nb\n"), hashes(codecs.BOM_UTF8 + b"a\nb\n")
    assert marked[0] != plain[0]
    assert marked[1:] == plain[1:]


def test_utf16_is_hashed_as_the_text_that_it_is() -> None:
    text = GREETINGS.replace("\n", "\r\n") + "\r\n"
    assert hashes(codecs.BOM_UTF16_LE + text.encode("utf-16-le")) == GREETED


def test_another_code_page_is_hashed_as_broken_utf8() -> None:
    assert hashes(b"caf\xe9 \x81 ok\n") == hashes("caf\ufffd\ufffdok\n".encode())


def test_characters_beyond_the_first_plane_are_two_units() -> None:
    """50 of them fill the window, so what follows does not matter any more."""
    assert hashes("\U0001f511".encode() * 50 + b"a") == hashes("\U0001f511".encode() * 50 + b"b")
    assert hashes("\U0001f511".encode() * 49 + b"a") != hashes("\U0001f511".encode() * 49 + b"b")
