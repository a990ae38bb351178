/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switchboard requests (XFR SB) and incoming calls (RNG). The switchboards themselves are
 * elsewhere.
 */
#include "ns_sb.h"

#include "codec.h"
#include "url.h"

#include <string.h>

void msnp_ns_ask_switchboard(msnp_ns *ns, unsigned request)
{
    if (ns->state != NS_OFFLINE)
        g_array_append_val(ns->requests, request);
}

void ns_sb_run(msnp_ns *ns, int64_t now)
{
    const char *const args[] = {"SB", NULL};

    while (ns->state != NS_OFFLINE && ns->requests->len > 0 &&
           ns->requests->len + ns->trans.pending->len > MSNP_REQUESTS_MAX) {
        unsigned request = g_array_index(ns->requests, unsigned, ns->requests->len - 1);
        g_array_set_size(ns->requests, ns->requests->len - 1);
        ns_sb_refused(ns, request, (msnp_cause){MSNP_ERR_FULL, 0});
    }
    while (ns->state == NS_ONLINE && ns->requests->len > 0) {
        unsigned request = g_array_index(ns->requests, unsigned, 0);
        g_array_remove_index(ns->requests, 0);
        ns_ask(ns, "XFR", request, now + MSNP_TRANS_TIMEOUT, args);
    }
}

void ns_sb_restart(msnp_ns *ns)
{
    const GArray *pending = ns->trans.pending;

    for (guint i = 0; i < pending->len; i++) {
        const msnp_pending *entry = &g_array_index(pending, msnp_pending, i);
        if (strcmp(entry->name, "XFR") == 0)
            g_array_append_val(ns->requests, entry->context);
    }
}

void ns_sb_refused(msnp_ns *ns, unsigned request, msnp_cause cause)
{
    ns->ops->no_switchboard(ns->owner, request, cause, ns->now);
}

/*
 * A cookie or session id: opaque, but we send it back. NULL if it cannot be sent. The caller frees
 * it.
 */
static char *take_word(msnp_str text)
{
    char *word = msnp_str_dup(text);

    if (!msnp_is_word(word))
        g_clear_pointer(&word, msnp_secret_free);
    return word;
}

/* A cookie, which is a secret. The same otherwise. */
static char *take_cookie(msnp_ns *ns, msnp_str text)
{
    char *cookie = take_word(text);

    msnp_mask_add_passing(&ns->net->mask, cookie);
    return cookie;
}

/* XFR id SB host:port CKI cookie */
void ns_sb_got_switchboard(msnp_ns *ns, const msnp_cmd *cmd)
{
    msnp_pending asked;
    char *host = NULL;
    uint16_t port;

    if (ns->state != NS_ONLINE || !ns_answers_to(ns, cmd, "XFR", &asked))
        return;

    char *cookie = cmd->argc >= 5 ? take_cookie(ns, cmd->argv[4]) : NULL;
    if (cookie != NULL &&
        msnp_host_port_parse(cmd->argv[2], MSNP_PORT_MSNP, &host, &port) == MSNP_OK)
        ns->ops->switchboard(ns->owner, asked.context, host, port, cookie, ns->now);
    else
        ns_sb_refused(ns, asked.context, (msnp_cause){MSNP_ERR_MALFORMED, 0});
    msnp_secret_free(cookie);
    g_free(host);
}

/* RNG session host:port CKI cookie account name */
void ns_sb_got_ring(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    char *session = take_word(cmd->argv[0]);
    char *cookie = take_cookie(ns, cmd->argv[3]);
    char *account = msnp_str_dup(cmd->argv[4]);
    char *name =
        msnp_text_decode(cmd->argc > 5 ? cmd->argv[5] : (msnp_str){"", 0}, MSNP_NAME_CHARS);
    char *host = NULL;
    uint16_t port;

    /* Ignore a malformed one: nobody waits for a reply. */
    if (session != NULL && cookie != NULL && msnp_account_valid(account) &&
        msnp_host_port_parse(cmd->argv[1], MSNP_PORT_MSNP, &host, &port) == MSNP_OK)
        ns->ops->rung(ns->owner, &(msnp_ring){session, host, port, cookie, account, name, false},
                      now);
    g_free(session);
    msnp_secret_free(cookie);
    g_free(account);
    g_free(name);
    g_free(host);
}
