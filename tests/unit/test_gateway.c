/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What transcripts of sessions through the gateway (gateway-*) do not show. */
#include "clock.h"
#include "gateway.h"

#include <glib.h>
#include <string.h>

#define BIG (MSNP_GATEWAY_WAITING_MAX / 4)

/* What the owner of the connection heard: "c" connected, "e" an end, "b" a broken one. */
static void connected(gpointer part, unsigned conn, int64_t now)
{
    (void)conn;
    (void)now;
    g_string_append_c(part, 'c');
}

static msnp_net net;

static void received(gpointer part, unsigned conn, msnp_str bytes, int64_t now)
{
    (void)now;
    g_assert_cmpuint(bytes.len, ==, 0);
    g_string_append_c(part, msnp_net_is_broken(&net, conn) ? 'b' : 'e');
}

/* Bytes that left. */
static size_t take_written(void)
{
    size_t bytes = 0;
    msnp_event event;

    while (msnp_event_queue_pop(&net.events, &event))
        bytes += event.type == MSNP_EVENT_WRITE ? event.write.len : 0;
    return bytes;
}

/* What cannot wait any more breaks the connection: nothing disappears without a word. */
static void test_full(void)
{
    static const msnp_conn_ops ops = {.connected = connected, .received = received};
    GString *heard = g_string_new(NULL);
    g_autofree char *bytes = g_strnfill(BIG, 'x');
    msnp_net_init(&net, false);
    msnp_gateway *gateway = msnp_gateway_new(&net, "http://gateway.example", "host");
    msnp_gateway_use(gateway, true);
    unsigned conn = msnp_net_connect(&net, MSNP_CONN_SWITCHBOARD, "host", 1863, &ops, heard);
    msnp_gateway_run(gateway, 1);
    msnp_net_connected(&net, conn + 1, 1);
    g_assert_cmpstr(heard->str, ==, "c");
    msnp_net_write(&net, conn, msnp_str_of("first"));
    msnp_gateway_run(gateway, 1);
    g_assert_cmpuint(take_written(), >, 5);
    for (unsigned i = 0; i < 4; i++)
        msnp_net_write(&net, conn, (msnp_str){bytes, BIG});
    msnp_gateway_run(gateway, 1);
    g_assert_false(msnp_net_serve(&net, 1));
    msnp_net_write(&net, conn, msnp_str_of("x"));
    msnp_net_write(&net, conn, msnp_str_of("y"));
    msnp_gateway_run(gateway, 1);
    while (msnp_net_serve(&net, 1))
        ;
    g_assert_cmpstr(heard->str, ==, "cb");
    g_assert_cmpuint(take_written(), ==, 0);
    g_assert_cmpint(msnp_gateway_deadline(gateway), ==, MSNP_NEVER);
    msnp_net_clear(&net);
    msnp_gateway_free(gateway);
    g_string_free(heard, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gateway/full", test_full);
    return g_test_run();
}
