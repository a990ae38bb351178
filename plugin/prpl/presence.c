/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "presence.h"

#include "edits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * In the order of menus. Clients map their own "away" and "do not disturb" to the first status of
 * that kind, so the plain ones come before the special ones.
 */
static const struct {
    const char *id;
    PurpleStatusPrimitive primitive;
    const char *name;
    msnp_status status;
} kinds[] = {
    {"available", PURPLE_STATUS_AVAILABLE, N_("Available"), MSNP_STATUS_ONLINE},
    {"busy", PURPLE_STATUS_UNAVAILABLE, N_("Busy"), MSNP_STATUS_BUSY},
    {"away", PURPLE_STATUS_AWAY, N_("Away"), MSNP_STATUS_AWAY},
    {"brb", PURPLE_STATUS_AWAY, N_("Be Right Back"), MSNP_STATUS_BRB},
    {"phone", PURPLE_STATUS_UNAVAILABLE, N_("On the Phone"), MSNP_STATUS_PHONE},
    {"lunch", PURPLE_STATUS_AWAY, N_("Out to Lunch"), MSNP_STATUS_LUNCH},
    {"invisible", PURPLE_STATUS_INVISIBLE, N_("Invisible"), MSNP_STATUS_HIDDEN},
};

/*
 * What a status for all accounts can be, but no person can choose for this one: the nearest status
 * of the service stands for it. Without a type, libpurple would leave the account as it was.
 */
static const struct {
    const char *id;
    PurpleStatusPrimitive primitive;
    msnp_status status;
} nearest[] = {
    {"extended_away", PURPLE_STATUS_EXTENDED_AWAY, MSNP_STATUS_AWAY},
    {"mobile", PURPLE_STATUS_MOBILE, MSNP_STATUS_AWAY},
};

/* Of contacts, besides their status: they receive messages on a mobile phone. */
#define PAGES "receives_pages"

/* Those that are in no menu. */
static GList *add_nearest(GList *types)
{
    for (size_t i = 0; i < G_N_ELEMENTS(nearest); i++)
        types =
            g_list_append(types, purple_status_type_new_full(nearest[i].primitive, nearest[i].id,
                                                             NULL, TRUE, FALSE, FALSE));
    /* Last: libpurple takes the first one of a kind for a status that is for all accounts. */
    return g_list_append(
        types, purple_status_type_new_full(PURPLE_STATUS_MOBILE, PAGES, NULL, FALSE, FALSE, TRUE));
}

/* Where we have no translation, libpurple has one of most of these words. */
static const char *translate(const char *name)
{
    const char *ours = _(name);

    return ours != name ? ours : dgettext("pidgin", name);
}

GList *prpl_presence_types(PurpleAccount *account)
{
    GList *types = NULL;

    (void)account;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        types = g_list_append(types, purple_status_type_new_full(kinds[i].primitive, kinds[i].id,
                                                                 translate(kinds[i].name), TRUE,
                                                                 TRUE, FALSE));
    types = add_nearest(types);
    /* Set the id explicitly: libpurple itself looks for its default id. */
    return g_list_append(
        types, purple_status_type_new_full(PURPLE_STATUS_OFFLINE, NULL, NULL, TRUE, TRUE, FALSE));
}

msnp_status prpl_presence_wanted(const prpl_account *self)
{
    PurpleStatus *active = purple_account_get_active_status(self->account);
    const char *id = active != NULL ? purple_status_get_id(active) : "";
    bool idle = purple_presence_is_idle(purple_account_get_presence(self->account));

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].id, id) == 0) {
            /* Only an available user becomes idle; other statuses are more specific. */
            bool idles = idle && kinds[i].status == MSNP_STATUS_ONLINE;
            return idles ? MSNP_STATUS_IDLE : kinds[i].status;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(nearest); i++)
        if (strcmp(nearest[i].id, id) == 0)
            return nearest[i].status;
    return MSNP_STATUS_ONLINE;
}

void prpl_presence_send(prpl_account *self)
{
    msnp_session_set_status(self->session, prpl_presence_wanted(self), prpl_account_now());
    prpl_account_pump(self);
}

