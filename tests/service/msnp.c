/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The dispatch and the notification server: order of commands and signing in.
 */
#include "msnp.h"

#include <string.h>
#include <time.h>

#include "mail.h"
#include "names.h"
#include "presence.h"

#define TICKET_LIFE_US  (60 * G_USEC_PER_SEC)
#define CHALLENGE_PLAIN "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"

void msnp_error(conn *c, guint number)
{
    conn_printf(c, "%u %" G_GUINT64_FORMAT "\r\n", number, c->trid);
}

char *msnp_encode(const char *text)
{
    GString *out = g_string_new(NULL);

    for (const char *p = text; *p; p++)
        if (g_ascii_isalnum(*p) || strchr("-_.@", *p))
            g_string_append_c(out, *p);
        else
            g_string_append_printf(out, "%%%02X", (guchar)*p);
    return g_string_free(out, FALSE);
}

static gboolean is_notification(const conn *c)
{
    return c->role == SERVICE_NOTIFICATION || knob_on(c->svc, "no-dispatch");
}

static void on_ver(conn *c, const request *req)
{
    gboolean dispatch = c->role == SERVICE_DISPATCH;
    step_result step;

    if (req->n_words != 4 || !g_str_equal(req->words[2], "MSNP8") ||
        !g_str_equal(req->words[3], "CVR0")) {
        conn_printf(c, "VER %" G_GUINT64_FORMAT " 0\r\n", c->trid);
        conn_bad(c, "VER offers something else than MSNP8 CVR0");
        return;
    }
    step = step_apply(c, dispatch ? "ds-ver" : "ns-ver");
    if (step == STEP_NOTHING)
        return;
    c->msnp.stage = STAGE_VER;
    if (step == STEP_NORMAL)
        conn_printf(c, "VER %" G_GUINT64_FORMAT " MSNP8%s\r\n", c->trid,
                    knob_on(c->svc, "ver-without-cvr0") ? "" : " CVR0");
}

static gboolean is_locale(const char *text)
{
    return g_str_has_prefix(text, "0x") && strlen(text) == 6 &&
           strspn(text + 2, "0123456789abcdefABCDEF") == 4;
}

static void send_cvr(conn *c, const char *version)
{
    if (knob_on(c->svc, "escargot"))
        conn_printf(c, "CVR %" G_GUINT64_FORMAT " %s %s %s %s %s\r\n", c->trid, version, version,
                    version, "http://web.example", "http://web.example");
    else
        conn_printf(c, "CVR %" G_GUINT64_FORMAT " 6.0.0602 6.0.0602 1.0.0000 %s %s\r\n", c->trid,
                    "http://download.example/SETUP9x.EXE", "http://messenger.msn.com");
}

static void on_cvr(conn *c, const request *req)
{
    step_result step;

    if (!is_locale(req->words[2]) || !g_str_equal(req->words[8], "MSMSGS")) {
        msnp_error(c, 710);
        conn_bad(c, "CVR has parameters that make no sense");
        return;
    }
    c->msnp.cvr_account = g_strdup(req->words[9]);
    g_free(c->account);
    c->account = g_strdup(req->words[9]);
    step = step_apply(c, c->role == SERVICE_DISPATCH ? "ds-cvr" : "ns-cvr");
    if (step == STEP_NOTHING)
        return;
    c->msnp.stage = STAGE_CVR;
    if (step == STEP_NORMAL)
        send_cvr(c, req->words[7]);
}

static void transfer(conn *c)
{
    const char *elsewhere = knob_get(c->svc, "ns-address");
    g_autofree char *ours =
        g_strdup_printf("127.0.0.1:%u", service_port(c->svc, SERVICE_NOTIFICATION));
    g_autofree char *rest =
        g_strdup_printf(" 0 127.0.0.1:%u", service_port(c->svc, SERVICE_DISPATCH));

    conn_printf(c, "XFR %" G_GUINT64_FORMAT " NS %s%s\r\n", c->trid, elsewhere ? elsewhere : ours,
                knob_on(c->svc, "xfr-short") ? "" : rest);
    conn_finish(c);
}

