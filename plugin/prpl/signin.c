/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signin.h"

#include "log.h"
#include "presence.h"
#include "settings.h"

#include <string.h>

struct msn_signin {
    char *server; /* the settings, as they were at the beginning */
    unsigned port;
    char *nexus;
    char *login;     /* empty: ask the nexus */
    bool challenged; /* the password is needed, and was given */
    msn_error held;  /* why Passport failed before that; its strings are ours */
    bool holds;
};

/* Of all accounts. */
static msnp_memory *memory;

/* A setting without the blanks that copying and pasting brings along; the caller frees it. */
static char *get_setting(PurpleAccount *account, const char *name, const char *fallback)
{
    const char *value = purple_account_get_string(account, name, fallback);

    return g_strstrip(g_strdup(value != NULL ? value : ""));
}

static struct msn_signin *read_settings(PurpleAccount *account)
{
    struct msn_signin *settings = g_new0(struct msn_signin, 1);
    int port = purple_account_get_int(account, MSN_SETTING_PORT, MSNP_PORT_MSNP);

    settings->server = get_setting(account, MSN_SETTING_SERVER, MSN_DEFAULT_SERVER);
    settings->port = port > 0 ? (unsigned)port : 0;
    settings->nexus = get_setting(account, MSN_SETTING_NEXUS, "");
    settings->login = get_setting(account, MSN_SETTING_LOGIN, "");
    if (*settings->nexus == '\0') {
        g_free(settings->nexus);
        settings->nexus = msnp_default_nexus_url(settings->server);
    }
    return settings;
}

void msn_signin_start(msn_account *self, msnp_status status)
{
    struct msn_signin *settings = read_settings(self->account);
    char *name = g_strstrip(g_strdup(purple_account_get_username(self->account)));

    if (memory == NULL)
        memory = msnp_memory_new();
    self->signin = settings;
    const msnp_ns_config config = {
        .account = name,
        .host = settings->server,
        .port = settings->port,
        .status = status,
        .early = !msnp_memory_is_stepwise(memory, settings->server, settings->port)};
    self->ns = msnp_ns_new(&config);
    msnp_ns_set_trace(self->ns, msn_log_enabled());
    msnp_ns_start(self->ns, msn_now());
    msnp_talks_set_trace(self->talks, msn_log_enabled());
    g_free(name);
    msn_account_pump(self);
}

void msn_signin_connecting(msn_account *self)
{
    struct msn_signin *signin = self->signin;

    /* What it was doing was for the challenge of the server that we leave. */
    if (signin->challenged)
        msn_account_drop_passport(self);
    signin->challenged = false;
    if (self->passport != NULL || signin->holds)
        return;

    const msnp_passport_config config = {.nexus_url = signin->nexus,
                                         .login_url = signin->login,
                                         .known_login =
                                             msnp_memory_login(memory, signin->nexus, msn_now())};
    self->login.asked = false;
    self->passport = msnp_passport_new(&config);
    msnp_passport_set_trace(self->passport, msn_log_enabled());
    msnp_passport_start(self->passport, msn_now());
}

void msn_signin_challenged(msn_account *self, const char *challenge)
{
    struct msn_signin *signin = self->signin;

    signin->challenged = true;
    if (signin->holds) {
        msn_account_finish(self, &signin->held);
        return;
    }
    const msnp_credentials credentials = {.account = msnp_ns_handle(self->ns),
                                          .password = purple_connection_get_password(self->gc),
                                          .challenge = challenge};
    msnp_passport_sign_in(self->passport, &credentials, msn_now());
}

void msn_signin_got_ticket(msn_account *self, const char *ticket)
{
    /* The status may go out with the ticket, and the user may have changed it meanwhile. */
    msn_presence_send(self);
    (void)msnp_ns_ticket(self->ns, ticket, msn_now());
    msn_account_drop_passport(self);
}

bool msn_signin_is_challenged(const msn_account *self)
{
    return self->signin->challenged;
}

static void hold(struct msn_signin *signin, const msn_error *error)
{
    if (signin->holds)
        return;
    signin->held = *error;
    signin->held.host = g_strdup(error->host);
    signin->held.detail = g_strdup(error->detail);
    signin->holds = true;
}

void msn_signin_failed(msn_account *self, const msn_error *error)
{
    if (self->signin->challenged) {
        msn_account_finish(self, error);
        return;
    }
    msn_log(self->account, "Passport failed at step %s, before it was needed",
            msnp_step_name(error->step));
    hold(self->signin, error);
    msn_account_drop_passport(self);
}

void msn_signin_unreached(msn_account *self, const msn_error *error)
{
    bool certificate =
        error->problem >= MSN_PROBLEM_CERT_UNTRUSTED && error->problem <= MSN_PROBLEM_CERT_OTHER;

    /* Who has looked at a certificate and refused it would be asked once more. */
    if (certificate && self->login.asked)
        msn_signin_learn_login(self, NULL);
    else if (msnp_passport_unreached(self->passport, msn_now()))
        return;
    msn_signin_failed(self, error);
}

void msn_signin_blame(const msn_account *self, const msnp_failure *failure)
{
    /* Tickets of a login server that is not the service's own are refused in one way or another. */
    if (failure->step == MSNP_STEP_TICKET)
        msn_signin_learn_login(self, NULL);
}

void msn_signin_learn_login(const msn_account *self, const char *url)
{
    /* What only a person has vouched for is good for this once. */
    if (url != NULL && self->login.asked)
        return;
    msnp_memory_set_login(memory, self->signin->nexus, url, msn_now());
}

void msn_signin_learn_stepwise(const msn_account *self)
{
    msn_log(self->account, "%s port %u takes one command at a time", self->signin->server,
            self->signin->port);
    msnp_memory_set_stepwise(memory, self->signin->server, self->signin->port);
}

void msn_signin_free(msn_account *self)
{
    struct msn_signin *signin = g_steal_pointer(&self->signin);

    if (signin == NULL)
        return;
    g_free(signin->server);
    g_free(signin->nexus);
    g_free(signin->login);
    g_free((char *)signin->held.host);
    g_free((char *)signin->held.detail);
    g_free(signin);
}

void msn_signin_unload(void)
{
    g_clear_pointer(&memory, msnp_memory_free);
}
