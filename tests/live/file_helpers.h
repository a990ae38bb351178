/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the live tests of files share: a person who sends and takes files, and a record of what
 * becomes of each transfer.
 */
#ifndef LIVE_FILE_HELPERS_H
#define LIVE_FILE_HELPERS_H

#include "conv_helpers.h"

/* A transfer that the client was told of. */
typedef struct {
    PurpleXfer *xfer;       /* with a reference */
    PurpleAccount *account; /* only to be compared */
    gboolean sending;
    guint n_completed;
    guint n_cancelled; /* by whomever */
    gboolean is_known; /* to the person: more was said than that it is new */
} transfer;

/* How files get to others: over a connection of their own, or through the service. */
typedef enum { FILES_DIRECTLY, FILES_THROUGH_SERVICE } files_way;

/* What this person has chosen in the account's settings; before signing in. */
void files_choose(user *self, files_way way);
/* As live_add_data(), once for each way: "/FILES/PATH" and "/FILES/through-service/PATH". */
void files_add(const char *path, gconstpointer data, void (*function)(gconstpointer),
               gboolean subset);
/* The same for what is only there through the service. */
void files_add_through_service(const char *path, gconstpointer data,
                               void (*function)(gconstpointer), gboolean subset);
/* The way of the test that is running, and a check that no file went in the other one. */
files_way files_way_now(void);
void files_check_way(service *svc);

/*
 * Called in each signal and each function of the user interface that is about a transfer, with its
 * name ("file-recv-start", "new_xfer"); NULL for none.
 */
typedef void (*files_hook)(const char *where, PurpleXfer *xfer);

/*
 * From now on transfers are recorded. `takes`: the person takes each file, into a directory of its
 * own; else a dialog asks.
 */
void files_begin(gboolean takes, files_hook hook);
/* Has each transfer that the person knows of ended once? */
gboolean files_all_ended(void);
/*
 * So it has to be by now. What was received is there, and nothing else: no
 * part of a file. libpurple knows none of them any more.
 */
void files_end(void);

/* A file of so many bytes, which depend on its name; its path, owned by the helpers. */
const char *files_make(const char *name, gsize size);
/* The bytes of such a file; the caller frees it. */
GBytes *files_content(const char *name, gsize size);
/* SHA-256 of a file, and of bytes; NULL if there is no file. The caller frees it. */
char *files_sum(const char *path);
/* Sends a file, as "Send File..." does it. */
void files_send(user *self, const char *who, const char *path);
/* Accepts a file that waits for an answer, under a name of its own. */
void files_accept(PurpleXfer *xfer);

/* All transfers since files_begin(), oldest first: transfer *. */
const GPtrArray *files_all(void);
/* The newest one of this person in this direction, NULL if there is none. */
const transfer *files_newest(const user *self, gboolean sending);
/* How many were completed, and cancelled. */
guint files_completed(void);
guint files_cancelled(void);

#endif
