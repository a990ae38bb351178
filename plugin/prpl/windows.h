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
 * Gives a window a title of our own, in place of the one that libpurple makes of addresses; clients
 * ask for that one again now and then. That of a conversation with one person lasts until this
 * person is a buddy.
 */
void prpl_windows_set_title(PurpleConversation *conv, const char *title);
/* Opens the window of a chat, which has this title from the start: Finch and BitlBee keep it. */
void prpl_windows_open_chat(prpl_account *self, unsigned chat, const char *name, const char *title);
/* What is said once in a window. */
#define PRPL_SAID_BLOCKED "msnp8-said-blocked" /* the user has blocked this person */
#define PRPL_SAID_HIDDEN  "msnp8-said-hidden"  /* who has said something */
#define PRPL_SAID_WHO     "msnp8-said-who"     /* who a stranger is */
/* Is this to be said now, for the first time, or the first time after it was unsaid? */
bool prpl_windows_say_once(PurpleConversation *conv, const char *what);
/* Was it said? It can be said again. */
bool prpl_windows_unsay(PurpleConversation *conv, const char *what);
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
 * Writes such lines into all windows of the account. False if it has none (BitlBee never has), or
 * only such as show no lines.
 */
bool prpl_windows_write_all(prpl_account *self, PurpleMessageFlags flags, const char *text);
/*
 * What to call somebody in a sentence: the alias of a buddy; else the address, with the friendly
 * name (may be NULL or empty) before it. The caller frees it.
 */
char *prpl_windows_person(const prpl_account *self, const char *who, const char *name);
/*
 * The same for a title, where only a short name has room; nobody has one like another's address, or
 * like several people's names.
 */
char *prpl_windows_short_person(const prpl_account *self, const char *who, const char *name);

/* Connects to libpurple's signals. Before the plugin is unloaded: forgets the windows. */
void prpl_windows_listen(PurplePlugin *plugin);
void prpl_windows_forget(void);

#endif
