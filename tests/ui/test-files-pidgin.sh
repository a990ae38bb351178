#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two Pidgins send each other files through the service. Pictures are left in ui/ of the build
# directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite='files-pidgin'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
# shellcheck source=tests/ui/files.sh
. "$(dirname "$0")/files.sh"
need pidgin Xvfb xdotool xprop xwininfo convert dbus-send dbus-run-session setsid ps

# What a desktop opens files with: here it writes down their names.
mkdir -p "$scratch/bin"
printf '#!/bin/sh\necho "$1" >>%q\n' "$scratch/opened" >"$scratch/bin/xdg-open"
chmod +x "$scratch/bin/xdg-open"
PATH=$scratch/bin:$PATH

start_with_talkers
show_installed

for name in demo bert; do
    make_files "$scratch/$name"
    start_talker $name $name@example.com $password pidgin
    check "$name signs in" within 15 signed_in $name@example.com
    account_id=$(account $name@example.com)
done
sent=$scratch/demo got=$scratch/bert.got

# --- dialogs -------------------------------------------------------------------------------------

# The dialogs of GTK lose the keys when they are given the focus that they have already.
chooser() { within 10 find_window "^$1\$" && still; }
# pick PATH: in the field for it, which has the focus.
pick() { keys ctrl+a && type_text "$1" && keys Return; }
pick_file() { chooser 'Open File\.\.\.' && pick "$1"; }
save_as() { chooser 'Save File\.\.\.' && picture "${2:-files-save.png}" && pick "$1"; }

# The menu "Conversation" has "Send File...".
send_menu() { focus "^$1\$" && act keys alt+c && picture files-menu.png root && keys n; }

# The offer: alt+a accepts, alt+c declines.
offer() { focus '^Pidgin$' && picture "$1" && keys "$2" && within 10 closed '^Pidgin$'; }
transfers() { within 10 find_window "^File Transfers${1:-}"; }
# Pidgin keeps those that failed, and their window.
dismiss() {
    transfers && to_front && picture "$1" root && act keys alt+r && keys alt+c &&
        within 5 closed '^File Transfers'
}
same() { within 20 cmp "$1" "$2" && ! find "$got" -size 0 | grep .; }

# drag X Y: the first file of the dialog to this point of the screen.
drag() {
    local width top height
    IFS=x+ read -r width _ <<<"$(area "$focused")"
    read -r top height < <(bands "$focused" $((width / 8))+$((width / 2)) "$selected_colour")
    x mousemove --window "$focused" $((width / 2)) $((top + height / 2)) mousedown 1
    act x mousemove_relative 15 10 && act x mousemove_relative 15 10 &&
        act x mousemove "$1" "$2" && act x mousemove_relative 2 2 && picture "$3" root &&
        act x mouseup 1
}

# --- by the menu ---------------------------------------------------------------------------------

at bert
check 'bert opens a conversation' open_conversation $demo 'Demo Person'
at demo
check 'demo opens a conversation' open_conversation $bert 'Bert Müller'
check 'the menu' send_menu 'Bert Müller'
check 'a file is chosen' pick_file "$sent/small.txt"
check 'it is offered' within 5 reads 'Bert Müller' \
    "$bert: Offering to send small.txt to Bert Müller"
at bert
check 'accepted' offer files-offer.png alt+a
touch "$got/small.txt"
new_name() { focus '^Pidgin$' && picture files-exists.png && keys shift+Tab space; }
check 'where to save it' save_as "$got/small.txt"
check 'that file exists: another name' new_name
check 'another name' save_as "$got/second.txt" files-save-again.png
rm "$got/small.txt"
check 'it arrives' same "$sent/small.txt" "$got/second.txt"
check 'Pidgin says so' within 5 mentions 'Demo Person' "file://$got/second.txt"

click_link() {
    local at_x at_y
    focus '^Demo Person$' && picture files-link.png &&
        IFS=, read -r at_x at_y < <(shot txt:- "$focused" |
            sed -n '/#0000FF/{s/:.*//p;q}') &&
        x mousemove --window "$focused" "$at_x" $((at_y + 4)) click 1
}
opened() { grep -q -x -F -e "$1" "$scratch/opened"; }
check 'the link' click_link
check 'the link opens the file' within 5 opened "$got/second.txt"
park
at demo
check 'the sender is told' within 5 reads 'Bert Müller' \
    "$bert: Transfer of file small.txt complete"
check 'the window of transfers has closed' within 5 closed '^File Transfers'

# --- by drag and drop ----------------------------------------------------------------------------

