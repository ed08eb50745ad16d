"""The values that a deployment hands to the parameters of a template: parameter files of ARM, Bicep and Logic Apps.

Nothing in such a file says which template it is for but the names; so of two files the nearer one counts, and one that
lies in another part of the repository does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile

from pcmfa_lint.ir.nodes import Setting, Unit

SECRET_NAME = "secretName"
_BICEP = ".bicepparam"


class DeploymentParameters:
    """The entries of parameter files, by the name of the parameter."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._templates = {
            f"{unit.path}#{number}"
            for unit in units
            for number, script in enumerate(unit.scripts, 1)
            if script.language == "workflow"
        }
        self._entries: dict[str, list[tuple[str, Setting]]] = defaultdict(list)
        for unit in units:
            for setting in unit.settings:
                if name := _parameter(unit.path, setting):
                    self._entries[name.casefold()].append((unit.path, setting))

    def entries(self, name: str, template: str) -> Iterator[tuple[str, Setting]]:
        """The entries of parameter files for a parameter that a template reads, the nearest file first."""
        if template not in self._templates:
            return
        files = self._entries.get(name.casefold(), [])
        for path, setting in sorted(files, key=lambda entry: -shared_folders(entry[0], template)):
            if shared_folders(path, template) or "/" not in path or "/" not in template:
                yield path, setting


def _parameter(path: str, setting: Setting) -> str:
    """The parameter that an entry of a parameter file gives its value; "" for every other entry."""
    match setting.path:
        case (name,) if path.endswith(_BICEP):
            return name
        case ("parameters", name, "value"):
            return name
        case ("parameters", name, "reference", key) if key == SECRET_NAME:
            return name
        case (name, "value") if "parameters" in path.rpartition("/")[2].casefold():  # of a Logic App (Standard)
            return name
    return ""


def shared_folders(path: str, other: str) -> int:
    """The number of folders that two files share, from the root on."""
    pairs = zip(path.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
