"""What a user is told instead of a traceback."""

from __future__ import annotations


class UsageFault(Exception):
    """Wrong usage or configuration: exit status 2. Its text is one or several sentences for the user."""
