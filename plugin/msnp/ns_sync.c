/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists and the presence of contacts:
 *
 *   SYN id version contacts groups     then, without an end mark and mixed with anything else,
 *   GTC, BLP, PRP, LSG, LST, BPR       the lists; ADD 0 RL, REM 0 RL: others change theirs
 *   ILN, NLN, FLN                      who is online
 *
 * The lists fill a new roster, which replaces the old one at the end. A malformed line is skipped;
 * the lists then count as incomplete.
 */
#include "ns_sync.h"

#include "codec.h"

#include <string.h>

/* The roster to update: the incoming one, if there is one. */
static msnp_roster *current(const msnp_ns *ns)
{
    return ns->incoming != NULL ? ns->incoming : ns->roster;
}

unsigned ns_sync_lists_of(const msnp_ns *ns, const char *account, bool *allow_unlisted)
{
    const msnp_contact *contact = msnp_roster_find(current(ns), msnp_str_of(account));

    if (contact == NULL || contact->lists == 0)
        contact = msnp_roster_find(ns->roster, msnp_str_of(account));
    *allow_unlisted = current(ns)->allow_unlisted;
    return contact != NULL ? contact->lists : 0;
}

/* --- the lists ------------------------------------------------------------------------------ */

void ns_sync_restart(msnp_ns *ns)
{
    g_clear_pointer(&ns->incoming, msnp_roster_free);
    ns->last = NULL;
    ns->synced = false;
    ns->sync_until = MSNP_NEVER;
    ns->settle_until = MSNP_NEVER;
    for (size_t i = 0; i < msnp_roster_size(ns->roster); i++) {
        msnp_contact *contact = g_ptr_array_index(ns->roster->contacts, i);
        contact->unseen = contact->online;
    }
}

/*
 * Only contacts on the forward list have presence. After a move, they keep it until the new server
 * has had time to report theirs.
 */
static void keep_presence(const msnp_roster *from, msnp_roster *to)
{
    for (size_t i = 0; i < msnp_roster_size(to); i++) {
        msnp_contact *contact = g_ptr_array_index(to->contacts, i);
        const msnp_contact *before = msnp_roster_find(from, msnp_str_of(contact->account));
        if ((contact->lists & MSNP_LIST_FORWARD) == 0) {
            contact->online = false;
        } else if (!contact->online && before != NULL && before->online) {
            contact->online = true;
            contact->unseen = before->unseen;
            contact->status = before->status;
            contact->has_client_id = before->has_client_id;
            contact->client_id = before->client_id;
            g_free(contact->name);
            contact->name = g_strdup(before->name);
        }
    }
}

static void end_sync(msnp_ns *ns, bool complete)
{
    ns->sync_until = MSNP_NEVER;
    ns->synced = true;
    ns->complete = complete;
    if (ns->incoming != NULL) {
        msnp_roster_prune(ns->incoming);
        keep_presence(ns->roster, ns->incoming);
        msnp_roster_free(ns->roster);
        ns->roster = g_steal_pointer(&ns->incoming);
    }
    /* All signs of the Microsoft service, and not deviation 2: see ns_page.c. */
    ns->roster->paging = ns->signs == NS_SIGNS_ALL && !ns->renumbers;
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_ROSTER, .complete = complete});
}

/* Gives the lists time by what was announced; the reply to CHG may come after them. */
static void limit_sync(msnp_ns *ns, int64_t now)
{
    uint64_t most = MSNP_LISTS_TIME_MAX / MSNP_LISTS_LINE;
    uint64_t lines = MIN(ns->lst_left, most) + MIN(ns->lsg_left, most);
    int64_t time = MIN(MSNP_LISTS_TIME + (int64_t)lines * MSNP_LISTS_LINE, MSNP_LISTS_TIME_MAX);

    ns->sync_limit = now + time;
    ns->clock.total =
        MAX(ns->clock.total, msnp_clock_time(&ns->clock, now) + time) + MSNP_STEP_TIMEOUT;
}

