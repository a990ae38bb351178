/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chunks.h"

#include "clock.h"
#include "codec.h"
#include "mime.h"

#define ID_MAX 128 /* bytes of an id; a message with a longer one comes in no parts */

/* Of a message whose first part never came. */
#define NO_HEAD "Content-Type: text/plain; charset=UTF-8\r\n\r\n"

/* What a payload says of itself. */
typedef struct {
    msnp_str id;
    uint64_t number; /* 0: the first part */
    uint64_t n;      /* first part: so many are to come, with itself */
    msnp_str head;   /* with the empty line */
    msnp_str body;
} part;

/* A message that is kept. */
typedef struct {
    char *who;
    char *name;
    char *id;         /* NULL: came whole */
    GPtrArray *parts; /* GBytes *, NULL for those that have not come */
    GBytes *head;     /* NULL: the first part has not come */
    size_t n;         /* so many parts, 0 if that is not known */
    bool cut;         /* it has more, which are not kept */
    bool skipped; /* no text, or given out: only remembered, so that its other parts are known */
    size_t bytes; /* kept */
    int64_t begun;
    int64_t until; /* when it is given out as it is, or forgotten */
} kept;

static void kept_free(gpointer data)
{
    kept *k = data;

    g_ptr_array_free(k->parts, TRUE);
    g_clear_pointer(&k->head, g_bytes_unref);
    g_free(k->who);
    g_free(k->name);
    g_free(k->id);
    g_free(k);
}

static void bytes_free(gpointer data)
{
    if (data != NULL)
        g_bytes_unref(data);
}

void msnp_chunks_clear(msnp_chunks *chunks)
{
    if (chunks->messages != NULL)
        g_ptr_array_free(chunks->messages, TRUE);
    chunks->messages = NULL;
}

void msnp_chunks_message_clear(msnp_chunks_message *message)
{
    g_free(message->who);
    g_free(message->name);
    msnp_message_clear(&message->message);
}

/* --- what is kept --------------------------------------------------------------------------- */

static guint count(const msnp_chunks *chunks)
{
    return chunks->messages != NULL ? chunks->messages->len : 0;
}

static kept *kept_at(const msnp_chunks *chunks, guint i)
{
    return g_ptr_array_index(chunks->messages, i);
}

/* Is it of this person, or (NULL) of anybody? */
static bool is_of(const kept *k, const char *who)
{
    return who == NULL || g_ascii_strcasecmp(k->who, who) == 0;
}

static kept *find(const msnp_chunks *chunks, const char *who, msnp_str id)
{
    for (guint i = 0; i < count(chunks); i++) {
        kept *k = kept_at(chunks, i);
        if (k->id != NULL && is_of(k, who) && msnp_str_is(id, k->id))
            return k;
    }
    return NULL;
}

/* Does a text of this person wait among the first so many? */
static bool is_waiting(const msnp_chunks *chunks, const char *who, guint n)
{
    for (guint i = 0; i < n; i++)
        if (!kept_at(chunks, i)->skipped && is_of(kept_at(chunks, i), who))
            return true;
    return false;
}

static bool has_part(const kept *k, size_t number)
{
    return number < k->parts->len && g_ptr_array_index(k->parts, number) != NULL;
}

static bool is_complete(const kept *k)
{
    size_t n = 0;

    while (n < k->n && has_part(k, n))
        n++;
    return k->n > 0 && n == k->n;
}

static kept *add(msnp_chunks *chunks, const char *who, const char *name, const msnp_str *id,
                 int64_t now)
{
    kept *k = g_new0(kept, 1);

    k->who = g_strdup(who);
    k->name = g_strdup(name);
    k->id = id != NULL ? msnp_str_dup(*id) : NULL;
    k->parts = g_ptr_array_new_with_free_func(bytes_free);
    k->begun = now;
    k->until = now + MSNP_CHUNKS_SILENCE;
    if (chunks->messages == NULL)
        chunks->messages = g_ptr_array_new_with_free_func(kept_free);
    g_ptr_array_add(chunks->messages, k);
    return k;
}

static GBytes *store(kept *k, msnp_str bytes)
{
    k->bytes += bytes.len;
    return g_bytes_new(bytes.ptr, bytes.len);
}

