/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stream cut into commands: whole, byte by byte, at every split, and broken. */
#include "expect.h"
#include "framer.h"
#include "guard.h"
#include "ns.h"
#include "switchboard.h"

#include <string.h>

/* Feeds one piece and describes all frames that come of it. */
static msnp_result feed(msnp_framer *framer, GString *seen, const char *data, size_t len)
{
    msnp_result result = MSNP_MORE;
    size_t done = 0;
    do {
        size_t part = MIN(len - done, MSNP_FEED_MAX);
        guarded place = guard_after(data + done, part);
        msnp_err err = msnp_framer_feed(framer, place.data, place.len);
        guard_free(&place);
        g_assert_cmpint(err, ==, MSNP_OK);
        done += part;
        msnp_cmd cmd;
        msnp_str line;
        while ((result = msnp_framer_next(framer, &cmd, &line)) == MSNP_DONE) {
            g_string_append(seen, cmd.name);
            for (size_t i = 0; i < cmd.argc; i++)
                g_string_append_printf(seen, "[%.*s]", (int)cmd.argv[i].len, cmd.argv[i].ptr);
            if (cmd.payload.len > 0) {
                char *payload = escaped(cmd.payload);
                g_string_append_printf(seen, "{%s}", payload);
                g_free(payload);
            }
            g_string_append_c(seen, ' ');
            /* The line is the one that was parsed. */
            msnp_cmd again;
            g_assert_cmpint(msnp_cmd_parse(&again, &msnp_ns_verbs, line), ==, MSNP_OK);
            g_assert_cmpuint(again.argc, ==, cmd.argc);
        }
    } while (result == MSNP_MORE && done < len);
    if (result == MSNP_BAD) {
        msnp_cmd cmd;
        g_string_append_printf(seen, "bad: %s", msnp_err_name(framer->err));
        g_assert_cmpint(msnp_framer_next(framer, &cmd, NULL), ==, MSNP_BAD);
        g_assert_cmpint(msnp_framer_next(framer, &cmd, NULL), ==, MSNP_BAD);
    }
    return result;
}

/* The frames of the bytes in pieces of `size`, the first one ending at `split`. */
static void check(const char *data, size_t len, size_t split, size_t size, const char *want)
{
    msnp_framer framer;
    GString *seen = g_string_new(NULL);
    msnp_framer_init(&framer, &msnp_ns_verbs);
    msnp_result result = MSNP_MORE;
    for (size_t at = 0; at < len && result == MSNP_MORE;) {
        size_t part = MIN(at < split ? split - at : size, len - at);
        result = feed(&framer, seen, data + at, part);
        at += part;
    }
    if (strcmp(seen->str, want) != 0)
        g_error("split at %zu, then %zu each: got \"%s\", not \"%s\"", split, size, seen->str,
                want);
    msnp_framer_clear(&framer);
    g_string_free(seen, TRUE);
}

static void check_all_ways(const char *data, size_t len, const char *want)
{
    check(data, len, 0, len, want);
    for (size_t size = 1; size < 4; size++)
        check(data, len, 0, size, want);
    for (size_t split = 0; split <= len; split++)
        check(data, len, split, len, want);
}

#define BYTES(text) text, sizeof(text) - 1

