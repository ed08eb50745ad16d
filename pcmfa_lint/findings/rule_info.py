"""Rules as reports show them."""

from __future__ import annotations

from pcmfa_lint.findings.model import RuleInfo
from pcmfa_lint.knowledge.rule import Rule


def rule_info(rule: Rule) -> RuleInfo:
    """The parts of a rule that reports show."""
    pair = next((each for each in rule.example if each.bad and each.good), None)
    return RuleInfo(
        id=rule.id,
        name=rule.name,
        title=rule.title,
        level=rule.level,
        precision=rule.precision,
        family=rule.family,
        why=rule.why.strip(),
        fix=rule.fix[-1].text.strip(),
        references=rule.references,
        bad=_one_text(pair.bad) if pair else "",
        good=_one_text(pair.good) if pair else "",
        example_language=pair.language if pair else "",
        cwe=rule.cwe,
        security_severity=rule.security_severity,
    )


def _one_text(example: str | dict[str, str]) -> str:
    """An example as one text; several files under their names."""
    if isinstance(example, str):
        return example.strip("\n")
    return "\n\n".join(f"{path}:\n{text.strip()}" for path, text in example.items())
