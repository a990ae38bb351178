/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service_helpers.h"

#include "fast_clock.h"
#include "loopback.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/tcp.h>
#include <locale.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPORT_BYTES 20000 /* of each kind, when a test fails */

static struct {
    char *scratch;    /* certificates, made once for all services */
    char *ca_dir;     /* holds ca.pem and nothing else */
    gboolean trusted; /* does the client know ca_dir? */
    gboolean subset;
    gboolean wall_clock;
    gboolean all_plugins;
    guint n_tests;
    GPtrArray *running; /* service * */
    guint sockets;      /* that were open before the first service was started */
    GArray *reserved;   /* int, sockets that keep ports from being given to others */
} live;

/* --- programs --------------------------------------------------------------------------------- */

/* Does one of the running services listen there? */
static gboolean is_service_port(guint16 port)
{
    for (guint i = 0; live.running && i < live.running->len; i++)
        for (int role = 0; role < SERVICE_N_ROLES; role++)
            if (service_port(g_ptr_array_index(live.running, i), (service_role)role) == port)
                return TRUE;
    return FALSE;
}

/*
 * libpurple forks to look up names, and its children keep all that was open then for a while. A
 * service is another program in real life: its sockets must not live on in them.
 */
static void drop_service_sockets(void)
{
    for (int fd = 3; fd < 1024; fd++)
        if (is_service_port(loopback_local_port(fd)))
            close(fd);
}

static const char *plugin_dir(void)
{
    const char *dir = g_getenv("MSNP8_PLUGIN_DIR");

    return dir ? dir : TEST_BUILD_DIR;
}

static void start_client(void)
{
    client_options options = {
        .plugin_dir = plugin_dir(),
        .all_plugins = live.all_plugins,
        .fatal_logs = TRUE,
    };
    g_autofree char *error = NULL;

    if (!client_start(&options, &error))
        g_error("%s", error);
    client_print_debug(g_getenv("LIVE_VERBOSE") != NULL);
}

static void remove_files(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);

    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        unlink(file);
    }
    if (dir)
        g_dir_close(dir);
    rmdir(path);
}

/*
 * The first handshake of a process reads the certificates of all authorities. On a busy machine,
 * and under valgrind, that takes seconds in which nothing else is read, and of a silent server the
 * plugin expects an answer in eight: where such time counts, it is spent before the first test.
 */
static void warm_up(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    live_end(svc, u);
}

int live_main(int argc, char **argv, void (*add)(void))
{
    int rc;

    /* As all clients do. */
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    live.subset = g_getenv("LIVE_SUBSET") != NULL;
    add();
    if (live.n_tests == 0) {
        puts("1..0 # SKIP none of its tests is in the selection");
        return 0;
    }
    start_client();
    fast_clock_set(!live.wall_clock);
    live.scratch = g_dir_make_tmp("msnp8-certs-XXXXXX", NULL);
    live.ca_dir = g_build_filename(live.scratch, "trusted", NULL);
    live.running = g_ptr_array_new();
    live.reserved = g_array_new(FALSE, FALSE, sizeof(int));
    live.sockets = client_sockets();
    if (!live.scratch || g_mkdir(live.ca_dir, 0700) < 0 ||
        pthread_atfork(NULL, NULL, drop_service_sockets) != 0)
        g_error("cannot prepare a scratch directory");
    if (live.wall_clock || client_scale() > 1.0)
        warm_up();

    rc = g_test_run();

    client_stop();
    remove_files(live.ca_dir);
    remove_files(live.scratch);
    g_ptr_array_unref(live.running);
    g_array_unref(live.reserved);
    g_free(live.ca_dir);
    g_free(live.scratch);
    live.running = NULL;
    return rc;
}

void live_use_wall_clock(void)
{
    live.wall_clock = TRUE;
}

void live_load_all_plugins(void)
{
    live.all_plugins = TRUE;
}

void live_add(const char *path, void (*function)(void), gboolean subset)
{
    if (!subset && live.subset)
        return;
    live.n_tests++;
    g_test_add_func(path, function);
}

void live_add_data(const char *path, gconstpointer data, void (*function)(gconstpointer),
                   gboolean subset)
{
    if (!subset && live.subset)
        return;
    live.n_tests++;
    g_test_add_data_func(path, data, function);
}

/* --- failing ---------------------------------------------------------------------------------- */

