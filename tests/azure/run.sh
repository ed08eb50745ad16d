#!/usr/bin/env bash
# Runs the bash steps of ci/azure-pipelines.yml as an agent does, on a pull request that brings a fault:
# installation from a checkout, scan against the target branch, the issue of each finding, and the files to publish.
# Usage: tests/azure/run.sh [SOURCE]     SOURCE: a git repository with this project. [default: this one]
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
cp a.py '##vso[x].py'
git add --all
git commit --quiet --message topic
git clone --quiet "file://$scratch/origin" "$scratch/s/self"
cd "$scratch/s/self"

# The bash steps of the template, in their order.
yaml=${YAML:-$python} # a Python that has PyYAML
"$yaml" "$here/../ci/steps.py" "$here/../../ci/azure-pipelines.yml" "$scratch"
export PATH="$scratch/bin:$PATH" SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main
bash "$scratch/step-0.sh" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
PCMFA_INSTALLED=$(sed -n 's/^##vso\[task.setvariable variable=PCMFA_INSTALLED\]//p' "$scratch/log")
export PCMFA_INSTALLED PCMFA_FAIL_ON='' PCMFA_PATHS=$'a.py\n##vso[x].py\n'
status=0
bash "$scratch/step-1.sh" >"$scratch/log" 2>&1 || status=$?
if [ "$status" -ne 1 ] || ! grep -q 'a.py:3:1: error PCM201' "$scratch/log"; then
    cat "$scratch/log"
    echo "The pipeline's scan ends with $status instead of 1, or does not say why."
    exit 1
fi
if grep -F '##vso[' "$scratch/log"; then echo 'A file name gives orders to the agent.'; exit 1; fi
for file in pcmfa-lint.sarif pcmfa-lint.xml pcmfa-lint.json; do
    [ -s "$scratch/a/CodeAnalysisLogs/$file" ] || { echo "The pipeline does not write $file."; exit 1; }
done
PCMFA_FAIL_ON=never bash "$scratch/step-1.sh" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
SYSTEM_ACCESSTOKEN='' bash "$scratch/step-2.sh" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
grep -q '##vso\[task.logissue type=warning\]' "$scratch/log" || { cat "$scratch/log"; exit 1; }
echo 'The steps of the pipeline find what a pull request brings.'
