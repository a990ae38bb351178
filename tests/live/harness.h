/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client without a user interface: real libpurple, the built plugin loaded the way a user's
 * client loads it, and a record of all that a person would have seen. One per process, since
 * libpurple can be started only once. Everything runs in the default GMainContext.
 *
 * It knows nothing of g_test and nothing of the service: the demo uses it as well.
 */
#ifndef LIVE_HARNESS_H
#define LIVE_HARNESS_H

#include <glib.h>
#include <purple.h>

#define CLIENT_PROTOCOL "prpl-msnp8"

typedef struct {
    const char *plugin_dir; /* where libmsnp8.so is */
    const char *user_dir;   /* NULL: a scratch directory, removed at the end */
    const char *ca_dir;     /* certificates of further authorities to trust; NULL for none */
    gboolean all_plugins;   /* those of the system as well, as other clients load them */
    gboolean fatal_logs;    /* do GLib's warnings and criticals end the program? */
} client_options;

/* Starts libpurple; FALSE and a message when it cannot. The directories must exist. */
gboolean client_start(const client_options *options, char **error);
/* Ends it, the way a client does when the user quits. */
void client_stop(void);
/* Adds a directory of certificates; before the first TLS connection. */
void client_trust(const char *ca_dir);
/* Forgets the certificates that were accepted (by check or by the user) so far. */
void client_forget_certificates(void);
/* The scratch or given user directory; owned by the client. */
const char *client_user_dir(void);
/*
 * The plugin does what it does when it is unloaded, and then loaded: what it knew of services is
 * forgotten. FALSE if it refuses. Nobody may be signed in.
 */
gboolean client_reload_plugin(void);

/* --- waiting ---------------------------------------------------------------------------------- */

/*
 * The moment that is so many seconds (times LIVE_SCALE from the environment) from now, for
 * client_turn().
 */
gint64 client_until(double seconds);
/* Lets things happen for a moment; FALSE, having done nothing, when it is past `until`. */
gboolean client_turn(gint64 until);
/* Lets the next thing happen; FALSE when nothing does for so long. */
gboolean client_wait(guint milliseconds);
/* Lets things happen for so long: only where nothing is expected to happen. */
void client_idle(double seconds);
/* How much slower than usual everything may be. */
double client_scale(void);

/* --- what a person sees ----------------------------------------------------------------------- */

typedef enum {
    CLIENT_ASKS,           /* has dialogs */
    CLIENT_CANCELS,        /* and says "cancel" when an input is closed by others, as Finch does */
    CLIENT_CANNOT_ASK,     /* has no request functions at all */
    CLIENT_CANNOT_QUESTION /* has some, but not the one for questions with buttons */
} client_manners;

void client_set_manners(client_manners manners);

typedef enum {
    DIALOG_QUESTION,  /* a text and buttons */
    DIALOG_FIELDS,    /* fields to fill in, be it a password */
    DIALOG_INPUT,     /* a line of text to write */
    DIALOG_CHOICE,    /* one of several things to choose */
    DIALOG_FILE,      /* the name of a file to choose */
    DIALOG_AUTHORIZE, /* may this one have the account on the list? */
    DIALOG_MESSAGE,   /* a message, with nothing to decide */
    DIALOG_NOTICE     /* any other notification; the text of information is HTML */
} dialog_kind;

typedef struct {
    dialog_kind kind;
    char *text;             /* title, primary and secondary text, a line each */
    PurpleAccount *account; /* may be NULL; only to be compared */
    GPtrArray *buttons;     /* char *, of a question or choice */
    char *suggested;        /* what stands in an input, or as a file's name, at first, or NULL */
    char *who;              /* whom a question of authorisation is about */
    gboolean on_list;       /* and whether it is a buddy */
    int chosen;             /* the value that a choice begins with */
    gboolean open;
    /* for answering */
    GArray *callbacks;
    GArray *values; /* int, of a choice */
    PurpleRequestFields *fields;
    GCallback ok;
    GCallback cancel; /* of an input or a file */
    PurpleAccountRequestAuthorizationCb allow;
    PurpleAccountRequestAuthorizationCb deny;
    gpointer user_data;
    PurpleRequestType request_type;
} dialog;

