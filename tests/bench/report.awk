# SPDX-License-Identifier: GPL-2.0-or-later
#
# Makes tables of lines "WHAT NAME=VALUE..." on standard output, and writes all figures to the file
# `json`. What was measured several times becomes median, least and greatest. A figure that is
# asked for and not there is "-", and null.

# --- reading -----------------------------------------------------------------------------------

BEGIN {
    split("service rtt contacts when accounts messages conversations flood seconds way " \
          "megabytes window", names)
    for (i in names)
        is_case[names[i]] = 1
}

$1 == "about" { about[$2] = substr($0, length($1 $2) + 3); next }

{
    key = $1
    n_values = 0
    for (i = 2; i <= NF; i++) {
        split($i, pair, "=")
        if (pair[1] in is_case) {
            key = key " " $i
        } else {
            value_name[++n_values] = pair[1]
            value[n_values] = pair[2]
        }
    }
    for (i = 1; i <= n_values; i++)
        add(key, value_name[i], value[i])
}

# --- figures -----------------------------------------------------------------------------------

# A figure's name is that of its case and its own: "signin service=one rtt=0 ..." and "ms".
function wanted(key, name) {
    if (!(key in known)) {
        known[key] = 1
        keys[++n_keys] = key
    }
    if (!((key, name) in known)) {
        known[key, name] = 1
        own_names[key] = own_names[key] " " name
    }
}

function add(key, name, number, i) {
    wanted(key, name)
    # Kept in order.
    for (i = ++count[key, name]; i > 1 && figures[key, name, i - 1] > number + 0; i--)
        figures[key, name, i] = figures[key, name, i - 1]
    figures[key, name, i] = number + 0
}

function there(key, name) {
    wanted(key, name)
    return count[key, name] > 0
}

function least(key, name) { return figures[key, name, 1] }

function greatest(key, name) { return figures[key, name, count[key, name]] }

function median(key, name, n) {
    n = count[key, name]
    return n % 2 ? figures[key, name, (n + 1) / 2] \
                 : (figures[key, name, n / 2] + figures[key, name, n / 2 + 1]) / 2
}

function sum(key, name, i, all) {
    for (i = 1; i <= count[key, name]; i++)
        all += figures[key, name, i]
    return all + 0
}

# --- derived figures ---------------------------------------------------------------------------

# How many round trips a sign-in waits for: what it takes longer than without any. Whatever else
# runs on the machine only adds to it, so the quickest ones tell.
function derive_trips(service, when, n, rtt, key, base) {
    base = signin(service, 0, n, when)
    key = signin(service, rtt, n, when)
    if (rtt > 0 && there(base, "ms") && there(key, "ms"))
        add(key, "round_trips", (least(key, "ms") - least(base, "ms")) / rtt)
}

# What one of many costs, beside what none costs: of `name`, times `factor`.
function derive_each(key, base, name, n, factor, to) {
    if (n > 0 && there(key, name) && there(base, name))
        add(key, to, (median(key, name) - median(base, name)) * factor / n)
}

# Milliseconds of each module, from what the profile saw and the time without a profile.
function derive_shares(when, key, from, all, i) {
    key = "profile service=one contacts=" list " when=" when
    from = signin("one", 0, list, when)
    for (i = 1; i <= n_modules; i++)
        all += sum(key, modules[i])
    for (i = 1; i <= n_modules; i++)
        if (all > 0 && there(from, "cpu"))
            add(key, modules[i] "_ms", sum(key, modules[i]) / all * median(from, "cpu"))
}

function signin(service, rtt, n, when) {
    return "signin service=" service " rtt=" rtt " contacts=" n " when=" when
}

function accounts_key(n) { return "accounts service=one accounts=" n " contacts=" small_list }

# --- text --------------------------------------------------------------------------------------

function digits(number) {
    return number < 0 ? sprintf("%.0f", number) : number < 10 ? sprintf("%.2f", number) \
         : number < 100 ? sprintf("%.1f", number) : sprintf("%.0f", number)
}

# Median, least and greatest; or the median alone.
function spread(key, name) {
    return there(key, name) ? digits(median(key, name)) " (" digits(least(key, name)) ".." \
                              digits(greatest(key, name)) ")" : "-"
}

function middle(key, name, factor) {
    return there(key, name) ? digits(median(key, name) * (factor ? factor : 1)) : "-"
}

function plain(number) { return number == "" ? "-" : digits(number) }

function title(text) { printf "\n%s\n\n", text }

