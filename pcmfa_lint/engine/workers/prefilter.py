"""The first pass: bytes only, one linear-time look for the literals of catalog and rules. Most files end here.

Case is folded for ASCII letters, and UTF-16 is seen through. A file passes a gate if its name fits and every group of
the gate has a hit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from threading import local
from typing import TYPE_CHECKING, Any, NamedTuple

from pcmfa_lint.knowledge.prefilter import MarkerSpec, PrefilterGate
from pcmfa_lint.limits import LONG_LINE_BYTES, LONG_LINES_SHARE, STATEMENT_BYTES

if TYPE_CHECKING:
    from pcmfa_lint.knowledge.catalog import ThirdPartySpec

REMARKS = ("pcmfa:", "pcmfa-lint:")  # what a comment to us holds
WHOM, WHAT = "whom", "what"  # the halves of a gate that is apart
_PLAIN_BYTES = 50_000  # so many are searched by the standard library in the time that it takes to make the engine
_LOOK = 1_024  # bytes at the front in which UTF-16 shows itself
_STRAY = 2  # NULs that a text may hold, as `source.text` sees it


class Gate(NamedTuple):
    """A file passes if each of `groups` (indexes of literals) has a hit. `files`: globs on the name, empty = all.
    `text`: this is a pattern rule's gate: its files are searched as text, whatever their language. `across_files`: the
    first group may be met in another file than the rest; what a single file meets is a half."""

    id: str
    groups: tuple[tuple[int, ...], ...]
    files: tuple[str, ...] = ()
    text: bool = False
    across_files: bool = False


class PrefilterPlan(NamedTuple):
    """A plan of what to look for: literals in lower case, each once, the gates over them, and for each marker its
    literals. `remarks`: the literals of comments to us, which make a file worth reading though no gate lets it pass.
    `long_lines`: gates for files of certain names whose code stands in lines that no person writes, `begins`: for such
    that begin in certain ways."""

    literals: tuple[bytes, ...]
    gates: tuple[Gate, ...]
    markers: tuple[tuple[str, tuple[int, ...]], ...] = ()
    remarks: tuple[int, ...] = ()
    long_lines: tuple[tuple[str, tuple[str, ...]], ...] = ()
    begins: tuple[tuple[str, tuple[str, ...], tuple[bytes, ...]], ...] = ()


def make_plan(
    specs: Iterable[PrefilterGate], markers: Iterable[MarkerSpec] = (), remarks: Iterable[str] = ()
) -> PrefilterPlan:
    """The plan for the gates of catalog and rules, for markers, and for comments to us. A pattern rule's gate has the
    rule's id, in capital letters; the ids of the catalog's gates are in lower case."""
    index: dict[bytes, int] = {}

    def numbers(literals: Iterable[str]) -> tuple[int, ...]:
        return tuple(index.setdefault(literal.encode("utf-8").lower(), len(index)) for literal in literals)

    gates = tuple(
        Gate(each.id, tuple(map(numbers, each.all)), each.files, each.id.isupper(), each.across_files) for each in specs
    )
    sightings = tuple((marker.name, numbers(marker.literal)) for marker in markers)
    to_us = numbers(remarks)
    return PrefilterPlan(tuple(index), gates, sightings, to_us)


def third_party_plan(specs: Sequence[ThirdPartySpec]) -> PrefilterPlan:
    """The plan that recognizes third-party files: each gate that a file passes says that it is one."""
    gates = [PrefilterGate(each.id, each.all, each.files) for each in specs if each.all]
    long_lines = tuple((each.id, each.files) for each in specs if each.long_lines)
    begins = tuple((each.id, each.files, tuple(map(str.encode, each.begins))) for each in specs if each.begins)
    return make_plan(gates)._replace(long_lines=long_lines, begins=begins)


def names_plan(names: Iterable[str]) -> PrefilterPlan:
    """The plan of a second pass: any of `names`, each a gate of its own."""
    literals = tuple(sorted({name.encode("utf-8").lower() for name in names if name}))
    return PrefilterPlan(
        literals, tuple(Gate(text.decode("utf-8"), ((number,),)) for number, text in enumerate(literals))
    )


def prefilter(data: bytes | bytearray | memoryview, plan: PrefilterPlan) -> frozenset[int]:
    """The indexes of the plan's literals that `data` contains."""
    return matcher(plan).hits(memoryview(data))


