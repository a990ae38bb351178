/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of all conversations in both directions, and conversations with one person. Group chats
 * are in chats.h.
 */
#ifndef PRPL_CONVO_H
#define PRPL_CONVO_H

#include "account.h"

/* Before the sign-in, and when the account is no longer in use. */
void prpl_convo_open(prpl_account *self);
void prpl_convo_free(prpl_account *self);
/* Before the connection is closed, while windows still accept text: reports undelivered messages.
 */
void prpl_convo_signing_off(prpl_account *self);
/* Frees what all accounts share, when the plugin is unloaded. */
void prpl_convo_unload(void);

/* May this person start a conversation? */
bool prpl_convo_welcome(prpl_account *self, const char *who);
/* MSNP_EVENT_TALK_MESSAGE, MSNP_EVENT_TALK_TYPING, MSNP_EVENT_TALK_UNDELIVERED. */
void prpl_convo_message(prpl_account *self, const msnp_event *event);
void prpl_convo_typing(prpl_account *self, const msnp_event *event);
void prpl_convo_undelivered(prpl_account *self, const msnp_event *event);

/* prpl */
int prpl_convo_send_im(PurpleConnection *gc, const char *who, const char *html,
                       PurpleMessageFlags flags);
unsigned prpl_convo_send_typing(PurpleConnection *gc, const char *who, PurpleTypingState state);
gboolean prpl_convo_send_attention(PurpleConnection *gc, const char *who, guint type);
GList *prpl_convo_attention_types(PurpleAccount *account);
void prpl_convo_closed(PurpleConnection *gc, const char *who);

#endif