function has_part(name) { return index(" " parts " ", " " name " ") > 0 }

# --- tables ------------------------------------------------------------------------------------

function print_signin(i, j, k, n_rtts, n_sizes, rtt, size, service, when, key) {
    n_rtts = split(rtts, rtt)
    n_sizes = split(contacts, size)
    title("A. Signing in: from the moment when the account connects until it is signed on, every " \
          "buddy is\n   there, and presence is shown. \"ever\" is the first sign-in of an " \
          "account, \"start\" the first one\n   of a client that was restarted, \"later\" " \
          "are the following ones. One server does everything (one),\n   or there are several " \
          "(classical). Milliseconds, at round trips of so many milliseconds; and how\n   many " \
          "round trips it waits for.")
    printf "%-10s %9s %-5s", "service", "contacts", "when"
    for (k = 1; k <= n_rtts; k++)
        printf "  %-22s", "ms at " rtt[k] " ms"
    for (k = 1; k <= n_rtts; k++)
        if (rtt[k] > 0)
            printf "  %9s", "trips, " rtt[k]
    printf "\n"
    for (service = 1; service <= 2; service++)
        for (i = 1; i <= n_sizes; i++)
            for (when = 1; when <= 3; when++) {
                printf "%-10s %9s %-5s", services[service], size[i], whens[when]
                for (k = 1; k <= n_rtts; k++) {
                    key = signin(services[service], rtt[k], size[i], whens[when])
                    derive_trips(services[service], whens[when], size[i], rtt[k])
                    printf "  %-22s", spread(key, "ms")
                }
                for (k = 1; k <= n_rtts; k++)
                    if (rtt[k] > 0)
                        printf "  %9s", middle(signin(services[service], rtt[k], size[i],
                                                      whens[when]), "round_trips")
                printf "\n"
            }
    print_signin_cost(size, n_sizes)
}

function print_signin_cost(size, n_sizes, i, service, when, key) {
    title("   What it costs, without any delay. \"turn\" is the longest time for which the " \
          "plugin kept\n   the main loop; allocations are made by the plugin's code, and by all.")
    printf "%-10s %9s %-5s  %-22s %7s %9s %9s %9s %9s\n", "service", "contacts", "when",
        "ms of CPU", "kernel", "turn, ms", "peak MiB", "plugin's", "allocs"
    for (service = 1; service <= 2; service++)
        for (i = 1; i <= n_sizes; i++)
            for (when = 1; when <= 3; when++) {
                key = signin(services[service], 0, size[i], whens[when])
                printf "%-10s %9s %-5s  %-22s %7s %9s %9s %9s %9s\n", services[service], size[i],
                    whens[when], spread(key, "cpu"), middle(key, "system"),
                    middle(key, "longest"), middle(key, "peak", 1 / 1024),
                    middle(key, "made_plugin"), middle(key, "made")
            }
}

function print_profile(when, i, key, all) {
    title("B. Whose CPU time a sign-in with " list " contacts is (one server, no delay): in " \
          "whose code the\n   processor was, in milliseconds. What the kernel and libc do for " \
          "others stands with libc.")
    printf "%-5s  %9s", "when", "all"
    for (i = 1; i <= n_modules; i++)
        printf " %9s", modules[i]
    printf " %9s\n", "samples"
    # A restarted client does what the first one does.
    for (when = 1; when <= 3; when += 2) {
        key = "profile service=one contacts=" list " when=" whens[when]
        derive_shares(whens[when])
        all = 0
        printf "%-5s  %9s", whens[when], middle(signin("one", 0, list, whens[when]), "cpu")
        for (i = 1; i <= n_modules; i++) {
            printf " %9s", middle(key, modules[i] "_ms")
            all += sum(key, modules[i])
        }
        printf " %9d\n", all
    }
}

function print_accounts(i, n, number, key) {
    n = split(accounts, number)
    title("C. Accounts in one process with " small_list " contacts each, signed in at the same " \
          "time to one server:\n   until all lists are complete; and what an idle account keeps " \
          "in memory, by who allocated it.")
    printf "%9s  %-24s %-20s %12s %14s %9s %9s\n", "accounts", "ms", "ms of CPU, each",
        "plugin KiB", "libpurple KiB", "TLS KiB", "rest KiB"
    for (i = 1; i <= n; i++) {
        key = accounts_key(number[i])
        printf "%9s  %-24s %-20s %12s %14s %9s %9s\n", number[i], spread(key, "ms"),
            spread(key, "cpu_each"), middle(key, "heap_plugin", 1 / 1024),
            middle(key, "heap_libpurple", 1 / 1024), middle(key, "heap_tls", 1 / 1024),
            middle(key, "heap_rest", 1 / 1024)
    }
}

