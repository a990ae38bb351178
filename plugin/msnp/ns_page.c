/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to and from mobile phones:
 *
 *   PAG id account length, XML     no reply; an error if it cannot be sent on
 *   IPG length, XML                from the phone of a contact, or of anybody
 *
 * Escargot does not know PAG (deviation 15): it would take the payload for commands, and lose the
 * one behind it. But it stores MBE and MOB for every client that sets them, so they prove nothing.
 * PAG is sent only to a server that gave all signs of the Microsoft service, of which Escargot
 * gives none:
 *   - the reply to VER repeats CVR0 (deviation 7);
 *   - the reply to CVR recommends a version of the client, and does not just repeat ours;
 *   - the profile has a key version (kv), which only a real Passport login has;
 *   - the list version is the account's, not that of the session (deviation 2).
 * When the lists have arrived without one of them, nobody can be paged.
 */
#include "ns_page.h"

#include "codec.h"
#include "ns.h"

#include <string.h>

/* A PAG without a result. */
typedef struct {
    unsigned number;
    uint32_t id; /* of its transaction, which lasts as long as it does */
    char *who;
    char *text;
    int64_t until;
    bool due; /* its time is over */
} pending_page;

/* --- sending -------------------------------------------------------------------------------- */

static void page_free(gpointer data)
{
    pending_page *page = data;

    g_free(page->who);
    g_free(page->text);
    g_free(page);
}

void ns_page_clear(msnp_ns *ns)
{
    g_queue_clear_full(&ns->pages, page_free);
}

static void end(msnp_ns *ns, GList *link, msnp_cause cause, bool maybe)
{
    pending_page *page = link->data;

    g_queue_delete_link(&ns->pages, link);
    ns_push(ns,
            (msnp_event){.type = MSNP_EVENT_PAGED, .paged = {page->who, page->text, cause, maybe}});
    page_free(page);
}

void msnp_ns_end_pages(msnp_ns *ns, msnp_err why)
{
    while (ns->pages.head != NULL)
        end(ns, ns->pages.head, (msnp_cause){why, 0}, true);
}

void ns_page_restart(msnp_ns *ns)
{
    msnp_ns_end_pages(ns, MSNP_ERR_CLOSED);
    ns->roster->paging = false;
    ns->signs = 0;
}

void ns_page_refused(msnp_ns *ns, unsigned number, unsigned error)
{
    for (GList *l = ns->pages.head, *next; l != NULL; l = next) {
        const pending_page *page = l->data;
        next = l->next;
        if (page->number == number)
            end(ns, l, (msnp_cause){MSNP_ERR_SERVER, error}, false);
    }
}

/*
 * Would an error have come? A dead connection brings none; a gateway may not have taken what was
 * sent, and only its next answer has what the server says of it.
 */
static bool is_settled(const msnp_ns *ns)
{
    return ns->state == NS_ONLINE && ns->pinged == MSNP_NEVER &&
           !msnp_framer_is_amid(&ns->framer) && msnp_net_is_settled(ns->net, ns->conn);
}

void ns_page_run(msnp_ns *ns)
{
    const pending_page *page;
    msnp_pending ended;

    while ((page = g_queue_peek_head(&ns->pages)) != NULL && page->due && is_settled(ns)) {
        (void)msnp_trans_end_named(&ns->trans, page->id, "PAG", &ended);
        end(ns, ns->pages.head, (msnp_cause){MSNP_OK, 0}, false);
    }
}

void ns_page_tick(msnp_ns *ns, int64_t now)
{
    for (GList *l = ns->pages.head; l != NULL; l = l->next) {
        pending_page *page = l->data;
        page->due = page->due || now >= page->until;
    }
}

int64_t ns_page_deadline(const msnp_ns *ns)
{
    for (GList *l = ns->pages.head; l != NULL; l = l->next)
        if (!((const pending_page *)l->data)->due)
            return ((const pending_page *)l->data)->until;
    return MSNP_NEVER;
}

/* What a dead connection has swallowed was not sent: only the reply to PNG shows that it lives. */
static void ping(msnp_ns *ns, int64_t now)
{
    const char *const none[] = {NULL};

    if (ns->pinged != MSNP_NEVER || msnp_net_is_tunnelled(ns->net, ns->conn))
        return;
    ns->pinged = now;
    ns_notify(ns, "PNG", false, none, (msnp_str){"", 0});
}

static void send_page(msnp_ns *ns, const char *account, const char *text, int64_t now)
{
    msnp_buf xml;
    char length[16];
    const char *const args[] = {account, length, NULL};
    pending_page *page = g_new(pending_page, 1);

    *page = (pending_page){.number = ++ns->last_page,
                           .who = g_strdup(account),
                           .text = g_strdup(text),
                           .until = now + MSNP_PAGE_SILENCE};
    g_queue_push_tail(&ns->pages, page);
    msnp_page_write(&xml, text);
    g_snprintf(length, sizeof length, "%zu", xml.len);
    ns_ask_with(ns, "PAG", ns->last_page, MSNP_NEVER, args, msnp_buf_view(&xml));
    msnp_buf_clear(&xml);
    /* If it cannot be sent the session has failed, and the page is gone. */
    if (g_queue_peek_tail(&ns->pages) != page)
        return;
    page->id = ns->trans.last;
    ping(ns, now);
}

msnp_err msnp_ns_page(msnp_ns *ns, const char *who, const char *text, int64_t now)
{
    const msnp_contact *contact = msnp_roster_find(ns->roster, msnp_str_of(who));
    char *clean = msnp_text_clean_lines(msnp_str_of(text));
    msnp_err err = MSNP_OK;

    ns->now = now;
    g_strstrip(clean);
    if (ns->state != NS_ONLINE || contact == NULL || !msnp_roster_can_page(ns->roster, contact))
        err = MSNP_ERR_NOBODY;
    else if (*clean == '\0')
        err = MSNP_ERR_MALFORMED;
    else if (g_utf8_strlen(clean, -1) > MSNP_PAGE_CHARS)
        err = MSNP_ERR_TOO_LONG;
    else if (ns->pages.length >= MSNP_PAGES_MAX)
        err = MSNP_ERR_FULL;
    if (err == MSNP_OK)
        send_page(ns, contact->account, clean, now);
    g_free(clean);
    return err;
}

/* --- receiving ------------------------------------------------------------------------------ */

void ns_page_got(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    msnp_page page;

    if (msnp_page_read(&page, cmd->payload))
        ns->ops->paged(ns->owner, &page, now);
    else
        msnp_net_trace(ns->net, ns->conn, false, "(IPG is not understood)");
    msnp_page_clear(&page);
}
