#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [RULE...]: the rules that a compiler does not know; all of them, or those named. Prints
# TAP, the findings above the rule that they break. Rules run beside each other.
#
# LINT_ROOT is the tree to look at (default: the one of this script). With LINT_STRICT=1 the
# findings of every release of a tool count.
set -u
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
cd "${LINT_ROOT:-$here/../..}" || exit 2
out=${O:-build}
cores=$(nproc 2>/dev/null || echo 2)
# What was given to the make that runs this is not for the one that we run.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL CC CFLAGS CPPFLAGS LDFLAGS SANITIZE
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
# A rule prints what breaks it, or one line that starts with SKIP; with no output it holds. Lines
# that start with NOTE are reported, and break nothing.

notes() { sed 's/^/NOTE /'; }

# Other releases of a tool have other checks, and nobody has looked at what they find. Findings
# count if the version that is there begins as the one that we know: of_release KNOWN IS
of_release() {
    case ${LINT_STRICT:-0}:$2. in
    1:* | "0:$1".*) cat ;;
    *) notes ;;
    esac
}

# What a compiler that failed has to say, without the context. If that is nothing, all of it.
complaints() {
    grep -E '^[^ ]*:[0-9]+:.*(warning|error):' "$1" >"$1.short" || cp "$1" "$1.short"
    sed "s,^$PWD/,," "$1.short" | sort -u
}

# Writes compile_commands.json in this directory.
compile_commands() {
    if ! pkg-config --exists purple glib-2.0 gnutls 2>/dev/null; then
        echo 'SKIP no headers of libpurple and GnuTLS'
        return 1
    fi
    "${MAKE:-make}" -s O="$1" "$1/compile_commands.json"
}

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

layers() { # what includes what is as the list of layers in plugin/README.md has it
    files plugin -- '*.[ch]' >"$scratch/layers"
    xargs -r -d '\n' awk -f "$here/code.awk" <"$scratch/layers" >"$scratch/layers.code"
    cat "$scratch/layers.code" >>"$scratch/layers"
    awk -f "$here/layers.awk" plugin/README.md "$scratch/layers"
}

adapter_borders() { # who connects (dial.c, link.c, listener.c), who writes the debug log (log.c)
    local all
    all=$(files plugin -- '*.[ch]' | code)
    uses "$(call 'purple_proxy_connect[a-z_0-9]*')" 'only in dial.c' <<<"$all" |
        grep -v '^plugin/prpl/dial\.c:'
    uses "$(call 'purple_ssl_connect[a-z_0-9]*|purple_ssl_input_add')" 'only in link.c' \
        <<<"$all" | grep -v '^plugin/prpl/link\.c:'
    uses "$(call 'purple_input_add')" 'only in link.c and listener.c' <<<"$all" |
        grep -v '^plugin/prpl/\(link\|listener\)\.c:'
    uses "$(call 'purple_network_listen[a-z_]*')" 'only in listener.c' <<<"$all" |
        grep -v '^plugin/prpl/listener\.c:'
    uses 'purple_debug[a-z_]*[ \t]*[(]' 'only in log.c' <<<"$all" | grep -v '^plugin/prpl/log\.c:'
    uses 'purple_util_fetch_url|purple_url_(parse|fetch)' \
        'can send credentials to another host' <<<"$all"
}

banned_functions() { # no function without bounds, without errors, or with hidden state
    local banned='strcpy|strncpy|strcat|strncat|sprintf|vsprintf|gets|sscanf|strtok|strtok_r'
    banned="$banned|atoi|atol|atoll|atof|rand|srand|alloca|g_alloca|g_newa"
    # These look in the translations of the client, not in ours: _() and g_dngettext() do.
    banned="$banned|gettext|ngettext"
    files plugin -- '*.[ch]' | code | uses "$(call "$banned")" banned
}

