"""The project as a stranger gets it: its documents say what is so, its packages are whole, it scans itself clean."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import pcmfa_lint
from pcmfa_lint import cli
from pcmfa_lint.knowledge.compiled import FOLDER, Compiled
from pcmfa_lint.knowledge.prefilter_loader import prefilter_tables, tables_of
from pcmfa_lint.source.user_cache import unframed
from tests.helpers.repository import ROPC, put

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TEST_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest"
# Domains of package registries, each as the beginning of its SHA-256: written out, this file would name them.
REGISTRIES = {
    "a4aa2ac280bb8d1a",
    "8b5bb5eb9d758455",
    "8743857e3ea00fd1",
    "3ca29e55be4befa4",
    "f65219c547f9c032",
    "789e46d79514e280",
    "71741fe2460a6150",
    "2c77714df232b07f",
    "c3db8466ffcd8589",
    "ab2ad6f06005a96e",
    "66394d5952c288e4",
}
DOCS = sorted(f"docs/{each.name}" for each in (ROOT / "docs").glob("*.md"))
MACHINE = ["/" + each + "/" for each in ("work", "tmp", "root", "home")] + [r"C:\\" + "Users"]


def files() -> list[Path]:
    """What a stranger gets: the files that git tracks; without git all those that are no build's or tool's."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if asked.returncode == 0 and asked.stdout:
        listed = [ROOT / name for name in asked.stdout.decode().split("\0") if name]
        return [path for path in listed if path.is_file()]
    folders = ("pcmfa_lint", "rules", "tests", "ci", "docs", ".ci", ".github")
    tops = (*folders, "README.md", "CONTRIBUTING.md", "LICENSE", "pyproject.toml", "action.yml")
    found = [path for top in tops for path in [ROOT / top, *(ROOT / top).rglob("*")]]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def blocks(language: str) -> list[str]:
    """The code blocks of the README and of the pages in docs/ in a language, in this order."""
    text = "\n".join(each.read_text("utf-8") for each in (README, *(ROOT / each for each in DOCS)))
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def lines() -> Iterator[tuple[str, str]]:
    for path in files():
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def holding(pattern: str) -> list[str]:
    wanted = re.compile(pattern, re.IGNORECASE)
    return [place for place, line in lines() if wanted.search(line)]


def domains(line: str) -> set[str]:
    """The last two labels of every dotted name in the line."""
    names = re.findall(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", line.lower())
    return {".".join(name.split(".")[-2:]) for name in names}


def is_registry(domain: str) -> bool:
    return hashlib.sha256(domain.encode()).hexdigest()[:16] in REGISTRIES


# --- documents --------------------------------------------------------------------------------------------------------


def test_the_readme_shows_what_a_scan_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line that is not left out, in order."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    helper, script = (next(each for each in blocks("powershell") if part in each) for part in ("function ", ". $PS"))
    (folder / "Get-PcToken.ps1").write_text(helper, "utf-8")
    (folder / "Sync-Customers.ps1").write_text(script, "utf-8")
    assert cli.run(["scan", str(folder)]) == 1
    printed = iter(capsys.readouterr().out.splitlines())
    told = [line for line in blocks("text")[0].splitlines() if line != "[...]"]
    assert [line for line in told if line not in printed] == []  # `in` an iterator goes on from where it was


def test_the_readme_s_catalog_entry_tells_what_a_helper_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = next(block for block in blocks("toml") if "[[call]]" in block and "[library]" not in block)
    ours, source = tmp_path / "our-rules", tmp_path / "source"
    (ours / "catalog").mkdir(parents=True)
    source.mkdir()
    (ours / "catalog" / "contoso.toml").write_text(entry, "utf-8")
    (source / "job.ps1").write_text(next(each for each in blocks("powershell") if "$answer" in each), "utf-8")
    told = blocks("text")[1].strip()
    assert cli.run(["scan", str(source)]) == 0
    assert told not in capsys.readouterr().out
    assert cli.run(["scan", str(source), "--rules", str(ours)]) == 1
    assert told in capsys.readouterr().out.splitlines()
    assert cli.run(["rules", "test", str(ours)]) == 0


def test_the_readme_s_configuration_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.ps1").write_text("Write-Host 'hello'\n")
    (tmp_path / ".pcmfa-lint.toml").write_text(next(each for each in blocks("toml") if "exclude" in each), "utf-8")
    assert cli.run(["scan", str(tmp_path)]) == 0


def test_the_command_for_development_is_the_one_that_ci_runs_last() -> None:
    assert TEST_COMMAND in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert TEST_COMMAND in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "SECURITY.md", *DOCS])
