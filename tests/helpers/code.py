"""What a repository of a few texts says: read and linked as in a scan, without files."""

from __future__ import annotations

from collections.abc import Mapping

from pcmfa_lint.analysis.analyze import link
from pcmfa_lint.engine.pipeline import scan_texts
from pcmfa_lint.evidence.model import ApiCall, Evidence, StoredSecret, TokenRequest
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Unit
from tests.helpers.in_process import shipped_knowledge

knowledge = shipped_knowledge


def units(files: Mapping[str, str]) -> list[Unit]:
    return [read(text.encode(), path) for path, text in files.items()]


def evidence(files: Mapping[str, str]) -> Evidence:
    """The evidence of a repository of these texts by path; all of them are seeds."""
    return link(units(files), knowledge().catalog)


def token_requests(files: Mapping[str, str]) -> list[TokenRequest]:
    return [item for item in evidence(files).items if isinstance(item, TokenRequest)]


def api_calls(files: Mapping[str, str]) -> list[ApiCall]:
    return [item for item in evidence(files).items if isinstance(item, ApiCall)]


def stored_secrets(files: Mapping[str, str]) -> list[StoredSecret]:
    return [item for item in evidence(files).items if isinstance(item, StoredSecret)]


def findings(files: Mapping[str, str]) -> tuple[Finding, ...]:
    return scan_texts(files, knowledge())


def loud(files: Mapping[str, str], family: str = "") -> list[str]:
    """Rules that report at warning or above, of one class if it is named."""
    families = {rule.id: rule.family for rule in knowledge().rules}
    found = {each.rule for each in findings(files) if each.level != "note"}
    return sorted(rule for rule in found if not family or families[rule] == family)
