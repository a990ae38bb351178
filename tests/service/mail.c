/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the service itself tells its clients: mail, and that it shuts down.
 */
#include "mail.h"

#include <string.h>

#include "lists.h"
#include "msnp.h"

#define INBOX "ACTIVE"

typedef struct {
    char *owner; /* lower case */
    guint id;
    char *folder;
    gboolean read;
} mail;

void mail_free(gpointer data)
{
    mail *m = data;

    g_free(m->owner);
    g_free(m->folder);
    g_free(m);
}

static void send_notice(conn *c, const char *type, const char *fields)
{
    g_autofree char *payload =
        g_strdup_printf("MIME-Version: 1.0\r\nContent-Type: %s\r\n\r\n%s", type, fields);

    conn_printf(c, "MSG Hotmail Hotmail %" G_GSIZE_FORMAT "\r\n%s", strlen(payload), payload);
}

/* To all clients of the account (NULL: of any) that have sent a CHG. */
static void tell(service *self, const char *owner, const char *type, const char *fields)
{
    g_autoptr(GPtrArray) sessions = find_sessions(self, owner);

    for (guint i = 0; i < sessions->len; i++) {
        conn *c = g_ptr_array_index(sessions, i);

        if (c->msnp.status[0])
            send_notice(c, type, fields);
    }
}

/* --- mail --- */

/* As mails write what is not ASCII. */
static char *encode(const char *text)
{
    g_autofree char *base64 = NULL;

    if (g_str_is_ascii(text))
        return g_strdup(text);
    base64 = g_base64_encode((const guchar *)text, strlen(text));
    return g_strdup_printf("=?utf-8?B?%s?=", base64);
}

static mail *find_mail(const service *self, const char *owner, guint id)
{
    for (guint i = 0; i < self->mails->len; i++) {
        mail *m = g_ptr_array_index(self->mails, i);

        if (m->id == id && g_ascii_strcasecmp(m->owner, owner) == 0)
            return m;
    }
    return NULL;
}

guint service_unread(const service *self, const char *owner)
{
    guint n = 0;

    for (guint i = 0; i < self->mails->len; i++) {
        const mail *m = g_ptr_array_index(self->mails, i);

        n += !m->read && g_str_equal(m->folder, INBOX) && g_ascii_strcasecmp(m->owner, owner) == 0;
    }
    return n;
}

guint service_mail(service *self, const char *owner, const char *from, const char *subject)
{
    mail *m = g_new0(mail, 1);
    g_autofree char *name = encode(person_name(self, person_get(self, from)));
    g_autofree char *title = encode(subject);
    g_autofree char *fields = NULL;

    m->owner = g_ascii_strdown(owner, -1);
    m->id = self->mails->len + 1;
    m->folder = g_strdup(INBOX);
    g_ptr_array_add(self->mails, m);
    fields = g_strdup_printf("From: %s\r\nMessage-URL: /cgi-bin/getmsg?msg=%u&curmbox=" INBOX
                             "\r\nPost-URL: "
                             "https://localhost/ppsecure/md5auth.srf?lc=1033\r\nSubject: %s\r\n"
                             "Dest-Folder: " INBOX "\r\nFrom-Addr: %s\r\nid: 2\r\n",
                             name, m->id, title, from);
    tell(self, owner, "text/x-msmsgsemailnotification; charset=UTF-8", fields);
    return m->id;
}

gboolean service_move_mail(service *self, const char *owner, guint id, const char *folder)
{
    mail *m = find_mail(self, owner, id);
    g_autofree char *fields = NULL;

    if (!m)
        return FALSE;
    fields = g_strdup_printf("Src-Folder: %s\r\nDest-Folder: %s\r\nMessage-Delta: 1\r\n", m->folder,
                             folder);
    /* One that was read counts nowhere, and is spoken of no more. */
    if (!m->read)
        tell(self, owner, "text/x-msmsgsactivemailnotification; charset=UTF-8", fields);
    m->read = m->read || g_str_equal(m->folder, folder);
    g_free(m->folder);
    m->folder = g_strdup(folder);
    return TRUE;
}

gboolean service_read_mail(service *self, const char *owner, guint id)
{
    const mail *m = find_mail(self, owner, id);
    g_autofree char *folder = g_strdup(m ? m->folder : "");

    return service_move_mail(self, owner, id, folder);
}

const char *service_web_auth(const service *self, const char *owner)
{
    g_autoptr(GPtrArray) sessions = find_sessions(self, owner);
    const conn *c = sessions->len > 0 ? g_ptr_array_index(sessions, sessions->len - 1) : NULL;

    return c ? c->msnp.auth : NULL;
}

void mail_url(conn *c, const request *req)
{
    static const char *const pages[] = {"INBOX", "FOLDERS", "COMPOSE", "PROFILE", "PERSON", NULL};

    if (!g_strv_contains(pages, req->words[2])) {
        conn_bad(c, "URL asks for a page that there is not");
        return;
    }
    if (step_apply(c, "ns-url") == STEP_NORMAL)
        conn_printf(c, "URL %" G_GUINT64_FORMAT " %s\r\n", c->trid,
                    knob_on(c->svc, "mailbox")
                        ? "/cgi-bin/HoTMaiL https://localhost/ppsecure/md5auth.srf?lc=1033 2"
                        : "/unused1 /unused2 1");
}

/* --- shutting down --- */

#define SHUTDOWN_TYPE "application/x-msmsgssystemmessage"

/* In full minutes, as it is told. */
static char *announcement(const service *self)
{
    gint64 left = self->shutdown_at - g_get_monotonic_time();
    guint minutes = (guint)((MAX(left, 0) + G_USEC_PER_SEC * 30) / (G_USEC_PER_SEC * 60));

    return g_strdup_printf("Type: 1\r\nArg1: %u\r\n", minutes);
}

static void shut_down(gpointer data)
{
    service *self = data;
    g_autoptr(GPtrArray) sessions = NULL;

    /* Another one was announced meanwhile. */
    if (!self->shutdown_at || g_get_monotonic_time() + G_USEC_PER_SEC / 100 < self->shutdown_at)
        return;
    self->shutdown_at = 0;
    sessions = find_sessions(self, NULL);
    for (guint i = 0; i < sessions->len; i++) {
        conn *c = g_ptr_array_index(sessions, i);

        conn_send(c, "OUT SSD\r\n", -1);
        conn_finish(c);
    }
}

void service_announce_shutdown(service *self, guint seconds)
{
    g_autofree char *fields = NULL;

    self->shutdown_at = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
    fields = announcement(self);
    tell(self, NULL, SHUTDOWN_TYPE, fields);
    later(self, seconds * 1000, shut_down, self, NULL);
}

/* --- both --- */

void mail_greet(conn *c)
{
    g_autofree char *mails =
        g_strdup_printf("Inbox-Unread: %u\r\nFolders-Unread: 0\r\nInbox-URL: /cgi-bin/HoTMaiL\r\n"
                        "Folders-URL: /cgi-bin/folders\r\nPost-URL: http://www.example.com\r\n",
                        service_unread(c->svc, c->msnp.handle));
    g_autofree char *shutdown = announcement(c->svc);

    if (knob_on(c->svc, "mailbox"))
        send_notice(c, "text/x-msmsgsinitialemailnotification; charset=UTF-8", mails);
    if (c->svc->shutdown_at)
        send_notice(c, SHUTDOWN_TYPE, shutdown);
}
