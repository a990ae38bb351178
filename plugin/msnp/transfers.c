/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transfers.h"

#include "codec.h"
#include "direct.h"
#include "p2p.h"
#include "relay.h"

typedef enum {
    OFFERED, /* receiving: the user is asked */
    WAITING, /* for its way to start */
    RUNNING,
    COMPLETE, /* receiving: all of it was handed out, and is to be saved */
    STORED    /* receiving: it is saved, and the peer is told */
} state;

typedef struct {
    msnp_transfers *all;
    unsigned number;
    char *who; /* the peer, as the server spells it or the user typed it */
    bool sending;
    bool contact; /* receiving: the peer is a contact */
    state state;
    msnp_way *way; /* NULL: it is over */
    bool relayed;  /* it goes through the service */

    /* Sending: what an offer needs, and how the first way has ended. */
    char *name;
    uint64_t size;
    bool second; /* the other way is tried */
    msnp_file_end end;
    msnp_cause cause;
} transfer;

struct msnp_transfers {
    msnp_net *net;
    const msnp_transfers_ops *ops;
    gpointer owner;
    msnp_direct *direct;
    msnp_relay *relay;
    bool relays; /* files may go through the service */
    char *account;
    GHashTable *by_number;
    unsigned last;
    bool ended;
};

static const msnp_direct_ops direct_ops;
static const msnp_relay_ops relay_ops;
static const msnp_way_reports reports;

/* --- life ----------------------------------------------------------------------------------- */

static void transfer_free(gpointer data)
{
    transfer *t = data;

    g_free(t->who);
    g_free(t->name);
    g_free(t);
}

msnp_transfers *msnp_transfers_new(msnp_net *net, uint32_t (*draw)(void),
                                   const msnp_transfers_ops *ops, gpointer owner)
{
    msnp_transfers *all = g_new0(msnp_transfers, 1);

    all->net = net;
    all->ops = ops;
    all->owner = owner;
    all->direct = msnp_direct_new(net, draw, &direct_ops, all);
    all->relay = msnp_relay_new(draw, &relay_ops, all);
    all->account = g_strdup("");
    all->by_number = g_hash_table_new_full(NULL, NULL, NULL, transfer_free);
    return all;
}

void msnp_transfers_free(msnp_transfers *all)
{
    if (all == NULL)
        return;
    msnp_direct_free(all->direct);
    msnp_relay_free(all->relay);
    g_hash_table_destroy(all->by_number);
    g_free(all->account);
    g_free(all);
}

void msnp_transfers_set_account(msnp_transfers *all, const char *account)
{
    g_free(all->account);
    all->account = g_strdup(account);
    msnp_direct_set_account(all->direct, account);
    msnp_relay_set_account(all->relay, account);
}

void msnp_transfers_set_through_service(msnp_transfers *all, bool may)
{
    all->relays = may;
    msnp_relay_set_welcome(all->relay, may);
}

void msnp_transfers_set_client_ip(msnp_transfers *all, const char *address)
{
    msnp_direct_set_client_ip(all->direct, address);
}

/* The only setter of the state. */
static void set_state(transfer *t, state to)
{
    t->state = to;
}

static transfer *transfer_new(msnp_transfers *all, const char *who, bool sending)
{
    transfer *t = g_new0(transfer, 1);

    do
        all->last++;
    while (all->last == 0 || g_hash_table_contains(all->by_number, GUINT_TO_POINTER(all->last)));
    t->all = all;
    t->number = all->last;
    t->who = g_strdup(who);
    t->sending = sending;
    set_state(t, sending ? WAITING : OFFERED);
    g_hash_table_insert(all->by_number, GUINT_TO_POINTER(t->number), t);
    all->ops->hold(all->owner, t->who, true);
    return t;
}

static transfer *find(const msnp_transfers *all, unsigned number)
{
    return g_hash_table_lookup(all->by_number, GUINT_TO_POINTER(number));
}

/* From now on the transfer hears of this way. */
static void take(transfer *t, msnp_way *way)
{
    t->way = way;
    way->reports = &reports;
    way->owner = t;
}

static void push(const transfer *t, msnp_event event)
{
    event.file.number = t->number;
    msnp_net_push(t->all->net, event);
}

