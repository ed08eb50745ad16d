"""What a call in a chain does with an error of what stands before it: the catalog says it, for every language alike."""

from __future__ import annotations

import pytest

from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Expression
from tests.frontend.show import show
from tests.helpers.code import knowledge, loud, units

_PATHS = {"java": "A.java", "kotlin": "a.kt", "javascript": "a.js", "php": "a.php", "python": "a.py"}
_IN = {"java": "class A {{ void f() {{ {}; }} }}", "php": "<?php {};"}

MEANS = [
    ("javascript", "a().then(f).catch(e => 1)", '(catch * as e (expr (call (lambda (e) (return number:"1")) e)))'),
    ("javascript", "a().catch(handle)", "(catch * as error (expr (call handle error)))"),
    ("javascript", "a().then(f, g)", "(call f (block (try (expr (call a)) (catch * as error (expr (call g error)))))"),
    ("javascript", "a().finally(() => b())", "(block (try (expr (call a)) (finally"),
    ("javascript", "a().subscribe({ next: f, error: g })", "(call f (block (try (expr (call a)) (catch * as error"),
    ("javascript", "a().pipe(map(f), catchError(g))", "(block (try (expr (call f (call a))) (catch * as error"),
    ("javascript", "a().pipe(f, catchError(g))", None),
    ("javascript", "a().then(f)", None),
    ("java", "a.onErrorReturn(X.class, b)", "(block (try (expr a) (catch X (expr b))))"),
    ("java", "a.onErrorResume(e -> e.d() ? g : h)", "(if ((call (. e bare:\"d\")) (return g)) (else (return h)))"),
    ("java", "a.onErrorMap(e -> j)", "(block (try (expr a) (catch * as e (raise j))))"),
    ("java", "a.onFailure(X.class).recoverWithItem(b)", "(block (try (expr a) (catch X (expr b))))"),
    ("java", "a.onErrorReturn(e -> e.d(), b)", None),
    ("java", "a.get()", None),
    ("java", "Try.of(() -> a()).get()", "(block (try (expr (call (lambda () (return (call a))))) (catch * (raise))))"),
    ("kotlin", "runCatching { a() }.onFailure { b(it) }.getOrNull()", '(catch * (expr constant:"None"))'),
    ("kotlin", "runCatching { a() }.map { b(it) }", None),
    ("kotlin", "list.getOrNull(1)", None),
    ("php", "$a->then(null, function ($e) { b($e); })", "(block (try (expr a) (catch * as e"),
    ("python", "a().addCallbacks(f, g)", "(call f (block (try (expr (call a)) (catch * as error"),
]  # fmt: skip


def _lowered(language: str, code: str) -> Expression | None:
    (unit,) = units({_PATHS[language]: _IN.get(language, "{}\n").format(code)})
    bodies = [unit.body, *(func.body for func in walk.functions(unit.body))]
    index = Index(language, knowledge().catalog.files)
    call = next(v for body in bodies for v in walk.values(body) if isinstance(v, Call))
    handled = index.handled_errors.lowered(call)
    assert handled is index.handled_errors.lowered(call)  # the same each time, so that what is known of it stays
    return handled


@pytest.mark.parametrize(("language", "code", "expected"), MEANS, ids=[f"{one[0]}-{one[1]}" for one in MEANS])
def test_a_handler_in_a_chain_is_a_try(language: str, code: str, expected: str | None) -> None:
    handled = _lowered(language, code)

    if expected is None:
        assert handled is None
    else:
        assert handled is not None
        assert expected in show(handled)


_CALL = "https://api.partnercenter.microsoft.com/v1/customers"
_KOTLIN = (
    "class Customers(private val http: RestTemplate) {\n"
    f'  fun all() = Either.catch {{ http.getForObject("{_CALL}", String::class.java) }}.@@\n}}\n'
)
_RX = (
    "using System.Net.Http; class Customers { HttpClient http = new HttpClient();\n"
    f'  object All() {{ return Observable.FromAsync(() => http.GetStringAsync("{_CALL}"))@@; }} }}\n'
)
_TRY = (
    "using System.Net.Http; class Customers { HttpClient http = new HttpClient();\n"
    f'  string All() {{ return Try(() => http.GetStringAsync("{_CALL}").Result)@@; }} }}\n'
)
_RUBY = (
    'require "rest-client"\nclass Customers\n  include Dry::Monads[:try]\n'
    f'  def all\n    Try {{ RestClient.get("{_CALL}").body }}@@\n  end\nend\n'
)
_REACT = (
    "<?php\nclass Customers { public function all() { $http = new GuzzleHttp\\Client();\n"
    f"  return $http->getAsync('{_CALL}')@@->wait(); }} }}\n"
)
_BLUEBIRD = f"const axios = require('axios');\nexports.all = () => axios.get('{_CALL}')@@;\n"

PAIRS = {
    "arrow": ("a.kt", _KOTLIN, "getOrNull()", "getOrElse { throw it }"),
    "rx.net": ("a.cs", _RX, ".Catch((Exception e) => Observable.Empty<string>())", ""),
    "language-ext": ("a.cs", _TRY, '.IfFail("")', ".IfFail(e => throw e)"),
    "dry-monads": ("a.rb", _RUBY, ".value_or(nil)", ".value_or { |e| raise e }"),
    "react": ("a.php", _REACT, "->catch(function ($e) { return null; })", "->catch(function ($e) { throw $e; })"),
    "bluebird": ("a.js", _BLUEBIRD, ".catchReturn(null)", ".caught(e => { throw e; })"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_a_library_that_hides_the_error_is_reported_and_one_that_raises_it_is_not(name: str) -> None:
    path, code, hides, raises = PAIRS[name]

    assert "PCM402" in loud({path: code.replace("@@", hides)}, "unhandled-401")
    assert "PCM402" not in loud({path: code.replace("@@", raises)}, "unhandled-401")
