/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the lines of a transcript ask of switchboards and conversations, and what those hold. The
 * format stands at the top of run_scripts.c.
 */
#ifndef BOARDS_H
#define BOARDS_H

#include "msnp.h"
#include "ns.h"
#include "passport.h"
#include "sb.h"
#include "talks.h"

/*
 * Does what a DO: line says. What was wrong with that, NULL for nothing; the caller frees it. Texts
 * that the user wants to be sent are added to `said`.
 */
char *boards_do_sb(msnp_sb *sb, const char *what, int64_t now);
char *boards_do_talks(msnp_talks *talks, const char *what, int64_t now, GPtrArray *said);

/* What a STATE: line says. NULL if `what` is nothing that it can be about; the caller frees it. */
char *boards_describe_sb(const msnp_sb *sb, const char *what);
char *boards_describe_talks(const msnp_talks *talks, const char *what);

/* What may never be so, whatever servers and users do; NULL if all is well. */
const char *boards_sb_fault(const msnp_sb *sb);

#endif
