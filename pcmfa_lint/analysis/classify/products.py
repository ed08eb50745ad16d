"""Whether something that takes a password belongs to another product than Microsoft's sign-in, by what it is called and
by the address that it is given beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.classify.settings import SettingNames
from pcmfa_lint.analysis.classify.surroundings import normalised
from pcmfa_lint.analysis.values.model import StringValue

_CMDLET = re.compile(r"(?:[\w.]+\\)?[A-Za-z]+-([A-Za-z]\w+)")
_SERVER = re.compile(
    r"(?:^| )(?:server|smtp ?server|host|host ?name|endpoint|url|uri|base ?url|address|computer ?name)$"
)
_COMPUTER = re.compile(r"(?:^| )(?:computer ?name|computer|vm ?name)$")
_HOST = re.compile(r"(?:\w+://)?([\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:/.*)?")
_SERVER_NAME = re.compile(r"(?:smtp|imap|pop3?|mail|ftp|sftp|ldap|db|sql|vc|vcenter|vpn)[\w-]*\.", re.IGNORECASE)


def foreign(name: str, beside: Iterable[tuple[str, str]], names: SettingNames, addresses: EndpointCatalog) -> bool:
    """`name`: a command, or a dotted function or type; `beside`: names and texts that it is given too. What is called
    so generally that it may be anything is not foreign."""
    own = {names.section(word) for word in _words(name)}
    if "partner" in own or "microsoft" in own:
        return False
    if "other" in own or (_CMDLET.fullmatch(name) is not None and None in own):
        return True
    return any(_elsewhere(key, text, addresses) for key, text in beside)


def _words(name: str) -> list[str]:
    cmdlet = _CMDLET.fullmatch(name)
    return [cmdlet[1]] if cmdlet is not None else [part for part in name.split(".") if normalised(part)]


def names_computer(key: str) -> bool:
    """Whether an argument of this name is a computer, as which nobody names one of Microsoft's."""
    return _COMPUTER.search(normalised(key)) is not None


def _elsewhere(key: str, text: str, addresses: EndpointCatalog) -> bool:
    host = _HOST.fullmatch(text.strip())
    if host is None:
        return names_computer(key) and "." not in text
    kinds = addresses.kinds((StringValue(text if "://" in text else f"https://{text}"),))
    named = _SERVER.search(normalised(key)) is not None or "://" in text or _SERVER_NAME.match(host[1]) is not None
    return kinds == {"other"} and named
