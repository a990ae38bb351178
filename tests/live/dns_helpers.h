/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the live tests of name lookups share: names that stand for what a test wants, and a count of
 * how often each is asked for. Addresses are not names.
 */
#ifndef LIVE_DNS_HELPERS_H
#define LIVE_DNS_HELPERS_H

#include <glib.h>

/* From now on until dns_end() nothing is asked for but here. "localhost" is 127.0.0.1. */
void dns_begin(void);
void dns_end(void);
/* What a name stands for: addresses, separated by commas; NULL for nothing. */
void dns_set(const char *host, const char *addresses);
/* Answers wait until they are released, which happens at once then. */
void dns_hold(void);
void dns_release(void);
/* How often a name was asked for (in any letter case), and how many questions have no answer. */
guint dns_asked(const char *host);
guint dns_waiting(void);

#endif