function print_core(i, n, number, key) {
    title("D. The core alone: bytes of a notification server to commands, one line to its " \
          "parameters,\n   lines about who comes and goes to events.")
    printf "%-18s %-24s %12s %16s\n", "", "ns a command", "MB a second", "allocs a command"
    printf "%-18s %-24s %12s %16s\n", "framer and parser", spread("framer", "ns"),
        middle("framer", "mb_s"), middle("framer", "made")
    printf "%-18s %-24s %12s %16s\n", "parser", spread("parse", "ns"), "", middle("parse", "made")
    printf "%-18s %-24s %12s %16s\n", "presence", spread("presence", "ns"), "",
        middle("presence", "made")
    title("   A list as bytes to a list in memory, for each contact.")
    printf "%9s  %-24s %12s %12s\n", "contacts", "ns", "allocs", "heap B"
    n = split(sizes, number)
    for (i = 1; i <= n; i++) {
        key = "roster contacts=" number[i]
        if (number[i] > 0)
            printf "%9s  %-24s %12s %12s\n", number[i], spread(key, "ns"), middle(key, "made"),
                middle(key, "heap")
    }
    title("   Messages as bytes to events.")
    printf "%9s  %-24s %12s\n", "messages", "ms", "us each"
    n = split(messages, number)
    for (i = 1; i <= n; i++) {
        key = "read messages=" number[i]
        printf "%9s  %-24s %12s\n", number[i], spread(key, "ms"),
            middle(key, "ms", 1000 / number[i])
    }
}

function print_lists(i, n, number, key, base) {
    title("E. Contacts: a first sign-in (one server, no delay) with so many, and what each of " \
          "them costs\n   more than an empty list.")
    printf "%9s  %-22s %-22s %12s %9s %12s %9s\n", "contacts", "ms", "ms of CPU", "us of CPU",
        "turn, ms", "heap B each", "peak MiB"
    n = split(sizes, number)
    base = signin("one", 0, 0, "ever")
    for (i = 1; i <= n; i++) {
        key = signin("one", 0, number[i], "ever")
        derive_each(key, base, "cpu", number[i], 1000, "cpu_us_each")
        derive_each(key, base, "heap", number[i], 1, "heap_each")
        printf "%9s  %-22s %-22s %12s %9s %12s %9s\n", number[i], spread(key, "ms"),
            spread(key, "cpu"), number[i] ? middle(key, "cpu_us_each") : "",
            middle(key, "longest"), number[i] ? middle(key, "heap_each") : "",
            middle(key, "peak", 1 / 1024)
    }
    printf "\n   A contact of 10 000 : one of 1 000 = %s\n", plain(contact_ratio())
}

function contact_ratio(big, small) {
    big = signin("one", 0, 10000, "ever")
    small = signin("one", 0, 1000, "ever")
    if (!there(big, "cpu_us_each") || !there(small, "cpu_us_each"))
        return ""
    return median(big, "cpu_us_each") / median(small, "cpu_us_each")
}

function print_way(way, text, i, n, number, key) {
    title(text)
    printf "%9s  %-22s %-22s %10s %10s %10s %10s\n", "messages", "ms", "ms of CPU", "a second",
        "us each", "turn, ms", "peak MiB"
    n = split(messages, number)
    for (i = 1; i <= n; i++) {
        key = way " messages=" number[i]
        printf "%9s  %-22s %-22s %10s %10s %10s %10s\n", number[i], spread(key, "ms"),
            spread(key, "cpu"),
            there(key, "ms") ? sprintf("%.0f", number[i] * 1000 / median(key, "ms")) : "-",
            middle(key, "cpu", 1000 / number[i]), middle(key, "longest"),
            middle(key, "peak", 1 / 1024)
    }
}

function print_conversations(i, n, number, key) {
    print_way("in", "   Real libpurple, sent messages at once: from the first that is shown to " \
                    "the last.")
    print_way("out", "   Real libpurple, sending: until the service has the last one.")
    title("   Conversations in which somebody has said something: bytes of each. \"windows " \
          "alone\" is what\n   libpurple needs for them without the plugin.")
    printf "%13s  %10s %14s %14s %10s\n", "conversations", "in all", "windows alone",
        "core alone", "RSS"
    n = split(conversations, number)
    for (i = 1; i <= n; i++) {
        key = "many conversations=" number[i]
        printf "%13s  %10s %14s %14s %10s\n", number[i], middle(key, "heap", 1 / number[i]),
            middle(key, "windows", 1 / number[i]),
            middle("open conversations=" number[i], "heap", 1 / number[i]),
            middle(key, "rss", 1024 / number[i])
    }
}

