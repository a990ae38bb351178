/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types that all layers share: steps of a sign-in, statuses, phones, conversation ids, causes.
 */
#ifndef MSNP_TYPES_H
#define MSNP_TYPES_H

#include "buf.h"

#include <stdint.h>

/*
 * The steps of a sign-in, for the user and the log; X(symbol, name), in the order in which a
 * sign-in passes them.
 */
#define MSNP_STEP_LIST(X)                                                                        \
    X(MSNP_STEP_IDLE, "IDLE")                   /* not started */                                \
    X(MSNP_STEP_CONNECT, "CONNECT")             /* reaching a dispatch or notification server */ \
    X(MSNP_STEP_VERSION, "VERSION")             /* VER sent */                                   \
    X(MSNP_STEP_CLIENT, "CLIENT")               /* CVR sent */                                   \
    X(MSNP_STEP_ACCOUNT, "ACCOUNT")             /* USR TWN I sent */                             \
    X(MSNP_STEP_PASSPORT, "PASSPORT")           /* challenge received, waiting for the ticket */ \
    X(MSNP_STEP_NEXUS_CONNECT, "NEXUS_CONNECT") /* reaching the nexus */                         \
    X(MSNP_STEP_NEXUS, "NEXUS")                 /* nexus asked */                                \
    X(MSNP_STEP_LOGIN_CONNECT, "LOGIN_CONNECT") /* reaching a login server */                    \
    X(MSNP_STEP_LOGIN_READY, "LOGIN_READY")     /* login server reached before the challenge */  \
    X(MSNP_STEP_LOGIN, "LOGIN")                 /* login server asked */                         \
    X(MSNP_STEP_TICKET, "TICKET")               /* USR TWN S sent */                             \
    X(MSNP_STEP_LISTS, "LISTS")                 /* SYN sent */                                   \
    X(MSNP_STEP_PRESENCE, "PRESENCE")           /* first CHG sent */                             \
    X(MSNP_STEP_ONLINE, "ONLINE")               /* signed in; for Passport: ticket received */   \
    X(MSNP_STEP_OFFLINE, "OFFLINE")             /* over: failed or signed out */

typedef enum {
#define X(symbol, name) symbol,
    MSNP_STEP_LIST(X)
#undef X
        MSNP_N_STEPS
} msnp_step;

/* The name of a step, for logs and tests; static. */
const char *msnp_step_name(msnp_step step);

/* Own presence states of MSNP8; X(symbol, code on the wire). */
#define MSNP_STATUS_LIST(X)      \
    X(MSNP_STATUS_ONLINE, "NLN") \
    X(MSNP_STATUS_BUSY, "BSY")   \
    X(MSNP_STATUS_IDLE, "IDL")   \
    X(MSNP_STATUS_BRB, "BRB")    \
    X(MSNP_STATUS_AWAY, "AWY")   \
    X(MSNP_STATUS_PHONE, "PHN")  \
    X(MSNP_STATUS_LUNCH, "LUN")  \
    X(MSNP_STATUS_HIDDEN, "HDN")

typedef enum {
#define X(symbol, code) symbol,
    MSNP_STATUS_LIST(X)
#undef X
        MSNP_N_STATUSES
} msnp_status;

/* The code on the wire ("NLN"); static. */
const char *msnp_status_code(msnp_status status);
/* The status of a code; false if there is none of that name. */
bool msnp_status_from_code(msnp_str code, msnp_status *status);

/* Phone numbers of an account; X(symbol, code on the wire). */
#define MSNP_PHONE_LIST(X)    \
    X(MSNP_PHONE_HOME, "PHH") \
    X(MSNP_PHONE_WORK, "PHW") \
    X(MSNP_PHONE_MOBILE, "PHM")

typedef enum {
#define X(symbol, code) symbol,
    MSNP_PHONE_LIST(X)
#undef X
        MSNP_N_PHONES
} msnp_phone;

/* The code on the wire ("PHH"); static. */
const char *msnp_phone_code(msnp_phone phone);
/* The phone of a code; false if there is none of that name. */
bool msnp_phone_from_code(msnp_str code, msnp_phone *phone);

/* Why something failed. */
typedef struct {
    msnp_err err;
    unsigned number; /* MSNP_ERR_SERVER: the server's error number; else 0 */
} msnp_cause;

