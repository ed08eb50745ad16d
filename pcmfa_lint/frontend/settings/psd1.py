"""PowerShell data files: the code of the language, and the entries of the table that they hold."""

from __future__ import annotations

from collections.abc import Iterator

from pcmfa_lint.frontend.powershell.reader import read_powershell
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Expression, ExpressionStatement, Mapping, Seq, Setting, Span, Text, Unit


def read_psd1(text: str, path: str) -> Unit:
    """A `.psd1` as a Unit of the language "powershell" that has settings too. Only written-out values are entries."""
    unit = read_powershell(text, path)
    tables = (stmt.value for stmt in unit.body if isinstance(stmt, ExpressionStatement))
    settings = [entry for table in tables for entry in _entries((), table, table.span, unit)]
    return replace(unit, settings=tuple(settings))


def _entries(path: tuple[str, ...], value: Expression, key: Span, unit: Unit) -> Iterator[Setting]:
    match value:
        case Text() if path:
            span = _bare(value.span, unit) if value.kind == "plain" else value.span
            yield Setting(path, value.value, span, key)
        case Mapping():
            for entry in value.entries:
                if isinstance(entry.key, Text):
                    yield from _entries((*path, entry.key.value), entry.value, entry.key.span, unit)
        case Seq():
            for number, item in enumerate(value.items):
                yield from _entries((*path, str(number)), item, item.span, unit)


def _bare(span: Span, unit: Unit) -> Span:
    """The place of a text within one line without its quotes."""
    if span.line != span.end_line or unit.lines[span.line - 1][span.col - 1] not in "\"'":
        return span
    return replace(span, col=span.col + 1, end_col=span.end_col - 1)
