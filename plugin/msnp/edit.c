/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "edit.h"

static const char *const edit_names[] = {
#define X(symbol, name) [symbol] = (name),
    MSNP_EDIT_LIST(X)
#undef X
};

const char *msnp_edit_name(msnp_edit_kind kind)
{
    return (size_t)kind < G_N_ELEMENTS(edit_names) ? edit_names[kind] : "UNKNOWN";
}

msnp_edit msnp_edit_copy(const msnp_edit *edit)
{
    msnp_edit copy = *edit;

    copy.account = g_strdup(edit->account);
    copy.from = g_strdup(edit->from);
    copy.to = g_strdup(edit->to);
    copy.text = g_strdup(edit->text);
    return copy;
}

void msnp_edit_clear(msnp_edit *edit)
{
    g_free((char *)edit->account);
    g_free((char *)edit->from);
    g_free((char *)edit->to);
    g_free((char *)edit->text);
    *edit = (msnp_edit){.kind = edit->kind};
}
