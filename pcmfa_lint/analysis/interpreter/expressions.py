"""The values of expressions: names, members, mappings."""

from __future__ import annotations

from collections.abc import Collection

from pcmfa_lint.analysis.effects.sending import given_up
from pcmfa_lint.analysis.effects.values import copies, sorted_out
from pcmfa_lint.analysis.interpreter import imports
from pcmfa_lint.analysis.interpreter.classes import implicit_this, members, objects
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.values.alternatives import join, labelled, texts
from pcmfa_lint.analysis.values.building import concat, merge
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ExternalSymbol,
    FuncVal,
    ListValue,
    MappingValue,
    ObjectValue,
    ResponseValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.exhaustive import assert_never
from pcmfa_lint.ir.nodes import (
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Expression,
    ExpressionStatement,
    Lambda,
    Mapping,
    Member,
    Name,
    Seq,
    Stmt,
    Text,
    Unknown,
)

FIELD = "the name of the field"  # of a token request, while a loop runs over its fields


def evaluate(run: RunState, value: Expression, frame: Frame, used: bool = True) -> Values:
    """The values that an expression can have. `used`: False where the result is thrown away."""
    run.budget.step()
    vals = _eval(run, value, frame, used)
    if run.watched_values is not None:
        run.watched_values[id(value)] = vals
    return vals


def _eval(run: RunState, value: Expression, frame: Frame, used: bool) -> Values:
    match value:
        case Text(value=text):
            return (StringValue(text, place=frame.place(value)),)
        case Name():
            return run.evaluate_name(values_of_name(run, value, frame), value, frame)
        case Member(key=Text(kind="bare")) if frame.semantics.uniform_access:
            return run.evaluate_member(value, frame)
        case Member():
            return values_of_member(run, value, frame)
        case Call():
            return run.call(value, frame, used)
        case Concatenation(parts=parts):
            return concat([run.eval(part, frame) for part in parts], frame.place(value))
        case Mapping():
            return _mapping(run, value, frame)
        case Seq(items=items):
            return (ListValue(tuple(run.eval(item, frame) for item in items), place=frame.place(value)),)
        case Lambda(func=func):
            closure = FuncVal(func, frame.unit, this=_this(frame), env=frame.env, place=frame.place(value))
            run.lambdas.setdefault(id(func), closure)
            return (closure,)
        case Conditional(items=items, test=test):
            return _choice(run, items, test, frame)
        case Block(body=body):
            return _value_block(run, body, frame, used)
        case Compare(left=left, right=right):
            run.eval(left, frame)
            run.eval(right, frame)
            return UNCLEAR
        case BooleanOperation(items=items) | Unknown(parts=items):
            return _operation(run, value, [run.eval(item, frame) for item in items], frame)
        case _:
            return assert_never(value)


def _operation(run: RunState, value: BooleanOperation | Unknown, results: list[Values], frame: Frame) -> Values:
    """What is only run for its parts, but for a few forms that the readers name."""
    reason = value.reason if isinstance(value, Unknown) else ""
    if reason == "yield":
        hands_on = frame.func is not None and frame.func.func.name in frame.index.forwards
        if hands_on and run.forwarded and not any(isinstance(v, (ResponseValue, TokenValue)) for v in join(*results)):
            return run.forwarded[-1]  # it is the request that is to be sent
        frame.returns += results
        return join(*results) or UNCLEAR
    if reason == "key":
        return frame.env.vars.get(FIELD, UNCLEAR)
    if reason == "include" and isinstance(value, Unknown):
        return imports.included(run, value, frame) or UNCLEAR
    return UNCLEAR


def goes_on(run: RunState, frame: Frame) -> bool:
    """Whether an error that nobody waits for ends nothing here: anywhere, or only in the code of a page."""
    page = frame.semantics.page
    return not page or not run.program.outline.names(frame.unit).isdisjoint(page)


def _choice(run: RunState, items: tuple[Expression, ...], test: Expression | None, frame: Frame) -> Values:
    if test is None:
        return _default(run, items, frame)
    bodies = [(ExpressionStatement(item, item.span),) for item in items]
    checks = run.judge_tests([(test, bodies[0]), *((None, body) for body in bodies[1:])], frame)
    is_given = truth_in_this_call(run, test, frame)
    reachable = slice(None) if is_given is None else slice(0, 1) if is_given else slice(1, None)
    results: list[Values] = []
    for item, body in zip(items[reachable], bodies[reachable], strict=True):
        failed = [number for number, check in checks.items() if check.branch is body]
        results.append(given_up.marked(run.eval(item, frame), failed))
    return join(*results)


