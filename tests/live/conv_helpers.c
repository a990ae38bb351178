/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conv_helpers.h"

#include <string.h>

static struct {
    GHashTable *records; /* "account\nplace" -> GString *, what is not read */
    GHashTable *chats;   /* account and number -> name of all chats that were ever asked for */
    guint typing_told;
    char *complaint;
    char *stranger; /* the last line that told who somebody is */
} talk;

static int handle;

/* --- the record ------------------------------------------------------------------------------- */

static void record_free(gpointer data)
{
    g_string_free(data, TRUE);
}

static char *key_of(const PurpleAccount *account, const char *place)
{
    return g_strconcat(purple_account_get_username(account), "\n", purple_normalize(account, place),
                       NULL);
}

static GString *record_of(const PurpleAccount *account, const char *place)
{
    g_autofree char *key = key_of(account, place);
    GString *record = g_hash_table_lookup(talk.records, key);

    if (!record) {
        record = g_string_new(NULL);
        g_hash_table_insert(talk.records, g_steal_pointer(&key), record);
    }
    return record;
}

static gboolean is_key_of(const user *self, const char *key)
{
    const char *name = purple_account_get_username(self->account);

    return g_str_has_prefix(key, name) && key[strlen(name)] == '\n';
}

static void append_signs(GString *record, PurpleMessageFlags flags)
{
    static const struct {
        PurpleMessageFlags flag;
        char sign;
    } signs[] = {{PURPLE_MESSAGE_SEND, '>'},      {PURPLE_MESSAGE_RECV, '<'},
                 {PURPLE_MESSAGE_SYSTEM, '*'},    {PURPLE_MESSAGE_ERROR, '!'},
                 {PURPLE_MESSAGE_AUTO_RESP, '~'}, {PURPLE_MESSAGE_NOTIFY, '+'},
                 {PURPLE_MESSAGE_NO_LINKIFY, 0},  {PURPLE_MESSAGE_NO_LOG, 0}};
    guint left = flags;

    for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
        if ((flags & signs[i].flag) && signs[i].sign)
            g_string_append_c(record, signs[i].sign);
        left &= ~(guint)signs[i].flag;
    }
    if (left)
        g_string_append_printf(record, "?%x", left);
}

static void on_written(PurpleAccount *account, const char *who, const char *message,
                       PurpleConversation *conv, PurpleMessageFlags flags,
                       gpointer data G_GNUC_UNUSED)
{
    const char *place = purple_conversation_get_name(conv);
    GString *record;
    gboolean said = flags & (PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_RECV);

    if (flags == PURPLE_MESSAGE_SYSTEM &&
        g_str_has_suffix(message, " is not on your contact list.")) {
        g_free(talk.stranger);
        talk.stranger = g_strdup(message);
        return;
    }
    record = record_of(account, place);
    if (record->len > 0)
        g_string_append_c(record, '\n');
    append_signs(record, flags);
    g_string_append_c(record, ' ');
    if (purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_CHAT && said)
        g_string_append_printf(record, "%s: ", who);
    g_string_append(record, message);
    /* Text of others goes to what does not check it. */
    live_check(g_utf8_validate(message, -1, NULL));
}

static void on_typing(PurpleAccount *account G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
                      gpointer data G_GNUC_UNUSED)
{
    talk.typing_told++;
}

static void watch_conversations(void)
{
    void *conversations = purple_conversations_get_handle();

    if (talk.records)
        return;
    talk.records = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, record_free);
    talk.chats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    purple_signal_connect(conversations, "wrote-im-msg", &handle, PURPLE_CALLBACK(on_written),
                          NULL);
    purple_signal_connect(conversations, "wrote-chat-msg", &handle, PURPLE_CALLBACK(on_written),
                          NULL);
    purple_signal_connect(conversations, "buddy-typing", &handle, PURPLE_CALLBACK(on_typing), NULL);
}

gboolean conv_all_read(const user *self)
{
    GHashTableIter iter;
    gpointer key, value;
    gboolean all = TRUE;

    g_hash_table_iter_init(&iter, talk.records);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const GString *record = value;
        if (record->len > 0 && is_key_of(self, key)) {
            g_printerr("# not read: %s\n%s\n", (const char *)key, record->str);
            all = FALSE;
        }
    }
    return all;
}

static gboolean forget_record(gpointer key, gpointer value G_GNUC_UNUSED, gpointer self)
{
    return is_key_of(self, key);
}

void conv_forget(user *self)
{
    g_hash_table_foreach_remove(talk.records, forget_record, self);
}

/* --- services and ends ------------------------------------------------------------------------ */

gboolean conv_is_slow(void)
{
    return client_scale() >= 4.0;
}

