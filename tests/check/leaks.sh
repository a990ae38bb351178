#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# leaks.sh PROGRAM...: runs a program that was built with AddressSanitizer. What it leaks is first
# found with short stacks, which cost next to nothing. If there is something, the program runs once
# more with complete ones, which take several times as long: then it can be told what is libpurple's
# own (LSAN_OPTIONS names the list).
output=$(mktemp) || exit 2
trap 'rm -f "$output"' EXIT
ASAN_OPTIONS=$ASAN_OPTIONS:fast_unwind_on_malloc=1 "$@" >"$output" 2>&1
status=$?
if grep -q 'LeakSanitizer: detected memory leaks' "$output"; then
    ASAN_OPTIONS=$ASAN_OPTIONS:fast_unwind_on_malloc=0 "$@"
    exit
fi
cat "$output"
exit $status
