/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user's changes to the lists.
 *
 * One edit is in progress at a time, with one pending command. An edit is a goal, not a list of
 * commands: ns_plan() compares it with the roster and returns the next command; the reply changes
 * the roster, and ns_plan() is called again. So an edit continues after a move to another server,
 * and an error that means "already done" counts as success.
 *
 * Each edit keeps a journal of confirmed commands. When it fails, they are undone in reverse order
 * before the failure is reported. Each inverse is a goal, too: what is not needed any more is
 * skipped.
 */
#include "ns_edit.h"

#include "codec.h"
#include "ns_edit_priv.h"

#include <string.h>

#define COMMANDS_UNDO 8  /* more, for undoing a failed edit */
#define COMMANDS_MAX  10 /* of one edit; more means that replies have no effect */

/* --- the queue ------------------------------------------------------------------------------ */

/* A name, sanitized like those from the server; the caller frees it. */
static char *cleaned(const char *text)
{
    return text != NULL ? msnp_text_clean(text, strlen(text), SIZE_MAX) : NULL;
}

static ns_job *job_new(const msnp_edit *edit)
{
    ns_job *job = g_new0(ns_job, 1);

    job->edit = *edit;
    job->edit.account = g_strdup(edit->account);
    job->edit.from = cleaned(edit->from);
    job->edit.to = cleaned(edit->to);
    job->edit.text = cleaned(edit->text);
    job->journal = g_array_new(FALSE, FALSE, sizeof(ns_step));
    return job;
}

static void job_free(gpointer data)
{
    ns_job *job = data;

    msnp_edit_clear(&job->edit);
    g_array_free(job->journal, TRUE);
    g_free(job);
}

static void report(msnp_ns *ns, const msnp_edit *edit, msnp_cause cause)
{
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_EDITED, .edited = {*edit, cause}});
}

/* Ends the first edit. */
static void finish(msnp_ns *ns, msnp_cause cause)
{
    ns_job *job = g_queue_pop_head(&ns->edits);

    report(ns, &job->edit, cause);
    job_free(job);
}

void ns_edit_clear(msnp_ns *ns)
{
    g_queue_clear_full(&ns->edits, job_free);
}

void ns_edit_restart(msnp_ns *ns)
{
    ns_job *job = g_queue_peek_head(&ns->edits);

    if (job != NULL)
        job->waiting = false;
}

/* Does it have everything that its kind needs? Names of groups must not be blank. */
static bool is_whole(const msnp_edit *edit)
{
    switch (edit->kind) {
    case MSNP_EDIT_ADD:
    case MSNP_EDIT_REMOVE:
    case MSNP_EDIT_MOVE:
    case MSNP_EDIT_ALLOW:
    case MSNP_EDIT_BLOCK:
        if (edit->account == NULL)
            return false;
        break;
    case MSNP_EDIT_RENAME_GROUP:
        if (edit->from == NULL || edit->to == NULL)
            return false;
        break;
    case MSNP_EDIT_REMOVE_GROUP:
        if (edit->from == NULL)
            return false;
        break;
    case MSNP_EDIT_NAME:
    case MSNP_EDIT_PHONE:
        return edit->text != NULL;
    case MSNP_EDIT_ALLOW_UNLISTED:
    case MSNP_EDIT_PROMPT_ON_ADD:
    case MSNP_EDIT_PAGES:
    case MSNP_N_EDITS:
        return true;
    }
    return (edit->from == NULL || *edit->from != '\0') && (edit->to == NULL || *edit->to != '\0');
}

static msnp_err check(const msnp_edit *edit)
{
    size_t max_chars = edit->kind == MSNP_EDIT_PHONE ? MSNP_PHONE_CHARS : MSNP_NAME_CHARS;

    if (!is_whole(edit))
        return MSNP_ERR_MALFORMED;
    if (edit->account != NULL && !msnp_account_valid(edit->account))
        return MSNP_ERR_ACCOUNT;
    return ns_plan_fits(edit->text, max_chars) ? MSNP_OK : MSNP_ERR_TOO_LONG;
}

/* --- commands ------------------------------------------------------------------------------- */

static const char *list_code(unsigned list)
{
    if (list == MSNP_LIST_FORWARD)
        return "FL";
    return list == MSNP_LIST_ALLOW ? "AL" : "BL";
}

static void ask(msnp_ns *ns, int64_t now, const char *verb, const char *const *args)
{
    ns_ask(ns, verb, 0, now + MSNP_TRANS_TIMEOUT, args);
}

