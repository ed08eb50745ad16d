"""No report, message or traceback ever holds a piece of a secret, wherever it was planted.

Every secret is made from a seed: letters and digits in turn, no vowel and no hexadecimal letter, so that six characters
of one occur in no word, no fingerprint and no path. Whatever command runs, its outputs are searched for all of them.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.report import FORMATS
from tests.helpers.repository import put

PIECE, OF_WORDS = 6, 9  # fewer letters are also those of ordinary words


class Secrets:
    """Makes secrets, and remembers them by the place they were planted in. `seconds`: every other of their characters;
    with letters a secret has the shape of a name, and only where it stands tells that it is none."""

    def __init__(self, seconds: str = "23456789") -> None:
        self.planted: dict[str, str] = {}
        self._seconds = seconds

    def __getitem__(self, place: str) -> str:
        source = random.Random(f"invented {place}")
        firsts = "GHJKLMNPQRSTVWXZghjkmnpqrstvwxz"
        letters = (source.choice(firsts) + source.choice(self._seconds) for _ in range(12))
        return self.planted.setdefault(place, "".join(letters))

    def leaks(self, output: str) -> list[str]:
        """The places whose secret shows a piece in `output`, also if its case was changed."""
        folded = output.casefold()
        return [place for place, secret in self.planted.items() if any(p in folded for p in pieces(secret))]


def pieces(secret: str) -> Iterator[str]:
    folded = secret.casefold()
    size = OF_WORDS if folded.isalpha() else PIECE
    return (folded[start : start + size] for start in range(len(folded) - size + 1))


def planted(secrets: Secrets) -> dict[str, str | bytes]:
    """The files of planted.txt by path. There `=== path encoding` begins a file, and «place» stands for a secret."""
    text = Path(__file__).with_name("planted.txt").read_text("utf-8")
    files: dict[str, str | bytes] = {}
    for head, body in re.findall(r"^=== (.+)\n((?:(?!===).*\n)*)", text, re.MULTILINE):
        path, _, encoding = head.partition(" ")
        filled = re.sub("«(.+?)»", lambda place: secrets[place[1]], body)
        files[path] = filled.encode(encoding or "utf-8")
    return files


@pytest.fixture(scope="module", params=["23456789", "aeiou"], ids=["odd", "words"])
def secrets(request: pytest.FixtureRequest) -> Secrets:
    return Secrets(request.param)


@pytest.fixture(scope="module")
def root(secrets: Secrets, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which every kind of file holds secrets."""
    folder = tmp_path_factory.mktemp("secrets") / "repository"
    put(folder, {path: data for path, data in planted(secrets).items() if not path.startswith("rules/")})
    return folder


