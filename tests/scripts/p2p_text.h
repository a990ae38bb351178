/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of MSNP2P as they are written in transcripts ("P2P ..."), made without the code that is
 * tested. tests/README.md describes the notation.
 */
#ifndef P2P_TEXT_H
#define P2P_TEXT_H

#include <glib.h>
#include <stdbool.h>

/*
 * What was said before in the same transcript, by number: what an acknowledgement has to repeat.
 * NULL at first; the caller destroys it.
 */
typedef GHashTable p2p_said;

/*
 * Appends the command, or commands, that `text` describes, without its "P2P ". `ours`: what the
 * account sends, else what it receives. False if it cannot be understood.
 */
bool p2p_text_read(GString *out, p2p_said **said, const char *account, bool ours, const char *text);

#endif
