"""Records that are made quickly are what frozen dataclasses are: to whoever compares, sorts, shows, copies or keeps
them."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import field

import pytest

from pcmfa_lint.ir import frozen


@frozen.dataclass(frozen=True, slots=True, order=True)
class Quick:
    name: str
    number: int = 0
    note: str = field(default="", compare=False)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Plain:
    name: str
    number: int = 0
    note: str = field(default="", compare=False)


@frozen.dataclass(frozen=True, slots=True)
class OwnHash:
    name: str

    def __hash__(self) -> int:
        return 7


@frozen.dataclass(slots=True)
class Open:
    name: str


SEVERAL = [("a", 1, "x"), ("a", 1, "y"), ("a", 2, "x"), ("b", 0, "")]


@pytest.mark.parametrize("one", SEVERAL)
@pytest.mark.parametrize("other", SEVERAL)
def test_equality_order_and_hash_are_those_of_a_dataclass(
    one: tuple[str, int, str], other: tuple[str, int, str]
) -> None:
    quick, plain = (Quick(*one), Quick(*other)), (Plain(*one), Plain(*other))
    assert (quick[0] == quick[1], quick[0] < quick[1], quick[0] >= quick[1]) == (
        plain[0] == plain[1],
        plain[0] < plain[1],
        plain[0] >= plain[1],
    )
    assert (hash(quick[0]) == hash(quick[1])) == (hash(plain[0]) == hash(plain[1]))


def test_a_record_is_shown_as_a_dataclass_is() -> None:
    assert repr(Quick("a", 1, "x")) == repr(Plain("a", 1, "x")).replace("Plain", "Quick")


def test_a_hash_of_its_own_stays_and_what_may_change_has_none() -> None:
    assert hash(OwnHash("a")) == 7
    with pytest.raises(TypeError):
        hash(Open("a"))


def test_a_copy_differs_in_what_was_replaced_alone() -> None:
    assert frozen.replace(Quick("a", 1, "x"), number=2).note == "x"
    assert frozen.replace(Quick("a", 1), name="b", number=2) == Quick("b", 2)
    assert frozen.copied(Quick("a", 1, "x")) == Quick("a", 1, "x")


def test_a_record_survives_its_way_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Quick("a", 1, "x"))).note == "x"


def test_records_of_different_types_are_never_equal() -> None:
    one: object = Quick("a")
    other: object = Plain("a")
    assert one != other
