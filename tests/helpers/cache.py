"""The user's cache folder in tests: there is none, unless a test asks for one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pcmfa_lint.source import user_cache
from pcmfa_lint.source.user_cache import user_cache_folder


def without_cache(patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone, nothing can be kept: a test is about what it does, not about what another one did."""
    patch.setattr(user_cache, "user_cache_folder", lambda: os.path.join(os.devnull, "cache"))  # noqa: PTH118
    patch.setattr(user_cache, "enabled", [True])


def with_cache(patch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Until `patch` is undone, things are kept in a folder below `folder`, which is given back."""
    patch.setenv("XDG_CACHE_HOME", str(folder))
    patch.setattr(user_cache, "user_cache_folder", user_cache_folder)
    return Path(user_cache_folder())


def everything_in(folder: Path) -> str:
    """All names and contents below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{path.relative_to(folder)}\n{path.read_text('utf-8', 'replace')}\n" for path in files)
