/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The account's settings: their names, which are saved with people's accounts and never change, and
 * the one place where those that lead to the service are read.
 */
#ifndef PRPL_SETTINGS_H
#define PRPL_SETTINGS_H

#include "msnp.h"
#include <purple.h>
#include <stdbool.h>

#define PRPL_PROTOCOL_ID    "prpl-msnp8"
#define PRPL_SETTING_SERVER "server"
#define PRPL_SETTING_PORT   "port"
#define PRPL_SETTING_NEXUS  "nexus_url" /* empty: derived from the server */
#define PRPL_SETTING_LOGIN  "login_url" /* empty: the nexus is asked */
#define PRPL_SETTING_ASKED  "asked"     /* accounts, by spaces: asked about, and not decided upon */
#define PRPL_SETTING_LISTED "listed_on" /* the server that the sync states of buddies are about */
#define PRPL_SETTING_CACHE  "cache"     /* what was learned of the service, see saved.h */
#define PRPL_DEFAULT_SERVER "messenger.hotmail.com"

/* Without the blanks that copying and pasting brings along. */
typedef struct {
    char *server;
    unsigned port;   /* 0: it cannot be used */
    char *nexus_url; /* never empty */
    char *login_url; /* empty: the nexus is asked */
} prpl_settings;

/* What the account is set to now. The caller frees it. */
prpl_settings *prpl_settings_read(PurpleAccount *account);
/* What a session needs of them; borrowed. */
void prpl_settings_apply(const prpl_settings *settings, msnp_session_config *config);
/* NULL is fine. */
void prpl_settings_free(prpl_settings *settings);
/*
 * Are the sync states of buddies about another service than the one of these settings? False if it
 * is not known.
 */
bool prpl_settings_is_other_service(const prpl_settings *settings, PurpleAccount *account);

/* The labels of settings, to be translated where they are shown: texts refer to them. */
#define PRPL_LABEL_SERVER N_("Server")
#define PRPL_LABEL_PORT   N_("Port")
#define PRPL_LABEL_NEXUS  N_("Passport nexus URL")
#define PRPL_LABEL_LOGIN  N_("Passport login URL")

#endif
