"""Code inside settings files: a pipeline's inline scripts and a notebook's cells, read by their language's reader.

Each script becomes a Unit of its own, whose places are those in the file around it. A script of which nobody says in
what it is written is a shell's if it calls one of the programs that send requests. Where nothing can be said of a
script, it stays what it is: a value of a setting."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from pcmfa_lint.frontend.settings.notebooks import python_rows
from pcmfa_lint.frontend.settings.pipeline_values import PipelineValues
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.ir.nodes import Assign, Name, Problem, Setting, Span, Stmt, Text, Unit
from pcmfa_lint.limits import INLINE_SCRIPTS

Reader = Callable[[str, str, str], Unit]

_KEYS = {
    "run",
    "script",
    "inlinescript",
    "inline",
    "pwsh",
    "powershell",
    "python",
    "scriptcontent",
    "azpowershellscript",
    "bash",
    "sh",
    "command",
    "commands",
    "args",
    "entrypoint",
    "before_script",
    "after_script",
    "shellcommand",
}
_BY_KEY = {"pwsh": "powershell", "powershell": "powershell", "python": "python", "azpowershellscript": "powershell"}
_BY_KEY |= {"bash": "shell", "sh": "shell"}
_STEP_DEPTH = 3  # a step lies in a list of a job; `SH=/bin/sh` in a section or at the top is a plain value
_SHELLS = (
    (re.compile(r"pwsh|powershell|pscore|^ps$", re.IGNORECASE), "powershell"),
    (re.compile(r"python", re.IGNORECASE), "python"),
    (re.compile(r"^(?:/(?:usr/)?bin/)?(?:ba|z|k|da|a)?sh\b|bash", re.IGNORECASE), "shell"),
)
_SENDS = re.compile(r"\b(?:curl|wget|(?:az|m365) login|az (?:rest|account|keyvault))\s")
_STOPS = {"shell": [("errexit", "global", "on")], "powershell": [("ErrorActionPreference", "", "Stop")]}
_SAYING = ("shell", "scripttype", "task", "uses", "kind", "type")  # siblings that say in which language


@dataclass(frozen=True, slots=True)
class InlineScript:
    """`rows`: each line of the code, and the line and column (1-based) where it stands in the file."""

    language: str
    rows: tuple[tuple[str, int, int], ...]
    place: Span | None = None  # of the whole value, where the lines stand in it one below the other
    cells: tuple[int, ...] = ()  # of a notebook: how many lines there are up to the end of each cell
    stops: bool = False  # whoever runs it ends it at the first error


def scripts(settings: Sequence[Setting], lines: Sequence[str], path: str) -> list[InlineScript]:
    """The scripts among the entries of a file, in order."""
    if path.lower().endswith(".ipynb"):
        return _notebook(settings)
    beside: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for entry in settings:
        beside[entry.path[:-1]].setdefault(entry.path[-1].casefold() if entry.path else "", entry.value)
    inline = []
    listed: dict[tuple[str, ...], list[Setting]] = defaultdict(list)
    for entry in (_whole_line(each, lines) for each in settings):
        home = entry.path[:-1] if len(entry.path) > 1 and entry.path[-1].isdigit() else entry.path
        if home and home[-1].casefold() in _KEYS and entry.value.strip():
            listed[home].append(replace(entry, path=home))
    for steps in listed.values():
        language = next(filter(None, (_language(entry, beside) for entry in steps)), "")
        if language:
            script = _together([_script(language, entry, lines) for entry in steps])
            inline.append(replace(script, stops=_stops(language, steps[0], beside, path.lower())))
    return inline


def _stops(language: str, entry: Setting, beside: dict[tuple[str, ...], dict[str, str]], path: str) -> bool:
    """Whether a pipeline ends this script at the first error, if the script does not say otherwise."""
    key, siblings = entry.path[-1].casefold(), beside.get(entry.path[:-1], {})
    if ".github/" in path or path.endswith(("action.yml", "action.yaml")):
        return key == "run" and language != "python" and "{0}" not in siblings.get("shell", "")
    if ".gitlab-ci" in path:
        return language == "shell"
    if "erroractionpreference" in siblings:
        return siblings["erroractionpreference"].casefold() == "stop"
    return language == "powershell" and (
        "azure-pipelines" in path or "task" in siblings or key in ("pwsh", "powershell")
    )


def _whole_line(entry: Setting, lines: Sequence[str]) -> Setting:
    """A line `NAME=value` of a list of commands, which is a name with its value elsewhere."""
    span, name = entry.span, entry.path[-1] if entry.path else ""
    if len(entry.path) < 3 or not entry.path[-2].isdigit() or entry.path[-3].casefold() not in _KEYS:
        return entry
    if lines[span.line - 1][: span.col - 1].endswith(f"{name}="):
        start = replace(span, col=span.col - len(name) - 1)
        return replace(entry, path=entry.path[:-1], value=f"{name}={entry.value}", span=start)
    return entry


def _together(steps: list[InlineScript]) -> InlineScript:
    """The lines of a list, which are run one after the other."""
    if len(steps) == 1:
        return steps[0]
    rows = tuple(row for step in steps for row in step.rows)
    return InlineScript(steps[0].language, rows)


def _language(entry: Setting, beside: dict[tuple[str, ...], dict[str, str]]) -> str:
    """By the key, by what stands beside it or beside its section, by the defaults above it."""
    key, path = entry.path[-1].casefold(), entry.path
    if key in _BY_KEY and len(path) >= _STEP_DEPTH:
        return _BY_KEY[key]
    for section in (path[:-1], path[:-2]):
        for name in _SAYING:
            for form, language in _SHELLS:
                if form.search(beside.get(section, {}).get(name, "")):
                    return language
        if beside.get(section, {}).get("shell"):
            return ""
    shell = "shell" if _SENDS.search(entry.value) else ""
    for length in range(len(path) - 1, -1, -1):
        default = beside.get((*path[:length], "defaults", "run"), {}).get("shell", "")
        if default:
            return next((language for form, language in _SHELLS if form.search(default)), "")
        if "windows" in beside.get(path[:length], {}).get("runs-on", "") and key == "run":
            return "powershell"
    return shell


def _script(language: str, entry: Setting, lines: Sequence[str]) -> InlineScript:
    """A value's lines where they stand: under a block's header each on its own, else all at the value's place."""
    span, rows = entry.span, entry.value.strip("\n").split("\n")
    raw = lines[span.line - 1 : span.end_line]
    if len(rows) == 1 or len(raw) < len(rows):
        same = len(rows) == 1 and lines[span.line - 1][span.col - 1 : span.end_col - 1] == entry.value
        return InlineScript(language, tuple((row, span.line, span.col) for row in rows), span if same else None)
    placed, exact = [], True
    for number, row in enumerate(rows):
        line = raw[number] if number < len(raw) else ""
        at = line.find(row) if row else 0
        exact = exact and at >= 0
        placed.append((row, span.line + number, max(at, 0) + 1))
    return InlineScript(language, tuple(placed), span if exact else None)


