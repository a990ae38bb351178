/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of MSNSLP, and the context that describes a file. */
#include "expect.h"
#include "guard.h"
#include "slp.h"

#include <string.h>
#include <uchar.h>

#define ALICE     "alice@example.com"
#define BOB       "bob@example.net"
#define FILE_GUID "EUF-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\n"
#define TYPE(x)   "Content-Type: application/x-msnmsgr-" x "\r\n"
#define REQUEST   TYPE("sessionreqbody")
#define HEAD                                                          \
    "To: <msnmsgr:" BOB ">\r\nFrom: <msnmsgr:" ALICE ">\r\n"          \
    "Via: MSNSLP/1.0/TLP ;branch={B}\r\nCSeq: 0 \r\nCall-ID: {C}\r\n" \
    "Max-Forwards: 0\r\n"
#define INVITE "INVITE MSNMSGR:" BOB " MSNSLP/1.0\r\n" HEAD
/* What is read of these. */
#define HEARD  ALICE " " BOB " {B} {C} 0 "
#define NOBODY "- - - - 0 "

static char *describe(const msnp_slp *slp)
{
    static const char *const kinds[] = {[MSNP_SLP_INVITE] = "INVITE",
                                        [MSNP_SLP_BYE] = "BYE",
                                        [MSNP_SLP_OTHER] = "OTHER",
                                        [MSNP_SLP_ANSWER] = "ANSWER"};
    static const char *const subjects[] = {[MSNP_SLP_SESSION] = "SESSION",
                                           [MSNP_SLP_TRANSPORT] = "TRANSPORT",
                                           [MSNP_SLP_TRANSPORT_ANSWER] = "TRANSPORT_ANSWER",
                                           [MSNP_SLP_CLOSE] = "CLOSE",
                                           [MSNP_SLP_UNKNOWN] = "UNKNOWN"};
    static const char *const offers[] = {[MSNP_SLP_FILE] = "FILE",
                                         [MSNP_SLP_FILE_BAD] = "FILE_BAD",
                                         [MSNP_SLP_OBJECT] = "OBJECT",
                                         [MSNP_SLP_EXTRA] = "EXTRA",
                                         [MSNP_SLP_INCOMPLETE] = "INCOMPLETE"};
    GString *text = g_string_new(kinds[slp->kind]);

    if (slp->kind == MSNP_SLP_ANSWER)
        g_string_append_printf(text, " %u", slp->code);
    g_string_append_printf(text, " %s %s %s %s %u %s %u", slp->from ? slp->from : "-",
                           slp->to ? slp->to : "-", slp->branch ? slp->branch : "-",
                           slp->call ? slp->call : "-", slp->cseq, subjects[slp->subject],
                           slp->session);
    if (slp->kind == MSNP_SLP_INVITE && slp->subject == MSNP_SLP_SESSION)
        g_string_append_printf(text, " %s", offers[slp->offer]);
    else
        g_assert_cmpint(slp->offer, ==, MSNP_SLP_INCOMPLETE);
    if (slp->offer == MSNP_SLP_EXTRA)
        g_string_append_printf(text, " %s", msnp_extra_name(slp->extra));
    g_assert_cmpint(slp->offer == MSNP_SLP_FILE, ==, slp->file != NULL);
    if (slp->file != NULL)
        g_string_append_printf(text, " [%s] %" G_GUINT64_FORMAT, slp->file, slp->size);
    if (slp->hashed)
        g_string_append(text, " hashed");
    return g_string_free(text, FALSE);
}

static void check_read(msnp_str text, void *expected)
{
    msnp_slp slp;

    memset(&slp, 0x55, sizeof slp);
    bool is = msnp_slp_read(&slp, text);
    char *got = is ? describe(&slp) : g_strdup("none");
    if (expected != NULL)
        g_assert_cmpstr(got, ==, *(const char **)expected);
    g_free(got);
    msnp_slp_clear(&slp);
    g_assert_true(slp.from == NULL && slp.file == NULL);
}

