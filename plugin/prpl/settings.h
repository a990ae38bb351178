/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The account's settings: their names, which are saved with accounts and must never change, their
 * labels, and the one place that reads those of the service.
 */
#ifndef PRPL_SETTINGS_H
#define PRPL_SETTINGS_H

#include <purple.h>

#define PRPL_PROTOCOL_ID    "prpl-msnp8"
#define PRPL_SETTING_SERVER "server"
#define PRPL_SETTING_PORT   "port"
#define PRPL_SETTING_NEXUS  "nexus_url" /* empty: derived from the server */
#define PRPL_SETTING_LOGIN  "login_url" /* empty: the nexus is asked */
#define PRPL_SETTING_ASKED  "asked"     /* people asked about and undecided, separated by spaces */
#define PRPL_SETTING_LISTED "listed_on" /* the server that the sync states of buddies refer to */
#define PRPL_SETTING_CACHE  "cache"     /* what the next sign-in can use, see saved.h */
#define PRPL_DEFAULT_SERVER "messenger.hotmail.com"

/* The labels of settings, to be translated where they are shown: texts refer to them. */
#define PRPL_LABEL_SERVER N_("Server")
#define PRPL_LABEL_PORT   N_("Port")
#define PRPL_LABEL_NEXUS  N_("Passport nexus URL")
#define PRPL_LABEL_LOGIN  N_("Passport login URL")

/* The settings of the service, without surrounding blanks. */
typedef struct {
    char *server;
    unsigned port;   /* 0: not valid */
    char *nexus_url; /* never empty */
    char *login_url; /* empty: the nexus is asked */
} prpl_settings;

/* The current settings of the account. The caller frees them. */
prpl_settings *prpl_settings_read(PurpleAccount *account);
/* NULL is fine. */
void prpl_settings_free(prpl_settings *settings);

#endif