static char *new_challenge(const service *svc)
{
    const char *text = knob_get(svc, "challenge");
    g_autofree char *tpf = NULL;

    if (text)
        return g_strdup(text);
    if (knob_on(svc, "challenge-any"))
        return g_strdup(CHALLENGE_PLAIN);
    tpf = random_text("0123456789abcdef", 32);
    return g_strdup_printf("lc=1033,id=507,tw=40,fs=1,ru=http%%3A%%2F%%2Fmessenger%%2Emsn%%2Ecom,"
                           "ct=%" G_GINT64_FORMAT ",kpp=1,kv=5,ver=2.1.0173.1,tpf=%s",
                           (gint64)time(NULL), tpf);
}

static void on_usr_initial(conn *c, const request *req)
{
    const char *address = req->words[4];
    step_result step;

    if (!g_str_equal(address, c->msnp.cvr_account)) {
        conn_bad(c, "CVR and USR name different accounts");
        return;
    }
    if (!strchr(address, '@') || strlen(address) > ADDRESS_MAX_LENGTH) {
        msnp_error(c, 911);
        conn_bad(c, "USR names no e-mail address");
        return;
    }
    step = step_apply(c, is_notification(c) ? "ns-usr-i" : "ds-usr");
    if (step == STEP_NOTHING)
        return;
    c->msnp.stage = STAGE_CHALLENGED;
    if (!is_notification(c)) {
        if (step == STEP_NORMAL)
            transfer(c);
        return;
    }
    /* One in other bytes that are set for this step has to be valid later, too. */
    c->msnp.challenge =
        step == STEP_NORMAL ? new_challenge(c->svc) : step_replied_word(c, "ns-usr-i", " TWN S ");
    if (c->msnp.challenge)
        g_hash_table_add(c->svc->challenges, g_strdup(c->msnp.challenge));
    if (step == STEP_NORMAL)
        conn_printf(c, "USR %" G_GUINT64_FORMAT " TWN S %s\r\n", c->trid, c->msnp.challenge);
}

/* Whether the ticket opens this session. It is used up by asking. */
static gboolean redeem(conn *c, const char *text)
{
    service *svc = c->svc;
    const ticket *t = g_hash_table_lookup(svc->tickets, text);
    gboolean good = t && g_get_monotonic_time() - t->issued <= TICKET_LIFE_US &&
                    c->msnp.challenge && g_str_equal(t->challenge, c->msnp.challenge) &&
                    g_ascii_strcasecmp(t->address, c->account) == 0 &&
                    (!knob_on(svc, "escargot") || g_str_equal(t->address, c->account));

    g_hash_table_remove(svc->tickets, text);
    return good;
}

/* The account's name for USR OK; the caller frees it. */
static char *handle_for(const conn *c, const account *a)
{
    const char *knob = knob_get(c->svc, "handle-case");
    char *handle;

    if (!knob)
        return g_strdup(c->account);
    handle = g_strdup(a->address);
    /* Without "stored" it has to differ from what the client sent. */
    if (!*knob && g_str_equal(handle, c->account))
        handle[0] =
            g_ascii_isupper(handle[0]) ? g_ascii_tolower(handle[0]) : g_ascii_toupper(handle[0]);
    return handle;
}

static void boot_older(const conn *c, const char *address)
{
    g_autoptr(GPtrArray) older = find_sessions(c->svc, address);

    for (guint i = 0; i < older->len; i++) {
        conn *other = g_ptr_array_index(older, i);

        conn_send(other, "OUT OTH\r\n", -1);
        conn_finish(other);
    }
}

/* `spelling` is what USR OK says, NULL if that is not known. */
static void begin_session(conn *c, const account *a, const char *spelling)
{
    boot_older(c, a->address);
    c->msnp.handle = g_strdup(a->address);
    c->msnp.spelling = g_strdup(spelling ? spelling : c->account);
    c->msnp.serial = ++c->svc->last_sign_in;
    c->msnp.stage = STAGE_SIGNED_IN;
    presence_began(c, person_get(c->svc, a->address));
}

