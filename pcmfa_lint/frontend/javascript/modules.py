"""Lowering of JavaScript's modules: `import`, `export`, `require`, `module.exports`.

A module's exports are its variables: those that it exports under another name are assigned that name, `default` among
them. `module.exports` is the variable `exports`; `exports.name = …` assigns the variable `name`. `require('x')`, which
may stand in any expression, is a name that an Import gives: it is called as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from pcmfa_lint.frontend.javascript.functions import declared_as
from pcmfa_lint.frontend.javascript.strings import unquoted
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.ir.nodes import Assign, Import, Member, Name, Span, Stmt, Text


def module_name(written: str) -> str:
    """The name of a module: a folder is told from a package by its slash, and Node's own have no prefix."""
    if written in (".", ".."):
        return written + "/"
    return written.removeprefix("node:")


def required(r: Reader, node: Node, literal: Node) -> Name:
    """`require('x')` and `import('x')`, wherever they stand."""
    module = module_name(unquoted(r.text(literal)))
    span, name = r.span(node), f"require('{module}')"
    r.imports.append(Import(module, span, alias=name))
    return Name(name, span)


def import_(r: Reader, node: Node) -> Iterable[Stmt]:
    """`import a, { b as c } from 'm'`, `import * as m from 'm'`, `import m = require('m')`, `import 'm'`"""
    span = r.span(node)
    required_ = child(node, "import_require_clause")
    source = (required_ or node).child_by_field_name("source")
    if source is None:
        return ()
    module = module_name(unquoted(r.text(source)))
    clause = child(node, "import_clause")
    names: list[tuple[str, str]] = []
    if required_ is not None and (name := child(required_, "identifier")) is not None:
        r.imports.append(Import(module, span, alias=r.text(name)))
    for kid in parts(clause) if clause is not None else ():
        if kid.type == "identifier":
            names.append(("default", r.text(kid)))
        elif kid.type == "namespace_import":
            r.imports.append(Import(module, span, alias=r.text(parts(kid)[0])))
        elif kid.type == "named_imports":
            names += [_pair(r, one) for one in children(kid, "import_specifier")]
    if names:
        r.imports.append(Import(module, span, tuple(names)))
    elif clause is None and required_ is None:
        r.imports.append(Import(module, span, alias=f"require('{module}')"))
    return ()


def _pair(r: Reader, node: Node) -> tuple[str, str]:
    """The name that a module exports, and the name here."""
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    own = unquoted(r.text(name)) if name is not None else ""
    return own, own if alias is None else unquoted(r.text(alias))


def export(r: Reader, node: Node) -> Iterator[Stmt]:
    """`export const a = 1`, `export default …`, `export { a as b }`, `export … from 'm'`, `export = a`"""
    span = r.span(node)
    source = node.child_by_field_name("source")
    if source is not None:
        _passed_on(r, node, module_name(unquoted(r.text(source))), span)
        return
    clause = child(node, "export_clause")
    for one in children(clause, "export_specifier") if clause is not None else ():
        own, name = _pair(r, one)
        if own != name:
            yield Assign((Name(name, r.span(one)),), Name(own, r.span(one)), r.span(one))
    declaration = node.child_by_field_name("declaration")
    value = node.child_by_field_name("value")
    default = child(node, "default") is not None
    if declaration is not None and default:
        yield from declared_as(r, "default", declaration, span)
    elif declaration is not None:
        yield from r.block([declaration])
    elif value is not None:
        yield from declared_as(r, "default", value, span)
    elif child(node, "=") is not None:
        yield from declared_as(r, "exports", parts(node)[-1], span)


def _passed_on(r: Reader, node: Node, module: str, span: Span) -> None:
    """`export … from`: an import that others may ask for."""
    clause = child(node, "export_clause")
    space = child(node, "namespace_export")
    if clause is not None:
        names = tuple(_pair(r, one) for one in children(clause, "export_specifier"))
        r.imports.append(Import(module, span, names))
    elif space is not None:
        r.imports.append(Import(module, span, alias=r.text(parts(space)[0])))
    else:
        r.imports.append(Import(module, span, (("*", "*"),)))


def exported(target: Member) -> str:
    """The name that an assignment to `exports.name` exports; "" for any other target."""
    if isinstance(target.base, Name) and target.base.id == "exports" and isinstance(target.key, Text):
        return target.key.value
    return ""
