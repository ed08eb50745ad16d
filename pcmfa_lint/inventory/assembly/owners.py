"""Finds the owner of an integration: CODEOWNERS, else who last changed its files, else what a manifest says. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from pcmfa_lint.discovery.gitignore import Globs
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.redaction import person
from pcmfa_lint.inventory.model.entry import Owner
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.toml_schema import parse
from pcmfa_lint.limits import OWNER_COMMENT_LINES, OWNER_LINES, OWNER_STARS
from pcmfa_lint.source.small_file import folders_above

# GitHub takes the first that is there (docs.github.com, "About code owners"); the last place is GitLab's.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
MANIFESTS = ("package.json", "composer.json", "pyproject.toml", "*.psd1", "*.csproj", "pom.xml", "setup.cfg")
_TEXTS = {  # manifests whose author is found by a pattern
    ".psd1": re.compile(
        r"^[ \t]{0,200}(?:Author|CompanyName)\s{0,20}=\s{0,20}['\"]([^'\"\r\n]{1,200})", re.IGNORECASE | re.MULTILINE
    ),
    ".csproj": re.compile(r"<(?:Authors|Company)>([^<\r\n]{1,200})<"),
    ".xml": re.compile(r"<developer>\s{0,200}(?:<id>[^<]{0,200}</id>\s{0,200})?<name>([^<\r\n]{1,200})<"),
    ".cfg": re.compile(r"^(?:author|maintainer)\s{0,20}=\s{0,20}([^\r\n]{1,200})", re.MULTILINE),
}
_COMMENTED = re.compile(
    r"[^\w:]{0,20}(?:code )?(?:owner|owned by|maintainer|responsible)\s{0,20}:\s{0,20}"
    r"([\w@][\w .,@&/+-]{1,80}?)\s{0,9}(?:\*/|-->|#>)?$",
    re.IGNORECASE,
)


class CodeOwners:
    """A CODEOWNERS file by GitHub's rules: as `.gitignore`, but without `!` and `[ ]`, `folder/*` means the files right
    in it, the last line that matches decides, and one without owners takes them away."""

    def __init__(self, text: str) -> None:
        lines = [line for line in map(_parsed, text.splitlines()) if line is not None][:OWNER_LINES]
        stars = accumulate(pattern.count("*") for pattern, _ in lines)  # which take long to compile
        self._lines = [line for line, count in zip(lines, stars, strict=True) if count <= OWNER_STARS]
        self._globs: dict[int, tuple[Globs, Globs | None]] = {}

    def of(self, path: str) -> str:
        """The owners of a file, as they are written; empty if it has none."""
        for number in range(len(self._lines) - 1, -1, -1):
            pattern, owners = self._lines[number]
            if number not in self._globs:
                deeper = Globs([pattern + "/"]) if pattern.endswith("/*") else None
                self._globs[number] = Globs([pattern]), deeper
            globs, deeper = self._globs[number]
            if globs.match(path) and not (deeper is not None and deeper.match(path)):
                return " ".join(owners)
        return ""


def owner(
    files: Sequence[str],
    code_owners: tuple[str, CodeOwners] | None,
    last_change: Callable[[Sequence[str]], str],
    manifests: Mapping[str, str],
    commented: Callable[[str], str] = lambda path: "",
) -> Owner:
    """The owner of an integration by its `files`, the most telling first. `code_owners`: the file's place and what it
    says. `last_change` says who last changed some files, "" if nobody knows. `manifests`: texts by path. `commented`:
    whom the comment at the top of a file names."""
    if code_owners is not None:
        place, owners_file = code_owners
        code_owner = next((names for path in files if (names := owners_file.of(path))), "")
        if name := person(code_owner):
            return Owner(name, "codeowners", redaction.path(place))
    for path in files:
        if name := person(commented(path)):
            return Owner(name, "comment", redaction.path(path))
    if name := person(last_change(files)):
        return Owner(name, "last-change", redaction.path(files[0]))
    for path in _nearest(files[0], manifests):
        if name := person(package_author(path, manifests[path])):
            return Owner(name, "package", redaction.path(path))
    return Owner()


def owner_in_comments(unit: Unit) -> str:
    """Whom the comments at the top of a file name as its owner; empty if they name nobody."""
    for comment in unit.comments:
        span = comment.span
        for line in unit.lines[span.line - 1 : min(span.end_line, OWNER_COMMENT_LINES)]:
            if match := _COMMENTED.match(line):
                return match[1].strip()
    return ""


def package_author(path: str, text: str) -> str:
    """The author or maintainer that a manifest names; empty if it names none or is broken."""
    try:
        if path.endswith(".json"):
            return _person(json.loads(text))
        if path.endswith(".toml"):
            return _person(parse(text, path)[0].get("project", {}))
    except (ValueError, RecursionError, AttributeError):
        return ""
    pattern = _TEXTS.get(path[path.rfind(".") :].lower())
    match = pattern.search(text) if pattern else None
    return match[1].strip() if match else ""


def _person(data: Any) -> str:
    parts = (
        [data.get(key) for key in ("maintainers", "author", "authors", "contributors")]
        if isinstance(data, dict)
        else []
    )
    for each in parts:
        one = each[0] if isinstance(each, list) and each else each
        if isinstance(one, dict):
            one = " ".join(
                f"<{one[key]}>" if key == "email" else str(one[key]) for key in ("name", "email") if one.get(key)
            )
        if isinstance(one, str) and one.strip():
            return one.strip()[:200]
    return ""


def _parsed(line: str) -> tuple[str, tuple[str, ...]] | None:
    """The pattern and the owners of a line; None for one that says nothing, or what GitHub refuses."""
    words = re.findall(r"(?:\\.|[^\s\\])+", line)
    comment = next((number for number, word in enumerate(words) if word.startswith("#")), len(words))
    words = words[:comment]
    if not words or words[0].startswith(("!", "[", "^[")) or "[" in words[0]:
        return None
    return words[0], tuple(words[1:])


def _nearest(path: str, manifests: Mapping[str, str]) -> Iterator[str]:
    """The manifests in the folders above a file, the innermost first."""
    for folder in folders_above(path):
        yield from sorted(each for each in manifests if each.rpartition("/")[0] == folder)
