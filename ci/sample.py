"""Makes what docs/sample shows: the report of an estate, its inventory and playbook, and the picture in README.

    python ci/sample.py [FOLDER]

FOLDER gets what is made; without it docs/ of this repository does. The repositories in docs/sample/source are invented.
"""

from __future__ import annotations

import contextlib
import html
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pcmfa_lint import cli

DOCS = Path(__file__).parent.parent / "docs"
KEPT = ("report.html", "changes.html", "playbook.md", "playbook.html", "inventory.csv", "inventory.html")
LINES = 24  # of the report, in the picture
WIDTH = 96  # characters
_STEP, _CHARACTER, _EDGE = 18, 7.8, 16
_COLOURS = {"error": "#f47067", "warning": "#f69d50", "note": "#6cb6ff", "Why:": "#8ddb8c", "Fix:": "#8ddb8c"}


def make(folder: Path) -> None:
    """Sweeps the invented repositories, keeps what people read, and draws the report of the order job."""
    before = Path.cwd()
    (folder / "sample").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, _quiet() as printed:
        shutil.copytree(DOCS / "sample" / "source", Path(scratch, "contoso"))
        os.chdir(Path(scratch, "contoso"))
        try:
            cli.run(["sweep", ".", "--out", str(Path(scratch, "out")), "--quiet"])
            printed.truncate(0)
            printed.seek(0)
            os.chdir("orders")
            cli.run(["scan"])
        finally:
            os.chdir(before)
        for name in KEPT:
            shutil.copyfile(Path(scratch, "out", name), folder / "sample" / name)
    (folder / "report.svg").write_text(picture(printed.getvalue().splitlines()), "utf-8", newline="\n")


def picture(lines: list[str]) -> str:
    """The first lines as an SVG picture of a terminal."""
    shown = ["$ pcmfa-lint scan", "", *lines][:LINES]
    width, height = _EDGE * 2 + WIDTH * _CHARACTER, _EDGE * 2 + len(shown) * _STEP
    rows = "".join(
        f'<text x="{_EDGE}" y="{_EDGE + number * _STEP - 4}" xml:space="preserve">{row}</text>\n'
        for number, row in enumerate(map(_row, shown), 1)
    )
    style = "font-family:ui-monospace,Consolas,Menlo,monospace;font-size:13px;fill:#cdd9e5"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img">\n'
        f'<title>The head of a report</title>\n<rect width="100%" height="100%" rx="8" fill="#1c2128"/>\n'
        f'<g style="{style}">\n{rows}</g>\n</svg>\n'
    )


def _row(line: str) -> str:
    cut = line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
    for word, colour in _COLOURS.items():
        before, found, after = cut.partition(f" {word} ")
        if (found and "PCM" in after) or (found and word.endswith(":")):
            return f'{html.escape(before)} <tspan fill="{colour}">{word}</tspan> {html.escape(after)}'
    return html.escape(cut)


@contextlib.contextmanager
def _quiet() -> Iterator[io.StringIO]:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        yield out


def main() -> None:
    """Runs the script; see above."""
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)


if __name__ == "__main__":
    main()
