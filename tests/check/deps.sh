#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# deps.sh LIST...: sees to it that the packages of these lists are installed. A list is build, check
# or demo; $UI says which user interface the demo shall use.
#
# On Debian and its relatives what is missing is installed, as root or with sudo. Elsewhere the
# script says what is needed. It fails if the plugin cannot be built afterwards, or if installing
# was tried and failed. It says nothing when everything is there.
#
# Lists of packages are words with white space between them, and are split there on purpose:
# shellcheck disable=SC2086,SC2046
set -eu

build='gcc make pkg-config libc6-dev libpurple-dev libglib2.0-dev libgnutls28-dev gettext'

# What the suites of "make check" need; tests/check/run.sh names what it skips without them.
check='clang clang-format clang-tidy valgrind pidgin finch xvfb openbox xdotool x11-utils
       imagemagick tmux dbus-daemon libglib2.0-bin microsocks tinyproxy-bin procps cppcheck
       shellcheck git'

say() { printf '%s\n' "$*" >&2; }

# The user interface that "make demo" shows when nothing was asked for.
default_ui() {
    if [ -n "${DISPLAY:-}" ]; then
        echo pidgin
    elif [ -t 0 ] && [ -t 1 ]; then
        echo finch
    fi
}

wanted=
want_fuzzer=
ui=
for list in "$@"; do
    case $list in
    build) wanted="$wanted $build" ;;
    check) wanted="$wanted $check" want_fuzzer=yes ;;
    demo)
        case ${UI:-auto} in
        auto) ui=$(default_ui) ;;
        pidgin | finch) ui=$UI ;;
        esac
        ;;
    *) say "deps.sh: no list of that name: $list" && exit 2 ;;
    esac
done
wanted="$wanted $ui"

buildable() {
    command -v "${CC:-cc}" >/dev/null && command -v pkg-config >/dev/null &&
        command -v msgfmt >/dev/null && pkg-config --exists purple gnutls
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    if ! buildable; then
        say 'Needed: a C compiler, pkg-config, gettext, and the development files of libpurple'
        say '(2.x), GLib and GnuTLS. In the names of Debian:'
        say $wanted
        exit 1
    fi
    exit 0
fi

# The packages among "$@" that are not installed. A virtual package counts by what provides it.
missing() {
    dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null |
        awk -v wanted="$*" '
            $1 == "installed" { for (i = 2; i <= NF; i++) { sub(/,$/, "", $i); have[$i] = 1 } }
            END {
                n = split(wanted, want)
                for (i = 1; i <= n; i++)
                    if (!(want[i] in have))
                        printf "%s ", want[i]
            }'
}

# The runtime of libFuzzer and the sanitizers is a package of its own in some releases.
fuzzer_runtime() {
    set -- /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a
    [ -n "$want_fuzzer" ] && [ ! -e "$1" ] || return 0
    version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p')
    if [ -n "$version" ] && apt-cache show "libclang-rt-$version-dev" >/dev/null 2>&1; then
        echo "libclang-rt-$version-dev"
    fi
}

need=$(missing $wanted)
[ -n "$need" ] || need=$(fuzzer_runtime)
[ -n "$need" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    elif command -v sudo >/dev/null && [ -t 0 ]; then
        as_root=sudo
    else
        say "Not installed, and only root can install it: $need"
        buildable && exit 0
        exit 1
    fi
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" >"$log" 2>&1 </dev/null; }
failed() {
    tail -n 20 "$log" >&2
    say "deps.sh: $*"
    exit 1
}

say "installing: $need"
apt update || failed 'apt-get update failed'
# Only now does apt know the releases of clang.
need=$(missing $wanted)
apt install --no-install-recommends $need $(fuzzer_runtime) || failed "cannot install: $need"
buildable || failed 'pkg-config still does not find libpurple and GnuTLS'
