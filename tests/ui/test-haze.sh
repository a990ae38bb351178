#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# telepathy-haze, as clients of Telepathy drive it over D-Bus, with accounts that mc-tool makes.
# What it signals is left in ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite=haze
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
need mc-tool gdbus dbus-run-session setsid ps
if [ ! -x /usr/lib/telepathy/telepathy-haze ]; then
    echo '1..0 # SKIP telepathy-haze is not installed'
    exit 0
fi
# It looks for plugins nowhere else.
need_mounts
shown_directories+=(purple-2)
show_installed

anna=anna@example.com
ben=ben@example.com
robo=robo@example.com
password=geheim77WORT
start_service "$anna:$password:Anna" "$ben:x:Ben" "$robo:x:Robo" "dora@example.com:x:Dora"
for who in $ben $robo; do
    tell_service put $anna "$who" FL,AL,RL - "$(ask_service friendly "$who")"
    tell_service robot "$who" joins
done

# --- the bus -------------------------------------------------------------------------------------

home=$scratch/home
signals=$out/haze.txt
telepathy=org.freedesktop.Telepathy
connection=$telepathy.Connection.haze.msnp8.anna_40example_2ecom

on_bus() {
    (DBUS_SESSION_BUS_ADDRESS=$(cat "$home/bus") HOME=$home XDG_DATA_HOME='' timeout 60 "$@")
}
# typed COMMANDS: what README.md says, typed by Anna.
typed() { on_bus sh -e -c "$1"; }
haze_answers() { call "$telepathy.ConnectionManager.haze" '' ConnectionManager.ListProtocols; }
# A call to a Haze that is not there yet makes the bus start another one, and the first that has the
# name is the only one.
haze_is_there() {
    on_bus gdbus call --session --dest org.freedesktop.DBus --object-path /org/freedesktop/DBus \
        --method org.freedesktop.DBus.NameHasOwner "$telepathy.ConnectionManager.haze" |
        grep -q -F '(true,)'
}
# call NAME PATH METHOD ARGUMENT...: of Telepathy; without a path the one that goes with the name.
call() {
    local name=$1 path=${2:-/${1//./\/}} method=$telepathy.$3
    shift 3
    on_bus gdbus call --session --dest "$name" --object-path "$path" --method "$method" "$@"
}
start_haze() {
    mkdir -p "$home" && readme haze-log >"$home/haze.sh" || return 1
    client_log=$home/haze.log
    # shellcheck disable=SC2016 # for the inner shell
    # libpurple itself complains of protocols that it cannot load.
    in_group env -u G_DEBUG HOME="$home" "${installed[@]}" dbus-run-session -- sh -c \
        'cd; echo "$DBUS_SESSION_BUS_ADDRESS" >bus.new; mv bus.new bus; . ./haze.sh' \
        >"$home/bus.log" 2>&1
    within 15 test -s "$home/bus" && within 30 haze_is_there || return 1
    # shellcheck disable=SC2016 # for the inner shell
    in_group env DBUS_SESSION_BUS_ADDRESS="$(cat "$home/bus")" \
        gdbus monitor --session --dest "$connection" >"$signals"
}
check 'haze starts' start_haze
check 'it has our protocol' eval "haze_answers | grep -q msnp8"

# --- accounts ------------------------------------------------------------------------------------

# add_account ADDRESS SERVER: the name of the account is in $account then.
add_account() {
    account=$(typed "$(readme haze-account ADDRESS "$1" PASSWORD "$password" SERVICE escargot)") &&
        [[ $account == haze/msnp8/* ]] && shown 'service = escargot' &&
        typed "$(readme haze-server ACCOUNT "$account" SERVER "$2" PORT "$MSNP8_DISPATCH_PORT" \
            NEXUS "$MSNP8_NEXUS_URL")"
}
go_online() { typed "$(readme haze-online ACCOUNT "$account")"; }
shown() { on_bus mc-tool show "$account" | grep -q -E -e "$1"; }
error_of() {
    on_bus gdbus call --session --dest "$telepathy.AccountManager" \
        --object-path "/org/freedesktop/Telepathy/Account/$1" \
        --method org.freedesktop.DBus.Properties.Get "$telepathy.Account" ConnectionError
}
status() {
    forget_transcript
    on_bus mc-tool request "$account" "$1" && within 10 chg "$2"
}
failed() { error_of "$1" | grep -q -F "Error.$2'"; }

check 'add an account' add_account $anna localhost
anna_account=$account
check 'the icon of the theme' shown 'Icon: im-msnp8'
check 'unknown certificate: sign in' go_online
check 'unknown certificate: refused' within 15 failed "$anna_account" Cert.Untrusted
check 'unknown certificate: nothing was sent to the login server' not seen '^LOGIN >>> '
trusted() {
    typed "$(readme haze-certificate CERTIFICATE "$MSNP8_LEAF_FILE" HOST localhost)"
}
check 'trust it' trusted
check 'sign in' status available NLN
check 'haze says so' within 10 shown 'Current: available'

for row in 'xa AWY' 'busy BSY' 'away AWY' 'hidden HDN' 'available NLN'; do
    # shellcheck disable=SC2086 # two words
    check "status $row" status $row
done

# --- people --------------------------------------------------------------------------------------

# about ADDRESS: what Haze knows of somebody. handle ADDRESS: the number.
interfaces="['$telepathy.Connection.Interface.SimplePresence',
    '$telepathy.Connection.Interface.Aliasing', '$telepathy.Connection.Interface.ContactList',
    '$telepathy.Connection.Interface.ContactBlocking']"
about() { call $connection '' Connection.Interface.Contacts.GetContactByID "$1" "$interfaces"; }
is() { about "$1" | grep -q -e "$2"; }
handle() { about "$1" | sed -n 's/^(uint32 \([0-9]*\),.*/\1/p'; }

check 'a contact is online' is $ben "'available'"
tell_service appear $ben LUN
check 'a contact is out for lunch' within 5 is $ben "'away'"
check 'the friendly name' is $ben "Aliasing/alias': <'Ben'>"
forget_transcript
check 'give an alias' call $connection '' Connection.Interface.Aliasing.SetAliases \
    "{uint32 $(handle $ben): 'Benny'}"
check 'the alias is shown' within 5 is $ben "alias': <'Benny'>"
check 'block' call $connection '' Connection.Interface.ContactBlocking.BlockContacts \
    "[uint32 $(handle $ben)]" false
check 'block: the service is told' within 5 seen "^NS >>> ADD [0-9]+ BL $ben"
check 'allow' call $connection '' Connection.Interface.ContactBlocking.UnblockContacts \
    "[uint32 $(handle $ben)]"
check 'allow: the service is told' within 5 seen "^NS >>> ADD [0-9]+ AL $ben"
check 'nothing was sent for the alias' not seen '>>> REA'
tell_service add dora@example.com $anna
check 'somebody asks for authorization' within 5 is dora@example.com "publish': <uint32 3>"
check 'authorize' call $connection '' Connection.Interface.ContactList.AuthorizePublication \
    "[uint32 $(handle dora@example.com)]"
check 'authorize: the service is told' within 5 seen "^NS >>> ADD [0-9]+ AL dora@"

# --- messages ------------------------------------------------------------------------------------

text=$telepathy.Channel.Type.Text
# talk_to ADDRESS: opens a channel. The names of properties are long.
talk_to() {
    call $connection '' Connection.Interface.Requests.EnsureChannel \
        "{'$telepathy.Channel.ChannelType': <'$text'>,
          '$telepathy.Channel.TargetHandleType': <uint32 1>,
          '$telepathy.Channel.TargetID': <'$1'>}" |
        sed -n "s/.*objectpath '\([^']*\)'.*/\1/p"
}
robos=$(talk_to $robo)
bens=$(talk_to $ben)
# received PATH TEXT: in the channel of this path.
received() { grep -F "$1: $telepathy.Channel.Interface.Messages" "$signals" | grep -q -F "'$2'"; }
write() { call "$connection" "$1" Channel.Type.Text.Send 0 "$2"; }
heard() { ask_service heard "$1" text/plain | grep -q -F -e "$2"; }

check 'write' write "$robos" 'Grüße <b> & so'
check 'it arrives' within 10 heard $robo 'Grüße <b> & so'
tell_service say $robo 'und zurück'
check 'the answer' within 10 received "$robos" 'und zurück'

# A chat that others begin.
group() { echo "$1 wrote the following in a group chat with $2. This client cannot show group" \
    "chats: your reply goes only to $1."; }
tell_service invite $robo $ben
within 5 eval "[ \"\$(ask_service partners $robo)\" = '$anna,$ben' ]"
tell_service say $robo 'three of us'
tell_service say $ben 'welcome'
check 'a chat: one person' within 10 received "$robos" 'three of us'
check 'a chat: where it is said' received "$robos" "$(group Robo Benny)"
check 'a chat: the other one' within 10 received "$bens" 'welcome'
check 'a chat: where that is said' received "$bens" "$(group Benny Robo)"
check 'a chat: answer one person' write "$robos" 'to you alone'
check 'a chat: this person has it' within 10 heard $robo 'to you alone'
check 'a chat: the other one has not' not heard $ben 'to you alone'

# --- what fails ----------------------------------------------------------------------------------

check 'an account without @' add_account anna localhost
check 'it fails' go_online
check 'it says so' within 10 failed "$account" AuthenticationFailed
check 'a server that cannot be' add_account $ben http://foo
check 'it fails as well' go_online
check 'it says so, too' within 10 failed "$account" AuthenticationFailed
account=$anna_account
check 'the first account is still there' status busy BSY
check 'sign out' on_bus mc-tool request "$account" offline
check 'the service is told' within 10 seen '^NS >>> OUT'

check 'no secret is in the log' keeps_secrets "$client_log" $password
# Haze itself frees something twice when it blocks and unblocks.
no_assertion_failed() {
    ! grep -a 'assertion .* failed' "$client_log" | grep -v ': g_object_unref: ' | note | grep .
}
check 'no critical is in the log' no_assertion_failed
transcript_start=0
check 'the service saw nothing that is wrong' not seen ' bad: '

finish
