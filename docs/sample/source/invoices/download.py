import os

import requests

AUTHORITY = "https://login.microsoftonline.com/contoso.example/oauth2/token"


def sign_in():
    data = {
        "grant_type": "refresh_token",
        "refresh_token": os.environ["PC_REFRESH_TOKEN"],
        "client_id": os.environ["PC_APP_ID"],
        "client_secret": os.environ["PC_APP_SECRET"],
        "resource": "https://api.partnercenter.microsoft.com",
    }
    return requests.post(AUTHORITY, data=data, timeout=30).json()["access_token"]


headers = {"Authorization": f"Bearer {sign_in()}"}
answer = requests.get("https://api.partnercenter.microsoft.com/v1/invoices", headers=headers, timeout=30)
for invoice in answer.json().get("items", []):
    print(invoice["id"])
