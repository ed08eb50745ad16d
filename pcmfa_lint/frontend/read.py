"""Bytes to `Unit`: decodes a file and hands it to the reader of its language, loaded when the first such file comes.

A reader says what was written and never judges. Whatever goes wrong inside one, the file stays in the run as plain
text, with a `Problem` that says why.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from pcmfa_lint.frontend.guard import refuse
from pcmfa_lint.frontend.languages import LANGUAGES, TEXT, Language, language_for, language_of_script
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Problem, Span, Unit
from pcmfa_lint.limits import PROBLEMS
from pcmfa_lint.source.declared_encoding import HEAD, declared_encoding
from pcmfa_lint.source.text import NotText, decode, lines


def load_readers() -> None:
    """Imports the readers of all languages, which is otherwise done when the first file of each comes."""
    for language in LANGUAGES:
        _load(language.reader)


def read_as(language: str, text: str, path: str) -> Unit:
    """The unit of a text inside another file, by the name of its language."""
    return _unit(next(each for each in (*LANGUAGES, TEXT) if each.name == language), text, path)


def read(data: bytes, path: str) -> Unit:
    """The unit of one file. Never raises because of what is in `data`: a file without a tree has `read="text"`."""
    language = language_of_script(path, data[:HEAD].partition(b"\n")[0].decode("utf-8-sig", "replace"))
    try:
        decoded = decode(data, declared_encoding(data[:HEAD], True) if language.encoding_in_comment else "")
    except NotText as error:
        return Unit(path, language.name, (), read="text", problems=(Problem(str(error)),))
    unit = _unit(language, decoded.text, path)
    if decoded.had_nuls:
        unit = replace(
            unit, problems=(*unit.problems, Problem("It contains NUL characters; they were read as blanks."))
        )
    marked = decoded.had_bom and decoded.encoding == "utf-8"
    return replace(unit, encoding="utf-8-sig" if marked else decoded.encoding)


def read_text_only(data: bytes, path: str, reason: str) -> Unit:
    """The unit of one file without a tree, for the rules that need none. `reason`: why it gets no parser."""
    try:
        return _as_text(language_for(path), decode(data).text, path, Problem(reason))
    except NotText as error:
        return Unit(path, language_for(path).name, (), read="text", problems=(Problem(str(error)),))


def _unit(language: Language, text: str, path: str) -> Unit:
    refusal = refuse(text, language.name)
    if refusal:
        return _as_text(language, text, path, Problem(refusal))
    try:
        return _with_inline(_load(language.reader)(text, path), language, text)
    except RecursionError:
        return _as_text(language, text, path, Problem("The code is nested too deeply to be read."))
    except Exception as error:  # a reader's fault must cost one file's tree, not the run
        return _as_text(language, text, path, Problem(f"The {language.name} reader failed ({type(error).__name__})."))


def _with_inline(unit: Unit, language: Language, text: str) -> Unit:
    """The unit with the code of other languages that its text holds."""
    if not language.inline:
        return unit
    from pcmfa_lint.frontend.settings.scripts import cut, units  # only where a file may hold some

    module, _, function = language.inline.partition(":")
    inline, too_many = cut(list(getattr(importlib.import_module(module), function)(text)))
    scripts = tuple(script for _, script in units(inline, unit.path, read_as))
    comments = (*unit.comments, *(comment for script in scripts for comment in script.comments))
    problems = (*unit.problems, *too_many, *(problem for script in scripts for problem in script.problems))
    return replace(
        unit,
        read="partly" if problems else unit.read,
        problems=problems[:PROBLEMS],
        scripts=scripts,
        comments=tuple(sorted(comments, key=lambda comment: comment.span)),
    )


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
