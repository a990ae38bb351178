# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of the clients share: TAP, waiting, the service, Pidgin under Xvfb, Finch in tmux.
# Read in by test-*.sh. Everything that is started ends with the script that started it.

# shellcheck disable=SC2034 # variables that the tests read
set -u
: "${suite:?}"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
O=${O:-build}
case $O in /*) ;; *) O=$root/$O ;; esac
out=$O/ui

# shellcheck source=tests/demo/scratch.sh
. "$root/tests/demo/scratch.sh"

# --- several clients -----------------------------------------------------------------------------

# Several clients at a time: "at NAME" makes the functions be about the one of this name, which has
# a display, a bus, a log, a terminal and an account of its own. There is no need to name one alone.
declare -A desks=()
desk=one
desk_variables=(display bus pidgin_group client_log home account_id focused tmux_name)
at() {
    local name
    for name in "${desk_variables[@]}"; do
        desks[$desk.$name]=${!name:-}
        printf -v "$name" '%s' "${desks[$1.$name]:-}"
    done
    desk=$1
}

# --- TAP -----------------------------------------------------------------------------------------

tap_count=0
tap_failed=0

ok() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

not_ok() {
    tap_count=$((tap_count + 1))
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $1"
    explain
}

skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

note() { sed 's/^/# /'; }

# check NAME COMMAND...: a test that passes if the command does.
check() {
    local name=$1
    shift
    if "$@"; then ok "$name"; else not_ok "$name"; fi
}

not() { ! "$@"; }

# Skips the whole script unless these programs are there.
need() {
    local program
    for program in "$@"; do
        if ! command -v "$program" >/dev/null; then
            echo "1..0 # SKIP $program is not installed"
            exit 0
        fi
    done
    for program in libmsnp8.so msnp8-service; do
        if [ ! -e "$O/$program" ]; then
            echo "Bail out! $O/$program is not built"
            exit 1
        fi
    done
    mkdir -p "$out" && rm -f "$out/$suite"* "$out/failed-$suite"*
}

finish() {
    echo "1..$tap_count"
    [ $tap_failed -eq 0 ]
    exit
}

# What a failed test leaves for its reader: the screens, and what client and service said last.
explain() {
    local each number=0
    at "$desk"
    for each in "${!desks[@]}"; do
        [[ $each == *.display && -n ${desks[$each]} ]] || continue
        number=$((number + 1))
        import -display "${desks[$each]}" -window root \
            "$out/failed-$suite-$tap_count-$number.png" 2>/dev/null &&
            echo "# the screen: $out/failed-$suite-$tap_count-$number.png"
    done
    if [ -n "${tmux_name:-}" ]; then
        screen | grep . | note
    fi
    if [ -s "${client_log:-}" ]; then
        echo '# the end of the log of the client:'
        grep -a -v -E ' (nss|nss/x509|certificate[a-z0-9/_]*|GLib-GObject|prefs|util): ' \
            "$client_log" | tail -n 12 | cut -c 1-200 | note
    fi
    if [ -s "${service_log:-}" ]; then
        echo '# the end of the transcript of the service:'
        tail -n 12 "$service_log" | cut -c 1-200 | note
    fi
}

# --- waiting and cleaning up ---------------------------------------------------------------------

# within SECONDS COMMAND...: tries until the command succeeds.
within() {
    local end=$((SECONDS + $1 + 1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/msnp8-ui.XXXXXX") || exit 1
groups=()

# in_group COMMAND...: starts it in a process group of its own, whose number is in $started.
in_group() {
    exec_clean setsid "$@" 3>&- &
    started=$!
    groups+=("$started")
}

# Ended ones that nobody has waited for do not count: not every container has an init.
group_gone() {
    ! ps -e -o pgid= -o stat= | awk -v g="$1" '$1 == g && $2 !~ /^Z/ { n++ } END { exit !n }'
}

# end_group NUMBER: ends what in_group started, by force if asking does not help.
end_group() {
    kill -s TERM -- "-$1" 2>/dev/null
    within 5 group_gone "$1" || kill -s KILL -- "-$1" 2>/dev/null
    wait "$1" 2>/dev/null
}

clean_up() {
    # A second signal, as terminals send it when they close, does not stop it half way.
    trap - EXIT
    trap '' INT TERM HUP
    local i
    tmux_name=finch tmux_ kill-server >/dev/null 2>&1
    for ((i = ${#groups[@]} - 1; i >= 0; i--)); do
        end_group "${groups[i]}"
    done
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'clean_up; exit 130' INT TERM HUP

# --- the service ---------------------------------------------------------------------------------

# start_service ACCOUNT...: each ADDRESS:PASSWORD:FRIENDLY. Its transcript is in $service_log.
start_service() {
    local arguments=() entry
    for entry in "$@"; do
        arguments+=(--account "$entry")
    done
    mkdir -p "$scratch/service"
    service_log=$scratch/service.log
    mkfifo "$scratch/control" && exec 3<>"$scratch/control"
    setsid "$O/msnp8-service" --dir "$scratch/service" --control --lifetime 900 \
        "${arguments[@]}" <&3 3>&- >"$service_log" 2>&1 &
    service_group=$!
    groups+=("$service_group")
    if ! wait_for_service "$scratch/service" "$service_group"; then
        note <"$service_log"
        echo 'Bail out! the service does not start'
        exit 1
    fi
}

# tell_service LINE: see --control in tests/README.md.
tell_service() { echo "$*" >&3; }

control_answers() { grep -c '^control: ' "$service_log"; }
answered() { [ "$(control_answers)" -gt "$1" ]; }

# ask_service LINE: tells it this and prints what it answers, without "ok".
ask_service() {
    local before
    before=$(control_answers)
    tell_service "$*"
    within 5 answered "$before" && grep '^control: ' "$service_log" | tail -n 1 |
        sed -n 's/^control: ok *//p'
}

