/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files between two people who both have this plugin: each arrives whole, or both are told why not.
 */
#include "file_helpers.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILE_NAME    "holiday photo.jpg"
#define KNOCKING_MAX 8 /* of those who may be at a port */

/* What happened to the transfers of this test. */
static struct {
    char *dir; /* with the file that is sent, and "received" */
    char *sent;
    char *received;
    gboolean accept;   /* as soon as it is offered, like Pidgin's plugin */
    gboolean answered; /* in the dialog */
    PurpleXfer *receiving;
    PurpleXfer *sending;
    guint complete[2]; /* [1]: received */
    guint cancelled[2];
    guint told[2]; /* that the other side cancelled it */
    void (*at_progress)(PurpleXfer *xfer);
    void (*at_start)(PurpleXfer *xfer); /* before the file is open */
    int blocker;                        /* of the ports, 0: none */
} seen;

static void set_ports(int port)
{
    purple_prefs_set_bool("/purple/network/ports_range_use", TRUE);
    purple_prefs_set_int("/purple/network/ports_range_start", port);
    purple_prefs_set_int("/purple/network/ports_range_end", port);
}

/* Ports that cannot be used, so that nobody can connect. */
static void forbid_ports(void)
{
    int port;

    seen.blocker = live_mute_listener(&port);
    set_ports(port);
}

static void allow_ports(void)
{
    purple_prefs_set_bool("/purple/network/ports_range_use", FALSE);
    if (seen.blocker)
        close(seen.blocker);
    seen.blocker = 0;
}

static void offered(PurpleXfer *xfer)
{
    purple_xfer_ref(xfer);
    seen.receiving = xfer;
    allow_ports();
    if (seen.accept)
        purple_xfer_request_accepted(xfer, seen.received);
}

static void sending(PurpleXfer *xfer)
{
    if (purple_xfer_get_type(xfer) == PURPLE_XFER_SEND) {
        purple_xfer_ref(xfer);
        seen.sending = xfer;
    }
}

static void progressed(PurpleXfer *xfer, double percent G_GNUC_UNUSED)
{
    if (seen.at_progress)
        seen.at_progress(xfer);
}

static void started(PurpleXfer *xfer)
{
    if (seen.at_start)
        seen.at_start(xfer);
}

static void completed(PurpleXfer *xfer)
{
    seen.complete[purple_xfer_get_type(xfer) == PURPLE_XFER_RECEIVE]++;
}

static void cancelled(PurpleXfer *xfer)
{
    seen.cancelled[purple_xfer_get_type(xfer) == PURPLE_XFER_RECEIVE]++;
}

/* As in BitlBee, where only the user cancels what ends in cancel_local(). */
static void told(PurpleXfer *xfer)
{
    seen.told[purple_xfer_get_type(xfer) == PURPLE_XFER_RECEIVE]++;
}

static PurpleXferUiOps xfer_ops = {
    .new_xfer = sending, .update_progress = progressed, .cancel_remote = told};

static void watch_transfers(void)
{
    static gboolean watching;
    void *handle = purple_xfers_get_handle();

    if (watching)
        return;
    watching = TRUE;
    purple_xfers_set_ui_ops(&xfer_ops);
    purple_signal_connect(handle, "file-recv-request", &seen, PURPLE_CALLBACK(offered), NULL);
    purple_signal_connect(handle, "file-recv-start", &seen, PURPLE_CALLBACK(started), NULL);
    purple_signal_connect(handle, "file-send-start", &seen, PURPLE_CALLBACK(started), NULL);
    purple_signal_connect(handle, "file-recv-complete", &seen, PURPLE_CALLBACK(completed), NULL);
    purple_signal_connect(handle, "file-send-complete", &seen, PURPLE_CALLBACK(completed), NULL);
    purple_signal_connect(handle, "file-recv-cancel", &seen, PURPLE_CALLBACK(cancelled), NULL);
    purple_signal_connect(handle, "file-send-cancel", &seen, PURPLE_CALLBACK(cancelled), NULL);
}

