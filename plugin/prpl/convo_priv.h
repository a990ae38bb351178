/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of conversations, and included only by them.
 */
#ifndef PRPL_CONVO_PRIV_H
#define PRPL_CONVO_PRIV_H

#include "convo.h"

struct prpl_convo {
    GHashTable *chats; /* number -> (normalized address -> friendly name) */
    GQueue reports;    /* report *: undelivered messages still to be reported */
    GList *questions;  /* question *: open invite dialogs; see commands.c */
    unsigned own;      /* the chat that the user has just started here */
    guint timer;       /* for reports and user actions */
    bool ending;       /* the connection is being closed */
};

/*
 * Dispatches the events of a user action soon. Not at once, since libpurple is still working with a
 * conversation, and a handler of the events could close it.
 */
void prpl_convo_wake(prpl_account *self);
/*
 * Sends a message, given as HTML: 1 if it was accepted, 0 if it is empty; negative, and the user
 * has been told, if it cannot be sent.
 */
int prpl_convo_send(PurpleConnection *gc, msnp_place place, const char *html);

/* The window of a conversation; NULL if there is none. Valid until libpurple is called again. */
PurpleConversation *prpl_convo_find(const prpl_account *self, msnp_place place);
/* Writes a line of plain text into a window. */
void prpl_convo_write(PurpleConversation *conv, PurpleMessageFlags flags, const char *text);
/* An address as libpurple compares it, and without blanks around it; the caller frees them. */
char *prpl_convo_normalized(const prpl_account *self, const char *who);
char *prpl_convo_address(const char *who);
/*
 * What to call somebody in a sentence: the alias of a buddy, or the friendly name (may be NULL or
 * empty) and the address. The caller frees it.
 */
char *prpl_convo_person(const prpl_account *self, const char *who, const char *name);

/* A message in a chat. */
void prpl_chat_message(prpl_account *self, unsigned chat, const char *who, const char *html,
                       PurpleMessageFlags flags);

#endif
