"""Addresses of git repositories, read strictly: what is none of these may be anything, a credential too. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from unicodedata import normalize
from urllib.parse import unquote

from pcmfa_lint.findings.model import SafeText
from pcmfa_lint.findings.name_shape import holds_credential, is_token
from pcmfa_lint.findings.redaction import message

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?"
_USER = r"[A-Za-z0-9._~!$&'()*+,;=%-]+"
_PATH = r"[\w.~()+%-]+"
_PLAIN = re.compile(r"[\w.~()+ :/-]*")  # what a path may hold once it is decoded
_URL = re.compile(
    rf"(?P<scheme>https?|ssh|git|file)://(?:{_USER}(?::(?:{_USER})?)?@)?(?P<host>{_HOST}|\[[0-9A-Fa-f:.]+\])?"
    rf"(?::(?P<port>\d{{1,5}}))?(?P<path>(?:/{_PATH})+/?)",
    re.IGNORECASE,
)
_SSH = re.compile(rf"(?:(?P<user>[\w.-]+)@)?(?P<host>{_HOST}):(?P<path>/?{_PATH}(?:/{_PATH})*/?)")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SSH_USER = "git"  # with all of the large hosts; others may be a person's name, or worse


@dataclass(frozen=True, slots=True)
class GitUrl:
    """`url` may hold a credential and goes to git alone; `shown` holds neither user nor password."""

    url: str
    shown: SafeText


def git_url(text: str) -> GitUrl | None:
    """The address that `text` is; None if it is none. A query, a fragment or a path that looks like a token is no part
    of an address from which git can clone."""
    if match := _URL.fullmatch(text):
        host = match["host"] or ""
        if not _is_host(host, match["scheme"].lower()) or not _is_port(match["port"]):
            return None
        port = f":{match['port']}" if match["port"] else ""
        address = f"{match['scheme'].lower()}://{host}{port}{match['path']}"
    elif (match := _SSH.fullmatch(text)) and not _DRIVE.match(text):
        user = f"{_SSH_USER}@" if match["user"] == _SSH_USER else ""
        address = f"{user}{match['host']}:{match['path']}"
    else:
        return None
    path = unquote(match["path"])
    if _PLAIN.fullmatch(path) is None or is_token(unquote(address)) or holds_credential(path):
        return None
    return GitUrl(text, message(address))


def may_hold_a_credential(text: str) -> bool:
    """Whether text that is no address must not be repeated: one that was meant to be an address, or a token."""
    plain = normalize("NFKC", unquote(text))
    rest = plain[2:] if _DRIVE.match(plain) else plain
    return "@" in rest or ":" in rest or is_token(rest) or not text.isprintable()


def _is_host(host: str, scheme: str) -> bool:
    if not host.startswith("["):
        return bool(host) or scheme == "file"
    try:
        IPv6Address(host[1:-1])
    except ValueError:
        return False
    return True


def _is_port(port: str | None) -> bool:
    return port is None or 0 < int(port) < 65_536
