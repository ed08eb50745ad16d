"""Rewrites of PowerShell text, character for character, that let the grammar read what it otherwise cannot.

PowerShell accepts typographic quotes and dashes, a statement on the line of its `param(…)`, null-conditional access and
a few more things that the grammar does not know. Each rewrite here keeps the number of characters, so that every
position stays true, and values are always taken from the text as it was written: a rewrite inside a string is harmless.
`plain` is exact and always applied; `REPAIRS` are guesses, made only where the grammar failed and kept only if it then
fails less.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from pcmfa_lint.frontend.powershell.native_arguments import WORDS, flags, lone_dashes

# PowerShell treats each of these as the ASCII character; characters beyond the BMP are two UTF-16 units.
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u2013\u2014\u2015", "-"),
        **dict.fromkeys("\u00a0\u0085\ufeff", " "),
    }
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff\ud800-\udfff]")


def plain(text: str) -> str:
    """The text with typographic quotes, dashes and white space as ASCII, each character as one UTF-16 unit, and the
    arguments of other programs apart."""
    text = text.replace("\t", " ").replace("\0", " ")
    text = text if text.isascii() else _ASTRAL.sub("\ue000", text.translate(_SAME))
    return lone_dashes(flags(text))


def _comments(match: re.Match[str]) -> str:
    """Line comments as block comments; one that is too short for the marks says nothing."""
    within = re.sub(r"#[^\r\n]{3,}", lambda line: "<#" + "." * (len(line[0]) - 4) + "#>", match[0])
    return re.sub(r"`|\r|\n|(?<!<)#(?!>)[^\r\n>]{0,2}(?=[\r\n])", lambda rest: " " * len(rest[0]), within)


def _digits(words: str) -> str:
    """Bare words of a list as numbers, which the grammar takes there; the reader sees that they are none."""
    return re.sub(r"[\w.*-]", "1", words)


def _keep(*groups: int) -> Callable[[re.Match[str]], str]:
    """Blanks a match except for these groups."""

    def rewrite(match: re.Match[str]) -> str:
        out = [" "] * len(match[0])
        for group in groups:
            out[match.start(group) - match.start() : match.end(group) - match.start()] = match[group]
        return "".join(out)

    return rewrite


_WORDS = r"(?!(?:else|elseif|catch|finally|while|until|begin|process|end|clean)\b)[A-Za-z]\w*"
_BLOCKS = _WORDS + r"|\$\w+|'[^'\n]*'|\"[^\"\n]*\"|\d+|\{[^{}\n]*\}"  # what a clause of a switch may begin with
_CALL = r"\$[\w:]+(?:\.\w+)+\((?:[^()\n]|\([^()\n]*\))*\)"
_LIST = r"(?:\$[\w:.]+,[ \t]*)*"
_OPERATORS = "eq|ne|gt|ge|lt|le|like|match|in|contains|and|or|not|replace|split|join|f|is|as|[ci]?(?:not)?[a-z]{2,8}"
_REWRITES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    # a comment line after a continued line ends the statement; its author did not mean it to
    (re.compile(r"`[ \t]*\r?\n(?:[ \t]*#[^\r\n]*\r?\n){1,40}(?=[ \t]*[-|@])"), _comments),
    (re.compile(r"(\bparam\b)[ \t]*[\r\n]\s*(\()", re.I), _keep(1, 2)),
    (re.compile(r"(\})[ \t]*[\r\n]\s*(\b(?:elseif|else)\b)", re.I), _keep(1, 2)),
    (re.compile(r"(\b(?:break|continue))[ \t]+:?[A-Za-z]\w*(?=[ \t]*(?:[;}\r\n]|$))", re.I), _keep(1)),
    (re.compile(r"(?<=[\w)\]}])\?\.(?=[A-Za-z])"), lambda match: "._"),
    (re.compile(r"(?<=\w)\?(?=\[)"), lambda match: "_"),
    (re.compile(r"(?<= )-[ci]in\b", re.I), lambda match: "-ceq"),
    (re.compile(r"(?<= )-[ci]notin\b", re.I), lambda match: "-cmatch"),
    (re.compile(rf"(?<=\}})[ \t](?=[ \t]*(?:{_BLOCKS})[ \t]*\{{)", re.I), lambda _: "\n"),
    (re.compile(r"(?<=\[)\[[\w.]+\](?:,\s*\[[\w.]+\])+(?=\])"), lambda match: re.sub(r"[\[\]]", " ", match[0])),
    # `-Value $x.GetType().Name`: the grammar ends an argument after the call; the reader looks at what follows it
    (re.compile(rf"(?<=\s)(-(?!(?:{_OPERATORS})\b)\w+[ :]+{_LIST}{_CALL})(?:\.\w+\b(?!\())+"), _keep(1)),
    (re.compile(rf"(\b[A-Za-z]\w*-[A-Za-z]\w*[ ]+{_LIST}{_CALL})(?:\.\w+\b(?!\())+"), _keep(1)),
    (re.compile(r"(?<=\.)(?:where|foreach)(?=[ \t]*(?:[);.|}\r\n]|$))", re.I), lambda match: "w" * len(match[0])),
    (re.compile(r"(?<=[\w\\/])\$\{[\w:]+\}(?=[\w.\\/-])"), lambda match: "x" * len(match[0])),
    (re.compile(r"^([ \t]*using[ \t]+module[ \t]+)['\"]([^'\"\s]+)['\"]", re.I | re.M), _keep(1, 2)),
    (re.compile(r"(?<=[\s=])<([A-Za-z][^<>\r\n'\"|;{}()]*)>"), lambda match: f"'{match[1]}'"),
    (re.compile(r"(?<=\w)>(?=[ \t]*$)", re.M), lambda match: " "),
    # `'a', b`, `@{…}, b`, `$x, b`: bare words after another item of a list
    (re.compile(r"(?<=[}'\"])(?:\s*,\s*[A-Za-z*][\w.*-]*(?![\w.*(\[:-]|\s*=))+"), lambda match: _digits(match[0])),
    (re.compile(r"(?<= )(\$\w+)((?:,[ \t]*[A-Za-z]\w*(?![\w.(\[:-]))+)"), lambda match: match[1] + _digits(match[2])),
    (re.compile(r"(?<=[ ,])[A-Za-z][\w.]*(?=,\s+[@'\"])"), lambda match: _digits(match[0])),
)  # fmt: skip


_TOKEN = re.compile(
    r"""@'[ \t]*\r?\n.*?(?:\n'@|\Z)|@"[ \t]*\r?\n.*?(?:\n"@|\Z)|'[^']*(?:'|\Z)|"(?:[^"`]|`.)*(?:"|\Z)"""
    r"""|<\#.*?(?:\#>|\Z)|\#[^\r\n]*|`.|(?<![\w$-])param[ \t]*\(|[()]""",
    re.S | re.I,
)
_SAME_LINE = re.compile(r"[ \t](?=[ \t]*[^\s#;}])")


def _after_param(text: str) -> str:
    """Ends the line after each `param(…)` that has something behind it."""
    chars, opened = list(text), []
    for token in _TOKEN.finditer(text):
        if token[0][-1] == "(":
            opened.append(len(token[0]) > 1)
        elif token[0] == ")" and opened and opened.pop() and _SAME_LINE.match(text, token.end()):
            chars[token.end()] = "\n"
    return "".join(chars)


REPAIRS: tuple[Callable[[str], str], ...] = (
    *(partial(pattern.sub, rewrite) for pattern, rewrite in (*_REWRITES, *WORDS)),
    _after_param,
)
