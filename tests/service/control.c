/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "control.h"

#include <string.h>

#include "knobs.h"
#include "presence.h"

gboolean control_set(service *svc, const char *text)
{
    const char *equals = strchr(text, '=');
    g_autofree char *name = equals ? g_strndup(text, (gsize)(equals - text)) : g_strdup(text);

    return service_set(svc, name, equals ? equals + 1 : NULL);
}

gboolean control_register(service *svc, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 3);

    if (g_strv_length(parts) < 2 || !strchr(parts[0], '@'))
        return FALSE;
    service_add_account(svc, parts[0], parts[1], parts[2]);
    return TRUE;
}

static char *done(gboolean good)
{
    return g_strdup(good ? "ok" : "no: that makes no sense");
}

static char *count(guint n)
{
    return g_strdup_printf("ok %u", n);
}

/* The commands. What is missing at the end of `args` is NULL. */

static char *do_set(service *svc, char **args)
{
    return done(control_set(svc, args[0]));
}

static char *do_unset(service *svc, char **args)
{
    service_unset(svc, args[0]);
    return done(TRUE);
}

static char *do_send(service *svc, char **args)
{
    GString *bytes = knobs_unescape(args[1]);
    guint n;

    if (!bytes)
        return done(FALSE);
    n = service_send(svc, args[0], bytes->str, (gssize)bytes->len);
    g_string_free(bytes, TRUE);
    return count(n);
}

static char *do_kick(service *svc, char **args)
{
    return count(service_kick(svc, args[0]));
}

static char *do_mail(service *svc, char **args)
{
    return count(service_mail(svc, args[0], args[1], args[2] ? args[2] : ""));
}

/* To a folder, or without one: it is read. */
static char *do_move_mail(service *svc, char **args)
{
    guint64 id = 0;

    if (!reader_number(args[1], G_MAXUINT, &id))
        return done(FALSE);
    return done(args[2] ? service_move_mail(svc, args[0], (guint)id, args[2])
                        : service_read_mail(svc, args[0], (guint)id));
}

static char *do_unread(service *svc, char **args)
{
    return count(service_unread(svc, args[0]));
}

static char *do_shutdown(service *svc, char **args)
{
    guint64 seconds = 0;

    if (!reader_number(args[0], 24 * 3600, &seconds))
        return done(FALSE);
    service_announce_shutdown(svc, (guint)seconds);
    return done(TRUE);
}

static char *do_sessions(service *svc, char **args)
{
    return count(service_sessions(svc, args[0]));
}

static char *do_count(service *svc, char **args)
{
    return count(service_count(svc, args[0]));
}

static char *text_or_none(const char *text)
{
    return g_strdup_printf("ok %s", text ? text : "none");
}

static char *do_state(service *svc, char **args)
{
    return text_or_none(service_state(svc, args[0]));
}

static char *do_register(service *svc, char **args)
{
    return done(control_register(svc, args[0]));
}

/* "FL,AL" to bits, "-" to none; FALSE for other words. */
static gboolean read_lists(const char *text, guint *lists)
{
    static const char *const names[] = {"FL", "AL", "BL", "RL"};
    g_auto(GStrv) words = g_strsplit(text, ",", -1);

    *lists = 0;
    for (char **word = words; *word && !g_str_equal(text, "-"); word++) {
        guint bit = 0;

        while (bit < G_N_ELEMENTS(names) && !g_str_equal(names[bit], *word))
            bit++;
        if (bit == G_N_ELEMENTS(names))
            return FALSE;
        *lists |= 1u << bit;
    }
    return TRUE;
}

static gboolean read_groups(char **groups)
{
    if (*groups && g_str_equal(*groups, "-"))
        **groups = '\0';
    return !*groups || (*groups)[strspn(*groups, "0123456789,")] == '\0';
}

static char *do_put(service *svc, char **args)
{
    guint lists = 0;

    if (!read_lists(args[2], &lists) || !read_groups(&args[3]))
        return done(FALSE);
    service_put(svc, args[0], args[1], lists, args[3] ? args[4] : NULL, args[3]);
    return done(TRUE);
}

static char *do_group(service *svc, char **args)
{
    return count(service_add_group(svc, args[0], args[1]));
}

static char *do_rename_group(service *svc, char **args)
{
    guint64 id = 0;

    if (!reader_number(args[1], G_MAXUINT, &id))
        return done(FALSE);
    service_rename_group(svc, args[0], (guint)id, args[2]);
    return done(TRUE);
}