/* Of parts with the same number the first counts: false for the others. */
static bool add_part(kept *k, const part *p, int64_t now)
{
    msnp_str none = {"", 0};

    if (has_part(k, p->number))
        return false;
    if (k->parts->len <= p->number)
        g_ptr_array_set_size(k->parts, (gint)p->number + 1);
    g_ptr_array_index(k->parts, p->number) = store(k, k->skipped ? none : p->body);
    if (p->number == 0) {
        k->head = store(k, p->head);
        k->n = MIN(p->n, MSNP_CHUNKS_MAX);
        k->cut = p->n > MSNP_CHUNKS_MAX;
    }
    k->until = MIN(now + MSNP_CHUNKS_SILENCE, k->begun + MSNP_CHUNKS_LATEST);
    return !k->skipped;
}

/* It is no text, or was given out. */
static void skip(kept *k)
{
    k->skipped = true;
    for (guint i = 0; i < k->parts->len; i++)
        if (has_part(k, i)) {
            g_bytes_unref(g_ptr_array_index(k->parts, i));
            g_ptr_array_index(k->parts, i) = g_bytes_new(NULL, 0);
        }
    k->bytes = 0;
}

/* --- limits --------------------------------------------------------------------------------- */

static void forget_old(msnp_chunks *chunks, int64_t now)
{
    for (guint i = count(chunks); i-- > 0;)
        if (kept_at(chunks, i)->skipped && kept_at(chunks, i)->until <= now)
            g_ptr_array_remove_index(chunks->messages, i);
}

/* Where the oldest message is that is skipped, or is not; count() if there is none. */
static guint find_oldest(const msnp_chunks *chunks, const char *who, bool skipped)
{
    guint i = 0;

    while (i < count(chunks) &&
           (kept_at(chunks, i)->skipped != skipped || !is_of(kept_at(chunks, i), who)))
        i++;
    return i;
}

/* One more has come than can be kept: the oldest is forgotten, or due. */
static void relieve(msnp_chunks *chunks, const char *who, guint max, int64_t now)
{
    guint n = 0;

    for (guint i = 0; i < count(chunks); i++)
        n += is_of(kept_at(chunks, i), who);
    if (n <= max)
        return;
    guint at = find_oldest(chunks, who, true);
    if (at < count(chunks))
        g_ptr_array_remove_index(chunks->messages, at);
    else
        kept_at(chunks, find_oldest(chunks, who, false))->until = now;
}

/* The oldest are due until the others are short enough, and those up to one that is too long. */
static void limit_bytes(msnp_chunks *chunks, int64_t now)
{
    size_t bytes = 0;

    for (guint i = count(chunks); i-- > 0;) {
        kept *k = kept_at(chunks, i);
        bool too_long = k->bytes > MSNP_TEXT_MAX;
        bytes += k->bytes;
        for (guint j = 0; too_long && j <= i; j++)
            if (is_of(kept_at(chunks, j), k->who))
                kept_at(chunks, j)->until = now;
        if (bytes > MSNP_CHUNKS_BYTES_MAX)
            k->until = now;
    }
}

/* --- what comes ----------------------------------------------------------------------------- */

/* Splits a payload; the first header of each name counts. */
static void read_payload(part *p, msnp_str payload)
{
    msnp_mime mime;
    msnp_str name, value;

    *p = (part){.id = {"", 0}};
    msnp_mime_init(&mime, payload);
    while (msnp_mime_next(&mime, &name, &value)) {
        if (p->id.len == 0 && msnp_str_is_nocase(name, "Message-ID"))
            p->id = value;
        else if (p->n == 0 && msnp_str_is_nocase(name, "Chunks"))
            (void)msnp_parse_uint(value, G_MAXUINT32, &p->n);
        else if (p->number == 0 && msnp_str_is_nocase(name, "Chunk"))
            (void)msnp_parse_uint(value, G_MAXUINT32, &p->number);
    }
    /* What says how many there are is the first one. */
    p->number = p->n > 1 ? 0 : p->number;
    p->body = mime.rest;
    p->head = (msnp_str){payload.ptr, payload.len - mime.rest.len};
    if ((p->n <= 1 && p->number == 0) || !mime.ended || p->id.len > ID_MAX)
        p->id.len = 0;
}

/* What came whole: a text may have to wait. */
static msnp_chunks_result keep_whole(msnp_chunks *chunks, const char *who, const char *name,
                                     const msnp_message *message, part *p, int64_t now)
{
    bool said = message->kind == MSNP_MESSAGE_TEXT || message->kind == MSNP_MESSAGE_ACTION;

    if (!said || !is_waiting(chunks, who, count(chunks)))
        return MSNP_CHUNKS_WHOLE;
    p->number = 0;
    p->n = 1;
    (void)add_part(add(chunks, who, name, NULL, now), p, now);
    return MSNP_CHUNKS_KEPT;
}

