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
# shellcheck source=tests/check/readme.sh
. "$root/tests/check/readme.sh"

# The language and the proxies of the person who runs this have no say; clients have LANG.
unset LANGUAGE "${!LC_@}" http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
export LANG=C.UTF-8 LC_ALL=C.UTF-8

# --- several clients -----------------------------------------------------------------------------

# Several clients at a time: "at NAME" makes the functions be about the one of this name, which has
# a display, a bus, a log, a terminal and an account of its own. There is no need to name one alone.
declare -A desks=()
desk=one
desk_variables=(display frame x_process wm_process bus pidgin_group pidgin_process blist_title
    client_log home account_id focused tmux_name)
for name in "${desk_variables[@]}"; do
    printf -v "$name" ''
done
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

bail_out() {
    echo "Bail out! $*"
    exit 1
}

# Skips the whole script unless these programs are there; for Xvfb a window manager as well.
need() {
    local program programs=("$@")
    [ "$wm" = none ] || [[ " $* " != *' Xvfb '* ]] || programs+=("$wm")
    for program in "${programs[@]}"; do
        if ! command -v "$program" >/dev/null; then
            echo "1..0 # SKIP $program is not installed"
            exit 0
        fi
    done
    for program in libmsnp8.so msnp8-service; do
        [ -e "$O/$program" ] || bail_out "$O/$program is not built"
    done
    mkdir -p "$out" && rm -f "$out/$suite"* "$out/failed-$suite"*
}

# --- what this machine does not allow ------------------------------------------------------------

# "make check" has found that out, and names it once for all tests: there what needs it is left
# out. For a test that is run by itself machine.sh says it here, and it is a skip.
if [ -n "${MACHINE_LACKS+set}" ]; then
    lacking=$(tr -s ' ,' '\n' <<<"$MACHINE_LACKS")
    say_lacking() { :; }
else
    lacking=$("$root/tests/check/machine.sh")
    say_lacking() { skip "$1" "$(sed -n "s/^$1\t//p" <<<"$lacking")"; }
fi

lacks() { cut -f 1 <<<"$lacking" | grep -q -x "$1"; }

left_out() { echo "# left out: $1"; }

# Skips the whole script where the clients cannot be shown the installed plugin.
need_mounts() {
    lacks mounts || return 0
    echo '1..0 # SKIP no mounts of our own'
    exit 0
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
        [[ $each == *.frame && -s ${desks[$each]} ]] || continue
        number=$((number + 1))
        convert "xwd:${desks[$each]}" "$out/failed-$suite-$tap_count-$number.png" &&
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

# within SECONDS COMMAND...: tries until the command succeeds. The time is one for an idle machine;
# on a busy one it may take so much longer.
patience=${UI_PATIENCE:-6}
within() {
    local end=$((SECONDS + $1 * patience + 1)) pause pauses=(0.01 0.02 0.03)
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        pause=${pauses[0]:-0.05}
        pauses=("${pauses[@]:1}")
        sleep "$pause"
    done
}

# at_rest PROCESS...: all of them sleep, and none has been woken up while they were looked at.
at_rest() {
    local first
    asleep "$@" && first=$switches && asleep "$@" && [ "$switches" = "$first" ]
}
asleep() {
    local process key value
    switches=
    for process in "$@"; do
        [ -n "$process" ] || continue
        while read -r key value _; do
            case $key in
            State:) [ "$value" = S ] || return 1 ;;
            *ctxt_switches:) switches+=" $value" ;;
            esac
        done <"/proc/$process/status" || return 1
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
        bail_out 'the service does not start'
    fi
}

control_answers() { grep -c '^control: ' "$service_log"; }
answered() { [ "$(control_answers)" -gt "$1" ]; }

# control LINE: tells the service this and prints its answer. See --control in tests/README.md.
# Nothing else is said meanwhile, so that the last answer is the one to this.
control() {
    local before
    before=$(control_answers)
    echo "$*" >&3
    within 5 answered "$before" && grep '^control: ' "$service_log" | tail -n 1
}

# ask_service LINE: tells it this and prints what it answers, without "ok".
ask_service() { control "$*" | sed -n 's/^control: ok *//p'; }

