#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Pidgin in other languages: what the plugin says is in theirs, and in letters that can be read. The
# Turkish desktop is Turkish altogether: there the small letter of I is another one than i. Pictures
# are left in ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite='languages-pidgin'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
need pidgin Xvfb xdotool xprop xwininfo convert dbus-send dbus-run-session gettext setsid ps

start_with_talkers
start_display

# ours TEXT: as our catalogue has it.
ours() {
    local text
    text=$(TEXTDOMAINDIR=$O/po say_in "$language" purple-msnp8 "$1")
    [ "$text" != "$1" ] || text="not translated: $1"
    echo "$text"
}

dialog_of_ours() {
    account_action 3 && focus "^$demo\$" && picture "$suite-$language-dialog.png" && keys Escape
}

# The fifth of the statuses.
choose_phone() {
    status_menu && picture "$suite-$language-statuses.png" root &&
        keys Home Down Down Down Down Return
}
status_is() {
    [ "$(purple PurpleStatusGetName "$(purple PurplePresenceGetActiveStatus \
        "$(purple PurpleAccountGetPresence "$account_id")")")" = "$1" ]
}

write_to_gone() {
    purple PurpleConversationNew 1 "$account_id" gone@example.com >/dev/null &&
        focus '^Gone$' && beside && field && enter 'Hello?'
}
not_delivered() {
    within 10 mentions Gone "$(ours 'This message was not delivered:')" &&
        picture "$suite-$language-conversation.png"
}

for language in ja pl tr; do
    home=$scratch/$language
    make_home "$home" "$O/libmsnp8.so"
    cp -R "$O/po" "$home/.purple/plugins/locale"
    put_accounts "$home" "$demo" $password
    trust "$home" "$MSNP8_LEAF_FILE"
    run_by=()
    turkish=("$root/tests/check/turkish.sh" "$O/locale")
    [ $language != tr ] || [ "$("${turkish[@]}" echo made)" != made ] ||
        run_by=("${turkish[@]}" env LANGUAGE=tr)
    forget_transcript
    start_pidgin "$home" $language
    check "$language: signs in" within 15 signed_in "$demo"
    account_id=$(account "$demo")
    check "$language: a dialog of ours" dialog_of_ours
    check "$language: choose a status" choose_phone
    check "$language: the service knows" within 5 chg PHN
    check "$language: its name" status_is "$(ours 'On the Phone')"
    check "$language: write to somebody who is offline" write_to_gone
    check "$language: it says that this does not work" not_delivered
    check "$language: quits" quit_pidgin
    check "$language: nothing is in the log that must not be there" logged_well
done

finish
