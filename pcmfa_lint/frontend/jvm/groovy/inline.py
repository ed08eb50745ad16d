"""Scripts in other languages that steps of Jenkins are given: `sh '''…'''`, `powershell(script: "…")`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pcmfa_lint.frontend.jvm.groovy.batch import batch
from pcmfa_lint.frontend.jvm.groovy.step_results import with_result
from pcmfa_lint.frontend.jvm.groovy.tokens import GroovyToken, Lexer
from pcmfa_lint.frontend.settings.scripts import InlineScript
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.limits import INLINE_SCRIPTS, STEP_TOKENS

_STEPS = {"sh": "shell", "bat": "shell", "powershell": "powershell", "pwsh": "powershell"}
_CALL = re.compile(r"\b(?:sh|bat|powershell|pwsh|commandLine|execute)\b")
_SHELLS = frozenset(("sh", "bash", "/bin/sh", "/bin/bash"))
_MARKED = re.compile(r"\\([\"'$\\])")
_PLAIN = re.compile(r"[\w:/.@ ,?=&-]{1,300}")
_BARE = re.compile(r"[\w:/.@,+%-]+")
_VARIABLE = re.compile(r"\$\{?(\w+)")


def scripts(text: str) -> Iterator[InlineScript]:
    """The scripts of a file, in order, at most one more than are read."""
    if not _CALL.search(text):
        return
    tokens = Lexer(text).tokens()
    literals = _literals(text, tokens)
    count = 0
    for at, token in enumerate(tokens):
        if token.kind != "name" or count > INLINE_SCRIPTS:
            continue
        script = None
        if token.text in _STEPS:
            literal = None if at and tokens[at - 1].text == ":" else _script_token(tokens, at + 1)
            script = literal and _script(_STEPS[token.text], text, literal)
            if script:
                script = with_result(batch(script) if token.text == "bat" else script, text, tokens, at)
        elif token.text == "commandLine":
            script = _words(text, tokens, at + 1)
        elif token.text == "execute" and at > 1 and tokens[at - 2].kind == "text" and tokens[at - 1].text == ".":
            script = _script("shell", text, tokens[at - 2])
        if script:
            count += 1
            yield _with_literals(script, literals)


def _literals(text: str, tokens: list[GroovyToken]) -> dict[str, tuple[str, int, int]]:
    """What a file writes into its variables, each as a line of a shell script and the place of that."""
    by_name: dict[str, tuple[str, int, int]] = {}
    for name, sign, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if name.kind != "name" or value.kind != "text" or sign.kind != "sign" or sign.text != "=":
            continue
        inside = _inside(text, value)
        if _PLAIN.fullmatch(inside):
            by_name.setdefault(name.text, _row(text, value.start, name.text, inside))
    return by_name


def _row(text: str, at: int, name: str, value: str) -> tuple[str, int, int]:
    line = text.count("\n", 0, at) + 1
    return f"{name}='{value}'", line, max(1, at - text.rfind("\n", 0, at) - len(name) - 1)


def _with_literals(script: InlineScript, literals: dict[str, tuple[str, int, int]]) -> InlineScript:
    """A shell script with the variables of the file that it names."""
    if script.language != "shell":
        return script
    named = {name for row, _, _ in script.rows for name in _VARIABLE.findall(row)}
    used = [
        (name, literals[name.removeprefix("env_")]) for name in sorted(named) if name.removeprefix("env_") in literals
    ]
    rows = tuple((name.removesuffix(row[0].partition("=")[0]) + row[0], row[1], row[2]) for name, row in used)
    return replace(script, rows=(*rows, *script.rows)) if rows else script


def _words(text: str, tokens: list[GroovyToken], at: int) -> InlineScript | None:
    """`commandLine 'curl', '-s', 'a'`, `commandLine 'sh', '-c', 'curl a'`"""
    words: list[GroovyToken] = []
    while tokens[at].kind == "text":
        words.append(tokens[at])
        at += 1
        if tokens[at].text == "," and tokens[at].kind == "sign":
            at += 1
    if not words:
        return None
    if len(words) == 3 and _inside(text, words[0]) in _SHELLS and _inside(text, words[1]) == "-c":
        return _script("shell", text, words[2])
    pieces = [_word(text, words[0])]
    for before, word in pairwise(words):
        pieces += [re.sub(r"[^\r\n]", " ", text[before.end : word.start]), _word(text, word)]
    return _placed("shell", text, words[0].start, "".join(pieces))


def _inside(text: str, token: GroovyToken) -> str:
    return text[token.start + len(token.text) : token.end - len(token.text)]


def _word(text: str, token: GroovyToken) -> str:
    """A word of a command as a shell would have it: in quotes where it needs them."""
    inside = _inside(text, token)
    return f" {inside} " if len(token.text) == 1 and _BARE.fullmatch(inside) else text[token.start : token.end]


def _script_token(tokens: list[GroovyToken], at: int) -> GroovyToken | None:
    """The text that a step is given: its only argument, or the one named `script`."""
    first = tokens[at + 1] if tokens[at].text == "(" and tokens[at].kind == "sign" else tokens[at]
    if first.kind == "text":
        return first
    for index in range(at, min(at + STEP_TOKENS, len(tokens) - 2)):
        token = tokens[index]
        if token.kind in ("line", "end") or (token.kind == "sign" and token.text in ("{", "}", ";")):
            return None
        if token.kind == "name" and token.text == "script" and tokens[index + 1].text == ":":
            value = tokens[index + 2]
            return value if value.kind == "text" else None
    return None


def _script(language: str, text: str, token: GroovyToken) -> InlineScript:
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
    return _placed(language, text, start, "".join(pieces))


def _placed(language: str, text: str, start: int, code: str) -> InlineScript:
    """Code as a script whose first line stands at an offset, and each further one at the beginning of a line."""
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    rows = code.split("\n")
    return InlineScript(language, tuple((row, line + n, 1 if n else column) for n, row in enumerate(rows)))


def _value(written: str) -> str:
    """`${a.b}` and `$a.b` as a variable of a shell, of the same length: `${a_b}`, `$a_b`."""
    if not written.startswith("$"):
        return written
    if written[1:2] == "{" and written.endswith("}"):
        return "${" + re.sub(r"\W", "_", written[2:-1]) + "}"
    return "$" + re.sub(r"\W", "_", written[1:])
