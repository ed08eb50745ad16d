"""Words of the evidence that several stages use: flows by grant, flows of an app alone, places where secrets lie."""

from __future__ import annotations

FLOW_OF_GRANT = {
    "password": "ropc",
    "password_credentials": "ropc",
    "refresh_token": "refresh-token",
    "client_credentials": "app-only",
    "authorization_code": "authorization-code",
    "device_code": "device-code",
    "urn:ietf:params:oauth:grant-type:device_code": "device-code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "interactive",
}
APP_FLOWS = frozenset({"app-only", "managed-identity"})
STORED = (
    "literal",
    "environment",
    "setting",
    "plain-file",
    "exported",
    "encrypted-with-key-beside",
    "os-vault",
    "asset",
)

# A note: the limit in steps was reached in a file.
TOO_MUCH = "{path}: too much to follow; what was reached up to the limit is reported"
