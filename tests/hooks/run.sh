#!/usr/bin/env bash
# Runs the pre-commit hooks of this project: both fail on a seeded fault, the first passes on a clean file. Then times
# a warm run on one changed file; the figure is printed, since it is the machine's as much as ours.
# Usage: tests/hooks/run.sh [HOOKS]     HOOKS: a git repository with .pre-commit-hooks.yaml. [default: this one]
# Needs git, and pre-commit on PATH.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
hooks=$(cd "${1:-$here/../..}" && pwd -P)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PRE_COMMIT_HOME=$scratch/home GIT_CONFIG_GLOBAL=$scratch/gitconfig GIT_CONFIG_NOSYSTEM=1
git config --global safe.directory '*'
for who in AUTHOR COMMITTER; do export "GIT_${who}_NAME=a" "GIT_${who}_EMAIL=a@example.com"; done

mkdir "$scratch/repository"
cd "$scratch/repository"
git init --quiet
cat >'a seeded #1.py' <<'SEED'
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
echo 'print("hello")' >clean.py
git add --all

fail() { cat "$scratch/log"; echo "$1"; exit 1; }
expect() { # STATUS, what to say if it is another one, then the command
    local status=0 expected=$1 what=$2
    shift 2
    "$@" >"$scratch/log" 2>&1 || status=$?
    [ "$status" -eq "$expected" ] || fail "$what: exit status $status instead of $expected"
}

expect 1 'pcmfa-lint, seeded' pre-commit try-repo "$hooks" pcmfa-lint --all-files
grep -q 'a seeded #1.py:3:1: error PCM201' "$scratch/log" || fail 'The hook does not say what is wrong.'
! grep -q 'invented-value' "$scratch/log" || fail 'A secret is shown.'
expect 0 'pcmfa-lint, clean' pre-commit try-repo "$hooks" pcmfa-lint --files clean.py
expect 1 'pcmfa-lint-repo, seeded' pre-commit try-repo "$hooks" pcmfa-lint-repo

cat >.pre-commit-config.yaml <<CONFIG
repos:
  - repo: file://$hooks
    rev: $(git -C "$hooks" rev-parse HEAD)
    hooks: [{ id: pcmfa-lint }]
CONFIG
git add --all
expect 0 'configured, clean' pre-commit run --files clean.py # makes the environment
for file in clean.py 'a seeded #1.py'; do
    for _ in 1 2 3 4 5; do
        start=$(date +%s%N)
        pre-commit run --files "$file" >/dev/null 2>&1 || true
        echo $((($(date +%s%N) - start) / 1000000))
    done | sort -n | { read -r fastest; echo "pre-commit, warm, one changed file ($file): $fastest ms"; cat >/dev/null; }
done
echo 'The hooks fail on a seeded fault and pass on a clean file.'
