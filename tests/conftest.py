"""Fixtures that tests of several folders take."""

from tests.helpers.browser import browser as browser
