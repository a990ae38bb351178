# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# TAP for scripts that compare texts. Read in by them; the plan is theirs to print.

number=0

# check TEXT WANTED GOT
check() {
    number=$((number + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $number - $1"
    else
        diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | sed 's/^/# /'
        echo "not ok $number - $1"
    fi
}

# skip TEXT WHY
skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}
