#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# committed.sh BUILD: what is committed is all that others get. Prints TAP. BUILD is the
# directory of everything that was built here.
#
# Where the tree is what is committed, to the letter and with no file more, it was built already,
# and that proves it. Otherwise what is committed is built, without an optimiser, which takes long.
set -u
cd "$(dirname "$0")/../.." || exit 2
make=${MAKE:-make}

# An unpacked tarball may lie in a checkout of something else.
if [ ! -e .git ] || ! git rev-parse -q --verify HEAD >/dev/null 2>&1; then
    echo '1..0 # SKIP not a git checkout with a commit'
    exit
fi
echo 1..1

# What is neither committed nor below BUILD. A directory that is ignored ends with "/".
others() {
    local code name
    git status --porcelain --ignored --untracked-files=all -z |
        while IFS=' ' read -r -d '' code name; do
            case $PWD/$name in
            "$1" | "$1"/*) ;;
            "$1/"*) ;;
            *) [ "$PWD/${name%/}" = "$1" ] || echo "$code $name" ;;
            esac
        done
}

found=$(others "$(cd "$1" && pwd)")
if [ -z "$found" ]; then
    echo 'ok 1 - the tree is what is committed'
    exit
fi
echo '# not committed:'
head -n 20 <<<"$found" | sed 's/^/#   /'
clone=$(mktemp -d)
trap 'rm -rf "$clone"' EXIT
if git archive HEAD | tar -x -C "$clone" &&
    nice "$make" -C "$clone" -j "$(nproc 2>/dev/null || echo 2)" O=build CFLAGS=-O0 WERROR=1 tests \
        >"$clone.log" 2>&1; then
    echo 'ok 1 - what is committed can be built'
else
    tail -n 30 "$clone.log" | sed 's/^/# /'
    echo 'not ok 1 - what is committed can be built'
fi
rm -f "$clone.log"
