# SPDX-License-Identifier: GPL-2.0-or-later
#
# layers.awk plugin/README.md LINES: what breaks the list of layers in the README. LINES has the
# names of all C files of the plugin, one in each line, then their code as FILE:LINE:CODE.

function complain(where, what) { print where ": " what }

# "plugin/prpl/log.c" to "prpl/log"; a header that is in the list by itself keeps its ".h".
function unit(path) {
    sub(/^plugin\//, "", path)
    if (!(path in layer))
        sub(/\.[ch]$/, "", path)
    return path
}

# Each line is a layer; a backslash at its end joins the next one to it.
function read_list(line,    n, words, i) {
    sub(/#.*/, "", line)
    gsub(/[{}]/, " & ", line)
    if (!continued)
        depth++
    continued = sub(/\\[ \t]*$/, "", line)
    n = split(line, words, " ")
    for (i = 1; i <= n; i++) {
        if (words[i] ~ /:$/) {
            half = substr(words[i], 1, length(words[i]) - 1)
        } else if (words[i] == "{") {
            group = ++groups
        } else if (words[i] == "}") {
            group = 0
        } else {
            name = half "/" words[i]
            if (name in layer)
                complain(FILENAME ":" FNR, name " is in the list twice")
            layer[name] = depth
            line_of[name] = FNR
            if (group)
                group_of[name] = group
        }
    }
}

# Which file is meant: the one of the same half, else the one of the other.
function included(from, name,    own) {
    sub(/^.*\//, "", name)
    own = unit(substr(from, 1, index(from, "/")) name)
    if (own in exists)
        return own
    return unit((from ~ /^prpl/ ? "msnp/" : "prpl/") name)
}

function header(name) { return name ~ /\.h$/ ? name : name ".h" }

function check(where, from, to) {
    if (from == to || !(from in layer) || !(to in layer))
        return
    if (from ~ /^prpl/ && to ~ /^msnp/ && to != "msnp/msnp")
        complain(where, "the adapter includes msnp.h alone, not " header(to))
    else if (from in group_of && to in group_of && group_of[from] == group_of[to])
        return
    else if (layer[to] == layer[from])
        complain(where, header(to) " stands beside it in the list of layers")
    else if (layer[to] < layer[from])
        complain(where, header(to) " stands above it in the list of layers")
}

FNR == NR {
    if (/^```/) {
        inside = $0 == "```layers"
        seen = seen || inside
    } else if (inside) {
        read_list($0)
    }
    next
}
/^[^:]*$/ {
    name = unit($0)
    exists[name] = 1
    if (!(name in layer) && !(name in missing)) {
        missing[name] = 1
        complain($0 ":1", "not in the list of layers of plugin/README.md")
    }
    next
}
/^[^:]*:[0-9]*:[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, part, ":")
    split($0, quoted, "\"")
    check(part[1] ":" part[2], unit(part[1]), included(unit(part[1]), quoted[2]))
}
END {
    if (!seen)
        complain("plugin/README.md:1", "no list of layers")
    for (name in layer)
        if (!(name in exists))
            complain("plugin/README.md:" line_of[name], name " is in the list, and no file")
}
