"""Processor seconds and memory of `pcmfa-lint scan` over generated repositories, each twice as large as the one before.

    python tests/bench/growth.py [--files 100 200 400 …]

Each repository has one wrapper for requests to Partner Center in each of two languages, and files that call it, each
with addresses and bodies of its own, a class, and code that has nothing to do with it. Prints seconds, their ratio to
the row above, and the peak of memory. Ends with status 1 where twice the files cost more than 2.2 times the seconds.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

MOST = 2.2
BASE = "https://api.partnercenter.microsoft.com/v1/"
SEND_PY = f'''import requests


def send(path, body=None):
    answer = requests.post("{BASE}" + path, json=body, timeout=9)
    answer.raise_for_status()
    return answer.json()
'''
SEND_PS1 = f"""function Send-Request($Path, $Body) {{
    Invoke-RestMethod -Method Post -Uri "{BASE}$Path" -Body $Body
}}
"""


def python_file(number: int) -> str:
    """One caller in Python, and a class beside it."""
    return f"""from send import send


class Thing{number}:
    def __init__(self, name, size):
        self.name = name
        self.size = size

    def grown(self, by):
        sizes = []
        for step in range(by):
            if step % 2:
                sizes.append(self.size + step)
        return Thing{number}(self.name + "x", sum(sizes))


def run{number}(name):
    thing = Thing{number}(name, {number}).grown(4)
    return send("customers/" + thing.name, {{"field{number}": thing.size}})
"""


def powershell_file(number: int) -> str:
    """One caller in PowerShell, inside a handler."""
    return f"""function Invoke-Thing{number}($Name) {{
    $sizes = @()
    foreach ($step in 1..4) {{
        if ($step -gt 1) {{ $sizes += $step * {number} }}
    }}
    try {{
        Send-Request -Path "customers/$Name" -Body @{{ field{number} = $sizes }}
    }} catch {{
        throw "not sent: $Name"
    }}
}}
"""


def generate(folder: Path, files: int) -> None:
    """Writes a repository of so many files."""
    (folder / "send.py").write_text(SEND_PY)
    (folder / "Send-Request.ps1").write_text(SEND_PS1)
    for number in range(files - 2):
        inner = folder / f"part{number // 50}"
        inner.mkdir(exist_ok=True)
        name, text = ("thing{}.py", python_file) if number % 2 else ("Invoke-Thing{}.ps1", powershell_file)
        (inner / name.format(number)).write_text(text(number))


def measured(folder: Path) -> tuple[float, int]:
    """Processor seconds and the peak of memory in megabytes of one scan in a process of its own."""
    command = [sys.executable, "-m", "pcmfa_lint", "scan", str(folder), "-q", "--exit-zero", "--jobs", "1"]
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True, check=True)
    seconds, memory = done.stdout.split()
    return float(seconds), int(memory) // (1024 if sys.platform != "darwin" else 1024 * 1024)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, nargs="+", default=[100, 200, 400, 800, 1600, 3200])
    given = parser.parse_args()
    print(f"{'files':>6} {'cpu s':>8} {'ratio':>6} {'MB':>5}")
    before, worst = 0.0, 0.0
    for files in given.files:
        with tempfile.TemporaryDirectory() as folder:
            generate(Path(folder), files)
            seconds, memory = measured(Path(folder))
        ratio = seconds / before if before else 0.0
        worst, before = max(worst, ratio), seconds
        print(f"{files:6} {seconds:8.2f} {ratio:6.2f} {memory:5}", flush=True)
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
