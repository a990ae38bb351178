/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The service as a program of its own.
 */
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "control.h"
#include "manual.h"
#include "mask.h"
#include "sample.h"
#include "service.h"

typedef struct {
    service *svc;
    GMainLoop *loop;
    GString *input; /* of the control channel, a line that is not complete yet */
} program;

static char *option_dir;
static char **option_accounts;
static char **option_knobs;
static gboolean option_quiet;
static gboolean option_control;
static gboolean option_manual;
static int option_lifetime;
static char *option_lists;
static int option_contacts;
static int option_groups;
static gboolean option_sample;
static char *option_picture;
static gboolean option_no_transcript;

/* "File names" are taken as they are, whatever the locale's character set. */
static const GOptionEntry options[] = {
    {"dir", 'd', 0, G_OPTION_ARG_FILENAME, &option_dir, "Directory of certificates and service.env",
     "DIR"},
    {"account", 'a', 0, G_OPTION_ARG_FILENAME_ARRAY, &option_accounts, "Registers an account",
     "ADDRESS:PASSWORD[:FRIENDLY]"},
    {"set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &option_knobs, "Sets a knob", "KNOB[=VALUE]"},
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &option_quiet, "Prints no transcript", NULL},
    {"control", 0, 0, G_OPTION_ARG_NONE, &option_control, "Takes commands from standard input",
     NULL},
    {"lifetime", 0, 0, G_OPTION_ARG_INT, &option_lifetime, "Ends after so long", "SECONDS"},
    {"lists", 0, 0, G_OPTION_ARG_FILENAME, &option_lists, "Keeps the contact lists in a file",
     "FILE"},
    {"contacts", 0, 0, G_OPTION_ARG_INT, &option_contacts, "Gives each account so many contacts",
     "N"},
    {"groups", 0, 0, G_OPTION_ARG_INT, &option_groups, "... in so many groups", "N"},
    {"sample", 0, 0, G_OPTION_ARG_NONE, &option_sample,
     "Gives each account a few contacts that come and go", NULL},
    {"picture", 0, 0, G_OPTION_ARG_FILENAME, &option_picture,
     "One of these contacts sends this file", "FILE"},
    {"no-transcript", 0, 0, G_OPTION_ARG_NONE, &option_no_transcript,
     "Keeps no transcript in memory, for measurements", NULL},
    {"knobs", 0, 0, G_OPTION_ARG_NONE, &option_manual,
     "Describes the knobs and the commands of --control", NULL},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static void print_entry(const char *entry, gpointer data G_GNUC_UNUSED)
{
    g_autofree char *masked = mask_entry(entry);

    puts(masked);
    fflush(stdout);
}

static void print_manual(void)
{
    g_autofree char *text = manual_text();

    fputs(text, stdout);
}

static gboolean configure(service *svc)
{
    /* Who tries it by hand should see that somebody is typing. */
    if (option_sample)
        service_set(svc, "robot-delay", "1000");
    for (char **a = option_accounts; a && *a; a++)
        if (!control_register(svc, *a)) {
            fprintf(stderr, "an account is ADDRESS:PASSWORD[:FRIENDLY]\n");
            return FALSE;
        }
    for (char **k = option_knobs; k && *k; k++)
        if (!control_set(svc, *k)) {
            fprintf(stderr, "no such knob, or not with such a value: %s\n", *k);
            return FALSE;
        }
    return TRUE;
}

/* The address of ADDRESS:PASSWORD; the caller frees it. */
static char *address_of(const char *option)
{
    return g_strndup(option, strcspn(option, ":"));
}

/* Gives an account the contacts that were asked for, unless its lists were kept. */
static void fill_lists(service *svc, const char *option)
{
    g_autofree char *address = address_of(option);

    if (service_n_entries(svc, address) > 0)
        return;
    if (option_contacts > 0 || option_groups > 0)
        service_populate(svc, address, (guint)MAX(option_contacts, 0),
                         (guint)MAX(option_groups, 0));
    if (option_sample)
        sample_give(svc, address);
}

static gboolean prepare_lists(service *svc, GError **error)
{
    if (option_lists && !service_keep_lists(svc, option_lists, error))
        return FALSE;
    if (option_sample && !sample_register(svc, option_picture, error))
        return FALSE;
    for (char **a = option_accounts; a && *a; a++)
        fill_lists(svc, *a);
    return TRUE;
}

/* Tells scripts where everything is. The file appears complete or not at all. */
static gboolean write_env(const service *svc, const char *path, GError **error)
{
    g_autofree char *leaf_file = g_build_filename(option_dir, "good.pem", NULL);
    g_autofree char *leaf = g_shell_quote(leaf_file);
    g_autofree char *ca = g_shell_quote(service_ca_file(svc));
    g_autofree char *text = g_strdup_printf(
        "MSNP8_DISPATCH_PORT=%u\nMSNP8_NOTIFICATION_PORT=%u\n"
        "MSNP8_NEXUS_PORT=%u\nMSNP8_LOGIN_PORT=%u\nMSNP8_SWITCHBOARD_PORT=%u\n"
        "MSNP8_NEXUS_URL='%s'\nMSNP8_LOGIN_URL='%s'\n"
        "MSNP8_GATEWAY_URL='%s'\nMSNP8_GATEWAY_TLS_URL='%s'\n"
        "MSNP8_CA_FILE=%s\nMSNP8_LEAF_FILE=%s\n",
        service_port(svc, SERVICE_DISPATCH), service_port(svc, SERVICE_NOTIFICATION),
        service_port(svc, SERVICE_NEXUS), service_port(svc, SERVICE_LOGIN),
        service_port(svc, SERVICE_SWITCHBOARD), service_nexus_url(svc), service_login_url(svc),
        service_gateway_url(svc, FALSE), service_gateway_url(svc, TRUE), ca, leaf);

    return g_file_set_contents(path, text, -1, error);
}

static void take_command(program *p, const char *line)
{
    gboolean quit = g_str_equal(line, "quit");
    g_autofree char *answer = control_obey(p->svc, line);

    printf("control: %s\n", answer);
    fflush(stdout);
    if (quit)
        g_main_loop_quit(p->loop);
}

static gboolean on_control(int fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
    program *p = data;
    char bytes[1024];
    gssize n = read(fd, bytes, sizeof bytes);
    char *lf;

    /* The end of the commands is not the end of the service. */
    if (n <= 0)
        return G_SOURCE_REMOVE;
    g_string_append_len(p->input, bytes, n);
    while ((lf = strchr(p->input->str, '\n')) != NULL) {
        *lf = '\0';
        take_command(p, p->input->str);
        g_string_erase(p->input, 0, lf - p->input->str + 1);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_end(gpointer data)
{
    g_main_loop_quit(data);
    return G_SOURCE_CONTINUE;
}

static void run(program *p)
{
    guint interrupt = g_unix_signal_add(SIGINT, on_end, p->loop);
    guint terminate = g_unix_signal_add(SIGTERM, on_end, p->loop);
    g_autofree char *owner = option_accounts ? address_of(option_accounts[0]) : NULL;
    guint life = 0;

    if (option_lifetime > 0)
        g_timeout_add_seconds((guint)option_lifetime, on_end, p->loop);
    if (option_sample && owner)
        life = sample_live(p->svc, owner);
    if (option_control)
        g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_control, p);
    g_main_loop_run(p->loop);
    g_source_remove(interrupt);
    g_source_remove(terminate);
    if (life)
        g_source_remove(life);
}

/* A connection with a delay takes three descriptors, and some hundred clients are nothing unusual.
 */
static void raise_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static int serve(void)
{
    program p = {NULL, NULL, NULL};
    g_autofree char *env = g_build_filename(option_dir, "service.env", NULL);
    g_autoptr(GError) error = NULL;
    int status = EXIT_FAILURE;

    raise_limit();
    g_unlink(env);
    p.svc = service_new(option_dir, &error);
    if (p.svc)
        service_keep_transcript(p.svc, !option_no_transcript);
    if (p.svc && configure(p.svc) && prepare_lists(p.svc, &error)) {
        if (!option_quiet)
            service_set_log(p.svc, print_entry, NULL);
        p.loop = g_main_loop_new(NULL, FALSE);
        p.input = g_string_new(NULL);
        if (write_env(p.svc, env, &error)) {
            run(&p);
            status = EXIT_SUCCESS;
        }
        g_unlink(env);
        g_string_free(p.input, TRUE);
        g_main_loop_unref(p.loop);
    }
    if (error)
        fprintf(stderr, "%s\n", error->message);
    service_free(p.svc);
    return status;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    GOptionContext *context = g_option_context_new("- an MSNP8 service on loopback");
    int status = EXIT_FAILURE;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        fprintf(stderr, "%s\n", error->message);
    else if (option_manual)
        print_manual(), status = EXIT_SUCCESS;
    else if (!option_dir)
        fprintf(stderr, "--dir is missing\n");
    else
        status = serve();
    g_option_context_free(context);
    g_free(option_dir);
    g_free(option_lists);
    g_free(option_picture);
    g_strfreev(option_accounts);
    g_strfreev(option_knobs);
    return status;
}
