"""Code inside settings files, and the formats that are read through their grammars: values and places."""

from __future__ import annotations

import time

import pytest

from pcmfa_lint.analysis.analyze import link
from pcmfa_lint.evidence.model import Marker
from pcmfa_lint.frontend.read import read
from pcmfa_lint.frontend.settings.collector import Collector
from pcmfa_lint.ir.nodes import Unit
from tests.helpers.code import knowledge
from tests.helpers.settings_units import flat, shown, under


def made(text: str, path: str) -> Unit:
    return read(text.encode(), path)


def test_terraform_values_stand_where_they_are_said_to() -> None:
    text = 'resource "a" "b" {\n  x = "🙂 v" # c\n  y = var.z\n  m = { K = "w" }\n  l = ["NAME=i"]\n}\n'
    unit = made(text, "main.tf")
    assert flat(unit) == {
        ("resource", "a", "b", "x"): "🙂 v",
        ("resource", "a", "b", "y"): "${var.z}",
        ("resource", "a", "b", "m", "K"): "w",
        ("resource", "a", "b", "l", "0", "NAME"): "i",
    }
    literal = [entry for entry in unit.settings if not entry.value.startswith("${")]
    assert [under(unit, text, entry.span) for entry in literal] == [entry.value for entry in literal]
    assert "🙂" not in shown(unit) and "w" not in shown(unit).replace("resource", "")


def test_bicep_resources_have_their_type_and_settings_their_names() -> None:
    text = (
        "resource r 'Microsoft.X/y@1' = {\n  properties: [\n    {\n      name: 'K'\n      value: 'V'\n    }\n  ]\n}\n"
    )
    unit = made(text, "main.bicep")
    assert flat(unit) == {
        ("resource", "r", "type"): "Microsoft.X/y@1",
        ("resource", "r", "properties", "0", "name"): "K",
        ("resource", "r", "properties", "0", "K"): "V",
    }


@pytest.mark.parametrize("path", ["broken.tf", "broken.bicep"])
def test_what_does_not_fit_the_grammar_is_read_line_by_line(path: str) -> None:
    unit = made('password = "Invented-Passw0rd-1"\n}}}} (\n', path)
    assert unit.read == "partly" and unit.problems
    assert flat(unit) == {("password",): "Invented-Passw0rd-1"}
    assert shown(unit).strip() == ""


def test_a_pipelines_script_keeps_its_lines_and_shows_only_code() -> None:
    text = "steps:\n  - pwsh: |\n      $a = 'Invented-1' # why\n\n      Do-It $a ${{ secrets.X }}\n"
    unit = made(text, "azure-pipelines.yml")
    (script,) = unit.scripts
    assert script.language == "powershell"
    _preference, *stmts = script.body
    assert [stmt.span.line for stmt in stmts] == [3, 5]
    assert under(unit, text, stmts[0].span) == "$a = 'Invented-1'"
    assert "Do-It" in shown(unit)
    assert "Invented" not in shown(unit) and "why" not in shown(unit)
    assert [comment.span.line for comment in unit.comments] == [3]


def test_a_shell_without_a_reader_stays_a_value() -> None:
    text = "jobs:\n  a:\n    steps:\n      - run: echo Invented-1\n      - shell: fish\n        run: echo Invented-1\n"
    unit = made(text, ".github/workflows/a.yml")
    assert unit.scripts == ()
    assert "Invented" not in shown(unit)


def test_a_shell_is_named_or_told_by_what_it_calls() -> None:
    said = made("steps:\n  - shell: bash\n    run: a Invented-1\n", "a.yml")
    told = made("job:\n  script:\n    - X=$(curl -s $U)\n    - 'a \"Invented-1 $X\"'\n", ".gitlab-ci.yml")
    assert [script.language for unit in (said, told) for script in unit.scripts] == ["shell"] * 2
    assert [stmt.span.line for stmt in told.scripts[0].body[1:]] == [3, 4]
    assert "Invented" not in shown(said) + shown(told)


def test_the_shell_may_be_a_default_or_the_runners() -> None:
    steps = "    steps:\n      - run: Write-Host 1\n"
    by_default = made(f"defaults:\n  run:\n    shell: pwsh\njobs:\n  a:\n{steps}", "a.yml")
    by_runner = made(f"jobs:\n  a:\n    runs-on: windows-latest\n{steps}", "a.yml")
    assert [script.language for unit in (by_default, by_runner) for script in unit.scripts] == ["powershell"] * 2


def test_a_notebooks_cells_are_one_program_and_nothing_of_them_leaks() -> None:
    text = (
        '{"cells": [\n{"cell_type": "code", "source": ["%pip install x\\n",\n"a = \\"Invented-1\\"\\n"]},\n'
        '{"cell_type": "code", "source": "print(a)"}]}'
    )
    unit = made(text, "a.ipynb")
    (script,) = unit.scripts
    assert [stmt.span.line for stmt in script.body] == [3, 4]
    assert "Invented" not in shown(unit)


