/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parts.h"

#include "authorize.h"
#include "blist.h"
#include "chats.h"
#include "convo.h"
#include "dialogs.h"
#include "edits.h"
#include "mail.h"
#include "privacy.h"
#include "profile.h"
#include "transfers.h"
#include "undelivered.h"

typedef void (*moment)(prpl_account *self);

/*
 * At each moment, in this order. Conversations end before undelivered messages are shown and before
 * chats are left: received messages still appear in their windows.
 */
static const struct {
    moment open;
    moment sign_off;
    moment close;
    moment free;
} parts[] = {
    {NULL, prpl_dialogs_close_all, prpl_dialogs_close_all, NULL},
    {NULL, prpl_chats_abandon, NULL, NULL},
    {prpl_convo_open, prpl_account_sign_out, NULL, NULL},
    {prpl_undelivered_open, prpl_undelivered_show, prpl_undelivered_close, prpl_undelivered_free},
    {prpl_transfers_open, prpl_transfers_close, prpl_transfers_close, prpl_transfers_free},
    {prpl_chats_open, prpl_chats_leave_all, NULL, prpl_chats_free},
    {prpl_authorize_open, NULL, prpl_authorize_close, prpl_authorize_free},
    {prpl_mail_open, prpl_mail_close, prpl_mail_close, prpl_mail_free},
    {prpl_privacy_open, NULL, NULL, prpl_privacy_free},
    {prpl_profile_open, NULL, prpl_profile_close, prpl_profile_free},
    {prpl_blist_open, NULL, prpl_blist_close, prpl_blist_free},
    {prpl_edits_open, NULL, prpl_edits_close, prpl_edits_free},
};

/* Calls the function of each part for this moment. */
#define EACH(when, self)                               \
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) { \
        if (parts[i].when != NULL)                     \
            parts[i].when(self);                       \
    }

void prpl_parts_open(prpl_account *self)
{
    EACH(open, self);
}

void prpl_parts_sign_off(prpl_account *self)
{
    if (self->ending)
        return;
    /* A handler of what is shown now can close the connection. */
    prpl_account_ref(self);
    for (size_t i = 0; i < G_N_ELEMENTS(parts) && !self->closed; i++)
        if (parts[i].sign_off != NULL)
            parts[i].sign_off(self);
    prpl_account_unref(self);
}

void prpl_parts_close(prpl_account *self)
{
    EACH(close, self);
}

void prpl_parts_free(prpl_account *self)
{
    EACH(free, self);
}
