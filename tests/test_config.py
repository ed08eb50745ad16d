"""The project's file: what it may say, what is refused and how, and what is said of one file."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pcmfa_lint import cli
from pcmfa_lint.config import Config, PerPath, find_config, load_config
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.knowledge.toml_schema import parse
from tests.helpers.config_schema import schema_of
from tests.helpers.repository import ROPC, put, run

OWN = ".pcmfa-lint.toml"
GOOD = """\
exclude = ["gen/**"]
select = "ropc"
ignore = ["PCM210", "pcm4"]
fail-on = "error"
min-level = "warning"
baseline = "ci/known"
require-reason = true
require-until = true

[[per-path]]
path = "legacy/**"
ignore = "stored-credential"
level = { PCM201 = "warning", readiness = "off" }
"""


def shipped() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files("pcmfa_lint").joinpath("schemas/config.schema.json").read_text("utf-8"))
    return loaded


def bare(schema: Any, definitions: dict[str, Any]) -> Any:
    """A schema with references resolved and without what is only said to people."""
    if isinstance(schema, list):
        return [bare(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return bare(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    told = ("description", "default", "$schema", "title", "$defs")
    return {key: bare(part, definitions) for key, part in schema.items() if key not in told}


def test_every_key_is_read(tmp_path: Path) -> None:
    put(tmp_path, {OWN: GOOD})
    assert load_config(str(tmp_path)) == Config(
        exclude=("gen/**",),
        select=("ropc",),
        ignore=("PCM210", "pcm4"),
        fail_on="error",
        min_level="warning",
        baseline=str(tmp_path / "ci/known"),
        require_reason=True,
        require_until=True,
        per_path=(PerPath(("legacy/**",), ("stored-credential",), {"PCM201": "warning", "readiness": "off"}),),
    )


def test_pyproject_says_the_same_with_its_tables_of_paths(tmp_path: Path) -> None:
    put(tmp_path, {OWN: GOOD})
    own = load_config(str(tmp_path))
    (tmp_path / OWN).unlink()
    tables = GOOD.replace("[[per-path]]", "[[tool.pcmfa-lint.per-path]]")
    put(tmp_path, {"pyproject.toml": f"[tool.x]\na = 1\n[tool.pcmfa-lint]\n{tables}\n[tool.y]\nb = 2\n"})
    assert load_config(str(tmp_path)) == own


def test_the_own_file_wins(tmp_path: Path) -> None:
    put(tmp_path, {OWN: 'fail-on = "never"', "pyproject.toml": '[tool.pcmfa-lint]\nfail-on = "note"'})
    assert load_config(str(tmp_path)).fail_on == "never"


@pytest.mark.parametrize("text", ["", "[tool]\nx = 1", "[tool.other]\nname = 'pcmfa-lint'", "tool = 1  # pcmfa-lint"])
def test_a_pyproject_without_our_table_is_none_of_ours(text: str, tmp_path: Path) -> None:
    put(tmp_path, {"pyproject.toml": text})
    assert load_config(str(tmp_path)) == Config()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("selekt = []", f'{OWN}:1: unknown key "selekt"; did you mean "select"?'),
        ('x = 1\nfail-on = "eror"', f'{OWN}:2: "fail-on" must be one of "error", "warning", "note", "never"'),
        ('fail-on = "eror"', 'did you mean "error"?'),
        ("require-reason = 1", f'{OWN}:1: "require-reason" must be true or false'),
        ('ignore = [\n  "PCM1",\n  "PMC201",\n]', f'{OWN}:3: "PMC201" in "ignore" names no rule'),
        ('ignore = ["PCM2001"]', 'did you mean "PCM201"?'),
        ('select = ["ropcc"]', 'did you mean "ropc"?'),
        ('[[per-path]]\npaths = "x"', f'{OWN}:2: unknown key "paths" in [[per-path]]; did you mean "path"?'),
        ('[[per-path]]\nignore = "PCM1"', f'{OWN}:1: [[per-path]] lacks the key "path"'),
        (
            '[[per-path]]\npath = "x"\nlevel = { PCM201 = "error" }',
            f'{OWN}:3: "PCM201" must be one of "warning", "note"',
        ),
        ('[[per-path]]\npath = "x"\n[per-path.level]\nPCX = "off"', f'{OWN}:4: "PCX" in "level" names no rule'),
        ('baseline = "../known"', f'{OWN}:1: "baseline" needs a path at or below the root'),
        ('baseline = "/etc/passwd"', f'{OWN}:1: "baseline" needs a path at or below the root'),
        ('[[per-path]]\npath = "x"\n' * 201, f"{OWN}:401: there are more than 200 tables [[per-path]]"),
        ("exclude = [", f"{OWN}:1: not valid TOML"),
        (b"\xff\xfe", f"{OWN} is not UTF-8"),
    ],
)
def test_a_typo_gets_file_line_key_and_the_nearest_word(text: str | bytes, told: str, tmp_path: Path) -> None:
    put(tmp_path, {OWN: text})
    with pytest.raises(UsageFault) as fault:
        load_config(str(tmp_path))
    assert told in str(fault.value)


def test_broken_syntax_of_a_pyproject_that_names_us_is_told(tmp_path: Path) -> None:
    put(tmp_path, {"pyproject.toml": "[tool.pcmfa-lint]\nignore = ["})
    with pytest.raises(UsageFault, match=r"pyproject\.toml:2: not valid TOML"):
        load_config(str(tmp_path))


def test_rules_of_the_users_own_count_where_their_folder_is_given(tmp_path: Path) -> None:
    put(tmp_path, {OWN: 'ignore = ["ABC1", "own-class"]', "more/own-class/ABC101.toml": ""})
    assert load_config(str(tmp_path), rules=[str(tmp_path / "more")]).ignore == ("ABC1", "own-class")
    with pytest.raises(UsageFault, match="ABC1"):
        load_config(str(tmp_path))


def test_the_shipped_schema_is_that_of_the_types_and_explains_every_key() -> None:
    schema = shipped()
    Draft202012Validator.check_schema(schema)
    definitions = schema["$defs"]
    assert bare(schema, definitions) == schema_of(Config)
    for table in (schema, *definitions.values()):
        assert all(each["description"] for each in table["properties"].values())
    config = Config()
    for key, each in schema["properties"].items():
        default = getattr(config, key.replace("-", "_"))
        assert each["default"] == (list(default) if isinstance(default, tuple) else default)


def test_the_schema_takes_what_the_loader_takes() -> None:
    check = Draft202012Validator(shipped())
    assert check.is_valid(parse(GOOD, OWN)[0])
    for wrong in ("selekt = []", "require-reason = 1", '[[per-path]]\nignore = "PCM1"', 'fail-on = "eror"'):
        assert not check.is_valid(parse(wrong, OWN)[0])
    assert not check.is_valid(parse('[[per-path]]\npath = "x"\nlevel = { PCM201 = "error" }', OWN)[0])


def test_where_a_key_is_written(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"pyproject.toml": '[tool.pcmfa-lint]\nselect = ["ropc"]\n\n[[tool.pcmfa-lint.per-path]]\npath = "x"\n'},
    )
    source = find_config(str(tmp_path))
    assert (source.where("select", 0), source.where("per-path", 0)) == ("pyproject.toml:2", "pyproject.toml:4")
    assert set(source.written()) == {"select", "per-path"}


def test_levels_by_path_lower_turn_off_and_never_raise(tmp_path: Path) -> None:
    put(tmp_path, {"bad.py": ROPC, "legacy/bad.py": ROPC})
    found = {(each.place.path, each.rule): each.level for each in run(tmp_path).findings}
    assert {level for (path, rule), level in found.items() if rule in ("PCM101", "PCM201")} == {"error"}
    table = PerPath(("/legacy",), ("PCM101",), {"ropc": "warning", "PCM210": "warning"})
    report = run(tmp_path, per_path=(table,))
    lowered = {(each.place.path, each.rule): each.level for each in report.findings}
    expected = {key: level for key, level in found.items() if key != ("legacy/bad.py", "PCM101")}
    assert lowered == expected | {("legacy/bad.py", "PCM201"): "warning"}
    assert [(each.place.path, each.rule) for each in report.below] == [("legacy/bad.py", "PCM101")]


def test_of_several_tables_the_lowest_level_counts(tmp_path: Path) -> None:
    put(tmp_path, {"a/b/bad.py": ROPC})
    tables = (PerPath(("a",), (), {"PCM201": "note"}), PerPath(("b",), (), {"PCM2": "warning"}))
    for order in (tables, tables[::-1]):
        assert {each.level for each in run(tmp_path, per_path=order).findings if each.rule == "PCM201"} == {"note"}


def test_show_config_says_what_applies_and_which_key_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, {OWN: GOOD.replace('select = "ropc"\n', ""), "legacy/a.ps1": ""})
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    assert cli.run(["rules", "show-config", "legacy/a.ps1"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    for line in (
        "legacy/a.ps1",
        f'fail-on = "error" ({OWN}:3)',
        "select = [] (default)",
        "read as: powershell",
        "excluded: not by this configuration",
        f"PCM101 off, not error ({OWN}:11)",
        f"PCM201 warning, not error ({OWN}:12)",
        f"PCM210 off, not note ({OWN}:2)",
    ):
        assert line in lines
    assert cli.run(["rules", "show-config", "gen/not-there-yet.py"]) == 0
    assert f'excluded: yes, by "gen/**" ({OWN}:1)' in capsys.readouterr().out.replace("  ", " ")
    put(tmp_path, {OWN: "selekt = 1"})
    assert cli.run(["rules", "show-config"]) == 2
