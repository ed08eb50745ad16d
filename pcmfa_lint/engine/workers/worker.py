"""The work on the files of a task, in whatever process that is: look at bytes, and read what is worth it.

A task and its result are plain picklable data. Whatever goes wrong with one file becomes a `FileNote` in which nothing
of the file's content appears.
"""

# ruff: noqa: PTH118, PTH120, PTH122
# Texts instead of Path objects, as in `discover`: it runs once for every file.

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from pcmfa_lint.discovery.discover import has_reader, is_code, is_inside, odd_file
from pcmfa_lint.engine.workers.prefilter import Gates, Matcher, PrefilterPlan, is_binary, matcher, overlap, sighted
from pcmfa_lint.frontend.languages import language_for
from pcmfa_lint.limits import SEARCHED_BYTES, SMALL_FILE_BYTES
from pcmfa_lint.source.declared_encoding import HEAD, declared_encoding, hides_ascii
from pcmfa_lint.source.file_note import FileNote
from pcmfa_lint.source.user_cache import digest_of

if TYPE_CHECKING:
    from pcmfa_lint.discovery.revisions import Content
    from pcmfa_lint.ir.nodes import Unit

WINDOW = 1_000_000  # bytes that are searched at once in a file that is too large to be read
_USUAL = 200_000  # bytes that most files do not have
ONLY_TEXT = " Only its pattern rules were applied."
_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOCTTY"):
    _FLAGS |= getattr(os, _name, 0)

# Prose and data: a literal in them says nothing about code, so that no reader is missed.
_PROSE = frozenset(
    (
        *(".md", ".mdx", ".markdown", ".rst", ".txt", ".adoc", ".csv", ".tsv", ".log", ".html", ".htm", ".css", ".svg"),
        *(".lock", ".map", ".snap", ".po", ".pot", ".resx", ".xsd", ".rtf", ".tex", ".sarif", ".diff", ".patch"),
        *(".gitignore", ".ipynb_checkpoints"),
    )
)


class PrefilterTask(NamedTuple):
    """Files to look at, relative to `root`. `digests`: what they hold is to be told, too."""

    root: str
    paths: tuple[str, ...]
    plan: PrefilterPlan
    size_limit: int
    digests: bool = False


class PrefilterResult(NamedTuple):
    """`seeds` are to be read; `passes`: which gate let which file pass; `partly` says of some that only their text
    rules apply. `marked`: for every marker that was sighted the first file that holds it. `remarked`: files with a
    reader that may hold a comment to us. `vanished`: how many files were listed and are not there. `partial_matches`:
    which half of which gate a file with a reader meets. `lost`: the skipped files in which something is looked for, or
    may be. `touched`: settings files in which anything that is looked for stands. `digests`: of each file that could be
    read, what tells its content from any other."""

    seeds: tuple[str, ...] = ()
    skipped: tuple[FileNote, ...] = ()
    partly: tuple[FileNote, ...] = ()
    marked: tuple[tuple[str, str], ...] = ()
    vanished: int = 0
    remarked: tuple[str, ...] = ()
    passes: tuple[tuple[str, str], ...] = ()
    partial_matches: tuple[tuple[str, str, str], ...] = ()
    lost: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    digests: tuple[tuple[str, bytes], ...] = ()

    @classmethod
    def joined(cls, parts: Iterable[PrefilterResult]) -> PrefilterResult:
        """The results of several tasks as one; the order of the parts does not matter."""
        parts = list(parts)
        marked: dict[str, str] = {}
        for marker, path in (pair for part in parts for pair in part.marked):
            marked[marker] = min(path, marked.get(marker, path))
        return cls(
            tuple(sorted(path for part in parts for path in part.seeds)),
            tuple(sorted((note for part in parts for note in part.skipped), key=_path)),
            tuple(sorted((note for part in parts for note in part.partly), key=_path)),
            tuple(sorted(marked.items())),
            sum(part.vanished for part in parts),
            tuple(sorted(path for part in parts for path in part.remarked)),
            tuple(sorted(pair for part in parts for pair in part.passes)),
            tuple(sorted(half for part in parts for half in part.partial_matches)),
            tuple(sorted(path for part in parts for path in part.lost)),
            tuple(sorted(path for part in parts for path in part.touched)),
            tuple(sorted(pair for part in parts for pair in part.digests)),
        )


def _path(note: FileNote) -> str:
    return note.path


