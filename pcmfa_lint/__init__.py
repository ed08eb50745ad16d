"""pcmfa-lint: finds Partner Center integrations that Microsoft's MFA enforcement will cut off."""

__version__ = "1.0.0"

import os as _os
import sys as _sys

# `python -m pcmfa_lint` puts the current folder first on the path. It may be what is scanned, and nothing of that is
# ever imported: it is taken away before anything else is. (-P, -I and PYTHONSAFEPATH leave it out by themselves.)
if _sys.argv[:1] == ["-m"] and not (_sys.flags.isolated or getattr(_sys.flags, "safe_path", False)):
    try:
        if _sys.path[:1] == [_os.getcwd()]:  # noqa: PTH109
            del _sys.path[0]
    except OSError:
        del _sys.path[0]
