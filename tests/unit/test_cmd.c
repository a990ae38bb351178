/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line to a command and back, and what of it may be logged. */
#include "cmd.h"
#include "expect.h"
#include "guard.h"
#include "ns_base.h"
#include "switchboard.h"

#include <string.h>

/* "NAME[argument][argument]", or the name of the error. */
static const msnp_mask nothing;

static char *describe(msnp_str line)
{
    msnp_cmd cmd;
    memset(&cmd, 0x5a, sizeof(cmd));
    msnp_err err = msnp_cmd_parse(&cmd, &msnp_ns_verbs, line);
    if (err != MSNP_OK)
        return g_strdup(msnp_err_name(err));
    GString *text = g_string_new(cmd.name);
    for (size_t i = 0; i < cmd.argc; i++)
        g_string_append_printf(text, "[%.*s]", (int)cmd.argv[i].len, cmd.argv[i].ptr);
    if (cmd.number != 0)
        g_string_append_printf(text, " error %u", cmd.number);
    g_assert_cmpuint(cmd.payload.len, ==, 0);
    g_assert_true(cmd.verb == NULL || strcmp(cmd.verb->name, cmd.name) == 0);
    g_assert_true(cmd.number == 0 || cmd.verb == NULL);
    return g_string_free(text, FALSE);
}

static void test_parse(void)
{
    static const struct {
        const char *line;
        const char *parsed;
    } table[] = {
        {"VER 1 MSNP8 CVR0", "VER[1][MSNP8][CVR0]"},
        {"VER 1 0", "VER[1][0]"},
        {"XFR 3 NS 207.46.106.35:1863 0 207.46.104.20:1863",
         "XFR[3][NS][207.46.106.35:1863][0][207.46.104.20:1863]"},
        {"USR 4 OK example@passport.com example%20friendlyname 1 0",
         "USR[4][OK][example@passport.com][example%20friendlyname][1][0]"},
        {"QNG", "QNG"},
        {"QNG ", "QNG[]"},
        {"OUT OTH", "OUT[OTH]"},
        {"MSG Hotmail Hotmail 430", "MSG[Hotmail][Hotmail][430]"},
        {"911 4", "911[4] error 911"},
        {"911", "911 error 911"},
        {"500 4 and more", "500[4][and][more] error 500"},
        {"ABC", "ABC"},
        {"AB1 x", "AB1[x]"},
        /* Empty parameters are parameters. */
        {"LST  a", "LST[][a]"},
        {"LST a  b", "LST[a][][b]"},
        {"LST a ", "LST[a][]"},
        {"LST   ", "LST[][][]"},
        /* One space separates, nothing else does. */
        {"NLN a\tb", "NLN[a\tb]"},
        {"NLN a\xc2\xa0"
         "b",
         "NLN[a\xc2\xa0"
         "b]"},
        {"NLN \xff\xfe", "NLN[\xff\xfe]"},

        {"", "malformed"},
        {" ", "malformed"},
        {"   ", "malformed"},
        {"A", "malformed"},
        {"VE", "malformed"},
        {"VE ", "malformed"},
        {" VER", "malformed"},
        {"VERS", "malformed"},
        {"VERS 1", "malformed"},
        {"VER\t1", "malformed"},
        {"V R 1", "malformed"},
        {"VE\xc3\xa9 1", "malformed"},
        {"\xef\xbb\xbfVER 1", "malformed"},
        {"HTTP/1.1 400 Bad Request", "malformed"},
        {"SSH-2.0-OpenSSH_9.2", "malformed"},
        {"-11 4", "malformed"},
        {"+11 4", "malformed"},
        {"<html>", "malformed"},
        {"9110 4", "malformed"},
        {"91 4", "malformed"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (int after = 0; after < 2; after++) {
            size_t len = strlen(table[i].line);
            guarded place =
                after ? guard_after(table[i].line, len) : guard_before(table[i].line, len);
            char *parsed = describe(guard_view(&place));
            g_assert_cmpstr(parsed, ==, table[i].parsed);
            g_free(parsed);
            guard_free(&place);
        }
    }
    static const struct {
        const char *line;
        size_t len;
    } with_nul[] = {{"VER\0", 4},
                    {"VE\0 1", 5},
                    {"VER 1\0", 6},
                    {"VER \0"
                     "1",
                     6},
                    {"\0VER 1", 6}};
    for (size_t i = 0; i < G_N_ELEMENTS(with_nul); i++) {
        char *parsed = describe((msnp_str){with_nul[i].line, with_nul[i].len});
        g_assert_cmpstr(parsed, ==, "malformed");
        g_free(parsed);
    }
}

static void test_many_args(void)
{
    char *args = repeated(" x", MSNP_ARGS_MAX);
    char *most = g_strconcat("LST", args, NULL);
    char *more = g_strconcat(most, " ", NULL);
    char *many = repeated(" ", MSNP_LINE_MAX);
    memcpy(many, "LST", 3);
    msnp_cmd cmd;
    g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_ns_verbs, msnp_str_of(most)), ==, MSNP_OK);
    g_assert_cmpuint(cmd.argc, ==, MSNP_ARGS_MAX);
    g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_ns_verbs, msnp_str_of(more)), ==,
                    MSNP_ERR_MALFORMED);
    g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_ns_verbs, msnp_str_of(many)), ==,
                    MSNP_ERR_MALFORMED);
    g_free(many);
    g_free(more);
    g_free(most);
    g_free(args);
}

