/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the account's settings. They are saved with people's accounts and never change.
 */
#ifndef MSN_SETTINGS_H
#define MSN_SETTINGS_H

#define MSN_PROTOCOL_ID    "prpl-msnp8"
#define MSN_SETTING_SERVER "server"
#define MSN_SETTING_PORT   "port"
#define MSN_SETTING_NEXUS  "nexus_url" /* empty: derived from the server */
#define MSN_SETTING_LOGIN  "login_url" /* empty: the nexus is asked */
#define MSN_SETTING_ASKED  "asked"     /* accounts, by spaces: asked about, and not decided upon */
#define MSN_SETTING_LISTED "listed_on" /* the server whose list the marks of buddies are about */
#define MSN_DEFAULT_SERVER "messenger.hotmail.com"

#endif
