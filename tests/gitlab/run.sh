#!/usr/bin/env bash
# Runs the script of ci/gitlab.yml as a runner does, on a merge request that brings a fault: the clone of this project at
# a commit, installation, scan against the base, and the reports, of which Code Quality is held against GitLab's fields.
# Usage: tests/gitlab/run.sh [SOURCE]     SOURCE: a git repository with this project. [default: this one]
# Needs git, and Python 3.10 or later; YAML names one that has PyYAML, if that one has not.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
source=$(cd "${1:-$here/../..}" && pwd -P)
python=$(command -v "${PYTHON:-python3}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GIT_CONFIG_GLOBAL=$scratch/gitconfig GIT_CONFIG_NOSYSTEM=1
git config --global safe.directory '*'
for who in AUTHOR COMMITTER; do export "GIT_${who}_NAME=a" "GIT_${who}_EMAIL=a@example.com"; done
mkdir "$scratch/bin" "$scratch/tools" "$scratch/t"
ln -s "$python" "$scratch/bin/python3"

# The server, in the place of one that speaks HTTPS.
git clone --quiet --bare "file://$source" "$scratch/tools/pcmfa-lint.git"
git -C "$scratch/tools/pcmfa-lint.git" config uploadpack.allowAnySHA1InWant true
git config --global "url.file://$scratch/.insteadOf" 'https://gitlab-ci-token:invented@gitlab.example:443/'
export CI_SERVER_PROTOCOL=https CI_SERVER_HOST=gitlab.example CI_SERVER_PORT=443 CI_JOB_TOKEN=invented

mkdir "$scratch/builds"
cd "$scratch/builds"
git init --quiet --initial-branch=main
echo 'print("hello")' >a.py
git add --all
git commit --quiet --message base
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

"${YAML:-$python}" "$here/../ci/steps.py" "$here/../../ci/gitlab.yml" "$scratch"
PCMFA_COMMIT=$(git -C "$scratch/tools/pcmfa-lint.git" rev-parse HEAD)
CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse HEAD~1)
export PCMFA_COMMIT CI_MERGE_REQUEST_DIFF_BASE_SHA PCMFA_PROJECT=tools/pcmfa-lint PCMFA_PATHS=. PCMFA_FAIL_ON=configured
export PATH="$scratch/bin:$PATH" TMPDIR=$scratch/t
run() { # EXPECTED STATUS
    local status=0
    sh -e "$scratch/step-0.sh" >"$scratch/log" 2>&1 || status=$?
    [ "$status" -eq "$1" ] || { cat "$scratch/log"; echo "The job ends with $status instead of $1."; exit 1; }
}
run 1
grep -q 'a.py:3:1: error PCM201' "$scratch/log" || { cat "$scratch/log"; exit 1; }
for file in gl-code-quality-report.json pcmfa-lint.xml pcmfa-lint.html; do
    [ -s "$file" ] || { echo "The job does not write $file."; exit 1; }
done
"$python" - gl-code-quality-report.json <<'FIELDS'
import json
import sys

issues = json.load(open(sys.argv[1], encoding="utf-8"))
assert issues
for issue in issues:
    assert {"description", "check_name", "fingerprint", "severity", "location"} <= set(issue), issue
    assert issue["severity"] in ("info", "minor", "major", "critical", "blocker"), issue
    assert issue["location"]["path"] == "a.py" and issue["location"]["lines"]["begin"] >= 1, issue
assert len({issue["fingerprint"] for issue in issues}) == len(issues)
FIELDS
git reset --quiet --hard HEAD~1
run 0
echo 'The job for GitLab finds what a merge request brings.'
