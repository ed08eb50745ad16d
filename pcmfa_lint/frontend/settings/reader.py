"""Settings files: key path, value and exact position of every entry.

Rules that hold for all formats:

* A list's items have the path parts "0", "1", ….
* In a list of objects `{"key" or "name": K, "value": V}` (Postman, ARM appSettings, Kubernetes env) the entry of V has
  K in its path in place of "value".
* A connection string with a secret is an entry, and each of its parts is one below it.
* A list item `NAME=value` (compose environment) has NAME as last part.
* The second and later YAML documents of a file have a first part "#2", "#3", ….
* A value with a tag of its own (`!Ref X`) keeps it; what is computed (`var.x` in Terraform) is written `${var.x}`.
* The values below `data` of a Kubernetes Secret are decoded; their spans are those of the Base64 text.
* Value spans are without quotes. Where nothing is escaped, the text under the span is the value.
* What cannot be parsed (a template, a broken file) is read line by line: then `read` is "partly", `problems` says
  why, and the whole file is blind.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from pcmfa_lint.frontend.problems import listed
from pcmfa_lint.frontend.settings import connection_strings, scripts
from pcmfa_lint.frontend.settings.collector import BudgetError, Collector, FormatError
from pcmfa_lint.frontend.settings.kubernetes import decode_secrets
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Setting, Span, Unit
from pcmfa_lint.limits import SETTINGS_CHARS, SETTINGS_ENTRIES

Reader = Callable[[Collector], None]


# module and function; imported for the first file of the format, since PyYAML and expat cost start-up time
_BY_SUFFIX = {
    ".json": "jsonc:read",
    ".jsonc": "jsonc:read",
    ".json5": "jsonc:read",
    ".ipynb": "jsonc:read",
    ".tfstate": "jsonc:read",
    ".xml": "xml:read",
    ".config": "xml:read",
    ".csproj": "xml:read",
    ".props": "xml:read",
    ".targets": "xml:read",
    ".resx": "xml:read",
    ".settings": "xml:read",
    ".cscfg": "xml:read",
    ".runsettings": "xml:read",
    ".pubxml": "xml:read",
    ".clixml": "xml:read",
    ".yml": "yaml:read",
    ".yaml": "yaml:read",
    ".toml": "toml:read",
    ".ini": "ini:read",
    ".cfg": "ini:read",
    ".conf": "ini:read",
    ".properties": "ini:read_properties",
    ".env": "dotenv:read",
    ".tf": "trees:read_hcl",
    ".tfvars": "trees:read_hcl",
    ".hcl": "trees:read_hcl",
    ".bicep": "trees:read_bicep",
    ".bicepparam": "trees:read_bicep",
    ".http": "http:read",
    ".rest": "http:read",
}
_TEMPLATE_SUFFIXES = (".j2", ".tpl", ".tmpl", ".template", ".example", ".sample", ".dist", ".bak", ".old", ".orig")
_DOTENV = re.compile(r"\.env([.-].+)?")


def reader_for(path: str) -> Reader | None:
    """The reader for a file by its name, or None if it is no settings file. `x.json.example` is read as JSON."""
    name = PurePosixPath(path).name.lower()
    if _DOTENV.fullmatch(name):
        return _load("dotenv:read")
    while name.endswith(_TEMPLATE_SUFFIXES):
        name = name[: name.rindex(".")]
    reader = _BY_SUFFIX.get(name[name.rindex(".") :]) if "." in name else None
    return _load(reader) if reader else None


def _load(reader: str) -> Reader:
    module, _, function = reader.partition(":")
    loaded: Reader = getattr(importlib.import_module(f"{__package__}.{module}"), function)
    return loaded


def read_settings(text: str, path: str) -> Unit:
    """A settings file as a `Unit` of the language "settings".

    `text` is the decoded file without a byte order mark. Never raises on any text. `opaque` covers all values and
    comments; keys stay visible."""
    reader = reader_for(path) or _load("lines:read")
    out = Collector(text)
    blind: tuple[Span, ...] = ()
    try:
        if len(text) > SETTINGS_CHARS:
            raise FormatError(f"The file is longer than {SETTINGS_CHARS:,} characters. It was read line by line.")
        reader(out)
    except BudgetError as full:
        blind = _stopped(out, full)
    except FormatError as error:
        out = Collector(text)
        out.problem(error.reason, error.offset)
        blind = (out.whole_text(),)
        try:
            _load("lines:read")(out)
        except BudgetError as full:
            _stopped(out, full)
    decode_secrets(out.settings)
    connection_strings.split(out)
    unit = Unit(
        path=path,
        language="settings",
        lines=out.lines,
        read="partly" if out.problems else "full",
        settings=tuple(sorted(out.settings, key=_place)),
        comments=tuple(sorted(out.comments, key=lambda comment: comment.span)),
        opaque=out.opaque(),
        blind=blind,
        problems=tuple(out.problems),
    )
    return _with_workflows(_with_scripts(unit, out))


def _with_workflows(unit: Unit) -> Unit:
    """The workflow definitions inside get Units of their own; they are shown as the settings that they are."""
    from pcmfa_lint.frontend.workflow.reader import workflows

    units = workflows(unit.settings, unit.path)
    if not units:
        return unit
    problems = (*unit.problems, *(problem for each in units for problem in each.problems))
    read = "partly" if problems else unit.read
    return replace(unit, scripts=(*unit.scripts, *units), problems=listed(problems), read=read)


def _with_scripts(unit: Unit, out: Collector) -> Unit:
    """The code inside gets Units of its own. Where its columns are known, it is shown as code is: all but literals."""
    from pcmfa_lint.frontend.read import read_as  # the other way round, this module is loaded on demand

    inside, problems = scripts.cut(scripts.scripts(unit.settings, unit.lines, unit.path))
    if problems:
        unit = replace(unit, read="partly", problems=(*unit.problems, *problems))
    read_scripts = list(scripts.units(inside, unit.path, read_as))
    if not read_scripts:
        return unit
    open_ = [(script.place, code) for script, code in read_scripts if script.place is not None and code.read != "text"]
    out.show([place for place, _ in open_])
    opaque = sorted({*out.opaque(), *(span for _, code in open_ for span in code.opaque)})
    blind = (*unit.blind, *(span for _, code in open_ for span in code.blind))
    comments = (*unit.comments, *(comment for _, code in read_scripts for comment in code.comments))
    problems = (*unit.problems, *(problem for _, code in read_scripts for problem in code.problems))
    return replace(
        unit,
        read="partly" if problems else unit.read,
        problems=listed(problems),
        scripts=tuple(code for _, code in read_scripts),
        opaque=tuple(opaque),
        blind=blind,
        comments=tuple(sorted(comments, key=lambda comment: comment.span)),
    )


def read_text(text: str, path: str) -> Unit:
    """A file of no known language: only lines, and nothing of them may be shown but what the catalog knows."""
    out = Collector(text)
    return Unit(path=path, language="text", lines=out.lines, read="text", blind=(out.whole_text(),))


def _place(entry: Setting) -> tuple[int, int, tuple[str, ...]]:
    return entry.span.line, entry.span.col, entry.path


def _stopped(out: Collector, full: BudgetError) -> tuple[Span, ...]:
    out.problem(f"The file has more than {SETTINGS_ENTRIES:,} entries; the rest was not read.", full.offset)
    return (out.span(full.offset, len(out.text)),)
