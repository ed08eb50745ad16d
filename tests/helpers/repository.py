"""A folder with files, and a scan of it."""

from __future__ import annotations

from pathlib import Path

from pcmfa_lint.config import Settings
from pcmfa_lint.engine.scan import scan
from pcmfa_lint.findings.model import Report

ROPC = """\
import requests

body = {
    "grant_type": "password",
    "resource": "https://api.partnercenter.microsoft.com",
    "username": "invented@example.com",
    "password": "invented-value",
}
requests.post("https://login.microsoftonline.com/common/oauth2/token", data=body)
"""


def put(root: Path, files: dict[str, str | bytes]) -> str:
    """Writes files by name below `root`, and gives its path."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(root)


def run(root: Path, **settings: object) -> Report:
    """Scans a folder with these `Settings`."""
    return scan([str(root)], Settings(**settings))  # type: ignore[arg-type]
