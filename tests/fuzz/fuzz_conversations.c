/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversations of an account. The input is a program, a row of letters (if it begins with the
 * end of a line, files may go through the service); a person, a chat, a connection or a request is
 * a byte, which is taken modulo how many there are:
 *
 *   s person n   says a text, of n of the bytes that follow, and a number of its own; S chat n
 *   L person     says a very long text             N person     nudges
 *   C person     carries a message of MSNP2P
 *   y person     types                             h a b        begins a chat
 *   i chat p     invites                           w person     closes the window; W chat
 *   b request    there is a switchboard            B request e  there is none
 *   r person n   rings, in session n               t n          n seconds pass
 *   c conn       is connected                      x conn       is closed by the peer
 *   o conn       lets us in                        J conn p     somebody joins
 *   Y conn p     somebody leaves, Z conn p         U conn       nobody comes
 *   A conn       the oldest message is confirmed   K conn       it is refused
 *   M conn p n   somebody says n of the bytes that follow
 *   m conn p i n the same, as a part of one of two messages: i is its number, and which one
 *   F conn line  the server sends that line        f conn n     n of the bytes that follow
 *   v p n c      an invitation to file c, or its answer (n)
 *   p person n   offers a file of n bytes          a file       accepts one, D file declines it
 *   P file       reads what is wanted              z file       all of it is saved
 *   q file n     cancels it                        l conn n     a port is open, or not
 *   k conn       somebody connects to it           d conn       all was sent
 *   X conn       breaks
 *   e            the session with the service ends; E when a switchboard is asked for next
 *
 * Whatever happens, conversations keep what they promise (promise.h). Only those who are in a
 * switchboard are heard there, and what is said to several is never shown as said to one, even if
 * it is shown later. Transfers of files end once, and are done only if all of it moved
 * (drive_files.c). After the end nothing waits.
 */
#include "promise.h"

#include <string.h>

#define REQUESTS_MAX 4096
#define PEOPLE       4 /* those who can be in a switchboard, of whom two are the same */

/* Who is in a switchboard, according to what came on it. */
typedef struct {
    bool there[PEOPLE];
    bool spoke[PEOPLE];       /* at any time */
    bool spoke_alone[PEOPLE]; /* while nobody else was there */
} room;

typedef struct {
    drive *drive;
    promise promise;
    GArray *requests; /* unsigned: switchboards asked for and not answered */
    unsigned conns;   /* how many connections there ever were */
    GArray *rooms;    /* room: of each connection, from 1 */
    const room *said; /* in which somebody says something just now, or NULL */
    bool ended;
    bool ends_when_asked;
} conversations_fuzz;

static const char cookie[] = "17262740.1050826919.32308";

static void end_session(conversations_fuzz *fuzz)
{
    msnp_conversations *all = drive_conversations(fuzz->drive);

    drive_end_conversations(fuzz->drive, MSNP_ERR_SIGNED_OUT);
    fuzz->ended = true;
    CHECK(msnp_conversations_pending(all) == 0);
    CHECK(msnp_conversations_n_switchboards(all) == 0);
    CHECK(msnp_conversations_deadline(all) == MSNP_NEVER);
    CHECK(msnp_conversations_nudge(all, promise_people[0], drive_now(fuzz->drive)) ==
          MSNP_ERR_SIGNED_OUT);
}

static unsigned person_number(const char *who)
{
    unsigned i = 0;

    while (i < PEOPLE && g_ascii_strcasecmp(promise_people[i], who) != 0)
        i++;
    return i;
}

/* Whose parts are shown when no more of them come, somebody said in one of the rooms before. */
static void hear_later(const conversations_fuzz *fuzz, unsigned speaker, bool as_said_to_one)
{
    bool said = false;

    for (unsigned i = 0; i < fuzz->rooms->len; i++) {
        const room *where = &g_array_index(fuzz->rooms, room, i);
        said = said || (as_said_to_one ? where->spoke_alone : where->spoke)[speaker];
    }
    CHECK(said);
}

static void hear_said(const conversations_fuzz *fuzz, const msnp_event *event)
{
    const room *where = fuzz->said;
    unsigned speaker = person_number(event->message.who);
    unsigned others = 0;

    CHECK(speaker < PEOPLE);
    CHECK(where || event->type == MSNP_EVENT_MESSAGE);
    hear_later(fuzz, speaker, event->message.conversation.who != NULL);
    if (!where)
        return;
    CHECK(where->there[speaker]);
    for (unsigned i = 0; i < PEOPLE; i++)
        others += where->there[i] && i != speaker;
    CHECK(others == 0 || !event->message.conversation.who);
}

