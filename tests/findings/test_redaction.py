"""What a shown line lets through, and what never."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.masking import MAX_COLUMNS, mask_text
from pcmfa_lint.findings.model import MASK
from pcmfa_lint.findings.redaction import excerpt
from pcmfa_lint.ir.nodes import NOWHERE, Comment, Span, Unit
from tests.helpers.code import findings

SHOWN = frozenset(
    {"login.microsoftonline.com", "oauth2", "token", "grant_type", "password", "username", "Partner Center", "900421"}
    | {"https://api.partnercenter.microsoft.com/", "client_id", "pwd", "u", "p"}
)


def unit_of(*lines: str, opaque: tuple[Span, ...] = (), **more: object) -> Unit:
    return Unit("a.py", "python", lines, opaque=opaque, **more)  # type: ignore[arg-type]


def spans_of(lines: tuple[str, ...], *literals: str) -> tuple[Span, ...]:
    """Where each literal stands for the first time, on a line of its own making."""
    found = []
    for literal in literals:
        number, line = next((n, text) for n, text in enumerate(lines, 1) if literal in text)
        col = line.index(literal) + 1
        found.append(Span(number, col, number, col + len(literal)))
    return tuple(sorted(found))


def shown_line(line: str, *literals: str) -> str:
    unit = unit_of(line, opaque=spans_of((line,), *literals))
    return excerpt(unit, Span(1, 1, 1, len(line) + 1), SHOWN)[0].text


@pytest.mark.parametrize(
    ("line", "literals", "expected"),
    [
        ('pw = "hunter2hunter2"', ['"hunter2hunter2"'], 'pw = "***"'),
        ("pw = 'x'", ["'x'"], "pw = '***'"),
        ('pw = ""', ['""'], 'pw = ""'),
        ('pw = rb"hunter2"', ['rb"hunter2"'], 'pw = rb"***"'),
        ('pw = f"{a}hunter2{b}"', ["hunter2"], 'pw = f"{a}***{b}"'),
        ('f"username={u}&password={p}&x=1"', ["username=", "&password=", "&x=1"], 'f"username={u}&password={p}***"'),
        (
            'u = "https://login.microsoftonline.com/contoso/oauth2/token?grant_type=password&username=joe@contoso.com"',
            ['"https://login.microsoftonline.com/contoso/oauth2/token?grant_type=password&username=joe@contoso.com"'],
            'u = "https://login.microsoftonline.com/***/oauth2/token?grant_type=password&username=***"',
        ),
        ('u = "https://joe:hunter2@login.microsoftonline.com/x"', ['"https://joe:hunter2@login.microsoftonline.com/x"'],
         'u = "https://***"'),
        ('u = "https://api.partnercenter.microsoft.com/v1/x"', ['"https://api.partnercenter.microsoft.com/v1/x"'],
         'u = "https://api.partnercenter.microsoft.com/***"'),
        ("az login -u joe@contoso.com -p Hunter2!", ["joe@contoso.com", "Hunter2!"], "az login -u *** -p ***"),
        ("az login -p Hunter2!", ["-p", "Hunter2!"], "az login -p ***"),
        ("PC_PASSWORD=Hunter2!", ["Hunter2!"], "PC_PASSWORD=***"),
        ("cs = 'Server=x;Uid=joe;pwd=Hunter2;'", ["'Server=x;Uid=joe;pwd=Hunter2;'"], "cs = '***;pwd=***'"),
        ('b = "Summer-password"', ['"Summer-password"'], 'b = "***"'),
        ('b = "PASSWORD"', ['"PASSWORD"'], 'b = "PASSWORD"'),
        ('b = "password!"', ['"password!"'], 'b = "***"'),
        ('b = "sign in to Partner Center now"', ['"sign in to Partner Center now"'], 'b = "*** Partner Center ***"'),
        ("port = 123456 + 12 + 900421 + 0xdeadbeef + v1234", [], "port = *** + 12 + 900421 + *** + v1234"),
        ("x = password=////====////", ["password=////====////"], "x = password***"),
    ],
)  # fmt: skip
def test_one_line(line: str, literals: list[str], expected: str) -> None:
    assert shown_line(line, *literals) == expected


def test_a_comment_keeps_its_mark_and_known_words_only() -> None:
    line = "x()  # password is Hunter2 on 10.0.0.1"
    span = Span(1, 6, 1, len(line) + 1)
    unit = unit_of(line, opaque=(span,), comments=(Comment(line[7:], span),))
    assert excerpt(unit, Span(1, 1, 1, 4), SHOWN)[0].text == "x()  # password ***"


def test_a_string_over_several_lines_is_masked_on_each() -> None:
    lines = ('body = """', "  password", "  hunter2hunter2", '  more"""', "x = 1")
    unit = unit_of(*lines, opaque=(Span(1, 8, 4, 10),))
    assert [c.text for c in excerpt(unit, Span(1, 1, 4, 10), SHOWN)] == ['body = """', "  password", "  ***"]
    assert [c.text for c in excerpt(unit, Span(4, 1, 4, 10), SHOWN)] == ["  ***"]


