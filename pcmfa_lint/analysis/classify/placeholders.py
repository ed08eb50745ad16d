"""Whether a text can be a secret, or only stands where one is to be filled in: by its shape before its words.

A refresh token has a shape of its own. A password has none, but addresses, ids and scopes are other arguments, and a
text that is made of nothing but words like "your", "password" and "here" tells a reader what to write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from pcmfa_lint.knowledge.catalog import CatalogFile

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SHORTEST_TOKEN = 100
SHORTEST_KNOWN = 60  # of one that begins as Entra's do
_SHORTEST = 8
_LONGEST_PHRASE = 300  # characters; what is longer is no phrase
_LONGEST_WORD = 24

ENTRA = re.compile(r"[01]\.A[\w-]{2}|O?AQAB|AwAB|M\.[CR]\d")  # seen, not documented
_TOKEN = re.compile(r"[A-Za-z0-9._~!*$+/|-]+={0,2}")
_CLASSES = tuple(re.compile(one) for one in ("[a-z]", "[A-Z]", "[0-9]"))
_ALIKE = re.compile(r"(.)\1{11}|[a-z]{30}|[A-Z]{30}|[0-9]{30}|\.{3}")  # not by chance in a token
_FEWEST = 14  # different characters of a token
_WRAPPED = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_QUOTES = ('"', "'", "`", "\u201c\u201d", "\u201e\u201c", "\u2018\u2019", "\u00ab\u00bb")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ACCOUNT = re.compile(r"[a-z][a-z0-9._-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}")
_SCOPE = re.compile(
    r"(?:openid|profile|email|offline_access|user_impersonation|\.default"
    r"|[A-Z][A-Za-z]+\.(?:Read|ReadWrite|Manage|Send|AccessAsUser)(?:\.\w+){0,3})"
)
_BETWEEN = re.compile(r"[\s_.,:/|<>{}()\[\]\"'`\u2026-]+")


class Placeholders:
    """Tells secrets from what stands in their place, with the patterns and words of all catalog files."""

    def __init__(self, files: Sequence[CatalogFile]) -> None:
        self._files = files
        self._patterns = lru_cache(maxsize=None)(self._compiled)
        self._pipelines = [pattern for file in files for pattern in file.words.pipelines]
        self._words = frozenset(word.casefold() for file in files for word in file.words.filler)
        self._phrase = lru_cache(maxsize=4096)(self._is_phrase)

    def _compiled(self, kind: str) -> list[re.Pattern[str]]:
        """The patterns under one key of `[words]`, compiled when they are first asked for."""
        return [re.compile(p, re.IGNORECASE) for file in self._files for p in getattr(file.words, kind)]

    def _group(self, kind: str, text: str) -> str:
        """What the group of the first pattern that fits a value holds; empty if none fits."""
        matches = (pattern.search(unquoted(text)) for pattern in self._patterns(kind))
        return next((match[1] for match in matches if match is not None), "")

    def reference(self, text: str) -> bool:
        """Whether a value only points at where the secret is, and holds none for where nothing is there."""
        default = self.default(text)
        points = bool(self.variable(text)) or any(p.search(text) for p in self._patterns("reference"))
        return points and (not default or self.placeholder(default))

    def stored(self, text: str) -> str:
        """The name of the secret of a pipeline that a value stands for; empty if it stands for none."""
        return self._group("stored", text)

    def variable(self, text: str) -> str:
        """The name of the variable of the environment that a value stands for; empty if it stands for none."""
        return self._group("variable", text)

    def default(self, text: str) -> str:
        """The value that a reference has where there is nothing to refer to; empty if it has none."""
        return self._group("default", text)

    def in_pipeline(self, path: str) -> bool:
        """Whether a file is a pipeline, to whose scripts its secrets are variables of the environment."""
        return any(fnmatchcase(path.partition("#")[0], pattern) for pattern in self._pipelines)

    def placeholder(self, text: str, label: str = "", secret_kind: str = "") -> bool:
        """Whether a literal is no secret. `label`: the name of what holds it. `secret_kind`: what is expected there:
        `refresh-token`, `password`, `client-secret`, or empty where that is not known."""
        bare = self.default(text) or unquoted(text)
        if len(bare) < _SHORTEST or _plain(bare) == _plain(label):
            return True
        if secret_kind == "refresh-token":
            return not refresh_token(bare) or self._phrase(re.sub(r"\d+", " ", bare))
        if secret_kind and (_other_argument(bare) or self._phrase(bare)):
            return True
        return self.reference(bare) or any(p.search(bare) for p in self._patterns("placeholder"))

    def _is_phrase(self, text: str) -> bool:
        """Whether a text consists of the catalog's words alone, written together or apart."""
        if len(text) > _LONGEST_PHRASE:
            return False
        pieces = [piece for piece in _BETWEEN.split(text) if piece]
        return bool(pieces) and all(self._made_of_words(piece.casefold()) for piece in pieces)

    def _made_of_words(self, text: str) -> bool:
        ends = {0}
        for start in range(len(text)):
            if start in ends:
                stops = range(start + 1, min(len(text), start + _LONGEST_WORD) + 1)
                ends.update(stop for stop in stops if text[start:stop] in self._words)
        return len(text) in ends


def refresh_token(text: str) -> bool:
    """Whether a text has the shape of a refresh token of Microsoft Entra: a hundred characters and more (fewer with a
    known beginning), base64url with a few marks, as mixed as chance makes them. Line breaks inside are the file's."""
    text = _WRAPPED.sub("", unquoted(text))
    return (
        len(text) >= (SHORTEST_KNOWN if ENTRA.match(text) else SHORTEST_TOKEN)
        and _TOKEN.fullmatch(text) is not None
        and all(one.search(text) for one in _CLASSES)
        and len(set(text)) >= _FEWEST
        and _ALIKE.search(text) is None
    )


def unquoted(text: str) -> str:
    """A value without white space and quotes around it."""
    bare = text.strip()
    while len(bare) >= 2 and any(bare[0] == marks[0] and bare[-1] == marks[-1] for marks in _QUOTES):
        bare = bare[1:-1].strip()
    return bare


def _other_argument(text: str) -> bool:
    """An address, an account, an id or scopes: what is given beside a secret."""
    if _ADDRESS.match(text) or _ACCOUNT.fullmatch(text) or GUID.fullmatch(text):
        return True
    return all(_SCOPE.fullmatch(word) for word in text.split())


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
