/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all accounts of this process share. Empty when the plugin is loaded; each member is filled
 * by the file that it belongs to, and all of it goes when the plugin is unloaded.
 */
#ifndef PRPL_PROCESS_H
#define PRPL_PROCESS_H

#include "msnp.h"
#include <purple.h>

typedef struct {
    bool listening;             /* plugin.c: to libpurple's signals */
    PurpleCmdId invite_command; /* commands.c */
    PurpleCmdId nudge_command;
    GList *attention_types; /* convo.c: PurpleAttentionType *, the one that there is */
    unsigned last_chat;     /* chats.c: the last number of a chat in all sessions */
    msnp_cache *cache;      /* saved.c: what was learned of services; NULL before it is needed */
    GHashTable *names;      /* resolve.c: host -> what is known of it; NULL before the first */
    bool trusted_loaded;    /* cert.c: the trusted certificates were read */
    char normalized[MSNP_ACCOUNT_MAX + 1]; /* plugin.c: the address that libpurple copies at once */
} prpl_process;

/* Never NULL. */
prpl_process *prpl_process_get(void);
/* The plugin is unloaded, nobody is signed in any more: frees it all, but for `last_chat`. */
void prpl_process_free(void);

#endif
