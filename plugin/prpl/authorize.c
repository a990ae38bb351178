/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "authorize.h"

#include "buddies.h"
#include "dialogs.h"
#include "log.h"
#include "process.h"
#include "settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ASKED_MAX 1000 /* people stored as asked about */

/*
 * So many questions are open at a time; others follow when one is answered. One that is closed
 * without an answer, because the other person took it back, counts for some time (milliseconds):
 * neither can one person ask again and again, nor can many who come and go.
 */
#define PLACES 20
#define PAUSE  INT64_C(300000)

#define AT_ONCE 50 /* people looked at in one turn; more than there are places */

typedef struct {
    char *who;
    gpointer dialog; /* NULL: closed without an answer */
    int64_t until;   /* then, when the place becomes free */
} place;

struct prpl_authorize {
    GList *places; /* place *, those that are taken */
    guint timer;   /* somebody waits for a place to become free */
    bool scan;     /* the lists have come: all of them may be undecided */
    GQueue queue;  /* char *: who may be undecided, in lower case; in the set `queued` as well */
    /* Sets of accounts in lower case: */
    GHashTable *queued;    /* owns the names */
    GHashTable *asked;     /* asked about, in an earlier session or this one */
    GHashTable *decided;   /* decided in this session: the server knows, or soon will */
    GHashTable *automatic; /* allowed without asking; the server has not replied yet */
    bool complete;         /* the server's lists are complete */
};

/* --- people already asked about ------------------------------------------------------------- */