static char *do_remove_group(service *svc, char **args)
{
    guint64 id = 0;

    if (!reader_number(args[1], G_MAXUINT, &id))
        return done(FALSE);
    service_remove_group(svc, args[0], (guint)id);
    return done(TRUE);
}

static char *do_phone(service *svc, char **args)
{
    if (item_from_name(args[1]) >= N_PHONES)
        return done(FALSE);
    service_set_phone(svc, args[0], args[1], args[2]);
    return done(TRUE);
}

static char *do_privacy(service *svc, char **args)
{
    static const char *const values[] = {"GTC A", "GTC N", "BLP AL", "BLP BL", NULL};
    g_autofree char *both = g_strjoin(" ", args[1], args[2], NULL);

    if (!g_strv_contains(values, both))
        return done(FALSE);
    service_set_privacy(svc, args[0], args[1], args[2]);
    return done(TRUE);
}

static char *do_populate(service *svc, char **args)
{
    guint64 contacts = 0;
    guint64 groups = 0;

    if (!reader_number(args[1], 1000000, &contacts) || !reader_number(args[2], 1000000, &groups))
        return done(FALSE);
    service_populate(svc, args[0], (guint)contacts, (guint)groups);
    return done(TRUE);
}

static char *do_appear(service *svc, char **args)
{
    gboolean offline = g_str_equal(args[1], "FLN");

    if (!offline && !presence_is_state(args[1]))
        return done(FALSE);
    service_appear(svc, args[0], offline ? NULL : args[1]);
    return done(TRUE);
}

static char *do_client_id(service *svc, char **args)
{
    guint64 client_id = 0;

    if (!reader_number(args[1], G_MAXUINT32, &client_id))
        return done(FALSE);
    service_set_client_id(svc, args[0], (guint32)client_id);
    return done(TRUE);
}

static char *do_name(service *svc, char **args)
{
    service_say_name(svc, args[0], args[1]);
    return done(TRUE);
}

static char *do_add(service *svc, char **args)
{
    service_act_add(svc, args[0], args[1]);
    return done(TRUE);
}

static char *do_remove(service *svc, char **args)
{
    service_act_remove(svc, args[0], args[1]);
    return done(TRUE);
}

static char *do_block(service *svc, char **args)
{
    service_act_block(svc, args[0], args[1], TRUE);
    return done(TRUE);
}

static char *do_unblock(service *svc, char **args)
{
    service_act_block(svc, args[0], args[1], FALSE);
    return done(TRUE);
}

static char *do_lists(service *svc, char **args)
{
    return count(service_lists(svc, args[0], args[1]));
}

static char *do_groups(service *svc, char **args)
{
    g_autofree char *names =
        args[1] ? service_groups_of(svc, args[0], args[1]) : service_group_names(svc, args[0]);

    return text_or_none(names);
}

static char *do_entries(service *svc, char **args)
{
    return count(service_n_entries(svc, args[0]));
}

static char *do_version(service *svc, char **args)
{
    return count(service_version(svc, args[0]));
}

static char *do_friendly(service *svc, char **args)
{
    return text_or_none(service_friendly(svc, args[0]));
}

static char *do_item(service *svc, char **args)
{
    return text_or_none(service_item(svc, args[0], args[1]));
}

static char *do_robot(service *svc, char **args)
{
    static const char *const manners[] = {"joins", "answers", "busy", NULL};

    if (!g_strv_contains(manners, args[1]))
        return done(FALSE);
    service_robot(svc, args[0], args[1]);
    return done(TRUE);
}

static char *do_ring(service *svc, char **args)
{
    return done(service_robot_ring(svc, args[0], args[1]));
}

static char *do_invite(service *svc, char **args)
{
    return done(service_robot_invite(svc, args[0], args[1]));
}

static char *do_say(service *svc, char **args)
{
    return done(service_robot_say(svc, args[0], args[1]));
}

static char *do_page(service *svc, char **args)
{
    return count(service_page(svc, args[0], args[1], args[2]));
}

static char *do_part(service *svc, char **args)
{
    guint64 number = 0;
    guint64 n = 0;
    GString *text = knobs_unescape(args[4]);
    gboolean sent = text && reader_number(args[2], G_MAXUINT, &number) &&
                    reader_number(args[3], G_MAXUINT, &n) &&
                    service_robot_part(svc, args[0], args[1], (guint)number, (guint)n, text->str);

    if (text)
        g_string_free(text, TRUE);
    return done(sent);
}

