/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "service.h"

#include <errno.h>
#include <glib-unix.h>
#include <gnutls/crypto.h>
#include <string.h>
#include <sys/socket.h>

#include "lists.h"
#include "mail.h"
#include "p2p.h"
#include "robots.h"
#include "sb.h"

/* Accounts and tickets */

static void account_free(gpointer data)
{
    account *a = data;

    g_free(a->address);
    g_free(a->password);
    g_free(a->friendly);
    g_free(a);
}

static void ticket_free(gpointer data)
{
    ticket *t = data;

    g_free(t->address);
    g_free(t->challenge);
    g_free(t);
}

account *find_account(const service *self, const char *address)
{
    g_autofree char *key = g_ascii_strdown(address, -1);

    return g_hash_table_lookup(self->accounts, key);
}

void service_add_account(service *self, const char *address, const char *password,
                         const char *friendly)
{
    account *a = g_new0(account, 1);

    a->address = g_strdup(address);
    a->password = g_strdup(password);
    a->friendly = g_strdup(friendly ? friendly : address);
    g_hash_table_replace(self->accounts, g_ascii_strdown(address, -1), a);
}

char *random_text(const char *alphabet, gsize length)
{
    g_autofree guint8 *bytes = g_malloc(length);
    char *text = g_malloc(length + 1);
    gsize n = strlen(alphabet);

    if (gnutls_rnd(GNUTLS_RND_NONCE, bytes, length) < 0)
        g_error("no random numbers");
    for (gsize i = 0; i < length; i++)
        text[i] = alphabet[bytes[i] % n];
    text[length] = '\0';
    return text;
}

/* Ports */

static service_role role_of_listener(const service *self, int fd)
{
    int role = 0;

    while (self->listeners[role].fds[LOOPBACK_IPV4] != fd &&
           self->listeners[role].fds[LOOPBACK_IPV6] != fd)
        role++;
    return (service_role)role;
}

static gboolean on_incoming(int fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
    service *self = data;
    int client;

    while ((client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        conn_accept(self, role_of_listener(self, fd), client);
    return G_SOURCE_CONTINUE;
}

static gboolean listen_on_loopback(service *self, listener *l)
{
    if (!loopback_bind(l->fds, &l->port))
        return FALSE;
    for (int family = 0; family < LOOPBACK_N; family++) {
        if (l->fds[family] < 0)
            continue;
        if (listen(l->fds[family], SOMAXCONN) < 0)
            return FALSE;
        l->watches[family] = g_unix_fd_add(l->fds[family], G_IO_IN, on_incoming, self);
    }
    return TRUE;
}

static gboolean listen_all(service *self, GError **error)
{
    for (int role = 0; role < SERVICE_N_ROLES; role++)
        if (!listen_on_loopback(self, &self->listeners[role])) {
            g_set_error(error, service_error_quark(), 0, "cannot listen: %s", g_strerror(errno));
            return FALSE;
        }
    self->nexus_url =
        g_strdup_printf("https://localhost:%u/rdr/pprdr.asp", self->listeners[SERVICE_NEXUS].port);
    self->login_url =
        g_strdup_printf("https://localhost:%u/login2.srf", self->listeners[SERVICE_LOGIN].port);
    self->one_login_url =
        g_strdup_printf("https://localhost:%u/login2.srf", self->listeners[SERVICE_NEXUS].port);
    self->gateway_urls[FALSE] = g_strdup_printf("http://localhost:%u/gateway/gateway.dll",
                                                self->listeners[SERVICE_GATEWAY].port);
    self->gateway_urls[TRUE] = g_strdup_printf("https://localhost:%u/gateway/gateway.dll",
                                               self->listeners[SERVICE_GATEWAY_TLS].port);
    return TRUE;
}

static void listener_close(listener *l)
{
    for (int family = 0; family < LOOPBACK_N; family++)
        if (l->watches[family])
            g_source_remove(l->watches[family]);
    loopback_close(l->fds);
}

void service_leave_ipv6(service *self)
{
    for (int role = 0; role < SERVICE_N_ROLES; role++) {
        listener *l = &self->listeners[role];

        if (!l->watches[LOOPBACK_IPV6])
            continue;
        g_source_remove(l->watches[LOOPBACK_IPV6]);
        l->watches[LOOPBACK_IPV6] = 0;
        /* It keeps its port, for nobody else to listen there. */
        shutdown(l->fds[LOOPBACK_IPV6], SHUT_RDWR);
    }
}

/* The object */

static void unref_conn(gpointer data)
{
    conn_unref(data);
}

service *service_new(const char *dir, GError **error)
{
    service *self = g_new0(service, 1);

    for (int role = 0; role < SERVICE_N_ROLES; role++)
        for (int family = 0; family < LOOPBACK_N; family++)
            self->listeners[role].fds[family] = -1;
    self->conns = g_ptr_array_new_with_free_func(unref_conn);
    self->knobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, account_free);
    self->people = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, person_free);
    self->challenges = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->tickets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, ticket_free);
    self->invitations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, invitation_free);
    self->boards = g_ptr_array_new();
    self->robots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, robot_free);
    self->files = g_ptr_array_new_with_free_func(file_free);
    self->p2p_peers = g_ptr_array_new_with_free_func(p2p_peer_free);
    self->mails = g_ptr_array_new_with_free_func(mail_free);
    self->timers = g_hash_table_new(NULL, NULL);
    gateway_begin(self);
    transcript_begin(self);
    self->dir = g_strdup(dir);
    self->ca_file = g_build_filename(dir, "ca.pem", NULL);
    if (certs_prepare(dir, error) && listen_all(self, error))
        return self;
    service_free(self);
    return NULL;
}