static void test_read(void)
{
    static const struct {
        const char *text;
        const char *read;
    } table[] = {
        {INVITE REQUEST "\r\n" FILE_GUID "SessionID: 7\r\nAppID: 2\r\n\r\n",
         "INVITE " HEARD "SESSION 7 FILE_BAD"},
        {"MSNSLP/1.0 200 OK\r\n" HEAD REQUEST "\r\nSessionID: 4294967295\r\n\r\n",
         "ANSWER 200 " HEARD "SESSION 4294967295"},
        {"MSNSLP/1.0 603 DECLINE\r\n" HEAD "Content-Type: null\r\nContent-Length: 0\r\n\r\n",
         "ANSWER 603 " HEARD "UNKNOWN 0"},
        {"MSNSLP/1.0 x\r\n", "ANSWER 0 " NOBODY "UNKNOWN 0"},
        {"MSNSLP/1.0", "ANSWER 0 " NOBODY "UNKNOWN 0"},
        {"BYE MSNMSGR:" ALICE " MSNSLP/1.0\r\n" HEAD TYPE("sessionclosebody") "\r\n\r\n",
         "BYE " HEARD "CLOSE 0"},
        {"ACK MSNMSGR:" BOB " MSNSLP/1.0\r\n" HEAD TYPE("transudpswitch") "\r\nHashed-Nonce: {N}",
         "OTHER " HEARD "UNKNOWN 0"},
        {INVITE TYPE("transreqbody") "\r\nBridges: TRUDPv1 TCPv1\r\nNonce: {N}\r\n",
         "INVITE " HEARD "TRANSPORT 0"},
        {INVITE TYPE("transreqbody") "\r\nhashed-nonce: {N}\r\n",
         "INVITE " HEARD "TRANSPORT 0 hashed"},
        {INVITE TYPE("transrespbody") "\r\nBridge: TCPv1\r\nListening: true\r\n",
         "INVITE " HEARD "TRANSPORT_ANSWER 0"},
        /* As other clients spell them. */
        {"invite msnmsgr:x msnslp/1.0\nCALL-ID:{c}\nvia: MSNSLP/1.0/TLP;Branch= b\ncseq:12\n"
         "from: <MSNMSGR:" BOB ">\nTo: " ALICE "\nContent-Type: "
         "APPLICATION/x-msnmsgr-"
         "SessionReqBody\nX\n\nEUF-guid: {A4268eec-fec5-49e5-95c3-f126696bdbf6}\nsessionid:9",
         "INVITE " BOB " " ALICE " b {c} 12 SESSION 9 OBJECT"},
        /* A field counts only in its block, and only in a line of its own. */
        {INVITE REQUEST "SessionID: 7\r\n" FILE_GUID "\r\nX: SessionID: 7\r\nX: EUF-GUID: {0}\r\n",
         "INVITE " HEARD "SESSION 0 INCOMPLETE"},
        {"INVITE MSNMSGR:x MSNSLP/1.0\r\nX: Call-ID: {C}\r\n" REQUEST
         "\r\n" HEAD TYPE("transreqbody"),
         "INVITE " NOBODY "SESSION 0 INCOMPLETE"},
        {INVITE REQUEST "\r\nX: 1\r\n\r\n" FILE_GUID "SessionID: 7",
         "INVITE " HEARD "SESSION 0 INCOMPLETE"},
        /* Without anything, in each place. */
        {"INVITE MSNMSGR:x MSNSLP/1.0", "INVITE " NOBODY "UNKNOWN 0"},
        {"INVITE MSNMSGR:x MSNSLP/1.0\r\nTo:\r\nFrom: <>\r\nVia: "
         ";branch\r\nCSeq:\r\nCall-ID:\r\n" REQUEST "\r\nSessionID:\r\nEUF-GUID:",
         "INVITE " NOBODY "SESSION 0 EXTRA INVITATION"},
        {"BYE MSNMSGR:x MSNSLP/1.0\r\n\r\n", "BYE " NOBODY "UNKNOWN 0"},
        /* What cannot be echoed or compared, and what is no number. */
        {"BYE x MSNSLP/1.0\r\nVia: x;branch={\xc3\xa9}\r\nCall-ID: {a b}\r\nTo: <msnmsgr:a@b c>",
         "BYE " NOBODY "UNKNOWN 0"},
        {"BYE x MSNSLP/1.0\r\nVia: x;branch={\x01}\r\nCall-ID: {a\r\n b}\r\nTo: <msnmsgr:a>",
         "BYE " NOBODY "UNKNOWN 0"},
        {"MSNSLP/1.0 1000 X\r\nCSeq: 4294967295\r\n" REQUEST "\r\nSessionID: 4294967296",
         "ANSWER 0 " NOBODY "SESSION 0"},
        {"MSNSLP/1.0 -200 X\r\nCSeq: 4294967294\r\n" REQUEST "\r\nSessionID: -1",
         "ANSWER 0 - - - - 4294967294 SESSION 0"},
        {"MSNSLP/1.0 200 X\r\nCSeq: 1x\r\n" REQUEST "\r\nSessionID: 7 7",
         "ANSWER 200 " NOBODY "SESSION 0"},
    /* Invitations to other things. */
#define INVITES(guid, extra) \
    {INVITE REQUEST "\r\nEUF-GUID: {" guid "}\r\n", "INVITE " HEARD "SESSION 0 EXTRA " extra}
        INVITES("4bd96fc0-ab17-4425-a14a-439185962dc8", "WEBCAM"),
        INVITES("1C9AA97E-9C05-4583-A3BD-908A196F1E92", "WEBCAM_ASKED"),
        INVITES("6A13AF9C-5308-4F35-923A-67E8DDA40C2F", "GAME"),
        INVITES("E073B06B-636E-45B7-ACA4-6D4B5978C93C", "WINK"),
        INVITES("534142D5-1F2A-431F-A60C-B0CF723FDF7D", "INVITATION"),
        INVITES("41D3E74E-04A2-4B37-96F8-08ACDB610874", "INVITATION"),
        INVITES("5D3E02AB-6190-11D3-BBBB-00C04F795683X", "INVITATION"),
        /* None. */
        {"", "none"},
        {"\r\nINVITE MSNMSGR:x MSNSLP/1.0\r\n", "none"},
        {"INVITE MSNSLP/1.0", "none"},
        {"INVITE MSNMSGR:x MSNSLP/2.0", "none"},
        {"MSNSLP/1.1 200 OK", "none"},
        {"MSNSLP/1.0200 OK", "none"},
        {HEAD, "none"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *nul = g_strconcat(table[i].text, "?FILE", NULL);
        size_t len = strlen(table[i].text);
        say(table[i].text);
        nul[len] = '\0';
        guard_both(nul, len, check_read, (void *)&table[i].read);
        guard_both(nul, len + 5, check_read, (void *)&table[i].read);
        guard_prefixes(nul, len, check_read, NULL);
        g_free(nul);
    }
}

/* The longest branch and Call-ID that are echoed. */
static void test_long_ids(void)
{
    for (size_t more = 0; more < 2; more++) {
        char *id = g_strnfill(MSNP_SLP_ID_MAX + more, 'x');
        char *text =
            g_strdup_printf("BYE x MSNSLP/1.0\r\nVia: ;branch=%s\r\nCall-ID: %s\r\n", id, id);
        char *read = more ? g_strdup("BYE " NOBODY "UNKNOWN 0")
                          : g_strdup_printf("BYE - - %s %s 0 UNKNOWN 0", id, id);
        check_read(msnp_str_of(text), &read);
        g_free(read);
        g_free(text);
        g_free(id);
    }
}

/* --- the context of a file ------------------------------------------------------------------ */

static void check_context(const char *coded, const char *expected)
{
    char *text =
        g_strconcat("INVITE x MSNSLP/1.0\r\n" REQUEST "\r\n" FILE_GUID "Context: ", coded, NULL);
    char *read = g_strconcat("INVITE " NOBODY "SESSION 0 ", expected, NULL);

    guard_both(text, strlen(text), check_read, &read);
    g_free(read);
    g_free(text);
}

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void test_contexts(void)
{
    static const struct {
        size_t bytes; /* of the context */
        uint32_t length;
        uint32_t version;
        uint64_t size;
        uint32_t type;
        const char16_t *name;
        uint32_t mark;
        const char *read;
    } table[] = {
        {574, 574, 2, 0, 1, u"a.txt", UINT32_MAX, "FILE [a.txt] 0"},
        {638, 638, 3, INT64_MAX, 1, u"a", UINT32_MAX, "FILE [a] 9223372036854775807"},
        {574, 574, 2, UINT64_C(1) << 63, 1, u"a", UINT32_MAX, "FILE_BAD"},
        {574, 574, 2, UINT64_MAX, 1, u"a", UINT32_MAX, "FILE_BAD"},
        {574, 574, 2, UINT64_C(21474836487), 1, u"\u0424\u043e\u0442\u043e \U0001f600.png",
         UINT32_MAX, "FILE [\xd0\xa4\xd0\xbe\xd1\x82\xd0\xbe \xf0\x9f\x98\x80.png] 21474836487"},
        /* With and without what looks like a preview; lengths that are not true. */
        {5000, 574, 2, 7, 0, u"a", UINT32_MAX, "FILE [a] 7"},
        {574, 574, 2, 7, 0, u"a", UINT32_MAX, "FILE [a] 7"},
        {638, 5638, 3, 7, 0, u"a", 0, "FILE [a] 7"},
        {638, 637, 3, 7, 3, u"a", UINT32_MAX, "FILE [a] 7"},
        {575, 0, 2, 7, UINT32_MAX, u"a", UINT32_MAX, "FILE [a] 7"},
        /* Another version: if there is what it says. */
        {576, 576, 4, 7, 1, u"a", UINT32_MAX, "FILE [a] 7"},
        {576, 574, 0, 7, 1, u"a", UINT32_MAX, "FILE [a] 7"},
        {576, 577, 4, 7, 1, u"a", UINT32_MAX, "FILE_BAD"},
        {576, 573, 4, 7, 1, u"a", UINT32_MAX, "FILE_BAD"},
        /* Pictures for the background. */
        {574, 574, 2, 7, 2, u"a", UINT32_MAX, "EXTRA INVITATION"},
        {574, 574, 2, 7, 4, u"a", UINT32_MAX, "EXTRA INVITATION"},
        {638, 638, 3, 7, 1, u"a", UINT32_MAX - 1, "EXTRA INVITATION"},
        {20, 574, 2, 7, 4, u"", 0, "EXTRA INVITATION"},
        /* Too short. */
        {0, 0, 0, 0, 0, u"", 0, "FILE_BAD"},
        {1, 0, 0, 0, 0, u"", 0, "FILE_BAD"},
        {19, 574, 2, 7, 4, u"", 0, "FILE_BAD"},
        {573, 574, 2, 7, 1, u"a", UINT32_MAX, "FILE_BAD"},
        {573, 573, 2, 7, 1, u"a", UINT32_MAX - 1, "FILE_BAD"},
        /* Names that are dangerous, or none. */
        {574, 574, 2, 7, 1, u"..\\..\\x", UINT32_MAX, "FILE [x] 7"},
        {574, 574, 2, 7, 1, u"/a:b\r\n\u202etxt.exe", UINT32_MAX, "FILE [a_b  txt.exe] 7"},
        {574, 574, 2, 7, 1, u"", UINT32_MAX, "FILE [] 7"},
        {574, 574, 2, 7, 1, u"..", UINT32_MAX, "FILE [] 7"},
        {574, 574, 2, 7, 1, u"\xd83d-\xde00-\xde00\xd83d-\xdbff\xd83d\xde00", UINT32_MAX,
         "FILE [_-_-__-_\xf0\x9f\x98\x80] 7"},
        {574, 574, 2, 7, 1, u"a\xffff.b", UINT32_MAX, "FILE [a\xef\xbf\xbd.b] 7"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        uint8_t bytes[5000] = {0};
        put(bytes, table[i].length, 4);
        put(bytes + 4, table[i].version, 4);
        put(bytes + 8, table[i].size, 8);
        put(bytes + 16, table[i].type, 4);
        for (size_t k = 0; table[i].name[k] != 0; k++)
            put(bytes + 20 + 2 * k, table[i].name[k], 2);
        put(bytes + 570, table[i].mark, 4);
        char *coded = g_base64_encode(bytes, table[i].bytes);
        say(table[i].read);
        check_context(coded, table[i].read);
        coded[strcspn(coded, "=")] = '\0';
        check_context(coded, table[i].read);
        g_free(coded);
    }
}

/* A name that fills its field, and what comes after it. */
static void test_endless_name(void)
{
    uint8_t bytes[574];
    char *letters = g_strnfill(MSNP_SLP_ID_MAX + 127, 'x');
    char *read = g_strconcat("FILE [", letters, "] 2021161080", NULL);

    memset(bytes, 'x', sizeof bytes);
    put(bytes + 4, 2, 4);
    put(bytes + 12, 0, 4);
    for (size_t i = 20; i < 570; i += 2)
        put(bytes + i, 'x', 2);
    char *coded = g_base64_encode(bytes, sizeof bytes);
    check_context(coded, read);
    g_free(coded);
    /* Half a character at the end of the field: nothing behind it belongs to it. */
    put(bytes + 538, 0xd83d, 2);
    put(bytes + 540, 0xde00, 2);
    put(bytes + 20, '/', 2);
    put(bytes + 534, '/', 2);
    coded = g_base64_encode(bytes, sizeof bytes);
    check_context(coded, "FILE [x_] 2021161080");
    g_free(coded);
    g_free(read);
    g_free(letters);
}

/* "notes.txt", 2500 bytes, as versions 2 and 3: so many letters of padding, and the ends. */
static char *notes(unsigned version)
{
    char *zeros = g_strnfill(711, 'A');
    char *more = g_strnfill(85, 'A');
    char *coded = version == 2 ? g_strconcat("PgIAAAIAAADECQAAAAAAAAEAAABuAG8AdABlAHMALgB0AHgAd",
                                             zeros, "/////w==", NULL)
                               : g_strconcat("fgIAAAMAAADECQAAAAAAAAEAAABuAG8AdABlAHMALgB0AHgAd",
                                             zeros, "/////w", more, "=", NULL);
    g_free(more);
    g_free(zeros);
    return coded;
}

static uint32_t crc32_of(const char *coded)
{
    gsize len;
    guchar *bytes = g_base64_decode(coded, &len);
    uint32_t crc = UINT32_MAX;

    for (gsize i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    g_free(bytes);
    return ~crc;
}

static void test_base64(void)
{
    char *two = notes(2);
    char *three = notes(3);

    g_assert_cmphex(crc32_of(two), ==, 0x1b381a20);
    g_assert_cmphex(crc32_of(three), ==, 0x57553e27);
    check_context(two, "FILE [notes.txt] 2500");
    check_context(three, "FILE [notes.txt] 2500");
    /* The signs at the end do not matter, all else does. */
    two[767] = '\0';
    check_context(two, "FILE [notes.txt] 2500");
    two[766] = '\0';
    check_context(two, "FILE [notes.txt] 2500");
    check_context("", "FILE_BAD");
    check_context("====", "FILE_BAD");
    for (const char *strange = "-=.\xff "; *strange != '\0'; strange++) {
        three[800] = *strange;
        check_context(three, "FILE_BAD");
    }
    three[800] = 'A';
    three[849] = '\0';
    check_context(three, "FILE_BAD");
    three[848] = '\0';
    check_context(three, "FILE [notes.txt] 2500");
    g_free(three);
    g_free(two);
}

/* --- writing -------------------------------------------------------------------------------- */

static const msnp_slp_about about = {.to = BOB,
                                     .from = ALICE,
                                     .branch = "{0C7E2A41-93D6-4F5B-8A1C-2E3D4C5B6A79}",
                                     .call = "{7F1E0D2C-6B5A-4988-B7A6-95847362514F}",
                                     .session = 1234567890};

#define WRITTEN(start, cseq, type, length, body)                                       \
    start "\r\nTo: <msnmsgr:bob@example.net>\r\nFrom: <msnmsgr:alice@example.com>\r\n" \
          "Via: MSNSLP/1.0/TLP ;branch={0C7E2A41-93D6-4F5B-8A1C-2E3D4C5B6A79}\r\n"     \
          "CSeq: " cseq " \r\nCall-ID: {7F1E0D2C-6B5A-4988-B7A6-95847362514F}\r\n"     \
          "Max-Forwards: 0\r\nContent-Type: " type "\r\nContent-Length: " length "\r\n\r\n" body

/* Exactly this text and a NUL; `len`: so many bytes are recorded of it, 0: nothing is. Clears it.
 */
static void expect_written(msnp_buf *out, const char *text, size_t len)
{
    expect_view(msnp_buf_view(out), text, strlen(text) + 1);
    g_assert_true(len == 0 || msnp_buf_view(out).len == len);
    msnp_buf_clear(out);
}

static void test_write_offer(void)
{
    char *coded = notes(2);
    char *text = g_strconcat(WRITTEN("INVITE MSNMSGR:bob@example.net MSNSLP/1.0", "0",
                                     "application/x-msnmsgr-sessionreqbody", "865",
                                     FILE_GUID "SessionID: 1234567890\r\nAppID: 2\r\nContext: "),
                             coded, "\r\n\r\n", NULL);
    msnp_buf out;

    msnp_slp_write_offer(&out, &about, "notes.txt", 2500);
    expect_written(&out, text, 1193);
    g_free(text);
    g_free(coded);
}

static void test_write(void)
{
    msnp_slp_about unnamed = about;
    msnp_buf out;

    msnp_slp_write_answer(&out, &about, 200, 0);
    expect_written(&out,
                   WRITTEN("MSNSLP/1.0 200 OK", "1", "application/x-msnmsgr-sessionreqbody", "26",
                           "SessionID: 1234567890\r\n\r\n"),
                   329);
    msnp_slp_write_answer(&out, &about, 603, 7);
    expect_written(&out,
                   WRITTEN("MSNSLP/1.0 603 Decline", "8", "application/x-msnmsgr-sessionreqbody",
                           "26", "SessionID: 1234567890\r\n\r\n"),
                   0);
    unnamed.session = 0;
    msnp_slp_write_answer(&out, &unnamed, 500, 0);
    expect_written(&out, WRITTEN("MSNSLP/1.0 500 Internal Error", "1", "null", "0", ""), 0);
    msnp_slp_write_no_transport(&out, &about, 0, false);
    expect_written(&out,
                   WRITTEN("MSNSLP/1.0 200 OK", "1", "application/x-msnmsgr-transrespbody", "83",
                           "Bridge: TCPv1\r\nListening: false\r\n"
                           "Nonce: {00000000-0000-0000-0000-000000000000}\r\n\r\n"),
                   385);
    msnp_slp_write_no_transport(&out, &about, 0, true);
    expect_written(&out,
                   WRITTEN("MSNSLP/1.0 200 OK", "1", "application/x-msnmsgr-transrespbody", "90",
                           "Bridge: TCPv1\r\nListening: false\r\n"
                           "Hashed-Nonce: {00000000-0000-0000-0000-000000000000}\r\n\r\n"),
                   0);
    msnp_slp_write_bye(&out, &about);
    expect_written(&out,
                   WRITTEN("BYE MSNMSGR:bob@example.net MSNSLP/1.0", "0",
                           "application/x-msnmsgr-sessionclosebody", "3", "\r\n"),
                   328);
    /* What a peer did not name is not named. */
    unnamed.branch = NULL;
    unnamed.call = NULL;
    msnp_slp_write_answer(&out, &unnamed, 500, 0);
    expect_written(&out,
                   "MSNSLP/1.0 500 Internal Error\r\nTo: <msnmsgr:bob@example.net>\r\n"
                   "From: <msnmsgr:alice@example.com>\r\nVia: MSNSLP/1.0/TLP ;branch=\r\n"
                   "CSeq: 1 \r\nCall-ID: \r\nMax-Forwards: 0\r\nContent-Type: null\r\n"
                   "Content-Length: 0\r\n\r\n",
                   0);
}

/* The largest of all that is written fits. */
static void test_write_largest(void)
{
    char *account = g_strnfill(129, '@');
    char *id = g_strnfill(MSNP_SLP_ID_MAX, 'x');
    msnp_slp_about most = {account, account, id, id, UINT32_MAX};
    msnp_slp slp;
    msnp_buf out;

    account[0] = 'a';
    account[128] = 'z';
    msnp_slp_write_offer(&out, &most, "x", UINT64_C(21474836487));
    g_assert_true(msnp_slp_read(&slp, msnp_buf_view(&out)));
    g_assert_true(strcmp(slp.to, account) == 0 && strcmp(slp.branch, id) == 0);
    g_assert_cmpuint(slp.session, ==, UINT32_MAX);
    g_assert_cmpuint(slp.size, ==, UINT64_C(21474836487));
    msnp_slp_clear(&slp);
    msnp_buf_clear(&out);
    g_free(id);
    g_free(account);
}

/* The name in an offer of this one, as UTF-8; the caller frees it. */
static char *offered(const char *name)
{
    msnp_buf out;

    msnp_slp_write_offer(&out, &about, name, 1);
    const char *text = msnp_buf_view(&out).ptr;
    char *coded = g_strndup(strstr(text, "Context: ") + 9, 768);
    gsize len;
    guchar *bytes = g_base64_decode(coded, &len);
    g_assert_cmpuint(len, ==, 574);
    for (size_t i = 538; i < 570; i++)
        g_assert_cmpint(bytes[i], ==, 0);
    char *utf8 = g_convert((char *)bytes + 20, 518, "UTF-8", "UTF-16LE", NULL, NULL, NULL);
    g_assert_nonnull(utf8);
    g_free(bytes);
    g_free(coded);
    msnp_buf_clear(&out);
    return utf8;
}

/* `n` times the text and this end become so many times the text, and that end. */
static void expect_offered(const char *text, size_t n, const char *end, size_t less,
                           const char *last)
{
    char *many = repeated(text, n);
    char *few = repeated(text, less);
    char *name = g_strconcat(many, end, NULL);
    char *expected = g_strconcat(few, last, NULL);
    char *got = offered(name);

    g_assert_cmpstr(got, ==, expected);
    g_free(got);
    g_free(expected);
    g_free(name);
    g_free(few);
    g_free(many);
}

static void test_names(void)
{
    static const char face[] = "\xf0\x9f\x98\x80";

    expect_offered(face, 2, " \xd0\xa4.png", 2, " \xd0\xa4.png");
    expect_offered("x", 0, "", 0, "file");
    expect_offered("\t", 3, "a\r\nb", 0, "a  b");
    expect_offered("x", 255, ".txt", 255, ".txt");
    expect_offered("x", 256, ".txt", 255, ".txt");
    expect_offered("x", 3000, ".tar.gz", 256, ".gz");
    expect_offered("x", 300, "", 259, "");
    expect_offered("x", 259, ".", 258, ".");
    /* Never half a character. */
    expect_offered(face, 200, "", 129, "");
    expect_offered(face, 200, ".png", 127, ".png");
    expect_offered(face, 200, ".jpeg", 127, ".jpeg");
    /* No extension: too long, with a blank, or the whole name. */
    expect_offered("x", 300, ".0123456789012345678901234567890", 227,
                   ".0123456789012345678901234567890");
    expect_offered("x", 300, ".01234567890123456789012345678901", 259, "");
    expect_offered("x", 300, ".a b", 259, "");
    expect_offered(".x", 1, "", 1, "");
}

static void test_guid(void)
{
    static const uint32_t none[4] = {0, 0, 0, 0};
    static const uint32_t all[4] = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
    static const uint32_t some[4] = {0x0c7e2a41, 0x93d61f5b, 0x0a1c2e3d, 0x4c5b6a79};
    char guid[MSNP_GUID_LENGTH + 1];

    msnp_slp_guid(guid, none);
    g_assert_cmpstr(guid, ==, "{00000000-0000-4000-8000-000000000000}");
    msnp_slp_guid(guid, all);
    g_assert_cmpstr(guid, ==, "{FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF}");
    msnp_slp_guid(guid, some);
    g_assert_cmpstr(guid, ==, "{0C7E2A41-93D6-4F5B-8A1C-2E3D4C5B6A79}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slp/read", test_read);
    g_test_add_func("/slp/long-ids", test_long_ids);
    g_test_add_func("/slp/contexts", test_contexts);
    g_test_add_func("/slp/endless-name", test_endless_name);
    g_test_add_func("/slp/base64", test_base64);
    g_test_add_func("/slp/write-offer", test_write_offer);
    g_test_add_func("/slp/write", test_write);
    g_test_add_func("/slp/write-largest", test_write_largest);
    g_test_add_func("/slp/names", test_names);
    g_test_add_func("/slp/guid", test_guid);
    return g_test_run();
}
