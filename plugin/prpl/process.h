/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all accounts of this process share. Empty when the plugin is loaded. Each member is set by
 * the file that it belongs to; all of it is freed when the plugin is unloaded.
 */
#ifndef PRPL_PROCESS_H
#define PRPL_PROCESS_H

#include "msnp.h"
#include <purple.h>

typedef struct {
    bool listening;             /* plugin.c: connected to libpurple's signals */
    PurpleCmdId invite_command; /* commands.c */
    PurpleCmdId nudge_command;
    PurpleCmdId unblock_command;
    msnp_pace links;             /* msnim.c: those that were opened */
    GList *attention_types;      /* convo.c: PurpleAttentionType *, the only one */
    unsigned last_chat;          /* chats.c: the last number of a chat, of all sessions */
    GHashTable *dialogs;         /* dialogs.c: number -> dialog; NULL before the first one */
    unsigned last_dialog;        /* dialogs.c: the last number, of all sessions */
    msnp_cache *cache;           /* saved.c: NULL until it is needed */
    GHashTable *names;           /* resolve.c: host -> name; NULL before the first lookup */
    gint64 bulk_yield;           /* link.c: until then all links with much data yield */
    GList *listeners;            /* listener.c: those that were closed while they opened */
    GHashTable *first_addresses; /* resolve.c: host -> char *; NULL while there are none */
    GHashTable *name_keys;       /* buddies.c: name of a group -> its key; NULL at first */
    bool titling;                /* windows.c: it is setting a title */
    const char *new_chat;        /* windows.c: the name of the chat that is being opened; NULL */
    const char *new_title;       /* ... and its title */
    GHashTable *pictures;        /* emoticons.c: name -> GBytes of its file; NULL at first */
    unsigned smiley_themes;      /* emoticons.c: the number of the smiley theme, counting up */
    bool trusted_loaded;         /* cert.c: the trusted certificates are loaded */
    char normalized[MSNP_ACCOUNT_MAX + 1]; /* plugin.c: the result of normalize() */
} prpl_process;

/* Never NULL. */
prpl_process *prpl_process_get(void);
/*
 * Is the client BitlBee? It has neither windows nor labels of settings, shows no lines that nobody
 * said, and handles files in its own way.
 */
bool prpl_process_is_bitlbee(void);
/*
 * Is the client Finch? Its dialogs for files are of no use, see finch.h, and it breaks long texts
 * anywhere, see shown.h.
 */
bool prpl_process_is_finch(void);
/*
 * Is the client Pidgin? Only there labels have keys, see shown.h, and windows pictures, see
 * emoticons.h.
 */
bool prpl_process_is_pidgin(void);
/* The plugin is unloaded, with no account signed in: frees everything except the counters. */
void prpl_process_free(void);

#endif
