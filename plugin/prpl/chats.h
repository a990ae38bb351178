/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chats: conversations with several people.
 */
#ifndef MSN_CHATS_H
#define MSN_CHATS_H

#include "account.h"

/* Before the sign-in. */
void msn_chat_open(msn_account *self);
/* The connection ends, and with it all chats: nobody will find them again. */
void msn_chat_leave_all(msn_account *self);
/* MSNP_EVENT_CHAT_BEGUN, _JOINED, _LEFT and _UNREACHED. */
void msn_chat_begun(msn_account *self, const msnp_event *event);
void msn_chat_joined(msn_account *self, const msnp_event *event);
void msn_chat_left(msn_account *self, const msnp_event *event);
void msn_chat_unreached(msn_account *self, const msnp_event *event);

/* prpl */
int msn_chat_send(PurpleConnection *gc, int id, const char *html, PurpleMessageFlags flags);
void msn_chat_invite(PurpleConnection *gc, int id, const char *message, const char *who);
void msn_chat_leave(PurpleConnection *gc, int id);
/* prpl: what somebody in a chat is called; NULL for the address. The caller frees it. */
char *msn_chat_alias(PurpleConnection *gc, int id, const char *who);

#endif
