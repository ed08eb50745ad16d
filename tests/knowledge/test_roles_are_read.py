"""Every role that the catalog gives an argument is one that some code, or the entry itself, asks for."""

from __future__ import annotations

import re
from pathlib import Path

from pcmfa_lint import analysis
from pcmfa_lint.knowledge.loader import load_knowledge


def test_every_role_is_asked_for() -> None:
    (folder,) = analysis.__path__
    words = {
        word for path in Path(folder).rglob("*.py") for word in re.findall(r'"([a-z_]+)"', path.read_text("utf-8"))
    }
    calls = [call for file in load_knowledge().catalog.files for call in file.call]
    unread = {
        (call.id, role)
        for call in calls
        if call.is_ not in ("all", "mapping", "pairs")  # by name what becomes an entry
        for role in call.args
        if role == role.lower() and role not in words and not role.isdecimal()
    }
    assert unread == set()
