/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "drive.h"

#include "expect.h"
#include "guard.h"
#include "watch.h"

#include <string.h>

static bool next_event(drive *d, msnp_event *event)
{
    watch_on();
    bool any = d->ns != NULL ? msnp_ns_next(d->ns, event) : msnp_passport_next(d->passport, event);
    watch_off();
    return any;
}

msnp_step drive_step(const drive *d)
{
    return d->ns != NULL ? msnp_ns_step(d->ns) : msnp_passport_step(d->passport);
}

int64_t drive_deadline(const drive *d)
{
    return d->ns != NULL ? msnp_ns_deadline(d->ns) : msnp_passport_deadline(d->passport);
}

static void append_write(GString *out, msnp_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.ptr[i];
        if (c == '\r' && i + 1 < bytes.len && bytes.ptr[i + 1] == '\n') {
            g_string_append_c(out, '|');
            i++;
        } else if (g_ascii_isprint(c) && c != '|') {
            g_string_append_c(out, c);
        } else {
            g_string_append_printf(out, "\\x%02x", (unsigned)(unsigned char)c);
        }
    }
}

/* Unlike a formatted one, it leaves no copy in memory that the core gets next. */
static void append_secret(GString *out, const char *text)
{
    g_string_append_c(out, ' ');
    g_string_append(out, text);
}

static void append_failure(drive *d, const msnp_failure *failure)
{
    g_string_append_printf(d->events, " %s at %s", msnp_err_name(failure->err),
                           msnp_step_name(failure->step));
    g_assert_cmpint(failure->host != NULL, ==, failure->port != 0);
    if (failure->host != NULL)
        g_string_append_printf(d->events, " with %s:%u", failure->host, failure->port);
    if (failure->err == MSNP_ERR_SERVER || failure->err == MSNP_ERR_TICKET ||
        failure->err == MSNP_ERR_HTTP_STATUS)
        g_string_append_printf(d->events, " %u", failure->number);
    if (failure->text != NULL) {
        g_string_append_printf(d->events, " \"%s\"", failure->text);
        g_string_append(d->texts, failure->text);
        g_assert_true(g_utf8_validate(failure->text, -1, NULL));
    }
}

static void take(drive *d, const msnp_event *event)
{
    g_assert_false(d->over);
    if (event->type == MSNP_EVENT_TRACE) {
        for (const char *p = event->trace.text; *p != '\0'; p++)
            g_assert_true(g_ascii_isprint(*p));
        g_string_append_printf(d->traces, "%s %s\n", event->trace.sent ? ">>>" : "<<<",
                               event->trace.text);
        return;
    }
    if (event->type == MSNP_EVENT_STEP) {
        g_string_append_printf(d->steps, "%s%s", d->steps->len > 0 ? " " : "",
                               msnp_step_name(event->step.step));
        d->announced = event->step.step;
        return;
    }

    g_string_append(d->events, msnp_event_name(event->type));
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        g_string_append_printf(d->events, " %s%s:%u", event->connect.tls ? "tls " : "",
                               event->connect.host, event->connect.port);
        break;
    case MSNP_EVENT_WRITE:
        g_assert_cmpuint(event->write.len, >, 0);
        g_string_append_c(d->events, ' ');
        append_write(d->events, (msnp_str){event->write.data, event->write.len});
        g_string_append_len(d->written, event->write.data, (gssize)event->write.len);
        break;
    case MSNP_EVENT_CHALLENGE:
        append_secret(d->events, event->challenge);
        break;
    case MSNP_EVENT_TICKET:
        append_secret(d->events, event->ticket);
        d->over = true;
        break;
    case MSNP_EVENT_SIGNED_IN:
        g_string_append_printf(d->events, " %s \"%s\"", event->signed_in.handle,
                               event->signed_in.friendly);
        g_assert_cmpstr(event->signed_in.handle, ==, msnp_ns_handle(d->ns));
        break;
    case MSNP_EVENT_ONLINE:
    case MSNP_EVENT_STATUS:
        g_string_append_printf(d->events, " %s", msnp_status_code(event->status));
        break;
    case MSNP_EVENT_STATUS_FAILED:
        g_string_append_printf(d->events, " %s %u", msnp_status_code(event->status_failed.wanted),
                               event->status_failed.number);
        break;
    case MSNP_EVENT_FAILED:
        append_failure(d, &event->failure);
        d->over = true;
        break;
    default:
        break;
    }
    g_string_append_c(d->events, '\n');
}

static void drain(drive *d)
{
    msnp_event event;
    while (next_event(d, &event))
        take(d, &event);
    g_assert_false(next_event(d, &event));

    msnp_step step = drive_step(d);
    if (d->over) {
        g_assert_true(step == MSNP_STEP_OFFLINE || (d->ns == NULL && step == MSNP_STEP_ONLINE));
        g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    } else if (step != MSNP_STEP_OFFLINE) {
        g_assert_cmpint(step, ==, d->announced);
    }
}

/*
 * What the tests write down holds secrets, and the core must not be blamed for what it finds in
 * memory: such a string has room enough from the beginning, and is wiped.
 */
static GString *new_record(void)
{
    return g_string_sized_new(1 << 16);
}

static void free_record(GString *record)
{
    memset(record->str, 0, record->allocated_len);
    g_string_free(record, TRUE);
}