function print_gateway(i, j, n, number, way, key, silence) {
    title("   Directly (one) and through the HTTP gateway, at round trips of so many " \
          "milliseconds: the first\n   sign-in of an account with " list " contacts and later " \
          "ones; in a conversation a text of the user\n   until the service has it, and one " \
          "of somebody else until it is shown; milliseconds. Of an account\n   to which nothing " \
          "happens, what it sends in an hour (commands; requests), and seconds until the\n   " \
          "user sees that somebody begins a conversation.")
    printf "%-7s %4s  %-22s %-22s %-20s %-20s %8s  %s\n", "service", "rtt", "ever", "later", "out",
        "in", "an hour", "first"
    n = split(gateway_rtts, number)
    split("one http https", way)
    for (i = 1; i <= 3; i++)
        for (j = 1; j <= n; j++) {
            key = "latency service=" way[i] " rtt=" number[j]
            silence = "silence service=" way[i]
            printf "%-7s %4s  %-22s %-22s %-20s %-20s %8s  %s\n", way[i], number[j],
                spread(signin(way[i], number[j], list, "ever"), "ms"),
                spread(signin(way[i], number[j], list, "later"), "ms"), spread(key, "out"),
                spread(key, "in"), middle(silence, "requests"), spread(silence, "first")
        }
}

function print_hostile(i, j, n, m, flood, number, key, longest) {
    title("   Lines of a hostile service, 4000 each: until all are handled, the longest turn of " \
          "the main loop\n   with all that is in it, memory, dialogs; and samples of a " \
          "processor, by owner.")
    printf "%10s %9s %18s %18s %9s %8s   %s\n", "flood", "contacts", "ms", "longest turn, ms",
        "RSS, KiB", "dialogs", "plugin : libpurple : rest"
    n = split(floods, flood)
    m = split(flood_contacts, number)
    for (i = 1; i <= n; i++)
        for (j = 1; j <= m; j++) {
            key = "hostile flood=" flood[i] " contacts=" number[j]
            printf "%10s %9s %18s %18s %9s %8s   %s : %s : %s\n", flood[i], number[j],
                spread(key, "ms"), spread(key, "longest"), middle(key, "memory"),
                middle(key, "dialogs"), middle(key, "plugin_share"), middle(key, "purple_share"),
                middle(key, "other_share")
            if (there(key, "longest"))
                add("hostile", "longest", median(key, "longest"))
        }
    printf "\n   Moved by the service each time: signs in %s times in %s seconds.\n",
        middle("moves seconds=" moves, "sign_ins"), moves
}

function files_key(way, megabytes) { return "files way=" way " megabytes=" megabytes }

function print_files(i, j, n, number, key, side) {
    split("out in", side)
    title_files()
    n = split(files, number)
    for (i = 1; i <= n; i++) {
        for (j = 0; j < 4; j++) {
            key = files_key(j < 2 ? "irc" : "msnp", number[i])
            print_side(key, number[i], j < 2 ? "irc" : "msnp", side[j % 2 + 1])
        }
        key = files_key("irc", number[i])
        if (there(key, "mb_s") && there(files_key("msnp", number[i]), "mb_s"))
            add("files megabytes=" number[i], "ratio",
                median(files_key("msnp", number[i]), "mb_s") / median(key, "mb_s"))
        printf "\n   %s MB: the plugin's MB a second : IRC's = %s\n", number[i],
            middle("files megabytes=" number[i], "ratio")
    }
    n = split(relayed, number)
    for (i = 1; i <= n; i++)
        print_relayed(number[i])
}

function raw_key(megabytes, window) { return "raw megabytes=" megabytes " window=" window }

