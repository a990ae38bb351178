/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session with a dispatch or notification server: sign-in, keep-alive, own presence, the lists
 * and the presence of the contacts. One part for both kinds of server, since only the reply to USR
 * TWN I shows which one it is.
 *
 * A part of msnp_session. It pushes the events for the user (STEP, SIGNED_IN, ONLINE, STATUS,
 * STATUS_FAILED, ROSTER, CONTACT, EDITED, MOVED, SHUTDOWN, MAILBOX, MAIL, INBOX), and reports the
 * rest through msnp_ns_ops.
 */
#ifndef MSNP_NS_H
#define MSNP_NS_H

#include "net.h"
#include "page.h"
#include "roster.h"

#define MSNP_TRANSFERS_MAX     5                    /* XFR NS in one sign-in */
#define MSNP_PING_AFTER        ((int64_t)30 * 1000) /* silence before PNG is sent */
#define MSNP_PING_TIMEOUT      ((int64_t)25 * 1000) /* silence after PNG: it is dead */
#define MSNP_LISTS_SILENCE     ((int64_t)30 * 1000) /* silence that ends incomplete lists */
#define MSNP_GROUPS_SILENCE    ((int64_t)2 * 1000)  /* the same if only groups are missing */
#define MSNP_SETTLE_TIME       ((int64_t)5 * 1000)  /* silence after which old presence ends */
#define MSNP_EDITS_MAX         16384                /* waiting edits */
#define MSNP_REQUESTS_MAX      200                  /* pending switchboard requests */
#define MSNP_PAGES_MAX         32                   /* without a result, to mobile phones */
#define MSNP_PAGE_SILENCE      ((int64_t)10 * 1000) /* without an error: it was sent */
#define MSNP_PIPELINED_TIMEOUT ((int64_t)10 * 1000) /* for the replies to pipelined commands */
#define MSNP_HURRIED_TIMEOUT   ((int64_t)8 * 1000)  /* for a connection, and for VER */

/*
 * Moves (XFR NS after the challenge) within MSNP_MOVES_TIME. The first ones are served at once, the
 * next one after MSNP_MOVE_WAIT, each further one after twice the time of the one before; one more
 * than MSNP_MOVES_MAX ends the session.
 */
#define MSNP_MOVES_MAX  8
#define MSNP_MOVES_FREE 3
#define MSNP_MOVES_TIME ((int64_t)10 * 60 * 1000)
#define MSNP_MOVE_WAIT  ((int64_t)5 * 1000)

/* Lists that arrive slowly have this time, and more for each announced line, up to a maximum. */
#define MSNP_LISTS_TIME     ((int64_t)5 * 60 * 1000)
#define MSNP_LISTS_LINE     ((int64_t)10 * 1000)
#define MSNP_LISTS_TIME_MAX ((int64_t)60 * 60 * 1000)

typedef struct msnp_ns msnp_ns;

/*
 * Callbacks to the session; all strings are borrowed for the call. They may call functions of this
 * part, except for msnp_ns_free().
 */
typedef struct {
    /* It connects to a server, for the first time or again. */
    void (*connecting)(gpointer owner, int64_t now);
    /* It left a server, and will connect to another one later: the challenge is void. */
    void (*parted)(gpointer owner);
    /* Get a ticket for this challenge (secret) from Passport, for msnp_ns_ticket(). */
    void (*challenge)(gpointer owner, const char *challenge, int64_t now);
    /* The server does not tolerate pipelined commands: without them the sign-in got further. */
    void (*no_pipelining)(gpointer owner, int64_t now);
    /* The ticket was accepted: the account as the server spells it. */
    void (*signed_in)(gpointer owner, const char *handle, int64_t now);
    /* The replies to msnp_ns_ask_switchboard(). */
    void (*switchboard)(gpointer owner, unsigned request, const char *host, uint16_t port,
                        const char *cookie, int64_t now);
    void (*no_switchboard)(gpointer owner, unsigned request, msnp_cause cause, int64_t now);
    void (*rung)(gpointer owner, const msnp_ring *ring, int64_t now);
    /* A message from a mobile phone. */
    void (*paged)(gpointer owner, const msnp_page *page, int64_t now);
    /* Our own IP address, as the server sees it. Can be NULL. */
    void (*client_ip)(gpointer owner, const char *address);
    /*
     * Is this host in the domain of the service or its Passport? What it names is not protected on
     * the way. Can be NULL: all are.
     */
    bool (*is_own)(gpointer owner, const char *host);
    /*
     * The connection leads nowhere: none could be made, or it does not even reply to VER. True: try
     * again, to the same server. Can be NULL.
     */
    bool (*another_way)(gpointer owner, const msnp_failure *failure, int64_t now);
    /* It failed; no callback follows. */
    void (*failed)(gpointer owner, const msnp_failure *failure, int64_t now);
} msnp_ns_ops;

