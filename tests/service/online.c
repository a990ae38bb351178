/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The notification server once somebody is signed in: profile, own presence, challenges.
 */
#include <time.h>

#include "mail.h"
#include "msnp.h"
#include "presence.h"

#define PRODUCT_ID  "msmsgs@msnmsgr.com"
#define PRODUCT_KEY "Q1P7W2E4J9R8U3S5"

/* The client's port with its bytes swapped, as the servers of the time gave it. */
static guint client_port(const conn *c)
{
    return knob_on(c->svc, "escargot") ? c->peer : GUINT16_SWAP_LE_BE(c->peer);
}

static GString *make_profile(conn *c, const account *a)
{
    gboolean escargot = knob_on(c->svc, "escargot");
    const char *address = knob_get(c->svc, "client-ip");
    guint extra = knob_number(c->svc, "profile-extra", 0);
    g_autofree char *auth = random_text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl*!", 88);
    gboolean mailbox = knob_on(c->svc, "mailbox");
    GString *p = g_string_new("MIME-Version: 1.0\r\n"
                              "Content-Type: text/x-msmsgsprofile; charset=UTF-8\r\n");

    g_string_append_printf(p, "LoginTime: %" G_GINT64_FORMAT "\r\n", (gint64)time(NULL));
    g_string_append_printf(p, "EmailEnabled: %d\r\n", mailbox ? 1 : 0);
    g_string_append(p, "MemberIdHigh: 85040\r\nMemberIdLow: -517030579\r\n"
                       "lang_preference: 1033\r\n");
    g_string_append_printf(p, "preferredEmail: %s\r\n", a->address);
    g_string_append(p, "country: US\r\nPostalCode: 90201\r\nGender: m\r\nKid: 0\r\nAge: \r\n"
                       "BDayPre: 5\r\nBirthday: 0\r\nWallet: 0\r\nFlags: 1027\r\nsid: 507\r\n");
    g_string_append(p, escargot ? "" : "kv: 5\r\n");
    g_free(c->msnp.auth);
    c->msnp.auth = g_strconcat(auth, "$$", NULL);
    g_string_append_printf(p, "MSPAuth: %s\r\n", c->msnp.auth);
    g_string_append_printf(p, "ClientIP: %s\r\nClientPort: %u\r\n", address ? address : "127.0.0.1",
                           client_port(c));
    for (guint i = 0; i < extra; i++)
        g_string_append_printf(p, "X-Extra-%u: nobody has ever heard of this field\r\n", i);
    return g_string_append(p, "\r\n");
}

void online_send_profile(conn *c, const account *a)
{
    GString *profile;
    g_autofree char *head = NULL;

    if (knob_on(c->svc, "no-profile"))
        return;
    profile = make_profile(c, a);
    head = g_strdup_printf("MSG Hotmail Hotmail %" G_GSIZE_FORMAT "\r\n", profile->len);
    g_string_prepend(profile, head);
    if (knob_on(c->svc, "split-profile"))
        conn_send_dribbled(c, profile->str, (gssize)profile->len);
    else
        conn_send(c, profile->str, (gssize)profile->len);
    g_string_free(profile, TRUE);
}

static void send_client_challenge(conn *c)
{
    const char *digits = knob_get(c->svc, "chl");

    if (!digits || knob_on(c->svc, "escargot"))
        return;
    g_free(c->msnp.client_challenge);
    c->msnp.client_challenge = *digits ? g_strdup(digits) : random_text("0123456789", 20);
    conn_printf(c, "CHL 0 %s\r\n", c->msnp.client_challenge);
}

static void send_first_presence(conn *c)
{
    GString *lines = g_string_new(NULL);

    presence_batch(c, lines);
    conn_send(c, lines->str, (gssize)lines->len);
    g_string_free(lines, TRUE);
    send_client_challenge(c);
    mail_greet(c);
}

void online_chg(conn *c, const request *req)
{
    const char *state = req->words[2];
    gboolean first = !c->msnp.status[0];
    guint64 client_id = 0;
    step_result step;

    if (g_str_equal(state, "FLN")) {
        msnp_error(c, 201);
        return;
    }
    if (!presence_is_state(state) || !reader_number(req->words[3], G_MAXUINT32, &client_id)) {
        conn_bad(c, "CHG with an unknown state or without a client id");
        return;
    }
    step = step_apply(c, "ns-chg");
    if (step == STEP_NOTHING)
        return;
    g_strlcpy(c->msnp.status, state, sizeof c->msnp.status);
    c->msnp.client_id = client_id;
    if (step == STEP_NORMAL)
        conn_printf(c, "CHG %" G_GUINT64_FORMAT " %s %s\r\n", c->trid, state, req->words[3]);
    if (step == STEP_NORMAL && first)
        send_first_presence(c);
    presence_update(c->svc, c->msnp.person);
}

static const char *check_answer(const conn *c, const request *req)
{
    g_autofree char *text = NULL;
    g_autofree char *digest = NULL;

    if (!c->msnp.client_challenge)
        return "QRY without a CHL";
    if (!g_str_equal(req->words[2], PRODUCT_ID) || !g_str_equal(req->words[3], "32"))
        return "QRY with another product or length than it should have";
    text = g_strconcat(c->msnp.client_challenge, PRODUCT_KEY, NULL);
    digest = g_compute_checksum_for_string(G_CHECKSUM_MD5, text, -1);
    return g_str_equal(digest, req->payload->str) ? NULL : "QRY with the wrong digest";
}

void online_qry(conn *c, const request *req)
{
    const char *why;

    if (knob_on(c->svc, "escargot") || step_apply(c, "ns-qry") != STEP_NORMAL)
        return;
    why = check_answer(c, req);
    g_clear_pointer(&c->msnp.client_challenge, g_free);
    if (why) {
        msnp_error(c, 540);
        conn_bad(c, why);
        return;
    }
    conn_printf(c, "QRY %" G_GUINT64_FORMAT "\r\n", c->trid);
}

void online_png(conn *c, const request *req G_GNUC_UNUSED)
{
    if (c->tunnelled && !knob_on(c->svc, "gateway-plain"))
        conn_bad(c, "PNG through the gateway");
    else if (step_apply(c, "ns-png") == STEP_NORMAL)
        conn_send(c, "QNG\r\n", -1);
}