# From here on only what comes now counts for "transcript".
forget_transcript() { transcript_start=$(wc -l <"$service_log"); }

transcript_start=0
transcript() { tail -n "+$((transcript_start + 1))" "$service_log"; }

# seen PATTERN: an extended regular expression, in the transcript since forget_transcript.
seen() { transcript | grep -q -E -e "$1"; }

# chg STATE: the service was told this status.
chg() { seen "^NS >>> CHG [0-9]+ $1( |\$)"; }

# --- as it would be when installed ---------------------------------------------------------------

# Pidgin finds icons, and the plugin its translations, in system directories only. If the system
# lets us have mounts of our own, the clients are shown those directories as "make install" would
# leave them; nothing outside of the test sees that. Without it $installed is empty and $why_not
# says why.
installed=()
why_not=
show_installed() {
    local stage=$scratch/stage own=(unshare --mount) from to name
    if [ ! -e "$root/icons/16/msnp8.png" ]; then
        why_not='there are no icons yet'
        return
    fi
    [ "$(id -u)" = 0 ] || own=(unshare --map-current-user --keep-caps --mount)
    if ! "${own[@]}" mount -t tmpfs none /mnt 2>/dev/null; then
        why_not='this system lets us have no mounts of our own'
        return
    fi
    # -o: the plugin is there; it is not for this test to build it again.
    if ! "${MAKE:-make}" -s -C "$root" -o "$O/libmsnp8.so" O="$O" DESTDIR="$stage" install \
        >"$scratch/install.log" 2>&1; then
        note <"$scratch/install.log"
        why_not='make install fails'
        return
    fi
    local script='set -e; '
    for name in pixmaps/pidgin/protocols locale/de; do
        from=$(cd "$stage" && find . -type d -path "*/$name" | sed 's/^\.//' | head -n 1)
        [ -n "$from" ] || continue
        to=$from
        # A directory that the system does not have can't be mounted on: then its parent is.
        while [ ! -d "$to" ]; do to=$(dirname "$to"); done
        [ "$to" != / ] || continue
        mkdir -p "$scratch/shown$to"
        cp -a "$to/." "$scratch/shown$to/"
        cp -a "$stage$to/." "$scratch/shown$to/"
        script+="mount --bind '$scratch/shown$to' '$to'; "
    done
    installed=("${own[@]}" sh -c "$script exec \"\$@\"" sh)
}

# --- Pidgin --------------------------------------------------------------------------------------

# Small pictures, and other programs that run beside.
export MAGICK_THREAD_LIMIT=1 OMP_NUM_THREADS=1

selected_colour='#335577'

# Starts an X server of our own; $display is its name.
start_display() {
    in_group Xvfb -displayfd 4 -screen 0 1024x768x24 -nolisten tcp -noreset \
        4>"$scratch/display" >"$scratch/xvfb.log" 2>&1
    if ! within 10 test -s "$scratch/display"; then
        note <"$scratch/xvfb.log"
        echo 'Bail out! Xvfb does not start'
        exit 1
    fi
    display=:$(cat "$scratch/display")
}

x() { DISPLAY=$display timeout 15 xdotool "$@"; }

