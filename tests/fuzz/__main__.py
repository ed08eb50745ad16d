"""A campaign of hostile input over everything that reads what strangers write.

    python -m tests.fuzz [--seconds S] [--first N] [--keep FILE] [READER...]

Gives each reader its share of S processor seconds (60 without the option), beginning with input number N or behind the
last one that FILE knows of. Says how many inputs each reader had, what its longest took, and which crashed it, held it
up or had two answers; then the exit status is 1. `--show READER NUMBER` prints an input.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.fuzz.campaign import compared, named, run
from tests.fuzz.inputs import made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--show", nargs=2, metavar=("READER", "NUMBER"))
    parser.add_argument("readers", nargs="*")
    given = parser.parse_args()
    if given.show:
        (reader,) = named([given.show[0]])
        sys.stdout.buffer.write(made(reader, int(given.show[1])))
        return 0
    kept = json.loads(given.keep.read_text()) if given.keep and given.keep.exists() else {}
    chosen = named(given.readers)
    share = given.seconds / sum(reader.weight for reader in chosen)
    total, failed = 0, False
    for reader in chosen:
        first = max(given.first, kept.get(reader.name, 0))
        outcome = run(reader.name, first, share * reader.weight)
        outcome.finds += compared(reader.name, first)
        count = outcome.after - first
        print(f"{reader.name:12} {count:9,} inputs, longest {outcome.longest:.2f} s (number {outcome.longest_at})")
        for number, what in outcome.finds:
            print(f"    number {number}: {what}")
        sys.stdout.flush()
        total, failed = total + count, failed or bool(outcome.finds)
        kept[reader.name] = outcome.after
        if given.keep:
            given.keep.write_text(json.dumps(kept))
    print(f"{total:,} inputs")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
