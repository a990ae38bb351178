/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Robots that send and take files, in each role and with each fault: every transfer ends once, the
 * person is told why, and no part of a file stays.
 */
#include "file_helpers.h"

#include <glib/gstdio.h>
#include <string.h>

#define SIZE 5000
#define NAME "a file.bin"

/* Why it did not work. */
#define CANCELLED   BOB " cancelled the transfer."
#define CONFUSED    "The other program sent something unexpected."
#define DECLINED    BOB " declined the file."
#define ERROR       "The other program reported an error."
#define EXPIRED     BOB " did not answer in time."
#define FULL        "The other computer could not save the file. Its disk may be full."
#define LATE        "The other program did not say where it can be reached."
#define LOST        "The connection was lost."
#define NOBODY_CAME "The other computer could not connect to this one. If there is a firewall"
#define OTHER_SIZE  "The file does not have the size that was announced."
#define SILENT      "Nothing was transferred for one minute."
#define UNABLE      "The program that " BOB " uses cannot receive files."
#define UNREACHED   "Could not connect to the other computer. A firewall or router may be"

typedef enum { SENDS, TAKES } deed; /* of the user */

typedef struct {
    const char *name;
    deed deed;
    const char *reason; /* in the conversation; NULL: the file arrives */
    const char *knobs[4];
    gboolean waits; /* for a deadline */
} row;