# Without a window it would wait for a click.
import() { timeout 20 import "$@"; }

# start_pidgin HOME [LANGUAGE]: until it answers on D-Bus. Its log is in $client_log.
start_pidgin() {
    # Not with fatal criticals: Pidgin has some of its own, where it has no icon for its password
    # dialog, and when a tooltip comes at the wrong moment. "no_criticals" looks for others.
    client_log=$1.log
    bus=
    rm -f "$1/bus"
    # For pictures that do not change by themselves, and rows that are found by their colour.
    cat >"$1/.gtkrc-2.0" <<END
gtk-cursor-blink = 0
style "rows" {
    base[SELECTED] = "$selected_colour"
    base[ACTIVE] = "$selected_colour"
}
class "GtkTreeView" style "rows"
END
    # shellcheck disable=SC2016 # for the inner shell
    in_group env -u LC_ALL -u WAYLAND_DISPLAY -u G_DEBUG DISPLAY="$display" HOME="$1" \
        XDG_CACHE_HOME="$scratch/cache" LANG=C.UTF-8 LANGUAGE="${2:-}" \
        dbus-run-session -- "${installed[@]}" sh -c \
        'cd; printf "%s" "$DBUS_SESSION_BUS_ADDRESS" >bus.new; mv bus.new bus
         exec pidgin -d -m -c "$HOME/.purple"' >"$client_log" 2>&1
    pidgin_group=$started
    within 20 test -s "$1/bus" && bus=$(cat "$1/bus") && within 20 purple PurpleGetBlist
}

