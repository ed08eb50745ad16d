"""Bytes to `Unit`: which language a file is in, and its reader, loaded when the first such file comes.

A reader says what was written and never judges. Whatever goes wrong inside one, the file stays in the run as plain
text, with a `Problem` that says why.
"""

from __future__ import annotations

import fnmatch
import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pcmfa_lint.frontend.guard import refuse
from pcmfa_lint.ir.nodes import Problem, Span, Unit
from pcmfa_lint.source.text import NotText, decode, lines


@dataclass(frozen=True, slots=True)
class Language:
    """`names`: file name patterns, `suffixes`: with dot; both in lower case. `reader`, `as_text`: `module:function`,
    from (text, path) to a Unit; `as_text` needs no parser, takes what `reader` cannot, and gives no tree."""

    name: str
    reader: str
    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    as_text: str = "pcmfa_lint.frontend.settings.reader:read_text"


LANGUAGES: tuple[Language, ...] = (
    Language(
        "python",
        "pcmfa_lint.frontend.python.reader:read_python",
        suffixes=(".py", ".pyw", ".pyi"),
        as_text="pcmfa_lint.frontend.python.lexical_scan:read_as_text",
    ),
    Language("powershell", "pcmfa_lint.frontend.powershell.reader:read_powershell", suffixes=(".ps1", ".psm1")),
    Language("powershell", "pcmfa_lint.frontend.settings.psd1:read_psd1", suffixes=(".psd1",)),
    Language(
        "javascript",
        "pcmfa_lint.frontend.javascript.reader:read_javascript",
        suffixes=(
            *(".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"),
            *(".vue", ".svelte", ".html", ".htm", ".astro"),
        ),
    ),
    Language("php", "pcmfa_lint.frontend.php.reader:read_php", suffixes=(".php", ".inc", ".phtml")),
    Language("csharp", "pcmfa_lint.frontend.csharp.reader:read_csharp", suffixes=(".cs",)),
    Language("java", "pcmfa_lint.frontend.jvm.java:read_java", suffixes=(".java",)),
    Language("kotlin", "pcmfa_lint.frontend.jvm.kotlin:read_kotlin", suffixes=(".kt", ".kts")),
    Language(
        "settings",
        "pcmfa_lint.frontend.settings.reader:read_settings",
        suffixes=(
            *(".env", ".json", ".jsonc", ".config", ".xml", ".yaml", ".yml"),
            *(".ini", ".toml", ".cfg", ".conf", ".properties", ".json5", ".tfstate", ".settings", ".clixml"),
            *(".tf", ".tfvars", ".hcl", ".bicep", ".bicepparam", ".http", ".rest", ".ipynb"),
        ),
        names=(".env", ".env.*", ".env-*"),
    ),
)
TEXT = Language("text", "pcmfa_lint.frontend.settings.reader:read_text")

_BY_SUFFIX = {suffix: language for language in LANGUAGES for suffix in language.suffixes}
_BY_NAME = tuple((pattern, language) for language in LANGUAGES for pattern in language.names)


def language_of(path: str) -> str:
    """The name of the language, `text` if it is none of `LANGUAGES`. Decided by the file's name; imports nothing."""
    return _language(path).name


def _language(path: str) -> Language:
    pure = PurePosixPath(path.lower())
    for pattern, language in _BY_NAME:
        if fnmatch.fnmatchcase(pure.name, pattern):
            return language
    return _BY_SUFFIX.get(pure.suffix, TEXT)


def read_as(language: str, text: str, path: str) -> Unit:
    """The unit of a text inside another file, by the name of its language."""
    return _unit(next(known for known in (*LANGUAGES, TEXT) if known.name == language), text, path)


def read(data: bytes, path: str) -> Unit:
    """The unit of one file. Never raises because of what is in `data`: a file without a tree has `read="text"`."""
    language = _language(path)
    try:
        decoded = decode(data)
    except NotText as error:
        return Unit(path, language.name, (), read="text", problems=(Problem(str(error)),))
    unit = _unit(language, decoded.text, path)
    marked = decoded.had_bom and decoded.encoding == "utf-8"
    return replace(unit, encoding="utf-8-sig" if marked else decoded.encoding)


def _unit(language: Language, text: str, path: str) -> Unit:
    refusal = refuse(text, language.name)
    if refusal:
        return _as_text(language, text, path, Problem(refusal))
    try:
        return _load(language.reader)(text, path)
    except RecursionError:
        return _as_text(language, text, path, Problem("The code is nested too deeply to be read."))
    except Exception as error:  # a reader's fault must cost one file's tree, not the run
        return _as_text(language, text, path, Problem(f"The {language.name} reader failed ({type(error).__name__})."))


def _as_text(language: Language, text: str, path: str, problem: Problem) -> Unit:
    """Text, comments and literals only. Where even that fails, the whole file is blind: nothing of it is shown."""
    try:
        unit = _load(language.as_text)(text, path)
    except Exception:  # as above; the problem that led here is the one to tell
        rows = lines(text)
        unit = Unit(path, language.name, rows, read="text", blind=(Span(1, 1, len(rows), len(rows[-1]) + 1),))
    return replace(unit, path=path, language=language.name, problems=(problem,))


def _load(reader: str) -> Callable[[str, str], Unit]:
    module, _, function = reader.partition(":")
    loaded: Callable[[str, str], Unit] = getattr(importlib.import_module(module), function)
    return loaded
