"""Arguments as other programs want them, in a form that the grammar reads.

PowerShell hands `--query="a b"`, `-o"a b"`, a lone `-` or `stash@{0}` to a program as one argument each. The grammar
takes the dash for an operator and the quotation mark for the beginning of a string, and then loses what follows. All
rewrites keep the number of characters; `repair` says when which is applied.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pcmfa_lint.limits import COMMAND_CHARS, DASHES, NESTED_PARENTHESES

_LONE_DASH = re.compile(r"(?<=[ \t])--?(?=[ \t\r\n;|)}]|$)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_PARENTHESES = re.compile(r"\([^()]*\)")
_SEPARATOR = re.compile(r"[|;{(\[]|(?<=[\s\w])[-+*/]?=(?=\s)|&&|\A[ \t]*\$[\w:.]+=")
# where a command begins: a word that is neither a keyword, before an expression, nor the target of an assignment
_COMMAND = re.compile(
    r"[\s`]*(?:[&.][ \t]*\S+"
    r"|(?!(?:return|throw|exit|else|do|try|finally|begin|process|end|in)\b)[A-Za-z.\\/~][\w.\\/:~-]*(?![\w(]))"
    r"(?!\s*[-+*/]?=)[\s`]",
    re.IGNORECASE,
)
_FLAG_WITH_VALUE = re.compile(r"(?<=[\s(])(--?[A-Za-z][\w.-]*)=(?=[\"'$])")
_STRING = r"(?:\"[^\"\r\n]*\"|'[^'\r\n]*')"


def flags(text: str) -> str:
    """`--name="value"` as `--name "value"`."""
    return _FLAG_WITH_VALUE.sub(r"\1 ", text)


def lone_dashes(text: str) -> str:
    """`-` and `--` among the arguments of a command as words."""
    return _LONE_DASH.sub(
        lambda dash: "x" * len(dash[0]) if _in_command(text, dash.start()) else dash[0], text, count=DASHES
    )


def _in_command(text: str, at: int) -> bool:
    """Whether a place is behind the name of a command, in the same statement."""
    *above, line = text[max(0, at - COMMAND_CHARS) : at].split("\n")
    while above and above[-1].rstrip().endswith("`"):
        line = f"{above.pop()} {line}"
    written = _QUOTED.sub('"', line)
    for _ in range(NESTED_PARENTHESES):
        written = _PARENTHESES.sub(" ", written)
    segment = _SEPARATOR.split(written)[-1]
    return ")" not in segment and _COMMAND.match(segment) is not None


def _masked(match: re.Match[str]) -> str:
    """The argument as one word."""
    return re.sub(r"[^\w\r\n-]", "x", match[0])


def _second_masked(match: re.Match[str]) -> str:
    return match[1] + re.sub(r"\W", "x", match[2])


# Guesses, for a text that the grammar cannot read.
WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<=[\s(])-[A-Za-z]\w*(?:\.[\w-]+)+(?=[= ])"), _masked),  # -Da.b="c"
    (re.compile(r"(?<=[\s(])-[A-Za-z]\w*=[^\s\"'$(|;]+"), _masked),  # -a=b.c
    (re.compile(rf"(?<= )(-[\w-]+ )([\w./]+={_STRING})(?=\s|$)"), _second_masked),  # --a="b" c="d e"
    (re.compile(rf"(?<=\s)-{{1,2}}[A-Za-z]\w*{_STRING}(?=\s|$)"), _masked),  # -o"a b"
    (re.compile(rf"(?<=\s)[\w./-]+=(?:{_STRING},[^\s\"']*)+"), _masked),  # a="b c",d=e
    (re.compile(r"(?<=\s)\[\d*\][\w.\[\]*-]*(?=\s|$)"), _masked),  # [0].name
    (re.compile(r"(?<=\s)[\w./-]+@\{[\w-]*\}(?=\s|$)"), _masked),  # stash@{0}
    (re.compile(r"(?<=\s)-\w+![^\s\"'|;]+"), _masked),  # -xr!*.tmp
    (re.compile(r"(?<=\s)[\w\\]+:(?:\([\w,]*\))+\w*"), _masked),  # Users:(OI)(CI)F
)
