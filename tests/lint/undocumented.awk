# SPDX-License-Identifier: GPL-2.0-or-later
#
# Prints the functions of header files that no comment explains. A comment covers the declarations
# below it up to the next empty line.

FNR == 1 { comment = 0; covered = 0; depth = 0 }

!comment && !depth && /^[ \t]*$/ { covered = 0; next }

{
    line = $0
    code = ""
    while (line != "") {
        if (comment) {
            end = index(line, "*/")
            line = end ? substr(line, end + 2) : ""
            comment = !end
        } else if ((start = index(line, "/*"))) {
            code = code substr(line, 1, start - 1)
            line = substr(line, start + 2)
            comment = 1
            covered = 1
        } else {
            code = code line
            line = ""
        }
    }
    if (!depth && !covered && code ~ /^[A-Za-z_][A-Za-z0-9_ *]*\(/ &&
        code !~ /^(typedef|[A-Z_0-9]+ *\()/)
        print FILENAME ":" FNR ": no comment above: " code
    if (code !~ /^#/)
        depth += gsub(/{/, "{", code) - gsub(/}/, "}", code)
}