static const row rows[] = {
    /* What is not usual, and not wrong. */
    {"plain", TAKES, NULL, {NULL}, FALSE},
    {"nat", TAKES, NULL, {"file-nat"}, FALSE},
    {"nat-garbage", TAKES, NULL, {"file-nat", "file-stranger=garbage"}, FALSE},
    {"nat-silent", TAKES, NULL, {"file-nat", "file-stranger=silent"}, FALSE},
    {"nat-again", TAKES, NULL, {"file-nat", "file-stranger=again"}, FALSE},
    {"odd-blocks", TAKES, NULL, {"file-blocks=0,1,2,65535"}, FALSE},
    {"tiny-blocks", TAKES, NULL, {"file-blocks=1"}, FALSE},
    {"end-block", TAKES, NULL, {"file-end-block"}, FALSE},
    {"elsewhere", TAKES, NULL, {"file-elsewhere"}, FALSE},
    {"slow", TAKES, NULL, {"file-slow=50000"}, TRUE},
    {"internal",
     TAKES,
     NULL,
     {"file-address=127.0.0.1:CLOSED", "file-internal=127.0.0.1:0"},
     FALSE},
    {"external", TAKES, NULL, {"file-internal=127.0.0.1:CLOSED"}, FALSE},
    {"external-mute", TAKES, NULL, {"file-internal=127.0.0.1:MUTE"}, FALSE},
    {"internal-mute",
     TAKES,
     NULL,
     {"file-address=127.0.0.1:MUTE", "file-internal=127.0.0.1:0"},
     FALSE},
    {"plain", SENDS, NULL, {NULL}, FALSE},
    {"listen", SENDS, NULL, {"file-listen"}, FALSE},
    {"listen-internal",
     SENDS,
     NULL,
     {"file-listen", "file-address=127.0.0.1:CLOSED", "file-internal=127.0.0.1:0"},
     FALSE},
    {"listen-external-mute", SENDS, NULL, {"file-listen", "file-internal=127.0.0.1:MUTE"}, FALSE},
    {"here-nat", SENDS, NULL, {"client-ip=127.0.0.9"}, FALSE},
    {"elsewhere", SENDS, NULL, {"file-elsewhere"}, FALSE},
    {"slow", SENDS, NULL, {"file-slow=50000"}, TRUE},
    {"garbage", SENDS, NULL, {"file-stranger=garbage"}, FALSE},
    {"silent", SENDS, NULL, {"file-stranger=silent"}, FALSE},
    {"cookie", SENDS, NULL, {"file-stranger=cookie"}, FALSE},
    {"account", SENDS, NULL, {"file-stranger=account"}, FALSE},
    {"again", SENDS, NULL, {"file-stranger=again"}, FALSE},
    {"no-bye", SENDS, NULL, {"file-bye.close"}, FALSE},

    /* The invitation. */
    {"no-address", TAKES, LATE, {"file-where.silent"}, TRUE},
    {"address-fails", TAKES, ERROR, {"file-where.cancel=FTTIMEOUT"}, FALSE},
    {"address-rejects", TAKES, CANCELLED, {"file-where.cancel=REJECT"}, FALSE},
    {"address-times-out", TAKES, CANCELLED, {"file-where.cancel=TIMEOUT"}, FALSE},
    {"address-closed", TAKES, CANCELLED, {"file-where.cancel=OUTBANDCANCEL"}, FALSE},
    {"address-other", TAKES, ERROR, {"file-where.cancel=WHATEVER"}, FALSE},
    {"nowhere", TAKES, UNREACHED, {"file-address=127.0.0.1:CLOSED"}, FALSE},
    {"nowhere-at-all",
     TAKES,
     UNREACHED,
     {"file-address=127.0.0.1:CLOSED", "file-internal=0.0.0.0:1"},
     TRUE},
    {"mute", TAKES, UNREACHED, {"file-address=127.0.0.1:MUTE"}, TRUE},
    {"nobody-comes", TAKES, NOBODY_CAME, {"file-nat", "file-connect.silent"}, TRUE},
    {"rejects", SENDS, DECLINED, {"file-accept.cancel=REJECT"}, FALSE},
    {"cannot", SENDS, UNABLE, {"file-accept.cancel=REJECT_NOT_INSTALLED"}, FALSE},
    {"times-out", SENDS, CANCELLED, {"file-accept.cancel=TIMEOUT"}, FALSE},
    {"fails", SENDS, ERROR, {"file-accept.cancel=FAIL"}, FALSE},
    {"closes", SENDS, CANCELLED, {"file-accept.cancel=OUTBANDCANCEL"}, FALSE},
    {"says-nothing", SENDS, EXPIRED, {"file-accept.silent"}, TRUE},
    {"nobody-comes", SENDS, NOBODY_CAME, {"file-connect.silent"}, TRUE},
    {"listen-nowhere", SENDS, UNREACHED, {"file-listen", "file-address=127.0.0.1:CLOSED"}, FALSE},
    {"listen-mute", SENDS, UNREACHED, {"file-listen", "file-address=127.0.0.1:MUTE"}, TRUE},

    /* The connection. */
    {"ver-silent", TAKES, UNREACHED, {"file-ver.silent"}, TRUE},
    {"ver-other", TAKES, CONFUSED, {"file-ver.reply=VER NOTHING\\r\\n"}, FALSE},
    {"fil-silent", TAKES, UNREACHED, {"file-fil.silent"}, TRUE},
    {"fil-other", TAKES, OTHER_SIZE, {"file-fil.reply=FIL 4999\\r\\n"}, FALSE},
    {"fil-closed", TAKES, LOST, {"file-fil.close"}, FALSE},
    {"fil-cancelled", TAKES, ERROR, {"file-fil.cancel=FAIL"}, FALSE},
    {"data-silent", TAKES, SILENT, {"file-block.silent", "file-at=3000"}, TRUE},
    {"data-closed", TAKES, LOST, {"file-block.close", "file-at=3000"}, FALSE},
    {"data-reset", TAKES, LOST, {"file-block.reset", "file-at=3000"}, FALSE},
    {"data-ended", TAKES, CANCELLED, {"file-block.reply=\\x01\\0\\0", "file-at=3000"}, FALSE},
    {"data-garbage", TAKES, CONFUSED, {"file-block.reply=\\x07\\0\\0", "file-at=3000"}, FALSE},
    {"data-too-much", TAKES, CONFUSED, {"file-block.reply=\\0\\xff\\xff", "file-at=4999"}, FALSE},
    {"data-cancelled", TAKES, CANCELLED, {"file-block.cancel=TIMEOUT", "file-at=3000"}, FALSE},
    {"nat-data-reset", TAKES, LOST, {"file-nat", "file-block.reset", "file-at=3000"}, FALSE},
    {"ver-silent", SENDS, NOBODY_CAME, {"file-ver.silent"}, TRUE},
    {"ver-other", SENDS, NOBODY_CAME, {"file-ver.reply=HELO\\r\\n"}, TRUE},
    {"usr-silent", SENDS, NOBODY_CAME, {"file-usr.silent"}, TRUE},
    {"usr-other", SENDS, NOBODY_CAME, {"file-usr.reply=USR {account} 17\\r\\n"}, TRUE},
    {"tfr-silent", SENDS, SILENT, {"file-tfr.silent"}, TRUE},
    {"tfr-ccl", SENDS, CANCELLED, {"file-tfr.reply=CCL\\r\\n"}, FALSE},
    {"data-ccl", SENDS, CANCELLED, {"file-block.reply=CCL\\r\\n", "file-at=3000"}, FALSE},
    {"data-full", SENDS, FULL, {"file-block.reply=BYE 2147942405\\r\\n", "file-at=3000"}, FALSE},
    {"data-silent", SENDS, SILENT, {"file-block.silent", "file-at=3000"}, TRUE},
    {"data-reset", SENDS, LOST, {"file-block.reset", "file-at=3000"}, FALSE},
    {"data-cancelled", SENDS, ERROR, {"file-block.cancel=FAIL", "file-at=3000"}, FALSE},
    {"bye-silent", SENDS, SILENT, {"file-bye.silent"}, TRUE},
    {"bye-other", SENDS, ERROR, {"file-bye.reply=BYE 17\\r\\n"}, FALSE},
    {"bye-reset", SENDS, LOST, {"file-bye.reset"}, FALSE},
    {"bye-garbage", SENDS, CONFUSED, {"file-bye.reply=\\xff\\r\\n"}, FALSE},
    {"listen-ver-silent", SENDS, UNREACHED, {"file-listen", "file-ver.silent"}, TRUE},
    {"listen-usr-other",
     SENDS,
     CONFUSED,
     {"file-listen", "file-usr.reply=USR {account} 17\\r\\n"},
     FALSE},
    {"listen-data-reset", SENDS, LOST, {"file-listen", "file-block.reset", "file-at=3000"}, FALSE},
};

