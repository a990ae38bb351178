# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is wrong with the texts of a translation, besides what msgfmt finds. Reads the output of
# "msgcat --no-wrap", byte by byte (LC_ALL=C). -v po=FILE -v lang=LANG

function quoted(line) {
    sub(/^[^"]*"/, "", line)
    sub(/"$/, "", line)
    return line
}

# The entry that ends here becomes pairs of English and translated text.
function entry(form) {
    if (id == "")
        header = text[0]
    for (form = 0; id != "" && form < forms; form++) {
        pairs++
        english[pairs] = form == 0 ? id : plural
        translated[pairs] = text[form]
        if (is_label)
            labels[id] = text[form]
    }
    forms = is_label = 0
    id = plural = ""
}

function accelerators(string) {
    gsub(/\{[^}]*\}|__/, "", string)
    return gsub(/_/, "", string)
}

# White space at the edges, newlines included: as in the PO file, "\n" is two characters.
function edges(string, start) {
    match(string, /^( |\\n)*/)
    start = substr(string, 1, RLENGTH)
    match(string, /( |\\n)*$/)
    return start "|" substr(string, RSTART)
}

# What the end of the text means to the user: a dialog follows, a value follows.
function sign(string) {
    if (string ~ /(\.\.\.|…)$/)
        return "..."
    return string ~ /(:|：)$/ ? ":" : ""
}

function check(old, new, label) {
    if (new == "")
        return
    if (edges(old) != edges(new))
        wrong("other white space at its edges", new)
    if (sign(old) != sign(new))
        wrong("does not end as \"" old "\"", new)
    if (accelerators(old) != accelerators(new))
        wrong("not as many accelerators", new)
    if (old == new && old ~ /[A-Za-z]+ +[A-Za-z]/)
        wrong("not translated", new)
    # C0, DEL, C1, U+200B, U+2028, U+2029, U+FEFF; escapes of others.
    if (new ~ /[\001-\037\177]|\302[\200-\237]|\342\200[\213\250\251]|\357\273\277|\\[^n"\\]/)
        wrong("has a control character", new)
    for (label in labels)
        if ((index(old, "\\\"" label "\\\"") || index(old, label " (") == 1) &&
            !index(new, labels[label]))
            wrong("does not name the setting \"" labels[label] "\"", new)
    if (lang == "fr" && new ~ / ([:;?!]|»)|« /)
        wrong("needs a no-break space", new)
    if (lang == "es" && (new ~ /\?/ && new !~ /¿/ || new ~ /!/ && new !~ /¡/))
        wrong("needs a sign at the start, too", new)
}

function wrong(why, new) { print po ": " why ": " new }

/^#:/ { is_label = is_label || /\/settings\.h/ }
/^msgid "/ { id = quoted($0); where = "id" }
/^msgid_plural "/ { plural = quoted($0); where = "plural" }
/^msgstr/ { text[forms++] = quoted($0); where = "text" }
/^"/ && where == "id" { id = id quoted($0) }
/^"/ && where == "plural" { plural = plural quoted($0) }
/^"/ && where == "text" { text[forms - 1] = text[forms - 1] quoted($0) }
/^$/ { entry() }

END {
    entry()
    if (!index(header, "Project-Id-Version: purple-msnp8\\n"))
        wrong("header", "Project-Id-Version is not purple-msnp8")
    if (!index(header, "\\nLanguage: " lang "\\n"))
        wrong("header", "Language is not " lang)
    if (!index(header, "charset=UTF-8\\n"))
        wrong("header", "the charset is not UTF-8")
    for (i = 1; i <= pairs; i++)
        check(english[i], translated[i])
}
