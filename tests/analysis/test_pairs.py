"""Programs in pairs that look alike, of which one must be reported and the other must not (pairs.toml)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.code import findings, loud

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAIRS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("pairs.toml").read_text("utf-8"))["pair"]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair["name"]))
def test_the_bad_one_only_is_reported(pair: dict[str, Any]) -> None:
    bad, good = (code if isinstance(code, dict) else {pair["path"]: code} for code in (pair["bad"], pair["good"]))
    assert loud(bad, pair["family"]) != []
    assert loud(good, pair["family"]) == []


def test_an_error_that_a_helper_hides_is_reported_at_the_helper_alone() -> None:
    files = {
        "Shop.cs": """
using System.Net;

public static class Shop
{
    public static string Create()
    {
        var request = (HttpWebRequest)WebRequest.Create("https://api.partnercenter.microsoft.com/v1/customers");
        try
        {
            return new StreamReader(request.GetResponse().GetResponseStream()).ReadToEnd();
        }
        catch (WebException)
        {
            return string.Empty;
        }
    }
}
""",
        "Program.cs": """
public static class Program
{
    public static void Main()
    {
        try
        {
            Run();
        }
        catch (Exception e)
        {
            Console.WriteLine(e.Message);
        }
    }

    static void Run()
    {
        var made = Shop.Create();
        if (made == null)
        {
            throw new Exception("nothing was made");
        }
        Console.WriteLine(made);
    }
}
""",
    }
    told = {(each.place.path, each.place.span.line) for each in findings(files) if each.level != "note"}
    assert told == {("Shop.cs", 11)}
