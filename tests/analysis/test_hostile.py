"""Code that never ends: cycles, generated modules, wrappers with very many callers, names made at run time.

Whatever it is, linking ends, says the same twice, and names a limit that was reached at most once a file. The times are
far above what is needed; they only tell steps that are counted from steps that are not.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

import pytest

from pcmfa_lint.analysis.analyze import link
from pcmfa_lint.evidence.model import Evidence, TokenRequest
from tests.helpers.code import knowledge, units

URL = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
PARTNER = "https://api.partnercenter.microsoft.com"
BODY = f'{{"grant_type": "password", "resource": "{PARTNER}", "username": "svc@contoso.com", "password": secret}}'
SECONDS = 30.0


def linked(files: Mapping[str, str], seconds: float = SECONDS, again: bool = True) -> Evidence:
    """The evidence, linked twice, in any order of files; the notes name each file at most once. `seconds`: of processor
    time. Not `again`: linked once, since it is large and there is no order of files."""
    read, catalog = units(files), knowledge().catalog
    start = time.process_time()
    found = link(read, catalog)
    assert time.process_time() - start < seconds
    if again:
        assert link(read[::-1], catalog) == found
    named = Counter(path for path in files for note in found.notes if path in note)
    assert all(count == 1 for count in named.values())
    assert len(found.notes) <= len(files)
    return found


def requests_in(found: Evidence) -> list[TokenRequest]:
    return [item for item in found.items if isinstance(item, TokenRequest)]


def test_imports_in_a_circle() -> None:
    files = {
        "a.py": "import requests\nfrom b import RESOURCE\n\nGRANT = 'password'\n",
        "b.py": "from c import URL\n\nRESOURCE = 'https://api.partnercenter.microsoft.com'\n",
        "c.py": f"""\
import requests
from a import GRANT
from b import RESOURCE

URL = "{URL}"
requests.post(URL, data={{"grant_type": GRANT, "resource": RESOURCE}})
""",
    }
    (request,) = requests_in(linked(files))
    assert request.flow == ("ropc",)


def test_scripts_that_source_each_other() -> None:
    files = {
        "a.ps1": f". \"$PSScriptRoot/b.ps1\"\n$url = '{URL}'\n",
        "b.ps1": f"""\
. "$PSScriptRoot/a.ps1"
Invoke-RestMethod -Method Post -Uri $url -Body @{{ grant_type = 'password'; resource = '{PARTNER}' }}
""",
    }
    (request,) = requests_in(linked(files))
    assert request.flow == ("ropc",)


@pytest.mark.parametrize("size", [2, 20])
def test_calls_in_a_circle(size: int) -> None:
    rows = ["import requests"]
    for number in range(size):
        rows += [f"def f{number}(body, n):", f"    f{(number + 1) % size}(body, n - 1)"]
        rows += [f'    requests.post("{URL}", data=body)'] if number == size - 1 else []
    rows.append(f"f0({BODY}, 3)")
    (request,) = requests_in(linked({"a.py": "\n".join(rows) + "\n"}))
    assert request.flow == ("ropc",)


@pytest.mark.parametrize("depth", [40, 400])
def test_what_lies_too_deep_is_read_on_its_own(depth: int) -> None:
    rows = ["import requests"]
    rows += [f"def f{number}(body):\n    f{number + 1}(body)" for number in range(depth)]
    rows += [f'def f{depth}(body):\n    requests.post("{URL}", data=body)', f"f0({BODY})"]
    assert len(requests_in(linked({"a.py": "\n".join(rows) + "\n"}))) == 1


def test_a_function_that_doubles_its_calls() -> None:
    """Each of twenty functions calls the next one twice: 2^20 ways."""
    rows = ["import requests"]
    rows += [f"def f{number}(body):\n    f{number + 1}(body)\n    f{number + 1}(body)" for number in range(20)]
    rows += [f'def f20(body):\n    requests.post("{URL}", data=body)', f"f0({BODY})"]
    (request,) = requests_in(linked({"a.py": "\n".join(rows) + "\n"}))
    assert request.flow == ("ropc",)


def test_a_function_that_doubles_with_other_arguments() -> None:
    """As above, and no call is like another, so that none can be skipped as known."""
    rows = ["import requests"]
    rows += [
        f"def f{number}(body, t):\n    f{number + 1}(body, t + 'a{number}')\n    f{number + 1}(body, t + 'b{number}')"
        for number in range(20)
    ]
    rows += [f'def f20(body, t):\n    requests.post("{URL}", data=dict(body, t=t))', f"f0({BODY}, '')"]
    found = linked({"a.py": "\n".join(rows) + "\n"})
    (request,) = requests_in(found)
    assert "ropc" in request.flow


def test_values_that_double() -> None:
    rows = ["import requests", "t = 'x' if a else 'y'"]
    rows += ["t = t + ('x' if a else 'y') + t"] * 60
    rows += [f"body = {BODY}", "body['t'] = t", f'requests.post("{URL}", data=body)']
    (request,) = requests_in(linked({"a.py": "\n".join(rows) + "\n"}))
    assert request.flow == ("ropc",)


def test_a_mapping_that_holds_itself() -> None:
    text = f"""\
