/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chats.h"

#include "buddies.h"
#include "convo.h"
#include "log.h"
#include "process.h"
#include "undelivered.h"
#include "windows.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Of the name of a chat at most, without what tells it from another. libpurple makes the name of a
 * directory of it, where each of these can become three, and no system allows more than 255.
 */
#define NAME_BYTES  72
#define TITLE_CHARS 80 /* what is shown of a chat's title at most */
/* Characters of a checksum that stands for people whom a name has no room for. */
#define CHECKSUM_CHARS 8

/* A chat whose window is open. */
typedef struct {
    GHashTable *names; /* normalized address -> friendly name */
    GPtrArray *people; /* normalized addresses of those in its title, in the order of the title */
    bool deserted;     /* the last of them has left, and stays in the title until others come */
} chat_state;

struct prpl_chats {
    GHashTable *open; /* number -> chat_state *; NULL at first */
    unsigned own;     /* the chat that the user has just started here */
    GList *arriving;  /* char *, with addresses: who is to be added to a new chat */
    size_t expected;  /* so many more are to come */
};

static PurpleConvChat *find(const prpl_account *self, unsigned chat)
{
    PurpleConversation *conv = purple_find_chat(self->gc, (int)chat);

    return conv != NULL ? PURPLE_CONV_CHAT(conv) : NULL;
}

void prpl_chats_open(prpl_account *self)
{
    self->chats = g_new0(struct prpl_chats, 1);
}

/* A handler may have closed it, or be in the middle of closing it. */
static bool is_open(const prpl_account *self, PurpleConversation *conv)
{
    return g_slist_find(self->gc->buddy_chats, conv) != NULL && PURPLE_CONV_CHAT(conv) != NULL;
}

void prpl_chats_leave_all(prpl_account *self)
{
    GSList *chats = g_slist_copy(self->gc->buddy_chats);

    for (GSList *l = chats; l != NULL; l = l->next) {
        PurpleConversation *conv = l->data;
        if (!is_open(self, conv))
            continue;
        if (!prpl_windows_show_chats(conv)) {
            purple_conversation_destroy(conv);
            continue;
        }
        /* Finch has a line of its own. */
        if (!prpl_process_is_finch())
            prpl_windows_write(conv, PURPLE_MESSAGE_SYSTEM,
                               _("You left the chat because the connection was closed."));
        if (is_open(self, conv))
            serv_got_chat_left(self->gc, purple_conv_chat_get_id(PURPLE_CONV_CHAT(conv)));
    }
    g_slist_free(chats);
}

void prpl_chats_abandon(prpl_account *self)
{
    /* If the connection has broken, the account is still enabled, and the channels are there. */
    if (!prpl_process_is_bitlbee() ||
        purple_account_get_enabled(self->account, purple_core_get_ui()))
        return;
    while (self->gc->buddy_chats != NULL) {
        PurpleConvChat *chat = PURPLE_CONV_CHAT(self->gc->buddy_chats->data);
        serv_got_chat_left(self->gc, purple_conv_chat_get_id(chat));
        purple_conv_chat_set_id(chat, 0); /* nobody finds it any more */
    }
}

void prpl_chats_free(prpl_account *self)
{
    g_clear_pointer(&self->chats->open, g_hash_table_destroy);
    g_list_free_full(self->chats->arriving, g_free);
    g_clear_pointer(&self->chats, g_free);
}

static void state_free(gpointer data)
{
    chat_state *state = data;

    g_hash_table_destroy(state->names);
    g_ptr_array_unref(state->people);
    g_free(state);
}

static chat_state *state_new(prpl_account *self, unsigned chat)
{
    chat_state *state = g_new(chat_state, 1);

    state->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    state->people = g_ptr_array_new_with_free_func(g_free);
    state->deserted = false;
    if (self->chats->open == NULL)
        self->chats->open = g_hash_table_new_full(NULL, NULL, NULL, state_free);
    g_hash_table_replace(self->chats->open, GUINT_TO_POINTER(chat), state);
    return state;
}

static chat_state *state_of(const prpl_account *self, unsigned chat)
{
    return self->chats->open != NULL
               ? g_hash_table_lookup(self->chats->open, GUINT_TO_POINTER(chat))
               : NULL;
}

/* --- people --------------------------------------------------------------------------------- */

static bool find_person(const chat_state *state, const char *who, guint *index)
{
    return g_ptr_array_find_with_equal_func(state->people, who, g_str_equal, index);
}

/* Somebody is there, or expected: `who` is normalized, the name may be NULL. */
static void remember(chat_state *state, const char *who, const char *name)
{
    if (state->deserted) {
        g_ptr_array_set_size(state->people, 0);
        g_hash_table_remove_all(state->names);
        state->deserted = false;
    }
    if (name != NULL && *name != '\0')
        g_hash_table_replace(state->names, g_strdup(who), g_strdup(name));
    if (!find_person(state, who, NULL))
        g_ptr_array_add(state->people, g_strdup(who));
}

