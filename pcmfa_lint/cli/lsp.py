"""`lsp`: a language server for editors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pcmfa_lint.cli.options import settings_of
from pcmfa_lint.config import load_config
from pcmfa_lint.errors import UsageFault

if TYPE_CHECKING:
    from pcmfa_lint.config import Settings


@click.command()
def lsp() -> None:
    """Serve findings to an editor (Language Server Protocol).

    Editors start it, and speak with it over standard input and output; docs/editors.md shows how. It is
    an extra: pip install pcmfa-lint[lsp]
    """
    try:
        from pcmfa_lint.lsp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("pygls", "lsprotocol", "cattrs"):
            raise
        raise UsageFault("the language server is an extra: pip install pcmfa-lint[lsp]") from None
    serve(_settings)


def _settings(root: str) -> Settings:
    """What the project's configuration says, as it is now; one document needs no second worker."""
    return replace(settings_of(load_config(root)), jobs=1)
