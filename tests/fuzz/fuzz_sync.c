/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists, the presence of contacts, and edits. The first line of the input is what the server
 * answers to SYN, behind the id: version, contacts, groups; with "early " before it the commands of
 * a sign-in are pipelined. Then, line by line, what happens:
 *
 *   !a N             the server does what it was last asked for; N is the number of a new group
 *   !n N             the server refuses that with the error number N
 *   !e K A|F|T|X     an edit: its kind as a letter from a on, then account, from, to and text, each
 *                    "-" for none. A kind gets no more than it uses, and no less than it needs;
 *                    a second letter behind K chooses the phone, "on" or "off"
 *   !p ACCOUNT TEXT  a message to a mobile phone
 *   !t N             N seconds pass
 *   !s N             the user's status
 *   !m LINE          the server sends us to another one, which answers SYN like this
 *   !f BYTES         the server sends these bytes alone, without the line's end
 *   !x, !o           the server closes, the user signs out
 *   !c               the connection that is asked for stands
 *   !k               the ticket is there
 *   anything else    the server sends it, with the LF
 *
 * All of it is done twice, with what the server sends in one piece and in many: the result is the
 * same. In the end the clock runs until the session is over.
 */
#include "ns_fuzz.h"

#include <string.h>

typedef struct {
    ns_fuzz fuzz;
    uint32_t pieces; /* 0: whole */
} run_state;

static void feed(run_state *run, msnp_str bytes)
{
    while (bytes.len > 0) {
        size_t len = run->pieces ? fuzz_piece(&run->pieces, bytes.len) : bytes.len;

        ns_fuzz_feed(&run->fuzz, (msnp_str){bytes.ptr, len});
        bytes.ptr += len;
        bytes.len -= len;
    }
}

static G_GNUC_PRINTF(2, 3) void say(run_state *run, const char *format, ...)
{
    va_list args;
    char *line;

    va_start(args, format);
    line = g_strdup_vprintf(format, args);
    va_end(args);
    feed(run, msnp_str_of(line));
    g_free(line);
}

/* A whole sign-in on a new connection, the answer to SYN being `lists`. */
static void sign_in(run_state *run, const char *lists)
{
    ns_fuzz_dialogue(&run->fuzz, NS_FUZZ_UP_TO_LISTS);
    say(run, "SYN 5 %s\r\n", lists);
    say(run, "CHG 6 NLN 0\r\n");
}

static void move(run_state *run, const char *lists)
{
    say(run, "XFR 0 NS ns9.example.com:1863\r\n");
    if (ns_fuzz_waits(&run->fuzz))
        ns_fuzz_tick(&run->fuzz, MSNP_MOVE_WAIT << (MSNP_MOVES_MAX - MSNP_MOVES_FREE - 1));
    if (msnp_ns_step(drive_ns(run->fuzz.drive)) == MSNP_STEP_CONNECT)
        sign_in(run, lists);
}

static void answer(run_state *run, const char *number)
{
    char *line = ns_fuzz_answer(run->fuzz.asked->str, number);

    if (line)
        say(run, "%s", line);
    g_free(line);
}

static void refuse(run_state *run, const char *number)
{
    char **words = g_strsplit(run->fuzz.asked->str, " ", 3);

    if (g_strv_length(words) > 1)
        say(run, "%.3s %s\r\n", number, words[1]);
    g_strfreev(words);
}

/* The field, or NULL for "-"; a kind that needs it gets "" then. */
static const char *field(const char *text, bool used, bool needed)
{
    if (!used)
        return NULL;
    if (text && strcmp(text, "-") != 0)
        return text;
    return needed ? "" : NULL;
}