/* The end of it, if it is long: that is nearer to what went wrong. */
static void report(const char *text)
{
    size_t len = strlen(text);
    const char *end = len > REPORT_BYTES ? strchr(text + len - REPORT_BYTES, '\n') : NULL;
    g_auto(GStrv) lines = g_strsplit(end ? end : text, "\n", -1);

    if (end)
        g_printerr("#   (%" G_GSIZE_FORMAT " bytes before that)\n", (gsize)(end - text));
    for (guint i = 0; lines[i]; i++)
        if (*lines[i])
            g_printerr("#   %s\n", lines[i]);
}

void live_fail(const char *file, int line, const char *function, const char *text)
{
    g_printerr("# %s:%d: %s: %s\n", file, line, function, text);
    for (guint i = 0; i < live.running->len; i++) {
        g_autofree char *transcript = service_transcript(g_ptr_array_index(live.running, i));

        g_printerr("# transcript of service %u:\n", i + 1);
        report(transcript);
    }
    g_printerr("# dialogs:\n");
    for (guint i = 0; i < client_dialogs()->len; i++)
        report(((const dialog *)g_ptr_array_index(client_dialogs(), i))->text);
    g_printerr("# debug log:\n");
    report(client_debug_log());
    g_assertion_message(NULL, file, line, function, text);
    abort();
}

void live_check_count_at(const char *file, int line, const char *function, service *svc,
                         const char *pattern, guint expected)
{
    guint found = service_count(svc, pattern);
    g_autofree char *text = NULL;

    if (found == expected)
        return;
    text = g_strdup_printf("\"%s\" is there %u times, not %u", pattern, found, expected);
    live_fail(file, line, function, text);
}

/* --- services --------------------------------------------------------------------------------- */

static void trust_ca(const service *svc)
{
    g_autofree char *copy = g_build_filename(live.ca_dir, "ca.pem", NULL);
    g_autofree char *text = NULL;
    gsize length;

    if (live.trusted)
        return;
    if (!g_file_get_contents(service_ca_file(svc), &text, &length, NULL) ||
        !g_file_set_contents(copy, text, (gssize)length, NULL))
        g_error("cannot copy %s", service_ca_file(svc));
    client_trust(live.ca_dir);
    live.trusted = TRUE;
}

static void print_entry(const char *entry, gpointer data G_GNUC_UNUSED)
{
    g_printerr("# %s\n", entry);
}

service *live_service(void)
{
    g_autoptr(GError) error = NULL;
    service *svc = service_new(live.scratch, &error);

    if (!svc)
        g_error("%s", error->message);
    /* Ports are given out again: what was learned of a service that is gone is no knowledge. */
    if (live.running->len == 0 && !client_reload_plugin())
        g_error("the plugin cannot be loaded again");
    g_ptr_array_add(live.running, svc);
    service_add_account(svc, LIVE_ADDRESS, LIVE_PASSWORD, LIVE_FRIENDLY);
    if (g_getenv("LIVE_VERBOSE"))
        service_set_log(svc, print_entry, NULL);
    trust_ca(svc);
    client_set_manners(CLIENT_ASKS);
    client_forget_certificates();
    if (live.running->len == 1)
        client_forget_debug_log();
    return svc;
}

void live_set(service *svc, const char *knob)
{
    g_auto(GStrv) parts = g_strsplit(knob, "=", 2);

    if (!service_set(svc, parts[0], parts[1]))
        g_error("the service does not know %s", knob);
}

service *live_service_with(const char *knob, ...)
{
    service *svc = live_service();
    va_list knobs;

    va_start(knobs, knob);
    for (; knob; knob = va_arg(knobs, const char *))
        live_set(svc, knob);
    va_end(knobs);
    return svc;
}

user_config live_config(service *svc)
{
    const char *gateway = g_getenv("LIVE_GATEWAY");

    return (user_config){
        .address = LIVE_ADDRESS,
        .password = LIVE_PASSWORD,
        .server = "127.0.0.1",
        .port = service_port(svc, SERVICE_DISPATCH),
        .nexus_url = service_nexus_url(svc),
        .method = gateway ? "gateway" : NULL,
        .gateway_url = gateway ? service_gateway_url(svc, g_str_equal(gateway, "https")) : NULL,
        .remember = TRUE,
    };
}

user *live_user(service *svc)
{
    user_config config = live_config(svc);

    return user_new(&config);
}

guint live_connections(service *svc)
{
    guint n = 0;

    for (int role = 0; role < SERVICE_N_ROLES; role++)
        n += service_connections(svc, (service_role)role);
    return n;
}

