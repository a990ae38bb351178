#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the unit tests, scripts and live tests of the build in $O, which counts lines, and prints for
# each file of the plugin how many of them were reached.
set -eu
cd "$(dirname "$0")/../.."
export G_DEBUG=fatal-criticals
find "$O" -name '*.gcda' -delete
for program in "$O"/unit/test_* "$O"/live/test_*; do
    [ ! -x "$program" ] || "$program" >"$program.log" 2>&1 || echo "failed: $program (see .log)"
done
if [ -x "$O/run-scripts" ]; then
    "$O/run-scripts" tests/scripts/*.script >"$O/run-scripts.log" 2>&1 ||
        echo "failed: $O/run-scripts (see .log)"
fi
find "$O/obj/plugin" -name '*.gcda' | sort | xargs -r gcov -n 2>/dev/null | awk -F "[':% ]+" '
    /^File / { file = $2 }
    /^Lines executed/ && file ~ /^plugin\/.*\.c$/ {
        printf "%6.1f %% of %5d  %s\n", $3, $5, file
        reached += $3 * $5 / 100; lines += $5
        file = ""
    }
    END { if (lines) printf "%6.1f %% of %5d  all of it\n", 100 * reached / lines, lines }'
