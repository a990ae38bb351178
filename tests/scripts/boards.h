/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the lines of a transcript ask of switchboards and conversations, and what those hold. The
 * format stands at the top of run_scripts.c.
 */
#ifndef BOARDS_H
#define BOARDS_H

#include "conversations.h"
#include "msnp.h"
#include "ns.h"
#include "passport.h"
#include "switchboard.h"

/* A switchboard, and who is given what it reports, as the EV: lines have it. */
typedef struct {
    msnp_switchboard *machine;
    msnp_switchboard_config config;
    const char *step; /* where it was when it reported last */
    void (*report)(gpointer data, const char *text);
    gpointer data;
} boards_switchboard;

/* Asks for the connection; the strings of `config` are borrowed. */
void boards_begin_switchboard(boards_switchboard *board, msnp_net *net, int64_t now);
/* The step as an AT: line has it. */
const char *boards_switchboard_step(const boards_switchboard *board);

/*
 * Does what a DO: line says. What was wrong with that, NULL for nothing; the caller frees it. Texts
 * that the user wants to be sent are added to `said`.
 */
char *boards_do_switchboard(msnp_switchboard *switchboard, const char *what, int64_t now);
char *boards_do_conversations(msnp_conversations *conversations, const char *what, int64_t now,
                              GPtrArray *said);

/* What a STATE: line says. NULL if `what` is nothing that it can be about; the caller frees it. */
char *boards_describe_switchboard(const msnp_switchboard *switchboard, const char *what);
char *boards_describe_conversations(const msnp_conversations *conversations, const char *what);

/* What may never be so, whatever servers and users do; NULL if all is well. */
const char *boards_switchboard_fault(const msnp_switchboard *switchboard);

#endif
