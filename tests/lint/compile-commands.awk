# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads command lines that end in the name of a C file, and writes them as a compilation database
# in JSON. -v directory=DIR: where the commands are to be run.

function quoted(text) {
    gsub(/\\/, "&&", text)
    gsub(/"/, "\\\\&", text)
    gsub(/\t/, "\\t", text)
    return "\"" text "\""
}

BEGIN { print "[" }

{
    printf "%s{\"directory\": %s, \"file\": %s, \"command\": %s}", (NR > 1 ? ",\n" : ""),
        quoted(directory), quoted($NF), quoted($0)
}

END { print "\n]" }
