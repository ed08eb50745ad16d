"""What is installed with pcmfa-lint: pinned by hashes in the action, and nothing that runs at the start of Python."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ASKED: list[str] = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
PINNED = ROOT / "constraints.txt"
_PIN = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9][0-9a-z.]*)(?: ; (?P<marker>[^\\]+?))?(?: --hash=sha256:[0-9a-f]{64})+"
)


def pins() -> dict[str, list[str]]:
    """The versions of each package in the list; anything else in it fails."""
    text = re.sub(r" \\\n +", " ", PINNED.read_text("utf-8"))
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            pin = _PIN.fullmatch(line)
            assert pin is not None, line
            found.setdefault(pin["name"], []).append(pin["version"])
    return found


def test_the_list_has_names_versions_and_hashes_and_no_address() -> None:
    text = PINNED.read_text("utf-8")
    assert pins()
    assert "://" not in text
    assert not re.search(r"@|--(?:index|extra|find|trusted)", text)


@pytest.mark.parametrize("requirement", ASKED)
def test_whatever_the_project_asks_for_is_in_the_list(requirement: str) -> None:
    """Fails after a change of pyproject.toml until `.ci/pin` has been run."""
    wanted = Requirement(requirement)
    versions = pins().get(canonicalize_name(wanted.name), [])
    assert versions
    assert all(wanted.specifier.contains(version) for version in versions)


def test_what_they_ask_for_in_turn_is_in_the_list_too() -> None:
    listed = pins()
    for name in listed:
        try:
            needs = metadata.requires(name) or ()
        except metadata.PackageNotFoundError:  # for another platform or Python
            continue
        for need in map(Requirement, needs):
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                ours = canonicalize_name(need.name)
                assert ours in listed or (name, ours) == ("pbr", "setuptools"), f"{name} needs {ours}"


def test_nothing_that_brings_a_pth_file_is_in_the_list() -> None:
    listed = pins()
    assert "setuptools" not in listed
    for name in listed:
        try:
            files = metadata.files(name) or ()
        except metadata.PackageNotFoundError:
            continue
        assert [file for file in files if Path(str(file)).suffix == ".pth"] == []


def test_the_action_installs_from_the_list_and_nothing_else() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    installs = [line for line in re.sub(r"\\\n +", "", text).splitlines() if " pip install " in line]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "constraints.txt" in installs[0]
    assert all("--no-deps" in line for line in installs)
    assert "--no-build-isolation" in installs[1]
