# SPDX-License-Identifier: GPL-2.0-or-later
#
# awk -v kind=KIND -f releases.awk METAINFO: what the list of releases says, as a package wants it.
# KIND is "version" or "date" of the last release (in seconds), or the change log as "debian" or
# "rpm" write it.

function value(name,    parts) {
    split($0, parts, name "=\"")
    sub(/".*/, "", parts[2])
    return parts[2]
}

# The text of the only element of a line.
function text(    all) {
    all = $0
    gsub(/^ *<[^>]*>|<[^>]*> *$/, "", all)
    gsub(/&lt;/, "<", all)
    gsub(/&gt;/, ">", all)
    gsub(/&amp;/, "\\&", all)
    return all
}

# Days since 1970 of a date of the Gregorian calendar.
function days(date,    p, y, m) {
    split(date, p, "-")
    y = p[1] - (p[2] < 3)
    m = (p[2] + 9) % 12
    y = 365 * y + int(y / 4) - int(y / 100) + int(y / 400)
    return y + int((153 * m + 2) / 5) + p[3] - 719469
}

function weekday(date) { return substr("ThuFriSatSunMonTueWed", days(date) % 7 * 3 + 1, 3) }
function month(date) {
    return substr("JanFebMarAprMayJunJulAugSepOctNovDec", substr(date, 6, 2) * 3 - 2, 3)
}
function day(date) { return substr(date, 9) }
function year(date) { return substr(date, 1, 4) }

# An entry of the change log, broken between words.
function entry(first, next_, what,    n, words, i, line) {
    n = split(what, words, " ")
    line = first words[1]
    for (i = 2; i <= n; i++) {
        if (length(line) + 1 + length(words[i]) > 78) {
            print line
            line = next_ words[i]
        } else {
            line = line " " words[i]
        }
    }
    print line
}

BEGIN {
    who = "The purple-msnp8 developers <noreply@purple-msnp8.invalid>"
    indent = kind == "debian" ? "  " : ""
    bullet = kind == "debian" ? "* " : "- "
}

/<release / {
    version = value("version")
    date = value("date")
    inside = 1
    if (kind == "version" || kind == "date") {
        print kind == "version" ? version : days(date) * 86400
        exit
    }
    if (kind == "debian")
        print "purple-msnp8 (" version ") unstable; urgency=" value("urgency") "\n"
    else
        print "* " weekday(date), month(date), day(date), year(date), who, "-", version
}

inside && /<p>/ { entry(indent bullet, indent "  ", text()) }
inside && /<li>/ { entry(indent "  - ", indent "    ", text()) }

/<\/release>/ {
    inside = 0
    if (kind == "debian")
        print "\n -- " who "  " weekday(date) ",", day(date), month(date), year(date),
            "00:00:00 +0000"
    print ""
}
