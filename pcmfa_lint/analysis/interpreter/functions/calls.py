"""Calls: who is meant, and what they are given."""

from __future__ import annotations

from fnmatch import fnmatchcase

from pcmfa_lint.analysis.effects import dispatch, unknown_calls, unknown_methods
from pcmfa_lint.analysis.effects.functions import callbacks
from pcmfa_lint.analysis.effects.functions.handed_functions import told_by_name
from pcmfa_lint.analysis.effects.sending import clients, requests
from pcmfa_lint.analysis.effects.values import collections
from pcmfa_lint.analysis.interpreter import expressions, imports
from pcmfa_lint.analysis.interpreter.classes import (
    construction,
    implicit_this,
    library_classes,
    members,
    named_objects,
    objects,
    typed_settings,
)
from pcmfa_lint.analysis.interpreter.expressions import _this
from pcmfa_lint.analysis.interpreter.functions.choice_of_method import fitting, is_callable, known_methods
from pcmfa_lint.analysis.interpreter.functions.function_runs import inside_call
from pcmfa_lint.analysis.matching import library_functions
from pcmfa_lint.analysis.matching.arguments import Arguments, FloatingCall
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.values.alternatives import join, texts
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ClassVal,
    CredentialValue,
    ExternalSymbol,
    FuncVal,
    ListValue,
    MappingValue,
    ObjectValue,
    ResponseValue,
    SourceValue,
    StringValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Call, Member, Name, Text
from pcmfa_lint.knowledge.catalog import CallSpec

# What has members to ask for.
_HOLDERS = (ClassVal, CredentialValue, ExternalSymbol, ObjectValue, SourceValue, UnknownValue)


def call(run: RunState, call: Call, frame: Frame, used: bool = True) -> Values:
    context = frame.context
    if call.awaited and context.outer is not None and context.loose is not None:
        frame.context = context.outer  # it is over before what it is an argument of begins
    try:
        return _begun(run, call, frame, used)
    finally:
        frame.context = context


def _begun(run: RunState, call: Call, frame: Frame, used: bool) -> Values:
    if (handled := frame.index.handled_errors.lowered(call)) is not None:
        return run.eval(handled, frame, used)
    loose = FloatingCall(call.awaited, used)
    if walk.last(call.callee) not in frame.index.begins:
        return _evaluated(run, call, loose, frame)
    with inside_call(frame, loose, frame.place(call)):
        return _evaluated(run, call, loose, frame)


def _evaluated(run: RunState, call: Call, loose: FloatingCall | None, frame: Frame) -> Values:
    arguments = run.arguments_of(call, frame)
    arguments.loose = loose
    result = _applied(run, call, arguments, frame)
    for variable in arguments.out:  # set by what is not in sight: to what the call asks for
        run.bind(variable, result, frame)
    return result


def _applied(run: RunState, call: Call, arguments: Arguments, frame: Frame) -> Values:
    if call.kind == "new" or call.kind == "cast":
        on_object = _named_like_a_type(run, call, arguments, frame)
        return construction.construct_named(run, call, arguments, frame) if on_object is None else on_object
    if call.kind == "command" and isinstance(call.callee, Name):
        return _command(run, call.callee.id, arguments, frame)
    if isinstance(call.callee, Member):
        spec = frame.index.function(walk.dotted(call.callee))
        if spec is not None and not expressions.is_shadowed(run, call.callee.base, frame):
            return dispatch.apply(run, spec, arguments, frame)
        return _method(run, call.callee, arguments, frame)
    if (
        isinstance(call.callee, Name)
        and frame.semantics.declarations
        and call.callee.id in ("base", "super", frame.semantics.receiver)
    ):
        return _constructor(run, call.callee.id, arguments, frame)
    if not isinstance(call.callee, Name):
        return run.call_values(run.eval(call.callee, frame), arguments, frame, call)
    bare = implicit_this.call(run, call.callee.id, arguments, frame)
    return (
        run.call_values(expressions.values_of_name(run, call.callee, frame), arguments, frame, call)
        if bare is None
        else bare
    )


def _named_like_a_type(run: RunState, call: Call, arguments: Arguments, frame: Frame) -> Values | None:
    """What a call gives back that looks like one of a constructor, and is one of a method of the object around it."""
    if call.kind != "new" or not isinstance(call.callee, Name):
        return None
    name = call.callee.id
    is_type = frame.index.new(name) is not None or run.program.cls(frame.unit, name) is not None
    return None if is_type else implicit_this.call(run, name, arguments, frame)