static void refuse(conn *c, guint number)
{
    msnp_error(c, number);
    conn_finish(c);
}

static void on_usr_ticket(conn *c, const request *req)
{
    const account *a = find_account(c->svc, c->account);
    step_result step = step_apply(c, "ns-usr-s");
    g_autofree char *handle = step_replied_word(c, "ns-usr-s", " OK ");
    g_autofree char *friendly = NULL;

    /* A reply that says so signs in, whatever the ticket is worth. */
    if (step == STEP_REPLIED && a && handle)
        begin_session(c, a, handle);
    if (step != STEP_NORMAL)
        return;
    if (knob_on(c->svc, "usr-error")) {
        refuse(c, knob_number(c->svc, "usr-error", 911));
        return;
    }
    if (!redeem(c, req->words[4]) || !a) {
        refuse(c, 911);
        return;
    }
    handle = handle_for(c, a);
    begin_session(c, a, handle);
    friendly = name_encode(c->svc, person_name(c->svc, c->msnp.person));
    conn_printf(c, "USR %" G_GUINT64_FORMAT " OK %s %s 1 0\r\n", c->trid, handle, friendly);
    online_send_profile(c, a);
}

static void on_usr(conn *c, const request *req)
{
    gboolean first = c->msnp.stage == STAGE_CVR;

    if (!g_str_equal(req->words[2], "TWN") || !g_str_equal(req->words[3], first ? "I" : "S"))
        conn_bad(c, first ? "the first USR is not TWN I" : "the second USR is not TWN S");
    else if (first)
        on_usr_initial(c, req);
    else
        on_usr_ticket(c, req);
}

static void on_out(conn *c, const request *req G_GNUC_UNUSED)
{
    conn_finish(c);
}

typedef struct {
    const char *verb;
    guint least; /* words, with verb and TrID */
    guint most;
    gboolean has_trid;
    stage from;
    stage to;
    void (*handle)(conn *c, const request *req);
} command;

static const command commands[] = {
    /* A VER with more dialects is well-formed; it is answered, and refused then. */
    {"VER", 4, G_MAXUINT, TRUE, STAGE_NEW, STAGE_NEW, on_ver},
    {"CVR", 10, 10, TRUE, STAGE_VER, STAGE_VER, on_cvr},
    {"USR", 5, 5, TRUE, STAGE_CVR, STAGE_CHALLENGED, on_usr},
    {"SYN", 3, 3, TRUE, STAGE_SIGNED_IN, STAGE_SYNCED, online_syn},
    {"CHG", 4, 4, TRUE, STAGE_SYNCED, STAGE_SYNCED, online_chg},
    {"QRY", 4, 4, TRUE, STAGE_SYNCED, STAGE_SYNCED, online_qry},
    {"PNG", 1, 1, FALSE, STAGE_SIGNED_IN, STAGE_SYNCED, online_png},
    {"ADD", 5, 6, TRUE, STAGE_SYNCED, STAGE_SYNCED, edit_add},
    {"REM", 4, 5, TRUE, STAGE_SYNCED, STAGE_SYNCED, edit_rem},
    {"REA", 4, 4, TRUE, STAGE_SYNCED, STAGE_SYNCED, edit_rea},
    {"ADG", 4, 4, TRUE, STAGE_SYNCED, STAGE_SYNCED, edit_adg},
    {"REG", 5, 5, TRUE, STAGE_SYNCED, STAGE_SYNCED, edit_reg},
    {"RMG", 3, 3, TRUE, STAGE_SYNCED, STAGE_SYNCED, edit_rmg},
    {"GTC", 3, 3, TRUE, STAGE_SYNCED, STAGE_SYNCED, edit_gtc},
    {"BLP", 3, 3, TRUE, STAGE_SYNCED, STAGE_SYNCED, edit_blp},
    {"PRP", 3, 4, TRUE, STAGE_SYNCED, STAGE_SYNCED, edit_prp},
    {"URL", 3, 4, TRUE, STAGE_SYNCED, STAGE_SYNCED, mail_url},
    {"PAG", 4, 4, TRUE, STAGE_SYNCED, STAGE_SYNCED, page_pag},
    {"XFR", 3, 3, TRUE, STAGE_SIGNED_IN, STAGE_SYNCED, sb_xfr},
    {"OUT", 1, 1, FALSE, STAGE_NEW, STAGE_SYNCED, on_out},
};

