/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of conversations what no transcript can hold: secrets, limits, the calls. */
#include "drive.h"
#include "expect.h"
#include "watch.h"

#include <string.h>

#define OWN   "example@passport.com"
#define BOB   "bob@example.com"
#define CAROL "carol@example.com"
#define CHAT  ((msnp_conversation_id){1, NULL})

static const msnp_format plain = {.font = ""};

static void say_to(drive *d, msnp_conversation_id id, const char *text)
{
    g_assert_cmpint(msnp_conversations_send(d->conversations, id, text, &plain, d->now), ==,
                    MSNP_OK);
    drive_drain(d);
}

static void say_bob(drive *d, const char *text)
{
    say_to(d, (msnp_conversation_id){0, BOB}, text);
}

static void close_window(drive *d, msnp_conversation_id id)
{
    msnp_conversations_close(d->conversations, id, d->now);
    drive_drain(d);
}

static unsigned make_chat(drive *d, const char *who, const char *also)
{
    unsigned chat = msnp_conversations_chat(d->conversations, who, also, d->now);
    drive_drain(d);
    return chat;
}

static void end(drive *d)
{
    msnp_conversations_end(d->conversations, MSNP_ERR_SIGNED_OUT, d->now);
    drive_drain(d);
    g_assert_cmpuint(msnp_conversations_pending(d->conversations), ==, 0);
    g_assert_cmpuint(msnp_conversations_n_switchboards(d->conversations), ==, 0);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
}

static void done(drive *d)
{
    expect_silence(d);
    end(d);
    drive_forget(d);
    drive_done(d);
}

/* The notification server grants a switchboard. */
static void grant(drive *d, unsigned request)
{
    msnp_conversations_switchboard(d->conversations, request, "sb.example.com", 1863, "cookie",
                                   d->now);
    drive_drain(d);
}

static void ring(drive *d, const char *session, const char *who)
{
    const msnp_ring event = {.session = session,
                             .host = "ring.example.com",
                             .port = 1864,
                             .cookie = "cookie2",
                             .account = who,
                             .name = "Name"};
    msnp_conversations_rung(d->conversations, &event, d->now);
    drive_drain(d);
}

/* What comes on the connection of this number, which is made first. */
static void let_in(drive *d, unsigned wire, const char *lines)
{
    d->wire = wire;
    drive_connected(d);
    drive_feed(d, lines);
}

/* Bob is in a switchboard that we opened, connection 1. The next id is 4. */
static drive *with_bob(void)
{
    drive *d = drive_conversations(OWN);
    say_bob(d, "Hi");
    grant(d, 1);
    let_in(d, 1, "USR 1 OK " OWN " Me\r\nJOI " BOB " Bob\r\nACK 3\r\n");
    drive_forget(d);
    return d;
}

/* Several who rang, and one of them says something. */
#define SAID_TO_ALL                                                                \
    "IRO 1 1 2 " CAROL " Carol\r\nIRO 1 2 2 " BOB " Bob\r\nANS 1 OK\r\nMSG " CAROL \
    " Carol 30\r\nContent-Type: text/plain\r\n\r\nHi"

static void test_secrets(void)
{
    watch_secret("cookie2");
    drive *d = drive_conversations(OWN);
    watch_on();
    ring(d, "55", BOB);
    ring(d, "56", CAROL);
    let_in(d, 1, "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n");
    watch_on();
    say_bob(d, "hush");
    watch_on();
    end(d);
    watch_off();
    g_assert_nonnull(strstr(d->traces->str, ">>> ANS 1 " OWN " *** 55\n"));
    g_assert_null(strstr(d->traces->str, "cookie2"));
    g_assert_null(strstr(d->traces->str, "hush"));
    drive_forget(d);
    drive_done(d);
    watch_reset();
}

/* Others can begin fewer chats than we: what they say comes as from one person then. */
static void test_many_chats(void)
{
    drive *d = drive_conversations(OWN);
    for (unsigned i = 1; i <= MSNP_CHATS_MAX; i++)
        g_assert_cmpuint(make_chat(d, BOB, NULL), ==, i);
    drive_forget(d);
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 0);
    expect_silence(d);
    close_window(d, (msnp_conversation_id){64, NULL});
    expect_silence(d);
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 65);

    for (unsigned i = MSNP_CHATS_OF_OTHERS_MAX + 1; i <= 65; i++)
        close_window(d, (msnp_conversation_id){i, NULL});
    ring(d, "55", BOB);
    drive_forget(d);
    let_in(d, 1, SAID_TO_ALL);
    expect_events(d, "WRITE 1 ANS 1 " OWN " cookie2 55|",
                  "MESSAGE " CAROL " " CAROL " \"Carol\" TEXT \"Hi\"", "WRITE 1 OUT|", "CLOSE 1");
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 66);
    close_window(d, (msnp_conversation_id){66, NULL});
    close_window(d, CHAT);
    ring(d, "56", BOB);
    let_in(d, 2, SAID_TO_ALL);
    g_assert_nonnull(strstr(d->events->str, "CHAT_BEGUN #67\n"));
    drive_forget(d);
    done(d);
}

