"""Tests of a part of the status: its hundreds, its first digit, the span that it lies in."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_CALL = "https://api.partnercenter.microsoft.com/v1/customers"
_GO = (
    'package a\nimport ("fmt"; "io"; "net/http")\nfunc all() ([]byte, error) {\n'
    f'  res, err := http.Get("{_CALL}")\n  if err != nil {{ return nil, err }}\n'
    '  if @@ { return nil, fmt.Errorf("status %d", res.StatusCode) }\n  return io.ReadAll(res.Body)\n}\n'
)
_PYTHON = (
    f'import requests\ndef customers():\n    answer = requests.get("{_CALL}")\n    if @@:\n'
    "        raise RuntimeError(answer.status_code)\n    return answer.json()\n"
)
_JAVASCRIPT = (
    f"export async function all(headers) {{ const answer = await fetch('{_CALL}', {{ headers }});\n"
    "  if (@@) throw new Error('status ' + answer.status); return answer.json(); }\n"
)
_PHP = (
    f"<?php\nfunction all() {{ $curl = curl_init('{_CALL}'); curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);\n"
    "  $text = curl_exec($curl); $status = curl_getinfo($curl, CURLINFO_HTTP_CODE);\n"
    '  if (@@) { throw new RuntimeException("status $status"); } return json_decode($text, true); }\n'
)
_CSHARP = (
    f'class A {{ async Task<string> All(HttpClient http) {{ var answer = await http.GetAsync("{_CALL}");\n'
    '  if (@@) throw new InvalidOperationException("status " + answer.StatusCode);\n'
    "  return await answer.Content.ReadAsStringAsync(); } }\n"
)
_POWERSHELL = (
    f"$answer = Invoke-WebRequest '{_CALL}' -SkipHttpErrorCheck\n"
    'if (@@) { throw "status $($answer.StatusCode)" }\n($answer.Content | ConvertFrom-Json).items\n'
)

TESTS = {
    "go": ("a.go", _GO, "res.StatusCode/100 != 2", "res.StatusCode/100 == 5"),
    "python": ("a.py", _PYTHON, "answer.status_code // 100 != 2", "answer.status_code // 100 == 5"),
    "python-of-a-range": (
        "a.py",
        _PYTHON,
        "answer.status_code not in range(200, 300)",
        "answer.status_code in range(500, 600)",
    ),
    "javascript": (
        "a.js",
        _JAVASCRIPT,
        "Math.floor(answer.status / 100) !== 2",
        "Math.floor(answer.status / 100) === 5",
    ),
    "javascript-first-digit": (
        "a.js",
        _JAVASCRIPT,
        "!String(answer.status).startsWith('2')",
        "String(answer.status).startsWith('5')",
    ),
    "php": ("a.php", _PHP, "intdiv($status, 100) !== 2", "intdiv($status, 100) === 5"),
    "php-first-digit": (
        "a.php",
        _PHP,
        "!str_starts_with((string) $status, '2')",
        "str_starts_with((string) $status, '5')",
    ),
    "csharp": ("a.cs", _CSHARP, "(int)answer.StatusCode / 100 != 2", "(int)answer.StatusCode / 100 == 5"),
    "powershell": (
        "a.ps1",
        _POWERSHELL,
        "[int]($answer.StatusCode / 100) -ne 2",
        "[int]($answer.StatusCode / 100) -eq 5",
    ),
    "powershell-of-a-range": (
        "a.ps1",
        _POWERSHELL,
        "$answer.StatusCode -notin 200..299",
        "$answer.StatusCode -in 500..599",
    ),
}


@pytest.mark.parametrize("name", TESTS)
def test_a_part_of_the_status_is_the_status(name: str) -> None:
    path, text, of_401, of_others = TESTS[name]
    assert loud({path: text.replace("@@", of_401)}) == []
    assert loud({path: text.replace("@@", of_others)}) == ["PCM401"]
