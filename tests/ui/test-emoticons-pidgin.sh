#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Emoticons in two Pidgins that talk to each other: one finds the pictures where they are installed,
# the other one in its home directory. Pictures are left in ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite='emoticons-pidgin'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
need pidgin Xvfb xdotool xprop xwininfo convert compare dbus-send dbus-run-session setsid ps

start_with_talkers
shown_directories+=(pixmaps/pidgin/emotes)
show_installed

for name in demo bert; do
    start_talker $name $name@example.com $password pidgin
    check "$name signs in" within 15 signed_in $name@example.com
    account_id=$(account $name@example.com)
    [ $name != demo ] || [ ${#installed[@]} = 0 ] || rm -r "$home/.purple/smileys/msnp8"
done
# A picture that is nowhere, and one that is not installed.
find "$scratch" -path '*/msnp8/camera.png' -delete
[ ${#installed[@]} = 0 ] || find "$scratch/shown" -path '*/msnp8/dog.png' -delete

# points FILE FORMAT: each of its points in hexadecimal, in a line of its own.
points() { convert "$1" -depth 8 "$2:-" | od -A n -v -t x1 -w${#2} | tr -d ' '; }
# find_emoticon FILE NAME: where it is in the picture, if it is: "X Y" of its corner. Only those of
# its points count through which nothing is seen.
find_emoticon() {
    points "$root/icons/emoticons/$2.png" rgba | sed 's/ff$//; t; s/.*/....../' \
        >"$scratch/part"
    points "$1" rgb | awk -v width="$(identify -format %w "$1")" -v size=19 '
        function row_of(i) { return int((i - 1) / w) + 1 }
        NR == FNR { w = size; part[row_of(FNR)] = part[row_of(FNR)] $1; next }
        { w = width; row[row_of(FNR)] = row[row_of(FNR)] $1 }
        function is_at(x, y,    k) {
            for (k = 1; k <= size; k++)
                if (substr(row[y + k], x, 6 * size) !~ "^" part[k] "$")
                    return 0
            return 1
        }
        END {
            middle = int(size / 2)
            for (y = 0; row_of(FNR) - y >= size; y++)
                for (x = 1; match(substr(row[y + middle], x), part[middle]); x++) {
                    x += RSTART - 1
                    if (x % 6 == 1 && is_at(x, y)) {
                        print (x - 1) / 6, y
                        exit
                    }
                }
        }' "$scratch/part" - | grep .
}
# sees NAME...: all of these are in the window.
sees() {
    local name
    shot "$scratch/seen.png" "$focused" -alpha off || return 1
    for name in "$@"; do
        find_emoticon "$scratch/seen.png" "$name" >/dev/null || return 1
    done
}
theme() { purple PurplePrefsSetString /pidgin/smileys/theme "$1" >/dev/null; }
written() { focus "$any_conversation" && within 5 mentions "$1" "$2" && still; }

# --- without any choice --------------------------------------------------------------------------

all=':O (y)(Y) (k) foo(L)bar :&gt; ({) :-| (&amp;) (p)'
seen=(surprise thumbs-up kiss heart laugh left-hug disappointed)
at demo
check 'open a conversation' open_conversation $bert 'Bert Müller'
forget_transcript
check 'write some' enter ':O (y)(Y) (k) foo(L)bar :> ({) :-| (&) (p)'
check 'it is there' written 'Bert Müller' "$all"
check 'they are pictures' within 5 sees "${seen[@]}"
check 'one without a file is text' not sees camera
check 'a picture of it' picture emoticons-sent.png
check 'what is sent is what was typed' within 5 seen \
    '^SB >>> \| :O \(y\)\(Y\) \(k\) foo\(L\)bar :> \(\{\) :-\| \(&\) \(p\)$'
check 'what is logged as well' grep -r -q -F -e "$all" "$home/.purple/logs"
at bert
check 'it arrives' within 5 reads 'Demo Person' "$demo: $all"
check 'a window for it' focus '^Demo Person$'
check 'its place' beside
check 'they are pictures there, too' within 5 sees "${seen[@]}" dog
check 'and logged as text' grep -r -q -F -e "$all" "$home/.purple/logs"

check 'a link and one of Pidgin itself' send_html 'Demo Person' 'www.example.com/(8) :-) (B)'
check 'it is there' written 'Demo Person' ' :-) (B)'
check 'what is no link is a picture' within 5 sees beer
check 'the link is text' not sees note
check 'the theme of the user comes first' not sees smile

at demo
purple PurpleAccountSetAlias "$account_id" 'Demo (C)' >/dev/null
check 'a name with one' tab 'Bert Müller'
enter 'That is my name.'
check 'it is a picture there' within 5 sees coffee

# --- in a chat -----------------------------------------------------------------------------------

enter '/invite echo@example.com'
check 'a chat' within 10 window '^Bert M.*ller, Echo$'
check 'in front' tab 'Bert Müller, Echo'
enter 'To all: (^)'
check 'it is a picture for who wrote it' within 5 sees cake
at bert
check 'it arrives' within 5 mentions 'Demo Person, Echo' ': To all: (^)'
check 'in front there, too' tab 'Demo Person, Echo'
check 'it is a picture for the others' within 5 sees cake
check 'a picture of the chat' picture emoticons-chat.png

# --- switched off, and another theme -------------------------------------------------------------

check 'two people again' tab 'Demo Person'
theme none
check 'smileys are off' enter 'off: (X) (B)'
check 'it is there' written 'Demo Person' 'off: (X)'
check 'it is text' not sees girl
theme Default
check 'smileys are on again' enter 'on: (X) (Z) (B)'
check 'they are pictures again' within 5 sees girl boy
theme 'MSN Messenger'
check 'our theme' enter 'theirs: :)'
check 'it has the face as well' within 5 sees smile
check 'a picture of that' picture emoticons-themes.png

# The menu "Smile!" of the field.
menu() {
    opens keys alt+s && focused=$opened && sees film gift rainbow && picture emoticons-menu.png
}
choose_gift() {
    local x y dx dy
    read -r x y < <(find_emoticon "$scratch/seen.png" gift) &&
        IFS=+ read -r _ dx dy <<<"$(area "$focused")" &&
        act x mousemove $((dx + x + 6)) $((dy + y + 6)) click 1 && park
}
check 'the menu offers them' menu
check 'choose one' choose_gift
check 'the conversation again' focus '^Demo Person$'
check 'send it' keys Return
at demo
check 'it arrives as text' within 5 reads 'Bert Müller' "$bert: (G)"

# --- the end -------------------------------------------------------------------------------------

end_both
