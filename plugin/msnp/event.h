/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that the session reports to the adapter: one tagged union, pulled from a queue.
 */
#ifndef MSNP_EVENT_H
#define MSNP_EVENT_H

#include "edit.h"
#include "message.h"

/* What changed about a contact, as bits. */
enum {
    MSNP_NEW_PRESENCE = 1, /* online, status */
    MSNP_NEW_NAME = 2,
    MSNP_NEW_PHONES = 4,
    MSNP_NEW_LISTS = 8,   /* lists, groups */
    MSNP_NEW_PRIVACY = 16 /* the allow or the block list, then also MSNP_NEW_LISTS */
};

/* Why the session failed. */
typedef struct {
    msnp_err err;
    msnp_step step;   /* the step of the sign-in */
    const char *host; /* the peer; may be NULL */
    uint16_t port;    /* 0 if host is NULL */
    unsigned number; /* MSNP_ERR_SERVER, _TICKET: error number; _HTTP_STATUS, _GATEWAY: status; else
                        0 */
    unsigned code;   /* MSNP_ERR_UNREACHABLE, _GATEWAY: see msnp_connect_error; else 0 */
    const char *text; /* the server's message for the user, clean plain text; may be NULL */
    bool hopeless;    /* for the session: another way to the server would not help */
} msnp_failure;

typedef enum {
    MSNP_EVENT_CONNECT,       /* connect.*: open a connection */
    MSNP_EVENT_WRITE,         /* write.*: send these bytes on it */
    MSNP_EVENT_CLOSE,         /* close it, after everything written so far */
    MSNP_EVENT_PASSWORD,      /* call msnp_session_password() */
    MSNP_EVENT_STATUS_WANTED, /* call msnp_session_set_status(), for the first CHG */
    MSNP_EVENT_CACHED,        /* the cache entries of this service changed */
    MSNP_EVENT_STEP,          /* step.*: the sign-in reached another step */
    MSNP_EVENT_SIGNED_IN,     /* signed_in.*: the notification server accepted the ticket */
    MSNP_EVENT_ONLINE,        /* status: the first CHG was confirmed, the sign-in is complete */
    MSNP_EVENT_STATUS,        /* status: a later CHG was confirmed */
    MSNP_EVENT_STATUS_FAILED, /* status_failed.*: a later CHG was rejected, or got no reply */
    MSNP_EVENT_ROSTER,        /* complete: the lists arrived, see msnp_session_roster() */
    MSNP_EVENT_SETTING,       /* a setting of the lists changed: GTC, BLP or PRP */
    MSNP_EVENT_CONTACT,       /* contact.*: a contact changed */
    MSNP_EVENT_EDITED,        /* edited.*: an edit is done, or failed */
    MSNP_EVENT_PAGED,         /* paged.*: the result of msnp_session_page(), once for each */
    MSNP_EVENT_MOVED,         /* XFR NS mid-session: the sign-in begins again */
    MSNP_EVENT_SHUTDOWN,      /* minutes: the server announced that it shuts down; once for each */
    MSNP_EVENT_MAILBOX,       /* mailbox.*: how many unread mails there are has changed */
    MSNP_EVENT_MAIL,          /* mail.*: one more came */
    MSNP_EVENT_INBOX,         /* cause: the result of msnp_session_ask_inbox() */
    MSNP_EVENT_FAILED,        /* failure: the session is over; only CLOSE follows */
    MSNP_EVENT_TRACE,         /* trace.*: a line for the debug log, secrets already masked */

    /* Conversations. */
    MSNP_EVENT_MESSAGE,          /* message.*: a message came, see msnp_message_kind */
    MSNP_EVENT_TYPING,           /* message.conversation, message.who: somebody is typing */
    MSNP_EVENT_UNDELIVERED,      /* undelivered.*: a message was not, or perhaps not, delivered */
    MSNP_EVENT_CHAT_BEGUN,       /* begun.*: a chat began */
    MSNP_EVENT_CHAT_JOINED,      /* chat_member.*: somebody joined, or is there */
    MSNP_EVENT_CHAT_LEFT,        /* chat_member.*: somebody left */
    MSNP_EVENT_CHAT_CALL_FAILED, /* chat_call_failed.*: an invited person did not join */

    /* Files: file.number says which transfer. */
    MSNP_EVENT_LISTEN,        /* of connections: listen on a port, see msnp_session_listening() */
    MSNP_EVENT_FILE_OFFERED,  /* file.who, .name, .file, .size: somebody offers a file */
    MSNP_EVENT_FILE_STARTED,  /* the transfer begins: open the file */
    MSNP_EVENT_FILE_WANTED,   /* file.len: call msnp_session_file_put() with so many bytes */
    MSNP_EVENT_FILE_REWIND,   /* file.offset: the next bytes that are wanted begin there */
    MSNP_EVENT_FILE_DATA,     /* file.data, .len: save these bytes */
    MSNP_EVENT_FILE_COMPLETE, /* that was all: call msnp_session_file_stored(), or _file_cancel() */
    /* file.through_service, .end, .cause: why it takes the other way now, before its first byte */
    MSNP_EVENT_FILE_OTHER_WAY,
    MSNP_EVENT_FILE_ENDED, /* file.end, .cause: the result, once for each transfer */
    MSNP_N_EVENTS
} msnp_event_type;

