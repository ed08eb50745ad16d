"""A secret of a pipeline that its script uses lies in the pipeline's store, however the script names it."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud, token_requests

URL = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
CURL = f"curl -sSf {URL} -d grant_type=password -d resource=https://api.partnercenter.microsoft.com -d username=svc@contoso.com"
POST = (
    "$body = @{ grant_type = 'password'; resource = 'https://api.partnercenter.microsoft.com'; "
    f"username = 'svc@contoso.com'; password = %s }}\n          Invoke-RestMethod -Method Post -Uri '{URL}' -Body $body"
)

PIPELINES = {
    "github-shell": (
        ".github/workflows/report.yml",
        'jobs:\n  report:\n    steps:\n      - run: |\n          set -e\n          %s -d "password=${{ secrets.PC_KEY }}"\n'
        % CURL,
    ),
    "github-powershell": (
        ".github/workflows/report.yml",
        "jobs:\n  report:\n    steps:\n      - shell: pwsh\n        run: |\n          %s\n"
        % (POST % "'${{ secrets.PC_KEY }}'"),
    ),
    "github-powershell-in-text": (
        ".github/workflows/report.yml",
        "jobs:\n  report:\n    steps:\n      - shell: pwsh\n        run: |\n          %s\n"
        % (POST % '"${{ secrets.PC_KEY }}"'),
    ),
    "azure-shell": (
        "azure-pipelines.yml",
        'steps:\n  - bash: |\n      set -e\n      %s -d "password=$(PC_KEY)"\n' % CURL,
    ),
    "azure-powershell": ("azure-pipelines.yml", "steps:\n  - pwsh: |\n          %s\n" % (POST % "'$(PC_KEY)'")),
    "azure-powershell-in-text": ("azure-pipelines.yml", "steps:\n  - pwsh: |\n          %s\n" % (POST % '"$(PC_KEY)"')),
    "gitlab": (
        ".gitlab-ci.yml",
        'report:\n  script:\n    - |\n      set -e\n      %s -d "password=$PC_KEY"\n' % CURL,
    ),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipelines_secret_is_stored_and_protected(name: str) -> None:
    path, text = PIPELINES[name]
    secrets = [item.secret for item in token_requests({path: text})]
    assert [(secret.kind, secret.name) for secret in secrets] == [("secret-store", "PC_KEY")]
    assert loud({path: text}, "stored-credential") == []


def test_a_variable_of_another_script_is_not_protected() -> None:
    assert loud({"report.sh": f'set -e\n{CURL} -d "password=$PC_KEY"\n'}, "stored-credential") == ["PCM102"]
