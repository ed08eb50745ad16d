"""The surroundings of a node of Ruby: the class and its names, the method, the variables that it can see.

Ruby tells a variable from a method only by whether it was assigned before, and a class's constants are seen by the
classes in it. A variable that is new here is `local`; one of a scope around a block is `outer`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader
from pcmfa_lint.ir.nodes import Name, Span


@dataclass
class ClassScope:
    """A class or module: its name, the constants that its body sets, the methods that it defines in full."""

    name: str
    constants: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()


@dataclass
class Method:
    """The method that is read: its name, what `super` hands on, the name of its block, whether it runs that."""

    name: str = ""
    params: tuple[str, ...] = ()
    block: str = "block"
    yields: bool = False


@dataclass
class Scopes:
    """All that stands around the node that is read just now. `here_documents`: their bodies, by where they begin.
    `loop`: `next` and `break` mean a loop, and no block. `retries`: a handler was read that begins again."""

    classes: list[ClassScope] = field(default_factory=list)
    method: Method = field(default_factory=Method)
    variables: list[set[str]] = field(default_factory=lambda: [set()])
    here_documents: dict[int, Node] = field(default_factory=dict)
    loop: bool = False
    retries: bool = False


def scopes(r: Reader) -> Scopes:
    """The scopes around what is read."""
    if not isinstance(r.state, Scopes):
        r.state = Scopes()
    return r.state


def owner(r: Reader) -> str:
    """The name of the class around; "" if there is none."""
    around = scopes(r).classes
    return around[-1].name if around else ""


def variable(r: Reader, name: str, span: Span) -> Name:
    """A variable that is assigned, and known from here on."""
    known_names = scopes(r).variables
    outer = name not in known_names[-1] and any(name in scope for scope in known_names[:-1])
    if not outer:
        known_names[-1].add(name)
    return Name(name, span, "outer" if outer else "local")


def constant_of(r: Reader, name: str) -> str:
    """The class around that sets a constant; "" if none does."""
    return next((scope.name for scope in reversed(scopes(r).classes) if name in scope.constants), "")


def member_key(r: Reader, name: str) -> str:
    """The key of `@name`: of a member that others read, its name; where a method has that, another one."""
    around = scopes(r).classes
    return f"@{name}" if around and name in around[-1].methods else name


@contextmanager
def in_class(r: Reader, scope: ClassScope) -> Iterator[None]:
    """Reads the body of a class."""
    state = scopes(r)
    saved, method = state.variables, state.method
    state.classes.append(scope)
    state.variables, state.method = [set()], Method()
    try:
        yield
    finally:
        state.classes.pop()
        state.variables, state.method = saved, method


@contextmanager
def in_method(r: Reader, method: Method) -> Iterator[None]:
    """Reads a method, which sees no variable around it."""
    state = scopes(r)
    saved, before, loop = state.variables, state.method, state.loop
    state.variables, state.method, state.loop = [set()], method, False
    try:
        yield
    finally:
        state.variables, state.method, state.loop = saved, before, loop


@contextmanager
def in_block(r: Reader, names: Iterable[str] = ()) -> Iterator[None]:
    """Reads a block, which sees the variables around it. `names`: its parameters."""
    state = scopes(r)
    state.variables.append(set(names))
    loop, state.loop = state.loop, False
    try:
        yield
    finally:
        state.variables.pop()
        state.loop = loop


@contextmanager
def in_loop(r: Reader) -> Iterator[None]:
    """Reads the body of a loop."""
    state = scopes(r)
    loop, state.loop = state.loop, True
    try:
        yield
    finally:
        state.loop = loop
