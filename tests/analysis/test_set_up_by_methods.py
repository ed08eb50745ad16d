"""A field that its object's own method gives its first value is filled with what the object was made with."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

SCOPE = "https://api.partnercenter.microsoft.com/.default"
PROGRAMS = {
    "kotlin, called": (
        "A.kt",
        """
class Settings(val word: String)
class Partner(private val settings: Settings) {
    private val app = PublicClientApplication.builder("app").build()
    private val token = signIn()
    private fun signIn() = app.acquireToken(UserNamePasswordParameters.builder(
        setOf("SCOPE"), "svc@contoso.com", settings.word.toCharArray()).build()).join().accessToken()
    fun bearer() = "Bearer " + token
}
fun main() { Partner(Settings(READ)).bearer() }
""",
        'System.getenv("WORD")',
    ),
    "kotlin, handed over": (
        "A.kt",
        """
class Settings(val word: String)
class Partner(private val settings: Settings) {
    private val app = PublicClientApplication.builder("app").build()
    private fun signIn() = app.acquireToken(UserNamePasswordParameters.builder(
        setOf("SCOPE"), "svc@contoso.com", settings.word.toCharArray()).build()).join().accessToken()
    val http = OkHttpClient.Builder().addInterceptor { chain ->
        chain.proceed(chain.request().newBuilder().header("Authorization", "Bearer " + signIn()).build())
    }.build()
}
fun main() {
    val request = Request.Builder().url("https://api.partnercenter.microsoft.com/v1/customers").build()
    Partner(Settings(READ)).http.newCall(request).execute().use { if (it.code == 401) error("refused") }
}
""",
        'System.getenv("WORD")',
    ),
    "java": (
        "Partner.java",
        """
class Partner {
    private final String word;
    private final PublicClientApplication app = PublicClientApplication.builder("app").build();
    private final Supplier<String> token = () -> signIn();
    Partner(String word) { this.word = word; }
    private String signIn() {
        return app.acquireToken(UserNamePasswordParameters.builder(
            Set.of("SCOPE"), "svc@contoso.com", word.toCharArray()).build()).join().accessToken();
    }
    String bearer() { return "Bearer " + token.get(); }
    public static void main(String[] args) { new Partner(READ).bearer(); }
}
""",
        'System.getenv("WORD")',
    ),
    "typescript": (
        "a.ts",
        """
import { PublicClientApplication } from '@azure/msal-node';
class Partner {
  private app = new PublicClientApplication({ auth: { clientId: 'app' } });
  private token = this.signIn();
  constructor(private readonly settings: { word: string }) {}
  async signIn() {
    return this.app.acquireTokenByUsernamePassword({
      scopes: ['SCOPE'], username: 'svc@contoso.com', password: this.settings.word });
  }
  bearer() { return this.token; }
}
new Partner({ word: READ }).bearer();
""",
        "process.env.WORD!",
    ),
    "groovy": (
        "a.groovy",
        """
class Partner {
    String word
    private app = PublicClientApplication.builder('app').build()
    @Lazy String token = signIn()
    Partner(String word) { this.word = word }
    String signIn() {
        app.acquireToken(UserNamePasswordParameters.builder(
            ['SCOPE'] as Set, 'svc@contoso.com', word.toCharArray()).build()).join().accessToken()
    }
}
println new Partner(READ).token
""",
        "System.getenv('WORD')",
    ),
}


@pytest.mark.parametrize(("path", "text", "read"), PROGRAMS.values(), ids=PROGRAMS)
def test_the_password_is_the_one_that_the_object_was_made_with(path: str, text: str, read: str) -> None:
    program = text.replace("SCOPE", SCOPE)
    assert loud({path: program.replace("READ", read)}, "stored-credential") == ["PCM102"]


@pytest.mark.parametrize(("path", "text", "read"), PROGRAMS.values(), ids=PROGRAMS)
def test_a_password_that_nobody_keeps_is_not_stored(path: str, text: str, read: str) -> None:
    asked = "asked.forPassword()"
    assert loud({path: text.replace("SCOPE", SCOPE).replace("READ", asked)}, "stored-credential") == []
