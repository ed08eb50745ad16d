"""What happens when it is 401: tests decided under that assumption, and how a block of statements is left then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from pcmfa_lint.analysis.failures.error_answers import STATUS, STATUS_KEYS, hands_on, is_error_answer, is_error_status
from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Block,
    Call,
    Compare,
    Expr,
    Func,
    If,
    Jump,
    Lambda,
    Logic,
    Loop,
    Mapping,
    Member,
    Name,
    Raise,
    Return,
    Seq,
    Stmt,
    Template,
    Text,
    Try,
    Value,
    With,
)

Role = Literal["status", "ok", "response", "answer", "error", "text", "true", "false", ""]
Subject = Callable[[Value], Role]
Words = Callable[[Value], list[str]]
Flags = dict[str, bool]  # variables that hold a known true or false here

_TEXT = re.compile(r"message|error_?details|description|content|body|text|exception|error|reason|\b_\b", re.IGNORECASE)
_CODES = r"900421|\bmfa\b|invalid_grant|interaction_required|consent_required|aadsts"
_IS_401 = re.compile(rf"401|unauthori[sz]ed|{_CODES}", re.IGNORECASE)
_CODE = re.compile(_CODES, re.IGNORECASE)
_RENEW = re.compile(r"token|auth|login|log_?in|sign_?in|refresh|renew|connect|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`truth` of a test if the status is 401; `involved`: it looks at the response; `tells`: it names 401."""

    truth: bool | None = None
    involved: bool = False
    tells: bool = False
    reads_code: bool = False
    accepts: bool = False  # names 401 in one list with statuses of success


def written(value: Value) -> list[str]:
    """The words that a value is written with."""
    return list(_words(value))


def decide(test: Value, subject: Subject, words: Words = written) -> Verdict:
    """The verdict on a test. `subject` says what of the response, if anything, a value is; `words` what it can be
    where it is compared with."""
    match test:
        case Logic(op="not", items=(inner,)):
            v = decide(inner, subject, words)
            return replace(v, truth=None if v.truth is None else not v.truth)
        case Logic(op=op, items=items):
            return _logic(op, [decide(item, subject, words) for item in items])
        case Compare():
            return _compare(test, subject, words)
        case Text(value="True" | "False" as word, kind="constant"):
            return Verdict(word == "True")
        case Block(body=body) if body and isinstance(body[-1], Expr):
            return decide(body[-1].value, subject, words)
        case Call(callee=callee, args=args) if _IS_401.search(walk.last(callee)) or args:
            return _call(test, subject)
        case _:
            role = subject(test)
            if role in ("true", "false"):
                return Verdict(role == "true")
            if role == "error":
                return Verdict(True, True)
            if role in ("ok", "response"):
                return Verdict(False, True)
            return Verdict(None, role != "")


def _logic(op: str, verdicts: list[Verdict]) -> Verdict:
    truths = [v.truth for v in verdicts]
    decisive, rest = (False, True) if op == "and" else (True, False)
    truth: bool | None = decisive if decisive in truths else (None if None in truths else rest)
    if truth is None and op == "and" and any(v.tells and v.truth for v in verdicts):
        truth = True  # `status == 401 and not retried`: the branch is there for 401
    return Verdict(
        truth,
        any(v.involved for v in verdicts),
        any(v.tells for v in verdicts),
        any(v.reads_code for v in verdicts),
        any(v.accepts for v in verdicts),
    )


def _call(test: Call, subject: Subject) -> Verdict:
    """`text.Contains("401")`, `status.startswith("4")`, `is_unauthorized(e)`."""
    name = walk.dotted(test.callee)
    if _IS_401.search(name):
        return Verdict(True, True, True, bool(_CODE.search(name)))
    words = [a.value.value for a in test.args if isinstance(a.value, Text)]
    base = test.callee.base if isinstance(test.callee, Member) else None
    if words and base is not None and subject(base):
        hit = [w for w in words if _IS_401.search(w)]
        return Verdict(True if hit else None, True, bool(hit), any(_CODE.search(w) for w in hit))
    involved = any(subject(a.value) != "" for a in test.args)
    return Verdict(None, involved)


def _compare(test: Compare, subject: Subject, said: Words) -> Verdict:
    for left, right, op in ((test.left, test.right, test.op), (test.right, test.left, _mirrored(test.op))):
        role = subject(left)
        if not role:
            continue
        words = said(right)
        if role in ("true", "false"):
            wanted = [word.casefold() for word in words]
            return Verdict(_same(op, role in wanted) if wanted in (["true"], ["false"]) else None)
        if role == "status" and not any(_CODE.search(word) for word in words):
            return _status(_LISTED.get(op, op), words)
        if role == "answer" and op in (
            "contains",
            "not-contains",
        ):  # `"error" in answer`, `"access_token" not in answer`
            there = any("error" in word for word in words)
            return Verdict(there if op == "contains" else not there, bool(words))
        if role == "ok":
            return Verdict(_same(op, "false" in [w.casefold() for w in words]), True)
        if role in ("response", "error", "answer"):
            if role == "error" and op in ("==", "in"):
                told = any(_CODE.search(word) for word in words)
                return Verdict(True if told else None, True, told, told)
            nothing = any(w.casefold() in ("none", "null", "$null", "false") for w in words)
            return Verdict(_same(op, role != "error") if nothing else None, True)
        hits = [w for w in words if _IS_401.search(w)]
        if role == "text" and not hits:  # something else in the answer is looked for, and not found in a 401
            looks = isinstance(right, Text) and right.kind == "plain" and op in ("match", "like", "contains", "in")
            return Verdict(False) if looks else Verdict()
        positive = not op.startswith(("not", "is-not", "!="))
        return Verdict(positive if hits else None, True, bool(hits), any(_CODE.search(w) for w in hits))
    return Verdict()


