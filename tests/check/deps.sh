#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# deps.sh LIST...: sees to it that the packages of these lists are installed. A list is build,
# check, deb or demo; $UI says which user interface the demo shall use.
#
# On Debian and its relatives what is missing is installed, as root or with sudo. Elsewhere, and
# where that is not possible, the script says what is needed. It fails if the plugin cannot be built
# afterwards. What only the tests need may be missing, of which it speaks, and so does "make check"
# where it skips something for that. It says nothing when everything is there.
#
# Lists of packages are words with white space between them, and are split there on purpose:
# shellcheck disable=SC2046,SC2086
set -eu

build='gcc make pkg-config libc6-dev libpurple-dev libglib2.0-dev libgnutls28-dev gettext'

# What "make deb" needs besides.
deb='debhelper dpkg-dev'

# What the suites of "make check" need; tests/check/run.sh names what it skips without them.
check='clang clang-format clang-tidy valgrind pidgin finch xvfb openbox xdotool x11-utils
       imagemagick tmux dbus-daemon libglib2.0-bin locales microsocks tinyproxy-bin procps cppcheck
       shellcheck git telepathy-haze telepathy-mission-control-5 libpurple-bin python3-dbus
       pidgin-otr lintian debhelper dpkg-dev fakeroot appstream rpm mmdebstrap
       fonts-vlgothic'

# What programs say is read here: in English.
export LC_ALL=C

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
    deb) wanted="$wanted $deb" ;;
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

# The end, when something is missing: that is one only if the plugin cannot be built.
end() {
    buildable && exit 0
    say 'The plugin cannot be built without: a C compiler, make, pkg-config, gettext (msgfmt), and'
    say 'the development files of libpurple (2.x), GLib and GnuTLS. In the names of Debian:'
    say "$build"
    exit 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    end
fi

# The packages among "$@" that are not installed, as programs of this machine. A virtual package
# counts by what provides it; one whose triggers have yet to run is there.
missing() {
    dpkg-query -W -f '${db:Status-Status} ${Architecture} ${Package} ${Provides}\n' 2>/dev/null |
        awk -v wanted="$*" -v native="$(dpkg --print-architecture)" '
            $1 ~ /^(installed|triggers-.*)$/ && ($2 == native || $2 == "all") {
                for (i = 3; i <= NF; i++) { sub(/,$/, "", $i); have[$i] = 1 }
            }
            END {
                n = split(wanted, want)
                for (i = 1; i <= n; i++)
                    if (!(want[i] in have))
                        printf "%s ", want[i]
            }'
}

# Those among "$@" that apt could install. Not every release has every package.
available() {
    [ $# = 0 ] || apt-cache policy "$@" 2>/dev/null | awk '
        /^[^ ]/ { name = substr($1, 1, length($1) - 1) }
        $1 == "Candidate:" && $2 != "(none)" { printf "%s ", name }'
}

# The runtime of libFuzzer and the sanitizers is a package of its own in some releases.
fuzzer_runtime() {
    set -- /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a
    [ -n "$want_fuzzer" ] && [ ! -e "$1" ] || return 0
    version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p')
    [ -z "$version" ] || available "libclang-rt-$version-dev"
}

need=$(missing $wanted)
[ -n "$need" ] || need=$(fuzzer_runtime)
[ -n "$need" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    elif command -v sudo >/dev/null && [ -t 0 ] && sudo -v; then
        as_root=sudo
    else
        say "Not installed, and only root can install it: $need"
        end
    fi
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Somebody else may be installing something; the lists of packages have a lock without a patience.
apt() {
    tries=60
    while ! $as_root env LC_ALL=C DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null; do
        tries=$((tries - 1))
        grep -q 'Could not get lock' "$log" || return 1
        [ $tries -gt 0 ] || return 1
        sleep 5
    done
}
install() { apt install --no-install-recommends "$@"; }
complain() {
    tail -n 20 "$log" >&2
    say "deps.sh: $*"
}

say "installing: $need"
# The old lists may do. It succeeds even where it reached nobody.
apt update || complain 'apt-get update failed'
trouble=$(grep '^[WE]: ' "$log" | head -n 5) || :
# Only now does apt know the releases of clang.
need="$(missing $wanted) $(fuzzer_runtime)"
can=$(available $need)
if [ -n "$can" ] && ! install $can; then
    complain "cannot install all of: $can"
    # One that cannot be installed shall not keep the others out.
    need=$(available $(missing $build))
    [ -z "$need" ] || install $need || complain "cannot install what building needs: $need"
    for package in $(missing $can); do
        install "$package" || :
    done
fi
need=$(missing $wanted)
if [ -n "$need" ]; then
    [ -z "$trouble" ] || say "$trouble"
    say "Not installed, and cannot be: $need"
fi
end
