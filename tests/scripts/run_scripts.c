/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs transcripts: run-scripts FILE.script|DIRECTORY...
 *
 * Each script is run in four ways that differ in how the peer's bytes arrive: all at once, byte by
 * byte, in pieces of seven, and each delivery split in two at every place. The result must always
 * be the same. Output is TAP. The clock is the script's own; nothing here waits.
 *
 * tests/README.md describes what is in a script, section "Transcripts".
 */
#include "escape.h"
#include "script.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    size_t piece; /* bytes at a time, 0 for all */
    bool splits;  /* at each place in turn */
} delivery_mode;

static const delivery_mode deliveries[] = {
    {"whole", 0, false},
    {"byte by byte", 1, false},
    {"in pieces of 7", 7, false},
    {"each split", 0, true},
};

/* Splits tried in one long delivery; the places are spread evenly over the middle of it. */
#define SPLITS_MAX 1024

typedef struct {
    const transcript *script;
    drive *d;
    drive_part side;
    size_t piece;
    size_t split; /* where each delivery is split, 0 for nowhere */
    GString *diff;
} script_run;

static void report(script_run *run, const script_line *line, const char *expected, const char *got)
{
    if (line)
        g_string_append_printf(run->diff, "# %s:%u\n", line->file, line->number);
    else
        g_string_append_printf(run->diff, "# %s: at the end\n", run->script->path);
    if (run->split)
        g_string_append_printf(run->diff, "#   split at:  %zu\n", run->split);
    g_string_append_printf(run->diff, "#   expected:  %s\n#   got:       %s\n", expected, got);
}

static char *describe(const drive_output *out)
{
    char *text;
    char *description;

    if (!out)
        return g_strdup("nothing");
    text =
        out->bytes ? escape_bytes(out->text->str, out->text->len, false) : g_strdup(out->text->str);
    description = g_strdup_printf("%s= %s  (from %s)", out->bytes ? "C" : "EV", text,
                                  drive_part_name(out->side));
    if (!out->bytes)
        description[strlen("EV")] = ':';
    g_free(text);
    return description;
}

static void report_line(script_run *run, const script_line *line)
{
    bool bytes = line->kind == LINE_CLIENT;
    char *text = bytes ? escape_bytes(line->bytes->str, line->bytes->len, false)
                       : g_strdup(line->bytes->str);
    char *expected =
        g_strdup_printf("%s %s  (from %s%s)", bytes ? "C=" : "EV:", text,
                        drive_part_name(run->side), line->conn ? ", on another connection" : "");
    char *got = describe(drive_output_first(run->d));

    report(run, line, expected, got);
    g_free(got);
    g_free(expected);
    g_free(text);
}

/* Nothing may be left unmentioned, and nothing forbidden may have happened. */
static bool silent(script_run *run, const script_line *line)
{
    const drive_output *out = drive_output_first(run->d);

    if (drive_fault(run->d)) {
        report(run, line, "no fault", drive_fault(run->d));
    } else if (out) {
        char *got = describe(out);

        report(run, line, "silence", got);
        g_free(got);
    }
    return run->diff->len == 0;
}

static void expect_bytes(script_run *run, const script_line *line)
{
    const GString *expected = line->bytes;
    drive_output *out = drive_output_from(run->d, run->side, line->conn, true);

    if (!out || out->text->len < expected->len ||
        memcmp(out->text->str, expected->str, expected->len) != 0) {
        report_line(run, line);
        return;
    }
    g_string_erase(out->text, 0, (gssize)expected->len);
    if (out->text->len == 0)
        drive_output_drop(run->d, out);
}

static void expect_event(script_run *run, const script_line *line)
{
    drive_output *out = drive_output_from(run->d, run->side, 0, false);

    if (!out || !g_string_equal(out->text, line->bytes))
        report_line(run, line);
    else
        drive_output_drop(run->d, out);
}

static void feed(script_run *run, const script_line *line, const char *bytes, size_t len)
{
    drive_feed(run->d, run->side, line->conn, bytes, len);
}

