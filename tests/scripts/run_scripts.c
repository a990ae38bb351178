/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs transcripts: run-scripts FILE.script|DIRECTORY...
 *
 * Each script is run in four ways that differ in how the peer's bytes arrive: all at once, byte by
 * byte, in pieces of seven, and each delivery split in two at every place. The result must always
 * be the same. Output is TAP. The clock is the script's own; nothing here waits.
 *
 * A script is a text. Empty lines and lines that begin with # mean nothing. It begins with
 * settings, each with its default:
 *
 *   machine: ns|passport|both|sb|talks
 *                              what is tested; "both" are joined as an adapter joins them:
 *                              CHALLENGE starts Passport, TICKET goes to the notification server,
 *                              which login server the nexus named is remembered
 *   account: example@passport.com        password: password          status: NLN
 *   host: messenger.hotmail.com          port: 1863
 *   challenge: (empty; for "passport")   nexus_url: https://nexus.passport.com/rdr/pprdr.asp
 *   login_url: (none)
 *   known_login: (none; what the nexus named some time ago)
 *   pipelining: no             "yes": commands of the sign-in are sent before their turn
 *   overlap: no                "yes": Passport is started before there is a challenge
 *   cookie: 17262740.1050826919.32308    session: (none; with one "switchboard" was rung)
 *   steps: no                  "yes": STEP events are part of the transcript
 *   traces: no                 "yes": TRACE events are part of the transcript
 *
 * Then it says what happens, in order. The machine is started before the first line.
 *
 *   S: text      The peer sends this line; CR LF is added. Lines that follow each other arrive
 *                together. S2: on the second connection, of "conversations".
 *   S= text      The same without CR LF.
 *   C: text      This line must come out, with CR LF; C= text without. How it is divided into
 *                writes does not matter. C2: on the second connection.
 *   EV: event    This event must come out:
 *                CONNECT host:port [tls]   CLOSE   STEP name   CHALLENGE text   TICKET text
 *                LOGIN_SERVER URL|none   NO_PIPELINING
 *                SIGNED_IN handle "friendly name"   ONLINE code   STATUS code
 *                STATUS_FAILED code number   MOVED   TRACE >>>|<<< "text"
 *                FAILED error step host:port|- number "text"|-
 *                ROSTER complete|incomplete
 *                CONTACT account [presence] [name] [phones] [lists]
 *                EDITED edit error number
 *                SWITCHBOARD request host:port cookie   NO_SWITCHBOARD request error number
 *                RUNG session host:port cookie account "name"
 *                SB_OPEN   SB_JOINED account "name"   SB_LEFT account [idle]
 *                SB_CALL_FAILED account error number    SB_ANSWERED tag error number
 *                SB_RECEIVED account "name" "payload"
 *                ASK_SWITCHBOARD request   TYPING place account "name"
 *                MESSAGE place account "name" TEXT "text" [format]
 *                    ... NUDGE   ... INVITE "application" ["file" bytes]
 *                UNDELIVERED place "text"|- error number [maybe]
 *                CHAT_BEGUN #chat account|-   CHAT_JOINED #chat account "name" [initial]
 *                CHAT_LEFT #chat account [lost]   CHAT_CALL_FAILED #chat account error number
 *                Those of a connection of "conversations" end in "on 2".
 *   T: +ms       The clock advances. The machines get their ticks when they asked for them.
 *   T: jump +ms  The same at once, as when the computer slept: one tick, at the end.
 *   DO: intent   connected   close (the peer closes)   ticket text   refused-ticket text
 *                status code   sign-out   hold   resume   edit (see below)
 *                ask-switchboard request
 *                "passport": challenge text   connect-failed
 *                "switchboard": call account   send|not-sent tag "payload"   leave
 *                "conversations": connected|close connection   say place "text" ["format"]
 *                refused error place "text"   nudge account [error]   type account
 *                chat account [account]   invite #chat account   leave place
 *                switchboard request host:port cookie   no-switchboard request error number
 *                ring session host:port cookie account "name"   end error
 *   AT: step     The machine is in this step now, whatever of what it said is still unmentioned.
 *   ROSTER: ...  The roster holds this now:
 *                account "name"|- lists [in "group",...] [code] [MOB] [PHH "number"]...
 *                    lists: some of FL,AL,BL,RL, or none; code: of the presence, if online
 *                account nobody               groups [id "name"]...
 *                own GTC A|N BLP AL|BL [PHH "number"]...
 *                contacts number              edits number (that wait)
 *   STATE: ...   "switchboard" holds this now: members [account]...   calls [account]... unanswered
 * number "conversations": pending number   switchboards number   open account yes|no ON: machine
 * For "both": the lines that follow are about "ns" (as at the beginning) or about "passport".
 *   include: f   The lines of that file, beside this one.
 *
 *   each: A | B  A table, whose rows follow, each with a cell for every column:
 *   | a | b      The file is run once for each row, with {A} and {B} replaced in all its lines, in
 *                those that are included, and in cells. The row's line number ends the test's name.
 *                A line with an empty cell is left out. With several tables it is run for each
 *                choice of a row of every one.
 *
 * An edit: its kind, then what it needs of: account, PHH|PHW|PHM, from "group", to "group",
 * text "text", on|off. A place: an account, or #1 for a chat.
 *
 * In S, C, DO and settings: \r \n \t \\ \xNN and \*N{text}, which is the text N times. In
 * events: the same in quotes, and \", but no repetition.
 *
 * Before each S, T and DO, and at the end, all that came out must have been mentioned: a
 * machine that says too much fails like one that says too little. What comes out of the connections
 * of "conversations", and the events, are each mentioned in their own order. Whatever a script
 * says, these fail too: anything after FAILED or after the sign-out, bytes without a connection, a
 * password, ticket or cookie in a trace, address or password in a request before there is a
 * challenge, TLS where it should not be or none where it should, a deadline in the past,
 * something that happens at a time for which there was no deadline, a return value of feed()
 * that does not fit the events, an edit that ends twice or is forgotten, a roster that
 * contradicts itself, an undelivered text that nobody said, a switchboard without a connection.
 */
