/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heard.h"

#include "escape.h"
#include "roster_text.h"
#include "url.h"

#include <string.h>

/* --- writing -------------------------------------------------------------------------------- */

char *heard_address(const char *host, uint16_t port)
{
    if (!host)
        return g_strdup("-");
    return g_strdup_printf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
}

char *heard_conversation(msnp_conversation_id id)
{
    return id.chat ? g_strdup_printf("#%u", id.chat) : g_strdup(id.who);
}

/* Takes over the word. */
static void add_taken(GString *text, char *word)
{
    g_string_append_printf(text, " %s", word);
    g_free(word);
}

static void add_word(GString *text, const char *word)
{
    add_taken(text, g_strdup(word ? word : "-"));
}

static void add_quoted(GString *text, const char *words)
{
    add_taken(text, words ? escape_bytes(words, strlen(words), true) : g_strdup("-"));
}

static void add_number(GString *text, uint64_t number)
{
    g_string_append_printf(text, " %" G_GUINT64_FORMAT, number);
}

static void add_cause(GString *text, msnp_cause cause)
{
    g_string_append_printf(text, " %s %u", msnp_err_name(cause.err), cause.number);
}

static void add_flag(GString *text, const char *name, bool set)
{
    if (set)
        add_word(text, name);
}

static void add_failure(GString *text, const msnp_failure *failure)
{
    add_word(text, msnp_err_name(failure->err));
    add_word(text, msnp_step_name(failure->step));
    add_taken(text, heard_address(failure->host, failure->port));
    add_number(text, failure->number);
    add_quoted(text, failure->text);
}

static void add_content(GString *text, const msnp_event *event)
{
    switch (event->message.kind) {
    case MSNP_MESSAGE_TEXT:
        add_word(text, "TEXT");
        add_quoted(text, event->message.text);
        if (!msnp_format_is_plain(&event->message.format))
            add_taken(text, msnp_format_write(&event->message.format));
        break;
    case MSNP_MESSAGE_NUDGE:
        add_word(text, "NUDGE");
        break;
    case MSNP_MESSAGE_INVITE:
        add_word(text, "INVITE");
        add_quoted(text, event->message.text);
        break;
    case MSNP_MESSAGE_ACTION:
        add_word(text, "ACTION");
        add_quoted(text, event->message.text);
        break;
    case MSNP_MESSAGE_EXTRA:
        add_word(text, msnp_extra_name(event->message.extra));
        break;
    case MSNP_MESSAGE_PAGE:
        add_word(text, "PAGE");
        add_quoted(text, event->message.text);
        break;
    default:
        add_word(text, "(of a kind that is never reported)");
        break;
    }
}

static void add_chat(GString *text, unsigned chat, const char *account)
{
    g_string_append_printf(text, " #%u", chat);
    add_word(text, account);
}

