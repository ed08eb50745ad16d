"""Whether a program runs without a person: by how it gets the tokens that a call carries."""

from __future__ import annotations

from collections.abc import Collection

from pcmfa_lint.evidence.model import Origin, TokenRequest

_IN_PERSON = frozenset({"interactive", "device-code"})


def by_secret(secret: Origin) -> bool | None:
    """Whether a sign-in needs no person, by where its secret comes from; None if that is not known."""
    return None if secret.kind in ("parameter", "unknown") else secret.kind not in ("prompt", "session")


def by_request(request: TokenRequest) -> bool | None:
    """Whether a token request needs no person."""
    return False if request.flow and set(request.flow) <= _IN_PERSON else request.unattended


def by_all(answers: Collection[bool | None]) -> bool | None:
    """Of several tokens: one that needs nobody is enough; a person is there if all of them ask one."""
    if True in answers:
        return True
    return False if answers and None not in answers else None
