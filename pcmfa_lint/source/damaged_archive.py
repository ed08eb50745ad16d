"""The errors that reading a ZIP archive raises where it is damaged, encrypted, or packed in a way that is not known
here."""

from __future__ import annotations

import struct
import zipfile
import zlib

DAMAGED: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,  # a password is asked for
)
try:
    from lzma import LZMAError
except ImportError:  # a Python that was built without it raises NotImplementedError
    pass
else:
    DAMAGED = (*DAMAGED, LZMAError)
