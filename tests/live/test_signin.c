/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signing in, being signed in, signing out: everything that goes well, and what a server may do to
 * a session that stands.
 */
#include "blist_helpers.h"

#include <string.h>

/* --- the sign-in ------------------------------------------------------------------------------ */

/* Each step of the example in the protocol's description, once and in order. */
static void test_flow(void)
{
    static const char *const passport[] = {
        "NEXUS open", "NEXUS >>> GET /rdr/pprdr.asp HTTP/1.?", "NEXUS <<< PassportURLs: *",
        "LOGIN open", "LOGIN >>> GET /login2.srf HTTP/1.1",    NULL,
    };
    static const char *const order[] = {
        "DS open",
        "DS >>> VER 1 MSNP8 CVR0",
        "DS >>> CVR 2 0x0409 *" LIVE_ADDRESS,
        "DS >>> USR 3 TWN I " LIVE_ADDRESS,
        "DS <<< XFR 3 NS *",
        "NS open",
        "NS >>> VER 1 MSNP8 CVR0",
        "NS >>> CVR 2 0x0409 *" LIVE_ADDRESS,
        "NS >>> USR 3 TWN I " LIVE_ADDRESS,
        "NS <<< USR 3 TWN S *",
        "LOGIN >>> GET /login2.srf HTTP/1.1",
        "LOGIN <<< Authentication-Info: *",
        "NS >>> USR 4 TWN S *",
        "NS <<< USR 4 OK *",
        "NS >>> SYN 5 *",
        "NS >>> CHG 6 NLN 268435456",
        "NS <<< CHG 6 NLN 268435456",
        "NS >>> OUT",
        "NS close",
        NULL,
    };
    static const char *const once[] = {
        "DS open",
        "DS >>> *VER *",
        "NS open",
        "NS >>> VER *",
        "NS >>> CVR *",
        "NEXUS open",
        "NEXUS >>> GET*",
        "LOGIN open",
        "LOGIN >>> GET*",
        "NS >>> USR * TWN I *",
        "NS >>> SYN*",
        "NS >>> CHG*",
        "NS >>> USR * TWN S *",
        "NS >>> OUT",
        NULL,
    };
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    live_check(service_sessions(svc, LIVE_ADDRESS) == 1);
    /* The Passport connections have had their time; the dispatch server has closed its own. */
    live_wait(service_connections(svc, SERVICE_NEXUS) == 0, 2);
    live_wait(service_connections(svc, SERVICE_LOGIN) == 0, 2);
    live_wait(service_connections(svc, SERVICE_DISPATCH) == 0, 2);
    live_check(service_connections(svc, SERVICE_NOTIFICATION) == 1);
    live_offline(svc, u);
    live_check(live_in_order(svc, order));
    live_check(live_in_order(svc, passport));
    for (guint i = 0; once[i]; i++)
        live_check_count(svc, once[i], 1);
    live_check(u->n_errors == 0);
    live_check(u->n_connected == 1);
    live_check(u->n_disconnected == 1);
    live_end(svc, u);
}

/* What is shown while it runs: four steps at most, each once, on all servers together. */
static void test_progress(void)
{
    service *svc = live_service_with("no-pipelining=close", NULL);
    user *u = live_user(svc);
    unsigned last = 0;
    unsigned count = 0;

    live_online(u);
    live_check(u->progress->len >= 3 && u->progress->len <= 4);
    for (guint i = 0; i < u->progress->len; i++) {
        const char *line = g_ptr_array_index(u->progress, i);
        unsigned step = 0;
        unsigned of = 0;
        int at = 0;

        live_check(sscanf(line, "[%u/%u] %n", &step, &of, &at) == 2);
        live_check(at > 0 && line[at] != '\0');
        live_check(g_utf8_validate(line, -1, NULL));
        live_check(step < of);
        live_check(step > last);
        live_check(count == 0 || of == count);
        last = step;
        count = of;
    }
    live_end(svc, u);
}

