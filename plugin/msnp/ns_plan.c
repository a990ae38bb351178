/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The next command of an edit. Nothing here sends or changes anything: each kind of edit is a goal
 * that is compared with the roster, and so is each inverse when a failed edit is undone. The
 * journal has what the roster does not show.
 */
#include "codec.h"
#include "ns_edit_priv.h"

#include <string.h>

bool ns_plan_fits(const char *text, size_t max_chars)
{
    return text == NULL || (size_t)g_utf8_strlen(text, -1) <= max_chars;
}

static const ns_step nothing = {.action = DO_NOTHING};

static ns_step add_to(unsigned list, uint32_t group)
{
    return (ns_step){.action = DO_ADD, .list = list, .group = group};
}

static ns_step remove_from(unsigned list, uint32_t group)
{
    return (ns_step){.action = DO_REM, .list = list, .group = group};
}

uint32_t ns_plan_group_id(const msnp_ns *ns, const char *name)
{
    const msnp_group *group = name != NULL ? msnp_roster_group_named(ns->roster, name) : NULL;

    return group != NULL ? group->id : 0;
}

/* --- the journal ---------------------------------------------------------------------------- */

/* The last command of this kind, for this list (0: any); NULL if there was none. */
static const ns_step *last_done(const ns_job *job, ns_action action, unsigned list)
{
    for (guint i = job->journal->len; i-- > 0;) {
        const ns_step *done = &g_array_index(job->journal, ns_step, i);
        if (done->action == action && (list == 0 || done->list == list))
            return done;
    }
    return NULL;
}

/* The last time that the contact left a group, NULL if it did not. */
static const ns_step *last_left(const ns_job *job)
{
    return last_done(job, DO_REM, MSNP_LIST_FORWARD);
}

/* Has the contact joined a group, and left none since? */
static bool has_joined(const ns_job *job)
{
    const ns_step *joined = last_done(job, DO_ADD, MSNP_LIST_FORWARD);
    const ns_step *left = last_left(job);

    return joined != NULL && (left == NULL || joined > left);
}

/* --- goals ---------------------------------------------------------------------------------- */

/* The contact's group of this name, else any group of this name; 0 if there is none. */
static uint32_t own_group_id(const msnp_ns *ns, const msnp_contact *contact, const char *name)
{
    const msnp_group *own = name != NULL ? msnp_roster_group_of(ns->roster, contact, name) : NULL;

    return own != NULL ? own->id : ns_plan_group_id(ns, name);
}

/*
 * Adds a group. Whether its name is too long is for the server to say, unless no client would show
 * all of it.
 */
static ns_step plan_group(const char *name)
{
    if (!ns_plan_fits(name, MSNP_NAME_CHARS))
        return (ns_step){.action = DO_FAIL, .why = {MSNP_ERR_TOO_LONG, 0}};
    return (ns_step){.action = DO_ADD_GROUP};
}

static ns_step plan_allow(unsigned lists)
{
    if ((lists & MSNP_LIST_BLOCK) != 0)
        return remove_from(MSNP_LIST_BLOCK, 0);
    return (lists & MSNP_LIST_ALLOW) == 0 ? add_to(MSNP_LIST_ALLOW, 0) : nothing;
}

static ns_step plan_block(unsigned lists)
{
    if ((lists & MSNP_LIST_ALLOW) != 0)
        return remove_from(MSNP_LIST_ALLOW, 0);
    return (lists & MSNP_LIST_BLOCK) == 0 ? add_to(MSNP_LIST_BLOCK, 0) : nothing;
}

/*
 * The allow list comes first: otherwise Escargot sends no presence for the contact (deviation 3).
 */
static ns_step plan_add(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact)
{
    unsigned lists = contact != NULL ? contact->lists : 0;
    bool listed = (lists & MSNP_LIST_FORWARD) != 0;
    const char *name = job->groupless.err == MSNP_OK ? job->edit.to : NULL;
    uint32_t to = ns_plan_group_id(ns, name);

    /* The group comes last: it would be in vain if the account does not exist. */
    if (!listed && plan_allow(lists).action != DO_NOTHING)
        return plan_allow(lists);
    if (name != NULL && to == 0)
        return plan_group(name);
    if (!listed || (to != 0 && !msnp_contact_in_group(contact, to)))
        return add_to(MSNP_LIST_FORWARD, to);
    return nothing;
}