/* What an event has besides its name. */
static void add_event(GString *text, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        add_taken(text, heard_address(event->connect.host, event->connect.port));
        add_flag(text, "tls", event->connect.tls);
        add_flag(text, "gateway", event->connect.gateway);
        break;
    case MSNP_EVENT_STEP:
        add_word(text, msnp_step_name(event->step.step));
        add_flag(text, "hidden", event->step.hidden);
        add_flag(text, "outside", event->step.outside);
        break;
    case MSNP_EVENT_SIGNED_IN:
        add_word(text, event->signed_in.handle);
        add_quoted(text, event->signed_in.friendly);
        break;
    case MSNP_EVENT_ONLINE:
    case MSNP_EVENT_STATUS:
        add_word(text, msnp_status_code(event->status));
        break;
    case MSNP_EVENT_STATUS_FAILED:
        add_word(text, msnp_status_code(event->status_failed.wanted));
        add_number(text, event->status_failed.number);
        break;
    case MSNP_EVENT_ROSTER:
        add_word(text, event->complete ? "complete" : "incomplete");
        break;
    case MSNP_EVENT_CONTACT:
        add_word(text, event->contact.account);
        roster_text_add_news(text, event->contact.news);
        break;
    case MSNP_EVENT_EDITED:
        g_string_append_c(text, ' ');
        roster_text_add_edit(text, &event->edited.edit);
        add_cause(text, event->edited.cause);
        break;
    case MSNP_EVENT_SHUTDOWN:
        add_number(text, event->minutes);
        break;
    case MSNP_EVENT_MAILBOX:
        add_number(text, event->mailbox.unread);
        add_flag(text, "risen", event->mailbox.risen);
        break;
    case MSNP_EVENT_MAIL:
        add_quoted(text, event->mail.from);
        add_quoted(text, event->mail.address);
        add_quoted(text, event->mail.subject);
        add_word(text, event->mail.url);
        break;
    case MSNP_EVENT_INBOX:
        add_cause(text, event->cause);
        break;
    case MSNP_EVENT_PAGED:
        add_word(text, event->paged.who);
        add_quoted(text, event->paged.text);
        add_cause(text, event->paged.cause);
        add_flag(text, "maybe", event->paged.maybe);
        break;
    case MSNP_EVENT_FAILED:
        add_failure(text, &event->failure);
        break;
    case MSNP_EVENT_TRACE:
        add_word(text, event->trace.sent ? ">>>" : "<<<");
        add_quoted(text, event->trace.text);
        break;
    case MSNP_EVENT_MESSAGE:
    case MSNP_EVENT_TYPING:
        add_taken(text, heard_conversation(event->message.conversation));
        add_word(text, event->message.who);
        add_quoted(text, event->message.name);
        if (event->type == MSNP_EVENT_MESSAGE)
            add_content(text, event);
        if (event->message.speaker) {
            add_word(text, "by");
            add_quoted(text, event->message.speaker);
        }
        add_flag(text, "incomplete", event->message.incomplete);
        break;
    case MSNP_EVENT_UNDELIVERED:
        add_taken(text, heard_conversation(event->undelivered.conversation));
        add_quoted(text, event->undelivered.text);
        add_cause(text, event->undelivered.cause);
        add_flag(text, "maybe", event->undelivered.maybe);
        break;
    case MSNP_EVENT_CHAT_BEGUN:
        add_chat(text, event->begun.chat, event->begun.from);
        break;
    case MSNP_EVENT_CHAT_JOINED:
        add_chat(text, event->chat_member.chat, event->chat_member.account);
        add_quoted(text, event->chat_member.name);
        add_flag(text, "initial", event->chat_member.initial);
        break;
    case MSNP_EVENT_CHAT_LEFT:
        add_chat(text, event->chat_member.chat, event->chat_member.account);
        add_flag(text, "lost", event->chat_member.lost);
        break;
    case MSNP_EVENT_CHAT_CALL_FAILED:
        add_chat(text, event->chat_call_failed.chat, event->chat_call_failed.account);
        add_cause(text, event->chat_call_failed.cause);
        break;
    case MSNP_EVENT_FILE_OFFERED:
        add_number(text, event->file.number);
        add_word(text, event->file.who);
        add_quoted(text, event->file.name);
        add_quoted(text, event->file.file);
        add_number(text, event->file.size);
        break;
    case MSNP_EVENT_FILE_WANTED:
    case MSNP_EVENT_FILE_STARTED:
    case MSNP_EVENT_FILE_COMPLETE:
        add_number(text, event->file.number);
        if (event->type == MSNP_EVENT_FILE_WANTED)
            add_number(text, event->file.len);
        break;
    case MSNP_EVENT_FILE_REWIND:
        add_number(text, event->file.number);
        add_number(text, event->file.offset);
        break;
    case MSNP_EVENT_FILE_DATA:
        add_number(text, event->file.number);
        add_taken(text, escape_bytes(event->file.data, event->file.len, true));
        break;
    case MSNP_EVENT_FILE_OTHER_WAY:
    case MSNP_EVENT_FILE_ENDED:
        add_number(text, event->file.number);
        if (event->type == MSNP_EVENT_FILE_OTHER_WAY)
            add_word(text, event->file.through_service ? "service" : "direct");
        add_word(text, msnp_file_end_name(event->file.end));
        if (event->file.cause.err != MSNP_OK)
            add_cause(text, event->file.cause);
        break;
    default:
        break;
    }
}