typedef struct {
    const char *account; /* as the user typed it; sent as it is */
    const char *host;    /* dispatch or notification server */
    unsigned port;
    msnp_status status; /* of the first CHG */
    /*
     * Pipeline commands of the sign-in, which saves round trips: VER, CVR and USR TWN I at once,
     * and if the server tolerates that, SYN and CHG with USR TWN S. A server that does not tolerate
     * it (it closes the connection, rejects a command as unexpected or before its turn, or goes
     * silent after VER) gets one command at a time on a new connection; if that helps,
     * msnp_ns_ops.no_pipelining reports it.
     */
    bool pipelining;
    bool p2p; /* announce MSNP2P with each CHG */
} msnp_ns_config;

/*
 * Copies the configuration; borrows the rest. Never NULL: msnp_ns_start() reports a bad
 * configuration.
 */
msnp_ns *msnp_ns_new(const msnp_ns_config *config, msnp_net *net, const msnp_ns_ops *ops,
                     gpointer owner);
/* Wipes secrets; does not close the connection. NULL is fine. */
void msnp_ns_free(msnp_ns *ns);

/* Starts to sign in. Deadlines count from `now` (milliseconds). */
void msnp_ns_start(msnp_ns *ns, int64_t now);
/*
 * The ticket for msnp_ns_ops.challenge. One that cannot be sent ends the session
 * (MSNP_ERR_NO_TICKET).
 */
void msnp_ns_ticket(msnp_ns *ns, const char *ticket, int64_t now);
/* The user changed status (or became idle): CHG, at once or as soon as the sign-in is complete. */
void msnp_ns_set_status(msnp_ns *ns, msnp_status status, int64_t now);
/*
 * The user changes something on the server. Edits wait for MSNP_EVENT_ROSTER and for each other,
 * and survive a move to another server. Each ends in MSNP_EVENT_EDITED; nothing is sent for an
 * impossible one (MSNP_ERR_TOO_LONG: a name exceeds its limit, or there are too many edits;
 * MSNP_ERR_ACCOUNT: not an account name; MSNP_ERR_MALFORMED: something is missing, or a name is
 * blank; MSNP_ERR_INCOMPLETE: a group cannot be removed unless all contacts are known). Edits that
 * still wait when the session ends are dropped without an event: msnp_ns_edits_waiting() returns
 * how many. What is true on the server already is not sent. ADD REM ADG REG RMG REA BLP GTC PRP.
 */
void msnp_ns_edit(msnp_ns *ns, const msnp_edit *edit, int64_t now);
/*
 * Queues a request for a switchboard (XFR SB). msnp_ns_run() sends it as soon as the sign-in is
 * complete, and again after a move to another server. Each request ends with the session, or in a
 * call of msnp_ns_ops.switchboard or .no_switchboard (MSNP_ERR_SERVER, _TIMEOUT, _MALFORMED, or
 * _FULL if too many wait), never from within this function.
 */