/* Everything that a server may do otherwise without being wrong. */
static void test_variant(gconstpointer data)
{
    const char *knobs = data;
    g_auto(GStrv) each = g_strsplit(knobs, "|", -1);
    service *svc = live_service();
    user *u = live_user(svc);

    for (guint i = 0; each[i]; i++)
        live_set(svc, each[i]);
    live_online(u);
    live_check(service_sessions(svc, LIVE_ADDRESS) == 1);
    live_check_count(svc, "?S >>> CHG*", 1);
    live_check(g_strcmp0(service_state(svc, LIVE_ADDRESS), "NLN") == 0);
    user_set_status(u, "busy");
    live_wait(g_strcmp0(service_state(svc, LIVE_ADDRESS), "BSY") == 0, 5);
    live_offline(svc, u);
    live_check(u->n_errors == 0);
    live_end(svc, u);
}

static void test_escargot(void)
{
    service *svc = live_service_with("escargot", NULL);
    user *u = live_user(svc);

    live_online(u);
    live_check_count(svc, "NS open", 0);
    live_check_count(svc, "DS open", 1);
    live_check_count(svc, "DS <<< VER 1 MSNP8", 1);
    live_check_count(svc, "DS <<< USR * OK *", 1);
    live_check(g_strcmp0(service_state(svc, LIVE_ADDRESS), "NLN") == 0);
    live_offline(svc, u);
    live_check_count(svc, "DS >>> OUT", 1);
    live_end(svc, u);
}

/* The challenge goes to the login server as it came, whatever is in it. */
static void test_challenge_verbatim(void)
{
    static const char challenge[] = "ct=1,(null)=,lc=1033,ru=http%3A%2F%2Fx%2C,tpf='a\"b%00=,,z";
    service *svc = live_service();
    user *u = live_user(svc);
    g_autofree char *pattern = g_strdup_printf(
        "LOGIN >>> Authorization: Passport1.4 OrgVerb=GET,OrgURL=http%%3A%%2F%%2Fmessenger%%2E"
        "msn%%2Ecom,sign-in=alice%%40example?com,pwd=" LIVE_SECRET "%%2C*,%s",
        challenge);

    live_check(service_set(svc, "challenge", challenge));
    live_online(u);
    live_check_count(svc, pattern, 1);
    live_end(svc, u);
}