/* A line of the lists arrived: ends the sync if it was the last, else sets the deadline. */
static void count_line(msnp_ns *ns, uint64_t *left, int64_t now)
{
    if (ns->incoming == NULL)
        return;
    /* A long list on a slow connection must not time out: the reply to CHG comes after it. */
    if (ns->state == NS_PRESENCE)
        ns->clock.step = msnp_clock_time(&ns->clock, now) + MSNP_STEP_TIMEOUT;
    if (left != NULL && *left > 0)
        --*left;
    if (ns->lst_left == 0 && ns->lsg_left == 0)
        end_sync(ns, !ns->damaged);
    else
        ns->sync_until = MIN(now + ns_lists_silence(ns), ns->sync_limit);
}

void ns_sync_got_lists(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    uint64_t version = 0;

    if (!ns_answers(ns, cmd, "SYN"))
        return;
    (void)msnp_parse_uint(cmd->argv[1], UINT32_MAX, &version);
    /* We always send version 0. A server that then replies with 1 has deviation 2, and so deviation
     * 1. */
    ns->renumbers = version == 1;
    ns->damaged = false;
    ns->last = NULL;
    ns_set_state(ns, NS_PRESENCE, now);
    if (cmd->argc < 4) {
        /* "Your list is current", although we have none: there is nothing more to come. */
        end_sync(ns, false);
    } else {
        ns->incoming = msnp_roster_new();
        ns->lst_left = ns->lsg_left = UINT64_MAX;
        (void)msnp_parse_uint(cmd->argv[2], UINT64_MAX, &ns->lst_left);
        (void)msnp_parse_uint(cmd->argv[3], UINT64_MAX, &ns->lsg_left);
        limit_sync(ns, now);
        /* Wait even if no lines are announced: the privacy settings follow in any case. */
        ns->sync_until = now + (ns->lsg_left > 0 ? MSNP_LISTS_SILENCE : ns_lists_silence(ns));
    }
}

/* True if the setting changed. */
static bool take_setting(msnp_roster *roster, const msnp_cmd *cmd)
{
    bool prompt_on_add = roster->prompt_on_add;
    bool allow_unlisted = roster->allow_unlisted;

    if (cmd->name[0] == 'G')
        roster->prompt_on_add = !msnp_str_is(cmd->argv[0], "N");
    else if (cmd->name[0] == 'B')
        roster->allow_unlisted = !msnp_str_is(cmd->argv[0], "BL");
    else
        return msnp_roster_set_item(roster, cmd->argv[0],
                                    cmd->argc > 1 ? cmd->argv[1] : msnp_str_of(""));
    return roster->prompt_on_add != prompt_on_add || roster->allow_unlisted != allow_unlisted;
}

void ns_sync_got_setting(msnp_ns *ns, const msnp_cmd *cmd)
{
    /* They arrive between SYN and the contacts; later ones are changes. */
    if (take_setting(current(ns), cmd) && ns->incoming == NULL)
        ns_push(ns, (msnp_event){.type = MSNP_EVENT_SETTING});
}

/* LSG id name 0 */
void ns_sync_got_group(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    uint64_t id;
    char *name = msnp_text_decode(cmd->argv[1], MSNP_NAME_CHARS);

    if (!msnp_parse_uint(cmd->argv[0], UINT32_MAX, &id) ||
        !msnp_roster_set_group(current(ns), (uint32_t)id, name))
        ns->damaged = true;
    g_free(name);
    count_line(ns, &ns->lsg_left, now);
}

/* "1,3". Their LSG lines may come later: groups that do not exist are removed at the end. */
static void take_groups(const msnp_ns *ns, msnp_contact *contact, msnp_str list)
{
    const char *end = list.ptr + list.len;

    for (const char *at = list.ptr; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma != NULL ? comma : end;
        uint64_t id;
        if (msnp_parse_uint((msnp_str){at, (size_t)(stop - at)}, UINT32_MAX, &id) &&
            (ns->incoming != NULL || msnp_roster_group(ns->roster, (uint32_t)id) != NULL))
            msnp_contact_join(contact, (uint32_t)id);
        at = stop + 1;
    }
}

