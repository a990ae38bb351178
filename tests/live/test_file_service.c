/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files through the service between clients with the plugin, when something happens in the middle:
 * somebody cancels, a switchboard ends, others come, windows close. And whoever cannot receive them
 * so gets them in the other way.
 */
#include "file_helpers.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define SIZE 100000 /* 84 pieces */
#define LONG 600000 /* 500 */
#define NAME "a file.bin"
/* Messages of a file with ten pieces: six before them, two of its end, and their repetition. */
#define CLOSED_MAX 20
#define CAROL      "carol@example.com"

static struct {
    service *svc;
    user *users[3]; /* Alice, who sends; Bob; Carol */
    guint n;
} people;

static void add_person(const char *address, files_way way)
{
    user *u = live_user_named(people.svc, address);

    files_choose(u, way);
    people.users[people.n++] = u;
}

/* `way`: what Bob has chosen. Alice and Bob know each other if `contacts`. */
static void begin(files_way way, gboolean contacts)
{
    people.n = 0;
    people.svc = conv_service("joins", NULL);
    if (contacts)
        live_contact(people.svc, BOB, NULL);
    add_person(ALICE, FILES_THROUGH_SERVICE);
    add_person(BOB, way);
    for (guint i = 0; i < people.n; i++)
        live_settled(people.users[i]);
    conv_open(people.users[0], BOB);
    conv_open(people.users[1], ALICE);
    files_begin(TRUE, NULL);
}

static void end(void)
{
    live_wait(files_all_ended(), 200);
    live_quiet();
    for (guint i = 0; i < people.n; i++)
        conv_forget(people.users[i]);
    files_end();
    conv_end_all(people.svc, people.users, people.n);
}

static void send_file(gsize size)
{
    files_send(people.users[0], BOB, files_make(NAME, size));
}

/* Bytes that Bob has got so far. */
static gsize moved(void)
{
    const transfer *t = files_newest(people.users[1], FALSE);

    return t ? purple_xfer_get_bytes_sent(t->xfer) : 0;
}

static void await_moved(gsize bytes)
{
    live_wait(moved() >= bytes, 60);
}

static void check_received(void)
{
    const transfer *t = files_newest(people.users[1], FALSE);
    g_autofree char *path = g_build_filename(client_user_dir(), NAME, NULL);
    g_autofree char *sent = files_sum(path);
    g_autofree char *received = files_sum(purple_xfer_get_local_filename(t->xfer));

    g_assert_cmpstr(received, ==, sent);
}

static void check_arrived(void)
{
    live_wait(files_completed() == 2 || files_cancelled() > 0, 200);
    live_check(files_cancelled() == 0);
    check_received();
}

/* --- cancelled -------------------------------------------------------------------------------- */

static const struct {
    guint who; /* cancels: 0: the sender */
    gsize at;  /* as soon as so many bytes have arrived */
} cancels[] = {{0, 1},     {1, 1},     {0, 1203},     {1, 1203},     {0, 50000}, {1, 50000},
               {0, 99000}, {1, 99000}, {0, SIZE - 1}, {1, SIZE - 1}, {0, SIZE}};

static void cancel(PurpleXfer *xfer)
{
    if (!purple_xfer_is_completed(xfer) && !purple_xfer_is_canceled(xfer))
        purple_xfer_cancel_local(xfer);
}

/* The other one hears of it at once. What was cancelled too late has arrived. */
static void test_cancel(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data), who = cancels[i].who;

    begin(FILES_THROUGH_SERVICE, TRUE);
    live_set(people.svc, "sb-p2p-ack-delay=5");
    send_file(SIZE);
    await_moved(cancels[i].at);
    cancel(files_newest(people.users[who], who == 0)->xfer);
    live_wait(files_all_ended(), 10);
    if (files_newest(people.users[1], FALSE)->n_completed)
        check_received();
    live_check(files_cancelled() == 2 || cancels[i].at >= 99000);
    end();
}

/* --- switchboards that end -------------------------------------------------------------------- */

/* Whoever loses the connection to it, and when: the file goes on on another one. */
static void test_dropped(gconstpointer data)
{
    const char *who = data;

    begin(FILES_THROUGH_SERVICE, TRUE);
    live_set(people.svc, "sb-p2p-ack-delay=5");
    send_file(SIZE);
    for (gsize at = 1; at < SIZE; at += SIZE / 4) {
        await_moved(at);
        g_assert_cmpuint(service_drop_switchboards(people.svc, who), ==, 1);
    }
    check_arrived();
    files_check_way(people.svc);
    end();
}

