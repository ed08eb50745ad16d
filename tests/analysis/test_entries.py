"""A form that is filled by a function that a mapping runs for each entry: it holds what the mapping holds."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

LOGIN = "https://login.microsoftonline.com/contoso/oauth2/token"
JAVA = """
class SignIn {
    private final RestTemplate rest = new RestTemplate();

    String run(String user, String word) {
        Map<String, String> fields = Map.of("grant_type", "password", "username", user, "password", word,
            "resource", "TARGET");
        MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
        %s;
        return rest.postForObject("LOGIN", form, String.class);
    }
}
"""
KOTLIN = """
class SignIn(private val rest: RestTemplate) {
    fun run(user: String, word: String): String? {
        val fields = mapOf("grant_type" to "password", "username" to user, "password" to word, "resource" to "TARGET")
        val form = LinkedMultiValueMap<String, String>()
        %s
        return rest.postForObject("LOGIN", form, String::class.java)
    }
}
"""
SCRIPT = """
export async function signIn(user, word) {
  const fields = { grant_type: "password", username: user, password: word, resource: "TARGET" }
  const form = new URLSearchParams()
  %s
  return fetch("LOGIN", { method: "POST", body: form })
}
"""
PHP = """<?php
function signIn($user, $word)
{
    $fields = collect(['grant_type' => 'password', 'username' => $user, 'password' => $word, 'resource' => 'TARGET']);
    $form = [];
    %s
    return Http::asForm()->post('LOGIN', $form)->throw()->json();
}
"""
RUBY = """
require 'net/http'

def sign_in(user, word)
  fields = { 'grant_type' => 'password', 'username' => user, 'password' => word, 'resource' => 'TARGET' }
  form = {}
  %s
  Net::HTTP.post_form(URI('LOGIN'), form)
end
"""
CASES = {
    "Java, a lambda": ("SignIn.java", JAVA % "fields.forEach((name, value) -> form.add(name, value))"),
    "Java, a method by its name": ("SignIn.java", JAVA % "fields.forEach(form::add)"),
    "Java, at once": ("SignIn.java", JAVA % "form.setAll(fields)"),
    "Kotlin, a pair": ("SignIn.kt", KOTLIN % "fields.forEach { (name, value) -> form.add(name, value) }"),
    "Kotlin, an entry": ("SignIn.kt", KOTLIN % "fields.forEach { form.add(it.key, it.value) }"),
    "Kotlin, two": ("SignIn.kt", KOTLIN % "fields.forEach { name, value -> form.add(name, value) }"),
    "a map": (
        "login.js",
        SCRIPT % "new Map(Object.entries(fields)).forEach((value, name) => form.append(name, value))",
    ),
    "entries": ("login.js", SCRIPT % "Object.entries(fields).forEach(([name, value]) => form.append(name, value))"),
    "a collection": (
        "login.php",
        PHP % "$fields->each(function ($value, $name) use (&$form) { $form[$name] = $value; });",
    ),
    "a block": ("login.rb", RUBY % "fields.each { |name, value| form[name] = value }"),
    "a block of pairs": ("login.rb", RUBY % "fields.each_pair { |name, value| form[name] = value }"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_form_filled_by_entries_is_a_sign_in(case: tuple[str, str]) -> None:
    path, code = case
    code = code.replace("LOGIN", LOGIN)
    assert loud({path: code.replace("TARGET", "https://api.partnercenter.microsoft.com")}, "ropc") == ["PCM201"]
    assert loud({path: code.replace("TARGET", "https://vault.azure.net")}, "ropc") != ["PCM201"]