/* LST account name lists [groups] */
void ns_sync_got_contact(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    uint64_t lists;
    msnp_contact *contact = NULL;

    if (msnp_parse_uint(cmd->argv[2], UINT32_MAX, &lists))
        contact = msnp_roster_ensure(current(ns), cmd->argv[0]);
    ns->last = contact;
    if (contact != NULL) {
        unsigned before = contact->lists;
        size_t groups = msnp_contact_n_groups(contact);
        unsigned news = 0;
        /* Later dialects have more lists. */
        contact->lists |= (unsigned)lists & MSNP_LIST_ALL;
        if (msnp_contact_set_listed_name(contact, cmd->argv[1]))
            news |= MSNP_NEW_NAME;
        if ((contact->lists & MSNP_LIST_FORWARD) != 0 && cmd->argc > 3)
            take_groups(ns, contact, cmd->argv[3]);
        if (contact->lists != before || msnp_contact_n_groups(contact) != groups)
            news |= MSNP_NEW_LISTS;
        if (((contact->lists ^ before) & MSNP_LISTS_PRIVACY) != 0)
            news |= MSNP_NEW_PRIVACY;
        /* Lines beyond the announced number are changes. */
        ns_report_contact(ns, contact, news);
    } else {
        ns->damaged = true;
    }
    count_line(ns, &ns->lst_left, now);
}

/* BPR item [value] in the lists, about the contact before; BPR version account item [value] */
void ns_sync_got_phone(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    uint64_t version;
    bool named = msnp_parse_uint(cmd->argv[0], UINT64_MAX, &version);
    size_t item = named ? 2 : 0;
    msnp_contact *contact = ns->last;

    if (named)
        contact = cmd->argc > 2 ? msnp_roster_find(current(ns), cmd->argv[1]) : NULL;
    if (contact == NULL)
        return;

    msnp_str value = cmd->argc > item + 1 ? cmd->argv[item + 1] : msnp_str_of("");
    bool pages = msnp_str_is(cmd->argv[item], "MOB") ? msnp_str_is(value, "Y") : contact->pages;
    bool news = msnp_phones_set(contact->phones, cmd->argv[item], value) || pages != contact->pages;
    contact->pages = pages;
    if (news)
        ns_report_contact(ns, contact, MSNP_NEW_PHONES);
    if (!named)
        count_line(ns, NULL, now);
}

void ns_sync_got_reverse(msnp_ns *ns, const msnp_cmd *cmd)
{
    bool added = cmd->name[0] == 'A';
    msnp_contact *contact;
    unsigned before;
    unsigned news = 0;

    /* ADD 0 RL version account name; REM 0 RL version account */
    if (added)
        contact = msnp_roster_ensure(current(ns), cmd->argv[3]);
    else
        contact = msnp_roster_find(current(ns), cmd->argv[3]);
    if (contact == NULL)
        return;
    before = contact->lists;
    if (added) {
        contact->lists |= MSNP_LIST_REVERSE;
        if (cmd->argc > 4 && msnp_contact_set_name(contact, cmd->argv[4]))
            news |= MSNP_NEW_NAME;
    } else if (ns->renumbers && (contact->lists & MSNP_LIST_FORWARD) != 0) {
        /* Not believed: the contact may only have moved us to another group (deviation 1). The next
         * sign-in will show. */
        return;
    } else {
        contact->lists &= ~(unsigned)MSNP_LIST_REVERSE;
    }
    if (contact->lists != before)
        news |= MSNP_NEW_LISTS;
    ns_report_contact(ns, contact, news);
}

/* --- presence ------------------------------------------------------------------------------- */

/* Presence from before a move is out of date. */
static void forget_before(msnp_ns *ns, msnp_str account)
{
    msnp_contact *before = ns->incoming != NULL ? msnp_roster_find(ns->roster, account) : NULL;

    if (before != NULL)
        before->online = before->unseen = false;
}

