/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a session, or one of its parts, says: its events, and what a part calls its owner with. All
 * of it has one form here, is written in one way, and is looked at by the same rules.
 */
#ifndef HEARD_H
#define HEARD_H

#include "msnp.h"
#include "ns.h"
#include "switchboard.h"

/* X(symbol, name as a transcript writes it): the calls of the parts. */
#define HEARD_LIST(X)                                                                     \
    X(HEARD_CHALLENGE, "CHALLENGE")       /* text */                                      \
    X(HEARD_TICKET, "TICKET")             /* text */                                      \
    X(HEARD_LOGIN_SERVER, "LOGIN_SERVER") /* text, NULL for none */                       \
    X(HEARD_NO_PIPELINING, "NO_PIPELINING")                                               \
    X(HEARD_WAY, "WAY")                       /* text: the way to try first */            \
    X(HEARD_SWITCHBOARD, "SWITCHBOARD")       /* request, host, port, text: the cookie */ \
    X(HEARD_NO_SWITCHBOARD, "NO_SWITCHBOARD") /* request, cause */                        \
    X(HEARD_RUNG, "RUNG")                     /* ring */                                  \
    X(HEARD_PHONE, "PHONE")                   /* account, text */                         \
    X(HEARD_CLIENT_IP, "CLIENT_IP")           /* host */                                  \
    X(HEARD_PAGE, "PAGE")                     /* text: what was asked for, NULL: none */  \
    X(HEARD_ASK, "ASK_SWITCHBOARD")           /* request */                               \
    X(HEARD_P2P, "P2P")                       /* account, text: the name, payload */      \
    X(HEARD_CARRIED, "CARRIED")               /* request: the reference, cause */         \
    X(HEARD_OPENED, "OPENED")                                                             \
    X(HEARD_JOINED, "JOINED")           /* account, text: the name */                     \
    X(HEARD_LEFT, "LEFT")               /* account, idle */                               \
    X(HEARD_CALL_FAILED, "CALL_FAILED") /* account, cause */                              \
    X(HEARD_ANSWERED, "ANSWERED")       /* request: the tag, cause */                     \
    X(HEARD_RECEIVED, "RECEIVED")       /* account, text: the name, payload */            \
    X(HEARD_BROKE, "BROKE")             /* cause: of a switchboard */

typedef enum {
    HEARD_EVENT, /* event */
#define X(symbol, name) symbol,
    HEARD_LIST(X)
#undef X
} heard_kind;

/* All borrowed for the call in which it is heard. */
typedef struct {
    heard_kind kind;
    msnp_event event;
    unsigned request;
    const char *text;
    const char *account;
    const char *host;
    uint16_t port;
    bool idle;
    msnp_cause cause;
    msnp_str payload;
    const msnp_ring *ring;
} heard;

/* As a transcript writes it, without what it may leave out; the caller frees it. */
GString *heard_write(const heard *what);
/* "host:port", "[v6]:port", "-" for none; the caller frees it. */
char *heard_address(const char *host, uint16_t port);
/* A conversation: an account, or "#1" for a chat; the caller frees it. */
char *heard_conversation(msnp_conversation_id id);

/*
 * What is wrong with it by itself, whoever says it: text that is not fit to be shown, hosts that
 * cannot be, numbers out of their range. NULL for nothing; the caller frees it.
 */
char *heard_fault(const heard *what);
/*
 * Is this a line that is fit to be shown: UTF-8, no control characters, nothing that turns the
 * direction of writing, no blanks around it? And the same of a text of several lines.
 */
bool heard_is_clean(const char *text, size_t max_chars);
bool heard_is_clean_text(const char *text);
/* Only bytes from space to ~? */
bool heard_is_printable(const char *text);
/* Is this a host that may be connected to? By its characters alone, not as the core reads it. */
bool heard_is_host(const char *host);
/* What is wrong with this format; NULL for nothing. Written and read again, it is the same. */
const char *heard_format_fault(const msnp_format *format);
bool heard_same_format(const msnp_format *a, const msnp_format *b);

#endif
