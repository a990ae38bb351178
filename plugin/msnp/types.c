/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "types.h"

static const char *const step_names[] = {
#define X(symbol, name) [symbol] = (name),
    MSNP_STEP_LIST(X)
#undef X
};

static const char *const status_codes[] = {
#define X(symbol, code) [symbol] = (code),
    MSNP_STATUS_LIST(X)
#undef X
};

static const char *const phone_codes[] = {
#define X(symbol, code) [symbol] = (code),
    MSNP_PHONE_LIST(X)
#undef X
};

static const char *const file_end_names[] = {
#define X(symbol, name) [symbol] = (name),
    MSNP_FILE_END_LIST(X)
#undef X
};

static const char *const extra_names[] = {
#define X(symbol, name) [symbol] = (name),
    MSNP_EXTRA_LIST(X)
#undef X
};

const char *msnp_step_name(msnp_step step)
{
    return (size_t)step < G_N_ELEMENTS(step_names) ? step_names[step] : "UNKNOWN";
}

const char *msnp_status_code(msnp_status status)
{
    return (size_t)status < G_N_ELEMENTS(status_codes) ? status_codes[status] : "NLN";
}

/* The index of a code in a table; the size of the table if it is not there. */
static size_t find_code(const char *const *codes, size_t n, msnp_str code)
{
    size_t i = 0;

    while (i < n && !msnp_str_is(code, codes[i]))
        i++;
    return i;
}

bool msnp_status_from_code(msnp_str code, msnp_status *status)
{
    size_t i = find_code(status_codes, G_N_ELEMENTS(status_codes), code);

    if (i < G_N_ELEMENTS(status_codes))
        *status = (msnp_status)i;
    return i < G_N_ELEMENTS(status_codes);
}

const char *msnp_phone_code(msnp_phone phone)
{
    return phone_codes[phone];
}

bool msnp_phone_from_code(msnp_str code, msnp_phone *phone)
{
    size_t i = find_code(phone_codes, G_N_ELEMENTS(phone_codes), code);

    if (i < G_N_ELEMENTS(phone_codes))
        *phone = (msnp_phone)i;
    return i < G_N_ELEMENTS(phone_codes);
}

const char *msnp_file_end_name(msnp_file_end end)
{
    return (size_t)end < G_N_ELEMENTS(file_end_names) ? file_end_names[end] : "UNKNOWN";
}

const char *msnp_extra_name(msnp_extra extra)
{
    return (size_t)extra < G_N_ELEMENTS(extra_names) ? extra_names[extra] : "UNKNOWN";
}

void msnp_person_free(gpointer person)
{
    msnp_person *freed = person;

    g_free(freed->account);
    g_free(freed->name);
    g_free(freed);
}