/* ADD list account name [group], REM list account [group] */
static void ask_list(msnp_ns *ns, const ns_job *job, int64_t now)
{
    const msnp_contact *contact = msnp_roster_find(ns->roster, msnp_str_of(job->edit.account));
    const char *account = contact != NULL ? contact->account : job->edit.account;
    const char *known = contact != NULL ? contact->name : NULL;
    char *name = msnp_name_encode(known != NULL ? known : account, false);
    bool adds = job->step.action == DO_ADD;
    const char *args[5] = {list_code(job->step.list), account};
    size_t n = 2;
    char group[16];

    g_snprintf(group, sizeof group, "%u", job->step.group);
    if (adds)
        args[n++] = strlen(name) <= MSNP_NAME_BYTES ? name : account;
    if (job->step.group != 0)
        args[n++] = group;
    args[n] = NULL;
    ask(ns, now, adds ? "ADD" : "REM", args);
    g_free(name);
}

/* ADG name 0, REG id name 0, RMG id */
static void ask_group(msnp_ns *ns, const ns_job *job, int64_t now)
{
    char id[16];
    char *name = job->edit.to != NULL ? msnp_name_encode(job->edit.to, false) : NULL;
    const char *const create[] = {name, "0", NULL};
    const char *const rename[] = {id, name, "0", NULL};
    const char *const delete[] = {id, NULL};

    g_snprintf(id, sizeof id, "%u", job->step.group);
    if (job->step.action == DO_ADD_GROUP)
        ask(ns, now, "ADG", create);
    else if (job->step.action == DO_RENAME_GROUP)
        ask(ns, now, "REG", rename);
    else
        ask(ns, now, "RMG", delete);
    g_free(name);
}

/* REA account name: our own */
static void ask_name(msnp_ns *ns, const ns_job *job, int64_t now)
{
    const char *text = job->edit.text;
    char *name =
        *text != '\0' ? msnp_name_encode(text, job->escape) : msnp_name_encode(ns->handle, false);
    const char *const args[] = {ns->handle, name, NULL};

    ask(ns, now, "REA", args);
    g_free(name);
}

/* BLP AL, GTC A, PRP item [value] */
static void ask_setting(msnp_ns *ns, const ns_job *job, int64_t now)
{
    const msnp_edit *edit = &job->edit;
    const char *const unlisted[] = {edit->on ? "AL" : "BL", NULL};
    const char *const prompt[] = {edit->on ? "A" : "N", NULL};
    const char *const pages[] = {"MOB", edit->on ? "Y" : "N", NULL};

    if (edit->kind == MSNP_EDIT_ALLOW_UNLISTED) {
        ask(ns, now, "BLP", unlisted);
    } else if (edit->kind == MSNP_EDIT_PROMPT_ON_ADD) {
        ask(ns, now, "GTC", prompt);
    } else if (edit->kind == MSNP_EDIT_PAGES) {
        ask(ns, now, "PRP", pages);
    } else {
        char *value = msnp_name_encode(edit->text, false);
        const char *const phone[] = {msnp_phone_code(edit->phone), *value != '\0' ? value : NULL,
                                     NULL};
        ask(ns, now, "PRP", phone);
        g_free(value);
    }
}

static void start(msnp_ns *ns, ns_job *job, int64_t now)
{
    job->waiting = true;
    job->commands++;
    switch (job->step.action) {
    case DO_ADD:
    case DO_REM:
        ask_list(ns, job, now);
        break;
    case DO_ADD_GROUP:
    case DO_RENAME_GROUP:
    case DO_REMOVE_GROUP:
        ask_group(ns, job, now);
        break;
    case DO_NAME:
        ask_name(ns, job, now);
        break;
    default:
        ask_setting(ns, job, now);
        break;
    }
}

/*
 * Renaming a group to the name of another one merges them: each contact moves, and the empty group
 * is removed.
 */
static void expand_merge(msnp_ns *ns, const msnp_edit *rename)
{
    uint32_t id = ns_plan_group_id(ns, rename->from);
    guint at = 1;

    for (size_t i = 0; i < msnp_roster_size(ns->roster); i++) {
        const msnp_contact *contact = msnp_roster_at(ns->roster, i);
        msnp_edit move = {.kind = MSNP_EDIT_MOVE,
                          .account = contact->account,
                          .from = rename->from,
                          .to = rename->to};
        if (msnp_contact_in_group(contact, id))
            g_queue_push_nth(&ns->edits, job_new(&move), (gint)at++);
    }
    msnp_edit removal = {.kind = MSNP_EDIT_REMOVE_GROUP, .from = rename->from};
    g_queue_push_nth(&ns->edits, job_new(&removal), (gint)at);
}

