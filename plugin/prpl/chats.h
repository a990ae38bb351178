/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chats: conversations with several people.
 */
#ifndef PRPL_CHATS_H
#define PRPL_CHATS_H

#include "account.h"

/* The number of the last chat: a client may still have windows of those of an earlier session. */
unsigned prpl_chat_last(void);
/* The connection ends, and with it all chats: nobody will find them again. */
void prpl_chat_leave_all(prpl_account *self);
/* MSNP_EVENT_CHAT_BEGUN, _JOINED, _LEFT and _UNREACHED. */
void prpl_chat_begun(prpl_account *self, const msnp_event *event);
void prpl_chat_joined(prpl_account *self, const msnp_event *event);
void prpl_chat_left(prpl_account *self, const msnp_event *event);
void prpl_chat_call_failed(prpl_account *self, const msnp_event *event);

/* prpl */
int prpl_chat_send(PurpleConnection *gc, int id, const char *html, PurpleMessageFlags flags);
void prpl_chat_invite(PurpleConnection *gc, int id, const char *message, const char *who);
void prpl_chat_leave(PurpleConnection *gc, int id);
/* prpl: what somebody in a chat is called; NULL for the address. The caller frees it. */
char *prpl_chat_alias(PurpleConnection *gc, int id, const char *who);

#endif