def passed(plan: PrefilterPlan, hits: frozenset[int], path: str) -> tuple[Gate, ...]:
    """The gates that a file of this name and with these hits passes."""
    return Gates(plan).passed(hits, path)


def partial_matches(plan: PrefilterPlan, hits: frozenset[int], path: str) -> list[tuple[str, str]]:
    """The halves of gates over several files that a file meets: pairs of the gate's id and `WHOM` or `WHAT`."""
    return Gates(plan).partial_matches(hits, path)


class Gates:
    """The gates of a plan, for many files. A gate is looked at only if a literal of its first group was hit (it says
    whom, and is rare): most files hold words such as `user`, and no gate comes into question."""

    def __init__(self, plan: PrefilterPlan) -> None:
        self._plan = plan
        self._by_literal: dict[int, list[int]] = {}
        for number, gate in enumerate(plan.gates):
            for literal in gate.groups[0] if gate.groups and not gate.across_files else ():
                self._by_literal.setdefault(literal, []).append(number)
        self._apart = tuple(gate for gate in plan.gates if gate.across_files)

    def passed(self, hits: frozenset[int], path: str) -> tuple[Gate, ...]:
        """As the function of this name."""
        numbers = {number for hit in hits for number in self._by_literal.get(hit, ())}
        gates = [self._plan.gates[number] for number in sorted(numbers)]
        return tuple(gate for gate in gates if _meets(hits, gate.groups) and _fits(gate, path))

    def shaped(self, path: str, data: memoryview) -> list[str]:
        """The ids of the gates that a file passes by how it begins, or by the shape of its lines."""
        ids = [name for name, files in self._plan.long_lines if _named(files, path)]
        ids = ids if ids and has_long_lines(data) else []
        head = bytes(data[:_LOOK]).removeprefix(b"\xef\xbb\xbf").lstrip() if self._plan.begins else b""
        return ids + [
            name for name, files, starts in self._plan.begins if head.startswith(starts) and _named(files, path)
        ]

    def partial_matches(self, hits: frozenset[int], path: str) -> list[tuple[str, str]]:
        """As the function of this name."""
        met: list[tuple[str, str]] = []
        for gate in self._apart if hits else ():
            halves = [
                half for half, groups in ((WHOM, gate.groups[:1]), (WHAT, gate.groups[1:])) if _meets(hits, groups)
            ]
            if halves and _fits(gate, path):
                met += [(gate.id, half) for half in halves]
        return met


def _fits(gate: Gate, path: str) -> bool:
    return not gate.files or _named(gate.files, path)


def paired(halves: Iterable[tuple[str, str, str]], most: int) -> tuple[list[str], int]:
    """The files that meet a gate together, out of (gate, half, file): for each gate both of whose halves are met
    somewhere at most `most`, files with both halves first, then those with the rarer half. Also how many were cut."""
    gates: dict[str, dict[str, set[str]]] = {}
    for gate, half, path in halves:
        gates.setdefault(gate, {WHOM: set(), WHAT: set()})[half].add(path)
    chosen: set[str] = set()
    cut = 0
    for first_half, second_half in (tuple(each.values()) for each in gates.values()):
        if first_half and second_half:
            rarer = min((second_half, first_half), key=len)
            files = sorted(
                first_half | second_half,
                key=lambda path: (path not in first_half & second_half, path not in rarer, path),
            )
            chosen.update(files[:most])
            cut += len(files[most:])
    return sorted(chosen), cut


def _meets(hits: frozenset[int], groups: tuple[tuple[int, ...], ...]) -> bool:
    return all(not hits.isdisjoint(group) for group in groups)


