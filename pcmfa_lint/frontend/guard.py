"""Texts that no parser may be given. A scanned repository is hostile input, and a native parser that overflows its
stack takes the whole process with it; so this looks first, in linear time, and refuses with a sentence.
"""

from __future__ import annotations

import re

from pcmfa_lint.frontend.problems import TANGLED
from pcmfa_lint.frontend.python.lexical_scan import scan
from pcmfa_lint.limits import OPEN_ANGLES, PARSED_CHARS, PARSED_PYTHON_CHARS, PYTHON_ELIFS, PYTHON_STRAIN, PYTHON_WORK

# Strain as `lexical_scan` measures it: 2,000 is 50 nested brackets, or a chain of 500 `+` or 125 calls. On the stack
# that the Python reader gives libcst, it crashes beyond 100,000; a Unit cannot be pickled from some 4,000 on.

BUNDLE_CHARS = 100_000  # code of more characters than that …
BUNDLE_LINE = 500  # … with more than that in a line, on average, is what a bundler wrote, …
WRITTEN_LINES = 5  # … unless so many lines of code stand beside so few long ones, as a person writes them
LONG_LINES = 3


_ANGLES = re.compile(r"(?<!<)<(?![<=])|>|[;{}]")


def refuse(text: str, language: str) -> str | None:
    """The reason why `text` must not be parsed, in one sentence, or None. Only Python's parser needs more than a limit
    in size: tree-sitter keeps its own stack on the heap, and `bounded_parse` counts its steps. In C#, a `<` may begin
    a type's arguments or compare, and of many that are not closed the parser compares all readings between two steps.
    A bundle is not what a person wrote, and nobody can repair it there."""
    if len(text) > (PARSED_PYTHON_CHARS if language == "python" else PARSED_CHARS):
        return "The file is too large to be parsed."
    if language == "javascript" and len(text) > BUNDLE_CHARS and _is_bundle(text):
        return "The file is bundled or minified code; scan its source instead."
    if language == "csharp" and _has_open_angles(text):
        return TANGLED
    if language != "python":
        return None
    scan_result = scan(text)
    if scan_result.peak > PYTHON_STRAIN:
        return "The code is nested too deeply, or one expression is too long, to be parsed safely."
    if scan_result.work > PYTHON_WORK or scan_result.elifs > PYTHON_ELIFS:
        return "The code has too many long expressions or branches to be parsed in reasonable time."
    return None


def _has_open_angles(text: str) -> bool:
    """Whether so many `<` that nothing closes stand in one statement."""
    depth = 0
    for match in _ANGLES.finditer(text):
        depth = depth + 1 if match[0] == "<" else max(depth - 1, 0) if match[0] == ">" else 0
        if depth > OPEN_ANGLES:
            return True
    return False


def _is_bundle(text: str) -> bool:
    """Whether a bundler wrote this. One long line of data beside code that a person wrote makes no bundle."""
    lines = text.split("\n")
    if len(text) <= BUNDLE_LINE * len(lines):
        return False
    long = sum(len(line) > BUNDLE_LINE for line in lines)
    written = (line.strip() for line in lines if len(line) <= BUNDLE_LINE)
    code = sum(bool(line) and not line.startswith(("//", "/*", "*")) for line in written)
    return long > LONG_LINES or code < WRITTEN_LINES
