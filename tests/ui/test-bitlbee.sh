#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# All but files as somebody on IRC meets it, who types what README.md says.

# shellcheck disable=SC2317 # functions that "check" calls

suite='bitlbee'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
# shellcheck source=tests/ui/bitlbee.sh
. "$(dirname "$0")/bitlbee.sh"
need_bitlbee "$@"

nobody=nobody@nowhere.example
start_with_talkers
tell_service register somebody@example.com:x:Somebody
tell_service put $bert xaver@example.com FL,BL,RL - Xaver
tell_service put $bert dora@example.com BL
tell_service put $bert robo@example.com AL
tell_service put $bert nina@example.com RL - Nina
tell_service put $bert echo@example.com FL,AL,RL \
    "$(ask_service group $bert Friends)" Echo
tell_service robot xaver@example.com busy

# says LINE: BitlBee itself does.
says() { reads root '&bitlbee' "$1"; }
# is_listed ADDRESS N: the sum of the lists on which it is.
is_listed() { [ "$(ask_service lists "$bert" "$1")" = "$2" ]; }

# --- settings and the sign-in --------------------------------------------------------------------

check 'BitlBee starts' start_bitlbee
put_account
check 'a service is chosen as it is typed' within 5 told "service = \`escargot'"
root 'account msnp8 set service nowhere'
check 'and only one that there is' within 5 eval "irc | grep service | tail -n 1 | grep other"
root 'account msnp8 set files_through_service false'
root 'account msnp8 set'
check 'and one is true or false' within 5 told "files_through_service = \`false'"
root 'account msnp8 set nexus_url https://localhost:1/'
type_readme bitlbee-on
check 'an error names the setting as it is typed' within 10 told \
    'The Passport nexus localhost refused the connection on port 1\. .* setting "nexus_url" may'
root 'account msnp8 off'
put_server
type_readme bitlbee-mail
tell_service set mailbox
tell_service mail $bert echo@example.com first
tell_service mail $bert echo@example.com second

forget
type_readme bitlbee-on
check 'it asks about the certificate' within 10 told 'Accept certificate for localhost\?'
root no
check 'a refusal is told' within 5 told \
    'The certificate of localhost was rejected: .* Your password was not sent to this server\.'

within 5 told 'Signing off'

# Four steps at most are told, each once. Nobody waits for Passport if that is as fast as the rest.
steps='Connecting to the server,(Waiting for Passport,)?Checking the password,'
steps+='Fetching the contact list,Logged in'
tells_steps() {
    irc | sed -n 's/^:root!.*:msnp8 - Logging in: //p' | paste -s -d , | grep -q -x -E "$steps"
}
forget
type_readme bitlbee-on
within 10 told 'Accept certificate'
root yes
check 'it signs in' within 10 told ':echo!.* JOIN '
check 'with the setting' seen '^NS >>> CHG [0-9]+ NLN 0$'
check 'it tells of few steps' within 5 tells_steps
check 'it tells of mail' within 5 says "purple - $bert - You have 2 unread e-mails."

check 'somebody asks to be allowed' within 5 says "msnp8 - New request: Nina (nina@example.com) $(
    )wants to add you to his/her contact list. (If you accept, they can see you and send you $(
    )messages. If you reject, they are blocked.)"
root yes
check 'and is' within 5 is_listed nina@example.com 10

# --- lists ---------------------------------------------------------------------------------------

# column COMMAND: whom it lists, in a line.
column() {
    forget
    root "$1 msnp8"
    within 5 told 'End of list' && irc | sed -n 's/^:root!.*:\([^ ]*@[^ ]*\) .*/\1/p' |
        LC_ALL=C sort | paste -s -d ' '
}
check 'blocked people are listed' [ "$(column block)" = 'dora@example.com xaver@example.com' ]
check 'allowed people are listed' [ "$(column allow | tr ' ' '\n' | sed 's/@.*//' |
    paste -s -d ' ')" = 'demo echo gone nina robo' ]
forget
type_readme bitlbee-blocking NICK echo
check 'block and allow' within 5 seen '^NS >>> ADD [0-9]+ AL echo@example.com '
check 'are sent' seen '^NS >>> ADD [0-9]+ BL echo@example.com '

forget
type_readme bitlbee-groups
within 5 says 'group = `Friends'"'"
say 'NAMES &friends'
check 'a group is a channel' within 5 eval "irc | grep ' 353 .* &friends ' | tail -n 1 |
    grep 'echo' | grep -v xaver"

