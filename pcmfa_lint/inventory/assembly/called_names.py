"""By which names the files of an integration are called from outside: in schedules, pipelines, manifests. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pcmfa_lint.discovery.discover import is_code
from pcmfa_lint.limits import CALLED_NAMES

_START = r"(?<![\w.$-])"  # a name is no end of a longer one
_END = r"(?![\w-])"
_LEAST = 4  # letters of the name of a folder, a type or a module that says enough alone
_RUN = r"(?:npm|pnpm|yarn|bun)(?:\s{1,3}run)?\s{1,3}"
_BUILT = (".csproj", ".fsproj", ".vbproj")


class CalledNames:
    """The names of a few files of one repository. `called`: patterns of what a file says that it is called by; their
    group is the name."""

    def __init__(self, files: Sequence[str], texts: Mapping[str, str], called: Sequence[re.Pattern[str]]) -> None:
        self._texts, self._called = texts, called
        self._forms: dict[str, None] = {}
        self._types: dict[str, None] = {}
        for file in files:
            self._add(file)

    def add(self, file: str) -> None:
        """Takes the names of a further file, which calls one of these."""
        text = self._texts.get(file, "")
        if file.rpartition("/")[2] == "package.json":
            self._forms.update(dict.fromkeys(f"{_RUN}{re.escape(name)}" for name in self._scripts(text)))
        else:
            self._add(file)

    def occur_in(self, path: str, text: str) -> bool:
        """Whether a file calls one of them. `text`: what it holds, in lower case."""
        pattern = self._pattern([*self._forms, *(self._types if is_code(path) else ())])
        return bool(pattern is not None and pattern.search(text))

    def _add(self, file: str) -> None:
        self._forms.update(dict.fromkeys(_forms(file)))
        for pattern in self._called:
            names = (match[1] for match in pattern.finditer(self._texts.get(file, "")))
            self._forms.update(dict.fromkeys(rf"(?<=[\s\"':]){re.escape(name)}" for name in names))
        stem = _stem(file)
        if len(stem) > _LEAST and stem[:1].isupper():
            self._types[re.escape(stem)] = None

    @staticmethod
    def _pattern(forms: Sequence[str]) -> re.Pattern[str] | None:
        if not forms:
            return None
        return re.compile("|".join(f"{_START}{form}{_END}".casefold() for form in forms[:CALLED_NAMES]))

    def _scripts(self, text: str) -> Iterator[str]:
        """The scripts of a package.json that call one of these files."""
        try:
            scripts = json.loads(text).get("scripts", {})
        except (ValueError, RecursionError, AttributeError):
            return
        if isinstance(scripts, dict):
            yield from (name for name, line in scripts.items() if self.occur_in("", str(line).casefold()))


def _forms(file: str) -> Iterable[str]:
    """Patterns for the names of one file: its own; its module's, with slashes or dots; that of its folder as an image;
    a handler in it; what runs it as a module."""
    folders, name = file.split("/")[:-1], file.rpartition("/")[2]
    stem = re.escape(_stem(file))
    if name.endswith(_BUILT):
        yield rf"{re.escape(name.rpartition('.')[0])}\.(?:dll|exe)"
    yield re.escape(name)
    if not is_code(file):
        return
    for start in range(len(folders)):
        parts = [re.escape(part) for part in [*folders[start:], _stem(file)]]
        yield r"[/.\\]".join(parts)
    before = r"(?:handler|entry_?point)[\"']?\s{0,9}[:=]\s{0,9}[\"']?[\w./:-]{0,200}(?<![\w-])"
    yield rf"{before}{stem}(?:\.|::)\w{{1,80}}"
    yield rf"(?:-m|manage\.py|artisan)\s{{1,3}}{stem}"
    for folder in folders:
        if len(folder) >= _LEAST:
            yield rf"(?:image|repository|build|context):\s{{0,9}}[\"']?(?:[\w./:-]{{0,200}}/)?{re.escape(folder)}"


def _stem(file: str) -> str:
    return file.rpartition("/")[2].partition(".")[0]
