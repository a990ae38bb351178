#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# turkish.sh DIR COMMAND...: runs a test program in the Turkish locale, in which the lower case of I
# is another letter than i, and numbers have a comma. What it says stays in English. A locale that
# the system does not have is made in DIR, once. Without one the program is skipped.
set -eu
dir=$1
shift
name=tr_TR.UTF-8

in_turkish() {
    # The system's directory as well: C.UTF-8 may be a file there.
    env -u LC_ALL -u LANGUAGE LANG=$name LC_MESSAGES=C.UTF-8 \
        ${made:+LOCPATH="$made:/usr/lib/locale"} "$@"
}
works() { [ "$(in_turkish locale decimal_point 2>/dev/null)" = , ]; }

made=
if ! works; then
    made=$(mkdir -p "$dir" && cd "$dir" && pwd)
    if ! works; then
        # Several can do this at the same time.
        new=$(mktemp -d "$made/new.XXXXXX")
        localedef -i tr_TR -f UTF-8 "$new/$name" >/dev/null 2>&1 || :
        [ ! -d "$new/$name" ] || mv -T "$new/$name" "$made/$name" 2>/dev/null || :
        rm -rf "$new"
    fi
    if ! works; then
        echo "1..0 # SKIP no locale $name, and localedef cannot make it (Debian: locales)"
        exit 0
    fi
fi
in_turkish "$@"
