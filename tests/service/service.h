/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An MSNP8 service on loopback: dispatch server, notification server, Passport nexus and Passport
 * login server (both over real TLS), switchboards and the HTTP gateway, for tests and for trying
 * the plugin without any network.
 *
 * It shares no code with the plugin and reads what clients send with a strict reader of its own, so
 * that a misreading in the plugin is not shared by its test. Everything runs in the default
 * GMainContext; ports are chosen by the kernel, and are the same on
 * 127.0.0.1 and, where there is that address, ::1; it listens nowhere else.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <glib.h>

typedef struct service service;

typedef enum {
    SERVICE_DISPATCH,     /* MSNP8, answers USR TWN I with XFR NS */
    SERVICE_NOTIFICATION, /* MSNP8 */
    SERVICE_NEXUS,        /* TLS; GET /rdr/pprdr.asp */
    SERVICE_LOGIN,        /* TLS; GET /login2.srf */
    SERVICE_SWITCHBOARD,  /* conversations; where XFR SB and RNG send to */
    SERVICE_GATEWAY,      /* HTTP; POST /gateway/gateway.dll */
    SERVICE_GATEWAY_TLS,  /* the same over TLS */
    SERVICE_N_ROLES
} service_role;

/*
 * Starts a service: makes its certificates in `dir` (which must exist) and listens on seven ports.
 * Certificates: ca.pem (the test CA), and for each kind in {good, expired, wrong-host, unknown-ca,
 * self-signed} a KIND.pem with the leaf. "good" is for localhost, 127.0.0.1 and ::1 under
 * ca.pem.
 * A directory that already holds them is reused (making keys costs time), so that several services
 * can share one. Returns NULL and sets `error` when it cannot.
 */
service *service_new(const char *dir, GError **error);

/* Closes every connection and port and frees it all. NULL is fine. */
void service_free(service *self);

/* Registers an account. `friendly` may be NULL (then the address is the friendly name). */
void service_add_account(service *self, const char *address, const char *password,
                         const char *friendly);

/*
 * Sets a knob (msnp8-service --knobs describes them); `value` NULL or "" means "on" for knobs that
 * take no value. Returns FALSE for an unknown name or a value that makes no sense.
 */
gboolean service_set(service *self, const char *knob, const char *value);

/* Takes a knob back to its default. */
void service_unset(service *self, const char *knob);

guint16 service_port(const service *self, service_role role);

/* From now on it listens on 127.0.0.1 only, and new connections to ::1 are refused. */
void service_leave_ipv6(service *self);

/* "https://localhost:PORT/rdr/pprdr.asp" and "https://localhost:PORT/login2.srf"; owned by the
 * service. With the knob one-passport both name the port of the nexus. */
const char *service_nexus_url(const service *self);
const char *service_login_url(const service *self);

/* "http://localhost:PORT/gateway/gateway.dll", or with https and the other port; owned by the
 * service. */
const char *service_gateway_url(const service *self, gboolean tls);

/* Path of ca.pem; owned by the service. */
const char *service_ca_file(const service *self);

/*
 * How often a line was seen: counts the entries of the transcript that match the shell-style
 * `pattern` (as g_pattern_match_simple does). A transcript entry is
 *   "ROLE >>> text"   what a client sent: a command line without CR LF, or of a HTTP request its
 *                     request line and each header line, one entry each; payloads follow their
 *                     command line as "ROLE >>> | text"
 *   "ROLE <<< text"   what the service sent, likewise
 *   "ROLE open"       a client connected
 *   "ROLE tls: text"  a TLS handshake ended: the version of TLS, or why it failed
 *   "ROLE close"      a client closed (or was closed)
 *   "ROLE bad: why"   the strict reader refused what a client sent (tests assert there is none)
 * with ROLE one of DS, NS, NEXUS, LOGIN, SB, GATEWAY, GATEWAY-TLS: that of the port, so with the
 * knob one-passport the login server's requests and answers are the NEXUS's. The bodies of the
 * gateway do not stand there, but what goes through it does, as that of the server behind it.
 * Passwords and tickets stand in it in clear: it is a test's.
 */
guint service_count(const service *self, const char *pattern);

