"""The Python reader: libcst's tree, lowered to a Unit.

libcst recurses on the native stack, whose size differs between platforms from 128 KB to 8 MB; parsing runs in a thread
with a large stack of its own, so that what `guard` lets through is read, or refused, alike everywhere. The garbage
collector pauses meanwhile: a new tree holds nothing to collect, and parsing takes half as long again with it.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import libcst as cst

from pcmfa_lint.frontend.python.lexical_scan import read_as_text
from pcmfa_lint.frontend.python.statements import StatementReader
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Problem, Unit
from pcmfa_lint.source.text import lines

_STACK = 64 * 1024 * 1024  # bytes of address space; pages are only taken when touched
_lock = threading.Lock()


def read_python(text: str, path: str) -> Unit:
    """The unit of a Python file that passed `guard.refuse`. Code that is not valid Python 3 gives `read="text"`."""
    outcome: list[Unit | BaseException] = []

    def work() -> None:
        try:
            outcome.append(_read(text, path))
        except BaseException as error:  # carried over to the calling thread
            outcome.append(error)

    with _lock, _collector_paused():
        _in_deep_thread(work)
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


def _in_deep_thread(work: Callable[[], None]) -> None:
    before = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
    except RuntimeError:  # the machine has no room for one more stack: most files need no deep one
        work()
        return
    finally:
        threading.stack_size(before)
    thread.join()


@contextmanager
def _collector_paused() -> Iterator[None]:
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _read(text: str, path: str) -> Unit:
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        return _invalid(text, path, error.raw_line)
    except (cst.CSTLogicError, cst.CSTValidationError):  # libcst's own checks, and its bugs with new syntax
        return _invalid(text, path, 0)
    reader = StatementReader(text, module)
    body = reader.module_body()
    return Unit(
        path,
        "python",
        lines(text),
        body=body,
        imports=tuple(reader.imports),
        comments=tuple(reader.at.comments),
        opaque=tuple(sorted(reader.at.opaque)),
    )


def _invalid(text: str, path: str, line: int) -> Unit:
    problem = Problem("This is no Python 3 that the parser knows, so only text rules were applied.", line)
    return replace(read_as_text(text, path), problems=(problem,))
