"""Configuration, baseline and rules as the base of a change has them.

Whoever may propose a change may not thereby decide what is said of it. So they are read from the commit that the
change is compared with, and what the change says otherwise is noted.
"""

# ruff: noqa: PTH100, PTH103, PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

from pcmfa_lint.config import OWN_FILE, PROJECT_FILE, Config, LocatedConfig, find_config
from pcmfa_lint.discovery.discover import is_inside
from pcmfa_lint.discovery.revisions import Tree, base_of, commit_of, contents, listed_in_index, tree_of
from pcmfa_lint.engine.policy import TRUST, Named, ScanPolicy
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.limits import CONFIG_BYTES, POLICY_BYTES
from pcmfa_lint.triage.baseline import BaselineEntry, load, render


@contextmanager
def policy_of_base(root: str, since: str, named: Named) -> Iterator[ScanPolicy]:
    """What the commit `since` of the work tree `root` says, as long as the context lasts. What the user named outside
    of the repository, or in it but not in its history, is taken as it is. Raises UsageFault, also for a configuration
    of the change that could not be used once it is merged."""
    commit = commit_of(root, since) or base_of(root, since)  # which says what is wrong
    with tempfile.TemporaryDirectory(prefix="pcmfa-lint-") as folder:
        base = _Base(root, tree_of(root, commit), folder)
        yield _decided(root, named, base)


def _decided(root: str, named: Named, base: _Base) -> ScanPolicy:
    for name in (OWN_FILE, PROJECT_FILE):
        base.bring(os.path.join(root, name), CONFIG_BYTES)
    rules = tuple(base.bring_folder(each) for each in named.rules)
    ours = find_config(base.folder, base.bring_or_make(named.config, "") if named.config else "", rules)
    base_source = find_config(root, named.config, named.rules)
    baseline = named.baseline or (os.path.join(root, ours.config.baseline) if ours.config.baseline else "")
    base_baseline = base.bring_or_make(baseline, render(())) if baseline else ""
    notes = [*_otherwise(ours, base_source), *(_rules_note(each) for each in named.rules if base.differs(each))]
    if baseline != base_baseline:
        notes += _more_entries(baseline, _entries(base_baseline), _entries(baseline))
    return ScanPolicy(replace(ours.config, baseline=base_baseline), base_baseline, rules, tuple(notes))


class _Base:
    """Copies files of a commit into `folder`, each under its own path."""

    def __init__(self, root: str, tree: Tree, folder: str) -> None:
        self._root = root
        self._tree = tree
        self._index = listed_in_index(root)
        self.folder = os.path.realpath(folder)

    def bring(self, named: str, limit: int = POLICY_BYTES) -> str:
        """The path of the base's version of a file, whether there is one or not; of a file outside of the history the
        path that was named."""
        path = self._path(named)
        if path is None:
            return named
        if path in self._tree.links:
            raise UsageFault(f"{path} is a link at the base; name the file itself")
        if path in self._tree.files:
            self._copy([path], limit)
        return os.path.join(self.folder, path)

    def bring_or_make(self, named: str, text: str) -> str:
        """Does what `bring` does; where the base has no such file, makes one with this text."""
        copy = self.bring(named)
        if copy != named and not os.path.lexists(copy):
            self._write(copy, text.encode())
        return copy

    def bring_folder(self, named: str) -> str:
        """The path of the base's version of a folder of rules, empty if there is none."""
        path = self._path(named)
        if path is None:
            return named
        copy = os.path.join(self.folder, path)
        os.makedirs(copy, exist_ok=True)
        self._copy([each for each in self._tree.files if _is_rule(each, path)], CONFIG_BYTES)
        return copy

    def differs(self, named: str) -> bool:
        """Whether the change has touched a file, or a folder of rules."""
        path = self._path(named)
        if path is None:
            return False

        def files_of(tree: Tree) -> set[tuple[str, str]]:
            return {(each, name) for each, name in tree.files.items() if each == path or _is_rule(each, path)}

        return files_of(self._tree) != files_of(self._index)

    def _path(self, named: str) -> str | None:
        """The path in the repository; None for what its history does not know."""
        for full in (os.path.abspath(named), os.path.realpath(named)):
            if is_inside(full, self._root):
                path = os.path.relpath(full, self._root).replace(os.sep, "/")
                path = "" if path == "." else path
                return path if not path or self._index.holds(path) or self._tree.holds(path) else None
        return None

    def _copy(self, paths: Sequence[str], limit: int) -> None:
        for each in contents(self._root, self._tree.files, paths, limit):
            if each.data is None:
                raise UsageFault(f"{each.path} of the base cannot be read: it is too large, or not in this clone")
            self._write(os.path.join(self.folder, each.path), each.data)

    def _write(self, file: str, data: bytes) -> None:
        os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH120
        Path(file).write_bytes(data)


def _is_rule(path: str, folder: str) -> bool:
    return path.endswith(".toml") and (not folder or path.startswith(f"{folder}/"))


def _otherwise(ours: LocatedConfig, base_source: LocatedConfig) -> Iterator[str]:
    """What the configuration of the change says that the base's does not."""
    keys = [
        each.name.replace("_", "-")
        for each in fields(Config)
        if getattr(ours.config, each.name) != getattr(base_source.config, each.name)
    ]
    if keys:
        where = base_source.file or ours.file
        yield f"{where}: this change alters {', '.join(keys)}. The settings of the base apply; {TRUST}."


def _rules_note(folder: str) -> str:
    return f"{folder}: this change alters these rules. The rules of the base apply; {TRUST}."


def _entries(file: str) -> tuple[BaselineEntry, ...]:
    return load(file) if os.path.lexists(file) else ()


def _more_entries(file: str, ours: Sequence[BaselineEntry], new: Sequence[BaselineEntry]) -> Iterator[str]:
    added = Counter(new) - Counter(ours)
    count = sum(added.values())
    if count:
        entries = "1 entry, which does" if count == 1 else f"{count:,} entries, which do"
        yield f"{os.path.basename(file)}: this change adds {entries} not count; {TRUST}."  # noqa: PTH119
