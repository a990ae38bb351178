#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Finch talks to Pidgin through the service: alone, in a chat, and where it cannot work. What they
# show is left in ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite='conversation-finch'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
need finch tmux pidgin Xvfb xdotool xprop xwininfo convert dbus-send dbus-run-session setsid ps

start_with_talkers
show_installed

start_talker demo $demo $password pidgin
check 'Pidgin signs in' within 15 signed_in $demo
account_id=$(account $demo)
forget_transcript
start_talker bert $bert $password finch
check 'Finch signs in' within 15 chg NLN

# window_of TITLE: goes to the window of this conversation.
window_of() { bring "^┌─+┤$1 \($bert "; }
# line WHO TEXT: a line of the conversation that is in front. Both are regular expressions.
line() { shows "^│\([0-9:]+\) $1: $2 "; }
enter_line() { press -l "$1" && press Enter; }

# Finch gives the account an empty alias when its settings are saved with none.
save_account() {
    press M-a && within 10 shows '┤Actions├' && press Enter && within 10 shows '┤Accounts├' &&
        press Tab Tab Enter && within 10 shows '┤Modify Account├' &&
        press BTab Enter && within 5 not shows '┤Modify Account├' && press M-c
}
check 'the settings of the account are saved' save_account

# --- two people ----------------------------------------------------------------------------------

# The rows: the group, then Demo Person.
open_window() {
    bring '^┌─+┤Buddy List├' && press Home Down && within 5 shows 'Demo Person' && press Enter &&
        within 5 shows "┤Demo Person \($bert"
}
check 'open a conversation' open_window
enter_line 'Schöne <b>Grüße</b> & so'
check 'it is shown' within 5 line 'Bert Müller' 'Schöne <b>Grüße</b> & so'
at demo
check 'a window opens' within 10 reads 'Bert Müller' \
    "$bert: Schöne &lt;b&gt;Grüße&lt;/b&gt; &amp; so"
write() { focus '^Bert Müller$' && type_text 'not <i>italic</i>'; }
check 'write an answer' write
at bert
check 'Finch shows that' within 5 shows '^│Demo Person is typing\.\.\.'
check 'a picture of that' capture conversation-finch-typing.txt
at demo
keys Return
at bert
check 'the answer' within 5 line 'Demo Person' 'not <i>italic</i>'
at demo
check 'a format' send_html 'Bert Müller' '<b>bold</b> <font color="#cc0033">and red</font>'
at bert
check 'the text of it' within 5 line 'Demo Person' 'bold and red'
check 'a picture of both' capture conversation-finch.txt

enter_line '/nudge'
check 'nudge' within 5 shows 'You sent a nudge\.'
at demo
check 'the other one is told' within 5 mentions 'Bert Müller' 'You have been nudged!'
check 'nudge back' send_nudge 'Bert Müller'
at bert
check 'that is told as well' within 5 shows 'You have been nudged!'

# --- several people ------------------------------------------------------------------------------

chat='Demo Person, Echo'
everybody="$bert $demo echo@example.com"
enter_line '/invite nonsense'
check 'nonsense is not invited' within 5 shows '"nonsense" is not a valid e-mail address\.'
enter_line '/invite echo@example.com'
check 'invite a third one: the chat comes to the front' within 5 shows "^┌─+┤$chat \\($bert "
check 'who comes' within 5 shows 'Echo entered the room\.'
listed_once() {
    [ "$(screen | grep -c 'List of ')" = 1 ] &&
        shows '│(\[ (Bert Müller|Demo Person) \]){2} '
}
check 'the others are listed once, with their names' listed_once
at demo
check 'all are in the chat of the other one' within 10 in_chat 'Bert Müller, Echo' "$everybody"
at bert
enter_line 'Hello <all>'
check 'he reads it himself' within 5 line 'Bert Müller' 'Hello <all>'
check 'the robot answers' within 5 line Echo 'You said: Hello <all>'
check 'a picture of the chat' capture conversation-finch-chat.txt
at demo
check 'the other one reads it' within 5 reads 'Bert Müller, Echo' "$bert: Hello &lt;all&gt;"
answer() { tab 'Bert Müller, Echo' && enter 'I am here'; }
check 'and answers' answer
at bert
check 'which arrives' within 5 line 'Demo Person' 'I am here'

tell_service leave echo@example.com
check 'somebody leaves' within 5 shows 'Echo left the room\.'
menu_invite() {
    press F10 && within 5 shows 'Invite\.\.\. ' && press i && within 5 shows '┤Invite to chat├' &&
        press -l clara@example.com && capture conversation-finch-invite.txt && press Tab Tab Enter
}
check 'invite somebody by the menu' menu_invite
check 'who is no contact has a name' within 5 shows '\(clara@example\.com\) entered the room\.'
at demo
check 'three are in the chat' within 5 in_chat 'Bert Müller, Clara*' "$bert clara@example.com $demo"
at bert
press M-c
check 'leave' within 5 not shows "┤$chat "
at demo
check 'he has left' within 5 in_chat 'Clara*' "clara@example.com $demo"
check 'a picture of the chat in Pidgin' picture conversation-finch-chat.png

# --- what does not work --------------------------------------------------------------------------

check 'Pidgin quits' quit_pidgin
check 'its log is clean' logged_well
at bert
check 'the window with somebody who is gone' window_of 'Demo Person'
check 'it says where the conversation went on' within 5 \
    shows 'This conversation is now a group chat'
enter_line 'Still there?'
check 'it says that this does not work' within 10 shows 'Demo Person is offline'
check 'and which message it was' within 5 shows '^│Still there\? '
check 'a picture of that' capture conversation-finch-offline.txt

# --- the end -------------------------------------------------------------------------------------

enter_line '/invite echo@example.com'
check 'a chat again' within 5 shows '^│.*Echo entered the room\.'
tell_service kick $bert
left_once() { [ "$(screen | grep -c -E '[Yy]ou( have)? left')" = 1 ]; }
check 'the connection breaks: the chat says that it is over' within 5 \
    shows 'You have left this chat\.'
check 'it says so once' left_once
check 'Finch quits' quit_finch
end_finch
check 'its log is clean' logged_well

transcript_start=0
check 'the service saw nothing that is wrong' not seen ' bad: '

finish
