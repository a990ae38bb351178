#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Shows that the rules of run.sh are not blind: in a small tree of its own each rule must hold, and
# must be broken by each file that breaks it. Prints what is wrong, nothing when all is well.
set -u
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree" "$tree".*' EXIT

spdx='/* SPDX-License-Identifier: GPL-2.0-or-later */'

# A tree that breaks no rule.
make_tree() {
    mkdir -p "$tree"/plugin/{msnp,prpl} "$tree/po" "$tree/tests"
    mkdir -p "$tree/tests/lint"
    cp "$here"/../../{.clang-format,.clang-tidy,Makefile} "$tree"
    cp "$here/compile-commands.awk" "$tree/tests/lint"
    cp "$here/../../po/make-pot" "$tree/po"
    printf '%s\n' "$spdx" '#ifndef MSNP_BUF_H' '#define MSNP_BUF_H' '' '#include <glib.h>' '' \
        '/* Half of it. strcpy( time( */' 'int half(int number);' 'int third(int number);' '' \
        '#endif' >"$tree/plugin/msnp/buf.h"
    printf '%s\n#include "buf.h"\n\nint half(int number)\n{\n    return number / 2;\n}\n' \
        "$spdx" >"$tree/plugin/msnp/buf.c"
    printf '%s\n' "$spdx" '#include <glib/gi18n.h>' '' 'const char *text(void);' '' \
        'const char *text(void)' '{' '    return _("atoi(1)");' '}' >"$tree/plugin/prpl/errors.c"
    printf '%s\n' "$spdx" '#ifndef PRPL_SETTINGS_H' '#define PRPL_SETTINGS_H' '' \
        '#define PRPL_LABEL N_("Server name")' \
        '#define PRPL_FIELD N_("Server name (optional)")' \
        '#define PRPL_HINTS N_("_Open \"Server name\"...")' '' '#endif' \
        >"$tree/plugin/prpl/settings.h"
    for name in prpl/{plugin,link} msnp/{ns,ns_edit,sb}; do
        echo "$spdx" >"$tree/plugin/$name.c"
    done
    printf '%s\n' '```layers' 'prpl:' '    plugin link  # text' '    errors settings' 'msnp:' \
        "    { ns ns_edit } \\" '    sb' '    buf' '```' >"$tree/plugin/README.md"
    printf '%s\n' 'Text.' '```sh build' 'make' '```' '* item' '  ```sh run' '  ./x' '  ```' \
        >"$tree/README.md"
    printf '%s\n' '# shellcheck shell=sh' '# SPDX-License-Identifier: GPL-2.0-or-later' \
        'readme run' 'readme build' >"$tree/tests/commands.sh"
    printf 'plugin/prpl/%s\n' errors.c settings.h >"$tree/po/POTFILES.in"
    echo de >"$tree/po/LINGUAS"
    sed '/^$/,$d' "$here/../../po/de.po" >"$tree/po/de.po"
    "$tree/po/make-pot" po/purple-msnp8.pot
    printf '\n#: plugin/prpl/%s\nmsgid "%s"\nmsgstr "%s"\n' errors.c 'atoi(1)' eins \
        settings.h 'Server name' Servername \
        settings.h 'Server name (optional)' 'Servername (optional)' \
        settings.h '_Open \"Server name\"...' '„Servername“ _öffnen …' >>"$tree/po/de.po"
}

fresh() {
    rm -rf "$tree"
    cp -a "$tree.fresh" "$tree"
}

lint() { LINT_ROOT=$tree LINT_STRICT=1 O=build "$here/run.sh" "$@"; }

# The rule must be broken by one more line of C in this file.
line() { # RULE FILE LINE
    fresh
    [ -e "$tree/$2" ] || echo "$spdx" >"$tree/$2"
    printf '%s\n' "$3" >>"$tree/$2"
    broken "$1" "$2 with $3"
}

# The rule must hold with one more line of C in this file.
whole() { # RULE FILE LINE
    fresh
    printf '%s\n' "$3" >>"$tree/$2"
    lint "$1" >/dev/null || echo "$1 does not bear: $2 with $3"
}

# The rule must be broken by what this command does to the tree.
change() { # RULE COMMAND
    fresh
    (cd "$tree" && eval "$2")
    broken "$1" "$2"
}

# What this sed does to the translation of a language must be found so.
wrong() { # TEXT LANG SED
    fresh
    sed -i "s/: de/: $2/; $3" "$tree/po/de.po"
    mv -T "$tree/po/de.po" "$tree/po/$2.po" 2>/dev/null
    echo "$2" >"$tree/po/LINGUAS"
    lint translations | grep -q "^# po/.*$1" || echo "translations does not find $1: $3"
}