/* What a call has besides its name. */
static void add_call(GString *text, const heard *what)
{
    switch (what->kind) {
    case HEARD_CHALLENGE:
    case HEARD_TICKET:
    case HEARD_WAY:
        add_word(text, what->text);
        break;
    case HEARD_LOGIN_SERVER:
        add_word(text, what->text ? what->text : "none");
        break;
    case HEARD_CLIENT_IP:
        add_word(text, what->host);
        break;
    case HEARD_PAGE:
        add_quoted(text, what->text);
        break;
    case HEARD_SWITCHBOARD:
        add_number(text, what->request);
        add_taken(text, heard_address(what->host, what->port));
        add_word(text, what->text);
        break;
    case HEARD_NO_SWITCHBOARD:
    case HEARD_ANSWERED:
    case HEARD_CARRIED:
        add_number(text, what->request);
        add_cause(text, what->cause);
        break;
    case HEARD_RUNG:
        add_word(text, what->ring->session);
        add_taken(text, heard_address(what->ring->host, what->ring->port));
        add_word(text, what->ring->cookie);
        add_word(text, what->ring->account);
        add_quoted(text, what->ring->name);
        break;
    case HEARD_PHONE:
        add_word(text, what->account);
        add_quoted(text, what->text);
        break;
    case HEARD_ASK:
        add_number(text, what->request);
        break;
    case HEARD_JOINED:
        add_word(text, what->account);
        add_quoted(text, what->text);
        break;
    case HEARD_LEFT:
        add_word(text, what->account);
        add_flag(text, "idle", what->idle);
        break;
    case HEARD_CALL_FAILED:
        add_word(text, what->account);
        add_cause(text, what->cause);
        break;
    case HEARD_RECEIVED:
    case HEARD_P2P:
        add_word(text, what->account);
        add_quoted(text, what->text);
        add_taken(text, escape_bytes(what->payload.ptr, what->payload.len, true));
        break;
    case HEARD_BROKE:
        add_cause(text, what->cause);
        break;
    default:
        break;
    }
}

static const char *name_of(const heard *what)
{
    static const char *const names[] = {
#define X(symbol, name) [symbol] = (name),
        HEARD_LIST(X)
#undef X
    };

    return what->kind == HEARD_EVENT ? msnp_event_name(what->event.type) : names[what->kind];
}

GString *heard_write(const heard *what)
{
    GString *text = g_string_new(name_of(what));

    if (what->kind == HEARD_EVENT)
        add_event(text, &what->event);
    else
        add_call(text, what);
    return text;
}

/* --- looking -------------------------------------------------------------------------------- */

#define INVITE_CHARS  64
#define FILE_BYTES    255
#define FAILURE_CHARS 1000
#define MAIL_CHARS    255
#define MAILS_MAX     1000000
#define MINUTES_MAX   1440

typedef struct {
    gunichar first;
    gunichar last;
} range;

/* What turns the direction of writing, is invisible, or ends a line. */
static const range in_no_line[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x200b, 0x200b}, {0x2028, 0x202e},
    {0x2060, 0x2064}, {0x2066, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0001, 0xe001f}};

/* The same for what people write: it has lines, and may say in which direction it is written. */
static const range in_no_text[] = {{0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},
                                   {0xad, 0xad},     {0x200b, 0x200b}, {0x2028, 0x202e},
                                   {0x2060, 0x2064}, {0x2066, 0x206f}, {0xfdd0, 0xfdef},
                                   {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}};

