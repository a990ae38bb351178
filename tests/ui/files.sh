# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of file transfers share. Read in after conversations.sh.

# make_files HOME: files that somebody may want to send, "air.ogg" the first of them, and a dialog
# of GTK that shows them, and has the field for a path at once.
make_files() {
    mkdir -p "$1/.config/gtk-2.0" "$1.got" && head -c 20000000 /dev/urandom >"$1/album.zip" &&
        head -c 300000 /dev/urandom >"$1/air.ogg" && head -c 2045 /dev/urandom >"$1/small.txt" &&
        printf '%s\n' '[Filechooser Settings]' LocationMode=filename-entry StartupMode=cwd \
            >"$1/.config/gtk-2.0/gtkfilechooser.ini"
}

# robot_file WORDS: what has become of the newest file of Echo.
robot_file() { ask_service file echo@example.com | grep -q -E -e "^$1"; }

# offer_slowly WHO FILE: by Echo, so slow that one can look at it for some minutes.
offer_slowly() {
    tell_service set file-slow=10
    tell_service set p2p-slow=5
    tell_service ring echo@example.com "$1"
    tell_service offer echo@example.com "$1" "$2"
}

# use_service: from now on Echo has a client that sends and takes files through the service.
use_service() { tell_service client-id echo@example.com 268435456; }
# used_service: so the newest one went.
used_service() { seen '^SB ... . p2p .* 0x1000030 '; }
