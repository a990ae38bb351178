/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One connection of MSNFTP, in either role: the receiver of the file speaks first, no matter who
 * connected.
 *
 *     receiver  VER MSNFTP            sender  VER MSNFTP
 *     receiver  USR account cookie    sender  FIL size
 *     receiver  TFR                   sender  blocks: type, length (2 bytes, little-endian), data
 *     receiver  BYE code
 *
 * A sender that connects and hears nothing for three seconds says its VER all the same: through a
 * proxy the first words of the receiver can be lost.
 *
 * It owns its connection in the net. It knows nothing of files: bytes go in and out.
 */
#ifndef MSNP_FTP_H
#define MSNP_FTP_H

#include "net.h"
#include "types.h"

#define MSNP_FTP_BLOCK    2045                  /* bytes of data in a block */
#define MSNP_FTP_PUT_MAX  (31 * MSNP_FTP_BLOCK) /* bytes that msnp_ftp_put() takes at a time */
#define MSNP_FTP_GREETING ((int64_t)30 * 1000)  /* from connected to the first byte of data */
#define MSNP_FTP_SILENCE  ((int64_t)60 * 1000)  /* between bytes of data, or until BYE */
#define MSNP_FTP_LINGER   ((int64_t)5 * 1000)   /* until the peer closes, after the end */

typedef struct msnp_ftp msnp_ftp;

typedef struct {
    bool sending;        /* the file */
    const char *account; /* the receiver's: that of the peer if we send, else our own */
    uint32_t auth;       /* AuthCookie */
    uint32_t size;       /* bytes */
} msnp_ftp_config;

/*
 * Callbacks to the owner, which may call all functions here in them; it must not free the object
 * inside of one.
 */
typedef struct {
    /* It is connected, and the peer speaks MSNFTP. At most once. Can be NULL. */
    void (*greeted)(gpointer owner, msnp_ftp *ftp, int64_t now);
    /*
     * The peer is the right one, and the file can begin; the owner calls msnp_ftp_start() if this
     * connection is the one. At most once. Sending: account and AuthCookie were right. Receiving:
     * the size was right.
     */
    void (*ready)(gpointer owner, msnp_ftp *ftp, int64_t now);
    /* Sending: everything put so far was sent; the next msnp_ftp_put() may have `most` bytes. */
    void (*wants)(gpointer owner, msnp_ftp *ftp, size_t most, int64_t now);
    /* Receiving: data, from g_malloc(), never empty; the callee owns it. */
    void (*data)(gpointer owner, msnp_ftp *ftp, char *bytes, size_t len, int64_t now);
    /* Receiving: that was all; msnp_ftp_stored() or msnp_ftp_stop() must follow. */
    void (*complete)(gpointer owner, msnp_ftp *ftp, int64_t now);
    /* The result, exactly once, unless it was freed or stopped before. */
    void (*over)(gpointer owner, msnp_ftp *ftp, msnp_file_end end, int64_t now);
    /* The connection is closed: it can be freed. The last callback, always after the result. */
    void (*closed)(gpointer owner, msnp_ftp *ftp, int64_t now);
    /* msnp_ftp_deadline() is this now, perhaps earlier than before. Can be NULL. */
    void (*due)(gpointer owner, int64_t deadline);
} msnp_ftp_ops;

/* Connects to the peer. Copies `config`. Never NULL. */
msnp_ftp *msnp_ftp_connect(msnp_net *net, const msnp_address *where, const msnp_ftp_config *config,
                           const msnp_ftp_ops *ops, gpointer owner, int64_t now);
/* The peer connected: takes over `conn`, see msnp_net_accept(). */
msnp_ftp *msnp_ftp_accept(msnp_net *net, unsigned conn, const msnp_ftp_config *config,
                          const msnp_ftp_ops *ops, gpointer owner, int64_t now);
/* Closes the connection at once; no callback follows. NULL is fine. */
void msnp_ftp_free(msnp_ftp *ftp);

/* In or after `ready`: this is the one. Receiving: sends TFR. */
void msnp_ftp_start(msnp_ftp *ftp, int64_t now);
/*
 * Sending, after `wants`: the next bytes of the file: as many as wanted, or fewer if that is a
 * multiple of MSNP_FTP_BLOCK. Borrowed for the call.
 */
void msnp_ftp_put(msnp_ftp *ftp, const char *bytes, size_t len, int64_t now);
/* Receiving, after `complete`: it is saved. Sends BYE; `over` follows with MSNP_FILE_DONE. */
void msnp_ftp_stored(msnp_ftp *ftp, int64_t now);
/*
 * Ends it because of `why`, and tells the peer as far as the protocol can (CCL, BYE, or an early
 * end block). `over` does not follow, `closed` does.
 */
void msnp_ftp_stop(msnp_ftp *ftp, msnp_file_end why, int64_t now);

/* Checks deadlines; when the next check is due, MSNP_NEVER for none. */
void msnp_ftp_tick(msnp_ftp *ftp, int64_t now);
int64_t msnp_ftp_deadline(const msnp_ftp *ftp);

#endif
