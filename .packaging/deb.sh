#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# deb.sh TARBALL DIR: makes a Debian package of a tarball of "make dist", with dpkg's own tools, and
# puts it into DIR. The result depends on the tarball and the system only.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
tarball=$(realpath "$1")
results=$(realpath "$2")
name=$(basename "$tarball" .tar.gz)

# What the person who runs this has set is not for the package.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL O PREFIX DESTDIR V WERROR SANITIZE CC
unset CFLAGS CPPFLAGS LDFLAGS SOURCE_DATE_EPOCH
export LC_ALL=C.UTF-8 TZ=UTC
umask 022

# The flags of dpkg cannot name every directory.
stage=$results/deb
case $stage in
*[!A-Za-z0-9/._+-]*) stage=$(mktemp -d) && trap 'rm -rf "$stage"' EXIT ;;
*) rm -rf "$stage" && mkdir "$stage" ;;
esac
tar -x -z --no-same-owner -C "$stage" -f "$tarball"
cd "$stage/$name"
cp -R .packaging/debian debian
awk -v kind=debian -f .packaging/releases.awk .packaging/purple-msnp8.metainfo.xml \
    >debian/changelog
if ! dpkg-buildpackage --build=binary --unsigned-changes --unsigned-buildinfo --jobs=auto \
    >../log 2>&1; then
    tail -n 40 ../log >&2
    exit 1
fi
rm -f "$results"/purple-msnp8_*.deb "$results"/purple-msnp8-dbgsym_*.deb
mv ../*.deb "$results"