static char *pattern(gsize size)
{
    char *bytes = g_malloc(size + 1);

    for (gsize i = 0; i < size; i++)
        bytes[i] = (char)((i * 7 + i / 2045) % 251);
    return bytes;
}

static gboolean arrived(gsize size)
{
    g_autofree char *expected = pattern(size);
    g_autofree char *got = NULL;
    gsize len;

    return g_file_get_contents(seen.received, &got, &len, NULL) && len == size &&
           memcmp(got, expected, size) == 0;
}

/* The users reach the service at ::1, and nothing at 127.0.0.1 but switchboards. */
static void use_ipv6(service *svc, user *users[2])
{
    g_autofree char *address =
        g_strdup_printf("ns-address=[::1]:%u", service_port(svc, SERVICE_NOTIFICATION));

    live_set(svc, address);
    live_set(svc, "client-ip=::1");
    for (guint i = 0; i < 2; i++)
        purple_account_set_string(users[i]->account, "server", "[::1]");
}

/* ALICE and BOB are online, and have windows of each other; there is a file of this size. */
static service *begin_with(user *users[2], gsize size, gboolean ipv6)
{
    service *svc = conv_service("joins", NULL);
    g_autofree char *bytes = pattern(size);

    watch_transfers();
    memset(&seen, 0, sizeof seen);
    seen.accept = TRUE;
    seen.dir = g_dir_make_tmp("msnp8-files-XXXXXX", NULL);
    seen.sent = g_build_filename(seen.dir, FILE_NAME, NULL);
    seen.received = g_build_filename(seen.dir, "received", NULL);
    if (!g_file_set_contents(seen.sent, bytes, (gssize)size, NULL))
        g_error("no file");
    users[0] = live_user(svc);
    users[1] = live_user_named(svc, BOB);
    if (ipv6)
        use_ipv6(svc, users);
    for (guint i = 0; i < 2; i++) {
        files_choose(users[i], files_way_now());
        user_sign_in(users[i]);
    }
    for (guint i = 0; i < 2; i++)
        live_wait(users[i]->online, 20);
    live_quiet();
    conv_open(users[0], BOB);
    conv_open(users[1], ALICE);
    return svc;
}

static service *begin(user *users[2], gsize size)
{
    return begin_with(users, size, FALSE);
}

/* Of a file that is not done before something happens to it. The transcript has all its pieces. */
static gsize large(void)
{
    return files_way_now() == FILES_THROUGH_SERVICE ? 500000 : 10000000;
}

/* It is over: only these references are left. */
static void forget_xfer(PurpleXfer *xfer, guint refs)
{
    if (xfer)
        g_assert_cmpuint(xfer->ref, ==, refs);
    for (guint i = 0; xfer && i < refs; i++)
        purple_xfer_unref(xfer);
}

static void end(service *svc, user *users[2])
{
    files_check_way(svc);
    conv_end_all(svc, users, 2);
    forget_xfer(seen.sending, 1);
    /* libpurple does not release its own if nobody answers its question. */
    forget_xfer(seen.receiving, seen.answered ? 1 : 2);
    live_check(purple_xfers_get_all() == NULL);
    (void)g_unlink(seen.sent);
    (void)g_unlink(seen.received);
    g_assert_cmpint(g_rmdir(seen.dir), ==, 0); /* nothing else is in it */
    g_free(seen.dir);
    g_free(seen.sent);
    g_free(seen.received);
}

static void send_file(user *users[2])
{
    PurpleConnection *gc = user_connection(users[0]);

    live_check(
        PURPLE_PLUGIN_PROTOCOL_INFO(purple_connection_get_prpl(gc))->can_receive_file(gc, BOB));
    serv_send_file(gc, BOB, seen.sent);
}

