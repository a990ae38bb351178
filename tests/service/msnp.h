/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the MSNP8 servers share: signing in (msnp.c) and what follows: presence and
 * challenges (online.c), the lists as a whole (sync.c), changes of them (edit.c, groups.c), the
 * ways into switchboards (invite.c), and mobile phones (page.c).
 */
#ifndef SERVICE_MSNP_H
#define SERVICE_MSNP_H

#include "internal.h"

/* Handlers of commands whose number of words, TrID and place in the session are checked. */
void online_syn(conn *c, const request *req);
void online_chg(conn *c, const request *req);
void online_qry(conn *c, const request *req);
void online_png(conn *c, const request *req);
void edit_add(conn *c, const request *req);
void edit_rem(conn *c, const request *req);
void edit_rea(conn *c, const request *req);
void edit_gtc(conn *c, const request *req);
void edit_blp(conn *c, const request *req);
void edit_prp(conn *c, const request *req);
void edit_adg(conn *c, const request *req);
void edit_reg(conn *c, const request *req);
void edit_rmg(conn *c, const request *req);
void sb_xfr(conn *c, const request *req);
void page_pag(conn *c, const request *req);

/* The profile message after USR OK. */
void online_send_profile(conn *c, const account *a);

/* "NNN TrID". */
void msnp_error(conn *c, guint number);

/* Percent-encodes all but letters, digits and -_.@; the caller frees it. */
char *msnp_encode(const char *text);

#endif
