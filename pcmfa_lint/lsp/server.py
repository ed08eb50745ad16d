"""A language server over standard input and output: findings while a file is written, the page of their rule, and what
can be done about them. One document is examined at a time, its newest state only, and never while the user types.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from pcmfa_lint import __version__
from pcmfa_lint.config import Settings
from pcmfa_lint.engine.run import load_knowledge
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.explain.rule_markdown import advice
from pcmfa_lint.findings.model import Finding, ShownPlace
from pcmfa_lint.findings.redaction import message
from pcmfa_lint.lsp.documents import ExaminedDocument, accept, examined
from pcmfa_lint.lsp.positions import Positions

NAME = "pcmfa-lint"
ACCEPT = "pcmfa-lint.acceptInBaseline"
PAUSE = 0.4  # seconds without a change before a document is examined
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}


class Server(LanguageServer):
    """The server; `settings_for` gives the settings of a root."""

    def __init__(self, settings_for: Callable[[str], Settings]) -> None:
        # Whole texts: other programs count lines otherwise than we do, and partial changes would go astray.
        super().__init__(NAME, __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self._settings_for = settings_for
        self._documents: dict[str, ExaminedDocument] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()
        self._rules = {rule.id: rule for rule in load_knowledge(()).rules}
        self._last_message = ""

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """One sentence for whoever started the server; no text of a message, which holds the user's code."""
        subject = "a message from the editor could not be read" if issubclass(source, JsonRpcException) else "a fault"
        print(f"{NAME}: {subject} ({type(error).__name__})", file=sys.stderr, flush=True)

    def changed(self, uri: str, pause: float = PAUSE) -> None:
        """Examines a document as soon as nobody has changed it for a while."""
        if uri in self._waiting:
            self._waiting[uri].cancel()
        self._waiting[uri] = asyncio.ensure_future(self._examine(uri, pause))

    def closed(self, uri: str) -> None:
        """Forgets a document."""
        if uri in self._waiting:
            self._waiting.pop(uri).cancel()
        self._documents.pop(uri, None)
        self._publish(uri, [])

    async def _examine(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        path = to_fs_path(uri)
        if not uri.startswith("file:") or not path:
            return
        async with self._turn:
            document = self.workspace.get_text_document(uri)
            text, version = document.source, document.version
            try:
                result = await asyncio.to_thread(examined, path, text, self._settings_for)
            except UsageFault as fault:
                self._say(str(fault))
                return
        if self.workspace.get_text_document(uri).version == version:
            self._documents[uri] = result
            self._publish(uri, [self._diagnostic(result, each) for each in self._findings_in(result)])

    def hover(self, uri: str, position: types.Position) -> types.Hover | None:
        """The pages of the rules whose findings stand there."""
        document = self._documents.get(uri)
        if document is None:
            return None
        places = self._positions(document)
        met = {each.rule: each for each in self._findings_in(document) if places.holds(each.place.span, position)}
        if not met:
            return None
        titles = {rule: self._rules[rule].title if rule in self._rules else met[rule].name for rule in met}
        pages = "\n\n---\n\n".join(advice(met[rule], titles[rule]) for rule in sorted(met))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, pages))

    def actions(self, uri: str, requested: types.Range) -> list[types.CodeAction]:
        """The actions for the findings on these lines."""
        document = self._documents.get(uri)
        if document is None:
            return []
        places = self._positions(document)
        met = [(each, places.range(each.place.span)) for each in self._findings_in(document)]
        in_range = [
            (each, place)
            for each, place in met
            if place.start.line <= requested.end.line and requested.start.line <= place.end.line
        ]
        return [action for each, _ in in_range for action in self._actions_of(uri, document, each)]

    def _actions_of(self, uri: str, document: ExaminedDocument, finding: Finding) -> list[types.CodeAction]:
        kind, about = types.CodeActionKind.QuickFix, [self._diagnostic(document, finding)]
        actions = []
        if line := document.suppressing.get(finding.fingerprint):
            at = types.Position(line.line - 1, 0)
            edit = types.WorkspaceEdit({uri: [types.TextEdit(types.Range(at, at), line.text + "\n")]})
            actions.append(types.CodeAction(f"Suppress {finding.rule} here", kind, about, edit=edit))
        if document.baseline:
            command = types.Command(f"Accept {finding.rule}", ACCEPT, arguments=[uri, finding.fingerprint])
            title = f"Accept this {finding.rule} in the baseline"
            actions.append(types.CodeAction(title, kind, about, command=command))
        return actions

    async def accept(self, uri: str, fingerprint: str) -> None:
        """Puts a finding into the baseline, and examines all open documents again."""
        document = self._documents.get(uri)
        try:
            accepted = document is not None and await asyncio.to_thread(accept, document, fingerprint)
        except (OSError, UsageFault) as fault:
            self._say(f"the baseline cannot be written: {fault}")
            return
        if not accepted:
            self._say("this finding no longer exists")
        for each in list(self._documents):
            self.changed(each, 0)

    def _findings_in(self, document: ExaminedDocument) -> list[Finding]:
        return [each for each in document.report.findings if each.place.path == document.relative]

    def _diagnostic(self, document: ExaminedDocument, finding: Finding) -> types.Diagnostic:
        places = self._positions(document)
        related = [
            types.DiagnosticRelatedInformation(self._location(document, step.place), step.text)
            for step in (*finding.trace, *finding.related)
        ]
        return types.Diagnostic(
            places.range(finding.place.span),
            finding.message,
            _SEVERITIES[finding.level],
            finding.rule,
            source=NAME,
            related_information=related or None,
            data=finding.fingerprint,
        )

    def _location(self, document: ExaminedDocument, place: ShownPlace) -> types.Location:
        uri = from_fs_path(str(Path(document.root, place.path))) or ""
        if place.path == document.relative:
            return types.Location(uri, self._positions(document).range(place.span))
        return types.Location(uri, Positions((), self._units()).range(place.span))

    def _positions(self, document: ExaminedDocument) -> Positions:
        return Positions(document.lines, self._units())

    def _units(self) -> str:
        encoding = self.server_capabilities.position_encoding
        return str(getattr(encoding, "value", encoding) or "utf-16")

    def _publish(self, uri: str, diagnostics: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics))

    def _say(self, text: str) -> None:
        """Shows a sentence in the editor, once until there is another one."""
        masked = message(text)
        if masked != self._last_message:
            self._last_message = masked
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"{NAME}: {masked}"))


def make(settings_for: Callable[[str], Settings]) -> Server:
    """A server that answers what is asked of it."""
    server = Server(settings_for)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.changed(params.text_document.uri, 0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.changed(params.text_document.uri, 0)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        return server.hover(params.text_document.uri, params.position)

    kinds = types.CodeActionOptions([types.CodeActionKind.QuickFix])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return server.actions(params.text_document.uri, params.range)

    @server.command(ACCEPT)
    async def accepted(uri: str, fingerprint: str) -> None:
        await server.accept(uri, fingerprint)

    return server


def serve(settings_for: Callable[[str], Settings]) -> None:
    """Answers on standard input and output until the editor ends it."""
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False  # it would write out what a message holds
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:  # pygls closes what it writes to
        make(settings_for).start_io(sys.stdin.buffer, output)