static void hear(gpointer data, const heard *what)
{
    conversations_fuzz *fuzz = data;

    promise_hear(&fuzz->promise, fuzz->drive, what);
    if (what->kind == HEARD_EVENT && !fuzz->promise.raw &&
        (what->event.type == MSNP_EVENT_MESSAGE || what->event.type == MSNP_EVENT_TYPING))
        hear_said(fuzz, &what->event);
    fuzz->conns += what->kind == HEARD_EVENT && (what->event.type == MSNP_EVENT_CONNECT ||
                                                 what->event.type == MSNP_EVENT_LISTEN);
    if (what->kind != HEARD_ASK)
        return;
    CHECK(!fuzz->ended);
    g_array_append_val(fuzz->requests, what->request);
    /* The session may find out just now that it is over. */
    if (fuzz->ends_when_asked)
        end_session(fuzz);
}

/* What came out is forgotten: nobody compares it. */
static void look(conversations_fuzz *fuzz)
{
    drive_settle(fuzz->drive);
    fuzz_check_drive(fuzz->drive);
    g_free(drive_take_all(fuzz->drive));
}

/* --- what goes in --------------------------------------------------------------------------- */

/* One of the connections; 0 if there is none. */
static unsigned any_conn(const conversations_fuzz *fuzz, fuzz_input *input)
{
    uint8_t byte = fuzz_byte(input);

    return fuzz->conns ? 1 + byte % fuzz->conns : 0;
}

static void answer_request(conversations_fuzz *fuzz, fuzz_input *input, bool good)
{
    static const msnp_cause refusals[] = {{MSNP_ERR_SERVER, 913},
                                          {MSNP_ERR_SERVER, 280},
                                          {MSNP_ERR_SERVER, 800},
                                          {MSNP_ERR_TIMEOUT, 0},
                                          {MSNP_ERR_MALFORMED, 0}};
    msnp_conversations *all = drive_conversations(fuzz->drive);
    int64_t now = drive_now(fuzz->drive);
    uint8_t which = fuzz_byte(input);
    unsigned kind = good ? 0 : fuzz_byte(input) % G_N_ELEMENTS(refusals);
    unsigned request = which;

    if (fuzz->requests->len > 0) {
        unsigned at = which % fuzz->requests->len;
        request = g_array_index(fuzz->requests, unsigned, at);
        g_array_remove_index(fuzz->requests, at);
    }
    if (good)
        msnp_conversations_switchboard(all, request, "207.46.108.37", 1863, cookie, now);
    else
        msnp_conversations_no_switchboard(all, request, refusals[kind], now);
}

static room *room_of(const conversations_fuzz *fuzz, unsigned conn)
{
    if (fuzz->rooms->len <= conn)
        g_array_set_size(fuzz->rooms, conn + 1);
    return &g_array_index(fuzz->rooms, room, conn);
}

/* Somebody comes, or goes (`gone` ends the line). */
static void move(conversations_fuzz *fuzz, unsigned conn, const char *verb, const char *who,
                 const char *gone)
{
    unsigned person = person_number(who);

    if (person < PEOPLE && drive_is_open(fuzz->drive, DRIVE_SWITCHBOARD, conn))
        room_of(fuzz, conn)->there[person] = !gone;
    fuzz_feed_text(fuzz->drive, conn, "%s %s%s\r\n", verb, who, gone ? gone : " Name");
}

static void ring(conversations_fuzz *fuzz, fuzz_input *input)
{
    const char *who = promise_people[fuzz_byte(input) % 4];
    char *session = g_strdup_printf("%u", fuzz_byte(input));
    /* Bob is a contact. */
    msnp_ring rung = {session, "207.46.108.38",         1863, cookie, who,
                      "Bob B", who == promise_people[0]};

    msnp_conversations_rung(drive_conversations(fuzz->drive), &rung, drive_now(fuzz->drive));
    g_free(session);
}

static void say_in(conversations_fuzz *fuzz, unsigned conn, const char *who, msnp_str payload)
{
    room *where = room_of(fuzz, conn);
    unsigned speaker = person_number(who);
    bool alone = true;

    for (unsigned i = 0; i < PEOPLE; i++)
        alone = alone && (i == speaker || !where->there[i]);
    if (speaker < PEOPLE && where->there[speaker]) {
        where->spoke[speaker] = true;
        where->spoke_alone[speaker] = where->spoke_alone[speaker] || alone;
    }
    fuzz->said = where;
    fuzz_feed_message(fuzz->drive, conn, who, payload);
    fuzz->said = NULL;
}

