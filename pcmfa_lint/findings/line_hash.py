"""`primaryLocationLineHash` as GitHub computes it, by which code scanning knows an alert again after lines have moved.

From a line's first character on, 100 UTF-16 units are taken, without blanks and tabs and with line ends as LF; after
the text come one 0xFFFF and zeros. Their polynomial in 37 modulo 2**64 is written in hex, and `:n` says that it is the
n-th such line of the file. So does the upload action (`fingerprints.ts` of github/codeql-action), and alerts that are
uploaded without it are doubled if the hash is another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from struct import unpack

from pcmfa_lint.ir.nodes import Unit

_WINDOW = 100 * 2  # bytes of UTF-16
_END = b"\xff\xff" + bytes(_WINDOW)
_LINE_END = "\n".encode("utf-16-le")
_BLANKS = str.maketrans("", "", " \t")


def line_hashes(unit: Unit, numbers: Iterable[int]) -> dict[int, str]:
    """The hashes of the wanted lines (1-based) that the unit has. The hash is made of raw text: it tells nobody what
    stood there, but whoever guesses the text can check the guess, so it belongs where the code itself may be seen."""
    rows = [row.translate(_BLANKS).encode("utf-16-le", "surrogatepass") for row in _as_uploaded(unit)]
    text = _LINE_END.join(rows) + _END
    starts = [0, *accumulate(len(row) + len(_LINE_END) for row in rows)][: len(rows)]
    windows = {number: _window(text, starts[number - 1]) for number in numbers if 0 < number <= len(rows)}
    sought, counts, hashes = frozenset(windows.values()), Counter[bytes](), {}
    for number, start in enumerate(starts, 1):
        window = _window(text, start)
        if window in sought:
            counts[window] += 1
            if number in windows:
                hashes[number] = f"{_polynomial(window):x}:{counts[window]}"
    return hashes


def _as_uploaded(unit: Unit) -> list[str]:
    """The lines as the action sees them: it reads every file as UTF-8, with the mark. UTF-16 it cannot read; there the
    real text is taken, and the action keeps the hash that it is given."""
    text = "\n".join(unit.lines)
    if unit.encoding == "utf-8-sig":
        text = "\ufeff" + text
    elif unit.encoding == "cp1252":  # what has no character in it was U+FFFD already, and is no UTF-8 either
        text = text.replace("\ufffd", "\udc81").encode("cp1252", "surrogateescape").decode("utf-8", "replace")
    return text.split("\n")


def _window(text: bytes, start: int) -> bytes:
    return text[start : start + _WINDOW]


def _polynomial(window: bytes) -> int:
    total = 0
    for unit in unpack("<100H", window):
        total = (total * 37 + unit) % 2**64
    return total
