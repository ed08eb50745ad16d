"""The playbook as somebody on call reads it: what applies is there, what does not is not, and nothing leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.evidence.words import FLOWS, AudienceKind, Flow
from pcmfa_lint.findings.model import ShownPlace
from pcmfa_lint.frontend.read import read_as
from pcmfa_lint.inventory.model.entry import EXPOSURES, WORKING, Entry, Owner
from pcmfa_lint.inventory.model.estate import Estate, Scanned
from pcmfa_lint.inventory.playbook import chapters as playbook
from pcmfa_lint.inventory.playbook.chapters import SOURCES, Chapter
from pcmfa_lint.inventory.playbook.steps import load_playbook, playbook_of, slug
from pcmfa_lint.knowledge.loader import load_knowledge
from tests.inventory.entries import (
    ALL,
    APP,
    APP_ONLY,
    BY_APPLICATION,
    COMMANDS,
    EVERY,
    GRAPH,
    IDENTITY,
    INVOICES,
    KEEPING,
    LICENCES,
    LINE,
    PERSON,
    REFERRALS,
    RETIRED,
    UNKNOWN,
)

PLAYBOOK = load_playbook()
GITHUB = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def estate(entries: Iterable[Entry]) -> Estate:
    """One repository for each entry, and one that could not be scanned."""
    scanned = [Scanned(entry.repository, entry.repository, entries=(entry,)) for entry in entries]
    return Estate((*scanned, Scanned("contoso/locked", "contoso/locked", failed="no access")))


def markdown(entries: Iterable[Entry]) -> str:
    return playbook.markdown(estate(entries), PLAYBOOK)


def chapters(entries: Iterable[Entry]) -> tuple[Chapter, ...]:
    return playbook.chapters(estate(entries), PLAYBOOK)


def plain(text: str) -> str:
    return " ".join(text.split())


def own(entry: Entry) -> str:
    """The chapters of one integration."""
    return "\n".join(f"{each.title}\n{each.body}" for each in chapters([entry]) if each.entry == entry.id)


def tokens(text: str) -> list[Token]:
    return [each for token in GITHUB.parse(text) for each in (token, *(token.children or ()))]


def anchors(text: str) -> set[str]:
    """What GitHub calls the headings of a text."""
    found: dict[str, int] = {}
    parsed = GITHUB.parse(text)
    for here, inside in pairwise(parsed):
        if here.type == "heading_open":
            plain = "".join(child.content for child in inside.children or ())
            name = slug(plain)
            found[name] = found.get(name, -1) + 1
            if found[name]:
                found[f"{name}-{found[name]}"] = 0
    return set(found)


def queries(text: str) -> list[str]:
    return re.findall(r"^ *```kql\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)


# --- what is written --------------------------------------------------------------------------------------------------


def test_our_own_sections_have_no_fault_and_are_no_rules() -> None:
    assert PLAYBOOK.faults == ()
    assert load_knowledge().faults == ()


def test_whole_playbook(snapshot: SnapshotAssertion) -> None:
    assert markdown(ALL) == snapshot


def fits(entry: Entry, part: str) -> bool:
    """Whether an integration is one that the steps of this part are for."""
    return part not in ("integration", "rest") or (entry.exposure in WORKING) == (part == "rest")


def test_every_step_is_reached() -> None:
    unreached = [
        (section.title, step.text[:60])
        for section in PLAYBOOK.sections
        for step in section.step
        if not any(step.suits(each) for each in EVERY if fits(each, section.part))
    ]
    assert unreached == []


def test_an_integration_that_signs_in_as_an_application_gets_a_short_chapter() -> None:
    for entry in (APP_ONLY, RETIRED):
        text = own(entry)
        assert not re.search(r"refresh.token|consent|sign in again with MFA|device code", text, re.IGNORECASE)
        assert "No one has to sign in" in text
        assert len(text) < len(own(INVOICES)) * 0.8
    assert "secure application model" not in markdown([APP_ONLY]).split(SOURCES)[0].lower().replace(
        "a user's token is needed (secure application model)", ""
    )


def test_what_goes_on_working_is_a_row_and_no_chapter() -> None:
    text = markdown([IDENTITY, KEEPING, PERSON])
    for entry in (IDENTITY, KEEPING, PERSON):
        assert own(entry) == ""
        assert f"{entry.repository}: `{entry.at.path}` |" in text
        assert entry.id not in text
    assert "**If it fails and signs in as an application**, the cause is **not MFA**" in text
    assert "signs in as an application**" not in markdown([KEEPING])


def test_a_retired_host_is_no_mfa_fault() -> None:
    text = plain(own(RETIRED))
    assert "**Not MFA.** It calls `api.cp.microsoft.com`, a retired host." in text
    assert "Change the host of the calls" in text


def test_every_integration_has_a_place_that_others_can_link_to() -> None:
    found = playbook.places(estate(EVERY), PLAYBOOK)
    assert set(found) == {entry.id for entry in EVERY}
    assert set(found.values()) <= anchors(markdown(EVERY))
    assert found[INVOICES.id].endswith("contosobilling-jobsinvoicespy")
    assert found[KEEPING.id] == found[PERSON.id] == "what-continues-to-work"


def test_a_chapter_is_found_by_the_name_of_the_file_and_shows_no_id() -> None:
    path = "htm/api/customer_token_" + "x" * 100 + ".php"
    text = own(replace(LICENCES, at=ShownPlace(path, LINE), files=(path,)))
    assert f"| Starts in | `{path}` |" in text
    assert "\nPriority 2: " in text
    assert LICENCES.id not in text
    assert "## 1. `contoso/licences htm/api/customer_token.php`" in markdown(
        [replace(LICENCES, at=ShownPlace("htm/api/customer_token.php", LINE))]
    )


def test_what_to_do_in_an_incident_stands_before_the_table() -> None:
    titles = [each.title for each in chapters(ALL)]
    assert titles.index("When the alarm goes off") < titles.index(playbook.ORDER)
    assert markdown(ALL).split("\n")[2].startswith("**Something fails right now?")


def test_only_partner_center_is_said_to_refuse_its_tokens() -> None:
    said = "Partner Center still refuses a token without MFA"
    assert said in plain(own(INVOICES))
    for entry in (GRAPH, REFERRALS):
        assert said not in plain(own(entry))
        assert "Microsoft Entra refuses it once MFA is required" in plain(own(entry))


def test_what_microsoft_has_not_confirmed_is_marked() -> None:
    unsure = [step for section in PLAYBOOK.sections for step in section.step if step.unconfirmed]
    assert unsure
    text = plain(markdown(EVERY))
    for step in unsure:
        first = plain(step.text).removeprefix("- ")[:60]
        assert first in text
        assert text.count(first) == text.count(f"**Not confirmed by Microsoft:** {first}")


def test_a_password_and_an_app_only_way_out_are_told_apart() -> None:
    assert "App-only is not an alternative" in own(INVOICES)
    both = own(replace(INVOICES, app_only="all"))
    assert "**Way A, the shorter one: sign in as the application**" in both
    assert "**Way B, with a user:**" in both
    assert "Way B" not in own(INVOICES)
    assert "It has no client secret yet" in both
    assert "It has a client secret already" in own(BY_APPLICATION)
    assert "app-only" not in own(UNKNOWN).lower()


def test_integrations_that_share_an_account_are_named_before_it_is_revoked() -> None:
    one = replace(LICENCES, accounts=("robot@contoso.example",))
    same = replace(one, id="same", repository="contoso/same")
    held = replace(LICENCES, id="held", repository="contoso/held")
    text = plain(markdown([one, same, held, LICENCES]))
    assert text.count("Other use: [") == 2
    assert "Other use: [4. `contoso/same src/Licences.cs`](#4-contososame-srclicencescs)." in text
    assert text.count("no other integration in this playbook uses it, as far as the code shows") == 2


def test_an_unknown_account_is_not_said_to_be_used_nowhere_else() -> None:
    text = plain(own(replace(LICENCES, accounts=())))
    assert "Other use: not known, because the code does not show the account: ask the identity team." in text


def test_the_place_of_the_refresh_token_is_not_that_of_another_secret() -> None:
    text = plain(own(replace(LICENCES, secrets=("client secret: the setting Partner:Secret (a.cs:1)",))))
    assert "**Find the place where the refresh token is stored**: the setting PartnerCenter:RefreshToken." in text


def test_places_and_stores_are_those_of_the_sign_in_that_a_step_is_about() -> None:
    other = replace(LICENCES.sign_ins[0], at=ShownPlace("src/Other.cs", LINE), secret_words="a secret store")
    text = plain(own(replace(INVOICES, flow=("ropc", "refresh-token"), sign_ins=(*INVOICES.sign_ins, other))))
    assert "**Remove the password sign-in** at `lib/pc.py:12`." in text
    assert "delete the stored password: the environment variable PC_PASSWORD." in text
    assert "stored**: a secret store. Read its name at `src/Other.cs:12`." in text


def test_nothing_seen_is_said_as_such() -> None:
    assert "| Not seen in the code | account, application, tenant |" in own(UNKNOWN)
    assert "Not seen in the code | application, tenant |" in own(replace(APP_ONLY, apps=(), tenants=()))


def test_integrations_stand_by_priority() -> None:
    firsts = [each.entry for each in chapters(reversed(ALL)) if each.level == 2 and each.entry]
    assert firsts == ["a1b2c3", "b2c3d4", "e5f6a7", "d4e5f6", "c3d4e5", "f6a7b8"]


def test_no_integration_at_all() -> None:
    text = markdown([])
    assert "No integration was found that will fail." in text
    assert "**Not scanned**: contoso/locked." in text


# --- form -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_links_lead_to_headings() -> None:
    """For every single integration too: a link and the section that it leads to must not have different conditions."""
    variants = [
        replace(
            entry,
            exposure=exposure,
            flow=(flow,),
            language=(language,),
            sign_ins=tuple(replace(each, flow=flow) for each in entry.sign_ins),
        )
        for entry, exposure, flow, language in product(ALL, EXPOSURES[::3], FLOWS, ("python", "settings", "unknown"))
    ]
    for entries in (EVERY, *([entry] for entry in (*EVERY, *variants))):
        text = markdown(entries)
        targets = set(re.findall(r"\]\(#([^)]*)\)", text))
        assert targets - anchors(text) == set(), [entry.id for entry in entries]


def test_chapters_have_the_anchors_of_their_headings() -> None:
    parts = chapters(EVERY)
    assert {part.anchor for part in parts} == anchors(markdown(EVERY))
    assert len({part.anchor for part in parts}) == len(parts)


def test_code_blocks_stay_in_their_steps() -> None:
    """A block that is indented wrongly ends its list, and the numbers begin again."""
    text = markdown(EVERY)
    fences = [token for token in tokens(text) if token.type == "fence"]
    assert len(fences) * 2 == len(re.findall(r"^ *```", text, re.MULTILINE))
    assert not [token for token in tokens(text) if token.type == "code_block"]
    for chapter in chapters(EVERY):
        if re.match(r"1\. ", chapter.body):
            assert len([token for token in GITHUB.parse(chapter.body) if token.type == "ordered_list_open"]) == 1


def test_tables_have_as_many_cells_as_heads() -> None:
    for chapter in chapters(EVERY):
        kinds = [token.type for token in tokens(chapter.body)]
        assert kinds.count("table_open") == len(re.findall(r"^ *\| -", chapter.body, re.MULTILINE))


def test_the_size_for_an_estate() -> None:
    many = [
        replace(entry, id=f"{number}", repository=f"contoso/r{number}", at=ShownPlace(f"a{number}.py", LINE))
        for number, entry in enumerate(EVERY * 14)
    ][:200]
    assert len(markdown(many)) < 1_000_000


LANGUAGES = {
    "python": "python",
    "powershell": "powershell",
    "csharp": "csharp",
    "js": "javascript",
    "java": "java",
    "go": "go",
    "groovy": "groovy",
    "ruby": "ruby",
    "bash": "shell",
    "vb": "vb",
}


WITHIN = {"php": "<?php\n{}", "vb": "Class C\nAsync Function F() As Task\n{}End Function\nEnd Class\n"}


def test_snippets_can_be_parsed() -> None:
    """As a statement of its language; in languages that are read."""
    blocks = [
        (LANGUAGES.get(token.info, token.info), WITHIN.get(token.info, "{}").replace("{}", token.content))
        for token in tokens(markdown(EVERY))
        if token.type == "fence" and token.info not in ("kql", "sh", "text", "http")
    ]
    assert {language for language, _ in blocks} == {*LANGUAGES.values(), "php"}
    assert [text for language, text in blocks if read_as(language, text, "snippet").read != "full"] == []


# --- queries ----------------------------------------------------------------------------------------------------------

TABLES = {
    *("dependencies", "traces", "exceptions", "requests"),
    *("AppDependencies", "AppTraces", "AppExceptions", "AppRequests"),
    *("SigninLogs", "AADNonInteractiveUserSignInLogs", "AADServicePrincipalSignInLogs", "AADManagedIdentitySignInLogs"),
}
OPERATORS = {"where", "summarize", "extend", "order", "project", "distinct", "join"}


def test_queries_have_the_form_of_queries() -> None:
    found = queries(markdown(EVERY))
    assert len(found) > 10
    for query in found:
        assert query.count("(") == query.count(")")
        assert query.count("[") == query.count("]")
        assert query.count('"') % 2 == 0
        statements = [part.strip() for part in query.split(";") if part.strip()]
        assert all(re.match(r"let \w+ = dynamic\(\[\]\)$", part) for part in statements[:-1])
        source, *stages = re.split(r"^\s*\| ", statements[-1], flags=re.MULTILINE)
        assert set(re.findall(r"\w+", source.replace("isfuzzy=true", ""))) - {"union"} <= TABLES
        assert {stage.split()[0] for stage in stages} <= OPERATORS
        assert '("")' not in query
        names = set(re.findall(r"\b(\w+) in~? \((\w+)\)", query))
        assert {name for _, name in names} == {part.split()[1] for part in statements[:-1]}


def test_queries_hold_the_integration_s_ids_and_nothing_else() -> None:
    entry = replace(INVOICES, apps=(APP, '") | union Secret //', "x" * 36), accounts=('a"@b.example', "ok@b.example"))
    assert f'| where AppId in ("{APP}") or UserPrincipalName in~ ("ok@b.example")\n' in queries(own(entry))[0]
    assert "Secret" not in queries(own(entry))[0]


@pytest.mark.parametrize(
    ("audience", "flow", "where"),
    [
        (
            ("partner-center",),
            ("ropc",),
            'ResourceIdentity in ("fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd") and AuthenticationProtocol == "ropc"',
        ),
        (("partner-center", "companion"), ("ropc",), 'AuthenticationProtocol == "ropc"'),
        (("partner-api",), ("refresh-token",), 'ResourceIdentity in ("4990cffe-04e8-4e8b-808a-1175604b879f")'),
        (("companion",), ("ropc",), 'AuthenticationProtocol == "ropc"'),
        (("unknown",), ("ropc", "refresh-token"), 'ResultType != "0"'),
    ],
)
def test_a_query_without_a_known_name_finds_too_much_and_never_nothing(
    audience: tuple[AudienceKind, ...], flow: tuple[Flow, ...], where: str
) -> None:
    one = INVOICES.sign_ins[0]
    sign_ins = tuple(replace(one, audience=kind, flow=way) for kind in audience for way in flow)
    entry = replace(INVOICES, apps=("the setting ClientId",), accounts=(), sign_ins=sign_ins, flow=flow)
    assert f"| where {where}\n" in queries(own(entry))[0]


# --- hostile names ----------------------------------------------------------------------------------------------------

HOSTILE = [
    "a|b",
    "`x` ``` ```kql",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "**b** _i_ # h",
    "line\n\n# heading\n```\n",
    "{accounts} {nothing} {query_apps}",
    "&lt;b&gt; \\| \\",
    "\u202e\x1b[31m",
    "\udcff",
]


def hostile(name: str) -> Entry:
    return replace(
        LICENCES,
        id=name,
        repository=name,
        at=ShownPlace(name, LINE),
        files=(name,),
        sign_ins=tuple(replace(each, at=ShownPlace(name, LINE)) for each in LICENCES.sign_ins),
        accounts=(name,),
        apps=(name,),
        tenants=(name,),
        apis=(name,),
        business=(name,),
        impact=(name,),
        needs_user=(name,),
        secrets=(name,),
        reason=name,
        handling_words=name,
        runs_words=name,
        owner=Owner(name, "codeowners", name),
        language=("csharp", name),
    )


def skeleton(text: str) -> list[tuple[str, str]]:
    """All that the text is made of but its words, written as code or not."""
    words = ("text", "text_special", "entity", "code_inline")
    return [(token.type, token.info) for token in tokens(text) if token.type not in words]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_out_of_the_code_are_text(name: str) -> None:
    text = markdown([hostile(name)])
    assert skeleton(text) == skeleton(markdown([hostile("plain")]))
    assert {part.anchor for part in chapters([hostile(name)])} == anchors(text)
    text.encode("utf-8")


@given(st.text(max_size=40))
def test_any_name_is_text(name: str) -> None:
    made = [each for each in chapters([hostile(f"x{name}x")]) if each.entry]
    other = [each for each in chapters([hostile("xx")]) if each.entry]
    assert [skeleton(each.body) for each in made] == [skeleton(each.body) for each in other]


# --- faults -----------------------------------------------------------------------------------------------------------

GOOD = 'title = "A"\n[[step]]\ntext = "for {repository}"\n'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            GOOD.replace("repository", "repositry"),
            'a.toml:3: there is no hole "repositry" here; did you mean "repository"?',
        ),
        (GOOD + 'when = { flow = "rocp" }\n', 'a.toml:4: "flow" must be one of'),
        (
            GOOD + 'when = { handlin = "hidden" }\n',
            'a.toml:4: unknown attribute "handlin" in a condition; did you mean "handling"?',
        ),
        (GOOD + 'when = { sign_in = { fat = "kept" } }\n', 'a.toml:4: unknown attribute "fat"'),
        (
            GOOD + 'when = { sign_ins = "x" }\n',
            'a.toml:4: what one way to sign in must be stands in the table "sign_in"',
        ),
        (GOOD + "when = {}\n", 'a.toml:4: "when" needs a condition, or is left out'),
        (GOOD + 'sources = ["here"]\n', "a.toml:4: a source is an address that begins with https://"),
        ('title = "A"\n[[step]]\ntext = """\n```kql\nx\n"""\n', "a.toml:3: a code block is not closed"),
        ('title = "A"\n[[step]]\ntext = "[x](#nowhere)"\n', 'a.toml:3: no section is called "nowhere"'),
        ('title = "A"\npart = "appendix"\n[[step]]\ntext = "{apps}"\n', 'a.toml:4: there is no hole "apps" here'),
        ('title = "A"\n[[step]]\ntxt = "a"\n', 'a.toml:3: unknown key "txt" in [[step]]; did you mean "text"?'),
        ('title = "A"\n', 'a.toml:1: the file lacks the key "step"'),
    ],
)
def test_faults_name_file_and_line(text: str, fault: str) -> None:
    told = [str(each) for each in playbook_of({"a.toml": text}).faults]
    assert any(each.startswith(fault) for each in told), told


def test_a_file_without_a_fault_has_none() -> None:
    assert playbook_of({"a.toml": GOOD}).faults == ()
    assert [str(each) for each in playbook_of({"a.toml": GOOD, "b.toml": GOOD}).faults] == [
        "a.toml: its title is used twice",
        "b.toml: its title is used twice",
    ]


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.repository)
def test_commands_of_another_service_get_its_own_sign_in(entry: Entry) -> None:
    book = chapters([entry])
    own = "\n".join(chapter.body for chapter in book if chapter.entry)
    assert "Replace the password sign-in" in own
    (services,) = (chapter for chapter in book if chapter.anchor == "sign-in-to-another-service")
    assert services.body.count("\n") == 0, "only what the integration uses"
    assert "secure application model" not in own.casefold()
    assert "refresh token from Key Vault" not in own


def test_beside_a_password_for_partner_center_both_ways_are_told() -> None:
    both = replace(INVOICES, sign_ins=(*INVOICES.sign_ins, *COMMANDS[0].sign_ins))
    text = markdown([both])
    assert "Connect-ExchangeOnline" in text
    assert "exchange the refresh token from Key Vault" in text


def test_only_what_asks_for_the_retired_audience_is_told_to_ask_for_another() -> None:
    other = replace(
        INVOICES.sign_ins[0], at=replace(INVOICES.sign_ins[0].at, path="lib/other.py"), audience="companion"
    )
    entry = replace(APP_ONLY, sign_ins=(*APP_ONLY.sign_ins, other))
    (line,) = (line for line in markdown([entry]).splitlines() if "change the audience from `https://graph" in line)
    assert "catalogue.php" in line
    assert "other.py" not in line


def query(entry: Entry) -> str:
    return queries(own(entry))[0]


def test_the_query_of_a_chapter_looks_where_its_sign_ins_are() -> None:
    unnamed = replace(INVOICES, apps=(), accounts=())
    assert 'ResourceIdentity in ("fa3d9a0c' in query(unnamed)
    assert 'AuthenticationProtocol == "ropc"' in query(unnamed)
    assert "AADServicePrincipalSignInLogs" not in query(unnamed)
    wider = replace(unnamed, sign_ins=(*INVOICES.sign_ins, *GRAPH.sign_ins, *APP_ONLY.sign_ins))
    assert "ResourceIdentity" not in query(wider)
    assert "AuthenticationProtocol ==" not in query(wider)
    for table in ("SigninLogs", "AADServicePrincipalSignInLogs"):
        assert table in query(wider)
    cannot_tell = replace(APP_ONLY, exposure="cannot-tell")
    assert "AADNonInteractiveUserSignInLogs" not in query(cannot_tell)
    assert "AADNonInteractiveUserSignInLogs, AADServicePrincipalSignInLogs" in query(UNKNOWN)
