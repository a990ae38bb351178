#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The contact list in Pidgin: seen, edited, kept from one sign-in to the next. Pictures are left in
# ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite=contacts-pidgin
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/contacts.sh
. "$(dirname "$0")/contacts.sh"
need pidgin Xvfb xdotool xprop xwininfo convert compare dbus-send dbus-run-session setsid ps

start_with_contacts
start_display
show_installed

home=$scratch/main
make_home "$home" "$O/libmsnp8.so"
put_accounts "$home" $user $password
trust "$home" "$MSNP8_LEAF_FILE"
# Somebody was added while offline, whom the service will not know.
cat >"$home/.purple/blist.xml" <<END
<?xml version='1.0' encoding='UTF-8' ?>
<purple version='1.0'><blist><group name='Work'><contact>
<buddy account='$user' proto='prpl-msnp8'><name>nobody@example.com</name></buddy>
</contact></group></blist></purple>
END

# --- what is seen --------------------------------------------------------------------------------

expected='Buddies/shalom@example.com
Friends/anna@example.com
Friends/bjorn@example.com
Work/bjorn@example.com
Work/distant@example.com
Work/nobody@example.com
Work/pest@example.com
Work/zoe@example.com'
# The group for those who are in none has another name in each language.
as_expected() {
    [ "$(buddies | sed 's|^Kontakte/|Buddies/|')" = "$expected" ] || ! buddies | note
}

take_message() {
    focus_dialog && picture "$1" && keys Return && within 5 no_dialog
}

start_pidgin "$home"
check 'sign in' within 15 signed_in $user
account_id=$(account $user)
check 'buddy list: groups and contacts of the service' within 10 as_expected
check 'added offline, unknown to the service: a message' take_message contacts-pidgin-refused.png
check 'status: available' within 5 is_status anna@example.com available
check 'status: busy' within 5 is_status bjorn@example.com busy
check 'status: away' within 5 is_status zoe@example.com away
check 'status: idle is available' within 5 is_status shalom@example.com available
check 'status: of somebody blocked' within 5 is_status pest@example.com available
check 'status: of who was refused' within 5 is_status nobody@example.com offline
check 'emblem: blocked' within 5 emblem blocked
check 'emblem: does not have us' within 5 emblem not-authorized
check 'emblem: not on the list of the service' within 5 emblem unavailable
check 'emblem: has a mobile phone' within 5 emblem mobile
check 'emblem: one that nobody has' not emblem secure
check 'buddy list: a picture' picture contacts-pidgin.png "$(window '^Buddy List$')"

info() {
    row_menu "$1" i && focus '^Buddy Information$' && move 400 0 &&
        picture "$2" && keys Escape && within 5 closed '^Buddy Information$'
}
tooltip() {
    row "$1" && opens x mousemove --window "$focused" 80 "$row_y" mousemove_relative 2 1 &&
        picture "$2" root && park && within 5 gone "$opened"
}
expanded() { row_menu "$1" e && picture "$2" && row_menu "$1" c; }
check 'information about somebody with telephones' info anna@ contacts-pidgin-info.png
check 'information about somebody with markup in the name' info zoe@ contacts-pidgin-info-2.png
check 'tool tip' tooltip zoe@ contacts-pidgin-tooltip.png
check 'tool tip of who was refused' tooltip nobody@ contacts-pidgin-tooltip-2.png
check 'expanded' expanded bjorn@ contacts-pidgin-expanded.png

# --- others come and go --------------------------------------------------------------------------

tell_service appear anna@example.com LUN
check 'somebody goes to lunch' within 5 is_status anna@example.com lunch
tell_service appear anna@example.com FLN
check 'somebody goes offline' within 5 is_status anna@example.com offline
tell_service appear anna@example.com NLN
check 'somebody comes online' within 5 is_status anna@example.com available
tell_service name anna@example.com 'Anna & <u>Karl</u> 100%'
renamed() {
    local buddy
    buddy=$(purple PurpleFindBuddy "$account_id" "$1")
    purple PurpleBuddyGetServerAlias "$buddy" | grep -F "$2"
}
check 'somebody takes another name' within 5 renamed anna@example.com 'Anna & <u>Karl</u> 100%'

