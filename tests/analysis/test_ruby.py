"""Programs in Ruby: what is called without parentheses, blocks that set something up, answers that are told by type."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_CALL = """\
require 'net/http'
def customers(token)
  uri = URI('https://api.partnercenter.microsoft.com/v1/customers')
  req = Net::HTTP::Get.new(uri)
  req['Authorization'] = "Bearer #{token}"
  res = Net::HTTP.start(uri.hostname, uri.port, use_ssl: true) { |http| http.request(req) }
"""
_PARTY = """\
require 'httparty'
class Api
  include HTTParty
  base_uri 'https://api.partnercenter.microsoft.com'
end
"""
PROGRAMS = {
    "class-that-includes-its-client": (
        _PARTY + "class Customers < Api\n  def all\n    self.class.get('/v1/customers').parsed_response\n  end\nend\n",
        ["PCM401"],
    ),
    "class-method-of-a-derived-client": (
        _PARTY + "class Orders < Api\n  def self.all\n    get('/v1/orders').parsed_response\n  end\nend\n",
        ["PCM401"],
    ),
    "raises-on-the-statuses-that-it-is-given": (
        "require 'httparty'\nanswer = HTTParty.get('https://api.partnercenter.microsoft.com/v1/customers', "
        "headers: headers, raise_on: [401, 500])\nitems = answer.parsed_response['items']\n",
        [],
    ),
    "class-that-includes-something-else": (
        _PARTY.replace("HTTParty", "Other")
        + "class Orders < Api\n  def self.all\n    get('/v1/orders').parsed_response\n  end\nend\n",
        [],
    ),
    "answer-by-type": (
        _CALL + "  case res\n  when Net::HTTPUnauthorized then raise res.body\n  end\n  res.body\nend\n",
        [],
    ),
    "answer-not-looked-at": (_CALL + "  JSON.parse(res.body)\nend\n", ["PCM401"]),
    "hidden-by-a-rescue": (_CALL + "  res.value\n  res.body\nrescue StandardError\n  nil\nend\n", ["PCM402"]),
    "token-that-sends-requests": (
        """\
require 'oauth2'
def customers
  client = OAuth2::Client.new(ENV['APP'], ENV['KEY'], site: 'https://login.microsoftonline.com')
  token = client.password.get_token(ENV['USER'], ENV['PASSWORD'], resource: 'https://api.partnercenter.microsoft.com')
  token.get('https://api.partnercenter.microsoft.com/v1/customers').parsed['items']
rescue OAuth2::Error
  []
end
""",
        ["PCM201", "PCM402"],
    ),
    "here-document-without-its-line-ends": (
        """\
require 'rest-client'
body = <<~FORM.delete("\\n")
  grant_type=password
  &username=jobs@contoso.com&password=#{ENV['PASSWORD']}
  &resource=https://api.partnercenter.microsoft.com
FORM
RestClient.post('https://login.microsoftonline.com/contoso.com/oauth2/token', body)
""",
        ["PCM201"],
    ),
    "configured-by-a-block": (
        """\
module Csp
  class << self
    attr_accessor :settings
    def configure = yield(self.settings ||= Settings.new)
  end
  class Settings
    attr_accessor :user, :password
  end
end
Csp.configure do |c|
  c.user = ENV['PC_USER']
  c.password = ENV['PC_PASSWORD']
end
uri = URI('https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token')
res = Net::HTTP.post_form(uri, 'grant_type' => 'password', 'username' => Csp.settings.user,
  'password' => Csp.settings.password, 'resource' => 'https://api.partnercenter.microsoft.com')
raise 'refused' unless res.code == '200'
""",
        ["PCM201"],
    ),
}


@pytest.mark.parametrize(("text", "rules"), PROGRAMS.values(), ids=PROGRAMS)
def test_what_is_reported(text: str, rules: list[str]) -> None:
    found = loud({"example.rb": text})
    assert [rule for rule in found if rule[3] in "24"] == rules


JOB = """\
class Job
  include Sidekiq::Job
  {said}

  def perform(headers)
    RestClient.get("https://api.partnercenter.microsoft.com/v1/customers", headers)
  end
