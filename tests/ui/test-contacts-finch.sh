#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The contact list in Finch. What it shows is left in ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite=contacts-finch
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/contacts.sh
. "$(dirname "$0")/contacts.sh"
need finch tmux setsid ps

start_with_contacts
# Her sign would be that of a phone, in place of the status.
tell_service phone anna@example.com MOB N

home=$scratch/main
make_home "$home" "$O/libmsnp8.so"
put_accounts "$home" $user $password
trust "$home" "$MSNP8_LEAF_FILE"
# Somebody was added while offline, whom the service does not know.
cat >"$home/.purple/blist.xml" <<END
<?xml version='1.0' encoding='UTF-8' ?>
<purple version='1.0'><blist><group name='Friends'><contact>
<buddy account='$user' proto='prpl-msnp8'><name>nobody@example.com</name></buddy>
</contact></group></blist></purple>
END

forget_transcript
start_finch_logging "$home"
check 'sign in: the service is told a status' within 15 chg NLN

# --- the request of somebody who has added us ----------------------------------------------------

asked() { bring 'newcomer@example.com \(Newcomer & <i>friend</i>\) wants to add'; }
add_back() {
    bring 'Please enter buddy information' && capture contacts-finch-add-back.txt &&
        press Tab Tab Tab && press -l Friends && press Tab Tab Enter
}
check 'being added: asked' within 10 asked
check 'being added: who it is' within 5 shows 'Info for newcomer@example.com'
check 'being added: a picture' capture contacts-finch-asked.txt
press Enter
check 'being added: on the allow list' within 5 on_server newcomer@example.com 10
check 'being added: add back' within 5 add_back
check 'being added: it is a contact' within 5 on_server newcomer@example.com 11 Friends

# --- what is seen --------------------------------------------------------------------------------

# Everybody is there in full, in this order, with the group that each is in.
expected='- Friends
◯ Anna
⊖ Björn Ångström
◯ Newcomer & <i>friend</i>
- Work
⊖ Björn Ångström
⊖ Distant
◯ Win a prize!!!
⊖ Zoë <b>says</b> "hi" & waves
- Buddies
◯ שלום עולם abc'
rows() {
    screen | LC_ALL=C.UTF-8 sed -n 's/^│ *\([-◯⊖] [^│▒┌]*[^│▒┌ ]\) *[│▒┌].*/\1/p'
}
all_rows() { [ "$(rows)" = "$expected" ] || ! rows | note; }
check 'buddy list' within 5 bring '^┌─+┤Buddy List├'
press Home
check 'buddy list: groups and contacts' within 5 all_rows
check 'buddy list: a picture' capture contacts-finch.txt

# The tool tip comes by itself, beside the row.
press Down
tip() { shows '┤anna@example.com├' && shows "│$1│?"; }
check 'tool tip' within 5 tip 'Status: Available'
check 'tool tip: groups' tip 'Groups: Friends'
check 'tool tip: telephones' tip 'Home phone: \+49 30 555-0101'
check 'tool tip: a picture' capture contacts-finch-tooltip.txt

tell_service appear anna@example.com LUN
check 'somebody goes to lunch' within 5 shows '⊖ Anna'
tell_service appear anna@example.com FLN
check 'somebody goes offline' within 5 not shows '(◯|⊖) Anna'
tell_service appear anna@example.com NLN
check 'somebody comes online' within 10 shows '◯ Anna'

# --- the menu of a contact -----------------------------------------------------------------------

labels() { menu && shows 'Invite to Group Chat\.\.\. +\(i'; }
menu() { press C-x && within 5 shows 'Get Info +\(g\)'; }
info() {
    menu && press g && within 5 bring 'Info for anna@example.com' &&
        capture contacts-finch-info.txt && within 5 shows 'Mobile phone: \+49 170 555 0102'
}
press Home Down
check 'menu: no marks in labels' labels
press Escape
check 'menu: information' info
press M-c
block() {
    within 5 bring '^┌─+┤Buddy List├' && menu && within 5 shows "$1" && capture "$2" && press b
}
check 'menu: block' block '\[ \] Blocked' contacts-finch-menu.txt
check 'menu: on the block list' within 5 on_server anna@example.com 13
check 'menu: unblock' block '\[X\] Blocked' contacts-finch-menu-2.txt
check 'menu: on the allow list' within 5 on_server anna@example.com 11

# --- mobile phones -------------------------------------------------------------------------------

page_anna() {
    within 5 bring '^┌─+┤Buddy List├' && menu && press e &&
        within 5 bring 'Send a message to the mobile phone of Anna' && press -l 'Hi <b>' &&
        capture contacts-finch-mobile.txt && press Tab Enter
}
paged() { [ "$(ask_service heard anna@example.com page)" = "1 $1" ]; }
tell_service phone anna@example.com MOB Y
tell_service send $user 'BPR 99 anna@example.com MOB Y\r\n'
check 'mobile phone: the sign' within 5 shows '☎ Anna'
check 'mobile phone: send to it' page_anna
check 'mobile phone: it is there' within 5 paged 'Hi <b>'
check 'mobile phone: it is in the conversation' within 5 bring 'To the mobile phone: Hi <b>'
check 'mobile phone: a picture' capture contacts-finch-mobile-sent.txt
press M-c

# --- texts for a terminal of 80 columns ----------------------------------------------------------

show_offline() {
    within 5 bring '^┌─+┤Buddy List├' && press F10 && within 5 shows 'Show +\(h\)' && press h &&
        within 5 shows 'Offline buddies +\(o\)' && press o && within 5 shows '⊗ nobody'
}
# Goes down to the contact; its tool tip comes by itself.
go_to() {
    local tries
    press Home
    for tries in 1 2 3 4 5 6; do
        ! within 0 shows "┤$1├" || return 0
        press Down
    done
    return 1
}
check 'offline contacts' show_offline
check 'a tool tip' go_to nobody@example.com
check 'it has lines, too' within 5 shows '│Note: Not on .* no account with this +│'
check 'with all words' shows '│address\. +│'
check 'a picture of that' capture contacts-finch-note.txt
information() { press C-x && within 5 shows 'Get Info +\(g\)' && press g; }
check 'information' information
check 'so has this' within 5 bring '^│Note: .* people who are not on +│'
press M-c

phones() {
    within 5 bring '^┌─+┤Buddy List├' && press F10 Right Enter && within 5 shows 'Set Phone' &&
        press Down Enter && within 5 shows '^│Home phone' && capture contacts-finch-phones.txt
}
check 'telephone numbers' phones
check 'a long text ends a line with a word' shows '^│Everyone who .* Leave a field +│'
check 'and goes on with the next one' shows '^│empty to keep it private\. +│'
press Escape

forget_transcript
check 'quits' quit_finch
check 'the service is told OUT' within 10 seen '^NS >>> OUT'
end_finch
check 'no secret is in the log' keeps_secrets "$client_log" $password
# Finch raises one of its own after it has unloaded the plugin.
sed '/Unloading plugin MSN Messenger/q' "$client_log" >"$scratch/plugin.log"
check 'no critical is in the log' no_criticals "$scratch/plugin.log"

transcript_start=0
check 'the service saw nothing that is wrong' not seen ' bad: '

finish
