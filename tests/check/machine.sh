#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What this machine does not allow, a line each: NAME TAB why. It is the one place that finds that
# out: "make check" asks once, names each line as one skip, and passes the names to the tests in
# $MACHINE_LACKS; a test that is run by itself asks here.
#
#   mounts   directories of its own for one process, to show clients the plugin as it is installed
#   ipv6     the loopback address ::1
#   leaks    looking for leaks at the end of a program that was built with AddressSanitizer
set -u

lacks() { printf '%s\t%s\n' "$1" "$2"; }

# How one gets mounts of one's own; the UI tests do it with the same words.
own_mounts=(unshare --mount)
[ "$(id -u)" = 0 ] || own_mounts=(unshare --map-current-user --keep-caps --mount)

if ! command -v unshare >/dev/null; then
    lacks mounts 'unshare is not installed, so nothing can be shown as if it was installed'
elif ! "${own_mounts[@]}" mount -t tmpfs none /mnt 2>/dev/null; then
    lacks mounts 'no mounts of our own, so nothing can be shown as if it was installed'
fi

# The kernel's own list: an address of 32 digits in the first column.
if ! grep -qs '^0\{31\}1 ' /proc/net/if_inet6; then
    lacks ipv6 'there is no IPv6 address ::1'
fi

scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
echo 'int main(void) { return 0; }' >"$scratch/empty.c"
if ! gcc -fsanitize=address -o "$scratch/empty" "$scratch/empty.c" 2>/dev/null; then
    lacks leaks 'gcc has no AddressSanitizer'
elif ! ASAN_OPTIONS=detect_leaks=1 "$scratch/empty" >/dev/null 2>&1; then
    lacks leaks 'LeakSanitizer may not look into processes here'
fi