/* The service's ends of the connections to one of its servers; the caller frees the array. */
static GArray *sockets_of(service *svc, service_role role)
{
    GArray *fds = g_array_new(FALSE, FALSE, sizeof(int));

    for (int fd = 3; fd < 1024; fd++) {
        int listens = 0;
        socklen_t length = sizeof listens;

        if (loopback_local_port(fd) == service_port(svc, role) &&
            getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && !listens)
            g_array_append_val(fds, fd);
    }
    return fds;
}

guint live_hang_up(service *svc, service_role role)
{
    g_autoptr(GArray) fds = sockets_of(svc, role);

    for (guint i = 0; i < fds->len; i++)
        shutdown(g_array_index(fds, int, i), SHUT_RDWR);
    return fds->len;
}

guint live_pieces(service *svc, service_role role)
{
    g_autoptr(GArray) fds = sockets_of(svc, role);
    guint n = 0;

    for (guint i = 0; i < fds->len; i++) {
        struct tcp_info info = {0};
        socklen_t length = sizeof info;

        if (getsockopt(g_array_index(fds, int, i), IPPROTO_TCP, TCP_INFO, &info, &length) == 0)
            n += info.tcpi_data_segs_in;
    }
    return n;
}

guint live_say(service *svc, service_role role, const char *bytes)
{
    g_autoptr(GArray) fds = sockets_of(svc, role);

    for (guint i = 0; i < fds->len; i++)
        if (send(g_array_index(fds, int, i), bytes, strlen(bytes), MSG_NOSIGNAL) < 0)
            return 0;
    return fds->len;
}

char *live_entry(service *svc, const char *pattern)
{
    g_autofree char *transcript = service_transcript(svc);
    g_auto(GStrv) entries = g_strsplit(transcript, "\n", -1);

    for (guint i = 0; entries[i]; i++)
        if (g_pattern_match_simple(pattern, entries[i]))
            return g_strdup(entries[i]);
    return NULL;
}

void live_heard(service *svc, const char *pattern)
{
    g_autofree char *entry = NULL;

    live_wait(service_count(svc, pattern) > 0, 10);
    entry = live_entry(svc, pattern);
    live_wait(client_debug_has(strstr(entry, " <<< ")), 10);
}

gboolean live_in_order(service *svc, const char *const *patterns)
{
    g_autofree char *transcript = service_transcript(svc);
    g_auto(GStrv) entries = g_strsplit(transcript, "\n", -1);

    for (guint i = 0; entries[i] && *patterns; i++)
        if (g_pattern_match_simple(*patterns, entries[i]))
            patterns++;
    if (*patterns)
        g_printerr("# missing, or too early: %s\n", *patterns);
    return !*patterns;
}

/* --- ends ------------------------------------------------------------------------------------- */

/* What of this transcript entry must never be seen elsewhere; NULL if nothing. */
static char *secret_of(const char *entry)
{
    const char *quote = strstr(entry, "from-PP='");
    const char *id = strstr(entry, "SessionID=");
    const char *last = strrchr(entry, ' ');

    if (quote)
        return g_strndup(quote + 9, strcspn(quote + 9, "'"));
    if (id && g_str_has_prefix(entry, "GATEWAY"))
        return g_strndup(id + 10, strcspn(id + 10, " ;"));
    /* The ticket that is sent, the challenge that is received. */
    if (g_pattern_match_simple("NS * USR * TWN S *", entry))
        return g_strdup(last + 1);
    if (g_pattern_match_simple("NS >>> | *", entry))
        return g_strdup(last + 1);
    return NULL;
}

static void check_secret(const char *secret, user *const *users, guint n)
{
    if (client_debug_has(secret))
        live_fail(__FILE__, __LINE__, G_STRFUNC, "a secret is in the debug log");
    for (guint i = 0; i < n; i++) {
        if (users[i]->error && strstr(users[i]->error, secret))
            live_fail(__FILE__, __LINE__, G_STRFUNC, "a secret is in the text of an error");
        for (guint k = 0; k < users[i]->progress->len; k++)
            if (strstr(g_ptr_array_index(users[i]->progress, k), secret))
                live_fail(__FILE__, __LINE__, G_STRFUNC, "a secret is in a progress text");
    }
}

static void check_secrets(service *svc, user *const *users, guint n)
{
    g_autofree char *transcript = service_transcript(svc);
    g_auto(GStrv) entries = g_strsplit(transcript, "\n", -1);

    check_secret(LIVE_SECRET, users, n);
    for (guint i = 0; entries[i]; i++) {
        g_autofree char *secret = secret_of(entries[i]);

        if (secret && strlen(secret) >= 8)
            check_secret(secret, users, n);
    }
}

