#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Signs in to a service on this machine, with a real client and no network. Run by "make demo".
#   UI=auto|pidgin|finch|headless   the client (auto: what can be shown here)
#   O=DIR                           where everything was built
# Everything it makes lies in a directory of its own, which is removed at the end.
# shellcheck disable=SC2317 # functions that a trap calls
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
O=${O:-build}
case $O in /*) ;; *) O=$root/$O ;; esac
UI=${UI:-auto}

# shellcheck source=tests/demo/scratch.sh
. "$here/scratch.sh"

say() { printf '%s\n' "$*"; }
fail() {
    printf 'demo: %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

address=demo@example.com
password=demo

# --- which client --------------------------------------------------------------------------------

display_usable() {
    [ -n "${DISPLAY:-}" ] || return 1
    if have xprop; then
        xprop -root _NET_SUPPORTED >/dev/null 2>&1
    elif have xdpyinfo; then
        xdpyinfo >/dev/null 2>&1
    fi
}

terminal_usable() { [ -t 0 ] && [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; }

case $UI in
auto)
    if have pidgin && display_usable; then
        UI=pidgin
    elif have finch && terminal_usable; then
        UI=finch
    else
        UI=headless
    fi
    ;;
pidgin)
    have pidgin || fail 'Pidgin is not installed.'
    display_usable || fail 'Pidgin needs an X display, and there is none here.'
    ;;
finch)
    have finch || fail 'Finch is not installed.'
    terminal_usable || fail 'Finch needs a terminal.'
    ;;
headless) ;;
*) fail "UI is auto, pidgin, finch or headless, not \"$UI\"." ;;
esac

files='libmsnp8.so msnp8-service'
[ "$UI" != headless ] || files="$files demo-client"
for file in $files; do
    [ -e "$O/$file" ] || fail "$O/$file is not built; \"make demo\" does it."
done

# --- starting and ending -------------------------------------------------------------------------

scratch=$(mktemp -d "${TMPDIR:-/tmp}/msnp8-demo.XXXXXX") || exit 1
service=
client=
client_group=

# end PROCESS (or -GROUP): asks it to end, and after a while does not ask any more.
end() {
    kill -s TERM -- "$1" 2>/dev/null || return 0
    tries=40
    while [ "$tries" -gt 0 ] && kill -s 0 -- "$1" 2>/dev/null; do
        sleep 0.1
        tries=$((tries - 1))
    done
    kill -s KILL -- "$1" 2>/dev/null
}

clean_up() {
    # A second signal, as terminals send it when they close, does not stop it half way.
    trap - EXIT
    trap '' INT TERM HUP
    for process in ${client_group:+"-$client_group"} $client $service; do
        end "$process"
    done
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'clean_up; exit 130' INT
trap 'clean_up; exit 143' TERM HUP

# The transcript without the headers of HTTP and the lines of payloads.
readable() { grep --line-buffered -v -E '^(NEXUS|LOGIN) (>>>|<<<) [^ ]+: |^[A-Z]+ (>>>|<<<) [|] '; }

# Beside Pidgin the transcript is shown as it grows; otherwise it is shown afterwards.
transcript=$scratch/transcript
mkdir "$scratch/service"
if [ "$UI" = pidgin ]; then
    mkfifo "$transcript"
    readable <"$transcript" &
fi
exec_clean "$O/msnp8-service" --dir "$scratch/service" --sample \
    --account "$address:$password:Demo Person" </dev/null >"$transcript" 2>&1 &
service=$!
if ! wait_for_service "$scratch/service" $service; then
    [ "$UI" = pidgin ] || cat "$transcript" >&2
    fail 'the service does not start.'
fi

show_transcript() {
    say 'What client (>>>) and service (<<<) said to each other, secrets left out:'
    say
    readable <"$transcript"
}

say "A service that speaks MSNP8 runs on this machine, at localhost:$MSNP8_DISPATCH_PORT."
say "It has an account for you: $address, password \"$password\"."
say 'Others are on its contact list; now and then one of them comes, goes, or changes the status.'
say 'Echo answers whatever you say; so does Anna, who says hello by herself after 20 seconds.'

home=$scratch/home
make_home "$home" "$O/libmsnp8.so" || fail "cannot write to $home"
put_accounts "$home" $address $password
trust "$home" "$MSNP8_LEAF_FILE"

icons_installed() {
    icon=pixmaps/pidgin/protocols/16/msnp8.png
    [ -e "/usr/share/$icon" ] || [ -e "/usr/local/share/$icon" ]
}

code=0
say
case $UI in
pidgin)
    say "Pidgin starts now, in a home directory of its own ($home)."
    say 'It signs in by itself and shows the contact list: groups, statuses, who is blocked, who'
    say 'does not have you on their list. Somebody wants to add you: answer below the list. Rest'
    say 'the mouse on a contact to learn more; its right button opens a menu: block, move, remove.'
    say 'A double click on Echo opens a conversation: write something, in bold or in colour, or'
    say 'press "Attention!". Write "/invite anna@example.com", and it goes on as a chat with both.'
    say 'In Buddies > Add Buddy, grandpa@example.com is an account; an invented address is refused.'
    say 'Tools > Privacy has the lists of who may see you, Accounts > demo@example.com your name,'
    say 'your telephone numbers, and what happens when somebody adds you.'
    icons_installed || say 'The icon of the protocol is missing there until "make install" was run.'
    say 'To end, quit Pidgin (Ctrl+Q in the buddy list), or press Ctrl+C here.'
    say
    say 'What client (>>>) and service (<<<) say to each other, secrets left out:'
    session=
    ! have dbus-run-session || session='dbus-run-session --'
    # A bus of its own, so that it does not just wake a Pidgin that is running already.
    # shellcheck disable=SC2086 # $session is two words or none
    (cd "$home" && HOME=$home exec_clean setsid $session pidgin -m -c "$home/.purple" \
        </dev/null >"$scratch/client.log" 2>&1) &
    client_group=$!
    wait $client_group || code=$?
    say
    say 'Pidgin has ended.'
    ;;
finch)
    say "Finch starts now, in a home directory of its own ($home)."
    say 'It signs in by itself and shows the contact list. Rest on a contact to learn more, press'
    say 'Ctrl+X for its menu, or Enter to talk to it: Echo answers. "/invite anna@example.com" in'
    say 'that window makes it a chat with both. Somebody wants to add you: Alt+N goes to the next'
    say 'window, Tab and Enter give the answer there, Alt+C closes a window. Alt+A opens the menu'
    say 'of actions (Accounts, Statuses, ...), Alt+Q quits.'
    printf 'Press Enter to go on. '
    read -r _
    exec 3<&0
    (cd "$home" && HOME=$home exec_clean finch -c "$home/.purple" \
        <&3 2>"$scratch/client.log") &
    client=$!
    wait $client || code=$?
    say 'Finch has ended.'
    show_transcript
    ;;
headless)
    say 'A client without windows signs in now and says what happens.'
    say
    HOME=$scratch "$O/demo-client" --server localhost --port "$MSNP8_DISPATCH_PORT" \
        --nexus-url "$MSNP8_NEXUS_URL" --ca-dir "$(dirname "$MSNP8_CA_FILE")" \
        --user-dir "$scratch/user" --plugin-dir "$O" \
        --account "$address" --password "$password" --talk-to echo@example.com </dev/null &
    client=$!
    wait $client || code=$?
    say
    show_transcript
    say
    if [ "$code" -eq 0 ]; then
        say "It worked: $address was online, and Echo has answered."
    else
        say "It failed (exit code $code)."
    fi
    ;;
esac
exit "$code"
