#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dist.sh TARBALL DIR: packs the files of this tree, all below a directory named as the tarball. The
# result depends on their names and contents only; their date is that of the release.
#
# In a checkout they are what git knows, as it is now, committed or not. Elsewhere, as in an
# unpacked tarball, they are all but what git would ignore, and DIR, where things are built.
set -eu -o pipefail
cd "$(dirname "$0")/.."
name=$(basename "$1" .tar.gz)
date=$(awk -v kind=date -f .packaging/releases.awk .packaging/purple-msnp8.metainfo.xml)
built=$2
case $built in
"$PWD"/*) built=${built#"$PWD"/} ;;
/*) built=build ;;
esac

files() {
    local file
    if [ -e .git ] && command -v git >/dev/null; then
        # Whoever builds this reads the files anyway, whoever owns them.
        git -c safe.directory="$PWD" ls-files -z | while IFS= read -r -d '' file; do
            [ ! -f "$file" ] || printf '%s\0' "$file"
        done
    else
        find . \( -path ./.git -o -path ./build -o -path "./$built" -o -name .cache \) -prune -o \
            -type f ! -name '*~' ! -name '*.swp' ! -path ./compile_commands.json -printf '%P\0'
    fi
}

files | LC_ALL=C sort -z |
    tar --create --format=gnu --null --no-recursion --files-from=- --transform="s,^,$name/," \
        --mtime="@$date" --owner=root:0 --group=root:0 --mode='u+rw,go=u,go-w' |
    gzip -9n >"$1.new"
mv "$1.new" "$1"