static gboolean all_offline(user *const *users, guint n)
{
    for (guint i = 0; i < n; i++)
        if (!user_is_offline(users[i]))
            return FALSE;
    return TRUE;
}

void live_end_all(service *svc, user *const *users, guint n)
{
    for (guint i = 0; i < n; i++)
        user_sign_out(users[i]);
    live_wait(all_offline(users, n), 5);
    live_wait(live_connections(svc) == 0, 5);
    live_check_count(svc, "* bad: *", 0);
    live_check(client_dialogs()->len == 0);
    check_secrets(svc, users, n);
    for (guint i = 0; i < n; i++)
        user_free(users[i]);

    g_ptr_array_remove(live.running, svc);
    service_free(svc);
    /* As long as another service runs, there may be other users as well. */
    if (live.running->len == 0) {
        live_check(client_plugin_timers() == 0);
        live_check(client_plugin_watches() == 0);
        live_wait(client_sockets() == live.sockets + live.reserved->len, 5);
    }
}

void live_end(service *svc, user *u)
{
    live_end_all(svc, &u, u ? 1 : 0);
}

void live_online(user *u)
{
    user_sign_in(u);
    live_wait(u->online || u->error, 20);
    if (u->error)
        live_fail(__FILE__, __LINE__, G_STRFUNC, u->error);
}

gboolean live_is_challenged(void)
{
    return client_debug_has(": step PASSPORT ");
}

void live_offline(service *svc, user *u)
{
    user_sign_out(u);
    live_wait(user_is_offline(u), 5);
    live_wait(live_connections(svc) == 0, 5);
}

static void check_error(user *u, PurpleConnectionError reason, va_list words)
{
    g_autofree char *what = NULL;

    if (u->reason != reason)
        what = g_strdup_printf("reason %d, not %d: %s", (int)u->reason, (int)reason, u->error);
    for (const char *word = va_arg(words, const char *); word && !what;
         word = va_arg(words, const char *))
        if (!strcasestr(u->error, word))
            what = g_strdup_printf("no \"%s\" in: %s", word, u->error);
    if (!what && !g_utf8_validate(u->error, -1, NULL))
        what = g_strdup("the text of the error is not UTF-8");
    if (what)
        live_fail(__FILE__, __LINE__, G_STRFUNC, what);
    g_test_message("%s", u->error);
}

void live_failed(user *u, double seconds, PurpleConnectionError reason, ...)
{
    va_list words;

    live_wait(u->error && user_is_offline(u), seconds);
    va_start(words, reason);
    check_error(u, reason, words);
    va_end(words);
}

void live_refused(user *u, PurpleConnectionError reason, ...)
{
    guint errors = u->n_errors;
    guint connected = u->n_connected;
    va_list words;

    user_sign_in(u);
    live_wait(u->error && user_is_offline(u), 20);
    va_start(words, reason);
    check_error(u, reason, words);
    va_end(words);
    live_check(u->n_errors == errors + 1);
    live_check(u->n_connected == connected);
}

/* --- sockets ---------------------------------------------------------------------------------- */

static void reserve(int fd)
{
    if (fd >= 0)
        g_array_append_val(live.reserved, fd);
}

int live_mute_listener(int *port)
{
    int fds[LOOPBACK_N];
    guint16 number;

    /* Its threads wait for what comes. */
    if (!loopback_bind(fds, &number) || fcntl(fds[LOOPBACK_IPV4], F_SETFL, 0) < 0 ||
        listen(fds[LOOPBACK_IPV4], 16) < 0)
        g_error("cannot listen");
    reserve(fds[LOOPBACK_IPV6]);
    *port = number;
    return fds[LOOPBACK_IPV4];
}

int live_closed_port(void)
{
    int fds[LOOPBACK_N];
    guint16 port;

    if (!loopback_bind(fds, &port))
        g_error("no port is free");
    for (int family = 0; family < LOOPBACK_N; family++)
        reserve(fds[family]);
    return port;
}

gboolean live_lacks_ipv6(void)
{
    if (loopback_has_ipv6())
        return FALSE;
    g_test_skip("there is no IPv6 address ::1");
    return TRUE;
}

gboolean live_is_known_to_lack(const char *what)
{
    g_auto(GStrv) lacks = g_strsplit(g_getenv("MACHINE_LACKS") ?: "", " ", -1);

    return g_strv_contains((const char *const *)lacks, what);
}
