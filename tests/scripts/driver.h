/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the machines of a transcript as an adapter does, and writes down all that comes out of them.
 * What no machine may ever do, whatever the transcript says, is checked here as well.
 */
#ifndef DRIVER_H
#define DRIVER_H

#include "script.h"

typedef enum { SIDE_NS, SIDE_PASSPORT, SIDE_SWITCHBOARD, SIDE_CONVERSATIONS, N_SIDES } script_side;

/* Something that came out. */
typedef struct {
    script_side side;
    unsigned wire; /* bytes: of which connection, if the machine has several */
    bool bytes;    /* bytes for the connection, else an event */
    GString *text; /* the bytes, or the event as it is written in a script */
} script_output;

typedef struct driver script_driver;

/* Makes and starts the machine of the script, which must outlive the driver. */
script_driver *driver_new(const transcript *script);
void driver_free(script_driver *driver);

/* Bytes from the peer; what is left when the connection is gone is dropped. */
void driver_feed(script_driver *driver, script_side side, unsigned wire, const char *data,
                 size_t len);
/*
 * The clock advances. The machines are ticked whenever they asked for it; if it jumps, as when the
 * computer slept, only at the end.
 */
void driver_advance(script_driver *driver, int64_t ms, bool jump);
/* The text of a DO: line. */
void driver_do(script_driver *driver, script_side side, const char *what);
/* Is there a connection over which bytes could come? */
bool driver_is_open(const script_driver *driver, script_side side, unsigned wire);
/*
 * What the machine holds of that which the text of a ROSTER: or STATE: line begins with; NULL if
 * that is nothing. The caller frees it.
 */
char *driver_state(const script_driver *driver, const char *what);
/* All of the roster, to compare one run with another; the caller frees it. */
char *driver_whole_state(const script_driver *driver);
/* The name of the step that a machine is in; "" if it does not exist. */
const char *driver_step(const script_driver *driver, script_side side);

/* The oldest output that is not dropped yet, NULL if there is none. */
script_output *driver_output(const script_driver *driver);
/* The output that must come now if it is to be from there; NULL if there is none. */
script_output *driver_output_from(const script_driver *driver, script_side side, unsigned wire,
                                  bool bytes);
void driver_drop_output(script_driver *driver, script_output *out);
/* What went wrong whatever the script says, NULL for nothing. */
const char *driver_fault(const script_driver *driver);

const char *side_name(script_side side);

#endif
