/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A friendly little contact list, for trying a client by hand.
 */
#ifndef SERVICE_SAMPLE_H
#define SERVICE_SAMPLE_H

#include "service.h"

/* Registers the people of the sample (their password is "demo"). One of them has this file (NULL:
 * none) to send to others. FALSE if it cannot be read. */
gboolean sample_register(service *svc, const char *picture, GError **error);

/* Makes them the contacts of an account. */
void sample_give(service *svc, const char *owner);

/* Lets one of them do something else now and then, and one of them talk to this account, and
 * send the picture, some time after it has signed in. Returns the source, to be removed at the end.
 */
guint sample_live(service *svc, const char *owner);

#endif
