/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user wants to be changed on the server.
 *
 * One edit is worked at at a time, one command of it waits at a time. An edit is a goal, not a list
 * of commands: plan() compares it with the roster and names the command that is missing; its answer
 * changes the roster, and plan() is asked again. So an edit goes on where it was after a move to
 * another server, and an error number that says "that is so already" is as good as an answer.
 */
#include "codec.h"
#include "ns_priv.h"

#include <string.h>

#define GROUP_NOT_EMPTY 227 /* what a server would answer to RMG */

#define COMMANDS_UNDO 8  /* for taking back what was half done */
#define COMMANDS_MAX  10 /* of one edit; more means that the server's answers have no effect */

typedef enum {
    DO_NOTHING, /* the goal is reached */
    DO_FAIL,    /* it cannot be reached: err, number */
    DO_ADD,     /* list, group (0: without) */
    DO_REM,     /* list, group (0: without) */
    DO_ADD_GROUP,
    DO_RENAME_GROUP,
    DO_REMOVE_GROUP,
    DO_NAME,
    DO_SETTING /* BLP, GTC, PRP */
} action;

typedef struct {
    action action;
    unsigned list;
    uint32_t group;
    msnp_err err;
    unsigned number;
} step;

typedef struct {
    msnp_edit edit; /* its strings are owned */
    step step;      /* the command that waits for its answer */
    bool waiting;
    unsigned commands; /* sent so far */
    bool left;         /* the contact is out of a group... */
    uint32_t rest;     /* ...and this is the one it stays in */
    bool joined;       /* and was put into the other */
    uint32_t made;     /* a group that was made for this edit */
    bool blocked;      /* it may be on the block list by now: nobody answered */
    bool given;        /* the contact was put on the allow list */
    unsigned taken;    /* the list, allow or block, that the contact was taken off */
    bool undoing;      /* it failed: what is half done is taken back */
    bool homeless;     /* the contact has to go back into the group that it left */
    msnp_err err;      /* why it failed, and the error number */
    unsigned number;
    bool crossed; /* it was on the opposite list, which we did not know */
    bool escape;  /* the name was refused: try it with every byte escaped */
    bool set;     /* the name or the number was taken */
} ns_job;

/* --- the queue ------------------------------------------------------------------------------ */

/* Names are kept as the server's would be; the caller frees it. */
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
    return job;
}

static void job_free(gpointer data)
{
    ns_job *job = data;

    g_free((char *)job->edit.account);
    g_free((char *)job->edit.from);
    g_free((char *)job->edit.to);
    g_free((char *)job->edit.text);
    g_free(job);
}

static void tell(msnp_ns *ns, const msnp_edit *edit, msnp_err err, unsigned number)
{
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_EDITED, .edited = {*edit, err, number}});
}

/* Ends the first edit. */
static void finish(msnp_ns *ns, msnp_err err, unsigned number)
{
    ns_job *job = g_queue_pop_head(&ns->edits);

    tell(ns, &job->edit, err, number);
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

/* --- texts ---------------------------------------------------------------------------------- */

/* The encoded text, NULL if it is longer than `cap` bytes; the caller frees it. */
static char *encoded(const char *text, size_t cap, bool all)
{
    msnp_buf out;
    char *result = NULL;

    msnp_buf_init(&out, cap, false);
    if ((all ? msnp_percent_encode_all(&out, text) : msnp_percent_encode(&out, text)) == MSNP_OK)
        result = msnp_str_dup(msnp_buf_view(&out));
    msnp_buf_clear(&out);
    return result;
}

static bool fits(const char *text, size_t cap)
{
    char *code = text != NULL ? encoded(text, cap, false) : NULL;
    bool ok = text == NULL || code != NULL;

    g_free(code);
    return ok;
}

/* Has it all that its kind needs? Then `from` and `to` of a group are no mere blanks. */
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
    case MSNP_EDIT_STRANGERS:
    case MSNP_EDIT_ASK:
    case MSNP_N_EDITS:
        return true;
    }
    return (edit->from == NULL || *edit->from != '\0') && (edit->to == NULL || *edit->to != '\0');
}

