"""Writes the scripts of a template of `ci/` into files, one a step: `step-0.sh` and so on.

python tests/ci/steps.py TEMPLATE FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def scripts(node: Any) -> Iterator[str]:
    """All scripts, wherever they stand: `bash` of Azure, `script` of GitLab."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "bash":
                yield value
            elif key == "script":
                yield "\n".join(value)
            else:
                yield from scripts(value)
    elif isinstance(node, list):
        for each in node:
            yield from scripts(each)


def main() -> None:
    """Writes the files."""
    template, folder = map(Path, sys.argv[1:])
    documents = list(yaml.safe_load_all(template.read_text("utf-8")))
    for number, script in enumerate(scripts(documents[-1])):
        (folder / f"step-{number}.sh").write_text(script, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