static void receive(conversations_fuzz *fuzz, fuzz_input *input)
{
    unsigned conn = any_conn(fuzz, input);
    const char *who = promise_person(input);

    say_in(fuzz, conn, who, fuzz_bytes(input, fuzz_byte(input)));
}

static void receive_part(conversations_fuzz *fuzz, fuzz_input *input)
{
    unsigned conn = any_conn(fuzz, input);
    const char *who = promise_person(input);
    uint8_t which = fuzz_byte(input);
    unsigned number = which % 4;
    msnp_str words = fuzz_bytes(input, fuzz_byte(input));
    GString *payload = g_string_new(NULL);

    g_string_printf(payload,
                    number == 0 ? "Content-Type: text/plain\r\nMessage-ID: %u\r\nChunks: %u\r\n\r\n"
                                : "Message-ID: %u\r\nChunk: %u\r\n\r\n",
                    which / 4u % 2, number == 0 ? 2u + which / 8u % 4 : number);
    g_string_append_len(payload, words.ptr, (gssize)words.len);
    say_in(fuzz, conn, who, (msnp_str){payload->str, payload->len});
    g_string_free(payload, TRUE);
}

/* Cookies of ours are multiples of 1001. */
static void invite(conversations_fuzz *fuzz, fuzz_input *input)
{
    static const char *const bodies[] = {
        "INVITE\r\nApplication-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
        "Application-File: a.txt\r\nApplication-FileSize: 3\r\n",
        "INVITE\r\nApplication-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
        "Application-File: b\r\nApplication-FileSize: 0\r\nConnectivity: N\r\n",
        "ACCEPT\r\n",
        "ACCEPT\r\nIP-Address: 1.2.3.4\r\nIP-Address-Internal: 10.0.0.1\r\nPort: 9\r\n"
        "AuthCookie: 7\r\n",
        "ACCEPT\r\nIP-Address: 1.2.3.4\r\nPort: 9\r\nAuthCookie: 7\r\nSender-Connect: TRUE\r\n",
        "CANCEL\r\nCancel-Code: FTTIMEOUT\r\n",
        "CANCEL\r\nCancel-Code: REJECT\r\n"};
    unsigned conn = any_conn(fuzz, input);
    const char *who = promise_person(input);
    const char *body = bodies[fuzz_byte(input) % G_N_ELEMENTS(bodies)];
    unsigned cookie_number = fuzz_byte(input) % 16;
    char *payload = g_strdup_printf("Content-Type: text/x-msmsgsinvite\r\n\r\n"
                                    "Invitation-Cookie: %u\r\nInvitation-Command: %s\r\n",
                                    cookie_number * 1001, body);

    fuzz_feed_message(fuzz->drive, conn, who, (msnp_str){payload, strlen(payload)});
    g_free(payload);
}

static void on_connection(conversations_fuzz *fuzz, uint8_t letter, fuzz_input *input)
{
    static const msnp_port port = {.internal = {"192.168.0.5", 6891}};
    unsigned conn = any_conn(fuzz, input);

    if (letter == 'l' && fuzz_byte(input) % 2 == 0)
        drive_listening(fuzz->drive, conn, &port);
    else if (letter == 'l')
        drive_connect_failed(fuzz->drive, DRIVE_FILES, conn);
    else if (letter == 'k')
        fuzz->conns += drive_knock(fuzz->drive, conn) != 0;
    else if (letter == 'd')
        drive_drained(fuzz->drive, conn);
    else
        drive_broke(fuzz->drive, conn);
}

static void act_on_file(conversations_fuzz *fuzz, uint8_t letter, fuzz_input *input)
{
    drive *d = fuzz->drive;
    unsigned number = 1 + fuzz_byte(input) % 8;
    msnp_err err;

    switch (letter) {
    case 'p':
        (void)drive_file_send(d, promise_people[number % PROMISE_PEOPLE], "name",
                              fuzz_byte(input) * (uint64_t)100, &err);
        break;
    case 'a':
        drive_file_accept(d, number);
        break;
    case 'D':
        drive_file_decline(d, number);
        break;
    case 'P':
        if (drive_file_wanted(d, number))
            drive_file_put(d, number, drive_file_wanted(d, number));
        break;
    case 'z':
        drive_file_stored(d, number);
        break;
    default:
        drive_file_cancel(d, number,
                          fuzz_byte(input) % 2 ? MSNP_FILE_CANCELLED : MSNP_FILE_UNWRITABLE);
        break;
    }
}

