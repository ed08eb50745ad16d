"""The one exit: what of a scanned repository may be shown, and the only place where a `SafeText` is made.

Reports stand next to passwords and refresh tokens, and are uploaded, mailed and kept. So findings, steps, notes and
entries of the inventory hold no `str` that came out of a scanned repository but a `SafeText`, and whoever wants one
comes here with what it is: code, the name of something, the path of a file, a person, a reason. Code goes through
`masking`; a name is shown if it has the shape of one (`name_shape`), wherever it comes from. Text of ours goes through
`words` and `filled`, whose pattern is a constant in the code. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from pcmfa_lint.findings.name_shape import holds_credential, is_disguised, is_token
from pcmfa_lint.findings.report import MASK, NOTHING, SafeText, ShownFile

if TYPE_CHECKING:  # most runs of a commit hook find nothing, and making the types of evidence costs 25 ms
    from pcmfa_lint.evidence.model import Place, Step
    from pcmfa_lint.evidence.words import Happening
    from pcmfa_lint.findings.model import CodeLine, ShownPlace, ShownStep
    from pcmfa_lint.ir.nodes import Span, Unit
    from pcmfa_lint.source.file_note import FileNote

MAX_REASON = 200
_MAX_PERSON = 200
_DIGEST = 16
_COMMIT_DIGITS = 12
_COMMIT = rf"\b[0-9a-f]{{{_COMMIT_DIGITS}}}\b"

# The letters that names of a kind may have, and how many. What a kind is called is mostly the kind of an origin.
_NAME = r"[\w .$:/\\{}()\[\]*+<>~-]{1,120}"
_KINDS = {
    "environment": r"[A-Za-z_][\w().-]{0,79}",
    "parameter": r"[\w$.:-]{1,80}",
    "function": r"[\w$.:<>-]{1,120}",
    "asset": r"[\w .:/-]{1,127}",
    "prompt": r"(?:[^\W\d]|[ .,:;()'/?!-]){1,60}",
    "host": r"[\w.-]{1,120}",
}
# A path, or an address of which nothing but a path follows the host: `C:\x`, `$env:TEMP\x`, `Env:\x`, `https://host/x`.
_FILE = (
    r"(?:https?://[\w.-]{1,120}(?::\d{1,5})?(?=/)|[A-Za-z]:|\$\{?\w{1,16}:|\w{1,16}:(?=[\\/](?![\\/])))?"
    r"[\w .$%~/\\{}()\[\]*+#,-]{0,160}"
)
_FILES = frozenset({"plain-file", "exported", "encrypted-with-key-beside"})
_ACCOUNT = r"(?i)[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[a-z]{2,24}"
_TENANT = r"(?i)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}"
_PERSON = r"[\w .,'\u2019()<>@/+&|-]+"
_ADDRESS = r"(?i)https?://[^?#]*"
_LONG_WORD = 24  # characters of a word of prose, from which on it is none
_INVISIBLE = "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
_PASSWORD = r"[^@]*@|(?<==).*"  # in a part of a path that holds a credential
_EXTENSION = r"\.[A-Za-z][A-Za-z0-9]{0,7}\Z"
_OBJECT_NAME = r"(?<![0-9a-f])(?:[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])"  # git's, in messages of ours

_STEPS: dict[Happening, str] = {
    "account": "source of the account",
    "secret": "source of the secret",
    "host": "host: {0}",
    "address": "address of the request",
    "address-written": "address of the request",
    "grant-type": "grant type: {0}",
    "grant": "grant type",
    "audience": "audience of the token",
    "sent": "the request is sent",
    "decrypted": "the value is decrypted",
    "handed": "passed to {0} as {1}",
    "called": "calls {0}",
    "block": "the block runs",
    "setting": "value of the setting {0}",
}
_READ = {  # kind of origin: with its name, without a name
    "environment": ("environment variable {0} is read", "an environment variable is read"),
    "secret-store": ("secret store entry {0} is read", "a secret store is read"),
    "database": ("a row of a database is read", "a row of a database is read"),
    "plain-file": ("file {0} is read", "a file is read"),
    "exported": ("exported credential file {0} is read", "an exported credential file is read"),
    "os-vault": ("entry {0} of the operating system's vault is read", "the operating system's vault is read"),
    "asset": ("automation asset {0} is read", "an automation asset is read"),
    "setting": ("setting {0} is read", "a setting is read"),
    "parameter": ("parameter {0} is read", "a parameter is read"),
    "prompt": ("a person is prompted for {0}", "a person is prompted"),
    "session": ("the signed-in session is used", "the signed-in session is used"),
}


def words(text: str) -> SafeText:
    """A constant of our own code as a SafeText."""
    return SafeText(text)


def filled(pattern: SafeText, *parts: SafeText | int) -> SafeText:
    """A pattern of ours with `{0}`, `{1}` … filled in."""
    return SafeText(pattern.format(*parts))


def joined(separator: str, parts: Iterable[SafeText]) -> SafeText:
    """Several texts as one, with a constant between them."""
    return SafeText(separator.join(parts))


def of_rules(text: str) -> SafeText:
    """Text of a rule, of the catalog or of the inventory's tables: whoever runs a scan has chosen these files."""
    return SafeText(text)


def name(text: str, kind: str = "") -> SafeText:
    """The name of something in the code: `kind` is that of an origin, or `function`, `parameter`, `host`. Nothing, if
    it is not shaped like a name of that kind."""
    shape = _FILE if kind in _FILES else _KINDS.get(kind, _NAME)
    fits = re.fullmatch(shape, text) and not (is_token(text) or is_disguised(text) or holds_credential(text))
    return SafeText(text) if fits else NOTHING


