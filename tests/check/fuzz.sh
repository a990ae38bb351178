#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fuzz.sh SECONDS [NAME...]: runs the libFuzzer programs in $O/fuzz (all, or those named), that many
# seconds each. What they find is kept in $O/found; inputs that reach new code are kept in
# $O/corpus, the committed corpus is only read.
set -eu
cd "$(dirname "$0")/../.."
seconds=$1
shift
if [ $# = 0 ]; then
    for name in "$O"/fuzz/*; do
        set -- "$@" "${name##*/}"
    done
fi
mkdir -p "$O/found"
status=0
for name in "$@"; do
    mkdir -p "$O/corpus/$name"
    set -- "$O/corpus/$name"
    [ ! -d "tests/fuzz/corpus/$name" ] || set -- "$@" "tests/fuzz/corpus/$name"
    [ ! -e "tests/fuzz/$name.dict" ] || set -- "$@" "-dict=tests/fuzz/$name.dict"
    echo "$name: $seconds seconds"
    "$O/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$O/found/$name-" "$@" >"$O/found/$name.log" 2>&1 || {
        tail -n 40 "$O/found/$name.log"
        echo "$name: see $O/found"
        status=1
    }
    sed -n 's/^stat::number_of_executed_units: */  inputs: /p' "$O/found/$name.log"
done
exit $status
