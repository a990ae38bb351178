/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends commands to an MSNP server as events, with their traces.
 */
#ifndef MSNP_SPEAK_H
#define MSNP_SPEAK_H

#include "cmd.h"

/*
 * Queues MSNP_EVENT_WRITE for "NAME id args..." and the payload, unless it is empty; with `trace`,
 * MSNP_EVENT_TRACE comes first. If `id` is 0, it is omitted; `args` ends with NULL. Returns an
 * error of msnp_cmd_write(), or MSNP_ERR_TOO_LONG for the payload, and then queues nothing.
 */
msnp_err msnp_speak(msnp_event_queue *events, const msnp_verbs *verbs, bool trace, const char *name,
                    uint32_t id, const char *const *args, msnp_str payload);
/* Queues MSNP_EVENT_TRACE for a line that was sent or received (without its end). */
void msnp_speak_trace(msnp_event_queue *events, const msnp_verbs *verbs, bool sent, msnp_str line,
                      size_t payload_len);

#endif
