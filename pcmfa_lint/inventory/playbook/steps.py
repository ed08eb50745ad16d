"""The knowledge of the remediation playbook: sections of steps, each with the integrations that it is for.

One file of `rules/inventory/playbook/` is one section. Nothing here raises for a bad file: every fault is in
`Playbook.faults`, and the file is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pcmfa_lint.evidence.condition import flat, meets
from pcmfa_lint.inventory.model.entry import Entry, SignIn
from pcmfa_lint.knowledge.checks.rule import condition_problems
from pcmfa_lint.knowledge.paths import INVENTORY, shipped, toml_files
from pcmfa_lint.knowledge.toml_schema import Fault, SchemaProblem, load, locate, nearest, shown_key

FOLDER = Path(INVENTORY) / "playbook"  # in the folder of our own rules
SIGN_IN = "sign_in."  # what a condition asks of one and the same way to sign in
QUERY = "kql"  # language of the code blocks that are filled in, too
_WHERE = ("number", "facts", "repository", "places", "refresh_places", "owner", "runs", "business")
_SOME = ("password_places", "command_places", "retired_places")
_HOW = ("sharing", "secrets", "app_secret", "password_store", "refresh_store", "needs_user", "handling")
HOLES = frozenset((*_WHERE, *_SOME, *_HOW))
QUERY_HOLES = frozenset({"query_filter", "sign_in_tables"})
_HOLE = re.compile(r"\{([a-z_]+)\}")
_FENCE = re.compile(r"^[ ]*```([a-z]*)[ ]*$", re.MULTILINE)
_LINK = re.compile(r"\]\(#([^)]*)\)")


@dataclass(frozen=True, slots=True)
class PlaybookStep:
    """`text` is markdown with holes. `when`: a condition on `Entry`, or several of which one must hold; `sign_in` in it
    holds for one of the entry's sign-ins. `unconfirmed`: Microsoft has not confirmed it, and the reader is told so."""

    text: str
    when: tuple[dict[str, Any], ...] = ()
    sources: tuple[str, ...] = ()
    unconfirmed: bool = False

    def suits(self, entry: Entry) -> bool:
        """Whether the step applies to this integration."""
        return not self.when or any(_holds(table, entry) for table in self.when)


@dataclass(frozen=True, slots=True)
class Section:
    """`part`: it stands once before the integrations, in each that will fail, once above those that go on working, or
    once after all. `numbered`: its steps are done in order. A step that stands once is there if one integration needs
    it, and has no holes."""

    title: str
    step: tuple[PlaybookStep, ...]
    part: Literal["first", "integration", "rest", "appendix"] = "integration"
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Playbook:
    """All sections in the order of their files. With faults, nothing must be made of it."""

    sections: tuple[Section, ...]
    faults: tuple[Fault, ...] = ()

    def of(self, part: str) -> Iterator[Section]:
        """The sections of one part."""
        return (section for section in self.sections if section.part == part)


def load_playbook(folder: Path | None = None) -> Playbook:
    """Reads the sections of a folder, else our own."""
    files = toml_files(folder or shipped() / FOLDER)
    return playbook_of({file.name: file.read_bytes().decode("utf-8", "replace") for file in files})


def playbook_of(texts: Mapping[str, str]) -> Playbook:
    """The playbook that is written in these files: name → text."""
    faults: list[Fault] = []
    sections: dict[str, Section] = {}
    for file, text in sorted(texts.items()):
        section, section_faults = load(Section, text.replace("\r\n", "\n"), file)
        faults += section_faults
        if section is not None:
            sections[file] = section
    shared = {slug(section.title) for section in sections.values() if section.part != "integration"}
    own = {f"{{number}}-{slug(section.title)}" for section in sections.values() if section.part == "integration"}
    for file, section in sections.items():
        targets = shared | own if section.part == "integration" else shared
        faults += locate(texts[file], file, _problems(section, targets))
    titles = [section.title for section in sections.values()]
    faults += [
        Fault(file, 0, "its title is used twice") for file, each in sections.items() if titles.count(each.title) > 1
    ]
    return Playbook(tuple(map(_normal, sections.values())), tuple(sorted(faults)))


