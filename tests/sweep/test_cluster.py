"""A sweep on a real Dask scheduler with two workers on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.sweep import cluster, run
from pcmfa_lint.sweep.repository import RepositoryResult, RepositoryTask, scan_repository
from pcmfa_lint.sweep.run import SweepObserver, sweep
from tests.helpers.repository import ROPC, put
from tests.sweep.test_run import contents, rows, wish

ROOT = Path(__file__).parents[2]
MARK = "PCMFA_LINT_TEST_MARK"


def installed() -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")


class Local:
    """A scheduler and two workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), MARK: str(folder / "mark")}
        self.scheduler = self._start("scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
        self.workers = [
            self._start("worker", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
            for _ in range(2)
        ]

    def _start(self, what: str, *more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, "--scheduler-file", str(self.file), *more]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, env=self.environment, stdout=quiet, stderr=quiet, start_new_session=True)

    def address(self) -> str:
        """Where it is to be had, once both workers are there."""
        from distributed import Client

        for _ in range(300):
            if self.file.exists() and self.file.stat().st_size:
                break
            time.sleep(0.1)
        with Client(scheduler_file=str(self.file), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            return str(client.scheduler.address)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            with suppress(ProcessLookupError):  # each leads a group of its own
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    installed()
    made = Local(tmp_path)
    yield made
    made.end()


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    root = tmp_path / "estate"
    put(root, {f"r{number}/.git/HEAD": "" for number in range(6)})
    put(root, {f"r{number}/src/bad.py": ROPC for number in range(6)})
    return root


def swept(estate: Path, out: Path, address: str, watch: SweepObserver | None = None) -> int:
    with cluster.connected(address) as workers:
        options = wish(estate, out, jobs=workers.width)
        return sweep(options, watch or SweepObserver(), workers.executor)


@pytest.mark.workers
@pytest.mark.slow
def test_the_same_bytes_as_on_one_machine(local: Local, estate: Path, tmp_path: Path) -> None:
    reported: list[int] = []
    address = local.address()
    sweep(wish(estate, tmp_path / "one", jobs=1), SweepObserver())
    swept(estate, tmp_path / "other", address, SweepObserver(reported=lambda looked, number: reported.append(number)))
    assert contents(tmp_path / "other") == contents(tmp_path / "one")
    assert reported == [1, 2, 3, 4, 5, 6]
    out = tmp_path / "third"
    arguments = ["sweep", str(estate), "--out", str(out), "--cluster", address, "--exit-zero", "-q"]
    assert cli.run(arguments) == 0
    assert len(rows(out)) == 6


def _dies_once(task: RepositoryTask) -> RepositoryResult:
    """Takes its worker with it, the first time that it runs."""
    if task.source.name == "r3":
        try:
            os.close(os.open(os.environ[MARK], os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os._exit(9)
    return scan_repository(task)


@pytest.mark.workers
@pytest.mark.slow
def test_a_killed_worker_costs_one_more_try(
    local: Local, estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = local.address()
    sweep(wish(estate, tmp_path / "one", jobs=1), SweepObserver())
    monkeypatch.setattr(run, "scan_repository", _dies_once)
    swept(estate, tmp_path / "other", address)
    assert (tmp_path / "mark").exists()
    assert contents(tmp_path / "other") == contents(tmp_path / "one")


@pytest.mark.workers
@pytest.mark.slow
def test_a_scheduler_that_goes_away_is_a_sentence_and_nothing_is_half_written(
    local: Local, estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, out = local.address(), tmp_path / "out"

    def reported(looked: RepositoryResult, number: int) -> None:
        local.scheduler.kill()

    with pytest.raises(UsageFault, match="is gone: nothing was written"):
        swept(estate, out, address, SweepObserver(reported=reported))
    assert sorted(path.name for path in out.iterdir()) == [".gitignore", ".resume", "sarif"]
    assert cli.run(["sweep", str(estate), "--out", str(out), "--cluster", address]) == 2
    assert f"the scheduler at {address} does not respond" in capsys.readouterr().err


@pytest.mark.slow
def test_where_nobody_answers_it_is_said(estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    installed()
    assert cli.run(["sweep", str(estate), "--out", str(tmp_path / "out"), "--cluster", "tcp://127.0.0.1:1"]) == 2
    assert "does not respond" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["no address", "tcp://[", "", "inproc://x", "tcp://h:1/path"])
def test_what_is_no_address_is_refused(
    address: str, estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["sweep", str(estate), "--out", str(tmp_path / "out"), "--cluster", address]) == 2
    assert "--cluster needs an address" in capsys.readouterr().err


def test_without_the_extra_it_is_said(
    estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert cli.run(["sweep", str(estate), "--out", str(tmp_path / "out"), "--cluster", "tcp://127.0.0.1:1"]) == 2
    assert "pip install pcmfa-lint[cluster]" in capsys.readouterr().err
