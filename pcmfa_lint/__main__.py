"""`python -m pcmfa_lint`."""

from pcmfa_lint.cli import main

main()
