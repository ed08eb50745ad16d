"""Files that run without a person: pipelines, scheduled jobs, runbooks, containers, and the code that these start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from pcmfa_lint.analysis.collect.unattended import by_request
from pcmfa_lint.evidence.model import TokenRequest
from pcmfa_lint.evidence.words import AudienceKind
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.catalog import CatalogFile, TriggerSign

_UNSAID: frozenset[AudienceKind] = frozenset({"unknown", "microsoft"})
_NAME = re.compile(r"[\w.-]+")


def jobs(units: Sequence[Unit], files: Sequence[CatalogFile]) -> dict[str, str]:
    """The paths of such files, and what each is, by the first sign that fits."""
    signs = [sign for file in files for sign in file.trigger if sign.job]
    code = [unit.path for unit in units if unit.body]
    texts: dict[str, str] = {}
    job_files: dict[str, str] = {}
    for sign in signs:
        literals = [literal.casefold() for literal in sign.any]
        for unit in units:
            if not named(unit.path, sign):
                continue
            if unit.path not in texts:
                texts[unit.path] = "\n".join(_without_comments(unit)).casefold()
            text = texts[unit.path]
            if not literals or any(literal in text for literal in literals):
                for path in _reached(unit.path, text, code, sign):
                    job_files.setdefault(path, sign.words)
    return job_files


def named(path: str, sign: TriggerSign) -> bool:
    """Whether a path is among those that a sign speaks of."""
    return not sign.files or any(_matches(path, glob.replace("**/", "*")) for glob in sign.files)


def _matches(path: str, glob: str) -> bool:
    if "/" not in glob:
        return fnmatchcase(path.rpartition("/")[2], glob)
    return fnmatchcase(path, glob.removeprefix("/"))


def _without_comments(unit: Unit) -> Iterable[str]:
    """The lines of a file but for those that are nothing but a comment; what a reader only passes over is none."""
    lines = dict(enumerate(unit.lines, 1))
    for comment in unit.comments:
        line = lines.get(comment.span.line, "")
        if line[: comment.span.col - 1].strip() == "" and line.strip() != comment.text:
            lines[comment.span.line] = ""
    return lines.values()


def _reached(path: str, text: str, code: Sequence[str], sign: TriggerSign) -> list[str]:
    folder = path.rpartition("/")[0]
    if sign.scope == "folder":
        return [each for each in code if each.rpartition("/")[0] == folder]
    if sign.scope == "file":
        return [path]
    words = set(_NAME.findall(text))
    return [path, *(each for each in code if each.rpartition("/")[2].casefold() in words)]


def in_jobs(requests: Sequence[TokenRequest], job_files: Mapping[str, str]) -> list[TokenRequest]:
    """The requests, with the job in which a person would have to sign in. One beside which the same file also signs in
    without a person is only for those who start it by hand."""
    alone: dict[str, list[TokenRequest]] = {}
    for request in requests:
        if by_request(request) is not False and request.secret.kind != "prompt":
            alone.setdefault(request.at.path, []).append(request)
    return [
        replace(request, in_job=True, job=job_files[request.at.path])
        if request.at.path in job_files
        and _in_person(request)
        and not any(_for_the_same(request, other) for other in alone.get(request.at.path, ()))
        else request
        for request in requests
    ]


def _in_person(request: TokenRequest) -> bool:
    """Whether each way to this token asks a person."""
    return by_request(request) is False or request.secret.kind == "prompt"


def _for_the_same(request: TokenRequest, other: TokenRequest) -> bool:
    kinds = {request.audience.kind, other.audience.kind}
    return len(kinds) == 1 or (bool(kinds & _UNSAID) and other.flow != ("managed-identity",))
