"""What a decorator of the repository puts around a function or a method, whether anybody in sight calls it or not."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_DECORATOR = """\
import functools
import requests

def around(function):
    @functools.wraps(function)
    def inner({given}):
{body}
    return inner
"""
_CALL = """\
requests.get("https://api.partnercenter.microsoft.com/v1/customers", headers={"Authorization": "Bearer " + token})"""
_FUNCTION = f"""
@around
def customers(token):
    answer = {_CALL}
    answer.raise_for_status()
    return answer.json()
"""
_METHOD = f"""
class Customers:
    @around
    def load(self, token):
        answer = {_CALL}
        answer.raise_for_status()
        return answer.json()
"""
_HIDES = """\
        try:
            return function(*args, **kwargs)
        except Exception:
            return []
"""
_RETRIES = """\
        for attempt in range(3):
            try:
                return function(*args, **kwargs)
            except requests.ConnectionError:
                continue
        raise RuntimeError("no answer")
"""
_TELLS_APART = """\
        answer = function(*args, **kwargs)
        if answer.status_code == 401:
            raise PermissionError(answer.text)
        return answer.json()
"""


@pytest.mark.parametrize("decorated", [_FUNCTION, _METHOD], ids=["function", "method"])
@pytest.mark.parametrize("called", [True, False])
@pytest.mark.parametrize(("body", "rules"), [(_HIDES, ["PCM402"]), (_RETRIES, [])], ids=["hides", "retries"])
def test_a_handler_around_what_is_decorated(decorated: str, called: bool, body: str, rules: list[str]) -> None:
    call = {_FUNCTION: "\nprint(customers(token))\n", _METHOD: "\nprint(Customers().load(token))\n"}[decorated]
    program = _DECORATOR.format(given="*args, **kwargs", body=body) + decorated + (call if called else "")
    assert loud({"job.py": program}, "unhandled-401") == rules


def test_a_method_around_which_the_object_is_named() -> None:
    body = _HIDES.replace("(*args", "(self, *args")
    program = _DECORATOR.format(given="self, *args, **kwargs", body=body) + _METHOD
    assert loud({"job.py": program}, "unhandled-401") == ["PCM402"]


@pytest.mark.parametrize("indent", ["", "    "], ids=["function", "method"])
def test_a_status_that_a_decorator_looks_at(indent: str) -> None:
    lines = ["@around", f"def load({'self, ' if indent else ''}token):", f"    return {_CALL}"]
    program = "".join(f"{indent}{line}\n" for line in lines)
    program = _DECORATOR.format(given="*args, **kwargs", body=_TELLS_APART) + ("class A:\n" if indent else "") + program
    assert loud({"job.py": program}, "unhandled-401") == []