#define OFFERED      "* Offering to send " FILE_NAME " to " BOB
#define IS_OFFERED   "* " ALICE " is offering to send file " FILE_NAME
#define NOT_SENT     "\n! The file &quot;" FILE_NAME "&quot; was not sent to " BOB ". "
#define NOT_RECEIVED "\n! The file &quot;" FILE_NAME "&quot; from " ALICE " was not received. "
#define STARTING     "* Starting transfer of " FILE_NAME " from " ALICE

static void saw_success(user *users[2])
{
    conv_saw(users[0], BOB, OFFERED "\n* Transfer of file " FILE_NAME " complete");
    conv_saw(users[1], ALICE,
             STARTING "\n" IS_OFFERED "\n* Transfer of file <A HREF=\"file://%s\">" FILE_NAME
                      "</A> complete",
             seen.received);
}

/* --- success ---------------------------------------------------------------------------------- */

static void check_success(gsize size, gboolean receiver_listens)
{
    user *users[2];
    service *svc = begin(users, size);

    if (receiver_listens)
        forbid_ports();
    send_file(users);
    live_wait(seen.complete[0] && seen.complete[1], 20);
    live_check(arrived(size));
    live_check(seen.complete[0] == 1 && seen.complete[1] == 1);
    live_check(seen.cancelled[0] == 0 && seen.cancelled[1] == 0);
    live_check_count(svc, "SB <<< | Sender-Connect: TRUE", receiver_listens);
    saw_success(users);
    end(svc, users);
}

/* Somebody else has the port for IPv6: for IPv4 alone it is of no use there. */
static void forbid_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = in6addr_any};
    int port = live_closed_port();
    int yes = 1;

    address.sin6_port = htons((guint16)port);
    seen.blocker = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(seen.blocker, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(seen.blocker, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(seen.blocker, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(seen.blocker, 1) < 0)
        g_error("cannot listen");
    set_ports(port);
}

static void (*const obstacles[])(void) = {NULL, forbid_ports, forbid_ipv6};

static void test_ipv6(gconstpointer data)
{
    void (*forbid)(void) = obstacles[GPOINTER_TO_UINT(data)];
    user *users[2];
    service *svc;

    if (live_lacks_ipv6())
        return;
    svc = begin_with(users, 3000, TRUE);
    if (forbid)
        forbid();
    send_file(users);
    live_wait(seen.complete[0] && seen.complete[1], 20);
    live_check(arrived(3000));
    live_check_count(svc, "SB <<< | IP-Address: ::1", 1);
    live_check_count(svc, "SB <<< | Sender-Connect: TRUE", forbid != NULL);
    saw_success(users);
    end(svc, users);
}

/* As with Pidgin: all is chosen in dialogs. */
static void test_dialogs(gconstpointer data G_GNUC_UNUSED)
{
    user *users[2];
    service *svc = begin(users, 3000);

    seen.accept = FALSE;
    serv_send_file(user_connection(users[0]), BOB, NULL);
    client_choose_file(client_open_dialog(DIALOG_FILE), seen.sent);
    live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    live_check(client_press_named(client_open_dialog(DIALOG_QUESTION), "Accept"));
    g_assert_cmpstr(client_open_dialog(DIALOG_FILE)->suggested, ==, FILE_NAME);
    client_choose_file(client_open_dialog(DIALOG_FILE), seen.received);
    seen.answered = TRUE;
    live_wait(seen.complete[0] && seen.complete[1], 20);
    live_check(arrived(3000));
    conv_saw(users[0], BOB, OFFERED "\n* Transfer of file " FILE_NAME " complete");
    conv_saw(users[1], ALICE,
             IS_OFFERED "\n" STARTING "\n* Transfer of file <A HREF=\"file://%s\">" FILE_NAME
                        "</A> complete",
             seen.received);
    client_forget_dialogs();
    end(svc, users);
}

static void test_size(gconstpointer size)
{
    check_success(GPOINTER_TO_SIZE(size), FALSE);
}

static void test_receiver_listens(void)
{
    check_success(100000, TRUE);
}

static void test_empty_receiver_listens(void)
{
    check_success(0, TRUE);
}

/* Where the others can connect is what is set in libpurple. */
static void test_settings(void)
{
    user *users[2];
    service *svc = begin(users, 10);
    int port = live_closed_port();
    g_autofree char *line = g_strdup_printf("SB <<< | Port: %d", port);

    set_ports(port);
    purple_prefs_set_bool("/purple/network/auto_ip", FALSE);
    purple_network_set_public_ip("198.51.100.7");
    send_file(users);
    live_wait(seen.complete[0] && seen.complete[1], 20);
    live_check_count(svc, line, 1);
    live_check_count(svc, "SB <<< | IP-Address: 198.51.100.7", 1);
    live_check_count(svc, "SB <<< | IP-Address-Internal: 127.0.0.1", 1);
    allow_ports();
    purple_prefs_set_bool("/purple/network/auto_ip", TRUE);
    purple_network_set_public_ip("");
    saw_success(users);
    end(svc, users);
}

/* Connects to this port of 127.0.0.1. */
static int knock(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)connect(fd, (struct sockaddr *)&address, sizeof address);
    /* libpurple has room for four that are not accepted yet. */
    client_wait(100);
    return fd;
}

