"""The baseline: findings that were there when the check was introduced. Pure but for `load`.

A text file with one entry a line, sorted: rule, digest of the masked code, how-manieth of its kind in its file, path.
There are no line numbers and no dates in it, so that moved lines and re-indentation change nothing and branches merge.
Nor is there anything that depends on what was masked: of a digest of a password, words could be tried until one fits.
So an entry cannot tell one password from another, and where a change is judged that is not trusted, it accepts no
stored credential: those that were there before are known by comparing with the base.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings.model import Finding

VERSION = 1
FILE = ".pcmfa-baseline"  # at the root, unless another is named
_HEADER = re.compile(r"# pcmfa-lint baseline, version (\d{1,9})")
_ENTRY = re.compile(r"([A-Z][A-Z0-9]*[0-9]) ([0-9a-f]{16}) ([1-9]\d{0,8}) (\".*\")")
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_DIGITS = 16
_SIZE = 50_000_000  # bytes


@dataclass(frozen=True, slots=True, order=True)
class BaselineEntry:
    """One known finding. `code`: digest of the masked code without blanks; `number`: the how-manieth with this rule
    and code in its file, from 1."""

    path: str
    rule: str
    code: str
    number: int

    @property
    def kind(self) -> tuple[str, str, str]:
        """The parts that entries of several occurrences have in common."""
        return self.path, self.rule, self.code


@dataclass(frozen=True, slots=True)
class Matched:
    """Findings held against a baseline. `known` and `new` keep the order of the findings; `stale` are entries that
    match nothing any more, `apart` entries that match nothing in this run, which could not have found it either."""

    known: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()
    stale: tuple[BaselineEntry, ...] = ()
    apart: tuple[BaselineEntry, ...] = ()


def match(
    entries: Collection[BaselineEntry],
    findings: Sequence[Finding],
    is_gone: Callable[[str], bool],
    is_covered: Callable[[str], bool],
) -> Matched:
    """Matches findings with the baseline. Where code occurs more often than it has entries, its last occurrences are
    new.

    An entry that matches nothing and whose path is gone meets a finding of the same rule and code elsewhere: the file
    was renamed. `is_gone` says of a path that there is no such file; `is_covered` that the run would have found what
    is in it."""
    kinds: dict[tuple[str, str, str], list[BaselineEntry]] = defaultdict(list)
    for entry in sorted(set(entries)):
        kinds[entry.kind].append(entry)
    left = Counter({kind: len(each) for kind, each in kinds.items()})
    known_indexes: set[int] = set()
    unmatched: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, (path, rule, code) in enumerate(map(_kind, findings)):
        if left[path, rule, code]:
            left[path, rule, code] -= 1
            known_indexes.add(index)
        else:
            unmatched[rule, code].append(index)
    for path, rule, code in kinds:
        while left[path, rule, code] and unmatched[rule, code] and is_gone(path):
            left[path, rule, code] -= 1
            known_indexes.add(unmatched[rule, code].pop(0))
    rest = [entry for kind, each in kinds.items() for entry in each[len(each) - left[kind] :]]
    return Matched(
        tuple(finding for index, finding in enumerate(findings) if index in known_indexes),
        tuple(finding for index, finding in enumerate(findings) if index not in known_indexes),
        tuple(entry for entry in rest if is_covered(entry.path)),
        tuple(entry for entry in rest if not is_covered(entry.path)),
    )


def entries_of(findings: Iterable[Finding]) -> tuple[BaselineEntry, ...]:
    """The entries of findings, which are in the order of their places."""
    counts: Counter[tuple[str, str, str]] = Counter()
    entries = []
    for kind in map(_kind, findings):
        counts[kind] += 1
        entries.append(BaselineEntry(*kind, counts[kind]))
    return tuple(entries)


def render(entries: Iterable[BaselineEntry]) -> str:
    """The text of a baseline file. Paths are quoted as in JSON; ASCII only where a path holds something unprintable."""
    lines = [
        f"# pcmfa-lint baseline, version {VERSION}",
        "# Findings that were known when this was written: rule, digest of the masked code, occurrence, path.",
        "# `pcmfa-lint baseline write` writes it, `pcmfa-lint baseline prune` removes what is fixed.",
    ]
    for entry in sorted(set(entries)):
        path = json.dumps(entry.path, ensure_ascii=not entry.path.isprintable())
        lines.append(f"{entry.rule} {entry.code} {entry.number} {path}")
    return "".join(f"{line}\n" for line in lines)


def parse(text: str, name: str) -> tuple[BaselineEntry, ...]:
    """The entries of a baseline's text. Raises UsageFault, with the line, for anything that is none; `name` is the
    file's. Line ends may be CRLF, order and repeated lines do not matter, as after a merge."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    for number, line in enumerate(lines, 1):
        if line.startswith(_CONFLICT):
            raise UsageFault(f"{name}:{number}: there are conflict markers; keep the entries of both sides")
    header = _HEADER.fullmatch(lines[0])
    if header is None:
        raise UsageFault(f"{name}:1: this is not a pcmfa-lint baseline")
    if int(header[1]) != VERSION:
        raise UsageFault(
            f"{name}:1: this is a baseline of version {header[1]}; this pcmfa-lint knows version {VERSION}"
        )
    return tuple(
        _entry(line, f"{name}:{number}") for number, line in enumerate(lines, 1) if line and not line.startswith("#")
    )


def load(file: str) -> tuple[BaselineEntry, ...]:
    """The entries of a baseline file. Raises UsageFault if it is not there or cannot be used."""
    path = Path(file)
    try:
        if not path.exists():
            raise UsageFault(f"{file}: there is no such baseline; create it with pcmfa-lint baseline write")
        if not path.is_file() or path.stat().st_size > _SIZE:
            raise UsageFault(f"{file}: this is not a pcmfa-lint baseline")
        return parse(path.read_bytes().decode("utf-8-sig"), path.name)
    except OSError as error:
        raise UsageFault(f"{file}: the baseline cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageFault(f"{file}: this is not a pcmfa-lint baseline: it is not UTF-8") from None


def _entry(line: str, where: str) -> BaselineEntry:
    parts = _ENTRY.fullmatch(line)
    if parts is not None:
        try:
            return BaselineEntry(json.loads(parts[4]), parts[1], parts[2], int(parts[3]))
        except ValueError:
            pass
    raise UsageFault(f"{where}: this is not a baseline entry; create the file again with pcmfa-lint baseline write")


def _kind(finding: Finding) -> tuple[str, str, str]:
    """Path, rule and digest of the masked code without blanks. What was masked cannot be told from it."""
    code = "".join("".join(line.text.split()) for line in finding.code)
    return finding.place.path, finding.rule, sha256(code.encode("utf-8", "replace")).hexdigest()[:_DIGITS]