# purple FUNCTION ARGUMENT...: calls a function of libpurple in Pidgin and prints what it returns.
purple() {
    local function=$1 reply
    shift
    reply=$(DBUS_SESSION_BUS_ADDRESS=$bus gdbus call --session --timeout 15 \
        --dest im.pidgin.purple.PurpleService --object-path /im/pidgin/purple/PurpleObject \
        --method "im.pidgin.purple.PurpleInterface.$function" -- "$@" 2>&1) || return 1
    reply=${reply#\(}
    printf '%s\n' "${reply%,)}"
}

account() { purple PurpleAccountsFind "$1" prpl-msnp8; }
signed_in() { [ "$(purple PurpleAccountIsConnected "$(account "$1")")" = 1 ]; }
signed_out() { [ "$(purple PurpleAccountIsDisconnected "$(account "$1")")" = 1 ]; }

quit_pidgin() {
    purple PurpleCoreQuit >/dev/null
    within 15 group_gone "$pidgin_group"
}

# window NAME: the number of the visible window with this title, an extended regular expression.
window() { x search --onlyvisible --name "$1" 2>/dev/null | tail -n 1 | grep .; }

# focus NAME [SECONDS]: waits for the window and sends it the keys that follow; it is in $focused.
focus() {
    within "${2:-15}" window "$1" || return 1
    focused=$(window "$1") && x windowraise "$focused" windowfocus --sync "$focused"
}

keys() { x key --clearmodifiers --delay 30 "$@"; }
type_text() { x type --clearmodifiers --delay 10 "$1"; }

closed() { ! window "$1"; }

# drawn WINDOW: what a window looks like, as a number.
drawn() { import -display "$display" -window "$1" rgb:- 2>/dev/null | cksum; }

# still WINDOW: that the window looks the same twice in a row: it is done with drawing.
still() {
    local seen_now seen_before='' tries
    for ((tries = 0; tries < 20; tries++)); do
        seen_now=$(drawn "$1")
        [ "$seen_now" != "$seen_before" ] || return 0
        seen_before=$seen_now
        sleep 0.15
    done
}

# act COMMAND...: does something that must show, and waits until it does.
act() {
    local before
    before=$(drawn root)
    "$@" && within 10 changed_from "$before"
}
changed_from() { [ "$(drawn root)" != "$1" ]; }

# picture FILE [WINDOW]: a picture of the window in $focused, or of the one named, or of "root".
picture() {
    local which=${2:-$focused}
    still "$which"
    import -display "$display" -window "$which" "$out/$1" && [ -s "$out/$1" ]
}

# dialog: the number of a visible dialog that has no title of its own.
dialog() {
    local each
    for each in $(x search --onlyvisible --class '^Pidgin$'); do
        x getwindowname "$each" | grep -q -x -E '(Pidgin)?' &&
            DISPLAY=$display xprop -id "$each" _NET_WM_WINDOW_TYPE | grep -q _DIALOG &&
            echo "$each" && return
    done
    return 1
}
no_dialog() { ! dialog; }

# focus_dialog: waits for one and sends it the keys that follow.
focus_dialog() {
    within 10 dialog || return 1
    focused=$(dialog) && x windowraise "$focused" windowfocus --sync "$focused"
}

# Opens the menu of statuses below the buddy list.
status_menu() {
    local WIDTH HEIGHT
    focus '^Buddy List$' || return 1
    eval "$(x getwindowgeometry --shell "$focused" | grep -E '^(WIDTH|HEIGHT)=')"
    act x mousemove --window "$focused" $((WIDTH / 3)) $((HEIGHT - 20)) click 1
}

# find_part PICTURE PART: where the part is in the picture, if it is: "X Y" of its corner.
find_part() {
    # "DISTANCE (NORMALIZED) @ X,Y"
    compare -metric RMSE -subimage-search -similarity-threshold 0.05 -dissimilarity-threshold 1 \
        "$1" "$2" null: 2>&1 |
        sed -n 's/.*(\([0-9.e-]*\)) @ \([0-9]*\),\([0-9]*\).*/\1 \2 \3/p' |
        awk '$1 < 0.05 { print $2, $3 }' | grep .
}

# icon_in FILE SIZE: finds the middle of our icon in a picture; it is at $icon_x, $icon_y then.
icon_in() {
    local middle=$(($2 / 2)) part=$scratch/icon.png found
    convert "$root/icons/$2/msnp8.png" -gravity center -crop "${middle}x$middle+0+0" +repage \
        "$part" && found=$(find_part "$1" "$part") || return 1
    read -r icon_x icon_y <<<"$found"
    icon_x=$((icon_x + middle / 2)) icon_y=$((icon_y + middle / 2))
}

# --- the buddy list of Pidgin --------------------------------------------------------------------

# Gives the rows the focus, by a click where no row is: the window has the size that make_home says.
focus_rows() { focus '^Buddy' && x mousemove --window "$focused" 160 520 click 1; }

# choose TEXT: selects the buddy or group whose address or name begins so.
choose() {
    focus_rows && x key --clearmodifiers ctrl+f type --delay 10 --args 1 "$1" key Escape &&
        still "$focused"
}

# row TEXT: chooses it; the middle of its row is at $row_y then.
row() {
    choose "$1" || return 1
    # A column of the picture as text: "X,Y: (R,G,B) #RRGGBB ..."
    row_y=$(import -display "$display" -window "$focused" -crop 1x9999+2+0 +repage \
        -depth 8 txt:- |
        awk -F '[,:]' -v colour="$selected_colour" '
            index($0, colour) { sum += $2; n++ }
            END { if (n) print int(sum / n) }')
    [ -n "$row_y" ]
}

# row_menu TEXT KEY: what a person chooses in the menu of a row.
row_menu() { choose "$1" && act keys shift+F10 && keys "$2"; }

# emblem NAME: some row of the list, be it the chosen one, has this emblem.
emblem() {
    local background all=$scratch/emblems.png one=$scratch/emblem.png
    import -display "$display" -window "$(window '^Buddy')" -crop 26x9999+260+0 +repage "$all" ||
        return 1
    for background in white "$selected_colour"; do
        convert "/usr/share/pixmaps/pidgin/emblems/16/$1.png" -background "$background" \
            -flatten -gravity center -crop 10x10+0+0 +repage "$one" || return 1
        ! find_part "$all" "$one" >/dev/null || return 0
    done
    return 1
}

# account_action N: the N-th entry below "Edit Account" in the menu of the first account.
account_action() {
    local i
    focus '^Buddy List$' && act keys alt+a && act keys Up && act keys Right || return 1
    for ((i = 0; i < $1; i++)); do
        act keys Down || return 1
    done
    keys Return
}

# The account that the functions below are about.
account_id=0

# What libpurple has on its list: "Group/address", sorted.
buddies() {
    local each group
    for each in $(purple PurpleFindBuddies "$account_id" '' | tr -d '[],'); do
        group=$(purple PurpleBuddyGetGroup "$each")
        echo "$(purple PurpleGroupGetName "$group")/$(purple PurpleBuddyGetName "$each")"
    done | tr -d "'" | LC_ALL=C sort
}

# has_buddy GROUP ADDRESS
has_buddy() {
    local group
    group=$(purple PurpleFindGroup "$1") &&
        [ "$(purple PurpleFindBuddyInGroup "$account_id" "$2" "$group")" != 0 ]
}

# status_of ADDRESS: the id of the status that Pidgin shows.
status_of() {
    local buddy presence
    buddy=$(purple PurpleFindBuddy "$account_id" "$1")
    [ "$buddy" != 0 ] && presence=$(purple PurpleBuddyGetPresence "$buddy") &&
        purple PurpleStatusGetId "$(purple PurplePresenceGetActiveStatus "$presence")" | tr -d "'"
}
is_status() { [ "$(status_of "$1")" = "$2" ]; }

# --- what must never be in a log -----------------------------------------------------------------

# secrets FILE PASSWORD...: prints the lines that hold a password or something like a ticket.
secrets() {
    local file=$1 word patterns=(-e '[tp]=5[[:alnum:]!*$]{30}' -e 'MSP(Auth|Sec|Prof)[=:] ?5'
        -e '[[:alnum:]!*$]{60}')
    shift
    for word in "$@"; do
        patterns+=(-e "$word")
    done
    grep -a -n -E "${patterns[@]}" "$file"
}

keeps_secrets() {
    [ -s "$1" ] || return 1
    ! secrets "$@" | cut -c 1-200 | note | grep .
}

# A failed g_return_if_fail, in the client or the plugin. Pidgin itself has one: where the icon of
# the protocol is not installed, its dialogs let go of the picture that they did not get.
no_criticals() {
    local without_icons="g_object_unref: assertion 'G_IS_OBJECT (object)' failed"
    [ -s "$1" ] || return 1
    [ ${#installed[@]} -eq 0 ] || without_icons='no such line'
    ! grep -a -n -E 'assertion .* failed|CRITICAL' "$1" | grep -v -F -e "$without_icons" |
        note | grep .
}

# --- Finch ---------------------------------------------------------------------------------------

tmux_() { (unset TMUX && TMUX_TMPDIR=$scratch exec tmux -L "$tmux_name" -f /dev/null "$@"); }

# run_finch DEBUG HOME LANGUAGE ARGUMENT...: Finch in a terminal of its own.
run_finch() {
    local debug=$1 language=$3
    client_log=$2.log
    tmux_name=finch
    # shellcheck disable=SC2016 # for the inner shell
    tmux_ new-session -d -x 120 -y 36 \
        env -u DISPLAY -u WAYLAND_DISPLAY -u LC_ALL HOME="$2" TERM=screen-256color LANG=C.UTF-8 \
        LANGUAGE="$language" G_DEBUG="$debug" "${installed[@]}" \
        bash -c '. "$0"; exec_clean finch -c "$HOME/.purple" "${@:2}" 2>"$1"' \
        "$root/tests/demo/scratch.sh" "$client_log" "${@:4}"
}

# start_finch HOME [LANGUAGE]: it ends at the first critical.
start_finch() { run_finch fatal-criticals "$1" "${2:-}"; }

# start_finch_logging HOME [LANGUAGE]: with its log in $client_log. Finch raises criticals of its
# own where one goes from the buddy list to another window, so that they cannot be fatal; without a
# log they would be lost. The window of the log is closed.
start_finch_logging() {
    run_finch '' "$1" "${2:-}" -d
    within 10 bring '┤Debug Window├.*' && press M-c && within 5 not shows 'Debug Window'
}

# What the terminal shows.
screen() { tmux_ capture-pane -p 2>/dev/null; }

# shows PATTERN: an extended regular expression.
shows() { screen | grep -q -E -e "$1"; }

press() { tmux_ send-keys "$@"; }

# bring PATTERN: makes another window the topmost until the terminal shows this.
bring() {
    local tries
    for tries in 1 2 3 4; do
        ! within 0 shows "$1" || return 0
        press M-n
    done
    return 1
}

# capture FILE: keeps what the terminal shows.
capture() { screen >"$out/$1" && grep -q . "$out/$1"; }

finch_gone() { ! tmux_ has-session 2>/dev/null; }

quit_finch() {
    press M-q
    within 15 finch_gone
}

# Ends it by force if it is still there.
end_finch() {
    tmux_ kill-server >/dev/null 2>&1
    tmux_name=
}

# --- a window manager ----------------------------------------------------------------------------

managed() { DISPLAY=$display xprop -root _NET_SUPPORTING_WM_CHECK | grep -q 'window id'; }

# start_window_manager: windows on $display have frames and can be iconified, as on a desktop.
start_window_manager() {
    in_group env DISPLAY="$display" HOME="$scratch" openbox --sm-disable \
        >"$scratch/openbox.log" 2>&1
    if ! within 10 managed; then
        note <"$scratch/openbox.log"
        echo 'Bail out! openbox does not start'
        exit 1
    fi
}
