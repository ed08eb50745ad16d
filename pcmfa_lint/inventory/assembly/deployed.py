"""Programs of which only the deployment is here: an image whose settings name Partner Center, and no code for it. Pure.

Compose files, charts and manifests of Kubernetes, and infrastructure as code are all read as settings; what has an
image or is built is a deployment, and the settings that are nearest to it are its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from pcmfa_lint.discovery.discover import is_code
from pcmfa_lint.evidence.model import Origin, Place
from pcmfa_lint.evidence.words import PARTNER_KINDS, Flow
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import SafeText
from pcmfa_lint.findings.wording import origin, place
from pcmfa_lint.inventory.assembly.entries import entry_id
from pcmfa_lint.inventory.assembly.sign_ins import judged, settled
from pcmfa_lint.inventory.model.entry import Entry, SignIn
from pcmfa_lint.inventory.model.knowledge import Tables
from pcmfa_lint.ir.nodes import Setting, Unit

_IMAGE = ("image", "build")
_PARTNER_KEY = re.compile(r"partner[-_. ]?center", re.IGNORECASE)
_SECRETS: tuple[tuple[Flow, SafeText, re.Pattern[str]], ...] = (  # of several, the first says how it signs in
    ("refresh-token", redaction.words("refresh token"), re.compile(r"refresh[-_. ]?token", re.IGNORECASE)),
    (
        "ropc",
        redaction.words("password"),
        re.compile(r"(?:partner|csp|\bpc)\w{0,40}[-_. ]?(?:password|pwd)", re.IGNORECASE),
    ),
    ("unknown", redaction.words("client secret"), re.compile(r"(?:client|app)[-_. ]?secret", re.IGNORECASE)),
)
_TAG = re.compile(r"[:@].*")
_PLAIN = re.compile(r"[^a-z0-9]+")
_UNSEEN = redaction.words(
    "Its settings name Partner Center, and the code of its image is not in this repository: ask whoever builds it how "
    "it signs in."
)
_SAID = redaction.words("{0} A name in its settings says so; the code of its image is not in this repository.")
_FROM = redaction.words("{0}: {1} ({2})")


@dataclass(frozen=True, slots=True)
class _Deployment:
    """`home`: the path of what holds its image; `names`: what it is called by, `folder`: where it is built."""

    unit: Unit
    home: tuple[str, ...]
    names: frozenset[str]
    folder: str
    settings: tuple[Setting, ...]


def deployed_entries(
    repository: SafeText, units: Mapping[str, Unit], entries: Sequence[Entry], tables: Tables
) -> tuple[Entry, ...]:
    """An entry for each deployment that names Partner Center, and to which no other entry belongs. `units`: all that
    was read of the repository."""
    hosts = [host.name for host in tables.hosts.values() if host.kind in PARTNER_KINDS]
    ours = [entry for entry in entries if entry.scope == "partner-center"]
    result = []
    for path, unit in sorted(units.items()):
        for each in _deployments(unit) if unit.settings and not is_code(path) else ():
            naming = [one for one in each.settings if _names_partner_center(one, hosts)]
            if naming and not any(_belongs(each, naming, entry, repository, units, len(ours)) for entry in ours):
                result.append(_entry(repository, each, naming[0], tables))
    return tuple(result)


def _deployments(unit: Unit) -> Iterator[_Deployment]:
    """The images of a settings file, each with the settings that are nearest to it."""
    images: dict[tuple[str, ...], list[Setting]] = defaultdict(list)
    for setting in unit.settings:
        if (home := _home(setting.path)) is not None:
            images[home].append(setting)
    own: dict[tuple[str, ...], list[Setting]] = defaultdict(list)
    for setting in unit.settings if images else ():
        own[max(images, key=lambda home: _common(home, setting.path))].append(setting)
    for home, settings in images.items():
        yield _deployment(unit, home, settings, own[home])


def _home(path: tuple[str, ...]) -> tuple[str, ...] | None:
    """What holds the image or the build that a setting speaks of; None if it speaks of none. A folder that is built
    makes an image only of a service: scripts and targets of tools are called `build`, too."""
    words = [word.casefold() for word in path]
    for word in _IMAGE:
        if word in words[-2:] and (words[-1] in (word, "repository", "context", "name")):
            home = path[: len(words) - 1 - words[::-1].index(word)]
            of_service = words[len(home) - 2 : len(home) - 1] == ["services"] if len(home) > 1 else False
            if word == "image" or words[-1] == "context" or of_service:
                return home
    return None


def _deployment(unit: Unit, home: tuple[str, ...], images: Sequence[Setting], own: Sequence[Setting]) -> _Deployment:
    folder = unit.path.rpartition("/")[0]
    built = [each.value for each in images if "build" in map(str.casefold, each.path[-2:])]
    called = [_TAG.sub("", each.value.rpartition("/")[2]) for each in images]
    named = [each.value for each in own if each.path[-2:] == ("metadata", "name")]
    context = "/".join(part for part in (folder, built[0].strip("./") if built else "") if part)
    names = {_plain(name) for name in (*home[-1:], *called, *named, folder.rpartition("/")[2])}
    return _Deployment(unit, home, frozenset(names - {""}), context if built else "", tuple(own))


def _names_partner_center(setting: Setting, hosts: Iterable[str]) -> bool:
    value = setting.value.casefold()
    return any(host in value for host in hosts) or any(map(_PARTNER_KEY.search, (*setting.path, _key(setting))))


def _key(setting: Setting) -> str:
    """What a setting is called: in a list of variables that refer to a secret, only an entry says it."""
    return setting.value if setting.path[-1] == "name" else setting.path[-1]


def _belongs(
    each: _Deployment,
    naming: Sequence[Setting],
    entry: Entry,
    repository: SafeText,
    units: Mapping[str, Unit],
    entries: int,
) -> bool:
    """Whether the code of a deployment is that of an entry: by where it is built, by its name, or, where there is only
    one entry, by the names of settings that the code reads."""
    paths = {*entry.files, *entry.members, entry.at.path}
    if each.unit.path in paths:
        return True
    if each.folder and any(path.startswith(each.folder + "/") for path in paths):
        return True
    parts = {_plain(part.partition(".")[0]) for path in paths for part in path.split("/")}
    home = _plain(repository.rpartition("/")[2].rpartition("+")[2])
    if each.names & (parts | {home}) - {""}:
        return True
    keys = {_key(setting) for setting in naming}
    return entries == 1 and any(_reads(units.get(path), keys) for path in paths)


def _reads(unit: Unit | None, keys: Set[str]) -> bool:
    return unit is not None and any(key in line for line in unit.lines for key in keys)


def _entry(repository: SafeText, each: _Deployment, first: Setting, tables: Tables) -> Entry:
    at = redaction.place(Place(each.unit.path, first.span))
    stored = [(flow, words, one) for flow, words, key in _SECRETS for one in each.settings if key.search(_key(one))]
    flow = stored[0][0] if stored else "unknown"
    one = SignIn(
        at,
        flow,
        each.unit.language,
        audience="partner-center",
        missing="nobody-asks" if flow == "unknown" else "",
        partner=True,
        confidence="likely",
    )
    sign_in = judged(one, tables)
    reason = _UNSEEN if flow == "unknown" else redaction.filled(_SAID, sign_in.reason)
    entry = Entry(
        id=entry_id(repository, f"{each.unit.path}#{'.'.join(each.home)}"),
        repository=repository,
        at=at,
        files=(at.path,),
        language=(each.unit.language,),
        sign_ins=(replace(sign_in, reason=reason),),
        audience=("partner-center",),
        apis=(redaction.words("Partner Center"),),
        secrets=tuple({_key(one): _secret(words, each.unit.path, one) for _, words, one in stored}.values()),
        scope="partner-center",
    )
    return settled(entry, tables)


def _secret(words: SafeText, path: str, setting: Setting) -> SafeText:
    return redaction.filled(
        _FROM, words, origin(Origin("environment", _key(setting))), place(Place(path, setting.span))
    )


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _plain(name: str) -> str:
    return _PLAIN.sub("", name.casefold())
