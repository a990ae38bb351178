/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user's changes to the lists.
 */
#ifndef MSNP_NS_EDIT_H
#define MSNP_NS_EDIT_H

#include "ns_base.h"

/* Continues with the edits as far as possible now. */
void ns_edit_run(msnp_ns *ns, int64_t now);
/* The replies to our ADD REM ADG REG RMG REA BLP GTC PRP. */
void ns_edit_got_answer(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* The command of the first edit was rejected, or got no reply (number 0). */
void ns_edit_refused(msnp_ns *ns, unsigned number);
/* Changes somebody's lists, and BLP, to what they will be after the waiting edits. */
void ns_edit_foresee(const msnp_ns *ns, const char *account, unsigned *lists, bool *allow_unlisted);
/* A new connection: pending commands will get no reply. */
void ns_edit_restart(msnp_ns *ns);
/* Frees waiting edits. */
void ns_edit_clear(msnp_ns *ns);

#endif