forget
root "add msnp8 $nobody"
check 'a rejected contact' within 5 says "purple - $bert - $nobody could not be added to the $(
    )contact list. - The service has no account with this address."
type_readme bitlbee-contacts NICK somebody
check 'information about a contact' within 5 told ':E-mail address: somebody@example.com'
check 'contacts come and go' within 5 seen '^NS >>> REM [0-9]+ FL somebody@example.com'

forget_transcript
type_readme bitlbee-status
check 'a status' within 5 chg BSY
check 'and back' within 5 chg NLN

# --- what the service says -----------------------------------------------------------------------

tell_service mail $bert echo@example.com 'Grüße an <b>alle</b>'
check 'mail that comes' within 5 says "msnp8 - Received e-mail from Echo (echo@example.com) for $(
    )$bert: Grüße an <b>alle</b> <>"
tell_service shutdown 86400
check 'a shutdown is announced' within 5 says "purple - $bert - The service will shut down for $(
    )maintenance in 1440 minutes."

# --- conversations -------------------------------------------------------------------------------

forget
write echo $'\002\00304alarm\003 \0034for\003 all'
check 'formats arrive without their numbers' within 5 heard echo 'alarm for all'
check 'as a format' seen 'EF=B; CO=ff;'
write gone 'are you <there>?'
gone='Gone is offline, or is not accepting messages from you.'
check 'what is not delivered is told where it was written' within 5 reads gone me \
    "*** $gone This message was not delivered: \"are you <there>?\""
tell_service ring echo@example.com $bert
tell_service say echo@example.com 'plain <b> & "text"'
check 'a message' within 5 reads echo me 'plain <b> & "text"'
tell_service part echo@example.com x 0 2 'in two '
tell_service part echo@example.com x 1 2 parts
check 'one in parts' within 5 reads echo me 'in two parts'
tell_service act echo@example.com waves
check 'an action' within 5 reads echo me 'ACTION waves'
tell_service say-as echo@example.com Dora hello
check 'whose words a bot passes on' within 5 reads echo me '<Dora> hello'
tell_service extra echo@example.com ink
check 'what cannot be shown' within 5 reads echo me \
    '*** Echo sent a handwritten message, which this client cannot show.'

forget
type_readme bitlbee-chat NICK echo
check 'a group chat' within 5 told ':echo!.* JOIN :?#'
channel=$(irc | sed -n 's/^:me![^ ]* JOIN :*\(#.*\)/\1/p')
check 'the conversation points to it' reads echo me \
    "*** This conversation is now a group chat; it continues in \"Echo, …\". Messages you $(
    )write here go only to Echo."
write "$channel" 'hello all'
check 'it is heard' within 5 reads echo "$channel" 'You said: hello all'
type_readme bitlbee-invite NICK gone CHANNEL "$channel"
check 'an invitation that fails' within 5 told \
    "PRIVMSG $channel :\*\*\* Gone could not be invited\. $gone"
check 'no line about a message that nobody wrote' not told 'cannot carry'
forget_transcript
say "PART $channel"
check 'leave it' within 5 seen '^SB >>> OUT'

# --- the end -------------------------------------------------------------------------------------

# BitlBee has destroyed its channels when we hear of the end. What was not confirmed is told then.
tell_service set sb-lose-ack
forget
root 'chat with echo'
within 5 told ':echo!.* JOIN :?#'
channel=$(irc | sed -n 's/^:me![^ ]* JOIN :*\(#.*\)/\1/p')
write "$channel" 'last words'
within 5 reads echo "$channel" 'You said: last words'
root 'account msnp8 off'
check 'sign out of a chat' within 5 says "purple - Error: $bert - Your group chat - $(
    )You have signed out. This message may not have arrived: \"last words\""
forget
type_readme bitlbee-on
check 'sign in again' within 10 told ':echo!.* JOIN '
check 'and hear of few steps' tells_steps
root 'account msnp8 off'
forget
root 'account msnp8 set password wrong'
type_readme bitlbee-on
check 'a wrong password' within 10 told 'Login error: The e-mail address or password is wrong'
irc_start=0
check 'nothing was shown that is missing' not told '\(null\)|ERROR :'
check 'the log is clean' logged_well
transcript_start=0
check 'the service saw nothing that is wrong' not seen ' bad: '

finish
