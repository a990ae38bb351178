/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payloads of MSG in a switchboard: what kind a message is and what stands in it, and the
 * messages that we send.
 */
#ifndef MSNP_MESSAGE_H
#define MSNP_MESSAGE_H

#include "format.h"

#define MSNP_MESSAGE_MAX 1664  /* bytes of a payload; who sends more is disconnected */
#define MSNP_TEXT_MAX    65536 /* bytes of text that is taken from a user at a time */

typedef enum {
    MSNP_MESSAGE_TEXT,   /* text/plain: text, format */
    MSNP_MESSAGE_TYPING, /* text/x-msmsgscontrol: somebody is typing */
    MSNP_MESSAGE_NUDGE,  /* text/x-msnmsgr-datacast, ID: 1 */
    MSNP_MESSAGE_INVITE, /* text/x-msmsgsinvite, Invitation-Command: INVITE: invite.* */
    MSNP_MESSAGE_ACCEPT, /* the same with ACCEPT: invite.cookie */
    MSNP_MESSAGE_CANCEL, /* the same with CANCEL: invite.cookie */
    MSNP_MESSAGE_OTHER   /* nothing that is shown or answered, or nothing that can be read */
} msnp_message_kind;

typedef struct {
    msnp_message_kind kind;
    char *type; /* content type in lower case, printable ASCII, "" if there is none: for the log */
    char *text; /* TEXT: clean, line breaks as '\n', can be empty; else NULL */
    msnp_format format; /* TEXT */
    struct {
        char *application; /* name of what is offered, clean text of one line, can be empty */
        bool file;         /* it is a file: name, clean text of one line, and size */
        char *file_name;
        uint64_t file_size;
        uint32_t cookie;
    } invite; /* strings of INVITE only, else NULL */
} msnp_message;

/*
 * Reads a payload, whatever it is: in any of the usual charsets (text in one that is not known,
 * or with bytes that make no sense in it, is read as UTF-8 with U+FFFD for what is none), headers
 * that are missing, doubled (the first counts), folded; no headers at all; lines that end with
 * CR LF, LF or CR. Text is made fit to be shown by msnp_text_clean_lines().
 */
void msnp_message_read(msnp_message *message, msnp_str payload);
/* Frees what it holds. */
void msnp_message_clear(msnp_message *message);

/*
 * How many bytes of `text` fit into one message of this format: all, or up to the best place to
 * split: behind white space, else between two characters that are not one to the reader (no split
 * before a combining mark, within an emoji sequence), at least one character. 0 only for an empty
 * text.
 */
size_t msnp_message_fit(msnp_str text, const msnp_format *format);
/*
 * The payload for a text that fits (of one that does not, the beginning); the caller frees `out`
 * (which it has not to initialise). The text is cleaned as by msnp_text_clean_lines(), and line
 * breaks become CR LF.
 */
void msnp_message_write_text(msnp_buf *out, msnp_str text, const msnp_format *format);
/* "account is typing"; `account` is our own. */
void msnp_message_write_typing(msnp_buf *out, const char *account);
/* A nudge. */
void msnp_message_write_nudge(msnp_buf *out);
/*
 * CANCEL for an invitation: `installed` false says that we have no such application
 * (REJECT_NOT_INSTALLED), else that it is declined (REJECT).
 */
void msnp_message_write_decline(msnp_buf *out, uint32_t cookie, bool installed);

#endif
