/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"

#include "buddies.h"
#include "chats.h"
#include "dialogs.h"
#include "mobile.h"
#include "process.h"
#include "settings.h"
#include "shown.h"
#include "windows.h"

#include <glib/gi18n-lib.h>

/* The account, or NULL if it is not signed in. */
static prpl_account *active(PurpleConnection *gc)
{
    prpl_account *self = prpl_account_of(gc);

    return self != NULL && !prpl_account_is_over(self) ? self : NULL;
}

/* --- inviting ------------------------------------------------------------------------------- */

/* Why this address cannot be invited, translated, or NULL. The caller frees it. */
static char *complain(const prpl_account *self, const char *address)
{
    if (!msnp_account_valid(address))
        return g_strdup_printf(_("\"%s\" is not a valid e-mail address."), address);
    if (g_ascii_strcasecmp(address, msnp_session_handle(self->session)) == 0)
        return g_strdup(_("This is your own address."));
    return NULL;
}

/*
 * Turns the conversation with `who` into a chat. The reason if that fails, else NULL; the caller
 * frees it.
 */
static char *begin_chat(prpl_account *self, const char *who, const char *also)
{
    if (!prpl_chats_begin(self, who, also))
        return g_strdup(_("Too many chats are open. Close one first."));
    return NULL;
}

/* Invites somebody. The reason if that fails, else NULL; the caller frees it. */
static char *invite(prpl_account *self, msnp_conversation_id id, const char *address)
{
    char *complaint = complain(self, address);

    if (complaint != NULL)
        return complaint;
    if (id.who != NULL)
        return begin_chat(self, id.who, address);
    prpl_chats_call(self, id.chat, address);
    return NULL;
}

/* --- the dialog ----------------------------------------------------------------------------- */

/* The name of the dialog's field. */
#define FIELD "who"

/* Starts the chat; with somebody else, unless nobody was named. */
static void invite_chosen(gpointer dialog, PurpleRequestFields *fields)
{
    char *who;
    const char *text = purple_request_fields_get_string(fields, FIELD);
    /* At once: the fields go with the dialog. */
    char *address = prpl_buddies_address(text != NULL ? text : "");
    prpl_account *self = prpl_dialogs_answered(dialog, &who);

    if (self != NULL && !prpl_account_is_over(self)) {
        char *complaint;

        /* A handler for the new chat can end the account. */
        prpl_account_ref(self);
        if (*address != '\0')
            complaint = invite(self, (msnp_conversation_id){.who = who}, address);
        else
            complaint = begin_chat(self, who, NULL);
        if (complaint != NULL && !prpl_account_is_over(self))
            prpl_dialogs_tell(self, self->gc, PURPLE_NOTIFY_MSG_ERROR, _("Nobody was invited."),
                              complaint);
        prpl_account_unref(self);
        g_free(complaint);
    }
    g_free(address);
    g_free(who);
}

/* With one field, in which clients complete the names of contacts. */
static PurpleRequestFields *invite_fields(void)
{
    PurpleRequestFields *fields = purple_request_fields_new();
    PurpleRequestFieldGroup *group = purple_request_field_group_new(NULL);
    PurpleRequestField *field =
        purple_request_field_string_new(FIELD, _("E-mail address"), NULL, FALSE);

    purple_request_field_set_type_hint(field, "screenname");
    purple_request_field_group_add_field(group, field);
    purple_request_fields_add_group(fields, group);
    return fields;
}

static void ask_whom(PurpleConnection *gc, const char *name)
{
    prpl_account *self = active(gc);

    if (self == NULL)
        return;
    char *who = prpl_buddies_address(name);
    char *person = prpl_windows_person(self, who, NULL);
    char *text = g_strdup_printf(_("A group chat with you and %s will open in a new window. You "
                                   "can invite more people there."),
                                 person);
    char *shown = prpl_shown_text(text);
    char *account = g_strdup(purple_account_get_username(self->account));
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_FIELDS, self, who);
    prpl_dialogs_opened(
        dialog, purple_request_fields(gc, account, _("Who else do you want to invite?"), shown,
                                      invite_fields(), _("Invite"), G_CALLBACK(invite_chosen),
                                      _("Cancel"), G_CALLBACK(prpl_dialogs_dismissed),
                                      self->account, who, NULL, dialog));
    g_free(account);
    g_free(who);
    g_free(person);
    g_free(text);
    g_free(shown);
}