# --- who adds us ---------------------------------------------------------------------------------

# The buttons below the list are, in the order of the Tab key from the rows on: title and text of
# the question, "Send Instant Message", "Deny", "Authorize".
answer() {
    focus_rows && keys Tab Tab Tab Tab && { [ "$1" = deny ] || keys Tab; } && keys space
}
asked() { [ "$(grep -a -c 'asking about somebody' "$client_log")" = "$1" ]; }
add_back() {
    focus '^Add Buddy$' && keys alt+g && type_text Friends &&
        picture contacts-pidgin-add-back.png && keys alt+a && within 5 closed '^Add Buddy$'
}
check 'being added: asked' within 5 asked 1
check 'being added: a picture' picture contacts-pidgin-asked.png root
forget_transcript
check 'being added: authorize' answer authorize
check 'being added: on the allow list' within 5 seen '^NS >>> ADD [0-9]+ AL newcomer@'
check 'being added: add back' add_back
check 'being added: it is a contact' within 5 on_server newcomer@example.com 11 Friends
check 'being added: it is seen' within 5 is_status newcomer@example.com available
has_alias() {
    local buddy
    buddy=$(purple PurpleFindBuddy "$account_id" "$1")
    [ "$(purple PurpleBuddyGetLocalBuddyAlias "$buddy")" = "$2" ]
}
check 'being added: the name is no alias' has_alias newcomer@example.com ''
tell_service add second@example.com $user
check 'being added meanwhile: asked' within 5 asked 2
check 'being added meanwhile: deny' answer deny
check 'being added meanwhile: on the block list' within 5 on_server second@example.com 12
tell_service add third@example.com $user
check 'being added, and no answer' within 5 asked 3

# --- adding, moving, removing --------------------------------------------------------------------

# add WHO GROUP PICTURE [ALIAS]
add() {
    focus '^Buddy List$' && keys ctrl+b && focus '^Add Buddy$' && keys alt+u && type_text "$1" &&
        keys alt+g ctrl+a && type_text "$2" || return 1
    [ -z "${4:-}" ] || { keys alt+l && type_text "$4"; } || return 1
    picture "$3" && keys alt+a && within 5 closed '^Add Buddy$'
}
forget_transcript
check 'add somebody: the dialog' add grandpa@example.com Family contacts-pidgin-add.png Opa
check 'add somebody: it is a contact' within 5 on_server grandpa@example.com 3 Family
check 'add somebody: the group is there' within 5 seen '^NS >>> ADG [0-9]+ Family 0'
check 'add somebody: the alias stays here' not seen 'Opa'
tell_service appear grandpa@example.com PHN
check 'add somebody: it appears' within 5 is_status grandpa@example.com phone
check 'add an unknown account: the dialog' add somebody@example.org Family contacts-pidgin-add-2.png
check 'add an unknown account: a message' take_message contacts-pidgin-unknown.png
check 'add an unknown account: gone again' within 5 not has_buddy Family somebody@example.org

# drag WHO GROUP: with the mouse, onto the name of a group.
drag() {
    local from
    row "$1" && from=$row_y && row "$2" && x mousemove --window "$focused" 80 "$from" mousedown 1 &&
        opens x mousemove --window "$focused" 84 $((from + 9)) \
            mousemove --window "$focused" 88 $((from + 18)) &&
        act x mousemove --window "$focused" 90 $((row_y - 2)) &&
        act x mousemove --window "$focused" 91 "$row_y" && act x mouseup 1 && park
}
check 'move somebody to another group' drag Opa Friends
check 'move somebody: the service knows' within 5 on_server grandpa@example.com 3 Friends
check 'move somebody: it is there' within 5 has_buddy Friends grandpa@example.com
check 'move somebody: the alias stays' within 5 has_alias grandpa@example.com Opa

confirm() { focus_dialog && picture "$1" && keys alt+r && within 5 no_dialog; }
remove() { row_menu "$1" r && confirm "$2"; }
forget_transcript
check 'remove somebody' remove Opa contacts-pidgin-remove.png
check 'remove somebody: the service knows' within 5 seen '^NS >>> REM [0-9]+ FL grandpa@'
check 'remove somebody: gone' within 5 not has_buddy Friends grandpa@example.com

