"""Addresses of places in code at the hosts of git repositories. Pure."""

from __future__ import annotations

import re

from pcmfa_lint.findings.model import ShownPlace
from pcmfa_lint.inventory.model.estate import Scanned
from pcmfa_lint.report.links import line_address

_PART = r"[\w.~%-]+"
_HEAD = r"(?:https://|git@|ssh://git@)"
_GITHUB = re.compile(rf"{_HEAD}(github\.com)[/:]({_PART}/{_PART}?)(?:\.git)?/?", re.ASCII)
_GITLAB = re.compile(rf"{_HEAD}(gitlab(?:\.[\w-]+)+)[/:]({_PART}(?:/{_PART})+?)(?:\.git)?/?", re.ASCII)
_AZURE = re.compile(rf"https://(dev\.azure\.com)/({_PART}/{_PART}/_git/{_PART})/?", re.ASCII)
_AZURE_SSH = re.compile(rf"git@ssh\.dev\.azure\.com:v3/({_PART}/{_PART})/({_PART})/?", re.ASCII)
_COMMIT = re.compile("[0-9a-f]{7,64}")


def link_base(scanned: Scanned) -> str:
    """The address of the repository's files, to which a path is added, where its source and its commit say it; ""
    elsewhere."""
    if not _COMMIT.fullmatch(scanned.commit):
        return ""
    return next(filter(None, (_base(url, scanned.commit) for url in (scanned.source, scanned.origin))), "")


def _base(url: str, commit: str) -> str:
    for pattern, between in ((_GITHUB, "blob"), (_GITLAB, "-/blob")):
        if match := pattern.fullmatch(url):
            return f"https://{match[1]}/{match[2]}/{between}/{commit}/"
    if match := _AZURE.fullmatch(url):
        return f"https://dev.azure.com/{match[2]}?version=GC{commit}&path=/"
    if match := _AZURE_SSH.fullmatch(url):
        return f"https://dev.azure.com/{match[1]}/_git/{match[2]}?version=GC{commit}&path=/"
    return ""


def link_to(scanned: Scanned | None, at: ShownPlace) -> str:
    """The address of a place, "" where nobody knows it."""
    return line_address(link_base(scanned), at.path, at.span.line) if scanned is not None else ""
