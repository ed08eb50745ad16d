"""Finds out how an integration is started, from its own files and the files beside them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pcmfa_lint.discovery.discover import is_code
from pcmfa_lint.discovery.gitignore import Globs
from pcmfa_lint.evidence.words import Runs
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import NOTHING, SafeText
from pcmfa_lint.frontend.comment_marks import without_comment_lines
from pcmfa_lint.inventory.assembly.called_names import CalledNames
from pcmfa_lint.inventory.assembly.projects import Projects
from pcmfa_lint.inventory.model.knowledge import RunsFile
from pcmfa_lint.knowledge.catalog import TriggerSign
from pcmfa_lint.source.small_file import folders_above

_SEEN = redaction.words("{0} ({1})")
_ROUNDS = 2  # a job starts a script, which starts another, which is the program
_TIMER, _SERVICE = ".timer", ".service"  # of systemd: the timer starts the service of its name, without naming it
_TEMPLATES = "templates"  # of a Helm chart, which is called as its folder is


class Signs:
    """The signs of triggers over the files of one repository. `texts`: what the files hold that may be asked for,
    by path."""

    def __init__(self, runs: RunsFile, texts: Mapping[str, str], projects: Projects) -> None:
        self._projects = projects
        self._signs = [(sign, Globs(sign.files)) for sign in runs.trigger]
        self._original = texts
        self._called = [re.compile(pattern, re.MULTILINE) for pattern in runs.called]
        self._texts = {path: _with_names(path, text.casefold()) for path, text in texts.items()}
        wrappers = Globs(runs.wrappers)
        self._wrappers = sorted(path for path in texts if wrappers.match(path))
        self._beside: dict[int, list[str]] = {}
        self._said: dict[tuple[str, ...], tuple[Runs, SafeText]] = {}

    def of(self, files: Sequence[str]) -> tuple[Runs, SafeText]:
        """The trigger of what begins in `files`, and in words where it is seen."""
        key = tuple(files)
        if key not in self._said:
            self._said[key] = self._started(key)
        return self._said[key]

    def _started(self, files: Sequence[str]) -> tuple[Runs, SafeText]:
        names = self._names(files)
        for number, (sign, globs) in enumerate(self._signs):
            if sign.scope == "file":
                paths = (path for path in files if not sign.files or globs.match(path))
                path = next((path for path in paths if self._shows(sign, path)), "")
            else:
                path = next(self._starting(number, files, names), "")
            if path:
                return sign.kind, redaction.filled(_SEEN, redaction.of_rules(sign.words), redaction.path(path))
        return "unknown", NOTHING

    def _names(self, files: Sequence[str]) -> CalledNames:
        """The names by which the files are called, and those of what calls them."""
        names = CalledNames([*files, *self._manifests(files)], self._original, self._called)
        rest = [path for path in self._wrappers if path not in files]
        for _ in range(_ROUNDS):
            callers = [path for path in rest if names.occur_in(path, self._texts[path])]
            for path in callers:
                names.add(path)
            rest = [path for path in rest if path not in callers]
            if not callers:
                break
        return names

    def _manifests(self, files: Sequence[str]) -> Iterator[str]:
        """The project files of the projects of these: a program is called as its project is."""
        homes = {self._projects.of(file) for file in files} - {None}
        yield from (p for p in self._texts if p.endswith("proj") and p.rpartition("/")[0] in homes)

    def _starting(self, number: int, files: Sequence[str], names: CalledNames) -> Iterator[str]:
        """The files with such a sign that have to do with an integration."""
        sign = self._signs[number][0]
        above = {folder for file in files for folder in folders_above(file)}
        homes = {self._projects.of(file) for file in files} - {None}
        for path in self._with_sign(number):
            if sign.scope == "folder":
                starts = path.rpartition("/")[0] in above
            elif sign.scope == "project":
                starts = self._projects.of(path) in homes
            elif path in files:
                starts = not is_code(path)
            else:
                starts = names.occur_in(path, self._texts[path])
            if starts:
                yield path

    def _with_sign(self, number: int) -> list[str]:
        """The files beside the code that show a sign."""
        if number not in self._beside:
            sign, globs = self._signs[number]
            self._beside[number] = [path for path in self._texts if globs.match(path) and self._shows(sign, path)]
        return self._beside[number]

    def _shows(self, sign: TriggerSign, path: str) -> bool:
        text = self._texts.get(path, "")
        text = without_comment_lines(path, text) if sign.code else text
        return not sign.any or any(literal.casefold() in text for literal in sign.any)


def asked_for(files: Sequence[str], runs: RunsFile) -> list[str]:
    """Those of a repository's files that a sign may be in, besides an integration's own."""
    globs = Globs([*runs.wrappers, *(glob for sign in runs.trigger if sign.scope != "file" for glob in sign.files)])
    return [path for path in files if globs.match(path)]


def _with_names(path: str, text: str) -> str:
    """The text of a file with what it starts by its place alone."""
    *folders, name = path.casefold().split("/")
    if name.endswith(_TIMER):
        return f"{name.removesuffix(_TIMER)}{_SERVICE}\n{text}"
    if _TEMPLATES in folders[1:]:
        return f"image: {folders[folders.index(_TEMPLATES, 1) - 1]}\n{text}"
    return text
