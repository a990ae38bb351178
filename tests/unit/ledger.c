/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ledger.h"

#include <string.h>

/* A word is its message, its conversation in it, a character of two bytes, white space. */
#define WORD_LEN  13
#define WORD_TEXT "%05u.%04u\xc3\xa9"

typedef struct {
    bool written;
    bool told;
    bool sure;         /* told that it surely did not arrive */
    uint32_t received; /* by whom, as bits */
    uint64_t written_at;
    uint64_t told_at;
} word;

typedef struct {
    ledger_conversation conversation;
    char *text;
    unsigned n;
    word *words;
} letter;

typedef struct {
    ledger_conversation conversation;
    uint32_t members; /* of a chat: who is there, as bits */
    const word *last_received[LEDGER_PEOPLE];
    uint64_t last_number[LEDGER_PEOPLE];
    unsigned nudges;
    unsigned nudges_written;
    unsigned nudges_received;
    unsigned nudges_told;
    unsigned nudges_sure; /* of these */
} thread;

struct ledger {
    char *title;
    GString *history;
    uint64_t moment;
    GPtrArray *letters; /* letter * */
    GPtrArray *threads; /* thread * */
    ledger_sums sums;
};

static void letter_free(gpointer data)
{
    letter *l = data;
    g_free(l->text);
    g_free(l->words);
    g_free(l);
}

ledger *ledger_new(const char *title)
{
    ledger *book = g_new0(ledger, 1);
    book->title = g_strdup(title);
    book->history = g_string_new(NULL);
    book->letters = g_ptr_array_new_with_free_func(letter_free);
    book->threads = g_ptr_array_new_with_free_func(g_free);
    return book;
}

void ledger_free(ledger *book)
{
    g_free(book->title);
    g_string_free(book->history, TRUE);
    g_ptr_array_free(book->letters, TRUE);
    g_ptr_array_free(book->threads, TRUE);
    g_free(book);
}

const ledger_sums *ledger_sum(const ledger *book)
{
    return &book->sums;
}

void ledger_note(ledger *book, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_string_append_vprintf(book->history, format, args);
    va_end(args);
    g_string_append_c(book->history, '\n');
}

void ledger_broken(ledger *book, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *why = g_strdup_vprintf(format, args);
    va_end(args);
    g_printerr("%s%s: %s\n", book->history->str, book->title, why);
    g_error("%s: %s", book->title, why);
}

/* --- finding things ------------------------------------------------------------------------- */

static bool same_conversation(ledger_conversation a, ledger_conversation b)
{
    return a.owner == b.owner && a.epoch == b.epoch && a.chat == b.chat &&
           (a.chat != 0 || a.who == b.who);
}

static thread *thread_of(ledger *book, ledger_conversation conversation)
{
    for (guint i = 0; i < book->threads->len; i++) {
        thread *t = g_ptr_array_index(book->threads, i);
        if (same_conversation(t->conversation, conversation))
            return t;
    }
    thread *t = g_new0(thread, 1);
    t->conversation = conversation;
    g_ptr_array_add(book->threads, t);
    return t;
}

/* The letter that a word belongs to, and its number in it. */
static letter *letter_of(ledger *book, const char *text, unsigned *number)
{
    guint64 id;
    guint64 at;
    char *end = NULL;
    id = g_ascii_strtoull(text, &end, 10);
    if (end != text + 5 || *end != '.' || id >= book->letters->len)
        ledger_broken(book, "nobody wrote \"%.40s\"", text);
    at = g_ascii_strtoull(end + 1, &end, 10);
    letter *l = g_ptr_array_index(book->letters, id);
    if (end != text + 10 || at >= l->n || strncmp(text, l->text + at * WORD_LEN, WORD_LEN) != 0)
        ledger_broken(book, "this is not what was written: \"%.40s\"", text);
    *number = (unsigned)at;
    return l;
}

/* The word that begins here, which must be whole; NULL at the end. */
static const char *word_at(ledger *book, const char *at)
{
    if (*at == '\0')
        return NULL;
    if (strnlen(at, WORD_LEN) < WORD_LEN)
        ledger_broken(book, "a word was cut: \"%.40s\"", at);
    return at;
}
#define FOR_WORDS(at, text) \
    for (const char *at = word_at(book, text); at != NULL; at = word_at(book, at + WORD_LEN))