/* Somebody left, or does not come: nothing that this person said is still to be shown. */
static void forget(chat_state *state, const char *who)
{
    guint index;

    if (!find_person(state, who, &index))
        return;
    state->deserted = state->people->len == 1;
    if (state->deserted)
        return;
    g_hash_table_remove(state->names, who);
    g_ptr_array_remove_index(state->people, index);
}

char *prpl_chats_alias(PurpleConnection *gc, int id, const char *who)
{
    prpl_account *self = prpl_account_of(gc);
    const chat_state *state = self != NULL ? state_of(self, (unsigned)id) : NULL;
    const char *name = state != NULL
                           ? g_hash_table_lookup(state->names, purple_normalize(self->account, who))
                           : NULL;

    /* libpurple also calls this for the chat itself, the author of system lines. */
    return name != NULL ? prpl_windows_person(self, who, name) : NULL;
}

/* --- title and name ------------------------------------------------------------------------- */

/* Who is in the chat, as far as there is room. The caller frees it. */
static char *title_of(const prpl_account *self, const chat_state *state)
{
    GString *title = g_string_new(NULL);
    glong chars = 0;

    for (guint i = 0; i < state->people->len; i++) {
        const char *who = g_ptr_array_index(state->people, i);
        char *person = prpl_windows_short_person(self, who, g_hash_table_lookup(state->names, who));
        chars += g_utf8_strlen(person, -1);
        bool fits = i == 0 || chars <= TITLE_CHARS;
        g_string_append_printf(title, "%s%s", i > 0 ? ", " : "", fits ? person : "…");
        g_free(person);
        if (!fits)
            break;
    }
    /* Not the title of the conversation with this person. */
    if (state->people->len <= 1)
        g_string_append(title, title->len > 0 ? ", …" : "…");
    return g_string_free(title, FALSE);
}

static void show_title(const prpl_account *self, unsigned chat)
{
    const chat_state *state = state_of(self, chat);
    PurpleConversation *conv = purple_find_chat(self->gc, (int)chat);

    if (state == NULL || conv == NULL || state->people->len == 0)
        return;
    char *title = title_of(self, state);
    prpl_windows_set_title(conv, title);
    g_free(title);
}

static int by_address(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The addresses, sorted; if there are too many, some of them and a checksum of all. */
static char *name_of(const chat_state *state)
{
    GPtrArray *sorted = g_ptr_array_copy(state->people, NULL, NULL);
    GString *name = g_string_new(NULL);

    g_ptr_array_set_free_func(sorted, NULL);
    g_ptr_array_sort(sorted, by_address);
    for (guint i = 0; i < sorted->len; i++)
        g_string_append_printf(name, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(sorted, i));
    if (name->len > NAME_BYTES) {
        char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name->str, -1);
        const char *cut = g_utf8_find_prev_char(name->str, name->str + NAME_BYTES + 1);
        g_string_truncate(name, (gsize)(cut - name->str));
        g_string_append_printf(name, "... %.*s", CHECKSUM_CHARS, sum);
        g_free(sum);
    } else if (sorted->len <= 1) {
        /* Not the name of the conversation with this person. */
        g_string_append(name, sorted->len == 1 ? ", ..." : "...");
    }
    g_ptr_array_unref(sorted);
    return g_string_free(name, FALSE);
}

/*
 * What libpurple knows the chat by, and its log: chats with the same people have one log. Windows
 * that are open have different names, since libpurple takes a window that was left for a new chat
 * of its name, which not every client survives.
 */
static char *unused_name(const prpl_account *self, const chat_state *state)
{
    char *base = name_of(state);
    char *name = g_strdup(base);

    for (unsigned i = 2;
         purple_find_conversation_with_account(PURPLE_CONV_TYPE_CHAT, name, self->account) != NULL;
         i++) {
        g_free(name);
        name = g_strdup_printf("%s (%u)", base, i);
    }
    g_free(base);
    return name;
}

/* --- incoming ------------------------------------------------------------------------------- */

/* Adds these to the window, at once. */
static void add_people(PurpleConvChat *window, GList *who)
{
    GList *flags = NULL;

    for (GList *l = who; l != NULL; l = l->next)
        flags = g_list_prepend(flags, GINT_TO_POINTER(PURPLE_CBFLAGS_NONE));
    purple_conv_chat_add_users(window, who, NULL, flags, FALSE);
    g_list_free(flags);
}

/*
 * Fills a new chat window when all are known who are in it: Finch lists them each time. Elsewhere
 * they come one by one, since a handler may remove the account, which libpurple does not survive
 * before the last of those that it was given.
 */
