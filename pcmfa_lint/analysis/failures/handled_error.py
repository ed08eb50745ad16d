"""What becomes of a failed call on one way out of it, and which of several is worse."""

from __future__ import annotations

from pcmfa_lint.evidence.model import ErrorHandling, Place
from pcmfa_lint.ir.frozen import dataclass

_HIDING = ("value", "continue", "fall-through", "lost")


@dataclass(frozen=True, slots=True)
class HandledError:
    """The treatment of a request on one way out of it. `caller`: the call in a calling function that decided it (None:
    decided where it is sent). `answered`: decided by what was done with the answer, not by a handler. `passed_on`: no
    end of the way, but a call on it whose handler passed the error on without its status. `again`: where a handler of
    the client sends whatever fails again, without end."""

    error_handling: ErrorHandling
    caller: Place | None = None
    answered: bool = False
    passed_on: bool = False
    again: Place | None = None


def is_hidden(error_handling: ErrorHandling) -> bool:
    """True if a 401 becomes an ordinary value, or nothing, and nobody on its way tells it apart."""
    hides = error_handling.then in _HIDING or error_handling.checks == "401-as-success"
    return hides and not error_handling.distinguishes_401


def rank(error_handling: ErrorHandling) -> tuple[int, int, int]:
    """The worse, the greater: what hides a 401 before what stops, what nobody tells before what is told."""
    return (
        int(is_hidden(error_handling)),
        int(not error_handling.distinguishes_401),
        int(not error_handling.logs),
    )
