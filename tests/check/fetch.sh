#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fetch.sh DIR PACKAGE...: unpacks packages that are not installed, with what they depend on, as
# DIR/PACKAGE, for tests to run their programs from there. So nothing of what an installation would
# bring comes to this machine, such as a server that starts at each boot; and nobody has to be root.
#
# It does not fail: where a package cannot be fetched (no network, not Debian) the last line of
# DIR/PACKAGE.log says why, which the tests tell that are skipped for it.
set -u
export LC_ALL=C

# installed PACKAGE
installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

apt() { apt-get -q -o Acquire::Retries=1 -o Acquire::http::Timeout=20 "$@"; }

# download PACKAGE: that, and what apt would install with it, into this directory.
download() {
    packages=$(apt -s --no-install-recommends install "$1" |
        sed -n 's/^Inst \([^ ]*\) \(\[[^]]*\] \)*(\([^ ]*\) .*/\1=\3/p')
    # shellcheck disable=SC2086 # several words
    [ -n "$packages" ] && apt download $packages
}

# fetch DIR PACKAGE: the log is what it says.
fetch() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
        echo 'this system has no packages of Debian'
        return 1
    fi
    mkdir -p "$1/debs" "$1/root" && cd "$1/debs" || return 1
    # There may be no list of packages yet, or one of packages that are gone.
    if ! download "$2" && ! { [ "$(id -u)" = 0 ] && apt update && download "$2"; }; then
        echo "apt-get cannot download $2"
        return 1
    fi
    for deb in *.deb; do
        dpkg-deb -x "$deb" "$1/root" || return 1
    done
}

mkdir -p "$1" && dir=$(cd "$1" && pwd) || exit 0
shift
for package in "$@"; do
    if installed "$package" || [ -d "$dir/$package" ]; then
        continue
    fi
    scratch=$(mktemp -d "$dir/$package.XXXXXX") || continue
    # At once, or not at all: others may look at it now.
    fetch "$scratch" "$package" >"$dir/$package.log" 2>&1 &&
        mv -T "$scratch/root" "$dir/$package" ||
        printf '%s: not fetched: %s\n' "$package" "$(tail -n 1 "$dir/$package.log")" >&2
    rm -rf "$scratch"
done
exit 0
