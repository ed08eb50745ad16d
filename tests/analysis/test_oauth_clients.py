"""Libraries for any identity provider: a client signs in where it was made for, which may be Microsoft or not."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

MICROSOFT = "https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0"
ELSEWHERE = "https://sso.contoso.example/realms/office"
PARTNER = "https://api.partnercenter.microsoft.com/.default"
PASSWORD = {
    "openid-client": (
        "a.mjs",
        """
import { Issuer } from 'openid-client';
const issuer = await Issuer.discover('ISSUER');
const client = new issuer.Client({ client_id: 'app' });
export default await client.grant({
  grant_type: 'password', username: 'svc@contoso.com', password: process.env.WORD, scope: 'SCOPE' });
""",
    ),
    "openid-client with an issuer of its own": (
        "a.js",
        """
const { Issuer } = require('openid-client');
const issuer = new Issuer({ issuer: 'ISSUER', token_endpoint: 'ISSUER/token' });
const client = new issuer.Client({ client_id: 'app' });
module.exports = () => client.grant({
  grant_type: 'password', username: 'svc@contoso.com', password: process.env.WORD, scope: 'SCOPE' });
""",
    ),
    "openid-client of functions": (
        "a.ts",
        """
import * as client from 'openid-client';
const config = await client.discovery(new URL('ISSUER'), 'app');
export default await client.genericGrantRequest(config, 'password', {
  username: 'svc@contoso.com', password: process.env.WORD!, scope: 'SCOPE' });
""",
    ),
    "@badgateway/oauth2-client": (
        "a.ts",
        """
import { OAuth2Client } from '@badgateway/oauth2-client';
const client = new OAuth2Client({ server: 'ISSUER', tokenEndpoint: '/token', clientId: 'app' });
export const token = () => client.password({
  username: 'svc@contoso.com', password: process.env.WORD!, scope: ['SCOPE'] });
""",
    ),
    "Nimbus": (
        "A.java",
        """
import com.nimbusds.oauth2.sdk.*;
class A {
    String token() throws Exception {
        Secret word = new Secret(System.getenv("WORD"));
        AuthorizationGrant grant = new ResourceOwnerPasswordCredentialsGrant("svc@contoso.com", word);
        Scope scope = new Scope("SCOPE");
        TokenRequest request = new TokenRequest(new URI("ISSUER/token"), new ClientID("app"), grant, scope);
        TokenResponse response = TokenResponse.parse(request.toHTTPRequest().send());
        return response.toSuccessResponse().getTokens().getAccessToken().getValue();
    }
}
""",
    ),
    "Nimbus, built": (
        "A.kt",
        """
import com.nimbusds.oauth2.sdk.*
fun token(): String {
    val grant = ResourceOwnerPasswordCredentialsGrant("svc@contoso.com", Secret(System.getenv("WORD")))
    val request = TokenRequest.Builder(URI("ISSUER/token"), ClientID("app"), grant).scope(Scope("SCOPE")).build()
    return TokenResponse.parse(request.toHTTPRequest().send()).toSuccessResponse().tokens.accessToken.value
}
""",
    ),
}


@pytest.mark.parametrize(("path", "text"), PASSWORD.values(), ids=PASSWORD)
def test_a_password_sign_in_at_microsoft_is_one(path: str, text: str) -> None:
    program = text.replace("ISSUER", MICROSOFT).replace("SCOPE", PARTNER)
    assert loud({path: program}, "ropc") == ["PCM201"]


@pytest.mark.parametrize(("path", "text"), PASSWORD.values(), ids=PASSWORD)
def test_one_at_somebody_elses_login_is_nobodys_business(path: str, text: str) -> None:
    program = text.replace("ISSUER", ELSEWHERE).replace("SCOPE", "ledger")
    assert loud({path: program, "partner.toml": f'scope = "{PARTNER}"\n'}) == []


REFRESH = {
    "openid-client": (
        "a.js",
        """
const { Issuer } = require('openid-client');
const fs = require('fs');
module.exports = async () => {
  const issuer = await Issuer.discover('ISSUER');
  const client = new issuer.Client({ client_id: 'app' });
  const set = await client.refresh(fs.readFileSync('refresh.txt', 'utf8'), { exchangeBody: { scope: 'SCOPE' } });
  KEEP(set.refresh_token);
  return set.access_token;
};
""",
        "fs.writeFileSync('refresh.txt', set.refresh_token)",
    ),
    "@badgateway/oauth2-client": (
        "a.ts",
        """
import { OAuth2Client } from '@badgateway/oauth2-client';
import fs from 'node:fs';
const client = new OAuth2Client({ server: 'ISSUER', clientId: 'app' });
export async function token() {
  const old = { accessToken: '', refreshToken: fs.readFileSync('refresh.txt', 'utf8'), expiresAt: null };
  const set = await client.refreshToken(old, { scope: ['SCOPE'] });
  KEEP(set.refresh_token);
  return set.accessToken;
}
""",
        "fs.writeFileSync('refresh.txt', set.refreshToken!)",
    ),
    "Nimbus": (
        "A.java",
        """
import com.nimbusds.oauth2.sdk.*;
class A {
    String token() throws Exception {
        RefreshToken old = new RefreshToken(Files.readString(Path.of("refresh.txt")));
        AuthorizationGrant grant = new RefreshTokenGrant(old);
        Scope scope = new Scope("SCOPE");
        TokenRequest request = new TokenRequest(new URI("ISSUER/token"), new ClientID("app"), grant, scope);
        TokenResponse response = TokenResponse.parse(request.toHTTPRequest().send());
        if (!response.indicatesSuccess()) throw new IllegalStateException(response.toErrorResponse().toString());
        Tokens tokens = response.toSuccessResponse().getTokens();
        KEEP(set.refresh_token);
        return tokens.getAccessToken().getValue();
    }
}
""",
        'Files.writeString(Path.of("refresh.txt"), tokens.getRefreshToken().getValue())',
    ),
}


@pytest.mark.parametrize(("path", "text", "kept"), REFRESH.values(), ids=REFRESH)
def test_the_new_refresh_token_is_dropped_or_kept(path: str, text: str, kept: str) -> None:
    program = text.replace("ISSUER", MICROSOFT).replace("SCOPE", PARTNER)
    assert "PCM301" in loud({path: program.replace("KEEP(set.refresh_token)", "")}, "refresh-token")
    assert "PCM301" not in loud({path: program.replace("KEEP(set.refresh_token)", kept)}, "refresh-token")