static void check_prefix(msnp_str text, void *user)
{
    (void)user;
    g_free(describe(text));
    g_free(msnp_cmd_redact(&msnp_ns_verbs, text, 0, 0, &nothing));
}

static void test_prefixes(void)
{
    static const char line[] = "USR 3 TWN S lc=1033,id=507,tw=40  ";
    guard_prefixes(line, strlen(line), check_prefix, NULL);
}

static void test_complete(void)
{
    static const struct {
        const char *line;
        bool complete;
    } table[] = {
        {"USR 4 OK example@passport.com", true},
        {"USR 4 OK", false},
        {"USR 4", false},
        {"USR", false},
        {"XFR 3 NS host:1863", true},
        {"XFR 3 NS", false},
        {"XFR 3", false},
        {"CHG 6 NLN 0", true},
        {"CHG 6", false},
        {"CHG", false},
        {"CHL 0 15570131571988941333", true},
        {"CHL 0", false},
        {"CHL", false},
        {"VER", false},
        {"CVR", false},
        {"SYN", false},
        {"OUT", true},
        {"QNG", true},
        {"QNG 50", true},
        {"GTC A", true},
        {"GTC", false},
        {"BLP", false},
        {"PRP PHH", true},
        {"PRP", false},
        {"LSG 0 Other%20Contacts", true},
        {"LSG 0", false},
        {"LST a@b a 3", true},
        {"LST a@b a", false},
        {"BPR PHH", true},
        {"BPR", false},
        {"ILN 6 NLN a@b", true},
        {"ILN 6 NLN", false},
        {"NLN NLN a@b", true},
        {"NLN NLN", false},
        {"FLN a@b", true},
        {"FLN", false},
        {"ADD 0 RL 28 a@b", true},
        {"ADD 0 RL 28", false},
        {"REM 0 RL 28 a@b", true},
        {"REM 0 RL 28", false},
        {"ADG 7 28 x 4 0", true},
        {"ADG 7 28 x 4", true},
        {"ADG 7 28 x", false},
        {"REG 7 28 1 x 0", true},
        {"RMG 7 28 1", true},
        {"REA 7 28 a@b x", true},
        {"REA 7", false},
        {"ZZZ", true}, /* nobody knows what it needs */
        {"911", true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_cmd cmd;
        g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_ns_verbs, msnp_str_of(table[i].line)), ==,
                        MSNP_OK);
        say(table[i].line);
        g_assert_cmpint(msnp_cmd_complete(&cmd), ==, table[i].complete);
    }
}

