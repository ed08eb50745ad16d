"""The languages, by the names of files. Nothing is imported here for any of them."""

from __future__ import annotations

import fnmatch
import re
from typing import NamedTuple


class Language(NamedTuple):
    """`names`: file name patterns, `suffixes`: with dot; both in lower case. `reader`, `as_text`: `module:function`,
    from (text, path) to a Unit; `as_text` needs no parser, takes what `reader` cannot, and gives no tree.
    `encoding_in_comment`: a comment of the first two lines may say how a file is written. `programs`: how the names of
    programs begin that a `#!` line may call for it. `inline`: `module:function`, from text to the scripts in other
    languages that it holds."""

    name: str
    reader: str
    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    as_text: str = "pcmfa_lint.frontend.settings.reader:read_text"
    encoding_in_comment: bool = False
    programs: tuple[str, ...] = ()
    inline: str = ""
    title: str = ""  # what people call it, if that is not the capitalized name


LANGUAGES: tuple[Language, ...] = (
    Language(
        "python",
        "pcmfa_lint.frontend.python.reader:read_python",
        suffixes=(".py", ".pyw", ".pyi"),
        as_text="pcmfa_lint.frontend.python.lexical_scan:read_as_text",
        encoding_in_comment=True,
        programs=("python", "pypy"),
    ),
    Language(
        "powershell",
        "pcmfa_lint.frontend.powershell.reader:read_powershell",
        suffixes=(".ps1", ".psm1"),
        programs=("pwsh", "powershell"),
        title="PowerShell",
    ),
    Language("powershell", "pcmfa_lint.frontend.settings.psd1:read_psd1", suffixes=(".psd1",)),
    Language(
        "javascript",
        "pcmfa_lint.frontend.javascript.reader:read_javascript",
        suffixes=(
            *(".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"),
            *(".vue", ".svelte", ".html", ".htm", ".astro"),
        ),
        programs=("node", "deno", "bun", "ts-node", "tsx"),
        title="JavaScript",
    ),
    Language(
        "php",
        "pcmfa_lint.frontend.php.reader:read_php",
        suffixes=(".php", ".inc", ".phtml"),
        programs=("php",),
        title="PHP",
    ),
    Language(
        "ruby",
        "pcmfa_lint.frontend.ruby.reader:read_ruby",
        suffixes=(".rb", ".rake", ".ru", ".gemspec", ".jbuilder", ".thor", ".podspec"),
        names=("rakefile", "gemfile", "capfile", "guardfile", "thorfile", "vagrantfile", "fastfile", "brewfile"),
        encoding_in_comment=True,
        programs=("ruby", "jruby", "rake"),
    ),
    Language(
        "csharp",
        "pcmfa_lint.frontend.csharp.reader:read_csharp",
        suffixes=(".cs",),
        programs=("dotnet",),
        title="C#",
    ),
    Language("vb", "pcmfa_lint.frontend.vb.reader:read_vb", suffixes=(".vb",), title="Visual Basic"),
    Language("java", "pcmfa_lint.frontend.jvm.java:read_java", suffixes=(".java",), programs=("java",)),
    Language("kotlin", "pcmfa_lint.frontend.jvm.kotlin:read_kotlin", suffixes=(".kt", ".kts"), programs=("kotlin",)),
    Language(
        "groovy",
        "pcmfa_lint.frontend.jvm.groovy.reader:read_groovy",
        inline="pcmfa_lint.frontend.jvm.groovy.inline:scripts",
        suffixes=(".groovy", ".gradle", ".jenkinsfile", ".gvy", ".gy", ".gsh"),
        names=("jenkinsfile", "jenkinsfile.*", "jenkinsfile-*"),
        programs=("groovy", "nextflow"),
    ),
    Language("go", "pcmfa_lint.frontend.go.reader:read_go", suffixes=(".go",), programs=("go",)),
    Language(
        "shell",
        "pcmfa_lint.frontend.shell.reader:read_shell",
        inline="pcmfa_lint.frontend.shell.inline:scripts",
        suffixes=(".sh", ".bash", ".zsh", ".ksh", ".bats"),
        names=(".bashrc", ".bash_profile", ".profile", ".zshrc"),
        programs=("bash", "sh", "zsh", "ksh", "dash", "ash"),
    ),
    Language(
        "shell",
        "pcmfa_lint.frontend.shell.embedded:read_dockerfile",
        inline="pcmfa_lint.frontend.shell.inline:scripts",
        suffixes=(".dockerfile",),
        names=("dockerfile", "containerfile", "dockerfile.*"),
    ),
    Language(
        "shell",
        "pcmfa_lint.frontend.shell.embedded:read_makefile",
        suffixes=(".mk",),
        names=("makefile", "gnumakefile"),
    ),
    Language(
        "settings",
        "pcmfa_lint.frontend.settings.reader:read_settings",
        suffixes=(
            *(".env", ".json", ".jsonc", ".config", ".xml", ".yaml", ".yml"),
            *(".ini", ".toml", ".cfg", ".conf", ".properties", ".json5", ".tfstate", ".settings", ".clixml"),
            *(".cscfg", ".runsettings", ".pubxml"),
            *(".tf", ".tfvars", ".hcl", ".bicep", ".bicepparam", ".http", ".rest", ".ipynb"),
        ),
        names=(".env", ".env.*", ".env-*"),
    ),
)
TEXT = Language("text", "pcmfa_lint.frontend.settings.reader:read_text")

