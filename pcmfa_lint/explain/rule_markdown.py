"""A rule as markdown: its page for the site, and the advice that an editor shows. All of it stands in the rule."""

from __future__ import annotations

from collections.abc import Iterator

from pcmfa_lint.explain.rule_page import fix_title
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.frontend.languages import language_of
from pcmfa_lint.knowledge.rule import Example, Rule


def page(rule: Rule) -> str:
    """The whole page: what, why, what to do, examples, sources, since when."""
    return "\n".join(_lines(rule)) + "\n"


def advice(finding: Finding, title: str) -> str:
    """The text that an editor shows of a finding: the rule's title, why, and what to do in this place."""
    return "\n\n".join((f"### {finding.rule} {title}", finding.why.strip(), finding.fix.strip()))


def _lines(rule: Rule) -> Iterator[str]:
    yield f"# {rule.id} {rule.title}"
    yield ""
    about = (f"class `{rule.family}`", f"level **{rule.level}**", f"precision {rule.precision}", f"since {rule.since}")
    yield " · ".join((f"`{rule.name}`", *about))
    yield from ("", "## Why", "", rule.why.strip())
    special = any(fix.when for fix in rule.fix)
    for fix in rule.fix:
        title = fix_title(fix.when, special).replace("#", "\\#")  # a heading may end with these signs
        yield from ("", f"## {title}", "", fix.text.strip())
    if rule.example:
        yield from ("", "## Examples")
    for example in rule.example:
        yield from _example(example)
    if rule.references:
        yield from ("", "## Sources", "", *(f"- <{reference}>" for reference in rule.references))


def _example(example: Example) -> Iterator[str]:
    yield from ("", f"### {example.title}")
    for reported, path, content in example.texts():
        label, name = "Reported" if reported else "Not reported", f" (`{path}`)" if path else ""
        fence = "````" if "```" in content else "```"
        yield from ("", f"{label}{name}:", "", f"{fence}{_word(example, path)}", content.strip("\n"), fence)


def _word(example: Example, path: str) -> str:
    """The language of a block of code, for its colours."""
    return language_of(path) if path else example.language