/* All dialogs so far, oldest first: dialog *. Owned by the client. */
const GPtrArray *client_dialogs(void);
/* The newest open one of this kind, or NULL. */
dialog *client_open_dialog(dialog_kind kind);
guint client_count_dialogs(dialog_kind kind);
/* Presses a button of a question (by its number) and closes it. */
void client_press(dialog *d, guint button);
/* Presses the button whose label has `word` in it; FALSE if there is none. */
gboolean client_press_named(dialog *d, const char *word);
/* Fills in a password and closes the dialog. */
void client_fill_password(dialog *d, const char *password);
/* Fills in one field; client_accept() then presses OK and closes the dialog. */
void client_fill_field(dialog *d, const char *id, const char *text);
void client_accept(dialog *d);
/* Writes this into an input, presses OK and closes the dialog. */
void client_write(dialog *d, const char *text);
/* Takes the choice whose label has `word` in it and closes the dialog; FALSE if there is none. */
gboolean client_choose(dialog *d, const char *word);
/* Chooses this file (NULL: presses Cancel) and closes the dialog. */
void client_choose_file(dialog *d, const char *path);
/* Answers a question of authorisation and closes the dialog. */
void client_authorize(dialog *d, gboolean allow);
/* Closes what is open and forgets them all. */
void client_forget_dialogs(void);

/* --- what a developer sees -------------------------------------------------------------------- */

/* The debug log (unsafe and verbose, so all that can ever be in it); owned by the client. */
const char *client_debug_log(void);
void client_forget_debug_log(void);
gsize client_debug_length(void);
/* Does it hold this text, whatever the case of its letters? */
gboolean client_debug_has(const char *text);
/* Have debug lines printed as they come. */
void client_print_debug(gboolean print);

/* How often nodes of the buddy list were given to be saved, or removed. */
guint client_blist_saves(void);
/* How often a row of the buddy list was drawn anew. */
guint client_blist_updates(void);
/*
 * The longest that the plugin kept the main loop busy at a time, and all such times together
 * (seconds), since client_forget_turns().
 */
double client_longest_turn(void);
double client_busy_time(void);
void client_forget_turns(void);
/*
 * How often the main loop called a function (of a timer or a watch) of the plugin's, and how often
 * any that it has of libpurple, since client_forget_turns().
 */
guint client_plugin_calls(void);
guint client_calls(void);
/* Timers and watches on file descriptors whose function is the plugin's own. */
guint client_plugin_timers(void);
guint client_plugin_watches(void);
/* Sockets that are open in this process, whoever opened them. */
guint client_sockets(void);

/* --- accounts --------------------------------------------------------------------------------- */

typedef struct {
    const char *protocol; /* NULL: CLIENT_PROTOCOL */
    const char *address;
    const char *password; /* NULL: none is stored */
    const char *server;
    int port;
    const char *nexus_url;   /* NULL: not set */
    const char *login_url;   /* NULL: not set */
    const char *method;      /* of connecting, NULL: not set */
    const char *gateway_url; /* NULL: not set */
    const char *status;      /* id of the status at sign-in, NULL for "available" */
    gboolean remember;       /* is the password saved? */
} user_config;

typedef struct user user;

struct user {
    PurpleAccount *account;
    /* Called after each progress text and error, in the middle of what the plugin is doing. */
    void (*hook)(user *self);
    GPtrArray *progress; /* char *, "[step/count] text" */
    gboolean online;
    guint n_connected;    /* times it came online */
    guint n_disconnected; /* times a connection ended, for whatever reason */
    guint n_errors;
    PurpleConnectionError reason; /* of the last error */
    char *error;                  /* its text, NULL if there was none */
    gboolean fatal;               /* did it ask not to be reconnected? */
    gint64 started;               /* monotonic time of the last sign-in's begin and error */
    gint64 failed;
};

/* The address must be that of no other user: libpurple has one account for each. */
user *user_new(const user_config *config);
/* Disables and removes the account. NULL is fine. */
void user_free(user *self);
/* Signs in; what was recorded of an earlier sign-in is forgotten, but not the counts. */
void user_sign_in(user *self);
/* What a client does when the user disables an account. */
void user_sign_out(user *self);
void user_set_status(user *self, const char *id);
void user_set_idle(user *self, gboolean idle);
void user_set_proxy(user *self, PurpleProxyType type, const char *host, int port, const char *name,
                    const char *password);
/* Is there no connection, not even a doomed one? */
gboolean user_is_offline(const user *self);
/* The connection, NULL if there is none. */
PurpleConnection *user_connection(const user *self);

#endif