def test_nothing_is_known_of_blind_regions_and_of_files_without_a_tree() -> None:
    line = '    password = Get-Secret "hunter2" 12'
    blind = unit_of(line, blind=(Span(1, 1, 1, len(line) + 1),), read="partly")
    text = unit_of(line, read="text")
    for unit in (blind, text):
        assert excerpt(unit, Span(1, 5, 1, 13), SHOWN)[0].text.strip() == "password = ***"


def test_a_string_inside_a_blind_region_shows_no_more_than_the_region() -> None:
    line = 'foo("hunter2hunter2"'
    unit = unit_of(line, opaque=(Span(1, 5, 1, 21),), blind=(Span(1, 1, 1, 21),), read="partly")
    assert excerpt(unit, Span(1, 1, 1, 21), SHOWN)[0].text == MASK


def underlined(line: str, span: Span, *literals: str) -> str:
    (code,) = excerpt(unit_of(line, opaque=spans_of((line,), *literals)), span, SHOWN)
    return code.text[code.start - 1 : code.end - 1]


def test_the_caret_follows_what_masking_moved() -> None:
    line = 'login("hunter2hunter2", key="aaaaaaaaaaaa", x=1)'
    literals = ('"hunter2hunter2"', '"aaaaaaaaaaaa"')
    start = line.index("key")
    assert underlined(line, Span(1, start + 1, 1, start + 19), *literals) == 'key="***"'
    assert underlined(line, Span(1, 1, 1, len(line) + 1), *literals) == 'login("***", key="***", x=1)'
    assert underlined(line, Span(1, 9, 1, 12), *literals) == "***"  # inside the first literal


def test_the_caret_stands_right_after_tabs_and_wide_code_points() -> None:
    assert underlined("\tcall(\U0001f600)\t", Span(1, 2, 1, 9)) == "call(\U0001f600)"


def test_several_lines_end_where_the_line_ends_and_say_so_in_file_columns() -> None:
    lines = ('  f("hunter2hunter2",', "    b)  ", "x")
    codes = excerpt(unit_of(*lines, opaque=(Span(1, 5, 1, 21),)), Span(1, 3, 2, 7), SHOWN)
    assert [(c.number, c.text[c.start - 1 : c.end - 1], c.until) for c in codes] == [(1, 'f("***",', 22), (2, "b)", 7)]


def test_a_place_that_has_no_width_or_no_line_is_no_error() -> None:
    assert excerpt(unit_of("abc"), NOWHERE, SHOWN)[0].start == 0
    assert excerpt(unit_of("abc"), Span(7, 1, 7, 3), SHOWN) == ()


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "a = 1; " * 200_000 + 'login("hunter2hunter2")' + "; b = 1" * 200_000
    start = line.index("login")
    unit = unit_of(line, opaque=(Span(1, start + 7, 1, start + 23),))
    (code,) = excerpt(unit, Span(1, start + 1, 1, start + 24), SHOWN)
    assert code.text[code.start - 1 : code.end - 1] == 'login("***")'
    assert code.text.startswith("...") and code.text.endswith("...") and len(code.text) <= MAX_COLUMNS + 6


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert excerpt(unit_of("a\x1b[31m\u202eb"), Span(1, 1, 1, 2), SHOWN)[0].text == "a\ufffd[31m\ufffdb"