def outputs(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    cli.run(arguments)
    return "".join(capfd.readouterr())


def test_the_secrets_are_many_and_their_pieces_are_their_own(root: Path, secrets: Secrets) -> None:
    assert len(secrets.planted) >= 40
    made = [piece for secret in secrets.planted.values() for piece in pieces(secret)]
    assert len(made) == len(set(made))
    for place, secret in secrets.planted.items():
        assert secrets.leaks(f"x{secret[5 : 5 + OF_WORDS]}x") == [place]


def test_findings_stand_on_or_beside_the_secrets(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Otherwise the searches below could find nothing because nothing was shown."""
    shown = outputs(["scan", str(root), "--format", "json", "--include-suppressed"], capfd)
    silent = {
        str(path.relative_to(root).as_posix())
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).as_posix() not in shown
    }
    assert silent == set()


@pytest.mark.parametrize("format_", list(FORMATS))
@pytest.mark.parametrize("more", [[], ["-v", "--include-suppressed"]])
def test_no_report_shows_a_piece(
    format_: str, more: list[str], root: Path, secrets: Secrets, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "report"
    shown = outputs(["scan", str(root), "--format", format_, "--output", str(out), *more], capfd)
    assert out.stat().st_size
    assert secrets.leaks(shown + out.read_text("utf-8")) == []


@pytest.mark.slow
def test_no_file_scanned_alone_shows_a_piece(root: Path, secrets: Secrets, capfd: pytest.CaptureFixture[str]) -> None:
    for path in sorted(root.rglob("*")):
        if path.is_file():
            assert secrets.leaks(outputs(["scan", str(path), "-v"], capfd)) == [], path.name


@pytest.mark.slow
def test_no_sweep_shows_a_piece(
    root: Path, secrets: Secrets, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shown = outputs(["sweep", str(root), "--out", str(out), "-v"], capfd)
    files = [path for path in sorted(out.rglob("*")) if path.is_file()]
    written = [path.read_text("utf-8") for path in files if path.suffix != ".xlsx"]
    with zipfile.ZipFile(out / "inventory.xlsx") as workbook:
        written += [workbook.read(name).decode("utf-8") for name in workbook.namelist()]
    assert (out / "inventory.csv").exists()
    assert secrets.leaks(shown + "".join(written)) == []


def test_comments_that_silence_are_listed_without_a_piece(
    root: Path, secrets: Secrets, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = outputs(["suppressions", str(root)], capfd)
    assert "py/ignored.py" in shown
    assert secrets.leaks(shown) == []


def test_a_baseline_holds_no_piece(
    root: Path, secrets: Secrets, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "baseline"
    shown = outputs(["baseline", "write", str(root), "--baseline", str(out)], capfd)
    assert out.stat().st_size
    assert secrets.leaks(shown + out.read_text("utf-8")) == []


@pytest.mark.slow
def test_rules_that_fail_to_load_are_told_without_a_piece(
    root: Path, secrets: Secrets, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rules = {path: data for path, data in planted(secrets).items() if path.startswith("rules/")}
    put(tmp_path, rules | {"rules/bytes/ropc/ABC101.toml": f"\x00{secrets['rule not text']}\n"})
    for folder in sorted((tmp_path / "rules").iterdir()):
        for arguments in (
            ["scan", str(root), "--rules", str(folder)],
            ["scan", str(root), "-v", "--format", "json", "--rules", str(folder)],
            ["explain", "PCM201", "--rules", str(folder)],
            ["rules", "list", "--rules", str(folder)],
            ["rules", "test", str(folder)],
        ):
            status = cli.run(arguments)
            shown = "".join(capfd.readouterr())
            assert status in (1, 2), arguments
            assert secrets.leaks(shown) == [], arguments


def test_a_configuration_that_fails_is_told_without_a_piece(
    secrets: Secrets, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for number, line in enumerate(
        [
            f"fail-on = {secrets['config bare']}",
            f'fail-on = "{secrets["config word"]}"',
            f'exclude = "{secrets["config unfinished"]}',
            f'password = "{secrets["config key"]}"',
        ]
    ):
        folder = tmp_path / str(number)
        put(folder, {".pcmfa-lint.toml": line + "\n", "a.py": "x = 1\n"})
        assert cli.run(["scan", str(folder), "-v"]) == 2
        assert secrets.leaks("".join(capfd.readouterr())) == []


@pytest.mark.parametrize(
    "target",
    [
        "pcmfa_lint.frontend.powershell.reader:read_powershell",
        "pcmfa_lint.frontend.python.reader:read_python",
        "pcmfa_lint.frontend.settings.reader:read_settings",
        "pcmfa_lint.analysis.analyze:link",
        "pcmfa_lint.findings.judge:judge",
        "pcmfa_lint.findings.masking:masked_lines",
    ],
)
def test_no_traceback_shows_a_piece(target: str, root: Path, secrets: Secrets, tmp_path: Path) -> None:
    """Each stage fails with the texts it was given in the message of its error."""
    module, _, name = target.partition(":")
    program = f"""
import importlib, sys
from pcmfa_lint import cli
module = importlib.import_module({module!r})
def fails(*arguments, **more):
    raise ValueError(repr(arguments)[:2_000_000]) from KeyError(repr(arguments)[:2_000_000])
setattr(module, {name!r}, fails)
sys.exit(cli.run(["scan", {str(root)!r}, "-v", "--jobs", "1"]))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, 4)
    assert "ValueError" in done.stdout + done.stderr
    assert secrets.leaks(done.stdout + done.stderr) == []
