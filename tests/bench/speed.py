"""Wall time of `pcmfa-lint scan` against ripgrep with a list of literals, over the same folders, in alternating runs.

    python tests/bench/speed.py --literals FILE [--runs N] FOLDER...

Prints for each folder the seconds of both, and the ratio (pcmfa-lint / ripgrep) as minimum, median and maximum over
the pairs. Both run once before, so that the files are in the cache.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[:200]}")
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--literals", required=True, type=Path)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("folders", nargs="+", type=Path)
    given = parser.parse_args()
    print(f"{'folder':40} {'ours':>7} {'rg':>7} {'min':>6} {'median':>6} {'max':>6}")
    for folder in given.folders:
        ours = [sys.executable, "-m", "pcmfa_lint", "scan", str(folder), "-q", "--exit-zero"]
        theirs = ["rg", "-i", "-F", "-f", str(given.literals), "-l", str(folder)]
        seconds(ours), seconds(theirs)
        pairs = [(seconds(ours), seconds(theirs)) for _ in range(given.runs)]
        ratios = [one / other for one, other in pairs]
        middle = [statistics.median(column) for column in zip(*pairs, strict=True)]
        print(
            f"{folder.name[:40]:40} {middle[0]:7.3f} {middle[1]:7.3f} "
            f"{min(ratios):6.2f} {statistics.median(ratios):6.2f} {max(ratios):6.2f}"
        )


if __name__ == "__main__":
    main()
