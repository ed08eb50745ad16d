"""Evidence in words: fills the holes of a rule's message.

Names that come out of scanned code are shown only if they are shaped like names; a value never is, and of a path only
the words that the catalog knows.
"""

from __future__ import annotations

import re
from operator import attrgetter
from string import Formatter

from pcmfa_lint.evidence.condition import known
from pcmfa_lint.evidence.model import Audience, Fate, Item, Origin, Place, Treatment
from pcmfa_lint.findings.redaction import mask_text

# kind of origin: with its name, without a name
_ORIGINS = {
    "literal": ("a literal in the source ({0})", "a literal in the source"),
    "placeholder": ("a placeholder in the source ({0})", "a placeholder in the source"),
    "environment": ("the environment variable {0}", "an environment variable"),
    "setting": ("the setting '{0}'", "a setting"),
    "plain-file": ("the plain file '{0}'", "a plain file"),
    "exported": ("the exported credential file '{0}'", "an exported credential file"),
    "encrypted-with-key-beside": (
        "'{0}', encrypted with a key that is stored beside it",
        "a value that is encrypted with a key stored beside it",
    ),
    "os-vault": ("the entry '{0}' of the operating system's vault", "the operating system's vault"),
    "asset": ("the automation asset '{0}'", "an automation asset"),
    "secret-store": ("the secret '{0}' of a secret store", "a secret store"),
    "prompt": ("a prompt ({0})", "a prompt"),
    "parameter": ("the parameter '{0}'", "a parameter"),
    "session": ("the signed-in session", "the signed-in session"),
    "unknown": ("'{0}', whose origin is not known", "an origin that is not known"),
}
_AUDIENCES = {
    "partner-center": "Partner Center",
    "partner-api": "the Partner API",
    "companion": "another Microsoft service",
    "microsoft": "a Microsoft service",
    "other": "a service that is not Microsoft's",
    "unknown": "an audience that is not known",
}
_WORDS = {
    "ropc": "user name and password (ROPC)",
    "refresh-token": "a refresh token",
    "authorization-code": "an authorization code",
    "device-code": "a device code",
    "interactive": "an interactive sign-in",
    "app-only": "an app-only credential",
    "managed-identity": "a managed identity",
}
_UNKNOWN = {
    "flow": "a flow that is not known",
    "host": "a host that is not known",
    "path": "a path that is not known",
    "method": "a request",
    "function": "the top level",
    "version": "no fixed version",
}
_FLOWS = frozenset({"flow", "tokens"})
_NAME = re.compile(r"[\w .$%~:/\\{}()*+-]{1,80}")


def fill(message: str, item: Item, shown: frozenset[str]) -> str:
    """`message` with every `{attribute}` put in words; a doubled brace is a brace. `shown`: as for excerpts."""
    done: list[str] = []
    for text, hole, _, _ in Formatter().parse(message):
        done.append(text)
        if hole is not None:
            done.append(words_for(item, hole, shown))
    return "".join(done)


def words_for(item: Item, attribute: str, shown: frozenset[str]) -> str:
    """What a dotted attribute of `item` says, as a part of a sentence."""
    value = attrgetter(attribute)(item)
    last = attribute.rpartition(".")[2]
    if isinstance(value, Origin):
        return origin(value)
    if isinstance(value, Audience):
        return safe_name(value.name) or _AUDIENCES.get(value.kind, _AUDIENCES["unknown"])
    if isinstance(value, Place):
        return place(value)
    if isinstance(value, (Fate, Treatment)):
        return place(value.at) if value.at else "nowhere"
    if not known(value):
        return _UNKNOWN.get(last, "unknown")
    if isinstance(value, bool):
        return "yes" if value else "no"
    parts = [str(part) for part in (value if isinstance(value, tuple) else (value,)) if known(part)]
    if last in _FLOWS:
        return " or ".join(_WORDS.get(part, part) for part in parts)
    if last == "path":
        return mask_text(re.split("[?#]", parts[0], maxsplit=1)[0], shown)
    return " or ".join(safe_name(part) or "…" for part in parts)


def origin(value: Origin) -> str:
    """Where a value comes from: "the environment variable PC_PASSWORD"."""
    named, bare = _ORIGINS.get(value.kind, _ORIGINS["unknown"])
    name = safe_name(value.name)
    return named.format(name) if name else bare


def place(value: Place) -> str:
    """`path:line`."""
    return f"{value.path}:{value.span.line}"


def safe_name(name: str) -> str:
    """A name out of scanned code, or nothing if it is not shaped like one (an address with an @, a long text)."""
    return name if _NAME.fullmatch(name) else ""