broken() {
    if lint "$1" >/dev/null; then
        echo "$1 does not find: $2"
    fi
}

make_tree
cp -a "$tree" "$tree.fresh"
mapfile -t rules < <(sed -n "s/^\([a-z_]*\)() { # .*/\1/p" "$here/run.sh" | grep -vx selftest)
lint "${rules[@]}" >"$tree.all" ||
    sed -n '/^ok/!s/^/in a clean tree: /p' "$tree.all"

for name in '<stdio.h>' '<errno.h>' '<purple.h>' '<sys/socket.h>' '"../prpl/log.h"'; do
    line core_includes plugin/msnp/buf.c "#include $name"
done
for code in 'time(NULL);' 'g_get_real_time ();' 'g_random_int();' 'g_timeout_add(1, f, g);' \
    'x = rand();' 'g_main_loop_run(l);' 'GMainLoop *l;' 'PurpleAccount *a;' 'purple_x();' \
    'printf("x");' 'fprintf(f, "x");' 'getenv("x");' 'g_warning("x");' 'g_file_test(f, 0);' \
    'fopen(a, b);' 'g_get_monotonic_time();' 'g_io_channel_unix_new(1);' 'x = "*/"; time(0);'; do
    line core_pure plugin/msnp/buf.c "$code"
done
for pair in 'msnp/buf.c ns' 'msnp/sb.c ns' 'msnp/ns.c sb' 'msnp/ns_edit.c sb' 'msnp/sb.c link' \
    'prpl/errors.c plugin' 'prpl/link.c plugin' 'prpl/errors.c sb' 'prpl/link.c buf'; do
    line layers "plugin/${pair% *}" "#include \"${pair#* }.h\""
done
for pair in 'msnp/ns.c ns_edit' 'msnp/ns_edit.c ns' 'msnp/ns.c ns' 'msnp/ns_edit.c buf' \
    'msnp/sb.c buf' 'prpl/plugin.c errors'; do
    whole layers "plugin/${pair% *}" "#include \"${pair#* }.h\""
done
change layers "echo '$spdx' >plugin/prpl/x.c"
change layers "echo '$spdx' >plugin/msnp/x.h"
change layers 'rm plugin/msnp/sb.c'
change layers 'sed "s/sb/sb ns/" -i plugin/README.md'
change layers \
    'sed "s/ *[{}]//" -i plugin/README.md; echo "#include \"ns.h\"" >plugin/msnp/ns_edit.c'
change layers 'sed "s/^.*layers/\`\`\`/" -i plugin/README.md'
change layers 'rm plugin/README.md'
line adapter_borders plugin/prpl/link.c 'purple_proxy_connect(a);'
line adapter_borders plugin/prpl/account.c 'purple_ssl_connect_with_ssl_cn(a);'
line adapter_borders plugin/prpl/account.c 'purple_input_add(a);'
line adapter_borders plugin/prpl/account.c 'purple_ssl_input_add(a);'
line adapter_borders plugin/prpl/account.c 'purple_network_listen(a);'
line adapter_borders plugin/prpl/account.c 'purple_debug_info(a);'
line adapter_borders plugin/prpl/link.c 'purple_util_fetch_url_request(a);'
for name in strcpy strcat sprintf vsprintf gets atoi atol strtok sscanf rand srand alloca \
    strncpy gettext ngettext; do
    line banned_functions plugin/prpl/account.c "    x = $name(y);"
done
for code in 'x = toupper(y);' 'isspace (c);' 'strcasecmp(a, b);' 'strtod(a, b);' \
    'strtol(a, b, 10);' 'g_utf8_strdown(a, -1);' 'g_utf8_collate(a, b);' \
    'purple_utf8_strcasecmp(a, b);' 'strftime(a, 1, b, c);' \
    'g_strdup_printf("%d %.2f", i, x);' 'g_snprintf(a, 9, "%'\''u", i);'; do
    line locale_free plugin/prpl/account.c "$code"
done
for code in 'g_ascii_tolower(c);' 'msnp_is_space(c);' 'g_strdup_printf("%s 100%%", a);' \
    'g_string_append_printf(a, "%u.%u \"%s\"", b, c, d);' '/* strcasecmp(a, b) */'; do
    whole locale_free plugin/prpl/plugin.c "$code"
