"""The role of a value as a part of an answer, as tests and errors ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from pcmfa_lint.ir.nodes import Expression

# `text`: what is called like a message or a body; `body`: the body itself; `caught`: the error that a handler got.
Role: TypeAlias = Literal["status", "ok", "response", "answer", "error", "text", "true", "false", "caught", "body", ""]
Subject: TypeAlias = Callable[[Expression], Role]
Words: TypeAlias = Callable[[Expression], list[str]]
