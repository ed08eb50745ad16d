"""Time grows with the size of the code, and no faster: counted in steps, which are the same on every machine."""

from __future__ import annotations

import pytest

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.interpreter.run import Interpreter
from pcmfa_lint.analysis.program.symbols import Program
from pcmfa_lint.analysis.state import budget
from pcmfa_lint.evidence.model import NOT_AGAIN, TOO_MUCH
from pcmfa_lint.limits import AGAIN_STEPS, AGAIN_STEPS_A_LINE, FILE_STEPS_A_LINE, SHARED_STEPS, SHARED_STEPS_A_LINE
from tests.helpers.code import findings, knowledge, units

ROOT = "https://api.partnercenter.microsoft.com/v1/"
SEND = f"""\
import requests


def send(path):
    answer = requests.get("{ROOT}" + path, timeout=9)
    answer.raise_for_status()
    return answer.json()
"""


def callers(count: int) -> dict[str, str]:
    """One wrapper and so many callers, each with an address of its own; the last one hides every error."""
    rows = ["from send import send", *(f"def f{n}():\n    return send('customers/{n}')" for n in range(count - 1))]
    rows += ["def last():", "    try:", "        return send('last')", "    except Exception:", "        return None"]
    return {"send.py": SEND, "callers.py": "\n".join(rows) + "\n"}


def chain(count: int) -> dict[str, str]:
    """So many wrappers, one around the other; who calls them hides every error."""
    rows = ["from send import send", "def f0(path):\n    return send(path)"]
    rows += [f"def f{n}(path):\n    return f{n - 1}(path)" for n in range(1, count)]
    rows += ["try:", f"    f{count - 1}('customers')", "except Exception:", "    pass"]
    return {"send.py": SEND, "chain.py": "\n".join(rows) + "\n"}


def entries(count: int) -> dict[str, str]:
    """A mapping of so many entries."""
    rows = [
        "from send import send",
        "names = {",
        *(f"    'k{n}': 'v{n}'," for n in range(count)),
        "}",
        "send(names['k1'])",
    ]
    return {"send.py": SEND, "names.py": "\n".join(rows) + "\n"}


def files(count: int) -> dict[str, str]:
    """So many files, each with a caller."""
    text = "from send import send\n\n\ndef run(name):\n    return send('customers/' + name)\n\n\nrun('one')\n"
    return {"send.py": SEND, **{f"job{number}.py": text for number in range(count)}}


def bodies(count: int) -> dict[str, str]:
    """The same as `callers`, but each sends a body with fields of its own."""
    send = SEND.replace("send(path)", "send(path, body=None)").replace("requests.get(", "requests.post(")
    rows = ["from send import send"]
    rows += [
        f"def f{n}():\n    return send('customers', {{'field{n}': 'a text, number {n}'}})" for n in range(count - 1)
    ]
    rows += [
        "def last():",
        "    try:",
        "        return send('last', {'one': 1})",
        "    except Exception:",
        "        return None",
    ]
    return {"send.py": send.replace("timeout=9", "json=body, timeout=9"), "callers.py": "\n".join(rows) + "\n"}


def loops(depth: int) -> dict[str, str]:
    """So many loops, one in the other."""
    rows = ["from send import send"] + [f"{'    ' * n}for a{n} in names:" for n in range(depth)]
    return {"send.py": SEND, "loops.py": "\n".join([*rows, f"{'    ' * depth}send('customers')"]) + "\n"}


def run_over(code: dict[str, str]) -> Interpreter:
    read, catalog = units(code), knowledge().catalog
    run = Interpreter(Program(read, catalog.files), EndpointCatalog(catalog.files))
    run.run(read)
    return run


def steps(code: dict[str, str]) -> int:
    return run_over(code).budget.steps


@pytest.mark.parametrize("shape", [callers, bodies, chain, entries, files])
def test_twice_the_code_takes_twice_the_steps(shape) -> None:  # type: ignore[no-untyped-def]
    assert steps(shape(80)) <= 2.2 * steps(shape(40))


@pytest.mark.parametrize("count", [4, 40, 400])
def test_the_last_of_many_callers_is_judged_like_the_first(count: int) -> None:
    code = callers(count)
    line = code["callers.py"].count("\n", 0, code["callers.py"].index("send('last')")) + 1
    assert ("PCM402", "callers.py", line) in {(f.rule, f.place.path, f.place.span.line) for f in findings(code)}


def test_a_call_is_judged_through_many_wrappers() -> None:
    code = chain(200)
    line = code["chain.py"].count("\n", 0, code["chain.py"].index("f199('customers')")) + 1
    assert ("chain.py", line) in {(f.place.path, f.place.span.line) for f in findings(code) if f.level != "note"}