def evaluate_name(run: RunState, vals: Values, name: Name, frame: Frame) -> Values:
    """The value that a name stands for; where a method is called without parentheses, what that gives back."""
    if not frame.semantics.uniform_access or not any(_is_method(val, frame) for val in vals):
        return vals
    return run.call_values(vals, Arguments(frame.place(name), name=name.id), frame, None)


def evaluate_member(run: RunState, member: Member, frame: Frame) -> Values:
    """A member of a value where a method is called without parentheses."""
    name, arguments = walk.dotted(member), Arguments(frame.place(member), name=walk.dotted(member))
    if frame.index.read(walk.dotted(member.base)) is not None:
        return expressions.values_of_member(run, member, frame)
    spec = frame.index.function(name)
    if spec is not None and not expressions.is_shadowed(run, member.base, frame):
        return dispatch.apply(run, spec, arguments, frame)
    return _method(run, member, arguments, frame)


def _constructor(run: RunState, word: str, arguments: Arguments, frame: Frame) -> Values:
    """`base(…)`, `this(…)` at the head of a constructor."""
    if word != frame.semantics.receiver:
        return _super(run, "__init__", arguments, frame)
    this, cls = objects.home(run, frame)
    constructors = members.class_attribute(run, cls, "__init__", frame) if cls is not None else ()
    own = frame.func.func if frame.func is not None else None
    others = tuple(replace(v, this=this) for v in constructors if isinstance(v, FuncVal) and v.func is not own)
    return run.call_values(others, arguments, frame, None)


def arguments_of(run: RunState, call: Call, frame: Frame) -> Arguments:
    arguments = Arguments(frame.place(call), redirect=call.redirect, name=walk.dotted(call.callee))
    if call.piped is not None:
        arguments.piped = run.eval(call.piped, frame)
        arguments.nodes["piped"] = call.piped
    for arg in call.args:
        vals = run.eval(arg.value, frame)
        if arg.spread:
            arguments.spread(run.as_sources(vals, frame))
        else:
            arguments.nodes[arg.name or str(len(arguments.positional))] = arg.value
            if arg.out and isinstance(arg.value, Name):
                arguments.out.append(arg.value)
            arguments.add(arg.name, vals)
    return arguments


def _command(run: RunState, name: str, arguments: Arguments, frame: Frame) -> Values:
    name = run.program.alias(frame.unit.language, name)
    local = run.lookup(frame.index.key("function:" + name), frame)
    func = run.program.function(frame.unit, name.rpartition("\\")[2])
    if local or func is not None:
        return run.call_values(local or (func,), arguments, frame, None)  # type: ignore[arg-type]
    variable = run.lookup(frame.index.key(name), frame)  # `& $name`
    if variable and any(isinstance(v, (FuncVal, StringValue)) for v in variable):
        return run.call_values(variable, arguments, frame, None)
    words = tuple(t for vals in arguments.positional[:3] for t in texts(vals)[:1])
    spec = frame.index.command(name, words)
    if spec is not None:
        _default_arguments(run, name, arguments, frame)
        return dispatch.apply(run, spec, arguments, frame)
    return unknown_calls.unknown_call(run, name, arguments, frame)


def _default_arguments(run: RunState, name: str, arguments: Arguments, frame: Frame) -> None:
    """Adds the arguments that the script has set for all calls of a command."""
    defaults = run.lookup(frame.index.key(frame.semantics.preference.defaults), frame) or ()
    for pattern, vals in (entry for val in defaults if isinstance(val, MappingValue) for entry in val.entries):
        command, _, argument = pattern.partition(":")
        if argument and argument not in arguments.named and fnmatchcase(name.casefold(), command.casefold()):
            arguments.add(argument, vals)


def _super(run: RunState, name: str, arguments: Arguments, frame: Frame) -> Values:
    """`super().name(…)`: the parent's method, or what the catalog knows of a parent that is not in sight."""
    owner = frame.func.func.owner if frame.func is not None else ""
    cls = run.program.cls(frame.unit, owner) if owner else None
    for base in cls.cls.bases if cls is not None else ():
        for val in run.eval(base, frame):
            if isinstance(val, ClassVal):
                methods = members.class_attribute(run, val, name, frame)
                bound = tuple(replace(v, this=_this(frame)) for v in methods if isinstance(v, FuncVal))
                return run.call_values(bound, arguments, frame, None) if bound else UNCLEAR
            spec = frame.index.function(val.name) if isinstance(val, ExternalSymbol) else None
            if spec is not None and spec.is_ == "session":
                clients.inherit(run, spec, arguments, frame)
            handed_on = frame.index.method(name, walk.dotted(base)) if name in frame.index.forwards else None
            if handed_on is not None and handed_on.is_ == "forward":
                return run.forwarded[-1] if run.forwarded else ()
    if (this := _this(frame)) is not None:
        for catalogued in known_methods(run, this, name, arguments, frame):
            return dispatch.apply(run, catalogued, replace(arguments, receiver=(this,)), frame)
    if cls is not None and name == frame.semantics.make:
        return (run.object(cls.cls.name, arguments.place, cls),)
    return UNCLEAR


