"""The first pass: literals in bytes, whatever their case and encoding, and the gates over them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.engine.workers.prefilter import (
    WHAT,
    WHOM,
    Matcher,
    is_binary,
    make_plan,
    names_plan,
    paired,
    partial_matches,
    passed,
    prefilter,
    sighted,
)
from pcmfa_lint.knowledge.catalog import MarkerSpec, PrefilterGate

GATE = PrefilterGate("token", (("login.example", "sts.example"), ("grant_type",)))
PLAN = make_plan([GATE, PrefilterGate("settings", (("grant_type",),), ("*.env", "conf/**/*.json"))])


def ids(data: bytes, path: str = "x.py") -> list[str]:
    return [gate.id for gate in passed(PLAN, prefilter(data, PLAN), path)]


def test_every_group_needs_a_hit() -> None:
    assert ids(b"post('https://login.example', grant_type='x')") == ["token"]
    assert ids(b"login.example and sts.example") == []
    assert ids(b"grant_type") == []


def test_case_does_not_count() -> None:
    assert ids(b"LOGIN.Example Grant_TYPE") == ["token"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_seen_through(encoding: str) -> None:
    assert ids("é LOGIN.example\r\ngrant_type".encode(encoding)) == ["token"]


def test_globs_go_by_name_or_by_path() -> None:
    assert ids(b"grant_type", "a/b/Prod.ENV") == ["settings"]
    assert ids(b"grant_type", "conf/a/b.json") == ["settings"]
    assert ids(b"grant_type", "conf/b.json") == ["settings"]
    assert ids(b"grant_type", "other/b.json") == []


def test_a_pattern_rule_is_told_from_a_gate_of_the_catalog() -> None:
    plan = make_plan([PrefilterGate("PCM299", (("abcde",),)), PrefilterGate("catalog-gate", (("abcde",),))])
    assert [gate.text for gate in plan.gates] == [True, False]


APART = make_plan([PrefilterGate("apart", (("login.example",), ("grant_type",), ("password",)), across_files=True)])


def met(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    return [
        (gate, half, path)
        for path, data in files.items()
        for gate, half in partial_matches(APART, prefilter(data, APART), path)
    ]


def test_a_gate_that_is_apart_lets_no_single_file_pass() -> None:
    data = b"login.example grant_type password"
    assert passed(APART, prefilter(data, APART), "x.py") == ()
    assert met({"x.py": data}) == [("apart", WHOM, "x.py"), ("apart", WHAT, "x.py")]


def test_halves_of_a_gate_may_stand_in_two_files() -> None:
    host, grant, unfinished = b"login.example", b"grant_type password", b"grant_type"
    assert paired(met({"a.py": host, "b.py": grant, "c.py": unfinished}), 9) == (["a.py", "b.py"], 0)
    assert paired(met({"a.py": host, "c.py": unfinished}), 9) == ([], 0)
    assert paired(met({"b.py": grant, "c.py": grant}), 9) == ([], 0)


def test_of_too_many_files_the_telling_ones_are_kept_and_the_cut_is_told() -> None:
    hosts = {f"host{number}.py": b"login.example" for number in range(9)}
    files = met({**hosts, "z_grant.py": b"grant_type password", "z_both.py": b"login.example grant_type password"})
    kept, cut = paired(files, 3)
    assert (kept, cut) == (["host0.py", "z_both.py", "z_grant.py"], 8)


def test_markers_are_sighted_without_a_gate() -> None:
    plan = make_plan([GATE], [MarkerSpec("partner", "a cmdlet", ("Connect-Thing",))])
    hits = prefilter(b"connect-thing -x", plan)
    assert (sighted(plan, hits), passed(plan, hits, "x.ps1")) == (["a cmdlet"], ())


def test_names_of_the_second_pass() -> None:
    plan = names_plan(["Get-Token", "get-token", ""])
    assert passed(plan, prefilter(b"function GET-TOKEN {}", plan), "x.ps1")
    assert not passed(plan, prefilter(b"nothing", plan), "x.ps1")
    assert not passed(names_plan([]), prefilter(b"x", names_plan([])), "x.ps1")


def test_both_engines_agree() -> None:
    pytest.importorskip("hyperscan")

    @given(st.binary(max_size=60).map(lambda tail: tail + b"LOGIN.example" + tail), st.booleans())
    def agree(data: bytes, cut: bool) -> None:
        view = memoryview(data[: len(data) // 2] if cut else data)
        fast, plain = Matcher(PLAN.literals), Matcher(PLAN.literals)
        fast.load()
        assert fast.hits(view) == plain.hits(view)

    agree()


def test_without_the_engine_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "hyperscan", None)
    lonely = Matcher(PLAN.literals)
    lonely.load()
    assert len(lonely.hits(memoryview(b"LOGIN.example grant_type"))) == 2


def test_binary_is_told_from_utf16() -> None:
    assert is_binary(bytes(range(256)) * 4)
    assert is_binary(b"\x7fELF\x02\x01\x01" + b"\0" * 40)
    assert not is_binary("$x = 'text'\r\n".encode("utf-16-le"))
    assert not is_binary("$x = 'text'\r\n".encode("utf-16-be"))
    assert not is_binary("中文脚本 中文".encode("utf-16"))
    assert not is_binary(b"plain")