static char *do_say_as(service *svc, char **args)
{
    return done(service_robot_say_as(svc, args[0], args[1], args[2]));
}

static char *do_act(service *svc, char **args)
{
    return done(service_robot_act(svc, args[0], args[1]));
}

static char *do_extra(service *svc, char **args)
{
    guint64 times = 1;
    gboolean sent = !args[2] || reader_number(args[2], 1000, &times);

    for (guint64 i = 0; sent && i < times; i++)
        sent = service_robot_extra(svc, args[0], args[1]);
    return done(sent);
}

static char *do_send_message(service *svc, char **args)
{
    GString *payload = knobs_unescape(args[1]);
    gboolean sent;

    if (!payload)
        return done(FALSE);
    sent = service_robot_send(svc, args[0], payload->str, (gssize)payload->len);
    g_string_free(payload, TRUE);
    return done(sent);
}

static char *do_leave(service *svc, char **args)
{
    if (args[1] && !g_str_equal(args[1], "idle"))
        return done(FALSE);
    return done(service_robot_leave(svc, args[0], args[1] != NULL));
}

/* The text of the newest one in one line. */
static char *do_heard(service *svc, char **args)
{
    const char *last = service_robot_last(svc, args[0], args[1]);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "ok %u%s", service_robot_heard(svc, args[0], args[1]), last ? " " : "");
    for (const char *p = last; p && *p; p++)
        if (*p == '\\' || g_ascii_iscntrl(*p))
            g_string_append_printf(text, "\\x%02x", (guchar)*p);
        else
            g_string_append_c(text, *p);
    return g_string_free(text, FALSE);
}

/* A file of this computer, under its name. */
static char *do_offer(service *svc, char **args)
{
    g_autofree char *name = g_path_get_basename(args[2]);
    g_autoptr(GBytes) content = NULL;
    char *bytes = NULL;
    gsize length = 0;

    if (!g_file_get_contents(args[2], &bytes, &length, NULL))
        return done(FALSE);
    content = g_bytes_new_take(bytes, length);
    return done(service_robot_offer(svc, args[0], args[1], name, content));
}

static char *do_p2p(service *svc, char **args)
{
    guint64 times = 1;
    gboolean sent = !args[3] || reader_number(args[3], 100000, &times);

    for (guint64 i = 0; sent && i < times; i++)
        sent = service_robot_p2p(svc, args[0], args[1], args[2]);
    return done(sent);
}

static char *do_waits(service *svc, char **args)
{
    return count(service_robot_waits(svc, args[0]));
}

static char *do_withdraw(service *svc, char **args)
{
    return done(service_robot_withdraw(svc, args[0], args[1]));
}

static char *do_file(service *svc, char **args)
{
    static const char *const states[] = {"offered", "accepted", "moving", "done", "failed"};
    const service_file *f = service_robot_file(svc, args[0]);

    if (!f)
        return text_or_none(NULL);
    return g_strdup_printf("ok %s %s %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " %s %s",
                           f->sending ? "sending" : "receiving", states[f->state], f->moved,
                           f->size, f->sha256 ? f->sha256 : "-", f->name);
}

static char *do_partners(service *svc, char **args)
{
    g_autofree char *partners = service_partners(svc, args[0]);

    return text_or_none(partners);
}

static char *do_switchboards(service *svc, char **args)
{
    return count(service_switchboards(svc, args[0]));
}

static char *do_drop(service *svc, char **args)
{
    return count(service_drop_switchboards(svc, args[0]));
}

static char *do_send_switchboards(service *svc, char **args)
{
    GString *bytes = knobs_unescape(args[1]);
    guint n;

    if (!bytes)
        return done(FALSE);
    n = service_send_switchboards(svc, args[0], bytes->str, (gssize)bytes->len);
    g_string_free(bytes, TRUE);
    return count(n);
}

/* Whoever runs the service ends it. */
static char *do_quit(service *svc G_GNUC_UNUSED, char **args)
{
    return done(!args[0]);
}

/* After the table, which it reads. */
static char *do_help(service *svc, char **args);

/*
 * The one table of the commands, and their documentation: manual.c prints it. The last argument
 * takes the rest of the line.
 */
