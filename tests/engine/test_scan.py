"""The rings: what becomes of each file, whatever happens to the workers, and for any number of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest

from pcmfa_lint.config import Settings
from pcmfa_lint.engine.scan import examine, scan
from pcmfa_lint.engine.workers.pool import Pool
from pcmfa_lint.engine.workers.worker import ONLY_TEXT
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.evidence.model import TokenRequest
from pcmfa_lint.knowledge import prefilter_loader
from pcmfa_lint.knowledge.catalog import PrefilterGate
from pcmfa_lint.knowledge.prefilter_loader import PrefilterSpec
from pcmfa_lint.processes.limits import Limits
from pcmfa_lint.processes.workers import CRASHED, TOO_SLOW
from tests.helpers.git import repository
from tests.helpers.repository import ROPC, put, run

HELPER = 'import requests\n\n\ndef send_it(body):\n    return requests.post(ADDRESS + "/oauth2/token", data=body)\n'
CALLER = """\
from helper import send_it

# https://api.partnercenter.microsoft.com
send_it({"grant_type": "password", "username": "invented@example.com", "password": "invented-value"})
"""


def test_a_password_sign_in_is_found_and_every_file_is_accounted_for(tmp_path: Path) -> None:
    put(tmp_path, {"bad.py": ROPC, "fine.py": "print('hello')\n", "notes.md": ROPC, "node_modules/x.py": ROPC})
    report = run(tmp_path)
    assert {finding.place.path for finding in report.findings} == {"bad.py"}
    assert "PCM2" in {finding.rule[:4] for finding in report.findings}
    files = report.files
    assert (files.read, files.irrelevant, files.excluded, files.skipped) == (2, 1, ("node_modules/",), ())
    assert {rule.id for rule in report.rules} == {finding.rule for finding in report.findings}


@pytest.mark.slow
@pytest.mark.workers
def test_the_report_is_the_same_for_any_number_of_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcmfa_lint.engine.workers.search.FEW_FILES", 400)
    fill = {f"fill/{number}.py": f"x = {number}\n" for number in range(450)}
    put(
        tmp_path,
        {
            **fill,
            **{f"bad{number}.py": ROPC for number in range(20)},
            "closed.ps1": bytes(range(256)) * 4,
            "large.py": ROPC * 9,
        },
    )
    reports = [run(tmp_path, jobs=jobs, size_limit=2_000) for jobs in (1, 2, 5)]
    assert reports[0] == reports[1] == reports[2]
    assert len({finding.place.path for finding in reports[0].findings}) == 20
    assert [note.path for note in reports[0].files.skipped] == ["closed.ps1", "large.py"]


ELSEWHERE = """\
from helper import send_it


def names():
    try:
        return send_it("customers")
    except Exception:
        return []
"""
SEND = """\
import requests


def send_it(path):
    answer = requests.get("https://api.partnercenter.microsoft.com/v1/" + path, timeout=9)
    answer.raise_for_status()
    return answer.json()
"""


def test_all_code_of_a_partners_repository_is_read(tmp_path: Path) -> None:
    put(tmp_path, {"helper.py": SEND, "names.py": ELSEWHERE, "other.py": "x = 1\n", "notes.md": SEND})
    report = run(tmp_path)
    assert (report.files.read, report.files.irrelevant) == (3, 1)
    assert {finding.place.path for finding in report.findings} == {"helper.py", "names.py"}


@pytest.mark.parametrize("name", ["settings.ini", "partner.go"])
def test_a_file_of_any_kind_makes_it_a_partners(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: "root=https://api.partnercenter.microsoft.com\n", "other.py": "x = 1\n"})
    assert "other.py" in examine([str(tmp_path)], Settings()).units


LISTS = {
    "applications": ("apps.json", '[{"name": "Partner", "appId": "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"}]\n'),
    "types of Graph": ("types.py", 'TYPES = {"delegatedAdminRelationship": {}, "device": {}}\n'),
    "documentation": ("notes.md", "https://api.partnercenter.microsoft.com\n"),
}


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_everything_makes_it_no_partners(tmp_path: Path, kind: str) -> None:
    name, text = LISTS[kind]
    put(tmp_path, {name: text, "other.py": "x = 1\n"})
    assert "other.py" not in examine([str(tmp_path)], Settings()).units


def test_of_some_named_files_those_that_they_have_to_do_with_are_read(tmp_path: Path) -> None:
    repository(tmp_path, {"helper.py": SEND, "names.py": ELSEWHERE, "other.py": "x = 1\n"})
    seen = examine([str(tmp_path / "names.py")], Settings())
    assert set(seen.units) == {"helper.py", "names.py"}
    assert {finding.place.path for finding in seen.report.findings} == {"names.py"}


def test_these_files_have_a_budget_and_it_is_reported(tmp_path: Path) -> None:
    copies: dict[str, str | bytes] = {f"copy{number}/caller.py": ELSEWHERE for number in range(5)}
    repository(tmp_path, {"helper.py": SEND, **copies})
    report = examine([str(tmp_path / "helper.py")], Settings(support_files=2)).report
    assert any("3 more" in note for note in report.notes)


SPREAD = {
    "python": {
        "settings.py": 'LOGIN = "https://login.microsoftonline.com/common/oauth2/token"\n',
        "client.py": """\
