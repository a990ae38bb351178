/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payloads of MSG in a switchboard: the kind and content of received messages, and the messages
 * that we send.
 */
#ifndef MSNP_MESSAGE_H
#define MSNP_MESSAGE_H

#include "format.h"
#include "invite.h"
#include "types.h"

#define MSNP_MESSAGE_MAX   1664 /* bytes of a payload; servers disconnect clients that send more */
#define MSNP_TYPING_EVERY  ((int64_t)5 * 1000) /* milliseconds between typing notices */
#define MSNP_TEXT_MAX      65536               /* bytes of text that a user can send at a time */
#define MSNP_SPEAKER_CHARS 64                  /* of the name in P4-Context */
#define MSNP_ACTION_CHARS  500
#define MSNP_TEXT_GAP      "[\xe2\x80\xa6]" /* "[...]": here parts of a text are missing */

typedef enum {
    MSNP_MESSAGE_TEXT,   /* text/plain: text, format, speaker */
    MSNP_MESSAGE_TYPING, /* text/x-msmsgscontrol: somebody is typing */
    MSNP_MESSAGE_NUDGE,  /* text/x-msnmsgr-datacast, ID: 1 */
    MSNP_MESSAGE_ACTION, /* the same, ID: 4: what somebody does, in words: text */
    MSNP_MESSAGE_INVITE, /* text/x-msmsgsinvite, Invitation-Command: INVITE: invite.* */
    MSNP_MESSAGE_ACCEPT, /* the same with ACCEPT: invite.cookie */
    MSNP_MESSAGE_CANCEL, /* the same with CANCEL: invite.cookie */
    MSNP_MESSAGE_EXTRA,  /* what newer clients send, and only its name is shown: extra */
    MSNP_MESSAGE_P2P,    /* application/x-msnmsgrp2p, version 1 of MSNP2P: body, dest */
    MSNP_MESSAGE_PAGE,   /* no MSG: an IPG, of which only events tell; text */
    MSNP_MESSAGE_OTHER   /* any other, or malformed: ignored */
} msnp_message_kind;

typedef struct {
    msnp_message_kind kind;
    char *type;    /* content type for the log: lower case, printable ASCII, "" if there is none */
    char *text;    /* TEXT: clean, line breaks as '\n', can be empty; ACTION: one line; else NULL */
    char *speaker; /* TEXT: who says it, if a bot passes on what others say: clean; or NULL */
    msnp_format format; /* TEXT */
    msnp_extra extra;   /* EXTRA */
    msnp_str body;      /* P2P: what follows the headers, a view into the payload */
    char *dest;         /* P2P: whom it is for, as it is written, or NULL; else NULL */
    msnp_invite invite; /* INVITE, ACCEPT, CANCEL; else empty */
} msnp_message;

/*
 * Parses any payload: in all usual charsets (if none is named, UTF-8 or else Windows-1252; an
 * unknown one is read as UTF-8; with U+FFFD for invalid bytes), with missing, duplicate (the first
 * counts) or folded headers, or none at all, and with lines that end with CR LF, LF or CR.
 * msnp_text_clean_lines() sanitizes the text.
 */
void msnp_message_read(msnp_message *message, msnp_str payload);
/* Frees its contents. */
void msnp_message_clear(msnp_message *message);

/*
 * How many bytes of `text` fit into one message of this format: all, or up to the best place to
 * split: after white space, else between two characters that the reader sees as separate (not
 * before a combining mark or within an emoji sequence); at least one character. 0 only for empty
 * text.
 */
size_t msnp_message_fit(msnp_str text, const msnp_format *format);
/*
 * Is a text of no use to its reader unless it arrives as one message? Those of OTR (encryption)
 * are: they begin with "?OTR", and their senders split them in a way of their own.
 */
bool msnp_message_is_one_piece(msnp_str text);
/*
 * The payload for a text that fits (or for the beginning of one that does not). The function
 * initialises `out`, and the caller clears it. The text is sanitized as by msnp_text_clean_lines(),
 * and line breaks become CR LF.
 */
void msnp_message_write_text(msnp_buf *out, msnp_str text, const msnp_format *format);
/* "account is typing"; `account` is our own. */
void msnp_message_write_typing(msnp_buf *out, const char *account);
/* A nudge. */
void msnp_message_write_nudge(msnp_buf *out);

#endif
