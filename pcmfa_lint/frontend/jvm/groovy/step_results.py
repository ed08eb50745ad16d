"""What a Jenkinsfile does with the result of a step that runs a script: with its status, or with what it writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pcmfa_lint.frontend.jvm.groovy.tokens import GroovyToken
from pcmfa_lint.frontend.settings.scripts import InlineScript
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.limits import STEP_TOKENS

Row = tuple[str, int, int]

_COMPARES = {"==": "=", "!=": "!=", "<": "-lt", "<=": "-le", ">": "-gt", ">=": "-ge", "in": "="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_TESTS = ("if", "while", "switch", "assert", "return")
_STATUS = "http_code"
_RESULT = "step_result"


def with_result(script: InlineScript, text: str, tokens: Sequence[GroovyToken], at: int) -> InlineScript:
    """The script of the shell step at `at` as what becomes of its result makes it: `returnStatus` that nobody looks at
    hides a failure, one that somebody tests does not, nor in PowerShell; a status of an answer that is written is
    tested there."""
    options = {token.text for token in tokens[at : at + STEP_TOKENS] if token.kind == "name"}
    if script.language != "shell":
        return replace(script, stops=True) if "returnStatus" in options and any(_tests(text, tokens, at)) else script
    rows = script.rows
    first, last = rows[0], rows[-1]
    tests = [*_tests(text, tokens, at)]
    if "returnStatus" in options and not tests:
        return replace(script, rows=(("(", *first[1:]), *rows, (") || true", *last[1:])))
    if "returnStdout" in options and any(_STATUS in row for row, _, _ in rows) and tests:
        rows = ((f"{_RESULT}=$(", *first[1:]), *rows, (")", *last[1:]), *tests)
    starts_itself = next((row for row, _, _ in rows if row.strip()), "").lstrip().startswith("#!")
    return replace(script, rows=rows, stops=not starts_itself)


def _tests(text: str, tokens: Sequence[GroovyToken], at: int) -> Iterator[Row]:
    """The tests of a step's result, as lines of its script."""
    name = tokens[at - 2].text if at > 1 and tokens[at - 1].text == "=" and tokens[at - 2].kind == "name" else ""
    if not name:
        before = [token.text for token in tokens[max(0, at - 3) : at]]
        if any(word in _TESTS for word in before):
            yield _row(text, tokens[at], "!=", "200")
        return
    for number in range(at + 1, len(tokens) - 2):
        token = tokens[number]
        if token.kind != "name" or token.text != name or tokens[number - 1].text == ".":
            continue
        sign, other = tokens[number + 1], tokens[number + 2]
        if sign.text in _COMPARES and other.kind in ("number", "text"):
            yield _row(text, token, sign.text, _value(text, other))
        elif tokens[number - 1].text in _COMPARES and tokens[number - 2].kind in ("number", "text"):
            mirrored = tokens[number - 1].text
            yield _row(text, token, _MIRRORED.get(mirrored, mirrored), _value(text, tokens[number - 2]))
        elif any(word.text in _TESTS for word in tokens[max(0, number - 4) : number]):
            yield _row(text, token, "!=", "200")


def _value(text: str, token: GroovyToken) -> str:
    return token.text if token.kind == "number" else text[token.start + len(token.text) : token.end - len(token.text)]


def _row(text: str, token: GroovyToken, sign: str, value: str) -> Row:
    """`if (x != '200')` as a line of a shell script, at its place."""
    line = text.count("\n", 0, token.start) + 1
    bare = value if value.isalnum() else "200"
    test = f'if [ "${_RESULT}" {_COMPARES[sign]} {bare} ]; then exit 1; fi'
    return test, line, token.start - text.rfind("\n", 0, token.start)
