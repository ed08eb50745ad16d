"""Aliases of modules: what `paths` and `baseUrl` of a `tsconfig.json` say that an import stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, join, normpath

from pcmfa_lint.ir.nodes import Unit

NAMES = ("tsconfig.json", "tsconfig.base.json", "jsconfig.json")
_OPTIONS = "compilerOptions"


class Aliases:
    """The aliases of one repository; a file's are those of the nearest folder above it that says any."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._patterns: dict[str, list[tuple[str, str]]] = {}
        for unit in units:
            if basename(unit.path) in NAMES:
                self._patterns.setdefault(dirname(unit.path), []).extend(_patterns(unit))

    def aliased_paths(self, path: str, module: str) -> list[str]:
        """The paths, without suffix, that a module can mean in the file `path`."""
        for folder in folders(path):
            targets = [
                target for pattern, aim in self._patterns.get(folder, ()) for target in _fit(pattern, aim, module)
            ]
            if targets:
                return targets
        return []


def folders(path: str) -> Iterator[str]:
    """The folders above a file, the nearest first; "" is the root."""
    folder = dirname(path)
    while folder:
        yield folder
        folder = dirname(folder)
    yield ""


def _patterns(unit: Unit) -> Iterator[tuple[str, str]]:
    root = next((s.value for s in unit.settings if s.path == (_OPTIONS, "baseUrl")), ".")
    for setting in unit.settings:
        if setting.path[:2] == (_OPTIONS, "paths") and len(setting.path) > 2:
            yield setting.path[2], normpath(join(dirname(unit.path), root, setting.value))


def _fit(pattern: str, aim: str, module: str) -> Iterator[str]:
    head, star, tail = pattern.partition("*")
    if not star:
        if module == pattern:
            yield aim
    elif module.startswith(head) and module.endswith(tail) and len(module) >= len(head) + len(tail):
        yield aim.replace("*", module[len(head) : len(module) - len(tail)])
