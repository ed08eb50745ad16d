"""The classes that variables are called after: `partner_api`, `partner` and `api` are called after `PartnerApi`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from pcmfa_lint.analysis.values.model import ClassVal
from pcmfa_lint.ir.nodes import Define, Func

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


class NamedClasses:
    """The classes of a repository by the names of their methods. `classes`: by family of languages and name, as they
    are when something is first asked."""

    def __init__(self, classes: Mapping[tuple[str, str], list[ClassVal]]) -> None:
        self._classes = classes
        self._having: dict[tuple[str, str], list[ClassVal]] | None = None
        self._meant: dict[tuple[str, str, str], ClassVal | None] = {}

    def meant(self, family: str, name: str, method: str) -> ClassVal | None:
        """The only class with this method whose name is this one, or begins or ends with it."""
        key = (family, name, method)
        if key not in self._meant:
            words = _words(name)
            classes = [cls for cls in self._with(family, method) if words and _is_part(words, _words(cls.cls.name))]
            self._meant[key] = classes[0] if len(classes) == 1 else None
        return self._meant[key]

    def _with(self, family: str, method: str) -> list[ClassVal]:
        if self._having is None:
            self._having = defaultdict(list)
            for (one, _), classes in self._classes.items():
                for cls in classes:
                    for name in dict.fromkeys(_methods(cls)):
                        self._having[one, name].append(cls)
        return self._having.get((family, method), [])


def _methods(cls: ClassVal) -> list[str]:
    defined = (stmt.what for stmt in cls.cls.body if isinstance(stmt, Define))
    return [member.name for member in defined if isinstance(member, Func)]


def _words(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(name))


def _is_part(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return words in (name[: len(words)], name[-len(words) :])
