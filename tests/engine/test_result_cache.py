"""Kept results: nothing is different with them but the time, and nothing in their folder tells a secret."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pcmfa_lint import cli
from pcmfa_lint.config import Settings
from pcmfa_lint.engine import result_cache
from pcmfa_lint.engine.run import Run
from pcmfa_lint.engine.scan import scan
from pcmfa_lint.explain.rule_examples import cases
from pcmfa_lint.findings.model import Report
from pcmfa_lint.source.user_cache import framed
from tests.helpers.cache import everything_in, with_cache
from tests.helpers.git import commit, git, repository
from tests.helpers.in_process import shipped_knowledge
from tests.helpers.repository import ROPC, put
from tests.helpers.rule_files import RULE
from tests.test_marked import Marker, ids, variants
from tests.test_secrets import Secrets, planted

TODAY = date(2031, 1, 1)
_STRING = re.compile(r"(?P<quote>[\"'])(?P<text>[^\"'\n]*)(?P=quote)")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    result_cache._program.cache_clear()
    return with_cache(monkeypatch, tmp_path / "cache")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The roots of the runs that were done, and not taken from the cache."""
    roots: list[str] = []
    report = Run.report

    def noted(self: Run) -> Report:
        roots.append(self._listing.root)
        return report(self)

    monkeypatch.setattr(Run, "report", noted)
    yield roots


def without(root: Path, settings: Settings) -> Report:
    return scan([str(root)], replace(settings, cache=False))


def results(cache: Path) -> list[Path]:
    return sorted((cache / "results").glob("*")) if (cache / "results").is_dir() else []


# --- the same with and without ----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("rule", ids())
def test_the_examples_give_the_same_report(rule: str, tmp_path: Path, cache: Path, made: list[str]) -> None:
    root = tmp_path / "root"
    for number, case in enumerate(cases([each for each in shipped_knowledge().rules if each.id == rule])):
        put(root, {f"{number}/{path}": text for path, text in case.files.items()})
    settings = Settings(today=TODAY, list_rules=True)
    expected = without(root, settings)
    assert scan([str(root)], settings) == expected
    count = len(made)
    assert scan([str(root)], settings) == expected
    assert len(made) == count, "it was not kept"


def project(root: Path) -> Path:
    """A repository of a partner with findings, a suppression, and a file that the next one has to do with."""
    files: dict[str, str | bytes] = {
        "a/sync.py": ROPC + "# pcmfa: ignore[PCM201] until=2030-06-01 an invented reason\n",
        "a/more.py": ROPC.replace("invented@", "other@"),
        "helper.py": "import os\nADDRESS = os.environ['INVENTED_ADDRESS']\n",
        "notes.md": "nothing\n",
    }
    put(root, files)
    return root


def changed(root: Path, name: str, text: str) -> Callable[[Settings], Settings]:
    def change(settings: Settings) -> Settings:
        put(root, {name: text})
        return settings

    return change


CHANGES: list[Callable[[Path], Callable[[Settings], Settings]]] = [
    lambda root: changed(root, "a/sync.py", ROPC),
    lambda root: changed(root, "b/new.py", ROPC),
    lambda root: changed(root, "b/empty.py", ""),
    lambda root: changed(root, ".gitignore", "more.py\n"),
    lambda root: changed(root, "a/closed.ps1", "\0\1\2" * 100),
    lambda root: changed(root, "baseline", "# pcmfa-lint baseline, version 1\n"),
    lambda root: lambda settings: replace(settings, select=("PCM1",)),
    lambda root: lambda settings: replace(settings, exclude=("a/more.py",)),
    lambda root: lambda settings: replace(settings, today=date(2030, 1, 1)),
    lambda root: lambda settings: replace(settings, size_limit=300),
    lambda root: lambda settings: replace(settings, require_reason=True, require_until=True),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_counts(
    change: Callable[[Path], Callable[[Settings], Settings]], tmp_path: Path, cache: Path
) -> None:
    root = project(tmp_path / "root")
    put(root, {"baseline": "# pcmfa-lint baseline, version 1\n\n"})
    settings = Settings(today=TODAY, baseline=str(root / "baseline"))
    scan([str(root)], settings)
    settings = change(root)(settings)
    assert scan([str(root)], settings) == without(root, settings)
    (root / "a" / "sync.py").unlink()
    assert scan([str(root)], settings) == without(root, settings)


def test_rules_and_the_program_count(tmp_path: Path, cache: Path, made: list[str], monkeypatch: Any) -> None:
    root, rules = project(tmp_path / "root"), tmp_path / "rules"
    put(rules, {"ours/ABC101.toml": RULE})
    settings = Settings(today=TODAY, rules=(str(rules),))
    scan([str(root)], settings)
    put(rules, {"ours/ABC101.toml": RULE.replace("An invented rule", "Another title")})
    assert scan([str(root)], settings) == without(root, settings)
    count = len(made)
    monkeypatch.setattr(result_cache, "__version__", "0.0.invented")
    result_cache._program.cache_clear()
    scan([str(root)], settings)
    assert len(made) == count + 1


def test_other_files_of_the_repository_count_for_a_named_one(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "root"
    repository(root, {"a.py": ROPC.replace('"https://login.microsoftonline.com', 'HOST + "'), "b.py": "HOST = ''\n"})
    named = [str(root / "a.py")]
    settings = Settings(today=TODAY)
    scan(named, settings)
    put(root, {"b.py": "HOST = 'https://login.microsoftonline.com'\n", "c.json": '{"partner": "partnercenter"}'})
    assert scan(named, settings) == scan(named, replace(settings, cache=False))


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links")
def test_folders_that_are_links_are_looked_at_each_time(tmp_path: Path, cache: Path) -> None:
    root = project(tmp_path / "root")
    git(root, "init", "--quiet")
    commit(root)
    (root / "a").rename(tmp_path / "elsewhere")
    (root / "a").symlink_to(tmp_path / "elsewhere")
    put(root, {"own.py": ROPC})
    scan([str(root)], Settings(today=TODAY))
    assert results(cache) == []


def test_what_was_lost_is_tried_again(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path / "root")
    with monkeypatch.context() as patch:

        def fails(data: bytes, path: str) -> None:
            raise MemoryError

        patch.setattr("pcmfa_lint.frontend.read.read", fails)
        assert scan([str(root)], Settings(today=TODAY)).files.skipped != ()
    assert results(cache) == []
    assert scan([str(root)], Settings(today=TODAY)) == without(root, Settings(today=TODAY))


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"[" * 100_000, b'{"root": 1}', b"\xff"])
def test_a_foreign_result_is_ignored(content: bytes, tmp_path: Path, cache: Path) -> None:
    root, settings = project(tmp_path / "root"), Settings(today=TODAY)
    scan([str(root)], settings)
    (file,) = results(cache)
    whole = file.read_bytes()
    for broken in (content, framed(content), framed(whole), whole[:-1]):
        file.write_bytes(broken)
        assert scan([str(root)], settings) == without(root, settings)
    (cache / "secret" / "secret").write_bytes(framed(content))
    assert scan([str(root)], settings) == without(root, settings)