locale_free() { # what goes over the wire and is compared does not depend on the user's language
    local calls
    calls='is(al(num|pha)|blank|cntrl|x?digit|graph|lower|print|punct|space|upper)|to(upper|lower)'
    calls="$calls|strn?casecmp|strcasestr|strcoll(_l)?|strxfrm(_l)?|strf(time|mon)|strto[a-z]+"
    calls="$calls|setlocale|localeconv|nl_langinfo|(mb|wc|isw|tow)[a-z]+|g_strn?casecmp"
    calls="$calls|g_str(up|down|tod|casestr)|g_utf8_(strup|strdown|collate[a-z_]*)|g_locale_[a-z_]+"
    calls="$calls|g_date_(strftime|set_parse)|g_date_time_format[a-z_]*|g_get_charset"
    calls="$calls|purple_utf8_(strcasecmp|strftime|has_word)|purple_strcasestr"
    calls="$calls|purple_normalize_nocase|purple_(date|time)_format[a-z_]*"
    files plugin -- '*.[ch]' | code | uses "$(call "$calls")" 'depends on the locale'
    # Numbers with a point, and those with signs between their digits.
    files plugin -- '*.[ch]' |
        xargs -r -d '\n' grep -HnE "printf.*[^%]%[-+ #0-9.*]*(L?[aefgAEFG]|')" |
        sed 's/^\([^:]*:[0-9]*\):/\1: depends on the locale: /'
}

leftovers() { # no disabled code, no notes about work to be done
    files plugin tests -- '*.[ch]' | code |
        uses '^[ \t]*#[ \t]*if[ \t]+0' 'disabled code'
    files Makefile README.md plugin tests po .ci .packaging -- '*' | grep -v '^tests/lint/' |
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
    local texts=(Makefile README.md plugin po icons tests .ci .packaging -- '*.[ch]' '*.sh' '*.awk'
        '*.md' '*.svg' '*.xml' '*.spec' '*.supp' '*.pot' 'LINGUAS' 'POTFILES.in' 'PKGBUILD'
        'control' 'copyright' 'rules' 'make-pot' 'Makefile' 'run')
    files "${texts[@]}" | xargs -r -d '\n' grep -InP '[ \t\r]$' |
        sed 's/:\([0-9]*\):.*/:\1: white space at the end/'
    files plugin tests -- '*.[ch]' | xargs -r -d '\n' grep -InP '\t' |
        sed 's/:\([0-9]*\):.*/:\1: tab/'
    files "${texts[@]}" | while read -r file; do
        [ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at the end"
    done
}

line_length() { # no line is longer than 100 columns
    files Makefile plugin tests .ci .packaging po -- '*.[ch]' '*.sh' '*.awk' Makefile run make-pot |
        xargs -r -d '\n' grep -InE '^.{101,}' | sed 's/:\([0-9]*\):.*/:\1: longer than 100 columns/'
}

top_level() { # the top level shows what it is meant to show
    local name
    for name in *; do
        case $name in
        Makefile | README.md | COPYING | plugin | icons | po | tests | "${out%%/*}" | build) ;;
        compile_commands.json) ;; # made for editors; git ignores it
        *) echo "$name: not a name for the top level" ;;
        esac
    done
}

# The names of the fenced blocks of README.md, and what is wrong with the blocks.
named_blocks() {
    awk -v broken="$1" '
        /^ *```/ && open { open = 0; next }
        /^ *```/ { open = 1 }
        /^ *```/ && NF != 2 { print "README.md:" NR ": a block without a name" >broken; next }
        /^ *```/ { print $2 }
        /^    / && !open { print "README.md:" NR ": a command without a named block" >broken }
    ' README.md
}

commands() { # each command of README.md is in a named block, which a test types
    local name
    : >"$scratch/broken"
    named_blocks "$scratch/broken" | sort >"$scratch/blocks"
    cat "$scratch/broken"
    uniq -d "$scratch/blocks" | sed 's/^/README.md: two blocks with the name /'
    while read -r name; do
        files tests -- '*.sh' | grep -v '^tests/lint/' |
            xargs -r -d '\n' grep -qE "(^|[^[:alnum:]])readme $name([^[:alnum:]_-]|\$)" ||
            echo "README.md: no test types the block $name"
    done <"$scratch/blocks"
}

