"""The folder that a sweep fills: each file is there whole or as it was, and none of an earlier sweep is left over."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TextIO

from pcmfa_lint import __version__
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.inventory.export import json, spreadsheet
from pcmfa_lint.inventory.export.table import Table, write_workbook
from pcmfa_lint.inventory.model.estate import Estate
from pcmfa_lint.inventory.pages import pages
from pcmfa_lint.inventory.playbook import chapters
from pcmfa_lint.inventory.playbook.steps import load_playbook
from pcmfa_lint.report import write as write_format
from pcmfa_lint.source.atomic_write import PRIVATE, private_folder, write_to
from pcmfa_lint.source.file_lock import locked

INVENTORY = "inventory.csv"
WORKBOOK = "inventory.xlsx"
STATE = ".resume"
LOCK = "lock"  # in it: held by the sweep that writes
SARIF = "sarif"
_IGNORE = "# What a sweep found is neither to be committed nor to be scanned.\n*\n"

Writer = Callable[[TextIO], object]


class Folder:
    """The folder at `path`, absolute, made if it is not there; it and its files are the user's alone.

    Raises UsageFault if nothing can be written to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            fresh = not (self.path / STATE).exists()
            private_folder(self.path, ours=not fresh)
            for inner in (STATE, SARIF):
                if (self.path / inner).is_symlink():
                    raise UsageFault(f"{path / inner} is a link: a sweep needs a folder of its own; name another one")
                private_folder(self.path / inner, ours=True)
            write_to(str(self.path / STATE / "probe"), lambda stream: None)
            (self.path / STATE / "probe").unlink()
            if fresh and not (self.path / ".gitignore").exists():
                write_to(str(self.path / ".gitignore"), lambda stream: stream.write(_IGNORE), PRIVATE)
        except OSError as error:
            raise UsageFault(f"{path} cannot be written to: {error.strerror}") from None
        self._names = FileNames()
        self._of: dict[str, str] = {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other sweeps from writing here. Raises UsageFault where one does."""
        with ExitStack() as stack:
            with suppress(OSError):  # the file is ours from the start; who made it unreadable is on their own
                stream = stack.enter_context(open(self.path / STATE / LOCK, "a", opener=_private))
                if not locked(stream):
                    raise UsageFault(
                        f"another sweep is writing to {self.path}: wait until it ends, or use another folder"
                    )
            yield

    def state_of(self, repository: str) -> Path:
        """The file of what was found in a repository."""
        return self.path / STATE / f"{self._safe(repository)}.json"

    def inventories(self) -> list[tuple[str, bytes]]:
        """The tables of an earlier sweep, with their names, the one that was changed last first."""
        written = []
        for name in (INVENTORY, WORKBOOK):
            with suppress(OSError):
                path = self.path / name
                written.append((-path.stat().st_mtime_ns, name, path.read_bytes()))
        return [(name, data) for _, name, data in sorted(written)]

    def write(self, estate: Estate, rows: Table) -> list[str]:
        """Writes all files. Gives a sentence for each that could not be written."""
        notes = []
        for name, writer in self._writers(estate, rows):
            try:
                write_to(str(self.path / name), writer, PRIVATE, through_links=False)
            except OSError as error:
                notes.append(f"{self.path / name} cannot be written: {error.strerror}; is it open elsewhere?")
        if estate.complete:
            self._tidy(estate)
        return notes

    def _safe(self, repository: str) -> str:
        if repository not in self._of:
            self._of[repository] = self._names.safe(repository)
        return self._of[repository]

    def _writers(self, estate: Estate, rows: Table) -> Iterator[tuple[str, Writer]]:
        cells = rows.cells()
        steps = load_playbook()
        text = chapters.markdown(estate, steps)
        yield INVENTORY, partial(spreadsheet.write, rows.columns, cells)
        yield WORKBOOK, partial(_binary, partial(write_workbook, rows))
        yield "inventory.json", partial(json.write, estate)
        yield "playbook.md", lambda stream: stream.write(text)
        yield "playbook.html", lambda stream: pages.write_playbook(chapters.TITLE, text, stream, __version__)
        yield (
            "inventory.html",
            lambda stream: pages.write_inventory(*rows.readable(), stream, __version__, estate.complete),
        )
        yield "report.html", partial(pages.write_report, estate, playbook=chapters.places(estate, steps))
        yield "changes.html", partial(pages.write_changes, estate)
        for each in estate.repositories:
            if each.report is not None:
                yield f"{SARIF}/{self._safe(each.name)}.sarif", partial(write_format, each.report, "sarif")

    def _tidy(self, estate: Estate) -> None:
        """Takes away what is about repositories that are no longer part of it."""
        scanned = {self._safe(each.name) for each in estate.repositories if each.report is not None}
        every = {self._safe(each.name) for each in estate.repositories}
        for file in (self.path / STATE).glob("*.json"):
            if file.stem not in scanned:  # what has no state here is not ours
                (self.path / SARIF / f"{file.stem}.sarif").unlink(missing_ok=True)
            if file.stem not in every:
                file.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE)


def _binary(write: Callable[[BinaryIO], object], stream: TextIO) -> None:
    stream.flush()
    buffer = BytesIO()
    write(buffer)
    stream.buffer.write(buffer.getvalue())


class FileNames:
    """File names for repositories: safe everywhere, and no two the same, also where case does not count."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def safe(self, name: str) -> str:
        """A name of its own."""
        base = re.sub(r"[^A-Za-z0-9._+-]+", "-", name.replace("/", "__")).strip(".-")[:150] or "repository"
        chosen, number = base, 1
        while chosen.lower() in self._used:
            number += 1
            chosen = f"{base}-{number}"
        self._used.add(chosen.lower())
        return chosen