# --- commands ---------------------------------------------------------------------------------------------------------


def test_commands_print_the_same(tmp_path: Path, cache: Path, made: list[str], capsys: Any) -> None:
    root = tmp_path / "root"
    repository(root, {"a.py": ROPC})
    put(root, {"b.py": ROPC, "CODEOWNERS": "* @invented/team\n"})
    git(root, "add", "--all")
    out = tmp_path / "out"
    for command in (
        ["scan", str(root), "--format", "json"],
        ["scan", str(root / "b.py"), "-v"],
        ["scan", str(root), "--staged", "--format", "sarif"],
        ["scan", str(root), "--changed-since", "HEAD", "--trust-head"],
        ["sweep", str(root), "--out", str(out), "--cache", str(tmp_path / "clones")],
    ):
        printed = []
        for more in (["--no-cache"], [], []):
            made.clear()
            status = cli.run([*command, *more])
            files = {path.name: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
            printed.append((status, capsys.readouterr(), files))
        assert printed[0][0] == 1
        assert printed[0] == printed[1] == printed[2]
        assert made == [], command


def test_without_the_cache_nothing_is_written(tmp_path: Path, cache: Path) -> None:
    assert cli.run(["scan", str(project(tmp_path / "root")), "--no-cache"]) == 1
    assert not cache.exists()


# --- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("rule", ids())
def test_no_piece_of_a_secret_is_kept(rule: str, tmp_path: Path, cache: Path) -> None:
    settings = Settings(today=TODAY, list_rules=True)
    for number, (marker, files) in enumerate(variants(rule)):
        root = tmp_path / str(number)
        put(root, dict(files))
        scan([str(root)], settings)
        assert marker.secrets.leaks(everything_in(cache).replace("\u200b", "")) == []


@pytest.mark.slow
def test_no_piece_of_any_string_is_kept(tmp_path: Path, cache: Path) -> None:
    """In each example every string in its turn holds a secret, so that the others still make a finding."""
    marker = Marker("strings")
    for number, case in enumerate(cases(shipped_knowledge().rules)[::5]):
        for turn in range(3):
            strings = iter(range(10_000))

            def marked(match: re.Match[str], turn: int = turn, strings: Iterator[int] = strings) -> str:
                mark = marker.mark() if next(strings) % 3 == turn else ""
                return f"{match['quote']}{match['text']}{mark}{match['quote']}"

            root = tmp_path / f"{number}-{turn}"
            put(root, {path: _STRING.sub(marked, text) for path, text in case.files.items()})
            scan([str(root)], Settings(today=TODAY))
    kept = everything_in(cache)
    assert len(results(cache)) > 20
    assert "PCM201" in kept
    assert marker.secrets.leaks(kept.replace("\u200b", "")) == []


def test_no_piece_of_a_planted_secret_is_kept(tmp_path: Path, cache: Path) -> None:
    secrets = Secrets()
    root = tmp_path / "root"
    repository(root, planted(secrets))
    cli.run(["scan", str(root)])
    cli.run(["sweep", str(root), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "clones")])
    assert len(results(cache)) == 2
    assert secrets.leaks(everything_in(cache)) == []
