"""Time of readers for texts of one length and of twice that: what takes more than linear time shows itself.

    python -m tests.bench.linear [--chars N] [--pairs M] [READER...]

Each word that hostile input for a reader is made of is repeated up to N characters (20,000 without the option) and up
to 2 N; then M random pairs and triples of them. Prints those that take more than 0.3 s of a processor and more than 2.6
times as long for twice the length, and those that take more than 2 s at all; at last the longest time of each reader.
"""

from __future__ import annotations

import argparse
import faulthandler
import time
from collections.abc import Iterator
from random import Random

from tests.fuzz.campaign import named
from tests.fuzz.readers import Reader

SHORT, MORE_THAN_TWICE, LONG = 0.3, 2.6, 2.0


def shapes(reader: Reader, pairs: int) -> Iterator[str]:
    """What is repeated."""
    random = Random(reader.name)
    yield from reader.words
    yield from (f"{word}\n" for word in reader.words)
    for _ in range(pairs):
        between = random.choice(("", " ", "\n"))
        yield between.join(random.choices(reader.words, k=random.randint(2, 4))) + random.choice(("", "\n"))


def seconds(reader: Reader, text: str) -> float:
    faulthandler.dump_traceback_later(120, exit=True)
    start = time.process_time()
    reader.run(text.encode("utf-8", "replace"))
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chars", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("readers", nargs="*")
    given = parser.parse_args()
    for reader in named(given.readers):
        longest = (0.0, "")
        for shape in shapes(reader, given.pairs):
            once = seconds(reader, shape * (given.chars // len(shape)))
            twice = seconds(reader, shape * (2 * given.chars // len(shape)))
            longest = max(longest, (twice, shape))
            if twice > LONG or (twice > SHORT and twice > MORE_THAN_TWICE * once):
                print(f"{reader.name:12} {shape!r:30} {once:.2f} s, twice as much {twice:.2f} s", flush=True)
        print(f"{reader.name:12} longest {longest[0]:.2f} s ({longest[1]!r})", flush=True)


if __name__ == "__main__":
    main()
