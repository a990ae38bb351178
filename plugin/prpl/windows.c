/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "windows.h"

#include "html.h"
#include "process.h"

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

char *prpl_windows_person(const prpl_account *self, const char *who, const char *name)
{
    PurpleBuddy *buddy = purple_find_buddy(self->account, who);
    const char *alias = buddy != NULL ? purple_buddy_get_contact_alias(buddy) : NULL;

    /* Anybody can choose any friendly name: show the address of people who are no buddies. */
    if (alias != NULL && *alias != '\0' && g_ascii_strcasecmp(alias, who) != 0)
        return g_strdup(alias);
    if (name != NULL && *name != '\0' && g_ascii_strcasecmp(name, who) != 0)
        return g_strdup_printf("%s (%s)", name, who);
    return g_strdup(who);
}
