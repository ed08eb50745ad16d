"""A match that must know every kind: when one is added, mypy refuses a match that does not say what becomes of it."""

from __future__ import annotations

from typing import NoReturn


def assert_never(value: NoReturn) -> NoReturn:
    """For the last case of a match: `typing.assert_never`, which Python 3.10 does not have."""
    raise AssertionError(f"not expected: {type(value).__name__}")