static void deliver(script_run *run, const script_line *line, const GString *bytes)
{
    size_t piece = run->piece ? run->piece : bytes->len;

    if (!drive_is_open(run->d, run->side, line->conn)) {
        report(run, line, "a connection to feed", "there is none");
        return;
    }
    if (run->split && run->split < bytes->len) {
        feed(run, line, bytes->str, run->split);
        feed(run, line, bytes->str + run->split, bytes->len - run->split);
        return;
    }
    for (size_t at = 0; at < bytes->len; at += piece)
        feed(run, line, bytes->str + at, MIN(piece, bytes->len - at));
}

/* The S lines from `from` on, as one delivery. Returns the index of the last one. */
static unsigned server_bytes(const transcript *script, unsigned from, GString *bytes)
{
    const script_line *first = script->lines->pdata[from];
    unsigned last = from;

    for (unsigned i = from; i < script->lines->len; i++) {
        const script_line *line = script->lines->pdata[i];

        if (line->kind != LINE_SERVER || line->conn != first->conn)
            break;
        g_string_append_len(bytes, line->bytes->str, (gssize)line->bytes->len);
        last = i;
    }
    return last;
}

static void expect_state(script_run *run, const script_line *line)
{
    char *got = drive_state(run->d, line->bytes->str);

    if (g_strcmp0(got, line->bytes->str) != 0)
        report(run, line, line->bytes->str, got ? got : "nothing of that kind");
    g_free(got);
}

static void choose_side(script_run *run, const script_line *line)
{
    run->side = drive_part_of(line->bytes->str);
    if (run->side >= DRIVE_SESSION)
        report(run, line, "ns, passport, or switchboard", line->bytes->str);
}

/* Does what the line says. Returns the index of the last line that was done. */
static unsigned step(script_run *run, unsigned index)
{
    const script_line *line = run->script->lines->pdata[index];
    GString *bytes;

    if (line->kind != LINE_CLIENT && line->kind != LINE_EVENT && line->kind != LINE_ON &&
        line->kind != LINE_AT && line->kind != LINE_STATE && !silent(run, line))
        return index;
    switch (line->kind) {
    case LINE_SERVER:
        bytes = g_string_new(NULL);
        index = server_bytes(run->script, index, bytes);
        deliver(run, line, bytes);
        g_string_free(bytes, TRUE);
        break;
    case LINE_CLIENT:
        expect_bytes(run, line);
        break;
    case LINE_EVENT:
        expect_event(run, line);
        break;
    case LINE_TIME:
        drive_advance(run->d, line->ms, line->jump);
        break;
    case LINE_DO:
        drive_do(run->d, run->side, line->bytes->str);
        break;
    case LINE_AT:
        if (strcmp(drive_step(run->d, run->side), line->bytes->str) != 0)
            report(run, line, line->bytes->str, drive_step(run->d, run->side));
        break;
    case LINE_STATE:
        expect_state(run, line);
        break;
    case LINE_ON:
        choose_side(run, line);
        break;
    }
    return index;
}

/* The roster must be the same at the end of each run; the first one sets `roster`. */
static void compare_roster(script_run *run, char **roster)
{
    char *got = drive_whole_state(run->d);

    if (*roster && strcmp(*roster, got) != 0)
        report(run, NULL, *roster, got);
    g_free(*roster);
    *roster = got;
}

/* Runs it once. True if all was well, else `diff` says what was not. */
static bool run_once(const transcript *script, size_t piece, size_t split, char **roster,
                     GString *diff)
{
    script_run run = {
        .script = script,
        .d = drive_new(&script->config),
        .side = script->config.part == DRIVE_SESSION ? DRIVE_NS : script->config.part,
        .piece = piece,
        .split = split,
        .diff = diff,
    };

    for (unsigned i = 0; i < script->lines->len && diff->len == 0; i++)
        i = step(&run, i);
    if (diff->len == 0)
        silent(&run, NULL);
    if (diff->len == 0)
        compare_roster(&run, roster);
    drive_free(run.d);
    return diff->len == 0;
}

