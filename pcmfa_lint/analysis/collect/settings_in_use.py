"""Entries of settings files that the code reads back: one secret is one finding, whoever came upon it first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pcmfa_lint.evidence.model import SettingUse, StoredSecret
from pcmfa_lint.ir.frozen import replace


def in_use(uses: Iterable[SettingUse], secrets: Sequence[StoredSecret]) -> Iterator[SettingUse]:
    """The entries, with what the code does with those that it reads; also the ones that it reads by a name which alone
    says nothing. Entries that are not committed with their value stay with the secret that they are read for."""
    committed = {secret.at: secret for secret in secrets if secret.committed}
    places_of_secrets = {secret.at for secret in secrets}
    for use in uses:
        secret = committed.pop(use.at, None)
        if secret is not None:
            yield replace(
                use,
                secret_kind=secret.kind,
                value_kind="literal",
                upn=use.upn or secret.upn,
                feeds=secret.feeds,
                trace=secret.trace,
            )
        elif use.at not in places_of_secrets:
            yield use
    for at, secret in committed.items():
        yield SettingUse(
            at,
            secret.origin.name,
            secret.kind,
            "literal",
            "settings",
            upn=secret.upn,
            feeds=secret.feeds,
            trace=secret.trace,
            confidence=secret.confidence,
        )