/* One redirect with a path alone, as newer servers send it. */
static void test_relative_redirect(void)
{
    service *svc = live_service_with(
        "login.reply=HTTP/1.1 302 Found\\r\\nConnection: close\\r\\nlocation: "
        "/login2.srf?lc=1033\\r\\nAuthentication-Info: Passport1.4 da-status=redir\\r\\n\\r\\n",
        "login.close", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    live_wait(service_count(svc, "LOGIN >>> GET /login2.srf HTTP/1.1") == 1, 10);
    service_unset(svc, "login.reply");
    service_unset(svc, "login.close");
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check_count(svc, "LOGIN >>> GET /login2.srf?lc=1033 HTTP/1.1", 1);
    live_check_count(svc, "LOGIN >>> Authorization: Passport1.4 *", 2);
    live_end(svc, u);
}

/*
 * Nexus and login server may be anywhere, and send us on: to the login servers that they name, and
 * to them alone, goes the password.
 */
static void test_elsewhere(void)
{
    service *other = live_service_with("challenge-any", NULL);
    service *svc = live_service_with("challenge-any", NULL);
    user *u = live_user(other);

    /* So that the other one knows the challenge. */
    live_online(u);
    live_offline(other, u);
    service_forget_transcript(other);
    user_free(u);
    u = live_user(svc);

    live_check(service_set(svc, "nexus-redirect-to", service_nexus_url(other)));
    live_check(service_set(other, "login-redirect-to", service_login_url(svc)));
    live_online(u);
    live_check_count(svc, "NEXUS >>> GET*", 1);
    live_check_count(other, "NEXUS >>> GET*", 1);
    live_check_count(other, "LOGIN >>> GET*", 1);
    live_check_count(svc, "LOGIN >>> GET*", 1);
    live_check_count(svc, "NEXUS >>> Authorization*", 0);
    live_check_count(other, "NEXUS >>> Authorization*", 0);
    live_check_count(svc, "LOGIN <<< *da-status=success*", 1);
    live_end(svc, u);
    live_end(other, NULL);
}

/* With a login server set, the nexus is not asked. */
static void test_login_url(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    user *u;

    config.login_url = service_login_url(svc);
    u = user_new(&config);
    live_online(u);
    live_check_count(svc, "NEXUS open", 0);
    live_check_count(svc, "LOGIN open", 1);
    live_end(svc, u);
}

/* Blanks around what was typed, as pasting leaves them. */
static void test_typed_server(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    user *u;

    config.server = " localhost ";
    u = user_new(&config);
    live_online(u);
    live_end(svc, u);
}

/* The letters of the address go out as they were typed, and may come back otherwise. */
static void test_letter_case(void)
{
    service *svc = live_service_with("handle-case=stored", NULL);
    user_config config = live_config(svc);
    user *u;

    config.address = "Alice@Example.COM";
    u = user_new(&config);
    live_online(u);
    live_check_count(svc, "NS >>> USR 3 TWN I Alice@Example.COM", 1);
    live_check_count(svc, "NS <<< USR 4 OK " LIVE_ADDRESS " *", 1);
    live_end(svc, u);
}

static void test_friendly_name(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    g_assert_cmpstr(purple_connection_get_display_name(user_connection(u)), ==, LIVE_FRIENDLY);
    live_end(svc, u);
}

/* No password is stored: it is asked for, used, and not kept. */
static void test_asks_password(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    user *u;

    config.password = NULL;
    config.remember = FALSE;
    u = user_new(&config);
    user_sign_in(u);
    live_wait(client_open_dialog(DIALOG_FIELDS), 5);
    live_check_count(svc, "* open", 0);
    client_fill_password(client_open_dialog(DIALOG_FIELDS), LIVE_PASSWORD);
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    client_forget_dialogs();
    live_end(svc, u);
}

/* Signing in again and again with the same account. */
static void test_again(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    for (guint i = 1; i <= 3; i++) {
        live_online(u);
        live_offline(svc, u);
        live_check_count(svc, "NS >>> OUT", i);
    }
    live_check(u->n_connected == 3);
    live_check(u->n_disconnected == 3);
    live_end(svc, u);
}

/* --- presence --------------------------------------------------------------------------------- */

typedef struct {
    const char *id;
    const char *code;
    gboolean directly; /* files do not go through the service */
} status_pair;

static const status_pair statuses[] = {
    {"available", "NLN", FALSE}, {"busy", "BSY", TRUE},   {"brb", "BRB", FALSE},
    {"away", "AWY", FALSE},      {"phone", "PHN", FALSE}, {"lunch", "LUN", FALSE},
    {"invisible", "HDN", TRUE},
};

static gboolean state_is(service *svc, const char *code)
{
    return g_strcmp0(service_state(svc, LIVE_ADDRESS), code) == 0;
}

static void test_first_status(gconstpointer data)
{
    const status_pair *pair = data;
    service *svc = live_service();
    user_config config = live_config(svc);
    g_autofree char *line =
        g_strdup_printf("NS >>> CHG 6 %s %s", pair->code, pair->directly ? "0" : "268435456");
    user *u;

    config.status = pair->id;
    u = user_new(&config);
    if (pair->directly)
        purple_account_set_bool(u->account, "files_through_service", FALSE);
    live_online(u);
    live_check(state_is(svc, pair->code));
    live_check_count(svc, line, 1);
    live_check_count(svc, "NS >>> CHG*", 1);
    live_end(svc, u);
}

static void test_status_changes(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    guint changes = 1;

    live_online(u);
    for (guint round = 0; round < 2; round++)
        for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
            if (round == 0 && i == 0)
                continue;
            user_set_status(u, statuses[i].id);
            live_wait(state_is(svc, statuses[i].code), 5);
            live_check_count(svc, "NS >>> CHG*", ++changes);
        }
    live_end(svc, u);
}

/* A status for all accounts: the nearest one that there is; a tune is none. */
static void test_status_of_all_accounts(void)
{
    static const struct {
        PurpleStatusPrimitive primitive;
        const char *code;
    } rows[] = {
        {PURPLE_STATUS_UNAVAILABLE, "BSY"}, {PURPLE_STATUS_INVISIBLE, "HDN"},
        {PURPLE_STATUS_AWAY, "AWY"},        {PURPLE_STATUS_EXTENDED_AWAY, "AWY"},
        {PURPLE_STATUS_MOBILE, "AWY"},      {PURPLE_STATUS_TUNE, "NLN"},
        {PURPLE_STATUS_MOOD, "NLN"},
    };
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        user_set_status(u, "available");
        live_wait(state_is(svc, "NLN"), 5);
        purple_savedstatus_activate(purple_savedstatus_new(NULL, rows[i].primitive));
        live_quiet();
        live_check(state_is(svc, rows[i].code));
    }
    live_end(svc, u);
}