/* Sets a knob, with a port to which nobody listens, or on which nobody says a word. */
static void set_knob(service *svc, const char *knob, int *mute)
{
    const char *colon = strrchr(knob, ':');
    g_autofree char *text = NULL;
    int port = 0;

    if (colon && strcmp(colon, ":CLOSED") == 0)
        port = live_closed_port();
    else if (colon && strcmp(colon, ":MUTE") == 0)
        *mute = live_mute_listener(&port);
    text = port ? g_strdup_printf("%.*s%d", (int)(colon + 1 - knob), knob, port) : g_strdup(knob);
    live_set(svc, text);
}

/* A person with a service of its own, in which this goes wrong. */
typedef struct {
    const row *row;
    service *svc;
    user *u;
    int mute; /* a socket, or -1 */
} scene;

static const char *address_of(const user *u)
{
    return purple_account_get_username(u->account);
}

static void begin_transfer(service *svc, user *u, deed d)
{
    g_autoptr(GBytes) content = files_content(NAME, SIZE);

    if (d == SENDS) {
        files_send(u, BOB, files_make(NAME, SIZE));
        return;
    }
    if (service_switchboards(svc, address_of(u)) == 0)
        live_check(service_robot_ring(svc, BOB, address_of(u)));
    live_check(service_robot_offer(svc, BOB, address_of(u), NAME, content));
}

static void scene_begin(scene *s, const row *r, const char *address)
{
    s->row = r;
    s->svc = conv_service("joins", BOB, NULL);
    s->u = live_user_named(s->svc, address);
    s->mute = -1;
    files_choose(s->u, FILES_DIRECTLY);
    for (guint i = 0; r->knobs[i]; i++)
        set_knob(s->svc, r->knobs[i], &s->mute);
    live_online(s->u);
    conv_open(s->u, BOB);
    begin_transfer(s->svc, s->u, r->deed);
}

static void check_content(const scene *s)
{
    g_autoptr(GBytes) content = files_content(NAME, SIZE);
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, content);
    const transfer *t = files_newest(s->u, s->row->deed == SENDS);
    g_autofree char *received = files_sum(purple_xfer_get_local_filename(t->xfer));
    const service_file *f = service_robot_file(s->svc, BOB);

    live_check(t->n_completed == 1);
    live_wait(f->state == SERVICE_FILE_DONE, 100);
    live_check(g_strcmp0(sum, s->row->deed == SENDS ? f->sha256 : received) == 0);
}

/* What the person sees: how it began, and one line about how it ended. */
static void check_lines(const scene *s)
{
    const char *line = strrchr(conv_unread(s->u, BOB), '\n');
    const char *failed = s->row->deed == SENDS ? "\n! The file &quot;" NAME
                                                 "&quot; was not sent to "
                                               : "\n! The file &quot;" NAME "&quot; from ";

    live_check(line);
    if (!s->row->reason)
        live_check(g_str_has_suffix(line, " complete"));
    else
        live_check(g_str_has_prefix(line, failed) && strstr(line, s->row->reason));
}

