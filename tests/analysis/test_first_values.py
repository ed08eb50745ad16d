"""A class of settings may give them first values: an address that no file needs to repeat, an empty password."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

HOST = "https://api.partnercenter.microsoft.com/v1"
CSHARP = """
public class Places
{
    public string Root { get; set; } = "HOST";
}
public class Nested
{
    public Places Api { get; set; } = new();
}
public class Rows
{
    private readonly HttpClient http;
    %s
    public async Task<string> State(string id)
    {
        %s
        var answer = await http.GetAsync(places.Root + "/customers/" + id);
        return await answer.Content.ReadAsStringAsync();
    }
}
"""
VB = """
Public Class Places
    Public Property Root As String = "HOST"
End Class
Public Class Rows
    Private ReadOnly places As Places
    Private ReadOnly http As HttpClient
    Public Sub New(options As IOptions(Of Places), http As HttpClient)
        Me.places = options.Value
        Me.http = http
    End Sub
    Public Async Function State(id As String) As Task(Of String)
        Dim answer = Await http.GetAsync(places.Root & "/customers/" & id)
        Return Await answer.Content.ReadAsStringAsync()
    End Function
End Class
"""
RECORD = """
public record Places(string Root = "HOST");
public class Rows(IOptions<Places> places, HttpClient http)
{
    public async Task<string> State(string id)
    {
        var answer = await http.GetAsync($"{places.Value.Root}/customers/{id}");
        return await answer.Content.ReadAsStringAsync();
    }
}
"""
JAVA = """
class Rows {
    @ConfigProperty(name = "ledger.root", defaultValue = "HOST") String root;
    String state(String id) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(root + "/customers/" + id)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
"""
KOTLIN = """
class Rows(@Property(name = "ledger.root", defaultValue = "HOST") private val root: String) {
    fun state(id: String): String {
        val request = HttpRequest.newBuilder(URI.create(root + "/customers/" + id)).build()
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body()
    }
}
"""
FIELD = "Places places; public Rows(HttpClient http, %s) { this.http = http; places = %s; }"
CALLS = {
    "options": ("Rows.cs", CSHARP % (FIELD % ("IOptions<Places> options", "options.Value"), "")),
    "monitor": ("Rows.cs", CSHARP % (FIELD % ("IOptionsMonitor<Places> options", "options.CurrentValue"), "")),
    "nested": ("Rows.cs", CSHARP % (FIELD % ("IOptions<Nested> options", "options.Value.Api"), "")),
    "asked for": ("Rows.cs", CSHARP % (FIELD % ("IConfiguration c", 'c.GetSection("Ledger").Get<Places>()'), "")),
    "bound": (
        "Rows.cs",
        CSHARP
        % (
            "IConfiguration c; public Rows(HttpClient http, IConfiguration c) { this.http = http; this.c = c; }",
            'var places = new Places(); c.GetSection("Ledger").Bind(places);',
        ),
    ),
    "asked of a container": (
        "Rows.cs",
        CSHARP
        % (
            "IServiceProvider all; public Rows(HttpClient http, IServiceProvider all) "
            "{ this.http = http; this.all = all; }",
            "var places = all.GetRequiredService<IOptions<Places>>().Value;",
        ),
    ),
    "record": ("Rows.cs", RECORD),
    "vb": ("Rows.vb", VB),
}
ANNOTATED = {"java": ("Rows.java", JAVA), "kotlin": ("Rows.kt", KOTLIN)}


@pytest.mark.parametrize(("path", "text"), (CALLS | ANNOTATED).values(), ids=CALLS | ANNOTATED)
def test_the_address_that_a_class_gives_its_setting_is_called(path: str, text: str) -> None:
    assert loud({path: text.replace("HOST", HOST)}, "unhandled-401") == ["PCM401"]


@pytest.mark.parametrize(("path", "text"), CALLS.values(), ids=CALLS)
def test_what_the_settings_say_comes_before_it(path: str, text: str) -> None:
    settings = '{"Ledger": {"Api": {"Root": "https://rates.contoso.example"}, "Root": "https://rates.contoso.example"}}'
    files = {path: text.replace("HOST", HOST), "appsettings.json": settings}
    assert loud(files, "unhandled-401") == []


SIGN_IN = {
    "java": {
        "Partner.java": """
@ConfigurationProperties("partner")
public class Partner {
    private String user = "";
    private String password = "";
    public String getUser() { return user; }
    public String getPassword() { return password; }
}
""",
        "SignIn.java": """
public class SignIn {
    private final Partner partner;
    public SignIn(Partner partner) { this.partner = partner; }
    public String token(PublicClientApplication app) {
        return app.acquireToken(UserNamePasswordParameters.builder(Set.of("https://api.partnercenter.microsoft.com/.default"),
            partner.getUser(), partner.getPassword().toCharArray()).build()).join().accessToken();
    }
}
""",
    },
    "python": {
        "settings.py": """
from pydantic_settings import BaseSettings

class Partner(BaseSettings):
    user: str = ""
    password: str = ""
""",
        "sign_in.py": """
import msal
from settings import Partner

partner = Partner()

def token(app: msal.PublicClientApplication):
    scopes = ["https://api.partnercenter.microsoft.com/user_impersonation"]
    return app.acquire_token_by_username_password(partner.user, partner.password, scopes=scopes)
""",
    },
    "csharp": {
        "SignIn.cs": """
public class Partner
{
    public string User { get; set; } = "";
    public string Password { get; set; } = "";
}
public class SignIn(IOptions<Partner> partner)
{
    private static readonly string[] Scopes = { "https://api.partnercenter.microsoft.com/.default" };
    public Task<AuthenticationResult> Token(IPublicClientApplication app) =>
        app.AcquireTokenByUsernamePassword(Scopes, partner.Value.User, partner.Value.Password).ExecuteAsync();
}
""",
    },
}


@pytest.mark.parametrize("files", SIGN_IN.values(), ids=SIGN_IN)
def test_an_empty_password_is_one_that_the_settings_give(files: dict[str, str]) -> None:
    empty = {path: text.replace("", "") for path, text in files.items()}
    assert loud(empty, "stored-credential") == ["PCM102"]
