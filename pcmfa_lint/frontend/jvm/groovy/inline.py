"""Scripts in other languages that steps of Jenkins are given: `sh '''…'''`, `powershell(script: "…")`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pcmfa_lint.frontend.jvm.groovy.tokens import Lexer, Token
from pcmfa_lint.frontend.settings.scripts import Script
from pcmfa_lint.limits import INLINE_SCRIPTS

_STEPS = {"sh": "shell", "powershell": "powershell", "pwsh": "powershell"}
_CALL = re.compile(r"\b(?:sh|powershell|pwsh)\b")
_MARKED = re.compile(r"\\([\"'$\\])")
_ARGUMENT_TOKENS = 40  # of a step, in which its script is looked for


def scripts(text: str) -> Iterator[Script]:
    """The scripts of a file, in order."""
    if not _CALL.search(text):
        return
    tokens = Lexer(text).tokens()
    count = 0
    for at, token in enumerate(tokens):
        if token.kind != "name" or token.text not in _STEPS or count >= INLINE_SCRIPTS:
            continue
        if at and tokens[at - 1].kind == "sign" and tokens[at - 1].text in (".", "?.", ":"):
            continue
        given = _given(tokens, at + 1)
        if given is not None:
            count += 1
            yield _script(_STEPS[token.text], text, given)


def _given(tokens: list[Token], at: int) -> Token | None:
    """The text that a step is given: its only argument, or the one named `script`."""
    first = tokens[at + 1] if tokens[at].text == "(" and tokens[at].kind == "sign" else tokens[at]
    if first.kind == "text":
        return first
    for here in range(at, min(at + _ARGUMENT_TOKENS, len(tokens) - 2)):
        token = tokens[here]
        if token.kind in ("line", "end") or (token.kind == "sign" and token.text in ("{", "}", ";")):
            return None
        if token.kind == "name" and token.text == "script" and tokens[here + 1].text == ":":
            value = tokens[here + 2]
            return value if value.kind == "text" else None
    return None


def _script(language: str, text: str, token: Token) -> Script:
    """A step's script where it stands; a value that Groovy puts into it is a variable of the same length."""
    start, end = token.start + len(token.text), max(token.start + len(token.text), token.end - len(token.text))
    pieces, at = [], start
    for part in token.parts:
        if isinstance(part, list):
            continue
        pieces.append(_value(text[at : part[0]]))
        pieces.append(_MARKED.sub(r" \1", text[part[0] : part[1]]))
        at = part[1]
    pieces.append(_value(text[at:end]))
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    rows = "".join(pieces).split("\n")
    return Script(language, tuple((row, line + n, 1 if n else column) for n, row in enumerate(rows)))


def _value(written: str) -> str:
    """`${a.b}` and `$a.b` as a variable of a shell, of the same length: `${a_b}`, `$a_b`."""
    if not written.startswith("$"):
        return written
    if written[1:2] == "{" and written.endswith("}"):
        return "${" + re.sub(r"\W", "_", written[2:-1]) + "}"
    return "$" + re.sub(r"\W", "_", written[1:])
