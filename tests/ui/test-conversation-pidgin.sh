#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two Pidgins talk to each other through the service: alone, with others in a chat, and where it
# cannot work. Pictures are left in ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite='conversation-pidgin'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
need pidgin Xvfb xdotool xprop xwininfo convert compare dbus-send dbus-run-session setsid ps

start_with_talkers
show_installed

for name in demo bert; do
    start_talker $name $name@example.com $password pidgin
    check "$name signs in" within 15 signed_in $name@example.com
    account_id=$(account $name@example.com)
done

# --- two people ----------------------------------------------------------------------------------

first() {
    type_text Gr && umlaut && type_text 'n <b>not bold</b> & "this"' && picture talk-first.png
}
new_window() { focus '^Demo Person$' && beside && picture talk-received.png; }
at demo
check 'open a conversation' open_conversation $bert 'Bert Müller'
check 'write something' first
check 'nothing has gone out' not seen '>>> (XFR [0-9]+ SB|MSG)'
keys Return
at bert
check 'a window opens' within 10 reads 'Demo Person' \
    "$demo: Grün &lt;b&gt;not bold&lt;/b&gt; &amp; &quot;this&quot;"
check 'a picture of it' new_window
check 'the two are in a switchboard' within 5 talks_with $demo $bert

typing() { tab 'Demo Person' && type_text 'I am writing'; }
check 'write an answer' typing
at demo
check 'the other one sees that' within 5 is_typing 'Bert Müller'
check 'a picture of that' picture talk-typing.png
at bert
keys Return
at demo
check 'the answer' within 5 reads 'Bert Müller' "$bert: I am writing"
check 'no typing any more' within 5 not is_typing 'Bert Müller'

bold() { tab 'Demo Person' && keys ctrl+b ctrl+u && enter 'bold line' && keys ctrl+b ctrl+u; }
# In a colour that nothing of Pidgin has.
colourful='<font color="#cc00cc"><font face="Courier New"><i>in magenta</i></font></font>'
magenta=(204 0 204)
# Some is in any black letter, where they are smoothed for screens of three colours.
coloured() {
    local before after
    picture talk-formats.png || return 1
    before=$(points_of "$out/talk-typing.png" "${magenta[@]}")
    after=$(points_of "$out/talk-formats.png" "${magenta[@]}")
    [ "$after" -ge $((before + 60)) ]
}
at bert
check 'a format of the keyboard' bold
check 'other formats' send_html 'Demo Person' "$colourful"
at demo
check 'bold and underlined' within 5 reads 'Bert Müller' "$bert: <b><u>bold line</u></b>"
check 'a colour, a font, italic' within 5 mentions 'Bert Müller' \
    '<font face="Courier New" color="#cc00cc"><i>in magenta'
check 'the colour is seen' within 5 coloured

# The last item of the menu "Insert". The field has a scroll bar then, and not the keys.
rule() {
    local height
    tab 'Demo Person' && type_text above && act keys alt+i && act keys Up Return &&
        IFS=x+ read -r _ height _ <<<"$(area "$focused")" &&
        act x mousemove --window "$focused" 160 $((height - 52)) click 1 mousemove 1023 767 &&
        keys ctrl+End && enter below
}
at bert
check 'a horizontal rule' rule
at demo
check 'it is a line of dashes' within 5 reads 'Bert Müller' "$bert: above<br>----------<br>below"

nudge() { tab 'Bert Müller' && keys alt+a; }
check 'nudge' nudge
check 'it says so' within 5 mentions 'Bert Müller' 'You sent a nudge.'
at bert
check 'the other one is told' within 5 mentions 'Demo Person' 'You have been nudged!'
check 'a picture of the nudge' picture talk-nudge.png

stranger='Clara <b>& Co</b> (clara@example.com)'
tell_service ring clara@example.com $bert
tell_service say clara@example.com 'Who are you?'
check 'a stranger has name and address' within 10 mentions "$stranger" 'Who are you?'
check 'and it is told who that is' within 5 mentions "$stranger" 'Clara &lt;b&gt;&amp; Co&lt;/b&gt;'
check 'in the title as well' tab 'Clara*'
check 'a picture of that' picture talk-stranger.png
long=$(printf 'word %s ' {1..300})
tell_service say clara@example.com "$long"
check 'a text in parts is one message' within 5 mentions "$stranger" "$long<"
tell_service part clara@example.com x 1 2 'the rest'
tell_service extra clara@example.com wink 5
tell_service act clara@example.com 'waves <b>'
check 'what cannot be shown is named' within 5 mentions "$stranger" ' sent a wink, which'
check 'once' [ "$(said "$stranger" | grep -c 'sent a wink')" = 1 ]
check 'what is done in words waits for what was said before' within 20 mentions "$stranger" \
    '/me waves &lt;b&gt;'
check 'parts are missing in that' mentions "$stranger" '[…]the rest'
tell_service say-as clara@example.com Dora 'hello from <Dora>'
check 'whose words a bot passes on' within 5 mentions "$stranger" \
    '&lt;Dora&gt; hello from &lt;Dora&gt;'
check 'a picture of all that' picture talk-newer.png
check 'close that window' close_tab 'Clara*'

check 'close the window' close_tab 'Demo Person'
at demo
check 'the switchboard is left' within 5 talks_with $demo none
check 'write on' enter 'Are you there?'
at bert
check 'the window opens again' within 10 reads 'Demo Person' "$demo: Are you there?"

# --- several people ------------------------------------------------------------------------------

