/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking for files in Finch. Its own dialogs for them are of no use: Finch 2.14 passes on the name
 * that the user has chosen without its directory, and then says that the user has cancelled.
 */
#ifndef PRPL_FINCH_H
#define PRPL_FINCH_H

#include "account.h"

/*
 * The absolute path that somebody has entered: a relative one is in the home directory. NULL if it
 * is none. The caller frees it.
 */
char *prpl_finch_path(const char *entered);
/*
 * A path in the home directory for a file of this name; nothing is there yet. NULL if that is not
 * possible. The caller frees it.
 */
char *prpl_finch_new_path(const char *name);

typedef struct {
    void *handle; /* purple_request_close_with_handle() closes the dialog */
    const char *who;
    const char *primary, *secondary;
    const char *path; /* to begin with */
    const char *yes, *no;
    PurpleRequestInputCb entered, refused; /* the data is `dialog` */
} prpl_finch_question;

/* Opens `dialog`, see prpl_dialogs_new(), which asks for a path. */
void prpl_finch_ask(const prpl_account *self, gpointer dialog, const prpl_finch_question *question);

#endif