static msnp_err check(const msnp_edit *edit)
{
    size_t cap = edit->kind == MSNP_EDIT_PHONE ? MSNP_PHONE_BYTES : MSNP_NAME_BYTES;

    if (!is_whole(edit))
        return MSNP_ERR_MALFORMED;
    if (edit->account != NULL && !msnp_account_valid(edit->account))
        return MSNP_ERR_ACCOUNT;
    return fits(edit->text, cap) ? MSNP_OK : MSNP_ERR_TOO_LONG;
}

/* --- planning ------------------------------------------------------------------------------- */

static const step nothing = {.action = DO_NOTHING};

static step add_to(unsigned list, uint32_t group)
{
    return (step){.action = DO_ADD, .list = list, .group = group};
}

static step remove_from(unsigned list, uint32_t group)
{
    return (step){.action = DO_REM, .list = list, .group = group};
}

/* The id of a group, 0 if there is none of that name (or none is meant). */
static uint32_t group_id(const msnp_ns *ns, const char *name)
{
    const msnp_group *group = name != NULL ? msnp_roster_group_named(ns->roster, name) : NULL;

    return group != NULL ? group->id : 0;
}

/* What the contact's group of this name is, else any of that name. */
static uint32_t own_group_id(const msnp_ns *ns, const msnp_contact *contact, const char *name)
{
    for (size_t i = 0; name != NULL && i < msnp_contact_n_groups(contact); i++) {
        const msnp_group *group = msnp_roster_group(ns->roster, msnp_contact_group_at(contact, i));
        if (group != NULL && strcmp(group->name, name) == 0)
            return group->id;
    }
    return group_id(ns, name);
}

/* What is wrong with making a group of this name; the number of a group is all that is sent later.
 */
static step plan_group(const char *name)
{
    if (!fits(name, MSNP_GROUP_BYTES))
        return (step){.action = DO_FAIL, .err = MSNP_ERR_TOO_LONG};
    return (step){.action = DO_ADD_GROUP};
}

static step plan_allow(unsigned lists)
{
    if ((lists & MSNP_LIST_BLOCK) != 0)
        return remove_from(MSNP_LIST_BLOCK, 0);
    return (lists & MSNP_LIST_ALLOW) == 0 ? add_to(MSNP_LIST_ALLOW, 0) : nothing;
}

static step plan_block(unsigned lists)
{
    if ((lists & MSNP_LIST_ALLOW) != 0)
        return remove_from(MSNP_LIST_ALLOW, 0);
    return (lists & MSNP_LIST_BLOCK) == 0 ? add_to(MSNP_LIST_BLOCK, 0) : nothing;
}

/*
 * First the allow list: some servers do not tell of the presence of a contact that was on no list
 * before it came to this one.
 */
static step plan_add(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact)
{
    unsigned lists = contact != NULL ? contact->lists : 0;
    bool listed = (lists & MSNP_LIST_FORWARD) != 0;
    uint32_t to = group_id(ns, job->edit.to);

    step group = job->edit.to != NULL && to == 0 ? plan_group(job->edit.to) : nothing;

    /* The group last, and so not in vain where the account does not exist. */
    if (group.action == DO_FAIL)
        return group;
    if (!listed && plan_allow(lists).action != DO_NOTHING)
        return plan_allow(lists);
    if (group.action != DO_NOTHING)
        return group;
    if (!listed || (to != 0 && !msnp_contact_in_group(contact, to)))
        return add_to(MSNP_LIST_FORWARD, to);
    return nothing;
}

/*
 * Some servers take REM FL with a group for a removal as far as the other person's list is
 * concerned, and only an ADD to a group in which the contact is not puts that right. So a contact
 * leaves its group before it joins the other; and where nothing is to be joined, it leaves and
 * joins one in which it is to stay.
 */
static step plan_rejoin(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact,
                        uint32_t rest)
{
    if (!ns->renumbers || !job->left || job->joined)
        return nothing;
    if (msnp_contact_in_group(contact, rest))
        return remove_from(MSNP_LIST_FORWARD, rest);
    return add_to(MSNP_LIST_FORWARD, msnp_roster_group(ns->roster, rest) != NULL ? rest : 0);
}

