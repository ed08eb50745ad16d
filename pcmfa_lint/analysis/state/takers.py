"""Takers of a password that no sign-in in sight takes."""

from __future__ import annotations

from pcmfa_lint.ir.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Taker:
    """A function or command that a value was handed to. `name`: the command, or the dotted function or type; `beside`:
    the other texts that it was given, with the names under which they stand."""

    name: str
    beside: tuple[tuple[str, str], ...] = ()
