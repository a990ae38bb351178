/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files through the service, with robots that do it as each of the real clients does, and at each
 * fault: the file arrives, or the person is told why not, and the robot has nothing to complain
 * about.
 */
#include "file_helpers.h"

#include <string.h>

#define SIZE  50000
#define EMPTY G_MAXUINT
#define KNOWS 0x10000000 /* client id */

/* Why it did not work. */
#define CANCELLED BOB " cancelled the transfer."
#define DECLINED  BOB " declined the file."
#define ERROR     "The other program reported an error."
#define EXPIRED   BOB " did not answer in time."
#define SILENT    "Nothing was transferred for one minute."
#define UNSURE    "The other program did not confirm that it received the whole file."
#define WRONG     "The file does not have the size that was announced."

typedef enum { SENDS, TAKES } deed; /* of the user */

enum {
    LAME = 1, /* not all messages of the robot are acknowledged: some were lost */
    WAITS = 2 /* for a deadline */
};

typedef struct {
    const char *name;
    deed deed;
    const char *reason; /* in the conversation; NULL: the file arrives */
    const char *knobs[5];
    guint size; /* 0: SIZE */
    guint how;
} row;

/* What is not set is what most clients do. */
static const row rows[] = {
    {"plain", TAKES, NULL, {NULL}, 0, 0},
    {"empty", TAKES, NULL, {NULL}, EMPTY, 0},
    {"one", TAKES, NULL, {NULL}, 1, 0},
    {"piece", TAKES, NULL, {NULL}, 1202, 0},
    {"more", TAKES, NULL, {NULL}, 1203, 0},
    {"pieces-and-one-more", TAKES, NULL, {"p2p-extra"}, 5 * 1202, 0},
    {"version-3", TAKES, NULL, {"p2p-context=v3"}, 0, 0},
    {"version-3-short", TAKES, NULL, {"p2p-context=v3-637"}, 0, 0},
    {"preview", TAKES, NULL, {"p2p-context=preview"}, 0, 0},
    {"unpadded", TAKES, NULL, {"p2p-context=unpadded"}, 0, 0},
    {"wrong-length", TAKES, NULL, {"p2p-context=says-much"}, 0, 0},
    {"pieces-of-slp", TAKES, NULL, {"p2p-piece=100"}, 0, 0},
    {"bytes-of-slp", TAKES, NULL, {"p2p-piece=1"}, 0, 0},
    {"chunks-1", TAKES, NULL, {"p2p-chunk=1"}, 1203, 0},
    {"chunks-1024", TAKES, NULL, {"p2p-chunk=1024"}, 0, 0},
    {"flags-20", TAKES, NULL, {"p2p-flags=0x20"}, 0, 0},
    {"flags-30", TAKES, NULL, {"p2p-flags=0x30"}, 0, 0},
    {"flags-01000020", TAKES, NULL, {"p2p-flags=0x01000020"}, 0, 0},
    {"slp-flags", TAKES, NULL, {"p2p-new-flags"}, 0, 0},
    {"footer-0", TAKES, NULL, {"p2p-footer=0"}, 0, 0},
    {"footer-1", TAKES, NULL, {"p2p-footer=1"}, 0, 0},
    {"footer-2", TAKES, NULL, {"p2p-footer=2"}, 0, 0},
    {"identifiers", TAKES, NULL, {"p2p-old-identifiers"}, 0, 0},
    {"headers-reversed", TAKES, NULL, {"p2p-headers=reversed"}, 0, 0},
    {"headers-bare", TAKES, NULL, {"p2p-headers=bare"}, 0, 0},
    {"dest-none", TAKES, NULL, {"p2p-dest=none"}, 0, 0},
    {"dest-case", TAKES, NULL, {"p2p-dest=case"}, 0, 0},
    {"transport", TAKES, NULL, {"p2p-transport=plain"}, 0, 0},
    {"transport-hashed", TAKES, NULL, {"p2p-transport=hashed"}, 0, 0},
    {"transport-second", TAKES, NULL, {"p2p-transport=second"}, 0, 0},
    {"early", TAKES, NULL, {"p2p-early"}, 0, 0},
    {"preparation", TAKES, NULL, {"p2p-prepare"}, 0, 0},
    {"ack-request", TAKES, NULL, {"p2p-ack-request"}, 0, 0},
    {"no-bye", TAKES, NULL, {"p2p-bye=never"}, 0, 0},
    {"early-bye", TAKES, NULL, {"p2p-bye=early"}, 0, 0},
    {"bye-ended", TAKES, NULL, {"p2p-bye-ended"}, 0, 0},
    {"no-acks", TAKES, NULL, {"p2p-no-ack=answer,bye"}, 0, 0},
    {"elsewhere", TAKES, NULL, {"p2p-elsewhere"}, 0, 0},
    {"leaves", TAKES, NULL, {"p2p-leave"}, 0, LAME},
    {"slow", TAKES, NULL, {"p2p-slow=40000"}, 5000, WAITS},
    {"repeats", TAKES, NULL, {"p2p-at=20000", "p2p-then=repeat"}, 0, 0},
    {"leaves-out", TAKES, NULL, {"p2p-at=20000", "p2p-then=gap"}, 0, 0},
    {"beyond", TAKES, NULL, {"p2p-at=20000", "p2p-then=beyond"}, 0, 0},
    {"longer", TAKES, NULL, {"p2p-at=20000", "p2p-then=longer"}, 0, 0},
    {"third", TAKES, NULL, {"p2p-at=20000", "p2p-then=third", "p2p-third=" CAROL}, 0, 0},
    {"closed", TAKES, NULL, {"p2p-at=20000", "p2p-then=close"}, 0, LAME},
    {"closed-before", TAKES, NULL, {"p2p-at=0", "p2p-then=close"}, 0, LAME},
    {"left", TAKES, NULL, {"p2p-at=20000", "p2p-then=leave"}, 0, LAME},
    {"cancels-before", TAKES, CANCELLED, {"p2p-at=0", "p2p-then=cancel"}, 0, 0},
    {"cancels", TAKES, CANCELLED, {"p2p-at=20000", "p2p-then=cancel"}, 0, 0},
    {"cancels-603", TAKES, CANCELLED, {"p2p-at=20000", "p2p-then=cancel", "p2p-cancel=603"}, 0, 0},
    {"cancels-flags",
     TAKES,
     CANCELLED,
     {"p2p-at=20000", "p2p-then=cancel", "p2p-cancel=flags"},
     0,
     0},
    {"other-total", TAKES, WRONG, {"p2p-at=20000", "p2p-then=other-total"}, 0, 0},
    {"other-size", TAKES, WRONG, {"p2p-size=4"}, 0, 0},
    {"stops-before", TAKES, SILENT, {"p2p-at=0", "p2p-then=stop"}, 0, WAITS},
    {"stops", TAKES, SILENT, {"p2p-at=20000", "p2p-then=stop"}, 0, WAITS},
    {"gives-up",
     TAKES,
     SILENT,
     {"p2p-at=20000", "p2p-then=close", "p2p-gives-up"},
     0,
     LAME | WAITS},

    {"plain", SENDS, NULL, {NULL}, 0, 0},
    {"empty", SENDS, NULL, {NULL}, EMPTY, 0},
    {"one", SENDS, NULL, {NULL}, 1, 0},
    {"piece", SENDS, NULL, {NULL}, 1202, 0},
    {"more", SENDS, NULL, {NULL}, 1203, 0},
    {"pieces-of-slp", SENDS, NULL, {"p2p-piece=100"}, 0, 0},
    {"slp-flags", SENDS, NULL, {"p2p-new-flags"}, 0, 0},
    {"footer", SENDS, NULL, {"p2p-footer=2"}, 0, 0},
    {"identifiers", SENDS, NULL, {"p2p-old-identifiers"}, 0, 0},
    {"headers-reversed", SENDS, NULL, {"p2p-headers=reversed"}, 0, 0},
    {"headers-bare", SENDS, NULL, {"p2p-headers=bare"}, 0, 0},
    {"dest-none", SENDS, NULL, {"p2p-dest=none"}, 0, 0},
    {"dest-case", SENDS, NULL, {"p2p-dest=case"}, 0, 0},
    {"elsewhere", SENDS, NULL, {"p2p-elsewhere"}, 0, 0},
    {"late", SENDS, NULL, {"p2p-wait=250000"}, 0, WAITS},
    {"bye-too", SENDS, NULL, {"p2p-bye=receiver"}, 0, 0},
    {"bye-ended", SENDS, NULL, {"p2p-bye-ended"}, 0, 0},
    {"leaves", SENDS, NULL, {"p2p-leave"}, 0, LAME},
    {"blind", SENDS, NULL, {"p2p-no-ack=data,bye", "p2p-blind", "p2p-leave"}, 0, LAME},
    {"no-ack", SENDS, NULL, {"p2p-no-ack=data,bye"}, 0, WAITS},
    {"asks-again", SENDS, NULL, {"p2p-at=20000", "p2p-then=nak"}, 0, 0},
    {"third", SENDS, NULL, {"p2p-at=20000", "p2p-then=third", "p2p-third=" CAROL}, 0, 0},
    {"closed", SENDS, NULL, {"p2p-at=20000", "p2p-then=close"}, 0, LAME},
    {"left", SENDS, NULL, {"p2p-at=20000", "p2p-then=leave"}, 0, LAME},
    {"acks-late", SENDS, NULL, {"sb-p2p-ack-delay=300"}, 0, 0},
    {"acks-lost", SENDS, NULL, {"sb-p2p-lose-every=20"}, 0, LAME | WAITS},
    {"pieces-lost", SENDS, NULL, {"sb-p2p-drop-every=20"}, 0, LAME | WAITS},
    {"pieces-refused", SENDS, NULL, {"sb-p2p-nak-every=20"}, 0, LAME},
    {"close-at-20", SENDS, NULL, {"sb-p2p-close-at=20"}, 0, LAME},
    {"no-p2p-there", SENDS, NULL, {"p2p-no-ack=invite", "p2p-answer=0"}, 0, LAME | WAITS},
    {"no-p2p", SENDS, NULL, {"sb-no-p2p"}, 0, 0},
    {"declines", SENDS, DECLINED, {"p2p-answer=603"}, 0, 0},
    {"fails", SENDS, NULL, {"p2p-answer=500"}, 0, 0},
    {"is-busy", SENDS, NULL, {"p2p-answer=480"}, 0, 0},
    {"does-not-answer", SENDS, EXPIRED, {"p2p-answer=0"}, 0, WAITS},
    {"cancels-before", SENDS, CANCELLED, {"p2p-at=0", "p2p-then=cancel"}, 0, 0},
    {"cancels", SENDS, CANCELLED, {"p2p-at=20000", "p2p-then=cancel"}, 0, 0},
    {"cancels-soon", SENDS, CANCELLED, {"p2p-at=1202", "p2p-then=cancel"}, 3000, 0},
    {"cancels-603", SENDS, CANCELLED, {"p2p-at=20000", "p2p-then=cancel", "p2p-cancel=603"}, 0, 0},
    {"cancels-flags",
     SENDS,
     CANCELLED,
     {"p2p-at=20000", "p2p-then=cancel", "p2p-cancel=flags"},
     0,
     0},
    {"gives-up",
     SENDS,
     UNSURE,
     {"p2p-at=20000", "p2p-then=close", "p2p-gives-up"},
     0,
     LAME | WAITS},
    {"leaves-for-good",
     SENDS,
     UNSURE,
     {"p2p-at=20000", "p2p-then=leave", "p2p-gives-up"},
     0,
     LAME | WAITS},
};