/* Others are at the port before the right one, more than are let in. */
static void test_knocking(void)
{
    user *users[2];
    service *svc = begin(users, 10);
    int port = live_closed_port();
    int fds[KNOCKING_MAX + 4];
    char byte;

    set_ports(port);
    seen.accept = FALSE;
    send_file(users);
    live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    for (guint i = 0; i < G_N_ELEMENTS(fds); i++)
        fds[i] = knock(port);
    live_quiet();
    /* The last ones are closed. */
    g_assert_cmpint(recv(fds[G_N_ELEMENTS(fds) - 1], &byte, 1, MSG_DONTWAIT), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(fds); i++)
        close(fds[i]);
    live_check(client_press_named(client_open_dialog(DIALOG_QUESTION), "Accept"));
    client_choose_file(client_open_dialog(DIALOG_FILE), seen.received);
    seen.answered = TRUE;
    live_wait(seen.complete[0] && seen.complete[1], 20);
    for (guint i = 0; i < 2; i++)
        conv_forget(users[i]);
    client_forget_dialogs();
    end(svc, users);
}

/*
 * A client that runs its own main loop each time, in which a message overtakes the file. Its turns
 * are short, since the rest of the file may be waiting for this loop to end: then nothing happens.
 */
static void run_main_loop(PurpleXfer *xfer)
{
    static gboolean inside;

    if (inside)
        return;
    inside = TRUE;
    if (xfer == seen.sending)
        serv_send_im(purple_account_get_connection(purple_xfer_get_account(xfer)), BOB, "now", 0);
    for (int i = 0; i < 20; i++)
        client_wait(1);
    inside = FALSE;
}

static void test_nested(gconstpointer data G_GNUC_UNUSED)
{
    user *users[2];
    service *svc = begin(users, 500000);

    seen.at_progress = run_main_loop;
    send_file(users);
    live_wait(seen.complete[0] && seen.complete[1], 20);
    live_check(arrived(500000));
    live_wait(strstr(conv_unread(users[1], ALICE), "now"), 10);
    live_quiet();
    for (guint i = 0; i < 2; i++)
        conv_forget(users[i]);
    end(svc, users);
}

/* --- no success ------------------------------------------------------------------------------- */

static void saw_failure(service *svc, user *users[2], guint n_cancelled)
{
    live_check(seen.complete[0] == 0 && seen.complete[1] == 0);
    g_assert_cmpuint(seen.cancelled[0], ==, n_cancelled);
    live_check(!g_file_test(seen.received, G_FILE_TEST_EXISTS));
    client_forget_dialogs();
    end(svc, users);
}