# tell_service LINE: the same for what it can only obey.
tell_service() {
    local answer
    answer=$(control "$*")
    [[ $answer == 'control: ok'* ]] || bail_out "the service was told \"$*\": ${answer:-nothing}"
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

# Pidgin finds icons, and the plugin its translations, in system directories only. With mounts of
# our own the clients are shown those directories as "make install" would leave them; nothing
# outside of the test sees that. Where the machine does not allow them $installed is empty.
installed=()
shown_directories=(pixmaps/pidgin/protocols locale/de)
show_installed() {
    local stage=$scratch/stage from to name
    if lacks mounts; then
        say_lacking mounts
        return
    fi
    # make takes no directory with a space in its name. -o: the plugin is there; it is not for this
    # test to build it again.
    ln -s "$O" "$scratch/O"
    if ! "${MAKE:-make}" -s -C "$root" -o "$scratch/O/libmsnp8.so" O="$scratch/O" \
        DESTDIR="$stage" install >"$scratch/install.log" 2>&1; then
        note <"$scratch/install.log"
        bail_out 'make install fails'
    fi
    local script='set -e; ' mounts=()
    for name in "${shown_directories[@]}"; do
        from=$(cd "$stage" && find . -type d -path "*/$name" | sed 's/^\.//' | head -n 1)
        [ -n "$from" ] || bail_out "make install makes no $name"
        to=$from
        # A directory that the system does not have can't be mounted on: then its parent is.
        while [ ! -d "$to" ]; do to=$(dirname "$to"); done
        [ "$to" != / ] || bail_out "$from has no parent"
        mkdir -p "$scratch/shown$to"
        cp -a "$to/." "$scratch/shown$to/"
        cp -a "$stage$to/." "$scratch/shown$to/"
        # shellcheck disable=SC2016 # for the inner shell
        script+='mount --bind "$1" "$2"; shift 2; '
        mounts+=("$scratch/shown$to" "$to")
    done
    installed=(unshare --mount)
    [ "$(id -u)" = 0 ] || installed=(unshare --map-current-user --keep-caps --mount)
    installed+=(sh -c "$script exec \"\$@\"" sh "${mounts[@]}")
}

# check_installed NAME COMMAND...: a check of what is seen only where the plugin is installed.
check_installed() {
    if [ ${#installed[@]} -gt 0 ]; then check "$@"; else left_out "$1"; fi
}

# --- the screen ----------------------------------------------------------------------------------

# Small pictures, and other programs that run beside.
export MAGICK_THREAD_LIMIT=1 OMP_NUM_THREADS=1

# Which window manager there is on it, or "none".
wm=${UI_WM:-openbox}

# start_display: an X server of our own, whose name is in $display, with a window manager. What it
# shows is the file $frame.
start_display() {
    local dir=$scratch/$desk.screen
    mkdir -p "$dir"
    in_group Xvfb -displayfd 4 -screen 0 1024x768x24 -fbdir "$dir" -nolisten tcp -noreset \
        4>"$dir/number" >"$dir/log" 2>&1
    x_process=$started
    frame=$dir/Xvfb_screen0
    if ! within 10 test -s "$dir/number" -a -s "$frame"; then
        note <"$dir/log"
        bail_out 'Xvfb does not start'
    fi
    display=:$(cat "$dir/number")
    wm_process=
    [ "$wm" = none ] || start_window_manager
}

managed() { DISPLAY=$display xprop -root _NET_SUPPORTING_WM_CHECK | grep -q 'window id'; }

# start_window_manager: windows on $display have frames and can be iconified, as on a desktop.
start_window_manager() {
    local program=$wm
    [ "$wm" != none ] || program=openbox
    [ -z "$wm_process" ] || return 0
    in_group env DISPLAY="$display" HOME="$scratch" "$program" >"$scratch/$desk.screen/wm.log" 2>&1
    wm_process=$started
    if ! within 10 managed; then
        note <"$scratch/$desk.screen/wm.log"
        bail_out "$program does not start"
    fi
}

x() { DISPLAY=$display timeout 60 xdotool "$@"; }

# window NAME: the number of the visible window with this title, an extended regular expression.
window() { x search --onlyvisible --name "$1" 2>/dev/null | tail -n 1 | grep .; }
closed() { ! window "$1"; }
gone() { ! windows | grep -q -x "$1"; }

# focus NAME [SECONDS]: waits for the window and sends it the keys that follow; it is in $focused.
focus() { within "${2:-15}" find_window "$1" && to_front; }
find_window() { focused=$(window "$1"); }
to_front() {
    if [ -n "$wm_process" ]; then
        x windowactivate --sync "$focused" windowfocus --sync "$focused"
    else
        x windowraise "$focused" windowfocus --sync "$focused"
    fi
}

keys() { x key --clearmodifiers --delay 4 "$@"; }
type_text() { x type --clearmodifiers --delay 2 "$1"; }

# move X Y [WIDTH HEIGHT]: puts the window in $focused there, makes it so large.
move() {
    x windowmove "$focused" "$1" "$2" && { [ $# -lt 4 ] || x windowsize "$focused" "$3" "$4"; } &&
        still
}

# Moves the mouse to where it points at nothing.
park() { x mousemove 1023 767; }

# still: waits until the display, its window manager and Pidgin all wait for something to happen:
# whatever was done before has been done, and is seen. Only what comes after a while, or from the
# service, is to be waited for by itself.
still() { within 10 at_rest "$x_process" "$wm_process" "$pidgin_process"; }

# act COMMAND...: does something, and waits until it is done.
act() { "$@" && still; }

# windows: the numbers of all that is visible, menus and the like included.
windows() { x search --onlyvisible --class . | sort; }
# opens COMMAND...: does something that opens a menu or a tool tip, whose window is $opened then.
opens() {
    local before
    before=$(windows)
    "$@" && within 10 has_opened "$before" && still
}
has_opened() { opened=$(comm -13 <(echo "$1") <(windows) | tail -n 1) && [ -n "$opened" ]; }

# area WINDOW: where it is, as ImageMagick writes it.
area() {
    # Without a window it would wait for a click.
    [ -n "$1" ] && DISPLAY=$display xwininfo -id "$1" | awk '
        /Absolute upper-left X/ { x = $NF }
        /Absolute upper-left Y/ { y = $NF }
        /^ *Width:/ { w = $NF }
        /^ *Height:/ { h = $NF }
        END { if (w) print w "x" h "+" x "+" y }'
}

# shot FILE WINDOW|root [OPTION...]: a picture of it, after these operations of ImageMagick.
shot() {
    local file=$1 crop=()
    [ "$2" = root ] || crop=(-crop "$(area "$2")" +repage)
    shift 2
    convert "xwd:$frame" "${crop[@]}" "$@" "$file"
}

# picture FILE [WINDOW]: a picture of the window in $focused, or of the one named, or of "root".
picture() { still && shot "$out/$1" "${2:-$focused}" && [ -s "$out/$1" ]; }

# find_part PICTURE PART: where the part is in the picture, if it is: "X Y" of its corner.
find_part() {
    # "DISTANCE (NORMALIZED) @ X,Y"
    compare -metric RMSE -subimage-search -similarity-threshold 0.05 -dissimilarity-threshold 1 \
        "$1" "$2" null: 2>&1 |
        sed -n 's/.*(\([0-9.e-]*\)) @ \([0-9]*\),\([0-9]*\).*/\1 \2 \3/p' |
        awk '$1 < 0.05 { print $2, $3 }' | grep .
}

# --- Pidgin --------------------------------------------------------------------------------------

selected_colour='#335577'

# say_in LANGUAGE DOMAIN TEXT: the text as the catalogue of this domain has it.
say_in() { LANGUAGE=$1 gettext "$2" "$3"; }

# What the desktop runs Pidgin by: a command with its arguments.
run_by=()

# start_pidgin HOME [LANGUAGE]: until it answers on D-Bus. Its log is in $client_log.
start_pidgin() { launch_pidgin "$@" && await_pidgin; }

# launch_pidgin HOME [LANGUAGE]: starts it without waiting.
launch_pidgin() {
    # Not with fatal criticals: Pidgin has some of its own, where it has no icon of the protocol,
    # and when a tooltip comes at the wrong moment. "no_criticals" looks for others.
    client_log=$1.log
    pidgin_home=$1
    blist_title=$(say_in "${2:-}" pidgin 'Buddy List')
    bus=
    rm -f "$1/bus"
    # Themes and settings of this machine are not for these clients. The rest is for pictures that
    # do not change by themselves, and rows that are found by their colour.
    cat >"$1/.gtkrc-2.0" <<END
gtk-theme-name = "Raleigh"
gtk-icon-theme-name = "hicolor"
gtk-key-theme-name = "Default"
gtk-font-name = "Sans 10"
gtk-cursor-blink = 0
gtk-xft-rgba = "none"
style "rows" {
    base[NORMAL] = "#ffffff"
    base[SELECTED] = "$selected_colour"
    base[ACTIVE] = "$selected_colour"
}
class "GtkTreeView" style "rows"
${gtk_style:-}
END
    # shellcheck disable=SC2016 # for the inner shell
    in_group env -u LC_ALL -u WAYLAND_DISPLAY -u G_DEBUG DISPLAY="$display" HOME="$1" \
        XDG_CACHE_HOME="$scratch/cache" LANG=C.UTF-8 LANGUAGE="${2:-}" \
        GTK2_RC_FILES="$1/.gtkrc-2.0" GTK_IM_MODULE=gtk-im-context-simple \
        dbus-run-session -- "${installed[@]}" "${run_by[@]}" sh -c \
        'cd; echo "$$ $DBUS_SESSION_BUS_ADDRESS" >bus.new; mv bus.new bus
         exec pidgin -d -m -c "$HOME/.purple"' >"$client_log" 2>&1
    pidgin_group=$started
}
await_pidgin() {
    within 20 test -s "$pidgin_home/bus" && read -r pidgin_process bus <"$pidgin_home/bus" &&
        within 20 purple PurpleGetBlist
}

# purple FUNCTION ARGUMENT...: calls a function of libpurple in Pidgin and prints what it returns,
# numbers or a text.
purple() {
    local function=$1 argument typed=() reply
    shift
    for argument in "$@"; do
        if [[ $argument =~ ^-?[0-9]+$ ]]; then
            typed+=("int32:$argument")
        else
            typed+=("string:$argument")
        fi
    done
    reply=$(DBUS_SESSION_BUS_ADDRESS=$bus dbus-send --session --print-reply=literal \
        --reply-timeout=60000 --dest=im.pidgin.purple.PurpleService \
        /im/pidgin/purple/PurpleObject "im.pidgin.purple.PurpleInterface.$function" \
        "${typed[@]}" 2>/dev/null) || return 1
    reply=${reply#"${reply%%[! ]*}"}
    printf '%s\n' "${reply#int32 }"
}

account() { purple PurpleAccountsFind "$1" prpl-msnp8; }
signed_in() { account_is Connected "$1"; }
signed_out() { account_is Disconnected "$1"; }
account_is() {
    local id
    id=$(account "$2") && [ "$id" != 0 ] && [ "$(purple "PurpleAccountIs$1" "$id")" = 1 ]
}

quit_pidgin() {
    purple PurpleCoreQuit >/dev/null
    pidgin_process=
    within 15 group_gone "$pidgin_group"
}

# dialog: the number of a visible dialog whose title is at most the account.
dialog() {
    local each
    for each in $(x search --onlyvisible --class '^Pidgin$'); do
        x getwindowname "$each" | grep -q -x -E '(Pidgin)?|[^ ]+@example\.com' &&
            DISPLAY=$display xprop -id "$each" _NET_WM_WINDOW_TYPE | grep -q _DIALOG &&
            echo "$each" && return
    done
    return 1
}
no_dialog() { ! dialog; }

# focus_dialog: waits for one and sends it the keys that follow.
focus_dialog() { within 10 find_dialog && to_front; }
find_dialog() { focused=$(dialog); }

# Opens the menu of statuses below the buddy list.
status_menu() {
    local WIDTH HEIGHT
    focus "^$blist_title\$" || return 1
    eval "$(x getwindowgeometry --shell "$focused" | grep -E '^(WIDTH|HEIGHT)=')"
    opens x mousemove --window "$focused" $((WIDTH / 3)) $((HEIGHT - 20)) click 1
}

# icon_in SIZE WINDOW: finds the middle of our icon in a window; on the screen it is at $icon_x,
# $icon_y then.
icon_in() {
    local middle=$(($1 / 2)) part=$scratch/icon.png all=$scratch/with-icon.png found x y
    convert "$root/icons/$1/msnp8.png" -gravity center -crop "${middle}x$middle+0+0" +repage \
        "$part" && shot "$all" "$2" && found=$(find_part "$all" "$part") || return 1
    read -r icon_x icon_y <<<"$found"
    IFS=+ read -r _ x y <<<"$(area "$2")"
    icon_x=$((x + icon_x + middle / 2)) icon_y=$((y + icon_y + middle / 2))
}

# --- the buddy list of Pidgin --------------------------------------------------------------------

# bands WINDOW COLUMNS COLOUR: what parts of the window are of about this colour in all of these
# columns ("WIDTH+X"): "TOP HEIGHT" of each, the highest part first.
bands() {
    local height
    IFS=x+ read -r _ height _ <<<"$(area "$1")"
    shot txt:- "$1" -crop "${2%+*}x$height+${2#*+}+0" +repage -fuzz 8% -fill black +opaque "$3" \
        -fill white -opaque "$3" -scale "1x$height!" -threshold 99% -depth 8 |
        awk -F '[,: ]' '
            function band() { if (n) print top, n; n = 0 }
            /white|#FFFFFF|gray\(255\)/ { if (!n++) top = $2; next }
            { band() }
            END { band() }' | sort -k 2nr
}

# Gives the rows the focus, by a click where no row is: in the highest part of the list that is
# empty over its whole width.
focus_rows() {
    local top height
    focus "^$blist_title\$" && still && read -r top height < <(bands "$focused" 200+40 white) &&
        x mousemove --window "$focused" 160 $((top + height / 2)) click 1
}

# choose TEXT: selects the buddy or group whose address or name begins so.
choose() {
    focus_rows && act x key ctrl+f &&
        act x type --delay 2 "$1" && act x key Escape
}

# row TEXT: chooses it; the middle of its row is at $row_y then.
row() {
    local top height
    choose "$1" && read -r top height < <(bands "$focused" 3+1 "$selected_colour") &&
        row_y=$((top + height / 2))
}

# row_menu TEXT KEY: what a person chooses in the menu of a row.
row_menu() { choose "$1" && opens keys shift+F10 && keys "$2"; }

# emblem NAME: some row of the list, be it the chosen one, has this emblem. All emblems are in one
# column, to the right; where it is is known as soon as one was found.
emblem_column=
emblem() {
    local background found all=$scratch/emblems.png one=$scratch/emblem.png
    shot "$all" "$(window '^Buddy')" -gravity east -crop 120x9999+0+0 +repage || return 1
    [ -z "$emblem_column" ] ||
        convert "$all" -crop "18x9999+$((emblem_column - 4))+0" +repage "$all" || return 1
    for background in white "$selected_colour"; do
        convert "/usr/share/pixmaps/pidgin/emblems/16/$1.png" -background "$background" \
            -flatten -gravity center -crop 10x10+0+0 +repage "$one" || return 1
        if found=$(find_part "$all" "$one"); then
            emblem_column=${emblem_column:-${found% *}}
            return
        fi
    done
    return 1
}

# account_action N: the N-th entry below "Edit Account" in the menu of the first account.
account_action() {
    local i
    local downs=()
    for ((i = 0; i < $1; i++)); do
        downs+=(Down)
    done
    focus "^$blist_title\$" && opens keys F10 Right && opens keys Up Right &&
        keys "${downs[@]}" Return
}

# The account that the functions below are about.
account_id=0

# The numbers in a list that "purple" prints.
numbers() { sed -n 's/^ *int32 //p'; }

# What libpurple has on its list: "Group/address", sorted.
buddies() {
    local each group
    for each in $(purple PurpleFindBuddies "$account_id" '' | numbers); do
        group=$(purple PurpleBuddyGetGroup "$each")
        echo "$(purple PurpleGroupGetName "$group")/$(purple PurpleBuddyGetName "$each")"
    done | sort
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
        purple PurpleStatusGetId "$(purple PurplePresenceGetActiveStatus "$presence")"
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

# What Pidgin itself raises where the icon of the protocol is not installed: its dialogs and the
# windows of conversations use the picture that they did not get.
without_icon=": (g_object_(un)?ref: assertion 'G_IS_OBJECT \(object\)'"
without_icon+="|(IA__)?gdk_window_set_icon_list: assertion 'GDK_IS_PIXBUF \(pixbuf\)'"
without_icon+="|gdk_pixbuf_get_(width|height): assertion 'GDK_IS_PIXBUF \(pixbuf\)') failed\$"

# A failed g_return_if_fail, in the client or the plugin.
no_criticals() {
    local pidgins_own=$without_icon
    [ -s "$1" ] || return 1
    [ ${#installed[@]} -eq 0 ] || pidgins_own='no such line'
    ! grep -a -n -E 'assertion .* failed|CRITICAL' "$1" | grep -v -E -e "$pidgins_own" |
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

# terminal_still: waits until Finch and its terminal have nothing to do.
terminal_still() {
    local tmux finch
    read -r tmux finch < <(tmux_ list-panes -F '#{pid} #{pane_pid}') &&
        within 10 at_rest "$tmux" "$finch"
}

# bring PATTERN: makes another window the topmost until the terminal shows this.
bring() {
    local tries
    terminal_still || return 1
    for tries in 1 2 3 4 5; do
        ! shows "$1" || return 0
        press M-n && terminal_still || return 1
    done
    return 1
}

# choose_protocol: ours, in the dialog of an account. The protocols are in a list, which opens below
# the one that is chosen.
choose_protocol() {
    local tries
    for tries in 1 2 3 4 5 6 7 8 9 10 11 12; do
        ! shows '^│Protocol:│MSN Messenger' || return 0
        press Down && terminal_still && press Down Enter && terminal_still || return 1
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
