"""The addresses that the settings files of a repository hold, by the names under which code asks for them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from fnmatch import fnmatchcase

from pcmfa_lint.analysis.values.model import StringValue
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import Setting
from pcmfa_lint.limits import ALTERNATIVES

_SURE = 2  # words that agree, the last among them, which tell an entry whatever stands before them
_BETWEEN = re.compile("[:.]|__")  # stands between the sections of a name


class SettingAddresses:
    """Entries whose value is an address. Code may leave out the sections of a name, or join its words otherwise."""

    def __init__(self, same: Container[str] = ()) -> None:
        """`same`: names of members that give what is held, and are no section of its name."""
        self._same = same
        self._entries: dict[str, list[tuple[tuple[str, ...], StringValue]]] = defaultdict(list)

    def add(self, path: str, settings: Iterable[Setting]) -> None:
        """The entries of one file."""
        for setting in settings:
            if "://" in setting.value and setting.value.lstrip()[0] not in "[@":  # no expression that makes one
                text = StringValue(setting.value, place=Place(path, setting.span), label=setting.path[-1])
                words = self._words(".".join(setting.path))
                self._entries[words[-1] if words else ""].append((words, text))

    def named(self, name: str, file: str = "") -> tuple[StringValue, ...]:
        """The addresses under a name: those with the most of its sections, and none of another section. `file`: only of
        files of this name."""
        key = self._words(name)
        if not self._entries or not key:
            return ()
        wanted = file_of(file)
        if "." not in wanted:  # the variable that holds its name
            wanted = ""
        matches = [
            (count, text)
            for words, text in self._entries.get(key[-1], ())
            if (count := _alike(words, key)) >= min(_SURE, len(words), len(key))
        ]
        if len(key) > 1:  # a variable of the environment has all of it as one word
            matches += [(len(key), text) for words, text in self._entries.get("".join(key), ())]
        fit = [(count, one) for count, one in matches if not wanted or (one.place and _is_file(one.place.path, wanted))]
        most = max((count for count, _ in fit), default=0)
        return tuple(dict.fromkeys(one for count, one in fit if count == most))[:ALTERNATIVES]

    def _words(self, name: str) -> tuple[str, ...]:
        """The sections of a name and its last word, however they are spelt: `api-url`, `API_URL`, `apiUrl`."""
        words = [word for part in _BETWEEN.split(name) if (word := re.sub("[-_\"']", "", part.casefold()))]
        return tuple(w for w in words[:-1] if w not in self._same and not w.isdigit()) + tuple(words[-1:])

    def like(self, pattern: str) -> tuple[StringValue, ...]:
        """The addresses under names of this pattern from the first section on; `*` stands for any sections."""
        key = self._words(pattern)
        entries = self._entries.get(key[-1], ()) if key else ()
        fit = (text for words, text in entries if fnmatchcase(".".join(words), ".".join(key)))
        return tuple(dict.fromkeys(fit))[:ALTERNATIVES]

    def of_client(self, patterns: str, names: Iterable[str]) -> tuple[StringValue, ...]:
        """The address of a client under one of its names, by patterns with `{}` for that and `|` between them."""
        wanted = (pattern.replace("{}", name) for pattern in patterns.split("|") if pattern for name in names)
        return tuple(dict.fromkeys(text for each in wanted for text in self.like(each)))


def file_of(name: str) -> str:
    """The name of a file without its folders, which may not be known (`…`)."""
    last = re.split(r"[\\/]", name)[-1].casefold()
    return last.lstrip("…") if re.match(r"…+\w", last) else last


def _alike(words: tuple[str, ...], key: tuple[str, ...]) -> int:
    """How many words are the same, from the last one on."""
    count = 0
    for own, other in zip(reversed(words), reversed(key), strict=False):
        if own != other:
            break
        count += 1
    return count


def _is_file(path: str, name: str) -> bool:
    return path.rpartition("/")[2].casefold() == name
