"""Programs in Visual Basic: errors that procedures go on after, streams that are closed behind their use."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

CALL = 'web.DownloadString("https://api.partnercenter.microsoft.com/v1/customers/" & id)'


@pytest.mark.parametrize(
    ("body", "rules"),
    [
        (f"On Error Resume Next\nDim text = {CALL}\nFile.WriteAllText(id, text)", ["PCM402"]),
        (f"On Error Resume Next\nOn Error GoTo 0\nDim text = {CALL}\nFile.WriteAllText(id, text)", []),
        (f"On Error GoTo Failed\nDim text = {CALL}\nExit Sub\nFailed:\nDebug.Print(id)", ["PCM402"]),
        (f"On Error GoTo Failed\nDim text = {CALL}\nExit Sub\nFailed:\nThrow New ApplicationException(id)", ["PCM406"]),
        (f"Dim text = {CALL}\nFile.WriteAllText(id, text)", []),
    ],
)
def test_on_error_decides_what_becomes_of_a_refusal(body: str, rules: list[str]) -> None:
    rows = "\n".join(f"        {row}" for row in body.split("\n"))
    text = (
        f"Module Job\n    Sub Save(id As String)\n        Dim web As New WebClient()\n{rows}\n    End Sub\nEnd Module\n"
    )
    assert loud({"Job.vb": text}, "unhandled-401") == rules


@pytest.mark.parametrize(("first", "rules"), [("On Error Resume Next", ["PCM402"]), ("Dim one = 1", [])])
def test_a_value_that_is_given_back_after_an_error_is_nothing(first: str, rules: list[str]) -> None:
    text = f"""\
Module Job
    Function Load(id As String) As String
        {first}
        Dim web As New WebClient()
        Return {CALL}
    End Function
End Module
"""
    assert loud({"Job.vb": text}, "unhandled-401") == rules


@pytest.mark.parametrize("declared", ["stream", "stream As Stream", "stream As System.IO.Stream"])
def test_what_using_declares_with_its_type_is_known_inside(declared: str) -> None:
    text = f"""\
Public Class SignIn
    Public Function Answer(user As String) As String
        Dim password = Environment.GetEnvironmentVariable("PC_PASSWORD")
        Dim body = "grant_type=password&username=" & user & "&password=" & password
        Dim bytes = Encoding.UTF8.GetBytes(body & "&resource=https://api.partnercenter.microsoft.com")
        Dim request = WebRequest.Create("https://login.microsoftonline.com/contoso.com/oauth2/token")
        Using {declared} = request.GetRequestStream()
            stream.Write(bytes, 0, bytes.Length)
        End Using
        Return New StreamReader(request.GetResponse().GetResponseStream()).ReadToEnd()
    End Function
End Class
"""
    assert loud({"SignIn.vb": text}, "ropc") == ["PCM201"]