static gsize size_of(const row *r)
{
    return r->size == EMPTY ? 0 : r->size ? r->size : SIZE;
}

/* --- what is common --------------------------------------------------------------------------- */

static service *p2p_service(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);

    service_set_client_id(svc, BOB, KNOWS);
    service_set_client_id(svc, CAROL, KNOWS);
    return svc;
}

static const char *address_of(const user *u)
{
    return purple_account_get_username(u->account);
}

static gboolean is_over(service *svc, const char *robot)
{
    const service_file *f = service_robot_file(svc, robot);

    return f && f->state >= SERVICE_FILE_DONE;
}

static char *name_of(gsize size)
{
    return g_strdup_printf("a file of %" G_GSIZE_FORMAT ".bin", size);
}

static void begin_transfer(service *svc, user *u, deed d, gsize size)
{
    g_autofree char *name = name_of(size);
    g_autoptr(GBytes) content = files_content(name, size);

    if (d == SENDS) {
        files_send(u, BOB, files_make(name, size));
        return;
    }
    if (service_switchboards(svc, address_of(u)) == 0)
        live_check(service_robot_ring(svc, BOB, address_of(u)));
    live_check(service_robot_offer(svc, BOB, address_of(u), name, content));
}

/* What arrived is what belongs to its name. */
static void check_received(const transfer *t)
{
    gsize size = purple_xfer_get_size(t->xfer);
    g_autofree char *name = name_of(size);
    g_autoptr(GBytes) content = files_content(name, size);
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, content);
    g_autofree char *received = files_sum(purple_xfer_get_local_filename(t->xfer));

    live_check(g_strcmp0(sum, received) == 0);
}

