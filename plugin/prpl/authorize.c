/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "authorize.h"

#include "buddies.h"
#include "log.h"
#include "settings.h"

#include <string.h>

#define OPEN_MAX  20   /* questions at a time; others follow when one is answered */
#define ASKED_MAX 1000 /* people stored as asked about */

typedef struct {
    prpl_account *account;
    char *who;
    void *dialog; /* libpurple's; NULL if the client has none to close */
} question;

struct prpl_authorize {
    GList *open; /* question * */
    /* Sets of accounts in lower case: */
    GHashTable *asked;   /* asked about, in an earlier session or this one */
    GHashTable *decided; /* decided in this session: the server knows, or soon will */
    bool complete;       /* the server's lists are complete */
};

/* --- people already asked about ------------------------------------------------------------- */

static GHashTable *read_asked(PurpleAccount *account)
{
    GHashTable *asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char **names = g_strsplit(purple_account_get_string(account, PRPL_SETTING_ASKED, ""), " ", -1);

    for (char **name = names; *name != NULL; name++)
        if (**name != '\0')
            g_hash_table_add(asked, g_strdup(*name));
    g_strfreev(names);
    return asked;
}

/* Stores only people who are still undecided; only a complete list shows who they are. */
static void write_asked(prpl_account *self)
{
    GString *names = g_string_new(NULL);
    GHashTableIter iter;
    gpointer name;
    unsigned n = 0;

    g_hash_table_iter_init(&iter, self->authorize->asked);
    while (n < ASKED_MAX && g_hash_table_iter_next(&iter, &name, NULL)) {
        const msnp_contact *contact = prpl_buddies_contact(self, name);
        if (contact == NULL ? self->authorize->complete : !msnp_contact_is_undecided(contact))
            continue;
        g_string_append_printf(names, "%s%s", n++ > 0 ? " " : "", (const char *)name);
    }
    if (strcmp(names->str, purple_account_get_string(self->account, PRPL_SETTING_ASKED, "")) != 0)
        purple_account_set_string(self->account, PRPL_SETTING_ASKED, names->str);
    g_string_free(names, TRUE);
}

/* --- asking --------------------------------------------------------------------------------- */

static void question_free(question *asked)
{
    g_free(asked->who);
    g_free(asked);
}

static GList *find_question(const prpl_account *self, const char *who)
{
    for (GList *l = self->authorize->open; l != NULL; l = l->next)
        if (g_ascii_strcasecmp(((question *)l->data)->who, who) == 0)
            return l;
    return NULL;
}

static void decide(question *asked, msnp_edit_kind kind)
{
    prpl_account *self = asked->account;
    msnp_edit edit = {.kind = kind, .account = asked->who};

    char *key = g_ascii_strdown(asked->who, -1);

    self->authorize->open = g_list_remove(self->authorize->open, asked);
    g_hash_table_remove(self->authorize->asked, key);
    g_hash_table_add(self->authorize->decided, key);
    prpl_account_edit(self, &edit);
    question_free(asked);
}

static void allowed(void *data)
{
    decide(data, MSNP_EDIT_ALLOW);
}

static void denied(void *data)
{
    decide(data, MSNP_EDIT_BLOCK);
}

/* Closes its dialog, if it is still there. */
static void question_close(question *asked)
{
    if (asked->dialog != NULL)
        purple_account_request_close(asked->dialog);
    question_free(asked);
}

static void ask(prpl_account *self, const msnp_contact *contact)
{
    question *asked = g_new0(question, 1);
    bool listed = prpl_buddies_is_listed(contact);
    void *dialog;

    asked->account = self;
    asked->who = g_strdup(contact->account);
    self->authorize->open = g_list_append(self->authorize->open, asked);
    g_hash_table_add(self->authorize->asked, g_ascii_strdown(contact->account, -1));
    prpl_log(self->account, "asking about somebody who added this account");
    dialog = purple_account_request_authorization(self->account, asked->who, NULL, contact->name,
                                                  NULL, listed, allowed, denied, asked);
    /* Some plugins answer before the user is asked. */
    if (g_list_find(self->authorize->open, asked) != NULL)
        asked->dialog = dialog;
}

/* Asks about somebody, or allows them if the user does not want to be asked (GTC N). */
static void consider(prpl_account *self, const msnp_contact *contact)
{
    char *key = g_ascii_strdown(contact->account, -1);
    bool known = g_hash_table_contains(self->authorize->asked, key) ||
                 g_hash_table_contains(self->authorize->decided, key);

    if (known) {
        g_free(key);
    } else if (msnp_session_roster(self->session)->prompt_on_add) {
        g_free(key);
        ask(self, contact);
    } else {
        msnp_edit edit = {.kind = MSNP_EDIT_ALLOW, .account = contact->account};
        g_hash_table_add(self->authorize->decided, key);
        prpl_account_edit(self, &edit);
    }
}

void prpl_authorize_roster(prpl_account *self, bool complete)
{
    self->authorize->complete = complete;
}

void prpl_authorize_look(prpl_account *self)
{
    /* By index: handling one may change the list. */
    for (size_t i = 0;
         !prpl_account_is_over(self) && i < msnp_roster_size(msnp_session_roster(self->session)) &&
         g_list_length(self->authorize->open) < OPEN_MAX;
         i++) {
        const msnp_contact *contact = msnp_roster_at(msnp_session_roster(self->session), i);
        if (msnp_contact_is_undecided(contact))
            consider(self, contact);
    }
}

void prpl_authorize_contact(prpl_account *self, const char *account)
{
    const msnp_contact *contact = prpl_buddies_contact(self, account);
    GList *open = find_question(self, account);

    if (contact == NULL)
        return;
    if (open != NULL && !msnp_contact_is_undecided(contact)) {
        /* Decided on another computer, or removed by the other person. */
        question *asked = open->data;
        self->authorize->open = g_list_delete_link(self->authorize->open, open);
        /* Unanswered: if they add this account again, ask again. */
        g_hash_table_remove(self->authorize->asked, purple_normalize(self->account, account));
        question_close(asked);
    }
}

void prpl_authorize_open(prpl_account *self)
{
    self->authorize = g_new0(struct prpl_authorize, 1);
    self->authorize->asked = read_asked(self->account);
    self->authorize->decided = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void prpl_authorize_close(prpl_account *self)
{
    GList *open = g_steal_pointer(&self->authorize->open);

    /* If the connection broke, ask about open ones again next time. Signing out without an answer
     * counts as an answer. */
    for (GList *l = open; l != NULL && self->finished; l = l->next) {
        char *key = g_ascii_strdown(((question *)l->data)->who, -1);
        g_hash_table_remove(self->authorize->asked, key);
        g_free(key);
    }
    if (purple_connection_get_state(self->gc) == PURPLE_CONNECTED)
        write_asked(self);
    g_list_free_full(open, (GDestroyNotify)question_close);
}

void prpl_authorize_free(prpl_account *self)
{
    g_hash_table_destroy(self->authorize->asked);
    g_hash_table_destroy(self->authorize->decided);
    g_clear_pointer(&self->authorize, g_free);
}