import requests

body = {BODY}
body["self"] = body
for key in body:
    body[key] = dict(body)
requests.post("{URL}", data=body)
"""
    assert len(requests_in(linked({"a.py": text}))) == 1


def test_a_class_that_is_its_own_base() -> None:
    text = f"""\
import requests


class A(B):
    def send(self):
        return self.post({BODY})


class B(A):
    def post(self, body):
        return requests.post(self.url, data=body)


A.url = "{URL}"
A().send()
"""
    linked({"a.py": text})


@pytest.mark.slow
def test_a_generated_module_of_twenty_thousand_lines() -> None:
    rows = ["import requests", "def call(path, body):", f'    return requests.post("{PARTNER}" + path, json=body)']
    for number in range(6_666):
        rows += [f"def op{number}(a, b=None):", f'    body = {{"a": a, "b": b, "n": {number}}}']
        rows += [f'    return call("/v1/customers/{number}", body)']
    assert len(rows) > 20_000
    linked({"generated.py": "\n".join(rows) + "\n"}, 120.0, again=False)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["python", "powershell"])
def test_one_wrapper_with_1400_callers(language: str) -> None:
    if language == "python":
        wrapper = f'import requests\n\n\ndef send(path):\n    return requests.get("{PARTNER}/v1" + path).json()\n'
        files = {"wrapper.py": wrapper}
        files |= {
            f"c{n:04}.py": f'from wrapper import send\n\n\ndef f{n}():\n    return send("/c/{n}")\n'
            for n in range(1_400)
        }
    else:
        files = {"wrapper.ps1": f'function Send-It($Path) {{ Invoke-RestMethod -Uri "{PARTNER}/v1$Path" }}\n'}
        files |= {f"c{n:04}.ps1": f"function F{n} {{ Send-It '/c/{n}' }}\nF{n}\n" for n in range(1_400)}
    found = linked(files, 60.0)
    assert found.items


@pytest.mark.parametrize(
    "text",
    [
        f'import requests\n\ngetattr(requests, verb)("{URL}", data={BODY})\n',
        f'import requests\n\ngetattr(requests, "po" + "st")("{URL}", data={BODY})\n',
        f'import importlib\n\nimportlib.import_module(name).post("{URL}", data={BODY})\n',
        f"exec('requests.post(\"{URL}\")')\n",
        f'globals()[name]("{URL}", {BODY})\n',
    ],
)
def test_names_made_at_run_time_in_python(text: str) -> None:
    assert all(
        request.confidence != "certain" or request.flow == ("ropc",) for request in requests_in(linked({"a.py": text}))
    )


@pytest.mark.parametrize(
    "line",
    [
        'Invoke-Expression "Invoke-RestMethod -Uri $url -Body $body"',
        "iex $text",
        "& $command -Uri $url -Body $body",
        "& (Get-Command $name) -Uri $url -Body $body",
        '& "$folder\\tool.exe" $url $body',
        ". $script -Body $body",
        "$object.$method($url, $body)",
        "[scriptblock]::Create($text).Invoke($url, $body)",
    ],
)
def test_names_made_at_run_time_in_powershell(line: str) -> None:
    text = f"$url = '{URL}'\n$body = @{{ grant_type = 'password'; resource = '{PARTNER}' }}\n{line}\n"
    assert [request for request in requests_in(linked({"a.ps1": text})) if request.confidence == "certain"] == []
