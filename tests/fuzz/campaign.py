"""Runs inputs against a reader in a process of its own, and says which one crashed it, held it up, or gave two answers.

The process writes the number of each input before it reads it. One that hangs is ended by its own watchdog, a timer of
the processor time that it takes (a machine may be busy with other things), which needs no help of the interpreter;
where the system has none, by a thread that watches the clock. Then the next process goes on behind that input.
"""

from __future__ import annotations

import faulthandler
import hashlib
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.inputs import made
from tests.fuzz.readers import ROOT, Reader, readers

SLOW = 1.0  # processor seconds for one input, which is at most 10 kB
_HANGS = 20  # processor seconds after which the watchdog ends the process
_TIMER = int(getattr(signal, "SIGPROF", 0))
_TWICE = 50  # one input of so many is read twice
_COMPARED = 200  # inputs whose results are compared between processes with different hashes


@dataclass
class Outcome:
    """What became of the inputs `first` up to, not including, `after`."""

    reader: str
    first: int
    after: int
    finds: list[tuple[int, str]] = field(default_factory=list)  # number of an input, and what happened
    longest: float = 0.0
    longest_at: int = 0


def named(names: list[str]) -> list[Reader]:
    """The readers of these names, in order; all, if none is named."""
    return [reader for reader in readers() if not names or reader.name in names]


def run(reader: str, first: int, seconds: float) -> Outcome:
    """As many inputs as fit in so many processor seconds."""
    outcome = Outcome(reader, first, first)
    end = time.monotonic() + 20 * seconds + 60
    while seconds > 0 and time.monotonic() < end:
        before = outcome.after
        seconds -= _part(outcome, seconds)
        if outcome.after == before:
            break
    return outcome


def _part(outcome: Outcome, seconds: float) -> float:
    """Goes on in a new process. Gives the seconds that it took."""
    command = [sys.executable, "-m", "tests.fuzz.campaign", outcome.reader, str(outcome.after), str(seconds)]
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    number, ended = outcome.after, False
    for line in done.stdout.splitlines():
        kind, _, said = line.partition(" ")
        if kind == "at":
            number = int(said)
        elif kind == "find":
            at, _, what = said.partition(" ")
            outcome.finds.append((int(at), what))
        elif kind == "longest":
            took, at = said.split()
            if float(took) > outcome.longest:
                outcome.longest, outcome.longest_at = float(took), int(at)
        ended = ended or kind == "end"
    if not ended:
        how = (
            "hangs"
            if "Timeout" in done.stderr or done.returncode == -_TIMER
            else f"ends the process ({done.returncode})"
        )
        place = next((line.strip() for line in done.stderr.splitlines() if "pcmfa_lint" in line), "")
        outcome.finds.append((number, f"{how} {place}"))
        number += 1
    outcome.after = number
    return time.monotonic() - start if not ended else seconds


def digests(reader: str, first: int, count: int, seed: str) -> str:
    """What a reader gives for some inputs, in a process with this seed of hashes."""
    command = [sys.executable, "-m", "tests.fuzz.campaign", "--digests", reader, str(first), str(count)]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    return done.stdout


def compared(reader: str, first: int) -> list[tuple[int, str]]:
    """The inputs from number `first` on that have another answer in a process with other hashes."""
    one, other = (digests(reader, first, _COMPARED, seed).splitlines() for seed in ("1", "2"))
    return [(int(a.split()[0]), "another answer with other hashes") for a, b in zip(one, other, strict=False) if a != b]


def _child(name: str, first: int, seconds: float) -> None:
    (reader,) = named([name])
    place = os.dup(1)  # unbuffered, since the process may end at any time
    number, end, longest = first, time.process_time() + seconds, (0.0, first)
    while time.process_time() < end:
        os.write(place, b"at %d\n" % number)
        data = made(reader, number)
        _watch()
        start, result = time.process_time(), None
        try:
            result = reader.run(data)
            if number % _TWICE == 0 and _digest(result) != _digest(reader.run(data)):
                os.write(place, b"find %d two answers\n" % number)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = f"find {number} {type(error).__name__} in {Path(where.filename).name}:{where.lineno}\n"
            os.write(place, said.encode("ascii", "replace"))
        took = time.process_time() - start
        if failed := _failed(result):
            os.write(place, f"find {number} {failed}\n".encode("ascii", "replace"))
        if took > SLOW:
            os.write(place, b"find %d takes %.1f s\n" % (number, took))
        longest = max(longest, (took, number))
        number += 1
    os.write(place, b"at %d\nlongest %.3f %d\nend\n" % (number, *longest))


def _watch() -> None:
    """Gives the next input its time."""
    if hasattr(signal, "SIGPROF"):
        faulthandler.register(signal.SIGPROF, chain=True)  # says where it hangs; then the signal ends the process
        signal.setitimer(signal.ITIMER_PROF, _HANGS)
    else:
        faulthandler.dump_traceback_later(_HANGS, exit=True)


def _failed(result: object) -> str:
    """What a unit says of a reader that failed."""
    problems = getattr(result, "problems", ())
    return next((each.reason for each in problems if " reader failed (" in each.reason), "")


def _digest(result: object) -> str:
    return hashlib.sha256(repr(result).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _digests(name: str, first: int, count: int) -> Iterator[str]:
    (reader,) = named([name])
    for number in range(first, first + count):
        _watch()
        try:
            yield f"{number} {_digest(reader.run(made(reader, number)))}"
        except Exception as error:
            yield f"{number} {type(error).__name__}"


def main(arguments: list[str]) -> None:
    if arguments[0] == "--digests":
        print("\n".join(_digests(arguments[1], int(arguments[2]), int(arguments[3]))))
    else:
        _child(arguments[0], int(arguments[1]), float(arguments[2]))


if __name__ == "__main__":
    main(sys.argv[1:])
