"""Methods that nobody in sight calls, of classes of which only derived ones can be made: each derived class tells the
address, the account, the audience."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

BASES = {
    "Base.java": """
public abstract class Base {
    private final RestTemplate rest = new RestTemplate();
    protected abstract String root();

    public String list() {
        try {
            return rest.getForObject(root() + "/customers", String.class);
        } catch (RestClientException e) {
            return "";
        }
    }
}
""",
    "Base.kt": """
abstract class Base {
    private val rest = RestTemplate()
    protected abstract val root: String

    fun list(): String = try {
        rest.getForObject("$root/customers", String::class.java)
    } catch (e: RestClientException) {
        ""
    }
}
""",
    "Base.cs": """
using System.Net.Http;

public abstract class Base
{
    private readonly HttpClient http = new HttpClient();
    protected abstract string Root { get; }

    public async Task<string> List()
    {
        var answer = await http.GetAsync(Root + "/customers");
        return await answer.Content.ReadAsStringAsync();
    }
}
""",
    "Base.vb": """
Imports System.Net.Http

Public MustInherit Class Base
    Private ReadOnly http As New HttpClient()
    Protected MustOverride ReadOnly Property Root As String

    Public Async Function List() As Task(Of String)
        Dim answer = Await http.GetAsync(Root & "/customers")
        Return Await answer.Content.ReadAsStringAsync()
    End Function
End Class
""",
    "base.py": """
import requests


class Base:
    root = ""

    def list(self):
        return requests.get(self.root + "/customers").json()
""",
    "base.ts": """
export abstract class Base {
  protected abstract readonly root: string

  async list() {
    return (await fetch(this.root + "/customers")).json()
  }
}
""",
    "Base.php": """<?php
abstract class Base
{
    protected string $root = '';

    public function list(): array
    {
        $answer = (new \\GuzzleHttp\\Client(['http_errors' => false]))->get($this->root . '/customers');
        return json_decode((string) $answer->getBody(), true);
    }
}
""",
    "base.rb": """
require 'faraday'

class Base
  def list
    JSON.parse(Faraday.get("#{root}/customers").body)
  end
end
""",
}
DERIVED = {
    "Base.java": ("Own.java", 'public class Own extends Base {\n    protected String root() { return "%s"; }\n}\n'),
    "Base.kt": ("Own.kt", 'class Own : Base() {\n    override val root = "%s"\n}\n'),
    "Base.cs": ("Own.cs", 'public class Own : Base\n{\n    protected override string Root => "%s";\n}\n'),
    "Base.vb": (
        "Own.vb",
        "Public Class Own\n    Inherits Base\n    Protected Overrides ReadOnly Property Root As String\n"
        '        Get\n            Return "%s"\n        End Get\n    End Property\nEnd Class\n',
    ),
    "base.py": ("own.py", 'from base import Base\n\n\nclass Own(Base):\n    root = "%s"\n'),
    "base.ts": (
        "own.ts",
        'import { Base } from "./base"\n\nexport class Own extends Base {\n  protected readonly root = "%s"\n}\n',
    ),
    "Base.php": ("Own.php", "<?php\nfinal class Own extends Base\n{\n    protected string $root = '%s';\n}\n"),
    "base.rb": ("own.rb", "require_relative 'base'\n\nclass Own < Base\n  def root\n    '%s'\n  end\nend\n"),
}
PARTNER = {"partner.toml": 'about = "https://api.partnercenter.microsoft.com/v1"\n'}


@pytest.mark.parametrize("base", BASES)
def test_the_derived_class_tells_whom_the_base_calls(base: str) -> None:
    path, text = DERIVED[base]
    files = {**PARTNER, base: BASES[base]}
    assert loud({**files, path: text % "https://api.partnercenter.microsoft.com/v1"}, "unhandled-401") != []
    assert loud({**files, path: text % "https://shop.fabrikam.example/v1"}, "unhandled-401") == []


def test_what_a_derived_class_replaces_is_not_run_for_it() -> None:
    files = {
        **PARTNER,
        "base.py": BASES["base.py"],
        "own.py": """
from base import Base


class Own(Base):
    root = "https://api.partnercenter.microsoft.com/v1"

    def list(self):
        return []
""",
    }
    assert loud(files, "unhandled-401") == []


def test_account_and_password_of_two_derived_classes_stay_together() -> None:
    files = {
        "base.py": """
import requests


class Base:
    def token(self):
        fields = {"grant_type": "password", "username": self.user, "password": self.word, "resource": self.target}
        answer = requests.post("https://login.microsoftonline.com/contoso/oauth2/token", data=fields)
        answer.raise_for_status()
        return answer.json()["access_token"]
""",
        "own.py": """
from base import Base


class Own(Base):
    user = "agent@contoso.onmicrosoft.com"
    word = "Invented-Passw0rd-1"
    target = "https://api.partnercenter.microsoft.com"
""",
    }
    assert loud(files) == ["PCM101", "PCM201"]
