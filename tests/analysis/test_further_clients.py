"""Clients of libraries that are met less often: an answer of any status is an answer, and a test of it a check."""

from __future__ import annotations

import pytest

from tests.helpers.code import findings, loud

PARTNER = {"partner.toml": 'base = "https://api.partnercenter.microsoft.com/v1"\n'}
CALLS = "https://api.partnercenter.microsoft.com/v1/customers"
CODE = {
    "superagent": (
        "a.js",
        f"""
import request from "superagent";
export async function rows() {{
  const r = await request.get("{CALLS}").ok(() => true);
  if (r.status === 401) throw new Error(r.text);
  return r.body.items;
}}
""",
    ),
    "superagent, before it is sent": (
        "a.js",
        f"""
import request from "superagent";
export async function made() {{
  const r = await request.post("{CALLS}").ok((res) => res.status < 500).send({{}});
  if (r.status === 401) throw new Error(r.text);
  return r.body.items;
}}
""",
    ),
    "the first Jersey": (
        "A.java",
        f"""
import com.sun.jersey.api.client.*;
class A {{
  String rows() {{
    ClientResponse r = Client.create().resource("{CALLS}").accept("application/json").get(ClientResponse.class);
    if (r.getStatus() == 401) throw new IllegalStateException("refused");
    return r.getEntity(String.class);
  }}
}}
""",
    ),
    "Jetty": (
        "A.java",
        f"""
import org.eclipse.jetty.client.HttpClient;
class A {{
  HttpClient http = new HttpClient();
  String rows() throws Exception {{
    var r = http.newRequest("{CALLS}").header("Accept", "application/json").send();
    if (r.getStatus() == 401) throw new IllegalStateException("refused");
    return r.getContentAsString();
  }}
}}
""",
    ),
    "jsoup": (
        "A.java",
        f"""
import org.jsoup.Jsoup;
class A {{
  String rows() throws Exception {{
    var r = Jsoup.connect("{CALLS}").ignoreContentType(true).ignoreHttpErrors(true).execute();
    if (r.statusCode() == 401) throw new IllegalStateException("refused");
    return r.body();
  }}
}}
""",
    ),
    "CodeIgniter": (
        "a.php",
        f"""<?php
function rows() {{
  $client = \\Config\\Services::curlrequest(['http_errors' => false]);
  $r = $client->get('{CALLS}');
  if ($r->getStatusCode() === 401) {{ throw new RuntimeException('refused'); }}
  return json_decode($r->getBody(), true)['items'];
}}
""",
    ),
}


@pytest.mark.parametrize("library", CODE)
def test_an_answer_of_any_status_is_an_answer(library: str) -> None:
    path, code = CODE[library]
    assert loud({**PARTNER, path: code}, "unhandled-401") == []
    assert loud({**PARTNER, path: code.replace("401", "404")}, "unhandled-401") == ["PCM401"]


def test_a_form_may_be_made_with_its_first_field() -> None:
    text = """
import javax.ws.rs.client.*;
import javax.ws.rs.core.Form;
class A {
  String token(String user, String secret) {
    Form form = new Form("grant_type", "password");
    form.param("username", user).param("password", secret).param("resource", "https://api.partnercenter.microsoft.com");
    WebTarget login = ClientBuilder.newClient().target("https://login.microsoftonline.com/contoso.example/oauth2/token");
    return login.request().post(Entity.form(form), String.class);
  }
}
"""
    assert "PCM201" in {found.rule for found in findings({"A.java": text})}
