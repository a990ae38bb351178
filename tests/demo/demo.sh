#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Signs in to a service on this machine, with a real client and no network. Run by "make demo".
#   UI=auto|pidgin|finch|headless   the client (auto: what can be shown here)
#   O=DIR                           where everything was built
#   TRANSCRIPT=1                    shows at the end what client and service said; headless always
#                                   does
# Everything it makes lies in a directory of its own, which is removed at the end.
# shellcheck disable=SC2317 # functions that a trap calls
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
O=${O:-build}
case $O in /*) ;; *) O=$root/$O ;; esac
UI=${UI:-auto}
TRANSCRIPT=${TRANSCRIPT:-}

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
# What the clients' libraries leave in there, too.
mkdir "$scratch/tmp"
export TMPDIR="$scratch/tmp"
service=
client=
client_group=
asking=
settings=

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
    trap '' INT TERM HUP PIPE
    for process in ${client_group:+"-$client_group"} $client $service; do
        end "$process"
    done
    rm -rf "$scratch"
}
trap clean_up EXIT

# Without the headers of HTTP and the lines of payloads.
show_transcript() {
    say
    say 'What client (>>>) and service (<<<) said to each other, secrets left out:'
    say
    grep -v -E '^(NEXUS|LOGIN) (>>>|<<<) [^ ]+: |^[A-Z]+ (>>>|<<<) [|] ' "$scratch/transcript"
}

# Whoever ends the demo gets what was asked for: that is no failure.
ended() {
    [ -z "$TRANSCRIPT" ] || show_transcript
    clean_up
    if [ -n "$asking" ]; then
        say
    elif [ -t 1 ]; then
        # Over the "^C" that the terminal has shown.
        printf '\r'
    fi
    say 'The demo has ended: its programs are closed, its files are removed.'
    exit 0
}
trap ended INT TERM HUP
# Nobody reads what it says.
trap 'clean_up; exit 141' PIPE

# client_ended NAME: it ended by itself, with the exit status $code.
client_ended() {
    if [ "$code" -ne 0 ]; then
        # Finch could not do that any more.
        [ -z "$settings" ] || { stty "$settings" && tput rmcup && tput cnorm; } 2>/dev/null
        tail -n 20 "$scratch/client.log" >&2
        fail "$1 failed (exit status $code)."
    fi
    if ! kill -s 0 "$service" 2>/dev/null; then
        tail -n 20 "$scratch/transcript" >&2
        fail 'the service ended before its time.'
    fi
    ended
}

# --- the demo ------------------------------------------------------------------------------------

mkdir "$scratch/service"
exec_clean "$O/msnp8-service" --dir "$scratch/service" --sample \
    --picture "$root/icons/48/msnp8.png" \
    --account "$address:$password:Demo Person" </dev/null >"$scratch/transcript" 2>&1 &
service=$!
if ! wait_for_service "$scratch/service" $service; then
    cat "$scratch/transcript" >&2
    fail 'the service does not start.'
fi

home=$scratch/home
make_home "$home" "$O/libmsnp8.so" || fail "cannot write to $home"
put_accounts "$home" $address $password
trust "$home" "$MSNP8_LEAF_FILE"

code=0
case $UI in
pidgin)
    say 'Pidgin opens and signs in to a small MSN service on this computer.'
    say 'Double-click Echo in the buddy list and write something: it answers.'
    say 'Anna says hello after 20 seconds and sends a picture. She takes files, too.'
    say 'Somebody wants to add you: answer that at the bottom of the buddy list.'
    say 'To end the demo, close the buddy list or press Ctrl+C here.'
    session=
    ! have dbus-run-session || session='dbus-run-session --'
    # A bus of its own, so that it does not just wake a Pidgin that is running already.
    # shellcheck disable=SC2086 # $session is two words or none
    (cd "$home" && HOME=$home exec_clean setsid $session pidgin -m -c "$home/.purple" \
        </dev/null >"$scratch/client.log" 2>&1) &
    client_group=$!
    wait $client_group || code=$?
    client_ended Pidgin
    ;;
finch)
    say 'Finch opens and signs in to a small MSN service on this computer.'
    say 'Press Enter on Echo in the buddy list and write something: it answers.'
    say 'After 20 seconds Anna sends a picture. Alt+N: next window; Alt+C: close it.'
    say 'Somebody wants to add you: answer that with Tab and Enter in its window.'
    printf 'To end the demo, press Alt+Q or Ctrl+C. Now press Enter to begin: '
    asking=yes
    read -r _
    asking=
    # Finch knows the arrow keys of a terminal by its name, and that of tmux it does not know.
    case $TERM in tmux*) export TERM="screen${TERM#tmux}" ;; esac
    exec 3<&0
    settings=$(stty -g)
    (cd "$home" && HOME=$home exec_clean finch -c "$home/.purple" \
        <&3 2>"$scratch/client.log") &
    client=$!
    wait $client || code=$?
    client_ended Finch
    ;;
headless)
    say 'A client without windows signs in to a small MSN service on this computer,'
    say 'writes to its contact Echo, waits for the answer, and signs out.'
    say 'It ends by itself; Ctrl+C ends it early.'
    say
    HOME=$scratch "$O/demo-client" --server localhost --port "$MSNP8_DISPATCH_PORT" \
        --nexus-url "$MSNP8_NEXUS_URL" --ca-dir "$(dirname "$MSNP8_CA_FILE")" \
        --user-dir "$scratch/user" --plugin-dir "$O" \
        --account "$address" --password "$password" --talk-to echo@example.com </dev/null &
    client=$!
    wait $client || code=$?
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
