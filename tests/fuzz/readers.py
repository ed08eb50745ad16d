"""Everything that reads what strangers write, each as a function of bytes, with what hostile input is made of."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pcmfa_lint.config import find_config
from pcmfa_lint.discovery.gitignore import Ignore
from pcmfa_lint.engine.pipeline import evaluate
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.frontend.read import read
from pcmfa_lint.inventory.assembly.owners import CodeOwners, package_author
from pcmfa_lint.inventory.export.table import sheet_of
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.catalog import CatalogFile
from pcmfa_lint.knowledge.checks.rule import check_rule
from pcmfa_lint.knowledge.rule import Rule
from pcmfa_lint.knowledge.selectors import rule_names
from pcmfa_lint.knowledge.toml_schema import load
from pcmfa_lint.sweep.git_url import git_url
from pcmfa_lint.sweep.sources import listed
from pcmfa_lint.triage.baseline import parse
from pcmfa_lint.triage.suppressions import SuppressionPolicy, directives
from tests.frontend.languages import LANGUAGES
from tests.helpers.in_process import shipped_knowledge

ROOT = Path(__file__).resolve().parents[2]
_PYTHON = (
    "def class ( ) { } [ ] : , . = == := += -> * ** @ ; \\ # ' \" ''' \"\"\" f' f\" rb' { } {{ if elif else: for in "
    "while try: except: finally: with as match case lambda await async yield return not and or is x 1 0x 1e "
    "\\N{ \\x \f \t import from global del assert raise"
)
_SETTINGS = {
    "json": '{ } [ ] : , " \' \\ \\u // /* */ true null 1e 1 -. "a" "name" "value" "key": a',
    "ipynb": '{ } [ ] "cells":[ "cell_type":"code" "source":[ "x=1\\n" "metadata" , : "',
    "yaml": "- : ? | > & * ! !! % --- ... # ' \" { } [ ] , \\ a: &a *a << name: value: | >- \n\t @ ` run: shell: pwsh",
    "toml": "[ ] [[ ]] = . , { } \" ' \"\"\" ''' # \\ \\u a b 1 0x 1979-05-27 true inf _ -",
    "ini": "[ ] = : # ; a b \\ % ' \" \n ",
    "properties": "a = : # ! \\ \\u0041 . \n b",
    "env": "A = export $ ${ } ' \" # \\ ` \n B",
    "xml": "< > </ /> <a <a> </a> = \" ' & &amp; &#1; ; <!-- --> <![CDATA[ ]]> <? ?> <!DOCTYPE [ ]> <!ENTITY key name",
    "clixml": '<Objs> </Objs> <S N="a"> </S> <Obj <MS> <SS> < > /> _x000D_ <![CDATA[ ]]>',
    "tf": '{ } [ ] = " ${ } %{ <<E <<-E\n E\n resource a . ( ) ? : , # // /* */ for in if => == && ! \\ 1 [*]',
    "bicep": "{ } [ ] : = ' ''' ${ } // /* */ @ param var resource module output ( ) ? ?? . , if for in a 1 \\ |",
    "http": "GET POST http:// ### @a = {{ }} : # // \n\n Content-Type: { } & ? > < %",
    "psd1": "@{ } @( ) = ; ' \" # <# #> $ a , \n @' '@ 1 -",
}
_TEXTS = {
    "gitignore": "* ** / ! ? [ ] [! a b \\ # . \\* **/ /** *.* [a-z] [[:alpha:]] \n . ..",
    "config": "exclude ignore select = [ ] [[per-path]] path level \" ' . a , { } # fail-on \n tool.pcmfa-lint",
    "baseline": '# pcmfa-lint baseline, version 1\n PCM201 0123456789abcdef 1 " \\ \\u \n <<<<<<< a.py 0 9',
    "table": 'id , ; \t " "" \n \r repository sep= = + - @ \' a 1 priority',
    "codeowners": "* / ** @a @a/b a@example.com ! [ ] # \\ . ? \n \\# a",
    "manifest": '{ } [ ] " : , name authors author project version = maintainers \n a email',
    "catalog": "[[call]] [[prefilter]] [[host]] = \" ' [ ] { } . match is args result all id a , \n 1 true",
    "rule": "id on where level message = [ ] [[ ]] { } \" ' . pattern ( ) * + ? | \\ \\b [^ {1,9} , \n a literals",
    "suppression": "# pcmfa: ignore [ ] PCM201 , until 2026-01-01 reason disable-next-line \n x = 1 ; : =",
    "sources": "https:// git@ : / . .. ~ # , ; \" ' a b.git repositories = [ ] url path \n \\ ssh:// file:// @ ?",
}


@dataclass(frozen=True)
class Reader:
    """`run` takes bytes and gives what can be compared. `words`: what hostile input is put together from. `seeds`: what
    is mutated. `weight`: its share of all inputs."""

    name: str
    run: Callable[[bytes], object]
    words: tuple[str, ...]
    seeds: tuple[str, ...] = ()
    weight: int = 10


@cache
def _policy() -> SuppressionPolicy:
    return SuppressionPolicy(rule_names(()), date(2026, 1, 1))


def _unit(path: str) -> Callable[[bytes], object]:
    return lambda data: read(data, path)


def _whole(data: bytes) -> object:
    """A small repository: files apart by lines `=== name`."""
    units: dict[str, Unit] = {}
    for number, part in enumerate(re.split(rb"(?m)^=== ", data)[:8]):
        name, _, text = part.partition(b"\n")
        path = name.decode("ascii", "replace").strip() or f"{number}.py"
        units[path] = read(text, path)
    return evaluate(units, shipped_knowledge())


def _text(run: Callable[[str], object]) -> Callable[[bytes], object]:
    def called(data: bytes) -> object:
        try:
            return run(data.decode("utf-8", "replace"))
        except UsageFault as fault:
            return str(fault)

    return called


def _ignored(text: str) -> object:
    ignore = Ignore(text.splitlines()[:3])
    ignore.enter_text("", text)
    names = ("a", "a/b", "a/b/c.py", "a" * 200, "aaa/" * 30 + "b", "*", "[a]", "b.py")
    return [(ignore.covers(name), ignore.covers(name, True)) for name in names]


def _with_file(name: str, run: Callable[[str], object]) -> Callable[[bytes], object]:
    folder = Path(tempfile.gettempdir()) / "pcmfa-fuzz"
    folder.mkdir(exist_ok=True)
    path = folder / name

    def called(data: bytes) -> object:
        path.write_bytes(data)
        try:
            return run(str(path))
        except UsageFault as fault:
            return str(fault)

    return called


def _rule(text: str) -> object:
    rule, faults = load(Rule, text, "a.toml")
    return (None, faults) if rule is None else _checked(rule)


def _checked(rule: Rule) -> object:
    return check_rule(rule, {})


def _suppressed(text: str) -> object:
    return directives(read(text.encode(), "a.py"), _policy())


def _owners(text: str) -> object:
    owners = CodeOwners(text)
    return [owners.of(path) for path in ("a", "a/b.py", "docs/a/b/c.ps1")]


def _manifests(text: str) -> object:
    names = ("package.json", "pyproject.toml", "a.psd1", "a.csproj", "pom.xml", "setup.cfg")
    return [package_author(name, text) for name in names]


def _lines(text: str) -> object:
    return [git_url(line) for line in text.splitlines()[:50]]


@cache
def _examples() -> dict[str, tuple[str, ...]]:
    """The texts of all examples of rules, by the end of their names."""
    found: dict[str, list[str]] = {}
    for rule in shipped_knowledge().rules:
        for example in rule.example:
            for side in (example.bad, example.good):
                files = side if isinstance(side, dict) else {f"a.{example.language}": side}
                for path, text in files.items():
                    found.setdefault(path.rpartition(".")[2].lower(), []).append(text)
    return {suffix: tuple(texts) for suffix, texts in found.items()}


_MORE_SUFFIXES = {"javascript": ("js", "tsx", "vue")}


def _words(listed_words: str, *more: str) -> tuple[str, ...]:
    return (*filter(None, listed_words.split(" ")), " ", "\n", *more)


def readers() -> Iterator[Reader]:
    """All of them."""
    examples = _examples()
    for language in LANGUAGES:
        seeds = (*examples.get(language.name, ()), *(source for source, _ in language.table()))
        for suffix in (language.path.rpartition(".")[2], *_MORE_SUFFIXES.get(language.name, ())):
            words = tuple(word for word in language.scraps if word)
            yield Reader(suffix, _unit(f"a.{suffix}"), words, (*examples.get(suffix, ()), *seeds))
    yield Reader(
        "py",
        _unit("a.py"),
        _words(_PYTHON, "\n  ", "\n    "),
        (*examples.get("py", ()), *examples.get("python", ())),
    )
    for suffix, listed_words in _SETTINGS.items():
        yield Reader(suffix, _unit(f"a.{suffix}"), _words(listed_words, "\n  "), examples.get(suffix, ()))
    yield Reader("text", _unit("Dockerfile"), ("a", "\n", "\t", "\x0b", "\x85", "😀"))
    for name, run in {
        "gitignore": _text(_ignored),
        "config": _with_file(".pcmfa-lint.toml", lambda path: find_config("/", path)),
        "project": _with_file("pyproject.toml", lambda path: find_config("/", path)),
        "baseline": _text(lambda text: parse(text, "b")),
        "table": _text(lambda text: sheet_of(text.encode(), "t")),
        "codeowners": _text(_owners),
        "manifest": _text(_manifests),
        "catalog": _text(lambda text: load(CatalogFile, text, "c")),
        "rule": _text(_rule),
        "suppression": _text(_suppressed),
        "sources": _with_file("list.txt", lambda path: listed(path)),
        "urls": _text(_lines),
    }.items():
        spoken = _words(_TEXTS[{"project": "config", "urls": "sources"}.get(name, name)])
        yield Reader(name, run, spoken, _own_texts(name))
    repositories = tuple(f"=== a.{suffix}\n{text}" for suffix, texts in examples.items() for text in texts)
    yield Reader("repository", _whole, ("(", ")", "{", "}", "=", ",", ".", ";", "\n"), repositories, weight=2)


def _own_texts(name: str) -> tuple[str, ...]:
    if name == "catalog":
        return tuple(path.read_text("utf-8") for path in sorted((ROOT / "rules/catalog").glob("*.toml")))
    if name == "rule":
        return tuple(path.read_text("utf-8") for path in sorted((ROOT / "rules").glob("*/PCM*.toml")))
    seeds = {
        "gitignore": "*.pyc\n/build/\n!keep.py\n**/a/**\nb?c[0-9]\n",
        "config": 'exclude = ["a/**"]\nignore = ["PCM201"]\n[[per-path]]\npath = "a"\nlevel = { PCM1 = "note" }\n',
        "project": '[project]\nname = "a"\n[tool.pcmfa-lint]\nexclude = ["a"]\n',
        "baseline": '# pcmfa-lint baseline, version 1\nPCM201 0123456789abcdef 1 "a.py"\n',
        "table": "id,repository,owner\nabc,one,somebody\n",
        "codeowners": "* @one\n/docs/ @two three@example.com\n",
        "manifest": '{"author": {"name": "A", "email": "a@example.com"}}\n',
        "suppression": "x = 1  # pcmfa: ignore[PCM201] a reason until 2026-12-31\n",
        "sources": "https://example.com/o/n\nowner/name # c\n",
        "urls": "git@example.com:o/n.git\nssh://example.com:22/o/n\n",
    }
    return (seeds[name],) if name in seeds else ()
