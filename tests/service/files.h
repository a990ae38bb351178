/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Robots that send and take files: files.c is about invitations of MSNFTP, msnftp.c about what
 * follows on connections of their own, p2p.c about files through the switchboard.
 */
#ifndef SERVICE_FILES_H
#define SERVICE_FILES_H

#include "sb.h"

/* A file from its invitation to its end, of a robot. It stays until the service ends. */
typedef struct {
    service_file shown;
    struct p2p_file *p2p; /* NULL: it is one of MSNFTP, which the rest is about */
    service *svc;
    const person *robot;
    const person *client; /* the other one */
    board *board;         /* where the robot speaks about it */
    char *cookie;         /* of the invitation; of MSNP2P: its Call-ID */
    char *auth;           /* AuthCookie, once somebody has said it */
    GBytes *content;      /* what the robot sends, else NULL */
    GChecksum *sum;       /* of what it receives, else NULL */
    gboolean listens;     /* for the client to connect */
    listener door;
    GPtrArray *peers; /* peer *, in the order of connecting; none is taken off */
    GQueue addresses; /* char *, HOST PORT: where to connect, if those before do not work */
} file;

void file_free(gpointer data);
/* An offer of the robot, or to it. It belongs to the service. */
file *file_new(board *b, const person *robot, const person *client, const char *name);
/* This is the end of it; what comes later does not count. */
void file_ended(file *f, service_file_state state, const char *why);
/* Tells the client with CANCEL and this code. */
void file_cancel(file *f, const char *code);
/* An entry of the transcript. */
void file_log(const file *f, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* What is set for a step: the value of file-STEP.ACTION, NULL if there is none. */
const char *file_step(const file *f, const char *step, const char *action);
/* The text with {cookie}, {auth} and {account} filled in; the caller frees it. */
GString *file_expand(const file *f, const char *text);

/* A robot offers a file there, by MSNP2P if it knows that. */
void files_offer(board *b, const person *speaker, const person *client, const char *name,
                 GBytes *content);
/* A robot hears the body of an invitation that comes from a client. */
void files_hear(board *b, const person *robot, const person *client, const char *body);

/* msnftp.c. `strange`: NULL, or the kind of stranger that it plays. */
typedef struct peer peer;

void peer_free(gpointer data);
void peer_connect(file *f, const char *strange);
void peer_accept(file *f, int fd);
void peer_drop(peer *p);

#endif
