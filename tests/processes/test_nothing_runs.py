"""Nothing of what is scanned runs, whatever it is called, and however workers come to be."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import pcmfa_lint
from tests.helpers.repository import ROPC, put

ROOT = Path(pcmfa_lint.__file__).parent.parent
DRIVE = str(Path(__file__).with_name("drive.py"))
LINUX = sys.platform == "linux"
WAYS = ["spawn", "spawn-executor"] + (["fork", "fork-executor", "forkserver-executor"] if LINUX else [])
SAFE = sys.version_info >= (3, 11)  # from here on, an executor's children look where we say
PROGRAMS = ("git", "ssh", "python", "python3", "sh", "gpg", "less", "pager")


def hostile(root: Path, *besides: str) -> str:
    """A repository that has a file by every name that Python, or git, could take for its own. Each leaves a trace."""
    ran = "import os\nwhere = os.path.dirname(os.path.abspath(__file__))\n"
    ran += "open(os.path.join(where, 'ran'), 'a').write(__file__ + '\\n')\n"
    names = {*sys.stdlib_module_names, *packages_distributions(), "sitecustomize", "usercustomize"}
    put(root, {f"{name}.py": ran for name in names if name.isidentifier() and name not in ("pcmfa_lint", *besides)})
    put(root, {"bad.py": ROPC})
    for folder in (root, root / "bin"):
        for name in (each + ending for each in PROGRAMS for ending in ("", ".exe", ".bat")):
            put(folder, {name: f"#!{sys.executable}\n{ran}"})
            (folder / name).chmod(0o755)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return str(root)


def scanned(root: Path, *command: str) -> None:
    """Scans the current folder, `root`, with PATH leading into it, and looks whether anything of it ran."""
    here = [".", "", str(root), str(root / "bin"), os.environ["PATH"]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": os.pathsep.join(here)}
    environment.pop("PYTHONSAFEPATH", None)
    done = subprocess.run([sys.executable, *command], cwd=root, env=environment, capture_output=True, check=False)
    assert not (root / "ran").exists(), (root / "ran").read_text().splitlines()[:5]
    assert not list(root.rglob("__pycache__"))
    assert (done.returncode, b"PCM201" in done.stdout) == (1, True), done.stderr


@pytest.mark.parametrize("how", [each for each in WAYS if SAFE or not each.endswith("-executor")])
def test_however_workers_come_to_be(tmp_path: Path, how: str) -> None:
    hostile(tmp_path)
    scanned(tmp_path, DRIVE, how, "scan", ".", "--quiet")


@pytest.mark.parametrize("options", [[], ["-P"], ["-I"]], ids=["plain", "safe path", "isolated"])
def test_however_we_are_started(tmp_path: Path, options: list[str]) -> None:
    if options != ["-I"] and not SAFE:
        pytest.skip("this Python imports more of the current folder by itself, and has no -P")
    hostile(tmp_path / "scanned", *([] if options else imported_before_us(tmp_path)))
    module = ["-m", "pcmfa_lint"]
    if options == ["-I"]:  # which ignores PYTHONPATH
        module = ["-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); from pcmfa_lint.cli import main; main()"]
    scanned(tmp_path / "scanned", *options, *module, "scan", ".", "--quiet")


def imported_before_us(folder: Path) -> list[str]:
    """What `python -m` imports, from the current folder if it is there, before it runs anything of ours."""
    put(folder, {"probe/__init__.py": "import sys\nprint(*sys.modules)\n", "probe/__main__.py": ""})
    done = subprocess.run([sys.executable, "-m", "probe"], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode().split()
