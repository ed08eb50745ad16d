"""Sign-ins that only open the vault in which an integration keeps its secrets: part of that, no integration. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pcmfa_lint.evidence.words import PARTNER_KINDS
from pcmfa_lint.inventory.assembly.sign_ins import OPENERS, UNSAID
from pcmfa_lint.inventory.model.entry import Entry

VAULT = "Azure Key Vault"  # as the catalog calls it
_THROUGH = (VAULT, "Azure")  # PowerShell signs in to Azure, and then to all of it


def with_openers(entries: Sequence[Entry], opens_vault: Callable[[Entry], bool]) -> list[Entry]:
    """The entries without those that only open a vault; such a sign-in is one more of the only entry for Partner
    Center that has its secret from there, or of the only one. `opens_vault`: whether its code uses a vault and nothing
    else."""
    openers = [entry for entry in entries if _only_opens(entry, opens_vault)]
    rest = [entry for entry in entries if entry not in openers]
    ours = [entry for entry in rest if entry.calls_partner_center or PARTNER_KINDS & set(entry.audience)]
    takers = [entry for entry in ours if any(each.secret == "secret-store" for each in entry.sign_ins)] or ours
    if len(takers) != 1:
        return rest
    more = tuple(each for opener in openers for each in opener.sign_ins)
    return [replace(entry, sign_ins=entry.sign_ins + more) if entry is takers[0] else entry for entry in rest]


def _only_opens(entry: Entry, opens_vault: Callable[[Entry], bool]) -> bool:
    if entry.calls or not entry.sign_ins:
        return False
    if all(each.api == VAULT for each in entry.sign_ins):
        return True
    unsaid = all(each.flow in OPENERS and (each.audience in UNSAID or each.api in _THROUGH) for each in entry.sign_ins)
    return unsaid and opens_vault(entry)
