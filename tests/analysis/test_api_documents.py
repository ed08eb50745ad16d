"""Clients that are generated from a description of an API when the program is built: the description is all that tells
whom they call."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

OPENAPI = """
openapi: 3.0.1
info: {{ title: Carriers, version: "1" }}
servers:
  - url: https://{host}/v1
paths:
  /carriers:
    get:
      operationId: {operation}
"""
SWAGGER = """{{
  "swagger": "2.0", "host": "{host}", "basePath": "/v1",
  "paths": {{ "/carriers": {{ "get": {{ "operationId": "{operation}" }} }} }}
}}
"""
CASES = {
    "Java, handed in": (
        "listCarriers",
        "Job.java",
        """
import acme.client.ApiException;
import acme.client.CarriersApi;

public class Job {
    private final CarriersApi api;
    public Job(CarriersApi api) { this.api = api; }

    public Carriers run() {
        try {
            return api.listCarriers();
        } catch (ApiException e) {
            return null;
        }
    }
}
""",
    ),
    "C#, a class for each tag": (
        "Carriers_List",
        "Job.cs",
        """
using Acme.Client;

public class Job
{
    private readonly ICarriersClient client;
    public Job(ICarriersClient client) { this.client = client; }

    public async Task<Carriers> Run()
    {
        try { return await client.ListAsync(); }
        catch (ApiException) { return null; }
    }
}
""",
    ),
    "Visual Basic": (
        "listCarriers",
        "Job.vb",
        """
Public Class Job
    Private ReadOnly api As New CarriersApi()

    Public Async Function Run() As Task(Of Carriers)
        Try
            Return Await api.ListCarriersAsync()
        Catch ex As ApiException
            Return Nothing
        End Try
    End Function
End Class
""",
    ),
    "Kotlin": (
        "list-carriers",
        "Job.kt",
        """
class Job(private val api: CarriersApi) {
    fun run(): Carriers? = try { api.listCarriers() } catch (e: ClientException) { null }
}
""",
    ),
    "Python": (
        "list_carriers",
        "job.py",
        """
import openapi_client


def run():
    with openapi_client.ApiClient() as wire:
        try:
            return openapi_client.CarriersApi(wire).list_carriers()
        except openapi_client.ApiException:
            return None
""",
    ),
    "TypeScript": (
        "listCarriers",
        "job.ts",
        """
import { CarriersApi, Configuration } from "./generated"

export async function run() {
  try {
    return (await new CarriersApi(new Configuration()).listCarriersRaw()).value()
  } catch {
    return null
  }
}
""",
    ),
    "PHP": (
        "listCarriers",
        "job.php",
        """<?php
function run() {
    $api = new \\OpenAPI\\Client\\Api\\CarriersApi();
    try {
        return $api->listCarriers();
    } catch (\\Exception $e) {
        return null;
    }
}
""",
    ),
    "Ruby": (
        "listCarriers",
        "job.rb",
        """
def run
  OpenapiClient::CarriersApi.new.list_carriers
rescue OpenapiClient::ApiError
  nil
end
""",
    ),
    "Go": (
        "listCarriers",
        "job.go",
        """
package job

func run(ctx context.Context) *client.Carriers {
	page, _, err := client.NewAPIClient(client.NewConfiguration()).CarriersAPI.ListCarriers(ctx).Execute()
	if err != nil {
		return nil
	}
	return page
}
""",
    ),
}
FORMS = {"api/carriers.yaml": OPENAPI, "api/carriers.json": SWAGGER}


@pytest.mark.parametrize("document", FORMS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_description_tells_whom_a_generated_client_calls(case: tuple[str, str, str], document: str) -> None:
    operation, path, code = case

    def reported(host: str) -> list[str]:
        text = FORMS[document].format(host=host, operation=operation)
        return loud({document: text, path: code, "partner.toml": 'about = "https://api.partnercenter.microsoft.com"\n'})

    assert reported("api.partnercenter.microsoft.com") == ["PCM402"]
    assert reported("shop.fabrikam.example") == []


def test_a_method_that_no_description_lists_calls_nobody() -> None:
    files = {
        "api.yaml": OPENAPI.format(host="api.partnercenter.microsoft.com", operation="listCarriers"),
        "job.py": CASES["Python"][2].replace("list_carriers", "list_parcels"),
    }
    assert loud(files) == []


def test_two_descriptions_that_list_the_same_method_tell_nothing() -> None:
    files = {
        "one.yaml": OPENAPI.format(host="api.partnercenter.microsoft.com", operation="listCarriers"),
        "two.yaml": OPENAPI.format(host="shop.fabrikam.example", operation="listCarriers"),
        "job.py": CASES["Python"][2],
    }
    assert loud(files) == []