def _default(run: RunState, items: tuple[Expression, ...], frame: Frame) -> Values:
    """`a or b`, `a ?? b`: the first may be nothing because a request failed, and then the second runs."""
    results = [run.eval(items[0], frame)]
    fallback = (ExpressionStatement(items[1], items[1].span),) if len(items) == 2 else ()
    if fallback and any(isinstance(v, ResponseValue) and v.part in ("failed", "ok") for v in results[0]):
        nothing = Compare("is", items[0], Text("None", items[0].span, "constant"), items[0].span)
        run.note_checks([(nothing, fallback)], {id(items[0]): results[0]}, frame)
    return join(*results, *(run.eval(item, frame) for item in items[1:]))


def _value_block(run: RunState, body: tuple[Stmt, ...], frame: Frame, used: bool) -> Values:
    saved, frame.outputs = frame.outputs, []
    valued, frame.valued = frame.valued, used
    run.block(body, frame)
    frame.valued = valued
    vals, frame.outputs = join(*frame.outputs) if frame.outputs else (), saved
    tests = [frame.place(test) for test in sorted_out.tests_of_loop(body)]
    return sorted_out.sorted_by(run, vals, tests, "keep", frame.place(body[0])) if tests and vals else vals or UNCLEAR


def _mapping(run: RunState, value: Mapping, frame: Frame) -> Values:
    built = [MappingValue((), place=frame.place(value))]
    spread_values: list[AbstractValue] = []
    for spread in value.spreads:
        values = run.as_sources(run.eval(spread, frame), frame)
        spread_values += values
        built = [merge(left, val) for left in built for val in values][:4] or built
    records = [val for val in spread_values if isinstance(val, ObjectValue) and val.cls is not None]
    entries: list[tuple[str, Values]] = []
    for entry in value.entries:
        vals, keys = run.eval(entry.value, frame), run.eval(entry.key, frame)
        alone = len(value.entries) == 1 and not texts(keys) and entry.span == value.span
        if alone and not built[0].with_unnamed(keys, vals).rest:  # a pair with a status
            return (ListValue((keys, vals), place=frame.place(value)),)
        for key in texts(keys) or [""]:
            if key:
                entries.append((key, labelled(vals, key)))
            else:
                built = [m.with_unnamed(keys, vals) for m in built]
    if frame.semantics.types_by_name and records:  # `record with { A = b }`
        return tuple(copies.copied(run, one, entries, frame.place(value)) for one in records)
    return tuple(m.with_entries(entries) for m in built)


def values_of_name(run: RunState, value: Name, frame: Frame) -> Values:
    key = frame.index.key(value.id)
    if key in ("this", "self") and frame.this and frame.semantics.dynamic_scope:
        return frame.this
    vals = run.lookup(key, frame)
    if value.scope in ("global", "script") or (vals is None and frame.semantics.module_files):
        vals = _shared_variable(run, key, value.scope or "script", vals, frame)
    if vals is None and key == frame.semantics.receiver:
        cls = objects.home(run, frame)[1]  # a field's initialiser and a static method know their class only
        if frame.this or cls is not None:
            return frame.this or (cls,)  # type: ignore[return-value]
    if vals is not None:
        return vals
    if frame.semantics.declarations:
        return _by_name(run, value, frame)
    if not frame.semantics.dynamic_scope or "." in value.id:
        vals = run.imported(value.id, frame) or _imported_unseen(run, value.id, frame)
        return vals or (ExternalSymbol(value.id, place=frame.place(value)),)
    cls = run.program.cls(frame.unit, value.id)
    return (cls,) if cls is not None else (UnknownValue(value.id, place=frame.place(value), label=value.id),)


def _imported_unseen(run: RunState, name: str, frame: Frame) -> Values:
    """What one other file has at its top under a name that nothing here gives: a framework or a page imports it."""
    if not frame.semantics.exports or frame.index.function(name) is not None or frame.index.read(name) is not None:
        return ()
    func = run.program.function(frame.unit, name)
    declares = run.program.variable(frame.unit, name) if func is None else func.unit
    if declares is None or declares.path == frame.unit.path:
        return ()
    return run.ensure(declares).vars.get(name, ())


def _shared_variable(run: RunState, key: str, scope: str, own: Values | None, frame: Frame) -> Values | None:
    """A variable of a scope that the files of a module share: what this file knows of it, and what others leave."""
    holder = run.program.shared_scope(frame.unit, scope)
    others = run.shared(holder, key) if holder else ()
    if not others:
        return own
    start = own is not None and all(isinstance(v, StringValue) and v.text in ("", "None") for v in own)
    return others if start or own is None else join(own, others)