import requests

from settings import LOGIN


def token(user, password):
    body = {"grant_type": "password", "username": user, "password": password, "scope": "openid"}
    return requests.post(LOGIN, data=body).json()["access_token"]
""",
    },
    "powershell": {
        "settings.ps1": "$Login = 'https://login.microsoftonline.com/common/oauth2/token'\n",
        "client.ps1": """\
. ./settings.ps1
$body = @{ grant_type = 'password'; username = $env:PC_USER; password = $env:PC_PASSWORD }
$answer = Invoke-RestMethod -Method Post -Uri $Login -Body $body
""",
    },
    "a file of settings": {
        "settings.json": '{"Login": "https://login.microsoftonline.com/common/oauth2/token"}\n',
        "client.ps1": """\
$settings = Get-Content ./settings.json | ConvertFrom-Json
$body = @{ grant_type = 'password'; username = $env:PC_USER; password = $env:PC_PASSWORD }
$answer = Invoke-RestMethod -Method Post -Uri $settings.Login -Body $body
""",
    },
}


@pytest.mark.parametrize("files", SPREAD.values(), ids=SPREAD)
def test_a_sign_in_whose_address_stands_in_another_file_is_found(tmp_path: Path, files: dict[str, str]) -> None:
    put(tmp_path, dict(files))
    found = examine([str(tmp_path)], Settings())
    assert found.report.files.read == 2
    assert found.evidence is not None
    requests = [item for item in found.evidence.items if isinstance(item, TokenRequest)]
    assert [(each.flow, each.at.path.partition(".")[0]) for each in requests] == [(("ropc",), "client")]


def test_one_half_alone_is_no_reason_to_read(tmp_path: Path) -> None:
    put(tmp_path, {"client.py": SPREAD["python"]["client.py"], "other.py": "x = 1\n"})
    found = examine([str(tmp_path)], Settings())
    assert (found.report.files.read, found.evidence) == (0, None)


def test_ignored_seeds_are_excluded_not_read(tmp_path: Path) -> None:
    put(tmp_path, {"bad.py": ROPC, ".gitignore": "bad.py\n"})
    report = run(tmp_path)
    assert (report.findings, report.files.read, report.files.excluded) == ((), 0, ("bad.py",))


def gates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two gates: one of the catalog, one of a pattern rule."""
    spec = PrefilterSpec(
        (PrefilterGate("gate", (("seed-literal",),)), PrefilterGate("PCM999", (("pattern-literal",),))), ()
    )
    monkeypatch.setattr("pcmfa_lint.knowledge.prefilter_loader.load_prefilter", lambda: spec)


def test_a_language_without_reader_is_listed_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gates(monkeypatch)
    both = "seed-literal pattern-literal"
    put(
        tmp_path,
        {"Program.swift": "// seed-literal", "Both.swift": both, "Pattern.swift": "pattern-literal", "a.md": both},
    )
    files = run(tmp_path).files
    sentence = "There is no reader for .swift files yet."
    assert [(note.path, note.reason) for note in files.skipped] == [("Program.swift", sentence)]
    assert [(note.path, note.reason) for note in files.partly] == [
        ("Both.swift", f"{sentence} Only its pattern rules were applied.")
    ]


