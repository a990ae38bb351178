#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [SUITE...]: builds what the suites need, runs them (all, or those named) and prints a line
# for each; failures with the end of the suite's log. At the end: what was skipped and why, the ten
# jobs that took longest, and the sums. "make check" runs this; the logs are in build/check.
#
# TEST=NAME runs one test by its name: test_url or url, a transcript, a rule of the lint, the name
# of a fuzz entry, "/url/parse" as the test programs call their tests. SUITES chooses in which way
# (plain if it is not said).
#
# A suite is a list of jobs: programs that print TAP, or commands whose exit status is the result.
# No test is lost: a program that crashes, hangs, is not built or does not keep to its plan is a
# failure, and what is skipped is listed with its reason.
#
# Jobs run as soon as what they need is built: one more at a time than there are processors, since
# most wait now and then, and beside them two of the kind that mostly waits (real clients with their
# windows), and one that fetches packages.
# shellcheck disable=SC2086,SC2046 # lists of words
set -u
cd "$(dirname "$0")/../.." || exit 2
root=$PWD
# shellcheck source=tests/check/readme.sh
. tests/check/readme.sh

# Below the checkout where it can be: make takes no name with a space, which the path of that may
# have.
base=${O:-build}
base=${base#"$PWD"/}
make=${MAKE:-make}
mkdir -p "$base"
logs=$base/check
processors=$(nproc 2>/dev/null || echo 2)
only=${TEST:-}

# The environment of the person who runs this has no say.
unset O MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL V WERROR SANITIZE PREFIX DESTDIR UI TEST SUITES
unset CC CFLAGS CPPFLAGS LDFLAGS
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR XDG_CONFIG_HOME TMUX
unset XDG_DATA_HOME XDG_CACHE_HOME LANGUAGE ${!LC_*} ${!LIVE_*} ${!GTK_*} GTK2_RC_FILES
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
export LC_ALL=C.UTF-8 LANG=C.UTF-8 TZ=UTC
HOME=$(realpath -m "$logs/home")
export HOME
export G_DEBUG=fatal-criticals G_SLICE=always-malloc
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=print_suppressions=0

gcc=$base/gcc
clang=$base/clang
asan=$base/asan
libfuzzer=$base/libfuzzer

# --- results -----------------------------------------------------------------------------------

result() { printf '%s\t%s\t%s\n' "$2" "$3" "$4" >>"$logs/$1.results"; } # SUITE KIND NAME WHY

# --- jobs ---------------------------------------------------------------------------------------
# Job number N is job_suite[N] and so on. Its command is one line for the shell.

declare -a job_suite=() job_name=() job_kind=() job_limit=() job_needs=() job_lane=() job_command=()
declare -a job_state=()
declare -A left=() begun=() programs_for=()

# In a suite's function: $suite is its name, and these are what its jobs have.
limit=300 # seconds that one may take
needs=    # the jobs (as SUITE) that have to be done before
lane=busy # or "waits": hardly uses the processor; "fetches": mostly waits for packages

# job KIND NAME COMMAND...: KIND is "tap", or "step" where the exit status is the result.
job() {
    local n=${#job_suite[@]}
    job_suite[n]=$suite
    job_kind[n]=$1
    job_name[n]=$2
    job_limit[n]=$limit
    job_needs[n]=$needs
    job_lane[n]=$lane
    job_state[n]=waiting
    shift 2
    job_command[n]=${*@Q}
    left[$suite]=$((${left[$suite]:-0} + 1))
}

skip() { result "$suite" skip "$1" "$2"; }

# Runs job N; its output is in $logs/SUITE.N.output then, its results are added to the suite's.
run_job() {
    local n=$1 suite=${job_suite[$1]} name=${job_name[$1]} status=0 begin=$EPOCHREALTIME
    local output=$logs/$suite.$n.output command
    eval "command=(${job_command[n]})"
    # What the shell says of a signal goes there, too.
    {
        timeout -k 10 "${job_limit[n]}" "${command[@]}" </dev/null >"$output" 2>&1 || status=$?
    } 2>>"$output"
    case ${job_kind[n]}.$status in
    tap.*)
        awk -v name="$name" -v status="$status" -v limit="${job_limit[n]}" \
            -f tests/check/tap.awk "$output" >"$output.results"
        ;;
    step.0) printf 'pass\t%s\t\n' "$name" >"$output.results" ;;
    step.124 | step.137)
        printf 'fail\t%s: timed out after %s seconds\t\n' "$name" "${job_limit[n]}" \
            >"$output.results"
        ;;
    *) printf 'fail\t%s: exit status %s\t\n' "$name" "$status" >"$output.results" ;;
    esac
    awk -v t0="$begin" -v t1="$EPOCHREALTIME" -v what="$suite: $name" \
        'BEGIN { printf "%.1f\t%s\n", t1 - t0, what }' >"$output.time"
}

