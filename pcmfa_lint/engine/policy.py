"""The policy that decides which findings count: configuration, baseline and rules, from the work tree. For a change
that is not trusted see `base_policy`."""

from __future__ import annotations

from typing import NamedTuple

from pcmfa_lint.config import Config, load_config

TRUST = "--trust-head makes it count"


class Named(NamedTuple):
    """The files that the user named: a configuration ("" for none), a baseline, folders of rules."""

    config: str = ""
    baseline: str = ""
    rules: tuple[str, ...] = ()


class ScanPolicy(NamedTuple):
    """The files and settings that decide. `baseline` is the path of a file, "" for none; `notes` say what a change
    wants otherwise."""

    config: Config
    baseline: str = ""
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def policy_of_head(root: str, named: Named) -> ScanPolicy:
    """The policy of the work tree. Raises UsageFault."""
    config = load_config(root, named.config, named.rules)
    return ScanPolicy(config, named.baseline or config.baseline, named.rules)
