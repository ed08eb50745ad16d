"""The inputs of a campaign, each made from its number: the same number is the same bytes everywhere."""

from __future__ import annotations

from random import Random

from tests.fuzz.readers import Reader

LARGE = 8_000  # characters of an input that shows whether a reader takes more than linear time
_LARGE_SHARE = 0.02


def made(reader: Reader, number: int) -> bytes:
    """The input with this number."""
    random = Random(f"{reader.name}:{number}")
    if number < 2 * len(reader.words):  # each word again and again: most of what is quadratic shows itself so
        word = reader.words[number // 2]
        return (_times(word, LARGE) if number % 2 else word).encode("utf-8", "replace")
    if random.random() < _LARGE_SHARE:
        return _large(reader, random).encode("utf-8", "replace")
    if reader.seeds and random.random() < 0.4:
        return _mutated(reader, random)
    return _soup(reader, random, random.randint(1, 14)).encode("utf-8", "replace")


def _soup(reader: Reader, random: Random, count: int) -> str:
    between = random.choice(("", "", " ", "\n"))
    return between.join(random.choices(reader.words, k=count))


def _times(text: str, size: int) -> str:
    return text * max(1, size // max(1, len(text)))


def _large(reader: Reader, random: Random) -> str:
    """A few words many times: in a row, or opened and closed."""
    unit = _soup(reader, random, random.randint(1, 4)) + random.choice(("", "", " ", "\n", "\n\n"))
    before, after = _soup(reader, random, random.randint(0, 3)), _soup(reader, random, random.randint(0, 3))
    if random.random() < 0.3:
        closing = _soup(reader, random, random.randint(1, 2))
        return before + _times(unit, LARGE // 2) + after + _times(closing, LARGE // 2)
    if reader.seeds and random.random() < 0.2:
        return _times(random.choice(reader.seeds) + "\n", LARGE)
    return before + _times(unit, LARGE) + after


def _mutated(reader: Reader, random: Random) -> bytes:
    """A piece of an example with a few changes."""
    text = random.choice(reader.seeds)
    start = random.randrange(len(text) or 1)
    if random.random() < 0.7:
        start = text.rfind("\n", 0, start) + 1
    text = text[start : start + random.randint(20, 400)]
    for _ in range(random.randint(1, 5)):
        at = random.randrange(len(text) + 1)
        end = min(len(text), at + random.choice((0, 0, 1, 1, 2, 5, 20)))
        new = random.choice(reader.words) if random.random() < 0.6 else ""
        if random.random() < 0.15:
            other = random.choice(reader.seeds)
            cut = random.randrange(len(other) or 1)
            new = other[cut : cut + random.randint(1, 60)]
        text = text[:at] + new + text[end:]
    data = text.encode("utf-8", "replace")
    if random.random() < 0.05:
        at = random.randrange(len(data) + 1)
        data = data[:at] + random.randbytes(random.randint(1, 3)) + data[at:]
    return data