/* --- what happens --------------------------------------------------------------------------- */

const char *ledger_compose(ledger *book, ledger_conversation conversation, unsigned words)
{
    letter *l = g_new0(letter, 1);
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < words; i++) {
        g_string_append_printf(text, WORD_TEXT, book->letters->len, i);
        g_string_append_c(text, i % 7 == 6 ? '\n' : ' ');
    }
    l->conversation = conversation;
    l->n = words;
    l->words = g_new0(word, words);
    l->text = g_string_free(text, FALSE);
    g_ptr_array_add(book->letters, l);
    return l->text;
}

void ledger_not_taken(ledger *book)
{
    g_ptr_array_remove_index(book->letters, book->letters->len - 1);
}

void ledger_nudge(ledger *book, ledger_conversation conversation)
{
    thread_of(book, conversation)->nudges++;
}

static bool is_audience(ledger *book, const letter *l, uint32_t present)
{
    if (l->conversation.chat != 0)
        return present == thread_of(book, l->conversation)->members;
    return present == 1U << l->conversation.who;
}

static void write_word(ledger *book, letter *l, unsigned at)
{
    word *w = &l->words[at];
    if (w->written)
        ledger_broken(book, "%.10s is sent again", l->text + at * WORD_LEN);
    if (w->told)
        ledger_broken(book, "%.10s is sent, but was told of before", l->text + at * WORD_LEN);
    w->written = true;
    w->written_at = ++book->moment;
    book->sums.written++;
}

/* All nudges look the same: it is for the first with whom the owner was alone. */
static ledger_conversation write_nudge(ledger *book, unsigned owner, const uint32_t *present,
                                       unsigned n)
{
    for (unsigned k = 0; k < n; k++) {
        for (guint i = book->threads->len; i-- > 0;) {
            thread *t = g_ptr_array_index(book->threads, i);
            if (t->conversation.owner == owner && t->conversation.chat == 0 &&
                present[k] == 1U << t->conversation.who && t->nudges_written < t->nudges) {
                t->nudges_written++;
                return t->conversation;
            }
        }
    }
    ledger_broken(book, "a nudge to somebody else, or once too often: 0x%x", present[n - 1]);
}

ledger_conversation ledger_written(ledger *book, unsigned owner, const char *text,
                                   const uint32_t *present, unsigned n)
{
    ledger_conversation conversation = {0};
    if (text == NULL)
        return write_nudge(book, owner, present, n);
    FOR_WORDS(at, text)
    {
        unsigned number;
        letter *l = letter_of(book, at, &number);
        bool good = false;
        for (unsigned i = 0; i < n; i++)
            good = good || is_audience(book, l, present[i]);
        if (l->conversation.owner != owner || !good)
            ledger_broken(book, "%.10s is written to others, 0x%x", at, present[n - 1]);
        write_word(book, l, number);
        conversation = l->conversation;
    }
    return conversation;
}

static void receive_nudge(ledger *book, ledger_conversation conversation, unsigned by)
{
    thread *t = thread_of(book, conversation);
    if (by != conversation.who) {
        book->sums.strays++;
        return;
    }
    t->nudges_received++;
    book->sums.nudges++;
    if (t->nudges_received + t->nudges_sure > t->nudges)
        ledger_broken(book, "a nudge was received once too often");
}

/* A word may come late only if the sender was told of it before the later one was sent. */
static void check_order(ledger *book, thread *t, const word *w, uint64_t number, unsigned by)
{
    const word *last = t->last_received[by];
    if (last != NULL && number < t->last_number[by] && !(w->told && w->told_at < last->written_at))
        ledger_broken(book, "received in another order than sent, by %u", by);
    t->last_received[by] = w;
    t->last_number[by] = number;
}