static void test_decline(gconstpointer data G_GNUC_UNUSED)
{
    user *users[2];
    service *svc = begin(users, 100);

    seen.accept = FALSE;
    send_file(users);
    live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    live_check(client_press_named(client_open_dialog(DIALOG_QUESTION), "Cancel"));
    seen.answered = TRUE;
    conv_saw(users[0], BOB, OFFERED NOT_SENT BOB " declined the file.");
    conv_saw(users[1], ALICE, IS_OFFERED);
    saw_failure(svc, users, 1);
}

static void test_withdraw(gconstpointer data G_GNUC_UNUSED)
{
    user *users[2];
    service *svc = begin(users, 100);

    seen.accept = FALSE;
    send_file(users);
    live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    purple_xfer_cancel_local(seen.sending);
    conv_saw(users[0], BOB, OFFERED "\n* You cancelled the transfer of " FILE_NAME);
    conv_saw(users[1], ALICE, IS_OFFERED NOT_RECEIVED ALICE " cancelled the transfer.");
    live_check(!client_open_dialog(DIALOG_QUESTION));
    saw_failure(svc, users, 1);
}

static void cancel_sending(PurpleXfer *xfer)
{
    if (xfer == seen.sending && !purple_xfer_is_canceled(xfer))
        purple_xfer_cancel_local(xfer);
}

static void cancel_receiving(PurpleXfer *xfer)
{
    if (xfer == seen.receiving && !purple_xfer_is_canceled(xfer))
        purple_xfer_cancel_local(xfer);
}

static void test_cancel_sending(gconstpointer data G_GNUC_UNUSED)
{
    user *users[2];
    service *svc = begin(users, large());

    seen.at_progress = cancel_sending;
    send_file(users);
    conv_saw(users[0], BOB, OFFERED "\n* You cancelled the transfer of " FILE_NAME);
    conv_saw(users[1], ALICE,
             STARTING "\n" IS_OFFERED NOT_RECEIVED ALICE " cancelled the transfer.");
    live_check(seen.told[0] == 0 && seen.told[1] == 1);
    saw_failure(svc, users, 1);
}

static void test_cancel_receiving(gconstpointer data G_GNUC_UNUSED)
{
    user *users[2];
    service *svc = begin(users, large());

    seen.at_progress = cancel_receiving;
    send_file(users);
    conv_saw(users[0], BOB, OFFERED NOT_SENT BOB " cancelled the transfer.");
    conv_saw(users[1], ALICE,
             STARTING "\n" IS_OFFERED "\n* You cancelled the transfer of " FILE_NAME);
    live_check(seen.told[0] == 1 && seen.told[1] == 0);
    saw_failure(svc, users, 1);
}

/* The user chooses no file, or one that cannot be sent. */
static void test_not_chosen(gconstpointer too_large)
{
    user *users[2];
    service *svc = begin(users, 10);

    if (truncate(seen.sent, (off_t)1 << 32) != 0)
        g_error("no large file");
    serv_send_file(user_connection(users[0]), BOB, NULL);
    client_choose_file(client_open_dialog(DIALOG_FILE), too_large ? seen.sent : NULL);
    live_quiet();
    live_check(!client_open_dialog(DIALOG_FILE) && seen.receiving == NULL);
    if (too_large)
        conv_saw(users[0], BOB,
                 OFFERED NOT_SENT "It is too large: MSN Messenger can send at most 4 GB.");
    else
        conv_saw(users[0], BOB, "* File transfer cancelled");
    saw_failure(svc, users, 1);
}

