/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "p2p.h"

#include "clock.h"
#include "codec.h"

#include <string.h>

/* The header: where its numbers are. */
#define SESSION    0
#define IDENTIFIER 4
#define OFFSET     8
#define TOTAL      16
#define LENGTH     24
#define FLAGS      28
#define ACK_ID     32
#define ACK_UID    36
#define ACK_SIZE   40
#define HEADER     48
#define FOOTER     4

#define KIND_FLAGS UINT32_C(0xffff) /* those that say what it is */

#define MIME_HEADERS        \
    "MIME-Version: 1.0\r\n" \
    "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: "
#define WRITTEN_MAX 2048 /* more than is ever written */

#define GENERATION    28 /* of a client id: from this bit on */
#define CLIENT_IS_WEB UINT32_C(0x200)

msnp_p2p_kind msnp_p2p_kind_of(const msnp_p2p_header *header)
{
    uint32_t flags = header->flags & KIND_FLAGS;

    if (flags & MSNP_P2P_DATA)
        return MSNP_P2P_IS_DATA;
    if (flags & MSNP_P2P_ACK)
        return MSNP_P2P_IS_ACK;
    if (flags & MSNP_P2P_NAK)
        return MSNP_P2P_IS_NAK;
    if (flags & (MSNP_P2P_ENDED | MSNP_P2P_RESET))
        return MSNP_P2P_IS_ENDED;
    if (flags != 0)
        return MSNP_P2P_IS_OTHER;
    return header->session == 0 ? MSNP_P2P_IS_SLP : MSNP_P2P_IS_PREPARATION;
}

/* --- the messages --------------------------------------------------------------------------- */

/* No sum is made of what a peer says: it could be too large for any type. */
static bool is_inside(const msnp_p2p_header *header)
{
    return header->length <= header->total && header->offset <= header->total - header->length;
}

bool msnp_p2p_read(msnp_str body, msnp_p2p_header *header, msnp_str *data)
{
    if (body.len < HEADER)
        return false;
    *header = (msnp_p2p_header){.session = msnp_get_u32(body.ptr + SESSION),
                                .identifier = msnp_get_u32(body.ptr + IDENTIFIER),
                                .offset = msnp_get_u64(body.ptr + OFFSET),
                                .total = msnp_get_u64(body.ptr + TOTAL),
                                .length = msnp_get_u32(body.ptr + LENGTH),
                                .flags = msnp_get_u32(body.ptr + FLAGS),
                                .ack_id = msnp_get_u32(body.ptr + ACK_ID),
                                .ack_uid = msnp_get_u32(body.ptr + ACK_UID),
                                .ack_size = msnp_get_u64(body.ptr + ACK_SIZE)};
    if (header->length > body.len - HEADER || !is_inside(header))
        return false;
    *data = (msnp_str){body.ptr + HEADER, header->length};
    return true;
}

void msnp_p2p_write(msnp_buf *out, const char *dest, const msnp_p2p_header *header, msnp_str data,
                    uint32_t footer)
{
    char bytes[HEADER];
    uint32_t last = GUINT32_TO_BE(footer);

    msnp_put_u32(bytes + SESSION, header->session);
    msnp_put_u32(bytes + IDENTIFIER, header->identifier);
    msnp_put_u64(bytes + OFFSET, header->offset);
    msnp_put_u64(bytes + TOTAL, header->total);
    msnp_put_u32(bytes + LENGTH, (uint32_t)data.len);
    msnp_put_u32(bytes + FLAGS, header->flags);
    msnp_put_u32(bytes + ACK_ID, header->ack_id);
    msnp_put_u32(bytes + ACK_UID, header->ack_uid);
    msnp_put_u64(bytes + ACK_SIZE, header->ack_size);

    msnp_buf_init(out, WRITTEN_MAX, false);
    (void)msnp_buf_append_text(out, MIME_HEADERS);
    (void)msnp_buf_append_text(out, dest);
    (void)msnp_buf_append_text(out, "\r\n\r\n");
    (void)msnp_buf_append(out, bytes, HEADER);
    (void)msnp_buf_append(out, data.ptr, data.len);
    (void)msnp_buf_append(out, &last, FOOTER);
}