static void receive_word(ledger *book, letter *l, unsigned at, uint64_t number, unsigned by)
{
    word *w = &l->words[at];
    if (!w->written)
        ledger_broken(book, "received, but never sent");
    if ((w->received & 1U << by) != 0)
        ledger_broken(book, "received twice by %u", by);
    if (w->told && w->sure)
        ledger_broken(book, "received by %u, but the sender was told that it was not", by);
    w->received |= 1U << by;
    if (l->conversation.chat == 0 && by != l->conversation.who) {
        book->sums.strays++;
        return;
    }
    book->sums.received++;
    check_order(book, thread_of(book, l->conversation), w, number, by);
}

void ledger_received(ledger *book, ledger_conversation conversation, const char *text, unsigned by)
{
    if (text == NULL) {
        receive_nudge(book, conversation, by);
        return;
    }
    FOR_WORDS(at, text)
    {
        unsigned number;
        letter *l = letter_of(book, at, &number);
        guint64 id = g_ascii_strtoull(at, NULL, 10);
        receive_word(book, l, number, id * LEDGER_WORDS + number, by);
    }
}

static void tell_nudge(ledger *book, ledger_conversation conversation, bool maybe)
{
    thread *t = thread_of(book, conversation);
    t->nudges_told++;
    t->nudges_sure += maybe ? 0 : 1;
    if (t->nudges_told > t->nudges || t->nudges_received + t->nudges_sure > t->nudges)
        ledger_broken(book, "told of a nudge once too often");
}

static void tell_word(ledger *book, word *w, bool maybe)
{
    if (w->told)
        ledger_broken(book, "told twice of a word");
    if (!maybe && w->received != 0)
        ledger_broken(book, "told that it did not arrive, but it was received");
    if (maybe && !w->written)
        ledger_broken(book, "told that it may have arrived, but it was not sent");
    w->told = true;
    w->sure = !maybe;
    w->told_at = ++book->moment;
    book->sums.told++;
    book->sums.maybe += maybe ? 1 : 0;
}

void ledger_told(ledger *book, ledger_conversation conversation, const char *text, bool maybe)
{
    if (text == NULL) {
        tell_nudge(book, conversation, maybe);
        return;
    }
    FOR_WORDS(at, text)
    {
        unsigned number;
        letter *l = letter_of(book, at, &number);
        if (!same_conversation(l->conversation, conversation))
            ledger_broken(book, "told of %.10s in another conversation", at);
        tell_word(book, &l->words[number], maybe);
    }
}

/* --- chats ---------------------------------------------------------------------------------- */

void ledger_chat(ledger *book, ledger_conversation conversation)
{
    if (conversation.chat == 0 || thread_of(book, conversation)->members != 0)
        ledger_broken(book, "chat %u begins again", conversation.chat);
}

void ledger_joined(ledger *book, ledger_conversation conversation, unsigned who)
{
    thread *t = thread_of(book, conversation);
    if ((t->members & 1U << who) != 0)
        ledger_broken(book, "%u joins chat %u a second time", who, conversation.chat);
    t->members |= 1U << who;
}

void ledger_left(ledger *book, ledger_conversation conversation, unsigned who)
{
    thread *t = thread_of(book, conversation);
    if ((t->members & 1U << who) == 0)
        ledger_broken(book, "%u leaves chat %u without being there", who, conversation.chat);
    t->members &= ~(1U << who);
}

/* --- the end -------------------------------------------------------------------------------- */

static void check_letter(ledger *book, const letter *l)
{
    for (unsigned i = 0; i < l->n; i++) {
        const word *w = &l->words[i];
        uint32_t audience = l->conversation.chat != 0 ? ~0U : 1U << l->conversation.who;
        if (!w->told && (w->received & audience) == 0)
            ledger_broken(book, "%.10s disappeared without a word", l->text + i * WORD_LEN);
    }
}

void ledger_check(ledger *book)
{
    for (guint i = 0; i < book->letters->len; i++)
        check_letter(book, g_ptr_array_index(book->letters, i));
    for (guint i = 0; i < book->threads->len; i++) {
        const thread *t = g_ptr_array_index(book->threads, i);
        if (t->nudges_received + t->nudges_told < t->nudges)
            ledger_broken(book, "a nudge disappeared without a word");
    }
}
