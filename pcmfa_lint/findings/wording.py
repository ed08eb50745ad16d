"""Evidence in words: fills the holes of a rule's message.

Names that come out of scanned code are shown only if they are shaped like names; a value never is, and of a path only
the words that the catalog knows.
"""

from __future__ import annotations

import re
from operator import attrgetter
from string import Formatter

from pcmfa_lint.evidence.condition import is_known
from pcmfa_lint.evidence.model import Audience, ErrorHandling, Item, Origin, Place, RefreshTokenUse
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import SafeText, ShownPlace
from pcmfa_lint.findings.redaction import words

# kind of origin: with its name, without a name
_ORIGINS = {
    "literal": (words("a literal in the source ({0})"), words("a literal in the source")),
    "placeholder": (words("a placeholder in the source ({0})"), words("a placeholder in the source")),
    "environment": (words("the environment variable {0}"), words("an environment variable")),
    "setting": (words("the setting '{0}'"), words("a setting")),
    "plain-file": (words("the plain file '{0}'"), words("a plain file")),
    "exported": (words("the exported credential file '{0}'"), words("an exported credential file")),
    "encrypted-with-key-beside": (
        words("'{0}', encrypted with a key that is stored beside it"),
        words("a value that is encrypted with a key stored beside it"),
    ),
    "os-vault": (words("the entry '{0}' of the operating system's vault"), words("the operating system's vault")),
    "asset": (words("the automation asset '{0}'"), words("an automation asset")),
    "secret-store": (words("the secret '{0}' of a secret store"), words("a secret store")),
    "database": (words("a row of a database"), words("a row of a database")),
    "prompt": (words("a prompt ({0})"), words("a prompt")),
    "parameter": (words("the parameter '{0}'"), words("a parameter")),
    "session": (words("the signed-in session"), words("the signed-in session")),
    "unknown": (words("'{0}', whose origin is not known"), words("an origin that is not known")),
}
_AUDIENCES = {
    "partner-center": words("Partner Center"),
    "partner-api": words("the Partner API"),
    "companion": words("another Microsoft service"),
    "microsoft": words("a Microsoft service"),
    "other": words("a service that is not Microsoft's"),
    "unknown": words("an audience that is not known"),
}
_WORDS = {
    "ropc": words("user name and password (ROPC)"),
    "refresh-token": words("a refresh token"),
    "authorization-code": words("an authorization code"),
    "device-code": words("a device code"),
    "interactive": words("an interactive sign-in"),
    "app-only": words("an app-only credential"),
    "managed-identity": words("a managed identity"),
    "basic": words("user name and password (basic authentication)"),
}
_UNKNOWN = {
    "flow": words("a flow that is not known"),
    "host": words("a host that is not known"),
    "path": words("a path that is not known"),
    "method": words("a request"),
    "function": words("the top level"),
}
_FLOWS = frozenset({"flow", "tokens"})
_PLACE = words("{0}:{1}")
_KINDS = {"host": "host", "function": "function"}


def fill(message: str, item: Item, public_words: frozenset[str]) -> SafeText:
    """The `message` of a rule with every `{attribute}` put in words; a doubled brace is a brace. `public_words`: as for
    excerpts."""
    filled: list[SafeText] = []
    for text, hole, _, _ in Formatter().parse(message):
        filled.append(redaction.of_rules(text))
        if hole is not None:
            filled.append(words_for(item, hole, public_words))
    return redaction.joined("", filled)


def words_for(item: Item, attribute: str, public_words: frozenset[str]) -> SafeText:
    """The words for a dotted attribute of `item`, as a part of a sentence."""
    value = attrgetter(attribute)(item)
    last = attribute.rpartition(".")[2]
    if isinstance(value, Origin):
        return origin(value)
    if isinstance(value, Audience):
        return redaction.name(value.name) or _AUDIENCES.get(value.kind, _AUDIENCES["unknown"])
    if isinstance(value, Place):
        return place(value)
    if isinstance(value, (RefreshTokenUse, ErrorHandling)):
        return place(value.at) if value.at else words("nowhere")
    if not is_known(value):
        return _UNKNOWN.get(last, words("unknown"))
    if isinstance(value, bool):
        return words("yes") if value else words("no")
    parts = [str(part) for part in (value if isinstance(value, tuple) else (value,)) if is_known(part)]
    if last == "path":
        return redaction.known_words(re.split("[?#]", parts[0], maxsplit=1)[0], public_words)
    return redaction.joined(" or ", (_part(part, last) for part in parts))


def _part(text: str, attribute: str) -> SafeText:
    if attribute in _FLOWS and text in _WORDS:
        return _WORDS[text]
    if attribute == "job":
        return redaction.of_rules(text)
    if attribute == "roots":
        return redaction.path(text)
    return redaction.name(text, _KINDS.get(attribute, "")) or words("…")


def origin(value: Origin) -> SafeText:
    """The words for where a value comes from: "the environment variable PC_PASSWORD"."""
    named, bare = _ORIGINS.get(value.kind, _ORIGINS["unknown"])
    name = redaction.name(value.name, value.kind)
    return redaction.filled(named, name) if name else bare


def place(value: Place | ShownPlace) -> SafeText:
    """`path:line`."""
    path = redaction.path(value.path) if isinstance(value, Place) else value.path
    return redaction.filled(_PLACE, path, value.span.line)
