"""The language server, driven by a client over its pipes as an editor does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from tests.helpers.git import git
from tests.helpers.repository import ROPC, put

pytest.importorskip("pygls")
pytestmark = [pytest.mark.slow, pytest.mark.workers]
SECONDS = 60


class Client:
    """Speaks JSON-RPC with a server that it has started."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", "from pcmfa_lint.cli import main; main()", "lsp"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)
        self._number = 0
        self._got: Queue[dict[str, Any]] = Queue()
        self._kept: list[dict[str, Any]] = []
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            self._got.put(json.loads(stream.read(length)))

    def raw(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, method: str, parameters: Any, number: int | None = None) -> None:
        body: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": parameters}
        data = json.dumps(body if number is None else {**body, "id": number}).encode()
        self.raw(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))

    def ask(self, method: str, parameters: Any) -> Any:
        self._number += 1
        self.send(method, parameters, self._number)
        answer = self.wait(lambda each: each.get("id") == self._number and "method" not in each)
        assert "error" not in answer, answer
        return answer["result"]

    def wait(self, wanted: Any) -> dict[str, Any]:
        """The first message, of those not yet taken, that is wanted."""
        for each in self._kept:
            if wanted(each):
                self._kept.remove(each)
                return each
        while True:
            try:
                each = self._got.get(timeout=SECONDS)
            except Empty:
                raise AssertionError(f"no such message; there are {self._kept}") from None
            if wanted(each):
                return each
            self._kept.append(each)

    def diagnostics(self, uri: str) -> list[dict[str, Any]]:
        """The next diagnostics of a document."""
        name = "textDocument/publishDiagnostics"
        told = self.wait(lambda each: each.get("method") == name and each["params"]["uri"] == uri)
        found: list[dict[str, Any]] = told["params"]["diagnostics"]
        return found

    def start(self, **capabilities: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask(
            "initialize", {"processId": None, "rootUri": None, "capabilities": capabilities}
        )
        self.send("initialized", {})
        return answer

    def open(self, path: Path, text: str) -> str:
        document = {"uri": path.as_uri(), "languageId": "x", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": document})
        return path.as_uri()

    def change(self, uri: str, text: str, version: int = 2) -> None:
        document = {"uri": uri, "version": version}
        self.send("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def end(self) -> str:
        """Ends the server, and gives what it wrote on standard error."""
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._reader.join()
        said = self.process.stderr.read().decode()
        self.process.stderr.close()
        self.process.stdout.close()
        return said


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client()
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.end()


def at(uri: str, diagnostic: dict[str, Any]) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": diagnostic["range"]["start"]}


def rules(diagnostics: list[dict[str, Any]]) -> list[str]:
    return [each["code"] for each in diagnostics]


def actions(client: Client, uri: str, diagnostic: dict[str, Any]) -> list[dict[str, Any]]:
    context = {"diagnostics": [diagnostic]}
    asked = {"textDocument": {"uri": uri}, "range": diagnostic["range"], "context": context}
    found: list[dict[str, Any]] = client.ask("textDocument/codeAction", asked)
    return found


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    lines = text.splitlines(keepends=True)
    for edit in edits:
        assert edit["range"]["start"] == edit["range"]["end"]
        lines.insert(edit["range"]["start"]["line"], edit["newText"])
    return "".join(lines)


def test_findings_come_while_a_file_is_written_and_go_when_they_are_mended(client: Client, tmp_path: Path) -> None:
    assert client.start()["capabilities"]["textDocumentSync"]["change"] == 1
    uri = client.open(tmp_path / "a b & 'c'.py", "print(1)\n")
    assert client.diagnostics(uri) == []
    client.change(uri, ROPC)
    found = client.diagnostics(uri)
    assert "PCM201" in rules(found)
    assert {each["source"] for each in found} == {"pcmfa-lint"}
    assert "invented-value" not in json.dumps(found)
    hover = client.ask("textDocument/hover", at(uri, found[rules(found).index("PCM201")]))
    assert "### PCM201" in hover["contents"]["value"]
    assert (
        client.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}})
        is None
    )
    client.change(uri, "print(2)\n", 3)
    assert client.diagnostics(uri) == []
    client.ask("shutdown", None)
    client.send("exit", None)
    assert client.end() == ""
    assert client.process.returncode == 0


def test_a_finding_can_be_suppressed(client: Client, tmp_path: Path) -> None:
    client.start()
    text = "def sign_in():\n" + "".join(f"    {line}" if line.strip() else line for line in ROPC.splitlines(True))
    uri = client.open(tmp_path / "a.py", text + "sign_in()\n")
    found = client.diagnostics(uri)
    one = found[rules(found).index("PCM201")]
    (suppress,) = [each for each in actions(client, uri, one) if each["title"] == "Suppress PCM201 here"]
    text = edited(text, suppress["edit"]["changes"][uri])
    assert "    # pcmfa: ignore[PCM201] say why\n    requests.post" in text
    client.change(uri, text)
    assert "PCM201" not in rules(client.diagnostics(uri))


