# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The people that the tests of contact lists meet. Read in after lib.sh.

# shellcheck disable=SC2034 # variables that the tests read

user=demo@example.com
password=geheim77WORT

# start_with_contacts: a service that knows them, and has some of them on the lists of $user.
start_with_contacts() {
    start_service "$user:$password:Demo Person" "anna@example.com:x:Anna" \
        "bjorn@example.com:x:Björn Ångström" \
        "zoe@example.com:x:Zoë <b>says</b> \"hi\" & waves" "shalom@example.com:x:שלום עולם abc" \
        "pest@example.com:x:Win a prize!!!" "distant@example.com:x:Distant" \
        "grandpa@example.com:x:Grandpa" "newcomer@example.com:x:Newcomer & <i>friend</i>" \
        "second@example.com:x:Second" "third@example.com:x:Third"
    ask_service group $user Friends >/dev/null
    ask_service group $user Work >/dev/null
    put_contact anna FL,AL,RL 1 NLN
    put_contact bjorn FL,AL,RL 1,2 BSY
    put_contact zoe FL,AL,RL 2 AWY
    put_contact shalom FL,AL,RL - IDL
    put_contact pest FL,BL,RL 2 NLN
    put_contact distant FL,AL 2 BRB
    put_contact newcomer RL - NLN
    tell_service phone anna@example.com PHH +49 30 555-0101
    tell_service phone anna@example.com PHM +49 170 555 0102
    # Messages get to her phone, and to ours.
    tell_service phone anna@example.com MOB Y
    tell_service phone $user MBE Y
    tell_service phone $user MOB Y
    ask_service robot anna@example.com joins >/dev/null
}

# put_contact WHO LISTS GROUPS STATE
put_contact() {
    local name
    name=$(ask_service friendly "$1@example.com")
    tell_service put $user "$1@example.com" "$2" "$3" "$name"
    case $2 in
    *RL*) tell_service put "$1@example.com" $user FL,AL,RL - Demo Person ;;
    esac
    ask_service appear "$1@example.com" "$4" >/dev/null
}

# on_server ADDRESS LISTS [GROUPS]: these are its lists (1 FL, 2 AL, 4 BL, 8 RL) and groups.
on_server() {
    [ "$(ask_service lists $user "$1")" = "$2" ] &&
        { [ $# -lt 3 ] || [ "$(ask_service groups $user "$1")" = "$3" ]; }
}
