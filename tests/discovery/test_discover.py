"""Which files a run looks at: git's own, elsewhere a walk, and what is named in spite of everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pcmfa_lint.discovery.discover import discover, root_of
from pcmfa_lint.discovery.gitignore import Ignore
from pcmfa_lint.errors import UsageFault


def put(root: Path, *names: str, text: str = "x\n") -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    put(root, "tracked.ps1", "sub/new.ps1", "ignored/x.ps1", "kept.log", "other.log", "node_modules/m/i.js")
    (root / ".gitignore").write_text("ignored/\n*.log\n!kept.log\n")
    git(root.parent, "init", "-q", str(root))
    git(root, "add", "tracked.ps1", ".gitignore")
    return root


def test_a_work_tree_gives_tracked_and_new_files_but_no_ignored_ones(repository: Path) -> None:
    found = discover([str(repository / "sub"), str(repository)])
    assert found.root == str(repository)
    assert found.files == (".gitignore", "kept.log", "sub/new.ps1", "tracked.ps1")
    assert found.excluded == ("node_modules/",)


def test_a_folder_of_a_work_tree_gives_its_own_files_by_their_place_in_the_tree(repository: Path) -> None:
    found = discover([str(repository / "sub")])
    assert (found.root, found.files) == (str(repository), ("sub/new.ps1",))


def test_what_a_sparse_checkout_leaves_out_is_noted_by_folder(repository: Path) -> None:
    put(repository, "apart/a.ps1", "apart/deep/b.ps1", "sub/kept.ps1")
    git(repository, "add", "apart", "sub")
    git(repository, "-c", "user.name=t", "-c", "user.email=t@contoso.com", "commit", "-qm", "all")
    git(repository, "sparse-checkout", "set", "sub")
    found = discover([str(repository)])
    assert not any(path.startswith("apart") for path in found.files)
    assert "sub/kept.ps1" in found.files
    assert [(note.path, note.reason[:7]) for note in found.skipped] == [("apart/", "2 files")]


def test_a_submodule_is_noted(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    put(other, "x.ps1")
    git(tmp_path, "init", "-q", str(other))
    git(other, "add", "x.ps1")
    git(other, "-c", "user.name=t", "-c", "user.email=t@contoso.com", "commit", "-qm", "x")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "libs/other")
    found = discover([str(repository)])
    assert [note.path for note in found.skipped] == ["libs/other"]
    assert not any(path.startswith("libs/") for path in found.files)


def test_what_git_ignores_is_a_root_of_its_own(repository: Path) -> None:
    found = discover([str(repository / "ignored")])
    assert (found.root, found.files) == (str(repository / "ignored"), ("x.ps1",))


def test_force_exclude_leaves_out_a_named_file_that_is_ignored(repository: Path) -> None:
    put(repository, "vendor/v.ps1")
    assert discover([str(repository / "vendor/v.ps1")]).files == ("vendor/v.ps1",)
    assert discover([str(repository / "vendor/v.ps1")], force_exclude=True).files == ()
    named = [str(repository / "tracked.ps1"), str(repository / "vendor/v.ps1")]
    found = discover(named, force_exclude=True)
    assert (found.files, found.excluded) == (("tracked.ps1",), ("vendor/v.ps1",))


def test_nothing_of_the_repository_runs(repository: Path, tmp_path: Path) -> None:
    proof = tmp_path / "it-ran"
    script = repository / ".git" / "monitor"
    script.write_text(f"#!/bin/sh\ntouch {proof}\n")
    script.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(script))
    git(repository, "config", "core.worktree", str(tmp_path))
    assert discover([str(repository)]).files == (".gitignore", "kept.log", "sub/new.ps1", "tracked.ps1")
    assert not proof.exists()


def test_a_git_folder_that_is_none_is_walked_and_said(tmp_path: Path) -> None:
    put(tmp_path, "a.ps1", ".git/HEAD")
    found = discover([str(tmp_path)])
    assert found.files == ("a.ps1",)
    assert found.notes


def test_a_walk_honours_nested_ignore_files(tmp_path: Path) -> None:
    put(tmp_path, "a.ps1", "out/b.ps1", "sub/c.tmp", "sub/keep.tmp", "sub/deep/d.tmp", "sub/deep/out/e.ps1")
    (tmp_path / ".gitignore").write_text("/out\n*.tmp\n")
    (tmp_path / "sub" / ".gitignore").write_text("!keep.tmp\n")
    found = discover([str(tmp_path)])
    left = [path for path in found.files if not found.ignore.covers(path)]
    assert left == [".gitignore", "a.ps1", "sub/.gitignore", "sub/deep/out/e.ps1", "sub/keep.tmp"]
    assert found.excluded == ("out/",)


@pytest.mark.parametrize(
    ("lines", "taken"),
    [
        ("*\n!*/\n!*.ps1\n", ["a.ps1", "sub/b.ps1", "sub/deep/c.ps1"]),
        ("/*\n!/sub/\n", ["sub/b.ps1", "sub/d.txt", "sub/deep/c.ps1"]),
        ("!*/\n*\n!*.ps1\n", ["a.ps1"]),
        ("sub/*\n!sub/deep/\n", [".gitignore", "a.ps1", "sub/deep/c.ps1"]),
        ("*\n!*/\n!sub/**\n", ["sub/b.ps1", "sub/d.txt", "sub/deep/c.ps1"]),
        ("**\n!**/\n!**/*.ps1\n", ["a.ps1", "sub/b.ps1", "sub/deep/c.ps1"]),
    ],
)
def test_a_list_of_what_is_allowed_means_what_it_means_to_git(lines: str, taken: list[str], tmp_path: Path) -> None:
    put(tmp_path, "a.ps1", "sub/b.ps1", "sub/d.txt", "sub/deep/c.ps1")
    (tmp_path / ".gitignore").write_text(lines)
    found = discover([str(tmp_path)])
    assert [path for path in found.files if not found.ignore.covers(path)] == taken
    git(tmp_path, "init", "-q")
    assert list(discover([str(tmp_path)]).files) == taken


def test_exclude_globs_spare_what_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a.ps1", "gen/b.ps1")
    found = discover([str(tmp_path)], exclude=["gen/**", "gen/"])
    assert (found.files, found.excluded) == (("a.ps1",), ("gen/",))
    named = discover([str(tmp_path / "gen" / "b.ps1")], exclude=["*.ps1"])
    assert named.files == ("b.ps1",)
    assert not named.ignore.covers("b.ps1")


@pytest.mark.parametrize(
    "path",
    [
        "node_modules/m/i.js",
        "a/vendor/v.py",
        "packages/Newtonsoft.Json.12.0.3/lib/x.xml",
        "App/bin/Release/app.config",
        "obj/project.assets.json",
        "js/jquery.min.js",
    ],
)
def test_vendored_files_are_excluded(tmp_path: Path, path: str) -> None:
    put(tmp_path, path)
    found = discover([str(tmp_path)])
    assert found.files == ()
    assert len(found.excluded) == 1


@pytest.mark.parametrize("path", ["packages/api/main.py", "bin/deploy.ps1", "vendored.py", "distribute/x.py"])
def test_own_code_in_folders_of_like_names_is_looked_at(tmp_path: Path, path: str) -> None:
    put(tmp_path, path)
    assert discover([str(tmp_path)]).files == (path,)


def test_another_repository_inside_is_not_part_of_this_one(tmp_path: Path) -> None:
    put(tmp_path, "a.ps1", "other/.git/HEAD", "other/b.ps1")
    found = discover([str(tmp_path)])
    assert (found.files, found.excluded) == (("a.ps1",), ("other/",))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_no_file_is_listed_where_a_script_is_expected(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(root, "x.ps1/inner.ps1")
    put(outside, "o.ps1")
    os.mkfifo(root / "pipe.ps1")
    os.mkfifo(root / "pipe.dat")
    (root / "loop.ps1").symlink_to("loop.ps1")
    (root / "again").symlink_to(".")
    (root / "out").symlink_to(outside)
    (root / "out.ps1").symlink_to(outside / "o.ps1")
    found = discover([str(root)])
    assert found.files == ("x.ps1/inner.ps1",)
    assert [note.path for note in found.skipped] == ["loop.ps1", "out", "out.ps1", "pipe.ps1", "x.ps1"]


def test_names_of_files_may_be_anything(tmp_path: Path) -> None:
    names = ["a b.ps1", "line\nbreak.ps1", os.fsdecode(b"\xff.ps1"), "ü.ps1"]
    put(tmp_path, *names)
    assert discover([str(tmp_path)]).files == tuple(sorted(names))
    git(tmp_path, "init", "-q")
    assert discover([str(tmp_path)]).files == tuple(sorted(names))


def test_paths_that_cannot_be_scanned_together(tmp_path: Path) -> None:
    put(tmp_path, "one/a.ps1", "two/b.ps1")
    with pytest.raises(UsageFault, match="sweep"):
        root_of([str(tmp_path / "one"), str(tmp_path / "two")])
    with pytest.raises(UsageFault, match="no such"):
        root_of([str(tmp_path / "three")])
    assert root_of([str(tmp_path), str(tmp_path / "one" / "a.ps1")]) == (str(tmp_path), False)


def test_a_hostile_ignore_file_costs_no_time(tmp_path: Path) -> None:
    name = "a" * 200
    put(tmp_path, f"{name}.ps1")
    (tmp_path / ".gitignore").write_text("*a" * 30 + "b\n!\n[z-a]\n" + "*a*a*a*a*a*a*a*a*b\n" * 50 + "*.log\n")
    found = discover([str(tmp_path)])
    assert not found.ignore.covers(f"{name}.ps1")
    assert found.ignore.covers("x.log")


@pytest.mark.parametrize("line", ["a*b*c", "*a*b*c*d*", "*a" * 80, "x", "/******/", "a" + "*" * 60 + "b"])
def test_an_ignore_file_with_too_much_in_it_leaves_out_less_and_never_more(line: str) -> None:
    ignore = Ignore()
    ignore.enter_text("", "*.ps1\n" + f"{line}\n" * 3_000 + "!*o*b*.ps1\n!*j*o*b*.*ps1\n")
    assert not ignore.covers("job.ps1")


def test_a_path_that_is_very_long_is_never_left_out() -> None:
    ignore = Ignore()
    ignore.enter_text("", "**/a/**/b\n")
    assert ignore.covers("a/c/b")
    assert not ignore.covers("a/" * 2_000 + "b")


def test_without_a_linear_backend_a_pattern_full_of_stars_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for backend in ("hyperscan", "re2"):
        monkeypatch.setitem(sys.modules, backend, None)
    put(tmp_path, "a.ps1")
    (tmp_path / ".gitignore").write_text("*a" * 30 + "b\n*.log\n*.*.*.*.*.ps1\n")
    ignore = Ignore()
    ignore.enter(str(tmp_path), "")
    assert not ignore.covers("a" * 200 + ".ps1")
    assert not ignore.covers("1.2.3.4.5.ps1")
    assert ignore.covers("x.log")


def test_the_innermost_ignore_file_that_says_something_wins(tmp_path: Path) -> None:
    put(tmp_path, "a/b/x.ps1")
    (tmp_path / ".gitignore").write_text("*.ps1\n")
    (tmp_path / "a" / ".gitignore").write_text("!x.ps1\n")
    (tmp_path / "a" / "b" / ".gitignore").write_text("*.txt\n")
    ignore = Ignore()
    ignore.enter_above(str(tmp_path), "a/b/x.ps1")
    assert not ignore.covers("a/b/x.ps1")
    assert ignore.covers("a/b/y.ps1")


def test_the_last_line_that_matches_decides_however_many_stars_it_has(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.json\n!report.*.*.*.*.json\nreport.9*.json\n")
    ignore = Ignore()
    ignore.enter(str(tmp_path), "")
    assert ignore.covers("report.json")
    assert not ignore.covers("report.1.2.3.4.json")
    assert ignore.covers("report.9.2.3.4.json")
