/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blist_helpers.h"

#include <string.h>

/* Seconds after which each connection through a gateway has asked for news. */
#define POLLS 11.0

/* How long nothing is to happen: so many times so many milliseconds. */
#define QUIET_TURNS 3
#define QUIET_TIME  5

static GString *events;

/* --- services and users ------------------------------------------------------------------------
 */

static char *name_of(const char *address)
{
    char *name = g_strndup(address, strcspn(address, "@"));

    *name = g_ascii_toupper(*name);
    return name;
}

void live_register(service *svc, const char *address)
{
    g_autofree char *name = name_of(address);

    service_add_account(svc, address, LIVE_PASSWORD, name);
}

user *live_user_named(service *svc, const char *address)
{
    user_config config = live_config(svc);

    live_register(svc, address);
    config.address = address;
    return user_new(&config);
}

void live_contact(service *svc, const char *address, const char *groups)
{
    g_autofree char *name = name_of(address);

    live_register(svc, address);
    service_put(svc, ALICE, address, SERVICE_FL | SERVICE_AL | SERVICE_RL, name, groups);
    /* Twice: a list that was changed only once looks like one that is numbered by sessions. */
    service_put(svc, address, ALICE, SERVICE_FL | SERVICE_AL, NULL, NULL);
    service_put(svc, address, ALICE, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, NULL);
}

static guint n_online(void)
{
    guint n = 0;

    for (GList *l = purple_connections_get_all(); l; l = l->next)
        n += purple_connection_get_state(l->data) == PURPLE_CONNECTED;
    return n;
}

/* Lets something happen; FALSE when nothing does for a while. */
static gboolean is_busy(void)
{
    for (guint i = 0; i < QUIET_TURNS; i++)
        if (client_wait(QUIET_TIME))
            return TRUE;
    return client_plugin_timers() > n_online();
}

void live_quiet(void)
{
    gint64 until = client_until(20);

    while (is_busy())
        if (g_get_monotonic_time() > until)
            live_fail(__FILE__, __LINE__, G_STRFUNC, "it does not become quiet");
    /* What the server has to say comes with the next request to the gateway. */
    if (g_getenv("LIVE_GATEWAY"))
        client_idle(POLLS);
}

void live_settled(user *u)
{
    live_online(u);
    live_quiet();
}

static void remove_group(PurpleGroup *group)
{
    while (PURPLE_BLIST_NODE(group)->child) {
        PurpleBlistNode *contact = PURPLE_BLIST_NODE(group)->child;

        if (contact->child)
            purple_blist_remove_buddy((PurpleBuddy *)contact->child);
    }
    purple_blist_remove_group(group);
}

void live_end_lists(service *svc, user *const *users, guint n)
{
    live_quiet();
    live_end_all(svc, users, n);
    while (purple_blist_get_root())
        remove_group((PurpleGroup *)purple_blist_get_root());
}

void live_end_list(service *svc, user *u)
{
    live_end_lists(svc, &u, 1);
}

/* --- the person at the list ------------------------------------------------------------------- */

static PurpleGroup *group_for(const char *name)
{
    PurpleGroup *group = purple_find_group(name ? name : NO_GROUP);

    if (!group) {
        group = purple_group_new(name ? name : NO_GROUP);
        purple_blist_add_group(group, NULL);
    }
    return group;
}

static PurpleBuddy *buddy_for(const user *self, const char *who, const char *group)
{
    PurpleBuddy *buddy = user_buddy(self, who, group);

    if (!buddy)
        g_error("%s is no buddy in %s", who, group ? group : "any group");
    return buddy;
}

void user_add(user *self, const char *who, const char *alias, const char *group)
{
    PurpleBuddy *buddy = purple_buddy_new(self->account, who, alias);

    purple_blist_add_buddy(buddy, NULL, group_for(group), NULL);
    purple_account_add_buddy_with_invite(self->account, buddy, NULL);
}

void user_remove(user *self, const char *who, const char *group)
{
    PurpleBuddy *buddy = buddy_for(self, who, group ? group : NO_GROUP);

    purple_account_remove_buddy(self->account, buddy, purple_buddy_get_group(buddy));
    purple_blist_remove_buddy(buddy);
}

void user_move(user *self, const char *who, const char *from, const char *to)
{
    PurpleBuddy *buddy = buddy_for(self, who, from ? from : NO_GROUP);

    purple_blist_add_contact(purple_buddy_get_contact(buddy), group_for(to), NULL);
}

void user_alias(user *self, const char *who, const char *alias)
{
    purple_blist_alias_buddy(buddy_for(self, who, NULL), alias);
}

void user_note(user *self, const char *who, const char *text)
{
    PurpleBlistNode *node = PURPLE_BLIST_NODE(buddy_for(self, who, NULL));

    purple_blist_node_set_string(node, "notes", text);
}

void list_rename_group(const char *from, const char *to)
{
    purple_blist_rename_group(purple_find_group(from), to);
}

