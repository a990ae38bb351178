/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to and from mobile phones (PAG, IPG), and which servers have them.
 */
#ifndef MSNP_NS_PAGE_H
#define MSNP_NS_PAGE_H

#include "ns_base.h"

/* A new connection: nobody can be paged until the lists arrive, and what is pending is reported. */
void ns_page_restart(msnp_ns *ns);
/* PAG was rejected. A good one gets no reply. */
void ns_page_refused(msnp_ns *ns, unsigned number, unsigned error);
/*
 * Reports those whose time is over, unless an error may still come. At the end of each turn, since
 * the next command may be one.
 */
void ns_page_run(msnp_ns *ns);
void ns_page_tick(msnp_ns *ns, int64_t now);
/* When the next tick is due. */
int64_t ns_page_deadline(const msnp_ns *ns);
/* Forgets what is pending, without an event. */
void ns_page_clear(msnp_ns *ns);
/* IPG. */
void ns_page_got(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);

#endif
