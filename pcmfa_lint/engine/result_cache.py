"""Finished results of whole runs, kept in the user's cache folder under all that they depend on.

What is kept is what a report may show: masked, and checked for it when it is read back. Files are named by a keyed hash
of the contents, paths, settings, rules and the program itself; so a name tells nothing, and nothing has ever to be
declared stale. A run that lost anything to a limit of time or memory is not kept: the next one may fare better.
"""

# ruff: noqa: PTH114, PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pcmfa_lint import __version__
from pcmfa_lint.config import Settings
from pcmfa_lint.engine.plain_data import packed, unpacked
from pcmfa_lint.knowledge.compiled import Compiled
from pcmfa_lint.knowledge.paths import shipped_folder
from pcmfa_lint.source.user_cache import CacheArea, digest_of, key_of

if TYPE_CHECKING:
    from pcmfa_lint.discovery.discover import Listing
    from pcmfa_lint.discovery.scope import Scope

T = TypeVar("T")

_MOST = 100_000_000  # bytes of all results
_SIZE = 20_000_000  # of one
_SECRET = 32
_NOT_ASKED = frozenset({"jobs", "cache", "today", "baseline"})  # settings without which a result is the same


class ResultCache:
    """Results by the key that `key` gives for them."""

    def __init__(self) -> None:
        self._area = CacheArea("results", _MOST, _SIZE)

    def read(self, kind: type[T], key: str) -> T | None:
        """The cached result of a key; None if there is none."""
        data = self._area.read(key) if key else None
        return None if data is None else unpacked(kind, data)

    def write(self, key: str, result: object) -> None:
        """Caches a result under its key; does nothing without a key."""
        if key:
            self._area.write(key, packed(result))


def key(listing: Listing, scope: Scope, settings: Settings, others: Sequence[str], *more: object) -> str:
    """The key of what a run over these files, and `others` around them, gives; "" if there can be none. `more`: what
    they hold, and whatever else the result depends on, as plain data."""
    secret = _secret()
    links = (os.path.islink(os.path.join(listing.root, folder)) for folder in _folders((*listing.files, *others)))
    if not secret or any(links):  # links may lead elsewhere the next time
        return ""
    options = [(each.name, getattr(settings, each.name)) for each in fields(settings) if each.name not in _NOT_ASKED]
    listed = (listing.files, listing.excluded, listing.skipped, listing.notes, tuple(others))
    files = (listed, listing.ignore.state(), sorted(listing.stored.items()))
    day = (settings.today or date.today()).isoformat()
    depends = (os.path.basename(listing.root), scope.state(), options, day, files, more)  # noqa: PTH119
    rules = [digest_of(*parts) for parts in map(_rules, (shipped_folder(), *settings.rules))]
    return key_of(_program(), *rules, file_digest(settings.baseline), repr(depends), secret=secret)


def narrowed(key: str, *more: object) -> str:
    """The key of a result that depends on `more`, plain data, besides that of another key."""
    return key_of(key, repr(more))


def kept_or_made(kind: type[T], key: str, make: Callable[[], T], is_kept: Callable[[], bool]) -> T:
    """The result under a key; if there is none, one is made, and kept if `is_kept` says so afterwards."""
    results = ResultCache()
    cached = results.read(kind, key)
    if cached is not None:
        return cached
    result = make()
    if is_kept():
        results.write(key, result)
    return result


def file_digest(path: str) -> bytes:
    """A digest that tells the content of a file from any other; nothing for "" and a file that cannot be read."""
    try:
        return digest_of(Path(path).read_bytes()) if path else b""
    except OSError:
        return b""


def _folders(paths: Iterable[str]) -> set[str]:
    """All folders in which files lie."""
    return {above for folder in {path.rpartition("/")[0] for path in paths} for above in _leading(folder)}


def _leading(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _rules(folder: str) -> list[bytes]:
    """The names and contents of the rules in a folder; that of one which is not there is another matter."""
    try:
        sources = Compiled(folder).sources
    except OSError:
        return [folder.encode("utf-8", "surrogateescape")]
    return [part for name, data in sources.items() for part in (digest_of(name.encode()), digest_of(data))]


def _secret() -> bytes:
    """What the names of files are hashed with, made when it is first needed; nothing if it cannot be kept."""
    area = CacheArea("secret", most=1_000, size=1_000)
    secret = area.read("secret")
    if secret is None or len(secret) != _SECRET:
        area.write("secret", os.urandom(_SECRET))
        secret = area.read("secret")
    return secret or b""


@lru_cache(maxsize=1)
def _program() -> str:
    """This program as it is installed: its code, Python, and the versions of what it uses."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    code = [part for path in sorted(_code(package)) for part in (path.encode(), file_digest(path))]
    return repr((__version__, sys.version, sys.platform, key_of(*code), _installed(sys.path)))


def _code(package: str) -> Iterator[str]:
    for folder, _, names in os.walk(package):
        yield from (os.path.join(folder, name) for name in names if name.endswith((".py", ".scm")))


def _installed(folders: Sequence[str]) -> list[str]:
    """The names and versions of what is installed, as the folders of their descriptions are called."""
    versions: set[str] = set()
    for folder in folders:
        try:
            versions.update(name for name in os.listdir(folder or ".") if name.endswith((".dist-info", ".egg-info")))  # noqa: PTH208
        except OSError:
            continue
    return sorted(versions)