static void remove_person(PurpleGroup *group, PurpleBlistNode *person)
{
    PurpleBlistNode *node = person->child;

    while (node) {
        PurpleBuddy *buddy = (PurpleBuddy *)node;

        node = node->next;
        if (purple_account_is_connected(purple_buddy_get_account(buddy))) {
            purple_account_remove_buddy(purple_buddy_get_account(buddy), buddy, group);
            purple_blist_remove_buddy(buddy);
        }
    }
}

void list_delete_group(const char *name)
{
    PurpleGroup *group = purple_find_group(name);
    PurpleBlistNode *person = PURPLE_BLIST_NODE(group)->child;

    while (person) {
        PurpleBlistNode *next = person->next;

        remove_person(group, person);
        person = next;
    }
    purple_blist_remove_group(group);
}

void user_toggle_block(user *self, const char *who)
{
    if (purple_privacy_check(self->account, who))
        purple_privacy_deny(self->account, who, FALSE, FALSE);
    else
        purple_privacy_allow(self->account, who, FALSE, FALSE);
}

void user_set_privacy(user *self, PurplePrivacyType type)
{
    purple_account_set_privacy_type(self->account, type);
    serv_set_permit_deny(user_connection(self));
}

gboolean user_action(user *self, const char *word)
{
    PurplePlugin *plugin = purple_find_prpl(CLIENT_PROTOCOL);
    GList *actions = PURPLE_PLUGIN_ACTIONS(plugin, user_connection(self));
    gboolean found = FALSE;

    for (GList *l = actions; l; l = l->next) {
        PurplePluginAction *action = l->data;

        if (!found && strcasestr(action->label, word)) {
            found = TRUE;
            action->plugin = plugin;
            action->context = user_connection(self);
            action->callback(action);
        }
        purple_plugin_action_free(action);
    }
    g_list_free(actions);
    return found;
}

/* --- what can be seen --------------------------------------------------------------------------
 */

PurpleBuddy *user_buddy(const user *self, const char *who, const char *group)
{
    PurpleGroup *in = group ? purple_find_group(group) : NULL;

    if (!group)
        return purple_find_buddy(self->account, who);
    return in ? purple_find_buddy_in_group(self->account, who, in) : NULL;
}

