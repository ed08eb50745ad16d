"""Go's types by name. A type is called by its package and its name, `http:Client`, so that the `Client` of one package
is not that of another; the package is the last word of its path, whatever the file calls it.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader, child, children, parts

OBJECT = "this"  # what `aliases` says of the receiver of a method
FAILS = "fails"  # what `aliases` says of `name()` for a function of the file that may give back an error
SHARED = "shared"  # what `aliases` says of `name=` for a variable of the package
PACKAGE = "package"  # the key of the file's own package in `aliases`
_VERSION = re.compile(r"v\d+|.*\.v\d+")
_BUILTIN = frozenset(
    (
        *("string", "bool", "byte", "rune", "error", "any", "uintptr", "int", "int8", "int16", "int32", "int64"),
        *("uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex64", "complex128"),
    )
)


def fields_of(name: str) -> str:
    """The key of `aliases` for the fields of a struct of the file, in order."""
    return f"{name}{{}}"


def package_of(path: str) -> str:
    """The name of a package by its path: `github.com/a/go-b/v2` → `b`, `gopkg.in/yaml.v3` → `yaml`."""
    words = [word for word in path.split("/") if word] or [""]
    if len(words) > 1 and re.fullmatch(r"v\d+", words[-1]):
        words.pop()
    last = words[-1].partition(".v")[0] if _VERSION.fullmatch(words[-1]) else words[-1]
    return last.removeprefix("go-").removesuffix("-go").rpartition("-")[2]


def type_name(r: Reader, node: Node | None) -> str:
    """The name of a declared type, without pointers; "" for what has none: maps, slices, functions."""
    while node is not None and node.type in ("pointer_type", "parenthesized_type", "generic_type"):
        kids = parts(node)
        node = kids[0] if kids else None
    if node is None:
        return ""
    if node.type == "qualified_type":
        package, name = node.child_by_field_name("package"), node.child_by_field_name("name")
        if package is None or name is None:
            return ""
        written = r.text(package)
        return f"{r.aliases.get(written, written)}:{r.text(name)}"
    if node.type in ("type_identifier", "identifier"):
        written = r.text(node)
        return written if written in _BUILTIN else own(r, written)
    return ""


def own(r: Reader, name: str) -> str:
    """The full name of a type of the file's package."""
    return f"{r.aliases.get(PACKAGE, '')}:{name}"


def results(r: Reader, node: Node) -> list[tuple[str, str]]:
    """The results of a function: names, empty where there are none, and types."""
    listed = node.child_by_field_name("result")
    if listed is None:
        return []
    if listed.type != "parameter_list":
        return [("", r.text(listed) if type_name(r, listed) == "" else type_name(r, listed))]
    results_: list[tuple[str, str]] = []
    for kid in children(listed, "parameter_declaration"):
        type_ = kid.child_by_field_name("type")
        named = type_name(r, type_) or (r.text(type_) if type_ is not None else "")
        names = [r.text(name) for name in kid.children_by_field_name("name")]
        results_ += [(name, named) for name in names or [""]]
    return results_


def receiver(r: Reader, node: Node) -> tuple[str, str]:
    """The name of a method's object in the method, and of its type."""
    listed = node.child_by_field_name("receiver")
    declared = child(listed, "parameter_declaration") if listed is not None else None
    if declared is None:
        return "", ""
    name = declared.child_by_field_name("name")
    return (r.text(name) if name is not None else ""), type_name(r, declared.child_by_field_name("type"))
