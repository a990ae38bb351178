/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user can change on the server.
 */
#ifndef MSNP_EDIT_H
#define MSNP_EDIT_H

#include "types.h"

/* What can be changed on the server; X(symbol, name for logs and tests). */
#define MSNP_EDIT_LIST(X)                                                                          \
    X(MSNP_EDIT_ADD, "ADD")       /* account, to: onto the forward list, and allow */              \
    X(MSNP_EDIT_REMOVE, "REMOVE") /* account, from: out of that group, off the list if it was      \
                                     the last */                                                   \
    X(MSNP_EDIT_MOVE, "MOVE")     /* account, from, to: into another group */                      \
    X(MSNP_EDIT_ALLOW, "ALLOW")   /* account: off the block list, onto the allow list */           \
    X(MSNP_EDIT_BLOCK, "BLOCK")   /* account: off the allow list, onto the block list */           \
    X(MSNP_EDIT_RENAME_GROUP, "RENAME_GROUP")     /* from, to: merged if `to` exists */            \
    X(MSNP_EDIT_REMOVE_GROUP, "REMOVE_GROUP")     /* from: must be empty */                        \
    X(MSNP_EDIT_NAME, "NAME")                     /* text: own friendly name, "" for none */       \
    X(MSNP_EDIT_PHONE, "PHONE")                   /* phone, text: own number, "" for none */       \
    X(MSNP_EDIT_ALLOW_UNLISTED, "ALLOW_UNLISTED") /* on: may people on neither list see us? BLP */ \
    X(MSNP_EDIT_PROMPT_ON_ADD, "PROMPT_ON_ADD")   /* on: ask when somebody adds us? GTC */         \
    X(MSNP_EDIT_PAGES, "PAGES")                   /* on: may others page us? PRP MOB */

typedef enum {
#define X(symbol, name) symbol,
    MSNP_EDIT_LIST(X)
#undef X
        MSNP_N_EDITS
} msnp_edit_kind;

/* The name of a kind, for logs and tests; static. */
const char *msnp_edit_name(msnp_edit_kind kind);

/*
 * A change that the user wants. All text is plain UTF-8. Strings that a kind does not use are NULL.
 */
typedef struct {
    msnp_edit_kind kind;
    const char *account;
    const char *from; /* name of a group, NULL for "no group" */
    const char *to;   /* likewise */
    const char *text;
    msnp_phone phone;
    bool on;
} msnp_edit;

/* A copy that owns its strings, for msnp_edit_clear(). */
msnp_edit msnp_edit_copy(const msnp_edit *edit);
/* Frees the strings of a copy. */
void msnp_edit_clear(msnp_edit *edit);

#endif