#include "driver.h"

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
    script_driver *driver;
    script_side side;
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

static char *describe(const script_output *out)
{
    char *text;
    char *description;

    if (!out)
        return g_strdup("nothing");
    text = out->bytes ? script_escape(out->text->str, out->text->len, false)
                      : g_strdup(out->text->str);
    description =
        g_strdup_printf("%s= %s  (from %s)", out->bytes ? "C" : "EV", text, side_name(out->side));
    if (!out->bytes)
        description[strlen("EV")] = ':';
    g_free(text);
    return description;
}

static void report_line(script_run *run, const script_line *line)
{
    bool bytes = line->kind == LINE_CLIENT;
    char *text = bytes ? script_escape(line->bytes->str, line->bytes->len, false)
                       : g_strdup(line->bytes->str);
    char *expected = g_strdup_printf("%s %s  (from %s%s)", bytes ? "C=" : "EV:", text,
                                     side_name(run->side), line->wire ? ", on a wire" : "");
    char *got = describe(driver_output(run->driver));

    report(run, line, expected, got);
    g_free(got);
    g_free(expected);
    g_free(text);
}

/* Nothing may be left unmentioned, and nothing forbidden may have happened. */
static bool silent(script_run *run, const script_line *line)
{
    const script_output *out = driver_output(run->driver);

    if (driver_fault(run->driver)) {
        report(run, line, "no fault", driver_fault(run->driver));
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
    script_output *out = driver_output_from(run->driver, run->side, line->wire, true);

    if (!out || out->text->len < expected->len ||
        memcmp(out->text->str, expected->str, expected->len) != 0) {
        report_line(run, line);
        return;
    }
    g_string_erase(out->text, 0, (gssize)expected->len);
    if (out->text->len == 0)
        driver_drop_output(run->driver, out);
}

static void expect_event(script_run *run, const script_line *line)
{
    script_output *out = driver_output_from(run->driver, run->side, 0, false);

    if (!out || !g_string_equal(out->text, line->bytes))
        report_line(run, line);
    else
        driver_drop_output(run->driver, out);
}

static void feed(script_run *run, const script_line *line, const char *bytes, size_t len)
{
    driver_feed(run->driver, run->side, line->wire, bytes, len);
}

static void deliver(script_run *run, const script_line *line, const GString *bytes)
{
    size_t piece = run->piece ? run->piece : bytes->len;

    if (!driver_is_open(run->driver, run->side, line->wire)) {
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

        if (line->kind != LINE_SERVER || line->wire != first->wire)
            break;
        g_string_append_len(bytes, line->bytes->str, (gssize)line->bytes->len);
        last = i;
    }
    return last;
}

static void expect_state(script_run *run, const script_line *line)
{
    char *got = driver_state(run->driver, line->bytes->str);

    if (g_strcmp0(got, line->bytes->str) != 0)
        report(run, line, line->bytes->str, got ? got : "nothing of that kind");
    g_free(got);
}

static void choose_side(script_run *run, const script_line *line)
{
    if (!strcmp(line->bytes->str, "ns"))
        run->side = SIDE_NS;
    else if (!strcmp(line->bytes->str, "passport"))
        run->side = SIDE_PASSPORT;
    else
        report(run, line, "ns or passport", line->bytes->str);
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
        driver_advance(run->driver, line->ms, line->jump);
        break;
    case LINE_DO:
        driver_do(run->driver, run->side, line->bytes->str);
        break;
    case LINE_AT:
        if (strcmp(driver_step(run->driver, run->side), line->bytes->str) != 0)
            report(run, line, line->bytes->str, driver_step(run->driver, run->side));
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
    char *got = driver_whole_state(run->driver);

    if (*roster && strcmp(*roster, got) != 0)
        report(run, NULL, *roster, got);
    g_free(*roster);
    *roster = got;
}

/* "both" begin with the notification server. */
static script_side first_side(const char *machine)
{
    for (int side = 0; side < N_SIDES; side++) {
        if (!strcmp(machine, side_name((script_side)side)))
            return (script_side)side;
    }
    return SIDE_NS;
}

/* Runs it once. True if all was well, else `diff` says what was not. */
static bool run_once(const transcript *script, size_t piece, size_t split, char **roster,
                     GString *diff)
{
    script_run run = {
        .script = script,
        .driver = driver_new(script),
        .side = first_side(script->machine),
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
    driver_free(run.driver);
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