static drive *drive_new(void)
{
    drive *d = g_new0(drive, 1);
    d->now = DRIVE_BEGIN;
    d->events = new_record();
    d->steps = new_record();
    d->written = new_record();
    d->traces = new_record();
    d->texts = new_record();
    d->announced = MSNP_STEP_IDLE;
    return d;
}

drive *drive_ns(const msnp_ns_config *config)
{
    drive *d = drive_new();
    d->ns = msnp_ns_new(config);
    msnp_ns_set_trace(d->ns, true);
    drain(d);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    return d;
}

drive *drive_passport(const msnp_passport_config *config)
{
    drive *d = drive_new();
    d->passport = msnp_passport_new(config);
    msnp_passport_set_trace(d->passport, true);
    drain(d);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    return d;
}

void drive_start(drive *d)
{
    watch_on();
    if (d->ns != NULL)
        msnp_ns_start(d->ns, d->now);
    else
        msnp_passport_start(d->passport, d->now);
    watch_off();
    drain(d);
}

void drive_connected(drive *d)
{
    watch_on();
    if (d->ns != NULL)
        msnp_ns_connected(d->ns, d->now);
    else
        msnp_passport_connected(d->passport, d->now);
    watch_off();
    drain(d);
}

static void feed_piece(drive *d, const void *data, size_t len)
{
    guarded place = guard_after(data, len);
    watch_on();
    d->fed = d->ns != NULL ? msnp_ns_feed(d->ns, place.data, len, d->now)
                           : msnp_passport_feed(d->passport, place.data, len, d->now);
    watch_off();
    guard_free(&place);
    drain(d);
}

void drive_feed_bytes(drive *d, const void *data, size_t len)
{
    size_t piece = d->piece > 0 ? d->piece : len;
    for (size_t at = 0; at < len; at += piece)
        feed_piece(d, (const char *)data + at, MIN(piece, len - at));
}

void drive_feed(drive *d, const char *text)
{
    drive_feed_bytes(d, text, strlen(text));
}

void drive_closed(drive *d)
{
    feed_piece(d, "", 0);
}

void drive_ticket(drive *d, const char *ticket)
{
    watch_on();
    d->fed = msnp_ns_ticket(d->ns, ticket, d->now);
    watch_off();
    drain(d);
}

void drive_set_status(drive *d, msnp_status status)
{
    msnp_ns_set_status(d->ns, status, d->now);
    drain(d);
}

void drive_sign_out(drive *d)
{
    watch_on();
    msnp_ns_sign_out(d->ns);
    watch_off();
    drain(d);
    d->over = true;
    drain(d);
}

void drive_wait(drive *d, int64_t ms)
{
    d->now += ms;
}

void drive_tick(drive *d)
{
    watch_on();
    if (d->ns != NULL)
        msnp_ns_tick(d->ns, d->now);
    else
        msnp_passport_tick(d->passport, d->now);
    watch_off();
    drain(d);
    g_assert_cmpint(drive_deadline(d), >, d->now);
}

void drive_sleep(drive *d, int64_t ms)
{
    g_assert_cmpint(drive_deadline(d), ==, d->now + ms);
    g_assert_cmpuint(d->events->len, ==, 0);
    d->now += ms - 1;
    drive_tick(d);
    expect_silence(d);
    d->now += 1;
    drive_tick(d);
    g_assert_cmpuint(d->events->len, >, 0);
}

void drive_expect(const char *where, drive *d, const char *const *events)
{
    GString *want = g_string_new(NULL);
    for (; *events != NULL; events++)
        g_string_append_printf(want, "%s\n", *events);
    if (strcmp(d->events->str, want->str) != 0)
        g_error("%s: got these events:\n%snot these:\n%s", where, d->events->str, want->str);
    g_string_free(want, TRUE);
    g_string_truncate(d->events, 0);
}

void drive_expect_steps(const char *where, drive *d, const char *steps)
{
    if (strcmp(d->steps->str, steps) != 0)
        g_error("%s: got the steps %s, not %s", where, d->steps->str, steps);
    g_string_truncate(d->steps, 0);
}

void drive_forget(drive *d)
{
    g_string_truncate(d->events, 0);
    g_string_truncate(d->steps, 0);
}

/* Whatever one does to a machine that is at its end: nothing more comes out. */
static void prod(drive *d)
{
    drive_connected(d);
    drive_feed(d, "USR 4 OK example@passport.com x 1 0\r\nCHL 0 1\r\nOUT OTH\r\n");
    drive_feed(d, "HTTP/1.1 200 OK\r\nAuthentication-Info: Passport1.4 from-PP='x'\r\n\r\n");
    drive_closed(d);
    drive_start(d);
    if (d->ns != NULL) {
        drive_ticket(d, "ticket");
        drive_set_status(d, MSNP_STATUS_BRB);
        msnp_ns_sign_out(d->ns);
    }
    drive_wait(d, 1000000);
    drive_tick(d);
    expect_silence(d);
}

void drive_done(drive *d)
{
    expect_silence(d);
    if (d->over)
        prod(d);
    watch_on();
    msnp_ns_free(d->ns);
    msnp_passport_free(d->passport);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    free_record(d->events);
    free_record(d->steps);
    free_record(d->written);
    free_record(d->traces);
    free_record(d->texts);
    g_free(d);
}