documented() { # each public function of the core has a comment
    files plugin/msnp -- '*.h' | xargs -r -d '\n' awk -f "$here/undocumented.awk"
}

scripts() { # each script can be run, and its shell can read it
    files plugin po tests .ci .packaging -- '*' | xargs -r -d '\n' grep -Il -m 1 '^#!' |
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

translatable() { # po/POTFILES.in has the files with texts; translators see what is said to them
    local mark='(^|[^A-Za-z0-9_])(_|N_|C_|NC_|ngettext|dngettext|g_dngettext)[ \t]*[(]'
    files plugin -- '*.[ch]' | code | uses "$mark" text | cut -d: -f1 |
        sort -u >"$scratch/marked"
    sed 's/#.*//; /^[ \t]*$/d' po/POTFILES.in | sort -u >"$scratch/listed"
    comm -23 "$scratch/marked" "$scratch/listed" | sed 's/$/: has texts, is not in po\/POTFILES.in/'
    comm -13 "$scratch/marked" "$scratch/listed" | sed 's/$/: is in po\/POTFILES.in, has no texts/'
    files plugin -- '*.[ch]' | xargs -r -d '\n' grep -Hno 'Translators: [^*]*[^ *]' |
        while IFS=: read -r file line text; do
            grep -qxF "#. $text" po/purple-msnp8.pot ||
                echo "$file:$line: no translator sees this, it is not just above a text: $text"
        done
}

# The Plural-Forms of a header, without spaces.
plural_forms() { msgcat --no-wrap "$1" | sed -n 's/^"\(Plural-Forms:.*\)\\n"$/\1/p' | tr -d ' '; }

# What is wrong with one translation.
translation() {
    local po=po/$1.po pot=po/purple-msnp8.pot plural
    msgfmt --check --check-accelerators=_ -o /dev/null "$po"
    cp "$po" "$scratch/$1.po"
    msgmerge --quiet --no-fuzzy-matching --update --backup=none "$scratch/$1.po" "$pot"
    cmp -s "$po" "$scratch/$1.po" || echo "$po: not merged with $pot: make update-po"
    msgattrib --untranslated --no-wrap "$po" | sed -n "s,^msgid ,$po: not translated: ,p"
    msgattrib --only-fuzzy --no-wrap "$po" | sed -n "s,^msgid ,$po: fuzzy: ,p"
    msgattrib --only-obsolete "$po" | grep -q . && echo "$po: has obsolete entries"
    msgcat --no-wrap "$po" |
        LC_ALL=C awk -v po="$po" -v lang="$1" -f "$here/translation.awk"
    # gettext knows the plural forms of most languages, but not those of Chinese: there is one.
    msginit --no-translator --locale="$1" --input="$pot" --output-file="$scratch/$1.new" \
        >/dev/null 2>&1
    plural=$(plural_forms "$scratch/$1.new")
    case $1 in zh*) plural='Plural-Forms:nplurals=1;plural=0;' ;; esac
    [ "$(plural_forms "$po")" = "$plural" ] || echo "$po: header: has not the usual $plural" |
        grep -v INTEGER | of_release 0.21 "$(msginit --version | sed -n '1s/.* //p')"
}

translations() { # po/*.pot is current; all translations are merged, complete and correct
    if ! command -v xgettext >/dev/null; then
        echo 'SKIP no gettext'
        return
    fi
    local pot=po/purple-msnp8.pot lang
    po/make-pot "$scratch/pot" && ! cmp -s "$scratch/pot" "$pot" &&
        echo "$pot: not current: make update-po"
    sed 's/#.*//' po/LINGUAS | tr ' ' '\n' | sed '/^$/d' >"$scratch/linguas"
    basename -s .po po/*.po | sort | diff "$scratch/linguas" - |
        sed -n 's/^[<>] \(.*\)/po\/LINGUAS: is not the sorted list of po\/*.po: \1/p'
    while read -r lang; do
        translation "$lang" 2>&1
    done <"$scratch/linguas"
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

compilation_database() { # compile_commands.json has each C file
    compile_commands "$scratch/database" || return
    files plugin tests -- '*.c' >"$scratch/sources"
    sed -n 's/.*"file": "\([^"]*\)".*/\1/p' "$scratch/database/compile_commands.json" | sort |
        diff "$scratch/sources" - | sed -n 's/^[<>] \(.*\)/\1: not as often in it as there is/p'
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
            -Iplugin/msnp -Iplugin/prpl --file-list="$scratch/c" 2>&1 |
        of_release 2 "$(cppcheck --version | sed 's/[^0-9]*//')"
}

