/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ns_fuzz.h"

#include "written.h"

#include <string.h>

const char ns_fuzz_ticket[] = "t=53*1hAu8ADuD3TEwdXoOMi08sD&p=5eKBBC!yBH6ex5mftp";

const drive_config ns_fuzz_config = {
    .part = DRIVE_NS,
    .account = "example@passport.com",
    .host = "messenger.example.com",
    .port = MSNP_PORT_MSNP,
    .status = MSNP_STATUS_ONLINE,
    .steps = true,
    .traces = true,
};

static const char *const sign_in[NS_FUZZ_SIGN_IN] = {
    "VER 1 MSNP8 CVR0\r\n",
    "CVR 2 6.0.0602 6.0.0602 1.0.0000 http://example.com/a http://example.com/\r\n",
    "USR 3 TWN S lc=1033,id=507,kpp=1,kv=5\r\n",
    "USR 4 OK example@passport.com example%20friendlyname 1 0\r\n",
    "SYN 5 0 0 0\r\n",
    "CHG 6 NLN 0\r\n",
};

/* Pipelined or not, a sign-in has these commands in this order. */
static void check_turn(ns_fuzz *fuzz, const msnp_cmd *cmd)
{
    static const char *const turns[NS_FUZZ_SIGN_IN] = {"VER", "CVR", "USR", "USR", "SYN", "CHG"};
    uint32_t id = 0;

    if (cmd->argc == 0)
        return;
    CHECK(msnp_cmd_trid(cmd, &id) && id > fuzz->last);
    fuzz->last = id;
    if (fuzz->begun < NS_FUZZ_SIGN_IN && strcmp(cmd->name, "QRY") != 0)
        CHECK_TEXT(!strcmp(cmd->name, turns[fuzz->begun++]), cmd->name);
}

static void hear_written(ns_fuzz *fuzz, msnp_str bytes)
{
    msnp_cmd cmd;

    CHECK(written_read(&cmd, &msnp_ns_verbs, bytes));
    check_turn(fuzz, &cmd);
    if (cmd.argc > 0 && cmd.payload.len == 0) {
        g_string_truncate(fuzz->asked, 0);
        g_string_append_len(fuzz->asked, bytes.ptr, (gssize)bytes.len - 2);
    }
}

static void hear_event(ns_fuzz *fuzz, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        fuzz->begun = 0;
        fuzz->last = 0;
        fuzz->connects++;
        break;
    case MSNP_EVENT_WRITE:
        hear_written(fuzz, (msnp_str){event->write.data, event->write.len});
        break;
    case MSNP_EVENT_EDITED:
        fuzz->edited++;
        break;
    default:
        break;
    }
}

/* Each request ends once. */
static void hear(gpointer data, const heard *what)
{
    ns_fuzz *fuzz = data;

    fuzz->events++;
    if (what->kind == HEARD_EVENT)
        hear_event(fuzz, &what->event);
    if (what->kind == HEARD_SWITCHBOARD || what->kind == HEARD_NO_SWITCHBOARD)
        CHECK(g_hash_table_remove(fuzz->requests, GUINT_TO_POINTER(what->request)));
}

/*
 * `bytes` is what it may say something about, besides the time and its contacts, edits and
 * requests: each of these is sent at most once in a step, and may end there. The end of an edit:
 * CONTACT, EDITED, and what the next one sends.
 */
static void check_budget(ns_fuzz *fuzz, size_t bytes, size_t requests)
{
    size_t contacts = msnp_roster_size(msnp_ns_roster(drive_ns(fuzz->drive)));

    fuzz_check_drive(fuzz->drive);
    CHECK(fuzz->events <= 16 + bytes + contacts + 4 * fuzz->edited + 3 * requests);
    fuzz->events = 0;
    fuzz->edited = 0;
}

/* A server that closes or says nothing is asked again once, and only if that can be our fault. */
static void check_again(ns_fuzz *fuzz, unsigned connects)
{
    fuzz->again += fuzz->connects - connects;
    CHECK(fuzz->again <= fuzz->pipelining);
}

static size_t n_requests(const ns_fuzz *fuzz)
{
    return g_hash_table_size(fuzz->requests);
}

bool ns_fuzz_waits(const ns_fuzz *fuzz)
{
    return !drive_is_over(fuzz->drive) && !drive_is_asked(fuzz->drive, DRIVE_NS, 0) &&
           !drive_is_open(fuzz->drive, DRIVE_NS, 0);
}

void ns_fuzz_tick(ns_fuzz *fuzz, int64_t ms)
{
    unsigned connects = fuzz->connects;
    size_t requests = n_requests(fuzz);
    bool waited = ns_fuzz_waits(fuzz);

    drive_advance(fuzz->drive, ms, true);
    check_budget(fuzz, 0, requests);
    if (!waited)
        check_again(fuzz, connects);
}

void ns_fuzz_feed(ns_fuzz *fuzz, msnp_str bytes)
{
    size_t requests = n_requests(fuzz);

    drive_feed(fuzz->drive, DRIVE_NS, 0, bytes.ptr, bytes.len);
    check_budget(fuzz, bytes.len, requests);
}

void ns_fuzz_closed(ns_fuzz *fuzz)
{
    unsigned connects = fuzz->connects;

    drive_closed(fuzz->drive, DRIVE_NS, 0);
    check_budget(fuzz, 0, 0);
    check_again(fuzz, connects);
}

