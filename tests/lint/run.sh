#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [RULE...]: the rules that a compiler does not know; all of them, or those named. Prints
# TAP, the findings above the rule that they break.
#
# LINT_ROOT is the tree to look at (default: the one of this script).
set -u
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
cd "${LINT_ROOT:-$here/../..}" || exit 2
out=${O:-build}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# --- what there is -----------------------------------------------------------------------------

# Files of ours with these name patterns, below these directories: files DIR... -- PATTERN...
files() {
    local dirs=() names=()
    while [ "$1" != -- ]; do
        [ ! -e "$1" ] || dirs+=("$1")
        shift
    done
    shift
    for name in "$@"; do
        names+=(-o -name "$name")
    done
    [ ${#dirs[@]} = 0 ] ||
        find "${dirs[@]}" \( -path ./.git -o -path "./$out" -o -path "$out" \) -prune -o \
            -path '*/fuzz/corpus/*' -prune -o -type f \( "${names[@]:1}" \) -print | sort
}

# The code of these C files, as FILE:LINE:CODE.
code() { xargs -r -d '\n' awk -f "$here/code.awk"; }

# Of FILE:LINE:CODE those whose code matches: use REGEX WHY
uses() {
    awk -v regex="$1" -v why="$2" '{
        text = $0
        sub(/^[^:]*:[0-9]*:/, "", text)
        if (text ~ regex) {
            sub(/:[^:]*$/, "", $0)
            match($0, /^[^:]*:[0-9]*/)
            print substr($0, 1, RLENGTH) ": " why ": " text
        }
    }'
}

# A call of one of these functions (a|b|c), as a regular expression.
call() { printf '(^|[^A-Za-z0-9_])(%s)[ \t]*[(]' "$1"; }

# --- rules -------------------------------------------------------------------------------------
# A rule prints what breaks it, or one line that starts with SKIP; with no output it holds.

core_includes() { # the core includes its own headers and a few pure ones of C and GLib
    files plugin/msnp -- '*.[ch]' | code | awk -F: '
        BEGIN {
            n = split("glib string stdint stdbool stddef inttypes limits", names, " ")
            for (i = 1; i <= n; i++) pure["<" names[i] ".h>"] = 1
        }
        $3 ~ /^[ \t]*#[ \t]*include/ {
            name = $3
            sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
            sub(/[ \t]+$/, "", name)
            own = name ~ /^"[a-z0-9_]+\.h"$/
            if (!own && !(name in pure))
                print $1 ":" $2 ": the core does not include " name
        }'
}

core_pure() { # the core does no I/O, and time and chance come from outside
    local all
    all=$(files plugin/msnp -- '*.[ch]' | code)
    local call
    call='g_get_[a-z_]*time|g_get_(user|home|host|tmp|current)[a-z_]*|g_date_time_new_now[a-z_]*'
    call="$call|g_(random|rand|timeout|idle|main|source|io|spawn|thread|timer|file|dir)_[a-z_0-9]+"
    call="$call|g_(fopen|open|creat|getenv|setenv|usleep|print|printerr|message|warning|info|debug)"
    call="$call|g_(key_file_load|mapped_file|log|async)[a-z_]*"
    call="$call|time|clock|gettimeofday|rand|srand|random|getenv|printf|fprintf|puts|fopen|socket"
    uses "$(call "$call")" 'not in the core' <<<"$all"
    uses '(^|[^A-Za-z0-9_])(purple_|Purple|G(MainLoop|MainContext|Source|IOChannel|Thread)[^a-z])' \
        'not in the core' <<<"$all"
}

core_machines() { # ns, sb, passport and ftp do not know each other
    files plugin/msnp -- '*.[ch]' | code | awk -F: '
        function machine(name) {
            sub(/^.*\//, "", name)
            sub(/[_.].*$/, "", name)
            return name ~ /^(ns|sb|passport|ftp)$/ ? name : name == "msnp" ? "all" : ""
        }
        $3 ~ /^[ \t]*#[ \t]*include[ \t]*"/ {
            from = machine($1)
            split($3, quoted, "\"")
            to = machine(quoted[2])
            if (from != "" && from != "all" && to != "" && to != from)
                print $1 ":" $2 ": one machine includes another: " quoted[2]
        }'
}