static void check_content(service *svc, const user *u, deed d, gsize size)
{
    const transfer *t = files_newest(u, d == SENDS);
    g_autofree char *sum = files_sum(purple_xfer_get_local_filename(t->xfer));
    const service_file *f = service_robot_file(svc, BOB);

    live_check(t->n_completed == 1 && purple_xfer_get_size(t->xfer) == size);
    check_received(t);
    live_wait(f->state == SERVICE_FILE_DONE, 100);
    live_check(d == TAKES || g_strcmp0(sum, f->sha256) == 0);
}

/* --- the rows --------------------------------------------------------------------------------- */

/* A person with a service of its own, in which it is so. */
typedef struct {
    const row *row;
    service *svc;
    user *u;
} scene;

static void scene_begin(scene *s, const row *r, const char *address)
{
    s->row = r;
    s->svc = p2p_service();
    s->u = live_user_named(s->svc, address);
    for (guint i = 0; r->knobs[i]; i++)
        live_set(s->svc, r->knobs[i]);
    live_online(s->u);
    conv_open(s->u, BOB);
    begin_transfer(s->svc, s->u, r->deed, size_of(r));
}

/* What the person sees at the end. */
static void check_line(const scene *s)
{
    const char *line = strrchr(conv_unread(s->u, BOB), '\n');

    live_check(line);
    if (!s->row->reason)
        live_check(g_str_has_suffix(line, " complete"));
    else
        live_check(g_str_has_prefix(line, "\n! The file &quot;") && strstr(line, s->row->reason));
}