static size_t longest_delivery(const transcript *script)
{
    size_t longest = 0;

    for (unsigned i = 0; i < script->lines->len; i++) {
        GString *bytes = g_string_new(NULL);

        i = server_bytes(script, i, bytes);
        longest = MAX(longest, bytes->len);
        g_string_free(bytes, TRUE);
    }
    return longest;
}

/* SCRIPT_SPLITS in the environment makes it fewer, for where each of them takes long. */
static size_t most_splits(void)
{
    const char *wanted = g_getenv("SCRIPT_SPLITS");
    guint64 most = wanted != NULL ? g_ascii_strtoull(wanted, NULL, 10) : SPLITS_MAX;

    return (size_t)CLAMP(most, 1, SPLITS_MAX);
}

static bool run_delivery(const transcript *script, const delivery_mode *delivery, char **roster,
                         GString *diff)
{
    size_t longest = longest_delivery(script);
    size_t stride = MAX(longest / most_splits(), 1);
    bool good;

    if (!delivery->splits)
        return run_once(script, delivery->piece, 0, roster, diff);
    good = run_once(script, 0, 1, roster, diff);
    for (size_t split = 2; split < longest && good; split += stride)
        good = run_once(script, 0, split, roster, diff);
    return good;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The scripts that an argument names, in a fixed order. */
static bool find_scripts(GPtrArray *paths, const char *argument)
{
    GDir *dir = g_dir_open(argument, 0, NULL);
    unsigned before = paths->len;
    const char *name;

    if (!dir) {
        g_ptr_array_add(paths, g_strdup(argument));
        return true;
    }
    while ((name = g_dir_read_name(dir))) {
        if (g_str_has_suffix(name, ".script"))
            g_ptr_array_add(paths, g_build_filename(argument, name, NULL));
    }
    g_dir_close(dir);
    qsort(paths->pdata + before, paths->len - before, sizeof(char *), compare_names);
    return paths->len > before;
}

static unsigned run_script(const transcript *script, unsigned number)
{
    char *roster = NULL;
    unsigned failures = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(deliveries); i++) {
        GString *diff = g_string_new(NULL);
        bool good = run_delivery(script, &deliveries[i], &roster, diff);

        printf("%sok %u - %s (%s)\n%s", good ? "" : "not ", number + i + 1, script->path,
               deliveries[i].name, diff->str);
        fflush(stdout);
        failures += !good;
        g_string_free(diff, TRUE);
    }
    g_free(roster);
    return failures;
}

/* Of a file that cannot be read, the message is all that there is to run. */
static unsigned run_file(GPtrArray *scripts, const char *message, unsigned *number)
{
    unsigned failures = 0;

    if (!scripts) {
        printf("not ok %u - %s\n", ++*number, message);
        return 1;
    }
    for (unsigned i = 0; i < scripts->len; i++) {
        failures += run_script(scripts->pdata[i], *number);
        *number += G_N_ELEMENTS(deliveries);
    }
    g_ptr_array_unref(scripts);
    return failures;
}

int main(int argc, char **argv)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    unsigned number = 0;
    unsigned failures = 0;
    size_t planned = 0;
    GPtrArray **files;
    char **messages;

    setlocale(LC_ALL, ""); /* see turkish.sh */
    for (int i = 1; i < argc; i++) {
        if (!find_scripts(paths, argv[i]))
            fprintf(stderr, "%s: no scripts in it\n", argv[i]);
    }
    if (paths->len == 0) {
        fprintf(stderr, "usage: run-scripts FILE.script|DIRECTORY...\n");
        return 2;
    }
    files = g_new0(GPtrArray *, paths->len);
    messages = g_new0(char *, paths->len);
    for (unsigned i = 0; i < paths->len; i++) {
        files[i] = script_load(paths->pdata[i], &messages[i]);
        planned += files[i] ? files[i]->len * G_N_ELEMENTS(deliveries) : 1;
    }
    printf("1..%zu\n", planned);
    for (unsigned i = 0; i < paths->len; i++) {
        failures += run_file(files[i], messages[i], &number);
        g_free(messages[i]);
    }
    if (failures)
        printf("# %u of %u failed\n", failures, number);
    g_free(messages);
    g_free(files);
    g_ptr_array_unref(paths);
    return failures ? 1 : 0;
}
