#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# package.sh deb|rpm|arch TARBALL DIR [ARGUMENT...]: makes a package of a tarball of "make dist",
# with the distribution's own tools (which get the arguments), and puts it into DIR. Its path is
# printed.
set -eu -o pipefail
kind=$1
tarball=$(realpath "$2")
dir=$3
results=$(realpath "$dir")
shift 3
name=$(basename "$tarball" .tar.gz)
version=${name#purple-msnp8-}

# What the person who runs this has set for make is not for the package.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL O PREFIX DESTDIR V WERROR SANITIZE CC
unset CFLAGS CPPFLAGS LDFLAGS SOURCE_DATE_EPOCH
export LC_ALL=C.UTF-8 TZ=UTC
umask 022

# The tools cannot name every directory.
stage=$results/$kind
case $stage in
*[!A-Za-z0-9/._+-]*)
    stage=$(mktemp -d)
    trap 'rm -rf "$stage"' EXIT
    ;;
*)
    rm -rf "$stage"
    mkdir "$stage"
    ;;
esac
cd "$stage"
cp "$tarball" .
tar -x -z --no-same-owner -f "$tarball"
packaging=$stage/$name/.packaging

releases() {
    awk -v kind="$1" -f "$packaging/releases.awk" "$packaging/purple-msnp8.metainfo.xml"
}

make_deb() {
    cd "$name"
    cp -R .packaging/debian debian
    releases debian >debian/changelog
    # What building needs is there; a compiler for C++ may not be, which it would ask for.
    dpkg-buildpackage --build=binary --unsigned-changes --unsigned-buildinfo --jobs=auto \
        --no-check-builddeps "$@"
}

make_rpm() {
    {
        sed "s/@VERSION@/$version/" "$packaging/purple-msnp8.spec"
        releases rpm
    } >purple-msnp8.spec
    rpmbuild -bb --define "_topdir $stage" --define "_sourcedir $stage" --define "_rpmdir $stage" \
        --define '_rpmfilename %%{name}-%%{version}-%%{release}.%%{arch}.rpm' \
        "$@" purple-msnp8.spec
}

make_arch() {
    sed "s/@VERSION@/$version/; s/@SHA256@/$(sha256sum <"$tarball" | cut -d ' ' -f 1)/" \
        "$packaging/PKGBUILD" >PKGBUILD
    makepkg "$@"
}

case $kind in
# It may have questions.
arch) make_arch "$@" >&2 ;;
*)
    (make_"$kind" "$@") >log 2>&1 || {
        tail -n 40 log >&2
        exit 1
    }
    ;;
esac
shopt -s nullglob
made=(purple-msnp8[-_]*.deb purple-msnp8-*.rpm purple-msnp8-*.pkg.tar*)
for file in "$results"/purple-msnp8[-_]*.{deb,rpm,pkg.tar*}; do
    # Those of other versions.
    [ "${file##*.}" != "${made[0]##*.}" ] || rm "$file"
done
mv "${made[@]}" "$results"
printf '%s\n' "${made[@]/#/$dir/}"
