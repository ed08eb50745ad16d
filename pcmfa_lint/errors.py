"""The exception that a user sees as a message instead of a traceback."""

from __future__ import annotations


class UsageFault(Exception):
    """Wrong usage or configuration: exit status 2. Its text is one or several sentences for the user."""