adapter_borders() { # connections are made in link.c alone, the debug log is written in log.c alone
    local all
    all=$(files plugin -- '*.[ch]' | code)
    uses "$(call 'purple_(proxy_connect|ssl_connect)[a-z_0-9]*|purple_(ssl_)?input_add')" \
        'only in link.c' <<<"$all" | grep -v '^plugin/prpl/link\.c:'
    uses 'purple_debug[a-z_]*[ \t]*[(]' 'only in log.c' <<<"$all" | grep -v '^plugin/prpl/log\.c:'
    uses 'purple_util_fetch_url|purple_url_(parse|fetch)' \
        'can send credentials to another host' <<<"$all"
}

banned_functions() { # no function without bounds, without errors, or with hidden state
    local names='strcpy|strncpy|strcat|strncat|sprintf|vsprintf|gets|sscanf|strtok|strtok_r'
    names="$names|atoi|atol|atoll|atof|rand|srand|alloca|g_alloca|g_newa"
    files plugin -- '*.[ch]' | code | uses "$(call "$names")" banned
}

leftovers() { # no disabled code, no notes about work to be done
    files plugin tests -- '*.[ch]' | code |
        uses '^[ \t]*#[ \t]*if[ \t]+0' 'disabled code'
    files Makefile README.md plugin tests po .ci -- '*' | grep -v '^tests/lint/' |
        xargs -r -d '\n' grep -InwE 'TODO|FIXME|XXX' |
        awk '{ text = $0; gsub(/"[^"]*"/, "", text) } text ~ /TODO|FIXME|XXX/'
}

spdx() { # each source file says its licence
    files plugin tests -- '*.[ch]' | while read -r file; do
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' ||
            echo "$file:1: no SPDX-License-Identifier: GPL-2.0-or-later"
    done
}

header_guards() { # each header has a guard named after it, and none has the guard of another
    files plugin tests -- '*.h' | while read -r file; do
        stem=$(basename "$file" .h | tr 'a-z-' 'A-Z_')
        awk -v file="$file" -v stem="$stem" '
            $1 == "#ifndef" && !guard { guard = $2; next }
            guard && !defined { defined = $1 == "#define" && $2 == guard ? 1 : -1 }
            END {
                if (defined != 1)
                    print file ":1: no header guard"
                else if (guard !~ "(^|_)" stem "_H$")
                    print file ":1: the guard " guard " is not named after the file"
            }' "$file"
    done
    files plugin -- '*.h' | xargs -r -d '\n' awk '
        $1 == "#ifndef" && !(FILENAME in seen) {
            seen[FILENAME] = 1
            if ($2 in owner)
                print FILENAME ":" FNR ": guard of " owner[$2] ": " $2
            owner[$2] = FILENAME
        }'
}

white_space() { # no trailing white space, no tabs in C, a newline at the end of each file
    local text=(Makefile README.md plugin po icons tests .ci -- '*.[ch]' '*.sh' '*.awk' '*.md'
        '*.svg' '*.supp' '*.pot' 'LINGUAS' 'POTFILES.in' 'make-pot' 'Makefile' 'run')
    files "${text[@]}" | xargs -r -d '\n' grep -InP '[ \t\r]$' |
        sed 's/:\([0-9]*\):.*/:\1: white space at the end/'
    files plugin tests -- '*.[ch]' | xargs -r -d '\n' grep -InP '\t' |
        sed 's/:\([0-9]*\):.*/:\1: tab/'
    files "${text[@]}" | while read -r file; do
        [ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at the end"
    done
}

line_length() { # no line is longer than 100 columns
    files Makefile plugin tests .ci po -- '*.[ch]' '*.sh' '*.awk' Makefile run make-pot |
        xargs -r -d '\n' grep -InE '^.{101,}' | sed 's/:\([0-9]*\):.*/:\1: longer than 100 columns/'
}

top_level() { # the top level shows what it is meant to show
    local name
    for name in *; do
        case $name in
        Makefile | README.md | COPYING | plugin | icons | po | tests | "${out%%/*}" | build) ;;
        *) echo "$name: not a name for the top level" ;;
        esac
    done
}

documented() { # each public function of the core has a comment
    files plugin/msnp -- '*.h' | xargs -r -d '\n' awk -f "$here/undocumented.awk"
}

