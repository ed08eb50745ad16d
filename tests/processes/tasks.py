"""Tasks that cost their worker, each in its own way."""

from __future__ import annotations

import os
import time


def work(kind: str) -> str:
    if kind == "spins":
        while True:
            pass
    if kind == "sleeps":
        time.sleep(60)
    if kind == "aborts":
        os.abort()
    if kind == "hoards":
        hoard = []
        while True:
            hoard.append(bytearray(50_000_000))
    if kind == "raises":
        raise KeyError("what stood in a file")
    return kind
