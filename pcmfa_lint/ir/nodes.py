"""The syntax tree: one small, normalized tree for every language.

A reader turns the bytes of one file into a `Unit`; from there on, no stage depends on the language. Node kinds are
few, nested and in source order, because the hard questions (who looks at this 401, what becomes of this refresh
token) are about what comes *after* a call. What a language has beyond these nodes is lowered by its reader, or becomes
`Unknown` with a reason and with the values inside it, so that a call in an odd place is still seen.

Everything here is frozen and picklable, and holds no parser node. Positions are `Span`s: 1-based, end exclusive, in
code points; a line ends at LF, CRLF or CR only, as editors and git count.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from pcmfa_lint.ir.file_parts import Comment as Comment
from pcmfa_lint.ir.file_parts import Import as Import
from pcmfa_lint.ir.file_parts import Problem as Problem
from pcmfa_lint.ir.file_parts import Setting as Setting
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.span import NOWHERE as NOWHERE
from pcmfa_lint.ir.span import Span as Span

# --- values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A literal. `plain`: quoted text, escapes resolved; `bare`: an unquoted word (a command's argument, a key);
    `number`: as written; `bytes`: a bytes literal, decoded as latin-1; `constant`: True, False, None, $null."""

    value: str
    span: Span
    kind: Literal["plain", "bare", "number", "bytes", "constant"] = "plain"


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Text built from parts: f-strings, "$x/$($y.z)", here-strings, and every `+` (the reader does not know whether
    `a + b` joins texts, lists or mappings; the linker does)."""

    parts: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, function, command, module or type, without sigil or brackets: `x`, `$x`, `[Foo]`, `Get-Thing`.
    `scope` keeps an explicit one (`global`, `script`, `using`, `env` never: that is `Member(Name("env"), …)`); of
    a target, `outer`: assigned but not declared here, so it may belong to a scope around this one; `local`: declared
    here, whatever else has this name."""

    id: str
    span: Span
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """`base.key`, `base::key`, `base[key]`, `base?.key`, `$env:KEY` (base `Name("env")`). A written-out key is Text."""

    base: Expression
    key: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class MappingEntry:
    key: Expression
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dictionary, hashtable, object initialiser or list of key/value pairs; `spreads` are `**other`, `...other`.
    Entries win over spreads (a reader that sees a spread after an entry of the same key still lists both)."""

    entries: tuple[MappingEntry, ...]
    spreads: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Seq:
    """A list, tuple, set or array."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument. `name` as written, without dash or colon; `spread`: `*args`, `**kwargs`, `@params`; `out`: a
    variable that the call sets. A switch (`-Force`) has the value `Text("True", kind="constant")`."""

    value: Expression
    span: Span
    name: str | None = None
    spread: bool = False
    out: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `call`: f(x), a.b(x); `new`: a constructor where the syntax says so (`new X()`, `[X]::new()`,
    `New-Object X`): callee is the type; `command`: a shell-like command: callee is `Name("Invoke-RestMethod")`, or any
    value for `& $x`; `cast`: `[X]value`, `(X)value`: callee is the type, one argument.
    `piped`: what comes in by the pipeline. `redirect`: what is done with the error stream: `drop-errors`, `drop-all`,
    `errors-to-output`, `to-file`. `awaited`: what it begins is waited for here."""

    callee: Expression
    args: tuple[Arg, ...]
    span: Span
    kind: Literal["call", "new", "command", "cast"] = "call"
    piped: Expression | None = None
    redirect: str = ""
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Lambda:
    """A function as a value: lambda, arrow function, script block, delegate."""

    func: Func
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """One of several values: `a if test else b`, `test ? a : b` (test given); `a or b`, `a ?? b` (test None)."""

    items: tuple[Expression, ...]
    span: Span
    test: Expression | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """op: == != < <= > >= in not-in match not-match like not-like is is-not contains not-contains starts-with"""

    op: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class BooleanOperation:
    """`and`, `or` in a condition; `not` with one item."""

    op: Literal["and", "or", "not"]
    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """Statements used as a value: `$x = if (…) {…} else {…}`, `$( … )`, a match expression, a comprehension (a Loop).
    Its value is whatever its last expression statements leave."""

    body: tuple[Stmt, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Unknown:
    """An expression that has no node of its own; `parts` are the values inside it, in order."""

    reason: str
    parts: tuple[Expression, ...]
    span: Span


Expression: TypeAlias = (
    Text
    | Concatenation
    | Name
    | Member
    | Mapping
    | Seq
    | Call
    | Lambda
    | Conditional
    | Compare
    | BooleanOperation
    | Block
    | Unknown
)

# --- statements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assign:
    """`targets = value`; op `=`, `+=`, `|=`, `??=`, `<<` (adds to text, a list, or what is open for writing). A Seq
    target unpacks. A target is a Name, Member or Seq. `type`: the one that is declared here for it. `decorators`:
    the annotations of a field, as values."""

    targets: tuple[Expression, ...]
    value: Expression
    span: Span
    op: str = "="
    type: str = ""
    decorators: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpressionStatement:
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Arm:
    test: Expression | None
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class If:
    """if / elif / else, switch, match: the last arm may have the test None. A switch's tests are Compares."""

    arms: tuple[Arm, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Loop:
    """`for`: target runs over source; `while`: test first; `until`: body first, then test (do-while, do-until).
    `type`: the declared one of the target."""

    kind: Literal["for", "while", "until"]
    body: tuple[Stmt, ...]
    span: Span
    target: Expression | None = None
    source: Expression | None = None
    test: Expression | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Handler:
    """One catch. `types`: names as written, last parts kept dotted; empty = catches everything. `test`: a filter."""

    types: tuple[str, ...]
    name: str
    body: tuple[Stmt, ...]
    span: Span
    test: Expression | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """`trap` and `suppress` are lowered to it. `otherwise` is Python's else."""

    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    span: Span
    otherwise: tuple[Stmt, ...] = ()
    final: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class With:
    """`with value as target`; items are (value, target or None)."""

    items: tuple[tuple[Expression, Expression | None], ...]
    body: tuple[Stmt, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Raise:
    """`raise`, `throw`; value None re-raises."""

    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Jump:
    """break, continue, and `exit`, which ends the run."""

    kind: Literal["break", "continue", "exit"]
    span: Span
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Define:
    """A function or class definition, in its place."""

    what: Func | Class
    span: Span


Stmt: TypeAlias = Assign | ExpressionStatement | If | Loop | Try | With | Return | Raise | Jump | Define


@dataclass(frozen=True, slots=True)
class Param:
    """kind: "" an ordinary one, `switch`, `rest` (*args), `keywords` (**kwargs). `type` is the name of
    the declared type, with what it is generic over: `Task<Foo>`; the last name, unless types are values of modules.
    `by_reference`: what is assigned to it is assigned to the caller's variable."""

    name: str
    span: Span
    default: Expression | None = None
    kind: Literal["", "switch", "rest", "keywords"] = ""
    type: str = ""
    aliases: tuple[str, ...] = ()
    decorators: tuple[Expression, ...] = ()
    by_reference: bool = False


@dataclass(frozen=True, slots=True)
class Func:
    """A function or method. `self`/`cls` is among `params` where the language writes it down (Python); elsewhere
    `this` is a Name in the body. `owner` is the class's name. `decorators` are values: a Name, Member or Call. `type`:
    what it is declared to give back, written like a parameter's. `generics`: the names of its type parameters, where
    code sees what these are: the arguments `<0>`, `<1>` of a call. `runs`: `later` where a call only begins it, and an
    error is raised where somebody waits for it; `detached` where nobody can."""

    name: str
    params: tuple[Param, ...]
    body: tuple[Stmt, ...]
    span: Span
    owner: str = ""
    decorators: tuple[Expression, ...] = ()
    static: bool = False
    type: str = ""
    runs: Literal["", "later", "detached"] = ""
    generics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    """Fields are Assigns to a Name in `body`, methods are Defines. An enum's members are fields."""

    name: str
    bases: tuple[Expression, ...]
    body: tuple[Stmt, ...]
    span: Span
    decorators: tuple[Expression, ...] = ()


# --- the file ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """One file. `read` is `full`; `partly` (some regions could not be parsed: `problems` says where); `text` (there
    is no tree at all, only lines and comments).
    `opaque`: where literals, bare words and comments stand in `lines`, sorted; what a report may never show as is.
    `blind`: regions that could not be parsed: there nothing at all is known, so nothing is shown.
    `encoding`: Python's name for how the file was written; `utf-8-sig` where it begins with a mark.
    `scripts`: code of other languages inside the file (inline scripts of a pipeline, cells of a notebook), each a Unit
    with the places of this file and without lines of its own."""

    path: str
    language: str
    lines: tuple[str, ...]
    read: Literal["full", "partly", "text"] = "full"
    body: tuple[Stmt, ...] = ()
    imports: tuple[Import, ...] = ()
    settings: tuple[Setting, ...] = ()
    comments: tuple[Comment, ...] = ()
    opaque: tuple[Span, ...] = ()
    blind: tuple[Span, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    encoding: str = "utf-8"
    scripts: tuple[Unit, ...] = ()