def slug(title: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """The text in pieces, in order: with the language of the code block that the piece is, or None."""
    end, language = 0, None
    for fence in _FENCE.finditer(text):
        until = fence.end() if language is not None else fence.start()
        if until > end:
            yield text[end:until], language
        end, language = until, (fence[1] if language is None else None)
    yield text[end:], language


def filled(text: str, holes: Mapping[str, str]) -> str:
    """The text with what `holes` has for its `{holes}`; code in another language than `QUERY` stays as it is."""

    def fill(piece: str, language: str | None) -> str:
        return piece if language not in (None, QUERY) else _HOLE.sub(lambda hole: holes[hole[1]], piece)

    return "".join(fill(piece, language) for piece, language in pieces(text))


def _holds(table: Mapping[str, Any], entry: Entry) -> bool:
    own = {key: condition for key, condition in table.items() if not key.startswith(SIGN_IN)}
    sign_in_conditions = {
        key.removeprefix(SIGN_IN): condition for key, condition in table.items() if key.startswith(SIGN_IN)
    }
    if not meets(own, entry):
        return False
    return not sign_in_conditions or any(meets(sign_in_conditions, each) for each in entry.sign_ins)


def _normal(section: Section) -> Section:
    return replace(section, step=tuple(replace(step, when=tuple(map(flat, step.when))) for step in section.step))


def _problems(section: Section, targets: Iterable[str]) -> list[SchemaProblem]:
    problems: list[SchemaProblem] = []
    if not section.title.strip() or not section.step:
        problems.append(SchemaProblem((), 'a section needs a "title" and at least one [[step]]'))
    for index, step in enumerate(section.step):
        problems += (
            SchemaProblem(("step", index, "text"), text) for text in _in_text(step.text, section.part, targets)
        )
        problems += (
            SchemaProblem(("step", index, "sources"), "a source is an address that begins with https://")
            for source in step.sources
            if not re.fullmatch(r"https://[\w./#%-]+", source)
        )
        for number, table in enumerate(step.when):
            problems += _in_condition(
                ("step", index, "when", number) if len(step.when) > 1 else ("step", index, "when"), table
            )
    return problems


def _in_text(text: str, part: str, targets: Iterable[str]) -> Iterator[str]:
    if len(_FENCE.findall(text)) % 2:
        yield "a code block is not closed"
    for piece, language in pieces(text):
        holes = (QUERY_HOLES if language == QUERY else HOLES) if part == "integration" else frozenset[str]()
        if language in (None, QUERY):
            for hole in _HOLE.findall(piece):
                if hole not in holes:
                    yield f"there is no hole {shown_key(hole)} here{nearest(hole, holes)}"
        if language == "":
            yield "a code block needs its language"
        if language is None:
            for target in _LINK.findall(piece):
                if target not in targets:
                    yield f"no section is called {shown_key(target)}{nearest(target, targets)}"


def _in_condition(path: tuple[str | int, ...], table: Mapping[str, Any]) -> Iterator[SchemaProblem]:
    table = flat(table)
    if not table:
        yield SchemaProblem(path, '"when" needs a condition, or is left out')
    own = {key: condition for key, condition in table.items() if not key.startswith(SIGN_IN)}
    sign_in_conditions = {
        key.removeprefix(SIGN_IN): condition for key, condition in table.items() if key.startswith(SIGN_IN)
    }
    if any(key.startswith("sign_ins") for key in own):
        yield SchemaProblem(path, 'what one way to sign in must be stands in the table "sign_in"')
        return
    yield from condition_problems(path, own, Entry)
    yield from condition_problems((*path, "sign_in"), sign_in_conditions, SignIn)
