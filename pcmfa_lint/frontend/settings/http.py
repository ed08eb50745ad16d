"""Request files (`.http`, `.rest`): variables, and of each request its address, headers and body.

The path of `@name = value` is (name); of the n-th request (n, "url"), (n, header), (n, "body"). A body is one entry."""

from __future__ import annotations

import re

from pcmfa_lint.frontend.settings.collector import Collector

_VARIABLE = re.compile(r"[ \t]*@([\w.-]+)[ \t]*=[ \t]*(.*?)[ \t]*$")
_REQUEST = re.compile(r"[ \t]*(?:(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[ \t]+)?(\S+)(?:[ \t]+HTTP/[\d.]+)?[ \t]*$")
_HEADER = re.compile(r"([\w-]+)[ \t]*:[ \t]*(.*?)[ \t]*$")
_COMMENT = re.compile(r"[ \t]*(#|//)")


class _Reader:
    def __init__(self, out: Collector) -> None:
        self.out = out
        self.number = 0
        self.state = "before"  # before: a request is due; headers; body
        self.body: tuple[int, int] | None = None

    def run(self) -> None:
        for start, line in self.out.rows():
            if line.startswith("###"):
                self.end_body()
                self.state = "before"
                self.out.comment(start, start + len(line), (start + 3, start + len(line)))
            elif self.state == "body":
                self.extend(start, line)
            elif not line.strip():
                self.state = "body" if self.state == "headers" else self.state
            else:
                self.line(start, line)
        self.end_body()

    def line(self, start: int, line: str) -> None:
        end = start + len(line)
        mark = _COMMENT.match(line)
        if mark is not None:
            self.out.comment(start + mark.start(1), end, (start + mark.end(), end))
        elif (variable := _VARIABLE.match(line)) is not None:
            self.add((variable[1],), variable, start)
        elif self.state == "before" and (request := _REQUEST.match(line)) is not None:
            self.number, self.state = self.number + 1, "headers"
            at = (start + request.start(1), start + request.end(1))
            self.out.add((str(self.number), "url"), at, at)
        elif (header := _HEADER.match(line)) is not None:
            self.add((str(self.number), header[1]), header, start)
        else:
            self.out.hide(start, end)

    def add(self, path: tuple[str, ...], match: re.Match[str], start: int) -> None:
        key = (start + match.start(1), start + match.end(1))
        self.out.add(path, key, (start + match.start(2), start + match.end(2)))

    def extend(self, start: int, line: str) -> None:
        if line.strip():
            self.body = (self.body[0] if self.body else start, start + len(line.rstrip()))

    def end_body(self) -> None:
        if self.body is not None:
            self.out.add((str(self.number), "body"), self.body, self.body)
            self.body = None


def read(out: Collector) -> None:
    """Reads a request file; a line that is none of it is hidden."""
    _Reader(out).run()