def test_the_reader_may_fail_without_a_word_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(data: bytes, path: str) -> None:
        raise ValueError(data.decode())

    monkeypatch.setattr("pcmfa_lint.frontend.read.read", fails)
    put(tmp_path, {"bad.py": ROPC})
    (note,) = run(tmp_path).files.skipped
    assert note.reason == "It could not be read (ValueError)."


@pytest.mark.workers
def test_a_reader_that_kills_its_worker_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmfa_lint.frontend import read as reading

    good = reading.read

    def kills(data: bytes, path: str) -> object:
        if path == "m3.py":
            os.kill(os.getpid(), signal.SIGKILL)
        return good(data, path)

    monkeypatch.setattr(reading, "read", kills)
    put(tmp_path, {f"m{number}.py": ROPC for number in range(20)})
    report = run(tmp_path, jobs=2)
    assert [(note.path, note.reason) for note in report.files.skipped] == [("m3.py", CRASHED + ONLY_TEXT)]
    assert report.files.read == 19


@pytest.mark.workers
def test_a_reader_that_does_not_end_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmfa_lint.frontend import read as reading

    good = reading.read

    def hangs(data: bytes, path: str) -> object:
        if path == "m1.py":
            time.sleep(60)
        return good(data, path)

    monkeypatch.setattr(reading, "read", hangs)
    put(tmp_path, {f"m{number}.py": ROPC for number in range(4)})
    start = time.monotonic()
    report = run(tmp_path, jobs=2, seconds=3.0)
    assert time.monotonic() - start < 30
    assert [(note.path, note.reason) for note in report.files.skipped] == [("m1.py", TOO_SLOW + ONLY_TEXT)]
    assert report.files.read == 3


def _square(numbers: Sequence[int]) -> list[int]:
    if 13 in numbers:
        os._exit(1)
    return [number * number for number in numbers]


@pytest.mark.workers
def test_a_pool_goes_on_after_a_lost_worker() -> None:
    pool = Pool(2)
    tasks = [[number, number + 1] for number in range(0, 40, 2)]
    results = pool.run(_square, tasks, lambda task: [[each] for each in task], lambda task, reason: [-1], Limits(30.0))
    pool.end(kill=False)
    assert sorted(chain.from_iterable(results)) == sorted(
        [-1, *(number * number for number in range(40) if number != 13)]
    )


def test_levels_and_choices_move_findings_below_and_lose_none(tmp_path: Path) -> None:
    put(tmp_path, {"bad.py": ROPC})
    everything = run(tmp_path).findings
    assert everything
    for settings in ({"select": ("stored-credential",)}, {"ignore": ("pcm2",)}, {"min_level": "error"}):
        report = run(tmp_path, **settings)
        assert sorted((*report.findings, *report.below), key=repr) == sorted(everything, key=repr)
    assert all(finding.rule.startswith("PCM1") for finding in run(tmp_path, select=("stored-credential",)).findings)
    assert not any(finding.rule.startswith("PCM2") for finding in run(tmp_path, ignore=("PCM2",)).findings)


def test_a_broken_rule_is_told_even_if_no_file_is_relevant(tmp_path: Path) -> None:
    put(tmp_path, {"rules/own/ABC1.toml": 'id = "ABC1"\nnmae = "x"\n', "code/a.py": "x = 1\n"})
    with pytest.raises(UsageFault, match=r"ABC1\.toml"):
        scan([str(tmp_path / "code")], Settings(rules=(str(tmp_path / "rules"),)))


def test_what_is_looked_for_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook's run over a file without a hit is mostly that."""
    put(tmp_path, {"a.ps1": "Write-Host 1\n", ".git/HEAD": "", "b.ps1": "Write-Host 2\n"})
    load, loads = prefilter_loader.load_prefilter, list[None]()

    def counted() -> PrefilterSpec:
        loads.append(None)
        return load()

    monkeypatch.setattr(prefilter_loader, "load_prefilter", counted)
    assert scan([str(tmp_path / "a.ps1")], Settings()).findings == ()
    assert len(loads) == 1


def test_a_configuration_below_the_root_is_not_ignored_in_silence(tmp_path: Path) -> None:
    put(tmp_path, {"scripts/.pcmfa-lint.toml": 'fail-on = "never"\n', "scripts/fine.py": "print('hello')\n"})
    (note,) = run(tmp_path).notes
    assert note == "scripts/.pcmfa-lint.toml is not used: only the one at the root applies, or --config FILE."