static void test_payload_verbs(void)
{
    static const struct {
        const char *line;
        bool payload;
    } table[] = {
        {"MSG a b 5", true},  {"NOT 5", true},      {"IPG 5", true},       {"UBX a 5", true},
        {"GCF 5", true},      {"UBN a 5", true},    {"UBM a 5", true},     {"NFY 5", true},
        {"VER 5", false},     {"CHL 0 5", false},   {"XFR 3 NS 5", false}, {"LST a b 5", false},
        {"BPR PHH 5", false}, {"PRP PHH 5", false}, {"ADD 0 RL 5", false}, {"REA 1 2 5", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_cmd cmd;
        g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_ns_verbs, msnp_str_of(table[i].line)), ==,
                        MSNP_OK);
        say(table[i].line);
        g_assert_nonnull(cmd.verb);
        g_assert_cmpint(cmd.verb->payload, ==, table[i].payload);
    }
}

/* The lists come after the answer to SYN, answers to edits only when there can be one. */
static void test_steps(void)
{
    const uint32_t online = MSNP_IN(NS_ONLINE);
    const uint32_t listed = online | MSNP_IN(NS_PRESENCE);
    const uint32_t all = listed | MSNP_IN(NS_LISTS);
    const struct {
        const char *line;
        uint32_t steps;
    } table[] = {
        {"GTC A", listed}, {"BLP AL", listed},  {"PRP PHH", listed}, {"LSG 0 x 0", listed},
        {"LST a", listed}, {"BPR PHH", listed}, {"ILN 6 a", all},    {"NLN NLN a", all},
        {"FLN a@b", all},  {"ADD 0", listed},   {"REM 0", listed},   {"ADG 1", online},
        {"REG 1", online}, {"RMG 1", online},   {"REA 1", online},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_cmd cmd;
        g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_ns_verbs, msnp_str_of(table[i].line)), ==,
                        MSNP_OK);
        say(table[i].line);
        g_assert_cmphex(cmd.verb->steps, ==, table[i].steps);
    }
}

static void test_trid(void)
{
    static const struct {
        const char *line;
        bool ok;
        uint32_t trid;
    } table[] = {
        {"VER 1 MSNP8", true, 1},
        {"XFR 0 NS x", true, 0},
        {"CHG 4294967295 NLN", true, UINT32_MAX},
        {"CHG 4294967296 NLN", false, 0},
        {"CHG 18446744073709551617 NLN", false, 0},
        {"CHG -1 NLN", false, 0},
        {"CHG +1 NLN", false, 0},
        {"CHG 1x NLN", false, 0},
        {"CHG  1", false, 0},
        {"CHG", false, 0},
        {"911 4", true, 4},
        {"911", false, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_cmd cmd;
        uint32_t trid = 4711;
        g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_ns_verbs, msnp_str_of(table[i].line)), ==,
                        MSNP_OK);
        say(table[i].line);
        g_assert_cmpint(msnp_cmd_trid(&cmd, &trid), ==, table[i].ok);
        if (table[i].ok)
            g_assert_cmpuint(trid, ==, table[i].trid);
    }
}

