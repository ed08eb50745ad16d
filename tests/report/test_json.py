"""The JSON report keeps to its schema, and the schema names all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.findings.model import Files, Report, ShownFile

Render = Callable[..., str]


@pytest.fixture
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files("pcmfa_lint").joinpath("schemas/report.schema.json").read_text("utf-8"))
    return loaded


def closed(schema: Any) -> Any:
    """The schema with every object closed, to find keys that it does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {**inner, "additionalProperties": False} if "required" in inner and "type" in inner else inner


def test_whole_output(report: Report, render: Render, snapshot: SnapshotAssertion) -> None:
    assert render(report, "json") == snapshot


def test_it_is_valid_and_has_no_key_that_the_schema_does_not_name(
    report: Report, render: Render, schema: dict[str, Any]
) -> None:
    Draft202012Validator.check_schema(schema)
    for each in (report, Report("contoso")):
        assert [
            e.message for e in Draft202012Validator(closed(schema)).iter_errors(json.loads(render(each, "json")))
        ] == []


def test_the_schema_refuses_what_is_wrong(report: Report, render: Render, schema: dict[str, Any]) -> None:
    spoiled: list[dict[str, Any]] = [{"version": 2}, {"findings": [{}]}, {"files": {}}, {"rules": [{"id": 1}]}]
    for spoil in spoiled:
        assert not Draft202012Validator(schema).is_valid({**json.loads(render(report, "json")), **spoil})


def test_a_file_name_that_is_no_utf8_is_still_json(render: Render) -> None:
    odd = Report("x", files=Files(skipped=(ShownFile("caf\udce9.ps1", "Unreadable."),)))
    text = render(odd, "json")
    assert json.loads(text)["files"]["skipped"][0]["path"] == "caf\ufffd.ps1"
    assert text.isascii()
    assert text.endswith("}\n")


def test_place_columns_are_those_of_the_file(report: Report, render: Render) -> None:
    finding = json.loads(render(report, "json"))["findings"][1]
    assert [finding[key] for key in ("path", "line", "column", "end_line", "end_column")] == [
        "src/sync.py",
        12,
        5,
        13,
        20,
    ]
