"""A cell of a notebook that is no Python costs itself alone."""

from __future__ import annotations

import json

import pytest

from tests.helpers.code import loud, units

SIGN_IN = [
    "import requests\n",
    "body = {'grant_type': 'password', 'resource': 'https://api.partnercenter.microsoft.com', 'username': user}\n",
    "body['password'] = password\n",
    "requests.post('https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token', data=body)\n",
]


def notebook(*cells: list[str]) -> str:
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"cells": code, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4}, indent=1)


@pytest.mark.parametrize(
    "cell",
    [
        ["%%bash\n", "for x in a b; do echo $x; done\n"],
        ["\n", "%%sql\n", "select * from x where y = 'a';\n"],
        ["home = !pwd\n", "files, errors = %sx ls\n"],
        ["requests?\n", "?requests\n", "requests.post??\n"],
        ["for name in names:\n", "    !cat {name}\n"],
    ],
)
def test_what_a_notebook_adds_to_python_is_read(cell: list[str]) -> None:
    assert loud({"a.ipynb": notebook(cell, SIGN_IN)}, "ropc") == ["PCM201"]
    assert units({"a.ipynb": notebook(cell, SIGN_IN)})[0].read == "full"


@pytest.mark.parametrize("cell", [["this is no code at all (\n", "]\n"], ["x = (1,\n"], ['"""open\n']])
@pytest.mark.parametrize("first", [True, False])
def test_a_cell_that_is_no_python_costs_itself(cell: list[str], first: bool) -> None:
    text = notebook(cell, SIGN_IN) if first else notebook(SIGN_IN, cell)
    assert loud({"a.ipynb": text}, "ropc") == ["PCM201"]
    assert units({"a.ipynb": text})[0].read == "partly"