class ReadTask(NamedTuple):
    """Files to read, relative to `root`. `stored`: files that are read from what they hold in git instead.
    `no_tree`: why their parser is not to be run; "" if it is."""

    root: str
    paths: tuple[str, ...]
    size_limit: int
    stored: tuple[tuple[str, bytes], ...] = ()
    no_tree: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All files of the task."""
        return (*self.paths, *(path for path, _ in self.stored))


class ReadResult(NamedTuple):
    """`lost`: files whose reader cost its worker, and why."""

    units: tuple[Unit, ...] = ()
    skipped: tuple[FileNote, ...] = ()
    lost: tuple[FileNote, ...] = ()


def prefilter_files(task: PrefilterTask) -> PrefilterResult:
    """Looks at the bytes of each file."""
    look = FileSearch(task)
    for path in task.paths:
        look.at(path)
    return look.result()


def prefilter_stored(task: PrefilterTask, contents: Iterable[Content]) -> PrefilterResult:
    """Looks at files as git has stored them; of `task` only the plan counts."""
    look = FileSearch(task)
    for content in contents:
        look.at_stored(content)
    return look.result()


def read_files(task: ReadTask) -> ReadResult:
    """Reads each file into a Unit."""
    units: list[Unit] = []
    skipped: list[FileNote] = []
    for path in task.paths:
        if not is_inside(os.path.realpath(os.path.dirname(os.path.join(task.root, path))), task.root):
            skipped.append(FileNote(path, "A folder on its path is a link that leads out of the repository."))
            continue
        try:
            units.append(_read(task, path))
        except Exception as error:  # the text of the error may hold what stood in the file
            skipped.append(FileNote(path, f"It could not be read ({type(error).__name__})."))
    for path, data in task.stored:
        try:
            units.append(_read_text(data, path, task.no_tree))
        except Exception as error:
            skipped.append(FileNote(path, f"It could not be read ({type(error).__name__})."))
    return ReadResult(tuple(units), tuple(skipped))


def _read_text(data: bytes, path: str, no_tree: str) -> Unit:
    from pcmfa_lint.frontend.read import read, read_text_only

    return read_text_only(data, path, no_tree) if no_tree else read(data, path)


def _read(task: ReadTask, path: str) -> Unit:
    full = os.path.join(task.root, path)
    handle = os.open(full, _FLAGS)
    with os.fdopen(handle, "rb") as stream:
        data = stream.read(task.size_limit)
    return _read_text(data, path, task.no_tree)


class FileSearch:
    """One task's look at its files, with one buffer for all of them."""

    def __init__(self, task: PrefilterTask) -> None:
        self._task = task
        self._matcher: Matcher = matcher(task.plan)
        self._gates = Gates(task.plan)
        self._buffer = memoryview(bytearray(min(task.size_limit, _USUAL) + 1))
        self._seeds: list[str] = []
        self._skipped: list[FileNote] = []
        self._partly: list[FileNote] = []
        self._marked: dict[str, str] = {}
        self._vanished = 0
        self._remarked: list[str] = []
        self._passes: list[tuple[str, str]] = []
        self._halves: list[tuple[str, str, str]] = []
        self._lost: list[str] = []
        self._touched: list[str] = []
        self._digests: list[tuple[str, bytes]] = []

    def result(self) -> PrefilterResult:
        """The result for all files so far."""
        parts = tuple(self._seeds), tuple(self._skipped), tuple(self._partly), tuple(self._marked.items())
        matches = tuple(self._remarked), tuple(self._passes), tuple(self._halves)
        rest = tuple(self._lost), tuple(self._touched), tuple(self._digests)
        return PrefilterResult(*parts, self._vanished, *matches, *rest)

    def at(self, path: str) -> None:
        """Looks at one file and files it."""
        try:
            handle = os.open(f"{self._task.root}/{path}", _FLAGS)
        except OSError as error:
            self._not_opened(path, error)
            return
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                self._odd(path)
            elif status.st_size > self._task.size_limit:
                self._large(path, handle, status.st_size)
            elif status.st_size:
                self._small(path, handle, status.st_size)
            else:
                self._note_content(path)
        except OSError as error:
            self._skip(path, f"It cannot be read: {error.strerror}.", lost=True)
        finally:
            os.close(handle)

    def at_stored(self, content: Content) -> None:
        """Looks at one file as git has stored it."""
        if content.data is not None:
            self._look_at(content.path, memoryview(content.data))
        elif has_reader(content.path):
            large = f"It is too large: {content.size / 1_000_000:.1f} MB."
            reason = large if content.size >= 0 else "This clone does not contain its content."
            self._skip(content.path, reason, lost=True)

    def _not_opened(self, path: str, error: OSError) -> None:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            self._vanished += 1
        elif error.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EISDIR):
            self._odd(path)
        else:
            self._skip(path, f"It cannot be opened: {error.strerror}.", lost=True)

    def _odd(self, path: str) -> None:
        if note := odd_file(self._task.root, path):
            self._skipped.append(note)

    def _skip(self, path: str, reason: str, lost: bool = False) -> None:
        self._skipped.append(FileNote(path, reason))
        if lost:
            self._lost.append(path)

    def _is_meant(self, path: str, hits: frozenset[int]) -> bool:
        """Whether a file with these hits would be read, alone or with another one."""
        return bool(self._gates.passed(hits, path) or (has_reader(path) and self._gates.partial_matches(hits, path)))

    def _make_room(self, size: int) -> None:
        """Sees to it that so many bytes fit into the buffer, and one more."""
        if size >= len(self._buffer):
            self._buffer = memoryview(bytearray(self._task.size_limit + 1))

    def _small(self, path: str, handle: int, size: int) -> None:
        self._make_room(size)
        self._look_at(path, self._buffer[: _fill(handle, self._buffer, size)])

    def _note_content(self, path: str, *parts: bytes | memoryview) -> None:
        if self._task.digests:
            self._digests.append((path, digest_of(*parts)))

    def _look_at(self, path: str, view: memoryview) -> None:
        self._note_content(path, view)
        head = bytes(view[:HEAD])
        if b"\0" in head and is_binary(view):
            if has_reader(path):
                self._skip(path, "It is binary, not text.", self._is_meant(path, self._matcher.hits(view)))
            return
        if b"coding" in head and (encoding := _hiding(path, head)):
            self._skip(path, f"It declares the encoding {encoding}, in which nothing can be searched.", True)
            return
        self._passes += [(gate, path) for gate in self._gates.shaped(path, view)]
        hits = self._matcher.hits(view)
        if hits:
            self._judge(path, hits)

    def _judge(self, path: str, hits: frozenset[int]) -> None:
        reader = has_reader(path)
        if not is_prose(path):
            for marker in sighted(self._task.plan, hits):
                self._marked[marker] = min(path, self._marked.get(marker, path))
        if reader:
            if not hits.isdisjoint(self._task.plan.remarks):
                self._remarked.append(path)
            if not is_code(path):
                self._touched.append(path)
            self._halves += [(gate, half, path) for gate, half in self._gates.partial_matches(hits, path)]
        gates = self._gates.passed(hits, path)
        if not gates:
            return
        text = any(gate.text for gate in gates)
        missing = "" if reader or all(gate.text for gate in gates) else _no_reader(path)
        if reader or text:
            self._seeds.append(path)
            self._passes += [(gate.id, path) for gate in gates]
        if missing and text:
            self._partly.append(FileNote(path, missing + ONLY_TEXT))
        elif missing:
            self._skip(path, missing)

    def _large(self, path: str, handle: int, size: int) -> None:
        """A file over the limit is searched in windows, and listed if it would have been read."""
        if size > SEARCHED_BYTES:
            self._note_content(path, str(size).encode(), os.read(handle, SMALL_FILE_BYTES))
            if has_reader(path):
                self._skip(path, f"It is too large: {size // 1_000_000} MB.", lost=True)
            return
        self._make_room(self._task.size_limit)
        step, position, hits = overlap(self._task.plan), 0, frozenset[int]()
        parts: list[bytes] = []
        window = self._buffer[: max(WINDOW, 2 * step)] if len(self._buffer) > WINDOW else self._buffer
        while position < size:
            os.lseek(handle, position, os.SEEK_SET)
            count = _fill(handle, window)
            if not count:
                break
            hits |= self._matcher.hits(window[:count])
            parts += [digest_of(window[:count])] if self._task.digests else []
            position += max(count - step, 1) if count == len(window) else count
        self._note_content(path, *parts)
        gates = self._gates.passed(hits, path)
        if gates and (has_reader(path) or any(gate.text for gate in gates) or _no_reader(path)):
            self._skip(path, f"It is too large: {size / 1_000_000:.1f} MB.", lost=True)


