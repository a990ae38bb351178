/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * MSNP2P, version 1: p2p_wire.c is about its bytes, and what a client may send.
 */
#ifndef SERVICE_P2P_H
#define SERVICE_P2P_H

#include "sb.h"

#define P2P_HEADER 48
#define P2P_PIECE  1202 /* most bytes of data in a message */

#define P2P_FILE_GUID "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"

enum {
    P2P_NAK = 0x01,
    P2P_ACK = 0x02,
    P2P_DATA = 0x20,
    P2P_ENDED = 0x40,
    P2P_RESET = 0x80,
    P2P_FILE_DATA = 0x01000030
};

typedef struct {
    guint32 session;
    guint32 identifier;
    guint64 offset;
    guint64 total;
    guint32 length;
    guint32 flags;
    guint32 ack_id;
    guint32 ack_uid;
    guint64 ack_size;
    guint32 footer;
} p2p_header;

/* p2p_wire.c */

gboolean p2p_is_type(const char *type);
/* The header and, behind it, the data and the footer. FALSE if it is too short for what it says. */
gboolean p2p_read(const char *body, gsize length, p2p_header *h);
/* A payload of MSG; `head` are the lines after the Content-Type. The caller frees it. */
GString *p2p_write(const char *head, const p2p_header *h, const char *data);
/* For the transcript: "p2p SESSION IDENTIFIER OFFSET+LENGTH/TOTAL FLAGS ACKID ACKUID ACKSIZE
 * FOOTER", numbers decimal but for the flags. The caller frees it. */
char *p2p_describe(const char *body, gsize length);
/* Why a client may not send this, NULL if it may. */
const char *p2p_check(const char *from, const char *to, const char *body, gsize length);
/* The same for an SLP message that is whole. */
const char *p2p_check_slp(const char *from, const char *to, const char *text, gsize length);
/* The value of a field of an SLP text, "" if there is none; the caller frees it. */
char *p2p_field(const char *text, const char *name);

#endif
