/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "speak.h"

msnp_err msnp_speak(msnp_event_queue *events, const msnp_verbs *verbs, bool trace, const char *name,
                    uint32_t id, const char *const *args, msnp_str payload)
{
    msnp_buf out;

    /* Tickets and cookies pass through here. */
    msnp_buf_init(&out, MSNP_LINE_MAX + MSNP_PAYLOAD_MAX, true);
    msnp_err err = msnp_cmd_write(&out, name, id, args);
    if (err == MSNP_OK && trace) {
        msnp_str line = msnp_buf_view(&out);
        msnp_speak_trace(events, verbs, true, (msnp_str){line.ptr, line.len - 2}, payload.len);
    }
    if (err == MSNP_OK)
        err = msnp_buf_append(&out, payload.ptr, payload.len);
    if (err == MSNP_OK) {
        msnp_str bytes = msnp_buf_view(&out);
        msnp_event event = {.type = MSNP_EVENT_WRITE, .write = {bytes.ptr, bytes.len}};
        msnp_event_queue_push(events, &event);
    }
    msnp_buf_clear(&out);
    return err;
}

void msnp_speak_trace(msnp_event_queue *events, const msnp_verbs *verbs, bool sent, msnp_str line,
                      size_t payload_len)
{
    char *text = msnp_cmd_redact(verbs, line, payload_len);
    msnp_event event = {.type = MSNP_EVENT_TRACE, .trace = {sent, text}};

    msnp_event_queue_push(events, &event);
    g_free(text);
}