/* The whole transcript, one entry a line; the caller frees it with g_free(). */
char *service_transcript(const service *self);
void service_forget_transcript(service *self);
/* Whether it is kept in memory (it is at first). What is there already stays. */
void service_keep_transcript(service *self, gboolean keep);

/*
 * How often bytes came from clients of this role: each read of a socket, or each TLS record. What
 * was written at once is read at once, unless it is very long. service_forget_transcript() begins
 * anew.
 */
guint service_reads(const service *self, service_role role);

/* A function called for each transcript entry as it is made (for printing); NULL for none. */
typedef void (*service_log_func)(const char *entry, gpointer data);
void service_set_log(service *self, service_log_func func, gpointer data);

/* How many connections are open in this role now. */
guint service_connections(const service *self, service_role role);

/*
 * Is any connection, of whatever service, one with a delay? Then a thread of its own may be about
 * to pass something on, of which the main loop knows nothing.
 */
gboolean service_is_delaying(void);

/* How many notification sessions are signed in (USR OK sent, still open) as `address`. */
guint service_sessions(const service *self, const char *address);

/* The state word ("NLN", "BSY", ...) of the last CHG of the newest session of `address`, or NULL.
 */
const char *service_state(const service *self, const char *address);

/* Sends raw bytes to each signed-in notification session of `address`; returns to how many. */
guint service_send(service *self, const char *address, const char *bytes, gssize length);

/* Closes each signed-in notification session of `address` at once. */
guint service_kick(service *self, const char *address);

/* --- lists --------------------------------------------------------------------------------------
 */

/* Bits of a contact's entry; their sum is the number in an LST line. */
enum { SERVICE_FL = 1, SERVICE_AL = 2, SERVICE_BL = 4, SERVICE_RL = 8 };

/*
 * The lists of an account are empty at first: no contacts, group 0 alone, "GTC A", "BLP AL", no
 * phone numbers, version 0. The functions that change them act like an edit made on another
 * computer while nobody is looking: sessions that are signed in are told nothing of it, and the
 * version of the owner's list grows by one. Addresses need not belong to registered accounts, and
 * may be in any letter case. Names are plain UTF-8, not encoded.
 */

/*
 * Keeps all lists (contacts, groups, privacy, phones, versions, own friendly names) in this file
 * from now on: reads them if it is there (an error is set when it makes no sense), and writes it
 * anew soon after each change and in service_free().
 */
gboolean service_keep_lists(service *self, const char *file, GError **error);

/* Adds a group (its id is returned; that of an existing one if the name is taken). */
guint service_add_group(service *self, const char *owner, const char *name);
void service_rename_group(service *self, const char *owner, guint id, const char *name);
void service_remove_group(service *self, const char *owner, guint id);
/*
 * Puts `who` on exactly these lists of `owner` (0: on none, the entry goes away). `nickname` NULL
 * leaves it (a new entry gets the address). `groups` is a list of ids, "1,3"; NULL or "" for no
 * group. The lists of `who` are not touched: what belongs together is the test's affair.
 */
void service_put(service *self, const char *owner, const char *who, guint lists,
                 const char *nickname, const char *groups);
/* `item` is PHH, PHW, PHM, MOB or MBE; `value` NULL unsets it. Of the account itself. */
void service_set_phone(service *self, const char *owner, const char *item, const char *value);
/* "GTC" to "A" or "N", "BLP" to "AL" or "BL". */
void service_set_privacy(service *self, const char *owner, const char *item, const char *value);
/*
 * Gives `owner` so many contacts (person0@example.com ...; FL, AL and RL) with friendly names,
 * spread over so many groups, some with phone numbers, every third in presence state "NLN" although
 * nobody is signed in there (so it is in the ILN batch): for large lists.
 */
void service_populate(service *self, const char *owner, guint contacts, guint groups);

/* What stands there now. The bits of an entry, 0 if there is none. */
guint service_lists(const service *self, const char *owner, const char *who);
/* Names of the groups of an FL contact, sorted, joined by ", " ("" for none); free with g_free().
 */
