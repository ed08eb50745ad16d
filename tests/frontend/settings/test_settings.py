"""What linker and masking rely on: the right key path, and a span under which exactly the value stands."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from textwrap import dedent
from xml.sax.saxutils import quoteattr

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.frontend.settings.reader import read_settings, read_text, reader_for
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.limits import SETTINGS_CHARS, SETTINGS_ENTRIES
from tests.helpers.settings_units import flat, shown, under

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True)
# what a value may hold in every format when quoted; the astral character tells code points from UTF-16 units
SIMPLE = st.text(alphabet=st.sampled_from("abcXYZ019 .:/@#;=,-_!?é中🙂"), max_size=30).map(str.strip)
LINE_ENDS = st.sampled_from(["\n", "\r\n"])


def check(text: str, path: str, expected: dict[tuple[str, ...], str]) -> None:
    unit = read_settings(text, path)
    assert unit.read == "full", unit.problems
    assert flat(unit) == expected
    for entry in unit.settings:
        assert under(unit, text, entry.span) == entry.value
        assert under(unit, text, entry.key_span) == entry.path[-1]


TABLES = st.dictionaries(NAMES, st.dictionaries(NAMES, SIMPLE, min_size=1, max_size=4), min_size=1, max_size=4)


def expected_of(tables: dict[str, dict[str, str]]) -> dict[tuple[str, ...], str]:
    return {(table, key): value for table, entries in tables.items() for key, value in entries.items()}


# --- positions ------------------------------------------------------------------------------------------------------


@given(TABLES, LINE_ENDS, st.sampled_from([None, 2, "\t"]))
def test_json_positions(tables: dict[str, dict[str, str]], end: str, indent: int | str | None) -> None:
    text = json.dumps(tables, ensure_ascii=False, indent=indent).replace("\n", end)
    check(text, "appsettings.json", expected_of(tables))


@given(TABLES, LINE_ENDS, st.sampled_from(["'", '"']))
def test_yaml_positions(tables: dict[str, dict[str, str]], end: str, quote: str) -> None:
    lines = ["# é🙂 first"]
    for table, entries in tables.items():
        lines += [f"t_{table}:"] + [f"  k_{key}: {quote}{value}{quote} # c" for key, value in entries.items()]
    expected: dict[tuple[str, ...], str] = {(f"t_{t}", f"k_{k}"): v for (t, k), v in expected_of(tables).items()}
    check(end.join(lines) + end, "values.yaml", expected)


@given(TABLES, LINE_ENDS)
def test_toml_positions(tables: dict[str, dict[str, str]], end: str) -> None:
    lines = []
    for table, entries in tables.items():
        lines += [f"[{table}] # c"] + [f"{key} = '{value}'" for key, value in entries.items()]
    check(end.join(lines), "pyproject.toml", expected_of(tables))


@given(TABLES, LINE_ENDS)
def test_ini_positions(tables: dict[str, dict[str, str]], end: str) -> None:
    lines = ["; c"]
    for table, entries in tables.items():
        lines += [f"[{table}]"] + [f'{key} = "{value}"' for key, value in entries.items()]
    check(end.join(lines), "settings.ini", expected_of(tables))


@given(st.dictionaries(NAMES, SIMPLE, min_size=1), LINE_ENDS, st.sampled_from(["'", '"', "`"]))
def test_dotenv_positions(entries: dict[str, str], end: str, quote: str) -> None:
    text = "".join(f"export {key}={quote}{value}{quote} # c{end}" for key, value in entries.items())
    check(text, ".env", {(key,): value for key, value in entries.items()})


@given(TABLES, LINE_ENDS)
def test_xml_positions(tables: dict[str, dict[str, str]], end: str) -> None:
    lines = ['<?xml version="1.0" encoding="utf-16"?>', "<configuration>", "<!-- é -->"]
    for table, entries in tables.items():
        adds = [f"  <add key={quoteattr(key)} value={quoteattr(value)} />" for key, value in entries.items()]
        lines += [f"<{table}>", *adds, f"</{table}>"]
    check(end.join([*lines, "</configuration>"]), "web.config", expected_of(tables))


SCALARS = st.text().filter(lambda text: "=" not in text) | st.integers() | st.booleans() | st.none()


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value if isinstance(value, str) else json.dumps(value)


@given(st.recursive(SCALARS, st.lists, max_leaves=30))
def test_json_values_are_those_of_the_standard_library(value: object) -> None:
    unit = read_settings(json.dumps({"x": value}), "a.json")
    assert [entry.value for entry in unit.settings] == list(leaves(value))


@given(st.dictionaries(NAMES, st.text(alphabet=st.characters(codec="utf-8"), max_size=20), min_size=1))
def test_yaml_values_are_those_of_pyyaml(entries: dict[str, str]) -> None:
    text = yaml.safe_dump(entries, default_style='"', allow_unicode=True)
    assert flat(read_settings(text, "a.yml")) == {(key,): value for key, value in entries.items()}


def test_pure_python_yaml_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x !!str 'é🙂' # c\r\nb: |-\r\n  one\r\n  two\r\n\r\nc: [*x, \"q\\n\"]\r\nd:\r\n"
    with_c = read_settings(text, "a.yml")
    monkeypatch.setattr("pcmfa_lint.frontend.settings.yaml._LOADER", yaml.SafeLoader)
    assert read_settings(text, "a.yml") == with_c


# --- whole examples -------------------------------------------------------------------------------------------------

WEB_CONFIG = """\
<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <appSettings>
    <!-- old: <add key="Old" value="x" /> -->
    <add key="PartnerCenter.Password" value="Made&amp;Up1" />
  </appSettings>
  <connectionStrings>
    <add name="Db" connectionString="Server=db;User ID=sa;Password=made-up" providerName="System.Data.SqlClient" />
  </connectionStrings>
  <system.web><compilation debug="true" /></system.web>
  <applicationSettings>
    <Csp.Properties.Settings>
      <setting name="RefreshToken" serializeAs="String"><value>made-up-token</value></setting>
    </Csp.Properties.Settings>
  </applicationSettings>
