"""How much time a file may take: more for a large one, so that a slow machine reads what a fast one reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcmfa_lint.config import Settings
from pcmfa_lint.engine.scan import scan
from pcmfa_lint.engine.workers import reading
from pcmfa_lint.processes.limits import Limits
from tests.helpers.repository import ROPC


def test_each_megabyte_adds_time() -> None:
    small, large = (reading.limits_of(Settings(seconds=10), size=size) for size in (0, 3_000_000))
    assert (small.cpu, large.cpu) == (10, 40)
    assert large.wall > small.wall
    assert large.memory == small.memory


def test_a_large_file_is_read_within_limits_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small.py").write_text(ROPC)
    (tmp_path / "large.py").write_text(ROPC + "x = 1\n" * 200_000)
    sizes: list[int] = []

    def limits(settings: Settings, files: int = 0, size: int = 0) -> Limits:
        sizes.append(size)
        return Limits()

    monkeypatch.setattr(reading, "limits_of", limits)
    report = scan([str(tmp_path)], Settings())
    assert report.files.skipped == ()
    assert sizes == [0, 1_000_000]
