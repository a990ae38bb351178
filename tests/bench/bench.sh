#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How long a contact list takes and what it costs. Run by "make bench". It measures, it does not
# judge: figures depend on the machine and on what else runs there.
#   RUNS=5                        measurements of each kind
#   SIZES="0 1000 3000 10000"     contacts on the list
#   O=DIR                         where everything was built
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
O=${O:-build}
case $O in /*) ;; *) O=$root/$O ;; esac
RUNS=${RUNS:-5}
SIZES=${SIZES:-0 1000 3000 10000}
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

# per_contact NAME FILE SIZE FACTOR [BASE]: the median without what an empty list costs, for each.
per_contact() {
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

for size in $SIZES; do
    printf 'measuring %s contacts\n' "$size" >&2
    measure_core "$size"
    measure_list "$size"
done

echo
echo "Median (least..greatest) of $RUNS runs. $(uname -m), $(nproc) processors,"
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
echo
echo 'The core alone: a list as bytes to a list in memory.'
echo
printf '%9s  %-24s %14s %18s\n' contacts 'ms' 'us a contact' 'heap B a contact'
for size in $SIZES; do
    file=$scratch/core.$size
    printf '%9s  %-24s %14s %18s\n' "$size" "$(values ms "$file" | spread %.2f)" \
        "$(per_contact ms "$file" "$size" 1000)" "$(per_contact heap "$file" "$size" 1)"
done
echo
echo 'Real libpurple without a window, service on loopback: from USR OK to the complete buddy list.'
echo
printf '%9s  %-24s %-24s %14s %10s %14s %10s\n' contacts 'ms' 'ms of CPU' 'us a contact' \
    'turn, ms' 'heap B/contact' 'peak MiB'
base=0
for size in $SIZES; do
    file=$scratch/list.$size
    [ "$size" -gt 0 ] || base=$(values cpu "$file" | median)
    printf '%9s  %-24s %-24s %14s %10s %14s %10s\n' "$size" "$(values ms "$file" | spread %.1f)" \
        "$(values cpu "$file" | spread %.1f)" "$(per_contact cpu "$file" "$size" 1000 "$base")" \
        "$(values longest "$file" | median)" "$(per_contact heap "$file" "$size" 1)" \
        "$(values peak "$file" | median | awk '{ printf "%.1f", $1 / 1024 }')"
done
echo
echo '"us a contact" is CPU time. "turn" is the longest time for which a window was not redrawn.'
