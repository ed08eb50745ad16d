"""The GitHub Action, once it is installed: inputs from the environment, one scan, outputs. `action.yml` runs it.

The scan does not end the step: the report is uploaded first, then a last step ends with its exit status.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pcmfa_lint import cli
from pcmfa_lint.config import FAULT, USAGE
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.report import FORMATS, TERMINAL

# What is written in any case, with the names of the files.
_ALWAYS = {"sarif": "pcmfa-lint.sarif", "json": "pcmfa-lint.json", "markdown": "pcmfa-lint.md"}
_TEXT, _ANNOTATIONS = "pcmfa-lint.txt", "annotations.txt"
_FLAGS = ("annotations", "strict", "summary", "trust-head")
_AUTO = "auto"
_PULL_REQUESTS = ("pull_request", "pull_request_target")
_SCAN_OPTIONS = ("config", "fail-on", "min-level", "baseline")


def main() -> None:
    """Runs the action. Exit status 0 whatever is found: it is the output `exit-code`."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # the runner reads UTF-8, whatever Windows thinks
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    inputs = Inputs(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="pcmfa-lint-", dir=os.environ.get("RUNNER_TEMP") or None))
    event = _event(os.environ.get("GITHUB_EVENT_PATH", ""))
    status = _scanned(inputs, folder, os.environ, event)
    outputs = {"exit-code": str(status), "reports": str(folder), **results(folder)}
    reason = not_uploaded(inputs, outputs["sarif-file"], os.environ, event)
    outputs["upload"] = "false" if reason else "true"
    outputs["upload-may-fail"] = "true" if upload_may_fail(inputs, event) else "false"
    if reason:
        print(f"The SARIF report is not uploaded: {reason}")
    _append(os.environ.get("GITHUB_OUTPUT", ""), "".join(f"{name}={value}\n" for name, value in outputs.items()))
    summary = folder / _ALWAYS["markdown"]
    if inputs.flag("summary") and summary.exists():
        _append(os.environ.get("GITHUB_STEP_SUMMARY", ""), summary.read_text("utf-8"))


class Inputs:
    """The action's inputs, which `action.yml` hands over as `PCMFA_PATHS` and so on. Empty ones count as not given."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str:
        """An input as it was given, without blanks around it."""
        return self._environment.get("PCMFA_" + name.upper().replace("-", "_"), "").strip()

    def lines(self, name: str) -> list[str]:
        """An input with one value a line."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def flag(self, name: str) -> bool:
        """Whether an input is `true`."""
        return self.text(name).lower() == "true"

    def check(self) -> None:
        """Raises UsageFault for an input that is neither `true` nor `false` where it should be."""
        for name in _FLAGS:
            if self.text(name).lower() not in ("true", "false", ""):
                raise UsageFault(f"the input {name} must be true or false")
        if self.text("upload").lower() not in (_AUTO, "true", "false", ""):
            raise UsageFault(f"the input upload must be {_AUTO}, true, or false")


def arguments(inputs: Inputs, folder: Path, since: str, base: str = "") -> list[str]:
    """The command line of the scan. No input can become an option by its value. `base`: the base of a pull request,
    "" for none."""
    options = ["scan", "--format=text", f"--output={folder / _TEXT}"]
    for format_, name in {**_ALWAYS, "github": _ANNOTATIONS, **_further(inputs)}.items():
        options += ["--report", f"{format_}={folder / name}"]
    options += [f"--{name}={inputs.text(name)}" for name in _SCAN_OPTIONS if inputs.text(name)]
    options += [f"--rules={each}" for each in inputs.lines("rules")]
    options += ["--strict"] if inputs.flag("strict") else []
    options += [f"--changed-since={since}"] if since else []
    options += [f"--config-from={base}"] if base else []
    options += ["--trust-head"] if inputs.flag("trust-head") else []
    return [*options, "--", *(inputs.lines("paths") or ["."])]


def revision(requested: str, environment: Mapping[str, str], event: Mapping[str, Any], head: str) -> str:
    """The revision that the scan is compared with, "" for none. `base` is the base of a pull request or of a merge
    queue's group, and nothing elsewhere. `head`: the commit that is checked out."""
    if requested in ("", "none"):
        return ""
    if requested != "base":
        return requested
    if environment.get("GITHUB_EVENT_NAME") in _PULL_REQUESTS:
        ref, commit = environment.get("GITHUB_REF", ""), environment.get("GITHUB_SHA", "")
        if ref.startswith("refs/pull/") and ref.endswith("/merge") and head == commit:
            return "HEAD^1"  # of the merge that GitHub has made; the base of the event may be older
        return str(event.get("pull_request", {}).get("base", {}).get("sha", ""))
    return str(event.get("merge_group", {}).get("base_sha", ""))


def base_of_pull_request(environment: Mapping[str, str], event: Mapping[str, Any], head: str) -> str:
    """The base of a pull request, whose configuration counts, "" elsewhere. Raises UsageFault if it is not known."""
    if environment.get("GITHUB_EVENT_NAME") not in _PULL_REQUESTS or not head:
        return ""
    base = revision("base", environment, event, head)
    if not base:
        raise UsageFault("the base of the pull request is not known: the event does not name it")
    return base