static void test_write(void)
{
    static const struct {
        const char *name;
        uint32_t trid;
        const char *args[4];
        const char *line; /* NULL: refused */
    } table[] = {
        {"VER", 1, {"MSNP8", "CVR0", NULL}, "VER 1 MSNP8 CVR0\r\n"},
        {"CHG", 4294967295U, {"NLN", "0", NULL}, "CHG 4294967295 NLN 0\r\n"},
        {"PNG", 0, {NULL}, "PNG\r\n"},
        {"OUT", 0, {NULL}, "OUT\r\n"},
        {"SYN", 5, {"0", NULL}, "SYN 5 0\r\n"},
        {"REA", 5, {"a@b", "gr\xc3\xbc\xc3\x9f%20", NULL}, "REA 5 a@b gr\xc3\xbc\xc3\x9f%20\r\n"},
        {"USR", 4, {"TWN", "S", "t=53*1!$$&p=5", NULL}, "USR 4 TWN S t=53*1!$$&p=5\r\n"},
        {"USR", 4, {"", NULL}, NULL},
        {"USR", 4, {"TWN", "", NULL}, NULL},
        {"USR", 4, {" ", NULL}, NULL},
        {"USR", 4, {"a b", NULL}, NULL},
        {"USR", 4, {"a ", NULL}, NULL},
        {"USR", 4, {"TWN", "S", "x\r\nOUT", NULL}, NULL},
        {"USR", 4, {"x\r", NULL}, NULL},
        {"USR", 4, {"x\n", NULL}, NULL},
        {"USR", 4, {"\tx", NULL}, NULL},
        {"USR", 4, {"\x01", NULL}, NULL},
        {"USR", 4, {"x\x7f", NULL}, NULL},
        {"USR", 4, {"ok", "x\x1f", NULL}, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_buf out;
        msnp_buf_init(&out, 100, false);
        g_assert_cmpint(msnp_buf_append_text(&out, "before"), ==, MSNP_OK);
        msnp_err err = msnp_cmd_write(&out, table[i].name, table[i].trid, table[i].args);
        g_assert_cmpint(err, ==, table[i].line != NULL ? MSNP_OK : MSNP_ERR_MALFORMED);
        char *want = g_strconcat("before", table[i].line, NULL);
        expect_text(msnp_buf_view(&out), want);
        g_free(want);
        msnp_buf_clear(&out);
        if (err != MSNP_OK)
            continue;
        /* All of it or nothing. */
        size_t len = strlen(table[i].line);
        msnp_buf_init(&out, len, false);
        g_assert_cmpint(msnp_cmd_write(&out, table[i].name, table[i].trid, table[i].args), ==,
                        MSNP_OK);
        msnp_buf_clear(&out);
        for (size_t cap = 0; cap < len; cap++) {
            msnp_buf_init(&out, cap, false);
            g_assert_cmpint(msnp_cmd_write(&out, table[i].name, table[i].trid, table[i].args), ==,
                            MSNP_ERR_TOO_LONG);
            g_assert_cmpuint(out.len, ==, 0);
            msnp_buf_clear(&out);
        }
    }
}

static void test_redact(void)
{
    static const struct {
        const char *line;
        size_t payload;
        const char *shown[3];
        const char *hidden[2];
    } table[] = {
        {"VER 1 MSNP8 CVR0", 0, {"VER 1 MSNP8 CVR0"}, {NULL}},
        {"XFR 3 NS 207.46.106.35:1863", 0, {"XFR 3 NS"}, {"207", NULL}},
        {"911 4", 0, {"911 4"}, {NULL}},
        {"CHG 6 NLN 0", 0, {"CHG 6 NLN 0"}, {NULL}},
        {"OUT OTH", 0, {"OUT OTH"}, {NULL}},
        /* Whom it is about, but not what they are called. */
        {"LST a@b Alice 3 1,2", 0, {"LST a@b"}, {"Alice", NULL}},
        {"NLN NLN a@b Alice 0", 0, {"NLN NLN a@b"}, {"Alice", NULL}},
        {"ILN 6 NLN a@b Alice 0", 0, {"ILN 6 NLN a@b"}, {"Alice", NULL}},
        {"ADD 0 RL 28 a@b Alice", 0, {"ADD 0 RL 28 a@b"}, {"Alice", NULL}},
        {"REA 7 28 a@b Alice", 0, {"REA 7"}, {"Alice", NULL}},
        {"PRP PHH 555-1234", 0, {"PRP PHH"}, {"555", NULL}},
        {"PRP 7 28 PHH 555-1234", 0, {"PRP 7"}, {"555", NULL}},
        {"BPR PHW 555-1234", 0, {"BPR PHW"}, {"555", NULL}},
        {"BPR 28 a@b PHW 555-1234", 0, {"BPR 28"}, {"555", NULL}},
        {"USR 3 TWN S lc=1033,tpf=43f8", 0, {"USR 3 TWN S"}, {"lc=", "43f8"}},
        {"USR 4 TWN S t=53*1hAu&p=5eKB", 0, {"USR 4 TWN S"}, {"53*1", "5eKB"}},
        /* Broken lines do not give away what whole ones hide. */
        {"USR 4 TWN S t=53*1hAu p=5eKB x", 0, {"USR 4"}, {"53*1", "5eKB"}},
        {"USR  4 TWN S t=53*1hAu", 0, {"USR"}, {"53*1", NULL}},
        {"USR 4  TWN S t=53*1hAu", 0, {"USR"}, {"53*1", NULL}},
        {"USR 4 TWN S  t=53*1hAu", 0, {"USR"}, {"53*1", NULL}},
        {"usr 4 TWN S t=53*1hAu", 0, {NULL}, {"53*1", NULL}},
        {"USRX 4 TWN S t=53*1hAu", 0, {NULL}, {"53*1", NULL}},
        {"4 TWN S t=53*1hAu", 0, {NULL}, {"53*1", NULL}},
        {"t=53*1hAu", 0, {NULL}, {"53*1", NULL}},
        {"XFR 8 SB 207.46.108.37:1863 CKI 17262740.1050826919",
         0,
         {"XFR 8 SB"},
         {"17262740", NULL}},
        {"RNG 11752013 207.46.108.38:1863 CKI 849102291.52 bob@example.com Bob",
         0,
         {"RNG"},
         {"849102291", "11752013"}},
        {"ZZZ some thing", 0, {"ZZZ"}, {"some", "thing"}},
        {"MSG Hotmail Hotmail 430", 430, {"MSG Hotmail Hotmail 430"}, {NULL}},
        {"QRY 7 msmsgs@msnmsgr.com 32", 32, {"QRY 7 msmsgs@msnmsgr.com 32"}, {NULL}},
        {"", 0, {NULL}, {NULL}},
        {"OUT \x1b[31m\r\x07\xff\xe2\x80\xae", 0, {"OUT"}, {NULL}},
        {"500 4 \x1b]0;x\x07", 0, {"500 4"}, {NULL}},
        {"\x1b[2J", 0, {NULL}, {NULL}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].line, strlen(table[i].line));
        char *text =
            msnp_cmd_redact(&msnp_ns_verbs, guard_view(&place), table[i].payload, 0, &nothing);
        guard_free(&place);
        say(table[i].line);
        say(text);
        for (const char *p = text; *p != '\0'; p++)
            g_assert_true(g_ascii_isprint(*p));
        for (size_t k = 0; k < G_N_ELEMENTS(table[i].shown); k++) {
            if (table[i].shown[k] != NULL)
                g_assert_nonnull(strstr(text, table[i].shown[k]));
        }
        for (size_t k = 0; k < G_N_ELEMENTS(table[i].hidden); k++) {
            if (table[i].hidden[k] != NULL)
                g_assert_null(strstr(text, table[i].hidden[k]));
        }
        g_free(text);
    }
    char *text = msnp_cmd_redact(&msnp_ns_verbs, (msnp_str){"OUT a\0b", 7}, 0, 0, &nothing);
    for (const char *p = text; *p != '\0'; p++)
        g_assert_true(g_ascii_isprint(*p));
    g_free(text);
}

