"""Whether text that came out of a scanned repository has the shape of a name, and none of a secret. Pure.

A name is written by people for people: words, with a number here and there. A token is not: its letters and digits
change at every other place, or it begins with the mark of whoever issued it. Nobody can tell a password that is a plain
word from a name, so the letters that each kind of name may have are few, and what stands before an `@` is part of none.
"""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST_PART = 120  # characters between separators
LONGEST_WORD = 64  # letters in a row
LONGEST_NUMBER = 14  # a date with its time
# Parts that are long enough to be judged by their words: of random letters and digits a word has less than two
# characters on average, of names more than four.
_LONG_PART = 10
_MANY_WORDS = 5
_MEAN_LENGTH = 2.5
_MEAN_OF_LONG = 3.4  # of parts that are very long and have numbers inside
_MEAN_AT_MOST = 4.5
_MANY_NUMBERS = 3
_CHARACTERS_A_NUMBER = 6
_HEXADECIMAL_LENGTH = 20
_FEW_VOWELS = 5  # one in so many letters, where there are at least:
_MANY_LETTERS = 16
_SEVERAL = 2

# Patterns are texts, compiled by `re` when they are needed first: most runs of a commit hook need none.
_GUID = r"(?i)(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])"
# How tokens begin whose issuers mark them so that scanners can find them.
_ISSUED = (
    r"(?<![0-9A-Za-z])(?:[01]\.A[\w-]{2}|eyJ[\w-]{6}|M\.[CR]\d|gh[opsur]_\w{6}|github_pat_\w"
    r"|gl(?:pat|dt|rt|ptt|soat|cbt|ft|imt|agent)-[\w-]{10}|xox[a-z]-\w|A[KS]IA[0-9A-Z]{8}|AIza[\w-]{6}"
    r"|[sr]k_(?:live|test)_|sk-[\w-]{16}|npm_[0-9A-Za-z]{20}|pypi-\w{10}|hv[sbr]\.\w{8}|SG\.[\w-]{8}|ya29\.)"
    r"|[\w.~-]{3}\dQ~[\w.~-]{4}"
)
_PART = r"[^\W_]+"
_WORD = r"\d+|[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+"
_HEXADECIMAL = rf"(?i)(?=.*\d)(?=.*[a-f])[0-9a-f]{{{_HEXADECIMAL_LENGTH},}}"
# Words of the trade with a digit between their letters. Elsewhere that is how people write passwords.
_SPELLED_WITH_DIGITS = (
    r"(?i)oauth2|[odm]365|office365|k8s|i18n|l10n|a11y|x509|base(?:16|32|64)|sha\d{1,3}|md[45]|utf(?:8|16|32)"
    r"|win(?:32|64)|ipv[46]|log4|3des|pkcs\d{1,2}|[2m]fa|u2f|b2[bcg]|p2p|e2e|web[123]|num2|x(?:86|64)|py[23]"
    r"|u?int\d{2}|krb5|asn1"
)
_SHORT_WITH_NUMBER = r"(?:\b|(?<=[a-z]))(?:[A-Z]{1,2}|[a-z]{1,2})\d{1,2}(?=[A-Z]|$)"  # S3Bucket, EC2Instance
_DISGUISED = r"[A-Za-z]\d+[a-z]|[A-Z]\d+[A-Z]|\d[A-Z]\d"
_CREDENTIAL = (
    r"(?i)[^\s/\\@]*:[^\s@]*@|//[^\s/@]*@|(?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|sig|credential)=[^\s&;]"
)
_MOST = 2_000  # characters that are looked at; longer text is no name of anything


def holds_credential(text: str) -> bool:
    """Whether a credential stands where one is written: `user:password@host`, `//token@host`, `password=…`."""
    if "@" not in text and "=" not in text:
        return False
    return len(text) > _MOST or re.search(_CREDENTIAL, text) is not None


@lru_cache(maxsize=4096)
def is_token(text: str) -> bool:
    """Whether a part of the text cannot be a name: random letters and digits, or the beginning of a known token."""
    if len(text) < _LONG_PART:
        return False
    if re.search(_ISSUED, text):
        return True
    return any(_is_random(part) for part in _parts(text))


def is_disguised(text: str) -> bool:
    """Whether a word has a digit inside, as in a password that was made of one, or hardly a vowel. That happens in
    names, too: it is asked where a name may be left out without loss."""
    return any(map(_is_made_of_a_word, _parts(text)))


def _is_made_of_a_word(part: str) -> bool:
    bare = re.sub(_SHORT_WITH_NUMBER, " ", re.sub(_SPELLED_WITH_DIGITS, " ", part))
    if re.search(_DISGUISED, bare) or _is_mixed(bare, _MEAN_AT_MOST):
        return True
    letters = [char for char in bare.lower() if "a" <= char <= "z"]
    vowels = sum(char in "aeiou" for char in letters)
    return len(letters) >= _MANY_LETTERS and vowels * _FEW_VOWELS < len(letters)


def _parts(text: str) -> list[str]:
    """What stands between separators; ids that everybody may know are none."""
    return re.findall(_PART, re.sub(_GUID, " ", text) if text.count("-") > 3 else text)


@lru_cache(maxsize=16384)
def _is_random(part: str) -> bool:
    """Whether what stands between two separators is no word, and not made of words."""
    if len(part) < _LONG_PART:
        return False
    if len(part) > LONGEST_PART:
        return True
    bare = re.sub(_SPELLED_WITH_DIGITS, "", part) if not part.isalpha() else part
    words = re.findall(_WORD, bare)
    if any(len(word) > (LONGEST_NUMBER if word[0].isdigit() else LONGEST_WORD) for word in words):
        return True
    if len(bare) < _LONG_PART:
        return False
    numbers = sum(word[0].isdigit() for word in words)
    return (
        _is_mixed(bare, _MEAN_OF_LONG)
        or (len(words) >= _MANY_WORDS and len(bare) < _MEAN_LENGTH * len(words))
        or (numbers >= _MANY_NUMBERS and len(bare) <= numbers * _CHARACTERS_A_NUMBER)
        or re.fullmatch(_HEXADECIMAL, bare) is not None
    )


def _is_mixed(part: str, mean: float) -> bool:
    """Whether a long part has several numbers between its letters, and words that are shorter than `mean`."""
    if len(part) < _MANY_LETTERS or len(re.findall(r"(?<=[A-Za-z])\d+(?=[A-Za-z])", part)) < _SEVERAL:
        return False
    return len(part) < mean * len(re.findall(_WORD, part))