</configuration>
"""


NAMED = """\
<Settings>
  <Setting Name="Kennwort" Type="System.String" Scope="User"><Value Profile="(Default)">Made-Up-9</Value></Setting>
  <Setting name="Token" value="made-up-token" />
  <Section Name="Csp"><Parameter Name="Password" Value="Made-Up-1" MustOverride="true" /></Section>
  <setParameter name="Mail" value="made-up-mail" />
  <Other Name="Password">not named</Other>
</Settings>
"""


@pytest.mark.parametrize(
    "path", ["Settings.settings", "ServiceConfiguration.Cloud.cscfg", "ci.runsettings", "a.pubxml"]
)
def test_xml_entries_go_by_their_names_in_any_case(path: str) -> None:
    found = flat(read_settings(NAMED, path))
    assert found["Settings", "Kennwort"] == "Made-Up-9"
    assert found["Settings", "Token"] == "made-up-token"
    assert found["Settings", "Section", "Password"] == "Made-Up-1"
    assert found["Settings", "Mail"] == "made-up-mail"
    assert found["Settings", "Other"] == "not named"


def test_web_config() -> None:
    unit = read_settings(WEB_CONFIG, "web.config")
    section = ("applicationSettings", "Csp.Properties.Settings", "RefreshToken")
    assert flat(unit) == {
        ("appSettings", "PartnerCenter.Password"): "Made&Up1",
        ("connectionStrings", "Db"): "Server=db;User ID=sa;Password=made-up",
        ("connectionStrings", "Db", "@providerName"): "System.Data.SqlClient",
        ("system.web", "compilation", "@debug"): "true",
        (*section, "@serializeAs"): "String",
        section: "made-up-token",
    }
    spans = {entry.path: under(unit, WEB_CONFIG, entry.span) for entry in unit.settings}
    assert spans["appSettings", "PartnerCenter.Password"] == "Made&amp;Up1"
    assert spans[section] == "made-up-token"
    assert [comment.text for comment in unit.comments] == ['old: <add key="Old" value="x" />']


def test_a_doctype_without_declarations_is_no_obstacle() -> None:
    text = '<!DOCTYPE web-app PUBLIC "-//X//DTD" "http://example.invalid/a.dtd">\n<web-app><a b="c"/>&gone;</web-app>'
    unit = read_settings(text, "web.xml")
    assert (unit.read, flat(unit)) == ("full", {("web-app", "a", "@b"): "c"})
    assert "example" not in shown(unit)


def test_exported_credential() -> None:
    text = (
        '<Objs Version="1.1.0.1"><Obj RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCredential</T></TN>'
        '<Props><S N="UserName">admin@example.invalid</S><SS N="Password">01000000d08c</SS></Props></Obj></Objs>'
    )
    found = flat(read_settings(text, "cred.xml"))
    assert found["Objs", "Obj", "Props", "S", "UserName"] == "admin@example.invalid"
    assert found["Objs", "Obj", "Props", "SS", "Password"] == "01000000d08c"


def test_appsettings_with_comments_and_duplicates() -> None:
    text = (
        '{\n  // c1\n  "PartnerCenter": {"UserName": "u", "UserName": "v", "Port": 1.5e3, "On": true,}, /* c2 */\n}\n'
    )
    unit = read_settings(text, "appsettings.Development.json")
    assert [(entry.path[-1], entry.value) for entry in unit.settings] == [
        ("UserName", "u"),
        ("UserName", "v"),
        ("Port", "1.5e3"),
        ("On", "true"),
    ]
    assert [comment.text for comment in unit.comments] == ["c1", "c2"]
    assert unit.read == "full"


def test_postman_collection_names_values_by_their_key() -> None:
    text = dedent("""\
        {"item": [{"request": {"body": {"urlencoded": [
          {
            "key": "grant_type",
            "value": "password",
            "type": "text"
          },
          {"value": "{{user}}", "key": "username"}
        ]}}}]}
        """)
    unit = read_settings(text, "x.postman_collection.json")
    base = ("item", "0", "request", "body", "urlencoded")
    found = {entry.path: entry for entry in unit.settings}
    wanted, user, hidden = (*base, "0", "grant_type"), (*base, "1", "username"), (*base, "0", "value")
    grant = found[wanted]
    assert (grant.value, grant.span, grant.key_span) == ("password", Span(4, 15, 4, 23), Span(3, 13, 3, 23))
    assert found[user].value == "{{user}}"
    assert hidden not in found


def test_an_object_outside_a_list_keeps_value() -> None:
    assert flat(read_settings('{"name": "n", "value": "v"}', "a.json")) == {("name",): "n", ("value",): "v"}


def test_dotenv() -> None:
    text = (
        '# c\nPC_USER=admin@example.invalid # who\nexport PC_PASSWORD="a\\"b#c"\n'
        "KEY='one\ntwo'\nURL=x#y\nbad line\nE=\n"
    )
    unit = read_settings(text, ".env.local")
    assert flat(unit) == {
        ("PC_USER",): "admin@example.invalid",
        ("PC_PASSWORD",): 'a"b#c',
        ("KEY",): "one\ntwo",
        ("URL",): "x#y",
        ("E",): "",
    }
    assert [comment.text for comment in unit.comments] == ["c", "who"]
    assert "bad line" not in shown(unit)


def test_compose_environment_in_both_forms() -> None:
    text = dedent("""\
        x-env: &env
          PC_USER: u
        services:
          web:
            environment: {<<: *env, PC_SECRET: "made up"}
          job:
            environment:
              - PC_PASSWORD=made#up
              - name: PC_TOKEN
                value: t
        """)
    found = flat(read_settings(text, "docker-compose.yml"))
    assert found["services", "web", "environment", "PC_USER"] == "u"
    assert found["services", "web", "environment", "PC_SECRET"] == "made up"
    assert found["services", "job", "environment", "0", "PC_PASSWORD"] == "made#up"
    assert found["services", "job", "environment", "1", "PC_TOKEN"] == "t"


def test_github_workflow() -> None:
    text = dedent("""\
        on: push
        jobs:
          b:
            env:
              PW: ${{ secrets.PW }} # ref
            steps:
              - run: |
                  echo hi
        """)
    unit = read_settings(text, ".github/workflows/ci.yml")
    assert unit.read == "full"
    assert flat(unit)["jobs", "b", "env", "PW"] == "${{ secrets.PW }}"
    assert flat(unit)["jobs", "b", "steps", "0", "run"] == "echo hi\n"
    assert [comment.text for comment in unit.comments] == ["ref"]


def test_pyproject_and_array_tables() -> None:
    text = (
        '[tool.x]\ndeps = ["a>=1", # c\n  "b",\n]\nt = { user = "u", pw."x y" = \'p\' }\n'
        '[[job]]\nn = """\nl1\nl2"""\n[[job]]\nn = 2\n'
    )
    assert flat(read_settings(text, "pyproject.toml")) == {
        ("tool", "x", "deps", "0"): "a>=1",
        ("tool", "x", "deps", "1"): "b",
        ("tool", "x", "t", "user"): "u",
        ("tool", "x", "t", "pw", "x y"): "p",
        ("job", "0", "n"): "l1\nl2",
        ("job", "1", "n"): "2",
    }


def test_ini_continuation_and_properties() -> None:
    assert flat(read_settings("[s]\nk: a;b#c\n  more\n", "a.cfg")) == {("s", "k"): "a;b#c\n  more"}
    text = "a\\:b = one \\\n   two\n! c\nkey value\nu=\\u00e9\n"
    assert flat(read_settings(text, "a.properties")) == {("a:b",): "one two", ("key",): "value", ("u",): "é"}


# --- broken and hostile ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "key", "value"),
    [
        ("a.json", '{"Password": "made-up",', "Password", "made-up"),
        ("a.json", "not json\npassword = made-up\n", "password", "made-up"),
        ("a.yaml", '{{- if .x }}\npassword: "made-up"\n{{- end }}\n', "password", "made-up"),
        ("a.yaml", "password: {{ made_up }}\n", "password", "{{ made_up }}"),
        ("web.config", '<a>\n<add key="Password" value="made-up"/>', "Password", "made-up"),
        ("a.toml", "password = 'made-up'\nbroken\n", "password", "made-up"),
        ("a.xml", '<!DOCTYPE a [<!ENTITY e "x">]>\n<add key="Password" value="made-up"/>', "Password", "made-up"),
    ],
)
def test_a_broken_file_is_read_by_lines_and_shows_nothing(path: str, text: str, key: str, value: str) -> None:
    unit = read_settings(text, path)
    assert unit.read == "partly"
    assert (key,) in flat(unit)
    (entry,) = (entry for entry in unit.settings if entry.path == (key,))
    assert entry.value == value == under(unit, text, entry.span)
    assert shown(unit) == ""
    assert all("made" not in problem.reason and problem.line > 0 for problem in unit.problems)


SECRET = "Zq7" + "Vx9Kw2"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ini", f"login admin {SECRET}=1\n{SECRET} x\nk = {SECRET} ; {SECRET}\n# {SECRET}\n  {SECRET}\n"),
        ("a.properties", f"k\\\n {SECRET}\n!{SECRET}\n"),
        (".env", f"{SECRET} x\nK=a {SECRET} # {SECRET}\nL='a' {SECRET}\n"),
        (
            "a.yml",
            f"a: {SECRET} # {SECRET}\nb: |  # {SECRET}\n  x\n  {SECRET}\n# {SECRET}\nc: [N={SECRET}, {SECRET}=N]\n",
        ),
        ("a.json", f'{{"a b {SECRET}": 1, "b": ["{SECRET}=x", "{SECRET}"], /* {SECRET} */ "name": "{SECRET}"}}'),
        ("a.xml", f"<a>{SECRET}<b x='{SECRET}'/>{SECRET}<?p {SECRET}?><![CDATA[{SECRET}]]><c>{SECRET}</c>{SECRET}</a>"),
        ("a.toml", f"a = '{SECRET}' # {SECRET}\nb = [\"{SECRET}\", # {SECRET}\n{{c = '''\n{SECRET}'''}}]\n"),
        ("a.yml", f"a: {{{{ {SECRET} }}}}\n{SECRET}: 1\n"),
        ("unknown.txt", f"{SECRET}\n"),
    ],
)
def test_no_value_comment_or_odd_line_is_shown(path: str, text: str) -> None:
    unit = read_text(text, path) if path.endswith(".txt") else read_settings(text, path)
    assert SECRET not in shown(unit)


def test_a_key_stays_visible() -> None:
    unit = read_settings('{"RefreshToken": "x"}', "a.json")
    assert "RefreshToken" in shown(unit)


BOMB = "a0: &a0 {k: v}\n" + "".join(
    f"a{n}: &a{n} {{{', '.join(f'k{m}: *a{n - 1}' for m in range(9))}}}\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("a.yml", BOMB, "Aliases repeat"),
        ("a.yml", "[" * 100_000, "syntax error"),
        ("a.yml", "a: [" * 50_000, "nested deeper"),
        ("a.json", "[" * 100_000 + "]" * 100_000, "nested deeper"),
        ("a.json", '{"a":' * 100_000, "nested deeper"),
        ("a.xml", "<a>" * 100_000, "nested deeper"),
        ("a.toml", "a = " + "[" * 100_000, "nested deeper"),
        ("a.toml", "a." * 100_000, "nested deeper"),
        ("a.json", '"' * 300_000, "syntax error"),
        ("a.json", '"\\' * 300_000, "syntax error"),
        ("a.json", "/*" * 300_000, "syntax error"),
        ("a.json", " " * 1_000_000 + "?", "syntax error"),
        ("a.yml", "'" * 300_001, "syntax error"),
        ("a.toml", 'a = """' + '"" \\' * 100_000, "syntax error"),
        ("a.xml", "<a " + "b" * 500_000, "syntax error"),
        ("a.xml", '<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><l>&b;</l>', "entities"),
        ("a.json", "\0" * 1000, "syntax error"),
        ("a.yml", "a: \0b", "syntax error"),
        ("a.xml", "<a>\0</a>", "NUL"),
        ("a.yml", "a: \ud800", "syntax error"),
        ("a.json", "[" + "1," * (SETTINGS_ENTRIES + 10) + "1]", "entries"),
        ("a.json", "x" * (SETTINGS_CHARS + 1), "longer than"),
    ],
)
def test_hostile_text_ends_well_and_soon(path: str, text: str, reason: str) -> None:
    began = time.process_time()
    unit = read_settings(text, path)
    assert unit.read == "partly"
    assert any(reason in problem.reason for problem in unit.problems)
    assert time.process_time() - began < 8