/* Several at once: the last one is what counts. */
static void test_status_flurry(void)
{
    service *svc = live_service_with("latency=30", NULL);
    user *u = live_user(svc);

    live_online(u);
    user_set_status(u, "busy");
    user_set_status(u, "lunch");
    user_set_status(u, "phone");
    live_wait(state_is(svc, "PHN"), 5);
    client_idle(0.3);
    live_check(state_is(svc, "PHN"));
    live_check(u->online);
    live_end(svc, u);
}

/* Changed while the sign-in runs: nothing is sent before its time, and nothing is lost. */
static void test_status_early(void)
{
    service *svc = live_service_with("latency=50", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    live_wait(service_count(svc, "NS >>> CVR*") == 1, 10);
    user_set_status(u, "lunch");
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_wait(state_is(svc, "LUN"), 5);
    live_end(svc, u);
}

static void test_idle(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    user_set_idle(u, TRUE);
    live_wait(state_is(svc, "IDL"), 5);
    user_set_idle(u, FALSE);
    live_wait(state_is(svc, "NLN"), 5);
    /* Who is busy stays busy, whether at the keyboard or not. */
    user_set_status(u, "busy");
    live_wait(state_is(svc, "BSY"), 5);
    user_set_idle(u, TRUE);
    client_idle(0.2);
    live_check(state_is(svc, "BSY"));
    user_set_status(u, "available");
    live_wait(state_is(svc, "IDL"), 5);
    user_set_idle(u, FALSE);
    live_wait(state_is(svc, "NLN"), 5);
    live_end(svc, u);
}

/* Idle before the sign-in is complete: libpurple does not tell the plugin then. */
static void test_idle_early(void)
{
    service *svc = live_service_with("latency=50", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    live_wait(service_count(svc, "NS >>> CVR*") == 1, 10);
    user_set_idle(u, TRUE);
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_wait(state_is(svc, "IDL"), 5);
    live_end(svc, u);
}

/* Choosing "offline" signs out. */
static void test_status_offline(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    user_set_status(u, "offline");
    live_wait(user_is_offline(u), 5);
    live_wait(live_connections(svc) == 0, 5);
    live_check_count(svc, "NS >>> OUT", 1);
    live_check(u->n_errors == 0);
    live_end(svc, u);
}

/* A change that the server refuses is no reason to go. */
static void test_status_refused(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    live_set(svc, "ns-chg.reply=800 {trid}\\r\\n");
    user_set_status(u, "busy");
    live_wait(service_count(svc, "NS <<< 800 *") == 1, 5);
    client_idle(0.2);
    live_check(u->online);
    service_unset(svc, "ns-chg.reply");
    user_set_status(u, "lunch");
    live_wait(state_is(svc, "LUN"), 5);
    live_check(u->n_errors == 0);
    client_forget_dialogs(); /* it may be told */
    live_end(svc, u);
}

/* --- the session ------------------------------------------------------------------------------ */

static void test_challenge_answer(void)
{
    service *svc = live_service_with("chl=15570131571988941333", NULL);
    user *u = live_user(svc);

    live_online(u);
    live_wait(service_count(svc, "NS <<< QRY *") == 1, 5);
    live_check_count(svc, "NS >>> QRY 7 msmsgs@msnmsgr.com 32", 1);
    live_check_count(svc, "NS >>> | 8f2f5a91b72102cd28355e9fc9000d6e", 1);
    live_check(u->online);
    /* What comes behind it is read as before. */
    user_set_status(u, "busy");
    live_wait(state_is(svc, "BSY"), 5);
    live_end(svc, u);
}

/* What a server may say that means nothing to us, or nothing yet. */
static void test_unknown_commands(void)
{
    static const char noise[] =
        "XYZ 0 something new\r\n"
        "MSG Hotmail Hotmail 68\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinitialemailnot\r\n\r\nx\r\n"
        "NOT 5\r\nhello"
        "NLN BSY bob@example.com Bob%20B 0\r\n"
        "FLN bob@example.com\r\n"
        "ILN 6 AWY carol@example.com Carol 268435492\r\n"
        "ADD 0 RL 28 erin@example.com Erin\r\n"
        "QNG 50\r\n"
        "URL 99 /x https://example.com 2\r\n"
        "216 4711\r\n"
        "\r\n";
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    live_check(service_send(svc, LIVE_ADDRESS, noise, -1) == 1);
    client_idle(0.2);
    live_check(u->online);
    user_set_status(u, "busy");
    live_wait(state_is(svc, "BSY"), 5);
    live_check(u->n_errors == 0);
    client_forget_dialogs(); /* it may want to add who added us */
    live_end(svc, u);
}

/* A line that comes in pieces, and a hundred lines in one piece. */
static void test_pieces(void)
{
    GString *many = g_string_new(NULL);
    service *svc = live_service_with("ns-qry.reply=QRY {trid}\\r\\n", NULL);
    user *u = live_user(svc);

    live_online(u);
    service_send(svc, LIVE_ADDRESS, "CHL 0 1557013157", -1);
    client_idle(0.05);
    live_check_count(svc, "NS >>> QRY*", 0);
    service_send(svc, LIVE_ADDRESS, "1988941333\r", -1);
    client_idle(0.05);
    service_send(svc, LIVE_ADDRESS, "\n", -1);
    live_wait(service_count(svc, "NS >>> | 8f2f5a91b72102cd28355e9fc9000d6e") == 1, 5);
    for (guint i = 0; i < 2000; i++)
        g_string_append(many, "NLN NLN bob@example.com Bob 0\r\nNOT 3\r\nabc");
    g_string_append(many, "CHL 0 12345678901234567890\r\n");
    service_send(svc, LIVE_ADDRESS, many->str, (gssize)many->len);
    live_wait(service_count(svc, "NS >>> | 8ba1bb9d6dbf624fee31a2053af5fdd0") == 1, 5);
    live_check(u->online);
    g_string_free(many, TRUE);
    live_end(svc, u);
}

static void test_out_elsewhere(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    service_send(svc, LIVE_ADDRESS, "OUT OTH\r\n", -1);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NAME_IN_USE, NULL);
    live_check(u->fatal);
    live_check(u->n_errors == 1);
    live_check_count(svc, "NS >>> OUT*", 0);
    live_end(svc, u);
}

static void test_out_shutdown(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    service_send(svc, LIVE_ADDRESS, "OUT SSD\r\n", -1);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, NULL);
    live_check(!u->fatal);
    live_check(u->n_errors == 1);
    /* And it can come back. */
    live_online(u);
    live_end(svc, u);
}