/* A secret can be in any parameter of a line that is not as its row says, or be repeated. */
static void test_redact_received(void)
{
    static const struct {
        const char *line;
        unsigned step;
        const char *want;
    } table[] = {
        /* too short */
        {"USR t=53*1hAu&p=5eKB", NS_TICKET, "USR (1 parameter)"},
        {"USR t=53*1hAu p=5eKB", NS_TICKET, "USR (2 parameters)"},
        {"XFR SB 17262740.1050826919", NS_ONLINE, "XFR (2 parameters)"},
        {"RNG 1 17262740.1050826919", NS_ONLINE, "RNG (2 parameters)"},
        {"CHL 15570131571988941333", NS_ONLINE, "CHL (1 parameter)"},
        {"OUT", NS_ONLINE, "OUT"},
        /* where it means nothing */
        {"USR 4 OK a@b", NS_ONLINE, "USR (3 parameters)"},
        {"CHG 99 NLN", NS_VERSION, "CHG (2 parameters)"},
        {"MSG a b 5", NS_TICKET, "MSG (3 parameters)"},
        {"MSG a b 5", NS_ONLINE, "MSG a b 5"},
        {"PNG x", NS_ONLINE, "PNG (1 parameter)"},
        {"USR 4 OK a@b", NS_TICKET, "USR 4 OK a@b"},
        {"CHG 99 NLN", NS_ONLINE, "CHG 99 NLN"},
        {"QRY 7", NS_ONLINE, "QRY 7"},
        {"QNG 50", NS_ONLINE, "QNG 50"},
        /* a secret, or a part of one */
        {"CHG 99 t=53*1hAu&p=5eKB", NS_ONLINE, "CHG 99 ***"},
        {"CHG 99 t=longpartof", NS_ONLINE, "CHG 99 ***"},
        {"SYN 5 Hunter2", NS_LISTS, "SYN 5 ***"},
        {"SYN 5 %48unter%32", NS_LISTS, "SYN 5 ***"},
        {"SYN 5 %2548unter2", NS_LISTS, "SYN 5 ***"},
        {"VER 1 pwd=hunter2,MSNP8", NS_VERSION, "VER 1 ***"},
        {"HUN x", NS_ONLINE, "HUN (unknown, 1 parameter)"},
        /* errors */
        {"911 3 t=other", NS_TICKET, "911 3 ***"},
        {"911 t=other", NS_TICKET, "911 (1 parameter)"},
        {"911 t=other 3", NS_TICKET, "911 (2 parameters)"},
        {"911", NS_TICKET, "911"},
    };
    msnp_mask mask;

    msnp_mask_init(&mask);
    msnp_mask_add_lasting(&mask, "t=53*1hAu&p=5eKB");
    msnp_mask_add_lasting(&mask, "t=longpartof&p=aticket");
    msnp_mask_add_lasting(&mask, "hunter2");
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *text = msnp_cmd_redact(&msnp_ns_verbs, msnp_str_of(table[i].line), 0,
                                     MSNP_IN(table[i].step), &mask);
        g_assert_cmpstr(text, ==, table[i].want);
        g_free(text);
    }
    msnp_mask_clear(&mask);
}

