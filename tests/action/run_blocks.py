"""Writes every `run` block of the action and the workflows into a file of its own, for shellcheck.

python tests/action/run_blocks.py FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
HEAD = "#!/usr/bin/env bash\nset -eo pipefail\n"


def blocks(node: Any) -> Iterator[str]:
    """All values of keys named `run` that are texts, wherever they stand."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "run" and isinstance(value, str):
                yield value
            else:
                yield from blocks(value)
    elif isinstance(node, list):
        for each in node:
            yield from blocks(each)


def main() -> None:
    files = [ROOT / "action.yml", *sorted((ROOT / ".github/workflows").glob("*.yml"))]
    for file in [*files, ROOT / "tests/action/workflow.yml"]:
        for number, block in enumerate(blocks(yaml.safe_load(file.read_text("utf-8"))), 1):
            (Path(sys.argv[1]) / f"{file.stem}-{number}.sh").write_text(HEAD + block, "utf-8")


if __name__ == "__main__":
    main()
