"""The baseline: what stays known, what is new, what its file may look like, and the commands that write it."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint import cli
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.triage.baseline import FILE, BaselineEntry, entries_of, load, match, parse, render
from tests.helpers.findings import FINDINGS, finding
from tests.helpers.repository import ROPC, put, run

POST = ROPC.splitlines()[-1]


PATHS = st.text(min_size=1, max_size=12) | st.sampled_from(["a b.py", 'q"uote.py', "#.py", "line\nbreak", "caf\udce9"])
ENTRIES = st.builds(
    BaselineEntry,
    PATHS,
    st.from_regex(r"[A-Z]{3}[0-9]{3}", fullmatch=True),
    st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    st.integers(1, 99),
)


@given(st.sets(ENTRIES, max_size=8))
def test_what_is_written_is_read_again_one_entry_a_line_and_in_one_order(entries: set[BaselineEntry]) -> None:
    text = render(entries)
    assert set(parse(text, "x")) == entries
    assert render(sorted(entries, reverse=True)) == text
    assert len(text.encode().decode().split("\n")) == len(entries) + 4  # three lines of header and the end
    assert set(parse(text.replace("\n", "\r\n"), "x")) == entries


@given(FINDINGS, FINDINGS)
def test_no_finding_and_no_entry_is_lost(before: list[Finding], now: list[Finding]) -> None:
    entries = entries_of(before)
    gone = {"a.py", "b.py", "c.py"} - {each.place.path for each in now}
    held = match(entries, now, lambda path: path in gone, lambda path: path != "c.py")
    assert Counter(map(id, (*held.known, *held.new))) == Counter(map(id, now))
    assert len(held.known) + len(held.stale) + len(held.apart) == len(entries)
    assert {each.path for each in held.apart} <= {"c.py"}


@given(FINDINGS)
def test_findings_are_known_to_their_own_baseline_wherever_lines_go(findings: list[Finding]) -> None:
    entries = entries_of(findings)
    moved = [
        finding(each.place.path, each.rule, "    " + each.code[0].text.replace("(", " ( "), each.place.span.line + 7)
        for each in findings
    ]
    held = match(entries, moved, lambda path: False, lambda path: True)
    assert (held.known, held.new, held.stale) == (tuple(moved), (), ())


def test_of_repeated_code_the_last_is_new() -> None:
    now = [finding(line=1), finding(line=5)]
    held = match(entries_of(now[:1]), now, lambda path: False, lambda path: True)
    assert (held.known, held.new) == ((now[0],), (now[1],))


@pytest.mark.parametrize(
    ("now", "known"),
    [
        (finding("new.py"), True),
        (finding("new.py", rule="PCM202"), False),
        (finding("new.py", code="g(***)"), False),
    ],
)
def test_a_renamed_file_keeps_its_entries(now: Finding, known: bool) -> None:
    held = match(entries_of([finding("old.py")]), [now], lambda path: path == "old.py", lambda path: True)
    assert bool(held.known) is known
    assert bool(held.stale) is not known


def test_a_file_that_is_there_lends_its_entries_to_no_other() -> None:
    held = match(entries_of([finding("old.py")]), [finding("new.py")], lambda path: False, lambda path: True)
    assert (len(held.new), len(held.stale)) == (1, 1)


HEAD = render([])
LINE = 'PCM201 0123456789abcdef 1 "a.py"'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "x:1: this is not a pcmfa-lint baseline"),
        ("# something else\n", "x:1: this is not a pcmfa-lint baseline"),
        (HEAD.replace("version 1", "version 2"), "x:1: this is a baseline of version 2; this pcmfa-lint"),
        (HEAD.replace("version 1", "version " + "9" * 5000), "x:1: this is not a pcmfa-lint baseline"),
        (f"{HEAD}<<<<<<< HEAD\n{LINE}\n=======\n>>>>>>> other\n", "x:4: there are conflict markers"),
        (f"<<<<<<< HEAD\n{HEAD}=======\n>>>>>>> other\n", "x:1: there are conflict markers"),
        (f"{HEAD}{LINE}\n||||||| base\n", "x:5: there are conflict markers"),
        (f"{HEAD}PCM201 0123 1 a.py\n", "x:4: this is not a baseline entry"),
        (f"{HEAD}{LINE} more\n", "x:4: this is not a baseline entry"),
        (f'{HEAD}{LINE}\nPCM201 0123456789abcdef 0 "a.py"\n', "x:5: this is not a baseline entry"),
        (f'{HEAD}PCM201 0123456789abcdef 1 "a\\q.py"\n', "x:4: this is not a baseline entry"),
    ],
)
def test_what_is_no_baseline_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(UsageFault) as fault:
        parse(text, "x")
    assert str(fault.value).startswith(told)
    assert "\n" not in str(fault.value)


def test_a_merge_that_doubles_or_reorders_lines_changes_nothing() -> None:
    other = 'PCM101 0123456789abcdef 1 "z.py"'
    assert set(parse(f"\ufeff{HEAD}{other}\n{LINE}\n\n{LINE}\n".lstrip("\ufeff"), "x")) == set(
        parse(f"{HEAD}{LINE}\n{other}\n", "x")
    )


def test_a_file_that_cannot_be_a_baseline(tmp_path: Path) -> None:
    put(tmp_path, {"binary": b"\xff\xfe\x00", "folder/x": ""})
    for name, told in (
        ("binary", "not UTF-8"),
        ("folder", "not a pcmfa-lint baseline"),
        ("missing", "create it with pcmfa-lint baseline write"),
    ):
        with pytest.raises(UsageFault, match=told):
            load(str(tmp_path / name))


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    put(tmp_path, {"bad.py": ROPC, ".git/HEAD": ""})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def entries(root: Path) -> tuple[BaselineEntry, ...]:
    return load(str(root / FILE))


def test_what_is_written_is_not_reported_again(root: Path) -> None:
    assert cli.run(["scan"]) == 1
    assert cli.run(["baseline", "write"]) == 0
    assert cli.run(["scan", "--baseline", FILE]) == 0
    report = run(root, baseline=FILE)
    assert (report.findings, len(report.baselined)) == ((), len(entries(root)))
    assert report.baselined == run(root).findings
    assert [note for note in report.notes if "baseline" in note] == []


def test_it_holds_nothing_of_the_code(root: Path) -> None:
    cli.run(["baseline", "write"])
    text = (root / FILE).read_text("utf-8")
    assert "invented" not in text
    assert {line.split()[0] for line in text.splitlines() if not line.startswith("#")} >= {"PCM101", "PCM201"}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "# a comment\n\n\n" + text,
        lambda text: "def f():\n" + "".join(f"    {line}\n" for line in text.splitlines()),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("invented-value", "another-value"),
    ],
)
def test_moved_and_indented_lines_stay_known(change: object, root: Path) -> None:
    cli.run(["baseline", "write"])
    put(root, {"bad.py": change(ROPC)})  # type: ignore[operator]
    assert cli.run(["scan", "--baseline", FILE]) == 0


def test_a_long_line_that_is_indented_stays_known(root: Path) -> None:
    more = ", ".join(f"argument_{number}=value_{number}" for number in range(30))
    text = ROPC.replace("data=body)", f"data=body, {more})")
    put(root, {"bad.py": text})
    cli.run(["baseline", "write"])
    put(root, {"bad.py": "if True:\n" + "".join(f"        {line}\n" for line in text.splitlines())})
    assert cli.run(["scan", "--baseline", FILE]) == 0


@pytest.mark.parametrize("name", ["sub/worse.py", "a b#'ü.py", 'q"uote.py'])
def test_a_renamed_file_stays_known_and_prune_follows_it(name: str, root: Path) -> None:
    cli.run(["baseline", "write"])
    count = len(entries(root))
    put(root, {name: ROPC})
    (root / "bad.py").unlink()
    assert cli.run(["scan", "--baseline", FILE]) == 0
    assert cli.run(["baseline", "prune"]) == 0
    assert {each.path for each in entries(root)} == {name}
    assert len(entries(root)) == count


def test_a_second_occurrence_is_new_and_is_only_added_with_grow(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["baseline", "write"])
    old = (root / FILE).read_bytes()
    put(root, {"bad.py": f"{ROPC}{POST}\n"})
    report = run(root, baseline=FILE)
    assert {(each.rule, each.place.span.line) for each in report.findings} == {("PCM201", 10), ("PCM210", 10)}
    capsys.readouterr()
    assert cli.run(["baseline", "write"]) == 2
    told = capsys.readouterr().err
    assert "2 findings are not in this baseline" in told
    assert "--grow" in told
    assert (root / FILE).read_bytes() == old
    assert cli.run(["baseline", "write", "--grow"]) == 0
    assert cli.run(["scan", "--baseline", FILE]) == 0


def test_stale_entries_are_told_and_pruned(root: Path) -> None:
    put(root, {"fixed.py": ROPC, "removed.py": ROPC})
    cli.run(["baseline", "write"])
    count = len(entries(root))
    put(root, {"fixed.py": "x = 1\n"})
    (root / "removed.py").unlink()
    (note,) = (note for note in run(root, baseline=FILE).notes if "baseline" in note)
    assert note.startswith(f"{count * 2 // 3} entries of the baseline match nothing anymore")
    assert cli.run(["baseline", "prune"]) == 0
    assert {each.path for each in entries(root)} == {"bad.py"}
    assert not any("baseline" in note for note in run(root, baseline=FILE).notes)
    (root / "bad.py").unlink()
    assert any("of the baseline match" in note for note in run(root, baseline=FILE).notes)
    assert cli.run(["baseline", "write"]) == 0
    assert entries(root) == ()


def test_entries_of_what_is_not_checked_out_are_kept(root: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)

    put(root, {"apart/bad.py": ROPC, "kept/x.py": "x = 1\n"})
    cli.run(["baseline", "write"])
    paths = {each.path for each in entries(root)}
    shutil.rmtree(root / ".git")
    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=t", "-c", "user.email=t@contoso.com", "commit", "-qm", "all")
    git("sparse-checkout", "set", "kept")
    assert not (root / "apart").exists()
    report = run(root, baseline=FILE)
    assert [note.path for note in report.files.skipped] == ["apart/"]
    assert not any("of the baseline match" in note for note in report.notes)
    assert cli.run(["baseline", "prune"]) == 0
    assert {each.path for each in entries(root)} == paths


def test_a_scan_of_one_file_says_nothing_of_the_others(root: Path) -> None:
    put(root, {"other/bad.py": ROPC})
    cli.run(["baseline", "write"])
    count = len(entries(root))
    put(root, {"other/bad.py": "x = 1\n"})
    from pcmfa_lint.config import Settings
    from pcmfa_lint.engine.scan import scan

    assert not any("of the baseline" in note for note in scan(["bad.py"], Settings(baseline=FILE)).notes)
    for command in (["baseline", "prune", "bad.py"], ["baseline", "write", "bad.py"]):
        assert cli.run(command) == 0
        assert len(entries(root)) == count
    assert cli.run(["baseline", "prune", "other"]) == 0
    assert {each.path for each in entries(root)} == {"bad.py"}


def test_a_file_that_was_skipped_keeps_its_entries(root: Path) -> None:
    cli.run(["baseline", "write"])
    count = len(entries(root))
    put(root, {"bad.py": bytes(range(256)) * 8})
    cli.run(["baseline", "prune"])
    assert len(entries(root)) == count


def test_entries_count_as_used_whatever_is_selected(root: Path) -> None:
    cli.run(["baseline", "write"])
    for settings in ({"select": ("stored-credential",)}, {"min_level": "error"}):
        assert not any("of the baseline" in note for note in run(root, baseline=FILE, **settings).notes)


def test_suppressed_findings_are_not_written(root: Path) -> None:
    put(root, {"bad.py": ROPC.replace("requests.post", "# pcmfa: ignore[ropc] x\nrequests.post")})
    cli.run(["baseline", "write"])
    assert {each.rule for each in entries(root)} == {"PCM101"}


def test_the_configured_baseline_is_used_by_all_commands(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(root, {".pcmfa-lint.toml": 'baseline = "ci/known"\n', "ci/x": ""})
    assert cli.run(["scan"]) == 2
    assert "create it with pcmfa-lint baseline write" in capsys.readouterr().err
    assert cli.run(["baseline", "write"]) == 0
    assert cli.run(["scan"]) == 0
    assert (root / "ci/known").is_file()
    assert cli.run(["scan", "--baseline", "elsewhere"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["baseline", "prune"],
        ["baseline", "write", "--baseline", "bad.py"],
        ["baseline", "write", "--baseline", "no-such-folder/known"],
        ["baseline", "write", "no-such-path"],
        ["scan", "--baseline", "bad.py"],
        ["scan", "--baseline", "missing"],
        ["baseline"],
    ],
)
def test_wrong_usage_gives_two_and_leaves_files_alone(
    arguments: list[str], root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    assert capsys.readouterr().err
    assert (root / "bad.py").read_text("utf-8") == ROPC