def _hiding(path: str, head: bytes) -> str:
    """The encoding that a file says it is written in, if nothing can be found in its bytes then."""
    language = language_for(path)
    encoding = declared_encoding(head, language.encoding_in_comment) if language.name != "text" else ""
    return encoding if encoding and hides_ascii(encoding) and not encoding.startswith(("utf-16", "utf-32")) else ""


def _fill(handle: int, buffer: memoryview, size: int = sys.maxsize) -> int:
    """Reads until the buffer is full, the file ends or the `size` that it has is there; gives the count."""
    count = 0
    while count < min(size, len(buffer)):
        read = os.readv(handle, [buffer[count:]]) if hasattr(os, "readv") else _read_into(handle, buffer[count:])
        if not read:
            break
        count += read
    return count


def _read_into(handle: int, buffer: memoryview) -> int:
    data = os.read(handle, len(buffer))
    buffer[: len(data)] = data
    return len(data)


def is_prose(path: str) -> bool:
    """Whether a file is documentation or data, by its name."""
    return os.path.splitext(path)[1].lower() in _PROSE


def _no_reader(path: str) -> str:
    """Why a file that ought to be read is not; nothing for prose and data."""
    suffix = os.path.splitext(path)[1].lower()
    if is_prose(path):
        return ""
    return f"There is no reader for {suffix} files yet." if suffix else "There is no reader for such files yet."
