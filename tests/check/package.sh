#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tarball, and the packages that are made of it: as README.md says, with what is in them, and
# whether they depend on who makes them where. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
root=$PWD
make=${MAKE:-make}
scratch=$(mktemp -d)
# For somebody else, too, who builds in it.
chmod 711 "$scratch"
trap 'rm -rf "$scratch"' EXIT
# Where rpm makes a directory, and would look for settings.
export HOME=$scratch
# shellcheck source=tests/check/tap.sh
. tests/check/tap.sh
# shellcheck source=tests/check/readme.sh
. tests/check/readme.sh

metainfo=.packaging/purple-msnp8.metainfo.xml
version=$(sed -n 's/^VERSION := //p' Makefile)
name=purple-msnp8-$version

check 'the last release of the change log is this version' "$version" \
    "$(awk -v kind=version -f .packaging/releases.awk $metainfo)"
if command -v appstreamcli >/dev/null; then
    # The project has no homepage, which newer releases of the tool miss.
    check 'the metainfo is valid' 'Validation' "$(appstreamcli validate --pedantic --no-net \
        $metainfo 2>&1 | grep -v url-homepage-missing | grep -o '^[EWP]: .*\|Validation')"
else
    skip 'the metainfo is valid' 'no appstreamcli'
fi

# --- the tarball ---------------------------------------------------------------------------------

"$make" -s O="$scratch" dist >/dev/null 2>"$scratch/log" || sed 's/^/# /' "$scratch/log"
tarball=$scratch/$name.tar.gz
unpack() { # unpack DIR: the tarball, into a new directory; what is in it is in $tree
    mkdir "$scratch/$1" && tar -xz -C "$scratch/$1" -f "$tarball" && tree=$scratch/$1/$name
}
if [ -e .git ] && command -v git >/dev/null; then
    check 'the tarball has what git knows' \
        "$(git -c safe.directory="$PWD" ls-files | while read -r file; do
            [ ! -e "$file" ] || echo "$file"
        done | LC_ALL=C sort)" "$(tar -tf "$tarball" | sed 's,^[^/]*/,,')"
else
    skip 'the tarball has what git knows' 'not a git checkout'
fi
unpack 'a tarball'
mkdir "$tree/build" && touch "$tree/build/made" "$tree/compile_commands.json" "$tree/Makefile~"
find "$tree" -type f -exec touch {} +
(umask 077 && cd "$tree" && "$make" -s dist) >"$scratch/log" 2>&1
check 'the unpacked tarball makes itself again, to the letter' "$(sha256sum <"$tarball")" \
    "$(sha256sum <"$tree/build/$name.tar.gz")"

# --- the packages --------------------------------------------------------------------------------

# What is to be in a package: the table of the Makefile. gz: as Debian compresses it.
wanted() { "$make" -s PREFIX=/usr installed | cut -d : -f 3 | sort; }

# Programs that others have: what they do here is to be seen in $said. Whoever types our commands
# has them first.
said=$scratch/said
mkdir "$scratch/bin"
stub() { printf '#!/bin/bash\n%s\n' "$2" >"$scratch/bin/$1" && chmod +x "$scratch/bin/$1"; }
stub sudo 'exec "$@"'
for program in apt dnf pacman; do
    # shellcheck disable=SC2016 # for the program
    stub $program 'for each; do case $each in ./*) [ -s "$each" ] && each=${each##*/} ;; esac
        set -- "$@" "$each"; shift; done; echo "${0##*/} $*" >>'"$said"
done
# As much of it as a PKGBUILD needs.
# shellcheck disable=SC2016 # for the program
stub makepkg 'set -e
. ./PKGBUILD
echo "$sha256sums  $source" | sha256sum --check --quiet
srcdir=$PWD/src pkgdir=$PWD/pkg
mkdir -p "$srcdir" "$pkgdir"
tar -xz -C "$srcdir" -f "$source"
export CFLAGS=-O0
(cd "$srcdir" && build)
(cd "$srcdir" && package)
tar -c -C "$pkgdir" -f "$pkgname-$pkgver-$pkgrel-any.pkg.tar.zst" .'

