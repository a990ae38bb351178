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
#ifndef MSN_SIGNIN_H
#define MSN_SIGNIN_H

#include "account.h"

/* Begins to sign in with this status. */
void msn_signin_start(msn_account *self, msnp_status status);
/* The service is being connected to, for the first time or anew: so is Passport. */
void msn_signin_connecting(msn_account *self);
/* The notification server wants a ticket for this. */
void msn_signin_challenged(msn_account *self, const char *challenge);
/* Here it is. */
void msn_signin_got_ticket(msn_account *self, const char *ticket);
/* Is Passport's machine at work for a challenge? Before that nobody is told of what it does. */
bool msn_signin_is_challenged(const msn_account *self);

/* Passport's machine failed. */
void msn_signin_failed(msn_account *self, const msn_error *error);
/* Its connection could not be made. */
void msn_signin_unreached(msn_account *self, const msn_error *error);
/* The session failed: what was remembered and may be the reason is forgotten. */
void msn_signin_blame(const msn_account *self, const msnp_failure *failure);

/* MSNP_EVENT_LOGIN_SERVER, MSNP_EVENT_STEPWISE */
void msn_signin_learn_login(const msn_account *self, const char *url);
void msn_signin_learn_stepwise(const msn_account *self);

/* The end of the connection, and of the plugin. */
void msn_signin_free(msn_account *self);
void msn_signin_unload(void);

#endif
