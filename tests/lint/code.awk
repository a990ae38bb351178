# SPDX-License-Identifier: GPL-2.0-or-later
#
# Prints FILE:LINE:CODE for each line of C, without comments and without what stands in string and
# character literals, so that a rule can look for a name and find only its uses.

FNR == 1 { comment = 0 }

!comment && /^[ \t]*#[ \t]*include/ {
    sub(/[ \t]*\/[*\/].*/, "")
    print FILENAME ":" FNR ":" $0
    next
}

{
    rest = $0
    code = ""
    while (rest != "") {
        if (comment) {
            end = index(rest, "*/")
            rest = end ? substr(rest, end + 2) : ""
            comment = !end
            code = code " "
        } else if (match(rest, /\/\*|\/\/|"|'/)) {
            mark = substr(rest, RSTART, RLENGTH)
            code = code substr(rest, 1, RSTART - 1)
            rest = substr(rest, RSTART + RLENGTH)
            if (mark == "/*") {
                comment = 1
            } else if (mark == "//") {
                rest = ""
            } else {
                literal = mark == "'" ? "^([^'\\\\]|\\\\.)*'" : "^([^\"\\\\]|\\\\.)*\""
                code = code mark mark
                rest = match(rest, literal) ? substr(rest, RLENGTH + 1) : ""
            }
        } else {
            code = code rest
            rest = ""
        }
    }
    print FILENAME ":" FNR ":" code
}
