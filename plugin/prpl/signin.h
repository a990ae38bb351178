/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signing in: the service and Passport are asked at the same time. Passport's machine goes as far
 * as a verified connection to the login server; only when the notification server has sent its
 * challenge is it given the password. What fails before that is told then, and not at all if there
 * is never a challenge: the user is told one thing, and the first that matters.
 *
 * What was learned of a service is remembered for the next sign-in of any account, as long as the
 * plugin is loaded.
 */
#ifndef PRPL_SIGNIN_H
#define PRPL_SIGNIN_H

#include "account.h"

/* Begins to sign in with this status. */
void prpl_signin_start(prpl_account *self, msnp_status status);
/* The service is being connected to, for the first time or anew: so is Passport. */
void prpl_signin_connecting(prpl_account *self);
/* The notification server wants a ticket for this. */
void prpl_signin_challenged(prpl_account *self, const char *challenge);
/* Here it is. */
void prpl_signin_got_ticket(prpl_account *self, const char *ticket);
/* Is Passport's machine at work for a challenge? Before that nobody is told of what it does. */
bool prpl_signin_is_challenged(const prpl_account *self);

/* Passport's machine failed. */
void prpl_signin_failed(prpl_account *self, const prpl_error *error);
/* Its connection could not be made. */
void prpl_signin_connect_failed(prpl_account *self, const prpl_error *error);
/* The session failed: what was remembered and may be the reason is forgotten. */
void prpl_signin_blame(const prpl_account *self, const msnp_failure *failure);

/* MSNP_EVENT_LOGIN_SERVER, MSNP_EVENT_NO_PIPELINING */
void prpl_signin_learn_login(const prpl_account *self, const char *url);
void prpl_signin_learn_no_pipelining(const prpl_account *self);

/* The end of the connection, and of the plugin. */
void prpl_signin_free(prpl_account *self);
void prpl_signin_unload(void);

#endif