static void test_out_plain(gconstpointer data)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    service_send(svc, LIVE_ADDRESS, data, -1);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, NULL);
    live_check(u->n_errors == 1);
    live_end(svc, u);
}

static void test_kicked(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    live_check(service_kick(svc, LIVE_ADDRESS) == 1);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", NULL);
    live_check(u->n_errors == 1);
    live_end(svc, u);
}

/* The server sends us elsewhere: a new sign-in, of which the user sees nothing. */
static void test_moved(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    PurpleConnection *gc;
    g_autofree char *line = g_strdup_printf("XFR 0 NS 127.0.0.1:%u 0 127.0.0.1:1\r\n",
                                            service_port(svc, SERVICE_NOTIFICATION));

    live_online(u);
    user_set_status(u, "busy");
    live_wait(state_is(svc, "BSY"), 5);
    gc = user_connection(u);
    service_forget_transcript(svc);

    live_check(service_send(svc, LIVE_ADDRESS, line, -1) == 1);
    live_wait(service_count(svc, "NS <<< CHG * BSY 268435456") == 1 || u->error, 10);
    live_check(!u->error);
    live_check_count(svc, "NS >>> VER 1 MSNP8 CVR0", 1);
    live_check_count(svc, "LOGIN <<< *da-status=success*", 1);
    live_check_count(svc, "DS open", 0);
    live_check_count(svc, "NS >>> CHG*", 1);
    live_wait(service_connections(svc, SERVICE_NOTIFICATION) == 1, 5);
    live_check(u->online);
    live_check(user_connection(u) == gc);
    live_check(u->n_connected == 1 && u->n_disconnected == 0);

    user_set_status(u, "available");
    live_wait(state_is(svc, "NLN"), 5);
    /* A change in the middle of the next move is not lost. */
    live_set(svc, "latency=50");
    service_send(svc, LIVE_ADDRESS, line, -1);
    live_wait(service_count(svc, "NS >>> USR * TWN I*") == 2, 10);
    user_set_status(u, "lunch");
    live_heard(svc, "NS <<< CHG * LUN 268435456");
    service_unset(svc, "latency");
    live_offline(svc, u);
    live_check_count(svc, "NS >>> OUT", 1);
    live_check(u->n_errors == 0);
    live_end(svc, u);
}

