"""The HTML report: one file that needs no network, to be mailed, kept and read offline.

Findings are grouped by rule and by fix, so that what is the same for many of them is there once. Everything goes
through Jinja's escaping; texts of rules are markdown, in which HTML stays text. The policy in the page lets nothing
run or load but the page's own script and style, by their hashes.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import TextIO
from urllib.parse import quote

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from pcmfa_lint.evidence import Place
from pcmfa_lint.finding import LEVELS, CodeLine, Finding, Report, RuleInfo
from pcmfa_lint.report import Options, utf8
from pcmfa_lint.report.words import BLIND_SPOT, BROKE_OFF, clean, files_line, not_shown, valid, verdict, where

_TEMPLATES = files("pcmfa_lint.report") / "templates"
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")


@dataclass(frozen=True, slots=True)
class _Fix:
    """The findings of a rule that have one fix."""

    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """The findings of one rule. `level` is the highest of theirs."""

    rule: str
    title: str
    level: str
    why: str
    references: tuple[str, ...]
    fixes: tuple[_Fix, ...]
    count: int


def write(report: Report, stream: TextIO, options: Options) -> None:
    """Write the page. With `options.link_base` places are links into the code."""
    style, script = _part("report.css"), _part("report.js")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=FunctionLoader(_part)
    )
    environment.filters |= {"clean": clean, "where": where, "markdown": _markdown, "pieces": _pieces}
    environment.filters["href"] = lambda place: _href(place, options.link_base)
    page = environment.get_template("report.html.j2").stream(
        report=report,
        groups=_groups(report),
        levels=LEVELS[::-1],
        silenced=_silenced(report),
        reasons={print_: each.reason for each in report.suppressions for print_ in each.silences if each.reason},
        sentences={"verdict": verdict(report), "aside": not_shown(report), "files": files_line(report)},
        broke_off=BROKE_OFF,
        blind_spot=BLIND_SPOT,
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; "
        "base-uri 'none'; form-action 'none'",
    )
    page.enable_buffering(100)
    for text in page:
        stream.write(valid(text))
    stream.write("\n")


def _groups(report: Report) -> list[_Group]:
    rules = {rule.id: rule for rule in report.rules}
    findings = sorted(report.findings, key=lambda finding: (finding.rule, finding.place))
    groups = [_group(id_, list(same), rules.get(id_)) for id_, same in groupby(findings, lambda each: each.rule)]
    return sorted(groups, key=lambda group: (-_rank(group.level), group.rule))


def _group(id_: str, findings: list[Finding], rule: RuleInfo | None) -> _Group:
    by_fix: dict[str, list[Finding]] = {}
    for finding in findings:
        by_fix.setdefault(finding.fix, []).append(finding)
    return _Group(
        id_,
        rule.title if rule else findings[0].name,
        max((finding.level for finding in findings), key=_rank),
        findings[0].why,
        rule.references if rule else (),
        tuple(_Fix(text, tuple(same)) for text, same in by_fix.items()),
        len(findings),
    )


def _rank(level: str) -> int:
    return [*LEVELS].index(level)  # type: ignore[arg-type]


def _silenced(report: Report) -> list[tuple[str, list[Finding]]]:
    lists = (
        ("Suppressed", report.suppressed),
        ("In the baseline", report.baselined),
        ("Below level", report.below),
    )
    return [(name, sorted(found, key=lambda each: (each.place, each.rule))) for name, found in lists if found]


def _pieces(line: CodeLine) -> tuple[str, str, str]:
    """A line of code before, in and after what is underlined."""
    start, end = (line.start - 1, line.end - 1) if 0 < line.start < line.end else (len(line.text), len(line.text))
    return line.text[:start], line.text[start:end], line.text[end:]


def _markdown(text: str) -> Markup:
    return Markup(_MARKDOWN.render("\n".join(clean(line.expandtabs(4)) for line in text.split("\n"))))


def _href(place: Place, base: str) -> str:
    return f"{base}{quote(utf8(place.path))}#L{place.span.line}" if base else ""


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8").replace("\r\n", "\n")