/* What is being asked when the user signs out goes, also where that counts as an answer. */
static void test_sign_out_asked(gconstpointer data)
{
    user *users[2];
    service *svc = begin(users, 10);
    guint stage = GPOINTER_TO_UINT(data) / 2;

    client_set_manners(GPOINTER_TO_UINT(data) % 2 ? CLIENT_CANCELS : CLIENT_ASKS);
    seen.accept = FALSE;
    serv_send_file(user_connection(users[0]), BOB, NULL);
    if (stage > 0) {
        client_choose_file(client_open_dialog(DIALOG_FILE), seen.sent);
        live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    }
    if (stage > 1)
        client_press_named(client_open_dialog(DIALOG_QUESTION), "Accept");
    user_sign_out(users[stage > 0]);
    live_quiet();
    live_check(!client_open_dialog(DIALOG_FILE) && !client_open_dialog(DIALOG_QUESTION));
    for (guint i = 0; i < 2; i++)
        conv_forget(users[i]);
    /* libpurple's reference, if nobody answers. */
    for (PurpleXfer *xfer; (xfer = stage > 0 ? seen.receiving : seen.sending) && xfer->ref > 1;)
        purple_xfer_unref(xfer);
    seen.answered = TRUE;
    client_set_manners(CLIENT_ASKS);
    saw_failure(svc, users, 1);
}

static void test_disk_full(gconstpointer data G_GNUC_UNUSED)
{
    user *users[2];
    service *svc = begin(users, large());
    struct rlimit limit = {0}, old;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = large() / 2;
    setrlimit(RLIMIT_FSIZE, &limit);
    send_file(users);
    /* Through the service there is no word for it. */
    if (files_way_now() == FILES_THROUGH_SERVICE)
        conv_saw(users[0], BOB, OFFERED NOT_SENT BOB " cancelled the transfer.");
    else
        conv_saw(users[0], BOB,
                 OFFERED NOT_SENT
                 "The other computer could not save the file. Its disk may be full.");
    conv_saw(users[1], ALICE,
             STARTING "\n" IS_OFFERED NOT_RECEIVED
                      "The file could not be saved. The disk may be full.");
    live_check(seen.told[0] == 1 && seen.told[1] == 1);
    setrlimit(RLIMIT_FSIZE, &old);
    saw_failure(svc, users, 1);
}

/* The client sees to it that "received" cannot be opened. */
static void test_not_opened(gconstpointer data)
{
    user *users[2];
    service *svc = begin(users, 10);

    g_free(seen.received);
    seen.received = g_strdup(data);
    send_file(users);
    conv_saw(users[1], ALICE,
             STARTING "\n" IS_OFFERED NOT_RECEIVED
                      "The file could not be saved. The disk may be full.");
    live_wait(seen.cancelled[0] == 1, 10);
    conv_forget(users[0]);
    g_free(seen.received);
    seen.received = g_build_filename(seen.dir, "received", NULL);
    saw_failure(svc, users, 1);
}

/* libpurple opens the file even so. */
static void test_cancel_start(gconstpointer receiving)
{
    user *users[2];
    service *svc = begin(users, 10);

    seen.at_start = receiving ? cancel_receiving : cancel_sending;
    send_file(users);
    live_wait(seen.cancelled[0] && seen.cancelled[1], 10);
    live_quiet();
    for (guint i = 0; i < 2; i++)
        conv_forget(users[i]);
    saw_failure(svc, users, 1);
}

static user *signing_out;
static gboolean removing;

static void sign_out_inside(PurpleXfer *xfer)
{
    if (!signing_out || purple_xfer_get_account(xfer) != signing_out->account ||
        user_is_offline(signing_out))
        return;
    if (removing)
        user_free(g_steal_pointer(&signing_out));
    else
        user_sign_out(signing_out);
}

static void test_sign_out(gconstpointer data)
{
    user *users[2];
    service *svc = begin(users, large());
    guint n = GPOINTER_TO_UINT(data);

    signing_out = users[n % 2];
    if (n < 2)
        seen.at_progress = sign_out_inside;
    else
        seen.at_start = sign_out_inside;
    send_file(users);
    live_wait(seen.cancelled[0] && seen.cancelled[1], 20);
    live_quiet();
    live_check(strstr(conv_unread(signing_out, signing_out == users[0] ? BOB : ALICE),
                      "The connection to the service has ended."));
    for (guint i = 0; i < 2; i++)
        conv_forget(users[i]);
    saw_failure(svc, users, 1);
}

