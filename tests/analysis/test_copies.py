"""A copy of an object that is changed, and the object that stays as it was: each sends to its own address."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, loud

PARTNER, LOGIN = "https://api.partnercenter.microsoft.com", "https://login.microsoftonline.com/contoso/oauth2/token"
CASES = {
    "a record in C#": (
        "Door.cs",
        """
using System.Net.Http;

public record Door(string Url, HttpClient Http)
{
    public Door At(string url) => this with { Url = url };
    public Task<HttpResponseMessage> Send(Dictionary<string, string> form) =>
        Http.PostAsync(Url, new FormUrlEncodedContent(form));
}

public class Job
{
    public async Task Run(string user, string word)
    {
        var door = new Door("PARTNER", new HttpClient());
        var answer = await door.At("LOGIN").Send(new()
        {
            ["grant_type"] = "password", ["username"] = user, ["password"] = word, ["resource"] = "PARTNER",
        });
        answer.EnsureSuccessStatusCode();
    }
}
""",
    ),
    "a data class in Kotlin": (
        "Door.kt",
        """
data class Door(val url: String = "PARTNER", val rest: RestTemplate = RestTemplate()) {
    fun at(url: String) = copy(url = url)
    fun send(form: Map<String, String>): String? =
        rest.postForObject(url, LinkedMultiValueMap<String, String>().apply { setAll(form) }, String::class.java)
}

fun run(user: String, word: String) =
    Door().at("LOGIN").send(
        mapOf("grant_type" to "password", "username" to user, "password" to word, "resource" to "PARTNER")
    )
""",
    ),
    "a value class in Java": (
        "Door.java",
        """
@Value @With
class Door {
    String url = "PARTNER";
    RestTemplate rest = new RestTemplate();
    String send(MultiValueMap<String, String> form) { return rest.postForObject(url, form, String.class); }
}

class Job {
    String run(String user, String word) {
        var form = new LinkedMultiValueMap<String, String>();
        form.add("grant_type", "password");
        form.add("username", user);
        form.add("password", word);
        form.add("resource", "PARTNER");
        return new Door().withUrl("LOGIN").send(form);
    }
}
""",
    ),
    "a data class in Python": (
        "door.py",
        """
import dataclasses

import requests


@dataclasses.dataclass(frozen=True)
class Door:
    url: str = "PARTNER"

    def at(self, url):
        return dataclasses.replace(self, url=url)

    def send(self, form):
        answer = requests.post(self.url, data=form)
        answer.raise_for_status()
        return answer.json()


def run(user, word):
    return Door().at("LOGIN").send(
        {"grant_type": "password", "username": user, "password": word, "resource": "PARTNER"}
    )
""",
    ),
    "a clone in PHP": (
        "door.php",
        """<?php
final class Door
{
    public function __construct(private string $url = 'PARTNER') {}

    public function at(string $url): static
    {
        $copy = clone $this;
        $copy->url = $url;
        return $copy;
    }

    public function send(array $form): array
    {
        return Http::asForm()->post($this->url, $form)->throw()->json();
    }
}

function run($user, $word)
{
    return (new Door())->at('LOGIN')->send(
        ['grant_type' => 'password', 'username' => $user, 'password' => $word, 'resource' => 'PARTNER']
    );
}
""",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_copy_has_the_members_that_were_changed(case: tuple[str, str]) -> None:
    path, code = case
    assert loud({path: code.replace("PARTNER", PARTNER).replace("LOGIN", LOGIN)}) == ["PCM201"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (
            "a.php",
            "<?php\nclass Door {\n    public string $url = 'PARTNER';\n"
            "    public function all() { return Http::get($this->url)->json(); }\n}\n"
            "$door = new Door();\n$other = clone $door;\n$other->url = 'https://shop.fabrikam.example';\n$door->all();\n",
        ),
        (
            "a.py",
            'import copy\nimport requests\n\n\nclass Door:\n    def __init__(self):\n        self.url = "PARTNER"\n\n'
            "    def all(self):\n        return requests.get(self.url).json()\n\n\n"
            'door = Door()\nother = copy.copy(door)\nother.url = "https://shop.fabrikam.example"\ndoor.all()\n',
        ),
    ],
)
def test_what_was_copied_stays_as_it_was(path: str, code: str) -> None:
    (call,) = api_calls({path: code.replace("PARTNER", PARTNER)})
    assert call.host == "api.partnercenter.microsoft.com"