/* How a transfer of a file ended; X(symbol, name). "Here" is this account, "there" the peer. */
#define MSNP_FILE_END_LIST(X)                                                                 \
    X(MSNP_FILE_DONE, "DONE")           /* all of it arrived */                               \
    X(MSNP_FILE_CANCELLED, "CANCELLED") /* by the user */                                     \
    X(MSNP_FILE_DECLINED, "DECLINED")   /* by the user, or automatically */                   \
    X(MSNP_FILE_EXPIRED, "EXPIRED")     /* no answer to the invitation in time */             \
    X(MSNP_FILE_CANCELLED_THERE, "CANCELLED_THERE")                                           \
    X(MSNP_FILE_DECLINED_THERE, "DECLINED_THERE")                                             \
    X(MSNP_FILE_UNSUPPORTED, "UNSUPPORTED")     /* the peer cannot receive files */           \
    X(MSNP_FILE_UNSENT, "UNSENT")               /* a message of ours was not delivered */     \
    X(MSNP_FILE_NO_ADDRESS, "NO_ADDRESS")       /* the peer sent no address within 30 s */    \
    X(MSNP_FILE_NO_CONNECTION, "NO_CONNECTION") /* we could not connect to the peer */        \
    X(MSNP_FILE_NOBODY_CAME, "NOBODY_CAME")     /* the peer could not connect to us */        \
    X(MSNP_FILE_BOTH_CLOSED, "BOTH_CLOSED")     /* neither side accepts connections */        \
    X(MSNP_FILE_NO_P2P, "NO_P2P")               /* the peer does not answer MSNP2P */         \
    X(MSNP_FILE_SILENT, "SILENT")               /* nothing moved for a minute */              \
    X(MSNP_FILE_BROKEN, "BROKEN")               /* the connection broke before the end */     \
    X(MSNP_FILE_UNCONFIRMED, "UNCONFIRMED")     /* interrupted; the peer may have it all */   \
    X(MSNP_FILE_CONFUSED, "CONFUSED")           /* the peer broke the protocol */             \
    X(MSNP_FILE_WRONG_SIZE, "WRONG_SIZE")       /* another size than in the invitation */     \
    X(MSNP_FILE_CHANGED, "CHANGED")             /* the file changed while it was sent */      \
    X(MSNP_FILE_UNREADABLE, "UNREADABLE")       /* the file could not be read (any more) */   \
    X(MSNP_FILE_UNWRITABLE, "UNWRITABLE")       /* it could not be written: disk full, ... */ \
    X(MSNP_FILE_UNWRITABLE_THERE, "UNWRITABLE_THERE")                                         \
    X(MSNP_FILE_FAILED_THERE, "FAILED_THERE") /* any other failure that the peer reports */   \
    X(MSNP_FILE_OVER, "OVER")                 /* the session ended */

typedef enum {
#define X(symbol, name) symbol,
    MSNP_FILE_END_LIST(X)
#undef X
        MSNP_N_FILE_ENDS
} msnp_file_end;

/* Its name, for logs and tests; static. */
const char *msnp_file_end_name(msnp_file_end end);

/* What newer clients send besides text, and this one can only name; X(symbol, name). */
#define MSNP_EXTRA_LIST(X)                                                              \
    X(MSNP_EXTRA_FILE, "P2P_FILE")             /* a file, while MSNP2P is turned off */ \
    X(MSNP_EXTRA_WINK, "WINK")                 /* an animation */                       \
    X(MSNP_EXTRA_VOICE_CLIP, "VOICE_CLIP")     /* a recorded message */                 \
    X(MSNP_EXTRA_INK, "INK")                   /* a drawing, or handwriting */          \
    X(MSNP_EXTRA_WEBCAM, "WEBCAM")             /* offers to show a webcam */            \
    X(MSNP_EXTRA_WEBCAM_ASKED, "WEBCAM_ASKED") /* asks for the user's webcam */         \
    X(MSNP_EXTRA_GAME, "GAME")                 /* an invitation to a game */            \
    X(MSNP_EXTRA_INVITATION, "INVITATION")     /* any other invitation */

typedef enum {
#define X(symbol, name) symbol,
    MSNP_EXTRA_LIST(X)
#undef X
        MSNP_N_EXTRAS
} msnp_extra;

/* Its name, for logs and tests; static. */
const char *msnp_extra_name(msnp_extra extra);

/* A conversation: a chat, or one with a single person. */
typedef struct {
    unsigned chat;   /* number of the chat, 0 if it is none */
    const char *who; /* the other person, if it is no chat; else NULL */
} msnp_conversation_id;

/* Somebody in a chat, or who is being called into it. */
typedef struct {
    char *account;
    char *name; /* clean text, may be empty, as it is while this person is being called */
} msnp_person;
/* Frees a msnp_person *. */
void msnp_person_free(gpointer person);

/* Somebody invites us into a switchboard: RNG. */
typedef struct {
    const char *session; /* opaque */
    const char *host;
    uint16_t port;
    const char *cookie; /* secret */
    const char *account;
    const char *name; /* clean text, may be empty */
    bool contact;     /* this person is a contact of the user */
} msnp_ring;

#endif