static void enter_if_complete(prpl_account *self, unsigned chat)
{
    bool together = prpl_process_is_finch();

    if (self->chats->expected > 0)
        return;
    GList *who = g_steal_pointer(&self->chats->arriving);
    for (GList *l = who; l != NULL && !prpl_account_is_over(self); l = together ? NULL : l->next) {
        PurpleConvChat *window = find(self, chat);
        GList one = {.data = l->data};
        if (window == NULL)
            break;
        if (l == who)
            purple_conv_chat_set_nick(window, who->data);
        add_people(window, together ? who : &one);
    }
    g_list_free_full(who, g_free);
}

/* The user enters a chat, in which there are so many others. */
static void enter(prpl_account *self, unsigned chat, size_t others)
{
    char *own = prpl_buddies_normalized(self, msnp_session_handle(self->session));

    self->chats->arriving = g_list_append(NULL, own);
    self->chats->expected = others;
    enter_if_complete(self, chat);
}

static bool is_shown(const prpl_account *self, unsigned chat)
{
    PurpleConversation *conv = purple_find_chat(self->gc, (int)chat);

    return conv != NULL && prpl_windows_show_chats(conv);
}

/* Presents the window only if the user started the chat: others must not interrupt the user. */
static void present_own(const prpl_account *self, unsigned chat)
{
    PurpleConvChat *window = !prpl_account_is_over(self) ? find(self, chat) : NULL;

    if (window != NULL && chat == self->chats->own)
        purple_conversation_present(purple_conv_chat_get_conversation(window));
}

/* The window of the conversation that became the chat stays; writes a hint into it. */
static void point_to(prpl_account *self, const char *from, unsigned chat)
{
    PurpleConversation *conv = prpl_windows_find(self, (msnp_conversation_id){.who = from});
    PurpleConversation *to = purple_find_chat(self->gc, (int)chat);

    if (conv == NULL || to == NULL || !prpl_windows_show_chats(to))
        return;
    char *title = g_strdup(purple_conversation_get_title(to));
    char *person = prpl_windows_person(self, from, NULL);
    /* Translators: the title of the chat's window, and the person of this window */
    char *text = g_strdup_printf(_("This conversation is now a group chat; it continues in \"%s\". "
                                   "Messages you write here go only to %s."),
                                 title, person);
    prpl_windows_write(conv, PURPLE_MESSAGE_SYSTEM, text);
    g_free(title);
    g_free(person);
    g_free(text);
}

/* Those who are in it, and those who are called. */
static void remember_all(prpl_account *self, chat_state *state, unsigned chat)
{
    GPtrArray *people = msnp_session_people(self->session, chat);

    for (guint i = 0; i < people->len; i++) {
        const msnp_person *person = g_ptr_array_index(people, i);
        remember(state, purple_normalize(self->account, person->account), person->name);
    }
    g_ptr_array_unref(people);
}

void prpl_chats_begun(prpl_account *self, const msnp_event *event)
{
    prpl_process *process = prpl_process_get();
    unsigned chat = event->begun.chat;
    char *from = g_strdup(event->begun.from);
    size_t members = event->begun.members;

    process->last_chat = MAX(process->last_chat, chat);
    prpl_log(self->account, "chat %u begins", chat);
    chat_state *state = state_new(self, chat);
    remember_all(self, state, chat);
    char *name = unused_name(self, state);
    char *title = title_of(self, state);
    prpl_windows_open_chat(self, chat, name, title);
    if (!prpl_account_is_over(self))
        enter(self, chat, members);
    present_own(self, chat);
    if (!prpl_account_is_over(self) && from != NULL)
        point_to(self, from, chat);
    g_free(from);
    g_free(name);
    g_free(title);
}

void prpl_chats_joined(prpl_account *self, const msnp_event *event)
{
    unsigned chat = event->chat_member.chat;
    chat_state *state = state_of(self, chat);
    PurpleConvChat *window = find(self, chat);
    char *who = prpl_buddies_normalized(self, event->chat_member.account);

    if (state != NULL)
        remember(state, who, event->chat_member.name);
    if (self->chats->expected > 0) {
        self->chats->expected--;
        self->chats->arriving = g_list_append(self->chats->arriving, g_steal_pointer(&who));
        enter_if_complete(self, chat);
    } else if (window != NULL && !purple_conv_chat_find_user(window, who)) {
        /* Finch would list who is new as if nobody else were there. */
        bool announced = !event->chat_member.initial || prpl_process_is_finch();

        purple_conv_chat_add_user(window, who, NULL, PURPLE_CBFLAGS_NONE, announced);
    }
    g_free(who);
    if (!prpl_account_is_over(self))
        show_title(self, chat);
}