def _by_name(run: RunState, value: Name, frame: Frame) -> Values:
    """A name that no variable has: a member of the object or its class, a type, or something unknown."""
    place = frame.place(value)
    values = implicit_this.member(run, value.id, place, frame) or objects.bare(run, value.id, place, frame)
    if values is not None:
        return values
    cls = run.program.cls(frame.unit, value.id.rpartition(".")[2])
    if cls is not None:
        return (cls,)
    values = objects.by_import(run, value.id, place, frame)
    if values is not None:
        return values
    catalogued = frame.index.function(value.id) is not None
    func = run.program.function(frame.unit, value.id if catalogued else value.id.rpartition(".")[2])
    if func is not None and not func.func.owner:
        return (func,)
    last = value.id.rpartition(".")[2]  # behind the name of its module
    declares = run.program.variable(frame.unit, last)
    if declares is not None and (vals := run.ensure(declares).vars.get(last)):
        return vals
    if value.id[:1].islower() and not catalogued:
        return (UnknownValue(value.id, place=place, label=value.id),)
    return run.imported(value.id, frame) or (ExternalSymbol(value.id, place=place),)


def truth_in_this_call(run: RunState, test: Expression, frame: Frame) -> bool | None:
    """The result of a test of a parameter in this call: whether the caller gave it, and what. None if that is not
    known, or decided elsewhere: what the code itself sets may be set otherwise tomorrow."""
    if isinstance(test, BooleanOperation) and test.op == "not":
        inner = truth_in_this_call(run, test.items[0], frame)
        return None if inner is None else not inner
    if not isinstance(test, Name) or frame.caller is None or frame.func is None:
        return None
    vals = run.lookup(frame.index.key(test.id), frame) or ()
    own = any(param.name == test.id for param in frame.func.func.params)
    names = {val.text for val in vals if isinstance(val, StringValue)}
    absent = [val for val in vals if isinstance(val, UnknownValue) and val.absent]
    if len(absent) + sum(isinstance(val, StringValue) for val in vals) < len(vals) or not vals:
        return None
    if names <= {"False", "None", ""} and (absent or own):
        return False
    return True if own and not absent and names == {"True"} else None


def lookup(run: RunState, key: str, frame: Frame) -> Values | None:
    """A variable: in this scope and those around it; where names are dynamic, in the callers' scopes too."""
    vals = frame.env.get(key)
    if vals is not None or not frame.semantics.dynamic_scope:
        return vals
    if not run.program.outline.may_be_set(key) and not frame.semantics.preference.tells(key):
        return vals
    with_step = [frame]
    caller = frame.caller
    while vals is None and caller is not None:
        vals = caller.env.get(key)
        with_step.append(caller)
        caller = caller.caller
    for one in with_step if vals is None else with_step[:-1]:
        one.free.setdefault(key, vals)
    return vals


def values_of_member(run: RunState, value: Member, frame: Frame) -> Values:
    name = walk.dotted(value)
    spec = frame.index.read(walk.dotted(value.base)) if name or isinstance(value.base, (Name, Member)) else None
    keys = run.eval(value.key, frame)
    place = frame.place(value)
    if spec is not None and not is_shadowed(run, value.base, frame, texts(keys)):
        return members.entry(run, spec, keys, place, frame)
    bases = run.eval(value.base, frame)
    accessed = [implicit_this.accessor(run, base, keys, place, frame) for base in bases]
    results = [
        run.member_of(base, keys, place, frame) if v is None else v for base, v in zip(bases, accessed, strict=True)
    ]
    return join(*results) or UNCLEAR


def is_shadowed(run: RunState, base: Expression, frame: Frame, names: Collection[str] = ()) -> bool:
    """Whether a place that the catalog knows is something else here: a variable, or a class with such members."""
    root = base
    while isinstance(root, Member):
        root = root.base
    if not isinstance(root, Name):
        return False
    own = run.program.cls(frame.unit, root.id.rpartition(".")[2]) if root is base else None
    if own is not None and not set(names).isdisjoint(objects.members(run, own)):
        return True
    vals = run.lookup(frame.index.key(root.id), frame)
    if vals is None and not frame.semantics.dynamic_scope:
        vals = run.imported(root.id, frame)
    return any(
        imports.module_env(run, v.name, frame) is not None
        if isinstance(v, ExternalSymbol)
        else not isinstance(v, UnknownValue)
        for v in vals or ()
    )


def _this(frame: Frame) -> ObjectValue | None:
    return next((v for v in frame.this if isinstance(v, ObjectValue)), None)
