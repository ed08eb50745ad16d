"""The operations that API descriptions of a repository (OpenAPI, Swagger) list.

A client that is generated from one when the program is built has methods of their names, and no code in sight."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pcmfa_lint.analysis.values.model import StringValue
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import Setting, Unit
from pcmfa_lint.limits import ALTERNATIVES

_VERSION = (("openapi",), ("swagger",))
_SERVER = ("servers", "0", "url")
_DISTINCT = 6  # letters of a name that tell an operation


@dataclass(frozen=True, slots=True)
class _Operation:
    """`tag`: what stands before the name, which is then the class's."""

    tag: str
    address: StringValue


class ApiDocuments:
    """All operations, by name."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._operations: dict[str, list[_Operation]] = defaultdict(list)
        for unit in units:
            if any(setting.path in _VERSION for setting in unit.settings):
                self._take(unit)

    def _take(self, unit: Unit) -> None:
        root = _root(unit.settings)
        for setting in unit.settings if root else ():
            if setting.path[:1] == ("paths",) and setting.path[-1] == "operationId" and len(setting.path) == 4:
                address = StringValue(root + setting.path[1], place=Place(unit.path, setting.span))
                for tag, name in _names(setting.value):
                    self._operations[name].append(_Operation(tag, address))

    def __bool__(self) -> bool:
        return bool(self._operations)

    def addresses(self, holder: str, method: str, endings: Iterable[str]) -> tuple[StringValue, ...]:
        """The addresses that a method of a class of this name sends its request to; empty if no description tells.
        `endings`: what generators add to an operation's name."""
        kind, called = _spelt(holder), _spelt(method)
        names = [called, *(called.removesuffix(end) for end in map(str.casefold, endings) if called.endswith(end))]
        matches = [one for name in names for one in self._operations.get(name, ())]
        fit = [one.address for one in matches if kind.removeprefix("i").startswith(one.tag) or kind.startswith(one.tag)]
        return tuple(dict.fromkeys(fit))[:ALTERNATIVES]


def _root(settings: Iterable[Setting]) -> str:
    """The address of a description's server."""
    by_path = {s.path: s.value for s in settings if s.path in (_SERVER, ("host",), ("basePath",))}
    server = by_path.get(_SERVER, "")
    if not server and ("host",) in by_path:
        server = f"https://{by_path['host',]}{by_path.get(('basePath',), '')}"
    return server.rstrip("/") if urlsplit(server).netloc else ""


def _names(operation: str) -> Iterator[tuple[str, str]]:
    """The names that an operation has in code: the whole, or `Offers_Get` as `Get` of the class `Offers…`."""
    spelling = _spelt(operation)
    if len(spelling) >= _DISTINCT:
        yield "", spelling
    tag, _, name = operation.partition("_")
    if name and len(tag) > 2:
        yield _spelt(tag), _spelt(name)


def _spelt(name: str) -> str:
    """A name in whatever case a language writes it."""
    return re.sub(r"\W|_", "", name).casefold()
