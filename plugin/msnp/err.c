/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "err.h"

static const char *const err_names[] = {
#define X(symbol, name) [symbol] = (name),
    MSNP_ERR_LIST(X)
#undef X
};

const char *msnp_err_name(msnp_err err)
{
    if ((size_t)err >= G_N_ELEMENTS(err_names))
        return "unknown";
    return err_names[err];
}

/*
 * The numbers that matter to a notification session. A number means the same for all commands; the
 * transaction id identifies the command.
 */
static const msnp_server_error server_errors[] = {
    {200, "syntax error", MSNP_TROUBLE_OTHER, true},
    {MSNP_NUMBER_BAD_PARAMETER, "invalid parameter", MSNP_TROUBLE_BAD_NAME, true},
    {MSNP_NUMBER_NO_ACCOUNT, "no such account", MSNP_TROUBLE_NO_ACCOUNT, true},
    {206, "domain name missing", MSNP_TROUBLE_BAD_NAME, true},
    {207, "already signed in", MSNP_TROUBLE_OTHER, true},
    {MSNP_NUMBER_BAD_ACCOUNT, "invalid account name", MSNP_TROUBLE_BAD_NAME, true},
    {MSNP_NUMBER_FORBIDDEN, "name forbidden", MSNP_TROUBLE_FORBIDDEN, true},
    {210, "list full", MSNP_TROUBLE_FULL, true},
    {MSNP_NUMBER_THERE_ALREADY, "already there", MSNP_TROUBLE_OTHER, true},
    {MSNP_NUMBER_NOT_THERE, "not there", MSNP_TROUBLE_OTHER, true},
    {217, "not online", MSNP_TROUBLE_OFFLINE, true},
    {MSNP_NUMBER_MODE_ALREADY, "already in that mode", MSNP_TROUBLE_OTHER, true},
    {MSNP_NUMBER_OPPOSITE_LIST, "on the opposite list", MSNP_TROUBLE_OTHER, true},
    {223, "too many groups", MSNP_TROUBLE_GROUPS, true},
    {MSNP_NUMBER_NO_GROUP, "no such group", MSNP_TROUBLE_NO_GROUP, true},
    {MSNP_NUMBER_NOT_IN_GROUP, "not in that group", MSNP_TROUBLE_OTHER, true},
    {MSNP_NUMBER_GROUP_NOT_EMPTY, "group not empty", MSNP_TROUBLE_NOT_EMPTY, true},
    {228, "group name taken", MSNP_TROUBLE_TAKEN, true},
    {MSNP_NUMBER_GROUP_TOO_LONG, "group name too long", MSNP_TROUBLE_LONG, true},
    {230, "group cannot be changed", MSNP_TROUBLE_NO_GROUP, true},
    {MSNP_NUMBER_BAD_GROUP, "no such group", MSNP_TROUBLE_NO_GROUP, true},
    {MSNP_NUMBER_NO_SWITCHBOARD, "switchboard failed", MSNP_TROUBLE_DOWN, true},
    {MSNP_NUMBER_NO_TRANSFER, "transfer to switchboard failed", MSNP_TROUBLE_DOWN, true},
    {302, "not signed in", MSNP_TROUBLE_OTHER, true},
    {MSNP_NUMBER_INTERNAL, "internal server error", MSNP_TROUBLE_DOWN, true},
    {501, "database error", MSNP_TROUBLE_DOWN, true},
    {510, "file operation failed", MSNP_TROUBLE_DOWN, true},
    {511, "banned", MSNP_TROUBLE_BANNED, false},
    {520, "memory allocation failed", MSNP_TROUBLE_DOWN, true},
    {MSNP_NUMBER_CHALLENGE, "challenge failed", MSNP_TROUBLE_CHALLENGE, true},
    {600, "server busy", MSNP_TROUBLE_BUSY, true},
    {601, "server unavailable", MSNP_TROUBLE_DOWN, true},
    {602, "peer server down", MSNP_TROUBLE_DOWN, true},
    {603, "database connection failed", MSNP_TROUBLE_DOWN, true},
    {604, "server going down", MSNP_TROUBLE_DOWN, true},
    {605, "server unavailable", MSNP_TROUBLE_DOWN, true},
    {700, "connection failed", MSNP_TROUBLE_DOWN, true},
    {707, "connection failed", MSNP_TROUBLE_DOWN, true},
    {710, "bad client version parameters", MSNP_TROUBLE_OTHER, false},
    {711, "write is blocking", MSNP_TROUBLE_BUSY, true},
    {712, "session overloaded", MSNP_TROUBLE_BUSY, true},
    {MSNP_NUMBER_CALLS_TOO_FAST, "calling too rapidly", MSNP_TROUBLE_TOO_FAST, true},
    {714, "too many sessions", MSNP_TROUBLE_BUSY, true},
    {MSNP_NUMBER_UNEXPECTED, "not expected", MSNP_TROUBLE_OTHER, true},
    {717, "bad friend file", MSNP_TROUBLE_DOWN, true},
    {731, "not expected", MSNP_TROUBLE_OTHER, true},
    {MSNP_NUMBER_TOO_FAST, "changing too rapidly", MSNP_TROUBLE_TOO_FAST, true},
    {910, "server too busy", MSNP_TROUBLE_BUSY, true},
    {MSNP_NUMBER_AUTHENTICATION, "authentication failed", MSNP_TROUBLE_TICKET, false},
    {912, "server too busy", MSNP_TROUBLE_BUSY, true},
    {913, "not while hidden", MSNP_TROUBLE_HIDDEN, true},
    {914, "server unavailable", MSNP_TROUBLE_DOWN, true},
    {915, "server unavailable", MSNP_TROUBLE_DOWN, true},
    {916, "server unavailable", MSNP_TROUBLE_DOWN, true},
    {917, "authentication failed", MSNP_TROUBLE_TICKET, false},
    {918, "server too busy", MSNP_TROUBLE_BUSY, true},
    {919, "server too busy", MSNP_TROUBLE_BUSY, true},
    {920, "not accepting new users", MSNP_TROUBLE_BUSY, true},
    {921, "server too busy", MSNP_TROUBLE_BUSY, true},
    {922, "server too busy", MSNP_TROUBLE_BUSY, true},
    {923, "parental consent missing", MSNP_TROUBLE_CONSENT, false},
    {924, "address not verified", MSNP_TROUBLE_UNVERIFIED, false},
    {927, "account suspended", MSNP_TROUBLE_BANNED, false},
    {928, "bad ticket", MSNP_TROUBLE_TICKET, false},
    {931, "account not on this server", MSNP_TROUBLE_DOWN, true},
};

const msnp_server_error *msnp_server_error_find(unsigned number)
{
    static const msnp_server_error unknown = {0, "unknown", MSNP_TROUBLE_OTHER, true};

    for (size_t i = 0; i < G_N_ELEMENTS(server_errors); i++)
        if (server_errors[i].number == number)
            return &server_errors[i];
    return &unknown;
}
