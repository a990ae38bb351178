#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Pidgin, driven as a person would drive it, against the service. Pictures are left in ui/ of the
# build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite=pidgin
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
need pidgin Xvfb xdotool xprop xwininfo convert compare dbus-send dbus-run-session msgunfmt \
    setsid ps

user=demo@example.com
password=geheim77WORT
other=other@example.com
other_password=anders88WORT
wrong=falsch99WORT
echo=echo@example.com

start_service "$user:$password:Demo Person" "$other:$other_password:Other Person" "$echo:x:Echo"
tell_service robot $echo joins
tell_service set mailbox
tell_service mail "$user" "$echo" 'A <b>first</b> one'
start_display
show_installed

# What README.md says to do with a debug log, done with the one of this run: the plugin's lines.
filtered() {
    mkdir -p "$scratch/filtered"
    (cd "$scratch/filtered" && log=$client_log sh -ec "pidgin() { cat \"\$log\"; }; $1")
}
names_plugin() { filtered "$(readme find-plugin)" | grep -q -F libmsnp8.so; }
filters_log() { filtered "$(readme debug-log)" && grep -q '>>> USR' "$scratch/filtered/msnp8.log"; }

# Quits and looks at the log of this run.
end_run() {
    check "$1: quits" quit_pidgin
    check "$1: no secret is in the log" keeps_secrets "$client_log" \
        $password $other_password $wrong
    check "$1: no critical is in the log" no_criticals "$client_log"
}

# --- an account that is all set up ---------------------------------------------------------------

home=$scratch/main
make_home "$home" "$O/libmsnp8.so"
put_accounts "$home" $user $password
trust "$home" "$MSNP8_LEAF_FILE"

start_pidgin "$home"
check 'sign in: the service is told a status' within 15 chg NLN
check 'sign in: Pidgin says so' within 10 signed_in $user

buddy_list() { focus '^Buddy List$' && picture pidgin-buddy-list.png; }
check 'buddy list' buddy_list

# --- mail, and shutting down ---

# With the setting "New mail notifications" of the account, which counts at once.
account_id=$(account $user)
mail_wanted() { purple PurpleAccountSetCheckMail "$account_id" 1 >/dev/null; }
mail_comes() {
    tell_service mail "$user" "$echo" 'Grüße <i>again</i>' && picture pidgin-mail.png
}
open_notice() {
    focus '^Buddy List$' && opens x mousemove --window "$focused" 100 41 click 1 &&
        focus '^New Mail$' && move 300 300 && park && picture pidgin-new-mail.png
}
close_notice() { keys Escape && within 5 closed '^New Mail$'; }
check 'mail is wanted' mail_wanted
check 'mail comes' mail_comes
check 'a bar opens what it is' open_notice
check 'it closes' close_notice

# A browser that keeps what it was to show, and says that it did.
cat >"$scratch/browser" <<END
#!/bin/sh
cp "\${1#file://}" "$scratch/inbox.html" && echo "\${1#file://}" >"$scratch/inbox-path"
END
chmod +x "$scratch/browser"
own_browser() {
    purple PurplePrefsSetString /pidgin/browsers/browser custom >/dev/null &&
        purple PurplePrefsSetString /pidgin/browsers/manual_command \
            "$scratch/browser %s" >/dev/null
}
shows_inbox() {
    [ -s "$scratch/inbox-path" ] &&
        grep -q -F 'action="https://localhost/' "$scratch/inbox.html"
}
check 'a browser' own_browser
check 'open the inbox' account_action 4
check 'the browser gets a page that signs in' within 10 shows_inbox
check 'the password is not in it' not grep -q -F $password "$scratch/inbox.html"

shutdown_notice() { focus "^$user\$" && picture pidgin-shutdown.png && keys Escape; }
tell_service shutdown 600
check 'a shutdown is announced' shutdown_notice

accounts_window() {
    focus '^Buddy List$' && keys ctrl+a && focus '^Accounts$' &&
        move 300 0 && picture pidgin-accounts.png
}
check 'accounts window' accounts_window
check_installed 'accounts window: our icon is in it' icon_in 22 "$focused"

modify_account() {
    keys Home ctrl+space alt+m && focus '^Modify Account$' &&
        move 400 100 && picture pidgin-account.png
}
advanced_tab() { act keys alt+v && picture pidgin-account-advanced.png; }
# The list is the first field; what it says decides about the others at the next sign-in.
list_of_services() { opens keys Tab space && picture pidgin-services.png root; }
choose_service() {
    act keys End Return && keys shift+Tab shift+Tab space && within 10 closed '^Modify Account$'
}
has_service() {
    [ "$(purple PurpleAccountGetString "$(account "$user")" service '')" = "$1" ]
}
check 'modify account' modify_account
check 'modify account: advanced tab' advanced_tab
check 'modify account: the list of services' list_of_services
check 'modify account: choose one' choose_service
check 'modify account: it is chosen' within 5 has_service crosstalk
purple PurpleAccountSetString "$(account "$user")" service other >/dev/null