static const control_command commands[] = {

    {"The service itself", NULL, 0, 0, NULL, ""},
    {"set", "KNOB[=VALUE]", 1, 1, do_set, "Turns a knob."},
    {"unset", "KNOB", 1, 1, do_unset, "Takes a knob back to its default."},
    {"register", "ADDRESS:PASSWORD[:FRIENDLY]", 1, 1, do_register, "Adds an account."},
    {"count", "PATTERN", 1, 1, do_count, "How many entries of the transcript match."},
    {"help", "[COMMAND]", 0, 1, do_help,
     "What a command does; without one, which commands there are."},
    {"shutdown", "SECONDS", 1, 1, do_shutdown,
     "Announces in minutes, and to each client that signs in until then, that all are thrown out."},
    {"quit", "", 0, 0, do_quit, "Ends the service."},

    {"Clients that are signed in", NULL, 0, 0, NULL, ""},
    {"sessions", "ADDRESS", 1, 1, do_sessions, "How many it has."},
    {"state", "ADDRESS", 1, 1, do_state, "Its status."},
    {"send", "ADDRESS TEXT", 2, 2, do_send, "Sends these bytes (with escapes) to its client."},
    {"kick", "ADDRESS", 1, 1, do_kick, "Closes its connection."},

    {"Mailboxes (see the knob mailbox)", NULL, 0, 0, NULL, ""},
    {"mail", "OWNER FROM [SUBJECT]", 2, 3, do_mail, "A mail comes; answers its number."},
    {"read-mail", "OWNER NUMBER", 2, 2, do_move_mail, "It is read."},
    {"move-mail", "OWNER NUMBER FOLDER", 3, 3, do_move_mail,
     "It is moved to a folder: ACTIVE is the inbox, trAsH is where deleted ones go."},
    {"unread", "OWNER", 1, 1, do_unread, "How many unread ones are in the inbox."},

    {"Lists, changed as if elsewhere before: no client is notified", NULL, 0, 0, NULL, ""},
    {"put", "OWNER WHO LISTS [GROUPS [NICKNAME]]", 3, 5, do_put,
     "Puts WHO on exactly these lists, \"FL,AL\" or \"-\", in groups \"1,3\" or \"-\"."},
    {"group", "OWNER NAME", 2, 2, do_group, "Adds a group, answers its id."},
    {"rename-group", "OWNER ID NAME", 3, 3, do_rename_group, "Renames it."},
    {"remove-group", "OWNER ID", 2, 2, do_remove_group, "Removes it."},
    {"phone", "OWNER ITEM [VALUE]", 2, 3, do_phone,
     "Sets PHH, PHW, PHM, MOB or MBE of the account itself."},
    {"privacy", "OWNER GTC|BLP VALUE", 3, 3, do_privacy,
     "Sets its privacy: GTC to A or N, BLP to AL or BL."},
    {"populate", "OWNER CONTACTS GROUPS", 3, 3, do_populate,
     "Adds so many made-up contacts and groups, as --contacts and --groups do."},

    {"People who act: every client that it concerns is notified", NULL, 0, 0, NULL, ""},
    {"appear", "ADDRESS STATE", 2, 2, do_appear,
     "Shows the account in this state without a client; FLN: offline."},
    {"client-id", "ADDRESS NUMBER", 2, 2, do_client_id,
     "Shows this client id while no client is signed in there. From 268435456 on robots send and "
     "take files by MSNP2P."},
    {"name", "ADDRESS NAME", 2, 2, do_name, "Changes its friendly name."},
    {"page", "FROM WHO TEXT", 3, 3, do_page,
     "The mobile phone of FROM (an address, or tel:+NUMBER) sends a text to WHO."},
    {"add", "OWNER WHO", 2, 2, do_add, "OWNER allows and adds WHO (ADD 0 RL)."},
    {"remove", "OWNER WHO", 2, 2, do_remove, "OWNER removes WHO (REM 0 RL)."},
    {"block", "OWNER WHO", 2, 2, do_block, "OWNER blocks WHO."},
    {"unblock", "OWNER WHO", 2, 2, do_unblock, "OWNER allows WHO again."},

    {"What the lists hold now", NULL, 0, 0, NULL, ""},
    {"lists", "OWNER WHO", 2, 2, do_lists, "The sum of FL 1, AL 2, BL 4, RL 8."},
    {"groups", "OWNER [WHO]", 1, 2, do_groups,
     "The names of the groups, or of those that WHO is in."},
    {"entries", "OWNER", 1, 1, do_entries, "How many accounts are on any list."},
    {"version", "OWNER", 1, 1, do_version, "The list version."},
    {"friendly", "ADDRESS", 1, 1, do_friendly, "The friendly name."},
    {"item", "OWNER ITEM", 2, 2, do_item, "The value of PHH, PHW, PHM, MOB, MBE, GTC or BLP."},

    {"Robots and switchboards", NULL, 0, 0, NULL, ""},
    {"robot", "ADDRESS joins|answers|busy", 2, 2, do_robot,
     "Makes it a robot, or teaches it other manners."},
    {"ring", "ROBOT WHO", 2, 2, do_ring, "The robot calls WHO into a switchboard of its own."},
    {"invite", "ROBOT WHO", 2, 2, do_invite,
     "The robot calls WHO into the newest switchboard that it is in."},
    {"say", "ROBOT TEXT", 2, 2, do_say,
     "The robot says a text there; one of more than 1400 bytes in parts."},
    {"part", "ROBOT ID NUMBER COUNT TEXT", 5, 5, do_part,
     "It sends one part (with escapes) of a text with this ID; numbers begin with 0."},
    {"say-as", "ROBOT NAME TEXT", 3, 3, do_say_as, "It says what somebody of this name said."},
    {"act", "ROBOT TEXT", 2, 2, do_act, "It does something, in words."},
    {"extra", "ROBOT nudge|wink|voice-clip|ink [TIMES]", 2, 3, do_extra,
     "It sends one of these, or so many."},
    {"send-message", "ROBOT PAYLOAD", 2, 2, do_send_message,
     "The robot sends any payload there (with escapes)."},
    {"leave", "ROBOT [idle]", 1, 2, do_leave, "The robot leaves it; idle: as if for idleness."},
    {"heard", "ROBOT TYPE", 2, 2, do_heard,
     "How many messages of this content type came, and the body of the newest (control characters "
     "as \\xNN)."},
    {"offer", "ROBOT WHO PATH", 3, 3, do_offer, "The robot offers this file to WHO there."},
    {"withdraw", "ROBOT CODE", 2, 2, do_withdraw,
     "It cancels its newest file, in MSNFTP with this code."},
    {"file", "ROBOT", 1, 1, do_file,
     "Its newest file: sending or receiving, what has become of it, bytes that have moved, SHA-256 "
     "of "
     "what it received, name."},
    {"p2p", "ROBOT WHO KIND [TIMES]", 3, 4, do_p2p,
     "It sends something else of MSNP2P than a file: an invitation (picture, emoticon, webcam, "
     "webcam-request, game, wink, folder, photos, unknown), ink, or what no client should send: "
     "see p2p_kinds.c."},
    {"waits", "ROBOT", 1, 1, do_waits,
     "How many messages of MSNP2P of it are not acknowledged, or not answered where that must be."},
    {"switchboards", "[ADDRESS]", 0, 1, do_switchboards,
     "How many there are, or how many ADDRESS is in."},
    {"partners", "ADDRESS", 1, 1, do_partners, "Who else is in its newest one."},
    {"drop", "ADDRESS", 1, 1, do_drop, "Closes its connections to switchboards."},
    {"send-switchboards", "ADDRESS TEXT", 2, 2, do_send_switchboards,
     "Sends these bytes (with escapes) on its connections to switchboards."},
};

