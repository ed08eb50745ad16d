"""Mappings of a file that its functions fill, entry by entry."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_URL = "https://login.microsoftonline.com/fabrikam.example/oauth2/token"
_AUDIENCE = "https://api.partnercenter.microsoft.com"
_FILLED = {
    "a.py": f"""
import sys
import requests
form = {{}}
def add(name, value):
    form[name] = value
add("grant_type", "@@")
add("username", sys.argv[1])
add("password", sys.argv[2])
add("resource", "{_AUDIENCE}")
requests.post("{_URL}", data=form).raise_for_status()
""",
    "a.js": f"""
const form = {{}};
const add = (name, value) => {{ form[name] = value; }};
async function open(user, secret) {{
  add("grant_type", "@@");
  add("username", user);
  add("password", secret);
  add("resource", "{_AUDIENCE}");
  return (await axios.post("{_URL}", form)).data;
}}
""",
    "a.go": f"""
package main

import (
	"net/http"
	"net/url"
)

var form = url.Values{{}}

func add(name, value string) {{ form.Set(name, value) }}

func Open(user, secret string) (*http.Response, error) {{
	add("grant_type", "@@")
	add("username", user)
	add("password", secret)
	add("resource", "{_AUDIENCE}")
	return http.PostForm("{_URL}", form)
}}
""",
    "a.php": f"""<?php
$form = [];
function add($name, $value) {{ global $form; $form[$name] = $value; }}
add('grant_type', '@@');
add('username', $argv[1]);
add('password', $argv[2]);
add('resource', '{_AUDIENCE}');
echo Http::asForm()->post('{_URL}', $form)->throw()->body();
""",
    "a.ps1": f"""
param($user, $secret)
$form = @{{ client_id = 'x' }}
$add = {{ param($name, $value) $form.Add($name, $value) }}
& $add 'grant_type' '@@'
& $add 'username' $user
& $add 'password' $secret
& $add 'resource' '{_AUDIENCE}'
Invoke-RestMethod -Method Post -Uri '{_URL}' -Body $form -ErrorAction Stop
""",
}


@pytest.mark.parametrize("path", _FILLED)
def test_functions_fill_a_form_of_the_file(path: str) -> None:
    assert loud({path: _FILLED[path].replace("@@", "password")}, "ropc") == ["PCM201"]
    assert loud({path: _FILLED[path].replace("@@", "client_credentials")}, "ropc") == []


def test_a_mapping_of_the_function_itself_is_another_one() -> None:
    text = (
        _FILLED["a.py"]
        .replace("@@", "password")
        .replace("    form[name] = value", "    form = {}\n    form[name] = value")
    )
    assert "PCM201" not in loud({"a.py": text}, "ropc")
