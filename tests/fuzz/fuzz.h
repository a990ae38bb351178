/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz entries share. An entry takes any bytes, feeds them to one part of the core, and
 * aborts when something is true that must not be, whatever the bytes are.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "conversations.h"
#include "msnp.h"
#include "ns.h"
#include "passport.h"
#include "switchboard.h"

#include <stdint.h>

/* Both libFuzzer and replay.c call it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts, and says why, unless `condition` holds. */
#define CHECK(condition)                                     \
    do {                                                     \
        if (!(condition))                                    \
            fuzz_failed(__FILE__, __LINE__, #condition, ""); \
    } while (0)
/* The same with a text that helps to understand. */
#define CHECK_TEXT(condition, text)                            \
    do {                                                       \
        if (!(condition))                                      \
            fuzz_failed(__FILE__, __LINE__, #condition, text); \
    } while (0)

_Noreturn void fuzz_failed(const char *file, int line, const char *condition, const char *text);

/* The input, read from its beginning. Reading beyond the end gives zeros and empty views. */
typedef struct {
    const uint8_t *at;
    size_t left;
    msnp_str whole; /* from the beginning */
} fuzz_input;

fuzz_input fuzz_input_of(const uint8_t *data, size_t size);

uint8_t fuzz_byte(fuzz_input *input);
/* At most `len` bytes; borrows. */
msnp_str fuzz_bytes(fuzz_input *input, size_t len);
/* Up to the next LF, which is dropped; borrows. */
msnp_str fuzz_line(fuzz_input *input);
/* The same as a C string, which ends at a NUL if there is one; the caller frees it. */
char *fuzz_line_dup(fuzz_input *input);

/* Is the view inside of the `len` bytes at `start`? */
bool fuzz_is_inside(msnp_str view, const void *start, size_t len);
/* Only bytes from ! to ~? */
bool fuzz_is_graph(msnp_str view);
/* Only bytes from space to ~? */
bool fuzz_is_printable(const char *text);
/* Is this text fit to be shown: UTF-8, no control characters, nothing that turns the direction? */
bool fuzz_is_clean(const char *text, size_t max_chars);
/* Is this a host that may be connected to? */
bool fuzz_is_host(const char *host);
/*
 * Aborts if the roster contradicts itself, or has what is not fit to be shown. In that of a session
 * the groups of contacts exist, and belong to the forward list as presence does.
 */
void fuzz_check_roster(const msnp_roster *roster, bool in_session);

/* Aborts unless this is an error that can be reported, with a number if it is the server's. */
void fuzz_check_error(msnp_err err, unsigned number);
/* Aborts unless this can be somebody, with a name (NULL: none) that is fit to be shown. */
void fuzz_check_person(const char *account, const char *name);

typedef enum { FUZZ_NS, FUZZ_PASSPORT, FUZZ_SWITCHBOARD, FUZZ_CONVERSATIONS } fuzz_machine;

/*
 * Looks at the events of a machine: whether each is sound by itself, and whether it may come now.
 */
typedef struct {
    fuzz_machine machine;
    bool connected;      /* there is a connection */
    bool over;           /* FAILED came, or the user left or signed out */
    bool moved_on;       /* what comes from this connection now is of no more use to the machine */
    bool stepless;       /* the log leaves out steps: it passes more if bytes come one by one */
    bool no_pipelining;  /* NO_PIPELINING came */
    char *host;          /* of the last CONNECT */
    unsigned connects;   /* how often CONNECT came */
    size_t events;       /* since the caller last set it to 0 */
    size_t edited;       /* how often EDITED came */
    GByteArray *wires;   /* of conversations: a fuzz_wire for each */
    GHashTable *members; /* of conversations: "chat account", who is in which chat */
    unsigned chats;      /* number of the last chat */
    GPtrArray *secrets;  /* const char *: no trace may show them */
    GString *log;        /* all events as text */
} fuzz_watch;

/* What became of a connection of the conversations, in order. */
typedef enum { WIRE_NONE, WIRE_ASKED, WIRE_OPEN, WIRE_CLOSED } fuzz_wire;

void fuzz_watch_init(fuzz_watch *watch, fuzz_machine machine);
void fuzz_watch_clear(fuzz_watch *watch);
/* No trace may show this; unless the input itself has it, then it could be there by accident. */
void fuzz_watch_secret(fuzz_watch *watch, const char *secret, const fuzz_input *input);
/* A line of the log for what is reported by a callback. */
void fuzz_watch_note(fuzz_watch *watch, const char *text, size_t number);
void fuzz_watch_event(fuzz_watch *watch, const msnp_event *event);
/* The state of a connection, which the caller may change; NULL if there never was one. */
uint8_t *fuzz_watch_wire(const fuzz_watch *watch, unsigned wire);
/* How many connections are not closed yet. */
size_t fuzz_watch_wires(const fuzz_watch *watch);

/* How long is the piece of a delivery that comes next? Any row of lengths, the same each time. */
size_t fuzz_piece(uint32_t *state, size_t left);

#endif
