/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signin.h"

#include "log.h"
#include "presence.h"
#include "settings.h"

#include <string.h>

struct prpl_signin {
    char *server; /* the settings, as they were at the beginning */
    unsigned port;
    char *nexus;
    char *login;     /* empty: ask the nexus */
    bool challenged; /* the password is needed, and was given */
    prpl_error held; /* why Passport failed before that; its strings are ours */
    bool holds;
};

/* Of all accounts. */
static msnp_cache *cache;

/* A setting without the blanks that copying and pasting brings along; the caller frees it. */
static char *get_setting(PurpleAccount *account, const char *name, const char *fallback)
{
    const char *value = purple_account_get_string(account, name, fallback);

    return g_strstrip(g_strdup(value != NULL ? value : ""));
}

static struct prpl_signin *read_settings(PurpleAccount *account)
{
    struct prpl_signin *settings = g_new0(struct prpl_signin, 1);
    int port = purple_account_get_int(account, PRPL_SETTING_PORT, MSNP_PORT_MSNP);

    settings->server = get_setting(account, PRPL_SETTING_SERVER, PRPL_DEFAULT_SERVER);
    settings->port = port > 0 ? (unsigned)port : 0;
    settings->nexus = get_setting(account, PRPL_SETTING_NEXUS, "");
    settings->login = get_setting(account, PRPL_SETTING_LOGIN, "");
    if (*settings->nexus == '\0') {
        g_free(settings->nexus);
        settings->nexus = msnp_default_nexus_url(settings->server);
    }
    return settings;
}

void prpl_signin_start(prpl_account *self, msnp_status status)
{
    struct prpl_signin *settings = read_settings(self->account);
    char *name = g_strstrip(g_strdup(purple_account_get_username(self->account)));

    if (cache == NULL)
        cache = msnp_cache_new();
    self->signin = settings;
    const msnp_ns_config config = {
        .account = name,
        .host = settings->server,
        .port = settings->port,
        .status = status,
        .pipelining = !msnp_cache_no_pipelining(cache, settings->server, settings->port)};
    self->ns = msnp_ns_new(&config);
    msnp_ns_set_trace(self->ns, prpl_log_enabled());
    msnp_ns_start(self->ns, prpl_now());
    msnp_talks_set_trace(self->talks, prpl_log_enabled());
    g_free(name);
    prpl_account_pump(self);
}

void prpl_signin_connecting(prpl_account *self)
{
    struct prpl_signin *signin = self->signin;

    /* What it was doing was for the challenge of the server that we leave. */
    if (signin->challenged)
        prpl_account_drop_passport(self);
    signin->challenged = false;
    if (self->passport != NULL || signin->holds)
        return;

    const msnp_passport_config config = {.nexus_url = signin->nexus,
                                         .login_url = signin->login,
                                         .known_login =
                                             msnp_cache_login(cache, signin->nexus, prpl_now())};
    self->login.asked = false;
    self->passport = msnp_passport_new(&config);
    msnp_passport_set_trace(self->passport, prpl_log_enabled());
    msnp_passport_start(self->passport, prpl_now());
}

void prpl_signin_challenged(prpl_account *self, const char *challenge)
{
    struct prpl_signin *signin = self->signin;

    signin->challenged = true;
    if (signin->holds) {
        prpl_account_finish(self, &signin->held);
        return;
    }
    const msnp_credentials credentials = {.account = msnp_ns_handle(self->ns),
                                          .password = purple_connection_get_password(self->gc),
                                          .challenge = challenge};
    msnp_passport_sign_in(self->passport, &credentials, prpl_now());
}

void prpl_signin_got_ticket(prpl_account *self, const char *ticket)
{
    /* The status may go out with the ticket, and the user may have changed it meanwhile. */
    prpl_presence_send(self);
    (void)msnp_ns_ticket(self->ns, ticket, prpl_now());
    prpl_account_drop_passport(self);
}

bool prpl_signin_is_challenged(const prpl_account *self)
{
    return self->signin->challenged;
}

static void hold(struct prpl_signin *signin, const prpl_error *error)
{
    if (signin->holds)
        return;
    signin->held = *error;
    signin->held.host = g_strdup(error->host);
    signin->held.detail = g_strdup(error->detail);
    signin->holds = true;
}

void prpl_signin_failed(prpl_account *self, const prpl_error *error)
{
    if (self->signin->challenged) {
        prpl_account_finish(self, error);
        return;
    }
    prpl_log(self->account, "Passport failed at step %s, before it was needed",
             msnp_step_name(error->step));
    hold(self->signin, error);
    prpl_account_drop_passport(self);
}

void prpl_signin_connect_failed(prpl_account *self, const prpl_error *error)
{
    bool certificate =
        error->problem >= PRPL_PROBLEM_CERT_UNTRUSTED && error->problem <= PRPL_PROBLEM_CERT_OTHER;

    /* Who has looked at a certificate and refused it would be asked once more. */
    if (certificate && self->login.asked)
        prpl_signin_learn_login(self, NULL);
    else if (msnp_passport_connect_failed(self->passport, prpl_now()))
        return;
    prpl_signin_failed(self, error);
}

void prpl_signin_blame(const prpl_account *self, const msnp_failure *failure)
{
    /* Tickets of a login server that is not the service's own are refused in one way or another. */
    if (failure->step == MSNP_STEP_TICKET)
        prpl_signin_learn_login(self, NULL);
}

void prpl_signin_learn_login(const prpl_account *self, const char *url)
{
    /* What only a person has vouched for is good for this once. */
    if (url != NULL && self->login.asked)
        return;
    msnp_cache_set_login(cache, self->signin->nexus, url, prpl_now());
}

void prpl_signin_learn_no_pipelining(const prpl_account *self)
{
    prpl_log(self->account, "%s port %u takes one command at a time", self->signin->server,
             self->signin->port);
    msnp_cache_set_no_pipelining(cache, self->signin->server, self->signin->port);
}

void prpl_signin_free(prpl_account *self)
{
    struct prpl_signin *signin = g_steal_pointer(&self->signin);

    if (signin == NULL)
        return;
    g_free(signin->server);
    g_free(signin->nexus);
    g_free(signin->login);
    g_free((char *)signin->held.host);
    g_free((char *)signin->held.detail);
    g_free(signin);
}

void prpl_signin_unload(void)
{
    g_clear_pointer(&cache, msnp_cache_free);
}
