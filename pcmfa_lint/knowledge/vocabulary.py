"""Which attributes a kind of evidence has, and which words each may hold: what rule and catalog files are held against.

The words are those of the docstrings in `evidence.model` and `catalog`; a type outside of them says its own words in
`WORDS`, by attribute.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from pcmfa_lint.evidence import model as ev
from pcmfa_lint.knowledge.toml_schema import hints

AUDIENCES = ("partner-center", "partner-api", "companion", "microsoft", "other", "unknown")
PRINCIPALS = ("user", "app", "customer", "device", "unknown")
NOUNS = ("password", "refresh-token", "client-secret", "user", "totp-seed")
# Names that are listed so that wider ones do not take them: identifiers, other tokens, secrets of something else.
SETTING_NOUNS = (*NOUNS, "app-id", "access-token", "other")
CONTEXTS = ("partner", "microsoft", "other", "none")
APPEARS = ("raises", "continues", "returns-status", "returns-error", "exit-code")
APP_ONLY = ("both", "user", "app", "unknown")
MEANINGS = (
    "token-request",
    "http",
    "api-call",
    "credential",
    "source",
    "transform",
    "store",
    "log",
    "retry",
    "invoke",
    "session",
    "exit",
    "respond",
    "marker",
    "alias",
    "cache",
    "format",
    "mapping",
    "pairs",
    "set-entry",
    "record-type",
    "set-member",
    "join",
    "forward",
    "inject",
    "all",
    "instance",
    "settings",
    "promise",
    "resolve",
    "response-part",
    "raise",
    "on-response",
    "ignore",
)

SECRETS = ("password", "refresh-token", "client-secret", "totp-seed")
FATES = ("kept", "memory", "dropped", "printed", "library-cache", "returned-unused", "unknown")
_WORDS: dict[tuple[type, str], tuple[str, ...]] = {
    (ev.Origin, "kind"): ev.ORIGINS,
    (ev.Origin, "principal"): PRINCIPALS,
    (ev.Audience, "kind"): AUDIENCES,
    (ev.RefreshTokenUse, "use"): FATES,
    (ev.ErrorHandling, "surfaces_as"): (*APPEARS, "unknown"),
    (ev.ErrorHandling, "checks"): ("none", "any-error", "other-status", "401-as-success"),
    (ev.ErrorHandling, "then"): ("raise", "end", "value", "continue", "fall-through", "lost", "unknown"),
    (ev.ErrorHandling, "retry"): ("none", "bounded", "unbounded"),
    (ev.TokenRequest, "flow"): ev.FLOWS,
    (ev.ApiCall, "tokens"): ev.FLOWS,
    (ev.StoredSecret, "flow"): ev.FLOWS,
    (ev.StoredSecret, "kind"): SECRETS,
    (ev.StoredSecret, "principal"): PRINCIPALS,
    (ev.StoredSecret, "feeds"): AUDIENCES,
    (ev.SettingUse, "secret_kind"): NOUNS,
    (ev.SettingUse, "value_kind"): ("literal", "placeholder", "reference", "empty"),
    (ev.SettingUse, "context"): CONTEXTS,
    (ev.SettingUse, "feeds"): AUDIENCES,
    (ev.TextHit, "scope"): ("code", "string", "comment", "any"),
}


@cache
def attributes(cls: type) -> dict[str, Any]:
    """All dotted attributes of a kind of evidence with their types, `X | None` as X; neither the trace nor what is
    `written` in a secret is one of them."""
    found: dict[str, Any] = {}
    for name, hint in hints(cls).items():
        kind = _bare(hint)
        if name in ("trace", "written"):
            continue
        found[name] = kind
        if isinstance(kind, type) and is_dataclass(kind) and not is_place(kind):
            found.update({f"{name}.{inner}": part for inner, part in attributes(kind).items()})
    return found


@cache
def words(cls: type, attribute: str) -> tuple[str, ...]:
    """The words that a dotted attribute of a kind of evidence may hold; empty if it holds any text."""
    owner, _, last = attribute.rpartition(".")
    kind = attributes(cls)[owner] if owner else cls
    own: Mapping[str, tuple[str, ...]] = getattr(kind, "WORDS", {})
    if last in own:
        return own[last]
    if (kind, last) in _WORDS:
        return _WORDS[kind, last]
    hint = attributes(kind)[last]
    return tuple(get_args(hint)) if get_origin(hint) is Literal else ()


def is_place(kind: Any) -> bool:
    """Whether a type is that of a region of a file, of which nothing can be asked."""
    return is_dataclass(kind) and {each.name for each in fields(kind)} == {"path", "span"}


def _bare(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return next(kind for kind in get_args(hint) if kind is not type(None))
    return hint