static bool is_merge(const msnp_ns *ns, const msnp_edit *edit)
{
    return edit->kind == MSNP_EDIT_RENAME_GROUP && ns_plan_group_id(ns, edit->from) != 0 &&
           ns_plan_group_id(ns, edit->to) != 0 &&
           ns_plan_group_id(ns, edit->from) != ns_plan_group_id(ns, edit->to);
}

/* Adds the pending command to the journal. */
static void record(ns_job *job)
{
    g_array_append_val(job->journal, job->step);
}

/*
 * The group cannot be had. A contact that was to be added to it is added without one, and the user
 * is told at the end. False if that is not so.
 */
static bool go_groupless(ns_job *job, msnp_cause why)
{
    bool adds = job->edit.kind == MSNP_EDIT_ADD && job->failure.err == MSNP_OK;

    if (adds)
        job->groupless = why;
    return adds;
}

/*
 * The first edit failed: undoes it, then reports the failure. If undoing fails, the next sign-in
 * shows the result.
 */
static void give_up(msnp_ns *ns, ns_job *job, msnp_cause cause)
{
    if (job->failure.err != MSNP_OK) {
        finish(ns, job->failure);
        return;
    }
    job->failure = cause;
    job->undo = job->journal->len;
}

void ns_edit_run(msnp_ns *ns, int64_t now)
{
    ns_job *job;

    while (ns->state == NS_ONLINE && ns->synced && (job = g_queue_peek_head(&ns->edits)) != NULL &&
           !job->waiting) {
        if (is_merge(ns, &job->edit)) {
            expand_merge(ns, &job->edit);
            finish(ns, (msnp_cause){MSNP_OK, 0});
            continue;
        }
        job->step = ns_plan(ns, job);
        if (job->step.action == DO_NOTHING)
            finish(ns, job->groupless);
        else if (job->step.action == DO_FAIL && !go_groupless(job, job->step.why))
            finish(ns, job->step.why);
        else if (job->step.action == DO_FAIL)
            continue;
        else if (job->commands >= COMMANDS_MAX + (job->failure.err != MSNP_OK ? COMMANDS_UNDO : 0))
            give_up(ns, job, (msnp_cause){MSNP_ERR_MALFORMED, 0});
        else
            start(ns, job, now);
    }
}

void msnp_ns_edit(msnp_ns *ns, const msnp_edit *edit, int64_t now)
{
    ns_job *job;
    msnp_err err;

    ns->now = now;
    if (ns->state == NS_OFFLINE)
        return;
    job = job_new(edit);
    err = check(&job->edit);
    if (err == MSNP_OK && ns->edits.length >= MSNP_EDITS_MAX)
        err = MSNP_ERR_TOO_LONG;
    if (err != MSNP_OK) {
        report(ns, &job->edit, (msnp_cause){err, 0});
        job_free(job);
        return;
    }
    g_queue_push_tail(&ns->edits, job);
    ns_edit_run(ns, now);
}

size_t msnp_ns_edits_waiting(const msnp_ns *ns)
{
    return ns->edits.length;
}

void ns_edit_foresee(const msnp_ns *ns, const char *account, unsigned *lists, bool *allow_unlisted)
{
    for (const GList *l = ns->edits.head; l != NULL; l = l->next) {
        const ns_job *job = l->data;
        const msnp_edit *edit = &job->edit;

        if (job->failure.err != MSNP_OK)
            continue;
        if (edit->kind == MSNP_EDIT_ALLOW_UNLISTED)
            *allow_unlisted = edit->on;
        else if (edit->account == NULL || g_ascii_strcasecmp(edit->account, account) != 0)
            continue;
        else if (edit->kind == MSNP_EDIT_BLOCK)
            *lists = (*lists & ~MSNP_LIST_ALLOW) | MSNP_LIST_BLOCK;
        else if (edit->kind == MSNP_EDIT_ALLOW || edit->kind == MSNP_EDIT_ADD)
            *lists = (*lists & ~MSNP_LIST_BLOCK) | MSNP_LIST_ALLOW;
    }
}