# Neither keys nor mouse open the field for the new name each time.
rename_group() {
    purple PurpleBlistRenameGroup "$(purple PurpleFindGroup "$1")" "$2" >/dev/null
}
check 'rename a group' rename_group Friends 'Old Friends'
check 'rename a group: the service knows' within 5 seen '^NS >>> REG [0-9]+ 1 Old%20Friends 0'
check 'rename a group: its contacts are in it' within 5 has_buddy 'Old Friends' anna@example.com
check 'remove a group' row_menu Work d
check 'remove a group: asked' confirm contacts-pidgin-remove-group.png
check 'remove a group: the service knows' within 5 seen '^NS >>> RMG [0-9]+ 2'
check 'remove a group: its contacts are gone' within 5 on_server zoe@example.com 10
check 'remove a group: the others are not' on_server bjorn@example.com 11 "Old Friends"

# --- privacy -------------------------------------------------------------------------------------

privacy_window() {
    focus '^Buddy List$' && act keys alt+t && keys i && focus '^Privacy$' &&
        move 400 0 && picture contacts-pidgin-privacy.png
}
block_by_address() {
    act keys alt+a && focus '^Block User$' && type_text "$1" && keys Return &&
        within 5 closed '^Block User$'
}
# The account has the focus, then the mode and the list.
unblock_first() { focus '^Privacy$' && keys Tab Tab Home Down Up && act keys alt+r; }
# Of five modes the last one is on, and the third one is chosen.
allow_list_only() {
    keys shift+Tab && act keys space && keys Up Up Return && picture contacts-pidgin-allowed.png
}
all_but_blocked() { act keys space && keys Down Down Return && keys alt+c; }
forget_transcript
check 'privacy: the window' privacy_window
check 'privacy: block by address' block_by_address anna@example.com
check 'privacy: on the block list' within 5 on_server anna@example.com 13
check 'privacy: take it off' unblock_first
check 'privacy: on the allow list again' within 5 on_server anna@example.com 11
check 'privacy: the allow list only' allow_list_only
check 'privacy: the service knows' within 5 seen '^NS >>> BLP [0-9]+ BL'
check 'privacy: all but the blocked' all_but_blocked
check 'privacy: the service knows that, too' within 5 seen '^NS >>> BLP [0-9]+ AL'

check 'menu: block' row_menu bjorn@ b
check 'menu: on the block list' within 5 on_server bjorn@example.com 13
check 'menu: the emblem' within 5 emblem blocked
check 'menu: unblock' row_menu bjorn@ b
check 'menu: on the allow list' within 5 on_server bjorn@example.com 11
check 'menu: no emblem' within 5 not emblem blocked

# --- mobile phones -------------------------------------------------------------------------------

# The item below "Invite to Group Chat...". The keys leave the text by ctrl+Tab.
page_anna() {
    choose Anna && opens keys shift+F10 &&
        act keys Down Down Down Down Down Down Down Down &&
        picture contacts-pidgin-mobile-menu.png root && keys Return && focus "^$user\$" &&
        move 400 0 && type_text 'Call me & <b>hurry</b>' &&
        picture contacts-pidgin-mobile.png && keys ctrl+Tab Tab Return
}
conversation_with() {
    focus "$1" && move 330 0 640 440 && picture "$2" && keys ctrl+w && within 5 closed "$1"
}
paged() { ask_service heard "$1" page | grep -q -F -e "$2"; }
check 'mobile phone: send to it' page_anna
check 'mobile phone: it is there' within 5 paged anna@example.com 'Call me & <b>hurry</b>'
check 'mobile phone: it is in the conversation' conversation_with '^Anna' \
    contacts-pidgin-mobile-sent.png
tell_service page tel:+491705550102 $user On my way
check 'mobile phone: a message from one' conversation_with '^tel:\+491705550102$' \
    contacts-pidgin-mobile-received.png

