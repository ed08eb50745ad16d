"""A whole rule file to vary in tests."""

from __future__ import annotations

RULE = """\
id = "ABC101"
name = "invented-rule"
title = "An invented rule"
level = "error"
precision = "high"
since = "0.1.0"
on = "token-request"
message = "Signs in with {flow} by {secret}"
why = "Because."
references = ["https://learn.microsoft.com/partner-center/"]

[where]
flow = "ropc"

[[downgrade]]
to = "note"
when = { path = ["tests/**"] }

[at]
primary = "at"
related = ["secret.at"]

[[fix]]
when = { language = "powershell" }
text = "In PowerShell."

[[fix]]
text = "Elsewhere."

[[example]]
title = "One"
language = "python"
bad = "x = 1"
good = "x = 2"
lines = [1]

[[example]]
title = "Two"
lines = ["a.py:1"]
bad = { "a.py" = "x = 1", "b.py" = "" }
good = { "a.py" = "x = 2" }
"""

TEXT_RULE = (
    RULE.replace("ABC101", "ABC102")
    .replace('"token-request"', '"text"')
    .replace("Signs in with {flow} by {secret}", "Found in {scope}")
    .replace('flow = "ropc"', 'language = "text"')
    .replace('related = ["secret.at"]', "")
    .replace("since =", 'files = "*.http"\nliterals = "grant_type"\npattern = \'(grant)_type\'\nsince =')
)
