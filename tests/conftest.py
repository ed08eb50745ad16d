"""Fixtures that tests of several folders take."""

from tests.browser import browser as browser