def _notebook(settings: Sequence[Setting]) -> list[InlineScript]:
    """All code cells as one program, if it is Python."""
    kinds = {entry.path[1]: entry.value for entry in settings if _is_cell(entry, "cell_type") and len(entry.path) == 3}
    named = {entry.path: entry.value for entry in settings if entry.path[:1] == ("metadata",)}
    language = named.get(
        ("metadata", "language_info", "name"), named.get(("metadata", "kernelspec", "language"), "python")
    )
    if language.casefold() not in ("python", "ipython"):
        return []
    cells: dict[str, list[Setting]] = defaultdict(list)
    for entry in settings:
        if _is_cell(entry, "source") and kinds.get(entry.path[1]) == "code":
            cells[entry.path[1]].append(entry)
    rows: list[tuple[str, int, int]] = []
    ends = []
    for lines in cells.values():
        places = [line.span for line in lines for _ in line.value.removesuffix("\n").split("\n")]
        code = python_rows("\n".join(line.value.removesuffix("\n") for line in lines))
        rows += [(row, at.line, at.col) for row, at in zip(code, places, strict=True)]
        ends.append(len(rows))
    return [InlineScript("python", tuple(rows), cells=tuple(ends))] if rows else []


def _is_cell(entry: Setting, name: str) -> bool:
    return len(entry.path) in (3, 4) and entry.path[0] == "cells" and entry.path[2] == name


