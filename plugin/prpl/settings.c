/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"

#include "log.h"

/* The caller frees it. */
static char *read_text(PurpleAccount *account, const char *name, const char *fallback)
{
    const char *value = purple_account_get_string(account, name, fallback);

    return g_strstrip(g_strdup(value != NULL ? value : ""));
}

bool prpl_settings_is_ours(const PurpleAccount *account)
{
    return purple_strequal(purple_account_get_protocol_id(account), PRPL_PROTOCOL_ID);
}

/* Everything else means automatic. */
static msnp_method read_method(PurpleAccount *account)
{
    char *name = read_text(account, PRPL_SETTING_METHOD, PRPL_METHOD_AUTOMATIC);
    bool direct = g_ascii_strcasecmp(name, PRPL_METHOD_DIRECT) == 0;
    bool gateway = g_ascii_strcasecmp(name, PRPL_METHOD_GATEWAY) == 0;

    g_free(name);
    if (direct)
        return MSNP_METHOD_DIRECT;
    return gateway ? MSNP_METHOD_GATEWAY : MSNP_METHOD_AUTOMATIC;
}

/* NULL for another service than those that can be chosen. */
static const prpl_service *chosen_service(PurpleAccount *account)
{
    char *id = read_text(account, PRPL_SETTING_SERVICE, PRPL_SERVICE_OTHER);
    const prpl_service *service = prpl_services_find(id);

    if (service == NULL && *id != '\0' && g_ascii_strcasecmp(id, PRPL_SERVICE_OTHER) != 0)
        prpl_log(account, "unknown service \"%s\": the server of the settings counts", id);
    g_free(id);
    return service;
}

static void read_service(prpl_settings *settings, const prpl_service *service)
{
    settings->server = g_strdup(service->server);
    settings->port = service->port;
    settings->nexus_url = g_strdup(service->nexus_url);
    settings->login_url = g_strdup("");
}

static void read_addresses(prpl_settings *settings, PurpleAccount *account)
{
    int port = purple_account_get_int(account, PRPL_SETTING_PORT, MSNP_PORT_MSNP);

    settings->server = read_text(account, PRPL_SETTING_SERVER, PRPL_DEFAULT_SERVER);
    settings->port = port > 0 ? (unsigned)port : 0;
    settings->nexus_url = read_text(account, PRPL_SETTING_NEXUS, "");
    settings->login_url = read_text(account, PRPL_SETTING_LOGIN, "");
}

prpl_settings *prpl_settings_read(PurpleAccount *account)
{
    prpl_settings *settings = g_new0(prpl_settings, 1);

    settings->service = chosen_service(account);
    if (settings->service != NULL)
        read_service(settings, settings->service);
    else
        read_addresses(settings, account);
    settings->method = read_method(account);
    settings->gateway_url = read_text(account, PRPL_SETTING_GATEWAY, "");
    if (*settings->gateway_url == '\0' && settings->service != NULL) {
        g_free(settings->gateway_url);
        settings->gateway_url = g_strdup(settings->service->gateway_url);
    }
    if (settings->nexus_url == NULL || *settings->nexus_url == '\0') {
        g_free(settings->nexus_url);
        settings->nexus_url = msnp_default_nexus_url(settings->server);
    }
    settings->files_through_service =
        purple_account_get_bool(account, PRPL_SETTING_FILES, PRPL_DEFAULT_FILES);
    return settings;
}

void prpl_settings_apply(const prpl_settings *settings, msnp_session_config *config)
{
    config->host = settings->server;
    config->port = settings->port;
    config->nexus_url = settings->nexus_url;
    config->login_url = settings->login_url;
    config->method = settings->method;
    config->gateway_url = settings->gateway_url;
    config->files_through_service = settings->files_through_service;
}

void prpl_settings_free(prpl_settings *settings)
{
    if (settings == NULL)
        return;
    g_free(settings->server);
    g_free(settings->nexus_url);
    g_free(settings->login_url);
    g_free(settings->gateway_url);
    g_free(settings);
}

bool prpl_settings_is_other_service(const prpl_settings *settings, PurpleAccount *account)
{
    /* Earlier releases saved it with surrounding blanks, and did not save the default server. */
    char *listed = read_text(account, PRPL_SETTING_LISTED, settings->server);
    bool other = !purple_strequal(*listed != '\0' ? listed : PRPL_DEFAULT_SERVER, settings->server);

    g_free(listed);
    return other;
}

bool prpl_settings_is_first(const prpl_settings *settings, PurpleAccount *account)
{
    return purple_account_get_string(account, PRPL_SETTING_LISTED, NULL) == NULL ||
           prpl_settings_is_other_service(settings, account);
}