service *conv_service(const char *manners, ...)
{
    service *svc = live_service();
    va_list robots;

    watch_conversations();
    talk.typing_told = 0;
    va_start(robots, manners);
    for (const char *who = va_arg(robots, const char *); who; who = va_arg(robots, const char *)) {
        live_register(svc, who);
        service_robot(svc, who, manners);
    }
    va_end(robots);
    return svc;
}

/* Closes the windows of this one. */
static void close_windows(const user *self)
{
    g_autoptr(GList) windows = g_list_copy(purple_get_conversations());

    for (const GList *l = windows; l; l = l->next)
        if (purple_conversation_get_account(l->data) == self->account)
            purple_conversation_destroy(l->data);
}

/* Is none of them in any switchboard? A robot whose call nobody answers stays in its own. */
static gboolean have_left(service *svc, user *const *users, guint n)
{
    for (guint i = 0; i < n; i++)
        if (service_switchboards(svc, purple_account_get_username(users[i]->account)) > 0)
            return FALSE;
    return service_connections(svc, SERVICE_SWITCHBOARD) == 0;
}

static void check_all_read(user *const *users, guint n)
{
    for (guint i = 0; i < n; i++)
        live_check(conv_all_read(users[i]));
}

void conv_end_all(service *svc, user *const *users, guint n)
{
    live_quiet();
    check_all_read(users, n);
    for (guint i = 0; i < n; i++)
        close_windows(users[i]);
    live_wait(have_left(svc, users, n), CONV_PATIENCE);
    live_quiet();
    check_all_read(users, n);
    for (guint i = 0; i < n; i++)
        conv_forget(users[i]);
    live_end_lists(svc, users, n);
}

void conv_end(service *svc, user *u)
{
    conv_end_all(svc, &u, 1);
}

/* --- what the person does --------------------------------------------------------------------- */

PurpleConversation *conv_window(const user *self, const char *place)
{
    return purple_find_conversation_with_account(PURPLE_CONV_TYPE_ANY, place, self->account);
}

static PurpleConversation *window_for(const user *self, const char *place)
{
    PurpleConversation *conv = conv_window(self, place);

    if (!conv)
        g_error("there is no window \"%s\"", place);
    return conv;
}

void conv_open(user *self, const char *who)
{
    if (!conv_window(self, who))
        purple_conversation_new(PURPLE_CONV_TYPE_IM, self->account, who);
}

void conv_close(user *self, const char *place)
{
    purple_conversation_destroy(window_for(self, place));
}

void conv_send_with(user *self, const char *place, const char *html, PurpleMessageFlags flags)
{
    PurpleConversation *conv = conv_window(self, place);

    if (!conv)
        conv = purple_conversation_new(PURPLE_CONV_TYPE_IM, self->account, place);
    if (purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_IM)
        purple_conv_im_send_with_flags(PURPLE_CONV_IM(conv), html, flags);
    else
        purple_conv_chat_send_with_flags(PURPLE_CONV_CHAT(conv), html, flags);
}

void conv_send(user *self, const char *place, const char *html)
{
    conv_send_with(self, place, html, (PurpleMessageFlags)0);
}

guint conv_type(user *self, const char *who, PurpleTypingState state)
{
    return serv_send_typing(user_connection(self), who, state);
}

void conv_nudge(user *self, const char *who)
{
    purple_prpl_send_attention(user_connection(self), who, 0);
}

PurpleCmdStatus conv_command(user *self, const char *place, const char *command)
{
    g_autofree char *markup = g_markup_escape_text(command, -1);

    g_clear_pointer(&talk.complaint, g_free);
    return purple_cmd_do_command(window_for(self, place), command, markup, &talk.complaint);
}

const char *conv_stranger(void)
{
    return talk.stranger ? talk.stranger : "";
}

const char *conv_complaint(void)
{
    return talk.complaint ? talk.complaint : "";
}

/* Does what the item with this word in its label does, and frees the list. */
static gboolean choose(GList *items, const char *word, gpointer subject)
{
    gboolean found = FALSE;

    for (GList *l = items; l; l = l->next) {
        PurpleMenuAction *item = l->data;

        if (!found && item && item->label && strcasestr(item->label, word)) {
            found = TRUE;
            ((void (*)(gpointer, gpointer))item->callback)(subject, item->data);
        }
        if (item)
            purple_menu_action_free(item);
    }
    g_list_free(items);
    return found;
}

gboolean conv_menu(user *self, const char *place, const char *word)
{
    PurpleConversation *conv = window_for(self, place);

    return choose(purple_conversation_get_extended_menu(conv), word, conv);
}

