"""Text that is filled into a pattern is followed as text that is joined with `+` is: each of its alternatives."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls

ROOT, OTHER = "https://api.partnercenter.microsoft.com/v1", "https://pc-proxy.tailspin.example/v1"

CODE = {
    "a.py": f"""
import requests

def customers(proxied):
    root = "{OTHER}" if proxied else "{ROOT}"
    return requests.get(FILLED, timeout=9).json()
""",
    "a.go": f"""
package a

func customers(proxied bool) (*http.Response, error) {{
	root := "{ROOT}"
	if proxied {{
		root = "{OTHER}"
	}}
	return http.Get(FILLED)
}}
""",
    "A.java": f"""
class A {{
    String customers(boolean proxied) throws Exception {{
        String root = proxied ? "{OTHER}" : "{ROOT}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(FILLED)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }}
}}
""",
    "a.cs": f"""
class A
{{
    readonly HttpClient http = new HttpClient();
    async Task<string> Customers(bool proxied)
    {{
        var root = proxied ? "{OTHER}" : "{ROOT}";
        return await (await http.GetAsync(FILLED)).Content.ReadAsStringAsync();
    }}
}}
""",
    "a.ps1": f"""
$root = if ($proxied) {{ '{OTHER}' }} else {{ '{ROOT}' }}
Invoke-RestMethod (FILLED)
""",
}


@pytest.mark.parametrize(
    ("path", "filled"),
    [
        ("a.py", '"{}/customers".format(root)'),
        ("a.py", '"%s/customers" % root'),
        ("a.py", '"{base}/customers".format(base=root)'),
        ("a.go", 'fmt.Sprintf("%s/customers", root)'),
        ("A.java", 'String.format("%s/customers", root)'),
        ("a.cs", 'string.Format("{0}/customers", root)'),
        ("a.ps1", "'{0}/customers' -f $root"),
    ],
)
def test_each_thing_that_may_be_filled_in_is_followed(path: str, filled: str) -> None:
    assert api_calls({path: CODE[path].replace("FILLED", filled)})