static step plan_remove(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact)
{
    uint32_t from;

    if (contact == NULL || (contact->lists & MSNP_LIST_FORWARD) == 0)
        return nothing;
    /* Two groups can have one name. And who is in none is wherever the user sees it. */
    from = own_group_id(ns, contact, job->edit.from);
    if (from != 0 && msnp_contact_in_group(contact, from))
        return remove_from(MSNP_LIST_FORWARD, msnp_contact_n_groups(contact) > 1 ? from : 0);
    if (job->left)
        return plan_rejoin(ns, job, contact, job->rest);
    return msnp_contact_n_groups(contact) == 0 ? remove_from(MSNP_LIST_FORWARD, 0) : nothing;
}

/* Back to the allow or block list from which the contact was taken, off the one it was put on. */
static step plan_lists_back(const ns_job *job, unsigned lists)
{
    if (job->taken == MSNP_LIST_BLOCK)
        return plan_block(lists);
    /* Who may be blocked by now is not to be allowed again. */
    if (job->taken == MSNP_LIST_ALLOW && !job->blocked)
        return plan_allow(lists);
    return job->given && (lists & MSNP_LIST_ALLOW) != 0 ? remove_from(MSNP_LIST_ALLOW, 0) : nothing;
}

static step plan_undo(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact)
{
    step back = plan_lists_back(job, contact != NULL ? contact->lists : 0);

    if (back.action != DO_NOTHING)
        return back;
    if (job->homeless && !job->joined)
        return add_to(MSNP_LIST_FORWARD, group_id(ns, job->edit.from));
    if (ns->complete && msnp_roster_group(ns->roster, job->made) != NULL &&
        !msnp_roster_group_in_use(ns->roster, job->made))
        return (step){.action = DO_REMOVE_GROUP, .group = job->made};
    return (step){.action = DO_FAIL, .err = job->err, .number = job->number};
}

static step plan_move(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact)
{
    uint32_t to = group_id(ns, job->edit.to);
    bool listed = contact != NULL && (contact->lists & MSNP_LIST_FORWARD) != 0;
    uint32_t from;

    /* To move somebody is no wish to have somebody on the list. */
    if (!listed && !job->left)
        return nothing;
    if (job->edit.to != NULL && to == 0)
        return plan_group(job->edit.to);
    if (!listed)
        return add_to(MSNP_LIST_FORWARD, to);
    from = own_group_id(ns, contact, job->edit.from);
    if (from != 0 && from != to && msnp_contact_in_group(contact, from))
        return remove_from(MSNP_LIST_FORWARD, from);
    /* Also where it is in no group by now: other servers took it off the list with its last one. */
    if (!job->joined && (to == 0 ? job->left : !msnp_contact_in_group(contact, to)))
        return add_to(MSNP_LIST_FORWARD, to);
    return to != 0 ? plan_rejoin(ns, job, contact, to) : nothing;
}

static step plan_rename(const msnp_ns *ns, const ns_job *job)
{
    const msnp_group *group = msnp_roster_group_named(ns->roster, job->edit.from);

    if (group == NULL || strcmp(job->edit.from, job->edit.to) == 0)
        return nothing;
    if (plan_group(job->edit.to).action == DO_FAIL)
        return plan_group(job->edit.to);
    return (step){.action = DO_RENAME_GROUP, .group = group->id};
}

static step plan_remove_group(const msnp_ns *ns, const ns_job *job)
{
    uint32_t id = group_id(ns, job->edit.from);

    if (id == 0)
        return nothing;
    /* Some servers would remove the contacts with it, also those that we do not know of. */
    if (!ns->complete)
        return (step){.action = DO_FAIL, .err = MSNP_ERR_INCOMPLETE};
    if (msnp_roster_group_in_use(ns->roster, id))
        return (step){.action = DO_FAIL, .err = MSNP_ERR_SERVER, .number = GROUP_NOT_EMPTY};
    return (step){.action = DO_REMOVE_GROUP, .group = id};
}

