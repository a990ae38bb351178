/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event.h"

#include <stddef.h>

#define AT(member) offsetof(msnp_event, member)

/* A kind of event: its name, and the offsets of the strings that it owns. */
typedef struct {
    const char *name;
    uint8_t strings[6]; /* offsets; 0 ends them */
} row;
G_STATIC_ASSERT(sizeof(msnp_event) <= UINT8_MAX);

#define ROW(type, ...) [MSNP_EVENT_##type] = {.name = #type, __VA_ARGS__}

static const row rows[] = {
    ROW(CONNECT, .strings = {AT(connect.host)}),
    ROW(WRITE), /* taken */
    ROW(CLOSE),
    ROW(PASSWORD),
    ROW(STATUS_WANTED),
    ROW(CACHED),
    ROW(STEP, .strings = {AT(step.host)}),
    ROW(SIGNED_IN, .strings = {AT(signed_in.handle), AT(signed_in.friendly)}),
    ROW(ONLINE),
    ROW(STATUS),
    ROW(STATUS_FAILED),
    ROW(ROSTER),
    ROW(SETTING),
    ROW(CONTACT, .strings = {AT(contact.account)}),
    ROW(EDITED), /* own_edit() */
    ROW(PAGED, .strings = {AT(paged.who), AT(paged.text)}),
    ROW(MOVED),
    ROW(SHUTDOWN),
    ROW(MAILBOX),
    ROW(MAIL, .strings = {AT(mail.from), AT(mail.address), AT(mail.subject), AT(mail.url)}),
    ROW(INBOX),
    ROW(FAILED, .strings = {AT(failure.host), AT(failure.text)}),
    ROW(TRACE, .strings = {AT(trace.text)}),
    ROW(MESSAGE, .strings = {AT(message.conversation.who), AT(message.who), AT(message.name),
                             AT(message.speaker), AT(message.text)}),
    ROW(TYPING, .strings = {AT(message.conversation.who), AT(message.who), AT(message.name)}),
    ROW(UNDELIVERED, .strings = {AT(undelivered.conversation.who), AT(undelivered.text)}),
    ROW(CHAT_BEGUN, .strings = {AT(begun.from)}),
    ROW(CHAT_JOINED, .strings = {AT(chat_member.account), AT(chat_member.name)}),
    ROW(CHAT_LEFT, .strings = {AT(chat_member.account), AT(chat_member.name)}),
    ROW(CHAT_CALL_FAILED, .strings = {AT(chat_call_failed.account)}),
    ROW(LISTEN),
    ROW(FILE_OFFERED, .strings = {AT(file.who), AT(file.name), AT(file.file)}),
    ROW(FILE_STARTED),
    ROW(FILE_WANTED),
    ROW(FILE_REWIND),
    ROW(FILE_DATA), /* taken */
    ROW(FILE_COMPLETE),
    ROW(FILE_OTHER_WAY),
    ROW(FILE_ENDED),
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) == MSNP_N_EVENTS);

const char *msnp_event_name(msnp_event_type type)
{
    return (size_t)type < G_N_ELEMENTS(rows) ? rows[type].name : "UNKNOWN";
}

/*
 * Copies what the event points to (`copy`), or frees those copies. All are wiped, so that this need
 * not know which are secret.
 */
static void own_strings(msnp_event *event, bool copy)
{
    const uint8_t *at = rows[event->type].strings;

    for (size_t i = 0; i < G_N_ELEMENTS(rows[0].strings) && at[i] != 0; i++) {
        const char **text = (const char **)((char *)event + at[i]);
        if (copy)
            *text = g_strdup(*text);
        else
            msnp_secret_free((char *)*text);
    }
    if (event->type == MSNP_EVENT_EDITED && copy)
        event->edited.edit = msnp_edit_copy(&event->edited.edit);
    else if (event->type == MSNP_EVENT_EDITED)
        msnp_edit_clear(&event->edited.edit);
}

/* Frees a queued event. NULL is fine. */
static void queued_free(gpointer data)
{
    msnp_event *event = data;

    if (event == NULL)
        return;
    own_strings(event, false);
    /* Data of files is no secret, and there is much of it. */
    if (event->type == MSNP_EVENT_WRITE && !event->write.file)
        msnp_wipe((char *)event->write.data, event->write.len);
    if (event->type == MSNP_EVENT_WRITE)
        g_free((char *)event->write.data);
    else if (event->type == MSNP_EVENT_FILE_DATA)
        g_free((char *)event->file.data);
    g_free(event);
}

void msnp_event_queue_init(msnp_event_queue *queue)
{
    *queue = (msnp_event_queue){0};
    g_queue_init(&queue->waiting);
    g_queue_init(&queue->aside);
}

void msnp_event_queue_set_aside(msnp_event_queue *queue)
{
    if (queue->current != NULL)
        g_queue_push_tail(&queue->aside, g_steal_pointer(&queue->current));
}

void msnp_event_queue_clear(msnp_event_queue *queue)
{
    g_clear_pointer(&queue->current, queued_free);
    g_queue_clear_full(&queue->aside, queued_free);
    msnp_event_queue_drop(queue);
}

void msnp_event_queue_drop(msnp_event_queue *queue)
{
    g_queue_clear_full(&queue->waiting, queued_free);
}

void msnp_event_queue_drop_writes(msnp_event_queue *queue, unsigned conn)
{
    for (GList *l = queue->waiting.head, *next; l != NULL; l = next) {
        msnp_event *event = l->data;
        next = l->next;
        if (event->type != MSNP_EVENT_WRITE || event->conn != conn)
            continue;
        g_queue_delete_link(&queue->waiting, l);
        queued_free(event);
    }
}

bool msnp_event_queue_take_back(msnp_event_queue *queue, unsigned conn)
{
    for (GList *l = queue->waiting.tail; l != NULL; l = l->prev) {
        msnp_event *event = l->data;
        bool begins = event->type == MSNP_EVENT_CONNECT || event->type == MSNP_EVENT_LISTEN;
        if (!begins || event->conn != conn)
            continue;
        g_queue_delete_link(&queue->waiting, l);
        queued_free(event);
        return true;
    }
    return false;
}

void msnp_event_queue_push(msnp_event_queue *queue, const msnp_event *event)
{
    msnp_event *copy = g_new(msnp_event, 1);

    *copy = *event;
    own_strings(copy, true);
    g_queue_push_tail(&queue->waiting, copy);
}

bool msnp_event_queue_pop(msnp_event_queue *queue, msnp_event *event)
{
    queued_free(queue->current);
    queue->current = g_queue_pop_head(&queue->waiting);
    if (queue->current != NULL)
        *event = *queue->current;
    return queue->current != NULL;
}