def _method(run: RunState, callee: Member, arguments: Arguments, frame: Frame) -> Values:
    if (
        isinstance(callee.key, Text) and isinstance(callee.base, Call) and walk.dotted(callee.base.callee) == "super"
    ) or (
        isinstance(callee.key, Text)
        and frame.semantics.declarations
        and isinstance(callee.base, Name)
        and callee.base.id in ("base", "super")
    ):
        return _super(run, callee.key.value, arguments, frame)
    arguments.receiver = run.eval(callee.base, frame)
    names = texts(run.eval(callee.key, frame))
    name = names[0] if names else ""
    results: list[Values] = []
    for base in arguments.receiver or UNCLEAR:
        results.append(run.method_of(base, name, callee, arguments, frame))
    return join(*results)


def method_of(
    run: RunState, base: AbstractValue, name: str, callee: Member, arguments: Arguments, frame: Frame
) -> Values:
    place = arguments.place
    if not arguments.order and (cls := members.own_class(base, name, frame)) is not None:
        return (cls,)
    if isinstance(base, (ClassVal, ObjectValue, ExternalSymbol, MappingValue)):
        own_result = _own_method(run, base, name, arguments, frame)
        if own_result is not None:
            return own_result
    if isinstance(base, ClassVal) and (own := library_classes.inherited(run, base, name, place, frame)) is not None:
        return dispatch.apply(run, own[0], replace(arguments, receiver=(own[1],)), frame)
    if (named := named_objects.object_of_name(run, base, callee, name, frame)) is not None:
        return method_of(run, named, name, callee, arguments, frame)
    for spec in known_methods(run, base, name, arguments, frame):
        if (sent := _through_own(run, spec, base, name, arguments, frame)) is not None:
            return sent
        vals = dispatch.apply(run, spec, replace(arguments, receiver=(base,)), frame)
        if vals or spec.is_ not in ("instance", "settings", "sort-out"):
            return vals
    added = objects.extension(run, name, base, arguments, frame)
    if added is None:
        added = collections.method(run, base, name, callee, arguments, frame)
    if added is not None:
        return added
    if described := requests.sent_by_description(run, base, name, arguments, frame):
        return described
    if frame.semantics.uniform_access and not arguments.order and isinstance(base, _HOLDERS):
        return run.member_of(base, (StringValue(name),), place, frame)
    root = objects.root(run, base, name, arguments.place, frame)
    if root is not None:
        return run.method_of(root, name, callee, arguments, frame)
    sent = requests.sent_by_token(run, base, name, arguments, frame)
    (source,) = run.as_sources((base,), frame)  # what is read from outside as a whole, such as the settings
    return sent or unknown_methods.unknown_method(run, source, name, callee, arguments, frame)


def _own_method(
    run: RunState,
    base: ClassVal | ObjectValue | ExternalSymbol | MappingValue,
    name: str,
    arguments: Arguments,
    frame: Frame,
) -> Values | None:
    """What a method of the repository gives; None where there is none."""
    if isinstance(base, ClassVal) and name == "new":
        return construction.construct(run, base, arguments, frame)
    vals = run.member_of(base, (StringValue(name),), arguments.place, frame)
    callables = tuple(v for v in vals if isinstance(v, (FuncVal, ClassVal)) or is_callable(v, frame))
    if not callables and isinstance(base, ExternalSymbol):
        callables = run.added.get(f"{base.name.rpartition('.')[2]}.{name}", ())
    cls = base.cls if isinstance(base, ObjectValue) else base
    if not callables and isinstance(cls, ClassVal):
        methods = members.class_attribute(run, cls, name, frame, called=True)
        this = base if isinstance(base, ObjectValue) else None
        callables = tuple(replace(v, this=this) for v in methods if isinstance(v, FuncVal))
    if callables and (setting := typed_settings.declared(run, base, callables, name, arguments, frame)):
        return setting
    if callables:
        return _followed(run, base, callables, name, arguments, frame)
    if (written := implicit_this.written(run, base, name, arguments, frame)) is not None:
        return written
    if (copy := implicit_this.copied(run, base, name, arguments, frame)) is not None:
        return (copy,)
    if frame.semantics.uniform_access and not arguments.order and not all(map(_is_elsewhere, vals)):
        return vals
    return None


