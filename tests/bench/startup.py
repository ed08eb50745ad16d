"""Wall time of a run over one PowerShell file without a hit, as a commit hook starts it, and of Python alone.

python tests/bench/startup.py [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "a.ps1"
        script.write_text("Write-Host 'nothing to see'\n")
        ours = [sys.executable, "-m", "pcmfa_lint", "scan", str(script)]
        bare = [sys.executable, "-c", "pass"]
        seconds(ours)
        pairs = [(seconds(ours), seconds(bare)) for _ in range(runs)]
    for name, column in zip(("pcmfa-lint scan", "python -c pass"), zip(*pairs, strict=True), strict=True):
        print(f"{name:16} min {min(column):.3f} s, median {statistics.median(column):.3f} s, max {max(column):.3f} s")


if __name__ == "__main__":
    main()
