"""Loops that ask for one page after the other repeat nothing; those that ask for the same again do."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

ROOT = "https://api.partnercenter.microsoft.com/v1"
PAGED = {
    "a.py": f"""
import requests

def lines(session):
    url = "{ROOT}/invoices"
    while url:
        page = session.get(url, timeout=9).json()
        yield from page.get("items", [])
        following = page.get("links", {{}}).get("next")
        url = "{ROOT}" + following["uri"] if following else None

print(list(lines(requests.Session())))
""",
    "a.ts": f"""
export async function lines() {{
  const all: unknown[] = [];
  let url: string | null = '{ROOT}/invoices';
  while (url) {{
    const page = await (await fetch(url)).json();
    all.push(...(page.items ?? []));
    url = page.links?.next ? '{ROOT}' + page.links.next.uri : null;
  }}
  return all;
}}
""",
    "a.ps1": f"""
$url = '{ROOT}/invoices'
while ($url) {{
    $page = Invoke-RestMethod $url -SkipHttpErrorCheck
    $page.items
    $url = if ($page.links.next) {{ '{ROOT}' + $page.links.next.uri }} else {{ $null }}
}}
""",
}


@pytest.mark.parametrize("path", PAGED)
def test_the_next_page_is_no_second_try(path: str) -> None:
    (rule,) = loud({path: PAGED[path]}, "unhandled-401")
    assert rule in ("PCM401", "PCM402")  # nothing looks at the status, or only at what came with it


AGAIN = f"""
import time
import requests

def lines(session):
    url = "{ROOT}/invoices"
    while url:
        answer = session.get(url, timeout=9)
        if answer.status_code != 200:
            time.sleep(9)
            continue
        page = answer.json()
        yield from page["items"]
        url = page["links"].get("next")

print(list(lines(requests.Session())))
"""


def test_the_same_page_asked_for_again_is() -> None:
    assert loud({"a.py": AGAIN}, "unhandled-401") == ["PCM403"]