drop() { chooser 'Open File\.\.\.' && move 331 480 500 260 && drag "$@"; }
check 'a dialog with files' send_menu 'Bert Müller'
check 'drop one on the conversation' drop 600 200 files-drop.png
at bert
check 'declined' offer files-offer-large.png alt+c
at demo
check 'the sender is told that' within 5 mentions 'Bert Müller' 'Bert Müller declined the file.'
check 'remove it from the list' dismiss files-declined.png
on_row() {
    row "$bert" && chooser 'Open File\.\.\.' && drag 100 $((row_y + 20)) files-drop-row.png
}
check 'drop one on a contact' on_row
at bert
check 'accepted' offer files-offer-again.png alt+a
check 'where to save it' save_as "$got/air.ogg"
check 'it arrives' same "$sent/air.ogg" "$got/air.ogg"
rm "$got/air.ogg"
at demo
no_file() { chooser 'Open File\.\.\.' && keys Escape && within 5 closed 'Open File\.\.\.'; }
check 'choose none' no_file

# --- stopping ------------------------------------------------------------------------------------

at bert
receive() { offer_slowly "$bert" "$sent/album.zip" && offer "$1" alt+a && save_as "$got/part.zip"; }
details() {
    transfers ' - [1-9][0-9]*% of 1 file$' && to_front && act keys alt+d &&
        within 5 unfolded && picture "$1"
}
unfolded() { [[ $(area "$focused") =~ ^[0-9]+x[5-9][0-9][0-9] ]]; }
stop() { to_front && keys alt+s; }
begun() { test -s "$got/part.zip"; }
check 'a slow one' receive files-offer-echo.png
check 'how far it is' details files-progress.png
check 'stop it' stop
check 'the other one notices' within 5 robot_file 'sending failed'
check 'nothing is left of it' not begun
check 'once more' receive files-offer-echo.png
check 'it begins' within 10 begun
tell_service withdraw echo@example.com OUTBANDCANCEL
check 'the other one stops it: that is told' within 5 mentions Echo 'Echo cancelled the transfer.'
check 'nothing is left of it, either' not begun
check 'remove it from the list' dismiss files-cancelled.png
offer_slowly $bert "$sent/album.zip"
check 'one that is not answered' focus '^Pidgin$'
tell_service withdraw echo@example.com TIMEOUT
check 'the question goes' within 5 closed '^Pidgin$'

long=$scratch/$(printf 'W%.0s' {1..240}).txt
: >"$long"
on_screen() {
    local width left
    focus '^Pidgin$' && picture "$1" root &&
        IFS=x+ read -r width _ left _ <<<"$(area "$focused")" &&
        [ "$left" -ge 0 ] && [ $((left + width)) -le 1024 ]
}
offer_slowly $bert "$long"
check 'a name that is much too long' on_screen files-offer-name.png
check 'it is declined' offer files-offer-name.png alt+c

at demo
tell_service set file-slow=100
send_row() { row_menu echo@ s && pick_file "$sent/album.zip"; }
check 'send something by the menu of a contact' send_row
check 'how far it is' details files-progress-sending.png
check 'stop it' stop
# It reads what is on its way first: some megabytes.
tell_service set file-slow=0
check 'the other one notices' within 5 robot_file 'receiving failed'

# --- through the service, while they talk ---------------------------------------------------------

at demo
tell_service set sb-p2p-ack-delay=100
forget_transcript
check 'send a large one' send_menu 'Bert Müller'
check 'a file is chosen' pick_file "$sent/album.zip"
at bert
check 'accepted' offer files-offer-service.png alt+a
check 'where to save it' save_as "$got/part.zip"
check 'how far it is' details files-progress-service.png
check 'it goes through the service' used_service
talk() { tab "$1" && enter "$2"; }
check 'bert says something' talk 'Demo Person' 'on its way'
at demo
check 'demo reads it at once' within 1 reads 'Bert Müller' "$bert: on its way"
check 'demo says something' talk 'Bert Müller' 'that is fine'
at bert
check 'bert reads it at once' within 1 reads 'Demo Person' "$demo: that is fine"
check 'it has not arrived yet' begun
at demo
check 'how far it is for the sender' details files-progress-sending-service.png
check 'stop it' stop
at bert
check 'bert is told that' within 5 mentions 'Demo Person' 'Demo Person cancelled the transfer.'
check 'nothing is left of it' not begun
check 'remove it from the list' dismiss files-cancelled-service.png
tell_service set sb-p2p-ack-delay=0

# --- accepted by a plugin of Pidgin --------------------------------------------------------------

at bert
autoaccept() {
    local contact
    toggle_plugin Autoaccept || return 1
    contact=$(purple PurpleBuddyGetContact "$(purple PurpleFindBuddy "$account_id" "$demo")")
    purple PurpleBlistNodeSetInt "$contact" autoaccept 1 >/dev/null
}
check 'Autoaccept' autoaccept
at demo
check 'send something' send_menu 'Bert Müller'
check 'a file is chosen' pick_file "$sent/small.txt"
at bert
saved=$scratch/bert/.purple/autoaccept/$demo/small.txt
check 'it is accepted' within 5 mentions 'Demo Person' "file://$saved"
check 'a picture of that' picture files-autoaccept.png root
check 'it arrives' same "$sent/small.txt" "$saved"

# --- the end -------------------------------------------------------------------------------------

end_both
