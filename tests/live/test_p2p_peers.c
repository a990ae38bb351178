/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files through the service, with robots that do it as each of the real clients does: in both
 * directions the file arrives, and the robot has nothing to complain about.
 */
#include "file_helpers.h"

#define NAME  "a file.bin"
#define SIZE  50000
#define KNOWS 0x10000000 /* client id */

/* --- what is common --------------------------------------------------------------------------- */

static service *p2p_service(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);

    service_set_client_id(svc, BOB, KNOWS);
    service_set_client_id(svc, CAROL, KNOWS);
    return svc;
}

static gboolean is_over(service *svc, const char *robot)
{
    const service_file *f = service_robot_file(svc, robot);

    return f && f->state >= SERVICE_FILE_DONE;
}

/* The robot has the bytes that belong to this name. */
static void check_sum(service *svc, const char *robot, gsize size)
{
    g_autoptr(GBytes) content = files_content(NAME, size);
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, content);

    live_check(g_strcmp0(service_robot_file(svc, robot)->sha256, sum) == 0);
}

/* --- others ----------------------------------------------------------------------------------- */

/* In a chat two others exchange a file: all of it comes to us, too, and is none of our business. */
static void test_others(void)
{
    service *svc = p2p_service();
    user *u = live_user(svc);
    g_autoptr(GBytes) content = files_content(NAME, SIZE);

    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_check(service_robot_invite(svc, BOB, CAROL));
    live_wait(service_switchboards(svc, ALICE) == 1, CONV_PATIENCE);
    live_check(service_robot_say(svc, BOB, "Hello"));
    conv_saw(u, conv_new_chat(u), "< " BOB ": " ARIAL("Hello"));
    live_check(service_robot_offer(svc, BOB, CAROL, NAME, content));
    live_wait(is_over(svc, BOB) && is_over(svc, CAROL), CONV_PATIENCE);
    check_sum(svc, CAROL, SIZE);
    live_check(service_robot_waits(svc, BOB) == 0 && service_robot_waits(svc, CAROL) == 0);
    live_quiet();
    live_check_count(svc, "SB >>> MSG *", 0);
    conv_end(svc, u);
}

static void add_tests(void)
{
    live_add("/p2p-peers/others", test_others, TRUE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
