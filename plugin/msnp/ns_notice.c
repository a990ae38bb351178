/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service itself says (MSG): the profile, shutdowns, mail; and the web page with the mail
 * (URL).
 */
#include "ns_notice.h"

#include "codec.h"
#include "notice.h"
#include "url.h"
#include "web.h"

#include <string.h>

#define SERVICE "Hotmail" /* the sender of these messages */
#define MINUTE  ((int64_t)60 * 1000)

/* A server that does not say when it shuts down says it again, or does it, within this time. */
#define SHUTDOWN_SOON (10 * MINUTE)
/* Two times that differ by less are the same: they are told in minutes. */
#define SHUTDOWN_SLACK (MINUTE * 3 / 2)

/* Shutdowns that are told, and mails. */
static const msnp_pace_limit shutdown_limit = {3, 5 * MINUTE};
static const msnp_pace_limit mail_limit = {5, (int64_t)10 * 1000};

/* --- shutdown --------------------------------------------------------------------------------- */

/*
 * Servers repeat what they announced: to each client that signs in, and some every minute, with or
 * without counting down.
 */
static bool is_repeated(const ns_notices *notices, unsigned minutes, int64_t at, int64_t now)
{
    if (!notices->announced)
        return false;
    if (minutes == notices->minutes && now < notices->shutdown_at)
        return true;
    return minutes != 0 && notices->minutes != 0 && ABS(at - notices->shutdown_at) < SHUTDOWN_SLACK;
}

static void got_shutdown(msnp_ns *ns, unsigned minutes, int64_t now)
{
    ns_notices *notices = &ns->notices;
    int64_t at = now + (minutes != 0 ? minutes * MINUTE : SHUTDOWN_SOON);

    if (is_repeated(notices, minutes, at, now) ||
        !msnp_pace_take(&notices->shutdowns, &shutdown_limit, now))
        return;
    notices->announced = true;
    notices->minutes = minutes;
    notices->shutdown_at = at;
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_SHUTDOWN, .minutes = minutes});
}

/* --- mail ------------------------------------------------------------------------------------- */

static void set_unread(ns_notices *notices, int unread)
{
    notices->unread = CLAMP(unread, 0, MSNP_MAILS_MAX);
}

/* Those in other folders are not counted: they were sorted out. */
static void got_mail(msnp_ns *ns, const msnp_notice *mail, int64_t now)
{
    ns_notices *notices = &ns->notices;
    bool settled = ns->state == NS_ONLINE && notices->unread == notices->told;

    set_unread(notices, notices->unread + mail->mails);
    /* One that comes too fast is only counted. */
    if (mail->mails == 0 || !settled || !msnp_pace_take(&notices->mails, &mail_limit, now))
        return;
    notices->told = notices->unread;
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_MAIL,
                             .mail = {mail->from, mail->address, mail->subject, mail->url}});
}

static void tell_unread(msnp_ns *ns, int64_t now)
{
    ns_notices *notices = &ns->notices;
    bool risen = notices->unread > notices->told;

    if (notices->unread == notices->told || !msnp_pace_take(&notices->mails, &mail_limit, now))
        return;
    notices->told = notices->unread;
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_MAILBOX,
                             .mailbox = {(unsigned)notices->unread, risen}});
}

/* --- the web page ----------------------------------------------------------------------------- */

static void forget_page(ns_notices *notices)
{
    g_clear_pointer(&notices->login_url, g_free);
    g_clear_pointer(&notices->page, g_free);
    g_clear_pointer(&notices->page_id, g_free);
}

static void got_profile(msnp_ns *ns, msnp_notice *profile, int64_t now)
{
    ns_notices *notices = &ns->notices;

    if (profile->client_ip != NULL && ns->ops->client_ip != NULL)
        ns->ops->client_ip(ns->owner, profile->client_ip);
    ns_notice_clear(ns);
    /* A server that sends many must not displace the ticket. */
    if (!notices->profiled)
        msnp_mask_add_lasting(&ns->net->mask, profile->auth);
    else
        msnp_mask_add_passing(&ns->net->mask, profile->auth);
    notices->profiled = true;
    if (profile->kv != NULL && *profile->kv != '\0')
        ns->signs |= NS_SIGN_KEY;
    /* Nobody else needs it. */
    if (!profile->has_mail || profile->auth == NULL)
        return;
    notices->auth = g_steal_pointer(&profile->auth);
    notices->sid = g_steal_pointer(&profile->sid);
    notices->kv = g_steal_pointer(&profile->kv);
    notices->profile_at = now;
}

static void end_page(msnp_ns *ns, msnp_cause cause)
{
    ns->notices.page_wanted = ns->notices.page_asked = false;
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_INBOX, .cause = cause});
}

static bool begins_with(const char *text, const char *start)
{
    return g_ascii_strncasecmp(text, start, strlen(start)) == 0;
}