static void scene_check(const scene *s)
{
    g_test_message("%s: %s", s->row->name, conv_unread(s->u, BOB));
    if (!s->row->reason)
        check_content(s->svc, s->u, s->row->deed, size_of(s->row));
    live_quiet();
    check_line(s);
    /* Whoever was invited meanwhile. */
    service_robot_leave(s->svc, CAROL, FALSE);
    live_check(s->row->how & LAME || service_robot_waits(s->svc, BOB) == 0);
    conv_forget(s->u);
}

static void test_row(gconstpointer data)
{
    scene s;

    files_begin(TRUE, NULL);
    scene_begin(&s, data, ALICE);
    live_wait(files_completed() + files_cancelled() == 1, 60);
    scene_check(&s);
    files_end();
    conv_end(s.svc, s.u);
}

/* Those in which the time passes, all at once. */
static void test_waiting(void)
{
    scene scenes[G_N_ELEMENTS(rows)];
    guint n = 0;

    files_begin(TRUE, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].how & WAITS) {
            g_autofree char *address = g_strdup_printf("person%u@example.com", i);

            scene_begin(&scenes[n++], &rows[i], address);
        }
    live_wait(files_completed() + files_cancelled() == n, 1000);
    for (guint i = 0; i < n; i++)
        scene_check(&scenes[i]);
    files_end();
    /* What was never acknowledged is waited for. */
    for (guint i = 0; i < n; i++)
        conv_close(scenes[i].u, BOB);
    for (guint i = 0; i < n; i++) {
        live_wait(service_connections(scenes[i].svc, SERVICE_SWITCHBOARD) == 0, 100);
        conv_end(scenes[i].svc, scenes[i].u);
    }
}

/* --- ended by the person, or taken back ----------------------------------------------
 */

/* At one of the moments at which the person may want that. */
typedef struct {
    const char *name;
    deed deed;
    const char
        *where; /* the name of the signal; NULL: as soon as it is offered to the robot, or taken */
    const char *knob;
} moment;