# Puts what job N has left where it belongs.
end_job() {
    local n=$1 suite=${job_suite[$1]}
    local output=$logs/$suite.$n.output
    {
        printf '==== %s: %s\n' "${job_name[n]}" "${job_command[n]}"
        cat "$output"
    } >>"$logs/$suite.log"
    if [ -e "$output.time" ]; then
        cat "$output.results" >>"$logs/$suite.results"
        cat "$output.time" >>"$logs/times"
        if grep -q '^fail' "$output.results"; then
            echo "==== ${job_name[n]}"
            # Why, which what is known of it can push out of sight.
            grep -a -m 5 -e '^# tests/[^ ]*:[0-9]*: ' "$output"
            grep -v -e '^ok ' -e '^# \(Start\|End\) of ' "$output" | tail -n 40
        fi >>"$logs/$suite.failed"
    else
        result "$suite" fail "${job_name[n]}: ended by somebody" ''
    fi
    rm -f "$output" "$output.results" "$output.time"
    : >"$logs/ended.$n"
    job_state[n]=ended
    left[$suite]=$((${left[$suite]} - 1))
    [ "${left[$suite]}" != 0 ] || end_suite "$suite"
}

count() { grep -c "^$2	" "$logs/$1.results"; }

end_suite() {
    local suite=$1 text failed
    failed=$(count "$suite" fail)
    text=$(awk -v t0="${begun[$suite]:-$EPOCHREALTIME}" -v t1="$EPOCHREALTIME" -v suite="$suite" \
        -v p="$(count "$suite" pass)" -v f="$failed" -v s="$(count "$suite" skip)" 'BEGIN {
            printf "%-5s %-17s %5d passed", f ? "FAIL" : p ? "ok" : "skip", suite, p
            printf f ? ", %d failed" : "", f
            printf s ? ", %d skipped" : "", s
            printf "  (%.1f s)", t1 - t0
        }')
    if [ "$failed" != 0 ]; then
        text="$text
$(sed -n 's/^fail	\([^	]*\).*/      not ok: \1/p' "$logs/$suite.results" | head -n 50)
$(sed 's/^/      | /' "$logs/$suite.failed")
      (all of it: $logs/$suite.log)"
    fi
    printf '%s\n' "$text"
}

# ready N: is all built that this job needs?
ready() {
    local need
    for need in ${job_needs[$1]}; do
        [ "${left[$need]:-0}" = 0 ] || return 1
    done
}

# Starts job N.
start_job() {
    local suite=${job_suite[$1]}
    [ -n "${begun[$suite]:-}" ] || begun[$suite]=$EPOCHREALTIME
    job_state[$1]=running
    run_job "$1" &
    running[$!]=$1
    busy[${job_lane[$1]}]=$((${busy[${job_lane[$1]}]} + 1))
}