/* So does it if the service ends it at any of the messages, be it those before the file. */
static void test_closed(gconstpointer n)
{
    g_autofree char *knob = g_strdup_printf("sb-p2p-close-at=%u", GPOINTER_TO_UINT(n));

    begin(FILES_THROUGH_SERVICE, TRUE);
    live_set(people.svc, knob);
    send_file(10 * 1202);
    check_arrived();
    end();
}

static const struct {
    const char *knob;
    gsize size;
} faults[] = {
    /* No number of faults is too many, if it gets on: not more often than the window is wide. */
    {"sb-p2p-nak-every=20", LONG},   {"sb-p2p-drop-every=30", SIZE}, {"sb-p2p-lose-every=10", SIZE},
    {"sb-p2p-ack-delay=1000", SIZE}, {"joi-delay=3000", SIZE},
};

/* The service is bad. */
static void test_faults(gconstpointer row)
{
    guint i = GPOINTER_TO_UINT(row);

    begin(FILES_THROUGH_SERVICE, TRUE);
    live_set(people.svc, faults[i].knob);
    send_file(faults[i].size);
    check_arrived();
    end();
}

/* --- others ----------------------------------------------------------------------------------- */

/* Carol comes into the conversation, in which somebody says something. */
static void invite_carol(void)
{
    const char *chat;

    live_check(conv_command(people.users[0], BOB, "invite " CAROL) == PURPLE_CMD_STATUS_OK);
    chat = conv_new_chat(people.users[0]);
    conv_has_members(people.users[0], chat, ALICE ", " BOB ", " CAROL);
    conv_send(people.users[0], chat, "welcome");
}

/* She does not hear of the file. */
static void check_carol(void)
{
    const char *chat = conv_new_chat(people.users[2]);

    live_wait(strstr(conv_unread(people.users[2], chat), "welcome"), 10);
    live_check(!files_newest(people.users[2], FALSE));
    live_check(conv_n_windows(people.users[2]) == 1);
    live_check(!strstr(conv_unread(people.users[2], chat), NAME));
}

/* The others are in a conversation. */
static void begin_with_carol(void)
{
    begin(FILES_THROUGH_SERVICE, TRUE);
    live_contact(people.svc, CAROL, NULL);
    add_person(CAROL, FILES_THROUGH_SERVICE);
    live_settled(people.users[2]);
    conv_send(people.users[0], BOB, "hello");
    live_wait(strstr(conv_unread(people.users[1], ALICE), "hello"), 10);
}

static void test_joined(void)
{
    begin_with_carol();
    live_set(people.svc, "sb-p2p-ack-delay=5");
    send_file(SIZE);
    await_moved(20000);
    invite_carol();
    live_check(moved() < SIZE);
    check_arrived();
    check_carol();
    end();
}

static void test_chat(void)
{
    begin_with_carol();
    invite_carol();
    send_file(SIZE);
    check_arrived();
    check_carol();
    end();
}

static void test_windows_closed(void)
{
    begin(FILES_THROUGH_SERVICE, TRUE);
    live_set(people.svc, "sb-p2p-ack-delay=5");
    send_file(SIZE);
    await_moved(20000);
    conv_close(people.users[0], BOB);
    conv_close(people.users[1], ALICE);
    live_check(moved() < SIZE);
    check_arrived();
    end();
}

/* --- the other way ---------------------------------------------------------------------------- */

/* Who takes none through the service does not announce it. */
static void test_not_announced(void)
{
    begin(FILES_DIRECTLY, TRUE);
    send_file(SIZE);
    check_arrived();
    live_check_count(people.svc, "SB >>> | P2P-Dest: *", 0);
    end();
}

/* What strangers announce nobody knows: it is tried, and declined with a line. */
static void test_not_wanted(void)
{
    begin(FILES_DIRECTLY, FALSE);
    send_file(SIZE);
    live_wait(files_cancelled() == 1, 20);
    live_check_count(people.svc, "SB >>> | MSNSLP/1.0 603 Decline*", 1);
    live_check(!files_newest(people.users[1], FALSE));
    g_test_message("%s\n%s", conv_unread(people.users[0], BOB),
                   conv_unread(people.users[1], ALICE));
    live_check(strstr(conv_unread(people.users[0], BOB), BOB " declined the file."));
    live_check(strstr(conv_unread(people.users[1], ALICE),
                      " wanted to send you a file through the service. It was declined because "
                      "&quot;Exchange files through the service&quot; is turned off in the "
                      "account's settings."));
    end();
}

