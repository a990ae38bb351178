/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the account's settings. They are saved with people's accounts and never change.
 */
#ifndef PRPL_SETTINGS_H
#define PRPL_SETTINGS_H

#define PRPL_PROTOCOL_ID    "prpl-msnp8"
#define PRPL_SETTING_SERVER "server"
#define PRPL_SETTING_PORT   "port"
#define PRPL_SETTING_NEXUS  "nexus_url" /* empty: derived from the server */
#define PRPL_SETTING_LOGIN  "login_url" /* empty: the nexus is asked */
#define PRPL_SETTING_ASKED  "asked"     /* accounts, by spaces: asked about, and not decided upon */
#define PRPL_SETTING_LISTED "listed_on" /* the server whose list the marks of buddies are about */
#define PRPL_DEFAULT_SERVER "messenger.hotmail.com"

#endif
