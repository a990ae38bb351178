/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The windows of conversations, and the names of people in them.
 */
#ifndef PRPL_WINDOWS_H
#define PRPL_WINDOWS_H

#include "account.h"

/* The window of a conversation; NULL if there is none. Valid until libpurple is called again. */
PurpleConversation *prpl_windows_find(const prpl_account *self, msnp_conversation_id id);
/* Does the client show chats? One without them neither shows lines of chats nor who is in them. */
bool prpl_windows_show_chats(PurpleConversation *chat);
/*
 * The HTML of lines of plain text that nobody said. In BitlBee they begin with "***": they come
 * from the person whom they are about. The caller frees it.
 */
char *prpl_windows_line(const char *text);
/*
 * Writes such lines into a window. BitlBee shows only what somebody said: there they come from the
 * person of the window, or from the chat itself.
 */
void prpl_windows_write(PurpleConversation *conv, PurpleMessageFlags flags, const char *text);
/*
 * What to call somebody in a sentence: the alias of a buddy; else the address, with the friendly
 * name (may be NULL or empty) before it. The caller frees it.
 */
char *prpl_windows_person(const prpl_account *self, const char *who, const char *name);

#endif
