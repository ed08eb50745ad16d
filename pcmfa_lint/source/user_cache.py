"""Files that we keep in the user's cache folder, to be faster the next time. All of them may be deleted at any time.

They are the user's alone (folders 0700, files 0600). What is broken, foreign, readable by others or not to be read at
all is ignored without a word, and so is a folder that cannot be written.
"""

# ruff: noqa: PTH105, PTH108, PTH111, PTH118, PTH123
# Texts instead of Path objects: this runs at every start, and `pathlib` takes longer to import than all of it.

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress

try:
    from _blake2 import blake2b  # what `hashlib` gives, which takes a tenth of the whole start to load
except ImportError:
    from hashlib import blake2b

enabled = [True]  # whether anything is read or written in this process
_MAGIC = b"pcmfa-lint cache\n"
_DIGEST = 20  # bytes
_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOCTTY"):
    _FLAGS |= getattr(os, _name, 0)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PRIVATE, _PRIVATE_FOLDER = 0o600, 0o700


def user_cache_folder() -> str:
    """The user's folder for our files, which need not be there."""
    if sys.platform == "linux":  # as platformdirs says, without importing it
        base = os.environ.get("XDG_CACHE_HOME", "").strip() or os.path.expanduser("~/.cache")
        return os.path.join(base, "pcmfa-lint")
    from platformdirs import user_cache_dir

    return user_cache_dir("pcmfa-lint", appauthor=False)


def key_of(*parts: bytes | str, secret: bytes = b"") -> str:
    """A name for what depends on `parts` and on nothing else. `secret`: without it nobody can try out what the parts
    may have been."""
    hashed = blake2b(digest_size=_DIGEST, key=secret)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()


def digest_of(*parts: bytes | memoryview) -> bytes:
    """A digest that tells the content of a file from any other."""
    hashed = blake2b(digest_size=_DIGEST)
    for part in parts:
        hashed.update(part)
    return hashed.digest()


def framed(data: bytes) -> bytes:
    """The content of a file: `data` and how to see that it is whole."""
    return _MAGIC + blake2b(data, digest_size=_DIGEST).digest() + data


def unframed(content: bytes) -> bytes | None:
    """The data in a file's content; None if it is not whole."""
    start = len(_MAGIC) + _DIGEST
    is_intact = content.startswith(_MAGIC) and framed(content[start:]) == content
    return content[start:] if is_intact else None


class CacheArea:
    """One kind of files in the user's cache, `most` bytes of them together. `size`: bytes of one file at most."""

    def __init__(self, name: str, most: int, size: int) -> None:
        self._folder = os.path.join(user_cache_folder(), name)
        self._most = most
        self._size = size

    def read(self, key: str) -> bytes | None:
        """The data that was kept under a key."""
        if not enabled[0]:
            return None
        try:
            folder = os.lstat(self._folder)
            if not (stat.S_ISDIR(folder.st_mode) and _is_ours(folder)):
                return None
            file = os.path.join(self._folder, key)
            handle = os.open(file, _FLAGS)
        except OSError:
            return None
        with suppress(OSError), open(handle, "rb") as stream:
            status = os.fstat(handle)
            if stat.S_ISREG(status.st_mode) and _is_ours(status) and status.st_size <= self._size:
                data = unframed(stream.read(self._size))
                with suppress(OSError):
                    os.utime(stream.fileno() if os.utime in os.supports_fd else file)  # it is of use: see `_tidy`
                return data
        return None

    def write(self, key: str, data: bytes) -> None:
        """Keeps data under a key, if that can be done, and removes what was used longest ago if it is too much."""
        content = framed(data)
        if len(content) > self._size or not enabled[0]:
            return
        beside = os.path.join(self._folder, f".{key}.{os.getpid()}.part")
        with suppress(OSError):
            self._make_folder()
            try:
                handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _PRIVATE)
                with open(handle, "wb") as stream:
                    stream.write(content)
                os.replace(beside, os.path.join(self._folder, key))
            finally:
                with suppress(OSError):
                    os.unlink(beside)
            self._tidy()

    def _make_folder(self) -> None:
        above = os.path.dirname(self._folder)  # noqa: PTH120
        for folder in (above, self._folder):
            if not os.path.isdir(folder):  # noqa: PTH112
                os.makedirs(folder, _PRIVATE_FOLDER, exist_ok=True)  # noqa: PTH103
        if not _is_ours(os.lstat(self._folder)):
            raise PermissionError

    def _tidy(self) -> None:
        """Removes the oldest files until the rest is not too much."""
        with os.scandir(self._folder) as scan:
            entries = [(entry.stat(follow_symlinks=False), entry.path) for entry in scan]
        total = sum(status.st_size for status, _ in entries)
        for status, path in sorted(entries, key=lambda each: each[0].st_mtime_ns):
            if total <= self._most:
                return
            with suppress(OSError):
                os.unlink(path)
            total -= status.st_size


def _is_ours(status: os.stat_result) -> bool:
    """Whether only this user can have written and can read a file or folder, where the system tells."""
    if sys.platform == "win32":
        return True  # the folder lies in the user's profile
    return status.st_uid == os.getuid() and not status.st_mode & _OTHERS
