# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# BitlBee, and somebody on IRC who uses it. Read in after lib.sh and conversations.sh. The
# transcript of the IRC client is left in ui/ of the build directory.

# shellcheck disable=SC2034,SC2154 # variables of lib.sh
# shellcheck disable=SC2119,SC2120 # some tests give "port" a file

irc_log=$out/$suite.txt

# Debian has it where only root looks. If it is not installed, "make check" has unpacked it.
PATH=$PATH:/usr/sbin
unpacked=${O%/*}/clients/bitlbee-libpurple
has_purple() { bitlbee -V 2>/dev/null | grep -q 'purple=1'; }
if ! has_purple && [ -d "$unpacked" ]; then
    PATH=$unpacked/usr/sbin:$PATH
    LD_LIBRARY_PATH=$(printf '%s:' "$unpacked"/usr/lib/*/)${LD_LIBRARY_PATH:-}
    export LD_LIBRARY_PATH
fi

# need_bitlbee PROGRAM...: skips the script without BitlBee, and without these programs.
need_bitlbee() {
    need perl setsid ps "$@"
    if ! has_purple; then
        echo "1..0 # SKIP no BitlBee with libpurple: $(
            tail -n 1 "$unpacked.log" 2>/dev/null || echo 'it is not installed')"
        exit 0
    fi
}

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

connects() { { exec 7<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; }

# start_bitlbee: one of our own, as README.md says, and an IRC client that is connected to it.
start_bitlbee() {
    local number
    export HOME=$scratch/home
    own=$HOME/bitlbee
    client_log=$own/bitlbee.log
    mkdir -p "$own" && number=$(port) || return 1
    # If root starts it, it would become somebody else, and call itself the BitlBee of the system.
    {
        readme bitlbee-conf 6667 "$number" | sed "s,/home/ME,$HOME,"
        printf '%s\n' "User = $(id -un)" "PidFile = $own/pid"
    } >"$own/bitlbee.conf"
    in_group sh -c "$(readme bitlbee-own build "${O@Q}")"
    within 10 connects "$number" || return 1
    in_group sh -c 'exec cat <&7' >"$irc_log"
    say 'NICK me' && say 'USER me 0 * :Me' && within 10 told 'End of .*NAMES'
}

# trust_bitlbee: libpurple takes the certificate of the service for the one of "localhost".
trust_bitlbee() {
    local peers=$own/purple/me/certificates/x509/tls_peers
    mkdir -p "$peers" && cp "$MSNP8_LEAF_FILE" "$peers/localhost"
}

# --- what is typed and seen ----------------------------------------------------------------------

say() { printf '%s\r\n' "$1" >&7; }
# write WHERE TEXT: to a person or in a channel.
write() { say "PRIVMSG $1 :$2"; }
# root LINE: a command of BitlBee.
root() { write '&bitlbee' "$1"; }

# type_readme NAME [WORD TEXT]...: types this block of README.md: commands of the IRC client, and of
# BitlBee.
type_readme() {
    local line
    while read -r line; do
        case $line in
        '/away '*) say "AWAY :${line#/away }" ;;
        /*) say "${line#/}" ;;
        ?*) root "$line" ;;
        esac
    done < <(readme "$@")
}

# What was said since "forget".
irc() { tail -n "+$((irc_start + 1))" "$irc_log" | tr -d '\001\r'; }
irc_start=0
forget() { irc_start=$(wc -l <"$irc_log"); }
# told PATTERN: BitlBee, or somebody, said this.
told() { irc | grep -q -E -e "$1"; }
# reads WHO WHERE LINE: this line of this nick stands in the query ("me") or in a channel.
reads() { irc | sed -n "s/^:$1![^ ]* PRIVMSG $2 ://p" | grep -q -x -F -e "$3"; }

# put_account: that of $bert.
put_account() {
    type_readme bitlbee-account ADDRESS "$bert" PASSWORD "$password"
    put_server
}
put_server() {
    type_readme bitlbee-settings SERVER localhost PORT "$MSNP8_DISPATCH_PORT" \
        NEXUS "$MSNP8_NEXUS_URL"
}
