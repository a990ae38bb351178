/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the live tests share: the client joined to services, and the questions that each test asks
 * at its end. A live test is a program of g_test that calls live_main().
 */
#ifndef LIVE_SERVICE_HELPERS_H
#define LIVE_SERVICE_HELPERS_H

#include "harness.h"
#include "service.h"

/* Every password of these tests has this word in it, so that it can be looked for. */
#define LIVE_SECRET   "s3cr3t"
#define LIVE_ADDRESS  "alice@example.com"
#define LIVE_PASSWORD LIVE_SECRET ",p\xc3\xa4ssw\xc3\xb6rd=%41&'\" +"
#define LIVE_WRONG    "wrong-" LIVE_SECRET
#define LIVE_FRIENDLY "Alice \xc3\x84 & <b>Co</b> 100%"

/* Runs all tests that `add` adds; what main() returns. */
int live_main(int argc, char **argv, void (*add)(void));
/*
 * Called by `add`: this program is about what happens outside of the main loop, or how long things
 * take. Without it the clock goes on at once where nothing can happen, see fast_clock.h.
 */
void live_use_wall_clock(void);
/* Called by `add`: the plugin is in the company of all those that the system has for libpurple. */
void live_load_all_plugins(void);
/* Adds a test. With LIVE_SUBSET in the environment only those with `subset` are there. */
void live_add(const char *path, void (*function)(void), gboolean subset);
void live_add_data(const char *path, gconstpointer data, void (*function)(gconstpointer),
                   gboolean subset);

/*
 * A new service that knows LIVE_ADDRESS. If no other one runs, the plugin is loaded anew, so that
 * it knows of no service yet.
 */
service *live_service(void);
/* The same with knobs set: "name" or "name=value", ended by NULL. */
service *live_service_with(const char *knob, ...) G_GNUC_NULL_TERMINATED;
void live_set(service *svc, const char *knob);
/* How LIVE_ADDRESS signs in to it: directly, or with LIVE_GATEWAY=http (or https) in the
 * environment through its gateway. */
user_config live_config(service *svc);
user *live_user(service *svc);

/*
 * The end of a test: the user (NULL is fine) signs out, and then nothing may be left of it; nobody
 * may have been asked or told anything, no secret have been logged, and the service have found
 * nothing bad in what it was sent. Frees both.
 */
void live_end(service *svc, user *u);
/* The same for several users. */
void live_end_all(service *svc, user *const *users, guint n);

/* Signs in and waits until that is done. */
void live_online(user *u);
/* Has a client read the notification server's challenge, since client_forget_debug_log()? */
gboolean live_is_challenged(void);
/* Signs out and waits until that is done. */
void live_offline(service *svc, user *u);
/* Signs in, which has to fail so, with a text in which all `words` (ended by NULL) are. */
void live_refused(user *u, PurpleConnectionError reason, ...) G_GNUC_NULL_TERMINATED;
/* It has failed, or will soon. */
void live_failed(user *u, double seconds, PurpleConnectionError reason, ...) G_GNUC_NULL_TERMINATED;

/* Waits for a condition; ends the test, with all that is known, when it does not come true. */
#define live_wait(condition, seconds)                                             \
    G_STMT_START                                                                  \
    {                                                                             \
        gint64 live_until_ = client_until(seconds);                               \
        while (!(condition) && client_turn(live_until_))                          \
            ;                                                                     \
        if (!(condition))                                                         \
            live_fail(__FILE__, __LINE__, G_STRFUNC, "not in time: " #condition); \
    }                                                                             \
    G_STMT_END
/* As g_assert_true, with all that is known. */
#define live_check(condition)                                                \
    G_STMT_START                                                             \
    {                                                                        \
        if (!(condition))                                                    \
            live_fail(__FILE__, __LINE__, G_STRFUNC, "not so: " #condition); \
    }                                                                        \
    G_STMT_END
#define live_check_count(svc, pattern, expected) \
    live_check_count_at(__FILE__, __LINE__, G_STRFUNC, svc, pattern, expected)

_Noreturn void live_fail(const char *file, int line, const char *function, const char *text);
void live_check_count_at(const char *file, int line, const char *function, service *svc,
                         const char *pattern, guint expected);

/* The entry of the transcript that matches the pattern first, or NULL; the caller frees it. */
char *live_entry(service *svc, const char *pattern);
/* Waits until the service has sent what matches this ("NS <<< ..."), and the client has read it. */
void live_heard(service *svc, const char *pattern);
/* Are the entries that match these patterns (ended by NULL) there in this order? */
gboolean live_in_order(service *svc, const char *const *patterns);
guint live_connections(service *svc);
/* Closes the connections to one of its servers from the service's side; returns how many. */
guint live_hang_up(service *svc, service_role role);
/*
 * How many pieces with something in them have come on the connections to one of its servers that
 * are open. What was written at once, and is not long, is one piece.
 */
guint live_pieces(service *svc, service_role role);
/* Sends bytes on them behind the service's back; returns on how many. */
guint live_say(service *svc, service_role role, const char *bytes);

/*
 * A port of both loopback addresses on which nobody listens, and which the kernel gives to nobody
 * as long as this program runs. A program that is told the number may listen there if it sets
 * SO_REUSEADDR.
 */
int live_closed_port(void);
/*
 * A socket on 127.0.0.1 that takes connections and never says a word; close() ends it. Nobody
 * listens on that port of ::1.
 */
int live_mute_listener(int *port);
/* Has this machine no address ::1? Then the test is skipped. */
gboolean live_lacks_ipv6(void);
/* Was that said already, by who runs all tests? Then nobody wants to hear it from each of them. */
gboolean live_is_known_to_lack(const char *what);

#endif