static msnp_chunks_result keep_part(msnp_chunks *chunks, const char *who, const char *name,
                                    const msnp_message *message, const part *p, int64_t now)
{
    kept *k = find(chunks, who, p->id);
    bool first = p->number == 0;
    bool other = first && message->kind != MSNP_MESSAGE_TEXT;

    if (p->number >= MSNP_CHUNKS_MAX)
        return MSNP_CHUNKS_DROPPED;
    /* Another one with the same id begins. */
    if (k != NULL && first && k->skipped && k->head != NULL) {
        g_ptr_array_remove(chunks->messages, k);
        k = NULL;
    }
    if (k == NULL)
        k = add(chunks, who, name, &p->id, now);
    if (other && k->head == NULL)
        skip(k);
    bool added = add_part(k, p, now);
    if (other)
        return MSNP_CHUNKS_WHOLE;
    return added ? MSNP_CHUNKS_KEPT : MSNP_CHUNKS_DROPPED;
}

msnp_chunks_result msnp_chunks_keep(msnp_chunks *chunks, const char *who, const char *name,
                                    const msnp_message *message, msnp_str payload, int64_t now)
{
    part p;
    msnp_chunks_result result;

    read_payload(&p, payload);
    if (p.id.len == 0) {
        result = keep_whole(chunks, who, name, message, &p, now);
    } else {
        forget_old(chunks, now);
        result = keep_part(chunks, who, name, message, &p, now);
    }
    relieve(chunks, who, MSNP_CHUNKS_PERSON_MAX, now);
    relieve(chunks, NULL, MSNP_CHUNKS_OPEN_MAX, now);
    limit_bytes(chunks, now);
    return result;
}

/* --- what is given out ---------------------------------------------------------------------- */

/* Reads the parts from here on up to one that is missing, and goes past them. */
static void read_run(const kept *k, size_t *at, size_t n, msnp_message *message)
{
    gsize len = 0;
    const char *head = k->head != NULL ? g_bytes_get_data(k->head, &len) : NO_HEAD;
    GString *payload = g_string_new_len(head, k->head != NULL ? (gssize)len : -1);

    for (; *at < n && has_part(k, *at); ++*at) {
        const char *body = g_bytes_get_data(g_ptr_array_index(k->parts, *at), &len);
        g_string_append_len(payload, body, (gssize)len);
    }
    msnp_message_read(message, (msnp_str){payload->str, payload->len});
    g_string_free(payload, TRUE);
}

/* Reads what there is of a text, with gaps. */
static void read_text(const kept *k, msnp_chunks_message *out)
{
    size_t n = k->n > 0 ? k->n : k->parts->len;
    GString *text = g_string_new(NULL);
    bool gap = false;

    for (size_t at = 0; at < n;) {
        if (has_part(k, at)) {
            msnp_message run;
            read_run(k, &at, n, &run);
            g_string_append(text, run.text != NULL ? run.text : "");
            msnp_message_clear(&out->message);
            out->message = run;
            gap = false;
        } else {
            g_string_append(text, gap ? "" : MSNP_TEXT_GAP);
            out->incomplete = gap = true;
            at++;
        }
    }
    if (k->cut && !gap)
        g_string_append(text, MSNP_TEXT_GAP);
    out->incomplete = out->incomplete || k->cut;
    g_free(out->message.text);
    out->message.text = g_string_free(text, FALSE);
}

static void give_out(msnp_chunks *chunks, guint i, msnp_chunks_message *out)
{
    kept *k = kept_at(chunks, i);

    *out = (msnp_chunks_message){.who = g_strdup(k->who), .name = g_strdup(k->name)};
    read_text(k, out);
    /* A part of it may come twice. */
    if (k->id != NULL && is_complete(k))
        skip(k);
    else
        g_ptr_array_remove_index(chunks->messages, i);
}

bool msnp_chunks_take(msnp_chunks *chunks, const char *who, int64_t now, msnp_chunks_message *out)
{
    for (guint i = 0; i < count(chunks); i++) {
        const kept *k = kept_at(chunks, i);
        if (!k->skipped && is_of(k, who) && (k->until <= now || is_complete(k)) &&
            !is_waiting(chunks, k->who, i)) {
            give_out(chunks, i, out);
            return true;
        }
    }
    return false;
}

int64_t msnp_chunks_deadline(const msnp_chunks *chunks)
{
    int64_t next = MSNP_NEVER;

    for (guint i = 0; i < count(chunks); i++) {
        const kept *k = kept_at(chunks, i);
        if (!k->skipped && !is_waiting(chunks, k->who, i))
            next = MIN(next, k->until);
    }
    return next;
}