gboolean conv_buddy_menu(user *self, const char *who, const char *word)
{
    PurpleBlistNode *node = PURPLE_BLIST_NODE(user_buddy(self, who, NULL));
    PurplePluginProtocolInfo *info = PURPLE_PLUGIN_PROTOCOL_INFO(purple_find_prpl(CLIENT_PROTOCOL));

    return choose(info->blist_node_menu(node), word, node);
}

void conv_invite(user *self, const char *chat, const char *who, const char *message)
{
    int id = purple_conv_chat_get_id(PURPLE_CONV_CHAT(window_for(self, chat)));

    serv_chat_invite(user_connection(self), id, message, who);
}

/* --- what the person sees --------------------------------------------------------------------- */

guint conv_n_windows(const user *self)
{
    guint n = 0;

    for (const GList *l = purple_get_conversations(); l; l = l->next)
        n += purple_conversation_get_account(l->data) == self->account;
    return n;
}

/* What no other chat has, be it of an earlier test. */
static char *key_of_chat(PurpleConversation *chat)
{
    return g_strdup_printf("%s %d",
                           purple_account_get_username(purple_conversation_get_account(chat)),
                           purple_conv_chat_get_id(PURPLE_CONV_CHAT(chat)));
}

/* A chat of the person that conv_new_chat() has not told yet. */
static PurpleConversation *find_new_chat(const user *self)
{
    for (const GList *l = purple_get_chats(); l; l = l->next) {
        g_autofree char *key = key_of_chat(l->data);

        if (purple_conversation_get_account(l->data) == self->account &&
            !g_hash_table_contains(talk.chats, key))
            return l->data;
    }
    return NULL;
}

const char *conv_new_chat_at(const char *file, int line, const char *function, user *self)
{
    gint64 until = client_until(CONV_PATIENCE);
    PurpleConversation *chat;
    char *name;

    while (!find_new_chat(self) && client_turn(until))
        ;
    chat = find_new_chat(self);
    if (!chat)
        live_fail(file, line, function, "there is no new chat");
    name = g_strdup(purple_conversation_get_name(chat));
    g_hash_table_insert(talk.chats, key_of_chat(chat), name);
    return name;
}

const char *conv_title(const user *self, const char *place)
{
    return purple_conversation_get_title(window_for(self, place));
}

const char *conv_unread(const user *self, const char *place)
{
    return record_of(self->account, place)->str;
}

void conv_saw_at(const char *file, int line, const char *function, user *self, const char *place,
                 const char *format, ...)
{
    GString *record = record_of(self->account, place);
    gint64 until = client_until(CONV_PATIENCE);
    g_autofree char *expected = NULL;
    va_list args;

    va_start(args, format);
    expected = g_strdup_vprintf(format, args);
    va_end(args);
    while (strcmp(record->str, expected) != 0 && client_turn(until))
        ;
    if (strcmp(record->str, expected) != 0) {
        g_autofree char *text =
            g_strdup_printf("%s of %s shows\n%s\n# and not\n%s", place,
                            purple_account_get_username(self->account), record->str, expected);
        live_fail(file, line, function, text);
    }
    g_string_truncate(record, 0);
}

gboolean conv_sees_typing(const user *self, const char *who)
{
    PurpleConversation *conv = conv_window(self, who);

    return conv && purple_conv_im_get_typing_state(PURPLE_CONV_IM(conv)) == PURPLE_TYPING;
}

guint conv_typing_told(void)
{
    return talk.typing_told;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *conv_members(const user *self, const char *chat)
{
    PurpleConversation *conv = window_for(self, chat);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (const GList *l = purple_conv_chat_get_users(PURPLE_CONV_CHAT(conv)); l; l = l->next)
        g_ptr_array_add(names, (gpointer)purple_conv_chat_cb_get_name(l->data));
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

void conv_has_members_at(const char *file, int line, const char *function, user *self,
                         const char *chat, const char *who)
{
    gint64 until = client_until(CONV_PATIENCE);
    g_autofree char *members = conv_members(self, chat);

    while (strcmp(members, who) != 0 && client_turn(until)) {
        g_free(members);
        members = conv_members(self, chat);
    }
    if (strcmp(members, who) != 0) {
        g_autofree char *text = g_strdup_printf("in %s are %s and not %s", chat, members, who);
        live_fail(file, line, function, text);
    }
}

char *conv_name_in(const user *self, const char *chat, const char *who)
{
    PurplePluginProtocolInfo *info = PURPLE_PLUGIN_PROTOCOL_INFO(purple_find_prpl(CLIENT_PROTOCOL));
    int id = purple_conv_chat_get_id(PURPLE_CONV_CHAT(window_for(self, chat)));
    char *name = info->get_cb_alias(user_connection(self), id, who);

    return name ? name : g_strdup(who);
}
