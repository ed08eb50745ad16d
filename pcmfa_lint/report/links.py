"""Addresses of lines of code on the web, below the address of a repository's files. Pure."""

from __future__ import annotations

from urllib.parse import quote

from pcmfa_lint.report import utf8


def line_address(base: str, path: str, line: int) -> str:
    """The address of a line. `base`: where the files are, which a path is added to: `https://…/blob/COMMIT/`, or with a
    query, as Azure DevOps has it; "" if nobody knows it. Nothing for a file inside an archive."""
    if not base or ".zip/" in path.lower():
        return ""
    mark = f"&line={line}&lineEnd={line + 1}&lineStartColumn=1&lineEndColumn=1" if "?" in base else f"#L{line}"
    return f"{base}{quote(utf8(path))}{mark}"