done
line leftovers plugin/prpl/account.c '#if 0'
line leftovers plugin/prpl/account.c '/* TO''DO: more */'
line leftovers tests/a.sh '# FIX''ME'
change spdx 'echo "int x;" >plugin/prpl/x.c'
change spdx 'echo "int x;" >tests/x.h'
change header_guards "echo '$spdx' >plugin/prpl/x.h"
change header_guards 'cp plugin/msnp/buf.h plugin/msnp/url.h'
change header_guards 'sed "s/^#define.*/#define BUF_H/" -i plugin/msnp/buf.h'
change header_guards 'cp plugin/msnp/buf.h plugin/prpl/buf.h'
line white_space plugin/prpl/x.c 'int x; '
line white_space plugin/prpl/x.c '	int x;'
line white_space Makefile 'x: y '
change white_space 'printf "int x;" >plugin/prpl/x.c'
line line_length plugin/prpl/x.c "$(printf '%0101d' 0)"
change top_level 'touch NEWS'
change top_level 'mkdir doc'
change commands 'sed "s/sh build/sh/" -i README.md'
change commands 'sed "s/sh run/sh build/" -i README.md'
change commands 'sed "s/sh run/sh runs/" -i README.md'
change commands 'sed "s/readme build/readme build-it/" -i tests/commands.sh'
change commands 'echo "    make check" >>README.md'
change documented 'sed "/Half/d" -i plugin/msnp/buf.h'
change documented 'sed "s/^int third/\n&/" -i plugin/msnp/buf.h'
change scripts 'printf "#!/bin/sh\n" >tests/a.sh'
change scripts 'printf "#!/bin/sh\nif\n" >tests/a.sh; chmod +x tests/a.sh'
change translatable 'echo >po/POTFILES.in'
change translatable 'echo plugin/msnp/buf.c >>po/POTFILES.in'
line translatable plugin/prpl/errors.c '/* Translators: nothing */'
if command -v xgettext >/dev/null; then
    change translations 'sed "s/atoi/stoi/" -i plugin/prpl/errors.c'
    change translations 'echo fr >>po/LINGUAS'
    change translations 'cp po/de.po po/fr.po'
    change translations 'sed "s/: de/: nl/" po/de.po >po/nl.po; printf "nl\nde\n" >po/LINGUAS'
    wrong 'not merged' de 's/^msgid "a.*/msgid "b"/'
    wrong 'not translated' de 's/eins//'
    wrong 'not translated' de 's/"Servername/"Server name/'
    wrong fuzzy de 's/^#: .*rr.*/&\n#, fuzzy/'
    wrong obsolete de '$a#~ msgid "a"\n#~ msgstr "b"'
    wrong 'format spec' de 's/eins/%d/; s/^#: .*rr.*/&\n#, c-format/'
    wrong 'usual Plural-Forms' de 's/n != 1/n > 1/'
    wrong 'usual Plural-Forms' zh_CN ''
    wrong charset de 's/UTF-8/ISO-8859-1/'
    wrong 'Language is' de 's/: de/: fr/'
    wrong Project-Id de 's/: purple-msnp8/: x/'
    for end in ' ' '\\n'; do
        wrong 'white space' de "s/eins/eins$end/"
    done
    for sign in '\\t' '\x7f' '\xc2\x85' '\xef\xbb\xbf'; do
        wrong 'control character' de "s/eins/e${sign}ins/"
    done
    wrong 'accelerators' de 's/eins/_eins/'
    wrong 'accelerator' de 's/_ö/ö/'
    wrong 'does not end' de 's/ …//'
    wrong 'does not end' de 's/eins/eins:/'
    wrong 'name the setting' de 's/„Servername/„Server/'
    wrong 'name the setting' de 's/Servername (/Server (/'
    wrong 'no-break space' fr 's/eins/eins !/'
    wrong 'sign at the start' es 's/eins/eins?/'
fi
if clang-format --version 2>/dev/null | grep -q 'version 14'; then
    line clang_format plugin/prpl/x.c 'int  x;'
fi
if command -v cppcheck >/dev/null; then
    line cppcheck_plugin plugin/prpl/x.c 'int f(void) { int x[2]; return x[5]; }'
fi
if pkg-config --exists purple glib-2.0 gnutls; then
    change compilation_database 'mkdir plugin/other; echo "int x;" >plugin/other/x.c'
    if command -v clang-tidy >/dev/null; then
        line clang_tidy plugin/prpl/x.c \
            'int f(int a); int f(int a) { return a ? 1 : sizeof(sizeof(a)); }'
    fi
    if gcc -fanalyzer -E - </dev/null >/dev/null 2>&1; then
        line gcc_analyzer plugin/prpl/x.c \
            '#include <stdlib.h>
void f(void); void f(void) { int *p = malloc(4); if (p) *p = 1; }'
    fi
fi
if command -v shellcheck >/dev/null; then
    change shellcheck 'printf "%s\n" "#!/bin/sh" "rm -r \"\$1/\"*" >tests/a.sh'
    change shellcheck 'printf "%s\n" "#!/usr/bin/env bash" "[ a < b ]" >po/a'
fi
