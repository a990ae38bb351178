/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSNP2P, version 1: the messages of application/x-msnmsgrp2p, by which clients since Messenger 6
 * exchange files and other things on a switchboard. This is their binary layer: a header of 48
 * bytes, a piece of data, and a footer; and how pieces of invitations (slp.h) become whole.
 *
 * All numbers of the header are little-endian; that of the footer is big-endian.
 */
#ifndef MSNP_P2P_H
#define MSNP_P2P_H

#include "buf.h"
#include "types.h"

#define MSNP_P2P_PIECE       ((size_t)1202)   /* most bytes of data in a message, for all clients */
#define MSNP_P2P_SLP_MAX     UINT32_C(131072) /* bytes of an SLP message: it can hold a preview */
#define MSNP_P2P_JOINS_PEER  4                /* SLP messages of one person that are incomplete */
#define MSNP_P2P_JOINS_MAX   16               /* of everybody */
#define MSNP_P2P_JOIN_WAIT   ((int64_t)60 * 1000) /* for the next piece of one */
#define MSNP_P2P_FOOTER_SLP  0
#define MSNP_P2P_FOOTER_FILE 2
#define MSNP_P2P_INK_SESSION 64 /* SessionID of handwriting, which comes without an invitation */

/* Flags. Newer clients add MSNP_P2P_WLM to any. */
#define MSNP_P2P_NAK   UINT32_C(0x01) /* go on at AckSize of the message AckID */
#define MSNP_P2P_ACK   UINT32_C(0x02)
#define MSNP_P2P_FILE  UINT32_C(0x10) /* with DATA */
#define MSNP_P2P_DATA  UINT32_C(0x20)
#define MSNP_P2P_ENDED UINT32_C(0x40) /* the sender has ended it, or acknowledges BYE */
#define MSNP_P2P_RESET UINT32_C(0x80) /* the receiver has ended it */
#define MSNP_P2P_WLM   UINT32_C(0x01000000)

typedef struct {
    uint32_t session;    /* SessionID; 0 for SLP and its acknowledgements */
    uint32_t identifier; /* of the message: the same in all its pieces */
    uint64_t offset;     /* of this piece */
    uint64_t total;      /* bytes of the whole message */
    uint32_t length;     /* bytes of this piece */
    uint32_t flags;
    uint32_t ack_id;   /* ACK, NAK: the identifier of the message that is meant; else random */
    uint32_t ack_uid;  /* ACK: the ack_id of that message; else 0 */
    uint64_t ack_size; /* ACK: the total of that message; NAK: where to go on; else 0 */
} msnp_p2p_header;

/* What a message is, by its flags: they are tested with masks, because clients differ. */
typedef enum {
    MSNP_P2P_IS_SLP,         /* flags 0, no session */
    MSNP_P2P_IS_PREPARATION, /* flags 0 in a session: four zero bytes before the data; or ink */
    MSNP_P2P_IS_DATA,
    MSNP_P2P_IS_ACK,
    MSNP_P2P_IS_NAK,
    MSNP_P2P_IS_ENDED, /* ENDED or RESET */
    MSNP_P2P_IS_OTHER  /* to be ignored */
} msnp_p2p_kind;

/* What it is. */
msnp_p2p_kind msnp_p2p_kind_of(const msnp_p2p_header *header);

/*
 * Parses the body of a MSG. `data`: a view into it. False if it is shorter than its header says, or
 * claims a piece that is not inside of the whole. The footer, and what may follow, is not looked
 * at: clients fill it in differently, or leave it out.
 */
bool msnp_p2p_read(msnp_str body, msnp_p2p_header *header, msnp_str *data);
/*
 * Writes a payload of MSG, headers included: initialises `out`, which the caller clears. `dest`:
 * the account that it is for. `header->length` is set from `data`, which has MSNP_P2P_PIECE bytes
 * at most.
 */
void msnp_p2p_write(msnp_buf *out, const char *dest, const msnp_p2p_header *header, msnp_str data,
                    uint32_t footer);
/* The header of the acknowledgement of a complete message, with this identifier of our own. */
msnp_p2p_header msnp_p2p_ack_of(const msnp_p2p_header *header, uint32_t identifier);

/*
 * The incomplete SLP messages of one person. All zero is none. `n_all` of the functions counts
 * those of everybody.
 */
typedef struct {
    GQueue open; /* the oldest first */
} msnp_p2p_joins;

typedef enum {
    MSNP_P2P_WHOLE,  /* `text` is the whole message, which the caller frees */
    MSNP_P2P_WAITS,  /* for further pieces */
    MSNP_P2P_DROPPED /* it does not fit, or is too much: all of it is dropped */
} msnp_p2p_joined;

/*
 * A piece of an SLP message. Pieces come in order; a gap, an overlap or another total drops the
 * message, its first piece begins it anew. Memory is taken as pieces arrive.
 */
msnp_p2p_joined msnp_p2p_join(msnp_p2p_joins *joins, size_t *n_all, const msnp_p2p_header *header,
                              msnp_str data, int64_t now, msnp_str *text);
/* Drops those for which nothing came for MSNP_P2P_JOIN_WAIT; MSNP_NEVER drops all. */
void msnp_p2p_joins_expire(msnp_p2p_joins *joins, size_t *n_all, int64_t now);
/* When the next one is to be dropped; MSNP_NEVER for none. */
int64_t msnp_p2p_joins_deadline(const msnp_p2p_joins *joins);

/* --- what clients announce ------------------------------------------------------------------ */

/*
 * The client id of CHG, which others see in ILN and NLN. Its top four bits are a number, the
 * generation: 0 is Messenger 5, which knows MSNFTP only, 1 is Messenger 6.0, the first with MSNP2P.
 * We announce that alone. Each further bit, and each later generation, makes other clients send
 * what MSNP8 cannot carry or this client cannot show (ink, webcam, winks, P2P over the notification
 * server, version 2 of MSNP2P).
 */
#define MSNP_CLIENT_ID_P2P  UINT32_C(0x10000000)
#define MSNP_CLIENT_ID_NONE UINT32_C(0)

/* Does a client with this id announce MSNP2P? */
bool msnp_client_has_p2p(uint32_t client_id);
/* Is it a web page, which cannot exchange files at all? */
bool msnp_client_is_web(uint32_t client_id);

#endif
