"""Groovy: which files it is, scripts in steps of Jenkins, what a shared library gives, and what costs a file no more
than its own statements."""

from __future__ import annotations

import pytest

from pcmfa_lint.frontend.languages import language_of, language_of_script
from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Define, Func, Unit
from tests.frontend.show import show
from tests.helpers.code import loud

UNPARSED = "This part could not be parsed."
DEEP = "This part is nested too deeply."
SIGN_IN = "-d grant_type=password -d resource=https://api.partnercenter.microsoft.com -d username=$U -d password=$P"
LOGIN = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"


def unit(text: str, path: str = "Jenkinsfile") -> Unit:
    return read(text.encode(), path)


def reasons(text: str, path: str = "a.groovy") -> list[str]:
    return [problem.reason for problem in unit(text, path).problems]


@pytest.mark.parametrize(
    "path", ["a.groovy", "build.gradle", "Jenkinsfile", "ci/Jenkinsfile", "Jenkinsfile.release", "a.jenkinsfile"]
)
def test_it_is_told_by_its_name(path: str) -> None:
    assert language_of(path) == "groovy"


def test_it_is_told_by_its_first_line() -> None:
    assert language_of_script("run.sh", "#!/usr/bin/env groovy").name == "groovy"


@pytest.mark.parametrize(
    ("step", "language"),
    [
        ("sh 'curl a'", "shell"),
        ("sh '''\ncurl a\n'''", "shell"),
        ('sh(script: "curl a", returnStdout: true)', "shell"),
        ("steps.sh label: 'b', script: 'curl a'", "shell"),
        ("powershell 'Get-Item a'", "powershell"),
        ("pwsh(returnStdout: true, script: 'Get-Item a')", "powershell"),
        ("exec { commandLine 'curl', '-s', 'a' }", "shell"),
        ("exec { commandLine 'sh', '-c', 'curl a' }", "shell"),
        ("'curl a'.execute().text", "shell"),
    ],
)
def test_a_script_in_a_step_is_read_as_its_language(step: str, language: str) -> None:
    (script,) = unit(f"node {{\n    {step}\n}}\n").scripts
    assert script.language == language
    assert script.body[-1].span.line == (3 if "\n" in step else 2)


@pytest.mark.parametrize("step", ["sh.run('a')", "def sh = 1", "sh(a)", "script: 'b'"])
def test_other_uses_of_its_name_hold_no_script(step: str) -> None:
    assert unit(step).scripts == ()


def test_a_value_in_a_script_is_a_variable_of_the_same_length() -> None:
    (script,) = unit('sh "curl ${env.HOST}/a $b.c \\$D"').scripts
    (_preference, stmt) = script.body
    assert "HOST" in show(stmt)
    assert stmt.span.end_col - stmt.span.col == len("curl ${env.HOST}/a $b.c \\$D")


def test_a_script_knows_the_texts_that_the_file_sets() -> None:
    files = {"Jenkinsfile": f"environment {{ LOGIN = '{LOGIN}' }}\nnode {{ sh 'curl $LOGIN {SIGN_IN}' }}\n"}
    assert loud(files, "ropc") == ["PCM201"]


def test_a_script_knows_what_credentials_are_bound_to() -> None:
    bound = "usernamePassword(credentialsId: 'c', usernameVariable: 'U', passwordVariable: 'P')"
    files = {"Jenkinsfile": f"node {{ withCredentials([{bound}]) {{ sh 'curl {LOGIN} {SIGN_IN}' }} }}\n"}
    assert loud(files, "ropc") == ["PCM201"]


def test_the_function_of_a_shared_library_has_the_name_of_its_file() -> None:
    (stmt,) = unit("def call(Map config) { config.a }", "vars/partnerToken.groovy").body
    assert isinstance(stmt, Define)
    assert isinstance(stmt.what, Func)
    assert stmt.what.name == "partnerToken"


def test_comments_are_told_from_what_only_looks_like_them() -> None:
    found = unit("a() // pcmfa: ignore[PCM201] b\nc = 'd // e' + \"/* f */\" + /g\\/\\/h/ /* i */\n", "a.groovy")
    assert [comment.text for comment in found.comments] == ["pcmfa: ignore[PCM201] b", "i"]


# --- what is written by nobody ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["x = = 1\n", "def a = 'b\n", "x = )\n", "def a = [1, 2\n", "a = $/b\n", "a = '''b\n", "/* a\n", "}\n", "x = ${\n"],
)
def test_what_is_not_understood_is_reported(text: str) -> None:
    assert UNPARSED in reasons(text)
    assert unit(text).read == "partly"


def test_what_is_not_understood_costs_its_statement_only() -> None:
    found = unit("def f() {\n  a()\n  x = = 1\n  b()\n}\nc()\n", "a.groovy")
    assert [show(stmt) for stmt in found.body] == ["(def f () (expr (call a)) (return (call b)))", "(expr (call c))"]
    assert [span.line for span in found.blind] == [3]


@pytest.mark.parametrize("text", ["(" * 5_000, "[" * 5_000, "{" * 5_000, "a(" * 5_000, "!" * 5_000, '"${' * 2_000])
def test_what_is_nested_too_deeply_is_cut_off(text: str) -> None:
    assert set(reasons(text)) & {DEEP, UNPARSED}


@pytest.mark.parametrize(
    "row",
    [
        "def a = /b\\/c/ + $/d$$e/$ + 'f' // g\n",
        "stage('a') { steps { script { def b = sh(returnStdout: true, script: 'c').trim() } } }\n",
        "a = b / c / d\n",
        "{ a, b, c, d\n",
        "A<B, C<D\n",
        "'",
        "/",
        "$/",
        "${",
        "((((]",
        "}",
        '"$a',
        "@A\n\n",
        "def @A\n",
        "def\n",
        "a: ",
    ],
)
def test_work_grows_with_the_length(row: str) -> None:
    """What takes longer than linear would not end."""
    assert len(unit(row * (100_000 // len(row)), "a.groovy").lines) > 0


def test_annotations_of_nothing_cost_themselves_only() -> None:
    found = unit("@A\n@B(c)\nd()\ne()\n", "a.groovy")
    assert [show(stmt) for stmt in found.body] == ["(expr (call d))", "(expr (call e))"]
    assert [(span.line, span.end_line) for span in found.blind] == [(1, 2)]