/* The only end of a transfer. If its way is not over, that is cancelled. */
static void finish(transfer *t, msnp_file_end end, msnp_cause cause, int64_t now)
{
    msnp_transfers *all = t->all;

    g_hash_table_steal(all->by_number, GUINT_TO_POINTER(t->number));
    push(t, (msnp_event){.type = MSNP_EVENT_FILE_ENDED, .file = {.end = end, .cause = cause}});
    if (t->way != NULL)
        t->way->calls->cancel(t->way, end, now);
    /* What the way has to say goes where everything else was said, if that is still open. */
    all->ops->hold(all->owner, t->who, false);
    transfer_free(t);
}

static void finish_here(transfer *t, msnp_file_end end, int64_t now)
{
    finish(t, end, (msnp_cause){MSNP_OK, 0}, now);
}

/* --- which way ------------------------------------------------------------------------------ */

/*
 * The one to try first, by what the other client announces. Somebody about whom nothing is known
 * can be hidden, or have a client of any kind.
 */
static bool is_relayed_first(const msnp_transfers *all, const char *who)
{
    uint32_t id;

    if (!all->relays || msnp_relay_is_refused(all->relay))
        return false;
    return !all->ops->client_id(all->owner, who, &id) || msnp_client_has_p2p(id) ||
           msnp_relay_knows(all->relay, who);
}

/* Cannot this person exchange files at all? */
static bool is_on_web(const msnp_transfers *all, const char *who)
{
    uint32_t id;

    return all->ops->client_id(all->owner, who, &id) && msnp_client_is_web(id);
}

/* Sending: offers the file; false if there is no room for it. */
static bool begin(transfer *t, int64_t now)
{
    const msnp_transfers *all = t->all;
    msnp_way *way = t->relayed
                        ? msnp_relay_send(all->relay, t->who, t->name, t->size, now)
                        : msnp_direct_send(all->direct, t->who, t->name, (uint32_t)t->size, now);

    if (way != NULL)
        take(t, way);
    return way != NULL;
}

/* Is this about the way, and not about the file, the people, or the service? */
static bool is_of_way(msnp_file_end end)
{
    switch (end) {
    case MSNP_FILE_UNSUPPORTED:
    case MSNP_FILE_NO_ADDRESS:
    case MSNP_FILE_NO_CONNECTION:
    case MSNP_FILE_NOBODY_CAME:
    case MSNP_FILE_BOTH_CLOSED:
    case MSNP_FILE_SILENT:
    case MSNP_FILE_BROKEN:
    case MSNP_FILE_CONFUSED:
    case MSNP_FILE_FAILED_THERE:
    case MSNP_FILE_NO_P2P:
        return true;
    default:
        return false;
    }
}

/* Tries the other way, once, and only if the file has not started on this one. */
static bool try_other(transfer *t, msnp_file_end end, msnp_cause cause, int64_t now)
{
    const msnp_transfers *all = t->all;
    bool there_is = t->relayed || (all->relays && !msnp_relay_is_refused(all->relay));

    if (!t->sending || t->state != WAITING || t->second || !there_is || !is_of_way(end))
        return false;
    t->second = true;
    t->end = end;
    t->cause = cause;
    t->relayed = !t->relayed;
    if (!begin(t, now))
        return false;
    push(t, (msnp_event){.type = MSNP_EVENT_FILE_OTHER_WAY,
                         .file = {.through_service = t->relayed, .end = end, .cause = cause}});
    return true;
}

/* --- what ways report ----------------------------------------------------------------------- */

static void way_started(gpointer owner, int64_t now)
{
    transfer *t = owner;

    (void)now;
    set_state(t, RUNNING);
    push(t, (msnp_event){.type = MSNP_EVENT_FILE_STARTED});
}

static void way_wants(gpointer owner, size_t len, int64_t now)
{
    (void)now;
    push(owner, (msnp_event){.type = MSNP_EVENT_FILE_WANTED, .file = {.len = len}});
}

static void way_data(gpointer owner, char *bytes, size_t len, int64_t now)
{
    (void)now;
    push(owner, (msnp_event){.type = MSNP_EVENT_FILE_DATA, .file = {.data = bytes, .len = len}});
}