def test_documents_of_one_file_do_not_mix() -> None:
    unit = made("user: a\n---\nuser: b\n---\n!Ref x\n", "a.yml")
    assert flat(unit) == {("user",): "a", ("#2", "user"): "b", ("#3",): "!Ref x"}


def test_a_secret_of_kubernetes_is_decoded_and_hidden_as_it_stands() -> None:
    text = "kind: Secret\ndata:\n  a: SW52ZW50ZWQtMQ==\n  b: '%%%'\n"
    unit = made(text, "a.yml")
    assert flat(unit) == {("kind",): "Secret", ("data", "a"): "Invented-1", ("data", "b"): "%%%"}
    assert "SW52" not in shown(unit)


def test_a_data_file_of_powershell_has_code_and_settings() -> None:
    unit = made("@{ A = @{ B = 'c'; D = 1 }; E = @('f', \"g\") }", "a.psd1")
    assert flat(unit) == {("A", "B"): "c", ("A", "D"): "1", ("E", "0"): "f", ("E", "1"): "g"}
    assert unit.language == "powershell" and unit.body


def test_a_request_file_has_requests() -> None:
    unit = made("@a = b\n# c\nPOST https://x/y HTTP/1.1\nH: v\n\nk=v\n&l=w\n\n### next\nGET {{a}}\n", "a.http")
    assert flat(unit) == {
        ("a",): "b",
        ("1", "url"): "https://x/y",
        ("1", "H"): "v",
        ("1", "body"): "k=v\n&l=w",
        ("2", "url"): "{{a}}",
    }


def test_a_registration_tells_which_rights_it_asks_for() -> None:
    text = (
        '{"requiredResourceAccess": [\n{"resourceAppId": "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", "resourceAccess": [\n'
        '{"id": "1cebfa2a-fb4d-419e-b5f9-839b4383e05a", "type": "Scope"}]},\n'
        '{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [{"id": "x", "type": "Role"}]}]}'
    )
    found = link([made(text, "manifest.json")], knowledge().catalog).items
    rights = [item for item in found if isinstance(item, Marker) and item.kind == "permission"]
    assert [(right.name, right.at.span.line) for right in rights] == [("delegated permission on Partner Center", 3)]


HOSTILE = {
    "deep list": ("a.tf", "x = " + "[" * 20_000 + "]" * 20_000),
    "deep blocks": ("a.tf", "a {" * 5_000 + "}" * 5_000),
    "deep list in Bicep": ("a.bicep", "var x = " + "[" * 20_000 + "]" * 20_000),
    "no end": ("a.bicep", "resource r '"),
    "characters nobody writes": ("a.tf", 'a = "\0"'),
    "cells": ("a.ipynb", '{"cells":[' + ",".join(['{"cell_type":"code","source":["x = 1\\n"]}'] * 3_000) + "]}"),
    "scripts": ("a.yml", "steps:\n" + "- pwsh: Write-Host 1\n" * 3_000),
    "one section of grants": (
        "a.json",
        "{"
        + ",".join(['"password":"Invented-Passw0rd-1","grant_type":"password","url":"https://x.example"'] * 5_000)
        + "}",
    ),
    "grants everywhere": (
        "a.json",
        "[" + ",".join(['{"b":"grant_type=password","u":"https://login.microsoftonline.com"}'] * 5_000) + "]",
    ),
    "one section of accounts": (".env", "".join(f"user{n}=a\npassword{n}=Invented-{n}\n" for n in range(10_000))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_cost_bounded_time(name: str) -> None:
    path, text = HOSTILE[name]
    started = time.process_time()
    unit = made(text, path)
    link([unit], knowledge().catalog)
    assert time.process_time() - started < 20
    assert unit.read in ("full", "partly")


def test_what_cannot_be_read_of_a_script_is_said_with_its_line() -> None:
    unit = read(b"steps:\n  - pwsh: |\n      $a = 1\n      foreach ($b in 1..3) { f $b\n", "azure-pipelines.yml")
    assert (unit.read, unit.scripts[0].read) == ("partly", "partly")
    assert {problem.line for problem in unit.problems} <= {3, 4}
    assert unit.problems


def test_what_is_shown_is_cut_out_of_what_is_hidden() -> None:
    out = Collector("0123456789\n" * 2)
    out.hide(0, 4)
    out.hide(6, 20)
    out.show([out.span(2, 7), out.span(9, 10), out.span(12, 13), out.span(20, 21)])
    hidden = [(out.index.offset(s.line, s.col), out.index.offset(s.end_line, s.end_col)) for s in out.opaque()]
    assert hidden == [(0, 2), (7, 9), (10, 12), (13, 20)]


def test_a_plain_value_is_no_script() -> None:
    """A job's step may be called by its shell alone; an entry of that name in a list of names and values is a value."""
    for path, text in (
        ("settings.ini", '[tools]\nSH = ";"\n'),
        (".env", "BASH='('\n"),
        ("appsettings.json", '{"Python": "not: a program ("}'),
    ):
        unit = made(text, path)
        assert (unit.read, unit.scripts) == ("full", ()), path
    step = made("steps:\n- bash: curl https://example.com\n", "azure-pipelines.yml")
    assert [part.language for part in step.scripts] == ["shell"]
