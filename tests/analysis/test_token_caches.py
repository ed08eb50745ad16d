"""The new refresh token that MSAL shows to nobody: it goes where the program writes the library's cache."""

from __future__ import annotations

import pytest

from tests.helpers.code import token_requests

PYTHON = """import atexit
import msal
import msal_extensions
from azure.keyvault.secrets import SecretClient

vault = SecretClient("https://invented.vault.azure.net", credential=None)
{cache}
app = msal.ConfidentialClientApplication("11112222-3333-4444-5555-666677778888", token_cache=cache)
answer = app.acquire_token_by_refresh_token(
    vault.get_secret("partner-token").value, scopes=["https://api.partnercenter.microsoft.com/.default"]
)
{after}
"""
CSHARP = """using Azure.Security.KeyVault.Secrets;
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.Extensions.Msal;

public class Tokens
{{
    private readonly SecretClient vault = new SecretClient(new Uri("https://invented.vault.azure.net"), null);

    public async Task<string> Access()
    {{
        string kept = null;
        var app = ConfidentialClientApplicationBuilder.Create("11112222-3333-4444-5555-666677778888").Build();
        {set}
        var secret = vault.GetSecret("partner-token").Value.Value;
        var scopes = new[] {{ "https://api.partnercenter.microsoft.com/.default" }};
        var answer = await ((IByRefreshToken)app)
            .AcquireTokenByRefreshToken(scopes, secret).ExecuteAsync();
        {after}
        return answer.AccessToken;
    }}

    private void Changed(TokenCacheNotificationArgs args)
    {{
        if (args.HasStateChanged) vault.SetSecret("c", Convert.ToBase64String(args.TokenCache.SerializeMsalV3()));
    }}
}}
"""
JAVASCRIPT = """import fs from "node:fs/promises";
import {{ ConfidentialClientApplication }} from "@azure/msal-node";
import {{ PersistenceCachePlugin }} from "@azure/msal-node-extensions";

{plugin}
const auth = {{ clientId: "11112222-3333-4444-5555-666677778888" }};
const app = new ConfidentialClientApplication({{ auth, cache: {{ cachePlugin }} }});
const answer = await app.acquireTokenByRefreshToken({{
  refreshToken: process.env.PC_REFRESH_TOKEN,
  scopes: ["https://api.partnercenter.microsoft.com/.default"],
}});
"""
JAVA = """import com.microsoft.aad.msal4j.*;
import java.nio.file.*;

class Kept implements ITokenCacheAccessAspect {{
    public void beforeCacheAccess(ITokenCacheAccessContext context) {{
        context.tokenCache().deserialize(Files.readString(Path.of("cache.json")));
    }}
    public void afterCacheAccess(ITokenCacheAccessContext context) {{
        {body}
    }}
}}

class Tokens {{
    String access() throws Exception {{
        ConfidentialClientApplication app = ConfidentialClientApplication
            .builder("11112222-3333-4444-5555-666677778888", secret)
            .setTokenCacheAccessAspect({aspect})
            .build();
        Set<String> scopes = Set.of("https://api.partnercenter.microsoft.com/.default");
        RefreshTokenParameters parameters = RefreshTokenParameters.builder(scopes, System.getenv("PC_TOKEN")).build();
        return app.acquireToken(parameters).join().accessToken();
    }}
}}
"""
OWN = "cache = msal.SerializableTokenCache()"


def fate(file: str, code: str) -> str:
    (request,) = (each for each in token_requests({file: code}) if "refresh-token" in each.flow)
    return request.refresh_token.use


@pytest.mark.parametrize(
    ("cache", "after", "use"),
    [
        (OWN, 'if cache.has_state_changed:\n    vault.set_secret("cache", cache.serialize())', "kept"),
        (OWN, 'with open("cache.bin", "w") as file:\n    file.write(cache.serialize())', "kept"),
        (OWN + '\natexit.register(lambda: open("cache.bin", "w").write(cache.serialize()))', "", "kept"),
        ('cache = msal_extensions.PersistedTokenCache(msal_extensions.FilePersistence("cache.bin"))', "", "kept"),
        (OWN, "", "unknown"),
        ("cache = msal.TokenCache()", 'print("done")', "unknown"),
    ],
)
def test_cache_of_python(cache: str, after: str, use: str) -> None:
    assert fate("a.py", PYTHON.format(cache=cache, after=after)) == use


TEXT = "args.TokenCache.SerializeMsalV3()"
ON_CHANGE = "app.UserTokenCache.SetAfterAccess(args => {{ {0} }});"


@pytest.mark.parametrize(
    ("set_", "after", "use"),
    [
        (ON_CHANGE.format(f'vault.SetSecret("c", Convert.ToBase64String({TEXT}));'), "", "kept"),
        (ON_CHANGE.format(f'File.WriteAllBytes("c.bin", {TEXT});'), "", "kept"),
        (ON_CHANGE.format(f"kept = Encoding.UTF8.GetString({TEXT});"), 'vault.SetSecret("c", kept);', "kept"),
        (ON_CHANGE.format(f'File.WriteAllBytes("c.bin", protector.Protect({TEXT}));'), "", "kept"),
        ("app.UserTokenCache.SetAfterAccess(Changed);", "", "kept"),
        (
            f'app.UserTokenCache.SetAfterAccessAsync(async args => await File.WriteAllBytesAsync("c", {TEXT}));',
            "",
            "kept",
        ),
        ("var helper = await MsalCacheHelper.CreateAsync(p); helper.RegisterCache(app.UserTokenCache);", "", "kept"),
        (ON_CHANGE.format(""), "", "unknown"),
        ("app.UserTokenCache.SetBeforeAccess(args => args.TokenCache.DeserializeMsalV3(old));", "", "dropped"),
    ],
)
def test_cache_of_dotnet(set_: str, after: str, use: str) -> None:
    assert fate("a.cs", CSHARP.format(set=set_, after=after)) == use


PLUGIN = "const cachePlugin = {{ beforeCacheAccess: async (c) => {{}}, afterCacheAccess: async (c) => {{ {0} }} }};"
KEPT = "class Kept {{ async afterCacheAccess(c) {{ {0} }} }} const cachePlugin = new Kept();"
WRITE = 'if (c.cacheHasChanged) await fs.writeFile("c.json", c.tokenCache.serialize());'


@pytest.mark.parametrize(
    ("plugin", "use"),
    [
        (PLUGIN.format(WRITE), "kept"),
        (KEPT.format(WRITE), "kept"),
        ("const cachePlugin = new PersistenceCachePlugin(await persistence());", "kept"),
        (PLUGIN.format(""), "unknown"),
    ],
)
def test_cache_of_node(plugin: str, use: str) -> None:
    assert fate("a.js", JAVASCRIPT.format(plugin=plugin)) == use


JAVA_WRITE = 'if (context.hasCacheChanged()) Files.writeString(Path.of("c"), context.tokenCache().serialize());'


@pytest.mark.parametrize(
    ("aspect", "body", "use"),
    [
        ("new Kept()", JAVA_WRITE, "kept"),
        ("new PersistenceTokenCacheAccessAspect(settings)", "", "kept"),
        ("new Kept()", "", "unknown"),
    ],
)
def test_cache_of_java(aspect: str, body: str, use: str) -> None:
    assert fate("A.java", JAVA.format(aspect=aspect, body=body)) == use
