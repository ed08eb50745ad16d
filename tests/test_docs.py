"""The documentation that is made out of the product is what the product makes today."""

from __future__ import annotations

import importlib.util
import io
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from pcmfa_lint import cli
from pcmfa_lint.explain.rule_markdown import page
from pcmfa_lint.inventory.export.table import COLUMNS
from pcmfa_lint.report import sarif
from tests.helpers.in_process import shipped_knowledge
from tests.helpers.repository import ROPC, put

ROOT = Path(__file__).parent.parent


def program(name: str) -> ModuleType:
    """A program of ci/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_sample_and_the_picture_are_what_is_written_today(tmp_path: Path) -> None:
    program("sample").make(tmp_path)
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) >= 6
    stale = [
        each.name for each in made if each.read_bytes() != (ROOT / "docs" / each.relative_to(tmp_path)).read_bytes()
    ]
    assert stale == [], "run: python ci/sample.py"


def test_every_column_of_the_inventory_is_explained() -> None:
    text = (ROOT / "docs" / "columns.md").read_text("utf-8")
    assert [column for column in COLUMNS if f"`{column}`" not in text] == []


def test_the_site_has_a_page_for_each_rule_and_lists_every_page(tmp_path: Path) -> None:
    program("site").make(tmp_path)
    pages = {str(path.relative_to(tmp_path / "pages").as_posix()) for path in (tmp_path / "pages").rglob("*.md")}
    listed = set(re.findall(r"[\w/-]+\.md", (tmp_path / "mkdocs.yml").read_text("utf-8")))
    assert yaml.safe_load((tmp_path / "mkdocs.yml").read_text("utf-8"))["site_name"] == "pcmfa-lint"
    linked = {"sample/playbook.md"}  # in the sample
    assert {each for each in pages - listed - linked if not each.startswith("sample/source/")} == set()
    assert listed - pages == set()
    assert {f"rules/{rule.id}.md" for rule in shipped_knowledge().rules} <= pages


def test_the_page_of_a_rule_says_what_explain_says(capsys: pytest.CaptureFixture[str]) -> None:
    def words(text: str) -> set[str]:
        return set(re.findall(r"\w{5,}", text))

    for rule in shipped_knowledge().rules[::7]:
        assert cli.run(["explain", rule.id]) == 0
        explained = words(capsys.readouterr().out)
        assert words(rule.why) <= words(page(rule)) & explained


def test_a_published_site_is_where_sarif_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"bad.py": ROPC})
    monkeypatch.setattr(sarif, "SITE", "https://docs.example.com/pcmfa-lint")
    out = tmp_path / "out.sarif"
    assert cli.run(["scan", str(tmp_path), "--format", "sarif", "--output", str(out)]) == 1
    driver = yaml.safe_load(io.StringIO(out.read_text("utf-8")))["runs"][0]["tool"]["driver"]
    assert driver["informationUri"] == "https://docs.example.com/pcmfa-lint/index.html"
    assert {rule["helpUri"] for rule in driver["rules"] if rule["id"] == "PCM201"} == {
        "https://docs.example.com/pcmfa-lint/rules/PCM201.html"
    }
