"""A helper of the repository that is generic: the type that its caller names is the client that it makes."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

CSHARP = {
    "ICarriersApi.cs": """
using Refit;

public interface ICarriersApi
{
    [Get("/v1/carriers")]
    Task<ApiResponse<Carriers>> AllAsync();
}
""",
    "Doors.cs": """
using Refit;

public class Doors
{
    public T Open<T>() => RestService.For<T>("%s");
}
""",
    "Job.cs": """
public class Job
{
    private readonly ICarriersApi api;
    public Job(Doors doors) { api = doors.Open<ICarriersApi>(); }

    public async Task<Carriers> Run()
    {
        var answer = await api.AllAsync();
        return answer.Content;
    }
}
""",
}
VISUAL_BASIC = {
    "ICarriersApi.vb": """
Imports Refit

Public Interface ICarriersApi
    <[Get]("/v1/carriers")>
    Function AllAsync() As Task(Of ApiResponse(Of Carriers))
End Interface
""",
    "Doors.vb": """
Imports Refit

Public Class Doors
    Public Function Open(Of T)() As T
        Return RestService.For(Of T)("%s")
    End Function
End Class
""",
    "Job.vb": """
Public Class Job
    Private ReadOnly api As ICarriersApi

    Public Sub New(doors As Doors)
        api = doors.Open(Of ICarriersApi)()
    End Sub

    Public Async Function Run() As Task(Of Carriers)
        Dim answer = Await api.AllAsync()
        Return answer.Content
    End Function
End Class
""",
}
KOTLIN = {
    "CarriersApi.kt": """
import retrofit2.Call
import retrofit2.http.GET

interface CarriersApi {
    @GET("v1/carriers")
    fun all(): Call<Carriers>
}
""",
    "Doors.kt": """
import retrofit2.Retrofit

class Doors {
    val wire = Retrofit.Builder().baseUrl("%s").build()
    inline fun <reified T> open(): T = wire.create(T::class.java)
}
""",
    "Job.kt": """
class Job(doors: Doors) {
    private val api = doors.open<CarriersApi>()

    fun run(): Carriers? = api.all().execute().body()
}
""",
}


@pytest.mark.parametrize("files", [CSHARP, VISUAL_BASIC, KOTLIN], ids=["C#", "Visual Basic", "Kotlin"])
def test_a_client_is_made_for_the_type_that_a_caller_names(files: dict[str, str]) -> None:
    def called(address: str) -> list[str]:
        known = {path: text % address if "%s" in text else text for path, text in files.items()}
        return loud({**known, "partner.toml": 'about = "https://api.partnercenter.microsoft.com/v1"\n'})

    assert called("https://api.partnercenter.microsoft.com/") == ["PCM401"]
    assert called("https://shop.fabrikam.example/") == []


_AS_DECLARED = [
    "    private val api: CarriersApi = wire.create()",
    "    private val api: CarriersApi by lazy { wire.create() }",
    "    private val api = made()\n    private fun made(): CarriersApi = wire.create()",
]


@pytest.mark.parametrize("made", _AS_DECLARED)
def test_a_client_is_made_for_the_type_that_is_declared(made: str) -> None:
    job = f"""
import retrofit2.Retrofit
import retrofit2.create

class Job {{
    private val wire = Retrofit.Builder().baseUrl("%s").build()
{made}

    fun run(): Carriers? = api.all().execute().body()
}}
"""

    def called(address: str) -> list[str]:
        return loud({"CarriersApi.kt": KOTLIN["CarriersApi.kt"], "Job.kt": job % address})

    assert called("https://api.partnercenter.microsoft.com/") == ["PCM401"]
    assert called("https://shop.fabrikam.example/") == []