msnp_p2p_header msnp_p2p_ack_of(const msnp_p2p_header *header, uint32_t identifier)
{
    return (msnp_p2p_header){.session = header->session,
                             .identifier = identifier,
                             .total = header->total,
                             .flags = MSNP_P2P_ACK,
                             .ack_id = header->identifier,
                             .ack_uid = header->ack_id,
                             .ack_size = header->total};
}

/* --- joining -------------------------------------------------------------------------------- */

typedef struct {
    uint32_t session;
    uint32_t identifier;
    uint64_t total;
    GString *text; /* the bytes so far */
    int64_t until; /* for the next piece */
} join;

static join *find_join(const msnp_p2p_joins *joins, const msnp_p2p_header *header)
{
    for (GList *at = joins->open.head; at != NULL; at = at->next) {
        join *one = at->data;
        if (one->identifier == header->identifier && one->session == header->session)
            return one;
    }
    return NULL;
}

/* Takes it out; its text, NUL-terminated, becomes the caller's. */
static char *take_join(msnp_p2p_joins *joins, size_t *n_all, join *one)
{
    char *text = g_string_free(one->text, FALSE);

    g_queue_remove(&joins->open, one);
    --*n_all;
    g_free(one);
    return text;
}

static void drop_join(msnp_p2p_joins *joins, size_t *n_all, join *one)
{
    g_free(take_join(joins, n_all, one));
}

/* NULL if there are too many. */
static join *begin_join(msnp_p2p_joins *joins, size_t *n_all, const msnp_p2p_header *header)
{
    if (header->total > MSNP_P2P_SLP_MAX || joins->open.length >= MSNP_P2P_JOINS_PEER ||
        *n_all >= MSNP_P2P_JOINS_MAX)
        return NULL;

    join *one = g_new0(join, 1);
    one->session = header->session;
    one->identifier = header->identifier;
    one->total = header->total;
    one->text = g_string_new(NULL);
    g_queue_push_tail(&joins->open, one);
    ++*n_all;
    return one;
}

/* Is this the next piece of it? An empty one would keep it for ever. */
static bool is_next(const join *one, const msnp_p2p_header *header, msnp_str data)
{
    return header->total == one->total && header->offset == one->text->len && data.len > 0 &&
           data.len <= one->total - one->text->len;
}

msnp_p2p_joined msnp_p2p_join(msnp_p2p_joins *joins, size_t *n_all, const msnp_p2p_header *header,
                              msnp_str data, int64_t now, msnp_str *text)
{
    join *one = find_join(joins, header);

    if (one != NULL && header->offset == 0) {
        drop_join(joins, n_all, one);
        one = NULL;
    }
    /* Most of them are in one piece, and never count. */
    if (header->offset == 0 && data.len == header->total) {
        *text = (msnp_str){msnp_str_dup(data), data.len};
        return MSNP_P2P_WHOLE;
    }
    if (header->offset == 0)
        one = begin_join(joins, n_all, header);
    if (one == NULL)
        return MSNP_P2P_DROPPED;
    if (!is_next(one, header, data)) {
        drop_join(joins, n_all, one);
        return MSNP_P2P_DROPPED;
    }
    g_string_append_len(one->text, data.ptr, (gssize)data.len);
    if (one->text->len == one->total) {
        text->len = one->text->len;
        text->ptr = take_join(joins, n_all, one);
        return MSNP_P2P_WHOLE;
    }
    /* The order is that of their last pieces. */
    one->until = now + MSNP_P2P_JOIN_WAIT;
    g_queue_remove(&joins->open, one);
    g_queue_push_tail(&joins->open, one);
    return MSNP_P2P_WAITS;
}

int64_t msnp_p2p_joins_deadline(const msnp_p2p_joins *joins)
{
    const join *oldest = joins->open.head != NULL ? joins->open.head->data : NULL;

    return oldest != NULL ? oldest->until : MSNP_NEVER;
}

void msnp_p2p_joins_expire(msnp_p2p_joins *joins, size_t *n_all, int64_t now)
{
    while (!g_queue_is_empty(&joins->open) && msnp_p2p_joins_deadline(joins) <= now)
        drop_join(joins, n_all, g_queue_peek_head(&joins->open));
}

/* --- what clients announce ------------------------------------------------------------------ */

bool msnp_client_has_p2p(uint32_t client_id)
{
    return client_id >> GENERATION != 0;
}

bool msnp_client_is_web(uint32_t client_id)
{
    return (client_id & CLIENT_IS_WEB) != 0;
}