static const command *find_command(const char *verb)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i].verb, verb))
            return &commands[i];
    return NULL;
}

static gboolean take_trid(conn *c, const request *req)
{
    guint64 trid = 0;

    if (req->n_words < 2 || !reader_number(req->words[1], G_MAXUINT32, &trid))
        return FALSE;
    c->trid = trid;
    if (trid != c->msnp.last_trid + 1)
        return FALSE;
    c->msnp.last_trid = trid;
    return TRUE;
}

static const char *check(conn *c, const command *com, const request *req)
{
    c->trid = 0;
    if (!com)
        return "unknown command";
    if (req->n_words < com->least || req->n_words > com->most)
        return "wrong number of parameters";
    if (com->has_trid && !take_trid(c, req))
        return "the TrID is not the next one";
    return NULL;
}

static gboolean is_out_of_order(const conn *c, const command *com)
{
    return c->msnp.stage < com->from || c->msnp.stage > com->to ||
           (com->handle == on_usr && c->msnp.stage == STAGE_CHALLENGED && !is_notification(c));
}

/* A command of the sign-in. Clients send what comes next without waiting for the answer. */
static gboolean signs_in(const command *com)
{
    return com->to <= STAGE_CHALLENGED || com->handle == online_syn;
}

/* "close", "error" or "drop" if what stands in the input already is too early for this server. */
static const char *haste_refused(const conn *c, const command *com)
{
    static const char out[] = "OUT\r\n";
    const char *how = signs_in(com) ? knob_get(c->svc, "no-pipelining") : NULL;

    if (!how && com->handle == on_usr && c->msnp.stage == STAGE_CHALLENGED)
        how = knob_get(c->svc, "no-early-syn");
    /* Who has had enough need not wait for anything. */
    if (c->in->len == sizeof out - 1 && memcmp(c->in->data, out, sizeof out - 1) == 0)
        return NULL;
    return c->in->len > 0 ? how : NULL;
}

/* Takes all commands off the input without obeying them. Returns the TrID of the first. */
static guint64 skip_input(conn *c)
{
    guint64 first = 0;
    request *req = NULL;
    const char *why = NULL;

    for (gboolean more = FALSE; conn_open(c) && reader_msnp(c->in, &req, &why) == READ_DONE;
         more = TRUE) {
        log_request(c->svc, c->role, req);
        why = check(c, find_command(req->words[0]), req);
        request_free(req);
        first = more ? first : c->trid;
        if (why)
            conn_bad(c, why);
    }
    return first;
}

static void refuse_haste(conn *c, const char *how)
{
    guint64 first = skip_input(c);

    if (g_str_equal(how, "error")) {
        c->trid = first;
        msnp_error(c, 715);
    }
    conn_finish(c);
}

static void obey(conn *c, const command *com, const request *req)
{
    stage before = c->msnp.stage;
    const char *haste = haste_refused(c, com);
    gboolean drops = haste && g_str_equal(haste, "drop");

    if (haste && !drops) {
        refuse_haste(c, haste);
        return;
    }
    com->handle(c, req);
    if (drops)
        skip_input(c);
    if (signs_in(com))
        c->msnp.stalled = drops || (c->msnp.stage == before && before < STAGE_SYNCED);
}

void msnp_handle(conn *c, const request *req)
{
    const command *com = find_command(req->words[0]);
    const char *why = check(c, com, req);

    if (why) {
        conn_bad(c, why);
    } else if (!is_out_of_order(c, com)) {
        obey(c, com, req);
    } else if (!c->msnp.stalled) {
        /* The commands of the sign-in are told so; others are just thrown out. */
        if (com->to <= STAGE_CHALLENGED || c->msnp.stage >= STAGE_SIGNED_IN)
            msnp_error(c, 715);
        conn_bad(c, "command out of order");
    }
}
