#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A newcomer's machine: a Debian (or whatever this one is) with nothing but the essential packages,
# in a directory of its own. What README.md says is typed there, with the packages of the archive,
# and Pidgin signs in. Prints TAP. The empty system is kept for a week in $O/pristine.

# shellcheck disable=SC2317 # functions that "check" calls

suite=pristine
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/../ui/lib.sh"
skip_all() {
    echo "1..0 # SKIP $*"
    exit 0
}
need mmdebstrap unshare Xvfb xdotool xprop xwininfo convert compare dbus-send dbus-run-session \
    setsid ps
[ "$(id -u)" = 0 ] || skip_all 'only root can install an empty system'
! lacks mounts || skip_all 'no mounts of our own, as an empty system needs them'

# --- the empty system ----------------------------------------------------------------------------

release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
# Where this machine has its packages from, as lines for apt.
sources() {
    apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v release="${release:-unknown}" '$2 == release || index($2, release "-") == 1 {
            print "deb", $1, $2, $3
        }' | sort -u
}
empty=$O/pristine/$release.tar
mkdir -p "$O/pristine"
if ! find "$O/pristine" -name "$release.tar" -mtime -7 | grep -q .; then
    sources | grep -q . || skip_all 'the sources of packages are not known'
    if ! sources | timeout 300 mmdebstrap --quiet --variant=minbase --format=tar \
        --dpkgopt=force-unsafe-io "$release" "$empty.new" - 2>"$scratch/log"; then
        note <"$scratch/log"
        skip_all "no empty system can be installed: $(grep -m 1 '^[EW]: ' "$scratch/log")"
    fi
    mv "$empty.new" "$empty"
fi

system=$scratch/system
mkdir "$system"
tar -x -C "$system" -f "$empty" || bail_out 'the empty system cannot be unpacked'
cp /etc/resolv.conf /etc/hosts "$system/etc/"
cat >"$system/etc/apt/apt.conf.d/90test" <<'END'
APT::Get::Assume-Yes "true";
APT::Install-Recommends "false";
END
# Who has no sudo is root.
printf '#!/bin/sh\nexec "$@"\n' >"$system/usr/bin/sudo" && chmod +x "$system/usr/bin/sudo"

# No init runs there: nothing starts or restarts a service.
printf '#!/bin/sh\nexit 101\n' >"$system/usr/sbin/policy-rc.d"
printf '#!/bin/sh\n' >"$system/usr/local/bin/systemctl"
chmod +x "$system/usr/sbin/policy-rc.d" "$system/usr/local/bin/systemctl"

# What runs inside has the devices, and the sockets and files of this test where they are outside.
# shellcheck disable=SC2016 # for the inner shell
inside=(unshare --mount sh -c 'set -e
    mount -t proc proc "$0/proc"
    mount --rbind /dev "$0/dev"
    for dir in /tmp "$1"; do mkdir -p "$0$dir" && mount --bind "$dir" "$0$dir"; done
    shift
    exec chroot "$0" "$@"' "$system" "$scratch")

# typed COMMANDS: in the source, by somebody who has just unpacked it.
typed() {
    "${inside[@]}" env -i HOME=/root LANG=C.UTF-8 \
        PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        DEBIAN_FRONTEND=noninteractive bash -ec "cd /usr/src/purple-msnp8-*; $1" \
        >"$scratch/log" 2>&1 && return
    tail -n 30 "$scratch/log" | note
    return 1
}

"${MAKE:-make}" -s -C "$root" O="$scratch/dist" dist >"$scratch/log" 2>&1 ||
    { note <"$scratch/log" && bail_out 'no tarball'; }
tar -xz --no-same-owner -C "$system/usr/src" -f "$scratch"/dist/*.tar.gz
# Without the option it succeeds even where it reached nobody.
typed 'apt-get -o APT::Update::Error-Mode=any update' || skip_all 'the archive cannot be reached'

# --- what README says ----------------------------------------------------------------------------

is_installed() {
    "${inside[@]}" dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}
# Files of ours, as the Makefile lists them, that are there (as they are, or compressed).
ours() {
    local file
    "${MAKE:-make}" -s -C "$root" PREFIX=/usr installed | cut -d : -f 3 | while read -r file; do
        for file in "$system$file" "$system$file.gz"; do
            [ ! -e "$file" ] && [ ! -L "$file" ] || echo "${file#"$system"}"
        done
    done
}
all_there() { [ "$(ours | wc -l)" = "$("${MAKE:-make}" -s -C "$root" installed | wc -l)" ]; }
none_there() { [ -z "$(ours)" ]; }

check 'README: a package is made and installed' typed "$(readme install-debian)"
# Nothing else is worth waiting for.
is_installed purple-msnp8 || finish
check 'all of it is there' all_there

# --- Pidgin --------------------------------------------------------------------------------------

user=demo@example.com
password=geheim77WORT

icon_there() { focus '^Buddy List$' && keys ctrl+a && focus '^Accounts$' && icon_in 22 "$focused"; }
accounts_picture() { picture pristine-accounts.png; }

check 'Pidgin is installed' typed 'apt-get install pidgin'
start_service "$user:$password:Demo Person"
start_display
installed=("${inside[@]}")
home=$scratch/home
make_home "$home" /dev/null
rm -r "$home/.purple/plugins" "$home/.purple/smileys"
put_accounts "$home" $user $password
trust "$home" "$MSNP8_LEAF_FILE"
check 'Pidgin starts' start_pidgin "$home"
check 'Pidgin signs in' within 15 signed_in $user
check 'the service is told a status' within 15 chg NLN
check 'Pidgin shows the protocol and its icon' within 10 icon_there
check 'Pidgin shows its accounts' accounts_picture
check 'Pidgin quits' quit_pidgin
check 'no critical is in its log' no_criticals "$client_log"

# --- BitlBee -------------------------------------------------------------------------------------

knows_it() { "${inside[@]}" bitlbee -V | grep -q purple=1; }
check 'README: BitlBee is installed' typed "$(readme bitlbee-install)"
check 'this BitlBee is the one with libpurple' knows_it

# --- and away with it ----------------------------------------------------------------------------

check 'README: the package is removed' typed "$(readme uninstall-debian)"
check 'it is not installed any more' not is_installed purple-msnp8
check 'nothing of it is left' none_there

finish
