#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [SUITE...]: builds what the suites need, runs them (all, or those named) and prints a line
# for each; failures with the end of the suite's log. The last line has the sums. "make check" runs
# this; the logs are in build/check.
#
# A suite runs programs that print TAP, or commands whose exit status is the result. No test is
# lost: a program that crashes, hangs, is not built or does not keep to its plan is a failure, and
# what is skipped is listed with its reason.
#
# Suites that mostly wait (the live ones and ui) run beside those that keep the processors busy, and
# where that takes long several of their programs run at a time.
set -u
cd "$(dirname "$0")/../.." || exit 2

base=${O:-build}
make=${MAKE:-make}
mkdir -p "$base"
base=$(cd "$base" && pwd)
logs=$base/check
jobs=$(nproc 2>/dev/null || echo 2)

# The environment of the person who runs this has no say.
unset O MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL V WERROR SANITIZE PREFIX DESTDIR UI
unset CC CFLAGS CPPFLAGS LDFLAGS
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR XDG_CONFIG_HOME TMUX
unset XDG_DATA_HOME XDG_CACHE_HOME LANGUAGE ${!LC_*}
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
export LC_ALL=C.UTF-8 LANG=C.UTF-8
export HOME=$logs/home
export G_DEBUG=fatal-criticals G_SLICE=always-malloc
export ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=print_suppressions=0

gcc=$base/gcc
clang=$base/clang
asan=$base/asan
libfuzzer=$base/libfuzzer

# --- results -----------------------------------------------------------------------------------
# In a suite: $suite is its name, $limit the time that one program has, in seconds.

limit=300

result() { printf '%s\t%s\t%s\n' "$@" >>"$logs/$suite.results"; }
skip() { result skip "$1" "$2"; }

# tap NAME COMMAND...: a program that prints TAP.
tap() {
    local name=$1 output=$logs/$suite.$1.output status=0
    shift
    timeout -k 10 "$limit" "$@" </dev/null >"$output" 2>&1 || status=$?
    echo "==== $name: $*"
    cat "$output"
    awk -v name="$name" -v status="$status" -v limit="$limit" -f tests/check/tap.awk "$output" \
        >>"$logs/$suite.results"
    rm -f "$output"
}

# step NAME COMMAND...: a command whose exit status is the result.
step() {
    local name=$1 status=0
    shift
    echo "==== $name: $*"
    timeout -k 10 "$limit" "$@" </dev/null || status=$?
    case $status in
    0) result pass "$name" '' ;;
    124 | 137) result fail "$name: timed out after $limit seconds" '' ;;
    *) result fail "$name: exit status $status" '' ;;
    esac
}