/* The service ends the connection at a message of that kind, or ignores it: soon none are tried. */
static void test_service_without(gconstpointer knob)
{
    begin(FILES_THROUGH_SERVICE, TRUE);
    live_set(people.svc, knob);
    for (guint i = 0; i < 3; i++) {
        send_file(SIZE);
        live_wait(files_completed() == 2 * i + 2 || files_cancelled() > 0, 60);
        live_check(files_cancelled() == 0);
    }
    g_test_message("%s", conv_unread(people.users[0], BOB));
    live_check_count(people.svc, "SB >>> | Application-File: *", 3);
    /* The first time it may have been an accident. */
    live_check_count(people.svc, "SB >>> MSG * D *", 2);
    end();
}

/* --- large files ------------------------------------------------------------------------------ */

/* A file of so many bytes, all of them 0, which takes no room; NULL if it cannot be mapped here. */
static GBytes *zeros(guint64 size)
{
    g_autofree char *path = g_build_filename(client_user_dir(), "zeros", NULL);
    g_autoptr(GMappedFile) mapped = NULL;

    if (!g_file_set_contents(path, "", 0, NULL) || truncate(path, (off_t)size) != 0)
        g_error("no sparse file");
    mapped = g_mapped_file_new(path, FALSE, NULL);
    g_unlink(path);
    return mapped ? g_mapped_file_get_bytes(mapped) : NULL;
}

/* More than can be counted with 32 bits is offered, begun, and cancelled. */
static void test_huge(void)
{
    const guint64 size = (guint64)G_MAXUINT32 + 2;
    g_autoptr(GBytes) content = sizeof(gsize) > 4 ? zeros(size) : NULL;
    service *svc;
    user *u;
    PurpleXfer *xfer;

    if (!content) {
        g_test_skip("no such file can be mapped here");
        return;
    }
    svc = conv_service("joins", BOB, NULL);
    service_set_client_id(svc, BOB, 0x10000000);
    u = live_user(svc);
    live_settled(u);
    conv_open(u, BOB);
    files_begin(TRUE, NULL);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_check(service_robot_offer(svc, BOB, ALICE, NAME, content));
    live_wait(files_newest(u, FALSE), 10);
    xfer = files_newest(u, FALSE)->xfer;
    live_check(purple_xfer_get_size(xfer) == size);
    live_wait(purple_xfer_get_bytes_sent(xfer) > SIZE, 20);
    cancel(xfer);
    live_wait(service_robot_file(svc, BOB)->state == SERVICE_FILE_FAILED, 10);
    live_quiet();
    files_end();
    conv_forget(u);
    conv_end(svc, u);
}

static void add_tests(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cancels); i++) {
        g_autofree char *path =
            g_strdup_printf("/file-service/cancel/%s/%" G_GSIZE_FORMAT,
                            cancels[i].who ? "receiver" : "sender", cancels[i].at);
        files_add_through_service(path, GUINT_TO_POINTER(i), test_cancel, i == 5);
    }
    files_add_through_service("/file-service/dropped/sender", ALICE, test_dropped, FALSE);
    files_add_through_service("/file-service/dropped/receiver", BOB, test_dropped, TRUE);
    for (guint n = 1; n <= CLOSED_MAX; n++) {
        g_autofree char *path = g_strdup_printf("/file-service/closed/%u", n);
        files_add_through_service(path, GUINT_TO_POINTER(n), test_closed, FALSE);
    }
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *path = g_strdup_printf("/file-service/faults/%s", faults[i].knob);
        files_add_through_service(path, GUINT_TO_POINTER(i), test_faults, FALSE);
    }
    live_add("/file-service/joined", test_joined, FALSE);
    live_add("/file-service/chat", test_chat, FALSE);
    live_add("/file-service/windows-closed", test_windows_closed, FALSE);
    live_add("/file-service/not-announced", test_not_announced, FALSE);
    live_add("/file-service/not-wanted", test_not_wanted, FALSE);
    live_add_data("/file-service/service-refuses", "sb-no-p2p", test_service_without, FALSE);
    live_add_data("/file-service/service-ignores", "sb-p2p-drop-every=1", test_service_without,
                  FALSE);
    live_add("/file-service/huge", test_huge, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
