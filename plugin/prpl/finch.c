/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "finch.h"

#include "dialogs.h"
#include "shown.h"

#include <glib/gi18n-lib.h>

char *prpl_finch_path(const char *entered)
{
    char *file = entered != NULL ? g_filename_from_utf8(entered, -1, NULL, NULL, NULL) : NULL;

    if (file == NULL || *g_strstrip(file) == '\0') {
        g_free(file);
        return NULL;
    }
    bool short_home = g_str_has_prefix(file, "~/");
    char *path = g_canonicalize_filename(short_home ? file + 2 : file, purple_home_dir());
    g_free(file);
    return path;
}

char *prpl_finch_new_path(const char *name)
{
    const char *extension = strrchr(name, '.');
    int stem = (int)(extension != NULL ? (size_t)(extension - name) : strlen(name));
    char *path = prpl_finch_path(name);

    for (int n = 2; path != NULL && g_file_test(path, G_FILE_TEST_EXISTS); n++) {
        char *next = g_strdup_printf("%.*s (%d)%s", stem, name, n, name + stem);

        g_free(path);
        path = prpl_finch_path(next);
        g_free(next);
    }
    return path;
}

void prpl_finch_ask(const prpl_account *self, gpointer dialog, const prpl_finch_question *question)
{
    char *path =
        question->path != NULL ? g_filename_to_utf8(question->path, -1, NULL, NULL, NULL) : NULL;

    char *primary = prpl_shown_text(question->primary);
    char *secondary = prpl_shown_text(question->secondary);

    prpl_dialogs_opened(dialog, purple_request_input(question->handle, _("File"), primary,
                                                     secondary, path, FALSE, FALSE, NULL,
                                                     question->yes, G_CALLBACK(question->entered),
                                                     question->no, G_CALLBACK(question->refused),
                                                     self->account, question->who, NULL, dialog));
    g_free(path);
    g_free(primary);
    g_free(secondary);
}