# programs PATTERN DIR: for each source file the program that was to be made of it, as NAME FILE.
# With a program missing that is a failure.
programs() {
    local source name prefix=${1%%\**}
    for source in $1; do
        [ -e "$source" ] || continue
        name=$(basename "$source" .c)
        name=$2${name#"${prefix##*/}"}
        if [ -x "$name" ]; then
            echo "$(basename "$source" .c) $name"
        else
            result fail "$(basename "$source" .c): not built" ''
        fi
    done
}

# tap_all PATTERN DIR [COMMAND...]: runs each of these programs, by COMMAND when there is one; so
# many at a time as $at_once says.
at_once=1
tap_all() {
    local pattern=$1 dir=$2 name program
    shift 2
    if ! compgen -G "$pattern" >/dev/null; then
        skip "$suite" 'no tests there yet'
        return
    fi
    while read -r name program <&3; do
        if [ "$at_once" = 1 ]; then
            tap "$name" "$@" "$program"
        else
            [ "$(jobs -rp | wc -l)" -lt "$at_once" ] || wait -n
            tap "$name" "$@" "$program" &
        fi
    done 3< <(programs "$pattern" "$dir")
    wait
}

have() {
    command -v "$1" >/dev/null && return
    skip "$suite" "no $1"
    return 1
}

# --- suites ------------------------------------------------------------------------------------

build() {
    limit=1200
    step "make $*" nice "$make" -k -j "$jobs" WERROR=1 "$@"
}
suite_build_gcc() { build O="$gcc" CC=gcc tests; }
suite_build_asan() { build O="$asan" CC=gcc SANITIZE=address,undefined tests; }
suite_build_clang() { have clang && build O="$clang" CC=clang tests; }
suite_build_fuzz() { have clang && build O="$base" fuzz; }

suite_lint() { tap lint env O="${base#"$PWD"/}" tests/lint/run.sh; }

scripts() {
    local dir=$1
    shift
    if ! compgen -G 'tests/scripts/*.script' >/dev/null; then
        skip "$suite" 'no tests there yet'
    elif [ -x "$dir/run-scripts" ]; then
        tap run-scripts "$@" "$dir/run-scripts" tests/scripts/*.script
    else
        result fail 'run-scripts: not built' ''
    fi
}

suite_unit() { tap_all 'tests/unit/test_*.c' "$gcc/unit/test_" env MALLOC_PERTURB_=165; }
suite_scripts() { scripts "$gcc" env MALLOC_PERTURB_=165; }
suite_unit_asan() { tap_all 'tests/unit/test_*.c' "$asan/unit/test_"; }
suite_scripts_asan() { scripts "$asan" env SCRIPT_SPLITS=60; }

memcheck=(valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite
    --errors-for-leak-kinds=definite --child-silent-after-fork=yes --keep-debuginfo=yes
    --num-callers=40
    # New memory holds nothing from before, so that no secret in it is somebody else's.
    --malloc-fill=5a)
for file in /usr/share/glib-2.0/valgrind/glib.supp tests/live/valgrind.supp; do
    [ ! -e "$file" ] || memcheck+=(--suppressions="$file")
done

suite_unit_valgrind() {
    limit=900
    have valgrind && tap_all 'tests/unit/test_*.c' "$gcc/unit/test_" "${memcheck[@]}"
}
suite_scripts_valgrind() {
    limit=900
    have valgrind && scripts "$gcc" env SCRIPT_SPLITS=20 "${memcheck[@]}"
}

# The committed corpus, once more through each parser.
corpus() {
    local how=$1 dir=$2 name program
    if ! compgen -G 'tests/fuzz/fuzz_*.c' >/dev/null; then
        skip "$suite" 'no tests there yet'
        return
    fi
    while read -r name program <&3; do
        if [ ! -d "tests/fuzz/corpus/${name#fuzz_}" ]; then
            result fail "$name: no corpus" ''
        elif [ "$how" = tap ]; then
            tap "$name" "$program" "tests/fuzz/corpus/${name#fuzz_}"
        else
            step "$name" "$program" -runs=0 -artifact_prefix="$libfuzzer/" \
                "tests/fuzz/corpus/${name#fuzz_}"
        fi
    done 3< <(programs 'tests/fuzz/fuzz_*.c' "$dir/")
}
suite_fuzz() { corpus tap "$asan/replay"; }
suite_fuzz_clang() { have clang && corpus step "$libfuzzer/fuzz"; }

# LIVE_SCALE multiplies how long a live test waits before it gives up.
suite_live() {
    tap_all 'tests/live/test_*.c' "$gcc/live/test_" env LIVE_SCALE=2 MALLOC_PERTURB_=165
}
suite_live_asan() {
    local at_once=2
    export LIVE_SCALE=4
    if [ -e tests/live/lsan.supp ]; then
        LSAN_OPTIONS=$LSAN_OPTIONS:suppressions=$PWD/tests/live/lsan.supp
    fi
    tap_all 'tests/live/test_*.c' "$asan/live/test_"
}
# A start of libpurple takes seconds here; the tests themselves know which of them matter most.
suite_live_valgrind() {
    local at_once=2
    limit=1200
    export LIVE_SUBSET=1 LIVE_SCALE=15
    have valgrind && tap_all 'tests/live/test_*.c' "$gcc/live/test_" "${memcheck[@]}"
}

suite_ui() {
    local test
    limit=600
    if ! compgen -G 'tests/ui/test-*.sh' >/dev/null; then
        skip ui 'no tests there yet'
        return
    fi
    for test in tests/ui/test-*.sh; do
        tap "$(basename "$test" .sh)" env O="$gcc" MAKE="$make" "$test"
    done
}

suite_install() { tap install env O="$gcc" MAKE="$make" tests/check/install.sh; }

suite_demo() {
    if [ ! -x tests/demo/demo.sh ]; then
        skip demo 'no demo there yet'
        return
    fi
    step 'make demo UI=headless' "$make" O="$gcc" CC=gcc WERROR=1 UI=headless demo
}

# What is committed is all that others get.
suite_clone() {
    limit=900
    if ! git rev-parse -q --verify HEAD >/dev/null 2>&1; then
        skip clone 'not a git checkout with a commit'
        return
    fi
    rm -rf "$logs/clone"
    mkdir -p "$logs/clone"
    step 'git archive HEAD' sh -c 'git archive HEAD | tar -x -C "$1"' - "$logs/clone"
    step 'make tests, in what is committed' \
        nice "$make" -C "$logs/clone" -j "$jobs" O=build WERROR=1 tests
    rm -rf "$logs/clone"
}

# --- running them ------------------------------------------------------------------------------

busy='build-clang build-fuzz lint unit scripts unit-asan scripts-asan unit-valgrind scripts-valgrind
      fuzz fuzz-clang install demo clone'
waiting='live ui'
waiting_long='live-asan live-valgrind'
first='build-gcc build-asan'

# The builds that a suite needs.
needs() {
    case $1 in
    fuzz | *-asan) echo build-asan ;;
    fuzz-clang) echo build-fuzz ;;
    unit* | scripts* | live* | ui | install | demo) echo build-gcc ;;
    esac
}

declare -A chosen=()
[ $# != 0 ] || set -- $first $busy $waiting $waiting_long
for suite in "$@"; do
    if ! declare -F "suite_${suite//-/_}" >/dev/null; then
        echo "no suite of that name: $suite; there are:" $first $busy $waiting $waiting_long >&2
        exit 2
    fi
    chosen[$suite]=yes
    for build in $(needs "$suite"); do
        chosen[$build]=yes
    done
done
chosen() {
    local name
    for name in "$@"; do
        [ -z "${chosen[$name]-}" ] || echo "$name"
    done
}

count() { grep -c "^$1	" "$logs/$suite.results"; }

run_suite() {
    suite=$1
    local begin=$EPOCHREALTIME text
    : >"$logs/$suite.results"
    (set +e; "suite_${suite//-/_}") >"$logs/$suite.log" 2>&1
    [ -s "$logs/$suite.results" ] || result fail "$suite: nothing ran" ''
    text=$(awk -v t0="$begin" -v t1="$EPOCHREALTIME" -v suite="$suite" \
        -v p="$(count pass)" -v f="$(count fail)" -v s="$(count skip)" 'BEGIN {
            printf "%-5s %-17s %5d passed", f ? "FAIL" : p ? "ok" : "skip", suite, p
            printf f ? ", %d failed" : "", f
            printf s ? ", %d skipped" : "", s
            printf "  (%.1f s)", t1 - t0
        }')
    if [ "$(count fail)" != 0 ]; then
        text="$text
$(sed -n 's/^fail	\([^	]*\).*/      not ok: \1/p' "$logs/$suite.results" | head -n 50)
$(grep -v '^ok ' "$logs/$suite.log" | tail -n 40 | sed 's/^/      | /')
      (all of it: ${logs#"$PWD"/}/$suite.log)"
    fi
    printf '%s\n' "$text"
}

run_suites() {
    local name
    for name in "$@"; do
        run_suite "$name"
    done
}

# A program under timeout has a process group of its own: it does not hear an interrupt.
kill_tree() {
    local child
    for child in $(ps -o pid= --ppid "$1"); do
        kill_tree "$child"
    done
    [ "$1" = $$ ] || kill -TERM "$1" 2>/dev/null
}
trap 'trap "" INT TERM HUP; kill_tree $$; exit 130' INT TERM HUP

rm -rf "$logs"
mkdir -p "$HOME"
# Here, and not below $logs: the names of sockets have to be short. What a test that was ended
# leaves behind goes with it.
TMPDIR=$(mktemp -d /tmp/msnp8-check.XXXXXX) || exit 2
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
# All in the background, for an interrupt to be heard at once.
run_suites $(chosen $first) &
wait $!
run_suites $(chosen $waiting) &
waits=$!
run_suites $(chosen $waiting_long) &
waits_long=$!
run_suites $(chosen $busy) &
wait $! $waits $waits_long

# --- the sums ----------------------------------------------------------------------------------

for suite in $(chosen $first $busy $waiting $waiting_long); do
    [ -s "$logs/$suite.results" ] || result fail "$suite: did not run" ''
    sed "s/\t/\t$suite: /; s/\t$suite: $suite/\t$suite/" "$logs/$suite.results"
done >"$logs/all"
sum() { grep -c "^$1	" "$logs/all"; }
if [ "$(sum skip)" != 0 ]; then
    echo
    echo 'Skipped:'
    awk -F '\t' '$1 == "skip" { print "  " $2 ": " ($3 == "" ? "(no reason given)" : $3) }' \
        "$logs/all"
fi
echo
echo "$(sum pass) passed, $(sum fail) failed, $(sum skip) skipped"
[ "$(sum fail)" = 0 ]
