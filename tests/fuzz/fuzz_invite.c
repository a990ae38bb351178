/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invitations. The input is a content type, LF, and the body of a message; it is also the name of a
 * file that is offered.
 */
#include "fuzz.h"

#include <string.h>

static void check_address(const msnp_address *address)
{
    CHECK((address->port == 0) == (*address->host == '\0'));
    CHECK(*address->host == '\0' || g_hostname_is_ip_address(address->host));
    CHECK(memchr(address->host, '\0', sizeof address->host));
}

static bool is_same(const msnp_address *a, const msnp_address *b)
{
    return a->port == b->port && !g_ascii_strcasecmp(a->host, b->host);
}

/* What is written is read as it is meant, and fits into a message. Clears `out`. */
static msnp_invite reread(msnp_buf *out)
{
    msnp_message message;
    msnp_str payload = msnp_buf_view(out);

    CHECK(payload.len <= MSNP_MESSAGE_MAX);
    CHECK(g_utf8_validate(payload.ptr, (gssize)payload.len, NULL));
    msnp_message_read(&message, payload);
    CHECK(message.kind == MSNP_MESSAGE_INVITE || message.kind == MSNP_MESSAGE_ACCEPT ||
          message.kind == MSNP_MESSAGE_CANCEL);
    msnp_invite invite = message.invite;
    message.invite = (msnp_invite){0};
    msnp_message_clear(&message);
    msnp_buf_clear(out);
    return invite;
}

static void check_offer(const char *name, uint32_t cookie, uint32_t size, bool unreachable)
{
    msnp_buf out;

    msnp_invite_write_offer(&out, cookie, name, size, unreachable);
    msnp_invite again = reread(&out);
    CHECK(again.command == MSNP_INVITE_OFFER && again.file && again.sized);
    CHECK(again.cookie == cookie && again.file_size == size && again.unreachable == unreachable);
    CHECK_TEXT(*again.file_name, name);
    msnp_invite_clear(&again);
}

/* An answer with these addresses, written by us. */
static void check_address_back(const msnp_invite *invite)
{
    msnp_listening where = {invite->external, invite->internal, invite->auth};
    msnp_buf out;

    msnp_invite_write_address(&out, invite->cookie, &where, invite->sender_connects);
    msnp_invite again = reread(&out);
    CHECK(again.command == MSNP_INVITE_ACCEPT && again.authorized && again.auth == invite->auth);
    CHECK(again.sender_connects == invite->sender_connects && again.cookie == invite->cookie);
    CHECK(is_same(&again.external, &invite->external));
    CHECK(is_same(&again.internal, &invite->internal));
    msnp_invite_clear(&again);
}

/* A name that is safe stays as it is. */
static void check_safe(const char *name)
{
    char *safe = msnp_invite_safe_name(name);
    char *again = msnp_invite_safe_name(safe);

    CHECK_TEXT(!strcmp(safe, again), safe);
    CHECK_TEXT(strlen(safe) <= MSNP_FILE_NAME_BYTES && heard_is_clean(safe, SIZE_MAX), safe);
    CHECK_TEXT(!strpbrk(safe, "/\\:*?\"<>|") && *safe != '.', safe);
    CHECK_TEXT(!*safe || !strchr(". ", safe[strlen(safe) - 1]), safe);
    CHECK_TEXT(g_ascii_strncasecmp(safe, "con.", 4) != 0 && g_ascii_strcasecmp(safe, "nul") != 0,
               safe);
    g_free(again);
    g_free(safe);
}

static void check_read(const msnp_invite *invite)
{
    bool offer = invite->command == MSNP_INVITE_OFFER;

    CHECK((invite->application != NULL) == offer && (invite->file_name != NULL) == offer);
    CHECK(!offer || heard_is_clean(invite->application, 64));
    CHECK(!offer || heard_is_clean(invite->file_name, MSNP_FILE_NAME_BYTES));
    CHECK(!offer || strlen(invite->file_name) <= MSNP_FILE_NAME_BYTES);
    CHECK(offer || !invite->file);
    CHECK(invite->why < MSNP_N_CANCELS);
    check_address(&invite->external);
    check_address(&invite->internal);
    if (offer) {
        check_safe(invite->file_name);
        check_offer(invite->file_name, invite->cookie, (uint32_t)invite->file_size,
                    invite->unreachable);
    }
    if (*invite->external.host != '\0')
        check_address_back(invite);
    if (invite->command == MSNP_INVITE_CANCEL) {
        msnp_buf out;
        msnp_invite_write_cancel(&out, invite->cookie, invite->why);
        msnp_invite again = reread(&out);
        CHECK(again.cookie == invite->cookie && again.why == invite->why);
        msnp_invite_clear(&again);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    char *content_type = fuzz_line_dup(&input);
    char *name = msnp_str_dup(input.whole);
    msnp_invite invite;

    if (msnp_invite_read(&invite, content_type, fuzz_bytes(&input, input.left)))
        check_read(&invite);
    msnp_invite_clear(&invite);
    check_safe(name);
    check_offer(name, 7, 1, false);
    g_free(name);
    g_free(content_type);
    return 0;
}