def test_files_that_a_document_names_are_there(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    beside = (ROOT / document).parent
    paths = re.findall(r"`((?:rules|tests|pcmfa_lint|\.ci)/[\w./-]+)`", text)
    modules = re.findall(r"`([a-z_]+(?:/[a-z_]+)*\.py|[a-z]+/)`", text)
    here = [*(beside / each for each in links), *(ROOT / each for each in paths)]
    inside = [each for each in modules if not (ROOT / each).exists()]
    folders = [ROOT / "pcmfa_lint", ROOT / "rules"]
    assert [each for each in here if not each.exists()] == []
    assert [each for each in inside if not any((folder / each).exists() for folder in folders)] == []


def test_every_language_is_in_the_contract_of_the_frontends() -> None:
    frontend = ROOT / "pcmfa_lint" / "frontend"
    languages = {each.parent.name for each in frontend.glob("*/__init__.py")} - {"settings"}  # it reads scripts inside
    held = re.findall(r'"pcmfa_lint\.frontend\.(\w+)",', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert languages == set(held)


def test_every_word_of_the_catalog_is_explained() -> None:
    from dataclasses import fields
    from typing import get_args

    from pcmfa_lint.knowledge.catalog import CallSpec, Case, Failure, Match, Meaning
    from pcmfa_lint.knowledge.loader import load_knowledge

    text = (ROOT / "docs" / "catalog.md").read_text("utf-8")
    assert [each for each in get_args(Meaning) if f"| `{each}` |" not in text] == []
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    said = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]+)`", prose))))
    keys = {each.name.rstrip("_") for kind in (CallSpec, Case, Failure, Match) for each in fields(kind)}
    calls = [call for file in load_knowledge().catalog.files for call in file.call]
    assert keys - said == set()
    assert {key for call in calls for key in call.result} - said == set()
    assert {role for call in calls for role in call.args if role.islower()} - said == set()


def test_every_dependency_has_its_reason() -> None:
    needed = re.search(r"^dependencies = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.M | re.S)
    assert needed is not None
    lines = ["", *needed[1].splitlines()]
    reasons = {
        line: "# " in line or before.lstrip().startswith("#")
        for before, line in pairwise(lines)
        if line.lstrip().startswith('"')
    }
    assert len(reasons) > 20
    assert [line for line, reason in reasons.items() if not reason] == []


# --- the tree ---------------------------------------------------------------------------------------------------------


def test_no_host_of_a_package_registry_is_named() -> None:
    assert [place for place, line in lines() if any(map(is_registry, domains(line)))] == []


def test_a_registry_is_known_by_its_digest() -> None:
    (registry,) = domains("https://" + ".".join(["files", "pypi", "org"]) + "/simple")
    assert is_registry(registry)
    assert not is_registry("example.org")


def test_no_path_of_somebody_s_machine_is_named() -> None:
    assert holding(rf"(?<![\w.\]~])({'|'.join(map(re.escape, MACHINE))})") == []


def test_the_search_finds_what_it_looks_for() -> None:
    assert "tests/test_project.py:1" in holding("as a stranger gets it")


def test_the_version_is_written_once() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", pcmfa_lint.__version__)
    places = holding(rf'^\s*(__)?version(__)?\s*=\s*"{re.escape(pcmfa_lint.__version__)}"')
    assert [each for each in places if not each.startswith("tests/")] == ["pcmfa_lint/__init__.py:3"]


@pytest.mark.slow
@pytest.mark.workers  # within the limits that a user's scan has
def test_the_project_scans_itself_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["scan", str(ROOT), "--strict"]) == 0
    assert "Nothing found" in capsys.readouterr().out


def test_only_its_own_configuration_keeps_the_scan_clean(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Rules and tests are full of what is looked for: a clean scan of them would mean that nothing works."""
    put(tmp_path, {"tests/helpers/repository.py": ROPC})
    assert cli.run(["scan", str(tmp_path), "--fail-on", "note"]) == 1
    assert "Nothing found" not in capsys.readouterr().out
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert cli.run(["scan", str(tmp_path), "--fail-on", "note"]) == 0


# --- packages ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built with what is installed, without a network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_the_package_and_all_rules_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    tracked = {path.relative_to(ROOT).as_posix() for path in files()}
    package = {name for name in tracked if name.startswith("pcmfa_lint/")}
    rules = {f"pcmfa_lint/{name}" for name in tracked if name.startswith("rules/")}
    assert {name for name in names if name.startswith("pcmfa_lint/rules/")} >= rules
    assert names >= package
    assert not [name for name in names if name.startswith("tests") or "__pycache__" in name]


def test_the_wheel_brings_the_tables_of_its_rules(wheel: zipfile.ZipFile) -> None:
    compiled = Compiled(str(ROOT / "rules"))
    for kind, tables in (("prefilter", prefilter_tables), ("tables", tables_of)):
        content = unframed(wheel.read(f"pcmfa_lint/knowledge/{FOLDER}/{compiled.name(kind)}"))
        assert content is not None
        assert json.loads(content) == tables(compiled.sources)


def test_the_wheel_carries_the_licence_and_the_types(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert "pcmfa_lint/py.typed" in names
    assert [name for name in names if name.endswith("/licenses/LICENSE")]


def test_the_types_that_contributing_names_are_where_it_says() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = text.partition("## Types")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    assert len(rows) > 5
    for types, where in rows:
        code = (ROOT / "pcmfa_lint" / where.strip(" `")).read_text("utf-8")
        for name in re.findall(r"`(\w+)`", types):
            assert re.search(rf"^(?:class {name}\b|{name} = NewType\()", code, re.MULTILINE), name


def test_no_two_public_types_of_the_package_have_one_name() -> None:
    modules: dict[str, list[str]] = {}
    for path in sorted((ROOT / "pcmfa_lint").rglob("*.py")):
        for name in re.findall(r"^class ([A-Za-z]\w*)", path.read_text("utf-8"), re.MULTILINE):
            modules.setdefault(name, []).append(path.relative_to(ROOT).as_posix())
    assert "Finding" in modules
    assert {name: paths for name, paths in modules.items() if len(paths) > 1} == {}
