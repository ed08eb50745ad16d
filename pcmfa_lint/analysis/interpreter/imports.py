"""The meaning of an import: a name of a file of the repository, a file as a whole, or something of somebody else's."""

from __future__ import annotations

from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.model import Env, ExternalSymbol, MappingValue, SourceValue, Values
from pcmfa_lint.frontend.languages import language_of
from pcmfa_lint.ir.nodes import NOWHERE, Import, Unknown


def imported(run: RunState, name: str, frame: Frame) -> Values:
    func = run.program.function(frame.unit, name) if not frame.unit.imports else None
    if func is not None and func.unit.path == frame.unit.path:
        return (func,)
    for imp in frame.unit.imports:
        vals = _from_import(run, imp, name, frame)
        if vals:
            return vals
    return ()


def _from_import(run: RunState, imp: Import, name: str, frame: Frame) -> Values:
    for original, local in imp.names:
        if local == name:
            return attribute_of_module(run, imp.module, original, frame)
        if original == "*" and frame.semantics.exports:
            found_there = attribute_of_module(run, imp.module, name, frame)
            if any(not isinstance(v, ExternalSymbol) for v in found_there):
                return found_there
        elif original == "*":
            exporting = module_env(run, imp.module, frame)
            if exporting is not None and (vals := exporting.get(frame.index.key(name))) is not None:
                return vals
    if not imp.names and (imp.alias or imp.module.partition(".")[0]) == name:
        return _module_value(run, imp.module, frame) or (ExternalSymbol(imp.module if imp.alias else name),)
    return ()


def _files_of(run: RunState, module: str, frame: Frame) -> list[str]:
    """The files that a module can be; a path is that file."""
    if frame.semantics.exports and module in run.program.units:
        return [module]
    if frame.semantics.exports and "/" not in module and not run.program.aliased_paths(frame.unit, module):
        return []  # a package
    return run.program.targets(frame.unit, Import(module, NOWHERE))


def module_env(run: RunState, module: str, frame: Frame) -> Env | None:
    if not frame.unit.imports and module not in run.program.units:
        return None
    paths = _files_of(run, module, frame)
    return run.ensure(run.program.units[paths[0]]) if len(paths) == 1 else None


def _module_value(run: RunState, module: str, frame: Frame) -> Values:
    """A module as a value, in languages that have such: what it exports as one, else the module itself by its path,
    which means the same in every file. A settings file is its settings."""
    if not frame.semantics.exports:
        return ()
    paths = _files_of(run, module, frame)
    if language_of(module) == "settings":
        return (SourceValue("setting", "", label=module, key=""),)
    if len(paths) != 1:
        return ()
    env = run.ensure(run.program.units[paths[0]])
    vals = env.vars.get(frame.semantics.exports[0], ())
    return (ExternalSymbol(paths[0]),) if not vals or any(isinstance(v, MappingValue) for v in vals) else vals


def included(run: RunState, value: Unknown, frame: Frame) -> Values:
    """The result of the file that is included here."""
    paths = [p for imp in frame.unit.imports if imp.span == value.span for p in run.program.targets(frame.unit, imp)]
    for path in paths[:1]:
        run.ensure(run.program.units[path])
        return run.given_back.get(path, ())
    return ()


def configured(run: RunState, name: str, frame: Frame) -> Values:
    """The setting `file.key.key`, where a file of this name gives a mapping to those that include it. The name of
    the file may have dots, too."""
    words = name.split(".")
    for count in range(1, len(words)):
        for unit in run.program.giving(frame.unit, ".".join(words[:count])):
            env = run.ensure(unit)
            wholes = (env.vars.get(word, ()) for word in frame.semantics.exports)
            vals = join(run.given_back.get(unit.path, ()), *wholes)
            for key in words[count:]:
                vals = tuple(v for val in vals if isinstance(val, MappingValue) for v in val.get(key) or ())
            if vals:
                return vals
    return ()


def attribute_of_module(run: RunState, module: str, name: str, frame: Frame) -> Values:
    """`module.name`: from the module's file if the repository has it, else by its dotted name."""
    env = module_env(run, module, frame)
    if env is not None:
        vals = _exported(run, env, name, frame) or env.get(frame.index.key(name))
        vals = vals or _re_exported(run, module, name, frame)
        if vals:
            return vals
    if name in frame.semantics.exports:
        return _module_value(run, module, frame) or (ExternalSymbol(module),)
    return (ExternalSymbol(f"{module}{name}" if module.endswith(".") else f"{module}.{name}"),)


def _exported(run: RunState, env: Env, name: str, frame: Frame) -> Values:
    """What a module that exports one object has under this name."""
    for word in frame.semantics.exports:
        for val in env.vars.get(word, ()):
            vals = val.get(name) if isinstance(val, MappingValue) else None
            if vals:
                return vals
    return ()


def _re_exported(run: RunState, module: str, name: str, frame: Frame) -> Values:
    """A name that a package only hands on."""
    path = _files_of(run, module, frame)[0]
    unit = run.program.units[path]
    if unit.path == frame.unit.path or not unit.imports or (path, name) in run.asked_for:
        return ()
    inner = Frame(unit, frame.index, run.ensure(unit), frame.context)
    run.asked_for.add((path, name))  # files may hand on each other's names
    try:
        return tuple(v for v in run.imported(name, inner) if not isinstance(v, ExternalSymbol))
    finally:
        run.asked_for.discard((path, name))
