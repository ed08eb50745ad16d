"""Words by which users name rules: an id, the beginning of an id, or a class.

Known from the names of the rule files alone, since most runs end before a rule is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.knowledge.paths import rule_files, shipped
from pcmfa_lint.knowledge.toml_schema import nearest


@dataclass(frozen=True, slots=True)
class RuleNames:
    """All rules that there are: `families` gives the class of each id."""

    families: Mapping[str, str]

    def meets(self, word: str, rule: str) -> bool:
        """Whether `word` names the rule with the id `rule`."""
        return bool(word) and (word.lower() == self.families.get(rule) or rule.startswith(word.upper()))

    def names_any(self, word: str) -> bool:
        """Whether `word` names at least one rule."""
        return any(self.meets(word, rule) for rule in self.families)

    def hint(self, word: str) -> str:
        """`; did you mean "x"?`, or nothing."""
        return nearest(word.upper(), self.families) or nearest(word.lower(), set(self.families.values()))


def rule_names(folders: Sequence[str] = ()) -> RuleNames:
    """The names of our own rules and of those in the user's `folders`. A folder that is not there has none: reading
    its rules tells what is wrong with it."""
    every: Iterable[Path] = (shipped(), *(path for path in map(Path, folders) if path.is_dir()))
    return RuleNames({file.stem: file.resolve().parent.name for folder in every for file in rule_files(folder)})