static void invite_into(PurpleConversation *conv, gpointer data)
{
    (void)data;
    ask_whom(purple_conversation_get_gc(conv), purple_conversation_get_name(conv));
}

static void invite_with(PurpleBlistNode *node, gpointer data)
{
    PurpleBuddy *buddy = PURPLE_BUDDY(node);

    (void)data;
    ask_whom(purple_account_get_connection(purple_buddy_get_account(buddy)),
             purple_buddy_get_name(buddy));
}

/* --- menus ---------------------------------------------------------------------------------- */

/* In the menus of a conversation and of a contact. */
#define INVITE N_("Invite to Group Chat...")

static GList *append_item(GList *menu, const char *label, PurpleCallback chosen)
{
    char *shown = prpl_shown_label(label);

    menu = g_list_append(menu, purple_menu_action_new(shown, chosen, NULL, NULL));
    g_free(shown);
    return menu;
}

/* libpurple: the menu of a window is about to be shown. Chats have such an item already. */
static void extend_menu(PurpleConversation *conv, GList **menu)
{
    if (!prpl_settings_is_ours(purple_conversation_get_account(conv)) ||
        purple_conversation_get_type(conv) != PURPLE_CONV_TYPE_IM ||
        active(purple_conversation_get_gc(conv)) == NULL)
        return;
    *menu = append_item(*menu, _(INVITE), PURPLE_CALLBACK(invite_into));
}

static void initiate_chat(PurpleBlistNode *node, gpointer data)
{
    PurpleBuddy *buddy = PURPLE_BUDDY(node);
    PurpleConnection *gc = purple_account_get_connection(purple_buddy_get_account(buddy));
    prpl_account *self = active(gc);

    (void)data;
    if (self == NULL)
        return;
    char *who = prpl_buddies_address(purple_buddy_get_name(buddy));
    prpl_account_ref(self);
    char *complaint = begin_chat(self, who, NULL);
    if (complaint != NULL && !prpl_account_is_over(self))
        prpl_dialogs_tell(self, gc, PURPLE_NOTIFY_MSG_ERROR, _("Nobody was invited."), complaint);
    prpl_account_unref(self);
    g_free(who);
    g_free(complaint);
}

static void page(PurpleBlistNode *node, gpointer data)
{
    PurpleBuddy *buddy = PURPLE_BUDDY(node);
    prpl_account *self = active(purple_account_get_connection(purple_buddy_get_account(buddy)));

    (void)data;
    if (self != NULL)
        prpl_mobile_ask(self, purple_buddy_get_name(buddy), NULL);
}

GList *prpl_commands_menu(PurpleBlistNode *node)
{
    prpl_account *self;
    GList *menu;

    if (!PURPLE_BLIST_NODE_IS_BUDDY(node))
        return NULL;
    /* BitlBee shows no menus, but its "chat with" looks for this very item. */
    if (prpl_process_is_bitlbee())
        return append_item(NULL, "Initiate _Chat", PURPLE_CALLBACK(initiate_chat));
    self = active(purple_account_get_connection(purple_buddy_get_account(PURPLE_BUDDY(node))));
    menu = append_item(NULL, _(INVITE), PURPLE_CALLBACK(invite_with));
    if (self != NULL && prpl_mobile_is_reached(self, purple_buddy_get_name(PURPLE_BUDDY(node))))
        /* Translators: a menu item: a message to the mobile phone of a contact */
        menu = append_item(menu, _("Send to Mobile..."), PURPLE_CALLBACK(page));
    return menu;
}

/* --- commands ------------------------------------------------------------------------------- */

/* The account of a command; NULL, and the command's error, if it is offline. */
static prpl_account *account_of(PurpleConversation *conv, char **error)
{
    prpl_account *self = active(purple_conversation_get_gc(conv));

    if (self == NULL)
        *error = g_markup_escape_text(_("You are not signed in."), -1);
    return self;
}

static msnp_conversation_id id_of(PurpleConversation *conv)
{
    if (purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_IM)
        return (msnp_conversation_id){.who = purple_conversation_get_name(conv)};
    return (msnp_conversation_id){.chat =
                                      (unsigned)purple_conv_chat_get_id(PURPLE_CONV_CHAT(conv))};
}

