/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of conversations share. Nobody else includes this.
 */
#ifndef PRPL_CONVO_PRIV_H
#define PRPL_CONVO_PRIV_H

#include "convo.h"

struct prpl_convo {
    GHashTable *chats; /* number -> (normalized address -> friendly name) */
    GQueue reports;    /* report *: what was not delivered, and is still to be said */
    GList *questions;  /* question *: whom to invite; see commands.c */
    unsigned own;      /* the chat that the user has just begun here */
    guint timer;       /* after which reports are told and what the user did is carried out */
    bool ending;       /* the connection goes */
};

/*
 * The user did something: its events are dispatched soon. Not at once, since libpurple is in the
 * middle of something with a conversation, and whoever hears of the events could close it.
 */
void prpl_convo_wake(prpl_account *self);
/*
 * Sends what libpurple has as HTML: 1 if it was taken, 0 if there is nothing in it, negative, and
 * the user has been told, if it cannot be sent.
 */
int prpl_convo_send(PurpleConnection *gc, msnp_place place, const char *html);

/* The window of a conversation; NULL if there is none. Only until libpurple is called again. */
PurpleConversation *prpl_convo_find(const prpl_account *self, msnp_place place);
/* Writes a line of plain text into a window. */
void prpl_convo_write(PurpleConversation *conv, PurpleMessageFlags flags, const char *text);
/* An address as libpurple compares it, and without blanks around it; the caller frees them. */
char *prpl_convo_normalized(const prpl_account *self, const char *who);
char *prpl_convo_address(const char *who);
/*
 * What to call somebody in a sentence: by the alias of a buddy, or by address, with the friendly
 * name (which may be NULL, or empty) before it. The caller frees it.
 */
char *prpl_convo_person(const prpl_account *self, const char *who, const char *name);

/* Somebody in a chat says something. */
void prpl_chat_message(prpl_account *self, unsigned chat, const char *who, const char *html,
                       PurpleMessageFlags flags);

#endif
