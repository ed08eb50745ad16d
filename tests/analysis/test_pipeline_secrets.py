"""A secret of a pipeline that its script uses lies in the pipeline's store, however the script names it."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud, token_requests

URL = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
CURL = f"curl -sSf {URL} -d grant_type=password -d resource=https://api.partnercenter.microsoft.com"
BASH = f"set -e\n      {CURL} -d username=svc@contoso.com -d"


def _posted(password: str) -> str:
    body = "grant_type = 'password'; resource = 'https://api.partnercenter.microsoft.com'; username = 'svc@contoso.com'"
    post = f"Invoke-RestMethod -Method Post -Uri '{URL}' -Body $body"
    return f"$body = @{{ {body}; password = {password} }}\n      {post}\n"


_GITHUB = "jobs:\n  report:\n    steps:\n"
PIPELINES = {
    "github-shell": (
        ".github/workflows/report.yml",
        f'{_GITHUB}    - run: |\n        {BASH.replace("      ", "        ")} "password=${{{{ secrets.PC_KEY }}}}"\n',
    ),
    "github-powershell": (
        ".github/workflows/report.yml",
        f"{_GITHUB}    - shell: pwsh\n      run: |\n      "
        + "  "
        + _posted("'${{ secrets.PC_KEY }}'").replace("\n ", "\n   "),
    ),
    "github-powershell-in-text": (
        ".github/workflows/report.yml",
        f"{_GITHUB}    - shell: pwsh\n      run: |\n      "
        + "  "
        + _posted('"${{ secrets.PC_KEY }}"').replace("\n ", "\n   "),
    ),
    "azure-shell": ("azure-pipelines.yml", f'steps:\n  - bash: |\n      {BASH} "password=$(PC_KEY)"\n'),
    "azure-powershell": ("azure-pipelines.yml", "steps:\n  - pwsh: |\n      " + _posted("'$(PC_KEY)'")),
    "azure-powershell-in-text": ("azure-pipelines.yml", "steps:\n  - pwsh: |\n      " + _posted('"$(PC_KEY)"')),
    "gitlab": (".gitlab-ci.yml", f'report:\n  script:\n    - |\n      {BASH} "password=$PC_KEY"\n'),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipelines_secret_is_stored_and_protected(name: str) -> None:
    path, text = PIPELINES[name]
    secrets = [item.secret for item in token_requests({path: text})]
    assert [(secret.kind, secret.name) for secret in secrets] == [("secret-store", "PC_KEY")]
    assert loud({path: text}, "stored-credential") == []


def test_a_variable_of_another_script_is_not_protected() -> None:
    assert loud({"report.sh": f'{BASH} "password=$PC_KEY"\n'}, "stored-credential") == ["PCM102"]
