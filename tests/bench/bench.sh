#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How fast the plugin is and what it costs. Run by "make bench". It measures, it does not judge:
# figures depend on the machine and on what else runs there.
#   PARTS="signin accounts core lists conversations gateway hostile files"
#                                     what is measured
#   RUNS=5                            processes for each figure; fewer for those that take long
#   RTTS="0 50 200"                   milliseconds of a round trip, for signing in
#   CONTACTS="0 500 10000"            contacts on the list, for signing in
#   ACCOUNTS="1 10 100 300"           accounts in a process
#   SIZES="0 1000 3000 10000"         contacts on the list, for what one of them costs
#   MESSAGES="1000 10000"             messages, each way
#   CONVERSATIONS="200"               open at once, at most 200
#   GATEWAY_RTTS="0 50"               milliseconds of a round trip, through the HTTP gateway
#   FLOODS="prompt mode presence contacts adding strangers allowed rings"
#                                     lines of a hostile service
#   FLOOD_CONTACTS="300 10000"        contacts on the list, while it floods
#   FILES="100"                       megabytes of a file
#   RELAYED="30"                      megabytes of one that goes through the service
#   O=DIR                             where everything was built; bench.json goes there
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
O=${O:-build}
case $O in /*) ;; *) O=$root/$O ;; esac
PARTS=${PARTS-signin accounts core lists conversations gateway hostile files}
RUNS=${RUNS:-5}
RTTS=${RTTS-0 50 200}
CONTACTS=${CONTACTS-0 500 10000}
ACCOUNTS=${ACCOUNTS-1 10 100 300}
SIZES=${SIZES-0 1000 3000 10000}
MESSAGES=${MESSAGES-1000 10000}
CONVERSATIONS=${CONVERSATIONS-200}
GATEWAY_RTTS=${GATEWAY_RTTS-0 50}
FLOODS=${FLOODS-prompt mode presence contacts adding strangers allowed rings}
FLOOD_CONTACTS=${FLOOD_CONTACTS-300 10000}
FILES=${FILES-100}
RELAYED=${RELAYED-30}

# Processes for figures that take long, and very long.
FEW=$(((RUNS + 1) / 2))
FEWEST=$(((RUNS + 2) / 3))
# Sign-ins that follow the first one in a process.
AGAIN=2
# Contacts of the list that is looked at closely, and of an account that is one of many.
LIST=500
SMALL_LIST=50
# Texts each way in a conversation through the gateway, and minutes in which nothing is said.
TEXTS=20
SILENCE=60
# Seconds in which a service moves the account as soon as it is signed in.
MOVES=20
# Messages that have no answer yet, at a time: as a client may have, and so many that the service
# never waits.
OUTSTANDING='4 16 64'
# Processes at the same time: that wait now and then, and that mostly wait.
BUSY=2
WAITING=4

scratch=$(mktemp -d "${TMPDIR:-/tmp}/msnp8-bench.XXXXXX") || exit 1
files=$scratch/files
trap 'rm -rf "$scratch" "$files"' EXIT
trap 'exit 130' INT TERM HUP
cd "$scratch" || exit 1
mkdir certs
: >figures
: >measured

fail() {
    echo "bench: $*" >&2
    exit 1
}

# measure WORD...: in a process of its own.
measure() {
    "$O/bench-client" "$@" >>figures </dev/null || fail "$* does not work"
}

# repeat N WORD...: measures it N times in a row; not again what was measured already.
repeat() {
    left=$1
    shift
    ! grep -qxF "$*" measured || return 0
    echo "$*" >>measured
    while [ "$left" -gt 0 ]; do
        measure "$@"
        left=$((left - 1))
    done
}

# later N WORD...: the same for what mostly waits; begun by wait_for_all.
later() {
    left=$1
    shift
    while [ "$left" -gt 0 ]; do
        echo "$*" >>waiting
        left=$((left - 1))
    done
}

# wait_for_all PROCESSES: so many at a time.
wait_for_all() {
    [ -s waiting ] || return 0
    xargs -P "$1" -L 1 "$O/bench-client" <waiting >>figures || fail 'signing in does not work'
    rm waiting
}

# The longer the way the more can share the processors; long lists need them more.
measure_distant() {
    for rtt in $RTTS; do
        [ "$rtt" -gt 0 ] || continue
        runs=$RUNS
        together=$BUSY
        [ "$rtt" -le 100 ] || { runs=$FEW && together=$WAITING; }
        for contacts in $CONTACTS; do
            [ "$contacts" -le 1000 ] || continue
            later "$runs" signin one "$rtt" "$contacts" $AGAIN certs
            later "$runs" signin classical "$rtt" "$contacts" $AGAIN certs
        done
        wait_for_all "$together"
        for contacts in $CONTACTS; do
            [ "$contacts" -gt 1000 ] || continue
            later "$FEWEST" signin one "$rtt" "$contacts" $AGAIN certs
            later "$FEWEST" signin classical "$rtt" "$contacts" $AGAIN certs
        done
        [ "$rtt" -gt 100 ] || together=1
        wait_for_all $((together < BUSY ? together : BUSY))
    done
}

measure_signin() {
    for contacts in $CONTACTS; do
        for service in one classical; do
            repeat "$RUNS" signin $service 0 "$contacts" $AGAIN certs
            repeat 1 count signin $service 0 "$contacts" 1 certs
        done
    done
    repeat $((RUNS * 2)) profile one $LIST 0 certs
    repeat 1 profile one $LIST $((RUNS * 6)) certs
    measure_distant
}

measure_accounts() {
    for n in $ACCOUNTS; do
        runs=$RUNS
        [ "$n" -le 50 ] || runs=$FEW
        [ "$n" -le 200 ] || runs=1
        repeat "$runs" accounts one "$n" $SMALL_LIST certs
        repeat 1 count accounts one "$n" $SMALL_LIST certs
    done
}

measure_core() {
    for what in framer parse presence; do
        repeat "$RUNS" $what
        repeat 1 count $what
    done
    for contacts in $SIZES; do
        repeat "$RUNS" roster "$contacts"
        repeat 1 count roster "$contacts"
    done
    for n in $MESSAGES; do
        repeat "$RUNS" read "$n"
    done
}

measure_lists() {
    for contacts in $SIZES; do
        repeat "$RUNS" signin one 0 "$contacts" $AGAIN certs
    done
}

measure_conversations() {
    for n in $MESSAGES; do
        repeat "$RUNS" in "$n" certs
        repeat "$RUNS" out "$n" certs
    done
    for n in $CONVERSATIONS; do
        repeat "$RUNS" open "$n"
        repeat "$RUNS" many "$n" certs
    done
}

measure_gateway() {
    for service in one http https; do
        for rtt in $GATEWAY_RTTS; do
            repeat "$RUNS" signin $service "$rtt" $LIST $AGAIN certs
            later 1 latency $service "$rtt" $TEXTS certs
        done
        repeat 1 silence $service $SILENCE certs
    done
    wait_for_all $WAITING
}

measure_hostile() {
    repeat 1 moves $MOVES certs
    for contacts in $FLOOD_CONTACTS; do
        for flood in $FLOODS; do
            repeat "$FEW" hostile "$flood" "$contacts" timed certs
            repeat 1 hostile "$flood" "$contacts" watched certs
        done
    done
}

# In memory if that is possible, and in turns: what else the machine does matters to both.
measure_files() {
    files=$(mktemp -d /dev/shm/msnp8-bench.XXXXXX 2>/dev/null || mktemp -d "$O/files.XXXXXX") ||
        fail 'there is no place for files'
    echo "about files ${files%/*}" >>figures
    for megabytes in $FILES; do
        left=$RUNS
        while [ "$left" -gt 0 ]; do
            measure files irc "$megabytes" "$files" certs
            measure files msnp "$megabytes" "$files" certs
            left=$((left - 1))
        done
    done
    for megabytes in $RELAYED; do
        left=$RUNS
        while [ "$left" -gt 0 ]; do
            measure files service "$megabytes" "$files" certs
            for outstanding in $OUTSTANDING; do
                measure raw "$megabytes" "$outstanding" certs
            done
            left=$((left - 1))
        done
    done
}

# Here, for all; making keys takes time.
"$O/bench-client" about >figures || fail "$O/bench-client does not work"
"$O/bench-client" signin classical 0 0 0 certs >/dev/null || fail 'signing in does not work'
for part in $PARTS; do
    printf 'measuring %s\n' "$part" >&2
    case $part in
    signin | accounts | core | lists | conversations | gateway | hostile | files) "measure_$part" ;;
    *) fail "there is no part $part" ;;
    esac
done

awk -f "$here/report.awk" -v json="$O/bench.json" -v parts="$PARTS" -v runs="$RUNS" \
    -v rtts="$RTTS" -v contacts="$CONTACTS" -v accounts="$ACCOUNTS" -v sizes="$SIZES" \
    -v messages="$MESSAGES" -v conversations="$CONVERSATIONS" -v list="$LIST" \
    -v gateway_rtts="$GATEWAY_RTTS" \
    -v moves="$MOVES" -v floods="$FLOODS" \
    -v flood_contacts="$FLOOD_CONTACTS" -v files="$FILES" \
    -v relayed="$RELAYED" -v outstanding="$OUTSTANDING" \
    -v small_list="$SMALL_LIST" -v date="$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    -v machine="$(uname -sm)" -v processors="$(nproc)" \
    -v model="$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" figures
