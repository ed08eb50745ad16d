"""The parts of a file beside its statements: imports, entries of settings, comments, and why it could not be read."""

from __future__ import annotations

from typing import Literal

from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.span import Span


@dataclass(frozen=True, slots=True)
class Import:
    """`module` as written: `a.b`, `..pkg.mod` (leading dots = relative), `lib/x.ps1` for dot-sourcing (what is static
    of the path, `/` as separator), a PowerShell module's name. `names`: (name, local name); ("*", "*") for all;
    empty = the module itself under `alias` (or its first part). kind `source` runs the file in this scope."""

    module: str
    span: Span
    names: tuple[tuple[str, str], ...] = ()
    alias: str = ""
    kind: Literal["module", "source"] = "module"


@dataclass(frozen=True, slots=True)
class Setting:
    """One entry of a settings file: its key path, its value, and exactly where the value stands (without quotes)."""

    path: tuple[str, ...]
    value: str
    span: Span
    key_span: Span


@dataclass(frozen=True, slots=True)
class Comment:
    """`text` without the comment marks."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """The reason why a file was read only partly, or not at all; one sentence."""

    reason: str
    line: int = 0
