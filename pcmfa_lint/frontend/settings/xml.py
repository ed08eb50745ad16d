"""XML settings (`.config`, MSBuild, `.resx`, CLIXML) by expat, with exact positions of attributes and texts.

Paths: element names from below `<configuration>`, then "@attribute"; an element's own text ends with its name. What
names itself is called by that name: `<add key="K" value="V"/>`, `<add name="K" connectionString="V"/>` and the other
elements of `_NAMED`, in any case, are (…, K), `<setting name="K"><value>V</value></setting>` too. CLIXML's
`<SS N="Password">` is (…, "SS", "Password"): the element tells a SecureString from a plain one.

A file that declares anything in its DOCTYPE is refused, and nothing is loaded for one: no entity is ever expanded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from pcmfa_lint.frontend.settings.collector import Collector, FormatError, missing, too_deep
from pcmfa_lint.limits import SETTINGS_DEPTH

_ATTRIBUTE = re.compile(r"([^\s=/>\"'<]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_TAG_NAME = re.compile(r"<[^\s/>]+")
_NAMED = frozenset(
    ("add", "setting", "data", "entry", "property", "param", "parameter", "setparameter", "variable", "key")
)
_NAME_ATTRIBUTES = ("key", "name", "Key", "Name")
_VALUE_ATTRIBUTES = ("value", "connectionString", "Value")
_DOCTYPE = re.compile(r"<!DOCTYPE((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_CDATA = "<![CDATA["

Range = tuple[int, int]


@dataclass(slots=True)
class _Element:
    tag: str
    part: str
    depth: int  # length of the path before it
    key: Range
    text_start: int
    named: bool = False
    leaf: bool = True
    pieces: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, out: Collector) -> None:
        self.out = out
        self.data = out.text.encode("utf-8", "surrogatepass")
        self.ascii = len(self.data) == len(out.text)
        self.position = (0, 0)  # a byte offset and the same place in code points
        self.open: list[_Element] = []
        self.path: list[str] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.CommentHandler = self.comment
        self.parser.ProcessingInstructionHandler = self.instruction
        self.parser.StartDoctypeDeclHandler = self.doctype

    def run(self) -> None:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError:
            before = self.data[: max(self.parser.ErrorByteIndex, 0)]
            missing("it is not well-formed XML", len(before.decode("utf-8", "replace")))

    def offset(self) -> int:
        """The parser's place as an offset in the text. Expat only moves forward, so this is linear."""
        at = self.parser.CurrentByteIndex
        if self.ascii:
            return at
        byte, point = self.position
        point += len(self.data[byte:at].decode("utf-8", "surrogatepass"))
        self.position = (at, point)
        return point

    def start(self, tag: str, attributes: list[str]) -> None:
        at = self.offset()
        if len(self.open) >= SETTINGS_DEPTH:
            too_deep(at)
        if self.open:
            self.open[-1].leaf = False
            self.hide_text(self.open[-1], at)
        name = _TAG_NAME.match(self.out.text, at)
        end = name.end() if name else at
        places: dict[str, tuple[Range, Range]] = {}
        for _ in range(0, len(attributes), 2):
            match = _ATTRIBUTE.search(self.out.text, end)
            if match is None:
                break
            end = match.end()
            places[match[1]] = (match.span(1), match.span(2 if match[2] is not None else 3))
        element = _Element(tag, tag, len(self.path), (at + 1, name.end() if name else at + 1), end)
        values = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self.name(element, values, places)
        self.open.append(element)
        if len(self.open) > 1 or tag != "configuration":
            self.path.append(element.part)
        self.attributes(element, values, places)

    def name(self, element: _Element, values: dict[str, str], places: dict[str, tuple[Range, Range]]) -> None:
        """An element that names itself goes by that name."""
        naming = next((name for name in _NAME_ATTRIBUTES if name in places), "")
        if element.tag.casefold() in _NAMED and naming:
            element.part, element.key, element.named = values[naming], places[naming][1], True
        elif "N" in places and self.open and self.open[0].tag == "Objs":
            self.path.append(element.tag)
            element.part, element.key, element.named = values["N"], places["N"][1], True

    def attributes(self, element: _Element, values: dict[str, str], places: dict[str, tuple[Range, Range]]) -> None:
        for name, (key, at) in places.items():
            if element.named and at == element.key:
                continue
            if element.named and name in _VALUE_ATTRIBUTES:
                self.out.add(self.path, element.key, at, values[name])
            else:
                self.out.add((*self.path, f"@{name}"), key, at, values[name])

    def end(self, tag: str) -> None:
        stop = self.offset()
        element = self.open.pop()
        value = "".join(element.pieces).strip()
        if element.leaf and value:
            parent = self.open[-1] if self.open else None
            path, key = tuple(self.path), element.key
            if tag.casefold() == "value" and parent is not None and parent.named:
                path, key = path[:-1], parent.key
            self.out.add(path, key, self.text_place(element.text_start, stop), value)
        elif value:
            self.hide_text(element, stop)
        if self.open:
            self.open[-1].text_start = stop
        del self.path[element.depth :]

    def hide_text(self, element: _Element, stop: int) -> None:
        """Text between elements belongs to no entry, and is hidden all the same."""
        if element.pieces:
            self.out.hide(element.text_start, stop)
            element.pieces.clear()

    def text_place(self, start: int, stop: int) -> Range:
        """An element's text without its tag's end, white space around it and CDATA marks."""
        text = self.out.text
        start = text.index(">", start) + 1
        raw = text[start:stop]
        if raw.strip().startswith(_CDATA) and raw.rstrip().endswith("]]>"):
            start += raw.index(_CDATA) + len(_CDATA)
            stop = start + text[start:stop].rindex("]]>")
            raw = text[start:stop]
        start += len(raw) - len(raw.lstrip())
        return start, max(start, stop - len(raw) + len(raw.rstrip()))

    def characters(self, data: str) -> None:
        if not self.open or data.isspace():
            return
        self.open[-1].pieces.append(data)

    def comment(self, data: str) -> None:
        at = self.offset()
        stop = self.out.text.index("-->", at + 4)
        self.out.comment(at, stop + 3, (at + 4, stop))

    def instruction(self, target: str, data: str) -> None:
        at = self.offset()
        self.out.hide(at, self.out.text.index("?>", at) + 2)

    def doctype(self, name: str, system: str | None, public: str | None, has_own_declarations: bool) -> None:
        at = self.offset()
        if has_own_declarations:
            raise FormatError(
                "The file declares entities of its own, which are not expanded. It was read line by line.", at
            )
        # expat stands somewhere inside the declaration
        match = _DOCTYPE.match(self.out.text, self.out.text.rfind("<!DOCTYPE", 0, at + len("<!DOCTYPE")))
        if match is not None:
            self.out.hide(*match.span(1))


def read(out: Collector) -> None:
    """Reads XML. Raises FormatError."""
    if "\0" in out.text:
        missing("it holds NUL characters", out.text.index("\0"))
    _Reader(out).run()
