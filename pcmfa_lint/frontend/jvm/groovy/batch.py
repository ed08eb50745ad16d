"""A batch script of Windows as a shell's: its variables, its continued lines, and nothing of its control flow."""

from __future__ import annotations

import re

from pcmfa_lint.frontend.settings.scripts import InlineScript
from pcmfa_lint.ir.frozen import replace

_VARIABLE = re.compile(r"%(\w+)%")
_NO_COMMAND = re.compile(
    r"\s*@?\s*(?:echo|rem|if|for|goto|setlocal|endlocal|pushd|popd|title|exit|call|::?|\)|\()(?!\w)", re.I
)
_SET = re.compile(r"(\s*@?\s*)set (?=[\w]+=)", re.IGNORECASE)


def batch(script: InlineScript) -> InlineScript:
    """The script with each letter where it stands: `%A%` becomes `$A` and a continued line, of the same length."""
    rows: list[tuple[str, int, int]] = []
    for row, line, col in script.rows:
        shell = _SET.sub(lambda match: " " * len(match[0]), row)
        shell = (
            "#" + shell[1:] if _NO_COMMAND.match(shell) else shell.replace("@", " ", 1) if _is_quiet(shell) else shell
        )
        if shell.rstrip().endswith("^"):
            shell = shell.rstrip()[:-1] + "\\"
        start = 0
        for match in _VARIABLE.finditer(shell):
            rows.append((f"{shell[start : match.start()]}${match[1]}\\", line, col + start))
            start = match.end()
        rows.append((shell[start:], line, col + start))
    return replace(script, rows=tuple(rows))


def _is_quiet(row: str) -> bool:
    return row.lstrip().startswith("@")