# The yardstick is the greatest number of outstanding messages, which is the last.
function print_relayed(megabytes, i, n, window, key, raw) {
    key = files_key("service", megabytes)
    print ""
    print_side(key, megabytes, "service", "out")
    print_side(key, megabytes, "service", "in")
    print ""
    n = split(outstanding, window)
    for (i = 1; i <= n; i++)
        printf "   Raw messages of %s MB, at most %s without an answer: %s MB a second\n",
            megabytes, window[i], spread(raw_key(megabytes, window[i]), "mb_s")
    raw = raw_key(megabytes, window[n])
    if (there(key, "mb_s") && there(raw, "mb_s"))
        add("relayed megabytes=" megabytes, "ratio", median(key, "mb_s") / median(raw, "mb_s"))
    printf "   %s MB through the service: the plugin's MB a second : the last one's = %s\n",
        megabytes, middle("relayed megabytes=" megabytes, "ratio")
}

function title_files() {
    title("   A file from one client to another, both on this machine, in " about["files"] ": " \
          "over a\n   " \
          "connection of the plugin's, through libpurple's IRC (DCC), and through the service. " \
          "From the\n   moment when the user accepts until both sides are done. \"first\" is " \
          "the first byte, \"memory\" how\n   much more was needed at a time, \"turn\" the " \
          "longest one of the main loop, with all that is in it;\n   of the processor's time, " \
          "\"CPU\"; \"undrawn\" the longest time in which a client could not redraw.")
    printf "%9s %7s %4s  %-20s %9s  %-20s %12s  %-19s %7s  %-s\n", "megabytes", "way",
        "side", "MB a second", "first, ms", "ms of CPU each MB", "memory, KiB", "turn, ms",
        "CPU",
        "undrawn, ms"
}

function print_side(key, megabytes, way, side) {
    printf "%9s %7s %4s  %-20s %9s  %-20s %12s  %-19s %7s  %s\n", megabytes, way, side,
        side == "out" ? spread(key, "mb_s") : "", side == "out" ? middle(key, "first") : "",
        spread(key, "cpu_" side), middle(key, "peak_" side), spread(key, "turn_" side),
        middle(key, "turn_cpu_" side), spread(key, "undrawn_" side)
}

# --- targets -----------------------------------------------------------------------------------

# What was measured is one figure, or several from which the factor makes the right unit. It should
# not be greater than the limit; or, if that is wanted, not less.
function target(part, text, limit, key, name, factor, at_least) {
    if (!has_part(part))
        return
    n_targets++
    target_text[n_targets] = text
    target_limit[n_targets] = limit
    target_at_least[n_targets] = at_least
    if (there(key, name)) {
        target_measured[n_targets] = median(key, name) * (factor ? factor : 1)
        target_least[n_targets] = least(key, name) * (factor ? factor : 1)
    }
}

function most_accounts(n, number) {
    n = split(accounts, number)
    return accounts_key(number[n])
}

function print_targets(i, ever, start, later, ratio, number) {
    ever = signin("one", 50, list, "ever")
    start = signin("one", 50, list, "start")
    later = signin("one", 50, list, "later")
    ratio = contact_ratio()
    if (ratio != "")
        add("contacts", "ratio", ratio)
    target("signin", "first sign-in ever, one server, 50 ms: ms", 290, ever, "ms")
    target("signin", "first sign-in ever, one server: round trips, with TLS's", 5.5, ever,
           "round_trips")
    target("signin", "first sign-in of a process, one server, 50 ms: ms", 240, start, "ms")
    target("signin", "first sign-in of a process: round trips, with TLS's", 4.5, start,
           "round_trips")
    target("signin", "later sign-in, one server, 50 ms: ms", 235, later, "ms")
    target("signin", "later sign-in, one server: round trips, with TLS's", 4.5, later,
           "round_trips")
    target("signin", "first sign-in ever with " list " contacts: ms of CPU", 25,
           signin("one", 0, list, "ever"), "cpu")
    target("signin", "later sign-in with " list " contacts: ms of CPU", 25,
           signin("one", 0, list, "later"), "cpu")
    target("accounts", "the plugin's own memory of an idle account: KiB", 40, most_accounts(),
           "heap_plugin", 1 / 1024)
    target("lists", "a contact of 10 000 : one of 1 000", 1.3, "contacts", "ratio")
    if (has_part("hostile") && there("hostile", "longest"))
        add("hostile", "longest_of_all", greatest("hostile", "longest"))
    target("hostile", "the longest turn while a service floods: ms", 20, "hostile",
           "longest_of_all")
    for (i = split(files, number); i > 0; i--) {
        ever = "files megabytes=" number[i]
        target("files", "a file of " number[i] " MB, MB a second : IRC DCC's", 0.9, ever, "ratio",
               1, 1)
        start = files_key("msnp", number[i])
        target("files", "a file of " number[i] " MB, sender, cannot redraw for: ms", 10, start,
               "undrawn_out")
        target("files", "a file of " number[i] " MB, receiver, cannot redraw for: ms", 10, start,
               "undrawn_in")
    }
    for (i = split(relayed, number); i > 0; i--) {
        later = number[i] " MB through the service, "
        start = files_key("service", number[i])
        target("files", later "MB a second : raw", 0.7, "relayed megabytes=" number[i], "ratio",
               1, 1)
        target("files", later "sender's turn: ms", 10, start, "turn_out")
        target("files", later "receiver's turn: ms", 10, start, "turn_in")
    }
    if (n_targets == 0)
        return
    title("Targets, and what was measured: median, and the least.")
    for (i = 1; i <= n_targets; i++)
        printf "   %-52s at %-5s %4s: %6s %6s\n", target_text[i],
            target_at_least[i] ? "least" : "most", target_limit[i],
            plain(target_measured[i]), plain(target_least[i])
}

