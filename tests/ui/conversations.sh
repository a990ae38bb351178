# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The people that talk in the tests of conversations, and what their clients show. Read in after
# lib.sh.

# shellcheck disable=SC2034,SC2154 # variables that the tests read, and those of lib.sh

demo=demo@example.com
password=geheim77WORT
bert=bert@example.com

# start_with_talkers: a service with two accounts that know each other, two robots, and somebody
# who is offline.
start_with_talkers() {
    local owner who
    start_service "$demo:$password:Demo Person" "$bert:$password:Bert Müller" \
        "echo@example.com:x:Echo" "clara@example.com:x:Clara <b>& Co</b>" "gone@example.com:x:Gone"
    for owner in $demo $bert; do
        for who in $demo $bert echo@example.com gone@example.com; do
            [ "$owner" = "$who" ] ||
                tell_service put "$owner" "$who" FL,AL,RL - "$(ask_service friendly "$who")"
        done
    done
    tell_service robot echo@example.com answers
    tell_service robot clara@example.com joins
}

# start_talker NAME ADDRESS PASSWORD pidgin|finch: "at NAME" is the client of this person.
start_talker() {
    at "$1"
    home=$scratch/$1
    make_home "$home" "$O/libmsnp8.so"
    put_accounts "$home" "$2" "$3"
    trust "$home" "$MSNP8_LEAF_FILE"
    if [ "$4" = pidgin ]; then
        start_display
        start_pidgin "$home"
    else
        start_finch_logging "$home"
    fi
}

# partners ADDRESS: who else is in its newest switchboard.
partners() { ask_service partners "$1"; }
talks_with() { [ "$(partners "$1")" = "$2" ]; }

# heard ROBOT TEXT: this is the last text that it got.
heard() { ask_service heard "$1@example.com" text/plain | grep -q -F -e "$2"; }

# logged_well: nothing is in the log of the client that must not be there. When all accounts are
# offline and the buddy list is gone, the clients go on with criticals of their own, about windows
# that are still open.
logged_well() {
    sed '/ blist: Destroying/q' "$client_log" >"$scratch/with-plugin.log"
    keeps_secrets "$client_log" $password && no_criticals "$scratch/with-plugin.log"
}

# --- Pidgin --------------------------------------------------------------------------------------

titled() { [[ $1 == "${2%\*}"* && ($2 == *\* || $1 == "$2") ]]; }

# conversation TITLE: its number on D-Bus. A title may end in "*", for any rest.
conversation() {
    local each
    for each in $(purple PurpleGetConversations | numbers); do
        if titled "$(purple PurpleConversationGetTitle "$each")" "$1"; then
            echo "$each"
            return
        fi
    done
    return 1
}

# said TITLE: what stands in the conversation, the newest first: "WHO: HTML".
said() {
    local each conversation
    conversation=$(conversation "$1") || return 1
    for each in $(purple PurpleConversationGetMessageHistory "$conversation" | numbers); do
        echo "$(purple PurpleConversationMessageGetSender "$each"): $(
            purple PurpleConversationMessageGetMessage "$each")"
    done
}

# reads TITLE LINE: this stands in the conversation.
reads() { said "$1" | grep -q -x -F -e "$2"; }
# mentions TITLE PART: one of its lines has this in it.
mentions() { said "$1" | grep -q -F -e "$2"; }

# chat_people TITLE: the addresses in a chat, in a line.
chat_people() {
    local each chat
    chat=$(purple PurpleConversationGetChatData "$(conversation "$1")") || return 1
    for each in $(purple PurpleConvChatGetUsers "$chat" | numbers); do
        purple PurpleConvChatCbGetName "$each"
    done | LC_ALL=C sort | paste -s -d ' '
}
in_chat() { [ "$(chat_people "$1")" = "$2" ]; }

is_typing() {
    [ "$(purple PurpleConvImGetTypingState \
        "$(purple PurpleConversationGetImData "$(conversation "$1")")")" = 1 ]
}

