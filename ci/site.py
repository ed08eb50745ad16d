"""Makes the sources of the documentation site: pages that are written, and pages out of the rules and tables.

    python ci/site.py FOLDER
    mkdocs build --strict --config-file FOLDER/mkdocs.yml

A page of a rule says what `pcmfa-lint explain` says: both come out of the rule's file.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from pcmfa_lint.explain.rule_markdown import page
from pcmfa_lint.inventory.model.entry import EXPOSURES
from pcmfa_lint.inventory.model.knowledge import Tables, load_tables
from pcmfa_lint.knowledge.loader import load_knowledge
from pcmfa_lint.knowledge.rule import Rule

ROOT = Path(__file__).parent.parent
BESIDE = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
SECTIONS = {
    "See the whole estate": ("sweep.md", "collect.md", "columns.md", "exposure.md", "sample/README.md"),
    "Check each change": ("changes.md", "github.md", "azure-devops.md", "gitlab.md", "hooks.md"),
    "Work with it": ("editors.md", "powershell.md", "completion.md", "container.md", "wheelhouse.md"),
    "Configure": ("reports.md", "configuration.md", "own-rules.md", "catalog.md", "reading.md"),
    "The project": BESIDE,
}


def make(folder: Path) -> None:
    """Writes the pages to `folder`/pages, and the configuration of the site beside them."""
    pages = folder / "pages"
    shutil.copytree(ROOT / "docs", pages)
    text = re.sub(r"\]\(docs/", "](", (ROOT / "README.md").read_text("utf-8"))
    (pages / "index.md").write_text(text, "utf-8")
    for name in (*BESIDE, "LICENSE"):
        shutil.copy(ROOT / name, pages / name)
    for path in pages.rglob("*.md"):
        path.write_text(re.sub(r"\]\(((?:\.\./)+)README\.md", r"](\1index.md", path.read_text("utf-8")), "utf-8")
        path.write_text(path.read_text("utf-8").replace("](../", "](" + _up(path, pages)), "utf-8")
    rules = load_knowledge().rules
    (pages / "rules").mkdir()
    for rule in rules:
        (pages / "rules" / f"{rule.id}.md").write_text(page(rule), "utf-8")
    (pages / "rules" / "index.md").write_text(_index(rules), "utf-8")
    (pages / "exposure.md").write_text(_exposures(load_tables()), "utf-8")
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(_configuration(rules), sort_keys=False), "utf-8")


def _up(path: Path, pages: Path) -> str:
    """A page of docs/ names what lies above it; here that lies beside it."""
    return "../" * (len(path.relative_to(pages).parts) - 2)


def _index(rules: Iterable[Rule]) -> str:
    rows = [f"| [{rule.id}]({rule.id}.md) | {rule.title} | {rule.family} | {rule.level} |" for rule in rules]
    return "\n".join(["# Rules", "", "| rule | finds | class | level |", "|---|---|---|---|", *rows, ""])


def _exposures(tables: Tables) -> str:
    lines = ["# How the exposure is decided", ""]
    lines += [
        "An integration has the gravest exposure of the sign-ins that speak for it. For each sign-in the first of"
    ]
    lines += ["these cases counts, in the order of `rules/inventory/exposure.toml`.", ""]
    for exposure in EXPOSURES:
        lines += [f"## `{exposure}`", ""]
        for case in tables.exposures:
            if case.exposure == exposure:
                source = f" ([source]({case.source}))" if case.source else ""
                lines += [f"- **{case.id}**: {case.reason}{source}"]
        lines += [""]
    return "\n".join(lines)


def _configuration(rules: Iterable[Rule]) -> dict[str, object]:
    sections: list[dict[str, object]] = [{"Start": "index.md"}]
    sections += [{title: list(pages)} for title, pages in SECTIONS.items()]
    sections.insert(-1, {"Rules": ["rules/index.md", *(f"rules/{rule.id}.md" for rule in rules)]})
    return {
        "site_name": "pcmfa-lint",
        "docs_dir": "pages",
        "site_dir": "site",
        "use_directory_urls": False,  # pages that are opened from a disk link to files
        "nav": sections,
        "exclude_docs": "sample/source/",
        "theme": {"name": "mkdocs", "highlightjs": False, "nav_style": "light"},
        "plugins": [],
        "markdown_extensions": ["tables", "fenced_code", "toc", "sane_lists"],
        "validation": {"links": {"anchors": "warn"}},
    }


if __name__ == "__main__":
    make(Path(sys.argv[1]))