/* Others want a conversation to be a chat for which there is no room: it is told what is lost. */
static void test_no_chat(void)
{
    drive *d = with_bob();
    for (unsigned i = 1; i <= MSNP_CHATS_OF_OTHERS_MAX; i++)
        make_chat(d, CAROL, NULL);
    for (unsigned i = 0; i < MSNP_CONVERSATION_WINDOW + 1; i++)
        say_bob(d, i < MSNP_CONVERSATION_WINDOW ? "x" : "waits");
    drive_forget(d);
    drive_feed(d, "JOI " CAROL " Carol\r\n");
    g_assert_true(g_str_has_prefix(d->events->str, "UNDELIVERED " BOB " \"x\" full maybe\n"));
    g_assert_nonnull(strstr(d->events->str, "ASK_SWITCHBOARD 50\n"));
    g_assert_cmpuint(msnp_conversations_pending(d->conversations), ==, 1);
    drive_forget(d);
    msnp_conversations_no_switchboard(d->conversations, 50, (msnp_cause){MSNP_ERR_SERVER, 800},
                                      d->now);
    drive_drain(d);
    expect_events(d, "UNDELIVERED " BOB " \"waits\" server 800");
    done(d);
}

static void ring_number(drive *d, unsigned session, unsigned who)
{
    char *id = g_strdup_printf("s%u", session);
    char *account = g_strdup_printf("p%u@example.com", who);
    ring(d, id, account);
    g_free(account);
    g_free(id);
}

/* So many that others open, and no more: the one in which nothing happened for longest is left. The
 * rest is for those that we open. */
static void test_many_switchboards(void)
{
    drive *d = drive_conversations(OWN);
    for (unsigned i = 0; i < MSNP_SWITCHBOARDS_RUNG_MAX; i++)
        ring_number(d, i, i / 2);
    g_assert_cmpuint(msnp_conversations_n_switchboards(d->conversations), ==,
                     MSNP_SWITCHBOARDS_RUNG_MAX);
    drive_forget(d);
    ring_number(d, 1000, 1000);
    expect_events(d, "CLOSE 1", "CONNECT 201 ring.example.com:1864");
    for (unsigned i = MSNP_SWITCHBOARDS_RUNG_MAX; i <= MSNP_SWITCHBOARDS_MAX; i++) {
        char *who = g_strdup_printf("q%u@example.com", i);
        say_to(d, (msnp_conversation_id){0, who}, "One");
        grant(d, i - MSNP_SWITCHBOARDS_RUNG_MAX + 1);
        g_free(who);
    }
    g_assert_cmpuint(msnp_conversations_n_switchboards(d->conversations), ==,
                     MSNP_SWITCHBOARDS_MAX);
    g_assert_true(g_str_has_suffix(d->events->str, "UNDELIVERED q256@example.com \"One\" full\n"));
    drive_forget(d);
    end(d);
    drive_forget(d);
    done(d);
}

/* A chat's number is not that of one of an earlier session. */
static void test_count_from(void)
{
    drive *d = drive_conversations(OWN);
    msnp_conversations_count_from(d->conversations, 41);
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 42);
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 43);
    drive_forget(d);
    done(d);
}

/* The window is closed: what was read together with the last answer is not lost. */
static void test_closed_before_read(void)
{
    drive *d = with_bob();
    say_bob(d, "One");
    close_window(d, (msnp_conversation_id){0, BOB});
    drive_forget(d);
    drive_feed(d,
               "ACK 4\r\nMSG " BOB " Bob 31\r\nContent-Type: text/plain\r\n\r\nYesBYE " BOB "\r\n");
    expect_events(d, "WRITE 1 OUT|", "CLOSE 1", "MESSAGE " BOB " " BOB " \"Bob\" TEXT \"Yes\"");
    done(d);
}

/* It ends in the middle of a turn; nothing begins after that. */
static void test_end_inside(void)
{
    drive *d = with_bob();
    say_bob(d, "Sent");
    make_chat(d, BOB, NULL);
    drive_forget(d);
    d->ends = true;
    say_to(d, (msnp_conversation_id){0, CAROL}, "Asks");
    expect_events(d, "ASK_SWITCHBOARD 2", "UNDELIVERED " BOB " \"Sent\" elsewhere maybe",
                  "UNDELIVERED " CAROL " \"Asks\" elsewhere", "WRITE 1 OUT|", "CLOSE 1");
    g_assert_cmpint(msnp_conversations_send(d->conversations, CHAT, "x", &plain, d->now), ==,
                    MSNP_ERR_ELSEWHERE);
    g_assert_cmpint(msnp_conversations_nudge(d->conversations, BOB, d->now), ==,
                    MSNP_ERR_ELSEWHERE);
    g_assert_cmpuint(make_chat(d, BOB, CAROL), ==, 0);
    msnp_conversations_type(d->conversations, BOB, d->now);
    msnp_conversations_invite(d->conversations, 1, CAROL, d->now);
    close_window(d, (msnp_conversation_id){0, BOB});
    close_window(d, CHAT);
    grant(d, 2);
    ring(d, "55", BOB);
    drive_tick(d);
    done(d);
}

/* Freed in the middle of everything. */
static void test_free(void)
{
    drive *d = with_bob();
    say_bob(d, "Sent");
    say_to(d, (msnp_conversation_id){0, CAROL}, "Waits");
    make_chat(d, BOB, CAROL);
    say_to(d, CHAT, "Chat");
    ring(d, "55", BOB);
    drive_forget(d);
    drive_done(d);
    msnp_conversations_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* First: the other tests leave the same texts in memory, which the core gets next. */
    g_test_add_func("/conversations/secrets", test_secrets);
    g_test_add_func("/conversations/many-chats", test_many_chats);
    g_test_add_func("/conversations/no-chat", test_no_chat);
    g_test_add_func("/conversations/many-switchboards", test_many_switchboards);
    g_test_add_func("/conversations/count-from", test_count_from);
    g_test_add_func("/conversations/closed-before-read", test_closed_before_read);
    g_test_add_func("/conversations/end-inside", test_end_inside);
    g_test_add_func("/conversations/free", test_free);
    return g_test_run();
}