const control_command *control_table(guint *n)
{
    *n = G_N_ELEMENTS(commands);
    return commands;
}

static const control_command *find_command(const char *verb)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        if (commands[i].act && g_strcmp0(commands[i].verb, verb) == 0)
            return &commands[i];
    return NULL;
}

/* An answer is one line, so this is the manual in small. */
static char *do_help(service *svc G_GNUC_UNUSED, char **args)
{
    const control_command *asked = args[0] ? find_command(args[0]) : NULL;
    GString *answer = g_string_new("ok");

    if (args[0] && !asked)
        g_string_assign(answer, "no: no such command");
    else if (asked)
        g_string_append_printf(answer, " %s%s%s: %s", asked->verb, *asked->args ? " " : "",
                               asked->args, asked->meaning);
    for (guint i = 0; !args[0] && i < G_N_ELEMENTS(commands); i++)
        if (commands[i].act)
            g_string_append_printf(answer, " %s", commands[i].verb);
    return g_string_free(answer, FALSE);
}

char *control_obey(service *svc, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 2);
    const control_command *command = find_command(words[0]);
    g_auto(GStrv) args = NULL;

    if (!command)
        return g_strdup("no: no such command");
    args = g_strsplit(words[1] ? words[1] : "", " ", (int)command->most);
    if (g_strv_length(args) < command->least)
        return g_strdup("no: something is missing");
    return command->act(svc, args);
}
