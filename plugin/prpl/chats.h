/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Group chats.
 */
#ifndef PRPL_CHATS_H
#define PRPL_CHATS_H

#include "account.h"

/* The number of the last chat: a client may still have windows of those of an earlier session. */
unsigned prpl_chat_last(void);
/* Leaves all chats before the connection is closed: they cannot be rejoined. */
void prpl_chat_leave_all(prpl_account *self);
/* MSNP_EVENT_CHAT_BEGUN, _JOINED, _LEFT and _CALL_FAILED. */
void prpl_chat_begun(prpl_account *self, const msnp_event *event);
void prpl_chat_joined(prpl_account *self, const msnp_event *event);
void prpl_chat_left(prpl_account *self, const msnp_event *event);
void prpl_chat_call_failed(prpl_account *self, const msnp_event *event);

/* prpl */
int prpl_chat_send(PurpleConnection *gc, int id, const char *html, PurpleMessageFlags flags);
void prpl_chat_invite(PurpleConnection *gc, int id, const char *message, const char *who);
void prpl_chat_leave(PurpleConnection *gc, int id);
/* prpl: the display name of a participant; NULL for the address. The caller frees it. */
char *prpl_chat_alias(PurpleConnection *gc, int id, const char *who);

#endif
