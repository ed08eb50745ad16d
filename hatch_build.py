"""Puts the tables of catalog and rules into a wheel, so that a start need not parse them: see `knowledge/compiled.py`.

An editable install has none: its sources change, and the first run after a change writes them to the cache folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface[Any]):
    """Adds two files, each named after all that it was made of."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from pcmfa_lint.knowledge.compiled import FOLDER, Compiled, packed
        from pcmfa_lint.knowledge.prefilter_loader import prefilter_tables, tables_of
        from pcmfa_lint.source.user_cache import framed

        compiled = Compiled(str(Path(self.root) / "rules"))
        made = {"prefilter": prefilter_tables(compiled.sources), "tables": tables_of(compiled.sources)}
        self._folder = tempfile.TemporaryDirectory()
        for kind, tables in made.items():
            file = Path(self._folder.name) / compiled.name(kind)
            file.write_bytes(framed(packed(tables)))
            build_data["force_include"][str(file)] = f"pcmfa_lint/knowledge/{FOLDER}/{file.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._folder.cleanup()
