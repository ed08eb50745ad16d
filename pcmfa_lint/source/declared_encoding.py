"""In which encoding a text says that it is written. The first pass asks it of many files, so it imports little."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

HEAD = 10_000  # bytes in which a text may say how it is written
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding=[\"']([-\w.]{1,40})")
_IN_COMMENT = re.compile(rb"(?:[^\r\n]*(?:\r\n|\n|\r))?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]{1,40})")  # PEP 263
# What means something else in UTF-7, EBCDIC, escapes and shift sequences.
_PLAIN = bytes(range(0x20, 0x5C)) + bytes(range(0x5D, 0x7F)) + b" +AGE- ~{<:Ky~} \\x41 \\u0041 \x1b$B!!\x1b(B \x0e4\x0f"


def declared_encoding(head: bytes, in_comment: bool) -> str:
    """Python's name for the encoding that a text declares in its first bytes, "" for none or one that nobody knows:
    in an XML declaration, or with `in_comment` as Python sources do, in a comment of the first two lines."""
    match = _DECLARED.match(head) or (_IN_COMMENT.match(head) if in_comment else None)
    return _known_encoding(match[1].decode("ascii")) if match else ""


@lru_cache(maxsize=64)
def hides_ascii(encoding: str) -> bool:
    """Whether an encoding writes plain letters otherwise than ASCII does: nothing can be looked for in its bytes."""
    try:
        return _PLAIN.decode(encoding) != _PLAIN.decode("ascii")
    except (UnicodeError, LookupError):
        return True


@lru_cache(maxsize=64)
def _known_encoding(name: str) -> str:
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # not all codecs are encodings of text
    except (LookupError, UnicodeError, ValueError):
        return ""
    return codec.name
