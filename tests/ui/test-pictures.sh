#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The pictures of Pidgin in README.md, as somebody sees it who has installed the plugin: a buddy
# list and a conversation, and how an account is added. They are left in ui/ of the build directory;
# "make pictures" puts them into icons/.

# shellcheck disable=SC2317 # functions that "check" calls

suite='pictures'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
need pidgin Xvfb openbox xdotool xprop xwininfo convert compare dbus-send dbus-run-session setsid ps
need_mounts

user=demo@example.com
anna=anna@example.com

# --- who is there --------------------------------------------------------------------------------

start_service "$user:$password:Jonas" "$anna:x:Anna Lindqvist" "bjorn@example.com:x:Björn" \
    "chloe@example.com:x:Chloé is at the beach" "lukasz@example.com:x:Łukasz" \
    "grandpa@example.com:x:Grandpa" "maria@example.com:x:Maria" "tom@example.com:x:Tom" \
    "prize@example.com:x:Win a prize!!!"
for name in Friends Family Work; do
    ask_service group $user $name >/dev/null
done

# person NAME LISTS GROUP STATE
person() {
    tell_service put $user "$1@example.com" "$2" "$3" "$(ask_service friendly "$1@example.com")"
    case $2 in
    *RL*) tell_service put "$1@example.com" $user FL,AL,RL - Jonas ;;
    esac
    tell_service appear "$1@example.com" "$4"
}
person anna FL,AL,RL 1 NLN
person bjorn FL,AL,RL 1 BSY
person chloe FL,AL,RL 1 AWY
person tom FL,AL 1 NLN
person maria FL,AL,RL 2 PHN
person grandpa FL,AL,RL 2 FLN
person lukasz FL,AL,RL 3 IDL
person prize FL,BL,RL 3 NLN
tell_service robot $anna joins

# --- where it is seen ----------------------------------------------------------------------------

start_display
start_window_manager
show_installed
home=$scratch/jonas
make_home "$home" "$O/libmsnp8.so"
put_accounts "$home" $user $password
trust "$home" "$MSNP8_LEAF_FILE"
convert -size 320x180 plasma:navy-darkgreen "$scratch/northern-lights.png"

gtk_style='
style "light" {
    bg[NORMAL] = "#f3f4f6"
    bg[PRELIGHT] = "#ffffff"
    bg[ACTIVE] = "#dde3e9"
    bg[SELECTED] = "#3f7fb5"
    base[SELECTED] = "#3f7fb5"
}
class "GtkWidget" style "light"'
start_pidgin "$home"
check 'signs in' within 15 signed_in $user
account_id=$(account $user)

# Each row with the icon of its protocol.
purple PurplePrefsSetBool /pidgin/blist/show_protocol_icons 1 >/dev/null

in_list() {
    shot "$scratch/list.png" "$(window '^Buddy List$')" &&
        convert "/usr/share/pixmaps/pidgin/$1" -background white -flatten "$scratch/part.png" &&
        find_part "$scratch/list.png" "$scratch/part.png"
}
check 'the buddy list' focus '^Buddy List$'
check 'its place' move 20 30 250 470

# --- a conversation ------------------------------------------------------------------------------

says() {
    tell_service say "$anna" "$2"
    within 5 mentions "$1" "$2"
}
accept() { focus '^Pidgin$' && keys alt+a; }
save() { focus '^Save File' && keys ctrl+a && type_text "$scratch/got.png" && keys Return; }

check 'a conversation' open_conversation $anna 'Anna Lindqvist'
check 'its place' move 290 30 470 470
tell_service ring $anna $user
check 'Anna writes' says 'Anna Lindqvist' 'Jonas! Are you back on MSN? :D'
send_html 'Anna Lindqvist' 'Yes, <b>after twenty years</b> ;)'
send_html 'Anna Lindqvist' '<font color="#c02080">Where are you?</font>'
check 'Anna answers' says 'Anna Lindqvist' 'In Tromsø. Look at the sky!'
tell_service send-message $anna \
    'MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n'
check 'Anna nudges' within 5 mentions 'Anna Lindqvist' 'nudged'
tell_service offer $anna $user "$scratch/northern-lights.png"
check 'Anna sends a file' accept
check 'it is saved' save
check 'it arrives' within 10 cmp "$scratch/northern-lights.png" "$scratch/got.png"
check 'it is mentioned' within 5 mentions 'Anna Lindqvist' 'got.png'

# --- the picture ---------------------------------------------------------------------------------

park
# Pidgin shows for some seconds that people have just come.
check 'nobody has just come' within 20 not in_list status/16/log-in.png
# framed WINDOW: where it is with its frame, as ImageMagick writes it.
framed() {
    local left right top bottom width height x y
    IFS=' ,' read -r left right top bottom < <(DISPLAY=$display xprop -id "$1" _NET_FRAME_EXTENTS |
        sed 's/.* = //')
    IFS=x+ read -r width height x y <<<"$(area "$1")"
    echo "$((width + left + right))x$((height + top + bottom))+$((x - left))+$((y - top))"
}
# take FILE TITLE: the window with its frame.
take() {
    focus "$2" && still &&
        convert "xwd:$frame" -crop "$(framed "$focused")" +repage "$scratch/$1"
}
# join FILE PART...: side by side, with few colours; small enough for whoever only reads.
join() {
    local file=$out/pictures-$1
    shift
    (cd "$scratch" && convert "$@" -bordercolor '#e4ebf1' -border 12 -background '#e4ebf1' \
        +append -dither None -colors 96 -strip "PNG8:$file") && [ "$(wc -c <"$file")" -lt 60000 ]
}
check 'the buddy list is taken' take list.png '^Buddy List$'
check 'the conversation is taken' take talk.png '^Anna Lindqvist$'
check 'the first picture' join pidgin.png list.png talk.png

# --- an account is added -------------------------------------------------------------------------

add_account() {
    focus '^Buddy List$' && keys ctrl+a && focus '^Accounts$' && keys alt+a &&
        focus '^Add Account$' && move 400 60 && opens keys space && icon_in 16 "$opened" &&
        act x mousemove "$icon_x" "$icon_y" click 1 && park && focus '^Add Account$' &&
        keys alt+u && type_text "$user" && keys alt+p && type_text "$password" && keys alt+w
}
advanced() {
    keys alt+v Tab Down
}
check 'an account' add_account
check 'the first page is taken' take basic.png '^Add Account$'
check 'the service' advanced
check 'the second page is taken' take advanced.png '^Add Account$'
check 'the second picture' join pidgin-account.png basic.png advanced.png
check 'that is enough' act keys Escape
check 'quits' quit_pidgin
check 'the service saw nothing that is wrong' not seen ' bad: '

finish