def test_other_strings_are_masked_like_literals() -> None:
    assert mask_text("grant_type=password&x=hunter2hunter2\n", SHOWN) == "grant_type=password&***"


SECRET = st.text(alphabet="QWXZqwxz0123456789!$%@#^*-_.~/+=&?:;,\"' é漢", min_size=6, max_size=30)
CODE = st.text(alphabet="abcdef_.()[]{} =,", max_size=20)


def windows(text: str) -> set[str]:
    return {text[i : i + 6] for i in range(len(text) - 5)}


@given(st.lists(st.tuples(CODE, SECRET), min_size=1, max_size=5), CODE, st.data())
def test_no_six_characters_of_a_literal_survive(parts: list[tuple[str, str]], tail: str, data: st.DataObject) -> None:
    """Secrets share no letter with the known words or the code, so what survives is theirs, or a run of
    separators that stands in the code too."""
    line, opaque = "", []
    for code, secret in parts:
        known = data.draw(st.sampled_from(["", "password=", " token ", "?username=", "token/"]))
        line += code
        opaque.append(Span(1, len(line) + 1, 1, len(line) + len(known + secret) + 1))
        line += known + secret
    line += tail
    start = data.draw(st.integers(1, len(line)))
    for unit in (unit_of(line, opaque=tuple(opaque)), unit_of(line, read="text")):
        (code_line,) = excerpt(unit, Span(1, start, 1, data.draw(st.integers(start, len(line) + 1))), SHOWN)
        own = {piece for code in (*(code for code, _ in parts), tail) for piece in windows(code)}
        survived = windows(code_line.text) - own
        assert all(not piece.strip("* ") for _, secret in parts for piece in windows(secret) & survived)
        assert 0 <= code_line.start <= code_line.end <= len(code_line.text) + 1


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("settings", '{"Inv3nted": {"Password": x}}', '{"***": {"Password": x}}'),
        ("settings", '<add key="job:invented@host" />', '<add key="***" />'),
        ("settings", "oauth2_client_secret: x", "oauth2_client_secret: x"),
        ("python", "gj3k5hq7zt2w9xn4bv6m = md5_of(x)", "*** = md5_of(x)"),
        ("python", "inv\u200bented = 1", "*** = 1"),
    ],
)
def test_names_in_code_are_shown_if_people_write_them(language: str, line: str, expected: str) -> None:
    unit = Unit("a", language, (line,))
    assert excerpt(unit, Span(1, 1, 1, len(line) + 1), SHOWN)[0].text == expected


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("PARTNER_PASSWORD", "environment", True),
        ("ProgramFiles(x86)", "environment", True),
        ("0.AXinvented-refresh-token", "environment", False),
        ("Inv3ntedPw", "environment", False),
        ("PartnerCenter:Password", "setting", True),
        ("config/appsettings.json", "plain-file", True),
        (r"C:\jobs\pw.txt", "plain-file", True),
        (r"$env:TEMP\pw.txt", "plain-file", True),
        ("https://files.example.com/pw.txt", "plain-file", True),
        ("https://job:invented@files.example.com/pw.txt", "plain-file", False),
        ("//invented@files/pw.txt", "plain-file", False),
        ("job:invented", "plain-file", False),
        ("partner-refresh-token", "secret-store", True),
        ("11111111-2222-3333-4444-555555555555", "secret-store", True),
        ("gj3k5hq7zt2w9xn4bv6m", "secret-store", False),
        ("Password of the partner's admin:", "prompt", True),
        ("Password (invented1234):", "prompt", False),
        ("x" * 500, "", False),
    ],
)
def test_a_name_is_shown_if_it_has_the_shape_of_one(name: str, kind: str, shown: bool) -> None:
    assert redaction.name(name, kind) == (name if shown else "")


