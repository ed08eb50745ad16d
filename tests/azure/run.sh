#!/usr/bin/env bash
# Runs the bash steps of the README's pipeline for Azure DevOps as an agent does, on a pull request that brings a fault:
# installation from a checkout, scan against the target branch, the issue of each finding, and the files to publish.
# Usage: tests/azure/run.sh [SOURCE]     SOURCE: a git repository with this project. [default: this one]
# Needs git, and Python 3.10 or later.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
source=$(cd "${1:-$here/../..}" && pwd -P)
python=$(command -v "${PYTHON:-python3}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GIT_CONFIG_GLOBAL=$scratch/gitconfig GIT_CONFIG_NOSYSTEM=1
git config --global safe.directory '*'
for who in AUTHOR COMMITTER; do export "GIT_${who}_NAME=a" "GIT_${who}_EMAIL=a@example.com"; done

# The agent's folders: this project and the repository side by side, as two `checkout` steps make them.
export AGENT_BUILDDIRECTORY=$scratch BUILD_ARTIFACTSTAGINGDIRECTORY=$scratch/a AGENT_TEMPDIRECTORY=$scratch/t
mkdir "$scratch/a" "$scratch/t" "$scratch/bin"
ln -s "$python" "$scratch/bin/python3"
git clone --quiet "file://$source" "$scratch/s/pcmfa-lint"
git init --quiet --initial-branch=main "$scratch/origin"
cd "$scratch/origin"
echo 'print("hello")' >a.py
git add --all
git commit --quiet --message base
git checkout --quiet -b topic
cat >a.py <<'SEED'
import requests

requests.post(
    "https://login.microsoftonline.com/common/oauth2/token",
    data={
        "grant_type": "password",
        "username": "a@example.com",
        "password": "invented-value",
        "resource": "https://api.partnercenter.microsoft.com",
    },
)
SEED
git commit --quiet --all --message topic
git clone --quiet "file://$scratch/origin" "$scratch/s/self"
cd "$scratch/s/self"

# The bash steps of the README, in their order.
"$python" - "$here/../../README.md" "$scratch" <<'STEPS'
import re
import sys
import textwrap

text = open(sys.argv[1], encoding="utf-8").read()
pipeline = next(block for block in re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S) if "PublishTestResults" in block)
steps = re.findall(r"^( *)- bash: \|\n((?:\1  .*\n|\n)+)", pipeline, re.M)
assert len(steps) == 2, steps
for number, (indent, lines) in enumerate(steps):
    kept = [line for line in lines.splitlines() if line.startswith(indent + "    ")]
    open(f"{sys.argv[2]}/step-{number}.sh", "w").write(textwrap.dedent("\n".join(kept)) + "\n")
STEPS
export PATH="$scratch/bin:$PATH" SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main
bash -e "$scratch/step-0.sh" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
status=0
bash -e "$scratch/step-1.sh" >"$scratch/log" 2>&1 || status=$?
if [ "$status" -ne 1 ] || ! grep -q 'a.py:3:1: error PCM201' "$scratch/log"; then
    cat "$scratch/log"
    echo "The pipeline's scan ends with $status instead of 1, or does not say why."
    exit 1
fi
for file in pcmfa-lint.sarif pcmfa-lint.xml; do
    [ -s "$scratch/a/CodeAnalysisLogs/$file" ] || { echo "The pipeline does not write $file."; exit 1; }
done
echo 'The steps of the pipeline find what a pull request brings.'