_BY_SUFFIX = {suffix: language for language in LANGUAGES for suffix in language.suffixes}
_NAMES = {pattern: language for language in LANGUAGES for pattern in language.names}
_BY_NAME = {pattern: language for pattern, language in _NAMES.items() if "*" not in pattern}
_PATTERNS = [pattern for pattern in _NAMES if "*" in pattern]
_ANY_PATTERN = re.compile("|".join(fnmatch.translate(pattern) for pattern in _PATTERNS))


def language_of(path: str) -> str:
    """The name of the language, `text` if it is none of `LANGUAGES`. Decided by the file's name; imports nothing."""
    return language_for(path).name


def title_of(name: str) -> str:
    """The name that people know a language by."""
    return next((each.title for each in LANGUAGES if each.name == name and each.title), name.capitalize())


def suffixes_of_script(path: str, first_line: str) -> tuple[str, ...]:
    """The suffixes that a file without a reader would have by its `#!` line; all there are for code, if that names no
    program that is known here and the file has no suffix of its own. Nothing, if it is no script."""
    if not first_line.startswith("#!"):
        return ()
    called = _called(first_line)
    if not called and _suffix(path.rpartition("/")[2]):
        return ()
    return tuple(language.suffixes[0] for language in called or (each for each in LANGUAGES if each.programs))


def language_of_script(path: str, first_line: str) -> Language:
    """The language of a file by its name, unless its `#!` line calls for a program of another one."""
    named = language_for(path)
    if not named.programs or not first_line.startswith("#!"):
        return named
    called = _called(first_line)
    return named if not called or named in called else called[0]


def _called(first_line: str) -> list[Language]:
    """The languages whose programs a `#!` line names."""
    words = [word.rpartition("/")[2].lower() for word in first_line[2:].split()]
    return [each for each in LANGUAGES if each.programs and any(word.startswith(each.programs) for word in words)]


def language_for(path: str) -> Language:
    """The language of a file by its name, `TEXT` if it is none of `LANGUAGES`."""
    name = path.rpartition("/")[2].lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    if _ANY_PATTERN.match(name):  # few files have such a name, and all are asked
        return _NAMES[next(pattern for pattern in _PATTERNS if fnmatch.fnmatchcase(name, pattern))]
    return _BY_SUFFIX.get(_suffix(name), TEXT)


def _suffix(name: str) -> str:
    """The last dot of a file's name and what follows it; nothing if it begins or ends with that dot."""
    at = name.rfind(".")
    return name[at:] if 0 < at < len(name) - 1 else ""
