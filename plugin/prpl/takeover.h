/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What older plugins for MSN, prpl-msn and prpl-msn-pecan, have left of an account that is of this
 * protocol now. libpurple itself keeps name, password, server, contacts and groups when the
 * protocol of an account changes; who was blocked is the concern of privacy.h.
 */
#ifndef PRPL_TAKEOVER_H
#define PRPL_TAKEOVER_H

#include <purple.h>

/*
 * Before the account signs in: drops settings that mean nothing here, and moves the logs of
 * conversations to where they are looked for, unless an account with this address still belongs to
 * an older plugin. Logs that are there already stay as they are. Does nothing once that is done.
 */
void prpl_takeover(PurpleAccount *account);

#endif
