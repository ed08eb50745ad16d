"""Scopes that several files share: the files of a module read and set the same variables."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import dirname

ANYWHERE = "global"  # the scope of the whole session


class SharedScopes:
    """The files that belong to one module: those in the folder of a file that gathers them, and below it."""

    def __init__(self, paths: Iterable[str], suffixes: Iterable[str]) -> None:
        """`suffixes`: the ends of the names of files that gather their folder; none where files share nothing."""
        ends = tuple(suffixes)
        self._folders = {dirname(path) for path in paths if ends and path.lower().endswith(ends)}
        self._holders: dict[str, str] = {}
        self._shares = bool(ends)

    def holder(self, path: str, scope: str) -> str:
        """The name of what holds the variables of a scope that the file shares with others; empty if it shares none."""
        if scope == ANYWHERE and self._shares:
            return "scope of the session"
        if path not in self._holders:
            folder = dirname(path)
            while folder not in self._folders and folder:
                folder = dirname(folder)
            self._holders[path] = f"scope of the module in {folder}/" if folder in self._folders else ""
        return self._holders[path]