void msnp_ns_ask_switchboard(msnp_ns *ns, unsigned request);
/* Has the account a mailbox, as its profile says? */
bool msnp_ns_has_inbox(const msnp_ns *ns);
/*
 * The user wants to see the inbox: msnp_ns_run() asks the server for the page (URL). One at a time;
 * each ends in MSNP_EVENT_INBOX, or with the session.
 */
void msnp_ns_ask_inbox(msnp_ns *ns, int64_t now);
/*
 * Once after MSNP_EVENT_INBOX without an error: a page that signs a browser in to the inbox (see
 * msnp_web_write()). Initialises `out`, which is secret; the caller clears it. MSNP_ERR_URL if
 * there is none.
 */
msnp_err msnp_ns_inbox_page(msnp_ns *ns, const char *password, msnp_buf *out, int64_t now);
/*
 * Sends a text (UTF-8) to the mobile phone of a contact: PAG. MSNP_OK: MSNP_EVENT_PAGED follows
 * when the server has rejected it, or lives and has said nothing against it for MSNP_PAGE_SILENCE,
 * since it does not confirm what it sends. Otherwise nothing is sent and no event follows:
 * MSNP_ERR_NOBODY (msnp_roster_can_page() is false, or the sign-in is not complete),
 * MSNP_ERR_MALFORMED (there is no text), MSNP_ERR_TOO_LONG (it exceeds MSNP_PAGE_CHARS),
 * MSNP_ERR_FULL (too many are pending).
 */
msnp_err msnp_ns_page(msnp_ns *ns, const char *who, const char *text, int64_t now);
/* Reports pages without a result: the session ends. */
void msnp_ns_end_pages(msnp_ns *ns, msnp_err why);
/* Continues waiting edits, requests and status changes. */
void msnp_ns_run(msnp_ns *ns, int64_t now);
/* The number of edits without a result. */
size_t msnp_ns_edits_waiting(const msnp_ns *ns);
/*
 * The lists: empty before the first MSNP_EVENT_ROSTER, then as last reported, kept up to date.
 * Owned by this part. Entries are valid, and do not change, until the next msnp_net_serve() or
 * msnp_ns_tick().
 */
const msnp_roster *msnp_ns_roster(const msnp_ns *ns);
/*
 * Is somebody to be answered: not blocked, and allowed unless BLP AL allows everybody? Edits count
 * before they are confirmed, and lists as far as they have arrived (before that, as they were).
 */
bool msnp_ns_is_welcome(const msnp_ns *ns, const char *account);
/* Is somebody a contact of the user, as far as the lists have arrived? */
bool msnp_ns_is_contact(const msnp_ns *ns, const char *account);
/*
 * The user signs out: sends OUT if the sign-in is complete, closes the connection, and makes no
 * more callbacks.
 */
void msnp_ns_sign_out(msnp_ns *ns);
/* Closes the connection; sends nothing, and makes no more callbacks. */
void msnp_ns_stop(msnp_ns *ns);
/* Checks deadlines, and sends the keep-alive. */
void msnp_ns_tick(msnp_ns *ns, int64_t now);
/* When the next tick is due; MSNP_NEVER for none. */
int64_t msnp_ns_deadline(const msnp_ns *ns);
/* Connections and the reply to VER have MSNP_HURRIED_TIMEOUT: there is another way. */
void msnp_ns_set_hurried(msnp_ns *ns, bool hurried);
/* Pause and resume its clock while the user is asked about a certificate. */
void msnp_ns_hold(msnp_ns *ns, int64_t now);
void msnp_ns_resume(msnp_ns *ns, int64_t now);
/* The step of the sign-in. */
msnp_step msnp_ns_step(const msnp_ns *ns);
/* The account name as the server spells it (before USR OK: as configured); borrowed. */
const char *msnp_ns_handle(const msnp_ns *ns);
/* Its connection, 0 for none. */
unsigned msnp_ns_conn(const msnp_ns *ns);

/* The verb table of dispatch and notification servers. */
extern const msnp_verbs msnp_ns_verbs;

#endif
