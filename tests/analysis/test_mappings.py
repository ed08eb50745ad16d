"""A mapping that gets many entries at once is the one that gets them one after the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.analysis.values.model import ListValue, MappingValue, StringValue, Values, weight_of
from pcmfa_lint.limits import PARTS

_VALUES: st.SearchStrategy[Values] = st.sampled_from(
    [
        (StringValue("x"),),
        (StringValue("y"), StringValue("z")),
        (ListValue(tuple((StringValue(str(number)),) for number in range(PARTS // 4))),),
    ]
)
_ENTRIES = st.lists(st.tuples(st.sampled_from(["a", "A", "b", "c", "d", "e"]), _VALUES), max_size=8)


@given(_ENTRIES, _ENTRIES)
def test_many_entries_at_once_are_the_same_as_one_by_one(
    before: list[tuple[str, Values]], more: list[tuple[str, Values]]
) -> None:
    whole = MappingValue(tuple(before))
    one_by_one = whole
    for key, vals in more:
        one_by_one = one_by_one.with_entry(key, vals)
    at_once = whole.with_entries(more)
    assert [key for key, _ in at_once.entries] == [key for key, _ in one_by_one.entries]
    if whole.weight + sum(weight_of(vals) for _, vals in more) <= PARTS:  # nothing is cut, neither on the way nor after
        assert (at_once, at_once.weight) == (one_by_one, one_by_one.weight)


def test_a_mapping_that_is_put_into_itself_takes_as_long_as_it_is_large() -> None:
    """Entry by entry, each turn took the square of what there is by then."""
    whole = MappingValue(())
    for turn in range(1_500):
        whole = whole.with_entries((*whole.entries, (f"k{turn}", (whole,))))
    assert len(whole.entries) <= PARTS
