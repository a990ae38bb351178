/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clients that act in the middle of what they are told about a transfer: they run a main loop of
 * their own, cancel, sign out, or remove the account. And people who offer more than anybody wants.
 */
#include "file_helpers.h"

#include <string.h>

#define SIZE 200000
#define NAME "a file.bin"

typedef enum { NESTS, CANCELS, SIGNS_OUT, REMOVES, N_DEEDS } deed;

typedef struct {
    const char *where;
    gboolean sends;
    gboolean removable; /* libpurple itself survives that the account is removed there */
    const char *knobs[3];
} place;

#define AWRY(bytes)                                 \
    {                                               \
        "file-at=100000", "file-block.reply=" bytes \
    }

static const place places[] = {
    {"new_xfer", FALSE, TRUE, {NULL}},
    {"file-recv-request", FALSE, FALSE, {NULL}},
    {"add_xfer", FALSE, FALSE, {NULL}},
    {"file-recv-start", FALSE, TRUE, {NULL}},
    {"update_progress", FALSE, TRUE, {NULL}},
    {"file-recv-complete", FALSE, FALSE, {NULL}},
    {"file-recv-cancel", FALSE, FALSE, AWRY("\\x01\\0\\0")},
    {"cancel_local", FALSE, TRUE, AWRY("\\x01\\0\\0")},
    {"file-recv-start", FALSE, TRUE, {"file-nat"}},
    {"new_xfer", TRUE, TRUE, {NULL}},
    {"add_xfer", TRUE, TRUE, {NULL}},
    {"file-send-start", TRUE, TRUE, {NULL}},
    {"update_progress", TRUE, TRUE, {NULL}},
    {"file-send-complete", TRUE, FALSE, {NULL}},
    {"file-send-cancel", TRUE, FALSE, AWRY("CCL\\r\\n")},
    {"cancel_local", TRUE, TRUE, AWRY("CCL\\r\\n")},
    {"file-send-start", TRUE, TRUE, {"file-listen"}},
};

static const char *const deeds[N_DEEDS] = {"nests", "cancels", "signs-out", "removes"};

static struct {
    user *u; /* who acts; NULL when it is done */
    const char *where;
    deed deed;
} moment;

static void act(const char *where, PurpleXfer *xfer)
{
    user *u = moment.u;

    if (!u || strcmp(where, moment.where) != 0)
        return;
    moment.u = NULL;
    switch (moment.deed) {
    case NESTS:
        for (guint i = 0; i < 200; i++)
            g_main_context_iteration(NULL, FALSE);
        break;
    case CANCELS:
        if (!purple_xfer_is_completed(xfer) && !purple_xfer_is_canceled(xfer))
            purple_xfer_cancel_local(xfer);
        break;
    case SIGNS_OUT:
        user_sign_out(u);
        break;
    case REMOVES:
        user_free(u);
        break;
    case N_DEEDS:
        break;
    }
}

static void begin_transfer(service *svc, user *u, gboolean sending)
{
    g_autoptr(GBytes) content = files_content(NAME, SIZE);

    if (sending) {
        files_send(u, BOB, files_make(NAME, SIZE));
        return;
    }
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_check(service_robot_offer(svc, BOB, ALICE, NAME, content));
}

/* Not what libpurple itself does not survive. */
static gboolean makes_sense(const place *p, deed d)
{
    return d == CANCELS ? strcmp(p->where, "new_xfer") != 0 : d != REMOVES || p->removable;
}

static void test_moment(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    const place *p = &places[i / N_DEEDS];
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    moment.u = u;
    moment.where = p->where;
    moment.deed = (deed)(i % N_DEEDS);
    for (guint k = 0; p->knobs[k]; k++)
        live_set(svc, p->knobs[k]);
    files_choose(u, FILES_DIRECTLY);
    live_settled(u);
    conv_open(u, BOB);
    files_begin(TRUE, act);
    begin_transfer(svc, u, p->sends);
    live_wait(!moment.u && files_all_ended(), 60);
    /* Nobody is asked about what is over. */
    live_check(!client_open_dialog(DIALOG_QUESTION));
    if (moment.deed == REMOVES)
        u = live_user(svc);
    else
        live_offline(svc, u);
    files_end();
    client_forget_dialogs();
    live_settled(u);
    conv_forget(u);
    conv_end(svc, u);
}

/* Bob, who offers files, has rung; `accept`: the user takes what is offered. */
static user *begin_offers(service *svc, gboolean accept)
{
    user *u = live_user(svc);

    live_settled(u);
    conv_open(u, BOB);
    files_begin(accept, NULL);
    live_check(service_robot_ring(svc, BOB, ALICE));
    return u;
}