run_jobs() {
    local -A running=() busy=([busy]=0 [waits]=0 [fetches]=0)
    local -A room=([busy]=$((processors + 1)) [waits]=2 [fetches]=1)
    local n pid
    while :; do
        for n in "${order[@]}"; do
            [ "${job_state[n]}" = waiting ] || continue
            [ "${busy[${job_lane[n]}]}" -lt "${room[${job_lane[n]}]}" ] || continue
            ! ready "$n" || start_job "$n"
        done
        [ ${#running[@]} != 0 ] || break
        wait -n
        for pid in "${!running[@]}"; do
            ! kill -0 "$pid" 2>/dev/null || continue
            n=${running[$pid]}
            unset "running[$pid]"
            busy[${job_lane[n]}]=$((${busy[${job_lane[n]}]} - 1))
            end_job "$n"
        done
    done
}

# plain NAME: without what the names of a kind of test begin or end with.
plain() {
    local name=${1##*/}
    name=${name%.c} name=${name%.sh} name=${name%.script}
    name=${name#test[_-]} name=${name#fuzz_}
    echo "$name"
}

# wanted SOURCE: is this test one that TEST=NAME means? Without TEST all are.
wanted() {
    case $only in
    '') ;;
    # What a test program calls its tests begins with the same word, if it has it.
    /*) grep -q -F -e "\"/$(cut -d / -f 2 <<<"$only")" "$1" ;;
    *) [ "$(plain "$1")" = "$(plain "$only")" ] ;;
    esac
}

# needs_program BUILD FILE...: the next jobs need this build, and of it these files.
needs_program() {
    needs=$1
    programs_for[$1]="${programs_for[$1]:-} ${*:2}"
}

# programs BUILD PATTERN DIR [COMMAND...]: a job for each program that is made of a source file, by
# COMMAND when there is one.
programs() {
    local build=$1 pattern=$2 dir=$3 source arguments=()
    shift 3
    [[ $only != /* ]] || arguments=(-p "$only")
    for source in $pattern; do
        wanted "$source" || continue
        needs_program "$build" "$dir$(plain "$source")"
        job tap "$(basename "$source" .c)" "$@" "$dir$(plain "$source")" "${arguments[@]}"
    done
}

have() {
    command -v "$1" >/dev/null && return
    skip "$suite" "no $1"
    return 1
}

# --- suites ------------------------------------------------------------------------------------

# build TARGET ARGUMENT...: with TEST, only what that needs.
build() {
    local target=$1
    shift
    limit=1200
    if [ -n "$only" ]; then
        target=${programs_for[$suite]:-}
        [ -n "$target" ] || return
    fi
    # shellcheck disable=SC2086 # several targets
    job step "make $target" "$make" -k -j "$processors" WERROR=1 "$@" $target
}
suite_build_gcc() { build tests O="$gcc" CC=gcc; }
# What a sanitizer has put into the code takes an optimiser longest, and it runs no faster for it.
sanitised=(CFLAGS='-O1 -g1')
suite_build_asan() { build tests O="$asan" CC=gcc SANITIZE=address,undefined "${sanitised[@]}"; }
# The parsers and machines are built by clang for the fuzzers, and run; the plugin is linked. Of all
# the rest only the warnings are of interest.
suite_build_clang() { have clang && build 'plugin syntax' O="$clang" CC=clang; }
suite_build_fuzz() {
    limit=1200
    [ -z "$only" ] || [ -n "${programs_for[$suite]:-}" ] || return
    have clang || return
    job step 'make fuzz' "$make" -k -j "$processors" WERROR=1 O="$base" "${sanitised[@]}" fuzz
}

suite_unit() {
    programs build-gcc 'tests/unit/test_*.c' "$gcc/unit/test_" env MALLOC_PERTURB_=165
}
suite_unit_asan() {
    programs build-asan 'tests/unit/test_*.c' "$asan/unit/test_" tests/check/leaks.sh
}

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
    have valgrind && programs build-gcc 'tests/unit/test_*.c' "$gcc/unit/test_" "${memcheck[@]}"
}

# scripts BUILD DIR PORTIONS [COMMAND...]: transcripts, in so many portions, for all processors to
# have something to do.
scripts() {
    local build=$1 dir=$2 portions=$3 portion script all=() part n
    shift 3
    for script in tests/scripts/*.script; do
        ! wanted "$script" || all+=("$script")
    done
    for ((portion = 0; portion < portions && portion < ${#all[@]}; portion++)); do
        part=()
        for ((n = portion; n < ${#all[@]}; n += portions)); do
            part+=("${all[n]}")
        done
        needs_program "$build" "$dir/run-scripts"
        job tap "run-scripts $((portion + 1))/$portions" "$@" "$dir/run-scripts" "${part[@]}"
    done
}
suite_scripts() { scripts build-gcc "$gcc" 1 env MALLOC_PERTURB_=165; }
suite_scripts_asan() {
    scripts build-asan "$asan" 2 env SCRIPT_SPLITS=20 tests/check/leaks.sh
}
suite_scripts_valgrind() {
    limit=900
    have valgrind && scripts build-gcc "$gcc" 2 env SCRIPT_SPLITS=2 "${memcheck[@]}"
}

# The committed corpus, once more through each parser.
corpus() { # corpus BUILD KIND DIR [ARGUMENT...]
    local build=$1 kind=$2 dir=$3 source name
    shift 3
    for source in tests/fuzz/fuzz_*.c; do
        wanted "$source" || continue
        name=$(plain "$source")
        if [ -d "tests/fuzz/corpus/$name" ]; then
            needs_program "$build" "$dir/$name"
            job "$kind" "fuzz_$name" "$dir/$name" "$@" "tests/fuzz/corpus/$name"
        else
            result "$suite" fail "fuzz_$name: no corpus" ''
        fi
    done
}
suite_fuzz() { corpus build-asan tap "$asan/replay"; }
suite_fuzz_clang() {
    have clang && corpus build-fuzz step "$libfuzzer/fuzz" -runs=0 -artifact_prefix="$libfuzzer/"
}

# LIVE_SCALE multiplies how long a live test waits before it gives up.
suite_live() {
    programs build-gcc 'tests/live/test_*.c' "$gcc/live/test_" \
        env LIVE_SCALE=2 MALLOC_PERTURB_=165
}
suite_live_asan() {
    programs build-asan 'tests/live/test_*.c' "$asan/live/test_" env LIVE_SCALE=4 \
        LSAN_OPTIONS="$LSAN_OPTIONS:suppressions=tests/live/lsan.supp" tests/check/leaks.sh
}
# Where I and i are two letters.
suite_turkish() {
    local run=(tests/check/turkish.sh "$base/locale" env MALLOC_PERTURB_=165 LIVE_SCALE=2)
    programs build-gcc tests/unit/test_codec.c "$gcc/unit/test_" "${run[@]}"
    scripts build-gcc "$gcc" 1 "${run[@]}" SCRIPT_SPLITS=4
    programs build-gcc 'tests/live/test_privacy.c tests/live/test_contacts.c' \
        "$gcc/live/test_" "${run[@]}"
}
# A start of libpurple takes seconds here; the tests themselves know which of them matter most.
suite_live_valgrind() {
    limit=1200
    have valgrind && programs build-gcc 'tests/live/test_*.c' "$gcc/live/test_" \
        env LIVE_SUBSET=1 LIVE_SCALE=15 "${memcheck[@]}"
}

suite_ui() {
    local test
    limit=600 lane=waits
    for test in tests/ui/test-*.sh; do
        wanted "$test" || continue
        needs_program build-gcc all "$gcc/msnp8-service"
        job tap "$(basename "$test" .sh)" env O="$gcc" MAKE="$make" "$test"
    done
}

suite_install() {
    wanted tests/check/install.sh || return
    needs_program build-gcc all
    job tap install env O="$gcc" MAKE="$make" tests/check/install.sh
}
suite_package() {
    wanted tests/check/package.sh || return
    limit=900
    job tap package env MAKE="$make" tests/check/package.sh
}
suite_pristine() {
    wanted tests/check/pristine.sh || return
    needs_program build-gcc all "$gcc/msnp8-service"
    limit=900 lane=fetches
    job tap pristine env O="$gcc" MAKE="$make" tests/check/pristine.sh
}
# The rest are no tests with names: with TEST they are left out.
suite_demo() {
    needs='build-gcc'
    job step 'make demo UI=headless' env UI=headless O="$gcc" CC=gcc WERROR=1 \
        bash -ec "make() { command '$make' -e \"\$@\"; }; $(readme demo)"
}
suite_committed() {
    needs='build-gcc' limit=900
    job tap committed env MAKE="$make" tests/check/committed.sh "$base"
}

suite_lint() {
    local rule=
    limit=1200
    if [ -n "$only" ]; then
        rule=$(plain "$only")
        grep -q "^$rule() { # " tests/lint/run.sh || return
    fi
    # shellcheck disable=SC2086 # one word or none
    job tap lint env O="$base" tests/lint/run.sh $rule
}

# --- what there is to do -----------------------------------------------------------------------

builds='build-gcc build-asan build-fuzz build-clang'
# In the order in which they begin: what takes long comes first.
tests='pristine ui live-valgrind unit-valgrind scripts-valgrind unit-asan scripts-asan live-asan
       live unit scripts turkish fuzz fuzz-clang lint package install demo committed'
# What TEST=NAME looks at.
named='unit live scripts fuzz ui install package pristine lint'

# plan SUITE...: makes their jobs.
plan() {
    local suite limit needs lane
    for suite in "$@"; do
        limit=300 needs='' lane=busy
        : >"$logs/$suite.results"
        "suite_${suite//-/_}"
        [ "${left[$suite]:-0}" = 0 ] || continue
        # With TEST most suites have none.
        if [ -z "$only" ]; then
            [ -s "$logs/$suite.results" ] || result "$suite" fail "$suite: nothing to run" ''
            end_suite "$suite"
        fi
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
# Other users, as some tests want, find what is shown to them.
chmod 711 "$TMPDIR"
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

# What the machine does not allow is said once, here.
: >"$logs/machine.results"
MACHINE_LACKS=
while IFS=$'\t' read -r name why; do
    MACHINE_LACKS+="$name "
    result machine skip "$name" "$why"
done < <(tests/check/machine.sh)
export MACHINE_LACKS
[[ " $MACHINE_LACKS" != *' leaks '* ]] || ASAN_OPTIONS=${ASAN_OPTIONS/leaks=1/leaks=0}

# The suites to run, and the builds that they need.
if [ $# != 0 ]; then
    chosen=" $* "
elif [ -n "$only" ]; then
    chosen=" $named "
else
    chosen=" $builds $tests "
fi
# One space between any two, for chosen_of.
chosen=" $(xargs <<<"$chosen") "
for suite in $chosen; do
    case $suite in
    fuzz-clang) chosen+='build-fuzz ' ;;
    fuzz | *-asan) chosen+='build-asan ' ;;
    unit* | scripts* | live* | turkish | ui | install | pristine | demo | committed)
        chosen+='build-gcc '
        ;;
    esac
    if ! declare -F "suite_${suite//-/_}" >/dev/null; then
        echo "no suite of that name: $suite; there are:" $builds $tests >&2
        exit 2
    fi
done
chosen_of() { # chosen_of SUITE...: those of them that are chosen
    local suite
    for suite in "$@"; do
        [[ $chosen != *" $suite "* ]] || echo "$suite"
    done
}

# Without a choice no suite is left out.
if [ $# = 0 ] && [ -z "$only" ]; then
    for suite in $(declare -F | sed -n 's/^declare -f suite_//p'); do
        if [ -z "$(chosen_of "${suite//_/-}")" ]; then
            echo "the suite $suite is in no list" >&2
            exit 2
        fi
    done
fi

# The tests say what they need of the builds, and so come first here; the builds run first.
plan $(chosen_of $tests)
n_tests=${#job_suite[@]}
if [ -n "$only" ] && [ "$n_tests" = 0 ]; then
    echo "no test of that name: $only" >&2
    exit 2
fi
plan $(chosen_of $builds)
order=()
for ((n = n_tests; n < ${#job_suite[@]}; n++)); do order+=("$n"); done
for ((n = 0; n < n_tests; n++)); do order+=("$n"); done

# In the background, for an interrupt to be heard at once.
run_jobs &
wait $!

# --- the sums ----------------------------------------------------------------------------------

for suite in machine $(chosen_of $builds $tests); do
    [ -e "$logs/$suite.results" ] || continue
    sed "s/\t/\t$suite: /; s/\t$suite: $suite/\t$suite/" "$logs/$suite.results"
done >"$logs/all"
for ((n = 0; n < ${#job_suite[@]}; n++)); do
    [ -e "$logs/ended.$n" ] ||
        printf 'fail\t%s: %s: did not run\t\n' "${job_suite[n]}" "${job_name[n]}" >>"$logs/all"
done
sum() { grep -c "^$1	" "$logs/all"; }
echo
if [ -n "$only" ]; then
    for suite in $(chosen_of $tests); do
        [ ! -e "$logs/$suite.log" ] || cat "$logs/$suite.log"
    done
else
    echo 'What took longest:'
    sort -rn "$logs/times" | head -n 10 | awk -F '\t' '{ printf "%8.1f s  %s\n", $1, $2 }'
fi
if [ "$(sum skip)" != 0 ]; then
    echo
    echo 'Skipped:'
    awk -F '\t' '$1 == "skip" { print "  " $2 ": " ($3 == "" ? "(no reason given)" : $3) }' \
        "$logs/all"
fi
echo
echo "$(sum pass) passed, $(sum fail) failed, $(sum skip) skipped"
[ "$(sum fail)" = 0 ]
