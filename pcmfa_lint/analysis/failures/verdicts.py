"""Tests of an answer or an error, decided under the assumption that the status is 401."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from pcmfa_lint.analysis.failures import status_parts
from pcmfa_lint.analysis.failures.asked_data import asked_data, asked_error
from pcmfa_lint.analysis.failures.error_answers import STATUS
from pcmfa_lint.analysis.failures.roles import Role, Subject, Words
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.ir.nodes import (
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Expression,
    ExpressionStatement,
    Func,
    Member,
    Name,
    Return,
    Seq,
    Text,
)

_TEXT = re.compile(r"message|error_?details|description|content|body|text|exception|error|reason|\b_\b", re.IGNORECASE)
_PARTNER_CODE = r"(?<!\d)9004(?:2[01]?)?(?!\d)"  # also as it begins in a pattern: `90042[01]`, `9004\d\d`
_CODES = rf"{_PARTNER_CODE}|\bmfa\b|invalid_grant|interaction_required|consent_required|aadsts"
_IS_401 = re.compile(rf"401|unauthori[sz]ed|{_CODES}", re.IGNORECASE)
_CODE = re.compile(_CODES, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Truth:
    """`truth` of a test if the status is 401, `good` of the same if it is 200; `involved`: it looks at the response;
    `distinguishes`: it names 401; `once`: and something else that must hold for it."""

    truth: bool | None = None
    involved: bool = False
    distinguishes: bool = False
    reads_code: bool = False
    accepts: bool = False  # names 401 in one list with statuses of success
    good: bool | None = None
    data: bool = False  # asks for nothing but what is in the body
    once: bool = False


def written(value: Expression) -> list[str]:
    """The words that a value is written with."""
    return list(_words(value))


def evaluate_under_401(
    test: Expression, subject: Subject, words: Words = written, refused: int = 401, again: bool = False
) -> Truth:
    """The verdict on a test. `subject` says what of the response, if anything, a value is; `words` what it can be
    where it is compared with; `refused` the status of a refusal: identity providers give 400. `again`: it is not the
    first 401, so what is asked beside the status (`and not renewed`, `and attempt == 0`) no longer holds."""

    def part(value: Expression) -> Role:  # a caught error itself tells nothing yet
        role = subject(value)
        return "" if role == "caught" else role

    return _decide(test, part, words, refused, again)


def _decide(test: Expression, subject: Subject, words: Words, refused: int, again: bool) -> Truth:
    if (holds := asked_data(test, subject)) is not None:
        return Truth(holds, True, good=not holds, data=True)
    if (holds := asked_error(test, subject)) is not None:
        return Truth(holds, True, good=not holds)
    match test:
        case BooleanOperation(op="not", items=(inner,)):
            v = _decide(inner, subject, words, refused, again)
            return replace(v, truth=_not(v.truth), good=_not(v.good))
        case BooleanOperation(op=op, items=items):
            return _logic(op, [_decide(item, subject, words, refused, again) for item in items], again)
        case Compare() if (decided := subject(test)) in ("true", "false"):
            named = decided == "true" and _IS_401.search(walk.last(test.right)) is not None
            return Truth(decided == "true", named, named)
        case Compare():
            return _compare(test, subject, words, refused)
        case Text(value="True" | "False" as word, kind="constant"):
            return Truth(word == "True")
        case Block(body=body) if body and isinstance(body[-1], ExpressionStatement):
            return _decide(body[-1].value, subject, words, refused, again)
        case Call(callee=callee, args=args) if _IS_401.search(walk.last(callee)) or (
            args and not _is_decided(test, subject)
        ):
            return _call(test, subject)
        case _:
            role = subject(test)
            if role in ("true", "false"):
                return Truth(role == "true")
            if role == "error":
                return Truth(True, True, good=False)
            if role in ("ok", "response"):
                return Truth(False, True, good=True)
            return _family(test, subject) or Truth(None, role != "")


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _is_decided(test: Expression, subject: Subject) -> bool:
    """Whether it is known what a value says of the answer."""
    return subject(test) in ("ok", "response", "error", "true", "false")


def _logic(op: str, verdicts: list[Truth], again: bool) -> Truth:
    truth = _combined(op, [v.truth for v in verdicts])
    once = truth is None and op == "and" and any(v.distinguishes and v.truth for v in verdicts)
    if once:
        truth = not again  # `status == 401 and not retried`: the branch is there for 401
    return Truth(
        truth,
        any(v.involved for v in verdicts),
        any(v.distinguishes for v in verdicts),
        any(v.reads_code for v in verdicts),
        any(v.accepts for v in verdicts),
        _combined(op, [v.good for v in verdicts if v.involved]),
        all(v.data for v in verdicts if v.involved),
        once,
    )


def _combined(op: str, truths: list[bool | None]) -> bool | None:
    decisive, rest = (False, True) if op == "and" else (True, False)
    return decisive if decisive in truths else (None if None in truths else rest)


def _call(test: Call, subject: Subject) -> Truth:
    """`text.Contains("401")`, `status.startswith("4")`, `is_unauthorized(e)`."""
    name = walk.dotted(test.callee)
    if _IS_401.search(name):
        return Truth(True, True, True, bool(_CODE.search(name)))
    begun = status_parts.begun(test)
    if begun is not None and "status" in map(subject, walk.within(begun[0])):
        return Truth(begun[1] == "4", True, good=begun[1] == "2")
    words = [a.value.value for a in test.args if isinstance(a.value, Text)]
    base = test.callee.base if isinstance(test.callee, Member) else None
    if words and "answer" in [subject(value) for value in (base, *(arg.value for arg in test.args)) if value]:
        names_error = any("error" in word for word in words)
        truth = names_error != ("null" in walk.last(test.callee).casefold())
        return Truth(truth, True, good=not truth)
    if words and base is not None and subject(base):
        hit = [w for w in words if _IS_401.search(w)]
        return Truth(True if hit else None, True, bool(hit), any(_CODE.search(w) for w in hit))
    involved = any(subject(a.value) != "" for a in test.args)
    return Truth(None, involved)


def _compare(test: Compare, subject: Subject, words_of: Words, refused: int) -> Truth:
    undecided = Truth()
    for left, right, op in ((test.left, test.right, test.op), (test.right, test.left, _mirrored(test.op))):
        status = status_parts.hundreds(left)
        if status is not None and subject(status) == "status":
            return _by_hundreds(op, words_of(right), refused)
        role = subject(_holder(left) if op in ("contains", "not-contains") else left)
        if not role:
            continue
        span = status_parts.interval(right) if role == "status" else None
        if span is not None and op in ("in", "not-in"):
            return Truth((refused in span) == (op == "in"), True, good=(200 in span) == (op == "in"))
        words = words_of(right)
        if role in ("true", "false"):
            folded = [word.casefold() for word in words]
            return Truth(_same(op, role in folded) if folded in (["true"], ["false"]) else None)
        if role == "status" and not any(_CODE.search(word) for word in words):
            undecided = _status(_LISTED.get(op, op), words, refused)
            if undecided.truth is None and subject(right) == "status":
                continue  # `HttpStatus.UNAUTHORIZED == status`: the constant is called a status, too
            return undecided
        if role == "ok":
            truth = _same(op, "false" in [w.casefold() for w in words])
            return Truth(truth, True, good=_not(truth))
        if role in ("response", "error", "answer"):
            return _whole_answer(role, op, words, refused)
        hits = [w for w in words if _IS_401.search(w)]
        if role in ("text", "body") and not hits:  # something else in the answer is looked for, and not found in a 401
            looks = isinstance(right, Text) and right.kind == "plain" and op in ("match", "like", "contains", "in")
            return Truth(False) if looks else Truth()
        positive = not op.startswith(("not", "is-not", "!="))
        return Truth(positive if hits else None, True, bool(hits), any(_CODE.search(w) for w in hits))
    if test.op == "is" and _IS_401.search(walk.last(test.right)):  # an error that is there for 401
        return Truth(True, True, True)
    return Truth()


def _holder(value: Expression) -> Expression:
    """The object whose names are asked for: `answer.PSObject.Properties.Name`, `answer.keys`."""
    inner, names = value, set()
    while isinstance(inner, Member) and (name := walk.last(inner).casefold()) in _NAMES:
        inner = inner.base
        names.add(name)
    return inner if names & _LISTS_NAMES else value


def _whole_answer(role: str, op: str, words: list[str], refused: int) -> Truth:
    """A comparison of a whole answer, or of the error in its place."""
    looked_for = op.removeprefix("not-") in _HOLDS
    names_error = any("error" in word for word in words)
    if looked_for and (role == "answer" or (role == "error" and names_error)):
        wrong = names_error != op.startswith("not-")  # `"error" in answer`, `"access_token" not in answer`
        return Truth(wrong, bool(words), good=not wrong)
    if role != "error" and op in ("is", "is-not", "==", "!=") and (like := _of_answer(words)):
        return _status("in" if op in ("is", "==") else "not-in", like, refused)
    if role == "error" and op in ("==", "in", *_HOLDS):
        reads_code = any(_CODE.search(word) for word in words)
        named = reads_code or (refused == 401 and any(_IS_401.search(word) for word in words))
        return Truth(True if named else None, True, named, reads_code)
    nothing = any(word.casefold() in ("none", "null", "$null", "false") for word in words)
    truth = _same(op, role != "error") if nothing else None
    return Truth(truth, True, good=_not(truth))


_HOLDS = ("contains", "match", "like")
_FAMILIES = (  # what a status is asked, in lower case, and whether it says yes for a refusal, and for 200
    (re.compile(r"is_?(4xx_?)?client_?error|is_?4xx|client_?error|is_?error(_?status)?"), True, False),
    (re.compile(r"is_?(5xx_?)?server_?error|is_?5xx|server_?error|is_?3xx_?\w*|is_?redirect(ion)?"), False, False),
    (re.compile(r"is_?(2xx_?)?success(ful)?|is_?2xx|is_?ok"), False, True),
)


def _family(test: Expression, subject: Subject) -> Truth | None:
    """`status.is4xxClientError()`, `answer.is_error`, `HTTPStatus(status).is_client_error`: the verdict on a question
    of what family a status is. With the digits in its name it is asked of nothing else."""
    member = test.callee if isinstance(test, Call) else test
    name = walk.last(member).casefold().rstrip("?")
    family = next(((refused, good) for pattern, refused, good in _FAMILIES if pattern.fullmatch(name)), None)
    if family is None or not isinstance(member, Member):
        return None
    base = member.base
    inner = (arg.value for arg in base.args) if isinstance(base, Call) else ()
    if "xx" not in name and not any(subject(value) in ("status", "response") for value in (test, base, *inner)):
        return None
    return Truth(family[0], True, good=family[1])


def _of_answer(words: list[str]) -> list[str]:
    """The statuses that a type of answers stands for: `HTTPUnauthorized`, `HTTPSuccess`, `HTTPClientError`."""
    names = [re.split(r"[.:]", word)[-1].casefold().removeprefix("http") for word in words]
    statuses = [status for name in names for status in _ANSWERS.get(name, ())]
    return statuses if names and all(name in _ANSWERS for name in names) else []


_ANSWERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("success", "ok", "created", "accepted", "nocontent"), ("200",)),
    **dict.fromkeys(("redirection", "found", "notfound", "forbidden", "toomanyrequests"), ("404",)),
    "badrequest": ("400",),
    **dict.fromkeys(("servererror", "internalservererror", "serviceunavailable"), ("500",)),
    "unauthorized": ("401",),
}


def _same(op: str, equal: bool) -> bool | None:
    if op in ("==", "is", "in", "contains"):
        return equal
    if op in ("!=", "is-not", "not-in", "not-contains"):
        return not equal
    return None


_LISTS_NAMES = frozenset(("properties", "keys"))
_NAMES = _LISTS_NAMES | {"psobject", "name"}
_LISTED = {"contains": "in", "not-contains": "not-in"}


def _status(op: str, words: list[str], refused: int) -> Truth:
    names = [_number(word) for word in words]
    numbers = [refused if n == 401 else n for n in names if n is not None]
    distinguishes = refused in numbers
    if not numbers:
        return Truth(None, True)
    good = _holds(op, numbers, 200)
    if op in _ORDER:
        return Truth(_holds(op, numbers, refused), True, good=good)
    accepts = distinguishes and any(200 <= n < 300 for n in numbers)
    return Truth(_holds(op, numbers, refused), True, distinguishes, accepts=accepts, good=good)


def _by_hundreds(op: str, words: list[str], refused: int) -> Truth:
    numbers = [int(word) for word in words if word.isdecimal()]
    if not numbers:
        return Truth(None, True)
    return Truth(_holds(op, numbers, refused // 100), True, good=_holds(op, numbers, 2))


_ORDER = ("<", "<=", ">", ">=")


def _holds(op: str, numbers: list[int], status: int) -> bool | None:
    """Whether a comparison with these numbers holds for a status."""
    if op in ("==", "is", "in", "contains", "like", "match"):
        return status in numbers
    if op in ("!=", "is-not", "not-in", "not-contains", "not-like", "not-match"):
        return status not in numbers
    first = numbers[0]
    return {"<": status < first, "<=": status <= first, ">": status > first, ">=": status >= first}.get(op)


def _number(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    last = re.split(r"[.:]", word)[-1].casefold()
    for prefix in ("sc_", "http_", "status_", "status"):  # of constants that stand for a status
        last = last.removeprefix(prefix)
    named = {"unauthorized": 401, "ok": 200, "created": 201, "toomanyrequests": 429, "too_many_requests": 429}
    named |= {"notfound": 404, "not_found": 404, "forbidden": 403, "unauthorised": 401, "accepted": 202}
    named |= {"nocontent": 204, "no_content": 204, "badrequest": 400, "bad_request": 400}
    if match := re.search(r"\b([1-5]\d\d)\b", word):
        return int(match[1])
    return named.get(last)


def _mirrored(op: str) -> str:
    pairs = {"<": ">", "<=": ">=", "in": "contains", "not-in": "not-contains"}
    return (pairs | {v: k for k, v in pairs.items()}).get(op, op)


def _words(value: Expression) -> Iterable[str]:
    if isinstance(value, Text):
        yield value.value
    elif isinstance(value, (Name, Member)):
        yield walk.dotted(value)
    elif isinstance(value, (Seq, Concatenation)):
        for part in value.items if isinstance(value, Seq) else value.parts:
            yield from _words(part)


def in_handler(value: Expression) -> Role:
    """The subject inside a catch: whatever is called a status is the status, whatever is called an error is text."""
    parts = [v for v in walk.within(value, lambdas=False) if isinstance(v, (Name, Member))]
    name = " ".join(walk.dotted(v) or walk.last(v) for v in parts)
    if isinstance(value, (Text, Seq)):
        return ""
    if STATUS.search(name):
        return "status"
    return "text" if _TEXT.search(name) else ""


def in_handler_of(name: str, types: Collection[str]) -> Subject:
    """The subject inside a catch that calls the error by this name. `types`: what it is, as far as it is known."""

    def subject(value: Expression) -> Role:
        if types and isinstance(value, Compare) and value.op == "is" and walk.dotted(value.left) == name:
            type_ = walk.last(value.right).casefold()
            return "true" if type_ in types else "false"
        return "caught" if name and isinstance(value, Name) and value.id == name else in_handler(value)

    return subject


def lets_401_pass(test: Expression) -> bool:
    """Whether a test of a status, whatever it is called, holds for 401."""
    if isinstance(test, Text):
        return test.value == "True"
    return evaluate_under_401(test, lambda value: "status" if isinstance(value, Name) else "").truth is True


def results(func: Func) -> list[Expression]:
    """The results of a short function."""
    return [s.value for s in func.body if isinstance(s, (Return, ExpressionStatement)) and s.value is not None]
