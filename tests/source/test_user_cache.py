"""The cache folder as its owner meets it: it is theirs alone, may be deleted, and nothing in it can do harm."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pcmfa_lint.source import user_cache
from pcmfa_lint.source.user_cache import CacheArea, key_of, user_cache_folder
from tests.helpers.cache import with_cache


@pytest.fixture
def area(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CacheArea:
    with_cache(monkeypatch, tmp_path)
    return CacheArea("things", most=1_000, size=500)


def folder() -> Path:
    return Path(user_cache_folder()) / "things"


def test_what_is_kept_is_there_again_and_the_user_s_alone(area: CacheArea) -> None:
    assert area.read("a") is None
    area.write("a", b"data")
    assert area.read("a") == b"data"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder(), folder() / "a")] == [0o700, 0o600]
    area.write("a", b"newer")
    assert area.read("a") == b"newer"
    assert [each.name for each in folder().iterdir()] == ["a"]


def test_the_oldest_files_make_room(area: CacheArea) -> None:
    for number in range(6):
        area.write(str(number), bytes(300))
        os.utime(folder() / str(number), (number, number))
    assert [area.read(str(number)) is not None for number in range(6)] == [False] * 4 + [True] * 2
    area.write("large", bytes(1_000))
    assert area.read("large") is None


def test_what_is_not_whole_or_somebody_else_s_is_not_read(area: CacheArea) -> None:
    area.write("a", b"data")
    file = folder() / "a"
    whole = file.read_bytes()
    for broken in (b"", whole[:-1], whole[1:], whole + b"x", whole[:-4] + b"DATA", b"data", bytes(600)):
        file.write_bytes(broken)
        assert area.read("a") is None
    file.write_bytes(whole)
    assert area.read("a") == b"data"
    file.chmod(0o644)
    assert area.read("a") is None
    file.chmod(0o600)
    folder().chmod(0o755)
    assert area.read("a") is None
    area.write("b", b"data")
    assert not (folder() / "b").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no links and pipes of this kind")
def test_links_pipes_and_folders_are_not_read(area: CacheArea) -> None:
    area.write("a", b"data")
    (folder() / "link").symlink_to(folder() / "a")
    (folder() / "folder").mkdir()
    os.mkfifo(folder() / "pipe", 0o600)
    assert [area.read(name) for name in ("link", "folder", "pipe")] == [None] * 3


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
def test_a_foreign_owner_s_files_are_not_read(area: CacheArea) -> None:
    area.write("a", b"data")
    os.chown(folder() / "a", 12345, 12345)
    assert area.read("a") is None


def test_without_a_place_to_write_nothing_is_kept_and_nothing_is_said(
    area: CacheArea, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pcmfa-lint").write_text("a file, not a folder")
    area.write("a", b"data")
    assert area.read("a") is None
    assert capsys.readouterr() == ("", "")


def test_switched_off_it_neither_reads_nor_writes(area: CacheArea, monkeypatch: pytest.MonkeyPatch) -> None:
    area.write("a", b"data")
    monkeypatch.setattr(user_cache, "enabled", [False])
    area.write("b", b"data")
    assert area.read("a") is None
    assert [each.name for each in folder().iterdir()] == ["a"]


def test_keys_tell_parts_apart() -> None:
    assert len({key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("ab", b"c", "")}) == 4
    assert key_of("ab", b"c") == key_of(b"ab", "c")
