"""The holes of a message: which attributes of the evidence it asks for."""

from __future__ import annotations

from string import Formatter


def holes(message: str) -> list[str]:
    """The attributes that a message asks for. Raises ValueError where its braces are not in order."""
    names: list[str] = []
    for _, hole, spec, conversion in Formatter().parse(message):
        if hole is not None:
            if spec or conversion or not hole:
                raise ValueError("a hole is a dotted attribute in braces and nothing else")
            names.append(hole)
    return names