end
"""


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("", []),
        ("sidekiq_options queue: :low", []),
        ("sidekiq_options retry: false", []),
        ("sidekiq_options retry: 0", []),
        ("sidekiq_options retry: 5", ["PCM403"]),
        ("sidekiq_options retry: 5\n  sidekiq_retry_in { |_, error| :kill }", []),
        ("retry_on StandardError, attempts: 3", ["PCM403"]),
        ("retry_on RestClient::Unauthorized", ["PCM403"]),
        ("retry_on Net::OpenTimeout, Errno::ECONNRESET", []),
        ("discard_on StandardError", ["PCM402"]),
        ("discard_on(StandardError) { |job, error| raise error }", []),
    ],
)
def test_what_a_job_says_of_errors_is_put_around_its_work(said: str, rules: list[str]) -> None:
    assert loud({"job.rb": JOB.format(said=said)}, "unhandled-401") == rules


THREADS = """\
require 'rest-client'
def fetch(id)
  RestClient.get("https://api.partnercenter.microsoft.com/v1/customers/#{id}", headers)
end
threads = ARGV.map { |id| Thread.new { fetch(id) } }
"""


@pytest.mark.parametrize(
    ("asked", "rules"),
    [
        ("threads.each(&:join)", []),
        ("threads.each { |thread| thread.join }", []),
        ("puts threads.map(&:value)", []),
        ("threads.each { |thread| puts thread.status }\nsleep 60", ["PCM412"]),
    ],
)
def test_a_thread_that_is_waited_for_hands_on_its_error(asked: str, rules: list[str]) -> None:
    assert loud({"job.rb": f"{THREADS}{asked}\n"}, "unhandled-401") == rules


LEDGER = """\
require 'faraday'
class Ledger
  def initialize(token)
    @net = Faraday.new(url: 'https://api.partnercenter.microsoft.com/v1/') { |f| f.response :raise_error }
  end
  def fetch(path)
    @net.get(path).body
  end
end
"""


@pytest.mark.parametrize(("rescue", "rules"), [("rescue StandardError\n  []\n", ["PCM402"]), ("", [])])
def test_a_method_of_the_repository_named_fetch_is_that_method(rescue: str, rules: list[str]) -> None:
    names = f"require_relative 'ledger'\ndef names(token)\n  Ledger.new(token).fetch('customers')\n{rescue}end\n"
    assert loud({"ledger.rb": LEDGER, "names.rb": names}, "unhandled-401") == rules


@pytest.mark.parametrize(
    "asked",
    [
        "ENV.fetch('LOGIN', 'https://login.microsoftonline.com/common/oauth2/token')",
        "OPTIONS.fetch(:login)",
        "OPTIONS.fetch(:other) { 'https://login.microsoftonline.com/common/oauth2/token' }",
    ],
)
def test_an_entry_that_is_fetched_or_what_stands_for_it(asked: str) -> None:
    grant = (
        "grant_type: 'password', username: user, password: word, resource: 'https://api.partnercenter.microsoft.com'"
    )
    program = f"""\
require 'net/http'
OPTIONS = {{ login: 'https://login.microsoftonline.com/common/oauth2/token' }}.freeze
def token(user, word)
  answer = Net::HTTP.post_form(URI({asked}), {grant})
  raise answer.body unless answer.is_a?(Net::HTTPSuccess)
  JSON.parse(answer.body).fetch('access_token')
end
"""
    assert loud({"token.rb": program}, "ropc") == ["PCM201"]


@pytest.mark.parametrize(("asked", "rules"), [("puts 'begun'\nsleep 60", ["PCM412"]), ("puts work.value!", [])])
def test_a_future_keeps_its_error_until_it_is_asked(asked: str, rules: list[str]) -> None:
    program = THREADS.partition("threads =")[0] + f"work = Concurrent::Promises.future {{ fetch('1') }}\n{asked}\n"
    assert loud({"job.rb": program}, "unhandled-401") == rules
