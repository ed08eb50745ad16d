"""Whatever stands in a repository, nothing that has the shape of a secret is shown: marks are put into arguments,
names, keys, paths, comments, parts of addresses, prompts and names of files of all examples of all rules."""

from __future__ import annotations

import io
import random
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.engine.pipeline import evaluate
from pcmfa_lint.explain.file_page import Gathered, file_page
from pcmfa_lint.explain.rule_examples import cases
from pcmfa_lint.findings.model import Finding, Report
from pcmfa_lint.findings.redaction import words
from pcmfa_lint.findings.rule_info import rule_info
from pcmfa_lint.frontend.read import read
from pcmfa_lint.inventory.assembly.entries import entries
from pcmfa_lint.inventory.model.knowledge import load_tables
from pcmfa_lint.knowledge.loader import load_knowledge
from pcmfa_lint.knowledge.model import Knowledge
from pcmfa_lint.report import FORMATS, ReportOptions, write
from tests.helpers.repository import put
from tests.test_secrets import Secrets

EVERY = 12  # about one word in so many gets a mark
_WORD = re.compile(r"[A-Za-z_]\w{2,}")
_ADDRESS = re.compile(r"(?<=://)")
_QUOTE = re.compile(r"(?<=[\"'])(?=[^\"'\s])")


class Marker:
    """Puts marks into texts and names, each time elsewhere, and remembers them."""

    def __init__(self, seed: str) -> None:
        self.secrets = Secrets()
        self._dice = random.Random(f"invented {seed}")

    def mark(self) -> str:
        return self.secrets[str(self._dice.random())]

    def text(self, text: str) -> str:
        text = _WORD.sub(self._word, text)
        text = _ADDRESS.sub(lambda _: f"job:{self.mark()}@" if self._falls(EVERY * 2) else "", text)
        return _QUOTE.sub(
            lambda _: self.mark() + self._dice.choice(("", "/", ":", "-", "=")) if self._falls(EVERY * 2) else "", text
        )

    def path(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        stem, dot, ending = name.partition(".")
        marked = self._dice.choice((f"{stem}{self.mark()}", f"{self.mark()}\u200b{stem}", stem))
        above = self._dice.choice(("", f"{self.mark()}/", f"job:{self.mark()}@host/"))
        return f"{above}{folder}/{marked}{dot}{ending}".lstrip("/") if stem else f"{above}{path}"

    def _word(self, match: re.Match[str]) -> str:
        if not self._falls(EVERY):
            return match[0]
        mark = self.mark()
        hidden = "\u200b".join(re.findall("....", mark))
        return self._dice.choice((match[0] + mark, f"{match[0]}_{mark}", mark, f"{mark}{match[0]}", match[0] + hidden))

    def _falls(self, sides: int) -> bool:
        return not self._dice.randrange(sides)


@cache
def knowledge() -> Knowledge:
    return load_knowledge([])


@cache
def ids() -> list[str]:
    return sorted({rule.id for rule in knowledge().rules})


def variants(rule: str) -> Iterator[tuple[Marker, dict[str, str]]]:
    """The examples of a rule, with marks."""
    for case in cases([each for each in knowledge().rules if each.id == rule]):
        if case.side == "bad":
            marker = Marker(case.id)
            yield marker, {marker.path(path): marker.text(text) for path, text in case.files.items()}


def everything(files: Mapping[str, str]) -> tuple[str, list[Finding]]:
    """All that can be shown of a repository, and what was found."""
    known, public_words = knowledge(), knowledge().catalog.public_words()
    units = {path: read(text.encode(), path) for path, text in sorted(files.items())}
    evidence, found = evaluate(units, known)
    report = Report(words("root"), found, rules=tuple(rule_info(rule) for rule in known.rules))
    stream = io.StringIO()
    for format_ in FORMATS:
        write(report, format_, stream, ReportOptions(verbose=True))
    for path in files:
        stream.write(file_page(path, Gathered(report, evidence, units, frozenset()), known.rules, public_words))
    made = entries(words("root"), evidence, found, list(files), load_tables())
    return stream.getvalue() + repr(made) + repr(found), list(found)


@pytest.mark.parametrize("rule", ids())
def test_no_mark_is_shown(rule: str) -> None:
    for marker, files in variants(rule):
        shown, _ = everything(files)
        assert marker.secrets.leaks(shown.replace("\u200b", "")) == [], files


@pytest.mark.slow
def test_marked_examples_still_have_findings() -> None:
    """Otherwise nothing could have been shown above."""
    found = [bool(everything(files)[1]) for rule in ids()[::6] for _, files in variants(rule)]
    assert sum(found) * 4 > len(found)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Marker]:
    """A repository with marked examples, whose history, owners and manifests are marked, too."""
    root, marker = tmp_path_factory.mktemp("marked") / "repository", Marker("repository")
    files: dict[str, str | bytes] = {
        "CODEOWNERS": f"* @team/{marker.mark()} job:{marker.mark()}@example.com\n",
        "package.json": f'{{"author": "{marker.mark()} <{marker.mark()}@example.com>"}}',
    }
    for number, case in enumerate(cases(knowledge().rules)[::9]):
        for path, text in case.files.items():
            remark = (
                f"pcmfa: ignore[{marker.mark()}] {marker.mark()} password={marker.mark()} https://a:{marker.mark()}@b\n"
            )
            comment = f"# {remark}" if path.endswith((".py", ".ps1", ".yml", ".env")) else ""
            files[f"{number}/{marker.path(path)}"] = marker.text(text) + "\n" + comment
    put(root, files)
    name = f"{marker.mark()} <x>"
    git = ["git", "-C", str(root), "-c", f"user.name={name}", "-c", f"user.email=job:{marker.mark()}@example.com"]
    for command in (["init", "-q", "-b", f"b-{marker.mark()}"], ["add", "-A"], ["commit", "-q", "-m", marker.mark()]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    return root, marker


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "{root}", "-v"],
        ["scan", "{root}", "-v", "--format", "json", "--include-suppressed"],
        ["scan", "{root}", "--format", "sarif", "--include-suppressed", "--changed-since", "HEAD~1"],
        ["suppressions", "{root}"],
        ["suppressions", "{root}", "--format", "json"],
        ["baseline", "write", "{root}", "--baseline", "{out}/baseline"],
        ["sweep", "{root}", "--out", "{out}/sweep", "--cache", "{out}/cache"],
        ["sweep", "{root}", "--out", "{out}/again", "--cache", "{out}/cache", "--resume", "-v"],
    ],
)
def test_no_command_shows_a_mark(
    arguments: list[str], marked: tuple[Path, Marker], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root, marker = marked
    cli.run([each.format(root=root, out=tmp_path) for each in arguments])
    shown = "".join(capfd.readouterr())
    files = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    written = "".join(f"{path}\n{path.read_text('utf-8', 'replace')}" for path in files)
    assert shown or written
    assert marker.secrets.leaks((shown + written).replace("\u200b", "")) == []
