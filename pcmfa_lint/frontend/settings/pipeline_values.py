"""Values that a pipeline puts into a script before it runs: `${{ secrets.X }}`, `$(X)`. To the script's reader each is
a variable; here it becomes a variable of the environment with the name that the pipeline has for it."""

from __future__ import annotations

import re
from typing import Any

from pcmfa_lint.ir.nodes import Call, Member, Name, Span, Text

_MACRO = re.compile(r"\$\(([A-Za-z_][\w.-]*)\)")
_EXPRESSION = re.compile(r"\$\{\{\s*([\w. -]*?)\s*\}\}")


class PipelineValues:
    """The values in one script, with the text in which they are variables."""

    def __init__(self, text: str, language: str) -> None:
        self._names: dict[str, str] = {}  # of the variables, which are as long as what they stand for
        self._written: dict[str, str] = {}
        self._macros: frozenset[str] = frozenset()
        if language in ("powershell", "shell"):
            text = _EXPRESSION.sub(self._variable, text)
        if language == "shell":
            text = _MACRO.sub(lambda match: _braced(text, match), text)
        elif language == "powershell":
            self._macros = frozenset(match[1] for match in _MACRO.finditer(text) if f"function {match[1]}" not in text)
        self.text = text

    def _variable(self, match: re.Match[str]) -> str:
        name = re.sub(r"\W", "_", match[0][1:])
        self._names[name] = match[1].rpartition(".")[2].strip()
        self._written["$" + name] = match[0]
        return "$" + name

    def replaced(self, node: Any) -> Any:
        """The value that a node stands for, if it is one of these values; itself otherwise."""
        match node:
            case Name(id=name, span=span) if name in self._names:
                return _variable_of(self._names[name], span)
            case Call(callee=Name(id=name), args=(), kind="command", span=span) if name in self._macros:
                return _variable_of(name, span)
            case Text(value=text, span=span, kind=kind) if text in self._names:
                return Text(self._names[text], span, kind)
            case Text(value=text, span=span, kind=kind) if self._written and "$" in text:
                for name, written in self._written.items():
                    text = text.replace(name, written)
                return Text(text, span, kind)
        return node


def _variable_of(name: str, span: Span) -> Member:
    return Member(Name("env", span), Text(name, span, "bare"), span)


def _braced(text: str, match: re.Match[str]) -> str:
    """`$(name)` of a pipeline, which is a variable there, unless the script has a function of this name."""
    name = match[1]
    return match[0] if f"{name}()" in text else "${" + re.sub(r"\W", "_", name) + "}"