static void scene_check(const scene *s)
{
    g_test_message("%s: %s", s->row->name, conv_unread(s->u, BOB));
    if (!s->row->reason)
        check_content(s);
    live_quiet();
    check_lines(s);
    conv_forget(s->u);
}

static void scene_end(scene *s)
{
    if (s->mute >= 0)
        g_close(s->mute, NULL);
    conv_end(s->svc, s->u);
}

static void test_row(gconstpointer data)
{
    scene s;

    files_begin(TRUE, NULL);
    scene_begin(&s, data, ALICE);
    live_wait(files_completed() + files_cancelled() == 1, 60);
    scene_check(&s);
    files_end();
    scene_end(&s);
}

/* Those in which the time passes, all at once. */
static void test_waiting(void)
{
    scene scenes[G_N_ELEMENTS(rows)];
    guint n = 0;

    files_begin(TRUE, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].waits) {
            g_autofree char *address = g_strdup_printf("person%u@example.com", i);

            scene_begin(&scenes[n++], &rows[i], address);
        }
    live_wait(files_completed() + files_cancelled() == n, 1000);
    for (guint i = 0; i < n; i++)
        scene_check(&scenes[i]);
    files_end();
    for (guint i = 0; i < n; i++)
        scene_end(&scenes[i]);
}

/*
 * Cut off at any byte of the beginning: the file never counts as whole. Of one person who offers
 * more than 40 files in ten seconds no more are shown.
 */
static void test_cut(gconstpointer data)
{
    deed d = (deed)GPOINTER_TO_INT(data);
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    /* Whoever connects sees at once that it does not work. */
    live_set(svc, "file-listen");
    files_choose(u, FILES_DIRECTLY);
    live_settled(u);
    conv_open(u, BOB);
    for (guint i = 0; i < 120; i += conv_is_slow() ? 13 : d == TAKES ? 3 : 1) {
        g_autofree char *knob = g_strdup_printf("file-%s=%u", i % 2 ? "cut" : "break", i);

        live_set(svc, knob);
        files_begin(TRUE, NULL);
        begin_transfer(svc, u, d);
        live_wait(files_cancelled() == 1, 60);
        files_end();
        service_unset(svc, "file-cut");
        service_unset(svc, "file-break");
        conv_forget(u);
    }
    conv_end(svc, u);
}

/* One way fails, and the file arrives on the other: a line in between says so. */
static const struct {
    const char *name;
    guint32 client_id;
    const char *knobs[4];
    const char *line;
} turns[] = {
    {"to-direct",
     0x10000000,
     {"p2p-no-ack=invite", "p2p-answer=0"},
     "could not be sent through the service. It is now offered again, over a direct connection."},
    {"to-service",
     0,
     {"p2p-always", "file-accept.cancel=REJECT_NOT_INSTALLED"},
     "could not be sent directly. It is now offered again, through the service."},
};

static void test_other_way(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    for (guint k = 0; turns[i].knobs[k]; k++)
        live_set(svc, turns[i].knobs[k]);
    service_set_client_id(svc, BOB, turns[i].client_id);
    service_put(svc, ALICE, BOB, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, NULL);
    live_settled(u);
    conv_open(u, BOB);
    files_begin(TRUE, NULL);
    begin_transfer(svc, u, SENDS);
    live_wait(files_completed() + files_cancelled() == 1, 60);
    live_check(files_completed() == 1);
    conv_saw(u, BOB,
             "* Offering to send " NAME " to Bob\n* The file &quot;" NAME "&quot; %s\n"
             "* Transfer of file " NAME " complete",
             turns[i].line);
    files_end();
    conv_end(svc, u);
}

static void add_tests(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(turns); i++) {
        g_autofree char *path = g_strdup_printf("/file-faults/other-way/%s", turns[i].name);

        live_add_data(path, GUINT_TO_POINTER(i), test_other_way, FALSE);
    }
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf(
            "/file-faults/%s/%s", rows[i].deed == SENDS ? "send" : "take", rows[i].name);

        if (!rows[i].waits)
            live_add_data(path, &rows[i], test_row, !rows[i].knobs[0]);
    }
    live_add("/file-faults/waiting", test_waiting, FALSE);
    live_add_data("/file-faults/send/cut", GINT_TO_POINTER(SENDS), test_cut, FALSE);
    live_add_data("/file-faults/take/cut", GINT_TO_POINTER(TAKES), test_cut, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
