"""Shows findings as comments in a pull request of Azure Repos, with the token of the build.

    python azure_threads.py REPORT.json

REPORT.json is the JSON report of a scan. A finding gets one thread at its line, however often the build runs; the
thread is set to *fixed* when the finding is gone. The environment is the one that Azure Pipelines gives, with
SYSTEM_ACCESSTOKEN, whose identity needs the permission *Contribute to pull requests*. What goes wrong here is a warning
of the build and never its end: findings are in the reports, and the scan has its own exit status.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pcmfa_lint.report.markdown import escaped

MOST = 30  # threads that one run opens; one more says how many findings have none
_KEY = "pcmfa-lint.finding"
_REST = "rest"
_OPEN = ("active", "pending", 1, 6)
_SECONDS = 30


class Threads:
    """The threads of one pull request."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        needed = (
            "SYSTEM_COLLECTIONURI",
            "SYSTEM_TEAMPROJECTID",
            "BUILD_REPOSITORY_ID",
            "SYSTEM_PULLREQUEST_PULLREQUESTID",
        )
        missing = [name for name in (*needed, "SYSTEM_ACCESSTOKEN") if not environment.get(name)]
        if missing:
            raise ValueError(f"not set: {', '.join(missing)}")
        server, project, repository, request = (environment[name] for name in needed)
        path = "/".join(quote(each, safe="") for each in (project, "_apis", "git", "repositories", repository))
        self._base = f"{server.rstrip('/')}/{path}/pullRequests/{quote(request, safe='')}/threads"
        self._token = environment["SYSTEM_ACCESSTOKEN"]

    def ours(self) -> dict[str, dict[str, Any]]:
        """The threads that earlier runs have opened, by the fingerprint of their finding."""
        found = {}
        for thread in self._ask("GET").get("value", []):
            mark = (thread.get("properties") or {}).get(_KEY)
            if mark and not thread.get("isDeleted"):
                found[str(mark["$value"] if isinstance(mark, dict) else mark)] = thread
        return found

    def open(self, mark: str, text: str, place: Mapping[str, Any] | None) -> None:
        """Opens a thread; `place` is the entry of a finding with path, line and columns, None for the whole request."""
        comment = {"parentCommentId": 0, "content": text, "commentType": 1}
        body: dict[str, Any] = {"comments": [comment], "status": 1, "properties": {_KEY: mark}}
        if place is not None:
            line = place["line"]
            body["threadContext"] = {
                "filePath": "/" + place["path"],
                "rightFileStart": {"line": line, "offset": 1},
                "rightFileEnd": {"line": line, "offset": 1},
            }
        self._ask("POST", body)

    def settle(self, thread: Mapping[str, Any]) -> None:
        """Sets a thread to *fixed*."""
        self._ask("PATCH", {"status": 2}, f"/{int(thread['id'])}")

    def _ask(self, method: str, body: Mapping[str, Any] | None = None, more: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._base}{more}?api-version=7.0", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            content = json.load(answer)
        return content if isinstance(content, dict) else {}


def comment(report: Mapping[str, Any], threads: Threads) -> str:
    """Opens and settles threads, and says how many. `report` is a JSON report."""
    known = threads.ours()
    findings: list[dict[str, Any]] = sorted(report["findings"], key=lambda each: _RANK[each["level"]])
    new = [each for each in findings if each["fingerprint"] not in known]
    for finding in new[:MOST]:
        threads.open(finding["fingerprint"], _text(finding), finding)
    if len(new) > MOST and _REST not in known:
        threads.open(_REST, f"pcmfa-lint: {len(new) - MOST} more findings are in the reports of the build.", None)
    there = {each["fingerprint"] for each in findings} | ({_REST} if len(new) > MOST else set())
    gone = [thread for mark, thread in known.items() if mark not in there and thread.get("status") in _OPEN]
    for thread in gone:
        threads.settle(thread)
    return f"{min(len(new), MOST)} threads opened, {len(gone)} set to fixed"


_RANK = {"error": 0, "warning": 1, "note": 2}


def _text(finding: Mapping[str, Any]) -> str:
    lines = [f"**{finding['level']} {escaped(finding['rule'])}** {escaped(finding['message'])}"]
    lines += [escaped(part) for part in _first(finding["fix"])]
    return "\n\n".join([*lines, f"`pcmfa-lint explain {finding['rule']}` says more."])


def _first(text: str) -> Iterable[str]:
    """The first paragraph, if there is one."""
    return [" ".join(text.split("\n\n", 1)[0].split())] if text.strip() else []


def main() -> None:
    """Runs the script; see above."""
    try:
        report = json.loads(Path(sys.argv[1]).read_text("utf-8"))
        print(comment(report, Threads(os.environ)))
    except urllib.error.HTTPError as error:
        right = (
            " The build identity needs the permission Contribute to pull requests." if error.code in (401, 403) else ""
        )
        _warn(f"the server answers {error.code}.{right}")
    except (OSError, ValueError) as error:
        _warn(str(error))


def _warn(why: str) -> None:
    line = " ".join(why.split())
    print(f"##vso[task.logissue type=warning]pcmfa-lint cannot comment on the pull request: {line}")


if __name__ == "__main__":
    main()
