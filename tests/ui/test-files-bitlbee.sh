#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Files by DCC, as somebody on IRC gets and sends them through BitlBee.

# shellcheck disable=SC2317 # functions that "check" calls

suite='files-bitlbee'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
# shellcheck source=tests/ui/files.sh
. "$(dirname "$0")/files.sh"
# shellcheck source=tests/ui/bitlbee.sh
. "$(dirname "$0")/bitlbee.sh"
need_bitlbee "$@"

start_with_talkers
make_files "$scratch/home"
sent=$scratch/home

# --- an IRC client with DCC ----------------------------------------------------------------------

# receive FILE: what is offered, as soon as it is.
receive() {
    local number size ack
    within 10 told ':DCC SEND ' &&
        read -r number size < <(irc | sed -n 's/.*:DCC SEND .* 2130706433 //p') &&
        exec 6<>"/dev/tcp/127.0.0.1/$number" && head -c "$size" <&6 >"$1" || return 1
    # How much it has got: four bytes.
    printf -v ack '\\x%02x' $((size >> 24)) $((size >> 16 & 255)) $((size >> 8 & 255)) \
        $((size & 255))
    # shellcheck disable=SC2059 # escapes
    printf "$ack" >&6
    exec 6>&-
}

# give FILE: offers it to Echo.
give() {
    local number
    exec 5< <(port "$1")
    read -r number <&5 &&
        say "PRIVMSG echo :"$'\001'"DCC SEND ${1##*/} 2130706433 $number $(stat -c %s "$1")"$'\001'
}

sign_in() {
    trust_bitlbee && put_account && type_readme bitlbee-on && within 15 told ':echo!.* JOIN '
}

# --- the files -----------------------------------------------------------------------------------

check 'BitlBee starts' start_bitlbee
check 'sign in' sign_in
tell_service ring echo@example.com $bert

# exchange FILE: gets it from Echo, and sends it to Echo, while they talk.
exchange() {
    local name=$1
    forget
    forget_transcript
    tell_service offer echo@example.com $bert "$sent/$name"
    check "receive $name" receive "$scratch/$name"
    check "$name is whole" cmp "$sent/$name" "$scratch/$name"
    check "$name: both are content" within 10 robot_file 'sending done'
    check "$name: BitlBee says so" within 10 told "File $name transferred successfully"
    forget
    check "send $name" give "$sent/$name"
    write echo "here comes $name"
    check "$name: what is said meanwhile" within 10 reads echo me "You said: here comes $name"
    check "$name arrives" within 20 told 'I have "'"$name"'" now'
    check "$name arrives whole" robot_file \
        "receiving done .* $(sha256sum <"$sent/$name" | cut -d ' ' -f 1) "
}
exchange small.txt
exchange album.zip
check 'not through the service' not used_service
offered() {
    tell_service offer echo@example.com "$bert" "$sent/$1" && within 10 told "DCC SEND $1"
}
forget
check 'an offer' offered small.txt
root 'transfer reject'
check 'decline it: the other one notices' within 5 robot_file 'sending failed'
forget
check 'another offer' offered album.zip
tell_service withdraw echo@example.com TIMEOUT
check 'it is withdrawn' within 5 reads echo me \
    '*** The file "album.zip" from Echo was not received. Echo cancelled the transfer.'
root 'transfer'
check 'nothing is left of both' within 5 told 'No pending transfers'
tell_service set file-accept.cancel=REJECT
forget
check 'send something' give "$sent/small.txt"
check 'it is declined' within 5 reads echo me \
    '*** The file "small.txt" was not sent to Echo. Echo declined the file.'

use_service
for name in small.txt air.ogg; do
    exchange $name
    check "$name went through the service" used_service
done

# BitlBee leaves its copies of what it has sent.
for copy in /tmp/bitlbee-purple-ft.*/*; do
    ! cmp -s "$copy" "$sent/${copy##*/}" || rm -r "${copy%/*}"
done
transcript_start=0
check 'the service saw nothing that is wrong' not seen ' bad: '

finish
