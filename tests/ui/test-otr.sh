#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two Pidgins with pidgin-otr, which encrypts: long messages each way, without and with the setting
# that README.md names. Pictures are left in ui/ of the build directory.

# shellcheck disable=SC2317 # functions that "check" calls

suite='otr'
# shellcheck source=tests/ui/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ui/conversations.sh
. "$(dirname "$0")/conversations.sh"
need pidgin Xvfb xdotool xprop xwininfo convert dbus-send dbus-run-session setsid ps
if ! find /usr/lib -path '*/pidgin/pidgin-otr.so' 2>/dev/null | grep -q .; then
    echo '1..0 # SKIP pidgin-otr is not installed'
    exit 0
fi

start_with_talkers
otr() { toggle_plugin Off-the-Record; }

for name in demo bert; do
    start_talker $name $name@example.com $password pidgin
    check "$name signs in" within 15 signed_in $name@example.com
    account_id=$(account $name@example.com)
    check 'load the plugin' otr
done

# Some kilobytes of HTML, and letters that need several bytes.
long="<b>Grün &amp; blau</b> $(printf '%0.sÜber Wörter &lt;b&gt; ' {1..300})☂"
short() { send_html "$1" "$2" && within 5 reads "$1" "$3: $2"; }
begun() { within 10 mentions "$1" 'conversation with'; }

# --- without the setting -------------------------------------------------------------------------

# The first message offers encryption, and the client of whoever reads it begins: both make a key.
at bert
check 'bert opens a window' open_conversation $demo 'Demo Person'
at demo
check 'demo opens a window' open_conversation $bert 'Bert Müller'
check 'the first message' short 'Bert Müller' 'hello' 'Demo Person'
check 'it is the beginning of an encrypted conversation' begun 'Bert Müller'
at bert
check 'for both' begun 'Demo Person'
check 'a short one' short 'Demo Person' 'short &amp; <b>bold</b>' 'Bert Müller'
at demo
check 'arrives' within 5 reads 'Bert Müller' "$bert: short &amp; <b>bold</b>"
check 'a long one stays readable' short 'Bert Müller' "$long" 'Demo Person'
check 'and it is said that it is too long' within 5 mentions 'Bert Müller' \
    'Your encrypted message is too long for one message of the service.'
check 'a picture of that' picture otr-too-long.png root
at bert
check 'nothing of it arrives' not mentions 'Demo Person' 'Wörter'
check 'nor anything else' not mentions 'Demo Person' '?OTR'

# --- with the setting ----------------------------------------------------------------------------

for name in demo bert; do
    at $name
    check 'unload the plugin' otr
    check 'what README.md says' env HOME="$home" sh -c "$(readme otr)"
    check 'load it again' otr
done
at demo
check 'begin again' short 'Bert Müller' 'hello again' 'Demo Person'
at bert
check 'it arrives' within 5 reads 'Demo Person' "$demo: hello again"
check 'the answer' short 'Demo Person' 'hello to you' 'Bert Müller'
at demo
check 'it arrives as well' within 5 reads 'Bert Müller' "$bert: hello to you"
forget_transcript
check 'a long one' short 'Bert Müller' "$long" 'Demo Person'
at bert
check 'arrives in one piece' within 10 reads 'Demo Person' "$demo: $long"
check 'one of the same length' short 'Demo Person' "$long" 'Bert Müller'
at demo
check 'arrives in one piece, too' within 10 reads 'Bert Müller' "$bert: $long"
check 'a picture of that' picture otr-long.png root
check 'they were encrypted' seen '\| \?OTR'
check 'all of them' not seen 'Wörter'

# --- the end -------------------------------------------------------------------------------------

end_both