static const moment moments[] = {
    {"before", TAKES, NULL, "p2p-then=stop"},   {"begun", TAKES, "file-recv-start", NULL},
    {"middle", TAKES, "update_progress", NULL}, {"asked", SENDS, NULL, "p2p-answer=0"},
    {"begun", SENDS, "file-send-start", NULL},  {"middle", SENDS, "update_progress", NULL},
};

static const moment *now_;

static void cancel_there(const char *where, PurpleXfer *xfer)
{
    if (now_ && g_strcmp0(where, now_->where) == 0 && !purple_xfer_is_canceled(xfer)) {
        now_ = NULL;
        purple_xfer_cancel_local(xfer);
    }
}

/* The robot hears of it, once, and all that it has said is acknowledged. */
static void test_ended(gconstpointer data)
{
    const moment *m = data;
    service *svc = p2p_service();
    user *u = live_user(svc);

    if (m->knob)
        live_set(svc, m->knob);
    live_settled(u);
    conv_open(u, BOB);
    now_ = m;
    files_begin(TRUE, cancel_there);
    begin_transfer(svc, u, m->deed, SIZE);
    if (!m->where) {
        live_wait(service_robot_files(svc, BOB,
                                      m->deed == SENDS ? SERVICE_FILE_OFFERED
                                                       : SERVICE_FILE_ACCEPTED) == 1,
                  CONV_PATIENCE);
        cancel_there(NULL, files_newest(u, m->deed == SENDS)->xfer);
    }
    live_wait(!now_ && is_over(svc, BOB), 60);
    live_check(service_robot_file(svc, BOB)->state == SERVICE_FILE_FAILED);
    live_quiet();
    live_check(service_robot_waits(svc, BOB) == 0);
    files_end();
    conv_forget(u);
    conv_end(svc, u);
}

/* Taken back before the person has answered: the dialog closes. */
static void test_withdrawn(gconstpointer knob)
{
    service *svc = p2p_service();
    user *u = live_user(svc);

    if (knob)
        live_set(svc, knob);
    live_settled(u);
    conv_open(u, BOB);
    files_begin(FALSE, NULL);
    begin_transfer(svc, u, TAKES, SIZE);
    live_wait(files_newest(u, FALSE), CONV_PATIENCE);
    live_check(service_robot_withdraw(svc, BOB, "TIMEOUT"));
    live_wait(files_cancelled() == 1, CONV_PATIENCE);
    live_quiet();
    live_check(!client_open_dialog(DIALOG_QUESTION));
    client_forget_dialogs();
    live_check(service_robot_waits(svc, BOB) == 0);
    files_end();
    conv_forget(u);
    conv_end(svc, u);
}

/* --- several, and the right way -----------------------------------------------------------------
 */