# The first of the statuses is "Available", the second is "Busy".
choose_busy() { status_menu && picture pidgin-status-menu.png root && keys Home Down Return; }
forget_transcript
check 'status menu' choose_busy
check 'status menu: the service is told Busy' within 10 chg BSY

# The space bar ticks and unticks the account.
toggle_account() { focus '^Accounts$' && keys Home space; }
forget_transcript
check 'disable the account' toggle_account
check 'disable the account: the service is told OUT' within 10 seen '^NS >>> OUT'
check 'disable the account: Pidgin says so' within 10 signed_out $user
forget_transcript
check 'enable the account' toggle_account
check 'enable the account: the service is told Busy again' within 10 chg BSY
check 'enable the account: Pidgin says so' within 10 signed_in $user

# As a script does it, while Pidgin is in use. The system's Python has what purple-remote needs.
remote() {
    (DBUS_SESSION_BUS_ADDRESS=$bus PATH=/usr/bin:$PATH timeout 60 sh -e -c \
        "$(readme purple-remote ADDRESS "$echo")") | grep -q -x extended_away
}
greeted() { ask_service heard "$echo" text/plain | grep -q -F Hello; }
if command -v purple-remote >/dev/null; then
    forget_transcript
    check 'purple-remote: all commands' remote
    check 'purple-remote: the message arrives' within 10 greeted
    check 'purple-remote: a window of it' within 10 window "^$echo"
    check 'purple-remote: information' within 10 window '^Buddy Information'
    check 'purple-remote: add a contact' within 10 window '^Add Buddy'
    check 'purple-remote: extended away is away' within 10 chg AWY
else
    skip 'purple-remote' 'it is not installed'
fi

# A link that somebody clicked, through the desktop.
desktop() { (DBUS_SESSION_BUS_ADDRESS=$bus HOME=$home timeout 60 sh -e -c "$1") 2>&1 | note; }
chat_link() {
    mkdir -p "$home/.local/share/applications" &&
        readme msnim-desktop >"$home/.local/share/applications/msnim.desktop" &&
        desktop "$(readme msnim ADDRESS "$linked")" && within 10 has_tab "$linked" &&
        picture pidgin-link.png "$(window "^$echo")"
}
# Pidgin shows it behind the others: only a key or a click in Pidgin itself changes tabs.
has_tab() {
    [ "$(purple PurpleFindConversationWithAccount 1 "$1" "$(account "$user")")" -gt 0 ]
}
close_window() {
    ! window "$1" >/dev/null || { focus "$1" && keys Escape && within 10 closed "$1"; }
}
add_link() {
    close_window '^Buddy Information' && close_window '^Add Buddy' || return 1
    purple PurpleGotProtocolHandlerUri 'msnim:add?contact=new%40example.com' >/dev/null &&
        focus '^Add Buddy' && picture pidgin-add-link.png && close_window '^Add Buddy'
}
linked=linked@example.com
if command -v gio >/dev/null; then
    forget_transcript
    check 'msnim: a link to chat' chat_link
    check 'msnim: a link to add somebody' add_link
    check 'msnim: nothing is sent' not seen '>>> (XFR|CAL|ADD)'
else
    skip 'msnim: links' 'gio is not installed'
fi
page_gone() { [ ! -e "$(cat "$scratch/inbox-path")" ]; }
end_run 'the account'
check 'the account: no page stays behind' page_gone
check 'the account: the service is told OUT at the end' within 10 seen '^NS >>> OUT'

# --- the same directory, in Finch ----------------------------------------------------------------

if command -v finch >/dev/null && command -v tmux >/dev/null; then
    forget_transcript
    start_finch "$home"
    check 'Finch signs in with the directory that Pidgin left' within 10 chg '(NLN|BSY|AWY)'
    quit_finch
    check 'Finch signs out' within 10 seen '^NS >>> OUT'
    end_finch
else
    skip 'Finch signs in with the directory that Pidgin left' 'Finch and tmux are not both there'
fi

# --- passwords -----------------------------------------------------------------------------------

home=$scratch/passwords
make_home "$home" "$O/libmsnp8.so"
put_accounts "$home" $user $wrong $other ''
trust "$home" "$MSNP8_LEAF_FILE"
forget_transcript

# 2 is PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED.
refused() { grep -a 'Connection error on .*reason: 2 ' "$client_log"; }
ask_password() { focus '^Pidgin$' && picture pidgin-password.png; }
error_bar() { focus '^Buddy List$' && picture pidgin-wrong-password.png; }
give_password() { focus '^Pidgin$' && type_text "$other_password" && keys Return; }

