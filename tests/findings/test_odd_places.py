"""What stands where a name could stand is shown if it is shaped like one, and as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcmfa_lint.findings.redaction import excerpt
from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Span

SECRET, PIECES = "Wq7!zT9x#Kd4", ("wq7", "zt9x", "kd4")  # invented
SHOWN = frozenset({"password", "-u", "-p"})
ROWS = [
    row.split(" | ", 1)
    for row in Path(__file__).with_name("odd_places.txt").read_text("utf-8").splitlines()
    if row and not row.startswith("#")
]


def shown(path: str, line: str) -> str:
    unit = read(line.encode(), path)
    return "".join(code.text for code in excerpt(unit, Span(1, 1, 1, len(line) + 1), SHOWN))


@pytest.mark.parametrize(("path", "line"), ROWS, ids=map(" ".join, ROWS))
def test_no_piece_of_a_password_stands_beside_its_mask(path: str, line: str) -> None:
    told = shown(path, line.replace("§", SECRET)).lower()
    assert told
    assert [piece for piece in PIECES if piece in told] == []


@pytest.mark.parametrize("secret", ["Summer2026", "winter99", "Pass-w0rd"])
@pytest.mark.parametrize("line", ["sqlcmd -P§", "mysql -p§ -u x", "plink -pw§;"])
def test_a_value_that_is_glued_to_its_option(line: str, secret: str) -> None:
    assert secret not in shown("a.ps1", line.replace("§", secret))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.ps1", "Get-Item -Path $env:TEMP -Force:$true | ForEach-Object { $_.Name } | select -First $n"),
        ("a.ps1", "Invoke-Sqlcmd2 -Query ${env:ProgramFiles(x86)} ${x} $? $global:y"),
        ("a.ps1", "function Get-Token2 { Az.Accounts\\Get-AzContext } % { ? { !$x } }"),
        ("a.py", "x = a if b != c else ~d @ e[f:g]"),
        ("a.cs", "var x = a?.B ?? c![d] + e!; if (!f) goto g;"),
        ("a.kt", "val x = a!!.b ?: return@forEach; if (y !in z) `is`(x)"),
        ("a.ts", "const x = y!.z as A<B>; this.#p = !q; label: for (;;) {}"),
        ("a.php", "<?php $x->y = A\\B::c(!$d, $e?->f);"),
        ("a.java", "if (!a && b != c) { d.e(f::g); }"),
        ("a.json", '{"PartnerCenter:Password": {"@odata.type": {}, "$schema": {}, "a b/c.d-e_f": {}}}'),
        ("a.xml", "<?xml version='' ?><x><add key='' c-d='' e.f=''/></x>"),
    ],
)
def test_ordinary_code_stays_as_it_is(path: str, line: str) -> None:
    assert shown(path, line) == line


def test_the_conversion_of_an_f_string_is_no_word() -> None:
    assert shown("a.py", "x = f'{value!r:10} {other!s}'") == "x = f'{value!r:***} {other!s}'"
