/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The account's settings: their names, which are saved with accounts and never change; and the only
 * place that reads those that the user chooses.
 */
#ifndef PRPL_SETTINGS_H
#define PRPL_SETTINGS_H

#include "msnp.h"
#include "services.h"
#include <purple.h>
#include <stdbool.h>

#define PRPL_PROTOCOL_ID     "prpl-msnp8"
#define PRPL_SETTING_SERVICE "service" /* an id of services.h, or: */
#define PRPL_SERVICE_OTHER   "other"   /* ... what follows counts, up to the login URL */
#define PRPL_SETTING_SERVER  "server"
#define PRPL_SETTING_PORT    "port"
#define PRPL_SETTING_NEXUS   "nexus_url" /* empty: derived from the server */
#define PRPL_SETTING_LOGIN   "login_url" /* empty: the nexus is asked */
#define PRPL_SETTING_METHOD  "connection_method"
#define PRPL_SETTING_GATEWAY "gateway_url" /* empty: MSNP_GATEWAY_PATH on the server */
#define PRPL_SETTING_FILES   "files_through_service"
#define PRPL_SETTING_ASKED   "asked"     /* accounts asked about but undecided, with spaces */
#define PRPL_SETTING_LISTED  "listed_on" /* the server that the sync states belong to */
#define PRPL_SETTING_CACHE   "cache"     /* cache entries, see saved.h */
#define PRPL_DEFAULT_SERVER  "messenger.hotmail.com"
#define PRPL_DEFAULT_FILES   TRUE

/*
 * Where to sign in: that of the chosen service, or trimmed, since copying may add blanks. And how
 * files travel.
 */
typedef struct {
    const prpl_service *service; /* NULL: another one, whose server the user entered */
    char *server;
    unsigned port;   /* 0: not valid */
    char *nexus_url; /* never empty */
    char *login_url; /* empty: the nexus is asked */
    msnp_method method;
    char *gateway_url; /* NULL or empty: derived from the server */
    bool files_through_service;
} prpl_settings;

/* Is it an account of this protocol? */
bool prpl_settings_is_ours(const PurpleAccount *account);
/* The current settings. The caller frees them with prpl_settings_free(). */
prpl_settings *prpl_settings_read(PurpleAccount *account);
/* Fills in what a session needs; borrowed. */
void prpl_settings_apply(const prpl_settings *settings, msnp_session_config *config);
/* NULL is fine. */
void prpl_settings_free(prpl_settings *settings);
/*
 * Do the sync states of buddies belong to another service than these settings? False if that is not
 * known.
 */
bool prpl_settings_is_other_service(const prpl_settings *settings, PurpleAccount *account);

/* Has the contact list of this service never been shown here? */
bool prpl_settings_is_first(const prpl_settings *settings, PurpleAccount *account);

/* The values of PRPL_SETTING_METHOD. */
#define PRPL_METHOD_AUTOMATIC "automatic"
#define PRPL_METHOD_DIRECT    "direct"
#define PRPL_METHOD_GATEWAY   "gateway"

/* What texts call the settings; translated where they are shown. */
#define PRPL_LABEL_SERVICE N_("Service")
#define PRPL_LABEL_OTHER   N_("Another service")
#define PRPL_LABEL_SERVER  N_("Server")
#define PRPL_LABEL_PORT    N_("Port")
#define PRPL_LABEL_NEXUS   N_("Passport nexus URL")
#define PRPL_LABEL_LOGIN   N_("Passport login URL")
#define PRPL_LABEL_METHOD  N_("Connection method")
#define PRPL_LABEL_GATEWAY N_("HTTP gateway URL")
#define PRPL_LABEL_FILES   N_("Exchange files through the service")

#endif