static void way_complete(gpointer owner, int64_t now)
{
    transfer *t = owner;

    (void)now;
    set_state(t, COMPLETE);
    push(t, (msnp_event){.type = MSNP_EVENT_FILE_COMPLETE});
}

static void way_over(gpointer owner, msnp_file_end end, msnp_cause cause, int64_t now)
{
    transfer *t = owner;

    t->way = NULL;
    if (try_other(t, end, cause, now))
        return;
    /* That the other side knows no MSNP2P says nothing about why the way before failed. */
    if (t->second && end == MSNP_FILE_NO_P2P)
        finish(t, t->end, t->cause, now);
    else
        finish(t, end, cause, now);
}

static void way_rewind(gpointer owner, uint64_t offset, int64_t now)
{
    (void)now;
    push(owner, (msnp_event){.type = MSNP_EVENT_FILE_REWIND, .file = {.offset = offset}});
}

static const msnp_way_reports reports = {.started = way_started,
                                         .wants = way_wants,
                                         .rewind = way_rewind,
                                         .data = way_data,
                                         .complete = way_complete,
                                         .over = way_over};

/* --- offers --------------------------------------------------------------------------------- */

/* Is there room for one more offer? */
static bool has_room(const msnp_transfers *all, const msnp_way_offer *offer)
{
    GHashTableIter iter;
    gpointer value;
    unsigned received = 0, offered = 0, of_person = 0, of_strangers = 0;

    g_hash_table_iter_init(&iter, all->by_number);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const transfer *t = value;
        received += !t->sending;
        if (t->state != OFFERED)
            continue;
        offered++;
        of_strangers += !t->contact;
        of_person += g_ascii_strcasecmp(t->who, offer->who) == 0;
    }
    return received < MSNP_FILES_MAX && offered < MSNP_FILES_OFFERED_MAX &&
           of_person < MSNP_FILES_FROM_MAX &&
           (offer->contact || of_strangers < MSNP_FILES_STRANGERS_MAX);
}

static bool offered(gpointer owner, msnp_way *way, const msnp_way_offer *offer, int64_t now)
{
    msnp_transfers *all = owner;

    (void)now;
    if (all->ended || !has_room(all, offer) || offer->size > SIZE_MAX)
        return false;
    transfer *t = transfer_new(all, offer->who, false);
    t->contact = offer->contact;
    take(t, way);
    push(t, (msnp_event){.type = MSNP_EVENT_FILE_OFFERED,
                         .file = {.who = offer->who,
                                  .name = offer->name,
                                  .file = offer->file,
                                  .size = offer->size}});
    return true;
}

static void send(gpointer owner, const char *who, unsigned reference, msnp_str payload, int64_t now)
{
    const msnp_transfers *all = owner;

    all->ops->send(all->owner, who, reference, payload, now);
}

static const msnp_direct_ops direct_ops = {.send = send, .offered = offered};

static bool offered_by_relay(gpointer owner, msnp_way *way, const msnp_way_offer *offer,
                             int64_t now)
{
    msnp_transfers *all = owner;

    return all->ops->may_offer(all->owner, offer->who, now) && offered(all, way, offer, now);
}

static void carry(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                  int64_t now)
{
    const msnp_transfers *all = owner;

    all->ops->carry(all->owner, who, reference, payload, now);
}

static void answer(gpointer owner, msnp_str payload, int64_t now)
{
    const msnp_transfers *all = owner;

    all->ops->answer(all->owner, payload, now);
}

static bool client_id(gpointer owner, const char *who, uint32_t *id)
{
    const msnp_transfers *all = owner;

    return all->ops->client_id(all->owner, who, id);
}

static const msnp_relay_ops relay_ops = {
    .send = carry, .answer = answer, .offered = offered_by_relay, .client_id = client_id};

bool msnp_transfers_invited(msnp_transfers *all, const char *who, const char *name, bool contact,
                            const msnp_invite *invite, int64_t now)
{
    return msnp_direct_invited(all->direct, who, name, contact, invite, now);
}

void msnp_transfers_unsent(msnp_transfers *all, unsigned reference, msnp_cause cause, int64_t now)
{
    msnp_direct_unsent(all->direct, reference, cause, now);
}