def test_what_has_no_comments_cannot_be_suppressed(client: Client, tmp_path: Path) -> None:
    client.start()
    address = "https://api.partnercenter.microsoft.com"
    entries = {"UserName": "a@example.com", "Password": "invented-value-1", "ApiUrl": address}
    text = json.dumps({"PartnerCenter": entries})
    uri = client.open(tmp_path / "appsettings.json", text)
    found = client.diagnostics(uri)
    assert found
    assert [each for one in found for each in actions(client, uri, one)] == []


def test_a_finding_can_be_accepted_in_the_configured_baseline(client: Client, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    put(
        tmp_path,
        {".pcmfa-lint.toml": 'baseline = ".pcmfa-baseline"\n', ".pcmfa-baseline": "# pcmfa-lint baseline, version 1\n"},
    )
    client.start()
    uri = client.open(tmp_path / "a.py", ROPC)
    found = client.diagnostics(uri)
    one = found[rules(found).index("PCM201")]
    (accept,) = [
        each for each in actions(client, uri, one) if "baseline" in each["title"] and "PCM201" in each["title"]
    ]
    client.ask(
        "workspace/executeCommand",
        {"command": accept["command"]["command"], "arguments": accept["command"]["arguments"]},
    )
    left = rules(client.diagnostics(uri))
    assert left == [each for each in rules(found) if each != "PCM201"]
    assert "PCM201 " in (tmp_path / ".pcmfa-baseline").read_text("utf-8")


@pytest.mark.parametrize(("encodings", "units"), [(["utf-16"], 2), (["utf-8"], 4), (["utf-32", "utf-16"], 1)])
def test_places_are_counted_as_the_editor_counts(
    client: Client, tmp_path: Path, encodings: list[str], units: int
) -> None:
    """A key is one character, two units of UTF-16 and four bytes; U+2028 ends no line."""
    client.start(general={"positionEncodings": encodings})
    text = ROPC.replace("requests.post", 'x = "\U0001f511"; requests.post').replace("\n\nbody", "\n# \u2028\nbody")
    uri = client.open(tmp_path / "a.py", text)
    found = client.diagnostics(uri)
    start = found[rules(found).index("PCM201")]["range"]["start"]
    assert start == {"line": text.split("\n").index(text.split("\n")[-2]), "character": len('x = ""; ') + units}


def test_the_text_of_a_utf_16_file_is_examined_as_the_editor_holds_it(client: Client, tmp_path: Path) -> None:
    script = tmp_path / "job.ps1"
    script.write_bytes("Write-Host 'hello'\r\n".encode("utf-16"))
    client.start()
    text = (
        "$b = @{ grant_type = 'password'; resource = 'https://api.partnercenter.microsoft.com'\r\n"
        "  username = $u; password = $p }\r\n"
        "Invoke-RestMethod 'https://login.microsoftonline.com/common/oauth2/token' -Method Post -Body $b\r\n"
    )
    uri = client.open(script, "\ufeff" + text)
    found = client.diagnostics(uri)
    assert "PCM201" in rules(found)
    assert found[rules(found).index("PCM201")]["range"]["start"]["line"] == 2
    settings = tmp_path / "web.config"
    head = '<?xml version="1.0" encoding="utf-16"?>\n'
    body = (
        '<configuration><appSettings>\n<add key="PartnerCenter.UserName" value="a@example.com"/>\n'
        '<add key="PartnerCenter.Password" value="invented-value-1"/>\n'
        '<add key="url" value="https://api.partnercenter.microsoft.com"/></appSettings></configuration>\n'
    )
    uri = client.open(settings, head + body)
    assert [each["range"]["start"]["line"] for each in client.diagnostics(uri)] == [3]


def test_a_wrong_configuration_is_said_in_the_editor(client: Client, tmp_path: Path) -> None:
    put(tmp_path, {".pcmfa-lint.toml": "fail-on = 'sometimes'\n"})
    client.start()
    client.open(tmp_path / "a.py", ROPC)
    told = client.wait(lambda each: each.get("method") == "window/showMessage")
    assert "fail-on" in told["params"]["message"]


def test_after_a_broken_message_the_server_goes_on(client: Client, tmp_path: Path) -> None:
    client.start()
    client.raw(b'Content-Length: 9\r\n\r\n{"jsonrpc')
    uri = client.open(tmp_path / "a.py", ROPC)
    assert "PCM201" in rules(client.diagnostics(uri))


def test_half_a_message_and_a_closed_pipe_end_the_server_with_one_sentence(client: Client) -> None:
    client.start()
    client.raw(b'Content-Length: 1000\r\n\r\n{"jsonrpc": "2.0", "method": "secret-of-mine')
    said = client.end()
    assert said.count("\n") == 1
    assert "a message from the editor could not be read" in said
    assert "secret-of-mine" not in said
