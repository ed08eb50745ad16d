"""Shell code that stands in other files or holds other languages, and what no script may do to the reader."""

from __future__ import annotations

import pytest

from pcmfa_lint.frontend.shell.embedded import dockerfile, makefile, read_dockerfile, read_makefile
from pcmfa_lint.frontend.shell.reader import read_shell
from pcmfa_lint.frontend.shell.zsh import plain
from tests.frontend.show import show_unit
from tests.helpers.code import findings, token_requests

GRANT = '-d "grant_type=password&username=$U&password=$P&resource=https://api.partnercenter.microsoft.com"'
LOGIN = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"


def test_a_dockerfile_is_the_script_that_it_runs() -> None:
    text = "FROM a\n# b\nENV X=1\nENV Y 2\nRUN --mount=type=secret a && \\\n  # why\n  b $X\nCMD [c]\nCOPY d \\\n e\n"
    assert [len(row) for row in dockerfile(text).split("\n")] == [len(row) for row in text.split("\n")]
    assert "(= X " in show_unit(read_dockerfile(text, "Dockerfile"))
    assert [stmt.span.line for stmt in read_dockerfile(text, "Dockerfile").body] == [3, 5]


def test_the_variables_of_a_makefile_are_known_in_its_recipes() -> None:
    text = (
        f"LOGIN   := {LOGIN}\nexport API ?= https://api.partnercenter.microsoft.com\nWORDS = a b\n"
        "token.json:\n\tcurl -s $(LOGIN) -d grant_type=password -d username=$(U) -d password=$(P)"
        " -d resource=$(API) > $@\n"
        'list: token.json\n\tcurl -s -H "Authorization: Bearer $$T" $(API)/v1/customers > list.json\n'
    )
    assert [len(row) for row in makefile(text).split("\n")] == [len(row) for row in text.split("\n")]
    found = {each.rule for each in findings({"Makefile": text})}
    assert {"PCM201", "PCM401"} <= found


def test_the_recipes_of_a_makefile_are_read() -> None:
    text = "X = 1\nall: a\n\t@curl $(X) -d $$Y \\\n\t  -s\n\t-b\nc:\n\td\n"
    assert [len(row) for row in makefile(text).split("\n")] == [len(row) for row in text.split("\n")]
    unit = read_makefile(text, "Makefile")
    assert [stmt.span.line for stmt in unit.body] == [1, 3, 5, 7]
    assert unit.read == "full"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("Dockerfile", f"FROM a\nRUN curl -s {LOGIN} {GRANT} > t.json\n", 2),
        ("Makefile", f"t:\n\t@curl -s {LOGIN} {GRANT.replace('$', '$$')} > t.json\n", 2),
        (
            "a.sh",
            f"python3 - <<'E'\nimport requests\nrequests.post('{LOGIN}', data={{'grant_type': 'password'}})\nE\n",
            3,
        ),
        (".github/workflows/a.yml", f"jobs:\n  a:\n    steps:\n      - run: |\n          curl -s {LOGIN} {GRANT}\n", 5),
    ],
)
def test_a_sign_in_is_found_where_it_stands(path: str, text: str, line: int) -> None:
    assert [request.at.span.line for request in token_requests({path: text})] == [line]


@pytest.mark.parametrize(
    "text",
    [
        "if (( ! $+commands[jq] )); then\n  return\nfi\n",
        "found=${+commands[jq]}\n",
        "if [ $commands[jq] ]; then a; fi\n",
        "parts=(${(s:,:)LIST} ${${names#a}%b})\n",
        "files=(*.json(N) out/*(.om))\n",
        "if [[ -z $a ]] then b; fi\n",
        "() {\n  a\n}\nfunction {\n  b\n}\n",
        "{\n  a\n} always {\n  b\n}\n",
        "(a) &|\n",
        "diff =(a) =(b)\n",
        'if (( ${names[(Ie)$1]} )); then a "${x:#$y}"; fi\n',
    ],
)
def test_what_only_zsh_has_is_read(text: str) -> None:
    whole = f"#!/usr/bin/env zsh\n{text}curl -s {LOGIN} {GRANT}\n"
    assert len(plain(whole)) == len(whole)
    assert read_shell(whole, "a.zsh").read == "full"
    assert len(token_requests({"a.zsh": whole})) == 1


@pytest.mark.parametrize("text", ["${(" * 5_000, "$a[" * 5_000, "${${" * 5_000, "${x:#" + "$y " * 5_000, "*(N" * 5_000])
def test_zsh_that_never_ends_is_rewritten_in_linear_time(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_comments_are_told_from_what_only_looks_like_them() -> None:
    unit = read_shell("a # pcmfa: ignore[PCM201] b\necho \"# c\" '# d' ${x#e} $#\n", "a.sh")
    assert [comment.text for comment in unit.comments] == ["pcmfa: ignore[PCM201] b"]


@pytest.mark.parametrize(
    "text",
    [
        "cat <<EOF\n" * 3_000,
        "$(" * 2_000 + "a" + ")" * 2_000,
        "a && " * 3_000 + "b",
        "a || " * 3_000 + "b",
        "a | " * 3_000 + "b",
        "if [[ " + "a == b && " * 1_000 + "c ]]; then d; fi",
        "if a; then b\n" + "elif c; then d\n" * 2_000 + "fi\n",
        "f() {\n" * 300 + "a\n" + "}\n" * 300,
        "${a:-" * 2_000,
    ],
    ids=("here-documents", "substitutions", "and", "or", "pipes", "tests", "branches", "functions", "expansions"),
)
def test_what_is_nested_too_deeply_is_read_in_part_and_told(text: str) -> None:
    unit = read_shell(text, "a.sh")
    assert unit.read == "partly"
    assert unit.problems


def test_quotes_that_never_end_leave_the_rest_of_the_script() -> None:
    unit = read_shell('curl -s "$u"\nx=\'never ends\n', "a.sh")
    assert unit.read == "partly"
    assert unit.body[0].span.line == 1
