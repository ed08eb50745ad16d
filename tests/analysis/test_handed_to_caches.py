"""Functions that a cache runs for what it does not hold yet: the exchange stands in them more often than not."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

CACHED = {
    "symfony": (
        "Broker.php",
        """<?php
use Symfony\\Contracts\\Cache\\CacheInterface;
use Symfony\\Contracts\\HttpClient\\HttpClientInterface;
class Broker {
    public function __construct(private HttpClientInterface $http, private CacheInterface $cache) {}
    public function bearer(): string {
        return $this->cache->get('bearer', function ($item): string {
            $url = 'https://login.microsoftonline.com/contoso/oauth2/token';
            $answer = $this->http->request('POST', $url, ['body' => [
                'grant_type' => 'refresh_token', 'refresh_token' => getenv('PARTNER_REFRESH'),
                'resource' => 'https://api.partnercenter.microsoft.com']])->toArray();
            return $answer['access_token'];
        });
    }
}
""",
    ),
    "laravel": (
        "Broker.php",
        """<?php
use Illuminate\\Support\\Facades\\Http;
function bearer($cache) {
    return $cache->remember('bearer', 3000, function () {
        return Http::asForm()->post('https://login.microsoftonline.com/contoso/oauth2/token', [
            'grant_type' => 'refresh_token', 'refresh_token' => getenv('PARTNER_REFRESH'),
            'resource' => 'https://api.partnercenter.microsoft.com'])->throw()->json('access_token');
    });
}
""",
    ),
    "caffeine": (
        "Broker.java",
        """
class Broker {
    private final Cache<String, String> cache = Caffeine.newBuilder().build();
    private final RestTemplate rest = new RestTemplate();
    String bearer() {
        return cache.get("bearer", key -> {
            MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
            form.add("grant_type", "refresh_token");
            form.add("refresh_token", System.getenv("PARTNER_REFRESH"));
            form.add("resource", "https://api.partnercenter.microsoft.com");
            String url = "https://login.microsoftonline.com/contoso/oauth2/token";
            return rest.postForObject(url, form, Token.class).access();
        });
    }
}
""",
    ),
    "django": (
        "broker.py",
        """
import os, requests
from django.core.cache import cache

def ask():
    answer = requests.post("https://login.microsoftonline.com/contoso/oauth2/token", data={
        "grant_type": "refresh_token", "refresh_token": os.environ["PARTNER_REFRESH"],
        "resource": "https://api.partnercenter.microsoft.com"})
    answer.raise_for_status()
    return answer.json()["access_token"]

def bearer():
    return cache.get_or_set("bearer", ask, 3000)
""",
    ),
    "cache-manager": (
        "broker.ts",
        """
export const bearer = (cache: Cache) => cache.wrap('bearer', async () => {
    const res = await fetch('https://login.microsoftonline.com/contoso/oauth2/token', { method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: process.env.PARTNER_REFRESH!,
            resource: 'https://api.partnercenter.microsoft.com' }) });
    if (!res.ok) throw new Error(String(res.status));
    return (await res.json()).access_token;
});
""",
    ),
}


@pytest.mark.parametrize("library", CACHED)
def test_what_a_cache_runs_is_run(library: str) -> None:
    path, code = CACHED[library]
    assert "PCM301" in loud({path: code}, "refresh-token")


SCOPED = "framework:\n  http_client:\n    scoped_clients:\n      partner.client:\n        base_uri: '{}'\n"
HANDLER = """<?php
use Symfony\\Contracts\\HttpClient\\HttpClientInterface;
class Pull {
    public function __construct(private HttpClientInterface $partnerClient, private HttpClientInterface $otherClient) {}
    public function run() { return json_decode($this->partnerClient->request('GET', '/v1/a')->getContent(false)); }
    public function other() { return json_decode($this->otherClient->request('GET', '/v1/a')->getContent(false)); }
}
"""


@pytest.mark.parametrize(
    ("base", "rules"), [("https://api.partnercenter.microsoft.com", ["PCM401"]), ("https://api.contoso.com", [])]
)
def test_a_client_that_is_handed_out_by_name_sends_where_the_settings_say(base: str, rules: list[str]) -> None:
    files = {"config/packages/framework.yaml": SCOPED.format(base), "src/Pull.php": HANDLER}
    assert loud(files, "unhandled-401") == rules