/* UTF-8 without any of these. */
static bool is_without(const char *text, const range *ranges, size_t n)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        for (size_t i = 0; i < n; i++)
            if (c >= ranges[i].first && c <= ranges[i].last)
                return false;
    }
    return true;
}

bool heard_is_clean(const char *text, size_t max_chars)
{
    size_t len = strlen(text);

    return is_without(text, in_no_line, G_N_ELEMENTS(in_no_line)) &&
           g_utf8_strlen(text, -1) <= (glong)MIN(max_chars, G_MAXINT) &&
           (len == 0 || (text[0] != ' ' && text[len - 1] != ' '));
}

bool heard_is_clean_text(const char *text)
{
    return is_without(text, in_no_text, G_N_ELEMENTS(in_no_text));
}

bool heard_is_host(const char *host)
{
    size_t len = strlen(host);

    if (len == 0 || len > MSNP_HOST_MAX || host[0] == '-' || host[0] == '.')
        return false;
    for (; *host; host++)
        if (!g_ascii_isdigit(*host) && !g_ascii_islower(*host) && !strchr("-._:", *host))
            return false;
    return true;
}

bool heard_same_format(const msnp_format *a, const msnp_format *b)
{
    return !strcmp(a->font, b->font) && a->bold == b->bold && a->italic == b->italic &&
           a->underline == b->underline && a->strike == b->strike && a->colour == b->colour &&
           a->rtl == b->rtl;
}

const char *heard_format_fault(const msnp_format *format)
{
    msnp_format none;
    msnp_format again;
    const char *fault = NULL;
    char *value = msnp_format_write(format);

    msnp_format_init(&none);
    msnp_format_read(&again, msnp_str_of(value));
    if (!heard_is_clean(format->font, MSNP_FONT_CHARS) || strchr(format->font, ','))
        fault = "the name of a font is not fit to be shown";
    else if (format->colour > 0xffffff)
        fault = "there is no such colour";
    else if (!heard_is_printable(value))
        fault = "a format is written in characters that are not ASCII";
    else if (!heard_same_format(&again, format))
        fault = "a format that is written and read again is another one";
    else if (msnp_format_is_plain(format) != heard_same_format(format, &none))
        fault = "a format is plain, and has something";
    g_free(value);
    return fault;
}

static bool is_word(const char *text)
{
    return *text && !strpbrk(text, " \r\n\t");
}

/* Of what failed: there is a reason, and a number where the reason has one. */
static bool is_cause(msnp_cause cause, bool may_be_ok)
{
    return cause.err < MSNP_N_ERRS && (may_be_ok || cause.err != MSNP_OK) && cause.number <= 999 &&
           (cause.number != 0) == (cause.err == MSNP_ERR_SERVER);
}

static bool is_person(const char *account, const char *name)
{
    return msnp_account_valid(account) && (!name || heard_is_clean(name, MSNP_NAME_CHARS));
}

static bool is_conversation(msnp_conversation_id id)
{
    return (id.chat != 0) == !id.who && (!id.who || msnp_account_valid(id.who));
}

static bool is_failure(const msnp_failure *failure)
{
    return failure->err > MSNP_OK && failure->err < MSNP_N_ERRS &&
           failure->step < MSNP_STEP_OFFLINE &&
           (failure->host ? heard_is_host(failure->host) && failure->port : !failure->port) &&
           (!failure->text || (*failure->text && heard_is_clean(failure->text, FAILURE_CHARS)));
}

/* It can be created anywhere, in one directory, and is seen there. */
static bool is_file_name(const char *name)
{
    size_t len = strlen(name);

    return len <= FILE_BYTES && heard_is_clean(name, len) && *name != '.' &&
           !strpbrk(name, "/\\:*?\"<>|") && (len == 0 || name[len - 1] != '.');
}