def cut(inline: Sequence[InlineScript]) -> tuple[Sequence[InlineScript], tuple[Problem, ...]]:
    """The scripts of a file that are read, and what is to be said of more."""
    if len(inline) <= INLINE_SCRIPTS:
        return inline, ()
    reason = f"The file holds more than {INLINE_SCRIPTS} scripts; the rest was not read."
    return inline[:INLINE_SCRIPTS], (Problem(reason, inline[INLINE_SCRIPTS].rows[0][1]),)


def units(inline: Iterable[InlineScript], path: str, read: Reader) -> Iterator[tuple[InlineScript, Unit]]:
    """The scripts, and as Units with the places of the file. `read`: from language, text and path to a Unit."""
    for script in inline:
        text = "\n".join(row for row, _, _ in script.rows)
        values = PipelineValues(text, script.language)
        unit = read(script.language, values.text, path)
        if unit.problems and len(script.cells) > 1:
            unit = _without_bad_cells(script, path, read)
        if unit.body or unit.problems:
            moved = _moved(unit, script, values)
            yield script, replace(moved, body=(*_preference(script), *moved.body)) if script.stops else moved


def _preference(script: InlineScript) -> Iterator[Stmt]:
    """What a script would say itself that ends at the first error."""
    _, line, col = script.rows[0]
    at = Span(line, col, line, col)
    for name, scope, value in _STOPS.get(script.language, ()):
        yield Assign((Name(name, at, scope),), Text(value, at), at)


def _without_bad_cells(script: InlineScript, path: str, read: Reader) -> Unit:
    """A notebook without the cells that are no Python, which are its problems."""
    rows = [row for row, _, _ in script.rows]
    problems: list[Problem] = []
    start = 0
    for end in script.cells:
        cell_problems = read(script.language, "\n".join(rows[start:end]), path).problems
        if cell_problems:
            problems += [replace(each, line=max(each.line, 1) + start) for each in cell_problems]
            rows[start:end] = [""] * (end - start)
        start = end
    unit = read(script.language, "\n".join(rows), path)
    return replace(unit, problems=(*problems, *unit.problems))


def _moved(unit: Unit, script: InlineScript, values: PipelineValues) -> Unit:
    moved: dict[Span, Span] = {}

    def move(value: Any) -> Any:
        if isinstance(value, Span):
            if value not in moved:
                moved[value] = _place(value, script)
            return moved[value]
        if isinstance(value, tuple):
            return tuple(move(part) for part in value)
        value = values.replaced(value)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: move(getattr(value, f.name)) for f in fields(value)})
        return value

    return replace(
        unit,
        lines=(),
        body=move(unit.body),
        imports=move(unit.imports),
        comments=move(unit.comments),
        opaque=move(unit.opaque),
        blind=move(unit.blind),
        problems=tuple(replace(each, line=_point(max(each.line, 1), 1, script)[0]) for each in unit.problems),
    )


def _place(span: Span, script: InlineScript) -> Span:
    line, col = _point(span.line, span.col, script)
    end_line, end_col = _point(span.end_line, span.end_col, script)
    return Span(line, col, end_line, end_col)


def _point(line: int, col: int, script: InlineScript) -> tuple[int, int]:
    _, at, first = script.rows[min(line, len(script.rows)) - 1]
    return at, first + col - 1
