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

number=0
check() { # check TEXT WANTED GOT
    number=$((number + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $number - $1"
    else
        diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | sed 's/^/# /'
        echo "not ok $number - $1"
    fi
}

run() {
    "$make" --no-print-directory CC=gcc WERROR=1 "$@" >"$scratch/log" 2>&1 || cat "$scratch/log"
}
tree() { (cd "$1" 2>/dev/null && find . -type f -printf '%m /%P\n' | sort); }

wanted() { # wanted PLUGINDIR DATADIR
    local size lang
    {
        echo "644 $1/libmsnp8.so"
        for size in 16 22 48; do
            echo "644 $2/pixmaps/pidgin/protocols/$size/msnp8.png"
        done
        echo "644 $2/pixmaps/pidgin/protocols/scalable/msnp8.svg"
        # shellcheck disable=SC2013 # words, not lines
        for lang in $(sed 's/#.*//' po/LINGUAS); do
            echo "644 $2/locale/$lang/LC_MESSAGES/purple-msnp8.mo"
        done
    } | sort
}

plugindir=$(pkg-config --variable=plugindir purple)
datadir=$(pkg-config --variable=datadir purple)
prefix=$(pkg-config --variable=prefix purple)

dest=$scratch/default
run O="$O" DESTDIR="$dest" install
check 'install goes to where libpurple is' "$(wanted "$plugindir" "$datadir")" "$(tree "$dest")"
check 'the installed plugin is the one that was built' \
    "$(sha256sum <"$O/libmsnp8.so")" "$(sha256sum <"$dest$plugindir/libmsnp8.so")"
mkdir -p "$dest$plugindir" && echo other >"$dest$plugindir/other.so"
run O="$O" DESTDIR="$dest" uninstall
check 'uninstall leaves what is not ours' "644 $plugindir/other.so" "$(tree "$dest")"

# Below another prefix, which is compiled in; an optimiser would only take its time.
dest=$scratch/prefix
build=$scratch/build
run O="$build" CFLAGS=-O0 DESTDIR="$dest" PREFIX=/opt/im install
check 'PREFIX= moves all of it' \
    "$(wanted "/opt/im${plugindir#"$prefix"}" /opt/im/share)" "$(tree "$dest")"
check 'PREFIX= moves the directory of the translations' 1 \
    "$(grep -ac /opt/im/share/locale "$build/libmsnp8.so")"
run O="$build" CFLAGS=-O0 DESTDIR="$dest" PREFIX=/opt/im uninstall
check 'PREFIX= and uninstall' '' "$(tree "$dest")"

run O="$build" CFLAGS=-O0 DESTDIR="$dest" PREFIX=/opt/im PLUGINDIR=/p LOCALEDIR=/l ICONDIR=/i \
    install
check 'single directories can be given' "$(wanted /p /d | sed 's,/d/locale,/l,
    s,/d/pixmaps/pidgin/protocols,/i,' | sort)" "$(tree "$dest")"

home=$scratch/home
mkdir "$home"
HOME=$home run O="$O" install-user
check 'install-user' '644 /.purple/plugins/libmsnp8.so' "$(tree "$home")"

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
