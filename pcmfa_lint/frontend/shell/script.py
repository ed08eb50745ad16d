"""Facts of a whole shell script before its statements are lowered: one pass over its tree.

Much in a shell is told by what stands elsewhere: whether `$x` is a variable of the script or of the environment, what
an array of options holds, whether the output of a function is taken by somebody."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader, children
from pcmfa_lint.limits import ARRAY_WORDS

TAKEN = ("command_substitution", "process_substitution")
_WORDS = ("word", "string", "raw_string", "number", "concatenation", "simple_expansion", "expansion", "ansi_c_string")
_PLACES = re.compile(r"\$\{?([1-9])\b")
_SETTINGS = re.compile(r"\.(?:env|conf|cfg|ini|properties)\b|\.env")
_ALL = re.compile(r"\$\{?[@*]")


@dataclass
class ShellScript:
    """`assigned`: names of variables that the script sets. `arrays`, `literals`: what is written into variables.
    `captured`, `called`: functions whose output is taken, all that are called. `mentions`: in which functions a
    variable is named. `coded`: curl is asked for the status behind the body. What follows them stands for the place
    that is being lowered."""

    functions: dict[str, Node] = field(default_factory=dict)
    assigned: set[str] = field(default_factory=set)
    arrays: dict[str, list[Node]] = field(default_factory=dict)
    literals: dict[str, str] = field(default_factory=dict)
    captured: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    mentions: dict[str, set[str]] = field(default_factory=dict)
    temporary: set[str] = field(default_factory=set)
    sources: bool = False
    coded: bool = False
    pipefail: bool = False
    function: str = ""
    own: set[str] = field(default_factory=set)  # variables that the function declares as its own
    places: int = 0  # arguments that the function names by their places
    shifted: int = 0
    captures: int = 0  # how many substitutions and pipes take what is written here
    setting: str = ""  # the variable that is being set for the first time
    done: set[str] = field(default_factory=set)  # variables that were set before
    files: set[str] = field(default_factory=set)  # that the script writes an answer to

    def hands_out(self) -> bool:
        """Whether what a command writes here is taken by somebody."""
        if self.captures or not self.function:
            return bool(self.captures)
        return self.function in self.captured or self.function not in self.called

    def is_shared(self, name: str) -> bool:
        """Whether a variable that a function sets is seen outside."""
        return name not in self.own and (name.isupper() or len(self.mentions.get(name, ())) > 1)


def script_of(r: Reader) -> ShellScript:
    """The state of the reader; of a piece that was handed over without its file, an empty one."""
    if not isinstance(r.state, ShellScript):
        r.state = ShellScript()
    return r.state


def scan(r: Reader, root: Node) -> ShellScript:
    """Walks over the whole tree once."""
    script = ShellScript()
    waiting: list[tuple[Node, bool, str]] = [(root, False, "")]
    while waiting:
        node, captured, function = waiting.pop()
        kind = node.type
        if kind == "function_definition":
            name = node.child_by_field_name("name")
            function = r.text(name) if name is not None else ""
            script.functions.setdefault(function, node)
        elif kind == "variable_name":
            script.mentions.setdefault(r.text(node), set()).add(function)
        elif kind in ("variable_assignment", "for_statement"):
            _assigned(r, node, script)
        elif kind == "declaration_command":
            script.assigned |= {r.text(kid) for kid in children(node, "variable_name") if r.text(node)[:6] != "export"}
        elif kind == "command":
            _command(r, node, script, captured)
        elif kind in ("string_content", "raw_string", "string", "word") and "%{" in r.text(node):
            script.coded |= "_code}" in r.text(node)
        waiting += [
            (kid, captured or kind in TAKEN or (kind == "pipeline" and kid != node.children[-1]), function)
            for kid in reversed(node.children)
        ]
    return script


def _assigned(r: Reader, node: Node, script: ShellScript) -> None:
    named = node.child_by_field_name("name" if node.type == "variable_assignment" else "variable")
    value = node.child_by_field_name("value")
    if named is None:
        return
    name = r.text(named).partition("[")[0]
    script.assigned.add(name)
    if value is None or node.type == "for_statement":
        return
    if value.type == "array":
        elements = script.arrays.setdefault(name, [])
        elements.extend(kid for kid in value.children[: max(0, ARRAY_WORDS - len(elements))] if kid.type in _WORDS)
    elif value.type in ("word", "raw_string") or (value.type == "string" and "$" not in r.text(value)):
        script.literals[name] = r.text(value).strip("'\"")
    elif "mktemp" in r.text(value)[:40]:
        script.temporary.add(name)


def _command(r: Reader, node: Node, script: ShellScript, captured: bool) -> None:
    words = [r.text(kid) for kid in node.children if kid.type in ("command_name", *_WORDS)]
    name = words[0] if words else ""
    script.called.add(name)
    if captured:
        script.captured.add(name)
    if name in ("source", "."):
        script.sources |= len(words) < 2 or _SETTINGS.search(words[1]) is None
    elif name == "set":
        script.pipefail |= "pipefail" in words
    elif name in ("read", "mapfile", "readarray"):
        script.assigned |= {word for word in words[1:] if re.fullmatch(r"[A-Za-z_]\w*", word)}


def places(r: Reader, node: Node) -> tuple[int, bool]:
    """The number of arguments that a function, or the script itself, names by their places, and whether it names
    all."""
    shifts, highest, rest = 0, 0, False
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type == "function_definition" and current != node:
            continue
        if current.type == "command" and r.text(current).split()[:1] == ["shift"]:
            shifts += 1
        elif current.type in ("simple_expansion", "expansion"):
            written = r.text(current)
            match = _PLACES.match(written)
            highest = max(highest, int(match[1]) + shifts if match else 0)
            rest = rest or _ALL.match(written) is not None
        waiting += reversed(current.children)
    return min(max(highest, shifts if rest else 0), 20), rest
