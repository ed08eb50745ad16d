"""A change cannot silence itself: whatever it does to what decides of findings, or to what is looked at, the run fails
and says why."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.analysis.state import budget
from pcmfa_lint.config import FOUND, SKIPPED, USAGE
from tests.helpers.git import commit, git
from tests.helpers.repository import ROPC, put

HARMLESS = "print('hello')\n"
CONFIG = ".pcmfa-lint.toml"
KOTLIN = """\
import com.microsoft.aad.msal4j.PublicClientApplication
import com.microsoft.aad.msal4j.UserNamePasswordParameters

fun signIn() {
    val app = PublicClientApplication.builder("11111111-2222-3333-4444-555555555555").build()
    val scopes = setOf("https://api.partnercenter.microsoft.com/user_impersonation")
    val p = UserNamePasswordParameters.builder(scopes, "a@example.com", "invented".toCharArray()).build()
    app.acquireToken(p)
}
"""
POWERSHELL = """\
$body = @{ grant_type = 'password'; username = 'invented@example.com'; password = 'invented-value'
  resource = 'https://api.partnercenter.microsoft.com' }
Invoke-RestMethod https://login.microsoftonline.com/common/oauth2/token -Method Post -Body $body
"""
IGNORE = "# pcmfa: ignore[PCM1, PCM2, PCM4, PCM6] known\n"
SILENCED = ROPC.replace("body = {", IGNORE + "body = {").replace("requests.post(", IGNORE + "requests.post(")
links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@dataclass(frozen=True)
class Outcome:
    """Exit status of a run; rule and path of what is reported; its notes; changed files that fail it, with reasons."""

    status: int
    told: set[tuple[str, str]]
    notes: str
    unread: dict[str, str]
    suppressed: int

    @property
    def paths(self) -> set[str]:
        return {path for _, path in self.told}


def judged(root: Path, base: str, *arguments: str) -> Outcome:
    """A run on what has changed since a commit."""
    target = root.parent / "report.json"
    options = ("--changed-since", base, "--report", f"json={target}", "--output", str(root.parent / "report.txt"))
    status = cli.run(["scan", str(root), *options, *arguments])
    found = json.loads(target.read_text("utf-8"))
    return Outcome(
        status,
        {(each["rule"], each["path"]) for each in found["findings"]},
        "\n".join(found["notes"]),
        {each["path"]: each["reason"] for each in found["files"]["unread"]},
        len(found["suppressed"]),
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    return root


# --- what decides comes from the base ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ('fail-on = "never"', "fail-on"),
        ('exclude = ["*.py"]', "exclude"),
        ('ignore = ["PCM"]', "ignore"),
        ('select = ["PCM5"]', "select"),
        ('min-level = "error"\nignore = ["PCM1", "PCM2"]', "min-level"),
        ('[[per-path]]\npath = "**"\nignore = ["PCM"]', "per-path"),
    ],
)
@pytest.mark.parametrize("file", [CONFIG, "pyproject.toml"])
def test_a_change_does_not_configure_the_run_that_judges_it(
    settings: str, key: str, file: str, repository: Path
) -> None:
    base = commit(repository, {"old.py": HARMLESS})
    ours = settings if file == CONFIG else f"[tool.pcmfa-lint]\n{settings}".replace("[[per", "[[tool.pcmfa-lint.per")
    commit(repository, {file: ours, "new.py": ROPC})
    outcome = judged(repository, base)
    assert outcome.status == FOUND
    assert f"{file}: this change alters" in outcome.notes
    assert key in outcome.notes


def test_a_change_that_is_trusted_configures_its_run(repository: Path) -> None:
    base = commit(repository, {"old.py": HARMLESS})
    commit(repository, {CONFIG: 'fail-on = "never"', "new.py": ROPC})
    assert judged(repository, base, "--trust-head").status == 0


def test_the_configuration_of_the_base_counts_also_when_the_change_takes_it_away(repository: Path) -> None:
    base = commit(repository, {CONFIG: 'fail-on = "error"\nignore = ["PCM101"]'})
    (repository / CONFIG).unlink()
    commit(repository, {"new.py": ROPC})
    outcome = judged(repository, base)
    assert ("PCM101", "new.py") not in outcome.told
    assert ("PCM201", "new.py") in outcome.told


def test_the_tip_of_the_base_counts_and_not_what_it_was_when_the_change_began(repository: Path) -> None:
    commit(repository, {CONFIG: 'fail-on = "never"', "a.py": HARMLESS})
    git(repository, "checkout", "--quiet", "-b", "topic")
    commit(repository, {"new.py": ROPC})
    git(repository, "checkout", "--quiet", "main")
    commit(repository, {CONFIG: 'fail-on = "warning"'})
    git(repository, "checkout", "--quiet", "topic")
    assert judged(repository, "main").status == FOUND


def test_a_named_configuration_in_the_repository_is_the_bases_and_one_outside_is_taken_as_it_is(
    repository: Path,
) -> None:
    base = commit(repository, {"ci/lint.toml": 'fail-on = "error"'})
    commit(repository, {"ci/lint.toml": 'fail-on = "never"', "new.py": ROPC})
    named = f"--config={repository / 'ci/lint.toml'}"
    assert judged(repository, base, named).status == FOUND
    outside = repository.parent / "lint.toml"
    outside.write_text('fail-on = "never"')
    assert judged(repository, base, f"--config={outside}").status == 0
    own = f"--config={repository / 'another.toml'}"
    commit(repository, {"another.toml": 'fail-on = "never"'})
    assert judged(repository, base, own).status == FOUND


@links
def test_a_link_on_the_way_to_a_named_configuration_does_not_lead_away(repository: Path) -> None:
    base = commit(repository, {"ci/lint.toml": 'fail-on = "error"'})
    git(repository, "rm", "--quiet", "-r", "ci")
    commit(repository, {"evil/lint.toml": 'fail-on = "never"', "new.py": ROPC})
    (repository / "ci").symlink_to("evil")
    commit(repository)
    named = f"--config={repository / 'ci/lint.toml'}"
    assert judged(repository, base, named).status == FOUND


def test_a_change_that_breaks_the_configuration_is_refused(repository: Path) -> None:
    base = commit(repository, {"a.py": HARMLESS})
    commit(repository, {CONFIG: "fail-on = 1"})
    assert cli.run(["scan", str(repository), "--changed-since", base]) == USAGE


def test_a_baseline_of_its_own_does_not_count(repository: Path) -> None:
    base = commit(repository, {CONFIG: 'baseline = ".pcmfa-baseline"', ".pcmfa-baseline": BASELINE})
    commit(repository, {"new.py": ROPC})
    file = str(repository / ".pcmfa-baseline")
    assert cli.run(["baseline", "write", str(repository), "--baseline", file, "--grow"]) == 0
    commit(repository)
    for named in ((), ("--baseline", file)):
        outcome = judged(repository, base, *named)
        assert outcome.status == FOUND
        assert "entries, which do not count" in outcome.notes
    assert judged(repository, base, "--trust-head").status == 0


BASELINE = "# pcmfa-lint baseline, version 1\n"


def test_a_baseline_that_the_base_does_not_have_is_an_empty_one(repository: Path) -> None:
    base = commit(repository, {"a.py": HARMLESS})
    commit(repository, {"new.py": ROPC})
    file = str(repository / "known")
    assert cli.run(["baseline", "write", str(repository), "--baseline", file]) == 0
    commit(repository)
    assert judged(repository, base, "--baseline", file).status == FOUND


def test_rules_of_its_own_do_not_count(repository: Path) -> None:
    rules = str(repository / "rules")
    base = commit(repository, {"rules/catalog/ours.toml": 'language = "python"\n'})
    hides = '[[call]]\nid = "ours.post"\nmatch = { function = "requests.post" }\nis = "ignore"\n'
    commit(repository, {"rules/catalog/ours.toml": f'language = "python"\n{hides}', "new.py": ROPC})
    outcome = judged(repository, base, "--rules", rules)
    assert outcome.status == FOUND
    assert "alters these rules" in outcome.notes


# --- suppressions -----------------------------------------------------------------------------------------------------


def test_a_suppression_that_comes_with_the_finding_does_not_count(repository: Path) -> None:
    base = commit(repository, {"a.py": HARMLESS})
    commit(repository, {"a.py": SILENCED})
    outcome = judged(repository, base)
    assert outcome.status == FOUND
    assert ("PCM201", "a.py") in outcome.told
    assert "a.py:3: this change suppresses PCM1, PCM2" in outcome.notes
    assert judged(repository, base, "--trust-head").status == 0


def test_a_suppression_of_the_base_goes_on_counting(repository: Path) -> None:
    base = commit(repository, {"a.py": SILENCED})
    commit(repository, {"a.py": "# a comment\n\n" + SILENCED})
    outcome = judged(repository, base)
    assert outcome.status == 0
    assert outcome.suppressed
    assert "suppresses" not in outcome.notes


def test_an_old_suppression_does_not_cover_new_code(repository: Path) -> None:
    base = commit(repository, {"a.py": SILENCED})
    commit(repository, {"a.py": SILENCED.replace("invented-value", "another-invented-value")})
    assert judged(repository, base).status == FOUND


def test_a_suppression_of_what_was_there_before_is_said_and_fails_nothing(repository: Path) -> None:
    base = commit(repository, {"a.py": ROPC})
    commit(repository, {"a.py": SILENCED})
    outcome = judged(repository, base)
    assert outcome.status == 0
    assert "this change suppresses" in outcome.notes


def test_a_commit_of_ones_own_may_bring_its_suppression(repository: Path) -> None:
    commit(repository, {"a.py": HARMLESS})
    put(repository, {"a.py": SILENCED})
    git(repository, "add", "--all")
    assert cli.run(["scan", str(repository), "--staged"]) == 0


# --- out of sight -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["dist/a.py", "node_modules/x/a.py", "src/.venv/a.py", "packages/x.1.2.3/a.py"])
def test_a_file_in_a_folder_that_nobody_looks_at(place: str, repository: Path) -> None:
    base = commit(repository, {"a.py": HARMLESS})
    git(repository, "rm", "--quiet", "a.py")
    put(repository, {place: ROPC})
    git(repository, "add", "--force", "--all")
    commit(repository)
    outcome = judged(repository, base)
    assert outcome.status == FOUND
    assert place in outcome.notes


def test_a_move_to_what_the_configuration_leaves_out(repository: Path) -> None:
    base = commit(repository, {CONFIG: 'exclude = ["samples/**"]', "a.py": ROPC, "samples/x.py": ROPC})
    git(repository, "mv", "a.py", "samples/a.py")
    put(repository, {"samples/a.py": ROPC + ROPC.replace("invented-value", "another-invented-value")})
    commit(repository, {"samples/y.ps1": POWERSHELL})
    assert judged(repository, base).paths == {"samples/a.py"}


def test_a_move_to_where_levels_are_lower(repository: Path) -> None:
    base = commit(repository, {CONFIG: '[[per-path]]\npath = "old/**"\nignore = ["PCM"]', "a.py": HARMLESS})
    (repository / "old").mkdir()
    git(repository, "mv", "a.py", "old/a.py")
    commit(repository, {"old/a.py": ROPC, "old/b.ps1": POWERSHELL})
    assert judged(repository, base).paths == {"old/a.py"}


def test_a_copy_of_somebody_elses_code_that_only_changes_its_folder_stays_left_out(repository: Path) -> None:
    base = commit(repository, {"packages/x.1.2.3/a.py": ROPC})
    (repository / "packages/x.1.2.4").mkdir()
    git(repository, "mv", "packages/x.1.2.3/a.py", "packages/x.1.2.4/a.py")
    commit(repository)
    assert judged(repository, base).status == 0


def test_files_that_git_is_told_to_ignore(repository: Path) -> None:
    base = commit(repository, {".gitignore": "build/\n"})
    put(repository, {"build/b.py": ROPC, "new.py": ROPC})
    commit(repository, {".gitignore": "build/\nnew.py\n"})
    outcome = judged(repository, base)
    assert outcome.paths == {"new.py"}
    assert "makes git ignore" in outcome.notes


@links
def test_links_to_what_is_not_read(repository: Path) -> None:
    base = commit(repository, {"a.py": HARMLESS, "notes.txt": "nothing\n", "b.py": HARMLESS})
    outside = repository.parent / "outside.py"
    outside.write_text(ROPC)
    put(repository, {"notes.txt": ROPC})
    for name, target in (("a.py", "notes.txt"), ("c.py", str(outside)), ("d.py", "b.py"), ("e.py", "missing.py")):
        (repository / name).unlink(missing_ok=True)
        (repository / name).symlink_to(target)
    commit(repository)
    outcome = judged(repository, base)
    assert outcome.status == SKIPPED
    assert outcome.unread.keys() == {"a.py", "c.py"}


@pytest.mark.parametrize("name", ["a.txt", "a", "a.md", "a.py.bak", "other.dat"])
def test_a_name_under_which_nobody_reads_it(name: str, repository: Path) -> None:
    base = commit(repository, {"a.py": ROPC, "b.py": HARMLESS})
    git(repository, "mv", "a.py", name)
    commit(repository, {name: ROPC + "# more\n"})
    outcome = judged(repository, base)
    assert outcome.status == SKIPPED
    assert "It was a.py before" in outcome.unread[name]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("run", "#!/usr/bin/env python3\n"),
        ("run", "#! /opt/x/pypy3.10 -u\r\n"),
        ("run", "#!/usr/bin/env -S odd\n"),
        ("run.pl", "#!/usr/bin/env -S python3 -u\n"),
        ("task", "#!/usr/bin/ruby\n"),
        ("run.dat", "\ufeff#!/usr/bin/pwsh\n"),
    ],
)
def test_a_program_whose_name_does_not_say_its_language(name: str, first: str, repository: Path) -> None:
    base = commit(repository, {"b.py": HARMLESS})
    before = commit(repository, {name: first + ROPC})
    outcome = judged(repository, base)
    assert (outcome.status, set(outcome.unread)) == (SKIPPED, {name})
    commit(repository, {name: first + ROPC + "# more\n"})
    assert judged(repository, before).status == 0  # it was unread before, too
    harmless = commit(repository, {name: first + HARMLESS})
    assert judged(repository, base).status == 0
    commit(repository, {name: first + ROPC})
    assert set(judged(repository, harmless).unread) == {name}


def test_a_program_whose_name_says_another_language_is_read_as_what_it_is(repository: Path) -> None:
    base = commit(repository, {"b.py": HARMLESS})
    commit(repository, {"bin/run.sh": "#!/usr/bin/env -S python3 -u\n" + ROPC})
    outcome = judged(repository, base)
    assert (outcome.status, set(outcome.unread)) == (FOUND, set())


def test_a_script_in_a_language_without_a_reader_is_listed_and_fails_nothing(repository: Path) -> None:
    base = commit(repository, {"b.py": HARMLESS})
    commit(repository, {"run.pl": "#!/usr/bin/env perl\n" + ROPC})
    assert judged(repository, base).unread == {}


def test_another_repository_in_the_place_of_a_folder(repository: Path) -> None:
    base = commit(repository, {"scripts/a.py": ROPC})
    other = repository.parent / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    commit(other, {"a.py": ROPC})
    git(repository, "rm", "--quiet", "-r", "scripts")
    git(repository, "submodule", "--quiet", "add", other.as_uri(), "scripts")
    commit(repository)
    outcome = judged(repository, base)
    assert outcome.status == SKIPPED
    assert outcome.unread.keys() == {"scripts", ".gitmodules"}
    assert "has replaced the files here" in outcome.unread["scripts"]
    assert "other repositories" in outcome.notes


@pytest.fixture
def with_another(repository: Path) -> tuple[Path, Path, str]:
    """A repository, another one that is a submodule of it, and the commit that brought it."""
    other = repository.parent / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    commit(other, {"a.py": HARMLESS})
    commit(repository, {CONFIG: 'exclude = ["others/**"]\n', "a.py": HARMLESS})
    git(repository, "submodule", "--quiet", "add", other.as_uri(), "lib")
    return repository, other, commit(repository)


def test_another_repository_that_a_change_brings_is_not_read(with_another: tuple[Path, Path, str]) -> None:
    repository, other, bringing = with_another
    outcome = judged(repository, f"{bringing}~1")
    assert (outcome.status, set(outcome.unread)) == (SKIPPED, {"lib", ".gitmodules"})
    assert judged(repository, f"{bringing}~1", "--trust-head").status == 0
    git(repository, "submodule", "--quiet", "add", other.as_uri(), "others/x")
    commit(repository)
    assert judged(repository, bringing).unread.keys() == {".gitmodules"}  # the base leaves others/ out


def test_another_state_of_another_repository_is_not_read(with_another: tuple[Path, Path, str]) -> None:
    repository, _, base = with_another
    commit(repository / "lib", {"a.py": ROPC})
    commit(repository)
    outcome = judged(repository, base)
    assert (outcome.status, set(outcome.unread)) == (SKIPPED, {"lib"})


def test_a_repository_that_comes_from_elsewhere_is_not_read(with_another: tuple[Path, Path, str]) -> None:
    repository, _, base = with_another
    git(repository, "config", "-f", ".gitmodules", "submodule.lib.url", "https://example.com/else/where")
    assert judged(repository, base).unread.keys() == {".gitmodules"}
    commit(repository)
    assert judged(repository, base).unread.keys() == {".gitmodules"}


def test_a_change_that_leaves_another_repository_alone_or_takes_it_away(with_another: tuple[Path, Path, str]) -> None:
    repository, _, base = with_another
    commit(repository, {"a.py": HARMLESS * 2})
    assert judged(repository, base).status == 0
    git(repository, "rm", "--quiet", "-f", "lib")
    commit(repository)
    assert judged(repository, base).status == 0


def test_a_work_tree_in_another_encoding_than_git_stores(repository: Path) -> None:
    base = commit(repository, {"a.py": HARMLESS})
    commit(repository, {".gitattributes": "*.py working-tree-encoding=UTF-7\n", "new.py": HARMLESS})
    (repository / "new.py").write_bytes(ROPC.encode("utf-7"))
    commit(repository)
    (repository / "new.py").unlink()
    git(repository, "checkout", "--quiet", "--", "new.py")
    assert b"password=" not in (repository / "new.py").read_bytes()
    assert ("PCM201", "new.py") in judged(repository, base).told


# --- not understood ---------------------------------------------------------------------------------------------------

SPOILED: dict[str, tuple[str, bytes]] = {
    "NULs in front": ("a.ps1", b"\0" * 40 + POWERSHELL.encode()),
    "one NUL in front": ("a.ps1", b"\0" + POWERSHELL.encode()),
    "too large": ("a.ps1", POWERSHELL.encode() + b"#" * 5_000_001),
    "a quote that is never closed": ("a.ps1", b'$x = "\n' + POWERSHELL.encode()),
    "a here-string that is never closed": ("a.ps1", b"$x = @'\n" + POWERSHELL.encode()),
    "a comment that is never closed": ("a.kt", b"/*\n" + KOTLIN.encode()),
    "a quote in Kotlin that is never closed": ("a.kt", b'"\n' + KOTLIN.encode()),
    "no Python": ("a.py", b"def (:\n" + ROPC.encode()),
    "a string in Python that is never closed": ("a.py", b"'''\n" + ROPC.encode()),
    "only the call": ("a.ps1", POWERSHELL.replace("Invoke-", "& {( Invoke-").encode()),
    "nested too deeply": ("a.py", b"x = " + b"(" * 500 + b")" * 500 + b"\n" + ROPC.encode()),
    "UTF-7": ("a.py", b"# coding: utf-7\n" + ROPC.encode("utf-7")),
    "escapes": ("a.py", b"# coding: unicode_escape\n" + ROPC.replace("r", "\\x72").encode()),
    "a wrong byte order mark": ("a.py", b"\xfe\xff" + ROPC.encode("utf-16-le")),
    "a mark of UTF-16 in front of ASCII": ("a.py", b"\xff\xfe" + ROPC.encode()),
    "a bundle": ("a.js", b"fetch('https://api.partnercenter.microsoft.com');" + b"x=1;" * 30_000),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_a_changed_file_that_was_not_understood_fails_the_run(kind: str, repository: Path) -> None:
    name, data = SPOILED[kind]
    base = commit(repository, {"b.py": HARMLESS})
    commit(repository, {name: data})
    outcome = judged(repository, base)
    assert outcome.status == SKIPPED
    assert outcome.unread.keys() == {name}
    assert outcome.unread[name].endswith(".")


def test_a_change_that_is_trusted_may_be_not_understood(repository: Path) -> None:
    base = commit(repository, {"b.py": HARMLESS})
    commit(repository, {"a.py": b"# coding: utf-7\n" + ROPC.encode("utf-7")})
    assert judged(repository, base, "--trust-head").status == 0


def test_code_that_takes_too_long_to_follow(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = commit(repository, {"b.py": HARMLESS})
    commit(repository, {"a.py": "x = str(str(1))\n" * 50 + ROPC})
    monkeypatch.setattr(budget, "ROOT_STEPS", 60)
    outcome = judged(repository, base)
    assert outcome.status == SKIPPED
    assert outcome.unread.keys() == {"a.py"}


def test_what_is_found_is_reported_beside_what_was_not_understood(repository: Path) -> None:
    base = commit(repository, {"b.py": HARMLESS})
    commit(repository, {"a.ps1": b"\0" + POWERSHELL.encode()})
    assert ("PCM201", "a.ps1") in judged(repository, base).told


def test_findings_that_go_where_something_stumbles(repository: Path) -> None:
    base = commit(repository, {"a.ps1": POWERSHELL})
    commit(repository, {"a.ps1": '$x = "\n' + POWERSHELL})
    assert judged(repository, base).status == SKIPPED


def test_what_was_not_understood_before_either_is_no_news(repository: Path) -> None:
    broken = "function {{{ ((\n\n" + POWERSHELL
    base = commit(repository, {"a.ps1": broken})
    commit(repository, {"a.ps1": broken + "# one more line\n"})
    assert judged(repository, base).status == 0


def test_a_stumble_where_nothing_is_looked_for_is_no_news(repository: Path) -> None:
    base = commit(repository, {"a.ps1": "Write-Host 1\n"})
    commit(repository, {"a.ps1": "Write-Host 1\nfunction {{{ ((\n", "b.py": "def (:\n"})
    assert judged(repository, base).status == 0


def test_the_reason_is_said_also_to_quiet_runs(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = commit(repository, {"b.py": HARMLESS})
    commit(repository, {"a.py": b"# coding: utf-7\n" + ROPC.encode("utf-7")})
    assert cli.run(["scan", str(repository), "--changed-since", base, "--quiet"]) == SKIPPED
    assert "a.py: this changed file was not fully read" in capsys.readouterr().err


def test_an_ordinary_encoding_is_read(repository: Path) -> None:
    base = commit(repository, {"b.py": HARMLESS})
    python = "# coding: shift_jis\nx = '\u8868'\n" + ROPC
    powershell = "# " + "\u8868" * 900 + "\n" + POWERSHELL
    commit(repository, {"a.py": python.encode("shift_jis"), "c.ps1": powershell.encode("utf-16")})
    outcome = judged(repository, base)
    assert outcome.status == FOUND
    assert outcome.paths == {"a.py", "c.ps1"}
