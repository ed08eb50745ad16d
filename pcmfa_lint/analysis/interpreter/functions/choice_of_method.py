"""The choice of the method that a call means where several have its name: by what it is called on, what the file
imports, and what the arguments look like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.interpreter.classes.library_classes import inherits, library_base
from pcmfa_lint.analysis.matching import library_functions
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    ClassVal,
    ExternalSymbol,
    FuncVal,
    ListValue,
    MappingValue,
    ObjectValue,
    ResponseValue,
    SourceValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.ir.nodes import Expression, Func, Name
from pcmfa_lint.knowledge.catalog import CallSpec

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

_NO_SECRET = re.compile(r"\S*://|[^\s/]+/\.default\b|\S+\s+\S+\s")  # an address, a scope, a sentence
_TEXTS = {"string", "str", "char[]", "charsequence"}


def known_methods(run: RunState, base: AbstractValue, name: str, arguments: Arguments, frame: Frame) -> list[CallSpec]:
    """The catalog's entries for a method, by what it is called on; the likeliest first."""
    index = frame.index
    kind = _kind(run, base, name)
    if isinstance(base, SourceValue) and index.has_method_of(
        name, base.kind
    ):  # a file is read at last, a store written
        kind = base.kind
    if name in index.worded:
        name = next((one for one in _with_first_word(name, arguments) if index.has_method(one)), name)
    if isinstance(base, ExternalSymbol) and (spec := index.function(f"{kind}.{name}")) is not None:
        return [spec]
    spec = index.method(name, kind) if kind else None
    if spec is None and library_functions.known(base, index) is not None:
        spec = index.method(name, "function")
    specs = [spec] if spec is not None else []
    if spec is None and (kind in ("", "self") or not isinstance(base, (ObjectValue, ExternalSymbol))):
        specs = [spec for spec in index.methods(name) if fits(spec, arguments, frame)]
        if isinstance(base, SourceValue) and not arguments.order:  # asked for nothing, it is itself in another shape
            specs = [spec for spec in specs if spec.is_ != "source"]
        modules = [imp.module for imp in frame.unit.imports]
        specs.sort(key=lambda spec: _distance(spec, modules))
    if not (run.forwarded or isinstance(base, ResponseValue)):  # nobody hands anything on
        specs = [spec for spec in specs if spec.is_ != "forward"]
    if isinstance(base, (ResponseValue, TokenValue)):  # an answer sends nothing, and nothing else is read from it
        specs = [spec for spec in specs if spec.is_ not in ("http", "source")]
    return specs


def _with_first_word(name: str, arguments: Arguments) -> list[str]:
    """A method with the word that says what it is asked to do: `request :retry`, `use Some::Middleware`; of a sentence
    the first word in small letters, `execute("UPDATE …")`, also behind an argument that is no text, as in Go."""
    words = [
        val.name if isinstance(val, ExternalSymbol) else text
        for vals in arguments.positional[:2]
        for val in vals
        for text in (texts((val,)) or [""])
    ]
    return [f"{name} {word if ' ' not in word else word.split()[0].casefold()}" for word in words if word.strip()]


def _distance(spec: CallSpec, modules: Iterable[str]) -> int:
    """0 where the file imports the library, 1 where the entry names none, 2 where it imports another one."""
    libraries = spec.match.imports
    if not libraries:
        return 1
    return 0 if any(module == name or module.startswith(f"{name}.") for module in modules for name in libraries) else 2


def fits(spec: CallSpec, arguments: Arguments, frame: Frame) -> bool:
    """Whether what is given in the place of a secret can be one: no list, no function, no address or scope."""
    if "secret" not in spec.args or spec.is_ != "token-request":
        return True
    return not any(map(_is_no_secret, frame.index.bound(spec, arguments).role("secret")))


def _is_no_secret(val: AbstractValue) -> bool:
    if isinstance(val, (ListValue, FuncVal)):
        return True
    return isinstance(val, StringValue) and _NO_SECRET.match(val.text) is not None


def _kind(run: RunState, val: AbstractValue, name: str) -> str:
    """As what the method `name` of a value is matched: text, functions, an answer by the call that made it, an object
    of the repository's class by the client that it inherits the method from."""
    match val:
        case ObjectValue(cls=ClassVal() as cls):
            return library_base(run, cls) if inherits(run, cls, name) else ""
        case ObjectValue(cls=None) | ExternalSymbol():
            return val.type if isinstance(val, ObjectValue) else val.name
        case TokenValue(part=""):
            return run.records[val.record].spec.id
        case StringValue():
            return "text"
        case FuncVal():
            return "function"
    return ""


def is_callable(val: AbstractValue, frame: Frame) -> bool:
    """Whether a member is an object that is called like a function."""
    return isinstance(val, ObjectValue) and val.cls is None and frame.index.method("__call__", val.type) is not None


# --- overloads of the repository's own methods ------------------------------------------------------------------------


def fitting(funcs: tuple[FuncVal, ...], arguments: Arguments) -> tuple[FuncVal, ...]:
    """Of overloads those that take so many arguments of such types; all of them if none does."""
    if len(funcs) < 2:
        return funcs
    count = len(arguments.positional) + len([name for name in arguments.named if name[:1] != "<"])
    fit = tuple(f for f in funcs if _takes(f.func, count, arguments)) or funcs
    if len(fit) < 2:
        return fit
    alike = [(like, f) for f in fit if (like := _likeness(f.func, arguments)) is not None]
    best = max((like for like, _ in alike), default=0)
    return tuple(f for like, f in alike if like == best) or fit


def marked(decorators: tuple[Expression, ...], word: str) -> bool:
    """Whether a class or function has a decorator of this name."""
    return any(isinstance(d, Name) and d.id == word for d in decorators)


def _takes(func: Func, count: int, arguments: Arguments) -> bool:
    params = func.params[1:] if marked(func.decorators, "extension") and not arguments.open else func.params
    rest = any(p.kind in ("rest", "keywords") for p in params)
    needed = [p for p in params if p.default is None and p.kind == ""]
    return arguments.open or (len(needed) <= count and (rest or count <= len(params)))


def _likeness(func: Func, arguments: Arguments) -> int | None:
    """How many arguments are of their parameter's type; None where one is surely of another."""
    pairs = [(param.type, vals) for param, vals in zip(func.params, arguments.positional, strict=False)]
    types = {param.name: param.type for param in func.params}
    pairs += [(types[name], vals) for name, vals in arguments.named.items() if name in types]
    each = [_is_of(written.partition("<")[0], vals) for written, vals in pairs]
    return None if False in each else each.count(True)


def _is_of(kind: str, vals: Values) -> bool | None:
    defined = [val for val in vals if not isinstance(val, (UnknownValue, SourceValue))]
    if not kind or not defined:
        return None
    if kind.casefold() in _TEXTS:
        if all(isinstance(val, (MappingValue, ListValue, FuncVal, ClassVal, ObjectValue)) for val in defined):
            return False
        return True if all(isinstance(val, StringValue) for val in defined) else None
    return True if all(isinstance(val, ObjectValue) and kind in _names(val) for val in defined) else None


def _names(val: ObjectValue) -> set[str]:
    """The names of an object's class and of the bases that it is written with."""
    bases = val.cls.cls.bases if val.cls is not None else ()
    return {val.type, *(base.id.rpartition(".")[2] for base in bases if isinstance(base, Name))}