void service_free(service *self)
{
    if (!self)
        return;
    /* Nobody wants to hear of the closing from here. */
    self->log = NULL;
    self->ending = TRUE;
    keep_now(self);
    if (self->keep_timer)
        g_source_remove(self->keep_timer);
    later_end(self);
    gateway_end(self);
    while (self->conns->len > 0)
        conn_drop(g_ptr_array_index(self->conns, 0));
    links_free(self->links);
    g_ptr_array_unref(self->files);
    g_ptr_array_unref(self->p2p_peers);
    boards_end(self);
    for (int role = 0; role < SERVICE_N_ROLES; role++)
        listener_close(&self->listeners[role]);
    for (int kind = 0; kind < CERT_N_KINDS; kind++)
        if (self->credentials[kind])
            gnutls_certificate_free_credentials(self->credentials[kind]);
    g_ptr_array_unref(self->conns);
    g_ptr_array_unref(self->mails);
    g_hash_table_unref(self->knobs);
    g_hash_table_unref(self->accounts);
    g_hash_table_unref(self->people);
    g_hash_table_unref(self->challenges);
    g_hash_table_unref(self->tickets);
    g_hash_table_unref(self->invitations);
    g_ptr_array_unref(self->boards);
    g_hash_table_unref(self->robots);
    transcript_end(self);
    g_free(self->keep_file);
    g_free(self->dir);
    g_free(self->ca_file);
    g_free(self->nexus_url);
    g_free(self->login_url);
    g_free(self->one_login_url);
    g_free(self->gateway_urls[FALSE]);
    g_free(self->gateway_urls[TRUE]);
    g_free(self);
}

guint16 service_port(const service *self, service_role role)
{
    return self->listeners[role].port;
}

const char *service_nexus_url(const service *self)
{
    return self->nexus_url;
}

const char *service_login_url(const service *self)
{
    return knob_on(self, "one-passport") ? self->one_login_url : self->login_url;
}

guint16 login_port(const service *self)
{
    return service_port(self, knob_on(self, "one-passport") ? SERVICE_NEXUS : SERVICE_LOGIN);
}

const char *service_gateway_url(const service *self, gboolean tls)
{
    return self->gateway_urls[tls ? 1 : 0];
}

const char *service_ca_file(const service *self)
{
    return self->ca_file;
}

/* Looking at sessions and acting on them */

guint service_connections(const service *self, service_role role)
{
    guint n = 0;

    for (guint i = 0; i < self->conns->len; i++) {
        const conn *c = g_ptr_array_index(self->conns, i);

        if (c->role == role && !c->lingering)
            n++;
    }
    return n;
}

guint service_reads(const service *self, service_role role)
{
    return self->reads[role];
}

/* In the order of connecting. */
GPtrArray *find_sessions(const service *self, const char *address)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(unref_conn);

    for (guint i = 0; i < self->conns->len; i++) {
        conn *c = g_ptr_array_index(self->conns, i);

        if (conn_open(c) && c->msnp.handle && c->msnp.stage >= STAGE_SIGNED_IN &&
            (!address || g_ascii_strcasecmp(c->msnp.handle, address) == 0))
            g_ptr_array_add(found, conn_ref(c));
    }
    return found;
}

guint service_sessions(const service *self, const char *address)
{
    g_autoptr(GPtrArray) found = find_sessions(self, address);

    return found->len;
}

const char *service_state(const service *self, const char *address)
{
    g_autoptr(GPtrArray) found = find_sessions(self, address);
    const conn *newest = NULL;

    for (guint i = 0; i < found->len; i++) {
        const conn *c = g_ptr_array_index(found, i);

        if (!newest || c->msnp.serial > newest->msnp.serial)
            newest = c;
    }
    return newest && newest->msnp.status[0] ? newest->msnp.status : NULL;
}

guint service_send(service *self, const char *address, const char *bytes, gssize length)
{
    g_autoptr(GPtrArray) found = find_sessions(self, address);

    for (guint i = 0; i < found->len; i++)
        conn_send(g_ptr_array_index(found, i), bytes, length);
    return found->len;
}

guint service_kick(service *self, const char *address)
{
    g_autoptr(GPtrArray) found = find_sessions(self, address);

    for (guint i = 0; i < found->len; i++)
        conn_shut(g_ptr_array_index(found, i));
    return found->len;
}
