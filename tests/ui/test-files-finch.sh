#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Finch sends and gets files. What it shows is left in ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite='files-finch'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
# shellcheck source=tests/ui/files.sh
. "$(dirname "$0")/files.sh"
need finch tmux setsid ps

start_with_talkers
make_files "$scratch/bert"
start_talker bert "$bert" "$password" finch
check 'sign in' within 15 chg NLN
files=$scratch/bert

# Echo offers this one, unhurriedly.
offered() {
    offer_slowly "$bert" "$files/$1" && within 10 shows '┤?File|<gnt>' &&
        bring "Echo wants to send you the file \"$1\"" && capture "$2"
}
accept() { press Tab Enter; }
same() { within 10 cmp "$files/$1" "$files/$2"; }

# --- receiving -----------------------------------------------------------------------------------

check 'an offer' offered small.txt files-finch-offer.txt
accept
check 'it arrives under a name that is not taken' same small.txt 'small (2).txt'
check 'the other one knows' within 5 robot_file 'sending done'

again() {
    press BSpace BSpace BSpace BSpace BSpace BSpace BSpace BSpace && press -l .txt &&
        accept && bring 'This file already exists' &&
        capture files-finch-exists.txt
}
check 'another one' offered small.txt files-finch-offer.txt
check 'a name that is taken' again
press Tab Tab Enter
check 'decline it' within 5 robot_file 'sending failed'

part=$files/'album (2).zip'
check 'a large one' offered album.zip files-finch-offer-large.txt
accept
check 'it begins' within 10 test -s "$part"
check 'how far it is' bring '┤File Transfers - [0-9]+% of 1 file├'
check 'a picture of that' capture files-finch-progress.txt
tell_service withdraw echo@example.com OUTBANDCANCEL
check 'the other one stops it: that is told' bring 'was not received\. Echo '
check 'a picture of that' capture files-finch-cancelled.txt
check 'nothing is left of it' not test -e "$part"
check 'one that is not answered' offered small.txt files-finch-offer.txt
tell_service withdraw echo@example.com TIMEOUT
check 'the question goes' within 5 not shows 'Echo wants to send you'

# --- sending -------------------------------------------------------------------------------------

send() {
    bring '^┌─+┤Echo ' && press F10 && within 5 shows 'Send File' && press e &&
        within 5 shows 'Which file do you want to send to Echo\?' && press -l "$1" &&
        capture files-finch-send.txt && accept
}
tell_service set file-slow=0
check 'send one' send small.txt
check 'it arrives' within 10 robot_file \
    "receiving done .* $(sha256sum <"$files/small.txt" | cut -d ' ' -f 1) "
check 'send one that is not there' send nothing.txt
check 'that is told' bring 'The file "nothing\.txt" was not sent to Echo\.'

# --- through the service -------------------------------------------------------------------------

use_service
say_hello() {
    bring '^┌─+┤Echo ' && press -l 'hello there' && press Enter &&
        within 5 heard echo 'hello there' && within 5 shows 'You said: hello there'
}
forget_transcript
rm -f "$part"
check 'a large one' offered album.zip files-finch-offer-service.txt
accept
check 'it begins' within 10 test -s "$part"
check 'it goes through the service' used_service
check 'how far it is' bring '┤File Transfers - [0-9]+% of 1 file├'
check 'it goes on' within 10 shows '┤File Transfers - [1-9][0-9]*% of 1 file├'
check 'a picture of that' capture files-finch-progress-service.txt
check 'talking meanwhile' say_hello
tell_service withdraw echo@example.com OUTBANDCANCEL
check 'the other one stops it: that is told' bring 'was not received\. Echo '
check 'nothing is left of it' not test -e "$part"
forget_transcript
check 'send one' send small.txt
check 'it arrives' within 10 robot_file \
    "receiving done .* $(sha256sum <"$files/small.txt" | cut -d ' ' -f 1) "
check 'it went through the service' used_service

# --- the end -------------------------------------------------------------------------------------

check 'a last one' offered small.txt files-finch-offer.txt
check 'Finch quits' quit_finch
check 'it is declined' within 5 robot_file 'sending failed'
end_finch
check 'its log is clean' logged_well
transcript_start=0
check 'the service saw nothing that is wrong' not seen ' bad: '

finish
