"""Comments in pull requests of Azure Repos: one thread a finding, set to fixed when it is gone, no build's end."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pcmfa_lint import cli
from tests.helpers.repository import ROPC, put

SCRIPT = Path(__file__).parents[2] / "ci" / "azure_threads.py"


class Server(BaseHTTPRequestHandler):
    """Keeps threads as Azure DevOps does; `refuse` is a status that it answers with."""

    threads: list[dict[str, Any]]
    asked: list[str]
    refuse = 0

    def log_message(self, *arguments: Any) -> None:
        """Nothing."""

    def _answer(self, body: Any, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _asked(self) -> dict[str, Any]:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))) or b"{}")
        self.asked.append(f"{self.command} {self.path} {self.headers['Authorization']}")
        assert isinstance(body, dict)
        return body

    def do_GET(self) -> None:
        self._asked()
        if self.refuse:
            self._answer({}, self.refuse)
        else:
            self._answer({"value": self.threads, "count": len(self.threads)})

    def do_POST(self) -> None:
        body = self._asked()
        marks = {key: {"$type": "System.String", "$value": value} for key, value in body["properties"].items()}
        self.threads.append({**body, "id": len(self.threads) + 1, "status": "active", "properties": marks})
        self._answer(self.threads[-1])

    def do_PATCH(self) -> None:
        body = self._asked()
        number = int(self.path.split("?")[0].rsplit("/", 1)[1])
        self.threads[number - 1]["status"] = {2: "fixed"}[body["status"]]
        self._answer({})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Server]]:
    handler = type("Handler", (Server,), {"threads": [], "asked": []})
    with HTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("SYSTEM_COLLECTIONURI", f"http://127.0.0.1:{listening.server_port}/contoso/")
        monkeypatch.setenv("SYSTEM_TEAMPROJECTID", "invented project")
        monkeypatch.setenv("BUILD_REPOSITORY_ID", "repository")
        monkeypatch.setenv("SYSTEM_PULLREQUEST_PULLREQUESTID", "22")
        monkeypatch.setenv("SYSTEM_ACCESSTOKEN", "invented-token")
        yield handler
        listening.shutdown()
        thread.join()


def report(folder: Path, files: dict[str, str | bytes]) -> str:
    """The JSON report of a scan of these files."""
    (folder / "source").mkdir(exist_ok=True)
    for old in (folder / "source").iterdir():
        old.unlink()
    put(folder / "source", files)
    cli.run(["scan", str(folder / "source"), "--format", "json", "--output", str(folder / "report.json")])
    return str(folder / "report.json")


def run(monkeypatch: pytest.MonkeyPatch, file: str) -> str:
    """What the script prints."""
    spec = importlib.util.spec_from_file_location("azure_threads", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    out = io.StringIO()
    monkeypatch.setattr(sys, "argv", ["azure_threads.py", file])
    with contextlib.redirect_stdout(out):
        module.main()
    return out.getvalue()


def test_a_finding_has_one_thread_until_it_is_gone(
    server: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = report(tmp_path, {"a b.py": ROPC})
    count = len(json.loads(Path(found).read_text("utf-8"))["findings"])
    assert run(monkeypatch, found) == f"{count} threads opened, 0 set to fixed\n"
    assert run(monkeypatch, found) == "0 threads opened, 0 set to fixed\n"
    first = server.threads[0]
    assert first["threadContext"]["filePath"] == "/a b.py"
    assert {"**error PCM101**", "**error PCM201**"} <= {
        " ".join(each["comments"][0]["content"].split()[:2]) for each in server.threads
    }
    assert "invented-value" not in json.dumps(server.threads)
    path = "/contoso/invented%20project/_apis/git/repositories/repository/pullRequests/22/threads?api-version=7.0"
    assert server.asked[0] == f"GET {path} Bearer invented-token"
    mended = report(tmp_path, {"a b.py": "print(1)\n"})
    assert run(monkeypatch, mended) == f"0 threads opened, {count} set to fixed\n"
    assert {each["status"] for each in server.threads} == {"fixed"}
    assert run(monkeypatch, mended) == "0 threads opened, 0 set to fixed\n"


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_refusal_is_a_warning_and_no_fault(
    status: int, server: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.refuse = status
    printed = run(monkeypatch, report(tmp_path, {"a.py": ROPC}))
    assert printed.startswith("##vso[task.logissue type=warning]pcmfa-lint cannot comment on the pull request: ")
    assert str(status) in printed
    assert ("Contribute to pull requests" in printed) == (status != 500)


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYSTEM_ACCESSTOKEN", raising=False)
    assert "SYSTEM_ACCESSTOKEN" in run(monkeypatch, report(tmp_path, {"a.py": ROPC}))
