"""The sweep itself: which repositories, what was found in each, and the files that come of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pcmfa_lint import __version__
from pcmfa_lint.config import UsageFault
from pcmfa_lint.engine import MakeExecutor
from pcmfa_lint.inventory import document, pages, playbook, requests, sheets
from pcmfa_lint.inventory.estate import Estate, Scanned
from pcmfa_lint.inventory.steps import load_playbook
from pcmfa_lint.inventory.table import table
from pcmfa_lint.output import write_to
from pcmfa_lint.pool import Pool, processors
from pcmfa_lint.report import write
from pcmfa_lint.sweep.look import Looked, SettingsOf, Task, finished, look, warm
from pcmfa_lint.sweep.saved import digest, keep
from pcmfa_lint.sweep.sources import Source, sources

SECONDS = 3_600.0  # for one repository in a worker; then it is looked at once more, file by file
STATE = ".resume"
SARIF = "sarif"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sweep is asked for. `given`: a folder, or a file with a list. `merge`, `partner_requests`: files, "" for
    none. `rules`: folders of the user's. `jobs` 0: one worker a processor. `cache`: the folder of clones."""

    given: str
    out: str
    settings_of: SettingsOf
    cache: str
    resume: bool = False
    merge: str = ""
    partner_requests: str = ""
    rules: tuple[str, ...] = ()
    jobs: int = 0
    today: date | None = None


@dataclass(slots=True)
class Watch:
    """Who is told how far the sweep is. `begun`: how many repositories there are; `told`: one is done, and how many
    are; `say`: a sentence."""

    begun: Callable[[int], None] = lambda count: None
    told: Callable[[Looked, int], None] = lambda looked, number: None
    say: Say = lambda text: None


@dataclass(slots=True)
class _Run:
    tasks: list[Task]
    watch: Watch
    today: date
    done: dict[str, Looked] = field(default_factory=dict)

    def add(self, looked: Looked) -> None:
        self.done[looked.scanned.name] = looked
        task = next(each for each in self.tasks if each.source.name == looked.scanned.name)
        if looked.key and not looked.again and task.state:
            keep(Path(task.state), looked.key, looked.scanned, self.today)
        self.watch.told(looked, len(self.done))

    def go(self, pool: Pool) -> None:
        """Does all tasks; those that cost their worker are done once more, each file in a process of its own."""
        try:
            pool.run(look, self.tasks, lambda task: [task], lambda task, reason: None, SECONDS, self._add_if)
        finally:
            pool.end(kill=True)
        for task in self.tasks:
            if task.source.name not in self.done:
                self.add(look(replace(task, apart=True)))

    def _add_if(self, looked: Looked | None) -> None:
        if looked is not None:
            self.add(looked)


def sweep(wish: Wish, watch: Watch, make_executor: MakeExecutor | None = None) -> int:
    """Scans the repositories and writes all files to the folder of the wish. Gives the exit status: the gravest of all
    repositories. `make_executor` gives an executor with so many workers, on this machine or elsewhere; the files are
    the same. Raises UsageFault for what cannot be done at all, KeyboardInterrupt after what there is was written."""
    out = _made(wish.out)
    found, said = sources(wish.given, str(out))
    old = sheets.read(_bytes(wish.merge), wish.merge) if wish.merge else None
    asked = _bytes(wish.partner_requests) if wish.partner_requests else b""
    warm(wish.rules)
    for sentence in said:
        watch.say(sentence)
    watch.begun(len(found))
    today = wish.today or date.today()
    run = _Run(_tasks(found, out, wish, today), watch, today)
    complete = False
    try:
        run.go(Pool(min(wish.jobs or processors(), len(found)), make_executor))
        complete = True
    finally:  # also when it is broken off: what there is is written
        scanned = [_result(task, run.done.get(task.source.name), wish) for task in run.tasks]
        _write(Estate(tuple(scanned), __version__, complete, notes=tuple(said)), out, old, asked, wish, run)
    return max((each.status for each in scanned), default=0)


def _tasks(found: Sequence[Source], out: Path, wish: Wish, today: date) -> list[Task]:
    names = Names()
    fresh = digest(wish.rules)
    state = out / STATE
    state.mkdir(exist_ok=True)
    tasks = []
    for source in found:
        file = state / f"{names.safe(source.name)}.json"
        if not wish.resume:
            file.unlink(missing_ok=True)
        tasks.append(Task(source, wish.settings_of, wish.cache, str(file), fresh, today))
    return tasks


def _result(task: Task, looked: Looked | None, wish: Wish) -> Scanned:
    if looked is None:
        reason = "the sweep was broken off before it came to this"
        return Scanned(task.source.name, task.source.shown, failed=reason)
    return finished(looked.scanned, wish.rules)


def _write(
    estate: Estate, out: Path, old: Sequence[dict[str, str]] | None, asked: bytes, wish: Wish, run: _Run
) -> None:
    """All files; each is there whole or as it was."""
    if asked:
        estate = replace(estate, apps=requests.app_uses(asked, wish.partner_requests, estate.entries()))
    rows = table(estate, old, wish.merge)
    estate = replace(estate, changes=rows.changes)
    sarif = out / SARIF
    sarif.mkdir(exist_ok=True)
    for task, each in zip(run.tasks, estate.repositories, strict=True):
        file = sarif / (Path(task.state).stem + ".sarif")
        if each.report is not None:
            report = each.report
            write_to(str(file), lambda stream, report=report: write(report, "sarif", stream))  # type: ignore[misc]
        elif estate.complete:
            file.unlink(missing_ok=True)
    write_to(str(out / "inventory.csv"), lambda stream: sheets.write(rows.columns, rows.cells(), stream))
    write_to(str(out / "inventory.json"), lambda stream: document.write(estate, stream))
    text = playbook.markdown(estate, load_playbook())
    write_to(str(out / "playbook.md"), lambda stream: stream.write(text))
    write_to(str(out / "playbook.html"), lambda stream: pages.write_playbook(playbook.TITLE, text, stream, __version__))
    write_to(
        str(out / "inventory.html"),
        lambda stream: pages.write_inventory(rows.columns, rows.cells(), stream, __version__, estate.complete),
    )
    write_to(str(out / "report.html"), lambda stream: pages.write_report(estate, stream))


def _made(out: str) -> Path:
    try:
        Path(out).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageFault(f"{out} cannot be made: {error.strerror}") from None
    return Path(out).resolve()


def _bytes(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageFault(f"{file} cannot be read: {error.strerror}") from None


class Names:
    """File names for repositories: safe everywhere, and no two the same, also where case does not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def safe(self, name: str) -> str:
        """A name of its own."""
        base = re.sub(r"[^A-Za-z0-9._+-]+", "-", name.replace("/", "__")).strip(".-")[:150] or "repository"
        chosen, number = base, 1
        while chosen.lower() in self._taken:
            number += 1
            chosen = f"{base}-{number}"
        self._taken.add(chosen.lower())
        return chosen