/* ... and if that fails, it is over. */
static void test_moved_nowhere(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    int port = live_closed_port();
    g_autofree char *line = g_strdup_printf("XFR 0 NS 127.0.0.1:%d 0 127.0.0.1:1\r\n", port);
    g_autofree char *number = g_strdup_printf("%d", port);

    live_online(u);
    service_send(svc, LIVE_ADDRESS, line, -1);
    live_failed(u, 10, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", number, NULL);
    live_check(u->n_errors == 1);
    live_end(svc, u);
}

static void add_tests(void)
{
    static const char *const variants[] = {
        "ver-without-cvr0",
        "xfr-short",
        "challenge-any",
        "handle-case",
        "no-profile",
        "profile-extra=200",
        "split-profile",
        "chl",
        "passporturls-case",
        "dalogin-scheme",
        "dalogin-query",
        "login-redirects=1",
        "login-redirects=4",
        "401-plain",
        "ticket-opaque",
        "keep-alive",
        "keep-alive|login-redirects=2",
        "latency=40",
        "dribble",
        "no-dispatch",
        "escargot",
        "no-dispatch|ver-without-cvr0|no-profile|ticket-opaque|keep-alive|dribble",
        "nexus.reply=HTTP/1.0 200\\r\\npassporturls:x=y, dalogin={login}/login2.srf ,\\r\\n"
        " z=1\\r\\n\\r\\n|nexus.close",
        "nexus.reply=HTTP/1.1 100 Continue\\r\\n\\r\\nHTTP/1.1 200 OK\\n"
        "PASSPORTURLS: DALogin=https://{login}/login2.srf\\nContent-Length: 0\\n\\n",
    };

    live_add("/signin/flow", test_flow, TRUE);
    live_add("/signin/progress", test_progress, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(variants); i++) {
        g_autofree char *name = g_strdup_printf("%.40s", variants[i]);
        g_autofree char *path = g_strdup_printf(
            "/signin/variant/%s", g_strcanon(name, G_CSET_a_2_z G_CSET_DIGITS "=.-", '_'));

        live_add_data(path, variants[i], test_variant, FALSE);
    }
    live_add("/signin/escargot", test_escargot, TRUE);
    live_add("/signin/challenge-verbatim", test_challenge_verbatim, FALSE);
    live_add("/signin/relative-redirect", test_relative_redirect, FALSE);
    live_add("/signin/elsewhere", test_elsewhere, FALSE);
    live_add("/signin/login-url", test_login_url, FALSE);
    live_add("/signin/typed-server", test_typed_server, FALSE);
    live_add("/signin/letter-case", test_letter_case, FALSE);
    live_add("/signin/friendly-name", test_friendly_name, FALSE);
    live_add("/signin/asks-password", test_asks_password, TRUE);
    live_add("/signin/again", test_again, TRUE);

    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autofree char *path = g_strdup_printf("/status/first/%s", statuses[i].id);

        live_add_data(path, &statuses[i], test_first_status, FALSE);
    }
    live_add("/status/changes", test_status_changes, FALSE);
    live_add("/status/of-all-accounts", test_status_of_all_accounts, FALSE);
    live_add("/status/flurry", test_status_flurry, FALSE);
    live_add("/status/early", test_status_early, FALSE);
    live_add("/status/idle", test_idle, TRUE);
    live_add("/status/idle-early", test_idle_early, FALSE);
    live_add("/status/offline", test_status_offline, FALSE);
    live_add("/status/refused", test_status_refused, FALSE);

    live_add("/session/challenge", test_challenge_answer, TRUE);
    live_add("/session/unknown-commands", test_unknown_commands, FALSE);
    live_add("/session/pieces", test_pieces, FALSE);
    live_add("/session/elsewhere", test_out_elsewhere, FALSE);
    live_add("/session/shutdown", test_out_shutdown, FALSE);
    live_add_data("/session/out", "OUT\r\n", test_out_plain, FALSE);
    live_add_data("/session/out-unknown", "OUT TOU\r\n", test_out_plain, FALSE);
    live_add("/session/kicked", test_kicked, TRUE);
    live_add("/session/moved", test_moved, TRUE);
    live_add("/session/moved-nowhere", test_moved_nowhere, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