# --- JSON --------------------------------------------------------------------------------------

function quote(text, i, c, quoted) {
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        quoted = quoted (c == "\"" || c == "\\" ? "\\" c : c < " " || c > "~" ? "?" : c)
    }
    return "\"" quoted "\""
}

function as_number(text) { return text == "" ? "null" : sprintf("%.10g", text) }

# What one case is: its words, then its figures.
function json_case(key, n, words, pair, i, own) {
    n = split(key, words, " ")
    printf "    {\"what\": %s", quote(words[1]) >json
    for (i = 2; i <= n; i++) {
        split(words[i], pair, "=")
        printf ", %s: %s", quote(pair[1]),
            pair[2] ~ /^[0-9]+$/ ? pair[2] : quote(pair[2]) >json
    }
    n = split(own_names[key], own, " ")
    for (i = 1; i <= n; i++)
        printf ",\n     %s: %s", quote(own[i]), json_figure(key, own[i]) >json
    printf "}" >json
}

function json_figure(key, name) {
    if (!there(key, name))
        return "null"
    return sprintf("{\"median\": %s, \"least\": %s, \"greatest\": %s, \"times\": %d}",
        as_number(median(key, name)), as_number(least(key, name)),
        as_number(greatest(key, name)), count[key, name])
}

function write_json(i) {
    printf "{\n  \"date\": %s,\n  \"runs\": %d,\n  \"parts\": %s,\n", quote(date), runs,
        quote(parts) >json
    printf "  \"machine\": {\"system\": %s, \"processors\": %d, \"model\": %s},\n",
        quote(machine), processors, model == "" ? "null" : quote(model) >json
    printf "  \"versions\": {\"libpurple\": %s, \"GLib\": %s, \"compiler\": %s},\n",
        quote(about["libpurple"]), quote(about["GLib"]), quote(about["compiler"]) >json
    printf "  \"figures\": [\n" >json
    for (i = 1; i <= n_keys; i++) {
        json_case(keys[i])
        printf "%s\n", i < n_keys ? "," : "" >json
    }
    printf "  ],\n  \"targets\": [\n" >json
    for (i = 1; i <= n_targets; i++)
        printf "    {\"what\": %s, \"%s\": %s, \"measured\": %s, \"least\": %s}%s\n",
            quote(target_text[i]), target_at_least[i] ? "at_least" : "at_most",
            as_number(target_limit[i]), as_number(target_measured[i]),
            as_number(target_least[i]), i < n_targets ? "," : "" >json
    printf "  ]\n}\n" >json
}

END {
    n_modules = split("plugin libpurple glib tls libc rest", modules)
    split("one classical", services)
    split("ever start later", whens)
    printf "\nMedian (least..greatest) of %d runs, of fewer where it takes long. libpurple %s, ",
        runs, about["libpurple"]
    printf "GLib %s,\n%s; %s, %s processors%s\n", about["GLib"], about["compiler"], machine,
        processors, model == "" ? "" : ", " model
    if (has_part("signin")) {
        print_signin()
        print_profile()
    }
    if (has_part("accounts"))
        print_accounts()
    if (has_part("core"))
        print_core()
    if (has_part("lists"))
        print_lists()
    if (has_part("conversations"))
        print_conversations()
    if (has_part("gateway"))
        print_gateway()
    if (has_part("hostile"))
        print_hostile()
    if (has_part("files"))
        print_files()
    print_targets()
    write_json()
    print "\nAll figures: " json
}