def sighted(plan: PrefilterPlan, hits: frozenset[int]) -> list[str]:
    """The names of the markers whose literals were found."""
    return [name for name, literals in plan.markers if not hits.isdisjoint(literals)]


def is_binary(data: bytes | bytearray | memoryview) -> bool:
    """NULs at the front of what is no UTF-16: no BOM, not all of them in the same half of the pairs, and not just a
    stray one or two in a text."""
    head = bytes(memoryview(data)[:_LOOK])
    if head.count(0) <= _STRAY or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return False
    even, odd = head[::2].count(0), head[1::2].count(0)
    return min(even, odd) * 10 > max(even, odd) or max(even, odd) * 4 < len(head) // 2


def has_long_lines(data: bytes | bytearray | memoryview) -> bool:
    """Whether nearly all that a file holds is code in lines that no person writes. A long line of data is none."""
    content = bytes(data)
    long = [line for line in content.split(b"\n") if len(line) > LONG_LINE_BYTES]
    size = sum(map(len, long))
    ends = sum(line.count(b";") for line in long)
    return size > 0 and size >= len(content) * LONG_LINES_SHARE and ends * STATEMENT_BYTES >= size


def overlap(plan: PrefilterPlan) -> int:
    """Bytes by which windows of one file must overlap so that no literal is cut, in UTF-16 neither."""
    return 2 * max(map(len, plan.literals), default=1)


@lru_cache(maxsize=4)
def matcher(plan: PrefilterPlan) -> Matcher:
    """The matcher of a plan, created once per process."""
    return Matcher(plan.literals)


class Matcher:
    """Searches for literals; takes the engine when there is so much to search that loading it pays."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._literals = literals
        self._searched = 0
        self._engine: Any = None
        self._room = local()  # what the engine needs while it searches, of each thread its own
        self._plain_only = not literals

    def hits(self, view: memoryview) -> frozenset[int]:
        """The indexes of the literals in a text."""
        content = bytes(view)
        if b"\0" in content:  # also behind a long comment in another script, which has no NULs in UTF-16
            view = memoryview(content.translate(None, b"\0"))
        self._searched += len(view)
        if self._engine is None and self._searched > _PLAIN_BYTES:
            self.load()
        if self._engine is None:
            folded = bytes(view).lower()
            return frozenset(index for index, literal in enumerate(self._literals) if literal in folded)
        numbers: list[int] = []
        self._engine.scan(view, match_event_handler=lambda index, *_: numbers.append(index), scratch=self._scratch())
        return frozenset(numbers)

    def load(self) -> None:
        """Loads the engine now, if it is to be had; without it the same is found more slowly."""
        if self._engine is None and not self._plain_only:
            try:
                self._engine = _engine(self._literals)
            except Exception:  # no wheel for this platform, or a processor that is too old
                self._plain_only = True

    def _scratch(self) -> Any:
        if not hasattr(self._room, "scratch"):
            import hyperscan

            self._room.scratch = hyperscan.Scratch(self._engine)
        return self._room.scratch


def _engine(literals: Sequence[bytes]) -> Any:
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flag = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH
    count = len(literals)
    database.compile(
        expressions=list(literals), ids=list(range(count)), elements=count, flags=[flag] * count, literal=True
    )
    return database


def _named(globs: tuple[str, ...], path: str) -> bool:
    return _glob(globs)(path.lower()) is not None


@lru_cache(maxsize=64)
def _glob(globs: tuple[str, ...]) -> Any:
    """Globs as a pattern: without a slash on the file's name, with one on the whole path (`**` any folders)."""
    return re.compile("|".join(map(_pattern, globs))).fullmatch


def _pattern(glob: str) -> str:
    head = "" if "/" in glob.rstrip("/") else "(?:.*/)?"
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob.lower().lstrip("/"))
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return head + "".join(wild.get(part, re.escape(part)) for part in parts)
