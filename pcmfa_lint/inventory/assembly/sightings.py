"""Other things that the code of an integration uses: Microsoft's other services, and ways to notify somebody. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pcmfa_lint.discovery.discover import is_code
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import SafeText
from pcmfa_lint.findings.wording import place
from pcmfa_lint.inventory.assembly.projects import Projects
from pcmfa_lint.inventory.model.knowledge import Sighting
from pcmfa_lint.ir import nodes
from pcmfa_lint.ir.nodes import Call, Span, Unit
from pcmfa_lint.ir.walk import functions, last, values

_WORD = re.compile(r"[^\W\d][\w-]*")
_FOLDER = re.compile(r".*[\\/](?=.)")
_PARTS = re.compile(r"[\\/.:]")
_SEEN = redaction.words("{0} ({1})")
_READING = frozenset({"env", "getenv", "config", "require", "dirname", "storage_path", "base_path", "parse_url"})
_LEAST = 5  # letters of the name of a type that is known by that alone


@dataclass(frozen=True, slots=True)
class _Code:
    """The code of one file without its comments: in lower case, its words, and the last words of what it imports."""

    text: str
    words: frozenset[str]
    imported: frozenset[str]


class Sightings:
    """The sightings of `sightings.toml` over the files of one repository, which are given as they were read."""

    def __init__(self, units: Mapping[str, Unit], projects: Projects) -> None:
        self._units, self._projects = units, projects
        self._code: dict[str, _Code] = {}

    def of(
        self, files: Iterable[str], sightings: Sequence[Sighting], only_programs: bool = False
    ) -> Iterator[tuple[SafeText, SafeText]]:
        """The names of the sightings in these files and in those that they use, each with its first place.
        `only_programs`: not in files that call nothing, and so only configure what may never be used."""
        paths = list(self._with_helpers([file for file in dict.fromkeys(files) if file in self._units]))
        if only_programs:
            paths = [path for path in paths if not _only_configures(self._units[path])]
        for sighting in sightings:
            places = (where for path in paths if (where := self._first(path, sighting)) is not None)
            if (first := next(places, None)) is not None:
                name = redaction.of_rules(sighting.name)
                yield name, redaction.filled(_SEEN, name, place(first))

    def _with_helpers(self, files: Sequence[str]) -> Iterator[str]:
        """The files, and those of the same project that they import, or whose type or cmdlet they name."""
        yield from files
        codes = [self._code_of(file) for file in files]
        words = frozenset[str]().union(*(code.words for code in codes))
        imported = frozenset[str]().union(*(code.imported for code in codes))
        homes = {self._projects.of(file) for file in files}
        for stem, path in self._stems:
            by_name = len(stem) >= _LEAST and stem[0].isupper() and stem.casefold() in words
            if (by_name or stem.casefold() in imported) and path not in files and self._projects.of(path) in homes:
                yield path

    @cached_property
    def _stems(self) -> list[tuple[str, str]]:
        code = (path for path in self._units if is_code(path) and not self._projects.is_test(path))
        return [(path.rpartition("/")[2].partition(".")[0] or path, path) for path in sorted(code)]

    def _code_of(self, path: str) -> _Code:
        if path not in self._code:
            unit = self._units[path]
            text = _without_comments(unit).casefold()
            modules = (part for imp in unit.imports for part in _PARTS.split(_FOLDER.sub("", imp.module)))
            names = (name for imp in unit.imports for name, _ in imp.names)
            imported = frozenset(name.casefold() for name in (*modules, *names) if name)
            self._code[path] = _Code(text, frozenset(_WORD.findall(text)), imported)
        return self._code[path]

    def _first(self, path: str, sighting: Sighting) -> Place | None:
        text = self._code_of(path).text
        at = min((at for literal in sighting.any if (at := _position(text, literal.casefold())) >= 0), default=-1)
        if at < 0:
            return None
        line = text.count("\n", 0, at) + 1
        return Place(path, Span(line, 1, line, 1))


def _only_configures(unit: Unit) -> bool:
    """Whether a file does no more than to give back settings, some of them read from the environment."""
    if unit.scripts or next(functions(unit.body), None) is not None:
        return False
    if unit.settings:
        return True
    inside = list(values(unit.body))
    called = {last(value.callee).casefold() for value in inside if isinstance(value, Call)}
    return called <= _READING and any(isinstance(value, nodes.Mapping) for value in inside)


def _position(text: str, literal: str) -> int:
    """Where a literal stands, not as the end of a longer word unless it begins with `*`; -1 if it does not."""
    if not literal[:1].isalnum():
        return text.find(literal.removeprefix("*"))
    at = text.find(literal)
    while at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at = text.find(literal, at + 1)
    return at


def _without_comments(unit: Unit) -> str:
    """The lines of a file, with nothing in the place of comments."""
    lines = list(unit.lines)
    for comment in unit.comments:
        span = comment.span
        for number in range(span.line, min(span.end_line, len(lines)) + 1):
            line = lines[number - 1]
            begin = span.col - 1 if number == span.line else 0
            end = span.end_col - 1 if number == span.end_line else len(line)
            lines[number - 1] = line[:begin] + " " * max(end - begin, 0) + line[end:]
    return "\n".join(lines)