bool heard_is_printable(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            return false;
    return true;
}

/* Who sends or gets a message of a mobile phone: an account, or a number. */
static bool is_page(const char *who, const char *text)
{
    bool number = g_str_has_prefix(who, "tel:") || g_str_has_prefix(who, "TEL:");

    return (number || msnp_account_valid(who)) && heard_is_clean(who, MSNP_ACCOUNT_MAX) && *text &&
           heard_is_clean_text(text);
}

static bool is_said(const msnp_event *event)
{
    if (event->message.kind == MSNP_MESSAGE_PAGE)
        return !event->message.conversation.chat &&
               !strcmp(event->message.conversation.who, event->message.who) &&
               is_page(event->message.who, event->message.text);
    if (!is_conversation(event->message.conversation) ||
        !is_person(event->message.who, event->message.name) ||
        (event->message.speaker &&
         (!*event->message.speaker || !heard_is_clean(event->message.speaker, MSNP_SPEAKER_CHARS))))
        return false;
    switch (event->message.kind) {
    case MSNP_MESSAGE_TEXT:
        return *event->message.text && heard_is_clean_text(event->message.text) &&
               !heard_format_fault(&event->message.format);
    case MSNP_MESSAGE_INVITE:
        return heard_is_clean(event->message.text, INVITE_CHARS);
    case MSNP_MESSAGE_ACTION:
        return *event->message.text && heard_is_clean(event->message.text, MSNP_ACTION_CHARS);
    case MSNP_MESSAGE_EXTRA:
        return event->message.extra < MSNP_N_EXTRAS;
    case MSNP_MESSAGE_NUDGE:
        return true;
    default:
        return event->type == MSNP_EVENT_TYPING;
    }
}

/* A URL that a server named can be used as it is told. NULL is fine. */
static bool is_web_url(const char *web)
{
    msnp_url url = {0};
    char *text;
    bool same;

    if (!web)
        return true;
    if (msnp_url_parse(&url, msnp_str_of(web), NULL) != MSNP_OK)
        return false;
    text = msnp_url_text(&url);
    same = !strcmp(text, web);
    g_free(text);
    msnp_url_clear(&url);
    return same;
}

