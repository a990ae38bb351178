/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "msnim.h"

#include "dialogs.h"
#include "log.h"
#include "process.h"
#include "settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What a link opens, for an account and an address. */
typedef void (*opener)(PurpleAccount *account, const char *who);

/* Whoever lets a page open one link may not expect a hundred windows. */
static const msnp_pace_limit link_limit = {5, 5000};

/* --- the link ------------------------------------------------------------------------------- */

/* The address in a parameter of the link; NULL if there is none. The caller frees it. */
static char *address_of(GHashTable *parameters, const char *name)
{
    const char *value = parameters != NULL ? g_hash_table_lookup(parameters, name) : NULL;
    size_t length;

    if (value == NULL)
        return NULL;
    char *address = msnp_percent_decode(msnp_str_of(value), &length);
    if (strlen(address) == length && msnp_account_valid(g_strstrip(address)))
        return address;
    g_free(address);
    return NULL;
}

static void open_conversation(PurpleAccount *account, const char *who)
{
    PurpleConversation *conv =
        purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, who, account);

    if (conv == NULL)
        conv = purple_conversation_new(PURPLE_CONV_TYPE_IM, account, who);
    if (conv != NULL)
        purple_conversation_present(conv);
}

static void ask_to_add(PurpleAccount *account, const char *who)
{
    purple_blist_request_add_buddy(account, who, NULL, NULL);
}

/*
 * What a link with this command opens; NULL if we do not know it. Browsers write some links as
 * "msnim://chat/?".
 */
static opener opener_of(const char *command)
{
    static const struct {
        const char *command;
        opener open;
    } openers[] = {{"chat", open_conversation},
                   {"voice", open_conversation},
                   {"video", open_conversation},
                   {"add", ask_to_add}};
    const char *name = command + strspn(command, "/");
    size_t length = strcspn(name, "/");

    if (name[length + strspn(name + length, "/")] != '\0')
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(openers); i++)
        if (strlen(openers[i].command) == length &&
            g_ascii_strncasecmp(openers[i].command, name, length) == 0)
            return openers[i].open;
    return NULL;
}

/* --- the account ---------------------------------------------------------------------------- */

/* How well an account does for a link about somebody: 0 not at all. */
static unsigned fitness(PurpleAccount *account, const char *who)
{
    if (!prpl_settings_is_ours(account))
        return 0;
    if (!purple_account_is_connected(account))
        return 1;
    return purple_find_buddy(account, who) != NULL ? 3 : 2;
}

/*
 * The account that the link names (`wanted`, NULL: none); else one that is signed in, if possible
 * with this contact; else any of ours. NULL if there is none.
 */
static PurpleAccount *choose_account(const char *wanted, const char *who)
{
    PurpleAccount *best = NULL;

    if (wanted != NULL)
        return purple_accounts_find(wanted, PRPL_PROTOCOL_ID);
    for (GList *l = purple_accounts_get_all(); l != NULL; l = l->next)
        if (fitness(l->data, who) > (best != NULL ? fitness(best, who) : 0))
            best = l->data;
    return best;
}

static void tell_offline(PurpleAccount *account, const char *who)
{
    char *text = g_strdup_printf(
        /* Translators: %s is an address; somebody clicked a link to it */
        _("Sign in, then open the link to %s again."), who);

    prpl_dialogs_tell_offline(account, NULL, PURPLE_NOTIFY_MSG_INFO, _("You are not signed in."),
                              text);
    g_free(text);
}

/* --- the signal ----------------------------------------------------------------------------- */

/* Opens it, unless there were too many. */
static void open_link(opener open, PurpleAccount *account, const char *who)
{
    if (!msnp_pace_take(&prpl_process_get()->links, &link_limit, prpl_account_now()))
        prpl_log(account, "too many links: one was not opened");
    else if (purple_account_is_connected(account))
        open(account, who);
    else
        tell_offline(account, who);
}

/* libpurple: is the link one of ours? If not, others are asked. */
static gboolean handle_link(const char *protocol, const char *command, GHashTable *parameters)
{
    if (g_ascii_strcasecmp(protocol, "msnim") != 0)
        return FALSE;
    opener open = opener_of(command);
    char *who = address_of(parameters, "contact");
    char *wanted = address_of(parameters, "account");
    PurpleAccount *account = open != NULL && who != NULL ? choose_account(wanted, who) : NULL;

    if (account != NULL)
        open_link(open, account, who);
    else
        prpl_log(NULL, "a link that leads nowhere");
    g_free(who);
    g_free(wanted);
    return account != NULL;
}

void prpl_msnim_load(PurplePlugin *plugin)
{
    purple_signal_connect(purple_get_core(), "uri-handler", plugin, PURPLE_CALLBACK(handle_link),
                          NULL);
}
