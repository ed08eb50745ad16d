"""Methods that an interface of settings only declares give what the settings have, as fields of a class do."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, stored_secrets

PROPERTIES = "csp.root=https://api.partnercenter.microsoft.com/v1\nlog.root=https://logs.example/v1\n"


def java(annotation: str) -> str:
    return f"""\
package acme;

@{annotation}
public interface Csp {{
    String root();
    String word();
}}
"""


@pytest.mark.parametrize(
    ("annotation", "sent"), [('ConfigMapping(prefix = "csp")', 1), ('ConfigMapping(prefix = "log")', 0)]
)
def test_an_address_that_an_interface_declares(annotation: str, sent: int) -> None:
    usage = """\
package acme;

import java.net.URI;
import java.net.http.*;

class Usage {
    private final Csp csp;
    private final HttpClient http = HttpClient.newHttpClient();

    Usage(Csp csp) {
        this.csp = csp;
    }

    String read() throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(csp.root() + "/customers")).build(), null).body();
    }
}
"""
    files = {"application.properties": PROPERTIES, "Csp.java": java(annotation), "Usage.java": usage}
    assert len(api_calls(files)) == sent


@pytest.mark.parametrize(("annotation", "stored"), [('ConfigMapping(prefix = "csp")', 1), ("FunctionalInterface", 0)])
def test_a_password_that_an_interface_declares(annotation: str, stored: int) -> None:
    sign_in = """\
package acme;

import com.microsoft.aad.msal4j.*;
import java.util.Set;

class SignIn {
    void run(PublicClientApplication app, Csp csp) throws Exception {
        app.acquireToken(UserNamePasswordParameters.builder(Set.of("https://api.partnercenter.microsoft.com/.default"),
            "agent@contoso.example", csp.word().toCharArray()).build()).get();
    }
}
"""
    found = stored_secrets({"Csp.java": java(annotation), "SignIn.java": sign_in})
    assert len([secret for secret in found if secret.kind == "password"]) == stored
