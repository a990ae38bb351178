# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads the TAP of one program and prints one line for each test: "pass|fail|skip TAB name TAB why".
# A program that ended badly, or did not do what it planned, is one more failure.
#
# Variables: name of the program, its exit status, and the limit in seconds.

function result(kind, text, why) {
    printf "%s\t%s\t%s\n", kind, name (text == "" ? "" : ": " text), why
}

/^(not )?ok([ \t]|$)/ {
    ran++
    bad = /^not/
    text = $0
    sub(/^(not )?ok[ \t]*[0-9]*[ \t]*(-[ \t]*)?/, "", text)
    why = ""
    if (match(text, /[ \t]*#[ \t]*[Ss][Kk][Ii][Pp][^ \t]*[ \t]*/)) {
        why = substr(text, RSTART + RLENGTH)
        text = substr(text, 1, RSTART - 1)
        skipped = 1
    } else {
        skipped = 0
    }
    if (bad)
        failed++
    result(bad ? "fail" : skipped ? "skip" : "pass", text, why)
    next
}

/^1\.\.[0-9]+/ {
    plans++
    plan = substr($1, 4) + 0
    if (plan == 0) {
        why = $0
        sub(/^1\.\.0[ \t]*(#[ \t]*)?([Ss][Kk][Ii][Pp][^ \t]*[ \t]*)?/, "", why)
        result("skip", "", why == "" ? "it has no tests" : why)
    }
    next
}

/^Bail out!/ { bailed = $0 }

END {
    if (status == 124 || status == 137)
        result("fail", "timed out after " limit " seconds")
    else if (status > 128)
        result("fail", "killed by signal " status - 128)
    else if (bailed != "")
        result("fail", bailed)
    else if (status != 0 && !failed)
        result("fail", "exit status " status)
    else if (plans != 1)
        result("fail", plans ? "more than one plan" : "no plan")
    if (plans == 1 && ran != plan)
        result("fail", "planned " plan " tests, ran " ran + 0)
}