# send_html TITLE HTML: as somebody does with the format bar.
send_html() {
    purple PurpleConvImSend "$(purple PurpleConversationGetImData "$(conversation "$1")")" "$2" \
        >/dev/null
}

send_nudge() {
    purple PurplePrplSendAttention "$(purple PurpleAccountGetConnection "$account_id")" \
        "$(purple PurpleConversationGetName "$(conversation "$1")")" 0 >/dev/null
}

# All conversations are tabs of one window, whose title is that of the tab in front, in parentheses
# when the account is offline.
any_conversation='^\(?(Demo Person|Bert M.*ller|Echo|Gone|Clara)(,? .*)?\)?$'

# tab TITLE: brings it to the front; keys go to its field.
tab() {
    local tries
    focus "$any_conversation" || return 1
    for tries in 1 2 3 4; do
        if window "^${1/\*/.*}\$" >/dev/null; then
            field
            return
        fi
        act keys ctrl+Next || return 1
    done
    return 1
}

# Where one writes, by a click: some releases of Pidgin leave the keys to the tab.
field() {
    local width height
    IFS=x+ read -r width height _ <<<"$(area "$focused")"
    act x mousemove --window "$focused" $((width / 4)) $((height - 24)) click 1 mousemove 1023 767
}

# open_conversation ROW TITLE: by a double click in the buddy list.
open_conversation() {
    row "$1" && x mousemove --window "$focused" 100 "$row_y" click --repeat 2 --delay 60 1 &&
        park && focus "^$2\$" && beside && field
}

# The conversations beside the buddy list, and large enough for pictures of them.
beside() { move 330 0 640 440; }

# The letter ü, which no key has.
umlaut() { keys ctrl+shift+u f c space; }

# enter TEXT: types it and sends it.
enter() { type_text "$1" && keys Return; }

close_tab() { tab "$1" && keys ctrl+w && within 5 not conversation "$1"; }

# toggle_plugin NAME: loads or unloads it, in Pidgin's list of plugins.
toggle_plugin() {
    focus '^Buddy List$' && keys ctrl+u && focus '^Plugins$' && still && type_text "$1" &&
        act keys Escape && keys space && act keys alt+c
}

# points_of FILE RED GREEN BLUE: how many points of the picture people would say to be of this
# colour: its hue counts, be it pale where letters are smoothed.
points_of() {
    convert "$1" -alpha off -depth 8 rgb:- | od -A n -v -t u1 -w3 |
        awk -v r="$2" -v g="$3" -v b="$4" '
            function max(x, y) { return x > y ? x : y }
            function min(x, y) { return x < y ? x : y }
            # From 0 to 6, red being 0; saturation is how far it is from a grey, from 0 to 1.
            function hue(r, g, b,    high, low, h) {
                high = max(r, max(g, b))
                low = min(r, min(g, b))
                saturation = high ? (high - low) / high : 0
                if (high == low)
                    return 0
                if (high == r)
                    h = (g - b) / (high - low)
                else if (high == g)
                    h = 2 + (b - r) / (high - low)
                else
                    h = 4 + (r - g) / (high - low)
                return h < 0 ? h + 6 : h
            }
            BEGIN { wanted = hue(r, g, b) }
            $1 == $2 && $2 == $3 { next }
            {
                apart = hue($1, $2, $3) - wanted
                apart = apart < 0 ? -apart : apart
                if (saturation > 0.4 && min(apart, 6 - apart) < 0.25)
                    n++
            }
            END { print n + 0 }'
}

# end_both: both clients quit, and nobody found anything wrong.
end_both() {
    for name in demo bert; do
        at $name
        check "$name quits" quit_pidgin
        check "the log of $name is clean" logged_well
    done
    transcript_start=0
    check 'the service saw nothing that is wrong' not seen ' bad: '
    finish
}