static void server_acts(conversations_fuzz *fuzz, uint8_t letter, fuzz_input *input)
{
    drive *d = fuzz->drive;
    unsigned conn = any_conn(fuzz, input);

    switch (letter) {
    case 'c':
        drive_connected(d, DRIVE_SWITCHBOARD, conn);
        break;
    case 'x':
        drive_closed(d, DRIVE_SWITCHBOARD, conn);
        break;
    case 'o':
        fuzz_feed_text(d, conn, "USR 1 OK\r\nANS 1 OK\r\n");
        break;
    case 'J':
        move(fuzz, conn, "JOI", promise_person(input), NULL);
        break;
    case 'Y':
        move(fuzz, conn, "BYE", promise_person(input), "");
        break;
    case 'Z':
        move(fuzz, conn, "BYE", promise_person(input), " 1");
        break;
    case 'U':
        promise_answer_call(&fuzz->promise, d, conn, "217");
        break;
    case 'A':
        promise_answer(&fuzz->promise, d, conn, "ACK");
        break;
    case 'K':
        promise_answer(&fuzz->promise, d, conn, "NAK");
        break;
    case 'F':
        fuzz->promise.raw = true;
        fuzz_feed_line(d, DRIVE_SWITCHBOARD, conn, input);
        break;
    case 'f':
        fuzz->promise.raw = true;
        fuzz_feed_bytes(d, DRIVE_SWITCHBOARD, conn, input);
        break;
    default:
        break;
    }
}

static void run_step(conversations_fuzz *fuzz, fuzz_input *input)
{
    uint8_t letter = fuzz_byte(input);

    if (letter == 'b' || letter == 'B')
        answer_request(fuzz, input, letter == 'b');
    else if (letter == 'r')
        ring(fuzz, input);
    else if (letter == 't')
        drive_advance(fuzz->drive, 1000 * (int64_t)fuzz_byte(input), true);
    else if (letter == 'M')
        receive(fuzz, input);
    else if (letter == 'm')
        receive_part(fuzz, input);
    else if (letter && strchr("sSLNCyhiwW", letter))
        promise_act(&fuzz->promise, fuzz->drive, letter, input);
    else if (letter == 'v')
        invite(fuzz, input);
    else if (letter && strchr("paDPzq", letter))
        act_on_file(fuzz, letter, input);
    else if (letter && strchr("lkdX", letter))
        on_connection(fuzz, letter, input);
    else if (letter == 'e')
        end_session(fuzz);
    else if (letter == 'E')
        fuzz->ends_when_asked = true;
    else if (letter && strchr("cxoJYZUAKFf", letter))
        server_acts(fuzz, letter, input);
    look(fuzz);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    conversations_fuzz fuzz = {.requests = g_array_new(FALSE, FALSE, sizeof(unsigned)),
                               .rooms = g_array_new(FALSE, TRUE, sizeof(room))};
    const drive_config config = {.part = DRIVE_CONVERSATIONS,
                                 .account = "example@passport.com",
                                 .cookie = cookie,
                                 .files_through_service = size > 0 && *data == '\n',
                                 .hostile = input.whole,
                                 .hear = hear,
                                 .data = &fuzz};

    promise_init(&fuzz.promise);
    fuzz.drive = drive_new(&config);
    while (input.left > 0 && fuzz.promise.texts->len < PROMISE_TEXTS_MAX &&
           fuzz.requests->len < REQUESTS_MAX)
        run_step(&fuzz, &input);
    /* What is with the switchboards has its time; what waits for a request has until the end. */
    for (unsigned i = 0; i < 4; i++)
        drive_advance(fuzz.drive, 600 * 1000, true);
    look(&fuzz);
    for (unsigned i = 1; i <= 8; i++)
        drive_file_stored(fuzz.drive, i);
    CHECK(fuzz.requests->len > 0 ||
          msnp_conversations_pending(drive_conversations(fuzz.drive)) == 0);
    end_session(&fuzz);
    look(&fuzz);
    promise_check(&fuzz.promise);
    drive_free(fuzz.drive);
    promise_clear(&fuzz.promise);
    g_array_unref(fuzz.requests);
    g_array_unref(fuzz.rooms);
    return 0;
}
