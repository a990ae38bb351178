/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Payloads of the service itself. The input is read as one, and as the subject of a mail.
 */
#include "fuzz.h"
#include "notice.h"
#include "web.h"

#include <string.h>

#define MAIL "Content-Type: text/x-msmsgsemailnotification\r\n\r\nSubject: "

static bool is_text(const char *text)
{
    return text && heard_is_clean(text, MSNP_MAIL_CHARS);
}

static void check(const msnp_notice *notice)
{
    bool profile = notice->kind == MSNP_NOTICE_PROFILE;
    bool mail = notice->kind == MSNP_NOTICE_MAIL;

    CHECK(profile == (notice->sid && notice->kv));
    CHECK(!notice->auth || (profile && heard_is_printable(notice->auth) && *notice->auth));
    CHECK(!notice->client_ip || (profile && g_hostname_is_ip_address(notice->client_ip)));
    CHECK(notice->minutes <= MSNP_SHUTDOWN_MAX);
    CHECK(notice->mails >= -MSNP_MAILS_MAX && notice->mails <= MSNP_MAILS_MAX);
    CHECK(!mail || (is_text(notice->from) && is_text(notice->address) && is_text(notice->subject)));
    CHECK(!notice->url || (mail && g_str_has_prefix(notice->url, "https://")));
}

/* Nothing that a server says leaves its attribute. */
static void check_page(const msnp_notice *notice, const char *text)
{
    const msnp_web web = {.url = "https://a.example/",
                          .page = text,
                          .id = text,
                          .account = text,
                          .password = text,
                          .auth = notice->auth ? notice->auth : text,
                          .sid = text,
                          .kv = text};
    msnp_buf page;
    unsigned marks = 0;

    if (msnp_web_write(&page, &web) == MSNP_OK) {
        msnp_str view = msnp_buf_view(&page);
        for (size_t i = 0; i < view.len; i++)
            marks += view.ptr[i] == '<';
        CHECK(marks == 28);
    }
    msnp_buf_clear(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msnp_str payload = {(const char *)data, size};
    char *text = msnp_str_dup(payload);
    char *subject = g_strconcat(MAIL, text, NULL);
    msnp_notice notice;

    msnp_notice_read(&notice, payload);
    check(&notice);
    check_page(&notice, text);
    msnp_notice_clear(&notice);
    msnp_notice_read(&notice, msnp_str_of(subject));
    CHECK(notice.kind == MSNP_NOTICE_MAIL);
    check(&notice);
    msnp_notice_clear(&notice);
    g_free(subject);
    g_free(text);
    return 0;
}
