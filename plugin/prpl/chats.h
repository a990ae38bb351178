/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Group chats.
 */
#ifndef PRPL_CHATS_H
#define PRPL_CHATS_H

#include "account.h"

/* Life cycle: before the sign-in, and when the account is no longer in use. */
void prpl_chats_open(prpl_account *self);
void prpl_chats_free(prpl_account *self);
/* The connection closes: leaves all chats. */
void prpl_chats_leave_all(prpl_account *self);
/*
 * The same, before anything else, if the client has destroyed its windows of chats: BitlBee does so
 * when its user signs out, and would crash if something was written into one of them.
 */
void prpl_chats_abandon(prpl_account *self);
/* MSNP_EVENT_CHAT_BEGUN, _JOINED, _LEFT and _CALL_FAILED. */
void prpl_chats_begun(prpl_account *self, const msnp_event *event);
void prpl_chats_joined(prpl_account *self, const msnp_event *event);
void prpl_chats_left(prpl_account *self, const msnp_event *event);
void prpl_chats_call_failed(prpl_account *self, const msnp_event *event);

/*
 * The user turns the conversation with `who` into a chat, and invites `also` (may be NULL). False
 * if there are too many. Dispatches events: the account may be over afterwards.
 */
bool prpl_chats_begin(prpl_account *self, const char *who, const char *also);
/* The user invites somebody into a chat. */
void prpl_chats_call(prpl_account *self, unsigned chat, const char *who);

/* prpl */
int prpl_chats_send(PurpleConnection *gc, int id, const char *html, PurpleMessageFlags flags);
void prpl_chats_invite(PurpleConnection *gc, int id, const char *message, const char *who);
void prpl_chats_leave(PurpleConnection *gc, int id);
/* prpl: the name of somebody in a chat; NULL for the address. The caller frees it. */
char *prpl_chats_alias(PurpleConnection *gc, int id, const char *who);

#endif
