/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "windows.h"

#include "html.h"
#include "process.h"

#include <string.h>

#define NAME_CHARS 40 /* characters of a name in a title */

PurpleConversation *prpl_windows_find(const prpl_account *self, msnp_conversation_id id)
{
    if (id.who == NULL)
        return purple_find_chat(self->gc, (int)id.chat);
    return purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, id.who, self->account);
}

/* Each line with the sign by which one knows on IRC that nobody said it. The caller frees it. */
static char *mark(const char *text)
{
    char **lines = g_strsplit(text, "\n", -1);
    char *joined = g_strjoinv("\n*** ", lines);
    char *marked = g_strconcat("*** ", joined, NULL);

    g_strfreev(lines);
    g_free(joined);
    return marked;
}

bool prpl_windows_show_chats(PurpleConversation *chat)
{
    const PurpleConversationUiOps *ops = purple_conversation_get_ui_ops(chat);

    return ops == NULL || ops->write_im == NULL || ops->write_chat != NULL ||
           ops->chat_add_users != NULL;
}

char *prpl_windows_line(const char *text)
{
    char *shown = prpl_process_is_bitlbee() ? mark(text) : g_strdup(text);
    msnp_format plain;

    msnp_format_init(&plain);
    char *html = prpl_html_write(shown, &plain);
    g_free(shown);
    return html;
}

/* --- titles --------------------------------------------------------------------------------- */

/* What belongs to a window: the title that it has to have. */
#define TITLE "msnp8-title"

static char *take_title(PurpleConversation *conv)
{
    char *title = purple_conversation_get_data(conv, TITLE);

    if (title != NULL)
        purple_conversation_set_data(conv, TITLE, NULL);
    return title;
}

void prpl_windows_set_title(PurpleConversation *conv, const char *title)
{
    char *own = g_strdup(title);

    g_free(take_title(conv));
    purple_conversation_set_data(conv, TITLE, own);
    if (strcmp(purple_conversation_get_title(conv), title) != 0)
        purple_conversation_set_title(conv, title);
}

/* Is this a conversation with somebody who is a buddy? libpurple has a better title for it. */
static bool is_with_buddy(PurpleConversation *conv)
{
    return purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_IM &&
           purple_find_buddy(purple_conversation_get_account(conv),
                             purple_conversation_get_name(conv)) != NULL;
}

/* libpurple: something of a window has changed. */
static void updated(PurpleConversation *conv, PurpleConvUpdateType type, gpointer data)
{
    prpl_process *process = prpl_process_get();
    const char *title = purple_conversation_get_data(conv, TITLE);

    (void)data;
    if (title == NULL && process->new_chat != NULL &&
        purple_strequal(purple_conversation_get_name(conv), process->new_chat))
        title = process->new_title;
    /* Another plugin may want a title of its own as well. */
    if (type != PURPLE_CONV_UPDATE_TITLE || title == NULL || process->titling ||
        strcmp(purple_conversation_get_title(conv), title) == 0 || is_with_buddy(conv))
        return;
    char *copy = g_strdup(title);
    process->titling = true;
    purple_conversation_set_title(conv, copy);
    process->titling = false;
    g_free(copy);
}

static void deleting(PurpleConversation *conv, gpointer data)
{
    (void)data;
    g_free(take_title(conv));
}

void prpl_windows_open_chat(prpl_account *self, unsigned chat, const char *name, const char *title)
{
    prpl_process *process = prpl_process_get();

    process->new_chat = name;
    process->new_title = title;
    serv_got_joined_chat(self->gc, (int)chat, name);
    process->new_chat = process->new_title = NULL;
    PurpleConversation *conv =
        !prpl_account_is_over(self) ? purple_find_chat(self->gc, (int)chat) : NULL;
    if (conv != NULL)
        prpl_windows_set_title(conv, title);
}

void prpl_windows_listen(PurplePlugin *plugin)
{
    void *conversations = purple_conversations_get_handle();

    purple_signal_connect(conversations, "conversation-updated", plugin, PURPLE_CALLBACK(updated),
                          NULL);
    purple_signal_connect(conversations, "deleting-conversation", plugin, PURPLE_CALLBACK(deleting),
                          NULL);
}