/* "kp account|from|to|text" */
static void edit(run_state *run, const char *text)
{
    static const struct {
        bool account, from, to, text;
    } uses[MSNP_N_EDITS] = {
        [MSNP_EDIT_ADD] = {true, false, true, false},
        [MSNP_EDIT_REMOVE] = {true, true, false, false},
        [MSNP_EDIT_MOVE] = {true, true, true, false},
        [MSNP_EDIT_ALLOW] = {true, false, false, false},
        [MSNP_EDIT_BLOCK] = {true, false, false, false},
        [MSNP_EDIT_RENAME_GROUP] = {false, true, true, false},
        [MSNP_EDIT_REMOVE_GROUP] = {false, true, false, false},
        [MSNP_EDIT_NAME] = {false, false, false, true},
        [MSNP_EDIT_PHONE] = {false, false, false, true},
    };
    const char *blank = strchr(text, ' ');
    char **fields = g_strsplit(blank ? blank + 1 : "", "|", 4);
    unsigned n = g_strv_length(fields);
    msnp_edit_kind kind = (msnp_edit_kind)((unsigned char)text[0] - 'a') % MSNP_N_EDITS;
    unsigned flag = text[0] ? (unsigned char)text[1] : 0;
    bool group = kind == MSNP_EDIT_RENAME_GROUP || kind == MSNP_EDIT_REMOVE_GROUP;
    msnp_edit made = {
        .kind = kind,
        .account = field(n > 0 ? fields[0] : NULL, uses[kind].account, true),
        .from = field(n > 1 ? fields[1] : NULL, uses[kind].from, group),
        .to = field(n > 2 ? fields[2] : NULL, uses[kind].to, group),
        .text = field(n > 3 ? fields[3] : NULL, uses[kind].text, true),
        .phone = (msnp_phone)(flag % MSNP_N_PHONES),
        .on = flag & 1,
    };

    ns_fuzz_edit(&run->fuzz, &made);
    g_strfreev(fields);
}

static void page(run_state *run, const char *text)
{
    char **words = g_strsplit(text, " ", 2);

    if (g_strv_length(words) == 2)
        (void)drive_page(run->fuzz.drive, words[0], words[1]);
    g_strfreev(words);
}

static unsigned number_of(const char *text)
{
    return (unsigned)(g_ascii_strtoull(text, NULL, 10) % 1000);
}

static void intend(run_state *run, char what, const char *text)
{
    ns_fuzz *fuzz = &run->fuzz;

    switch (what) {
    case 'a':
        answer(run, text);
        break;
    case 'n':
        refuse(run, text);
        break;
    case 'e':
        edit(run, text);
        break;
    case 'p':
        page(run, text);
        break;
    case 't':
        ns_fuzz_tick(fuzz, 1000 * (int64_t)number_of(text));
        break;
    case 's':
        ns_fuzz_set_status(fuzz, (msnp_status)(number_of(text) % MSNP_N_STATUSES));
        break;
    case 'm':
        move(run, text);
        break;
    case 'f':
        feed(run, msnp_str_of(text));
        break;
    case 'x':
        ns_fuzz_closed(fuzz);
        break;
    case 'c':
        ns_fuzz_connected(fuzz);
        break;
    case 'k':
        ns_fuzz_give_ticket(fuzz, ns_fuzz_ticket);
        break;
    case 'o':
        drive_do(fuzz->drive, DRIVE_NS, "sign-out");
        break;
    default:
        break;
    }
}

static void run_line(run_state *run, msnp_str line)
{
    GString *text = g_string_new_len(line.ptr, (gssize)line.len);

    if (line.len > 1 && line.ptr[0] == '!') {
        intend(run, line.ptr[1], text->str + (line.len > 2 && line.ptr[2] == ' ' ? 3 : 2));
    } else {
        g_string_append_c(text, '\n');
        feed(run, (msnp_str){text->str, text->len});
    }
    g_string_free(text, TRUE);
}

static GString *run_once(fuzz_input input, uint32_t pieces)
{
    drive_config config = ns_fuzz_config;
    run_state run = {.pieces = pieces};
    char *first = fuzz_line_dup(&input);
    const char *lists = first;
    GString *log = g_string_new(NULL);
    char *roster;

    if (g_str_has_prefix(first, "early ")) {
        config.pipelining = true;
        lists += strlen("early ");
    }
    ns_fuzz_begin(&run.fuzz, &config, &input);
    sign_in(&run, lists);
    g_free(first);
    while (input.left > 0)
        run_line(&run, fuzz_line(&input));
    ns_fuzz_run_out(&run.fuzz);
    fuzz_log(log, run.fuzz.drive);
    roster = drive_whole_state(run.fuzz.drive);
    g_string_append(log, roster);
    g_free(roster);
    ns_fuzz_end(&run.fuzz);
    return log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);

    fuzz_compare(run_once(input, 0), run_once(input, (uint32_t)size | 1));
    return 0;
}