void prpl_presence_set_status(PurpleAccount *account, PurpleStatus *status)
{
    prpl_account *self = prpl_account_of(purple_account_get_connection(account));

    /* Ignore deactivation: another status is about to be activated. */
    if (self != NULL && purple_status_is_active(status))
        prpl_presence_send(self);
}

void prpl_presence_set_idle(PurpleConnection *gc, int seconds)
{
    prpl_account *self = prpl_account_of(gc);

    (void)seconds; /* the presence has the idle time */
    if (self != NULL)
        prpl_presence_send(self);
}

const char *prpl_presence_name(msnp_status status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].status == status)
            return translate(kinds[i].name);
    return translate(N_("Idle"));
}

/* The id of a contact's status. Idle contacts are available, with idle set separately. */
static const char *status_id(msnp_status status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].status == status)
            return kinds[i].id;
    return kinds[0].id;
}

static const char *id_of(const msnp_contact *contact)
{
    return contact->online ? status_id(contact->status) : "offline";
}

static bool is_idle(const msnp_contact *contact)
{
    return contact->online && contact->status == MSNP_STATUS_IDLE;
}

static bool have_status(GSList *buddies, const char *id)
{
    bool all = true;

    for (GSList *l = buddies; l != NULL; l = l->next) {
        PurplePresence *presence = purple_buddy_get_presence(l->data);
        PurpleStatus *status = purple_presence_get_active_status(presence);
        all = all && strcmp(purple_status_get_id(status), id) == 0;
    }
    return all;
}

static bool are_idle(GSList *buddies, bool idle)
{
    bool all = true;

    for (GSList *l = buddies; l != NULL; l = l->next)
        all = all && (purple_presence_is_idle(purple_buddy_get_presence(l->data)) != FALSE) == idle;
    return all;
}

static bool receive_pages(GSList *buddies, bool pages)
{
    bool all = true;

    for (GSList *l = buddies; l != NULL; l = l->next)
        all = all && (purple_presence_is_status_active(purple_buddy_get_presence(l->data), PAGES) !=
                      FALSE) == pages;
    return all;
}

bool prpl_presence_is_shown(const prpl_account *self, GSList *buddies, const msnp_contact *contact)
{
    /* For libpurple nobody offline is idle; ignore the idle time that it keeps. */
    return have_status(buddies, id_of(contact)) &&
           (!contact->online || are_idle(buddies, is_idle(contact))) &&
           receive_pages(buddies,
                         msnp_roster_can_page(msnp_session_roster(self->session), contact));
}

void prpl_presence_show(prpl_account *self, const msnp_contact *contact)
{
    bool online = contact->online;
    bool idle = is_idle(contact);
    bool pages = msnp_roster_can_page(msnp_session_roster(self->session), contact);
    const char *id = id_of(contact);
    /* A copy: a handler may end the session, and free the contact. */
    char *who = g_strdup(contact->account);
    GSList *buddies = purple_find_buddies(self->account, who);
    bool known = have_status(buddies, id);
    bool pages_known = receive_pages(buddies, pages);

    g_slist_free(buddies);
    if (!pages_known && pages)
        purple_prpl_got_user_status(self->account, who, PAGES, NULL);
    else if (!pages_known)
        purple_prpl_got_user_status_deactive(self->account, who, PAGES);
    if (!known && !prpl_account_is_over(self))
        purple_prpl_got_user_status(self->account, who, id, NULL);
    if (online && !prpl_account_is_over(self))
        purple_prpl_got_user_idle(self->account, who, idle, 0);
    g_free(who);
}

void prpl_presence_failed(prpl_account *self, msnp_status wanted, unsigned number)
{
    const char *name = prpl_presence_name(wanted);
    char *text;

    if (number != 0)
        text = g_strdup_printf(_("The service rejected the status \"%s\" (error %u). Others still "
                                 "see your previous status."),
                               name, number);
    else
        text = g_strdup_printf(_("The service did not confirm the status \"%s\". Others may still "
                                 "see your previous status."),
                               name);
    prpl_edits_report_failure(self, g_strdup(_("Your status could not be changed.")), text);
    prpl_edits_show_reports(self);
}