static GHashTable *new_set(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static GHashTable *read_asked(PurpleAccount *account)
{
    GHashTable *asked = new_set();
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

static bool is_in(GHashTable *set, const char *who)
{
    char *key = g_ascii_strdown(who, -1);
    bool in = g_hash_table_contains(set, key);

    g_free(key);
    return in;
}

static void put_into(GHashTable *set, const char *who)
{
    g_hash_table_add(set, g_ascii_strdown(who, -1));
}

static bool take_from(GHashTable *set, const char *who)
{
    char *key = g_ascii_strdown(who, -1);
    bool was_in = g_hash_table_remove(set, key);

    g_free(key);
    return was_in;
}

/* --- places --------------------------------------------------------------------------------- */

static void place_free(gpointer data)
{
    place *taken = data;

    g_free(taken->who);
    g_free(taken);
}

static place *find_place(const prpl_account *self, const char *who)
{
    for (GList *l = self->authorize->places; l != NULL; l = l->next)
        if (g_ascii_strcasecmp(((place *)l->data)->who, who) == 0)
            return l->data;
    return NULL;
}

static void give_back(prpl_account *self, place *taken)
{
    self->authorize->places = g_list_remove(self->authorize->places, taken);
    place_free(taken);
}

static gboolean look_again(gpointer data)
{
    prpl_account *self = data;

    self->authorize->timer = 0;
    /* The end of an edit leads to a look. */
    if (self->busy > 0) {
        self->authorize->timer = purple_timeout_add_seconds(1, look_again, self);
    } else if (msnp_session_edits_waiting(self->session) == 0) {
        prpl_account_enter(self);
        if (prpl_authorize_look(self) && self->authorize->timer == 0)
            self->authorize->timer = purple_timeout_add_seconds(1, look_again, self);
        prpl_account_leave(self);
    }
    return G_SOURCE_REMOVE;
}

/* Somebody waits: looks again when the next place becomes free without an answer, if any will. */
static void wait_for_place(prpl_account *self)
{
    int64_t next = INT64_MAX;

    for (GList *l = self->authorize->places; l != NULL; l = l->next) {
        const place *taken = l->data;
        if (taken->dialog == NULL)
            next = MIN(next, taken->until);
    }
    if (next == INT64_MAX || self->authorize->timer != 0)
        return;
    int64_t seconds = MAX(next - prpl_account_now(), 0) / 1000 + 1;
    self->authorize->timer = purple_timeout_add_seconds((guint)seconds, look_again, self);
}

static void give_back_old(prpl_account *self)
{
    int64_t now = prpl_account_now();

    for (GList *l = self->authorize->places; l != NULL;) {
        place *taken = l->data;
        l = l->next;
        if (taken->dialog == NULL && taken->until <= now)
            give_back(self, taken);
    }
}

/* --- asking --------------------------------------------------------------------------------- */

static void decide(gpointer dialog, msnp_edit_kind kind)
{
    char *who;
    prpl_account *self = prpl_dialogs_answered(dialog, &who);

    if (self != NULL) {
        const msnp_edit edit = {.kind = kind, .account = who};
        place *taken = find_place(self, who);

        if (taken != NULL)
            give_back(self, taken);
        (void)take_from(self->authorize->asked, who);
        put_into(self->authorize->decided, who);
        prpl_account_edit(self, &edit);
    }
    g_free(who);
}

static void allowed(void *data)
{
    decide(data, MSNP_EDIT_ALLOW);
}

static void denied(void *data)
{
    decide(data, MSNP_EDIT_BLOCK);
}

/* The protocol carries none, but BitlBee shows one in any case; there it is a good place for this.
 */
static const char *message(void)
{
    return prpl_process_is_bitlbee() ? _("If you accept, they can see you and send you messages. "
                                         "If you reject, they are blocked.")
                                     : NULL;
}

static void ask(prpl_account *self, const msnp_contact *contact)
{
    place *taken = g_new0(place, 1);
    /* Copies: a handler can end the session, and the contact with it. */
    char *who = g_strdup(contact->account);
    char *name = g_strdup(contact->name);
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_AUTHORIZATION, self, who);

    *taken = (place){.who = g_strdup(who), .dialog = dialog};
    self->authorize->places = g_list_append(self->authorize->places, taken);
    put_into(self->authorize->asked, who);
    prpl_log(self->account, "asking about somebody who added this account");
    /* Some plugins answer before the user is asked. */
    prpl_dialogs_opened(dialog, purple_account_request_authorization(
                                    self->account, who, NULL, name, message(),
                                    prpl_buddies_is_listed(contact), allowed, denied, dialog));
    g_free(who);
    g_free(name);
}

/* The user does not want to be asked (GTC N). Nobody waits for the result. */
static void allow(prpl_account *self, const msnp_contact *contact)
{
    const msnp_edit edit = {.kind = MSNP_EDIT_ALLOW, .account = contact->account};

    put_into(self->authorize->decided, contact->account);
    put_into(self->authorize->automatic, contact->account);
    prpl_account_edit(self, &edit);
}

static bool may_ask(prpl_account *self)
{
    return !msnp_session_roster(self->session)->prompt_on_add ||
           g_list_length(self->authorize->places) < PLACES;
}

/* Asks about somebody, or allows them; false if that has to wait. */
static bool consider(prpl_account *self, const msnp_contact *contact)
{
    if (contact == NULL || !msnp_contact_is_undecided(contact) ||
        is_in(self->authorize->asked, contact->account) ||
        is_in(self->authorize->decided, contact->account))
        return true;
    if (!msnp_session_roster(self->session)->prompt_on_add)
        allow(self, contact);
    else if (find_place(self, contact->account) == NULL)
        ask(self, contact);
    else
        return false;
    return true;
}

static void queue_up(prpl_account *self, const char *who)
{
    char *name = g_ascii_strdown(who, -1);

    if (g_hash_table_contains(self->authorize->queued, name)) {
        g_free(name);
        return;
    }
    g_hash_table_add(self->authorize->queued, name);
    g_queue_push_tail(&self->authorize->queue, name);
}

static void scan(prpl_account *self)
{
    const msnp_roster *roster = msnp_session_roster(self->session);

    for (size_t i = 0; i < msnp_roster_size(roster); i++)
        if (msnp_contact_is_undecided(msnp_roster_at(roster, i)))
            queue_up(self, msnp_roster_at(roster, i)->account);
    self->authorize->scan = false;
}

void prpl_authorize_roster(prpl_account *self, bool complete)
{
    self->authorize->complete = complete;
    self->authorize->scan = true;
}

static bool is_ending(const prpl_account *self)
{
    return self->ending || prpl_account_is_over(self);
}

bool prpl_authorize_look(prpl_account *self)
{
    guint n = 0;

    if (self->authorize->scan)
        scan(self);
    give_back_old(self);
    /* Those who have to wait go to the end, so go round once. */
    for (guint all = self->authorize->queue.length;
         n < MIN(all, AT_ONCE) && !is_ending(self) && may_ask(self); n++) {
        char *who = g_queue_pop_head(&self->authorize->queue);
        g_hash_table_steal(self->authorize->queued, who);
        if (!consider(self, prpl_buddies_contact(self, who)))
            queue_up(self, who);
        g_free(who);
    }
    if (self->authorize->queue.length == 0 || is_ending(self))
        return false;
    if (n < AT_ONCE)
        wait_for_place(self);
    return n == AT_ONCE;
}

void prpl_authorize_contact(prpl_account *self, const char *account)
{
    const msnp_contact *contact = prpl_buddies_contact(self, account);
    place *taken = find_place(self, account);

    if (contact != NULL && msnp_contact_is_undecided(contact)) {
        queue_up(self, account);
        return;
    }
    if (taken == NULL || taken->dialog == NULL)
        return;
    /* Decided on another computer, or removed by the other person. Unanswered: if they add this
     * account again, ask again, but not at once. */
    gpointer dialog = g_steal_pointer(&taken->dialog);
    taken->until = prpl_account_now() + PAUSE;
    (void)take_from(self->authorize->asked, account);
    prpl_log(self->account, "somebody need not be asked about any more");
    prpl_dialogs_close(dialog);
}

bool prpl_authorize_is_automatic(prpl_account *self, const msnp_edit *edit)
{
    return edit->kind == MSNP_EDIT_ALLOW && take_from(self->authorize->automatic, edit->account);
}

guint prpl_authorize_n_automatic(const prpl_account *self)
{
    return g_hash_table_size(self->authorize->automatic);
}

/* --- life ----------------------------------------------------------------------------------- */

void prpl_authorize_open(prpl_account *self)
{
    self->authorize = g_new0(struct prpl_authorize, 1);
    g_queue_init(&self->authorize->queue);
    self->authorize->queued = new_set();
    self->authorize->asked = read_asked(self->account);
    self->authorize->decided = new_set();
    self->authorize->automatic = new_set();
}

void prpl_authorize_close(prpl_account *self)
{
    if (self->authorize->timer != 0)
        purple_timeout_remove(self->authorize->timer);
    self->authorize->timer = 0;
    /* If the connection broke, ask about open ones again next time. Signing out without an answer
     * counts as an answer. */
    for (GList *l = self->authorize->places; l != NULL && self->finished; l = l->next)
        (void)take_from(self->authorize->asked, ((place *)l->data)->who);
    if (purple_connection_get_state(self->gc) == PURPLE_CONNECTED)
        write_asked(self);
}

void prpl_authorize_free(prpl_account *self)
{
    g_list_free_full(self->authorize->places, place_free);
    g_queue_clear(&self->authorize->queue);
    g_hash_table_destroy(self->authorize->queued);
    g_hash_table_destroy(self->authorize->asked);
    g_hash_table_destroy(self->authorize->decided);
    g_hash_table_destroy(self->authorize->automatic);
    g_clear_pointer(&self->authorize, g_free);
}