/* The account goes in the middle of it. */
static void test_remove(gconstpointer who)
{
    user *users[2];
    service *svc = begin(users, large());
    guint gone = GPOINTER_TO_UINT(who);

    signing_out = users[gone];
    removing = TRUE;
    seen.at_progress = sign_out_inside;
    send_file(users);
    live_wait(seen.cancelled[0] && seen.cancelled[1] && !signing_out, 20);
    removing = FALSE;
    users[gone] = gone ? live_user_named(svc, BOB) : live_user(svc);
    live_quiet();
    for (guint i = 0; i < 2; i++)
        conv_forget(users[i]);
    saw_failure(svc, users, 1);
}

/* Another file gets the name before this one is written: nobody was asked whether to replace it. */
static void test_taken(gconstpointer data G_GNUC_UNUSED)
{
    user *users[2];
    service *svc = begin(users, 100);
    g_autofree char *kept = NULL;

    seen.accept = FALSE;
    send_file(users);
    live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    live_check(client_press_named(client_open_dialog(DIALOG_QUESTION), "Accept"));
    client_choose_file(client_open_dialog(DIALOG_FILE), seen.received);
    seen.answered = TRUE;
    live_check(g_file_set_contents(seen.received, "another", -1, NULL));
    live_wait(seen.cancelled[0] && seen.cancelled[1], 20);
    live_quiet();
    live_check(strstr(conv_unread(users[1], ALICE), "There is another file with this name now."));
    live_check(g_file_get_contents(seen.received, &kept, NULL, NULL));
    g_assert_cmpstr(kept, ==, "another");
    (void)g_unlink(seen.received);
    for (guint i = 0; i < 2; i++)
        conv_forget(users[i]);
    saw_failure(svc, users, 1);
}

static void truncate_file(PurpleXfer *xfer)
{
    if (xfer == seen.sending && truncate(seen.sent, 1000) != 0)
        g_error("not truncated");
}

static void grow_file(PurpleXfer *xfer)
{
    if (xfer == seen.sending && truncate(seen.sent, 20000000) != 0)
        g_error("not truncated");
}

static void remove_file(PurpleXfer *xfer)
{
    if (xfer == seen.sending)
        (void)g_unlink(seen.sent);
}

static void (*const changes[])(PurpleXfer *) = {truncate_file, grow_file, remove_file};

static void test_changed(gconstpointer change)
{
    user *users[2];
    service *svc = begin(users, large());

    seen.at_progress = changes[GPOINTER_TO_UINT(change)];
    send_file(users);
    conv_saw(users[0], BOB,
             OFFERED NOT_SENT "The file was changed or removed during the transfer.");
    live_wait(seen.cancelled[1], 20);
    conv_forget(users[1]);
    saw_failure(svc, users, 1);
}

static void test_not_sent(gconstpointer data)
{
    user *users[2];
    service *svc = begin(users, 10);
    const char *why = data;

    (void)g_unlink(seen.sent);
    if (strstr(why, "folder") && g_mkdir(seen.sent, 0700) != 0)
        g_error("no folder");
    if (strstr(why, "regular") && mkfifo(seen.sent, 0600) != 0)
        g_error("no fifo");
    if (strstr(why, "large") &&
        (!g_file_set_contents(seen.sent, "", 0, NULL) || truncate(seen.sent, (off_t)1 << 32) != 0))
        g_error("no large file");
    send_file(users);
    live_quiet();
    live_check(strstr(conv_unread(users[0], BOB), why));
    conv_forget(users[0]);
    (void)g_rmdir(seen.sent);
    live_check(seen.receiving == NULL);
    saw_failure(svc, users, 0);
}

