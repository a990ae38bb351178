/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service itself says (MSG): the profile, shutdowns, mail; and the web page with the mail
 * (URL).
 */
#ifndef MSNP_NS_NOTICE_H
#define MSNP_NS_NOTICE_H

#include "ns_base.h"

/* MSG */
void ns_notice_got_message(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* URL */
void ns_notice_got_url(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* The request for the page was rejected, or got no reply. */
void ns_notice_refused(msnp_ns *ns, msnp_cause cause);
/* Asks for the page if that is wanted, and reports how many mails there are if that has changed. */
void ns_notice_run(msnp_ns *ns, int64_t now);
/* When the latter is due. */
int64_t ns_notice_deadline(const msnp_ns *ns);
/* A new connection: the page is asked for again. */
void ns_notice_restart(msnp_ns *ns);
/* Wipes what is needed for the page. */
void ns_notice_clear(msnp_ns *ns);

#endif
