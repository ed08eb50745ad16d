"""Variables that a call sets for its caller: `out` and `ref` of C#, `ByRef` of Visual Basic, `&` of PHP."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

PARTNER = {"partner.toml": 'base = "https://api.partnercenter.microsoft.com/v1"\n'}

SENT = {
    "out of a function in sight": (
        "a.cs",
        """
        class Orders {
            bool TryAddress(string id, out string url) {
                url = "https://api.partnercenter.microsoft.com/v1/customers/" + id + "/orders";
                return id != "";
            }
            string Read(HttpClient http, string id) {
                if (!TryAddress(id, out var url)) return "";
                try { return http.GetStringAsync(url).Result; } catch (HttpRequestException) { return ""; }
            }
        }
        """,
    ),
    "out of a mapping": (
        "a.cs",
        """
        class Orders {
            Dictionary<string, string> roots = new() { ["csp"] = "https://api.partnercenter.microsoft.com/v1" };
            string Read(HttpClient http) {
                roots.TryGetValue("csp", out var root);
                try { return http.GetStringAsync(root + "/customers").Result; }
                catch (HttpRequestException) { return ""; }
            }
        }
        """,
    ),
    "ref": (
        "a.cs",
        """
        class Orders {
            void Complete(ref string url) { url = "https://api.partnercenter.microsoft.com/v1/customers"; }
            string Read(HttpClient http) {
                string url = "";
                Complete(ref url);
                try { return http.GetStringAsync(url).Result; } catch (HttpRequestException) { return ""; }
            }
        }
        """,
    ),
    "ByRef": (
        "a.vb",
        """
        Class Orders
            Private Sub Complete(ByRef url As String)
                url = "https://api.partnercenter.microsoft.com/v1/customers"
            End Sub
            Public Function Read(http As HttpClient) As String
                Dim url As String = ""
                Complete(url)
                Try
                    Return http.GetStringAsync(url).Result
                Catch ex As HttpRequestException
                    Return ""
                End Try
            End Function
        End Class
        """,
    ),
    "&": (
        "a.php",
        """<?php
        function complete(string &$url): void { $url = 'https://api.partnercenter.microsoft.com/v1/customers'; }
        function read_all($http) {
            $url = '';
            complete($url);
            try { return $http->request('GET', $url); }
            catch (\\GuzzleHttp\\Exception\\GuzzleException $e) { return null; }
        }
        """,
    ),
}


@pytest.mark.parametrize("kind", SENT)
def test_what_a_call_sets_is_followed(kind: str) -> None:
    path, code = SENT[kind]
    assert loud({**PARTNER, path: code}, "unhandled-401") != []
    elsewhere = code.replace("api.partnercenter.microsoft.com", "api.contoso.com")
    assert loud({**PARTNER, path: elsewhere}, "unhandled-401") == []


EXCHANGE = """
class Gate {
    async Task<string> Token(HttpClient http, SecretClient vault) {
        var form = new Dictionary<string, string> {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = vault.GetSecret("partner-refresh").Value.Value,
            ["scope"] = "https://api.partnercenter.microsoft.com/.default",
        };
        var body = new FormUrlEncodedContent(form);
        var answer = await http.PostAsync("https://login.microsoftonline.com/x/oauth2/v2.0/token", body);
        answer.EnsureSuccessStatusCode();
        var root = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        KEPT
        return READ;
    }
    async Task Use(HttpClient http, SecretClient vault) {
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await Token(http, vault));
        (await http.GetAsync("https://api.partnercenter.microsoft.com/v1/customers")).EnsureSuccessStatusCode();
    }
}
"""
READS = ['root.GetProperty("access_token").GetString()', 'root.SelectToken("access_token").ToString()']
KEEPS = [
    'vault.SetSecret("partner-refresh", root.GetProperty("refresh_token").GetString());',
    'if (root.TryGetProperty("refresh_token", out var next)) vault.SetSecret("partner-refresh", next.GetString());',
]


@pytest.mark.parametrize("read", READS)
def test_a_part_of_an_answer_is_not_the_whole(read: str) -> None:
    """A helper that reads the access token alone throws the new refresh token away; it hands none to its callers."""
    code = EXCHANGE.replace("READ;", f"{read};")
    assert loud({"a.cs": code.replace("KEPT", "")}, "refresh-token") == ["PCM301"]
    for kept in KEEPS:
        assert loud({"a.cs": code.replace("KEPT", kept)}, "refresh-token") == []
