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

/* The last argument takes the rest of the line. */
static const struct {
    const char *verb;
    guint least; /* arguments */
    guint most;
    char *(*act)(service *svc, char **args);
} commands[] = {
    {"set", 1, 1, do_set},
    {"unset", 1, 1, do_unset},
    {"send", 2, 2, do_send},
    {"kick", 1, 1, do_kick},
    {"sessions", 1, 1, do_sessions},
    {"count", 1, 1, do_count},
    {"state", 1, 1, do_state},
    {"register", 1, 1, do_register},
    {"put", 3, 5, do_put},
    {"group", 2, 2, do_group},
    {"rename-group", 3, 3, do_rename_group},
    {"remove-group", 2, 2, do_remove_group},
    {"phone", 2, 3, do_phone},
    {"privacy", 3, 3, do_privacy},
    {"populate", 3, 3, do_populate},
    {"appear", 2, 2, do_appear},
    {"name", 2, 2, do_name},
    {"add", 2, 2, do_add},
    {"remove", 2, 2, do_remove},
    {"block", 2, 2, do_block},
    {"unblock", 2, 2, do_unblock},
    {"lists", 2, 2, do_lists},
    {"groups", 1, 2, do_groups},
    {"entries", 1, 1, do_entries},
    {"version", 1, 1, do_version},
    {"friendly", 1, 1, do_friendly},
    {"item", 2, 2, do_item},
    {"robot", 2, 2, do_robot},
    {"ring", 2, 2, do_ring},
    {"invite", 2, 2, do_invite},
    {"say", 2, 2, do_say},
    {"send-message", 2, 2, do_send_message},
    {"leave", 1, 2, do_leave},
    {"heard", 2, 2, do_heard},
    {"partners", 1, 1, do_partners},
    {"switchboards", 0, 1, do_switchboards},
    {"drop", 1, 1, do_drop},
    {"send-switchboards", 2, 2, do_send_switchboards},
};

char *control_obey(service *svc, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 2);
    guint i = 0;

    while (i < G_N_ELEMENTS(commands) && g_strcmp0(commands[i].verb, words[0]) != 0)
        i++;
    if (i < G_N_ELEMENTS(commands)) {
        g_auto(GStrv) args = g_strsplit(words[1] ? words[1] : "", " ", (int)commands[i].most);

        if (g_strv_length(args) < commands[i].least)
            return g_strdup("no: something is missing");
        return commands[i].act(svc, args);
    }
    return g_strdup("no: no such command");
}