char *service_groups_of(const service *self, const char *owner, const char *who);
/* Names of all groups but group 0, sorted, joined by ", "; the caller frees it. */
char *service_group_names(const service *self, const char *owner);
/* How many entries there are, on whatever list. */
guint service_n_entries(const service *self, const char *owner);
guint32 service_version(const service *self, const char *owner);
/* Own friendly name; owned by the service. */
const char *service_friendly(const service *self, const char *owner);
/* The value of a phone item or of GTC or BLP; NULL if it is not set; owned by the service. */
const char *service_item(const service *self, const char *owner, const char *item);

/*
 * The following act like clients: whoever is signed in and concerned is told. The one that acts
 * need not be registered (others can add it afterwards), and if it is signed in itself, its own
 * client is told nothing.
 */

/*
 * `address` appears to all who may see it in this state ("NLN", "BSY", ...) although no client is
 * signed in there; NULL is offline. While a client is signed in there, its own state counts.
 */
void service_appear(service *self, const char *address, const char *state);
/* Changes the own friendly name. */
void service_say_name(service *self, const char *address, const char *name);
/* `owner` allows `who` and adds it as a contact ("ADD 0 RL"), or removes it from the contacts. */
void service_act_add(service *self, const char *owner, const char *who);
void service_act_remove(service *self, const char *owner, const char *who);
/* `owner` blocks `who`, or allows it again. */
void service_act_block(service *self, const char *owner, const char *who, gboolean blocked);

/* --- mail, and shutting down
 * ----------------------------------------------------------------------
 */

/*
 * A mail for `owner` comes: its client is told (if it has sent a CHG), as it is when mail is read
 * or moved to a folder ("ACTIVE" is the inbox, "trAsH" where deleted ones go). The sender's
 * friendly name and the subject are plain UTF-8. Returns the number of the mail.
 */
guint service_mail(service *self, const char *owner, const char *from, const char *subject);
/* FALSE if there is no such mail. */
gboolean service_read_mail(service *self, const char *owner, guint id);
gboolean service_move_mail(service *self, const char *owner, guint id, const char *folder);
/* How many unread ones are in the inbox. */
guint service_unread(const service *self, const char *owner);
/* The MSPAuth of its newest session; NULL if there is none; owned by the service. */
const char *service_web_auth(const service *self, const char *owner);
/*
 * All clients are told, in minutes, and so is each one that signs in until then; after so many
 * seconds all of them are thrown out (OUT SSD). They may come back at once.
 */
void service_announce_shutdown(service *self, guint seconds);

/* --- conversations ------------------------------------------------------------------------------
 */

/*
 * How many switchboards (conversations, not connections) are there now, in all, and in which this
 * account takes part (joined, not only invited).
 */
guint service_switchboards(const service *self, const char *address);
/* Who takes part in the newest switchboard of `address`, without `address`: sorted, joined by ", ";
 * "" for nobody, NULL if it is in none. The caller frees it. */
char *service_partners(const service *self, const char *address);
/*
 * The line by which a connection to SERVICE_SWITCHBOARD enters one as `address`, who is signed in:
 * a new one, or with `into` the newest of this person. NULL if that cannot be; the caller frees it.
 */
char *service_entry(service *self, const char *address, const char *into);
/* Closes all connections of `address` to switchboards at once; returns how many. */
guint service_drop_switchboards(service *self, const char *address);
/* Sends raw bytes on all connections of `address` to switchboards; returns on how many. */
guint service_send_switchboards(service *self, const char *address, const char *bytes,
                                gssize length);

/*
 * Robots: people without a client who take part in conversations. A robot is an account that
 * appears online at once; if it was not registered it is known to the service from now on.
 * `manners` says what it does when it is called: "joins" and says nothing, or "answers": joins,
 * and to each text/plain message it says, after a typing notice, something in answer that repeats
 * the text, and what became of each file; or "busy": is online but never joins. Setting other
 * manners later is fine.
 */
void service_robot(service *self, const char *address, const char *manners);
/*
 * The client id that it shows to others while no client is signed in there; 0 at first. The
 * generation in its top four bits says that it knows MSNP2P, by which a robot then sends and takes
 * files.
 */
void service_set_client_id(service *self, const char *address, guint32 client_id);
/*
 * The robot opens a switchboard of its own and rings `who`, who must be signed in (FALSE if not).
 * What it says before `who` has answered waits, and goes out as soon as `who` is there.
 */
