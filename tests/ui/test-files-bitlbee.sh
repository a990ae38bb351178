#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Files by DCC, as somebody on IRC gets and sends them through BitlBee. Its transcript is left in
# ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite='files-bitlbee'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
# shellcheck source=tests/ui/files.sh
. "$(dirname "$0")/files.sh"
need bitlbee perl setsid ps
if ! bitlbee -V 2>/dev/null | grep -q 'purple=1'; then
    echo '1..0 # SKIP bitlbee is not built with libpurple'
    exit 0
fi

start_with_talkers
make_files "$scratch/home"
sent=$scratch/home

# --- an IRC client with DCC ----------------------------------------------------------------------

# Opens a port, prints its number, and, with a file, sends that to whoever connects.
port() {
    perl -MSocket -e '
        socket(S, PF_INET, SOCK_STREAM, 0) && bind(S, sockaddr_in(0, INADDR_LOOPBACK)) or die;
        listen(S, 1);
        $| = 1;
        print((sockaddr_in(getsockname(S)))[0], "\n");
        @ARGV && open(F, "<", $ARGV[0]) && accept(C, S) or exit;
        syswrite(C, $data) while sysread(F, $data, 65536);
        1 while sysread(C, $data, 65536)' "$@"
}

irc_log=$out/files-bitlbee.txt
say() { printf '%s\r\n' "$1" >&7; }
root() { say "PRIVMSG &bitlbee :$1"; }
# told PATTERN: BitlBee, or somebody, said this since "forget".
told() { irc | grep -q -E -e "$1"; }
irc() { tail -n "+$((irc_start + 1))" "$irc_log" | tr -d '\001\r'; }
irc_start=0
forget() { irc_start=$(wc -l <"$irc_log"); }

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

start_bitlbee() {
    local plugins=$scratch/plugins/purple number
    local peers=$scratch/config/purple/me/certificates/x509/tls_peers
    mkdir -p "$plugins" "$peers" && cp "$O/libmsnp8.so" "$plugins" &&
        cp "$MSNP8_LEAF_FILE" "$peers/localhost" && number=$(port) &&
        printf '%s\n' '[settings]' RunMode=ForkDaemon AuthMode=Open DaemonInterface=127.0.0.1 \
            "DaemonPort=$number" "ConfigDir=$scratch/config" "PluginDir=$scratch/plugins" \
            >"$scratch/bitlbee.conf" || return 1
    in_group env HOME="$scratch/home" bitlbee -F -n -v -c "$scratch/bitlbee.conf" \
        -d "$scratch/config" -u "$(id -un)" >"$scratch/bitlbee.log" 2>&1
    within 10 connects "$number" || return 1
    in_group sh -c 'exec cat <&7' >"$irc_log"
    say 'NICK me' && say 'USER me 0 * :Me' && within 10 told 'End of .*NAMES'
}
connects() { { exec 7<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; }

sign_in() {
    root "account add msnp8 $bert $password"
    root 'account msnp8 set server localhost'
    root "account msnp8 set port $MSNP8_DISPATCH_PORT"
    root "account msnp8 set nexus_url $MSNP8_NEXUS_URL"
    root 'account msnp8 on'
    within 15 told ':echo!.* JOIN '
}

# --- the files -----------------------------------------------------------------------------------

check 'BitlBee starts' start_bitlbee
check 'sign in' sign_in
tell_service ring echo@example.com $bert
for name in small.txt album.zip; do
    forget
    tell_service offer echo@example.com $bert "$sent/$name"
    check "receive $name" receive "$scratch/$name"
    check "$name is whole" cmp "$sent/$name" "$scratch/$name"
    check "$name: both are content" within 10 robot_file 'sending done'
    check "$name: BitlBee says so" within 10 told "File $name transferred successfully"
    forget
    check "send $name" give "$sent/$name"
    check "$name arrives" within 10 told 'I have "'"$name"'" now'
    check "$name arrives whole" robot_file \
        "receiving done .* $(sha256sum <"$sent/$name" | cut -d ' ' -f 1) "
done

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
check 'it is withdrawn' within 5 told \
    'The file "album.zip" from Echo was not received\. - Echo cancelled the transfer\.'
root 'transfer'
check 'nothing is left of both' within 5 told 'No pending transfers'
tell_service set file-accept.cancel=REJECT
forget
check 'send something' give "$sent/small.txt"
check 'it is declined' within 5 told \
    'The file "small.txt" was not sent to Echo\. - Echo declined the file\.'

# BitlBee leaves its copies of what it has sent.
for copy in /tmp/bitlbee-purple-ft.*/*; do
    ! cmp -s "$copy" "$sent/${copy##*/}" || rm -r "${copy%/*}"
done
transcript_start=0
check 'the service saw nothing that is wrong' not seen ' bad: '

finish
