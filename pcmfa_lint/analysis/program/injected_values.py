"""What settings files say a container hands to constructors, by the names of their parameters: `$token: '%env(TOKEN)%'`
below `bind` or the `arguments` of a service, as Symfony is told it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from pcmfa_lint.analysis.values.model import SourceValue, StringValue, Values
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import Setting

_ENVIRONMENT = re.compile(r"%env\((?:[\w.-]+:)*(\w+)\)%")  # what stands before the name converts the value
_PARAMETER = re.compile(r"%([\w.-]+)%")
_REFERENCES = 4  # of one parameter to another


class InjectedValues:
    """The entries of all files of a repository."""

    def __init__(self) -> None:
        self._arguments: dict[str, list[tuple[str, Setting, str]]] = defaultdict(list)
        self._parameters: dict[str, tuple[Setting, str]] = {}

    def add(self, path: str, settings: Iterable[Setting]) -> None:
        """The entries of one file."""
        for setting in settings:
            match setting.path:
                case ("parameters", *names):
                    self._parameters.setdefault(".".join(names), (setting, path))
                case ("services", service, "bind" | "arguments", name) if name.startswith("$"):
                    self._arguments[name[1:]].append((service.rpartition("\\")[2], setting, path))

    def of(self, name: str, owner: str) -> Values:
        """What a class's constructor gets for a parameter: what is said of this class, or of all."""
        entries = self._arguments.get(name, ())
        own = next((entry for entry in entries if entry[0] == owner), None)
        entry = own or next((entry for entry in entries if entry[0] == "_defaults"), None)
        return self._value(name, entry[1], entry[2]) if entry is not None else ()

    def _value(self, name: str, setting: Setting, path: str) -> Values:
        place = Place(path, setting.span)
        for _ in range(_REFERENCES):
            reference = _PARAMETER.fullmatch(setting.value)
            if reference is None or reference[1] not in self._parameters:
                break
            setting, path = self._parameters[reference[1]]
            name, place = reference[1], Place(path, setting.span)
        if (variable := _ENVIRONMENT.fullmatch(setting.value)) is not None:
            return (SourceValue("environment", variable[1], place=place, label=variable[1]),)
        if "://" in setting.value:
            return (StringValue(setting.value, place=place, label=name),)
        return () if setting.value.startswith("@") else (SourceValue("setting", name, place=place, label=name),)