/* Is it the window of a chat that is over? */
static bool has_left(PurpleConversation *conv)
{
    return purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_CHAT &&
           purple_conv_chat_has_left(PURPLE_CONV_CHAT(conv));
}

static PurpleCmdRet command_invite(PurpleConversation *conv, const gchar *command, gchar **args,
                                   gchar **error, void *data)
{
    prpl_account *self = account_of(conv, error);

    (void)command;
    (void)data;
    if (self == NULL)
        return PURPLE_CMD_RET_FAILED;
    if (has_left(conv)) {
        *error = g_markup_escape_text(_("You are no longer in this chat."), -1);
        return PURPLE_CMD_RET_FAILED;
    }
    char *complaint = invite(self, id_of(conv), args[0]);
    if (complaint == NULL)
        return PURPLE_CMD_RET_OK;
    *error = g_markup_escape_text(complaint, -1);
    g_free(complaint);
    return PURPLE_CMD_RET_FAILED;
}

static PurpleCmdRet command_nudge(PurpleConversation *conv, const gchar *command, gchar **args,
                                  gchar **error, void *data)
{
    const prpl_account *self = account_of(conv, error);

    (void)command;
    (void)args;
    (void)data;
    if (self == NULL)
        return PURPLE_CMD_RET_FAILED;
    /* Errors appear in the window. */
    purple_prpl_send_attention(self->gc, purple_conversation_get_name(conv), 0);
    return PURPLE_CMD_RET_OK;
}

static PurpleCmdRet command_unblock(PurpleConversation *conv, const gchar *command, gchar **args,
                                    gchar **error, void *data)
{
    prpl_account *self = account_of(conv, error);

    (void)command;
    (void)args;
    (void)data;
    if (self == NULL)
        return PURPLE_CMD_RET_FAILED;
    char *who = prpl_buddies_address(purple_conversation_get_name(conv));
    bool blocked = !purple_privacy_check(self->account, who);
    if (blocked) {
        const msnp_edit edit = {.kind = MSNP_EDIT_ALLOW, .account = who};
        /* So that the success is said there. */
        (void)prpl_windows_say_once(conv, PRPL_SAID_BLOCKED);
        prpl_account_edit(self, &edit);
    } else {
        char *person = prpl_windows_person(self, who, NULL);
        char *complaint = g_strdup_printf(_("%s is not blocked."), person);
        *error = g_markup_escape_text(complaint, -1);
        g_free(person);
        g_free(complaint);
    }
    g_free(who);
    return blocked ? PURPLE_CMD_RET_OK : PURPLE_CMD_RET_FAILED;
}

void prpl_commands_listen(PurplePlugin *plugin)
{
    purple_signal_connect(purple_conversations_get_handle(), "conversation-extended-menu", plugin,
                          PURPLE_CALLBACK(extend_menu), NULL);
}

/* --- the plugin ----------------------------------------------------------------------------- */

void prpl_commands_load(void)
{
    prpl_process *process = prpl_process_get();

    process->invite_command = purple_cmd_register(
        "invite", "w", PURPLE_CMD_P_PRPL,
        PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_CHAT | PURPLE_CMD_FLAG_PRPL_ONLY, PRPL_PROTOCOL_ID,
        command_invite,
        /* Translators: help for a command. Leave "invite" as it is; &lt; and &gt; are < and > */
        _("invite &lt;address&gt;:  Invite somebody to this conversation."), NULL);
    process->nudge_command = purple_cmd_register(
        "nudge", "", PURPLE_CMD_P_PRPL, PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_PRPL_ONLY,
        PRPL_PROTOCOL_ID, command_nudge,
        /* Translators: help for a command. Leave "nudge:" as it is */
        _("nudge:  Nudge the other person to get their attention."), NULL);
    process->unblock_command = purple_cmd_register(
        "unblock", "", PURPLE_CMD_P_PRPL, PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_PRPL_ONLY,
        PRPL_PROTOCOL_ID, command_unblock,
        /* Translators: help for a command. Leave "unblock:" as it is */
        _("unblock:  See again what the other person writes."), NULL);
}

void prpl_commands_unload(void)
{
    purple_cmd_unregister(prpl_process_get()->invite_command);
    purple_cmd_unregister(prpl_process_get()->nudge_command);
    purple_cmd_unregister(prpl_process_get()->unblock_command);
}
