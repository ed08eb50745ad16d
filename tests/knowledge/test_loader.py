"""Rules and catalog as their authors meet them: what is loaded, what is refused, and with which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.explain.rule_examples import list_rules
from pcmfa_lint.findings.rule_info import rule_info
from pcmfa_lint.knowledge import loader, prefilter_loader
from pcmfa_lint.knowledge.loader import load_knowledge, prefilter_of
from pcmfa_lint.knowledge.model import Knowledge
from pcmfa_lint.knowledge.prefilter_loader import load_prefilter
from tests.helpers.rule_files import RULE, TEXT_RULE


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def own_rules(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Puts a folder in the place of the rules that belong to the package."""
    monkeypatch.setattr(prefilter_loader, "shipped_folder", lambda: str(folder))
    monkeypatch.setattr(loader, "shipped", lambda: folder)


def loaded(folder: Path, files: dict[str, str]) -> Knowledge:
    return load_knowledge([write(folder, files)])


def faults(folder: Path, files: dict[str, str]) -> list[str]:
    """Without the folder's own name."""
    return [str(fault).removeprefix(f"{folder}/") for fault in loaded(folder, files).faults]


@pytest.fixture(autouse=True)
def small(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One rule and one resource as those that belong to the package: what is told of a user's files must not hang on
    the real ones."""
    files = {
        "ropc/PCM901.toml": RULE.replace("ABC101", "PCM901"),
        "catalog/own.toml": '[[resource]]\nid = "partner-center"\nkind = "partner-center"\nforms = "https://x.example"\n',
    }
    folder = write(tmp_path_factory.mktemp("own"), files)
    own_rules(monkeypatch, folder)
    return folder


def test_the_quick_way_to_the_gates_with_all_kinds_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = """
        language = "python"
        [[call]]
        id = "a"
        is = "http"
        match = { function = "a" }
        [[prefilter]]
        id = "s"
        all = [
            ["b", "c"],
        ["d"],
        ]
        [[marker]]  # a comment
        kind = "partner"
        name = "n"
        literal = "lit"
        [words]
        shown = ["e"]
    """
    gate = "[[prefilter]]\nid = 't'\nall = 'single'\nfiles = '*.x'\n"
    long_text = f"[[marker]]\nkind = 'k'\nname = '''\n[[prefilter]]\n'''\n{gate}"
    strange = TEXT_RULE.replace('why = "Because."', "why = '''\n[where]\n'''").replace("ABC102", "PCM903")
    files = {
        "catalog/a.toml": catalog,
        "catalog/b.toml": long_text,
        "catalog/c.toml": "# nothing yet\n",
        "z/PCM902.toml": TEXT_RULE.replace("ABC102", "PCM902"),
        "b/PCM903.toml": strange,
        "b/PCM901.toml": RULE.replace("ABC101", "PCM901"),
    }
    write(tmp_path, files)
    own_rules(monkeypatch, tmp_path)
    quick = load_prefilter()
    whole = load_knowledge()
    assert [str(fault) for fault in whole.faults] == []
    assert quick == prefilter_of(whole)
    assert [gate.id for gate in quick.gates] == ["s", "t", "PCM902", "PCM903"]


def test_rules_of_a_user(tmp_path: Path) -> None:
    got = loaded(
        tmp_path,
        {
            "our-class/ABC101.toml": RULE,
            "our-class/ABC102.toml": TEXT_RULE,
            "our-class/README.md": "not a rule",
            "catalog/ours.toml": '[[call]]\nid = "ours"\nis = "token-request"\nmatch = { command = "Get-PcToken" }\n',
        },
    )
    assert got.faults == ()
    mine = {rule.id: rule for rule in got.rules if rule.id.startswith("ABC")}
    assert set(mine) == {"ABC101", "ABC102"}
    assert mine["ABC101"].family == "our-class"
    assert got.catalog.files[0].call[0].id == "ours", "the user's catalog is looked at first"
    info = rule_info(mine["ABC101"])
    assert (info.fix, info.bad, info.good, info.example_language) == ("Elsewhere.", "x = 1", "x = 2", "python")
    assert list_rules(got).splitlines()[::2] == [
        "ABC101  error  our-class  invented-rule  An invented rule",
        "PCM901  error  ropc       invented-rule  An invented rule",
    ]


def test_a_dotted_attribute_may_be_written_as_a_table(tmp_path: Path) -> None:
    text = RULE.replace('flow = "ropc"', 'secret.kind = { not = ["prompt"] }\nrefresh_token = { use = "kept" }')
    got = loaded(tmp_path, {"ours/ABC101.toml": text})
    assert got.faults == ()
    where = next(rule.where for rule in got.rules if rule.id == "ABC101")
    assert where == ({"secret.kind": {"not": ("prompt",)}, "refresh_token.use": "kept"},)


def at(text: str, wanted: str) -> int:
    return text[: text.index(wanted)].count("\n") + 1


BROKEN = [
    ('flow = "ropc"', 'flwo = "ropc"', 'unknown attribute "flwo" in a condition; did you mean "flow"?'),
    ('flow = "ropc"', 'flow = "rpoc"', '"flow" must be one of "ropc", "refresh-token", "authorization-code", '
     '"device-code", "interactive", "app-only", "managed-identity"; did you mean "ropc"?'),
    ('flow = "ropc"', '"secret.kind" = "enviroment"', None),
    ('flow = "ropc"', 'flow = ["ropc", "unknown"]', '"flow" can never hold: empty and unknown meet no condition'),
    ('flow = "ropc"', 'unattended = "yes"', '"unattended" must be true or false'),
    ('flow = "ropc"', "host = { like = 'x' }", 'unknown attribute "host.like" in a condition; did you mean "host"?'),
    ('flow = "ropc"', "secret = { kind = { any = false } }",
     '"secret.kind" needs a value, a list of values, { not = [...] }, or { any = true }'),
    ('flow = "ropc"', "'secret.at' = 'x'", '"secret.at" is a place; only { any = true } can test it'),
    ("when = { language", "when = { langauge",
     'unknown attribute "langauge" in a condition; did you mean "language"?'),
    ("{secret}", "{secrte}", 'token-request has no attribute "secrte"; did you mean "secret"?'),
    ("{secret}", "{secret", '"message" needs dotted attributes in braces; a brace itself is written twice'),
    ("{secret}", "{secret!r}", '"message" needs dotted attributes in braces; a brace itself is written twice'),
    ('"secret.at"', '"secert.at"', '"secert.at" is not a place of token-request; did you mean "secret.at"?'),
    ('"at"', '"host"', None),
    ('to = "note"', 'to = "error"', '"to" must be below the rule\'s level, which is "error"'),
    ('text = "Elsewhere."', 'text = "x"\nwhen = { language = "x" }',
     'the last [[fix]] is for all other places and needs no "when"'),
    ('why = "Because."', 'why = ""', '"why" must not be empty'),
    ('["https://learn.microsoft.com/partner-center/"]', "[]", '"references" must not be empty'),
    ('level = "error"', 'level = "eror"',
     '"level" must be one of "error", "warning", "note"; did you mean "error"?'),
    ('good = "x = 2"\nlines = [1]', 'good = "x = 2"',
     '"bad" and "lines" belong together: "lines" are where "bad" is reported'),
    ('"a.py:1"', '"c.py:1"', 'a line is a number, or "path:number" with a path of "bad"'),
    ('"a.py:1"', "1", '"lines" want "path:number" where "bad" has several files'),
    ('language = "python"', 'language = "pyhton"',
     '"language" must be a language or a file name such as ".env"; did you mean "python"?'),
    ('"ABC101"', '"abc"', '"id" must be capital letters and a number, such as ABC101'),
    ('"ABC101"', '"ABC103"', 'the file must be named after the rule: its "id" and ".toml"'),
    ('"invented-rule"', '"Invented rule"', '"name" must be lower-case words joined by dashes'),
    ('level = "error"', 'family = "x"\nlevel = "error"', None),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wanted"), BROKEN)
def test_a_broken_rule_is_refused_with_its_line(tmp_path: Path, old: str, new: str, wanted: str | None) -> None:
    assert old in RULE
    found = faults(tmp_path, {"ours/ABC101.toml": RULE.replace(old, new, 1)})
    place, _, text = found[0].partition(": ")
    assert len(found) == 1
    assert place.startswith("ours/ABC101.toml:")
    assert abs(int(place.rpartition(":")[2]) - at(RULE, old)) <= 4
    assert wanted is None or text == wanted


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ('files = "*.http"\n', "", 'a rule on "text" needs "files"'),
        ('literals = "grant_type"', "literals = []", 'a rule on "text" needs "literals"'),
        ("'(grant)_type'", "'(grant'", "not a valid regular expression at its character 1"),
        ("'(grant)_type'", "'(a+)+b'", None),
        ("[[fix]]", "[[near]]\npattern = '('\n\n[[fix]]", "not a valid regular expression at its character 1"),
    ],
)
def test_a_broken_text_rule_is_refused(tmp_path: Path, old: str, new: str, wanted: str | None) -> None:
    assert old in TEXT_RULE
    found = faults(tmp_path, {"ours/ABC102.toml": TEXT_RULE.replace(old, new, 1)})
    assert len(found) == 1
    assert wanted is None or found[0].partition(": ")[2] == wanted


def test_two_pairs_of_examples_are_wanted(tmp_path: Path) -> None:
    text = RULE.replace('good = "x = 2"', "")
    assert faults(tmp_path, {"ours/ABC101.toml": text}) == [
        f'ours/ABC101.toml:{at(text, "[[example]]")}: a rule needs at least 2 [[example]]s with both "bad" and "good"'
    ]


def test_ids_are_unique_and_ours_are_ours(tmp_path: Path) -> None:
    own = load_knowledge().rules[0].id
    found = faults(
        tmp_path,
        {
            "a/ABC101.toml": RULE,
            "b/ABC101.toml": RULE,
            f"a/{own}.toml": RULE.replace("ABC101", own),
            "Not Kebab/ABC105.toml": RULE.replace("ABC101", "ABC105"),
        },
    )
    assert found == [
        "Not Kebab/ABC105.toml:1: the folder names the rule's class: lower-case words joined by dashes",
        f"a/{own}.toml:1: ids that begin with PCM belong to pcmfa-lint: use your own prefix",
        f"b/ABC101.toml:1: this id is taken by {tmp_path}/a/ABC101.toml",
    ]


CALL = '[[call]]\nid = "c"\nis = "token-request"\nmatch = { command = "Get-PcToken" }\n'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            CALL.replace("token-request", "token-requst"),
            '3: "is" must be a word of its vocabulary; did',
        ),
        (CALL + 'flow = "refresh"', '5: "flow" must be one of '),
        (CALL + 'case = [\n{ has = "X", flow = "ropc" },\n{ flow = "refreshtoken" },\n]', '7: "flow" must be one of '),
        (CALL + 'audience = "partner-centre"', '5: "audience" needs the id of a [[resource]]'),
        (CALL + 'business = "nonesuch"', '5: "business" needs the id of a [[path]]'),
        (CALL + 'failure = { surfaces_as = "raise" }', '5: "surfaces_as" must be one of '),
        (
            CALL + 'failure = { surface_as = "raises" }',
            '5: unknown key "surface_as" in [failure]; did you mean "surfaces_as"?',
        ),
        (CALL.replace("command", "on"), '4: "match" needs a name that the call is known by'),
        ('[[host]]\nname = "x"\nkind = "logn"', '3: "kind" must be one of '),
        ('[[prefilter]]\nid = "x"\nall = [["a"], []]', '3: "all" needs groups of literals, and none of them empty'),
        ('[[setting]]\nsecret_kind = "pasword"\nwords = "x"', '2: "secret_kind" must be one of '),
    ],
)
def test_a_broken_catalog_file_is_refused_with_its_line(tmp_path: Path, text: str, wanted: str) -> None:
    found = faults(tmp_path, {"catalog/ours.toml": text})
    assert len(found) == 1
    assert found[0].startswith(f"catalog/ours.toml:{wanted}")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, {"ours/ABC101.toml": RULE})
    (tmp_path / "ours/ABC102.toml").write_bytes(b'why = "\xff\xfe Planted-S3cret"')
    (tmp_path / "ours/ABC103.toml").write_text("Planted-S3cret = = 1\n")
    (tmp_path / "ours/ABC104.toml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "ours/ABC105.toml").mkdir()
    got = load_knowledge([tmp_path])
    assert [str(fault).removeprefix(f"{tmp_path}/") for fault in got.faults] == [
        "ours/ABC102.toml: is not UTF-8",
        "ours/ABC103.toml:1: not valid TOML, column 18: Invalid value",
    ]
    assert "ABC101" in {rule.id for rule in got.rules}


def test_crlf_and_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours/ABC101.toml").write_bytes(b"\xef\xbb\xbf" + RULE.replace("\n", "\r\n").encode())
    assert load_knowledge([tmp_path]).faults == ()


def test_folders_that_are_not_there_or_empty(tmp_path: Path) -> None:
    assert [str(fault) for fault in load_knowledge([tmp_path / "no"]).faults] == [
        f"{tmp_path}/no: there is no such folder of rules"
    ]
    assert [str(fault) for fault in load_knowledge([tmp_path]).faults] == [
        f"{tmp_path}: this folder contains no rule and no catalog file"
    ]


def test_our_own_folder_named_again_is_no_fault(small: Path) -> None:
    assert load_knowledge([small]).faults == ()


def test_without_our_own_rules_the_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_rules(monkeypatch, tmp_path / "gone")
    assert [str(fault) for fault in load_knowledge().faults] == ["rules: there is no such folder of rules"]


def test_an_entry_that_nothing_reaches_is_a_fault(tmp_path: Path) -> None:
    text = """language = "python"

[[call]]
id = "first"
match = { function = ["contoso.get", "contoso.put"], method = ["send"], on = ["?"] }
is = "ignore"

[[call]]
id = "dead"
match = { function = ["contoso.{verb}"], verb = ["get", "put"] }
is = "ignore"

[[call]]
id = "alive"
match = { function = ["contoso.get", "contoso.post"], method = ["send"], on = ["?"] }
is = "ignore"
"""
    assert faults(tmp_path, {"catalog/ours.toml": text}) == [
        "catalog/ours.toml:10: nothing reaches this entry: others before it have all of its names"
    ]


LIBRARY = """[library]
failure = { surfaces_as = "returns-status", status = ["code"] }

[[call]]
id = "contoso.get"
match = { function = ["contoso.get"] }
is = "http"

[[call]]
id = "contoso.strict"
match = { function = ["contoso.strict"] }
is = "http"
failure = { surfaces_as = "raises" }

[[call]]
id = "contoso.log"
match = { function = ["contoso.log"] }
is = "log"
"""


def test_a_file_in_a_language_s_folder_is_a_library_of_that_language(tmp_path: Path) -> None:
    knowledge = loaded(tmp_path, {"catalog/python/contoso.toml": LIBRARY})
    assert knowledge.faults == ()
    (file,) = (file for file in knowledge.catalog.files if file.call)
    assert file.language == "python"
    shared, own, log = (call.failure for call in file.call)
    assert shared is not None
    assert (shared.surfaces_as, shared.status) == ("returns-status", ("code",))
    assert own is not None
    assert own.surfaces_as == "raises"
    assert log is None


def test_the_folder_names_the_language_alone(tmp_path: Path) -> None:
    assert faults(tmp_path, {"catalog/python/contoso.toml": f'language = "ruby"\n{LIBRARY}'}) == [
        'catalog/python/contoso.toml:1: "language" is the name of the folder and is not written in the file'
    ]


def test_an_entry_of_one_library_must_not_hide_behind_another(tmp_path: Path) -> None:
    files = {"catalog/python/a.toml": LIBRARY, "catalog/python/b.toml": LIBRARY.replace("contoso.log", "contoso.note")}
    assert faults(tmp_path, files) == [
        f"catalog/python/b.toml:{line}: nothing reaches this entry: others before it have all of its names"
        for line in (6, 11)
    ]
    assert faults(tmp_path / "two", {"catalog/python/a.toml": LIBRARY, "catalog/ruby/b.toml": LIBRARY}) == []


def test_a_library_that_two_languages_call_stands_in_one_file(tmp_path: Path) -> None:
    files = {"catalog/python/a.toml": f'also_in = ["ruby"]\n{LIBRARY}'}
    catalog = loaded(tmp_path, files).catalog
    indexes = [Index(language, catalog.files) for language in ("python", "ruby", "php")]
    assert [index.function("contoso.log") is not None for index in indexes] == [True, True, False]
    files["catalog/ruby/b.toml"] = LIBRARY.replace("contoso.log", "contoso.note")
    assert faults(tmp_path / "two", files) == [
        f"catalog/ruby/b.toml:{line}: nothing reaches this entry: others before it have all of its names"
        for line in (6, 11)
    ]


@pytest.mark.parametrize(
    ("semantics", "wanted"),
    [
        (
            'receiver = "self"\nreceiver_is_parameter = true',
            '"receiver" is a word, or the first parameter, and not both',
        ),
        ("declarations = true", '"declarations" are also types: they want "types_by_name"'),
        (
            'declarations = true\ntypes_by_name = true\nexports = ["exports"]',
            '"exports" are values, which "declarations" are not',
        ),
        ("abbreviated_parameters = true", '"abbreviated_parameters" want "ignore_case"'),
    ],
)
def test_a_language_does_not_contradict_itself(tmp_path: Path, semantics: str, wanted: str) -> None:
    text = f"[semantics]\n{semantics}\n"
    assert faults(tmp_path, {"catalog/cobol/language.toml": text}) == [f"catalog/cobol/language.toml:1: {wanted}"]
    assert faults(tmp_path / "good", {"catalog/cobol/language.toml": "[semantics]\nignore_case = true\n"}) == []


def test_the_semantics_of_a_language_stand_in_one_file(tmp_path: Path) -> None:
    files = {"catalog/cobol/a.toml": "[semantics]\n", "catalog/cobol/language.toml": "[semantics]\n"}
    assert faults(tmp_path, files) == [
        'catalog/cobol/language.toml:1: another file has the "semantics" of this language'
    ]


def test_names_of_members_are_compared_in_lower_case(tmp_path: Path) -> None:
    assert faults(tmp_path, {"catalog/a.toml": '[members]\nsame = ["value", "SecretValue"]\n'}) == [
        'catalog/a.toml:2: "SecretValue" must be lower case'
    ]
