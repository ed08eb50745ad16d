#!/usr/bin/env bash
# Holds a SARIF of every rule's bad examples against the OASIS schema and against Microsoft's SARIF rules and those for
# GitHub; both must find nothing, with and without suppressed results. Linux on x64 or arm64, with npm.
# Usage: tests/sarif/validate.sh            PYTHON=.venv/bin/python tests/sarif/validate.sh
# PYTHON must have pcmfa-lint and check-jsonschema installed.
set -euo pipefail

python=$(command -v "${PYTHON:-python3}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

npm install --prefix "$scratch" --silent --no-audit --no-fund --no-save @microsoft/sarif-multitool-linux@5
tool=$scratch/node_modules/@microsoft/sarif-multitool-linux
# The tool is a .NET program; without this it wants the ICU library.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

validate() { # NAME, options of examples.py
    local name=$1 sarif=$scratch/$1.sarif verdict=$scratch/$1.verdict.sarif
    shift
    "$python" "$here/examples.py" "$sarif" "$@"
    "$python" "$here/examples.py" "$sarif.again" "$@"
    cmp "$sarif" "$sarif.again"
    "$python" -m check_jsonschema --quiet --schemafile "$tool/sarif-2.1.0.json" "$sarif"
    "$tool/Sarif.Multitool" validate "$sarif" --rule-kind 'Sarif;Ghas' --level 'Error;Warning;Note' \
        --output "$verdict" --log ForceOverwrite >"$scratch/log" 2>&1 || true # it also fails for notes
    [ -s "$verdict" ] || { cat "$scratch/log"; exit 1; }
    "$python" - "$verdict" <<'VERDICT'
import json
import sys

LEFT_OUT = {
    "SARIF2002": "messages by id and arguments: GitHub reads the text only",
    "SARIF2003": "where the repository lives: a report says nothing of the machine, and GitHub knows",
    "SARIF2006": "whether links can be reached: not without a network",
    "SARIF2010": "snippets of code: they would have to be masked, and then they are no snippets",
    "SARIF2011": "the code around, likewise",
}
(run,) = json.load(open(sys.argv[1], encoding="utf-8-sig"))["runs"]
found = [each for each in run["results"] if each["ruleId"] not in LEFT_OUT]
for each in found:
    print(each["ruleId"], each.get("level", "warning"), json.dumps(each["message"]), file=sys.stderr)
sys.exit(bool(found))
VERDICT
    echo "SARIF of the examples, $name: nothing to object to"
}

validate plain
validate silenced --include-suppressed