static step plan(const msnp_ns *ns, const ns_job *job)
{
    const msnp_edit *edit = &job->edit;
    const msnp_contact *contact = NULL;

    if (edit->account != NULL)
        contact = msnp_roster_find(ns->roster, msnp_str_of(edit->account));
    if (job->undoing)
        return plan_undo(ns, job, contact);
    switch (edit->kind) {
    case MSNP_EDIT_ADD:
        return plan_add(ns, job, contact);
    case MSNP_EDIT_REMOVE:
        return plan_remove(ns, job, contact);
    case MSNP_EDIT_MOVE:
        return plan_move(ns, job, contact);
    case MSNP_EDIT_ALLOW:
        return plan_allow(contact != NULL ? contact->lists : 0);
    case MSNP_EDIT_BLOCK:
        return plan_block(contact != NULL ? contact->lists : 0);
    case MSNP_EDIT_RENAME_GROUP:
        return plan_rename(ns, job);
    case MSNP_EDIT_REMOVE_GROUP:
        return plan_remove_group(ns, job);
    case MSNP_EDIT_NAME:
        return job->set ? nothing : (step){.action = DO_NAME};
    case MSNP_EDIT_PHONE:
        return job->set ? nothing : (step){.action = DO_SETTING};
    case MSNP_EDIT_STRANGERS:
        return edit->on == ns->roster->strangers ? nothing : (step){.action = DO_SETTING};
    case MSNP_EDIT_ASK:
        return edit->on == ns->roster->ask ? nothing : (step){.action = DO_SETTING};
    case MSNP_N_EDITS:
        break;
    }
    return nothing;
}

/* --- asking --------------------------------------------------------------------------------- */

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
    char *name = known != NULL ? encoded(known, MSNP_NAME_BYTES, false) : NULL;
    bool adds = job->step.action == DO_ADD;
    const char *args[5] = {list_code(job->step.list), account};
    size_t n = 2;
    char group[16];

    g_snprintf(group, sizeof group, "%u", job->step.group);
    if (adds)
        args[n++] = name != NULL ? name : account;
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
    /* Checked when the edit was taken. */
    char *name = job->edit.to != NULL ? encoded(job->edit.to, MSNP_GROUP_BYTES, false) : NULL;
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
    char *name = *text != '\0' ? encoded(text, MSNP_NAME_BYTES, job->escape) : NULL;
    const char *const args[] = {ns->handle, name != NULL ? name : ns->handle, NULL};

    ask(ns, now, "REA", args);
    g_free(name);
}

