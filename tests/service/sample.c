/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sample.h"

#define PASSWORD     "demo"
#define TURN_SECONDS 15

/* Who answers whatever is said, and who begins a conversation some time after the sign-in. */
#define ECHO         "echo@example.com"
#define CALLER       "anna@example.com"
#define CALL_SECONDS 20
#define HELLO                                                                                  \
    "Hello! Nobody sits here, but whatever you write is repeated. Send me a file: I take it. " \
    "Here "                                                                                    \
    "is a picture for you; for another one, ask me for a picture."

#define BOTH (SERVICE_FL | SERVICE_AL | SERVICE_RL)

typedef struct {
    const char *address;
    const char *friendly;
    const char *nickname; /* NULL for the friendly name */
    guint lists;          /* of the owner */
    const char *groups[3];
    const char *state; /* NULL for offline */
    const char *phones[4][2];
} somebody;

static const somebody people[] = {
    {ECHO, "Echo (talk to me)", NULL, BOTH, {"Friends"}, "NLN", {{NULL}}},
    {"anna@example.com",
     "Anna",
     NULL,
     BOTH,
     {"Friends"},
     "NLN",
     {{"PHH", "+49 30 555-0101"}, {"PHM", "+49 170 555 0102"}, {"MOB", "Y"}}},
    {"bjorn@example.com",
     "Bj\xc3\xb6rn \xc3\x85ngstr\xc3\xb6m",
     NULL,
     BOTH,
     {"Friends", "Work"},
     "BSY",
     {{"PHW", "+46 8 555 01 03"}}},
    {"zoe@example.com",
     "Zo\xc3\xab <b>says</b> \"hi\" & waves",
     NULL,
     BOTH,
     {"Family"},
     "AWY",
     {{NULL}}},
    {"lukasz@example.com",
     "\xc5\x81ukasz 100%",
     NULL,
     BOTH,
     {"Work"},
     "IDL",
     {{"PHW", "(48) 555-0104"}, {"PHM", "555-0105"}}},
    {"mei@example.com",
     "\xe6\xa2\x85\xe8\x8a\xb1",
     "Mei (\xe6\xa2\x85)",
     BOTH,
     {"Friends"},
     "LUN",
     {{NULL}}},
    {"grandpa@example.com", "Grandpa", NULL, BOTH, {"Family"}, NULL, {{"PHH", "555-0106"}}},
    {"loner@example.com", "Nobody's group", NULL, BOTH, {NULL}, "PHN", {{NULL}}},
    {"pest@example.com",
     "Win a prize!!!",
     NULL,
     SERVICE_FL | SERVICE_BL | SERVICE_RL,
     {"Work"},
     "NLN",
     {{NULL}}},
    {"distant@example.com", "Distant", NULL, SERVICE_FL | SERVICE_AL, {"Work"}, "BRB", {{NULL}}},
    {"newcomer@example.com", "Newcomer & <i>friend</i>", NULL, SERVICE_RL, {NULL}, "NLN", {{NULL}}},
};

static gboolean give_picture(service *svc, const char *path, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(GBytes) content = NULL;
    char *bytes = NULL;
    gsize length = 0;

    if (!g_file_get_contents(path, &bytes, &length, error))
        return FALSE;
    content = g_bytes_new_take(bytes, length);
    service_robot_gift(svc, CALLER, name, content);
    return TRUE;
}

gboolean sample_register(service *svc, const char *picture, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(people); i++) {
        const somebody *s = &people[i];

        service_add_account(svc, s->address, PASSWORD, s->friendly);
        service_appear(svc, s->address, s->state);
        for (gsize n = 0; n < G_N_ELEMENTS(s->phones) && s->phones[n][0]; n++)
            service_set_phone(svc, s->address, s->phones[n][0], s->phones[n][1]);
    }
    service_robot(svc, ECHO, "answers");
    service_robot(svc, CALLER, "answers");
    return !picture || give_picture(svc, picture, error);
}

static void give_one(service *svc, const char *owner, const somebody *s)
{
    GString *ids = g_string_new(NULL);

    for (gsize n = 0; n < G_N_ELEMENTS(s->groups) && s->groups[n]; n++)
        g_string_append_printf(ids, "%s%u", n ? "," : "",
                               service_add_group(svc, owner, s->groups[n]));
    service_put(svc, owner, s->address, s->lists, s->nickname ? s->nickname : s->friendly,
                ids->str);
    if (s->lists & SERVICE_RL)
        service_put(svc, s->address, owner, BOTH, NULL, NULL);
    g_string_free(ids, TRUE);
}

void sample_give(service *svc, const char *owner)
{
    for (gsize i = 0; i < G_N_ELEMENTS(people); i++)
        give_one(svc, owner, &people[i]);
}

typedef struct {
    service *svc;
    char *owner;
    guint second;
    guint turn;
    guint signed_in; /* for so many seconds in a row */
    gboolean has_called;
} life;

/* Somebody is in another state. Echo alone stays: it is there to be talked to. */
static void take_turn(life *l)
{
    static const char *const states[] = {"NLN", "AWY", NULL, "BSY", "PHN", "BRB", "LUN"};
    const somebody *s = &people[1 + l->turn % (G_N_ELEMENTS(people) - 1)];

    /* The numbers have no common divisor, so that everybody comes to each state. */
    l->turn++;
    service_appear(l->svc, s->address, states[l->turn % G_N_ELEMENTS(states)]);
}

static void call_once(life *l)
{
    l->signed_in = service_sessions(l->svc, l->owner) > 0 ? l->signed_in + 1 : 0;
    if (l->has_called || l->signed_in < CALL_SECONDS)
        return;
    service_appear(l->svc, CALLER, "NLN");
    l->has_called = service_robot_ring(l->svc, CALLER, l->owner);
    if (!l->has_called)
        return;
    service_robot_say(l->svc, CALLER, HELLO);
    service_robot_give(l->svc, CALLER, l->owner);
}

static gboolean on_second(gpointer data)
{
    life *l = data;

    if (++l->second % TURN_SECONDS == 0)
        take_turn(l);
    call_once(l);
    return G_SOURCE_CONTINUE;
}

static void life_free(gpointer data)
{
    life *l = data;

    g_free(l->owner);
    g_free(l);
}

guint sample_live(service *svc, const char *owner)
{
    life *l = g_new0(life, 1);

    l->svc = svc;
    l->owner = g_strdup(owner);
    return g_timeout_add_seconds_full(G_PRIORITY_DEFAULT, 1, on_second, l, life_free);
}
