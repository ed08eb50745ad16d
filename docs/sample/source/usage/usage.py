import msal
import requests


def token(client_id, certificate):
    app = msal.ConfidentialClientApplication(
        client_id,
        authority="https://login.microsoftonline.com/contoso.example",
        client_credential=certificate,
    )
    result = app.acquire_token_for_client(scopes=["https://api.partnercenter.microsoft.com/.default"])
    if "access_token" not in result:
        raise RuntimeError(f"sign-in failed: {result.get('error')} {result.get('error_codes')}")
    return result["access_token"]


def customers(client_id, certificate):
    headers = {"Authorization": f"Bearer {token(client_id, certificate)}"}
    answer = requests.get("https://api.partnercenter.microsoft.com/v1/customers", headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.json()