scripts() { # each script can be run, and its shell can read it
    files plugin po tests .ci -- '*' | xargs -r -d '\n' grep -Il -m 1 '^#!' |
        while read -r file; do
            first=$(head -n 1 "$file")
            [ "${first#\#!}" != "$first" ] || continue
            [ -x "$file" ] || echo "$file: not executable"
            case $first in
            */bash | *' bash') bash -n "$file" ;;
            */sh) sh -n "$file" ;;
            esac
        done
}

translatable() { # po/POTFILES.in names the files of the plugin that have texts, and no others
    local mark='(^|[^A-Za-z0-9_])(_|N_|C_|NC_|ngettext|dngettext|g_dngettext)[ \t]*[(]'
    files plugin -- '*.[ch]' | code | grep -v ':#[ \t]*define' | uses "$mark" text | cut -d: -f1 |
        sort -u >"$scratch/marked"
    sed 's/#.*//; /^[ \t]*$/d' po/POTFILES.in | sort -u >"$scratch/listed"
    comm -23 "$scratch/marked" "$scratch/listed" | sed 's/$/: has texts, is not in po\/POTFILES.in/'
    comm -13 "$scratch/marked" "$scratch/listed" | sed 's/$/: is in po\/POTFILES.in, has no texts/'
}

translations() { # po/*.pot is current; each translation is merged with it, complete and correct
    if ! command -v xgettext >/dev/null; then
        echo 'SKIP no gettext'
        return
    fi
    local pot=po/purple-msnp8.pot lang po
    po/make-pot "$scratch/pot" && ! cmp -s "$scratch/pot" $pot &&
        echo "$pot: not current: make update-po"
    for lang in $(sed 's/#.*//' po/LINGUAS); do
        po=po/$lang.po
        msgfmt --check --check-format -o /dev/null "$po"
        cp "$po" "$scratch/$lang.po"
        msgmerge --quiet --no-fuzzy-matching --update --backup=none "$scratch/$lang.po" $pot
        cmp -s "$po" "$scratch/$lang.po" || echo "$po: not merged with $pot: make update-po"
        msgattrib --untranslated --no-wrap "$po" | sed -n "s,^msgid ,$po: not translated: ,p"
        msgattrib --only-fuzzy --no-wrap "$po" | sed -n "s,^msgid ,$po: fuzzy: ,p"
        msgattrib --only-obsolete "$po" | grep -q . && echo "$po: has obsolete entries"
    done
    for po in po/*.po; do
        sed 's/#.*//' po/LINGUAS | tr ' ' '\n' | grep -qx "$(basename "$po" .po)" ||
            echo "$po: not in po/LINGUAS"
    done
}

clang_format() { # the C files are formatted as .clang-format says
    local version
    version=$(clang-format --version 2>/dev/null | sed -n 's/.*version \([0-9]*\).*/\1/p')
    # Other releases disagree about details.
    if [ "$version" != 14 ]; then
        echo "SKIP needs clang-format 14, has ${version:-none}"
        return
    fi
    files plugin tests -- '*.[ch]' | xargs -r -d '\n' clang-format --dry-run -Werror 2>&1 |
        grep 'error:'
}

cppcheck_plugin() { # cppcheck finds nothing in the plugin
    if ! command -v cppcheck >/dev/null; then
        echo 'SKIP no cppcheck'
        return
    fi
    files plugin -- '*.c' >"$scratch/c"
    [ ! -s "$scratch/c" ] ||
        cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr \
            --library=gtk --suppress=unknownMacro --template='{file}:{line}: {id}: {message}' \
            -Iplugin/msnp -Iplugin/prpl --file-list="$scratch/c" 2>&1
}

selftest() { # each rule finds what breaks it
    "$here/selftest.sh"
}

rules='core_includes core_pure core_machines adapter_borders banned_functions leftovers spdx
       header_guards white_space line_length top_level documented scripts translatable translations
       clang_format cppcheck_plugin selftest'

# --- running them ------------------------------------------------------------------------------

[ $# = 0 ] || rules=$*
set -- $rules
echo "1..$#"
number=0
status=0
for rule in "$@"; do
    number=$((number + 1))
    text=$(sed -n "s/^$rule() { # //p" "$here/run.sh")
    findings=$($rule 2>&1)
    case $findings in
    '') echo "ok $number - $rule: $text" ;;
    SKIP*) echo "ok $number - $rule # $findings" ;;
    *)
        printf '%s\n' "$findings" | head -n 50 | sed 's/^/# /'
        echo "not ok $number - $rule: $text"
        status=1
        ;;
    esac
done
exit $status