/* BLP AL, GTC A, PRP item [value] */
static void ask_setting(msnp_ns *ns, const ns_job *job, int64_t now)
{
    const msnp_edit *edit = &job->edit;
    const char *const strangers[] = {edit->on ? "AL" : "BL", NULL};
    const char *const asking[] = {edit->on ? "A" : "N", NULL};

    if (edit->kind == MSNP_EDIT_STRANGERS) {
        ask(ns, now, "BLP", strangers);
    } else if (edit->kind == MSNP_EDIT_ASK) {
        ask(ns, now, "GTC", asking);
    } else {
        char *value = encoded(edit->text, MSNP_PHONE_BYTES, false);
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
 * A group that is to be called like another one becomes one with it: each contact moves over, and
 * the empty group goes.
 */
static void expand_merge(msnp_ns *ns, const msnp_edit *rename)
{
    uint32_t id = group_id(ns, rename->from);
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
    return edit->kind == MSNP_EDIT_RENAME_GROUP && group_id(ns, edit->from) != 0 &&
           group_id(ns, edit->to) != 0 && group_id(ns, edit->from) != group_id(ns, edit->to);
}

/*
 * The first edit cannot be done: takes back what was, then it fails. If not even that goes, the
 * next sign-in will show how things are.
 */
static void give_up(msnp_ns *ns, ns_job *job, msnp_err err, unsigned number)
{
    if (job->undoing) {
        finish(ns, job->err, job->number);
        return;
    }
    job->undoing = true;
    job->homeless = job->edit.kind == MSNP_EDIT_MOVE && job->left && !job->joined;
    job->err = err;
    job->number = number;
}

void ns_edit_run(msnp_ns *ns, int64_t now)
{
    ns_job *job;

    while (ns->step == MSNP_STEP_ONLINE && ns->synced &&
           (job = g_queue_peek_head(&ns->edits)) != NULL && !job->waiting) {
        if (is_merge(ns, &job->edit)) {
            expand_merge(ns, &job->edit);
            finish(ns, MSNP_OK, 0);
            continue;
        }
        job->step = plan(ns, job);
        if (job->step.action == DO_NOTHING)
            finish(ns, MSNP_OK, 0);
        else if (job->step.action == DO_FAIL)
            finish(ns, job->step.err, job->step.number);
        else if (job->commands >= COMMANDS_MAX + (job->undoing ? COMMANDS_UNDO : 0))
            give_up(ns, job, MSNP_ERR_MALFORMED, 0);
        else
            start(ns, job, now);
    }
}

void msnp_ns_edit(msnp_ns *ns, const msnp_edit *edit, int64_t now)
{
    ns_job *job;
    msnp_err err;

    if (ns->step == MSNP_STEP_OFFLINE)
        return;
    job = job_new(edit);
    err = check(&job->edit);
    if (err == MSNP_OK && ns->edits.length >= MSNP_EDITS_MAX)
        err = MSNP_ERR_TOO_LONG;
    if (err != MSNP_OK) {
        tell(ns, &job->edit, err, 0);
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

/* --- answers -------------------------------------------------------------------------------- */

/* The contact of the first edit is on this list (and in this group) now, or is not any more. */
static void apply_list(msnp_ns *ns, ns_job *job)
{
    msnp_contact *contact = msnp_roster_ensure(ns->roster, msnp_str_of(job->edit.account));
    bool forward = job->step.list == MSNP_LIST_FORWARD;
    unsigned news = MSNP_NEW_LISTS;

    if (contact == NULL)
        return; /* the roster is full: the goal will not be reached, and the edit fail */
    if (job->step.action == DO_ADD) {
        contact->lists |= job->step.list;
        if (forward)
            msnp_contact_join(contact, job->step.group);
        job->joined = job->joined || forward;
    } else if (!forward) {
        contact->lists &= ~job->step.list;
    } else if (job->step.group == 0) {
        news |= contact->online ? MSNP_NEW_PRESENCE : 0;
        msnp_contact_forget(contact);
    } else {
        msnp_contact_leave(contact, job->step.group);
        if (!job->left && msnp_contact_n_groups(contact) > 0)
            job->rest = msnp_contact_group_at(contact, 0);
        job->left = true;
    }
    ns_tell_contact(ns, contact, news);
}

static void apply_setting(msnp_ns *ns, ns_job *job)
{
    const msnp_edit *edit = &job->edit;

    if (edit->kind == MSNP_EDIT_STRANGERS) {
        ns->roster->strangers = edit->on;
    } else if (edit->kind == MSNP_EDIT_ASK) {
        ns->roster->ask = edit->on;
    } else {
        g_free(ns->roster->phones[edit->phone]);
        ns->roster->phones[edit->phone] = *edit->text != '\0' ? g_strdup(edit->text) : NULL;
        job->set = true;
    }
}

/* What the first edit asked for is so now. */
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
    case DO_NAME:
        job->set = true;
        break;
    case DO_SETTING:
        apply_setting(ns, job);
        break;
    case DO_ADD_GROUP: /* only its answer tells the id */
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
    job->made = (uint32_t)id;
    return true;
}

/* What the edit did to the allow and block lists, for if it comes to nothing. */
static void remember_lists(ns_job *job)
{
    if (job->undoing || job->step.list == MSNP_LIST_FORWARD)
        return;
    if (job->step.action == DO_REM)
        job->taken = job->step.list;
    else if (job->step.action == DO_ADD && job->step.list == MSNP_LIST_ALLOW)
        job->given = true;
}

static void answered(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    ns_job *job = g_queue_peek_head(&ns->edits);

    job->waiting = false;
    apply(ns, job);
    remember_lists(job);
    if (job->step.action == DO_ADD_GROUP && !apply_new_group(ns, job, cmd))
        finish(ns, MSNP_ERR_MALFORMED, 0);
    ns_edit_run(ns, now);
}

static bool is_one_of(const msnp_cmd *cmd, const char *const *names)
{
    return g_strv_contains(names, cmd->name);
}

void ns_got_edit(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    static const char *const lists[] = {"ADD", "REM", NULL};
    static const char *const settings[] = {"GTC", "BLP", "PRP", NULL};
    bool list = is_one_of(cmd, lists);
    uint32_t id;

    if (!msnp_cmd_trid(cmd, &id) && is_one_of(cmd, settings))
        ns_got_setting(ns, cmd);
    else if (!msnp_cmd_trid(cmd, &id))
        return;
    else if (list && id == 0 && msnp_str_is(cmd->argv[1], "RL"))
        ns_got_reverse(ns, cmd, cmd->name[0] == 'A');
    else if (ns_answers(ns, cmd, cmd->name))
        answered(ns, cmd, now);
}

/* --- refusals ------------------------------------------------------------------------------- */

typedef enum {
    REFUSED,    /* that is how it ends */
    SO_ALREADY, /* as good as an answer */
    TRY_AGAIN   /* the roster was put right: the plan is another one now */
} verdict;

/* 219: the contact is on the opposite list, which we did not know. */
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
            ns_tell_contact(ns, contact, MSNP_NEW_LISTS);
    }
    msnp_roster_remove_group(ns->roster, id);
}

/* 224: there is no such group any more. */
static verdict no_group(msnp_ns *ns, ns_job *job)
{
    if (job->step.group == 0 || job->step.action == DO_RENAME_GROUP)
        return REFUSED;
    forget_group(ns, job->step.group);
    job->left = job->left || (job->edit.kind == MSNP_EDIT_MOVE && job->step.action == DO_REM);
    return TRY_AGAIN;
}

/* 209: a word in the name is forbidden; servers that look for it before they decode can be had. */
static verdict escaped(ns_job *job)
{
    char *name = encoded(job->edit.text, MSNP_NAME_BYTES, true);
    bool again = !job->escape && name != NULL && *name != '\0';

    g_free(name);
    job->escape = true;
    return again ? TRY_AGAIN : REFUSED;
}

static verdict judge(msnp_ns *ns, ns_job *job, unsigned number)
{
    bool adds = job->step.action == DO_ADD;
    bool removes = job->step.action == DO_REM;

    switch (number) {
    case 209: /* forbidden word, or an address that was never verified */
        return job->step.action == DO_NAME ? escaped(job) : REFUSED;
    case 215: /* on that list, in that group already */
        return adds ? SO_ALREADY : REFUSED;
    case 205: /* no such account: some servers say that of one that is not on the list */
    case 216: /* not on that list */
    case 225: /* not in that group */
        return removes ? SO_ALREADY : REFUSED;
    case 218: /* in that mode already */
        return job->step.action == DO_SETTING ? SO_ALREADY : REFUSED;
    case 219:
        return adds ? opposite(ns, job) : REFUSED;
    case 224:
    case 231:
        return no_group(ns, job);
    default:
        return REFUSED;
    }
}

/* What nobody confirmed may have been done: a removal is to be taken back as if it had been. */
static void assume_lost(msnp_ns *ns, ns_job *job)
{
    if (job->step.action == DO_ADD && job->step.list == MSNP_LIST_BLOCK)
        job->blocked = true;
    if (job->step.action != DO_REM || job->undoing)
        return;
    if (job->step.list == MSNP_LIST_FORWARD) {
        job->left = job->edit.kind == MSNP_EDIT_MOVE;
    } else {
        apply_list(ns, job);
        job->taken = job->step.list;
    }
}

void ns_edit_refused(msnp_ns *ns, unsigned number, int64_t now)
{
    ns_job *job = g_queue_peek_head(&ns->edits);
    verdict result;

    if (job == NULL || !job->waiting)
        return;
    result = judge(ns, job, number);
    job->waiting = false;
    if (result == SO_ALREADY) {
        apply(ns, job);
    } else if (result == REFUSED) {
        if (number == 0)
            assume_lost(ns, job);
        give_up(ns, job, number != 0 ? MSNP_ERR_SERVER : MSNP_ERR_TIMEOUT, number);
    }
    ns_edit_run(ns, now);
}
