# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# BitlBee, and somebody on IRC who uses it. Read in after lib.sh. The transcript of the IRC client is
# left in ui/ of the build directory.

# shellcheck disable=SC2154 # variables of lib.sh

irc_log=$out/$suite.txt

# Debian has it where only root looks.
PATH=$PATH:/usr/sbin
# Else from where "make check" has unpacked it.
unpacked=${O%/*}/clients/bitlbee-libpurple
if [ -d "$unpacked" ]; then
    PATH=$unpacked/usr/sbin:$PATH
    LD_LIBRARY_PATH=$(printf '%s:' "$unpacked"/usr/lib/*/)${LD_LIBRARY_PATH:-}
    export LD_LIBRARY_PATH
fi

# need_bitlbee PROGRAM...: skips the script without BitlBee, and without these programs.
need_bitlbee() {
    need perl setsid ps "$@"
    if ! bitlbee -V 2>/dev/null | grep -q 'purple=1'; then
        echo "1..0 # SKIP there is no BitlBee with libpurple: $(
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

# start_bitlbee: with the plugin, and an IRC client that is connected to it.
start_bitlbee() {
    local plugins=$scratch/plugins/purple number
    mkdir -p "$plugins" "$scratch/config" "$scratch/home" && cp "$O/libmsnp8.so" "$plugins" &&
        number=$(port) &&
        printf '%s\n' '[settings]' RunMode=ForkDaemon AuthMode=Open DaemonInterface=127.0.0.1 \
            "DaemonPort=$number" "ConfigDir=$scratch/config" "PluginDir=$scratch/plugins" \
            >"$scratch/bitlbee.conf" || return 1
    client_log=$scratch/bitlbee.log
    in_group env HOME="$scratch/home" BITLBEE_DEBUG=1 bitlbee -F -n -v -c "$scratch/bitlbee.conf" \
        -d "$scratch/config" -u "$(id -un)" >"$client_log" 2>&1
    within 10 connects "$number" || return 1
    in_group sh -c 'exec cat <&7' >"$irc_log"
    say 'NICK me' && say 'USER me 0 * :Me' && within 10 told 'End of .*NAMES'
}

# trust_bitlbee: libpurple takes the certificate of the service for the one of "localhost".
trust_bitlbee() {
    local peers=$scratch/config/purple/me/certificates/x509/tls_peers

    mkdir -p "$peers" && cp "$MSNP8_LEAF_FILE" "$peers/localhost"
}

# --- what is typed and seen ----------------------------------------------------------------------

say() { printf '%s\r\n' "$1" >&7; }
# write WHERE TEXT: to a person or in a channel.
write() { say "PRIVMSG $1 :$2"; }
# root LINE: a command of BitlBee.
root() { write '&bitlbee' "$1"; }

# What was said since "forget".
irc() { tail -n "+$((irc_start + 1))" "$irc_log" | tr -d '\001\r'; }
irc_start=0
forget() { irc_start=$(wc -l <"$irc_log"); }
# told PATTERN: BitlBee, or somebody, said this.
told() { irc | grep -q -E -e "$1"; }
# hears WHO WHERE TEXT: this was said, exactly, by this nick, or it begins so.
_hears() { irc | grep -q -F -e ":$1!" -e ":$1 " && irc | grep -q -E -e "^:$1!?[^ ]* PRIVMSG $2 :$3"; }