def test_loops_in_loops_do_not_multiply() -> None:
    assert steps(loops(16)) <= 4.4 * steps(loops(8))  # each loop runs once for each around it, and once more


def test_calls_with_many_bodies_are_not_too_much() -> None:
    code = bodies(400)
    assert not run_over(code).notes
    line = code["callers.py"].count("\n", 0, code["callers.py"].index("send('last'")) + 1
    assert ("PCM402", "callers.py", line) in {(f.rule, f.place.path, f.place.span.line) for f in findings(code)}


def test_what_is_not_followed_twice_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "AGAIN_STEPS", 0)
    monkeypatch.setattr(budget, "AGAIN_STEPS_A_LINE", 0)
    later = {
        "a.py": "from box import box\n\n\ndef read():\n    return box.base\n",
        "b.py": "from box import box\n\n\ndef write():\n    box.base = 'https://api.partnercenter.microsoft.com'\n",
        "box.py": "class Box:\n    def __init__(self):\n        self.base = None\n\n\nbox = Box()\n",
    }
    assert NOT_AGAIN in run_over(later).notes


def handed_on(value: str) -> dict[str, str]:
    """A value that comes to its reader through two objects, each set after it was read."""
    roots = ["def use():\n    return second.held", "def hand_on():\n    second.held = first.held"]
    roots += [f"def begin():\n    first.held = {value}"]
    box = "class Box:\n    def __init__(self):\n        self.held = None\n\n\nfirst = Box()\nsecond = Box()\n"
    return {"box.py": box, "roots.py": "from box import first, second\n\n\n" + "\n\n\n".join(roots) + "\n"}


@pytest.mark.parametrize("value", ["'https://login.microsoftonline.com'", "os.environ['PC_PASSWORD']", "requests.get"])
def test_what_decides_about_requests_is_handed_on_over_three_passes(value: str) -> None:
    code = handed_on(value)
    code["roots.py"] = f"import os\nimport requests\n{code['roots.py']}"
    assert run_over(code).passes == 3


@pytest.mark.parametrize("value", ["0", "'Pending'", "True"])
def test_data_is_followed_a_second_time_and_no_further(value: str) -> None:
    run = run_over(handed_on(value))
    assert (run.passes, NOT_AGAIN in run.notes) == (2, False)


def heirs(count: int) -> dict[str, str]:
    """So many classes, each derived of the one before, that all hand on what the first one gets."""
    rows = ["from send import send", "class A0:", "    def get(self):", "        return send('customers')"]
    for number in range(1, count):
        rows += [f"class A{number}(A{number - 1}):", "    def get(self):", "        return super().get()"]
    return {"send.py": SEND, "heirs.py": "\n".join(rows) + "\n"}


def test_a_file_that_multiplies_its_work_costs_no_more_than_its_length_allows() -> None:
    run = run_over(heirs(400))
    lines = 3 * 400 + SEND.count("\n") + 10
    one_pass = SHARED_STEPS + (FILE_STEPS_A_LINE + SHARED_STEPS_A_LINE) * lines
    assert run.budget.steps <= AGAIN_STEPS + AGAIN_STEPS_A_LINE * lines + one_pass
    assert TOO_MUCH.format(path="heirs.py") in run.notes


def test_what_such_a_file_uses_up_the_others_still_have() -> None:
    other = "from send import send\ndef f():\n    try:\n        send('last')\n    except Exception:\n        return 0\n"
    code = {**heirs(400), "z.py": other}
    assert ("PCM402", "z.py", 4) in {(f.rule, f.place.path, f.place.span.line) for f in findings(code)}


@pytest.mark.parametrize(
    "text",
    [
        f"class A({'A, ' * 40}A):\n    def f(self):\n        return self.g()\n\n\nA().f()\n",
        f"class A({'B, ' * 40}B):\n    pass\n\n\nclass B({'A, ' * 40}A):\n    pass\n\n\nA().f()\nB().g\n",
    ],
)
def test_a_class_of_many_bases_is_asked_once(text: str) -> None:
    assert not run_over({"send.py": SEND, "bases.py": "from send import send\n" + text}).notes


def test_many_classes_of_one_name_that_are_their_own_base_take_linear_time() -> None:
    def same(count: int) -> dict[str, str]:
        return {"same.py": "class A(A):\n    def f(self):\n        return super().f()\n" * count}

    assert steps(same(400)) <= 2.2 * steps(same(200))
