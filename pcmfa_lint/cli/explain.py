"""`explain` and `rules`: what the rules say."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcmfa_lint.cli.options import print_out, settings_of
from pcmfa_lint.config import FOUND, load_config
from pcmfa_lint.errors import UsageFault

if TYPE_CHECKING:
    from pcmfa_lint.knowledge.rule import Rule


_SPELLED = {
    "c#": "csharp",
    "ps1": "powershell",
    "pwsh": "powershell",
    "js": "javascript",
    "ts": "typescript",
    "py": "python",
}


@click.command()
@click.argument("rule", required=False)
@click.option("--file", "path", metavar="PATH", help="Explain a file instead of a rule.")
@click.option("--language", metavar="NAME", help="Show the advice and the examples for this language.")
@click.option("--examples", is_flag=True, help="Also show examples: code that is reported, and code that is not.")
@click.option("--rules", multiple=True, metavar="DIR", help="A folder with more rules and catalog files.")
def explain(rule: str | None, path: str | None, language: str | None, examples: bool, rules: tuple[str, ...]) -> None:
    """Print the page of RULE: what it finds, why, what to do. RULE is an id or a name.

    With --file: how PATH was read, what its code does, and why each rule reported it or did not.

    \b
    Examples:
      pcmfa-lint explain PCM201
      pcmfa-lint explain PCM201 --language csharp --examples
      pcmfa-lint explain --file scripts/nightly.ps1
    """
    from pcmfa_lint.engine.run import load_knowledge
    from pcmfa_lint.explain.rule_page import page

    if (rule is None) == (path is None):
        raise UsageFault("Name a rule, or a file with --file: pcmfa-lint explain PCM201")
    if path is not None:
        print_out(_file_page(path, rules))
    elif rule is not None:
        print_out(page(_in_language(_rule(rule, load_knowledge(rules).rules), language), examples, language is None))


def _in_language(rule: Rule, language: str | None) -> Rule:
    """The rule with the advice and the examples of one language; advice in none (prose) is for all of them."""
    if language is None:
        return rule
    from pcmfa_lint.frontend.languages import LANGUAGES

    name = _SPELLED.get(language.lower(), language.lower())
    languages = {each.name for each in LANGUAGES}
    if name not in languages:
        raise UsageFault(f"There is no language {language!r}; these are known: {', '.join(sorted(languages))}.")
    fixes = [fix for fix in rule.fix if name in _languages(fix.when) or not _languages(fix.when)]
    examples = [each for each in rule.example if each.language == name]
    return replace(rule, fix=tuple(fixes), example=tuple(examples))


def _languages(when: Mapping[str, object]) -> tuple[str, ...]:
    languages = when.get("language", ())
    return (
        (languages,)
        if isinstance(languages, str)
        else tuple(map(str, languages))
        if isinstance(languages, (list, tuple))
        else ()
    )


def _file_page(path: str, folders: tuple[str, ...]) -> str:
    """The page of one file, seen in its whole repository."""
    from pcmfa_lint.discovery.discover import root_of
    from pcmfa_lint.engine.run import load_knowledge
    from pcmfa_lint.engine.scan import examine
    from pcmfa_lint.explain.file_page import Gathered, file_page

    if not Path(path).is_file():
        raise UsageFault(f"There is no file {path}.")
    root, in_git = root_of([path])
    folder = Path.cwd().resolve()
    if not in_git and Path(path).resolve().is_relative_to(folder):
        root = str(folder)  # without git, what lies around the file is what the user stands in
    knowledge = load_knowledge(folders)
    settings = replace(settings_of(load_config(root, "", folders)), rules=folders)
    examined = examine([root], settings)
    relative = os.path.relpath(os.path.realpath(path), os.path.realpath(root)).replace(os.sep, "/")
    gathered = Gathered(examined.report, examined.evidence, examined.units, examined.seeds)
    return file_page(relative, gathered, knowledge.rules, knowledge.catalog.public_words())


@click.group()
def rules() -> None:
    """List and test rules, and show which settings apply."""


@rules.command("list")
@click.option("--rules", "folders", multiple=True, metavar="DIR", help="A folder with more rules and catalog files.")
def rules_list(folders: tuple[str, ...]) -> None:
    """List all rules: id, level, class, name, title."""
    from pcmfa_lint.engine.run import load_knowledge
    from pcmfa_lint.explain.rule_examples import list_rules

    print_out(list_rules(load_knowledge(folders)))


@rules.command("test")
@click.argument("folder", metavar="[DIR]", required=False)
def rules_test(folder: str | None) -> int:
    """Check the rule and catalog files in DIR, and run their examples; those of pcmfa-lint itself without DIR.

    \b
    Exit status:
      0  all examples pass
      1  an example fails
      2  a file cannot be used
    """
    from pathlib import Path

    from pcmfa_lint.engine.run import load_knowledge
    from pcmfa_lint.explain.rule_examples import cases, run_tests
    from pcmfa_lint.knowledge.loader import PREFIX
    from pcmfa_lint.knowledge.paths import shipped

    own = folder is None or Path(folder).resolve() == shipped()
    knowledge = load_knowledge(() if folder is None else (folder,))
    tested = [rule for rule in knowledge.rules if own or not rule.id.startswith(PREFIX)]
    failures = run_tests(knowledge, tested)
    print_out("".join(f"{line}\n" for line in failures))
    print_out(f"{len(tested)} rules, {len(cases(tested))} examples, {len(failures)} of them fail\n")
    return FOUND if failures else 0


@rules.command("show-config")
@click.argument("path", default=".", metavar="[PATH]")
@click.option(
    "--config", metavar="FILE", help="Configuration file. [default: .pcmfa-lint.toml or pyproject.toml at the root]"
)
@click.option("--rules", "folders", multiple=True, metavar="DIR", help="A folder with more rules and catalog files.")
def rules_show_config(path: str, config: str | None, folders: tuple[str, ...]) -> None:
    """Say what applies to PATH, a file, and which key of which file says so. PATH need not be there.

    \b
    Example:
      pcmfa-lint rules show-config scripts/legacy/Sync.ps1
    """
    import os

    from pcmfa_lint.config import find_config
    from pcmfa_lint.discovery.discover import root_of
    from pcmfa_lint.engine.run import load_knowledge
    from pcmfa_lint.explain.config_page import page
    from pcmfa_lint.knowledge.selectors import rule_names

    full = os.path.realpath(path)
    existing = full
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)  # noqa: PTH120
    root = root_of([existing])[0]
    relative = "" if full == root else os.path.relpath(full, root).replace(os.sep, "/")
    source = find_config(root, config or "", folders)
    print_out(page(source, relative, load_knowledge(folders), rule_names(folders)))


def _rule(name_or_id: str, rules: Sequence[Rule]) -> Rule:
    from pcmfa_lint.knowledge.toml_schema import nearest

    for rule in rules:
        if name_or_id.upper() == rule.id or name_or_id.lower() == rule.name:
            return rule
    names = [name for rule in rules for name in (rule.id, rule.name)]
    raise UsageFault(f"there is no such rule{nearest(name_or_id, names)}")