/* --- switchboards --------------------------------------------------------------------------- */

static void test_switchboard_rows(void)
{
    const uint32_t online = MSNP_IN(MSNP_SWITCHBOARD_OPEN);
    const uint32_t greeting = MSNP_IN(MSNP_SWITCHBOARD_GREETING);
    const struct {
        const char *line;
        bool complete;
        bool payload;
        uint32_t steps;
    } table[] = {
        {"USR 1 OK", true, false, greeting},
        {"USR 1", false, false, greeting},
        {"ANS 1 OK", true, false, greeting},
        {"ANS 1", false, false, greeting},
        {"IRO 1 1 1 a@b", true, false, greeting},
        {"IRO 1 1 1", false, false, greeting},
        {"CAL 2 RINGING", true, false, online},
        {"CAL 2", false, false, online},
        {"JOI a@b", true, false, greeting | online},
        {"JOI", false, false, greeting | online},
        {"BYE a@b", true, false, greeting | online},
        {"BYE", false, false, greeting | online},
        {"MSG a@b A 5", true, true, greeting | online},
        {"MSG a@b 5", false, true, greeting | online},
        {"ACK 3", true, false, online},
        {"ACK", false, false, online},
        {"NAK 3", true, false, online},
        {"NAK", false, false, online},
        {"OUT", true, false, greeting | online},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_cmd cmd;
        say(table[i].line);
        g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_switchboard_verbs, msnp_str_of(table[i].line)),
                        ==, MSNP_OK);
        g_assert_nonnull(cmd.verb);
        g_assert_cmpint(msnp_cmd_complete(&cmd), ==, table[i].complete);
        g_assert_cmpint(cmd.verb->payload, ==, table[i].payload);
        g_assert_cmphex(cmd.verb->steps, ==, table[i].steps);
    }
    /* What belongs to the other kind of server is not known. */
    static const char *const others[] = {"RNG 1 h CKI c a@b", "XFR 1 SB h", "NOT 5",
                                         "LST a b 1",         "CHL 0 1",    "VER 1 MSNP8"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        msnp_cmd cmd;
        say(others[i]);
        g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_switchboard_verbs, msnp_str_of(others[i])), ==,
                        MSNP_OK);
        g_assert_null(cmd.verb);
    }
    static const char *const here[] = {"IRO 1 1 1 a@b", "JOI a@b",       "BYE a@b", "ACK 1",
                                       "NAK 1",         "CAL 1 RINGING", "ANS 1 OK"};
    for (size_t i = 0; i < G_N_ELEMENTS(here); i++) {
        msnp_cmd cmd;
        say(here[i]);
        g_assert_cmpint(msnp_cmd_parse(&cmd, &msnp_ns_verbs, msnp_str_of(here[i])), ==, MSNP_OK);
        g_assert_null(cmd.verb);
    }
}

