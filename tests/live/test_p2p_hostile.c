/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What else than files others can send through the service, and what nobody should: each invitation
 * is declined, all that has to be acknowledged is, nothing else is answered, and the next file
 * arrives.
 */
#include "file_helpers.h"

#include <string.h>

#define NAME  "a file.bin"
#define SIZE  3000
#define KNOWS 0x10000000 /* client id */

/* Robots know what is owed to them for each of these. */
static const char *const kinds[] = {
    "picture",
    "emoticon",
    "webcam",
    "webcam-request",
    "game",
    "wink",
    "folder",
    "photos",
    "unknown",
    "ink",
    "no-slp",
    "other-type",
    "forged",
    "short",
    "short-context",
    "tiny",
    "bad-base64",
    "background",
    "v9",
    "overlap",
    "gap",
    "two-totals",
    "length-over-total",
    "offset-over-total",
    "offset-huge",
    "total-huge",
    "total-too-much",
    "endless",
    "middle",
    "unopened",
    "unopened-huge",
    "ack-of-nothing",
    "nak-of-nothing",
    "ended-nothing",
    "reset-nothing",
    "waiting",
    "fault",
    "handshake",
    "all-flags",
    "lacks-To",
    "lacks-From",
    "lacks-Via",
    "lacks-CSeq",
    "lacks-Call-ID",
    "lacks-Max-Forwards",
    "lacks-Content-Type",
    "lacks-Content-Length",
    "lacks-EUF-GUID",
    "lacks-SessionID",
    "lacks-AppID",
    "lacks-Context",
};

typedef struct {
    service *svc;
    user *u;
} scene;

static scene scene_begin(gboolean welcome)
{
    scene s = {.svc = conv_service("joins", BOB, NULL)};

    service_set_client_id(s.svc, BOB, KNOWS);
    s.u = live_user(s.svc);
    files_choose(s.u, welcome ? FILES_THROUGH_SERVICE : FILES_DIRECTLY);
    live_settled(s.u);
    conv_open(s.u, BOB);
    files_begin(TRUE, NULL);
    live_check(service_robot_ring(s.svc, BOB, ALICE));
    live_wait(service_switchboards(s.svc, ALICE) == 1, CONV_PATIENCE);
    return s;
}

static void send_kind(const scene *s, const char *kind, guint times)
{
    for (guint i = 0; i < times; i++)
        live_check(service_robot_p2p(s->svc, BOB, ALICE, kind));
    live_quiet();
}

/* A file can still be received. */
static void check_file(const scene *s)
{
    g_autoptr(GBytes) content = files_content(NAME, SIZE);
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, content);
    g_autofree char *received = NULL;
    const transfer *t;

    live_check(service_robot_offer(s->svc, BOB, ALICE, NAME, content));
    live_wait((t = files_newest(s->u, FALSE)) && t->n_completed == 1, 60);
    received = files_sum(purple_xfer_get_local_filename(t->xfer));
    live_check(g_strcmp0(sum, received) == 0);
    live_wait(service_robot_file(s->svc, BOB)->state == SERVICE_FILE_DONE, CONV_PATIENCE);
}

static void scene_end(const scene *s)
{
    live_wait(files_all_ended(), 100);
    live_quiet();
    files_end();
    conv_forget(s->u);
    conv_end(s->svc, s->u);
}

static void test_kind(gconstpointer kind)
{
    scene s = scene_begin(TRUE);

    send_kind(&s, kind, 3);
    check_file(&s);
    live_quiet();
    live_check(service_robot_waits(s.svc, BOB) == 0);
    scene_end(&s);
}

/* Messages that never end, and invitations: few are answered, and all is well afterwards. */
static void test_flood(gconstpointer kind)
{
    scene s = scene_begin(TRUE);

    send_kind(&s, kind, 1000);
    live_check(service_count(s.svc, "SB >>> | MSNSLP/1.0 603 Decline") <= 10);
    live_check(service_count(s.svc, "SB >>> MSG *") < 500);
    /* Whoever sends too much is not heard for a moment. */
    client_idle(2);
    check_file(&s);
    scene_end(&s);
}

/* What is for somebody else, or of version 2, is not answered. */
static void test_not_ours(gconstpointer knob)
{
    scene s = scene_begin(TRUE);
    g_autoptr(GBytes) content = files_content(NAME, SIZE);

    live_set(s.svc, knob);
    send_kind(&s, "picture", 1);
    send_kind(&s, "ink", 1);
    live_check(service_robot_offer(s.svc, BOB, ALICE, NAME, content));
    live_quiet();
    live_check_count(s.svc, "SB >>> MSG *", 0);
    live_check(files_all()->len == 0);
    service_unset(s.svc, "p2p-dest");
    check_file(&s);
    scene_end(&s);
}

/* Whoever does not want files this way declines them, and all else as ever. */
static void test_unwelcome(void)
{
    scene s = scene_begin(FALSE);
    g_autoptr(GBytes) content = files_content(NAME, SIZE);

    live_check(service_robot_offer(s.svc, BOB, ALICE, NAME, content));
    live_wait(service_robot_file(s.svc, BOB)->state == SERVICE_FILE_FAILED, CONV_PATIENCE);
    live_check(strcmp(service_robot_file(s.svc, BOB)->why, "answered 603") == 0);
    send_kind(&s, "picture", 1);
    live_check(service_robot_waits(s.svc, BOB) == 0);
    live_check(files_all()->len == 0);
    scene_end(&s);
}

static void add_tests(void)
{
    static const char *const floods[] = {"endless", "webcam",   "ink",
                                         "no-slp",  "unopened", "picture"};
    static const char *const dests[] = {"p2p-dest=other", "p2p-dest=guid", "p2p-dest=source"};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *path = g_strconcat("/p2p-hostile/", kinds[i], NULL);

        live_add_data(path, kinds[i], test_kind, i == 0);
    }
    for (guint i = 0; i < G_N_ELEMENTS(floods); i++) {
        g_autofree char *path = g_strconcat("/p2p-hostile/flood/", floods[i], NULL);

        live_add_data(path, floods[i], test_flood, FALSE);
    }
    for (guint i = 0; i < G_N_ELEMENTS(dests); i++) {
        g_autofree char *path = g_strconcat("/p2p-hostile/", dests[i], NULL);

        live_add_data(path, dests[i], test_not_ours, FALSE);
    }
    live_add("/p2p-hostile/unwelcome", test_unwelcome, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
