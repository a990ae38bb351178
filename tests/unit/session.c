/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include "doc.h"

/* From the connection on. */
static void sign_in(drive *d)
{
    drive_connected(d);
    drive_feed(d, DOC_VER DOC_CVR_ANSWER "USR 3 TWN S ct=1\r\n");
    drive_ticket(d, "t=1");
    drive_feed(d, DOC_USR_OK);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LISTS);
    drive_forget(d);
}

drive *session_at_lists(void)
{
    const msnp_ns_config config = {
        .account = DOC_ACCOUNT,
        .host = DOC_DISPATCH,
        .port = 1863,
        .status = MSNP_STATUS_ONLINE,
    };
    drive *d = drive_ns(&config);
    drive_start(d);
    sign_in(d);
    return d;
}

drive *session_online(const char *lists)
{
    drive *d = session_at_lists();
    drive_feed(d, lists);
    drive_feed(d, "CHG 6 NLN 0\r\n");
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ONLINE);
    drive_forget(d);
    return d;
}

void session_move(drive *d)
{
    drive_feed(d, "XFR 0 NS other:1863\r\n");
    sign_in(d);
}
