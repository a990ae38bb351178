#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Finch in a terminal of tmux against the service. What it shows is left in ui/ of the
# build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite=finch
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
need finch tmux setsid ps

user=demo@example.com
password=geheim77WORT
other=other@example.com
other_password=anders88WORT
wrong=falsch99WORT

start_service "$user:$password:Demo Person" "$other:$other_password:Other Person"

# --- an account that is all set up ---------------------------------------------------------------

home=$scratch/main
make_home "$home" "$O/libmsnp8.so"
put_accounts "$home" $user $password
trust "$home" "$MSNP8_LEAF_FILE"
sed -i "s|<settings>|&<setting name='check-mail' type='bool'>1</setting>|" "$accounts_xml"
tell_service set mailbox
tell_service mail "$user" "$other" first

accounts_window() {
    press M-a && within 10 shows 'Actions' && press Enter && within 10 shows '┤Accounts├' &&
        capture finch-accounts.txt && within 5 shows "\[X\] $user +│MSN Mess"
}
modify_account() {
    press Tab Tab Enter && within 10 shows '┤Modify Account├' && capture finch-account.txt
}

start_finch "$home"
check 'sign in: the service is told a status' within 15 chg NLN
check 'buddy list' within 10 shows '┤Buddy List├'
check 'buddy list: no error is shown' not shows disconnected
capture finch.txt

mail_comes() {
    tell_service mail "$user" "$other" 'Grüße <i>again</i>' && within 5 bring '^┌─+┤Emails├' &&
        shows 'Grüße <i>again</i>' && capture finch-mail.txt && press Enter
}
told_of_shutdown() {
    tell_service shutdown 600 && within 5 bring 'maintenance in 10 minutes' &&
        capture finch-shutdown.txt && press Enter
}
told_of_mail() { bring 'You have mail!' && shows 'has 1 new message' && press Enter; }
check 'mail that is there' told_of_mail
check 'mail that comes' mail_comes
check 'a shutdown is announced' told_of_shutdown
check 'accounts window: our account is in it' accounts_window
check 'modify account' modify_account
check 'modify account: our settings are in it' within 5 shows '^│Port: +'"$MSNP8_DISPATCH_PORT"
check 'modify account: labels are apart from what is in them' shows 'your service: localhost'
check 'modify account: no service is chosen' shows '^│Service: .*│Another service'
forget_transcript
check 'quits' quit_finch
check 'quits: the service is told OUT' within 10 seen '^NS >>> OUT'
end_finch

# --- a new account -------------------------------------------------------------------------------

home=$scratch/new
make_home "$home" "$O/libmsnp8.so"
trust "$home" "$MSNP8_LEAF_FILE"
forget_transcript

# Without an account Finch begins with their window.
new_account() {
    within 10 bring '^┌─+┤Accounts├' && press Tab Enter && within 5 shows '┤New Account├' &&
        choose_protocol
}
fill_in() {
    press Tab && press -l "$user" && press Tab && press -l "$password" &&
        press Tab Tab Tab Tab && press Tab C-u && press -l localhost && press Tab C-u &&
        press -l "$MSNP8_DISPATCH_PORT" && press Tab && press -l "$MSNP8_NEXUS_URL" &&
        within 5 shows "^│Port: +${MSNP8_DISPATCH_PORT}_" &&
        capture finch-new-account.txt && press Tab Tab Tab Tab Tab Tab Enter
}
start_finch_logging "$home"
check 'new account: the dialog' new_account
check 'new account: filled in' fill_in
check 'new account: it signs in' within 15 chg NLN
quit_finch
end_finch

# --- passwords -----------------------------------------------------------------------------------

home=$scratch/wrong
make_home "$home" "$O/libmsnp8.so"
put_accounts "$home" $user $wrong
trust "$home" "$MSNP8_LEAF_FILE"
forget_transcript

refused() {
    within 15 shows "Finch will not|<gnt>" && bring "$user \(MSN Messenger\) disconnected" &&
        capture finch-wrong-password.txt
}
start_finch "$home"
check 'wrong password: Finch says so' refused
check 'wrong password: Finch will not try again' within 5 shows 'will not attempt to reconnect'
check 'wrong password: no sign in' not seen 'USR [0-9]+ OK'
quit_finch
end_finch

home=$scratch/none
make_home "$home" "$O/libmsnp8.so"
put_accounts "$home" $other ''
trust "$home" "$MSNP8_LEAF_FILE"
forget_transcript

asked() {
    within 10 shows '<gnt>' && bring "Enter password for $other" && capture finch-password.txt
}
start_finch "$home"
check 'no password: Finch asks' asked
hidden() { press -l "$other_password" && within 10 shows '[*·]{5}' && ! shows "$other_password"; }
check 'no password: what is typed is not shown' hidden
press Tab Tab Enter
check 'no password: then it signs in' within 10 chg NLN
quit_finch
end_finch

# --- a certificate that nobody vouches for -------------------------------------------------------

home=$scratch/certificate
make_home "$home" "$O/libmsnp8.so"
put_accounts "$home" $user $password
forget_transcript

question() {
    within 10 shows 'SSL Certificate Verification' &&
        bring 'Accept certificate for localhost' && capture finch-certificate.txt
}
start_finch "$home"
check 'unknown certificate: Finch asks' question
check 'unknown certificate: nothing was sent to the login server' not seen '^LOGIN >>> '
press Enter
check 'unknown certificate: accepted, it signs in' within 10 chg NLN
quit_finch
end_finch

finish