def test_a_path_keeps_all_that_is_no_secret() -> None:
    assert redaction.path("src/Sync2026 (old)/zw\u00f6lf.ps1") == "src/Sync2026 (old)/zw\u00f6lf.ps1"
    one, other = redaction.path("a/gj3k5hq7zt2w9xn4bv6m.ps1"), redaction.path("a/gj3k5hq7zt2w9xn4bv6n.ps1")
    assert one != other
    assert one.startswith("a/***-")
    assert one.endswith(".ps1")


@pytest.mark.parametrize("path", ["password={}.ps1", "job:{}@host", "{}:invented@host.ps1", "x pwd={}"])
def test_a_password_in_a_path_cannot_be_found_out_by_trying(path: str) -> None:
    one, other = redaction.path("a/" + path.format("Summer")), redaction.path("a/" + path.format("Winter"))
    assert one == other
    assert one.startswith("a/***-")
    assert "ummer" not in one


TOKEN = "gj3k5hq7zt2w9xn4bv6m"  # invented


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("svc@contoso.example", True),
        ("contoso.example", False),
        ("svc", False),
        (f"{TOKEN}@contoso.example", False),
        ("svc:invented@contoso.example", False),
    ],
)
def test_an_account_is_shown_if_it_is_one(text: str, shown: bool) -> None:
    assert redaction.account(text) == (text if shown else "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("contoso.example", True),
        ("11111111-2222-3333-4444-555555555555", True),
        ("a password", False),
        (TOKEN, False),
    ],
)
def test_an_identifier_is_shown_if_it_is_one(text: str, shown: bool) -> None:
    assert redaction.identifier(text) == (text if shown else "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("retired in spring", "retired in spring"),
        ("pass Inv3nted", "pass ***"),
        ("pass " + "ab" * 12, "pass ***"),
        ("pass " + "a" * 23, "pass " + "a" * 23),
        ("see https://example.com/a?invented", "see https://example.com/a"),
        ("see https://job:invented@example.com/", "see ***"),
        ("key=value", "key=***"),
        (("aa " * 67)[:200], ("aa " * 67)[:200]),
        ("aa " * 70, ("aa " * 70)[:200] + "..."),
    ],
)
def test_a_reason_keeps_words_of_people(text: str, shown: str) -> None:
    assert redaction.reason(text) == shown


@pytest.mark.parametrize(
    ("what", "names", "said"),
    [
        ("read", (("environment", "PC_PASSWORD"),), "environment variable PC_PASSWORD is read"),
        ("read", (("environment", TOKEN),), "environment variable *** is read"),
        ("read", (("environment", ""),), "an environment variable is read"),
        ("read", (("os-vault", "partner"),), "entry partner of the operating system's vault is read"),
        ("read", (("prompt", ""),), "a person is prompted"),
        ("parameter", (("parameter", "body"), ("function", "Send")), "parameter body of Send"),
        ("parameter", (("parameter", "body"), ("function", "")), "parameter body"),
        ("parameter", (("parameter", TOKEN), ("function", TOKEN)), "parameter *** of ***"),
        ("host", (("host", "login.example.com"),), "host: login.example.com"),
        ("host", (("host", TOKEN),), "host: ***"),
    ],
)
def test_a_step_names_what_has_the_shape_of_a_name(what: Any, names: tuple[tuple[str, str], ...], said: str) -> None:
    assert redaction.step(Step(Place("a.py", Span(1, 1, 1, 2)), what, names)).text == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("c0bae40aed81" + "7" * 28, "c0bae40aed81"),
        ("d53c62197858" + "0a" * 26, "d53c62197858"),
        ("HEAD", ""),
        ("7" * 12, ""),
    ],
)
def test_a_commit_is_named_by_its_first_digits(text: str, shown: str) -> None:
    assert redaction.commit(text) == shown


def test_a_short_number_that_is_an_argument_is_shown() -> None:
    script = (
        "$r = Invoke-RestMethod -Uri 'https://api.partnercenter.microsoft.com/v1/customers' -MaximumRetryCount 3"
        " -Depth 9 -Pin 4711 -Code '12'\n"
    )
    code = next(f.code[0].text for f in findings({"run.ps1": script}) if f.rule == "PCM403")
    assert "-MaximumRetryCount 3 -Depth 9" in code
    assert "4711" not in code
    assert "'12'" not in code
