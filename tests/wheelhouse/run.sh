#!/usr/bin/env bash
# Runs the commands of docs/wheelhouse.md as they stand there: makes a wheelhouse, installs from it without an index, and
# scans. A wheelhouse that lacks a wheel is refused with the name of what is missing.
# Usage: tests/wheelhouse/run.sh [SOURCE]     SOURCE: the tree of this project. [default: this one]
# Needs Python 3.10 or later, and an index of packages for the first two commands.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
source=$(cd "${1:-$here/../..}" && pwd -P)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/offline & 'there'"
ln -s "$(command -v "${PYTHON:-python3}")" "$scratch/bin/python3"
export PATH="$scratch/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1

grep '^    ' "$source/docs/wheelhouse.md" | sed 's/^    //' >"$scratch/commands"
[ "$(wc -l <"$scratch/commands")" -eq 6 ] || { echo 'docs/wheelhouse.md has other commands than two and four.'; exit 1; }
cp -R "$source" "$scratch/copy"
cd "$scratch/copy"
head -n 2 "$scratch/commands" | bash -e >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
mv wheelhouse constraints.txt "$scratch/offline & 'there'"
cd "$scratch/offline & 'there'"
export PIP_NO_INDEX=1 PIP_CONFIG_FILE=/dev/null
tail -n 4 "$scratch/commands" | bash -e >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
tail -n 1 "$scratch/log" | grep 'pcmfa-lint, version'

rm wheelhouse/libcst-*
if tail -n 4 "$scratch/commands" | sed 's|pip install|pip install --ignore-installed|' | bash -e >"$scratch/log" 2>&1; then
    echo 'A wheelhouse without libcst is taken.'
    exit 1
fi
grep -q 'No matching distribution found for libcst' "$scratch/log" || { cat "$scratch/log"; exit 1; }
echo 'The wheelhouse installs without an index, and names what it lacks.'