def _same(op: str, equal: bool) -> bool | None:
    if op in ("==", "is", "in", "contains"):
        return equal
    if op in ("!=", "is-not", "not-in", "not-contains"):
        return not equal
    return None


_LISTED = {"contains": "in", "not-contains": "not-in"}


def _status(op: str, words: list[str]) -> Verdict:
    names = [_number(word) for word in words]
    numbers = [n for n in names if n is not None]
    tells = 401 in numbers
    if not numbers:
        return Verdict(None, True)
    first = numbers[0]
    truth: bool | None
    if op in ("==", "is", "in", "contains", "like", "match"):
        truth = tells
    elif op in ("!=", "is-not", "not-in", "not-contains", "not-like", "not-match"):
        truth = not tells
    else:
        order = {"<": first > 401, "<=": first >= 401, ">": first < 401, ">=": first <= 401}
        truth, tells = order.get(op), False
    return Verdict(truth, True, tells, accepts=tells and any(200 <= n < 300 for n in numbers))


def _number(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    last = re.split(r"[.:]", word)[-1].casefold()
    last = last.removeprefix("sc_").removeprefix("http_")  # Java's constants
    named = {"unauthorized": 401, "ok": 200, "created": 201, "toomanyrequests": 429, "too_many_requests": 429}
    named |= {"notfound": 404, "not_found": 404, "forbidden": 403, "unauthorised": 401, "accepted": 202}
    if match := re.search(r"\b([1-5]\d\d)\b", word):
        return int(match[1])
    return named.get(last)


def _mirrored(op: str) -> str:
    pairs = {"<": ">", "<=": ">=", "in": "contains", "not-in": "not-contains"}
    return (pairs | {v: k for k, v in pairs.items()}).get(op, op)


def _words(value: Value) -> Iterable[str]:
    if isinstance(value, Text):
        yield value.value
    elif isinstance(value, (Name, Member)):
        yield walk.dotted(value)
    elif isinstance(value, (Seq, Template)):
        for part in value.items if isinstance(value, Seq) else value.parts:
            yield from _words(part)


def in_handler(value: Value) -> Role:
    """The subject inside a catch: whatever is called a status is the status, whatever is called an error is text."""
    parts = [v for v in walk.within(value, lambdas=False) if isinstance(v, (Name, Member))]
    name = " ".join(walk.dotted(v) or walk.last(v) for v in parts)
    if isinstance(value, (Text, Seq)):
        return ""
    if STATUS.search(name):
        return "status"
    return "text" if _TEXT.search(name) else ""


@dataclass(frozen=True, slots=True)
class Leaving:
    """How statements are left when the status is 401: raise, end, value, continue, break, fall-through."""

    exit: str = "fall-through"
    tells: bool = False
    reads_code: bool = False
    logs: bool = False
    keeps: bool = True  # a raise keeps the error it got
    renews: bool = False  # calls something that gets a new token
    other: bool = False  # looks at other statuses


def leave(block: Iterable[Stmt], subject: Subject, index: Index, flags: Flags | None = None) -> Leaving:
    """Follows the statements under the assumption, in order, until something leaves the block. `flags`: what is known
    of variables before; afterwards, what is known then."""
    flags = {} if flags is None else flags
    state = Leaving()

    def role(value: Value) -> Role:
        known = flags.get(index.key(value.id)) if isinstance(value, Name) else None
        return subject(value) if known is None else "true" if known else "false"

    for stmt in block:
        state = _noted(state, stmt, index)
        _remember(stmt, flags, index)
        if isinstance(stmt, If):
            state = _branch(state, stmt.arms, role, index, flags)
        elif isinstance(stmt, (With, Try)):
            state = _joined(state, leave(stmt.body, subject, index, flags))
        elif isinstance(stmt, Expr) and isinstance(stmt.value, Call) and isinstance(stmt.value.callee, Lambda):
            state = _joined(state, leave(stmt.value.callee.func.body, subject, index, dict(flags)))
        elif isinstance(stmt, Loop):
            inner = leave(stmt.body, subject, index, dict(flags))
            state = _joined(state, _with(inner, "fall-through"))
        else:
            state = _with(state, _exit(stmt, index), keeps=_keeps(stmt))
        if state.exit != "fall-through":
            return state
    return state


def _remember(stmt: Stmt, flags: Flags, index: Index) -> None:
    if isinstance(stmt, Assign):
        for target in stmt.targets:
            if isinstance(target, Name):
                key, value = index.key(target.id), stmt.value
                flags.pop(key, None)
                if isinstance(value, Text) and value.kind == "constant" and value.value in ("True", "False"):
                    flags[key] = value.value == "True"


def _with(state: Leaving, way: str, keeps: bool = True) -> Leaving:
    return Leaving(way, state.tells, state.reads_code, state.logs, keeps, state.renews, state.other)


def _joined(state: Leaving, inner: Leaving) -> Leaving:
    return Leaving(
        inner.exit,
        state.tells or inner.tells,
        state.reads_code or inner.reads_code,
        state.logs or inner.logs,
        inner.keeps,
        state.renews or inner.renews,
        state.other or inner.other,
    )


def _noted(state: Leaving, stmt: Stmt, index: Index) -> Leaving:
    logs = state.logs
    renews = state.renews
    for value in (v for head in walk.heads(stmt) for v in walk.within(head)):
        if isinstance(value, Call):
            name = walk.dotted(value.callee)
            spec = index.command(name) if value.kind == "command" else index.function(name)
            spec = spec or index.method(name.rpartition(".")[2], "")
            logs = logs or (spec is not None and spec.is_ == "log" and spec.marker != "quiet")
            renews = renews or bool(_RENEW.search(name))
    return Leaving(state.exit, state.tells, state.reads_code, logs, state.keeps, renews, state.other)


def _branch(state: Leaving, arms: tuple[Arm, ...], subject: Subject, index: Index, flags: Flags) -> Leaving:
    exits: list[Leaving] = []
    before = dict(flags)
    for arm in arms:
        verdict = decide(arm.test, subject) if arm.test is not None else Verdict(True)
        state = Leaving(
            state.exit,
            state.tells or verdict.tells,
            state.reads_code or verdict.reads_code,
            state.logs,
            state.keeps,
            state.renews,
            state.other or (verdict.involved and not verdict.tells),
        )
        if verdict.truth is False:
            continue
        if verdict.truth:
            exits.append(leave(arm.body, subject, index, flags if not exits else before))
            break
        there = dict(before)
        exits.append(leave(arm.body, subject, index, there))
        for name in [n for n in flags if there.get(n) != flags[n]]:
            del flags[name]
    else:
        exits.append(Leaving())  # no arm need be taken
    return _worst(state, exits)


def _worst(state: Leaving, exits: list[Leaving]) -> Leaving:
    """Several ways out: the one that hides most decides; what any of them says is known to be said somewhere."""
    rank = ["fall-through", "continue", "break", "value", "end", "raise"]
    inner = min(exits, key=lambda e: rank.index(e.exit))
    return Leaving(
        inner.exit,
        state.tells or any(e.tells for e in exits),
        state.reads_code or any(e.reads_code for e in exits),
        state.logs or all(e.logs for e in exits) or inner.logs,
        inner.keeps,
        state.renews or any(e.renews for e in exits),
        state.other or any(e.other for e in exits),
    )


def results(func: Func) -> list[Value]:
    """What a short function gives back."""
    return [s.value for s in func.body if isinstance(s, (Return, Expr)) and s.value is not None]


def lets_401_pass(test: Value) -> bool:
    """Whether a test of a status, whatever it is called, holds for 401."""
    if isinstance(test, Text):
        return test.value == "True"
    return decide(test, lambda value: "status" if isinstance(value, Name) else "").truth is True


def _exit(stmt: Stmt, index: Index) -> str:
    match stmt:
        case Return(value=Mapping() as answer) | Assign(targets=(Member(),), value=answer) if is_error_answer(answer):
            return "raise"
        case Assign(targets=(Member(key=Text(value=key)),), value=status) if key in STATUS_KEYS:
            return "raise" if is_error_status(status) else "fall-through"
        case Raise():
            return "raise"
        case Return(value=Call() as call) | Expr(value=Call() as call) if hands_on(call, index):
            return "raise"
        case Return():
            return "value"
        case Jump(kind="exit"):
            return "end"
        case Jump(kind=kind):
            return kind
        case Expr(value=Call(callee=callee, kind=kind)):
            name = walk.dotted(callee)
            spec = index.command(name) if kind == "command" else index.function(name)
            return "end" if spec is not None and spec.is_ == "exit" else "fall-through"
        case _:
            return "fall-through"


def _keeps(stmt: Stmt) -> bool:
    """A raise keeps the status if it re-raises, or hands on the error it got, or says something of a status."""
    if not isinstance(stmt, (Raise, Return, Expr)) or stmt.value is None:
        return True
    inside = list(walk.within(stmt.value))
    types = {id(v.callee) for v in inside if isinstance(v, Call) and v.kind == "new"}
    names = {walk.dotted(v) or walk.last(v) for v in inside if isinstance(v, (Name, Member)) and id(v) not in types}
    return any(STATUS.search(n) or re.search(r"(^|\.)(_|e|ex|err|error|exc|exception)($|\.)", n, re.I) for n in names)


def assigns(block: Iterable[Stmt]) -> bool:
    """Whether a block sets a variable: then the error has become an ordinary value."""
    return any(isinstance(stmt, Assign) for stmt in walk.statements(block))