/* --- replies -------------------------------------------------------------------------------- */

/* Applies ADD or REM of the first edit to the roster. */
static void apply_list(msnp_ns *ns, ns_job *job)
{
    msnp_contact *contact = msnp_roster_ensure(ns->roster, msnp_str_of(job->edit.account));
    bool forward = job->step.list == MSNP_LIST_FORWARD;
    unsigned news = MSNP_NEW_LISTS;

    if (contact == NULL)
        return; /* the roster is full: the goal is not reached, and the edit fails */
    if ((job->step.list & MSNP_LISTS_PRIVACY) != 0)
        news |= MSNP_NEW_PRIVACY;
    if (job->step.action == DO_ADD) {
        contact->lists |= job->step.list;
        if (forward) {
            msnp_contact_join(contact, job->step.group);
            msnp_contact_name_listed(contact);
        }
    } else if (!forward) {
        contact->lists &= ~job->step.list;
    } else if (job->step.group == 0) {
        news |= contact->online ? MSNP_NEW_PRESENCE : 0;
        msnp_contact_forget(contact);
    } else {
        msnp_contact_leave(contact, job->step.group);
    }
    ns_report_contact(ns, contact, news);
}

static void apply_setting(msnp_ns *ns, ns_job *job)
{
    const msnp_edit *edit = &job->edit;

    if (edit->kind == MSNP_EDIT_ALLOW_UNLISTED) {
        ns->roster->allow_unlisted = edit->on;
    } else if (edit->kind == MSNP_EDIT_PROMPT_ON_ADD) {
        ns->roster->prompt_on_add = edit->on;
    } else if (edit->kind == MSNP_EDIT_PAGES) {
        ns->roster->pages = edit->on;
    } else {
        g_free(ns->roster->phones[edit->phone]);
        ns->roster->phones[edit->phone] = *edit->text != '\0' ? g_strdup(edit->text) : NULL;
    }
}

/* The pending command succeeded: applies it to the roster. */
static void apply(msnp_ns *ns, ns_job *job)
{
    switch (job->step.action) {
    case DO_ADD:
    case DO_REM:
        apply_list(ns, job);
        break;
    case DO_RENAME_GROUP:
        (void)msnp_roster_set_group(ns->roster, job->step.group, job->edit.to);
        break;
    case DO_REMOVE_GROUP:
        msnp_roster_remove_group(ns->roster, job->step.group);
        break;
    case DO_SETTING:
        apply_setting(ns, job);
        break;
    case DO_ADD_GROUP: /* only its reply has the id */
    case DO_NAME:
    case DO_NOTHING:
    case DO_FAIL:
        break;
    }
}

/* ADG id version name group 0 */
static bool apply_new_group(msnp_ns *ns, ns_job *job, const msnp_cmd *cmd)
{
    uint64_t id;

    if (!msnp_parse_uint(cmd->argv[3], UINT32_MAX, &id) || id == 0 ||
        !msnp_roster_set_group(ns->roster, (uint32_t)id, job->edit.to))
        return false;
    job->step.group = (uint32_t)id;
    return true;
}

/* PRP id version MOB N, although Y was asked: no phone is set up. */
static bool is_denied(const ns_job *job, const msnp_cmd *cmd)
{
    return job->edit.kind == MSNP_EDIT_PAGES && job->edit.on &&
           (cmd->argc < 4 || !msnp_str_is(cmd->argv[3], "Y"));
}

void ns_edit_got_answer(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    static const msnp_cause unusable = {MSNP_ERR_MALFORMED, 0};
    ns_job *job = g_queue_peek_head(&ns->edits);

    (void)now;
    if (!ns_answers(ns, cmd, cmd->name))
        return;
    job->waiting = false;
    if (is_denied(job, cmd)) {
        give_up(ns, job, unusable);
        return;
    }
    apply(ns, job);
    if (job->step.action != DO_ADD_GROUP || apply_new_group(ns, job, cmd))
        record(job);
    else if (!go_groupless(job, unusable))
        give_up(ns, job, unusable);
}

/* --- errors --------------------------------------------------------------------------------- */

typedef enum {
    REFUSED,   /* the edit fails */
    NO_CHANGE, /* counts as success */
    TRY_AGAIN  /* the roster was corrected: plan again */
} verdict;

