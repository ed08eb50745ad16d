"""The syntax of zsh, in words of the same length that bash has, so that one grammar reads both.

Only for the parser: names and texts are still taken from the file. An expansion with commands in it keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable

_SIGNS = re.compile(
    r"zsh|\$\{?\+\w|\$\{\(|\$\{\$\{|\$\w+\[|&[|!]|\} always \{|\b(?:autoload|setopt|compdef|zstyle|bindkey)\b"
)
_TESTED = re.compile(r"\$\+\w+(?:\[[^\]\s\"]{0,80}\])?|\$\{\+\w+(?:\[[^\]\s\"]{0,80}\])?\}|\$\w+\[[^\]\s\"]{0,80}\]")
_PLAIN = r"(?:[^{}\n$`]|\$\w|\$(?=[^{(\w])){0,200}"
_INNER = re.compile(r"\$\{(?:\w{1,40}(?:\[\(|:[#|*^]))" + _PLAIN + r"\}")
_EXPANSION = re.compile(
    rf"\$\{{(?:\(|\$\{{|=|\^|~|\w{{1,40}}(?:\[\(|:[#|*^])){_PLAIN}(?:\$\{{{_PLAIN}\}}{_PLAIN}){{0,4}}\}}"
)
_QUALIFIERS = re.compile(
    r"(?<=[*\w/?\"}])\([#@a-zA-Z./=^:,-]{0,3}[NDomL.][#@a-zA-Z./=^:,0-9-]{0,6}\)(?=[\s);\"]|$)", re.MULTILINE
)
_THEN = re.compile(r"(?<=\]\]|\)\)) (?=(?:then|do)\b)")


def _variable(match: re.Match[str]) -> str:
    return "$" + "_" * (len(match[0]) - 1)


_REWRITTEN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_TESTED, _variable),
    (_INNER, _variable),
    (_EXPANSION, _variable),
    (_QUALIFIERS, lambda match: "_" * len(match[0])),
    (_THEN, ";"),
    (re.compile(r"^([ \t]*)\(\) \{", re.MULTILINE), r"\1_(){"),
    (re.compile(r"^([ \t]*)function \{", re.MULTILINE), r"\1_______(){"),
    (re.compile(r"\} always \{"), "} ;      {"),
    (re.compile(r"&[|!](?=\s|$)"), "& "),
    (re.compile(r"(?<=[\s=])=\((?=\S)"), "<("),
)


def plain(text: str) -> str:
    """The text with what only zsh reads rewritten, character for character in its place."""
    if not _SIGNS.search(text):
        return text
    for pattern, instead in _REWRITTEN:
        text = pattern.sub(instead, text)
    return text