static void gone(prpl_account *self, unsigned chat, const char *who)
{
    chat_state *state = !prpl_account_is_over(self) ? state_of(self, chat) : NULL;

    if (state != NULL)
        forget(state, who);
    if (state != NULL)
        show_title(self, chat);
}

/* Leaves a chat when everybody else has, if the user cannot: there is no window to close. */
static void leave_if_hidden(const prpl_account *self, unsigned chat)
{
    PurpleConvChat *window = !prpl_account_is_over(self) ? find(self, chat) : NULL;

    if (window != NULL && !is_shown(self, chat) &&
        g_list_length(purple_conv_chat_get_users(window)) <= 1)
        purple_conversation_destroy(purple_conv_chat_get_conversation(window));
}

void prpl_chats_left(prpl_account *self, const msnp_event *event)
{
    unsigned chat = event->chat_member.chat;
    PurpleConvChat *window = find(self, chat);
    char *who = prpl_buddies_normalized(self, event->chat_member.account);
    const char *reason = NULL;

    if (event->chat_member.lost)
        /* Translators: the client puts it in parentheses, after "... left the room" */
        reason = _("disconnected or idle; will be invited again when you send a message");
    if (window != NULL && purple_conv_chat_find_user(window, who))
        purple_conv_chat_remove_user(window, who, reason);
    /* Who is invited again stays in the title. */
    if (!event->chat_member.lost)
        gone(self, chat, who);
    leave_if_hidden(self, chat);
    g_free(who);
}

void prpl_chats_call_failed(prpl_account *self, const msnp_event *event)
{
    PurpleConversation *conv =
        prpl_windows_find(self, (msnp_conversation_id){.chat = event->chat_call_failed.chat});
    char *person = prpl_windows_person(self, event->chat_call_failed.account, NULL);
    char *reason = prpl_undelivered_reason(self, event->chat_call_failed.account, person,
                                           event->chat_call_failed.cause);
    char *call = g_strdup_printf(_("%s could not be invited."), person);
    char *text = g_strdup_printf("%s %s", call, reason);

    char *who = prpl_buddies_normalized(self, event->chat_call_failed.account);
    unsigned chat = event->chat_call_failed.chat;

    if (conv != NULL)
        prpl_windows_write(conv, PURPLE_MESSAGE_ERROR, text);
    gone(self, chat, who);
    g_free(who);
    g_free(person);
    g_free(reason);
    g_free(call);
    g_free(text);
}

/* --- outgoing ------------------------------------------------------------------------------- */

int prpl_chats_send(PurpleConnection *gc, int id, const char *html, PurpleMessageFlags flags)
{
    /* A handler can write into a window that is not the chat's yet. */
    if (id <= 0)
        return -EINVAL;
    int result = prpl_convo_send(gc, (msnp_conversation_id){.chat = (unsigned)id}, html);

    if (result > 0) {
        char *own = g_strdup(msnp_session_handle(prpl_account_of(gc)->session));
        serv_got_chat_in(gc, id, own, flags, html, time(NULL));
        g_free(own);
    }
    return MIN(result, 0);
}

bool prpl_chats_begin(prpl_account *self, const char *who, const char *also)
{
    unsigned chat = msnp_session_chat(self->session, who, also, prpl_account_now());

    if (chat == 0)
        return false;
    self->chats->own = chat;
    /* Pidgin brings a window to the front only while it handles the user's input. */
    prpl_account_pump(self);
    return true;
}

void prpl_chats_call(prpl_account *self, unsigned chat, const char *who)
{
    msnp_session_invite(self->session, chat, who, prpl_account_now());
    prpl_account_pump_soon(self);
}

void prpl_chats_invite(PurpleConnection *gc, int id, const char *message, const char *who)
{
    prpl_account *self = prpl_account_of(gc);
    PurpleConversation *conv = purple_find_chat(gc, id);

    if (self == NULL || prpl_account_is_over(self))
        return;
    char *address = prpl_buddies_address(who);
    prpl_chats_call(self, (unsigned)id, address);
    /* BitlBee sends one that its user has not written. */
    if (conv != NULL && message != NULL && *message != '\0' && !prpl_process_is_bitlbee())
        prpl_windows_write(conv, PURPLE_MESSAGE_SYSTEM,
                           _("MSN invitations cannot carry a message; yours was not sent."));
    g_free(address);
}

void prpl_chats_leave(PurpleConnection *gc, int id)
{
    prpl_account *self = prpl_account_of(gc);

    /* A window closed before it belongs to a chat has no number yet. */
    if (self == NULL || prpl_account_is_over(self) || id <= 0)
        return;
    if (self->chats->open != NULL)
        g_hash_table_remove(self->chats->open, GUINT_TO_POINTER(id));
    prpl_account_hang_up(self, (msnp_conversation_id){.chat = (unsigned)id});
}