gboolean service_robot_ring(service *self, const char *robot, const char *who);
/* The robot invites `who` (client or robot) into the newest switchboard that it is in. */
gboolean service_robot_invite(service *self, const char *robot, const char *who);
/*
 * The robot sends a message there: this payload, byte for byte (`length` -1: up to the NUL). FALSE
 * if it is in no switchboard. service_robot_say() makes it a text/plain one in UTF-8, or several
 * parts of one.
 */
gboolean service_robot_send(service *self, const char *robot, const char *payload, gssize length);
gboolean service_robot_say(service *self, const char *robot, const char *text);
/* A part of a long text, which service_robot_say() sends all of. The numbers begin with 0. */
gboolean service_robot_part(service *self, const char *robot, const char *id, guint number, guint n,
                            const char *text);
/* A text that somebody else says, whom the robot names. */
gboolean service_robot_say_as(service *self, const char *robot, const char *speaker,
                              const char *text);
/* Does something, in words. */
gboolean service_robot_act(service *self, const char *robot, const char *text);
/* Sends a "nudge", "wink", "voice-clip" or "ink". */
gboolean service_robot_extra(service *self, const char *robot, const char *name);
/* The robot leaves the newest switchboard that it is in ("BYE"); `idle`: as if for idleness. */
gboolean service_robot_leave(service *self, const char *robot, gboolean idle);
/*
 * How many messages of this content type the robot got, and the body of the newest one (NULL if
 * there was none; owned by the service).
 */
guint service_robot_heard(const service *self, const char *robot, const char *type);
const char *service_robot_last(const service *self, const char *robot, const char *type);

/*
 * A message from the mobile phone of `from`, an address or "tel:" and a number, reaches the clients
 * of `who`: to how many of them. What clients send to the phone of a robot is of the type "page".
 * The phone of a robot that "answers" repeats it.
 */
guint service_page(service *self, const char *from, const char *who, const char *text);

/* --- files --------------------------------------------------------------------------------------
 */

/*
 * Robots take each file that a client offers to them, and send files by MSNFTP: they listen, or
 * connect if the other one cannot be connected to. Knobs and steps that begin with "file-" say what
 * goes otherwise. Robots whose client id says so do it by MSNP2P, with knobs that begin with
 * "p2p-"; they take offers of either kind.
 */
typedef enum {
    SERVICE_FILE_OFFERED,
    SERVICE_FILE_ACCEPTED, /* by the receiver */
    SERVICE_FILE_MOVING,
    SERVICE_FILE_DONE,  /* the receiver has it: the robot, or the client says so */
    SERVICE_FILE_FAILED /* in any other way */
} service_file_state;

typedef struct {
    service_file_state state;
    gboolean sending; /* by the robot */
    char *name;       /* as offered */
    guint64 size;
    guint64 moved; /* bytes */
    char *sha256;  /* of what the robot received; NULL as long as it has not ended, and else */
    char *why;     /* why it ended, for people; NULL as long as it has not */
} service_file;

/*
 * The robot offers a file to this client in the newest switchboard that it is in; FALSE if there is
 * none. `name` is sent as it is.
 */
gboolean service_robot_offer(service *self, const char *robot, const char *who, const char *name,
                             GBytes *content);
/* What it offers to whoever writes the word "picture" to it. */
void service_robot_gift(service *self, const char *robot, const char *name, GBytes *content);
/* It offers that to this client in the newest switchboard that it is in, if it has anything. */
void service_robot_give(service *self, const char *robot, const char *who);
/* The robot cancels the newest file in the switchboard with this code; FALSE if it has ended. */
gboolean service_robot_withdraw(service *self, const char *robot, const char *code);
/*
 * The robot sends something else of MSNP2P than a file to this client; the kinds are in
 * p2p_kinds.c. FALSE for another one.
 */
gboolean service_robot_p2p(service *self, const char *robot, const char *who, const char *kind);
/* How many messages of MSNP2P of this robot wait for their P2P-ACK, or for an answer that has to
 * come. */
guint service_robot_waits(const service *self, const char *robot);
/* The newest file of a robot (NULL: none), and how many it has in a state. */
const service_file *service_robot_file(const service *self, const char *robot);
guint service_robot_files(const service *self, const char *robot, service_file_state state);

#endif