/* The log names who gets the digest of the password: any server can ask for it. */
static void trace_login(const msnp_ns *ns, const char *host)
{
    bool hidden = msnp_mask_hides(&ns->net->mask, msnp_str_of(host));
    char *text = g_strdup_printf("(the inbox is signed in to at %s)", hidden ? MSNP_MASKED : host);

    msnp_net_trace(ns->net, ns->conn, false, text);
    g_free(text);
}

/*
 * MSNP_OK, MSNP_ERR_INSECURE, or MSNP_ERR_URL: servers without such pages name something else. The
 * page has a digest of the password, which is for nobody who was only on the way.
 */
static msnp_err take_page(msnp_ns *ns, const msnp_cmd *cmd)
{
    ns_notices *notices = &ns->notices;
    char *login = msnp_str_dup(cmd->argv[2]);
    msnp_url url = {0};
    msnp_err err = begins_with(login, "https://")  ? msnp_url_parse(&url, cmd->argv[2], NULL)
                   : begins_with(login, "http://") ? MSNP_ERR_INSECURE
                                                   : MSNP_ERR_URL;

    if (err == MSNP_OK && ns->ops->is_own != NULL && !ns->ops->is_own(ns->owner, url.host))
        err = MSNP_ERR_URL;
    if (err == MSNP_OK) {
        trace_login(ns, url.host);
        notices->login_url = msnp_url_text(&url);
        notices->page = msnp_str_dup(cmd->argv[1]);
        notices->page_id = msnp_str_dup(cmd->argv[3]);
    }
    msnp_url_clear(&url);
    g_free(login);
    return err;
}

/* URL id page login-url number */
void ns_notice_got_url(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    (void)now;
    if (ns_answers(ns, cmd, "URL"))
        end_page(ns, (msnp_cause){take_page(ns, cmd), 0});
}

void ns_notice_refused(msnp_ns *ns, msnp_cause cause)
{
    end_page(ns, cause);
}

static void ask_page(msnp_ns *ns, int64_t now)
{
    const char *const args[] = {"INBOX", NULL};

    if (!ns->notices.page_wanted || ns->notices.page_asked)
        return;
    ns->notices.page_asked = true;
    forget_page(&ns->notices);
    ns_ask(ns, "URL", 0, now + MSNP_TRANS_TIMEOUT, args);
}

bool msnp_ns_has_inbox(const msnp_ns *ns)
{
    return ns->notices.auth != NULL;
}

void msnp_ns_ask_inbox(msnp_ns *ns, int64_t now)
{
    ns->now = now;
    if (msnp_ns_has_inbox(ns))
        ns->notices.page_wanted = true;
}

msnp_err msnp_ns_inbox_page(msnp_ns *ns, const char *password, msnp_buf *out, int64_t now)
{
    ns_notices *notices = &ns->notices;
    msnp_err err = MSNP_ERR_URL;

    if (notices->auth != NULL && notices->login_url != NULL) {
        const msnp_web web = {.url = notices->login_url,
                              .page = notices->page,
                              .id = notices->page_id,
                              .account = ns->handle,
                              .password = password,
                              .auth = notices->auth,
                              .sid = notices->sid,
                              .kv = notices->kv,
                              .seconds = (unsigned)((now - notices->profile_at) / 1000)};
        err = msnp_web_write(out, &web);
    } else {
        msnp_buf_init(out, 0, true);
    }
    forget_page(notices);
    return err;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* MSG account name length */
void ns_notice_got_message(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    msnp_notice notice;

    if (!msnp_str_is(cmd->argv[0], SERVICE))
        return;
    msnp_notice_read(&notice, cmd->payload);
    switch (notice.kind) {
    case MSNP_NOTICE_PROFILE:
        got_profile(ns, &notice, now);
        break;
    case MSNP_NOTICE_SHUTDOWN:
        got_shutdown(ns, notice.minutes, now);
        break;
    case MSNP_NOTICE_MAILBOX:
        set_unread(&ns->notices, notice.mails);
        break;
    case MSNP_NOTICE_MAIL:
        got_mail(ns, &notice, now);
        break;
    case MSNP_NOTICE_MOVED:
        set_unread(&ns->notices, ns->notices.unread + notice.mails);
        break;
    case MSNP_NOTICE_OTHER:
        break;
    }
    msnp_notice_clear(&notice);
}

void ns_notice_run(msnp_ns *ns, int64_t now)
{
    if (ns->state != NS_ONLINE)
        return;
    tell_unread(ns, now);
    ask_page(ns, now);
}

int64_t ns_notice_deadline(const msnp_ns *ns)
{
    const ns_notices *notices = &ns->notices;

    return notices->unread != notices->told ? msnp_pace_next(&notices->mails, &mail_limit)
                                            : MSNP_NEVER;
}

void ns_notice_restart(msnp_ns *ns)
{
    ns->notices.page_asked = ns->notices.profiled = false;
}

void ns_notice_clear(msnp_ns *ns)
{
    ns_notices *notices = &ns->notices;

    forget_page(notices);
    g_clear_pointer(&notices->auth, msnp_secret_free);
    g_clear_pointer(&notices->sid, g_free);
    g_clear_pointer(&notices->kv, g_free);
}