/* At once, in both directions, with two people: each has its own bytes. */
static void test_several(void)
{
    static const gsize sizes[] = {20000, 30000, 40000};
    service *svc = p2p_service();
    user *u = live_user(svc);
    g_autofree char *theirs = name_of(SIZE);

    live_settled(u);
    conv_open(u, BOB);
    conv_open(u, CAROL);
    files_begin(TRUE, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        begin_transfer(svc, u, TAKES, sizes[i]);
    begin_transfer(svc, u, SENDS, SIZE);
    files_send(u, CAROL, files_make(theirs, SIZE));
    live_wait(files_completed() == 5 || files_cancelled() > 0, 60);
    live_wait(service_robot_files(svc, BOB, SERVICE_FILE_DONE) == 4, CONV_PATIENCE);
    live_wait(service_robot_files(svc, CAROL, SERVICE_FILE_DONE) == 1, CONV_PATIENCE);
    for (guint i = 0; i < files_all()->len; i++)
        check_received(g_ptr_array_index(files_all(), i));
    live_check(g_strcmp0(service_robot_file(svc, CAROL)->sha256,
                         service_robot_file(svc, BOB)->sha256) == 0);
    live_quiet();
    live_check(service_robot_waits(svc, BOB) == 0 && service_robot_waits(svc, CAROL) == 0);
    files_end();
    conv_forget(u);
    conv_end(svc, u);
}

typedef struct {
    const char *name;
    guint32 before;    /* the client id of the contact at first */
    guint32 client_id; /* ... and now */
    gboolean speaks;   /* has taken a file at first, whatever the id says */
    gboolean relayed;  /* so the file goes through the service */
} announcement;

static const announcement announcements[] = {
    {"messenger-5", 0, 0, FALSE, FALSE},
    {"messenger-5-with-p2p", 0, 0, TRUE, TRUE},
    {"turned-off", KNOWS, 0, TRUE, FALSE},
    {"messenger-6", KNOWS, KNOWS, FALSE, TRUE},
    {"newest", 0xf0000000, 0xf0000000, FALSE, TRUE},
};

/* What the contact's client announces decides, and what it has sent. */
static void test_announced(gconstpointer data)
{
    const announcement *a = data;
    service *svc = p2p_service();
    user *u = live_user(svc);

    service_set_client_id(svc, BOB, a->before);
    live_contact(svc, BOB, NULL);
    live_settled(u);
    conv_open(u, BOB);
    files_begin(TRUE, NULL);
    if (a->speaks) {
        live_set(svc, "p2p-always");
        begin_transfer(svc, u, TAKES, 5000);
        live_wait(files_completed() == 1 && is_over(svc, BOB), 60);
    }
    live_quiet();
    service_set_client_id(svc, BOB, a->client_id);
    live_quiet();
    service_forget_transcript(svc);
    begin_transfer(svc, u, SENDS, SIZE);
    live_wait(files_completed() == (a->speaks ? 2 : 1), 60);
    check_content(svc, u, SENDS, SIZE);
    live_quiet();
    live_check_count(svc, "SB >>> | INVITE MSNMSGR:*", a->relayed ? 1 : 0);
    live_check_count(svc, "SB >>> | Invitation-Command: INVITE", a->relayed ? 0 : 1);
    files_end();
    conv_forget(u);
    conv_end(svc, u);
}

/* --- others ----------------------------------------------------------------------------------- */

/* In a chat two others exchange a file: all of it comes to us, too, and is none of our business. */
static void test_others(void)
{
    service *svc = p2p_service();
    user *u = live_user(svc);
    g_autoptr(GBytes) content = files_content("theirs.bin", SIZE);

    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_check(service_robot_invite(svc, BOB, CAROL));
    live_wait(service_switchboards(svc, ALICE) == 1, CONV_PATIENCE);
    live_check(service_robot_say(svc, BOB, "Hello"));
    conv_saw(u, conv_new_chat(u), "< " BOB ": " ARIAL("Hello"));
    live_check(service_robot_offer(svc, BOB, CAROL, "theirs.bin", content));
    live_wait(is_over(svc, BOB) && is_over(svc, CAROL), CONV_PATIENCE);
    live_check(service_robot_file(svc, CAROL)->state == SERVICE_FILE_DONE);
    live_check(service_robot_waits(svc, BOB) == 0 && service_robot_waits(svc, CAROL) == 0);
    live_quiet();
    live_check_count(svc, "SB >>> MSG *", 0);
    conv_end(svc, u);
}

static void add_tests(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf(
            "/p2p-peers/%s/%s", rows[i].deed == SENDS ? "send" : "take", rows[i].name);

        if (!(rows[i].how & WAITS))
            live_add_data(path, &rows[i], test_row, !rows[i].knobs[0] && !rows[i].size);
    }
    for (guint i = 0; i < G_N_ELEMENTS(moments); i++) {
        g_autofree char *path = g_strdup_printf(
            "/p2p-peers/%s/ended/%s", moments[i].deed == SENDS ? "send" : "take", moments[i].name);

        live_add_data(path, &moments[i], test_ended, FALSE);
    }
    for (guint i = 0; i < G_N_ELEMENTS(announcements); i++) {
        g_autofree char *path = g_strconcat("/p2p-peers/to/", announcements[i].name, NULL);

        live_add_data(path, &announcements[i], test_announced, FALSE);
    }
    live_add_data("/p2p-peers/take/withdrawn", NULL, test_withdrawn, FALSE);
    live_add_data("/p2p-peers/take/withdrawn-603", "p2p-cancel=603", test_withdrawn, FALSE);
    live_add("/p2p-peers/several", test_several, FALSE);
    live_add("/p2p-peers/waiting", test_waiting, FALSE);
    live_add("/p2p-peers/others", test_others, TRUE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
