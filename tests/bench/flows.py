"""How well the inventory's flows agree with what a person wrote down, over labelled repositories.

    python tests/bench/flows.py --labels FOLDER --clones FOLDER [--only-language python ...]

A label file is TOML with `repo = "owner/name"` and `[inventory] flows = [...]`; the clone of it is `owner+name`. Each
repository goes through the whole pipeline. `unknown` is left out on both sides, with what the inventory calls
a default credential or a token from a cache, which labels do not know, and so are sign-ins to other identity
providers. Of each integration all sign-ins count, not only those that speak for it. `--only-language` keeps
the repositories that have a file in one of these languages. Prints the repositories that differ, then
precision and recall. Exit status 2 if nothing was measured.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from pcmfa_lint.config import Settings
from pcmfa_lint.discovery.discover import discover
from pcmfa_lint.engine.scan import examine
from pcmfa_lint.evidence.words import FLOWS
from pcmfa_lint.findings.redaction import path
from pcmfa_lint.frontend.languages import language_of
from pcmfa_lint.inventory.assembly.entries import entries
from pcmfa_lint.inventory.model.knowledge import load_tables

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def flows(root: Path) -> set[str]:
    """What the inventory says of one repository."""
    done = examine([str(root)], Settings())
    if done.evidence is None:
        return set()
    found = entries(path(root.name), done.evidence, done.report.findings, done.files, load_tables())
    return {str(each.flow) for entry in found for each in entry.sign_ins} & set(FLOWS) - {"unknown"}


def languages(root: Path) -> set[str]:
    return {language_of(path) for path in discover([str(root)]).files}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", required=True, type=Path)
    parser.add_argument("--clones", required=True, type=Path)
    parser.add_argument("--only-language", action="append", default=[])
    given = parser.parse_args()
    counted: Counter[str] = Counter()
    for file in sorted(given.labels.glob("*.toml")):
        label = tomllib.loads(file.read_text("utf-8"))
        root = given.clones / label["repo"].replace("/", "+")
        if not root.is_dir() or (given.only_language and not languages(root) & set(given.only_language)):
            continue
        said, written = flows(root), set(label["inventory"]["flows"]) - {"unknown"}
        counted.update(
            repositories=1, right=len(said & written), wrong=len(said - written), missing=len(written - said)
        )
        if said != written:
            print(f"{label['repo']}: not labelled {sorted(said - written)}, missing {sorted(written - said)}")
    right, wrong, missing = (counted[name] for name in ("right", "wrong", "missing"))
    if not right + missing:
        print("nothing was measured")
        sys.exit(2)
    precision = right / (right + wrong) if right + wrong else 0.0
    print(
        f"{counted['repositories']} repositories: {right} right, {wrong} wrong, {missing} missing; "
        f"precision {precision:.3f}, recall {right / (right + missing):.3f}"
    )


if __name__ == "__main__":
    main()
