"""A page on what the configuration says of one file, and which key of which file says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from pcmfa_lint.config import Config, LocatedConfig
from pcmfa_lint.discovery.gitignore import Globs
from pcmfa_lint.frontend.languages import language_of
from pcmfa_lint.knowledge.model import Knowledge
from pcmfa_lint.knowledge.rule import Rule
from pcmfa_lint.knowledge.selectors import RuleNames
from pcmfa_lint.triage.triage import LevelsByPath

_LISTED = ("exclude", "per_path")  # said per file and per rule instead


def page(source: LocatedConfig, path: str, knowledge: Knowledge, names: RuleNames) -> str:
    """A page on what applies to the file `path` (relative to the root, "" for the root itself): settings with where
    they are written, whether the file is excluded, and each rule whose level is not its own."""
    lines = [
        f"{path or 'The whole root'}",
        f"  configuration: {source.file or 'none; the defaults apply'}",
        *_settings(source),
        *(_of_path(source, path) if path else _tables(source)),
        *_rules(source, path, knowledge, names),
    ]
    return "".join("".join(char if char.isprintable() else "\ufffd" for char in line) + "\n" for line in lines)


def _settings(source: LocatedConfig) -> Iterator[str]:
    written = source.written()
    for each in fields(Config):
        key = each.name.replace("_", "-")
        if each.name not in _LISTED:
            where = source.where(key) if key in written else "default"
            yield f"  {key} = {_toml(getattr(source.config, each.name))}  ({where})"


def _of_path(source: LocatedConfig, path: str) -> Iterator[str]:
    """How a file is read and whether it is left out."""
    language = language_of(path)
    yield f"  read as: {'text, by pattern rules only' if language == 'text' else language}"
    deciding = [index for index, glob in enumerate(source.config.exclude) if Globs([glob]).match(path) is not None]
    if deciding and Globs(source.config.exclude).match(path):
        glob = source.config.exclude[deciding[-1]]
        yield f"  excluded: yes, by {_toml(glob)}  ({source.where('exclude', deciding[-1])})"
    else:
        yield "  excluded: not by this configuration"


def _tables(source: LocatedConfig) -> Iterator[str]:
    """What is said of parts of the root."""
    for index, glob in enumerate(source.config.exclude):
        yield f"  exclude {_toml(glob)}  ({source.where('exclude', index)})"
    for number, table in enumerate(source.config.per_path):
        yield f"  per-path {_toml(table.path)}  ({source.where('per-path', number)})"


def _rules(source: LocatedConfig, path: str, knowledge: Knowledge, names: RuleNames) -> Iterator[str]:
    """The rules that are off or lower than usual, with the key that decides."""
    levels = LevelsByPath(source.config.per_path, names)
    changed = []
    for rule in knowledge.rules:
        level, where = _choice(source, names, rule) or (
            levels.lowered(path, rule.id, rule.level) if path else (rule.level, ())
        )
        if where:
            changed.append(f"    {rule.id} {level}, not {rule.level}  ({source.where(*where)})")
    yield f"  rules: {len(knowledge.rules)}, {len(changed)} of them changed" + (":" if changed else "")
    yield from changed


def _choice(source: LocatedConfig, names: RuleNames, rule: Rule) -> tuple[str, tuple[str | int, ...]] | None:
    """Off, where `ignore` or `select` says so, and the key."""
    for index, word in enumerate(source.config.ignore):
        if names.meets(word, rule.id):
            return "off", ("ignore", index)
    if source.config.select and not any(names.meets(word, rule.id) for word in source.config.select):
        return "off", ("select",)
    return None


def _toml(value: Any) -> str:
    """A value as a TOML file writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"'
