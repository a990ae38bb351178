/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of all conversations in both directions, and conversations with one person. Group chats
 * are in chats.h.
 */
#ifndef PRPL_CONVO_H
#define PRPL_CONVO_H

#include "account.h"

/* Before the sign-in. */
void prpl_convo_open(prpl_account *self);

/* May this person start a conversation? */
bool prpl_convo_is_welcome(prpl_account *self, const char *who);
/* MSNP_EVENT_MESSAGE, MSNP_EVENT_TYPING. */
void prpl_convo_message(prpl_account *self, const msnp_event *event);
void prpl_convo_typing(prpl_account *self, const msnp_event *event);

/*
 * Sends a message that libpurple has as HTML. Returns 1 if it was accepted, 0 if it is empty,
 * negative if it cannot be sent; the user was then notified.
 */
int prpl_convo_send(PurpleConnection *gc, msnp_conversation_id id, const char *html);

/* prpl */
int prpl_convo_send_im(PurpleConnection *gc, const char *who, const char *html,
                       PurpleMessageFlags flags);
unsigned prpl_convo_send_typing(PurpleConnection *gc, const char *who, PurpleTypingState state);
gboolean prpl_convo_send_attention(PurpleConnection *gc, const char *who, guint type);
GList *prpl_convo_attention_types(PurpleAccount *account);
void prpl_convo_closed(PurpleConnection *gc, const char *who);

#endif