static void test_sb_redact(void)
{
    static const struct {
        const char *line;
        size_t payload;
        const char *want;
    } table[] = {
        {"USR 1 a@b 172.62", 0, "USR 1 a@b ***"},
        {"USR 1 OK a@b Name", 0, "USR 1 OK *** ***"},
        {"ANS 1 a@b 849.52 11752013", 0, "ANS 1 a@b *** 11752013"},
        {"ANS 1 OK", 0, "ANS 1 OK"},
        {"IRO 1 2 3 a@b Name", 0, "IRO 1 2 3 a@b ***"},
        {"JOI a@b Name", 0, "JOI a@b ***"},
        {"BYE a@b 1", 0, "BYE a@b 1"},
        {"CAL 2 a@b", 0, "CAL 2 a@b"},
        {"CAL 2 RINGING 5", 0, "CAL 2 RINGING 5"},
        {"MSG a@b Name 7", 7, "MSG a@b *** *** (7 bytes of payload)"},
        {"ACK 3", 0, "ACK 3"},
        {"217 2 secret", 0, "217 2 ***"},
        {"RNG 1 h CKI secret a@b", 0, "RNG (unknown, 5 parameters)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *text = msnp_cmd_redact(&msnp_switchboard_verbs, msnp_str_of(table[i].line),
                                     table[i].payload, 0, &nothing);
        g_assert_cmpstr(text, ==, table[i].want);
        g_free(text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cmd/parse", test_parse);
    g_test_add_func("/cmd/many-args", test_many_args);
    g_test_add_func("/cmd/prefixes", test_prefixes);
    g_test_add_func("/cmd/complete", test_complete);
    g_test_add_func("/cmd/payload-verbs", test_payload_verbs);
    g_test_add_func("/cmd/steps", test_steps);
    g_test_add_func("/cmd/trid", test_trid);
    g_test_add_func("/cmd/write", test_write);
    g_test_add_func("/cmd/redact", test_redact);
    g_test_add_func("/cmd/redact-received", test_redact_received);
    g_test_add_func("/cmd/sb-rows", test_switchboard_rows);
    g_test_add_func("/cmd/sb-redact", test_sb_redact);
    return g_test_run();
}