# --- the account's own ---------------------------------------------------------------------------

set_name() {
    account_action 1 && focus "^$user\$" && type_text "$1" &&
        picture contacts-pidgin-name.png && keys Return
}
set_phones() {
    account_action 2 && focus "^$user\$" && type_text "$1" && keys Tab Tab &&
        type_text "$2" && picture contacts-pidgin-phones.png && keys Return
}
allow_everybody() {
    account_action 3 && focus "^$user\$" && keys Down &&
        picture contacts-pidgin-adding.png && keys alt+o
}
no_pages() {
    account_action 4 && focus "^$user\$" && keys Up &&
        picture contacts-pidgin-mobile-own.png && keys alt+o
}
forget_transcript
check 'nickname' set_name 'Demo 100% <b>'
check 'nickname: the service knows' within 5 seen '>>> REA [0-9]+ [^ ]+ Demo%20100%25'
check 'phone numbers' set_phones '+49 30 1' '0170-22'
check 'phone numbers: the service knows one' within 5 seen '>>> PRP [0-9]+ PHH \+49%2030%201'
check 'phone numbers: and the other' within 5 seen '>>> PRP [0-9]+ PHM 0170-22'
check 'who adds us' allow_everybody
check 'who adds us: the service knows' within 5 seen '>>> GTC [0-9]+ N'
check 'messages to our phone' no_pages
check 'messages to our phone: the service knows' within 5 seen '>>> PRP [0-9]+ MOB N'

# --- and again -----------------------------------------------------------------------------------

expected='Buddies/shalom@example.com
Old Friends/anna@example.com
Old Friends/bjorn@example.com
Old Friends/newcomer@example.com'
settled() { [ "$(grep -a -c 'the buddy list is in step' "$client_log")" = "$1" ]; }
toggle_account() { focus '^Accounts$' && keys Home space; }
sign_out() { focus '^Buddy List$' && keys ctrl+a && toggle_account; }
# Nothing of ours in it twice, and everybody with a mark.
sane_blist() {
    local file=$home/.purple/blist.xml
    [ "$(grep -c "<buddy account='$user'" "$file")" = 4 ] &&
        [ "$(grep -c "name='msnp8-in'" "$file")" = 4 ]
}
tell_service privacy $user GTC A
forget_transcript
purple PurpleBlistAliasBuddy "$(purple PurpleFindBuddy "$account_id" bjorn@example.com)" Keeper
tell_service name shalom@example.com 'Another name'
check 'sign out' sign_out
check 'sign out: Pidgin says so' within 10 signed_out $user
tell_service put $user bjorn@example.com -
tell_service appear shalom@example.com FLN
check 'sign in again' toggle_account
check 'sign in again: it does' within 10 signed_in $user
check 'sign in again: in step' within 10 settled 2
check 'sign in again: the same list' within 5 as_expected
check 'sign in again: who is off the list of the service looks so' within 5 emblem unavailable
check 'sign in again: the last name' renamed shalom@example.com 'Another name'
check 'sign in again: nobody is asked about who was there before' asked 3
check 'sign in again: nothing is changed' not seen '^NS >>> (ADD|REM|ADG|RMG|REG|BLP|GTC)'
check 'quits' quit_pidgin
check 'blist.xml' sane_blist
check 'no secret is in the log' keeps_secrets "$client_log" $password
check 'no critical is in the log' no_criticals "$client_log"

german_picture() { focus '^Buddy' && picture "$1"; }
forget_transcript
start_pidgin "$home" de
check 'German: sign in' within 15 signed_in $user
account_id=$(account $user)
check 'German: in step' within 10 settled 1
check 'German: the same list' within 5 as_expected
check 'German: the last name' within 5 renamed shalom@example.com 'Another name'
check 'German: a picture' german_picture contacts-pidgin-german.png
check 'German: nothing is changed' not seen '^NS >>> (ADD|REM|ADG|RMG|REG|BLP|GTC)'
check 'German: quits' quit_pidgin
check 'German: no critical is in the log' no_criticals "$client_log"

transcript_start=0
check 'the service saw nothing that is wrong' not seen ' bad: '

finish