# typed COMMANDS COMMAND...: what README says, typed in $tree; COMMAND runs the shell.
typed() {
    local commands=$1
    shift
    : >"$said"
    chmod 666 "$said"
    # shellcheck disable=SC2016 # for the shell
    (cd "$tree" && env PATH="$scratch/bin:$PATH" MAKE="$make" "$@" \
        bash -ec "umask 077; $commands") >"$scratch/log" 2>&1 ||
        { tail -n 30 "$scratch/log" | sed 's/^/# /'; echo "exit status $?"; }
    cat "$said"
}

if command -v dh >/dev/null && command -v dpkg-buildpackage >/dev/null; then
    # Somebody else, somewhere else, in another country.
    others=(env -u TMPDIR HOME=/nonexistent LC_ALL=tr_TR.UTF-8 TZ=Pacific/Auckland CFLAGS=-O0)
    if [ "$(id -u)" = 0 ] && setpriv --reuid=65534 --regid=65534 --clear-groups \
        test -x "$scratch" 2>/dev/null; then
        others+=(setpriv --reuid=65534 --regid=65534 --clear-groups)
        chown -R 65534:65534 "$scratch/a tarball"
    fi
    arch=$(dpkg --print-architecture)
    check 'README: a package for Debian' "apt install purple-msnp8_${version}_$arch.deb" \
        "$(typed "$(readme install-debian)" "${others[@]}" | tail -n 1)"
    "$make" -s O="$scratch" deb >"$scratch/log" 2>&1 || sed 's/^/# /' "$scratch/log"
    for file in "$scratch"/*.deb; do
        check "${file##*/} is the same whoever makes it" "$(sha256sum <"$file")" \
            "$(sha256sum <"$tree/build/${file##*/}")"
    done
    deb=$scratch/purple-msnp8_${version}_$arch.deb
    # Debian has the licence already, compresses what is long and adds two files.
    check 'what is in the package for Debian' \
        "$({
            wanted
            printf "/usr/share/doc/purple-msnp8/%s\n" changelog copyright
        } | sort)" \
        "$(dpkg-deb --fsys-tarfile "$deb" | tar -t | sed -n 's/^\.\(.*[^/]\)$/\1/p' |
            sed -E '/\/(doc|man)\//s/\.gz$//' | sort)"
    check 'the package for Debian needs libpurple, and recommends a client' 'libpurple pidgin' \
        "$(dpkg-deb -f "$deb" Depends | grep -o libpurple) $(dpkg-deb -f "$deb" Recommends |
            grep -o pidgin)"
    if command -v lintian >/dev/null; then
        # The metainfo was looked at above.
        check 'lintian has nothing to say' '' "$(lintian --no-cfg --pedantic --fail-on none \
            --suppress-tags appstream-metadata-validation-failed "$scratch"/*.deb 2>&1 |
            grep '^[EWPX]:')"
    else
        skip 'lintian has nothing to say' 'no lintian'
    fi
else
    skip 'a package for Debian' 'no debhelper'
fi

unpack another
if command -v rpmbuild >/dev/null; then
    # Debian's packages are not known to it; an optimiser would only take its time.
    flags='--nodeps --define "set_build_flags export CFLAGS=-O0"'
    typed "$(readme install-fedora)" env RPMFLAGS="$flags" >"$scratch/typed"
    rpm=$(cd "$tree/build" && echo *.rpm)
    check 'README: a package for Fedora' "dnf install $rpm" "$(tail -n 1 "$scratch/typed")"
    check 'what is in the package for Fedora' "$({
        wanted
        printf '/usr/share/%s\n' doc/purple-msnp8 pixmaps/pidgin/emotes/msnp8
    } | sort)" "$(rpm -qlp "$tree/build/$rpm" | sed '/\/man\//s/\.gz$//' | sort)"
    check 'the package for Fedora has the change log' "$(awk -v kind=rpm \
        -f .packaging/releases.awk $metainfo | sed 1d)" \
        "$(rpm -qp --changelog "$tree/build/$rpm" | sed 1d)"
else
    skip 'a package for Fedora' 'no rpmbuild'
fi

check 'README: a package for Arch' "pacman -U purple-msnp8-$version-1-any.pkg.tar.zst" \
    "$(typed "$(readme install-arch)" env | tail -n 1)"
check 'what is in the package for Arch' "$({
    wanted
    echo /usr/share/licenses/purple-msnp8/COPYING
} | sort)" "$(tar -tf "$tree"/build/*.zst | sed -n 's/^\.\(.*[^/]\)$/\1/p' | sort)"

echo "1..$number"
