"""Time of `pcmfa-lint scan` against ripgrep with a list of literals, over the same folders, in alternating runs.

    python tests/bench/speed.py --literals FILE [--runs N] [--cached] FOLDER...

Prints for each folder the seconds that passed (the minimum and the median of each) and the processor's seconds (the
minimum, all processes together), and the ratio of passed time (pcmfa-lint / ripgrep): that of the minima, and the
median over the pairs. Both run once before, so that the files are in the system's cache. With `--cached` our results of
that first run are used, too. Without it a checkout parses its rules at each start, which an installed wheel need not:
measure a wheel. Not for Windows.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Time(NamedTuple):
    """Seconds that passed, and seconds of processors."""

    wall: float
    processor: float


def seconds(command: list[str]) -> Time:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[:200]}")
    return Time(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def row(folder: Path, literals: Path, runs: int, cached: bool) -> str:
    """Measures one folder."""
    ours = [sys.executable, "-m", "pcmfa_lint", "scan", str(folder), "-q", "--exit-zero"]
    ours += [] if cached else ["--no-cache"]
    theirs = ["rg", "-i", "-F", "-f", str(literals), "-l", str(folder)]
    seconds(ours), seconds(theirs)
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(runs)]
    cells: list[float] = []
    for times in zip(*pairs, strict=True):
        cells += [min(t.wall for t in times), statistics.median(t.wall for t in times), min(t.processor for t in times)]
    middle = statistics.median(one.wall / other.wall for one, other in pairs)
    return " ".join(f"{cell:7.2f}" for cell in (*cells, cells[0] / cells[3], middle))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--literals", required=True, type=Path)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--cached", action="store_true")
    parser.add_argument("folders", nargs="+", type=Path)
    given = parser.parse_args()
    print(f"{'':40} {'ours':>23} {'ripgrep':>23} {'ratio':>15}")
    print(f"{'folder':40}" + 2 * f"{'min':>8}{'median':>8}{'cpu':>8}" + f"{'min':>8}{'median':>8}")
    for folder in given.folders:
        print(f"{folder.name[:40]:40} {row(folder, given.literals, given.runs, given.cached)}", flush=True)


if __name__ == "__main__":
    main()