@lru_cache(maxsize=16384)
def path(text: str) -> SafeText:
    """The path of a scanned file. A part that looks like a secret becomes a mask with a digest, so that files stay
    apart; everything else stays, since a report must lead to its file."""
    return SafeText("/".join(map(_segment, text.split("/"))))


def place(value: Place) -> ShownPlace:
    """A place with a masked path, as reports may show it."""
    from pcmfa_lint.findings.model import ShownPlace

    return ShownPlace(path(value.path), value.span)


def file_note(note: FileNote) -> ShownFile:
    """A note on a file; its reason is a sentence of our own."""
    return ShownFile(path(note.path), message(note.reason), note.line)


def step(value: Step) -> ShownStep:
    """A step of a trace in words."""
    from pcmfa_lint.findings.model import ShownStep

    names = [name(text, kind) for kind, text in value.names]
    if value.what == "read":
        (kind, text), *_ = value.names
        named, unnamed = _READ.get(kind, ("{0} is read", "a value is read"))
        sentence = named.format(names[0] or MASK) if text else unnamed
    elif value.what == "parameter":
        of = f" of {names[1] or MASK}" if value.names[1][1] else ""
        sentence = f"parameter {names[0] or MASK}{of}"
    elif value.what == "handed":
        sentence = _STEPS["handed"].format((names[0] or MASK) if value.names[0][1] else "the block", names[1] or MASK)
    else:
        sentence = _STEPS[value.what].format(*(each or MASK for each in names))
    return ShownStep(place(value.place), SafeText(sentence))


def excerpt(unit: Unit, span: Span, public_words: frozenset[str]) -> tuple[CodeLine, ...]:
    """The first lines of a span, masked: see `masking.masked_lines`."""
    from pcmfa_lint.findings.masking import masked_lines
    from pcmfa_lint.findings.model import CodeLine

    return tuple(
        CodeLine(line.number, SafeText(line.text), line.start, line.end, line.until)
        for line in masked_lines(unit, span, public_words)
    )


def known_words(text: str, public_words: frozenset[str]) -> SafeText:
    """Any text, of which only the words that the catalog knows are kept: the inside of a literal."""
    from pcmfa_lint.findings.masking import mask_text

    return SafeText(mask_text(text, public_words))


def account(text: str) -> SafeText:
    """An account as it signs in, `user@domain`; nothing if it is none."""
    return SafeText(text) if re.fullmatch(_ACCOUNT, text) and not is_token(text) else NOTHING


def identifier(text: str) -> SafeText:
    """The id of an application or of a tenant, or a tenant's domain; nothing if it is none."""
    return SafeText(text) if re.fullmatch(_TENANT, text) and not is_token(text) else NOTHING


def commit(text: str) -> SafeText:
    """The first digits of the name that git gives to a commit; nothing if it is none."""
    return SafeText(text[:_COMMIT_DIGITS]) if re.fullmatch(_OBJECT_NAME, text) else NOTHING


def person(text: str) -> SafeText:
    """Whom to ask, as git, CODEOWNERS or a manifest name them: words that cannot be of a name are masked."""
    words = (_word(word, re.fullmatch(_PERSON, word) is not None) for word in re.sub(_INVISIBLE, "", text).split())
    return SafeText(" ".join(words)[:_MAX_PERSON])


def reason(text: str) -> SafeText:
    """A text that people wrote for people, on one line. Words that could be a secret are masked."""
    text_shown = SafeText(" ".join(map(_prose, re.sub(_INVISIBLE, "", text).split())))
    return text_shown if len(text_shown) <= MAX_REASON else SafeText(text_shown[:MAX_REASON] + "...")


def message(text: str) -> SafeText:
    """A sentence of ours in which names and paths may stand that nobody has looked at; line breaks stay."""
    return SafeText("".join(map(_checked, re.split(r"(\s+)", text))))


def stored(value: object) -> SafeText:
    """A text that was a `SafeText` when an earlier run wrote it. Raises TypeError or ValueError for what is none."""
    if not isinstance(value, str):
        raise TypeError
    if is_token(re.sub(_COMMIT, "", value)):
        raise ValueError
    return SafeText(value)


def _segment(text: str) -> str:
    """One part of a path. A token is too long to be guessed from its digest; of a password there is none in it."""
    bare = re.sub(_INVISIBLE, "", text)
    holds = holds_credential(bare)
    if not (holds or is_token(bare)):
        return text
    from hashlib import sha256  # costs start-up time

    apart = re.sub(_PASSWORD, "", bare) if holds else text
    digest = sha256(apart.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGEST]
    ending = None if holds else re.search(_EXTENSION, bare)
    return f"{MASK}-{digest}" + (ending[0] if ending and not is_token(ending[0]) else "")


def _word(text: str, fits: bool) -> str:
    return text if fits and not (is_token(text) or holds_credential(text)) else MASK


def _prose(word: str) -> str:
    before, equals, _ = word.partition("=")
    if equals:
        return _word(before, len(before) < _LONG_WORD) + "=" + MASK
    if match := re.match(_ADDRESS, word):
        return _word(match[0], "@" not in match[0] and len(match[0]) < MAX_REASON)
    return _word(word, len(word) < _LONG_WORD and not is_disguised(word))


def _checked(word: str) -> str:
    bare = re.sub(_OBJECT_NAME, "", re.sub(_INVISIBLE, "", word))
    return word if not (is_token(bare) or holds_credential(bare)) else MASK
