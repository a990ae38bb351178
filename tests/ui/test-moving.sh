#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Accounts of older plugins, as libpurple has written them (older/), become accounts of this one:
# by the command of README.md in Pidgin, and by hand in Finch.

# shellcheck disable=SC2317 # functions that "check" calls

suite=moving
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/contacts.sh
. "$(dirname "$0")/contacts.sh"
need pidgin finch tmux Xvfb xdotool xprop xwininfo convert dbus-send dbus-run-session setsid ps

second_password=anders88WORT
start_service "$user:$password:Demo Person" "second@example.com:$second_password:Second" \
    "anna@example.com:x:Anna" "bjorn@example.com:x:Björn" "zoe@example.com:x:Zoë"
put_contact anna FL,AL,RL - NLN

# make_older_home NAME: its accounts belong to the older plugins.
make_older_home() {
    home=$scratch/$1
    make_home "$home" "$O/libmsnp8.so"
    sed "s/1863/$MSNP8_DISPATCH_PORT/" "$root/tests/ui/older/accounts.xml" \
        >"$home/.purple/accounts.xml"
    cp "$root/tests/ui/older/blist.xml" "$home/.purple/"
    trust "$home" "$MSNP8_LEAF_FILE"
    put_log msn demo@example.com 2012-05-04.210000+0200CEST.txt 'lend me a book'
    put_log msn second@example.com 2012-05-04.220000+0200CEST.txt 'of the other one'
}

# put_log PROTOCOL ACCOUNT FILE TEXT: a conversation with Anna.
put_log() {
    local dir=$home/.purple/logs/$1/$2/anna@example.com
    mkdir -p "$dir" && printf '%s\n' 'Conversation with anna@example.com' "(21:00:00) Anna: $4" \
        >"$dir/$3"
}
log_is() { grep -q -F -e "$2" "$home/.purple/logs/$1"; }
in_file() { grep -q -E -e "$2" "$home/.purple/$1"; }

# --- the command ----------------------------------------------------------------------------------

make_older_home command
# There is one log already, and another one of the same name as an old one.
put_log msnp8 demo@example.com 2026-01-01.100000+0100CET.txt 'newer'
put_log msn demo@example.com 2026-01-01.100000+0100CET.txt 'must not replace it'
command=$(readme move)
move_accounts() { (HOME=$home bash -e -c "$command"); }
check 'the command' move_accounts
check 'nothing of the old protocols is left' not in_file 'accounts.xml' '>prpl-msn(-pecan)?<'
check 'backups' cmp "$root/tests/ui/older/blist.xml" "$home/.purple/blist.xml.before-msnp8"
# What the service of this test needs besides.
nexus="<setting name='nexus_url' type='string'>$MSNP8_NEXUS_URL</setting>"
sed -i "s|<setting name='server'|$nexus&|" "$home/.purple/accounts.xml"

forget_transcript
start_display
check 'Pidgin starts' start_pidgin "$home"
check 'the account signs in' within 15 signed_in $user
check 'so does that of the other plugin' within 15 signed_in second@example.com
account_id=$(account $user)
alias_of() { purple PurpleBuddyGetLocalBuddyAlias "$(purple PurpleFindBuddy "$account_id" "$1")"; }
check 'a contact in its group, with its alias' \
    test "$(has_buddy Friends anna@example.com && alias_of anna@example.com)" = 'Anna Alias'
check 'also with odd characters' \
    test "$(has_buddy "O'Neill & Co" zoe@example.com && alias_of zoe@example.com)" = 'Zoë "Z" <3'
check 'the service has the groups, too' within 10 on_server anna@example.com 11 \
    'Friends, Other Contacts'
check 'who was no contact there is added' within 10 on_server zoe@example.com 3 "O'Neill & Co"
check 'who was blocked here is blocked there' within 10 on_server bjorn@example.com 4

logs=logs/msnp8/demo@example.com/anna@example.com
check 'old logs are where new ones are' log_is "${logs#logs/}/2012-05-04.210000+0200CEST.txt" \
    'lend me a book'
check 'none is overwritten' log_is "${logs#logs/}/2026-01-01.100000+0100CET.txt" newer
check 'nor lost' log_is 'msn/demo@example.com/anna@example.com/2026-01-01.100000+0100CET.txt' \
    'must not replace it'
size=$(cat "$home/.purple/$logs"/*.txt | wc -c)
check 'Pidgin knows them' \
    test "$(purple PurpleLogGetTotalSize 0 anna@example.com "$account_id")" = "$size"
view_log() {
    row_menu Annchen l && focus 'Conversations with Anna Alias' && picture moving.png root
}
check 'Pidgin shows them' view_log
check 'Pidgin quits' quit_pidgin
check 'no dead settings are left' not in_file accounts.xml 'http_method|mpop|custom_smileys'
check 'a note is kept' in_file blist.xml 'lends me books'
check 'no secret is in the log' keeps_secrets "$client_log" $password $second_password
check 'its log is clean' no_criticals "$client_log"

# --- by hand --------------------------------------------------------------------------------------

# One of the older accounts has been added again, and still has its own logs.
make_older_home by-hand
mkdir -p "$scratch/again/.purple"
put_accounts "$scratch/again" second@example.com "$second_password"
again=$(sed '1,2d' "$accounts_xml")
printf '%s\n' "$(sed '$d' "$home/.purple/accounts.xml")" "$again" >"$scratch/accounts.xml"
mv "$scratch/accounts.xml" "$home/.purple/accounts.xml"

modify_account() {
    press M-a && within 10 shows '┤Actions├' && press Enter && within 10 shows '┤Accounts├' &&
        press Tab Tab Enter && within 10 shows '┤Modify Account├'
}
save() {
    press Tab Tab Tab Tab Tab Tab Tab Tab Tab && press -l "$MSNP8_NEXUS_URL" &&
        press Tab Tab Tab Tab Tab Tab Enter && within 5 not shows '┤Modify Account├'
}
start_finch_logging "$home"
check 'Finch: modify the account' modify_account
check 'Finch: another protocol' choose_protocol
check 'Finch: the server is kept' within 5 shows '^│Server.* localhost_'
check 'Finch: so is the port' shows "^│Port: +$MSNP8_DISPATCH_PORT"
capture moving-finch.txt
check 'Finch: save' save
check 'Finch quits' quit_finch
end_finch
forget_transcript
start_finch_logging "$home"
check 'Finch: it signs in' within 15 seen '^NS <<< USR [0-9]+ OK demo@'
check 'Finch: old logs are where new ones are' within 10 \
    log_is "${logs#logs/}/2012-05-04.210000+0200CEST.txt" 'lend me a book'
check 'Finch: those of the other plugin stay, as it has that account' \
    log_is 'msn/second@example.com/anna@example.com/2012-05-04.220000+0200CEST.txt' 'other one'
check 'Finch quits again' quit_finch
end_finch
check 'Finch: a contact is kept' in_file blist.xml '<alias>Anna Alias</alias>'

finish
