"""Literal passwords beside an account whose sign-in is not in sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.classify.origins import SecretOrigins, bearer, upn
from pcmfa_lint.analysis.classify.products import foreign
from pcmfa_lint.analysis.classify.settings import SettingNames
from pcmfa_lint.analysis.effects.handed_over import member_takers
from pcmfa_lint.analysis.interpreter.run import Interpreter
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.model import MappingValue, StringValue, Values
from pcmfa_lint.evidence.model import Place, StoredSecret
from pcmfa_lint.limits import MAPPING_DEPTH


def loose_passwords(
    run: Interpreter, addresses: EndpointCatalog, origins: SecretOrigins, names: SettingNames, partner: bool
) -> Iterator[StoredSecret]:
    """The literal passwords in credential objects, among the variables of files, and in the mappings that these hold or
    give back, beside an account of the form user@domain; those that are handed to other products are left out."""
    loose = _Loose(run, addresses, origins, names, partner)
    for pair in run.credentials:
        yield from loose.beside(pair.user, pair.secret)
    for env in run.globals.values():
        yield from loose.among(tuple(env.vars.items()))
    for path, env in run.globals.items():
        returned = (("", run.given_back.get(path, ())),)
        for name, vals in (*env.vars.items(), *returned):
            yield from loose.within(name, vals, MAPPING_DEPTH)


_FIRST_DOMAIN = ".onmicrosoft.com"


class _Loose:
    def __init__(
        self, run: Interpreter, addresses: EndpointCatalog, origins: SecretOrigins, names: SettingNames, partner: bool
    ) -> None:
        self.run, self.addresses, self.origins, self.names, self.partner = run, addresses, origins, names, partner
        self.member_takers = list(member_takers(run))

    def beside(self, user: Values, secret: Values) -> Iterator[StoredSecret]:
        if not upn(user) or bearer(secret):
            return
        for val, origin in self.origins.each(secret, "user", "password"):
            literal = origin.kind == "literal" and isinstance(val, StringValue)
            if literal and origin.at is not None and not self.is_elsewhere(origin.at):
                language = self.run.program.units[origin.at.path].language
                account = self.origins.of(user, "user")
                yield StoredSecret(
                    at=origin.at,
                    kind="password",
                    origin=origin,
                    language=language,
                    principal="user",
                    user=account,
                    upn=True,
                    partner=self.partner,
                    written=self.origins.written(val),
                )

    def among(self, entries: Sequence[tuple[str, Values]]) -> Iterator[StoredSecret]:
        """The passwords among names that stand beside one another, if an account does, too."""
        users = tuple(v for _, vals in entries for v in vals if upn((v,)))
        for name, vals in entries if users else ():
            spec = self.names.meaning(name)
            if spec is not None and spec.secret_kind == "password":
                yield from self.beside(users, vals)

    def within(self, name: str, vals: Values, depth: int) -> Iterator[StoredSecret]:
        """The passwords in mappings. An account of any domain may be that of a mail server or a database, so it counts
        only where it is one of a tenant's first domain, and neither names nor addresses around it are another
        product's."""
        for val in vals:
            if not isinstance(val, MappingValue) or not depth:
                continue
            beside = [(key, text) for key, inner in val.entries for text in texts(inner)]
            if foreign(name, beside, self.names, self.addresses):
                continue
            if any(text.casefold().endswith(_FIRST_DOMAIN) for _, text in beside):
                yield from self.among(val.entries)
            for key, inner in val.entries:
                yield from self.within(f"{name}.{key}" if name else key, inner, depth - 1)

    def is_elsewhere(self, place: Place) -> bool:
        """Whether a literal is handed to other products, and to nobody else."""
        takers = [*self.run.takers.get(place, ()), *(taker for at, taker in self.member_takers if at == place)]
        return bool(takers) and all(foreign(t.name, t.beside, self.names, self.addresses) for t in takers)
