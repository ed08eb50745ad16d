"""The languages of code that are read, each with what the tests of all of them need: one `Language` a language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pcmfa_lint.frontend.csharp.reader import read_csharp
from pcmfa_lint.frontend.go.reader import read_go
from pcmfa_lint.frontend.javascript.reader import read_javascript
from pcmfa_lint.frontend.jvm.groovy.reader import read_groovy
from pcmfa_lint.frontend.jvm.java import read_java
from pcmfa_lint.frontend.jvm.kotlin import read_kotlin
from pcmfa_lint.frontend.php.reader import read_php
from pcmfa_lint.frontend.powershell.reader import read_powershell
from pcmfa_lint.frontend.ruby.reader import read_ruby
from pcmfa_lint.frontend.shell.reader import read_shell
from pcmfa_lint.frontend.vb.reader import read_vb
from pcmfa_lint.ir.nodes import Span, Unit
from tests.frontend.show import show_unit


@dataclass(frozen=True)
class Language:
    """`scraps`: what hostile files are put together from. `templates`: code with three names. `before`: what source
    stands behind. `raw_line_ends`: texts and comments hold the ends of lines as they are written."""

    name: str
    reader: Callable[[str, str], Unit]
    path: str
    scraps: tuple[str, ...]
    templates: tuple[str, ...] = ()
    before: str = ""
    raw_line_ends: bool = False

    def table(self) -> list[tuple[str, str]]:
        """The lowering table: pairs of a source and what it becomes."""
        text = (Path(__file__).parent / "lowering" / f"{self.name}.txt").read_text("utf-8")
        rows = re.sub(r"\A(?:# .*\n)+|^## .*\n", "", text, flags=re.M).split("\n----\n")
        pairs = [(source, lowered) for source, _, lowered in (row.partition("\n=>\n") for row in rows)]
        return [(source, lowered.strip("\n")) for source, lowered in pairs if source.strip()]

    def lowered(self, source: str, path: str = "") -> str:
        """The unit of a source as the table writes it: without a first line that says that all of it was read."""
        text = show_unit(self.reader(self.before + source, path or self.path))
        first, _, rest = text.partition("\n")
        return rest if first == f"unit {self.name} full" else text

    def shown(self, source: str, path: str = "") -> str:
        """The unit of a source all of which must be read."""
        shown = self.lowered(source, path)
        assert not shown.startswith("unit ")
        return shown

    def hidden(self, source: str, path: str = "") -> list[str]:
        """The texts that no report may show."""
        unit = self.reader(source, path or self.path)
        return [covered(unit, span) for span in unit.opaque]


def covered(unit: Unit, span: Span) -> str:
    """The text of a span that lies in one line."""
    return unit.lines[span.line - 1][span.col - 1 : span.end_col - 1]


def _scraps(words: str, *phrases: str) -> tuple[str, ...]:
    return (*words.split(), *phrases, " ", "\n", "\r", "\0", "😀")


_CSHARP = _scraps(
    '" @" $" """ $$""" /* */ // => ?? ?. :: \' ( ) { } [ ] < > @ = ; , . : & | ! ? # + - * / 1 x if switch '
    "case catch when foreach in is not new return do using get base await #endif async throw",
    "class A",
    "record B(",
    "interface I",
    "namespace N",
    "enum E",
    "var x =",
    "#if A",
    "new A<A",
    "<A.B ",
)
_GO = _scraps(
    "func f( ) { } [ ] := = , ; . & * <- ... \" ` ' // /* */ if err != nil return for range switch case default: go "
    "defer select chan map[string] struct interface{} var const type x.(type) fallthrough 1 _ 'a' package import",
    "x, err := f()",
    "type A struct {",
    "func (a *A) f() (b int, err error) {",
)
_GROOVY = _scraps(
    'def f( ) { } [ ] : , ; . ?. *. .& ?: ? = += << <=> =~ ==~ .. ..< -> :: ! - + ++ * ** / /a/ $/ /$ \' " """ '
    "''' $x ${ \\ // /* */ # @A @ if else while do for in switch case default: try catch finally throw return break "
    "assert class enum interface trait extends new A<B> as instanceof static final import package sh it null 1 0x",
    "x = ",
    "a b, c: d",
    "class A {",
    "def f(a, b = 1) {",
    "withCredentials([usernamePassword(passwordVariable: 'P')]) {",
    "sh '''",
    "{ a, b ->",
    "response.failure = {",
)
_JAVA = _scraps(
    "class A { } ( ) [ ] < > ; , . = + -> :: new @ enum record switch case default try catch finally void f \" ' "
    '""" \\ for : return throw this super static 1 0x /* */ // String instanceof yield',
)
_JAVASCRIPT = _scraps(
    "f( ) { } => ' \" ` ${ /* */ // async class A export = .catch( <script> </script> import require('x') ... ?. "
    "if(a) <b> \\ x",
    "\u2028",
)
_KOTLIN = _scraps(
    'class A { } ( ) [ ] < > ; , . = + -> :: object @ enum when is in else try catch finally fun f " \' """ \\ '
    "for : ?. ?: return throw this super !! 1 0x /* */ // val by init as ! $a companion interface constructor get "
    "set .. to lazy if while do break ${",
)
_PHP = _scraps(
    "class A { } ( ) [ ] <?php ?> <?= ; , . = => -> :: new function fn switch case default try catch finally match f "
    "\" ' \\ return throw $this parent static 1 $a /* */ # use list foreach as @ & ... ?-> isset define sprintf "
    "compact curl_getinfo include echo if or",
    "<<<E\n",
)
_POWERSHELL = _scraps(
    "$x @{ $( <# #> :: 2> $ ' \" ( ) { } [ ] @ = | ; ` # . , : & % < > - ! 1 x if switch param( catch foreach in -eq "
    "return do -a New-Object Import-Module else trap process [x] try",
    "@'\n",
    "\n'@",
    "\u201d",
    "\u2013",
    "function f",
    "class A",
    "using module",
    "enum E",
    "#requires -modules",
)
_RUBY = _scraps(
    "class A module end def f ( ) { } [ ] < > ; , . = => -> :: do |x| begin rescue ensure else retry raise yield if "
    "unless while until case when in then for next break return super self @x @@y $z :s \" ' #{ <<~E %w[ %q( /r/ ? : & "
    "&. && || ||= += << ! not and or * ** 1 include attr_accessor loop each fetch merge x: a? b! Struct.new private",
    "<<~E\n",
    "\nE\n",
    "\n=begin\n",
    "\n=end\n",
    "\n__END__\n",
)
_SHELL = _scraps(
    "if then elif else fi for in do done while until case esac ;; ( ) { } [ ] [[ ]] (( )) $x ${x:-y} ${x##*/} $( ` "
    "' \" $' | || && & ; > >> 2> >&2 < << <<- <<< <( ! = == =~ -eq -z curl -d -sSf @- jq .a echo read cat set -e "
    "return exit break shift local export source . $? $@ f() x= a=( # function select time {1..5} eval \\ *",
    "<<EOF\n",
    "\nEOF\n",
    "<<'E'\n",
    "\nE\n",
    "f() {",
    "curl -w '%{http_code}'",
)
_VB = _scraps(
    "Class Module Sub Function End If Then Else ElseIf Dim As New With From { } ( ) , . = & + <> Not Is Nothing "
    "AndAlso Try Catch When "
    "Finally Throw Return Exit For Each In Next While Do Loop Until Select Case Using Await Async Get "
    'Set Of Me MyBase Imports Namespace Shared Property \' " $" <A> 1 x _ : If(',
    "End Class",
    "End Sub",
    "Sub F()",
    "Dim x As New",
    "Catch ex As E",
)
_GROOVY_TEMPLATES = (
    "def {0} = {1}.post(path: u, body: [{2}: p, grant_type: 'password'])",
    "def {0}({1}, q) {{ def r = {2} {1}, q; r.{0} }}",
    "try {{ {0} x }} catch ({1} e) {{ if (e.{2} == 401) throw e }}",
    'class {0} extends {1} {{ {2} g() {{ "a${{{2}}}" }} }}',
)
_CSHARP_TEMPLATES = (
    'var r = await {0}.PostAsync(u, new FormUrlEncodedContent(new Dictionary<string, string> {{ ["{1}"] = {2} }}));',
    "class {0} : {1} {{ public {0}(string {2}) : base({2}) {{ this.x = {2}; }} }}",
    "try {{ {0}(x); }} catch (Exception {1}) when ({1}.{2} == 401) {{ throw; }}",
    'var x = new {0} {{ {1} = p, Q = $"a{{{2}}}" }}; foreach (var y in {2}) {{ {1}(y); }}',
)
_GO_TEMPLATES = (
    "x, err := {0}.Post(u, {1}); if err != nil {{ return nil, {2}(err) }}",
    "func (a *{0}) {1}({2} string) error {{ return a.x({2}) }}",
    'x := &{0}{{{1}: p, Q: "a" + {2}}}; for _, y := range {2} {{ {1}(y) }}',
)
_POWERSHELL_TEMPLATES = (
    "{0} -Uri $u -Body @{{ {1} = $p; grant_type = 'password' }} | {2} -Depth 5",
    "function {0} {{ param([string]$u, $p) $r = {2} $u -{1} $p; return $r.{1} }}",
    "try {{ {0} $x -{1} 1 }} catch {{ if ($_.{1} -eq 401) {{ {2} }} }}",
    "${1} = New-Object {0}($u); & {{ {2} ${1} }}",
)
_SHELL_TEMPLATES = (
    'curl -s "$u" -d "{0}=$x" | jq -r .{1}; {2} "$y"',
    '{0}() {{ local {1}="$1"; {2} "${1}" || return 1; }}',
    'if [ "${0}" = x ]; then {1} "$x" > "{2}"; fi',
)
_JAVASCRIPT_TEMPLATES = (
    "const {0} = await {1}.post(url, {{ {2}: p, grant_type: 'password' }});",
    "async function {0}({1}, q) {{ const r = await {2}({1}); return r.{0}; }}",
    "{0}({1}).then(x => x.{2}).catch(e => {{ if (e.{1} === 401) throw e; }});",
    "class {0} extends {1} {{ {2}() {{ return this.{2} || super.{2}(); }} }}",
)