static void test_frames(void)
{
    static const struct {
        const char *data;
        size_t len;
        const char *frames;
    } table[] = {
        {BYTES(""), ""},
        {BYTES("QNG\r\n"), "QNG "},
        {BYTES("QNG\n"), "QNG "},
        {BYTES("QNG"), ""},
        {BYTES("QNG\r"), ""},
        {BYTES("VER 1 MSNP8 CVR0\r\nCVR 2 6.0\r\n"), "VER[1][MSNP8][CVR0] CVR[2][6.0] "},
        {BYTES("VER 1 MSNP8\nCVR 2 x\r\nQNG\n"), "VER[1][MSNP8] CVR[2][x] QNG "},
        {BYTES("\r\n\r\nQNG\r\n\n\nQNG\r\n\r\n"), "QNG QNG "},
        {BYTES("LST  a \r\n"), "LST[][a][] "},
        {BYTES("MSG Hotmail Hotmail 5\r\nhelloQNG\r\n"), "MSG[Hotmail][Hotmail][5]{hello} QNG "},
        {BYTES("MSG a b 0\r\nQNG\r\n"), "MSG[a][b][0] QNG "},
        {BYTES("MSG a b 3\nxyzQNG\n"), "MSG[a][b][3]{xyz} QNG "},
        {BYTES("MSG a b 5\r\nhell"), ""},
        {BYTES("MSG a b 8\r\nQNG\r\n\0\r\nQNG\r\n"), "MSG[a][b][8]{QNG\\r\\n\\x00\\r\\n} QNG "},
        {BYTES("MSG a b 007\r\n1234567QNG\r\n"), "MSG[a][b][007]{1234567} QNG "},
        {BYTES("MSG a b 2\r\n\r\n\r\nQNG\r\n"), "MSG[a][b][2]{\\r\\n} QNG "},
        {BYTES("NOT 3\r\nxyzIPG 2\r\nabUBX a@b 1\r\ncGCF x 0\r\nUBN a 1\r\ndUBM a 1\r\neNFY PUT "
               "1\r\nfQNG\r\n"),
         "NOT[3]{xyz} IPG[2]{ab} UBX[a@b][1]{c} GCF[x][0] UBN[a][1]{d} UBM[a][1]{e} "
         "NFY[PUT][1]{f} QNG "},
        /* No payload where none belongs, known or not. */
        {BYTES("ZZZ a 3\r\nQNG\r\n"), "ZZZ[a][3] QNG "},
        {BYTES("CHL 0 12345\r\nQNG\r\n"), "CHL[0][12345] QNG "},

        {BYTES("MSG\r\n"), "bad: malformed"},
        {BYTES("MSG \r\n"), "bad: malformed"},
        {BYTES("MSG a b\r\n"), "bad: malformed"},
        {BYTES("MSG a b 5 \r\nhello"), "bad: malformed"},
        {BYTES("MSG a b  5x\r\n"), "bad: malformed"},
        {BYTES("MSG a b -1\r\n"), "bad: malformed"},
        {BYTES("MSG a b +5\r\nhello"), "bad: malformed"},
        {BYTES("MSG a b -0\r\n"), "bad: malformed"},
        {BYTES("MSG a b 0x5\r\nhello"), "bad: malformed"},
        {BYTES("MSG a b 5a\r\nhello"), "bad: malformed"},
        {BYTES("MSG a b \t5\r\nhello"), "bad: malformed"},
        {BYTES("MSG a b 5.0\r\nhello"), "bad: malformed"},
        {BYTES("MSG a b 1e1\r\nhello"), "bad: malformed"},
        {BYTES("MSG a b 65537\r\n"), "bad: malformed"},
        {BYTES("MSG a b 2147483648\r\n"), "bad: malformed"},
        {BYTES("MSG a b 4294967296\r\n"), "bad: malformed"},
        {BYTES("MSG a b 4294967301\r\nhello"), "bad: malformed"},
        {BYTES("MSG a b 18446744073709551621\r\nhello"), "bad: malformed"},
        {BYTES("MSG a b 99999999999999999999999999\r\n"), "bad: malformed"},
        {BYTES("NOT x\r\n"), "bad: malformed"},
        {BYTES("NOT\r\n"), "bad: malformed"},
        {BYTES("UBX a@b -5\r\n"), "bad: malformed"},

        {BYTES("QNG\0\r\n"), "bad: malformed"},
        {BYTES("\0\r\n"), "bad: malformed"},
        {BYTES(" \r\n"), "bad: malformed"},
        {BYTES("QNG\r\nX\r\nQNG\r\n"), "QNG bad: malformed"},
        {BYTES("QNG\rQNG\r\n"), "bad: malformed"},
        {BYTES("QNG\r\r\n"), "bad: malformed"},
        {BYTES("HTTP/1.1 400 Bad Request\r\n"), "bad: malformed"},
        {BYTES("SSH-2.0-OpenSSH_9.2\r\n"), "bad: malformed"},
        {BYTES("\x15\x03\x01\0\x02\x02\n"), "bad: malformed"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *text = escaped((msnp_str){table[i].data, table[i].len});
        g_test_message("%s", text);
        g_free(text);
        check_all_ways(table[i].data, table[i].len, table[i].frames);
    }
}

/* A few ways are enough for long input. */
static void check_long(const char *data, size_t len, const char *want)
{
    check(data, len, 0, len, want);
    check(data, len, 0, 1, want);
    check(data, len, 0, 1000, want);
    check(data, len, len - 1, 1, want);
    check(data, len, 3, len, want);
}

static void test_line_limit(void)
{
    for (int over = 0; over < 2; over++) {
        for (int crlf = 0; crlf < 2; crlf++) {
            const char *end = crlf ? "\r\n" : "\n";
            char *argument = repeated("x", MSNP_LINE_MAX - 4 - strlen(end) + (size_t)over);
            char *data = g_strconcat("LST ", argument, end, "QNG\r\n", NULL);
            char *frames = g_strconcat("LST[", argument, "] QNG ", NULL);
            check_long(data, strlen(data), over ? "bad: too-long" : frames);
            g_free(frames);
            g_free(data);
            g_free(argument);
        }
    }
    /* A line that never ends is given up at the limit, not when memory is gone. */
    msnp_framer framer;
    msnp_framer_init(&framer, &msnp_ns_verbs);
    char *piece = repeated("x", 1024);
    size_t fed = 0;
    msnp_cmd cmd;
    do {
        g_assert_cmpint(msnp_framer_feed(&framer, piece, 1024), ==, MSNP_OK);
        fed += 1024;
        g_assert_cmpuint(fed, <=, MSNP_LINE_MAX + 1024);
    } while (msnp_framer_next(&framer, &cmd, NULL) == MSNP_MORE);
    g_assert_cmpint(framer.err, ==, MSNP_ERR_TOO_LONG);
    msnp_framer_clear(&framer);
    g_free(piece);
}

static void test_payload_limit(void)
{
    char *payload = repeated("y", MSNP_PAYLOAD_MAX);
    char *data = g_strdup_printf("MSG a b %d\r\n%sQNG\r\nMSG a b %d\r\n%sQNG\r\n", MSNP_PAYLOAD_MAX,
                                 payload, MSNP_PAYLOAD_MAX, payload);
    char *frames = g_strdup_printf("MSG[a][b][%d]{%s} QNG MSG[a][b][%d]{%s} QNG ", MSNP_PAYLOAD_MAX,
                                   payload, MSNP_PAYLOAD_MAX, payload);
    check_long(data, strlen(data), frames);
    g_free(frames);
    g_free(data);

    /* The longest frame and the most that may be fed behind it, many times over. */
    char *padding = repeated("p", MSNP_LINE_MAX - strlen("MSG  b 65536\r\n"));
    data = g_strdup_printf("MSG %s b %d\r\n%s", padding, MSNP_PAYLOAD_MAX, payload);
    size_t len = strlen(data);
    msnp_framer framer;
    msnp_framer_init(&framer, &msnp_ns_verbs);
    size_t frames_seen = 0;
    for (size_t at = 0; at < 4 * len;) {
        char piece[MSNP_FEED_MAX];
        size_t part = MIN(sizeof(piece), 4 * len - at);
        for (size_t i = 0; i < part; i++)
            piece[i] = data[(at + i) % len];
        g_assert_cmpint(msnp_framer_feed(&framer, piece, part), ==, MSNP_OK);
        at += part;
        msnp_cmd cmd;
        while (msnp_framer_next(&framer, &cmd, NULL) == MSNP_DONE) {
            g_assert_cmpuint(cmd.payload.len, ==, MSNP_PAYLOAD_MAX);
            frames_seen++;
        }
        g_assert_cmpint(framer.err, ==, MSNP_OK);
    }
    g_assert_cmpuint(frames_seen, ==, 4);
    msnp_framer_clear(&framer);
    g_free(data);
    g_free(padding);
    g_free(payload);
}

static void test_arg_limit(void)
{
    char *args = repeated(" x", MSNP_ARGS_MAX + 1);
    char *data = g_strconcat("LST", args, "\r\n", NULL);
    check_all_ways(data, strlen(data), "bad: malformed");
    g_free(data);
    g_free(args);
}

/* Nothing is taken or lost by asking or feeding nothing. */
static void test_nothing(void)
{
    msnp_framer framer;
    msnp_cmd cmd;
    msnp_framer_init(&framer, &msnp_ns_verbs);
    g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_MORE);
    g_assert_cmpint(msnp_framer_feed(&framer, "", 0), ==, MSNP_OK);
    g_assert_cmpint(msnp_framer_feed(&framer, "QN", 2), ==, MSNP_OK);
    g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_MORE);
    g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_MORE);
    g_assert_cmpint(msnp_framer_feed(&framer, "G\r\nOUT", 6), ==, MSNP_OK);
    g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_DONE);
    g_assert_cmpstr(cmd.name, ==, "QNG");
    g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_MORE);
    g_assert_cmpint(msnp_framer_feed(&framer, "\r\n", 2), ==, MSNP_OK);
    g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_DONE);
    g_assert_cmpstr(cmd.name, ==, "OUT");
    g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_MORE);
    msnp_framer_clear(&framer);
    msnp_framer_clear(&framer);
}

