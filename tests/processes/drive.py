"""The command line, with workers that come to be in a certain way: python drive.py HOW ARGUMENT...

`fork` and `spawn` are our own; `spawn-executor` and the like are executors of `multiprocessing`, as a caller gives.
"""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

from pcmfa_lint.cli import main
from pcmfa_lint.engine.workers import pool
from pcmfa_lint.processes import start

if __name__ == "__main__":
    how = sys.argv.pop(1)
    if how.endswith("-executor"):
        context = multiprocessing.get_context(how.removesuffix("-executor"))
        pool.process_pool = lambda width: ProcessPoolExecutor(width, mp_context=context)
    else:
        start.METHOD = how  # type: ignore[assignment]
    main()