def _followed(
    run: RunState, base: AbstractValue, callables: Values, name: str, arguments: Arguments, frame: Frame
) -> Values:
    """What own functions give back. Of a client in which no request is seen, as deep in a generated one, only the
    token that it is given tells whom it calls."""
    activation = frame.context.activation
    before, activation.sends = activation.sends, False
    vals = run.call_values(callables, arguments, frame, None)
    sends, activation.sends = activation.sends, activation.sends or before
    return (not sends and requests.sent_by_token(run, base, name, arguments, frame, own=True)) or vals


def _through_own(
    run: RunState, spec: CallSpec, base: AbstractValue, name: str, arguments: Arguments, frame: Frame
) -> Values | None:
    """A method of a library's client that sends through another of its methods, where the object's class has that
    one itself; None where it has not."""
    senders = spec.result.get("via", "").split("|")
    if not senders[0] or not isinstance(base, ObjectValue) or base.cls is None:
        return None
    for number, sender in enumerate(senders):
        attribute = members.class_attribute(run, base.cls, sender, frame)
        own = tuple(replace(v, this=base) for v in attribute if isinstance(v, FuncVal))
        if own:
            inner = Arguments(arguments.place, open=arguments.open, rest=arguments.rest)
            if number == 0:  # the first is told the verb; what comes behind it, a request that is made already
                inner.add(None, (StringValue(name.upper(), place=arguments.place),))
            for key, vals in arguments.order:
                inner.add(key or None, vals)
            return run.call_values(own, inner, frame, None)
    return None


def call_values(run: RunState, targets: Values, arguments: Arguments, frame: Frame, call: Call | None) -> Values:
    results: list[Values] = []
    if frame.semantics.declarations:
        funcs = tuple(t for t in targets if isinstance(t, FuncVal) and t.func.name)
        fit = fitting(funcs, arguments)
        targets = tuple(t for t in targets if t not in funcs or t in fit)
    for target in targets:
        match target:
            case FuncVal():
                results.append(run.call_function(target, arguments, frame, arguments.place))
            case ClassVal():
                results.append(construction.construct(run, target, arguments, frame))
            case ObjectValue(type="deferred"):
                results.append(callbacks.fulfil(run, target, arguments))
            case ObjectValue(cls=None) if (spec := frame.index.method("__call__", target.type)) is not None:
                results.append(dispatch.apply(run, spec, replace(arguments, receiver=(target,)), frame))
            case ResponseValue():  # what sends a request, in the hands of what a client runs on every answer
                results.append((target,))
            case ExternalSymbol():
                results.append(_call_symbol(run, target, arguments, frame, call))
            case StringValue(text=name) if frame.semantics.commands_by_text and name and not target.holes:
                results.append(_command(run, name, arguments, frame))
            case ListValue() if method := told_by_name(run, target, arguments.place, frame):
                results.append(run.call_values(method, arguments, frame, call))
            case _:
                name = target.name if isinstance(target, UnknownValue) else ""
                results.append(unknown_calls.unknown_call(run, name, arguments, frame))
    return join(*results)


def _call_symbol(
    run: RunState, target: ExternalSymbol, arguments: Arguments, frame: Frame, call: Call | None
) -> Values:
    """A call of what is imported: a module that is a function itself, a library's function, a command, a client
    that is made, or what nobody knows."""
    name = target.name
    if name in run.program.units:
        exported = imports.attribute_of_module(run, name, frame.semantics.exports[-1], frame)
        callable_ = tuple(v for v in exported if isinstance(v, (FuncVal, ClassVal)))
        if callable_:
            return run.call_values(callable_, arguments, frame, call)
    spec, receiver = library_functions.known(target, frame.index) or (None, ())
    if spec is not None and (run.forwarded or spec.is_ != "forward"):
        handed = replace(arguments, receiver=receiver or arguments.receiver, name=name)
        return dispatch.apply(run, spec, handed, frame)
    if (command := frame.index.command(name)) is not None:
        return dispatch.apply(run, command, replace(arguments, name=name), frame)
    if (client := clients.made_with_token(run, name, arguments, frame)) is not None:
        return (client,)
    return unknown_calls.unknown_call(run, name, arguments, frame)


def _is_method(val: AbstractValue, frame: Frame) -> bool:
    """Whether a bare name means a function: one of the repository, or one that the catalog knows."""
    if isinstance(val, FuncVal):
        return bool(val.func.name)
    return isinstance(val, ExternalSymbol) and val.name[:1].islower() and frame.index.function(val.name) is not None


def _is_elsewhere(val: AbstractValue) -> bool:
    """Whether a member is nothing that the code has given it."""
    return isinstance(val, (UnknownValue, ExternalSymbol))
