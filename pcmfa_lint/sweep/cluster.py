"""A sweep on the workers of a Dask cluster: the same tasks, handed to `Client.get_executor()`.

The scheduler is trusted as this machine is: what it sends is unpickled. A worker that is lost costs its tasks one more
try elsewhere, which Dask sees to; a scheduler that is lost ends the sweep."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from pcmfa_lint import __version__
from pcmfa_lint.errors import UsageFault

_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}", re.ASCII)
_CONNECT = 10.0  # seconds in which a scheduler has to answer
_AWAY = 5.0  # seconds after which one that was there counts as gone
_LOOKS = 0.2  # seconds between two looks at it
_RETRIES = 1

Result = TypeVar("Result")


class Cluster:
    """The workers behind a scheduler. `width`: how many tasks they do at once."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self.width = self._checked()

    def executor(self, width: int) -> Executor:
        """An executor for tasks; made anew after a fault. Raises UsageFault where the scheduler is gone."""
        if self._client.status != "running":
            raise self._lost_fault()
        return _Workers(self._client)

    def _checked(self) -> int:
        """The number of threads of all workers. Raises UsageFault where there is none, or one without this version."""
        threads = self._client.nthreads()
        if not threads:
            raise UsageFault(f"the scheduler at {self._address} has no workers: start some, then sweep")
        try:
            versions = set(self._client.run(version).values())
        except Exception:  # it may be anything, of any package; its text is of another machine
            raise UsageFault(
                f"a worker of {self._address} cannot run pcmfa-lint: install pcmfa-lint {__version__} on each"
            ) from None
        if versions != {__version__}:
            raise UsageFault(f"the workers of {self._address} do not have pcmfa-lint {__version__}")
        return sum(threads.values())

    def _lost_fault(self) -> UsageFault:
        return UsageFault(
            f"the scheduler at {self._address} is gone: nothing was written; run the same command with --resume"
        )


class _Workers(Executor):
    """Dask's executor, of which nothing stays under way when the scheduler is gone."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False, retries=_RETRIES)
        self._open: set[Future[Any]] = set()
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        future: Future[Result] = self._executor.submit(fn, *args, **kwargs)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._ended.set()
        self._executor.shutdown(wait=False)

    def _watch(self) -> None:
        away = 0.0
        while not self._ended.wait(_LOOKS):
            away = 0.0 if self._client.status == "running" else away + _LOOKS
            if away >= _AWAY or self._client.status == "closed":
                for future in list(self._open):
                    with suppress(InvalidStateError):  # it was answered just now
                        future.set_exception(ConnectionError())
                return


def version() -> str:
    """The version of pcmfa-lint where this runs."""
    return __version__


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The workers of the scheduler at an address such as `tcp://10.0.0.5:8786`. Raises UsageFault."""
    if _ADDRESS.fullmatch(address) is None:
        raise UsageFault(f"--cluster needs an address such as tcp://HOST:8786, not {address!r}")
    try:
        import dask
        from distributed import Client
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("dask", "distributed"):
            raise
        raise UsageFault("--cluster is an extra: pip install pcmfa-lint[cluster]") from None
    _quiet()
    with dask.config.set({"distributed.comm.timeouts.connect": _CONNECT, "distributed.comm.retry.count": 0}):
        try:
            client = Client(address, timeout=_CONNECT, set_as_default=False)
        except (OSError, ValueError, ImportError):
            raise UsageFault(f"the scheduler at {address} does not respond") from None
        try:
            yield Cluster(client, address)
        finally:
            with suppress(Exception):
                client.close(timeout=_CONNECT if client.status == "running" else 0)


def _quiet() -> None:
    """What goes wrong is said in a sentence of ours, not in the log of a library."""
    import logging

    for name in ("distributed", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
