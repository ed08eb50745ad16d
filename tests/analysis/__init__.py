"""Tests of the analysis: what code does, through reading and analysis."""

import pytest

pytest.register_assert_rewrite("tests.analysis.table")