/* The contact is on the opposite list; the roster did not have it there. */
static verdict opposite(msnp_ns *ns, ns_job *job)
{
    msnp_contact *contact = msnp_roster_ensure(ns->roster, msnp_str_of(job->edit.account));
    unsigned other = job->step.list == MSNP_LIST_ALLOW ? MSNP_LIST_BLOCK : MSNP_LIST_ALLOW;

    if (contact == NULL || job->step.list == MSNP_LIST_FORWARD || job->crossed)
        return REFUSED;
    job->crossed = true;
    contact->lists |= other;
    return TRY_AGAIN;
}

static void forget_group(msnp_ns *ns, uint32_t id)
{
    for (size_t i = 0; i < msnp_roster_size(ns->roster); i++) {
        const msnp_contact *contact = msnp_roster_at(ns->roster, i);
        if (msnp_contact_in_group(contact, id))
            ns_report_contact(ns, contact, MSNP_NEW_LISTS);
    }
    msnp_roster_remove_group(ns->roster, id);
}

/* The group does not exist any more. */
static verdict no_group(msnp_ns *ns, ns_job *job)
{
    if (job->step.group == 0 || job->step.action == DO_RENAME_GROUP)
        return REFUSED;
    forget_group(ns, job->step.group);
    if (job->edit.kind == MSNP_EDIT_MOVE && job->step.action == DO_REM)
        record(job);
    return TRY_AGAIN;
}

/* The name has a forbidden word: with every byte escaped it may pass (deviation 10). */
static verdict escaped(ns_job *job)
{
    char *name = msnp_name_encode(job->edit.text, true);
    bool again = !job->escape && *name != '\0' && strlen(name) <= MSNP_NAME_BYTES;

    g_free(name);
    job->escape = true;
    return again ? TRY_AGAIN : REFUSED;
}

static verdict judge(msnp_ns *ns, ns_job *job, unsigned number)
{
    bool adds = job->step.action == DO_ADD;
    bool removes = job->step.action == DO_REM;

    switch (number) {
    case MSNP_NUMBER_FORBIDDEN:
        return job->step.action == DO_NAME ? escaped(job) : REFUSED;
    case MSNP_NUMBER_THERE_ALREADY:
        return adds ? NO_CHANGE : REFUSED;
    case MSNP_NUMBER_NO_ACCOUNT: /* instead of 216: deviation 7 */
    case MSNP_NUMBER_NOT_THERE:
    case MSNP_NUMBER_NOT_IN_GROUP:
        return removes ? NO_CHANGE : REFUSED;
    case MSNP_NUMBER_MODE_ALREADY:
        return job->step.action == DO_SETTING ? NO_CHANGE : REFUSED;
    case MSNP_NUMBER_OPPOSITE_LIST:
        return adds ? opposite(ns, job) : REFUSED;
    case MSNP_NUMBER_NO_GROUP:
    case MSNP_NUMBER_BAD_GROUP:
        return no_group(ns, job);
    default:
        return REFUSED;
    }
}

/* It was done already. On the allow and block lists that was not our doing: do not undo it. */
static void take_as_done(msnp_ns *ns, ns_job *job)
{
    bool list = job->step.action == DO_ADD || job->step.action == DO_REM;

    apply(ns, job);
    if (!list || job->step.list == MSNP_LIST_FORWARD)
        record(job);
}

/*
 * A command without a reply may have had an effect. Assume that a removal or a block succeeded, so
 * that undoing restores the one and nobody who may be blocked is allowed again.
 */
static void assume_done(msnp_ns *ns, ns_job *job)
{
    bool removes = job->step.action == DO_REM;

    if (!removes && !(job->step.action == DO_ADD && job->step.list == MSNP_LIST_BLOCK))
        return;
    if (removes && job->step.list != MSNP_LIST_FORWARD)
        apply_list(ns, job);
    record(job);
}

void ns_edit_refused(msnp_ns *ns, unsigned number)
{
    ns_job *job = g_queue_peek_head(&ns->edits);
    msnp_cause why = {number != 0 ? MSNP_ERR_SERVER : MSNP_ERR_TIMEOUT, number};
    verdict result;

    if (job == NULL || !job->waiting)
        return;
    result = judge(ns, job, number);
    job->waiting = false;
    if (result == NO_CHANGE) {
        take_as_done(ns, job);
    } else if (result == REFUSED && !(job->step.action == DO_ADD_GROUP && go_groupless(job, why))) {
        if (number == 0 && job->failure.err == MSNP_OK)
            assume_done(ns, job);
        give_up(ns, job, why);
    }
}
