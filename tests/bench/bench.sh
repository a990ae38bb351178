#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How long a contact list, messages and conversations take and what they cost. Run by "make bench".
# It measures, it does not judge: figures depend on the machine and on what else runs there.
#   RUNS=5                        measurements of each kind
#   SIZES="0 1000 3000 10000"     contacts on the list
#   MESSAGES="1000 10000"         messages, each way
#   CONVERSATIONS="200"           open at once, at most 200
#   O=DIR                         where everything was built
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
O=${O:-build}
case $O in /*) ;; *) O=$root/$O ;; esac
RUNS=${RUNS:-5}
SIZES=${SIZES-0 1000 3000 10000}
MESSAGES=${MESSAGES-1000 10000}
CONVERSATIONS=${CONVERSATIONS-200}
address=bench@example.com
password=bench

# shellcheck source=tests/demo/scratch.sh
. "$root/tests/demo/scratch.sh"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/msnp8-bench.XXXXXX") || exit 1
service=
clean_up() {
    [ -z "$service" ] || kill "$service" 2>/dev/null
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# values NAME FILE: the values of NAME=VALUE, a line each.
values() { sed -n "s/.*\\b$1=\\([0-9.]*\\).*/\\1/p" "$2"; }

# spread FORMAT: median, least and greatest of the numbers on standard input.
spread() {
    sort -n | awk -v f="$1" '{ v[NR] = $1 } END {
        if (NR == 0) { print "-"; exit }
        m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
        printf f " (" f ".." f ")\n", m, v[1], v[NR] }'
}

