"""The settings of one scan, from the command line and the project's own file.

The file is `.pcmfa-lint.toml` at the root, or `[tool.pcmfa-lint]` in its `pyproject.toml`; the first wins. The command
line wins over both. `schemas/config.schema.json` describes the file to editors.
"""

# ruff: noqa: PTH118, PTH119
# Texts instead of Path objects: `pathlib` takes long to import.

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.limits import CONFIG_BYTES, PATH_TABLES
from pcmfa_lint.processes.limits import GIT_SECONDS, SECONDS

if TYPE_CHECKING:
    from pcmfa_lint.knowledge.toml_lines import KeyPath
    from pcmfa_lint.knowledge.toml_schema import SchemaProblem

FOUND, USAGE, SKIPPED, FAULT = 1, 2, 3, 4  # exit status; 0: nothing at or above what fails
FAIL_ON = ("error", "warning", "note", "never")
OWN_FILE = ".pcmfa-lint.toml"
PROJECT_FILE = "pyproject.toml"
TABLE = ("tool", "pcmfa-lint")  # ours in the project's file


@dataclass(frozen=True, slots=True)
class PerPath:
    """Settings for some files only. They can lower levels or turn rules off, never raise a level; of several that cover
    a file the lowest level counts.

    path: globs as in `.gitignore`, from the root. ignore: rules that are off. level: for a rule the highest level that
    its findings have; a rule is an id, the beginning of an id, or a class."""

    path: tuple[str, ...]
    ignore: tuple[str, ...] = ()
    level: dict[str, Literal["warning", "note", "off"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of a project. The keys are the field names, with dashes.

    exclude: globs as in `.gitignore`. select, ignore: rule ids, prefixes of ids, or classes.
    fail_on, min_level, baseline: as the options of the same name; the baseline's file lies at or below the root.
    require_reason, require_until: a suppression comment without a reason, without an end date, counts for nothing.
    """

    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Literal["error", "warning", "note", "never"] = "warning"
    min_level: Literal["error", "warning", "note"] = "note"
    baseline: str = ""
    require_reason: bool = False
    require_until: bool = False
    per_path: tuple[PerPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """One scan. jobs 0: as many as there are processors. size_limit in bytes. seconds, memory (bytes): what one file
    may cost. git_seconds: what one question to git may take.
    cache: whether the user's cache folder is used.
    comments: whether suppression comments silence findings; if not, the report still lists what they would.
    never_accepted: words for rules of which a baseline accepts no finding.
    moved: for files that come from another path that path: of the levels there and here the higher one counts.
    baseline: an existing file, "" for none. today: by which end dates are judged; None: the day of the run."""

    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_level: Literal["error", "warning", "note"] = "note"
    baseline: str = ""
    require_reason: bool = False
    require_until: bool = False
    per_path: tuple[PerPath, ...] = ()
    today: date | None = None
    comments: bool = True
    never_accepted: tuple[str, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()  # folders with further rules and catalog files
    force_exclude: bool = False
    list_rules: bool = False  # the report names every rule, not only those with findings
    jobs: int = 0
    size_limit: int = 5_000_000
    seconds: float = SECONDS
    memory: int = 2_000_000_000
    git_seconds: float = GIT_SECONDS
    support_files: int = 400
    cache: bool = True


class LocatedConfig(NamedTuple):
    """A configuration and where it is written: `file` is its name, "" if there is none. `text` is all of the file."""

    config: Config = Config()
    file: str = ""
    text: str = ""
    table: tuple[str, ...] = ()

    def written(self) -> dict[str, Any]:
        """The keys that the file sets, with dashes, and their plain values."""
        from pcmfa_lint.knowledge.toml_schema import inside, parse

        data: dict[str, Any] = inside(parse(self.text, self.file)[0], self.table)
        return {key.replace("_", "-"): value for key, value in data.items()}

    def where(self, *path: str | int) -> str:
        """`file:line` of a key."""
        from pcmfa_lint.knowledge.toml_lines import KeyLines

        return f"{self.file}:{KeyLines(self.text).line((*self.table, *path))}"


def load_config(root: str, named: str = "", rules: Sequence[str] = ()) -> Config:
    """The configuration of the project at `root`, or the file `named` by the user. `rules`: folders of rules whose
    names it may use besides ours. The path of a baseline is made absolute.

    Raises UsageFault if a file is there and cannot be used; a file that does not mention pcmfa-lint is none of ours.
    """
    config = find_config(root, named, rules).config
    return replace(config, baseline=os.path.join(root, config.baseline)) if config.baseline else config


def find_config(root: str, named: str = "", rules: Sequence[str] = ()) -> LocatedConfig:
    """Does what `load_config` does, and also says where it is written, and with the baseline's path as it is
    written."""
    if named:
        return _load(named, rules, TABLE if os.path.basename(named) == PROJECT_FILE else ())
    own, project = os.path.join(root, OWN_FILE), os.path.join(root, PROJECT_FILE)
    if os.path.lexists(own):
        return _load(own, rules, ())
    return _load(project, rules, TABLE) if os.path.lexists(project) and _mentions_us(project) else LocatedConfig()


def _load(path: str, rules: Sequence[str], table: tuple[str, ...]) -> LocatedConfig:
    """Of a project's file only one table is ours; the rest may be anything. Without it, there is no configuration."""
    from pcmfa_lint.knowledge.toml_schema import inside, load, locate, parse

    text, name = _text(path), os.path.basename(path)
    tables, fault = parse(text, name)
    if table and fault is None and not inside(tables, table):
        return LocatedConfig()
    config, faults = load(Config, text, name, table)
    if config is not None:
        faults = locate(text, name, _problems(config, table, rules))
    if config is None or faults:
        raise UsageFault("\n".join(map(str, faults)))
    return LocatedConfig(config, name, text, table)


def _problems(config: Config, table: KeyPath, rules: Sequence[str]) -> Iterator[SchemaProblem]:
    """The problems of settings that have the right type but make no sense."""
    from pcmfa_lint.knowledge.selectors import rule_names
    from pcmfa_lint.knowledge.toml_schema import SchemaProblem, shown_key

    words = list(_rule_words(config))
    names = rule_names(rules) if words else None
    for path, word in words:
        if names and not names.names_any(word):
            fault = f'{shown_key(word)} in "{path[-2]}" names no rule, no prefix of rule ids, and no class'
            yield SchemaProblem((*table, *path), fault + names.hint(word))
    if len(config.per_path) > PATH_TABLES:
        yield SchemaProblem((*table, "per-path", PATH_TABLES), f"there are more than {PATH_TABLES} tables [[per-path]]")
    if config.baseline and not _is_below(config.baseline):
        yield SchemaProblem(
            (*table, "baseline"), '"baseline" needs a path at or below the root, with / between folders'
        )


def _rule_words(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """All words that should name rules, with their places."""
    yield from ((("select", index), word) for index, word in enumerate(config.select))
    yield from ((("ignore", index), word) for index, word in enumerate(config.ignore))
    for number, each in enumerate(config.per_path):
        yield from ((("per-path", number, "ignore", index), word) for index, word in enumerate(each.ignore))
        yield from ((("per-path", number, "level", word), word) for word in each.level)


def _is_below(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/") and not {"\\", ":", "\0"}.intersection(path)


def _read(path: str) -> bytes:
    """The bytes of a regular file of reasonable size; opening a pipe does not wait. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("not a regular file")
        data = stream.read(CONFIG_BYTES + 1)
    if len(data) > CONFIG_BYTES:
        raise OSError(f"it is larger than {CONFIG_BYTES:,} bytes")
    return data


def _mentions_us(path: str) -> bool:
    try:
        return b"pcmfa-lint" in _read(path)
    except OSError:
        return False


def _text(path: str) -> str:
    try:
        return _read(path).decode("utf-8-sig")
    except OSError as error:
        raise UsageFault(f"{os.path.basename(path)} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageFault(f"{os.path.basename(path)} is not UTF-8") from None