/*
 * After REM FL with a group, Escargot needs an ADD into a group that the contact is not in
 * (deviation 1). So a contact leaves its old group before it joins the new one. If there is no new
 * one, it leaves and rejoins a group in which it stays.
 */
static ns_step plan_rejoin(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact,
                           uint32_t group)
{
    if (!ns->renumbers || has_joined(job))
        return nothing;
    if (msnp_contact_in_group(contact, group))
        return (ns_step){
            .action = DO_REM, .list = MSNP_LIST_FORWARD, .group = group, .again = true};
    return add_to(MSNP_LIST_FORWARD, msnp_roster_group(ns->roster, group) != NULL ? group : 0);
}

/* A group in which the contact stays, 0 if there is none. */
static uint32_t rest_of(const msnp_contact *contact, const ns_step *left)
{
    if (left->again)
        return left->group;
    return msnp_contact_n_groups(contact) > 0 ? msnp_contact_group_at(contact, 0) : 0;
}

static ns_step plan_remove(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact)
{
    const ns_step *left = last_left(job);
    uint32_t from;

    if (contact == NULL || (contact->lists & MSNP_LIST_FORWARD) == 0)
        return nothing;
    /* Two groups can share a name. A contact in no group is removed wherever it is shown. */
    from = own_group_id(ns, contact, job->edit.from);
    if (from != 0 && msnp_contact_in_group(contact, from))
        return remove_from(MSNP_LIST_FORWARD, msnp_contact_n_groups(contact) > 1 ? from : 0);
    if (left != NULL)
        return plan_rejoin(ns, job, contact, rest_of(contact, left));
    return msnp_contact_n_groups(contact) == 0 ? remove_from(MSNP_LIST_FORWARD, 0) : nothing;
}

static ns_step plan_move(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact)
{
    uint32_t to = ns_plan_group_id(ns, job->edit.to);
    bool listed = contact != NULL && (contact->lists & MSNP_LIST_FORWARD) != 0;
    uint32_t from;

    /* Moving does not add a contact that is not on the list. */
    if (!listed && last_left(job) == NULL)
        return nothing;
    if (job->edit.to != NULL && to == 0)
        return plan_group(job->edit.to);
    if (!listed)
        return add_to(MSNP_LIST_FORWARD, to);
    from = own_group_id(ns, contact, job->edit.from);
    if (from != 0 && from != to && msnp_contact_in_group(contact, from))
        return remove_from(MSNP_LIST_FORWARD, from);
    /* Even if it is in no group now: a server may have removed it together with its last group. */
    if (!has_joined(job) &&
        (to == 0 ? last_left(job) != NULL : !msnp_contact_in_group(contact, to)))
        return add_to(MSNP_LIST_FORWARD, to);
    return to != 0 && last_left(job) != NULL ? plan_rejoin(ns, job, contact, to) : nothing;
}

static ns_step plan_rename(const msnp_ns *ns, const ns_job *job)
{
    const msnp_group *group = msnp_roster_group_named(ns->roster, job->edit.from);

    if (group == NULL || strcmp(job->edit.from, job->edit.to) == 0)
        return nothing;
    if (plan_group(job->edit.to).action == DO_FAIL)
        return plan_group(job->edit.to);
    return (ns_step){.action = DO_RENAME_GROUP, .group = group->id};
}

static ns_step plan_remove_group(const msnp_ns *ns, const ns_job *job)
{
    uint32_t id = ns_plan_group_id(ns, job->edit.from);

    if (id == 0)
        return nothing;
    /* RMG may delete its contacts (deviation 9), even those that we do not know of. */
    if (!ns->complete)
        return (ns_step){.action = DO_FAIL, .why = {MSNP_ERR_INCOMPLETE, 0}};
    /* The error that a server would send. */
    if (msnp_roster_group_in_use(ns->roster, id))
        return (ns_step){.action = DO_FAIL, .why = {MSNP_ERR_SERVER, MSNP_NUMBER_GROUP_NOT_EMPTY}};
    return (ns_step){.action = DO_REMOVE_GROUP, .group = id};
}

