"""ZIP archives of an estate: looked into in memory and within bounds; what is not opened is named."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.discovery.discover import discover
from pcmfa_lint.sweep import archives
from pcmfa_lint.sweep.archives import with_archives
from tests.helpers.repository import ROPC, put
from tests.sweep.test_run import rows

LIMIT = 5_000_000


def zipped(files: Mapping[str, str | bytes], **how: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = how.get("mode", 0) << 16
            archive.writestr(info, content)
    return stream.getvalue()


def opened(root: Path, files: dict[str, str | bytes]) -> tuple[set[str], list[str]]:
    put(root, files)
    found = with_archives(discover([str(root)]), LIMIT)
    return set(found.contents), [f"{note.path}: {note.reason}" for note in found.skipped]


def test_what_an_archive_holds_is_an_integration_of_the_estate(tmp_path: Path) -> None:
    exported = {"Functions/run.ps1": ". ./common.ps1\n", "src/bad.py": ROPC, "node_modules/x/bad.py": ROPC}
    put(tmp_path, {"estate/exports/app.zip": zipped(exported)})
    out = tmp_path / "out"
    assert cli.run(["sweep", str(tmp_path / "estate"), "--out", str(out)]) == 1
    assert [(row["path"], row["flows"], row["exposure"]) for row in rows(out)] == [
        ("app.zip/src/bad.py", "ropc", "breaks-now")
    ]
    assert not list(tmp_path.rglob("bad.py"))
    assert cli.run(["sweep", str(tmp_path / "estate"), "--out", str(out), "--resume"]) == 1
    assert len(rows(out)) == 1


def test_a_name_that_leads_out_a_link_and_an_archive_in_an_archive_are_named(tmp_path: Path) -> None:
    inner = zipped({"a.py": ROPC})
    held, said = opened(tmp_path, {"x.zip": zipped({"../up.py": ROPC, "C:\\x.py": ROPC, "in.zip": inner, "ok.py": ""})})
    assert held == {"x.zip/ok.py"}
    assert said == [
        "x.zip: In this archive 1 file could not be read (an archive itself): unpack it and sweep the folder.",
        "x.zip: In this archive 2 files could not be read (under a name that leads out of it): "
        "unpack it and sweep the folder.",
    ]
    link = zipped({"link.py": "/etc/passwd"}, mode=stat.S_IFLNK | 0o777)
    assert "(a link)" in opened(tmp_path / "links", {"x.zip": link})[1][0]


def test_bombs_stay_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, said = opened(tmp_path / "large", {"x.zip": zipped({"a.py": b"x" * (LIMIT + 1), "b.py": ""})})
    assert (held, len(said)) == ({"x.zip/b.py"}, 1)
    monkeypatch.setattr(archives, "ARCHIVES_BYTES", 1_000)
    many = {f"{number}.py": b"x" * 400 for number in range(5)}
    held, said = opened(tmp_path / "many", {"x.zip": zipped(many)})
    assert len(held) == 2
    assert "3 files could not be read (too large)" in said[0]
    monkeypatch.setattr(archives, "ARCHIVE_MEMBERS", 3)
    assert "only the first 3 files" in opened(tmp_path / "names", {"x.zip": zipped(many)})[1][-1]
    monkeypatch.setattr(archives, "ARCHIVE_INDEX_BYTES", 10)
    assert "too many files" in opened(tmp_path / "index", {"x.zip": zipped(many)})[1][0]
    monkeypatch.setattr(archives, "ARCHIVE_BYTES", 10)
    assert "archive of 0 MB" in opened(tmp_path / "size", {"x.zip": zipped(many)})[1][0]
    monkeypatch.setattr(archives, "ARCHIVES", 0)
    assert "more than 0" in opened(tmp_path / "count", {"x.zip": zipped(many)})[1][0]


def test_a_member_that_says_too_little_of_its_size_and_an_encrypted_one_are_not_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.py": b"x" * 50_000}))
    at = data.rindex(b"PK\1\2")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    held, said = opened(tmp_path / "lies", {"x.zip": bytes(data)})
    assert (held, len(said)) == (set(), 1)
    locked = bytearray(zipped({"a.py": ROPC}))
    at = locked.rindex(b"PK\1\2")
    locked[at + 8] |= 1
    assert "(encrypted)" in opened(tmp_path / "locked", {"x.zip": bytes(locked)})[1][0]


@pytest.mark.parametrize(
    "data", [b"", b"PK\3\4", b"no archive", zipped({"a.py": ROPC})[:-30], b"PK\5\6" + b"\xff" * 18]
)
def test_what_is_damaged_is_named(data: bytes, tmp_path: Path) -> None:
    held, said = opened(tmp_path, {"x.zip": data, "y.py": ""})
    assert not held
    assert said
    assert said[0].startswith("x.zip: It is an archive")


def test_a_damaged_member_of_any_packing_costs_itself(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.py", ROPC * 20)
        archive.writestr("b.py", ROPC)
    data = bytearray(stream.getvalue())
    at = data.index(b"a.py") + 20
    data[at : at + 40] = b"\xff" * 40
    held, said = opened(tmp_path, {"x.zip": bytes(data), "y.py": ""})
    assert held == {"x.zip/b.py"}
    assert [line.partition(":")[0] for line in said] == ["x.zip"]
    assert "1 file could not be read (damaged)" in said[0]


def test_an_archive_that_says_its_size_in_64_bits_is_not_listed(tmp_path: Path) -> None:
    data = zipped({"a.py": ROPC})
    end = data.rindex(b"PK\5\6")
    locator = b"PK\6\7" + b"\0" * 16
    held, said = opened(tmp_path, {"x.zip": data[:end] + locator + data[end:]})
    assert not held
    assert "with too many files" in said[0]


def test_other_kinds_of_archives_are_named(tmp_path: Path) -> None:
    held, said = opened(tmp_path, {"a.7z": "x", "b.tar.gz": "x", "c.py": ""})
    assert not held
    assert [line.partition(":")[0] for line in said] == ["a.7z", "b.tar.gz"]


def test_flows_in_a_solution_are_integrations(tmp_path: Path) -> None:
    call = {"method": "GET", "uri": "https://api.partnercenter.microsoft.com/v1/customers"}
    call["authentication"] = {  # type: ignore[assignment]
        "type": "ActiveDirectoryOAuth",
        "tenant": "contoso.onmicrosoft.com",
        "audience": "https://api.partnercenter.microsoft.com",
        "clientId": "11111111-2222-3333-4444-555555555555",
        "secret": "@parameters('secret')",
    }
    definition = {
        "triggers": {"Daily": {"type": "Recurrence", "recurrence": {"frequency": "Day", "interval": 1}}},
        "actions": {"Customers": {"type": "Http", "runAfter": {}, "inputs": call}},
    }
    flow = json.dumps({"properties": {"connectionReferences": {}, "definition": definition}})
    put(tmp_path / "estate", {"flows/Solution.zip": zipped({"Workflows/Daily.json": flow})})
    assert cli.run(["sweep", str(tmp_path / "estate"), "--out", str(tmp_path / "out")]) == 0
    (row,) = rows(tmp_path / "out")
    assert (row["path"], row["flows"], row["exposure"]) == ("Solution.zip/Workflows/Daily.json", "app-only", "survives")
    assert row["runs"].startswith("timer")
