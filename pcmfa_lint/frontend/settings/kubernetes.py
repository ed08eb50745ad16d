"""Kubernetes: the values of a Secret are Base64, which protects nothing. They are decoded to be judged."""

from __future__ import annotations

import base64
import binascii
from collections.abc import MutableSequence

from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Setting


def decode_secrets(settings: MutableSequence[Setting]) -> None:
    """Replaces, in place, the values below `data` beside `kind: Secret` by what they stand for."""
    secrets = {entry.path[:-1] for entry in settings if entry.path[-1:] == ("kind",) and entry.value == "Secret"}
    if not secrets:
        return
    for number, entry in enumerate(settings):
        if entry.path[-2:-1] == ("data",) and entry.path[:-2] in secrets:
            settings[number] = replace(entry, value=_decoded(entry.value))


def _decoded(value: str) -> str:
    """The text behind Base64; the value itself where it is none."""
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode("utf-8").rstrip("\r\n")
    except (binascii.Error, ValueError):
        return value