void prpl_windows_forget(void)
{
    for (GList *l = purple_get_conversations(); l != NULL; l = l->next)
        g_free(take_title(l->data));
}

/* --- lines ---------------------------------------------------------------------------------- */

bool prpl_windows_say_once(PurpleConversation *conv, const char *what)
{
    bool first = purple_conversation_get_data(conv, what) == NULL;

    purple_conversation_set_data(conv, what, GINT_TO_POINTER(1));
    return first;
}

bool prpl_windows_unsay(PurpleConversation *conv, const char *what)
{
    bool said = purple_conversation_get_data(conv, what) != NULL;

    purple_conversation_set_data(conv, what, NULL);
    return said;
}

void prpl_windows_write(PurpleConversation *conv, PurpleMessageFlags flags, const char *text)
{
    const char *name = purple_conversation_get_name(conv);
    char *html = prpl_windows_line(text);

    if (!prpl_process_is_bitlbee())
        purple_conversation_write(conv, NULL, html, flags, time(NULL));
    else if (purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_IM)
        purple_conv_im_write(PURPLE_CONV_IM(conv), name, html, flags, time(NULL));
    else
        purple_conv_chat_write(PURPLE_CONV_CHAT(conv), name, html, flags, time(NULL));
    g_free(html);
}

static bool shows_lines(const prpl_account *self, PurpleConversation *conv)
{
    return purple_conversation_get_account(conv) == self->account &&
           (purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_IM ||
            prpl_windows_show_chats(conv));
}

bool prpl_windows_write_all(prpl_account *self, PurpleMessageFlags flags, const char *text)
{
    GList *windows = prpl_process_is_bitlbee() ? NULL : g_list_copy(purple_get_conversations());
    bool written = false;

    for (GList *l = windows; l != NULL && !prpl_account_is_over(self); l = l->next) {
        /* What is written in one can make the client close others. */
        if (g_list_find(purple_get_conversations(), l->data) == NULL || !shows_lines(self, l->data))
            continue;
        prpl_windows_write(l->data, flags, text);
        written = true;
    }
    g_list_free(windows);
    return written;
}

/* --- people --------------------------------------------------------------------------------- */

/* The alias of a buddy, unless it is but the address; else NULL. */
static const char *alias_of(const prpl_account *self, const char *who)
{
    PurpleBuddy *buddy = purple_find_buddy(self->account, who);
    const char *alias = buddy != NULL ? purple_buddy_get_contact_alias(buddy) : NULL;

    return alias != NULL && *alias != '\0' && g_ascii_strcasecmp(alias, who) != 0 ? alias : NULL;
}

char *prpl_windows_person(const prpl_account *self, const char *who, const char *name)
{
    const char *alias = alias_of(self, who);

    if (alias != NULL)
        return g_strdup(alias);
    /* Anybody can choose any friendly name: show the address of people who are no buddies. */
    if (name != NULL && *name != '\0' && g_ascii_strcasecmp(name, who) != 0)
        return g_strdup_printf("%s (%s)", name, who);
    return g_strdup(who);
}

static char *shorten(const char *name)
{
    if (g_utf8_strlen(name, -1) <= NAME_CHARS)
        return g_strdup(name);
    char *start = g_utf8_substring(name, 0, NAME_CHARS - 1);
    char *text = g_strconcat(g_strchomp(start), "…", NULL);
    g_free(start);
    return text;
}

/*
 * A tab may have room for the beginning only, which must not look like another's address, and the
 * title of a chat has commas between people.
 */
static bool looks_like_others(const char *name)
{
    static const char *const signs[] = {"@", "＠", "﹫", ",", "，", "﹐", "、", "،", "‚"};

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (strstr(name, signs[i]) != NULL)
            return true;
    return false;
}

char *prpl_windows_short_person(const prpl_account *self, const char *who, const char *name)
{
    const char *alias = alias_of(self, who);

    if (alias != NULL)
        return shorten(alias);
    if (name == NULL || looks_like_others(name))
        return g_strdup(who);
    char *start = shorten(name);
    char *text = prpl_windows_person(self, who, start);
    g_free(start);
    return text;
}