def not_uploaded(inputs: Inputs, sarif: str, environment: Mapping[str, str], event: Mapping[str, Any]) -> str:
    """The reason why the SARIF report is not uploaded; "" if it is uploaded."""
    if not (inputs.flag("upload") or _automatic(inputs)):
        return "the input upload is false."
    if not sarif:
        return "there is none."
    source = (event.get("pull_request", {}).get("head") or {}).get("repo") or {}
    ours = source.get("full_name") == environment.get("GITHUB_REPOSITORY", "")
    if environment.get("GITHUB_EVENT_NAME") == "pull_request" and not ours:
        return "a pull request from a fork may not write security events. See annotations and summary."
    if environment.get("GITHUB_ACTOR") == "dependabot[bot]":
        return "a run that Dependabot starts may not write security events. See annotations and summary."
    return ""


def upload_may_fail(inputs: Inputs, event: Mapping[str, Any]) -> bool:
    """Whether a refused upload lets the job pass: with `auto`, unless the repository is public. A private one may
    have no Code Security, and only its administrators can ask whether it has."""
    return _automatic(inputs) and (event.get("repository") or {}).get("private") is not False


def _automatic(inputs: Inputs) -> bool:
    return inputs.text("upload").lower() == _AUTO


def results(folder: Path) -> dict[str, str]:
    """The outputs that come from the reports; counts are empty if the scan was not made."""
    files = {f"{format_}-file": str(folder / name) for format_, name in _ALWAYS.items() if (folder / name).exists()}
    outputs = {f"{format_}-file": files.get(f"{format_}-file", "") for format_ in _ALWAYS}
    counts = dict.fromkeys(("findings", "errors", "warnings", "notes", "known", "suppressed", "skipped"), "")
    if not outputs["json-file"]:
        return {**outputs, **counts, "highest-level": ""}
    report = json.loads((folder / _ALWAYS["json"]).read_text("utf-8"))
    summary, levels = report["summary"], report["summary"]["levels"]
    numbers = {
        "findings": summary["findings"],
        **{f"{level}s": count for level, count in levels.items()},
        "known": summary["baselined"],
        "suppressed": summary["suppressed"],
        "skipped": len(report["files"]["skipped"]),
    }
    highest = next((level for level, count in levels.items() if count), "none")
    return {**outputs, **{name: str(number) for name, number in numbers.items()}, "highest-level": highest}


def _scanned(inputs: Inputs, folder: Path, environment: Mapping[str, str], event: Mapping[str, Any]) -> int:
    """Scans, and gives the exit status. What is printed of the scanned files cannot give orders to the runner."""
    messages = io.StringIO()
    try:
        inputs.check()
        os.chdir(inputs.text("working-directory") or ".")
        head = _head(inputs)
        since = revision(inputs.text("changed-since") or "none", environment, event, head)
        line = arguments(inputs, folder, since, base_of_pull_request(environment, event, head))
    except OSError:
        return _refused("the working directory cannot be entered")
    except UsageFault as fault:
        return _refused(str(fault))
    with contextlib.redirect_stderr(messages):
        status = cli.run(line)
    if status in (USAGE, FAULT):
        return _refused(messages.getvalue().strip().removeprefix("pcmfa-lint: "), status)
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}")
    print((folder / _TEXT).read_text("utf-8"), messages.getvalue(), sep="")
    print(f"::{token}::")
    if inputs.flag("annotations"):
        print((folder / _ANNOTATIONS).read_text("utf-8"), end="")
    return status


def _refused(why: str, status: int = USAGE) -> int:
    text = why.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::error title=pcmfa-lint::{text}")
    return status


def _head(inputs: Inputs) -> str:
    from pcmfa_lint.discovery.discover import root_of
    from pcmfa_lint.discovery.revisions import commit_of

    root, git = root_of(inputs.lines("paths") or ["."])
    return commit_of(root, "HEAD") if git else ""


def _further(inputs: Inputs) -> dict[str, str]:
    """The formats that were asked for beside the usual ones, with the names of their files."""
    words = inputs.text("formats").replace(",", " ").split()
    for word in words:
        if word not in FORMATS:
            raise UsageFault(f"the input formats accepts {', '.join(FORMATS)}, not {word}")
    ours = (*_ALWAYS, *TERMINAL, "github")
    names = {"junit": "pcmfa-lint.junit.xml", "gitlab": "pcmfa-lint.gitlab.json"}
    return {word: names.get(word, f"pcmfa-lint.{word}") for word in words if word not in ours}


def _event(file: str) -> dict[str, Any]:
    """What started the run."""
    try:
        event = json.loads(Path(file).read_text("utf-8")) if file else {}
    except (OSError, ValueError):
        return {}
    return event if isinstance(event, dict) else {}


def _append(file: str, text: str) -> None:
    if file:
        with Path(file).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)


if __name__ == "__main__":
    main()
