/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Passport nexus and the Passport login server.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"

#define NEXUS_TARGET    "/rdr/pprdr.asp"
#define LOGIN_PATH      "/login2.srf"
#define DALOGIN_QUERY   "?lc=1033&x=1"
#define REFUSAL_BODY    390
#define TICKET_ALPHABET "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!*"
#define CREDENTIAL_START \
    "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,sign-in="

static const char default_cbtxt[] =
    "Type%20your%20e-mail%20address%20and%20password%20correctly.%20If%20you%20haven%E2%80%99t%20"
    "registered%20with%20.NET%20Passport%2C%20click%20the%20Get%20a%20.NET%20Passport%20link.";

typedef struct {
    char *address;
    char *password;
    const char *challenge; /* in the header */
} credentials;

const char *http_reason(guint status)
{
    static const struct {
        guint status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {307, "Temporary Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Something Else";
}

/* The date as HTTP writes it, whatever the locale is. */
static char *http_date(gint64 seconds_ago)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t when = time(NULL) - (time_t)seconds_ago;
    struct tm tm;

    gmtime_r(&when, &tm);
    return g_strdup_printf("%s, %02d %s %d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
                           months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Whatever the client asks for. */
static gboolean stays_open(const service *svc)
{
    return knob_on(svc, "keep-alive") || knob_on(svc, "http-once");
}

static void end_answer(conn *c)
{
    if (!stays_open(c->svc))
        conn_finish(c);
    else if (knob_on(c->svc, "http-idle"))
        conn_expect(c, knob_number(c->svc, "http-idle", 0));
}

static void finish_answer(conn *c, GString *answer)
{
    conn_send(c, answer->str, (gssize)answer->len);
    g_string_free(answer, TRUE);
    end_answer(c);
}

/* The status line and the headers that every answer begins with. */
static GString *begin_answer(const conn *c, guint status)
{
    g_autofree char *date = http_date(0);
    g_autofree char *expires = http_date(60);
    const char *connection = stays_open(c->svc) ? "keep-alive" : "close";
    GString *answer = g_string_new(NULL);

    g_string_printf(answer, "HTTP/1.1 %u %s\r\nServer: Microsoft-IIS/5.0\r\nDate: %s\r\n", status,
                    http_reason(status), date);
    if (!c->logs_in) {
        g_string_append_printf(answer, "Connection: %s\r\n", connection);
        return answer;
    }
    g_string_append_printf(answer,
                           "PPServer: H: LAWPPIIS6B061\r\n"
                           "Connection: %s\r\n"
                           "Content-Type: text/html\r\n"
                           "Expires: %s\r\n"
                           "Cache-Control: no-cache\r\n"
                           "cachecontrol: no-store\r\n"
                           "Pragma: no-cache\r\n"
                           "P3P: CP=\"DSP CUR OTPi IND OTRi ONL FIN\"\r\n",
                           connection, expires);
    return answer;
}

static void send_status(conn *c, guint status)
{
    GString *answer = begin_answer(c, status);

    finish_answer(c, g_string_append(answer, "Content-Length: 0\r\n\r\n"));
}

static void send_redirect(conn *c, const char *where)
{
    GString *answer = begin_answer(c, 302);

    if (c->logs_in)
        g_string_append(answer, "Authentication-Info: Passport1.4 da-status=redir\r\n");
    g_string_append_printf(answer, "Location: %s\r\n", where);
    /* Only the close ends it otherwise, as it was. */
    if (stays_open(c->svc))
        g_string_append(answer, "Content-Length: 0\r\n");
    finish_answer(c, g_string_append(answer, "\r\n"));
}

static void append_passport_urls(const conn *c, GString *answer)
{
    const service *svc = c->svc;
    gboolean escargot = knob_on(svc, "escargot");

    g_string_append_printf(
        answer, "%s: ", knob_on(svc, "passporturls-case") ? "Passporturls" : "PassportURLs");
    if (!escargot)
        g_string_append(answer, "DARealm=Passport.Net");
    if (!knob_on(svc, "no-dalogin"))
        g_string_append_printf(answer, "%sDALogin=%slocalhost:%u%s%s", escargot ? "" : ",",
                               knob_on(svc, "dalogin-scheme") ? "https://" : "", login_port(svc),
                               LOGIN_PATH, knob_on(svc, "dalogin-query") ? DALOGIN_QUERY : "");
    if (!escargot)
        g_string_append(answer, ",DAReg=http://register.passport.net/uixpwiz.srf"
                                ",Properties=https://register.passport.net/editprof.srf"
                                ",Privacy=http://www.passport.com/consumer/privacypolicy.asp"
                                ",GeneralRedir=http://nexusrdr.passport.com/redir.asp"
                                ",Help=http://memberservices.passport.net/memberservice.srf"
                                ",ConfigVersion=11");
    g_string_append(answer, "\r\n");
}

static void send_urls(conn *c)
{
    gboolean is_short = knob_on(c->svc, "nexus-body-short");
    guint length = MAX(knob_number(c->svc, "nexus-body", 0), is_short ? 1u : 0u);
    g_autofree char *body = g_strnfill(length, '.');
    GString *answer = begin_answer(c, 200);
    gsize head;

    append_passport_urls(c, answer);
    g_string_append_printf(answer,
                           "Content-Length: %u\r\n"
                           "Content-Type: text/html\r\n"
                           "Cache-control: private\r\n\r\n",
                           length);
    head = answer->len;
    g_string_append_len(answer, body, (gssize)(is_short ? length - 1 : length));
    conn_send_parted(c, answer->str, answer->len, head);
    g_string_free(answer, TRUE);
    end_answer(c);
}

static void handle_nexus(conn *c, const request *req)
{
    const char *elsewhere = knob_get(c->svc, "nexus-redirect-to");
    guint status = knob_number(c->svc, "nexus-status", 200);

    if (request_header(req, "Authorization", NULL)) {
        conn_bad(c, "the nexus was sent an Authorization header");
    } else if (!g_str_equal(req->words[1], NEXUS_TARGET)) {
        send_status(c, 404);
    } else if (step_apply(c, "nexus") != STEP_NORMAL) {
        return;
    } else if (elsewhere) {
        send_redirect(c, elsewhere);
    } else if (status != 200) {
        send_status(c, status);
    } else {
        send_urls(c);
    }
}

/* One encoded value; `*at` goes past its comma. NULL if it is not encoded as it must be. */
static char *take_value(const char **at)
{
    gsize length = strcspn(*at, ",");
    g_autofree char *encoded = g_strndup(*at, length);
    char *value;

    if ((*at)[length] != ',')
        return NULL;
    for (const char *p = encoded; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-_.~%", *p))
            return NULL;
    /* NULL for a % without two digits, and for %00 */
    value = g_uri_unescape_string(encoded, NULL);
    if (value && g_utf8_validate(value, -1, NULL)) {
        *at += length + 1;
        return value;
    }
    g_free(value);
    return NULL;
}

static void credentials_clear(credentials *given)
{
    g_free(given->address);
    g_free(given->password);
}

/* NULL, or why the header is not what it must be to the byte. */
static const char *read_credentials(const conn *c, const char *header, credentials *given)
{
    const char *at = header;

    if (!header)
        return "no Authorization header";
    if (!g_str_has_prefix(at, CREDENTIAL_START))
        return "the Authorization header does not begin as it should";
    at += strlen(CREDENTIAL_START);
    if (!(given->address = take_value(&at)))
        return "sign-in is badly encoded";
    if (!g_str_has_prefix(at, "pwd="))
        return "pwd does not follow sign-in";
    at += strlen("pwd=");
    if (!(given->password = take_value(&at)))
        return "pwd is badly encoded";
    if (!g_hash_table_contains(c->svc->challenges, at))
        return "the Authorization header does not end in a challenge that was sent";
    given->challenge = at;
    return NULL;
}

static void send_refusal(conn *c)
{
    static const char start[] = "<HTML><HEAD><TITLE>Sign in</TITLE></HEAD><BODY>";
    static const char end[] = "</BODY></HTML>";
    const char *cbtxt = knob_get(c->svc, "cbtxt");
    GString *answer = begin_answer(c, 401);
    GString *body = g_string_new(start);

    while (body->len < REFUSAL_BODY - strlen(end))
        g_string_append_c(body, '.');
    g_string_append(body, end);
    if (knob_on(c->svc, "401-plain"))
        g_string_append(answer, "WWW-Authenticate: Passport1.4 da-status=failed\r\n");
    else
        g_string_append_printf(answer,
                               "PassportConfig: ConfigVersion=11\r\n"
                               "WWW-Authenticate: Passport1.4 da-status=failed,"
                               "srealm=Passport.NET,ts=-3,prompt,"
                               "cburl=http://www.passportimages.com/XPPassportLogo.gif,"
                               "cbtxt=%s\r\n",
                               cbtxt ? cbtxt : default_cbtxt);
    g_string_append_printf(answer, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", body->len,
                           body->str);
    g_string_free(body, TRUE);
    finish_answer(c, answer);
}

static char *issue_ticket(conn *c, const account *a, const char *challenge)
{
    service *svc = c->svc;
    ticket *t = g_new0(ticket, 1);
    char *text;

    if (knob_on(svc, "ticket-opaque")) {
        text = random_text("0123456789abcdef", 20);
    } else {
        g_autofree char *t_part = random_text(TICKET_ALPHABET, 86);
        g_autofree char *p_part = random_text(TICKET_ALPHABET, 184);

        text = g_strdup_printf("t=5%s$$&p=5%s", t_part, p_part);
    }
    t->address = g_strdup(a->address);
    t->challenge = g_strdup(challenge);
    t->issued = g_get_monotonic_time();
    g_hash_table_replace(svc->tickets, g_strdup(text), t);
    return text;
}

static void append_cookies(GString *answer, const char *address)
{
    static const char path[] = "domain=.passport.com;path=/";
    g_autofree char *sec = random_text(TICKET_ALPHABET, 70);
    g_autofree char *auth = random_text(TICKET_ALPHABET, 90);
    g_autofree char *prof = random_text(TICKET_ALPHABET, 134);

    g_string_append_printf(answer,
                           "Set-Cookie: MSPSec1= ; expires=Thu, 30-Oct-1980 16:00:00 GMT;"
                           "%s;HTTPOnly= ;version=1\r\n"
                           "Set-Cookie: MSPSec=5%s; HTTPOnly= ; %s;secure=\r\n"
                           "Set-Cookie: MSPAuth=5%s$$; HTTPOnly= ; %s\r\n"
                           "Set-Cookie: MSPProf=5%s; HTTPOnly= ; %s\r\n"
                           "Set-Cookie: MSPVis=507;%s\r\n",
                           path, sec, path, auth, path, prof, path, path);
    g_string_append_printf(answer,
                           "Set-Cookie: MSPPre=%s; HTTPOnly= ; %s;"
                           "Expires=Wed, 30-Dec-2037 16:00:00 GMT\r\n"
                           "Set-Cookie: MSPShared= ; HTTPOnly= ; %s;"
                           "Expires=Thu, 30-Oct-1980 16:00:00 GMT\r\n",
                           address, path, path);
}

static void send_success(conn *c, const account *a, const char *challenge)
{
    gboolean escargot = knob_on(c->svc, "escargot");
    g_autofree char *text = NULL;
    GString *answer = begin_answer(c, 200);

    if (!escargot)
        append_cookies(answer, a->address);
    g_string_append(answer, "Authentication-Info: Passport1.4 da-status=success");
    if (!escargot)
        g_string_append(answer, ",tname=MSPAuth,tname=MSPProf,tname=MSPSec");
    if (!knob_on(c->svc, "no-ticket")) {
        text = issue_ticket(c, a, challenge);
        g_string_append_printf(answer, ",from-PP='%s'", text);
    }
    if (!escargot)
        g_string_append(answer, ",ru=http://messenger.msn.com");
    g_string_append(answer, escargot ? "\r\nContent-Length: 7\r\n\r\n200: OK"
                                     : "\r\nContent-Length: 0\r\n\r\n");
    finish_answer(c, answer);
}

/* Whether the request was sent on to somewhere else. */
static gboolean redirected(conn *c, const char *query)
{
    const char *elsewhere = knob_get(c->svc, "login-redirect-to");
    guint redirects = knob_number(c->svc, "login-redirects", 0);
    guint hop = g_str_has_prefix(query, "?hop=") ? (guint)strtoul(query + 5, NULL, 10) : 0;
    g_autofree char *next = NULL;

    if (elsewhere) {
        send_redirect(c, elsewhere);
        return TRUE;
    }
    if (!knob_on(c->svc, "redirect-loop") && hop >= redirects)
        return FALSE;
    next = g_strdup_printf("https://localhost:%u%s?hop=%u", login_port(c->svc), LOGIN_PATH,
                           knob_on(c->svc, "redirect-loop") ? 1 : hop + 1);
    send_redirect(c, next);
    return TRUE;
}

static void answer_login(conn *c, const char *query, const credentials *given)
{
    const account *a = find_account(c->svc, given->address);
    guint status = knob_number(c->svc, "login-status", 200);

    g_free(c->account);
    c->account = g_strdup(given->address);
    if (step_apply(c, "login") != STEP_NORMAL || redirected(c, query))
        return;
    if (status == 401)
        send_refusal(c);
    else if (status != 200)
        send_status(c, status);
    else if (a && g_str_equal(a->password, given->password))
        send_success(c, a, given->challenge);
    else
        send_refusal(c);
}

gboolean http_is_our_host(const conn *c, const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *ours = g_strdup_printf("%s:%u", names[i], service_port(c->svc, c->role));

        if (g_str_equal(host, ours))
            return TRUE;
    }
    return c->role == SERVICE_NEXUS && g_strcmp0(host, knob_get(c->svc, "nexus-name")) == 0;
}

static void handle_login(conn *c, const request *req)
{
    const char *target = req->words[1];
    const char *query = target + strcspn(target, "?");
    credentials given = {NULL, NULL, NULL};
    const char *why = NULL;

    if (query - target != (gssize)strlen(LOGIN_PATH) || !g_str_has_prefix(target, LOGIN_PATH)) {
        send_status(c, 404);
        return;
    }
    if (!g_str_equal(req->words[2], "HTTP/1.1"))
        why = "the login server wants HTTP/1.1";
    else if (knob_on(c->svc, "dalogin-query") && !*query)
        why = "the query of DALogin is missing";
    else
        why = read_credentials(c, request_header(req, "Authorization", NULL), &given);
    if (why)
        conn_bad(c, why);
    else
        answer_login(c, query, &given);
    credentials_clear(&given);
}

static gboolean is_for_login(const conn *c, const request *req)
{
    gsize length = strcspn(req->words[1], "?");

    return c->role == SERVICE_LOGIN ||
           (knob_on(c->svc, "one-passport") && length == strlen(LOGIN_PATH) &&
            g_str_has_prefix(req->words[1], LOGIN_PATH));
}

void passport_handle(conn *c, const request *req)
{
    const char *host = request_header(req, "Host", NULL);
    gboolean again = c->asked;

    c->asked = TRUE;
    c->logs_in = is_for_login(c, req);
    if (c->in->len > 0 && !stays_open(c->svc))
        conn_bad(c, "bytes after the request");
    else if (again && knob_on(c->svc, "http-once"))
        conn_finish(c);
    else if (host && !http_is_our_host(c, host))
        conn_bad(c, "the Host header names somebody else");
    else if (!g_str_equal(req->words[0], "GET"))
        send_status(c, 405);
    else if (c->logs_in)
        handle_login(c, req);
    else
        handle_nexus(c, req);
}
