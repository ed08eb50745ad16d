"""Code of other languages in a shell script: `pwsh -Command '…'`, `python3 - <<'EOF'`, each read by its own reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pcmfa_lint.frontend.settings.scripts import InlineScript
from pcmfa_lint.limits import INLINE_SCRIPTS

_PROGRAMS = {"pwsh": "powershell", "powershell": "powershell", "python": "python", "node": "javascript", "ruby": "ruby"}
_CALL = re.compile(r"(?<![\w./-])(pwsh|powershell|python|node|ruby)[\d.]*(?:\.exe)?[ \t](?=[^\n]{0,300}?(?:'|<<))")
_QUOTED = re.compile(r"[^\n'|;<]{0,200}?[ \t]-(?:c|Command|e)[ \t]+'", re.IGNORECASE)
_HERE = re.compile(r"[^\n|;]{0,200}?<<-?[ \t]*[\"']?(\w+)[^\n]*\n")


def scripts(text: str) -> Iterator[InlineScript]:
    """The code of other languages in a script, in order, at most one more than is read."""
    at = 0
    for _ in range(INLINE_SCRIPTS + 1):
        call = _CALL.search(text, at)
        if call is None:
            return
        at = call.end()
        where = _region(text, call.end())
        if where is not None:
            yield _script(_PROGRAMS[call[1]], text, *where)
            at = where[1]


def _region(text: str, start: int) -> tuple[int, int] | None:
    """Where the code stands that a program is given: in quotes, or in a here-document."""
    quoted = _QUOTED.match(text, start - 1)
    if quoted is not None:
        close = text.find("'", quoted.end())
        return (quoted.end(), close) if close >= 0 else None
    here_document = _HERE.match(text, start)
    if here_document is None:
        return None
    end = re.compile(rf"^[ \t]*{re.escape(here_document[1])}[ \t\r]*$", re.MULTILINE).search(text, here_document.end())
    return (here_document.end(), end.start()) if end is not None else None


def _script(language: str, text: str, start: int, end: int) -> InlineScript:
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    rows = text[start:end].split("\n")
    return InlineScript(language, tuple((row, line + n, 1 if n else column) for n, row in enumerate(rows)))