static void add_direct(void)
{
    live_add("/files/receiver-listens", test_receiver_listens, TRUE);
    live_add("/files/receiver-listens/empty", test_empty_receiver_listens, FALSE);
    if (!live_is_known_to_lack("ipv6")) {
        live_add_data("/files/ipv6", GUINT_TO_POINTER(0), test_ipv6, FALSE);
        live_add_data("/files/ipv6/receiver-listens", GUINT_TO_POINTER(1), test_ipv6, FALSE);
        live_add_data("/files/ipv6/port-of-ipv4", GUINT_TO_POINTER(2), test_ipv6, FALSE);
    }
    live_add("/files/settings", test_settings, TRUE);
    live_add("/files/knocking", test_knocking, TRUE);
    live_add_data("/files/not-chosen/none", NULL, test_not_chosen, FALSE);
    live_add_data("/files/not-chosen/large", GINT_TO_POINTER(TRUE), test_not_chosen, FALSE);
    live_add_data("/files/not-sent/folder", "It is a folder.", test_not_sent, FALSE);
    live_add_data("/files/not-sent/fifo", "It is not a regular file.", test_not_sent, FALSE);
    live_add_data("/files/not-sent/large", "It is too large", test_not_sent, FALSE);
    live_add_data("/files/not-sent/missing", "It could not be read: No such file", test_not_sent,
                  FALSE);
}

static void add(void)
{
    static const gsize sizes[] = {0, 1, 1202, 1203, 2045, 2046, 1000000};

    add_direct();
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *path = g_strdup_printf("/files/size/%" G_GSIZE_FORMAT, sizes[i]);
        files_add(path, GSIZE_TO_POINTER(sizes[i]), test_size, i == 3);
    }
    for (guint i = 0; i < 6; i++) {
        g_autofree char *path = g_strdup_printf("/files/sign-out/asked/%u", i);
        files_add(path, GUINT_TO_POINTER(i), test_sign_out_asked, i == 5);
    }
    files_add("/files/nested", NULL, test_nested, FALSE);
    files_add("/files/dialogs", NULL, test_dialogs, TRUE);
    files_add("/files/disk-full", NULL, test_disk_full, FALSE);
    files_add("/files/not-opened/device", "/dev/full", test_not_opened, FALSE);
    files_add("/files/not-opened/nowhere", "/nowhere/received", test_not_opened, FALSE);
    files_add("/files/remove/sending", GUINT_TO_POINTER(0), test_remove, TRUE);
    files_add("/files/remove/receiving", GUINT_TO_POINTER(1), test_remove, TRUE);
    files_add("/files/decline", NULL, test_decline, TRUE);
    files_add("/files/taken", NULL, test_taken, FALSE);
    files_add("/files/withdraw", NULL, test_withdraw, FALSE);
    files_add("/files/cancel/sending", NULL, test_cancel_sending, FALSE);
    files_add("/files/cancel/receiving", NULL, test_cancel_receiving, TRUE);
    files_add("/files/cancel/start/sending", NULL, test_cancel_start, FALSE);
    files_add("/files/cancel/start/receiving", GINT_TO_POINTER(1), test_cancel_start, FALSE);
    files_add("/files/sign-out/sending", GUINT_TO_POINTER(0), test_sign_out, TRUE);
    files_add("/files/sign-out/receiving", GUINT_TO_POINTER(1), test_sign_out, TRUE);
    files_add("/files/sign-out/sending/start", GUINT_TO_POINTER(2), test_sign_out, FALSE);
    files_add("/files/sign-out/receiving/start", GUINT_TO_POINTER(3), test_sign_out, FALSE);
    files_add("/files/changed/shorter", GUINT_TO_POINTER(0), test_changed, FALSE);
    files_add("/files/changed/longer", GUINT_TO_POINTER(1), test_changed, FALSE);
    files_add("/files/changed/removed", GUINT_TO_POINTER(2), test_changed, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add);
}
