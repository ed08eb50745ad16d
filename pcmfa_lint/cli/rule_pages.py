"""`explain` and `rules`: what the rules say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pcmfa_lint.cli.common import FOUND, print_out
from pcmfa_lint.config import UsageFault

if TYPE_CHECKING:
    from pcmfa_lint.rule import Rule


@click.command()
@click.argument("rule")
@click.option("--rules", multiple=True, metavar="DIR", help="A folder with more rules and catalog files.")
def explain(rule: str, rules: tuple[str, ...]) -> None:
    """Print the page of RULE: what it finds, why, what to do, examples. RULE is an id or a name.

    \b
    Example:
      pcmfa-lint explain PCM201
    """
    from pcmfa_lint.engine import load_knowledge
    from pcmfa_lint.explain import page

    known = load_knowledge(rules).rules
    print_out(page(_rule(rule, known)))


@click.group()
def rules() -> None:
    """The rules: list them, test them."""


@rules.command("list")
@click.option("--rules", "folders", multiple=True, metavar="DIR", help="A folder with more rules and catalog files.")
def rules_list(folders: tuple[str, ...]) -> None:
    """List all rules: id, level, class, name, title."""
    from pcmfa_lint.engine import load_knowledge
    from pcmfa_lint.ruletest import list_rules

    print_out(list_rules(load_knowledge(folders)))


@rules.command("test")
@click.argument("folder", metavar="[DIR]", required=False)
def rules_test(folder: str | None) -> int:
    """Check the rule and catalog files in DIR, and run their examples; those of pcmfa-lint itself without DIR.

    \b
    Exit status:
      0  all examples hold
      1  an example does not hold
      2  a file cannot be used
    """
    from pathlib import Path

    from pcmfa_lint.engine import load_knowledge
    from pcmfa_lint.gates import shipped
    from pcmfa_lint.knowledge import PREFIX
    from pcmfa_lint.ruletest import cases, run_tests

    own = folder is None or Path(folder).resolve() == shipped()
    knowledge = load_knowledge(() if folder is None else (folder,))
    tested = [rule for rule in knowledge.rules if own or not rule.id.startswith(PREFIX)]
    failures = run_tests(knowledge, tested)
    print_out("".join(f"{line}\n" for line in failures))
    print_out(f"{len(tested)} rules, {len(cases(tested))} examples, {len(failures)} of them do not hold\n")
    return FOUND if failures else 0


@rules.command("show-config")
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--config", metavar="FILE", help="Instead of .pcmfa-lint.toml or pyproject.toml at the root.")
@click.option("--rules", "folders", multiple=True, metavar="DIR", help="A folder with more rules and catalog files.")
def rules_show_config(path: str, config: str | None, folders: tuple[str, ...]) -> None:
    """Say what applies to PATH, a file, and which key of which file says so. PATH need not be there.

    \b
    Example:
      pcmfa-lint rules show-config scripts/legacy/Sync.ps1
    """
    import os

    from pcmfa_lint.config import find_config
    from pcmfa_lint.discover import root_of
    from pcmfa_lint.engine import load_knowledge
    from pcmfa_lint.rule_words import rule_names
    from pcmfa_lint.show_config import page

    full = os.path.realpath(path)
    there = full
    while not os.path.lexists(there):
        there = os.path.dirname(there)  # noqa: PTH120
    root = root_of([there])[0]
    relative = "" if full == root else os.path.relpath(full, root).replace(os.sep, "/")
    source = find_config(root, config or "", folders)
    print_out(page(source, relative, load_knowledge(folders), rule_names(folders)))


def _rule(wanted: str, known: Sequence[Rule]) -> Rule:
    from pcmfa_lint.schema import nearest

    for rule in known:
        if wanted.upper() == rule.id or wanted.lower() == rule.name:
            return rule
    names = [name for rule in known for name in (rule.id, rule.name)]
    raise UsageFault(f"there is no such rule{nearest(wanted, names)}")
