"""What the machine does to a run: it is ended, or has no space or memory left. Each is one sentence, or a row."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

import pcmfa_lint
from tests.helpers.repository import ROPC, put
from tests.processes.test_start import is_gone

ROOT = Path(pcmfa_lint.__file__).parent.parent
DRIVE = str(Path(__file__).with_name("drive.py"))
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="this is about Linux")
# Enough to read for a minute.
LONG = "# https://login.microsoftonline.com grant_type=password https://api.partnercenter.microsoft.com\n"
LONG += "value = call(first, second)\n" * 2_000


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pcmfa_lint", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def below(process: int) -> list[int]:
    """All processes that descend from one."""
    tasks = Path(f"/proc/{process}/task")
    children: list[int] = []
    for task in tasks.glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it ends while we look
            children += map(int, task.read_text().split())
    return [*children, *(each for child in children for each in below(child))]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_no_worker_outlives_us(tmp_path: Path, name: str, how: str) -> None:
    put(tmp_path, {**{f"repo/long{number}.py": LONG for number in range(200)}, "repo/.git/HEAD": ""})
    line = [sys.executable, DRIVE, how, "sweep", str(tmp_path), "--out", str(tmp_path / "out"), "--timeout", "60"]
    ours = subprocess.Popen(line, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while len(workers := below(ours.pid)) < 2 and time.monotonic() < end:  # a repository's worker, and its own
        time.sleep(0.02)
    ours.send_signal(getattr(signal, name))
    status = ours.wait(30)
    assert len(workers) >= 2
    assert all(map(is_gone, workers))
    assert status == (-signal.SIGKILL if name == "SIGKILL" else 130)


@pytest.mark.parametrize(
    ("shell", "said"),
    [
        ("{} >/dev/full", "cannot be written to standard output: No space left on device"),
        ("{} >&-", "standard output is closed"),
        ("{} --format json >/dev/full", "cannot be written to standard output: No space left on device"),
        ("ulimit -v 24000; {}", "there is not enough memory"),
        ("ulimit -v 30000; {}", "memory"),
        ("ulimit -v 60000; {}", "there is not enough memory"),
        ("ulimit -v 100000; {}", "there is not enough memory"),
    ],
)
def test_one_sentence_and_status_2(tmp_path: Path, shell: str, said: str) -> None:
    put(tmp_path, {"bad.py": ROPC})
    line = shell.format(" ".join(command("scan", "--quiet", ".")))
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert said in done.stderr.decode()
    assert b"fault" not in done.stderr


def test_fourteen_open_files_are_enough(tmp_path: Path) -> None:
    put(tmp_path, {f"bad{number}.py": ROPC for number in range(9)})
    line = f"ulimit -n 14; {' '.join(command('scan', '--quiet', '--jobs', '8', '.'))}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    found = {f"bad{number}.py:" in done.stdout.decode() for number in range(9)}
    assert (done.returncode, found, done.stderr) == (1, {True}, b"")