/*
 * The strings belong to the event, and are valid until the next call of the function that returned
 * it.
 */
typedef struct {
    msnp_event_type type;
    unsigned conn; /* CONNECT, WRITE, CLOSE, TRACE: which connection */
    union {
        struct {
            const char *host;
            uint16_t port;
            bool tls;
            bool gateway; /* HTTP, if not `tls`: see msnp_session_proxied() */
            bool switchboard;
            bool file;        /* much will be moved: MSNP_CONN_FILE */
            const char *name; /* its purpose, for the log; static */
        } connect;
        struct {
            const char *data;
            size_t len;
            bool file; /* data of a file; the other bytes can hold a password or a ticket */
        } write;
        struct {
            msnp_step step;
            const char *host; /* the peer; may be NULL */
            bool hidden;      /* for the log only: Passport before the challenge */
            bool outside;     /* see msnp_passport_ops.step */
        } step;
        struct {
            const char *handle;   /* own account name as the server spells it */
            const char *friendly; /* own friendly name, clean text; may be empty */
        } signed_in;
        msnp_status status;
        struct {
            msnp_status wanted;
            unsigned number; /* 0: no reply in time */
        } status_failed;
        bool complete; /* false: fewer lines came than SYN announced */
        struct {
            const char *account;
            unsigned news; /* MSNP_NEW_... */
        } contact;
        struct {
            msnp_edit edit;
            msnp_cause cause; /* MSNP_OK; _SERVER: rejected; _TIMEOUT: no reply; else: not sent */
        } edited;
        unsigned minutes; /* 0: it did not say how many */
        struct {
            unsigned unread; /* in the inbox */
            bool risen;      /* since the last MAILBOX or MAIL */
        } mailbox;
        struct {
            const char *from;    /* the name of the sender, clean text, may be empty */
            const char *address; /* the sender's, as the mail has it: clean text, may be empty */
            const char *subject; /* clean text, may be empty */
            const char *url;     /* a web page (https) with the mail, may be NULL */
        } mail;
        msnp_cause cause; /* MSNP_OK; MSNP_ERR_SERVER, _TIMEOUT, _URL (not offered), _INSECURE */
        struct {
            const char *who;  /* account, as the server spells it */
            const char *text; /* as it was sent */
            msnp_cause cause; /* MSNP_OK: nothing was said against it; _SERVER: rejected; else: why
                                 the session or its connection ended */
            bool maybe;       /* it failed, and may have arrived */
        } paged;
        msnp_failure failure;
        struct {
            bool sent; /* false: received */
            const char *text;
        } trace;
        struct {
            msnp_conversation_id conversation;
            const char *who;  /* account, as the server spells it; PAGE: or "tel:" and a number */
            const char *name; /* clean text, may be empty */
            const char *speaker; /* TEXT: who said it, if that is not `who`; clean; else NULL */
            msnp_message_kind kind;
            msnp_extra extra; /* EXTRA */
            bool incomplete;  /* TEXT: parts are missing where it says MSNP_TEXT_GAP */
            const char *text; /* TEXT, ACTION, PAGE: the text; INVITE: what is offered, as the other
                                 side calls it; clean; else NULL */
            msnp_format format; /* TEXT */
        } message;
        struct {
            msnp_conversation_id conversation;
            const char *text; /* NULL: a nudge */
            msnp_cause cause; /* MSNP_ERR_REFUSED: NAK; _NOBODY: nobody was there; _SERVER,
                                 _TIMEOUT, or why the switchboard or session ended */
            bool maybe;       /* it was sent, and may have arrived */
        } undelivered;
        struct {
            unsigned chat;
            const char *from; /* the person whose conversation became the chat, or NULL */
            size_t members;   /* so many CHAT_JOINED, all initial, follow at once */
        } begun;
        struct {
            unsigned chat;
            const char *account;
            const char *name; /* joined: clean text, may be empty; else NULL */
            bool initial;     /* joined: was there before us or from the start */
            bool lost;        /* left: switchboard idle or broken; our next message recalls */
        } chat_member;
        struct {
            unsigned chat;
            const char *account;
            msnp_cause cause;
        } chat_call_failed;
        struct {
            unsigned number;
            const char *who;      /* OFFERED: account, as the server spells it */
            const char *name;     /* OFFERED: clean text, may be empty */
            const char *file;     /* OFFERED: safe as the name of a file; may be empty */
            uint64_t size;        /* OFFERED: bytes */
            const char *data;     /* DATA */
            size_t len;           /* DATA, WANTED */
            uint64_t offset;      /* REWIND: not beyond what was read */
            bool through_service; /* OTHER_WAY: so it is sent now; else directly */
            msnp_file_end end;    /* ENDED; OTHER_WAY: that of the first way */
            msnp_cause cause;     /* with MSNP_FILE_UNSENT: as of MSNP_EVENT_UNDELIVERED */
        } file;
    };
} msnp_event;