/* After a move: presence from before is kept until that of nobody comes for a while. */
static void note_seen(msnp_ns *ns, msnp_contact *contact)
{
    if (contact->unseen && ns->settle_until != MSNP_NEVER)
        ns->settle_until = ns->now + MSNP_SETTLE_TIME;
    contact->unseen = false;
}

static void set_offline(msnp_ns *ns, msnp_contact *contact)
{
    note_seen(ns, contact);
    if (!contact->online)
        return;
    contact->online = false;
    ns_report_contact(ns, contact, MSNP_NEW_PRESENCE);
}

/* state account [name [client-id]]; what later dialects add is not needed */
static void set_online(msnp_ns *ns, const msnp_str *argv, size_t argc)
{
    msnp_contact *contact;
    msnp_status status;
    uint64_t client_id = 0;
    unsigned news = 0;

    forget_before(ns, argv[1]);
    if (ns->incoming != NULL)
        contact = msnp_roster_ensure(ns->incoming, argv[1]); /* the LST line may be still to come */
    else
        contact = msnp_roster_find(ns->roster, argv[1]);
    if (contact == NULL || (ns->incoming == NULL && (contact->lists & MSNP_LIST_FORWARD) == 0))
        return;
    if (msnp_str_is(argv[0], "FLN") || msnp_str_is(argv[0], "HDN")) {
        set_offline(ns, contact);
        return;
    }
    if (!msnp_status_from_code(argv[0], &status))
        status = MSNP_STATUS_AWAY; /* a state of later dialects */
    if (!contact->online || contact->status != status)
        news |= MSNP_NEW_PRESENCE;
    if (argc > 2 && msnp_contact_set_name(contact, argv[2]))
        news |= MSNP_NEW_NAME;
    contact->online = true;
    note_seen(ns, contact);
    contact->status = status;
    contact->has_client_id = argc > 3 && msnp_parse_uint(argv[3], UINT32_MAX, &client_id);
    contact->client_id = (uint32_t)client_id;
    ns_report_contact(ns, contact, news);
}

void ns_sync_got_initial(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    (void)now;
    set_online(ns, cmd->argv + 1, cmd->argc - 1);
}

void ns_sync_got_online(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    (void)now;
    set_online(ns, cmd->argv, cmd->argc);
}

void ns_sync_got_offline(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    msnp_contact *contact = msnp_roster_find(current(ns), cmd->argv[0]);

    (void)now;
    forget_before(ns, cmd->argv[0]);
    if (contact != NULL)
        set_offline(ns, contact);
}

void ns_sync_settle(msnp_ns *ns, int64_t now)
{
    for (size_t i = 0; i < msnp_roster_size(ns->roster); i++)
        if (msnp_roster_at(ns->roster, i)->unseen)
            ns->settle_until = now + MSNP_SETTLE_TIME;
}

/* --- time ----------------------------------------------------------------------------------- */

void ns_sync_tick(msnp_ns *ns, int64_t now)
{
    /* The lists are complete if all LST lines arrived: empty groups may be missing. */
    if (now >= ns->sync_until &&
        !ns_is_arriving(ns, &ns->sync_until, ns_lists_silence(ns), ns->sync_limit, now))
        end_sync(ns, ns->lst_left == 0 && !ns->damaged);
    if (now < ns->settle_until || ns->incoming != NULL)
        return;
    ns->settle_until = MSNP_NEVER;
    for (size_t i = 0; i < msnp_roster_size(ns->roster); i++) {
        msnp_contact *contact = g_ptr_array_index(ns->roster->contacts, i);
        if (contact->unseen)
            set_offline(ns, contact);
    }
}

int64_t ns_sync_deadline(const msnp_ns *ns)
{
    /* Settling waits for the end of the lists. */
    return ns->incoming != NULL ? ns->sync_until : MIN(ns->sync_until, ns->settle_until);
}