/* After the end of one stream the next begins as new, whatever was left of the first. */
static void test_again(void)
{
    static const char *const leftovers[] = {"QN", "MSG a b 10\r\nQNG", "MSG a b x\r\n",
                                            "VERS 1\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(leftovers); i++) {
        msnp_framer framer;
        msnp_cmd cmd;
        msnp_framer_init(&framer, &msnp_ns_verbs);
        g_assert_cmpint(msnp_framer_feed(&framer, leftovers[i], strlen(leftovers[i])), ==, MSNP_OK);
        g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), !=, MSNP_DONE);
        msnp_framer_clear(&framer);
        g_assert_cmpint(msnp_framer_feed(&framer, "OUT\r\n", 5), ==, MSNP_OK);
        g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_DONE);
        g_assert_cmpstr(cmd.name, ==, "OUT");
        g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_MORE);
        msnp_framer_clear(&framer);
    }
}

/* What has a payload depends on the kind of server. */
static void test_verbs(void)
{
    static const char data[] = "NOT 6\r\nOUT 1\nMSG a b 5\r\nACK 1JOI c d\r\n";
    static const struct {
        const msnp_verbs *verbs;
        const char *names[6];
    } table[] = {
        {&msnp_ns_verbs, {"NOT", "MSG", "JOI", NULL}},
        {&msnp_switchboard_verbs, {"NOT", "OUT", "MSG", "JOI", NULL}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_framer framer;
        msnp_cmd cmd;
        size_t n = 0;
        msnp_framer_init(&framer, table[i].verbs);
        g_assert_cmpint(msnp_framer_feed(&framer, data, sizeof data - 1), ==, MSNP_OK);
        while (msnp_framer_next(&framer, &cmd, NULL) == MSNP_DONE)
            g_assert_cmpstr(cmd.name, ==, table[i].names[n++]);
        g_assert_null(table[i].names[n]);
        g_assert_cmpint(framer.err, ==, MSNP_OK);
        /* As new it is still for the same kind. */
        msnp_framer_clear(&framer);
        g_assert_cmpint(msnp_framer_feed(&framer, "JOI a@b\r\n", 9), ==, MSNP_OK);
        g_assert_cmpint(msnp_framer_next(&framer, &cmd, NULL), ==, MSNP_DONE);
        g_assert_cmpint(cmd.verb != NULL, ==, table[i].verbs == &msnp_switchboard_verbs);
        msnp_framer_clear(&framer);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/framer/frames", test_frames);
    g_test_add_func("/framer/line-limit", test_line_limit);
    g_test_add_func("/framer/payload-limit", test_payload_limit);
    g_test_add_func("/framer/arg-limit", test_arg_limit);
    g_test_add_func("/framer/nothing", test_nothing);
    g_test_add_func("/framer/again", test_again);
    g_test_add_func("/framer/verbs", test_verbs);
    return g_test_run();
}