at demo
chat='Bert Müller, Echo'
# In the menu "Conversation", "More" has what the buddy list has in the menu of a contact.
invite_echo() {
    tab 'Bert Müller' && act keys alt+c && act keys o && picture talk-menu.png root &&
        keys Down Return && focus "^$demo\$" && move 400 450 && opens type_text ec &&
        picture talk-invite-first.png root && act keys Down Return && keys Return
}
everybody="$bert $demo echo@example.com"
check 'invite a third one' invite_echo
check 'the chat comes to the front' within 5 window "^$chat\$"
check 'all are in the chat' within 10 in_chat "$chat" "$everybody"
at bert
chat='Demo Person, Echo'
check 'all are in the chat of the other one' within 10 in_chat "$chat" "$everybody"
check 'he goes on with what he does' within 1 window '^Demo Person$'

to_all() { tab "$chat" && enter "$1"; }
check 'one of them says something' to_all 'Hello & <i>all</i>'
html='Hello &amp; &lt;i&gt;all&lt;/i&gt;'
echoed="You said: $html"
check 'he reads it himself' within 5 mentions "$chat" "$html"
check 'the robot answers' within 5 mentions "$chat" "$echoed"
check 'a picture of it' picture talk-chat.png
at demo
chat='Bert Müller, Echo'
check 'the other one reads it' within 5 reads "$chat" "$bert: $html"
check 'and the answer' within 5 mentions "$chat" "$echoed"

invite_clara() {
    local title='^Invite Buddy Into Chat Room$'
    tab "$chat" && act keys alt+c && keys v && focus "$title" && move 400 450 &&
        type_text clara@example.com && picture talk-invite.png && keys alt+i &&
        within 5 closed "$title"
}
chat_picture() { tab "$chat" && picture "$1"; }
check 'invite somebody by the menu' invite_clara
check 'somebody more' within 5 in_chat "$chat, Clara*" \
    "$bert clara@example.com $demo echo@example.com"
check 'the title names everybody' within 1 conversation \
    "$chat, Clara <b>& Co</b> (clara@example.com)"
chat="$chat, Clara*"
check 'who is no contact has a name' within 5 mentions "$chat" \
    'Clara &lt;b&gt;&amp; Co&lt;/b&gt; (clara@example.com) entered the room.'
check 'a picture of four' chat_picture talk-chat-4.png
chat='Bert Müller, Echo'
tell_service leave clara@example.com
check 'somebody leaves' within 5 in_chat "$chat" "$everybody"
tell_service leave echo@example.com
chat='Bert Müller, …'
check 'somebody else leaves' within 5 mentions "$chat" 'Echo left the room.'
at bert
check 'leave' close_tab 'Demo Person, …'
at demo
check 'the last of the others has left' within 5 in_chat "$chat" $demo
check 'a picture of one' chat_picture talk-chat-left.png
check 'close it' close_tab "$chat"

# --- what does not work --------------------------------------------------------------------------

offline() {
    enter 'Hello?' && within 10 mentions Gone 'Gone is offline' && picture talk-offline.png
}
check 'somebody who is offline' open_conversation gone@ Gone
check 'it says that this does not work' offline
check 'and which message it was' within 5 mentions Gone 'Hello?'

# "Invisible" is the seventh status.
go_invisible() {
    status_menu && picture talk-statuses.png root && keys Home Down Down Down Down Down Down Return
}
invisible() {
    enter 'Do you see me?' && within 10 mentions 'Bert Müller' 'while you are invisible' &&
        picture talk-invisible.png
}
check 'go invisible' go_invisible
check 'the service knows' within 5 chg HDN
check 'a window for it' tab 'Bert Müller'
check 'it says that this does not work' invisible
available() { status_menu && keys Home Return && within 5 seen "CHG [0-9]+ NLN"; }
forget_transcript
check 'be available again' available

check 'once more' tab 'Bert Müller'
enter 'Now?'
at bert
check 'it arrives' within 10 reads 'Demo Person' "$demo: Now?"
block() {
    tab 'Demo Person' && act keys alt+c && keys b && focus '^Block User$' && keys alt+b &&
        within 5 closed '^Block User$'
}
allowed() { [ "$(ask_service lists "$bert" "$demo")" = 11 ]; }
check 'unblock: the service knows' within 5 allowed

# --- signing out ---------------------------------------------------------------------------------

at demo
chat='Bert Müller, Echo'
enter '/invite echo@example.com'
check 'another chat' within 10 in_chat "$chat" "$everybody"
check 'write to one of them alone' tab 'Bert Müller'
enter 'Here I am'
at bert
check 'it arrives, too' within 10 reads 'Demo Person' "$demo: Here I am"
tell_service set sb-msg.silent
sign_out() { focus '^Buddy List$' && keys ctrl+a && focus '^Accounts$' && keys Home space; }
pending() {
    focus "$any_conversation" && picture talk-pending.png &&
        mentions 'Bert Müller' 'This message may not have arrived:'
}
at demo
forget_transcript
enter 'No answer'
check 'a message that is not acknowledged' within 10 seen '>>> MSG [0-9]+ A'
check 'sign out' sign_out
check 'it is told in the window' within 10 pending
check 'and in the chat, that it has ended' within 5 mentions "$chat" 'You left the chat'
check 'nobody promises to come back to it' not mentions "$chat" rejoin
logs() { find "$home/.purple/logs/msnp8/$demo" -path "*/$1.chat/*" | wc -l; }
check 'chats of the same people have one log' \
    [ "$(logs 'bert@example.com%2c%20echo@example.com')" = 2 ]

# --- the end -------------------------------------------------------------------------------------

end_both
