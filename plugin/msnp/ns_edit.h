/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user wants to be changed on the server.
 */
#ifndef MSNP_NS_EDIT_H
#define MSNP_NS_EDIT_H

#include "ns_base.h"

/* Goes on with the edits, as far as that is possible now. */
void ns_edit_run(msnp_ns *ns, int64_t now);
/* ADD REM ADG REG RMG REA BLP GTC PRP, if it answers one of ours. */
void ns_edit_got_answer(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* The command that the first edit waits for was refused, or not answered (number 0). */
void ns_edit_refused(msnp_ns *ns, unsigned number);
/* A new connection: what was asked on the old one will not be answered. */
void ns_edit_restart(msnp_ns *ns);
/* Frees those that wait. */
void ns_edit_clear(msnp_ns *ns);

#endif
