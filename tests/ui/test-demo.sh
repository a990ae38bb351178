#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# "make demo" as somebody sees it who tries it: from a terminal, Pidgin under a window manager, and
# Finch. What they show is left in ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite=demo
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
need make pidgin finch tmux Xvfb openbox xdotool xprop xwininfo convert dbus-send dbus-run-session \
    setsid ps

user=demo@example.com

# --- the terminal that it is run from ------------------------------------------------------------

# All that the demo starts is known by this in its environment, all that it makes lies in it.
demo_dir=$scratch/demo
mkdir "$demo_dir"
# make takes no directory with a space in its name.
ln -s "$O" "$scratch/O"

# run_demo UI [COMMAND...]: in a terminal, from a script that waits for it, then for a line.
# G_SLICE: memory that was freed is not read unnoticed, as it is in older releases of GLib.
# MAKE=true: everything is built, and it is not for this test to build it again.
run_demo() {
    local ui=$1
    shift
    [ $# -gt 0 ] || set -- "${MAKE:-make}" -C "$root"
    tmux_name=finch
    # shellcheck disable=SC2016 # for the inner shell
    tmux_ new-session -d -x 100 -y 36 \
        env -u TMUX -u G_DEBUG DISPLAY="$display" HOME="$scratch" TERM=tmux-256color \
        LANG=C.UTF-8 G_SLICE=always-malloc \
        sh -c 'dir=$1; shift; env TMPDIR="$dir" "$@"; echo "status $?"; read -r line
               echo "read $line"; read -r line' - "$demo_dir" \
        "$@" -s O="$scratch/O" MAKE=true UI="$ui" demo
}

# line TEXT: the terminal shows exactly this line.
line() { screen | grep -q -x -F -e "$1"; }
# The five lines, and nothing else.
five_lines() { [ "$(screen | grep -c .)" = 5 ] && ! screen | grep -q -E '.{81}'; }
last_line='The demo has ended: its programs are closed, its files are removed.'

running() {
    grep -l -z -e "^TMPDIR=$demo_dir" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\n' | grep .
}
nothing_left() { ! running && [ -z "$(ls "$demo_dir")" ]; }

# ended: after the five lines there is the one that says so, and no error of make.
ended() {
    within 15 line 'status 0' && [ "$(screen | grep -c .)" = 7 ] &&
        screen | grep . | sed -n 6p | grep -q -x -F -e "$last_line"
}
# Whoever ran it has the terminal again.
terminal_again() { press -l again && press Enter && within 5 line 'read again'; }
# The next one finds nothing of this one, even if a test has failed.
close_terminal() {
    tmux_ kill-server
    within 5 finch_gone
    within 5 not running || running | xargs kill -s KILL
    rm -rf "${demo_dir:?}"/*
}
end_demo() {
    check "$1: it says so, make says nothing" ended
    check "$1: the terminal is free again" terminal_again
    check "$1: nothing is left" within 5 nothing_left
    close_terminal
}

# --- Pidgin --------------------------------------------------------------------------------------

start_display
start_window_manager

# process NAME: the process of this name that the demo has started, without those that it forked.
process() {
    ps -o pid= -o ppid= -o comm= -p "$(running | paste -s -d ,)" |
        awk -v name="$1" '
            $3 == name { parent[$1] = $2 }
            END { for (pid in parent) if (!(parent[pid] in parent)) print pid }' | grep .
}
# The bus that the demo has made for Pidgin.
find_bus() {
    bus=$(tr '\0' '\n' <"/proc/$(process pidgin)/environ" |
        sed -n 's/^DBUS_SESSION_BUS_ADDRESS=//p')
    [ -n "$bus" ]
}

list() { x search --name '^Buddy List$' 2>/dev/null | tail -n 1 | grep .; }
is_normal() { DISPLAY=$display xprop -id "$(list)" WM_STATE | grep -q 'window state: Normal'; }
# As soon as the window manager has it, and not only later.
shown_at_once() {
    within 20 managed_list && is_normal && within 5 window '^Buddy List$'
}
managed_list() { DISPLAY=$display xprop -id "$(list)" WM_STATE | grep 'window state'; }
has_contacts() {
    within 20 find_bus && within 20 signed_in "$user" && account_id=$(account "$user") &&
        within 10 has_echo
}
has_echo() { [ "$(purple PurpleFindBuddy "$account_id" echo@example.com)" != 0 ]; }
see_list() { focus '^Buddy List$' && picture demo-pidgin-list.png && picture demo-pidgin.png root; }
close_list() { focus '^Buddy List$' && keys alt+F4; }

run_demo pidgin
check 'Pidgin: the terminal says what to look at, in five lines' within 10 five_lines
check 'Pidgin: the buddy list is visible at once' shown_at_once
check 'Pidgin: the contacts are there' has_contacts
check 'Pidgin: a picture of it' see_list
check 'Pidgin: the buddy list is visible still' is_normal
capture demo-pidgin.txt
check 'Pidgin: nothing more was said meanwhile' five_lines
press C-c
end_demo 'Pidgin, Ctrl-C'

run_demo pidgin
check 'Pidgin again: the buddy list is visible at once' shown_at_once
check 'close the buddy list' close_list
end_demo 'Pidgin, the window closed'

# --- what is no good end -------------------------------------------------------------------------

failed() {
    within 15 line 'status 2' && shows '^demo: Pidgin failed \(exit status [0-9]+\)\.$'
}
run_demo pidgin
check 'Pidgin a third time' shown_at_once
kill -s KILL "$(process pidgin)"
check 'Pidgin crashes: that is an error' failed
check 'Pidgin crashes: nothing is left' within 5 nothing_left
close_terminal

# --- Finch ---------------------------------------------------------------------------------------

signs_in() {
    within 10 shows '^To end the demo, .* begin:' && capture demo-finch-lines.txt && five_lines &&
        press Enter && within 15 shows 'Echo \(talk to me\)' && capture demo-finch.txt
}
menu_by_arrows() {
    press F10 && within 5 shows 'Block/Unblock' && press Right Enter &&
        within 5 shows 'Set Nickname'
}

run_demo finch
check 'Finch: five lines, and it signs in' signs_in
check 'Finch: arrow keys choose from a menu' menu_by_arrows
press M-q
end_demo 'Finch, Alt-Q'

run_demo finch
check 'Finch: it waits before it fills the screen' within 10 shows ' begin:'
check 'a signal' kill -s TERM "$(process demo.sh)"
end_demo 'Finch, a signal'

# Ctrl-C is for the demo alone, however many makes wait for it.
printf 'demo:\n\t+%s -C %s demo\n' "${MAKE:-make}" "'$root'" >"$scratch/Makefile"
run_demo finch "${MAKE:-make}" -j2 -f "$scratch/Makefile"
check 'Finch again: it signs in' signs_in
press C-c
end_demo 'Finch, Ctrl-C'

finish
