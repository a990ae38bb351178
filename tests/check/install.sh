#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What "make install" puts where, and that "make uninstall" takes all of it away again. Prints TAP.
# O is the build directory to use.
set -u
cd "$(dirname "$0")/../.." || exit 2
make=${MAKE:-make}
O=${O:-$PWD/build}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

root=$PWD
# shellcheck source=tests/check/tap.sh
. tests/check/tap.sh
# shellcheck source=tests/check/readme.sh
. tests/check/readme.sh

run() {
    "$make" --no-print-directory CC=gcc WERROR=1 "$@" >"$scratch/log" 2>&1 || cat "$scratch/log"
}
# typed VARIABLE=VALUE... COMMANDS: what README says, by somebody who has set these.
typed() {
    env CC=gcc WERROR=1 "${@:1:$#-1}" sh -ec "sudo() { \"\$@\"; }
        ${!#}" >"$scratch/log" 2>&1 || cat "$scratch/log"
}
tree() { (cd "$1" 2>/dev/null && find . ! -type d -printf '%m /%P\n' | sort); }
# Directories that are left over.
empty() { (cd "$1" && find . -mindepth 1 -type d -empty -printf '/%P\n' | sort); }

# wanted VARIABLE=VALUE...: what the table in the Makefile says, as "tree" does.
wanted() { "$make" -s CC=gcc "$@" installed | awk -F: '{ print $1, $3 }' | sort; }
# differing DIR VARIABLE=VALUE...: what is installed there and is not what it was made of.
differing() {
    local dest=$1 source to
    shift
    "$make" -s CC=gcc "$@" installed | while IFS=: read -r _ source to; do
        cmp "$source" "$dest$to" 2>&1
    done
}

plugindir=$(pkg-config --variable=plugindir purple)
datadir=$(pkg-config --variable=datadir purple)
prefix=$(pkg-config --variable=prefix purple)

dest="$scratch/with a space"
typed O="$O" DESTDIR="$dest" "$(readme install-source)"
check 'install puts there what the table says' "$(wanted O="$O")" "$(tree "$dest")"
check 'installed files are those that were built' '' "$(differing "$dest" O="$O")"
# Where others look for it, which the table does not know by itself.
for file in "$plugindir/libmsnp8.so" "$datadir"/pixmaps/pidgin/protocols/{16,22,48}/msnp8.png \
    "$datadir"/pixmaps/pidgin/emotes/msnp8/{theme,smile.png} \
    "$datadir"/locale/{de,fr}/LC_MESSAGES/purple-msnp8.mo; do
    check "installed: $file" there "$([ -s "$dest$file" ] && echo there)"
done
check 'each catalogue is installed' "$(sed 's/#.*//' po/LINGUAS | xargs -n 1 | sort)" \
    "$(find "$dest$datadir/locale" -name '*.mo' -printf '%P\n' | cut -d / -f 1 | sort)"
echo other >"$dest$plugindir/other.so"
run O="$O" DESTDIR="$dest" uninstall
check 'uninstall leaves what is not ours' "644 $plugindir/other.so" "$(tree "$dest")"
rm "$dest$plugindir/other.so"
typed O="$O" DESTDIR="$dest" "$(readme uninstall)"
check 'uninstall leaves nothing that is empty' '' "$(ls -A "$dest")"

# Below another prefix, which is compiled in; an optimiser would only take its time.
dest=$scratch/prefix
build=$scratch/build
slow=(O="$build" CFLAGS=-O0)
run "${slow[@]}" DESTDIR="$dest" PREFIX=/opt/im install
check 'PREFIX= moves all of it' "$(wanted O="$O" | sed "s, $prefix/, /opt/im/,")" "$(tree "$dest")"
check 'PREFIX= moves the directory of the translations' 1 \
    "$(grep -ac /opt/im/share/locale "$build/libmsnp8.so")"
run "${slow[@]}" DESTDIR="$dest" PREFIX=/opt/im uninstall
check 'PREFIX= and uninstall' '' "$(ls -A "$dest")"

run "${slow[@]}" DESTDIR="$dest" PREFIX=/opt/im PLUGINDIR=/p LOCALEDIR=/l ICONDIR=/i \
    THEMEDIR=/t SMILEYDIR=/s install
check 'single directories can be given' "$(wanted O="$O" DATADIR=/opt/im/share |
    sed "s, $plugindir/, /p/,; s, /opt/im/share/locale/, /l/,
        s, /opt/im/share/pixmaps/pidgin/protocols/, /i/,
        s, /opt/im/share/pixmaps/pidgin/emotes/msnp8/, /s/,
        s, /opt/im/share/icons/hicolor/, /t/," | sort)" "$(tree "$dest")"

# A prefix of a system has directories that are empty, and stay.
usr=$scratch/usr
mkdir -p "$usr/bin" "$usr/lib" "$usr/share"
run "${slow[@]}" PREFIX="$usr" install
check 'without DESTDIR' "$(wanted "${slow[@]}" PREFIX="$usr")" "$(tree "$usr" | sed "s, ,&$usr,")"
run "${slow[@]}" PREFIX="$usr" uninstall
check 'uninstall leaves the directories of a prefix, and no others' \
    "$(printf '/%s\n' bin lib share)" "$(empty "$usr")"

home="$scratch/a home"
mkdir "$home"
typed O="$O" HOME="$home" "$(readme install-user)"
check 'install-user' "$(
    echo '644 /.purple/plugins/libmsnp8.so'
    sed 's/#.*//' po/LINGUAS | xargs -n 1 |
        sed 's,.*,644 /.purple/plugins/locale/&/LC_MESSAGES/purple-msnp8.mo,' | sort
    printf '%s\n' icons/emoticons/*.png icons/emoticons/theme |
        sed 's,icons/emoticons,644 /.purple/smileys/msnp8,' | sort
)" "$(tree "$home")"
typed O="$O" HOME="$home" "$(readme uninstall-user)"
check 'uninstall-user leaves nothing' /.purple "$(empty "$home")"

# The module.
check 'the plugin exports one symbol' purple_init_plugin \
    "$(nm -D --defined-only "$O/libmsnp8.so" | awk '{ print $3 }')"
check 'all addresses are bound at once, then read-only' 'BIND_NOW GNU_RELRO' \
    "$(readelf -dlW "$O/libmsnp8.so" | grep -ow 'BIND_NOW\|GNU_RELRO' | sort -u | xargs)"

# The flags of the user are added to those that the code needs.
flags=$("$make" -n V=1 O="$scratch/none" CC=gcc CFLAGS=-O0 LDFLAGS=-Wl,-O1 plugin 2>&1)
compiled=$(grep -c -e ' -c ' <<<"$flags")
for flag in -std=c11 -Wall -Wconversion -fPIC -fvisibility=hidden -fstack-protector-strong -O0; do
    check "CFLAGS=-O0 keeps $flag" "$compiled" \
        "$(grep -e ' -c ' <<<"$flags" | grep -c -e " $flag ")"
done
check 'CFLAGS=-O0 does not fortify' 0 "$(grep -c 'FORTIFY_SOURCE=' <<<"$flags")"
for flag in -shared -Wl,-z,defs -Wl,-z,relro,-z,now -Wl,-O1; do
    check "LDFLAGS= keeps $flag" 1 "$(grep -e ' -shared ' <<<"$flags" | grep -c -e " $flag ")"
done

# What makes attacks harder, where the compiler has it. It also compiles where the compiler does
# some of that by itself, and where the user wants less.
compile() {
    rm -rf "$scratch/hard"
    run V=1 O="$scratch/hard" "$@" "$scratch/hard/obj/plugin/msnp/buf.o"
    cat "$scratch/log"
}
gcc_has() { gcc -Werror "$@" -x c -c -o /dev/null /dev/null 2>/dev/null; }
levels() { compile "$@" | grep -o -e '-[UD]_FORTIFY_SOURCE[=0-9]*' | xargs; }
printf '#!/bin/sh\nexec gcc -D_FORTIFY_SOURCE=2 "$@"\n' >"$scratch/distribution-cc"
chmod +x "$scratch/distribution-cc"
for flag in -fstack-clash-protection -fcf-protection; do
    works=$(gcc_has $flag && echo 1)
    check "$flag" "${works:-0}" "$(compile CFLAGS=-O1 | grep -c -e " $flag ")"
done
level=$(gcc_has -O1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -include stdlib.h && echo 3)
fortified="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${level:-2}"
check 'functions are fortified' "$fortified" "$(levels CFLAGS=-O2)"
check 'functions are fortified by a compiler that does it anyway' "$fortified" \
    "$(levels CFLAGS=-O2 CC="$scratch/distribution-cc")"
check 'the user says how functions are fortified' -D_FORTIFY_SOURCE=1 \
    "$(levels CPPFLAGS=-D_FORTIFY_SOURCE=1)"
check 'functions are not fortified for a sanitizer' -U_FORTIFY_SOURCE \
    "$(levels CFLAGS=-O2 SANITIZE=undefined CC="$scratch/distribution-cc")"

echo "1..$number"
