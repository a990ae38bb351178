/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists, the presence of contacts, and edits. The first line of the input is what the server
 * answers to SYN, behind the id: version, contacts, groups; with "early " before it commands of a
 * sign-in are sent before their turn. Then, line by line, what happens:
 *
 *   !a N             the server does what it was last asked for; N is the number of a new group
 *   !n N             the server refuses that with the error number N
 *   !e K A|F|T|X     an edit: its kind as a letter from a on, then account, from, to and text, each
 *                    "-" for none. A kind gets no more than it uses, and no less than it needs;
 *                    a second letter behind K chooses the phone, "on" or "off"
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
#include "session.h"

#include <string.h>

typedef struct {
    fuzz_session session;
    uint32_t pieces; /* 0: whole */
} run_state;

static void feed(run_state *run, msnp_str bytes)
{
    size_t at = 0;

    run->session.watch.moved_on = false;
    while (at < bytes.len && !run->session.watch.moved_on) {
        size_t len = run->pieces ? fuzz_piece(&run->pieces, bytes.len - at) : bytes.len;

        session_feed(&run->session, bytes.ptr + at, len);
        at += len;
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
    session_dialogue(&run->session, SESSION_UP_TO_LISTS);
    say(run, "SYN 5 %s\r\n", lists);
    say(run, "CHG 6 NLN 0\r\n");
}

static void move(run_state *run, const char *lists)
{
    say(run, "XFR 0 NS ns9.example.com:1863\r\n");
    if (msnp_ns_step(run->session.machine) == MSNP_STEP_CONNECT)
        sign_in(run, lists);
}

/* The server does what it was asked for; each answer has the version behind id (and list). */
static void answer(run_state *run, const char *number)
{
    char **words = g_strsplit(run->session.asked->str, " ", 3);
    const char *rest = g_strv_length(words) == 3 ? words[2] : "";
    const char *blank = strchr(rest, ' ');

    if (!strcmp(words[0], "CHG"))
        say(run, "%s\r\n", run->session.asked->str);
    else if (!strcmp(words[0], "ADG") && blank)
        say(run, "ADG %s 9 %.*s %s 0\r\n", words[1], (int)(blank - rest), rest, number);
    else if ((!strcmp(words[0], "ADD") || !strcmp(words[0], "REM")) && blank)
        say(run, "%s %s %.2s 9%s\r\n", words[0], words[1], rest, blank);
    else if (*rest)
        say(run, "%s %s 9 %s\r\n", words[0], words[1], rest);
    g_strfreev(words);
}

static void refuse(run_state *run, const char *number)
{
    char **words = g_strsplit(run->session.asked->str, " ", 3);

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

    session_edit(&run->session, &made);
    g_strfreev(fields);
}

static unsigned number_of(const char *text)
{
    return (unsigned)(g_ascii_strtoull(text, NULL, 10) % 1000);
}

static void intend(run_state *run, char what, const char *text)
{
    fuzz_session *session = &run->session;

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
    case 't':
        session_tick(session, 1000 * (int64_t)number_of(text));
        break;
    case 's':
        session_set_status(session, (msnp_status)(number_of(text) % MSNP_N_STATUSES));
        break;
    case 'm':
        move(run, text);
        break;
    case 'f':
        feed(run, msnp_str_of(text));
        break;
    case 'x':
        session_feed(session, NULL, 0);
        break;
    case 'c':
        session_connected(session);
        break;
    case 'k':
        session_give_ticket(session, session_ticket);
        break;
    case 'o':
        session_sign_out(session);
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

static void note_roster(GString *log, const msnp_roster *roster)
{
    for (size_t i = 0; i < msnp_roster_size(roster); i++) {
        const msnp_contact *contact = msnp_roster_at(roster, i);

        g_string_append_printf(log, "\n%s %s %u %d %d %d", contact->account, contact->name,
                               contact->lists, contact->online, contact->status, contact->pages);
        for (size_t k = 0; k < msnp_contact_n_groups(contact); k++)
            g_string_append_printf(log, " %u", msnp_contact_group_at(contact, k));
        for (size_t k = 0; k < MSNP_N_PHONES; k++)
            g_string_append_printf(log, " %s", contact->phones[k]);
    }
    for (unsigned i = 0; i < roster->groups->len; i++) {
        const msnp_group *group = &g_array_index(roster->groups, msnp_group, i);

        g_string_append_printf(log, "\n%u %s", group->id, group->name);
    }
    for (size_t k = 0; k < MSNP_N_PHONES; k++)
        g_string_append_printf(log, " %s", roster->phones[k]);
    g_string_append_printf(log, "\n%d %d", roster->prompt_on_add, roster->allow_unlisted);
}

static GString *run_once(fuzz_input input, uint32_t pieces)
{
    msnp_ns_config config = {
        .account = "example@passport.com",
        .host = "messenger.example.com",
        .port = MSNP_PORT_MSNP,
        .status = MSNP_STATUS_ONLINE,
    };
    run_state run = {.pieces = pieces};
    char *first = fuzz_line_dup(&input);
    const char *lists = first;
    GString *log;

    if (g_str_has_prefix(first, "early ")) {
        config.pipelining = true;
        lists += strlen("early ");
    }
    session_begin(&run.session, &config, &input);
    sign_in(&run, lists);
    g_free(first);
    while (input.left > 0)
        run_line(&run, fuzz_line(&input));
    /* A server that says nothing more is noticed at the latest by the ping. */
    for (unsigned i = 0; i < 4 && !run.session.watch.over; i++)
        session_tick(&run.session, 600 * 1000);
    CHECK(run.session.watch.over);
    note_roster(run.session.watch.log, msnp_ns_roster(run.session.machine));
    g_string_append_printf(run.session.watch.log, "\n%zu", run.session.edits);
    log = g_string_new_len(run.session.watch.log->str, (gssize)run.session.watch.log->len);
    session_end(&run.session);
    return log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    GString *whole = run_once(input, 0);
    GString *pieces = run_once(input, (uint32_t)size | 1);

    CHECK_TEXT(g_string_equal(whole, pieces), whole->str);
    g_string_free(whole, TRUE);
    g_string_free(pieces, TRUE);
    return 0;
}