clang_tidy() { # clang-tidy finds nothing in the plugin (.clang-tidy says what it looks for)
    if ! command -v clang-tidy >/dev/null; then
        echo 'SKIP no clang-tidy'
        return
    fi
    compile_commands "$scratch/tidy" || return
    files plugin -- '*.c' |
        xargs -r -d '\n' -P "$cores" -n 4 clang-tidy --quiet -p "$scratch/tidy" \
            >"$scratch/tidy/log" 2>&1 && return
    complaints "$scratch/tidy/log" |
        of_release 14 "$(clang-tidy --version | sed -n 's/.*version //p')"
}

gcc_analyzer() { # gcc -fanalyzer finds nothing in the plugin
    if ! gcc -fanalyzer -E - </dev/null >/dev/null 2>&1; then
        echo 'SKIP no gcc with -fanalyzer'
        return
    fi
    if ! pkg-config --exists purple glib-2.0 2>/dev/null; then
        echo 'SKIP no headers of libpurple'
        return
    fi
    # There is only an object if nothing was found.
    files plugin -- '*.c' | sed "s,\(.*\)\.c\$,$out/analyzer/obj/\1.o," |
        xargs -r -d '\n' nice "${MAKE:-make}" -s -k -j "$cores" O="$out/analyzer" CC=gcc \
            CFLAGS='-O1 -fanalyzer' WERROR=1 >"$scratch/analyzer" 2>&1 && return
    complaints "$scratch/analyzer" | of_release 12 "$(gcc -dumpfullversion)"
}

shellcheck() { # the scripts hold good before shellcheck
    if ! type -P shellcheck >/dev/null; then
        echo 'SKIP no shellcheck'
        return
    fi
    {
        files plugin po tests .ci .packaging -- '*' | xargs -r -d '\n' grep -Il -m 1 '^#!.*sh$'
        files plugin po tests .ci .packaging -- '*.sh' PKGBUILD
    } | sort -u | xargs -r -d '\n' -P "$cores" -n 4 shellcheck --format=gcc |
        of_release 0.9 "$(command shellcheck --version | sed -n 's/^version: //p')"
}

selftest() { # each rule finds what breaks it
    "$here/selftest.sh"
}

# All of them, as they stand above.
rules=$(sed -n 's/^\([a-z_]*\)() { # .*/\1/p' "$here/run.sh")

# --- running them ------------------------------------------------------------------------------

# The slow ones are at the end of the list, and begin first.
# shellcheck disable=SC2086 # words
[ $# != 0 ] || set -- $rules
for ((number = $#; number > 0; number--)); do
    [ "$(jobs -rp | wc -l)" -lt "$cores" ] || wait -n
    ${!number} >"$scratch/findings.$number" 2>&1 &
done
wait

echo "1..$#"
number=0
status=0
for rule in "$@"; do
    number=$((number + 1))
    text=$(sed -n "s/^$rule() { # //p" "$here/run.sh")
    found=$(grep -v '^NOTE ' "$scratch/findings.$number")
    sed -n 's/^NOTE /# /p' "$scratch/findings.$number" | head -n 50
    case $found in
    '') echo "ok $number - $rule: $text" ;;
    SKIP*) echo "ok $number - $rule # $found" ;;
    *)
        printf '%s\n' "$found" | head -n 50 | sed 's/^/# /'
        echo "not ok $number - $rule: $text"
        status=1
        ;;
    esac
done
exit $status
