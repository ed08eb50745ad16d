"""How an integration is started: what stands in its own files, or in files beside them that start it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pcmfa_lint.discovery.gitignore import Globs
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import NOTHING, SafeText
from pcmfa_lint.frontend.comment_marks import without_comment_lines
from pcmfa_lint.inventory.assembly.projects import Projects
from pcmfa_lint.inventory.model.entry import Runs
from pcmfa_lint.inventory.model.knowledge import RunSign
from pcmfa_lint.source.small_file import folders_above

_SEEN = redaction.words("{0} ({1})")


class Signs:
    """The signs of `runs.toml` over the files of one repository. `texts`: what the files hold that may be asked for,
    by path."""

    def __init__(self, signs: Sequence[RunSign], texts: Mapping[str, str], projects: Projects) -> None:
        self._projects = projects
        self._signs = [(sign, Globs(sign.files)) for sign in signs]
        self._texts = {path: text.casefold() for path, text in texts.items()}

    def of(self, files: Sequence[str]) -> tuple[Runs, SafeText]:
        """How what begins in `files` is started, and in words where that is seen."""
        for sign, globs in self._signs:
            literals = [literal.casefold() for literal in sign.any]
            for path in self._own(sign, globs, files) if sign.scope == "file" else self._beside(sign, globs, files):
                text = self._texts.get(path, "")
                text = without_comment_lines(path, text) if sign.code else text
                if any(literal in text for literal in literals):
                    return sign.kind, redaction.filled(_SEEN, redaction.of_rules(sign.words), redaction.path(path))
        return "unknown", NOTHING

    def _own(self, sign: RunSign, globs: Globs, files: Sequence[str]) -> list[str]:
        return [path for path in files if not sign.files or globs.match(path)]

    def _beside(self, sign: RunSign, globs: Globs, files: Sequence[str]) -> list[str]:
        named = [path for path in self._texts if globs.match(path)]
        if sign.scope == "folder":
            above = [folder for file in files for folder in folders_above(file)]
            return [path for path in named if path.rpartition("/")[0] in above]
        if sign.scope == "project":
            own = {self._projects.of(file) for file in files} - {None}
            return [path for path in named if self._projects.of(path) in own]
        names = {file.rpartition("/")[2].casefold() for file in files}
        return [path for path in named if path not in files and any(name in self._texts[path] for name in names)]


def asked_for(files: Sequence[str], signs: Sequence[RunSign]) -> list[str]:
    """Those of a repository's files that a sign may be in, besides an integration's own."""
    globs = Globs([glob for sign in signs if sign.scope != "file" for glob in sign.files])
    return [path for path in files if globs.match(path)]