bool msnp_transfers_p2p(msnp_transfers *all, const char *who, const char *name, bool contact,
                        msnp_str body, msnp_extra *extra, int64_t now)
{
    return msnp_relay_got(all->relay, who, name, contact, body, extra, now);
}

void msnp_transfers_carried(msnp_transfers *all, unsigned reference, unsigned board,
                            msnp_cause cause, int64_t now)
{
    msnp_relay_carried(all->relay, reference, board, cause, now);
}

/* --- time, end ------------------------------------------------------------------------------ */

void msnp_transfers_run(msnp_transfers *all)
{
    msnp_direct_run(all->direct);
}

void msnp_transfers_tick(msnp_transfers *all, int64_t now)
{
    msnp_direct_tick(all->direct, now);
    msnp_relay_tick(all->relay, now);
}

int64_t msnp_transfers_deadline(const msnp_transfers *all)
{
    return MIN(msnp_direct_deadline(all->direct), msnp_relay_deadline(all->relay));
}

void msnp_transfers_end(msnp_transfers *all, int64_t now)
{
    GList *list = g_hash_table_get_values(all->by_number);

    all->ended = true;
    for (GList *l = list; l != NULL; l = l->next)
        finish_here(l->data, MSNP_FILE_OVER, now);
    g_list_free(list);
    msnp_direct_end(all->direct);
    msnp_relay_end(all->relay);
}

size_t msnp_transfers_pending(const msnp_transfers *all)
{
    return g_hash_table_size(all->by_number);
}

/* --- the user ------------------------------------------------------------------------------- */

static unsigned count_sent(const msnp_transfers *all)
{
    GHashTableIter iter;
    gpointer value;
    unsigned n = 0;

    g_hash_table_iter_init(&iter, all->by_number);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        n += ((const transfer *)value)->sending;
    return n;
}

unsigned msnp_transfers_send(msnp_transfers *all, const char *who, const char *name, uint64_t size,
                             msnp_err *err, int64_t now)
{
    *err = MSNP_OK;
    if (!msnp_account_valid(who) || g_ascii_strcasecmp(who, all->account) == 0)
        *err = MSNP_ERR_ACCOUNT;
    else if (size > MSNP_FILE_SIZE_MAX)
        *err = MSNP_ERR_TOO_LONG;
    else if (count_sent(all) >= MSNP_FILES_MAX)
        *err = MSNP_ERR_FULL;
    if (*err != MSNP_OK)
        return 0;
    transfer *t = transfer_new(all, who, true);
    unsigned number = t->number;
    t->name = g_strdup(name);
    t->size = size;
    t->relayed = is_relayed_first(all, who);
    if (is_on_web(all, who))
        finish_here(t, MSNP_FILE_UNSUPPORTED, now);
    else if (!begin(t, now))
        way_over(t, MSNP_FILE_NO_P2P, (msnp_cause){MSNP_OK, 0}, now);
    return number;
}

void msnp_transfers_accept(msnp_transfers *all, unsigned number, int64_t now)
{
    transfer *t = find(all, number);

    if (t == NULL || t->state != OFFERED)
        return;
    set_state(t, WAITING);
    t->way->calls->accept(t->way, now);
}

void msnp_transfers_decline(msnp_transfers *all, unsigned number, int64_t now)
{
    transfer *t = find(all, number);

    if (t == NULL || t->state != OFFERED)
        return;
    t->way->calls->decline(t->way, now);
    t->way = NULL;
    finish_here(t, MSNP_FILE_DECLINED, now);
}

void msnp_transfers_put(msnp_transfers *all, unsigned number, const char *bytes, size_t len,
                        int64_t now)
{
    const transfer *t = find(all, number);

    if (t != NULL && t->state == RUNNING && t->sending)
        t->way->calls->put(t->way, bytes, len, now);
}

void msnp_transfers_stored(msnp_transfers *all, unsigned number, int64_t now)
{
    transfer *t = find(all, number);

    if (t == NULL || t->state != COMPLETE)
        return;
    set_state(t, STORED);
    t->way->calls->stored(t->way, now);
}

void msnp_transfers_cancel(msnp_transfers *all, unsigned number, msnp_file_end why, int64_t now)
{
    transfer *t = find(all, number);

    if (t != NULL)
        finish_here(t, why, now);
}