static bool is_sound_event(const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        return event->conn && heard_is_host(event->connect.host) && event->connect.port > 0;
    case MSNP_EVENT_WRITE:
        return event->conn && event->write.len > 0;
    case MSNP_EVENT_CLOSE:
        return event->conn;
    case MSNP_EVENT_STEP:
        return event->step.step > MSNP_STEP_IDLE && event->step.step < MSNP_N_STEPS;
    case MSNP_EVENT_FAILED:
        return is_failure(&event->failure);
    case MSNP_EVENT_TRACE:
        return heard_is_printable(event->trace.text);
    case MSNP_EVENT_SHUTDOWN:
        return event->minutes <= MINUTES_MAX;
    case MSNP_EVENT_MAILBOX:
        return event->mailbox.unread <= MAILS_MAX;
    case MSNP_EVENT_MAIL:
        return heard_is_clean(event->mail.from, MAIL_CHARS) &&
               heard_is_clean(event->mail.address, MAIL_CHARS) &&
               heard_is_clean(event->mail.subject, MAIL_CHARS) && is_web_url(event->mail.url);
    case MSNP_EVENT_INBOX:
        return is_cause(event->cause, true);
    case MSNP_EVENT_SIGNED_IN:
        return is_person(event->signed_in.handle, event->signed_in.friendly);
    case MSNP_EVENT_ONLINE:
    case MSNP_EVENT_STATUS:
        return event->status < MSNP_N_STATUSES;
    case MSNP_EVENT_STATUS_FAILED:
        return event->status_failed.wanted < MSNP_N_STATUSES && event->status_failed.number <= 999;
    case MSNP_EVENT_CONTACT:
        return msnp_account_valid(event->contact.account) && event->contact.news &&
               event->contact.news < MSNP_NEW_PRIVACY * 2;
    case MSNP_EVENT_EDITED:
        return event->edited.edit.kind < MSNP_N_EDITS && is_cause(event->edited.cause, true);
    case MSNP_EVENT_PAGED:
        return is_page(event->paged.who, event->paged.text) && is_cause(event->paged.cause, true) &&
               (!event->paged.maybe || event->paged.cause.err != MSNP_OK);
    case MSNP_EVENT_MESSAGE:
    case MSNP_EVENT_TYPING:
        return is_said(event);
    case MSNP_EVENT_UNDELIVERED:
        return is_conversation(event->undelivered.conversation) &&
               is_cause(event->undelivered.cause, false) &&
               (!event->undelivered.text || *event->undelivered.text);
    case MSNP_EVENT_CHAT_BEGUN:
        return event->begun.chat && (!event->begun.from || msnp_account_valid(event->begun.from));
    case MSNP_EVENT_CHAT_JOINED:
    case MSNP_EVENT_CHAT_LEFT:
        return event->chat_member.chat &&
               is_person(event->chat_member.account, event->chat_member.name) &&
               (event->type == MSNP_EVENT_CHAT_JOINED) == (event->chat_member.name != NULL);
    case MSNP_EVENT_CHAT_CALL_FAILED:
        return event->chat_call_failed.chat && is_cause(event->chat_call_failed.cause, false);
    case MSNP_EVENT_LISTEN:
        return event->conn;
    case MSNP_EVENT_FILE_OFFERED:
        return event->file.number && is_person(event->file.who, event->file.name) &&
               is_file_name(event->file.file);
    case MSNP_EVENT_FILE_OTHER_WAY:
    case MSNP_EVENT_FILE_ENDED:
        return event->file.number && event->file.end < MSNP_N_FILE_ENDS &&
               is_cause(event->file.cause, event->file.end != MSNP_FILE_UNSENT);
    default:
        return event->type < MSNP_N_EVENTS;
    }
}

static bool is_sound_call(const heard *what)
{
    switch (what->kind) {
    case HEARD_CHALLENGE:
        return *what->text;
    case HEARD_TICKET:
        return strlen(what->text) <= MSNP_TICKET_MAX && is_word(what->text);
    case HEARD_LOGIN_SERVER:
        return is_web_url(what->text);
    case HEARD_CLIENT_IP:
        return g_hostname_is_ip_address(what->host);
    case HEARD_SWITCHBOARD:
        return heard_is_host(what->host) && what->port > 0 && is_word(what->text);
    case HEARD_NO_SWITCHBOARD:
    case HEARD_BROKE:
        return is_cause(what->cause, false);
    case HEARD_RUNG:
        return heard_is_host(what->ring->host) && what->ring->port > 0 &&
               is_word(what->ring->cookie) && is_word(what->ring->session) &&
               is_person(what->ring->account, what->ring->name);
    case HEARD_PHONE:
        return is_page(what->account, what->text);
    case HEARD_ASK:
        return what->request != 0;
    case HEARD_JOINED:
    case HEARD_RECEIVED:
    case HEARD_P2P:
        return is_person(what->account, what->text) && what->payload.len <= MSNP_PAYLOAD_MAX;
    case HEARD_LEFT:
        return msnp_account_valid(what->account);
    case HEARD_CALL_FAILED:
        return is_cause(what->cause, false);
    case HEARD_ANSWERED:
    case HEARD_CARRIED:
        return what->request && is_cause(what->cause, true);
    default:
        return true;
    }
}

char *heard_fault(const heard *what)
{
    GString *text;
    char *fault;

    if (what->kind == HEARD_EVENT ? is_sound_event(&what->event) : is_sound_call(what))
        return NULL;
    text = heard_write(what);
    fault = g_strdup_printf("not sound: %s", text->str);
    g_string_free(text, TRUE);
    return fault;
}
