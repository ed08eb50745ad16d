"""The hooks for pre-commit, and the action's files."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def test_the_hook_is_given_every_file_and_asks_for_no_report() -> None:
    hook = HOOKS["pcmfa-lint"]
    assert (hook["types"], hook["require_serial"]) == (["file"], True)
    assert not {"files", "types_or", "exclude", "args"} & hook.keys()
    assert hook["entry"].split() == ["pcmfa-lint", "scan", "--force-exclude", "--quiet", "--"]


def test_inputs_reach_scripts_through_the_environment_only() -> None:
    steps = ACTION["runs"]["steps"]
    assert all("${{" not in step.get("run", "") for step in steps)
    handed = " ".join(value for step in steps for value in {**step.get("env", {}), **step.get("with", {})}.values())
    assert [name for name in ACTION["inputs"] if f"inputs.{name} " not in handed] == []


def test_other_actions_are_pinned() -> None:
    files = [ROOT / "action.yml", *(ROOT / ".github/workflows").glob("*.yml"), ROOT / "tests/action/workflow.yml"]
    used = [line for file in files for line in file.read_text("utf-8").splitlines() if re.search(r"\buses: [^.]", line)]
    assert used
    for line in used:
        if "uses: owner/pcmfa-lint@v1" not in line:
            assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line
