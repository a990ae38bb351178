# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The commands of README.md, for tests to type what its readers type. They stand in fenced blocks
# with a name after the language: "```sh install-user". Read in by tests.

# shellcheck disable=SC2154 # root is the caller's
# readme NAME [WORD TEXT]...: the lines of the block of this name, in $root/README.md, where each
# WORD, a whole one, is replaced by TEXT.
readme() {
    awk '
        BEGIN {
            name = ARGV[1]
            for (i = 2; i + 1 < ARGC - 1; i += 2)
                text[ARGV[i]] = ARGV[i + 1]
            for (i = 1; i < ARGC - 1; i++)
                ARGV[i] = ""
        }
        function filled(line, done, word) {
            while (match(line, /[A-Za-z0-9_@.-]+/)) {
                word = substr(line, RSTART, RLENGTH)
                done = done substr(line, 1, RSTART - 1) (word in text ? text[word] : word)
                line = substr(line, RSTART + RLENGTH)
            }
            return done line
        }
        /^ *```/ && open { found = open == 2; if (found) exit; open = 0; next }
        /^ *```/ { open = $2 == name ? 2 : 1; next }
        open == 2 { print filled($0) }
        END { exit !found }
    ' "$@" "$root/README.md"
}