static void end_offers(service *svc, user *u)
{
    files_end();
    conv_forget(u);
    conv_end(svc, u);
}

/* Who offers a thousand files is asked about as few as the limit says. */
static void test_flood(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_offers(svc, FALSE);
    g_autoptr(GBytes) content = g_bytes_new(NULL, 0);

    for (guint i = 0; i < 1000; i++)
        live_check(service_robot_offer(svc, BOB, ALICE, "flood", content));
    live_check(service_robot_say(svc, BOB, "that was all"));
    live_wait(strstr(conv_unread(u, BOB), "that was all"), 60);
    live_quiet();
    g_test_message("%u of them were offered to the user", files_all()->len);
    live_check(files_all()->len > 0 && files_all()->len <= 32);
    live_check(client_count_dialogs(DIALOG_QUESTION) == files_all()->len);
    live_offline(svc, u);
    client_forget_dialogs();
    end_offers(svc, u);
}

#define TEN            "0123456789"
#define FORTY          TEN TEN TEN TEN
#define SEVENTY        FORTY TEN TEN TEN
#define CUT            "\xe2\x80\xa6" /* ... */
#define NO_BREAK_SPACE "\xc2\xa0"
#define IDEOGRAPH      "\xe6\x97\xa5"

/* What a file is called by the one who sends it, and by the client that suggests where to save it.
 */
static const char *const names[][2] = {
    {"../../etc/passwd", "passwd"},
    {"C:\\autoexec.bat", "autoexec.bat"},
    {"/", "file"},
    {"..", "file"},
    {".bashrc", "bashrc"},
    {"CON.txt", "_CON.txt"},
    {"a\x01\x1b[31m?<b>.txt", "a  [31m__b_.txt"},
    {"exe.\xe2\x80\xaegpj", "exe.gpj"},
    {"\xff\xfe.txt", NULL},
    /* A question as wide as this has its buttons outside of the screen. */
    {SEVENTY, SEVENTY},
    {SEVENTY ".txt", FORTY "01234" CUT "456789" TEN ".txt"},
    {"a " SEVENTY "b c", "a " FORTY "01234" CUT "123456789" TEN "b c"},
    {FORTY NO_BREAK_SPACE FORTY, FORTY NO_BREAK_SPACE "0123" CUT TEN TEN},
    {FORTY " " FORTY ".txt", FORTY " " FORTY ".txt"},
    {FORTY IDEOGRAPH FORTY, FORTY IDEOGRAPH FORTY},
};

static void test_names(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_offers(svc, TRUE);
    g_autoptr(GBytes) content = g_bytes_new(NULL, 0);

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *name;

        live_check(service_robot_offer(svc, BOB, ALICE, names[i][0], content));
        live_wait(files_completed() == i + 1, 10);
        name = purple_xfer_get_filename(files_newest(u, FALSE)->xfer);
        g_test_message("%s", name);
        live_check(!names[i][1] || strcmp(name, names[i][1]) == 0);
        live_check(g_utf8_validate(name, -1, NULL));
    }
    end_offers(svc, u);
}

/* Offers with sizes that are none, or too large: nobody is asked, and the sender hears no. */
static void test_sizes(void)
{
    static const char *const sizes[] = {"-1", "4294967296", "99999999999999999999", "x", "0x10"};
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_offers(svc, TRUE);
    g_autoptr(GBytes) content = g_bytes_new(NULL, 0);

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *knob = g_strconcat("file-size=", sizes[i], NULL);

        live_set(svc, knob);
        live_check(service_robot_offer(svc, BOB, ALICE, "x", content));
        live_wait(service_robot_files(svc, BOB, SERVICE_FILE_FAILED) == i + 1, 10);
    }
    live_check(files_all()->len == 0);
    end_offers(svc, u);
}

static void add_tests(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(places) * N_DEEDS; i++) {
        const place *p = &places[i / N_DEEDS];
        g_autofree char *path = g_strdup_printf(
            "/file-hazards/%s%s/%s/%s", p->sends ? "send" : "take",
            p->knobs[0] && !p->knobs[1] ? "-hidden" : "", p->where, deeds[i % N_DEEDS]);

        if (makes_sense(p, (deed)(i % N_DEEDS)))
            live_add_data(path, GUINT_TO_POINTER(i), test_moment, FALSE);
    }
    live_add("/file-hazards/names", test_names, FALSE);
    live_add("/file-hazards/sizes", test_sizes, FALSE);
    live_add("/file-hazards/flood", test_flood, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
