/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payloads of MSG from the notification server: what the service itself has to say.
 */
#ifndef MSNP_NOTICE_H
#define MSNP_NOTICE_H

#include "buf.h"

#define MSNP_MAIL_CHARS        255     /* characters of a mail's sender or subject */
#define MSNP_MAILS_MAX         1000000 /* in a mailbox; more is absurd */
#define MSNP_SHUTDOWN_MAX      1440    /* minutes until one; more is absurd */
#define MSNP_PROFILE_FIELD_MAX 4096    /* bytes */

typedef enum {
    MSNP_NOTICE_PROFILE,  /* text/x-msmsgsprofile: client_ip, has_mail, auth, sid, kv */
    MSNP_NOTICE_SHUTDOWN, /* application/x-msmsgssystemmessage, Type: 1: minutes */
    MSNP_NOTICE_MAILBOX,  /* text/x-msmsgsinitialemailnotification: mails */
    MSNP_NOTICE_MAIL,     /* text/x-msmsgsemailnotification: from, address, subject, url, mails */
    MSNP_NOTICE_MOVED,    /* text/x-msmsgsactivemailnotification: mails */
    MSNP_NOTICE_OTHER     /* any other, or malformed: ignored */
} msnp_notice_kind;

typedef struct {
    msnp_notice_kind kind;
    /* PROFILE: */
    char *client_ip; /* our address as the server sees it, valid; or NULL */
    bool has_mail;   /* the account has a mailbox */
    char *auth;      /* for signing in to web pages; secret; NULL if there is none */
    char *sid;       /* the same, but no secret; never NULL */
    char *kv;
    /* SHUTDOWN: */
    unsigned minutes; /* until the server shuts down, 0: it does not say */
    /* MAILBOX: unread mails in the inbox; MAIL, MOVED: how many more these are, may be negative */
    int mails;
    /* MAIL, clean text, can be empty: */
    char *from;    /* the name of the sender */
    char *address; /* the sender's */
    char *subject;
    char *url; /* a web page with it, https; or NULL */
} msnp_notice;

/*
 * Parses any payload. Fields may be in the first header block or in a second one, which is the
 * body. Sender and subject may have encoded words (RFC 2047) in all usual charsets; malformed ones
 * stay as they are.
 */
void msnp_notice_read(msnp_notice *notice, msnp_str payload);
/* Frees (and wipes) its contents. */
void msnp_notice_clear(msnp_notice *notice);

#endif