median() {
    sort -n | awk '{ v[NR] = $1 } END {
        print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# each NAME FILE SIZE FACTOR [BASE]: the median without what an empty list costs, for each.
each() {
    [ "$3" -gt 0 ] || { echo - && return; }
    values "$1" "$2" | median |
        awk -v n="$3" -v k="$4" -v b="${5:-0}" '{ printf "%.1f\n", ($1 - b) * k / n }'
}

measure_core() {
    run=0
    while [ $run -lt "$RUNS" ]; do
        "$O/bench-client" core "$1" >>"$scratch/core.$1" || exit 1
        run=$((run + 1))
    done
}

measure_list() {
    rm -rf "$scratch/service"
    mkdir "$scratch/service"
    exec_clean "$O/msnp8-service" --dir "$scratch/service" --quiet \
        --account "$address:$password" --contacts "$1" --groups 30 </dev/null \
        >"$scratch/service.log" 2>&1 &
    service=$!
    if ! wait_for_service "$scratch/service" $service; then
        cat "$scratch/service.log" >&2
        echo 'bench: the service does not start' >&2
        exit 1
    fi
    run=0
    while [ $run -lt "$RUNS" ]; do
        "$O/bench-client" list "$1" $address $password "$MSNP8_DISPATCH_PORT" "$MSNP8_NEXUS_URL" \
            "$scratch/service" >>"$scratch/list.$1" || exit 1
        run=$((run + 1))
    done
    kill $service
    wait $service 2>/dev/null
    service=
}

# measure_talks WHAT NUMBER [DIR]
measure_talks() {
    run=0
    while [ $run -lt "$RUNS" ]; do
        "$O/bench-client" "$@" >>"$scratch/$1.$2" || exit 1
        run=$((run + 1))
    done
}

for size in $SIZES; do
    printf 'measuring %s contacts\n' "$size" >&2
    measure_core "$size"
    measure_list "$size"
done
mkdir "$scratch/talks"
for size in $MESSAGES; do
    printf 'measuring %s messages\n' "$size" >&2
    measure_talks read "$size"
    measure_talks in "$size" "$scratch/talks"
    measure_talks out "$size" "$scratch/talks"
done
for size in $CONVERSATIONS; do
    printf 'measuring %s conversations\n' "$size" >&2
    measure_talks open "$size"
    measure_talks many "$size" "$scratch/talks"
done

print_lists() {
    echo
    echo 'The core alone: a list as bytes to a list in memory.'
    echo
    printf '%9s  %-24s %14s %18s\n' contacts 'ms' 'us a contact' 'heap B a contact'
    for size in $SIZES; do
        file=$scratch/core.$size
        printf '%9s  %-24s %14s %18s\n' "$size" "$(values ms "$file" | spread %.2f)" \
            "$(each ms "$file" "$size" 1000)" "$(each heap "$file" "$size" 1)"
    done
    echo
    echo 'Real libpurple without a window, service on loopback: from USR OK to the complete list.'
    echo
    printf '%9s  %-24s %-24s %14s %10s %14s %10s\n' contacts 'ms' 'ms of CPU' 'us a contact' \
        'turn, ms' 'heap B/contact' 'peak MiB'
    base=0
    for size in $SIZES; do
        file=$scratch/list.$size
        [ "$size" -gt 0 ] || base=$(values cpu "$file" | median)
        printf '%9s  %-24s %-24s %14s %10s %14s %10s\n' "$size" \
            "$(values ms "$file" | spread %.1f)" "$(values cpu "$file" | spread %.1f)" \
            "$(each cpu "$file" "$size" 1000 "$base")" \
            "$(values longest "$file" | median)" "$(each heap "$file" "$size" 1)" \
            "$(values peak "$file" | median | awk '{ printf "%.1f", $1 / 1024 }')"
    done
    echo
    echo '"us a contact" is CPU time. "turn" is the longest time for which no window was redrawn.'
}

# rate FILE SIZE: messages a second.
rate() { values ms "$1" | median | awk -v n="$2" '{ printf "%.0f\n", n * 1000 / $1 }'; }

# way NAME TITLE: a table of what went one way.
way() {
    printf '\n%s\n\n' "$2"
    printf '%9s  %-24s %-24s %10s %14s %10s %10s\n' messages 'ms' 'ms of CPU' 'a second' \
        'us a message' 'turn, ms' 'peak MiB'
    for size in $MESSAGES; do
        file=$scratch/$1.$size
        printf '%9s  %-24s %-24s %10s %14s %10s %10s\n' "$size" \
            "$(values ms "$file" | spread %.1f)" "$(values cpu "$file" | spread %.1f)" \
            "$(rate "$file" "$size")" "$(each cpu "$file" "$size" 1000)" \
            "$(values longest "$file" | median)" \
            "$(values peak "$file" | median | awk '{ printf "%.1f", $1 / 1024 }')"
    done
}

print_messages() {
    echo
    echo 'The core alone: messages as bytes to events.'
    echo
    printf '%9s  %-24s %14s\n' messages 'ms' 'us a message'
    for size in $MESSAGES; do
        file=$scratch/read.$size
        printf '%9s  %-24s %14s\n' "$size" "$(values ms "$file" | spread %.2f)" \
            "$(each ms "$file" "$size" 1000)"
    done
    way in 'Real libpurple, sent messages at once: from the first that is shown to the last.'
    way out 'Real libpurple, sending: until the service has the last one.'
    echo
    echo '"us a message" is CPU time, with what libpurple needs. "turn" is the longest time for'
    echo 'which the plugin kept the main loop.'
}

print_conversations() {
    echo
    echo 'Conversations in which somebody has said something: bytes of each. "windows alone" is'
    echo 'what libpurple needs for them without the plugin.'
    echo
    printf '%13s  %10s %14s %14s %10s\n' conversations 'in all' 'windows alone' \
        'core alone' 'RSS'
    for size in $CONVERSATIONS; do
        file=$scratch/many.$size
        printf '%13s  %10s %14s %14s %10s\n' "$size" "$(each heap "$file" "$size" 1)" \
            "$(each windows "$file" "$size" 1)" \
            "$(each heap "$scratch/open.$size" "$size" 1)" \
            "$(each rss "$file" "$size" 1024)"
    done
}

echo
echo "Median (least..greatest) of $RUNS runs. $(uname -m), $(nproc) processors,"
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
[ -z "$SIZES" ] || print_lists
[ -z "$MESSAGES" ] || print_messages
[ -z "$CONVERSATIONS" ] || print_conversations
