"""All repositories of an organisation, as the user's own signed-in `gh`, `az` or `glab` lists them.

The tool asks nobody itself and knows no token. What such a program says beside its list goes nowhere, since it may
repeat one; a failure becomes one of our own sentences. Every address is read as strictly as one out of a list.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pcmfa_lint.discovery.git import search_path
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings import redaction
from pcmfa_lint.processes.start import TooSlow, run
from pcmfa_lint.report.words import count
from pcmfa_lint.sweep.git_url import git_url
from pcmfa_lint.sweep.sources import named_apart, remote
from pcmfa_lint.sweep.walk import RepositorySource

_SECONDS = 600.0
_MOST = "100000"  # repositories of one organisation
_QUIET = {"NO_COLOR": "1", "GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "NO_PROMPT": "1", "LC_ALL": "C"}
_NAME = r"[A-Za-z0-9][\w. -]{0,100}"


@dataclass(frozen=True, slots=True)
class _Host:
    """A host of repositories. `pattern`: how they are given after its name; `command`: what lists them, from the parts
    of that; `address`: the key of a repository's address in the list; `off`: the key that says that it cannot be
    cloned; `sign_in`: what the user does first."""

    pattern: re.Pattern[str]
    form: str
    command: Callable[[tuple[str, ...]], list[str]]
    address: str
    off: str
    sign_in: str


def _github(parts: tuple[str, ...]) -> list[str]:
    return ["gh", "repo", "list", parts[0], "--limit", _MOST, "--json", "url,isArchived"]


def _azure(parts: tuple[str, ...]) -> list[str]:
    where = ["--organization", f"https://dev.azure.com/{parts[0]}", "--project", parts[1]]
    return ["az", "repos", "list", *where, "--output", "json", "--only-show-errors"]


def _gitlab(parts: tuple[str, ...]) -> list[str]:
    group = parts[0].replace("/", "%2F")
    return ["glab", "api", "--paginate", f"groups/{group}/projects?include_subgroups=true&per_page=100"]


HOSTS = {
    "github": _Host(re.compile(rf"({_NAME})"), "github:ORGANISATION", _github, "url", "", "gh auth login"),
    "azure-devops": _Host(
        re.compile(rf"({_NAME})/({_NAME})"),
        "azure-devops:ORGANIZATION/PROJECT",
        _azure,
        "webUrl",
        "isDisabled",
        "az login",
    ),
    "gitlab": _Host(
        re.compile(rf"({_NAME}(?:/{_NAME})*)"), "gitlab:GROUP", _gitlab, "http_url_to_repo", "", "glab auth login"
    ),
}


def from_host(address: str) -> tuple[list[RepositorySource], list[str]]:
    """The repositories of `github:ORG`, `azure-devops:ORG/PROJECT` or `gitlab:GROUP`, sorted by name, and what to say
    of them. Raises UsageFault where they cannot be listed."""
    kind, _, rest = address.partition(":")
    host = HOSTS.get(kind)
    parts = host.pattern.fullmatch(rest) if host else None
    if host is None or parts is None:
        forms = ", ".join(each.form for each in HOSTS.values())
        raise UsageFault(f"--from takes one of {forms}")
    command = host.command(parts.groups())
    sources = [_source(each, number, host) for number, each in enumerate(_listed(_answer(command, host), command), 1)]
    if not sources:
        raise UsageFault(f"{command[0]} lists no repositories there; check the name and your permissions")
    notes = [f"{command[0]} lists {count(len(sources), 'repository')} of {redaction.message(address)}"]
    unique = {source.place: source for source in sources}
    return sorted(named_apart(unique.values()), key=lambda source: source.name), notes


def _answer(command: list[str], host: _Host) -> bytes:
    path = search_path()
    program = shutil.which(command[0], path=path)
    if program is None:
        raise UsageFault(f"{command[0]} was not found; install it and sign in with {host.sign_in}")
    environment = os.environ | _QUIET | {"PATH": path}
    try:
        answer = run([os.path.abspath(program), *command[1:]], os.path.expanduser("~"), environment, _SECONDS)  # noqa: PTH100, PTH111
    except TooSlow:
        raise UsageFault(f"{command[0]} did not answer in {_SECONDS:.0f} seconds") from None
    except OSError as error:
        raise UsageFault(f"{command[0]} cannot be started: {error.strerror}") from None
    if answer.returncode:
        raise UsageFault(
            f"{command[0]} could not list them (status {answer.returncode}); sign in with {host.sign_in}, and run "
            f"`{command[0]}` by hand to see what it says"
        )
    return answer.stdout


def _listed(answer: bytes, command: list[str]) -> Iterator[dict[str, Any]]:
    """The repositories of an answer: one list, or one a page behind each other."""
    text = answer.decode("utf-8-sig", "replace").strip()
    decoder, at = json.JSONDecoder(), 0
    try:
        while at < len(text):
            page, end = decoder.raw_decode(text, at)
            if not isinstance(page, list):
                raise ValueError
            yield from (each if isinstance(each, dict) else {} for each in page)
            at = end + len(text[end:]) - len(text[end:].lstrip())
    except (ValueError, RecursionError):
        raise UsageFault(f"{command[0]} returned no list of repositories") from None


def _source(each: dict[str, Any], number: int, host: _Host) -> RepositorySource:
    size = each.get(host.address)
    url = git_url(size) if isinstance(size, str) else None
    if url is None:
        name = redaction.message(f"repository {number} of the list")
        return RepositorySource(name, f"{number}", name, False, "its address in the list cannot be used")
    source = remote(url)
    if host.off and each.get(host.off) is True:
        return RepositorySource(source.name, source.place, source.shown, False, "it is disabled there")
    return source