CSHARP = Language("csharp", read_csharp, "x.cs", _CSHARP, _CSHARP_TEMPLATES, raw_line_ends=True)
GO = Language("go", read_go, "x.go", _GO, _GO_TEMPLATES, raw_line_ends=True)
GROOVY = Language("groovy", read_groovy, "x.groovy", _GROOVY, _GROOVY_TEMPLATES)
JAVA = Language("java", read_java, "X.java", _JAVA)
JAVASCRIPT = Language("javascript", read_javascript, "x.ts", _JAVASCRIPT, _JAVASCRIPT_TEMPLATES, raw_line_ends=True)
KOTLIN = Language("kotlin", read_kotlin, "X.kt", _KOTLIN)
PHP = Language("php", read_php, "x.php", _PHP, before="<?php ")
POWERSHELL = Language("powershell", read_powershell, "x.ps1", _POWERSHELL, _POWERSHELL_TEMPLATES, raw_line_ends=True)
RUBY = Language("ruby", read_ruby, "x.rb", _RUBY, raw_line_ends=True)
SHELL = Language("shell", read_shell, "x.sh", _SHELL, _SHELL_TEMPLATES, raw_line_ends=True)
VB = Language("vb", read_vb, "x.vb", _VB, raw_line_ends=True)
LANGUAGES = (CSHARP, GO, GROOVY, JAVA, JAVASCRIPT, KOTLIN, PHP, POWERSHELL, RUBY, SHELL, VB)