void ns_fuzz_connected(ns_fuzz *fuzz)
{
    drive_connected(fuzz->drive, DRIVE_NS, 0);
    check_budget(fuzz, 0, 0);
}

void ns_fuzz_give_ticket(ns_fuzz *fuzz, const char *text)
{
    msnp_ns_ticket(drive_ns(fuzz->drive), text, drive_now(fuzz->drive));
    drive_settle(fuzz->drive);
    check_budget(fuzz, strlen(text), 0);
}

void ns_fuzz_set_status(ns_fuzz *fuzz, msnp_status status)
{
    msnp_ns_set_status(drive_ns(fuzz->drive), status, drive_now(fuzz->drive));
    drive_settle(fuzz->drive);
    check_budget(fuzz, 0, 0);
}

void ns_fuzz_edit(ns_fuzz *fuzz, const msnp_edit *edit)
{
    drive_edit(fuzz->drive, edit);
    check_budget(fuzz, 0, 0);
}

void ns_fuzz_ask(ns_fuzz *fuzz)
{
    if (!drive_is_over(fuzz->drive))
        g_hash_table_add(fuzz->requests, GUINT_TO_POINTER(++fuzz->last_request));
    msnp_ns_ask_switchboard(drive_ns(fuzz->drive), fuzz->last_request);
    msnp_ns_run(drive_ns(fuzz->drive), drive_now(fuzz->drive));
    drive_settle(fuzz->drive);
    check_budget(fuzz, 0, n_requests(fuzz) + 1);
}

void ns_fuzz_run_out(ns_fuzz *fuzz)
{
    for (unsigned i = 0; i < 4 && !drive_is_over(fuzz->drive); i++)
        ns_fuzz_tick(fuzz, 600 * 1000);
    CHECK(drive_is_over(fuzz->drive));
}

void ns_fuzz_begin(ns_fuzz *fuzz, const drive_config *config, const fuzz_input *input)
{
    drive_config heard_by = *config;

    *fuzz = (ns_fuzz){.pipelining = config->pipelining};
    fuzz->asked = g_string_new(NULL);
    fuzz->requests = g_hash_table_new(NULL, NULL);
    heard_by.hear = hear;
    heard_by.data = fuzz;
    heard_by.hostile = input->whole;
    fuzz->drive = drive_new(&heard_by);
    drive_secret(fuzz->drive, ns_fuzz_ticket);
    check_budget(fuzz, 0, 0);
}

void ns_fuzz_end(ns_fuzz *fuzz)
{
    fuzz_check_drive(fuzz->drive);
    drive_free(fuzz->drive);
    g_string_free(fuzz->asked, TRUE);
    g_hash_table_destroy(fuzz->requests);
}

void ns_fuzz_dialogue(ns_fuzz *fuzz, unsigned lines)
{
    ns_fuzz_connected(fuzz);
    for (unsigned i = 0; i < lines; i++) {
        ns_fuzz_feed(fuzz, msnp_str_of(sign_in[i]));
        if (i + 1 == NS_FUZZ_UP_TO_CHALLENGE)
            ns_fuzz_give_ticket(fuzz, ns_fuzz_ticket);
    }
}

/* What changes the lists has the version behind id (and list) in its answer. */
static char *answer_edit(char **words, const char *number)
{
    const char *rest = words[2];
    const char *blank = strchr(rest, ' ');

    if (!strcmp(words[0], "ADG") && blank)
        return g_strdup_printf("ADG %s 9 %.*s %s 0\r\n", words[1], (int)(blank - rest), rest,
                               number);
    if ((!strcmp(words[0], "ADD") || !strcmp(words[0], "REM")) && blank)
        return g_strdup_printf("%s %s %.2s 9%s\r\n", words[0], words[1], rest, blank);
    return g_strdup_printf("%s %s 9 %s\r\n", words[0], words[1], rest);
}

static const char *const lists = "27 2 1\r\nGTC A\r\nBLP AL\r\nLSG 0 Other%20Contacts 0\r\n"
                                 "LST bob@example.com Bob 11 0\r\n"
                                 "LST carol@example.com Carol 3 0";

char *ns_fuzz_answer(const char *command, const char *number)
{
    /* Behind the id, to a command that begins in this way. */
    static const struct {
        const char *name, *rest, *answer;
    } answers[] = {
        {"VER", "", "MSNP8 CVR0"},
        {"CVR", "", "6.0.0602 6.0.0602 1.0.0000 http://example.com/a http://example.com/"},
        {"USR", "TWN I", "TWN S lc=1033,id=507,kpp=1,kv=5"},
        {"USR", "TWN S", "OK example@passport.com example%20friendlyname 1 0"},
        {"XFR", "SB", "SB 207.46.108.37:1863 CKI 17262740.1050826919.32308"},
        {"SYN", "", NULL},
    };
    char **words = g_strsplit(command, " ", 3);
    char *line = NULL;

    if (g_strv_length(words) < 3) {
        g_strfreev(words);
        return strcmp(command, "PNG") ? NULL : g_strdup("QNG\r\n");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(answers) && !line; i++)
        if (!strcmp(words[0], answers[i].name) && g_str_has_prefix(words[2], answers[i].rest))
            line = g_strdup_printf("%s %s %s\r\n", words[0], words[1],
                                   answers[i].answer ? answers[i].answer : lists);
    if (!line && !strcmp(words[0], "CHG"))
        line = g_strdup_printf("%s\r\n", command);
    if (!line && *words[2])
        line = answer_edit(words, number);
    g_strfreev(words);
    return line;
}
