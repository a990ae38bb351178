/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conversations: what is said in them, both ways, and those with one person. Chats with several
 * are in chats.h.
 */
#ifndef MSN_CONVO_H
#define MSN_CONVO_H

#include "account.h"

/* Before the sign-in, and when nothing of the account is in use any more. */
void msn_convo_open(msn_account *self);
void msn_convo_free(msn_account *self);
/* The connection is about to go, while windows still take text: says what was not delivered. */
void msn_convo_signing_off(msn_account *self);
/* What was made for all accounts goes, with the plugin. */
void msn_convo_unload(void);

/* Is this one, who opens a conversation, to be let in? */
bool msn_convo_welcome(msn_account *self, const char *who);
/* MSNP_EVENT_TALK_MESSAGE, MSNP_EVENT_TALK_TYPING, MSNP_EVENT_TALK_UNDELIVERED. */
void msn_convo_message(msn_account *self, const msnp_event *event);
void msn_convo_typing(msn_account *self, const msnp_event *event);
void msn_convo_undelivered(msn_account *self, const msnp_event *event);

/* prpl */
int msn_convo_send_im(PurpleConnection *gc, const char *who, const char *html,
                      PurpleMessageFlags flags);
unsigned msn_convo_send_typing(PurpleConnection *gc, const char *who, PurpleTypingState state);
gboolean msn_convo_send_attention(PurpleConnection *gc, const char *who, guint type);
GList *msn_convo_attention_types(PurpleAccount *account);
void msn_convo_closed(PurpleConnection *gc, const char *who);

#endif
