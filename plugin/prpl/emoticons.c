/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emoticons.h"

#include "html.h"
#include "process.h"
#include "settings.h"
#include "shortcuts.h"

/* Of Pidgin: the user's smiley theme. */
#define THEME_PREFERENCE "/pidgin/smileys/theme"

static GBytes *read_picture(const char *dir, const char *name)
{
    char *path = g_strdup_printf("%s/%s.png", dir, name);
    char *data = NULL;
    gsize size = 0;
    bool there = g_file_get_contents(path, &data, &size, NULL);

    g_free(path);
    return there ? g_bytes_new_take(data, size) : NULL;
}

/* The file of a picture, read when it is first needed; empty if there is none. Borrowed. */
static GBytes *picture(const char *name)
{
    prpl_process *process = prpl_process_get();

    if (process->pictures == NULL)
        process->pictures =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_bytes_unref);
    GBytes *bytes = g_hash_table_lookup(process->pictures, name);
    if (bytes == NULL) {
        char *own = g_build_filename(purple_user_dir(), "smileys", "msnp8", NULL);

        bytes = read_picture(own, name);
        if (bytes == NULL)
            bytes = read_picture(SMILEYDIR, name);
        if (bytes == NULL)
            bytes = g_bytes_new(NULL, 0);
        g_hash_table_insert(process->pictures, (gpointer)name, bytes);
        g_free(own);
    }
    return bytes;
}

/* A shortcut in a text that is about to be shown: its picture has to be known in that window. */
static void show(const char *shortcut, const char *name, void *data)
{
    PurpleConversation *conv = data;
    gpointer themes = GUINT_TO_POINTER(prpl_process_get()->smiley_themes);
    char *key = g_strconcat("msnp8-emoticon", shortcut, NULL);
    gsize size;

    if (purple_conversation_get_data(conv, key) != themes) {
        const guchar *png = g_bytes_get_data(picture(name), &size);

        purple_conversation_set_data(conv, key, themes);
        /* As from others: Pidgin forgets about the picture in the field where one writes. */
        if (size > 0 && purple_conv_custom_smiley_add(conv, shortcut, NULL, NULL, TRUE)) {
            purple_conv_custom_smiley_write(conv, shortcut, png, size);
            purple_conv_custom_smiley_close(conv, shortcut);
        }
    }
    g_free(key);
}

/* The name that Pidgin shows before a line; NULL if there is none but the address. */
static const char *name_of(PurpleConversation *conv, const char *who, PurpleMessageFlags flags)
{
    PurpleAccount *account = purple_conversation_get_account(conv);
    PurpleConnection *gc = purple_account_get_connection(account);

    if (purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_CHAT) {
        PurpleConvChatBuddy *member =
            who != NULL ? purple_conv_chat_cb_find(PURPLE_CONV_CHAT(conv), who) : NULL;
        return member != NULL ? member->alias : NULL;
    }
    if ((flags & PURPLE_MESSAGE_SEND) == 0)
        return purple_conversation_get_title(conv);
    if (purple_account_get_alias(account) != NULL)
        return purple_account_get_alias(account);
    return gc != NULL ? purple_connection_get_display_name(gc) : NULL;
}

/* libpurple: a line is about to be written into a window. */
static gboolean writing(PurpleAccount *account, const char *who, char **html,
                        PurpleConversation *conv, PurpleMessageFlags flags)
{
    msnp_format format;

    if (*html != NULL && prpl_settings_is_ours(account)) {
        char *text = prpl_html_read(*html, &format);
        const char *name = name_of(conv, who, flags);

        prpl_shortcuts_find(text, show, conv);
        if (name != NULL)
            prpl_shortcuts_find(name, show, conv);
        g_free(text);
    }
    return FALSE;
}

/* Pidgin has another smiley theme: no window knows our pictures any more. */
static void theme_changed(const char *name, PurplePrefType type, gconstpointer value, gpointer data)
{
    (void)name;
    (void)type;
    (void)value;
    (void)data;
    prpl_process_get()->smiley_themes++;
}

void prpl_emoticons_listen(PurplePlugin *plugin)
{
    void *conversations = purple_conversations_get_handle();

    if (!prpl_process_is_pidgin())
        return;
    /* Last: another plugin may change the text. */
    purple_signal_connect_priority(conversations, "writing-im-msg", plugin,
                                   PURPLE_CALLBACK(writing), NULL, PURPLE_SIGNAL_PRIORITY_HIGHEST);
    purple_signal_connect_priority(conversations, "writing-chat-msg", plugin,
                                   PURPLE_CALLBACK(writing), NULL, PURPLE_SIGNAL_PRIORITY_HIGHEST);
    prpl_process_get()->smiley_themes++;
    purple_prefs_connect_callback(plugin, THEME_PREFERENCE, theme_changed, NULL);
}

void prpl_emoticons_forget(PurplePlugin *plugin)
{
    purple_prefs_disconnect_by_handle(plugin);
}