/* --- undoing -------------------------------------------------------------------------------- */

/* Back into the group that it moved out of, or left only to rejoin. */
static ns_step undo_leave(const msnp_ns *ns, const ns_job *job, const ns_step *done)
{
    if (has_joined(job))
        return nothing;
    if (job->edit.kind == MSNP_EDIT_MOVE)
        return add_to(MSNP_LIST_FORWARD, ns_plan_group_id(ns, job->edit.from));
    if (done->again && msnp_roster_group(ns->roster, done->group) != NULL)
        return add_to(MSNP_LIST_FORWARD, done->group);
    return nothing;
}

/* Off the list that it was added to, or back onto the one that it was removed from. */
static ns_step undo_list(const msnp_ns *ns, const ns_job *job, const ns_step *done, unsigned lists)
{
    bool adds = done->action == DO_ADD;

    if (done->list == MSNP_LIST_FORWARD)
        return adds ? nothing : undo_leave(ns, job, done);
    if (done->list == MSNP_LIST_BLOCK)
        return adds ? nothing : plan_block(lists);
    if (adds)
        return (lists & MSNP_LIST_ALLOW) != 0 ? remove_from(MSNP_LIST_ALLOW, 0) : nothing;
    /* Do not allow somebody who is or may be blocked now. */
    return last_done(job, DO_ADD, MSNP_LIST_BLOCK) != NULL ? nothing : plan_allow(lists);
}

static ns_step undo_new_group(const msnp_ns *ns, const ns_job *job)
{
    const ns_step *made = last_done(job, DO_ADD_GROUP, 0);

    /* Unless all contacts are known, it may have contacts (deviation 9). */
    if (made == NULL || !ns->complete || msnp_roster_group(ns->roster, made->group) == NULL ||
        msnp_roster_group_in_use(ns->roster, made->group))
        return nothing;
    return (ns_step){.action = DO_REMOVE_GROUP, .group = made->group};
}

/* The last command first, but the group at the end: contacts matter more. */
static ns_step plan_undo(const msnp_ns *ns, const ns_job *job, const msnp_contact *contact)
{
    ns_step step = nothing;

    for (guint i = job->undo; i-- > 0 && step.action == DO_NOTHING;) {
        const ns_step *done = &g_array_index(job->journal, ns_step, i);
        if (done->action == DO_ADD || done->action == DO_REM)
            step = undo_list(ns, job, done, contact != NULL ? contact->lists : 0);
    }
    if (step.action == DO_NOTHING)
        step = undo_new_group(ns, job);
    if (step.action == DO_NOTHING)
        step = (ns_step){.action = DO_FAIL, .why = job->failure};
    return step;
}

ns_step ns_plan(const msnp_ns *ns, const ns_job *job)
{
    const msnp_edit *edit = &job->edit;
    const msnp_contact *contact = NULL;

    if (edit->account != NULL)
        contact = msnp_roster_find(ns->roster, msnp_str_of(edit->account));
    if (job->failure.err != MSNP_OK)
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
        return last_done(job, DO_NAME, 0) != NULL ? nothing : (ns_step){.action = DO_NAME};
    case MSNP_EDIT_PHONE:
        return last_done(job, DO_SETTING, 0) != NULL ? nothing : (ns_step){.action = DO_SETTING};
    case MSNP_EDIT_ALLOW_UNLISTED:
        return edit->on == ns->roster->allow_unlisted ? nothing : (ns_step){.action = DO_SETTING};
    case MSNP_EDIT_PROMPT_ON_ADD:
        return edit->on == ns->roster->prompt_on_add ? nothing : (ns_step){.action = DO_SETTING};
    case MSNP_EDIT_PAGES:
        return edit->on == ns->roster->pages ? nothing : (ns_step){.action = DO_SETTING};
    case MSNP_N_EDITS:
        break;
    }
    return nothing;
}
