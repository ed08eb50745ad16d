"""Names of settings with stars in them mean what they mean in a shell, and the first entry that fits counts."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.analysis.classify.settings import _Forms

NAMES = st.text("ab *", max_size=8)


@given(st.lists(st.lists(NAMES, max_size=3), max_size=4), st.text("ab ", max_size=10))
def test_the_first_entry_that_fits_is_found(entries: list[list[str]], name: str) -> None:
    forms = _Forms((patterns, number) for number, patterns in enumerate(entries))
    fitting = (n for n, patterns in enumerate(entries) if any(fnmatchcase(name, pattern) for pattern in patterns))
    assert forms.first(name) == next(fitting, None)