@pytest.mark.parametrize("path", ["a.json", "a.yml", "a.xml", "a.toml", "a.ini", "a.properties", ".env", "a.unknown"])
@given(text=st.text(alphabet=st.sampled_from("ab=:\"'`#\\{}[]<>!-/&*|,.? \t\n\r\0é🙂\u2028\ud800"), max_size=60))
def test_no_text_raises_and_every_span_lies_in_it(path: str, text: str) -> None:
    unit = read_settings(text, path)
    assert "\n".join(unit.lines) == text.replace("\r\n", "\n").replace("\r", "\n")
    spans = [*unit.opaque, *unit.blind, *(c.span for c in unit.comments), *(c.span for c in unit.settings)]
    for span in [*spans, *(entry.key_span for entry in unit.settings)]:
        assert (1, 1) <= (span.line, span.col) <= (span.end_line, span.end_col)
        assert span.end_line <= len(unit.lines)
        assert span.end_col <= len(unit.lines[span.end_line - 1]) + 2  # a CRLF may be inside
    assert list(unit.opaque) == sorted(unit.opaque)


def test_the_reader_is_chosen_by_name() -> None:
    names = ("x/.env", ".env.prod", "prod.env", "a.json.example", "a.j2", "web.CONFIG", "readme.md")
    assert [reader_for(name) is not None for name in names] == [True, True, True, True, False, True, False]