guint user_n_buddies(const user *self)
{
    g_autoptr(GSList) buddies = purple_find_buddies(self->account, NULL);

    return g_slist_length(buddies);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *user_groups_of(const user *self, const char *who)
{
    g_autoptr(GSList) buddies = purple_find_buddies(self->account, who);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (GSList *l = buddies; l; l = l->next)
        g_ptr_array_add(names, (gpointer)purple_group_get_name(purple_buddy_get_group(l->data)));
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

gboolean user_has(const user *self, const char *who, const char *groups)
{
    g_autofree char *found = user_groups_of(self, who);

    if (strcmp(found, groups) != 0)
        g_test_message("%s is in \"%s\" here", who, found);
    return strcmp(found, groups) == 0;
}

gboolean service_has(service *svc, const char *owner, const char *who, const char *groups)
{
    g_autofree char *found = service_groups_of(svc, owner, who);
    g_auto(GStrv) names = g_strsplit(found, ", ", -1);
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    g_autofree char *joined = NULL;

    for (guint i = 0; names[i]; i++)
        if (strcmp(names[i], "Other Contacts") != 0)
            g_ptr_array_add(others, names[i]);
    g_ptr_array_add(others, NULL);
    joined = g_strjoinv(", ", (char **)others->pdata);
    if (strcmp(joined, groups) != 0)
        g_test_message("%s is in \"%s\" there", who, found);
    return (service_lists(svc, owner, who) & SERVICE_FL) && strcmp(joined, groups) == 0;
}

gboolean service_lists_are(service *svc, const char *owner, const char *who, guint lists)
{
    guint found = service_lists(svc, owner, who);

    if (found != lists)
        g_test_message("%s has %s on lists %u", owner, who, found);
    return found == lists;
}

char *list_groups(void)
{
    GString *names = g_string_new(NULL);

    for (PurpleBlistNode *node = purple_blist_get_root(); node; node = node->next)
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                               purple_group_get_name((PurpleGroup *)node));
    return g_string_free(names, FALSE);
}

gboolean user_sees(const user *self, const char *who, const char *status)
{
    PurplePresence *presence = purple_buddy_get_presence(buddy_for(self, who, NULL));

    return strcmp(purple_status_get_id(purple_presence_get_active_status(presence)), status) == 0;
}

const char *user_name_of(const user *self, const char *who)
{
    return purple_buddy_get_alias(buddy_for(self, who, NULL));
}

static gboolean has_name(const user *self, GSList *names, const char *who)
{
    for (; names; names = names->next)
        if (purple_utf8_strcasecmp(names->data, purple_normalize(self->account, who)) == 0)
            return TRUE;
    return FALSE;
}

gboolean user_permits(const user *self, const char *who)
{
    return has_name(self, self->account->permit, who);
}

gboolean user_denies(const user *self, const char *who)
{
    return has_name(self, self->account->deny, who);
}

static PurplePluginProtocolInfo *protocol(void)
{
    return PURPLE_PLUGIN_PROTOCOL_INFO(purple_find_prpl(CLIENT_PROTOCOL));
}

/* Pango's markup is that of GMarkup. */
static void check_markup(const char *text)
{
    static const GMarkupParser parser;
    g_autofree char *whole = g_strdup_printf("<markup>%s</markup>", text);
    GMarkupParseContext *context =
        g_markup_parse_context_new(&parser, (GMarkupParseFlags)0, NULL, NULL);

    live_check(g_utf8_validate(text, -1, NULL));
    live_check(g_markup_parse_context_parse(context, whole, -1, NULL));
    live_check(g_markup_parse_context_end_parse(context, NULL));
    g_markup_parse_context_free(context);
}

char *user_status_text(const user *self, const char *who)
{
    char *text = protocol()->status_text(buddy_for(self, who, NULL));

    if (text)
        check_markup(text);
    return text;
}

char *user_tooltip(const user *self, const char *who, gboolean full)
{
    PurpleNotifyUserInfo *info = purple_notify_user_info_new();
    char *text;

    protocol()->tooltip_text(buddy_for(self, who, NULL), info, full);
    text = purple_notify_user_info_get_text_with_newline(info, "\n");
    purple_notify_user_info_destroy(info);
    check_markup(text);
    return text;
}

const char *user_emblem(const user *self, const char *who)
{
    return protocol()->list_emblem(buddy_for(self, who, NULL));
}

/* --- what was said -----------------------------------------------------------------------------
 */

gboolean live_told(dialog_kind kind, ...)
{
    const dialog *d = client_open_dialog(kind);
    gboolean found = d != NULL;
    va_list words;

    va_start(words, kind);
    for (const char *word = va_arg(words, const char *); found && word;
         word = va_arg(words, const char *))
        found = strcasestr(d->text, word) != NULL;
    va_end(words);
    return found;
}

dialog *live_asked(const user *self, const char *who)
{
    for (guint i = 0; i < client_dialogs()->len; i++) {
        dialog *d = g_ptr_array_index(client_dialogs(), i);

        if (d->open && d->kind == DIALOG_AUTHORIZE && d->account == self->account &&
            g_ascii_strcasecmp(d->who, who) == 0)
            return d;
    }
    return NULL;
}

guint live_open_dialogs(dialog_kind kind)
{
    guint n = 0;

    for (guint i = 0; i < client_dialogs()->len; i++) {
        const dialog *d = g_ptr_array_index(client_dialogs(), i);

        n += d->open && d->kind == kind;
    }
    return n;
}

static void note(PurpleBuddy *buddy, const char *what, const char *more)
{
    g_string_append_printf(events, "%s: %s %s%s\n",
                           purple_account_get_username(purple_buddy_get_account(buddy)),
                           purple_buddy_get_name(buddy), what, more);
}

static void on_signed_on(PurpleBuddy *buddy, gpointer data G_GNUC_UNUSED)
{
    note(buddy, "signed on", "");
}

static void on_signed_off(PurpleBuddy *buddy, gpointer data G_GNUC_UNUSED)
{
    note(buddy, "signed off", "");
}

static void on_status(PurpleBuddy *buddy, PurpleStatus *old G_GNUC_UNUSED, PurpleStatus *status,
                      gpointer data G_GNUC_UNUSED)
{
    note(buddy, "status ", purple_status_get_id(status));
}

static void on_idle(PurpleBuddy *buddy, gboolean old G_GNUC_UNUSED, gboolean idle,
                    gpointer data G_GNUC_UNUSED)
{
    note(buddy, idle ? "idle" : "back", "");
}

static void watch_buddies(void)
{
    void *blist = purple_blist_get_handle();
    static int handle;

    events = g_string_new(NULL);
    purple_signal_connect(blist, "buddy-signed-on", &handle, PURPLE_CALLBACK(on_signed_on), NULL);
    purple_signal_connect(blist, "buddy-signed-off", &handle, PURPLE_CALLBACK(on_signed_off), NULL);
    purple_signal_connect(blist, "buddy-status-changed", &handle, PURPLE_CALLBACK(on_status), NULL);
    purple_signal_connect(blist, "buddy-idle-changed", &handle, PURPLE_CALLBACK(on_idle), NULL);
}

const char *live_events(void)
{
    return events->str;
}

char *live_events_of(const user *self)
{
    g_auto(GStrv) lines = g_strsplit(events->str, "\n", -1);
    GString *own = g_string_new(NULL);

    for (guint i = 0; lines[i]; i++)
        if (g_str_has_prefix(lines[i], purple_account_get_username(self->account)))
            g_string_append_printf(own, "%s\n", lines[i]);
    return g_string_free(own, FALSE);
}

void live_forget_events(void)
{
    if (!events)
        watch_buddies();
    g_string_truncate(events, 0);
}