start_pidgin "$home"
check 'wrong password: it is refused' within 15 refused
english=$(refused | head -n 1)
echo "$english" | note
check 'wrong password: Pidgin does not try again' within 10 signed_out $user
check 'no password: Pidgin asks' ask_password
check 'wrong password: the bar in the buddy list' error_bar
check 'no password: it is taken' give_password
check 'no password: then it signs in' within 10 signed_in $other
end_run 'passwords'

# --- in German ------------------------------------------------------------------------------------

# The refusal is made of a text of our catalogue: here in English, there in German.
translated() {
    local german
    german=$(refused | head -n 1)
    echo "$german" | note
    msgunfmt --no-wrap "$O/po/de/LC_MESSAGES/purple-msnp8.mo" |
        awk -v english="$english" -v german="$german" '
            /^msgid "/ { id = substr($0, 8, length($0) - 8) }
            /^msgstr "/ {
                text = substr($0, 9, length($0) - 9)
                if (length(id) > 10 && id != text && index(english, id) && index(german, text))
                    found = 1
            }
            END { exit !found }'
}
german_bar() { focus '^Buddy' && picture pidgin-german.png; }

# By somebody who installs for himself alone. -o: the plugin is there; it is not for this test to
# build it again.
install_user() {
    ln -sfn "$O" "$scratch/O"
    HOME=$home "${MAKE:-make}" -s -C "$root" -o "$scratch/O/libmsnp8.so" O="$scratch/O" \
        install-user 2>&1 | note
    [ -e "$home/.purple/plugins/libmsnp8.so" ]
}
home=$scratch/german
for_everyone=("${installed[@]}")
installed=()
make_home "$home" "$O/libmsnp8.so"
rm -r "$home/.purple/plugins"
put_accounts "$home" $user $wrong
trust "$home" "$MSNP8_LEAF_FILE"
check 'German: installed for one user' install_user
start_pidgin "$home" de
within 15 refused
check 'German: the refusal is translated' translated
check 'German: the bar in the buddy list' german_bar
end_run German
installed=("${for_everyone[@]}")

# --- an account made by hand ---------------------------------------------------------------------

home=$scratch/new
make_home "$home" "$O/libmsnp8.so"
forget_transcript

# How many protocols are above ours in the menu, which has them by their names. What there was at
# all, Pidgin has told at the end of another run; to XMPP it adds an entry of its own.
above() {
    sed -n 's/.* plugins: Unloading plugin //p' "$1" |
        sed -E '/^([A-Z]*SSL|NSS|GNUTLS|.* Plugin Loader)$/d; s/^XMPP$/&\nGoogle Talk/' |
        sort | sed '/^MSN Messenger$/,$d' | wc -l
}
# Chooses our entry: by its icon where there is one.
choose_protocol() {
    local i downs=()
    opens keys space && picture pidgin-protocols.png root || return 1
    if [ ${#installed[@]} -gt 0 ]; then
        icon_in 16 "$opened" && x mousemove "$icon_x" "$icon_y" click 1 && park
    else
        for ((i = $(above "$scratch/passwords.log"); i > 0; i--)); do
            downs+=(Down)
        done
        keys Home "${downs[@]}" Return
    fi
}
add_account() {
    focus '^Accounts$' && keys alt+a && focus '^Add Account$' &&
        move 400 100 && choose_protocol || return 1
    picture pidgin-add-empty.png || return 1
    keys alt+u && type_text "$user" && keys alt+p && type_text "$password" && keys alt+w &&
        picture pidgin-add.png || return 1
    keys alt+v Tab Tab && type_text localhost && keys Tab && type_text "$MSNP8_DISPATCH_PORT" &&
        keys Tab && type_text "$MSNP8_NEXUS_URL" && picture pidgin-add-advanced.png &&
        keys alt+a && within 10 closed '^Add Account$'
}
certificate_question() {
    focus '^SSL Certificate Verification$' && move 400 100 &&
        picture pidgin-certificate.png
}
# "Accept" is what the dialog offers.
accept() { keys Return && within 10 closed '^SSL Certificate Verification$'; }
saved() { grep -q '<protocol>prpl-msnp8</protocol>' "$home/.purple/accounts.xml"; }

start_pidgin "$home"
check 'add an account by hand' add_account
check 'unknown certificate: Pidgin asks' certificate_question
check 'unknown certificate: nothing was sent to the login server' not seen '^LOGIN >>> '
check 'unknown certificate: accepted' accept
check 'add an account by hand: it signs in' within 10 signed_in $user
check 'add an account by hand: the service is told a status' within 10 chg NLN
end_run 'by hand'
check 'add an account by hand: it is saved' saved
check 'the log says which plugin was found' names_plugin
check 'the log can be cut down to the lines of the plugin' filters_log

finish