/* The name of an event, for logs and tests; static. */
const char *msnp_event_name(msnp_event_type type);

/* The queued events. */
typedef struct {
    GQueue waiting;      /* msnp_event *, the oldest at the head */
    msnp_event *current; /* the event returned last */
    GQueue aside;        /* see msnp_event_queue_set_aside() */
} msnp_event_queue;

/* An empty queue. */
void msnp_event_queue_init(msnp_event_queue *queue);
/* Frees (and wipes) all of it. */
void msnp_event_queue_clear(msnp_event_queue *queue);
/* Frees (and wipes) all queued events; the one returned last stays valid. */
void msnp_event_queue_drop(msnp_event_queue *queue);
/* Keeps the event returned last valid until the queue is cleared: it is still being handled. */
void msnp_event_queue_set_aside(msnp_event_queue *queue);
/* Frees (and wipes) the queued WRITE events of this connection. */
void msnp_event_queue_drop_writes(msnp_event_queue *queue, unsigned conn);
/*
 * Drops the MSNP_EVENT_CONNECT or _LISTEN of this connection; false if it is not queued.
 * Connections close soon after they opened, or after their events were taken out: it searches from
 * the end.
 */
bool msnp_event_queue_take_back(msnp_event_queue *queue, unsigned conn);
/*
 * Adds a copy of the event and of all strings that it points to. Takes over write.data and
 * file.data, from g_malloc(): they are not copied.
 */
void msnp_event_queue_push(msnp_event_queue *queue, const msnp_event *event);
/* Takes out the oldest event; false if there is none. It is valid until the next call. */
bool msnp_event_queue_pop(msnp_event_queue *queue, msnp_event *event);

#endif
