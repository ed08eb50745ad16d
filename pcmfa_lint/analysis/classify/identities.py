"""The identities that sign in: accounts, applications and tenants, by the values that are no secret, else by what holds
them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pcmfa_lint.analysis.classify.origins import SecretOrigins
from pcmfa_lint.analysis.classify.placeholders import GUID
from pcmfa_lint.analysis.values.model import Values
from pcmfa_lint.evidence.model import Identity

_UPN = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63}){0,4}\.[a-z]{2,24}", re.IGNORECASE
)  # stricter than to judge: it is shown
_TENANT = re.compile(rf"{GUID.pattern}|[a-z0-9-]{{1,63}}(\.[a-z0-9-]{{1,63}}){{1,4}}", re.IGNORECASE)
_UNTOLD = ("parameter", "unknown", "session", "literal", "placeholder")  # what holds it tells less than nothing


def accounts(origins: SecretOrigins, vals: Values) -> tuple[Identity, ...]:
    """The users that a value can be: `user@domain`."""
    return _identities(origins, vals, _UPN)


def apps(origins: SecretOrigins, vals: Values) -> tuple[Identity, ...]:
    """The applications that a value can be, by their ids."""
    return _identities(origins, vals, GUID)


def tenants(origins: SecretOrigins, vals: Values) -> tuple[Identity, ...]:
    """The tenants that a value can be: ids or domains."""
    return _identities(origins, vals, _TENANT)


def joined(several: Iterable[tuple[Identity, ...]]) -> tuple[Identity, ...]:
    """All of them, sorted, each once."""
    return tuple(sorted({identity for identities in several for identity in identities}))


def _identities(origins: SecretOrigins, vals: Values, shape: re.Pattern[str]) -> tuple[Identity, ...]:
    return tuple(sorted(set(_each(origins, vals, shape))))


def _each(origins: SecretOrigins, vals: Values, shape: re.Pattern[str]) -> Iterator[Identity]:
    for val, origin in origins.each(vals):
        text = origins.written(val).strip()
        if shape.fullmatch(text) and not (shape is GUID and len(set(text) - {"-"}) < 4):  # 0000…: to be filled in
            yield Identity("value", text.lower())
        elif origin.kind not in _UNTOLD:
            yield Identity(origin.kind, origin.name)
