"""Tests of the linker: what code does, through read and link."""

import pytest

pytest.register_assert_rewrite("tests.link.table")
