/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "services.h"

#include "msnp.h"

/* A new row needs a row in the table of README.md, which a test compares with this one. */
static const prpl_service services[] = {
    /* From public configurations of clients for it, read in November 2026. */
    {"escargot", "Escargot", "msnmsgr.escargot.chat", MSNP_PORT_MSNP, NULL, NULL},
    /* From public configurations of clients and patchers for it, read in November 2026. */
    {"crosstalk", "CrossTalk", "ms.msgrsvcs.ctsrv.gay", MSNP_PORT_MSNP,
     "https://pp.login.ugnet.gay/rdr/pprdr.asp", "http://httpgws.ms.msgrsvcs.ctsrv.gay"},
};

const prpl_service *prpl_services_nth(size_t n)
{
    return n < G_N_ELEMENTS(services) ? &services[n] : NULL;
}

const prpl_service *prpl_services_find(const char *id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(services); i++)
        if (g_ascii_strcasecmp(services[i].id, id) == 0)
            return &services[i];
    return NULL;
}
