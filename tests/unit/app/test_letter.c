/* What goes out: the mail, the signature, how an answer is taken, and when it is tried again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gcm.h"
#include "letter.h"

static void plain_addresses_alone(void **state)
{
    static const char *const good[] = {"a@b.nl", "jan.de-vries+wijzer_1@post.voorbeeld.nl"};
    static const char *const bad[] = {"",
                                      "a",
                                      "@b.nl",
                                      "a@",
                                      "a@b",
                                      "a@b@c.nl",
                                      "a b@c.nl",
                                      "<a@b.nl>",
                                      "a@b.nl>",
                                      "a@b.nl\r\nBcc: c@d.nl",
                                      "a,b@c.nl",
                                      "\"a\"@b.nl",
                                      "a@b..",
                                      "a@-b.nl",
                                      ".a@b.nl",
                                      "a@[127.0.0.1]",
                                      "\xc3\xa9@b.nl"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(letter_is_address(slice_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (letter_is_address(slice_of(bad[i])))
            fail_msg("%s", bad[i]);
}

static void a_mail_has_no_content(void **state)
{
    struct arena *arena = arena_new(0);
    struct mail_letter letter = {"wijzer@w.nl",
                                 "team@b.nl",
                                 "deurne.RXW5-54W2",
                                 slice_of("{notice,step}"),
                                 3,
                                 INT64_C(1795728900) * MOMENT_SECOND};
    struct slice mail = letter_mail(&letter, arena);
    (void)state;
    assert_non_null(strstr(mail.ptr, "Date: Thu, 26 Nov 2026 21:35:00 +0000\r\n"));
    assert_non_null(strstr(mail.ptr, "Subject: Er staan 3 berichten voor u klaar in Wijzer\r\n"));
    assert_non_null(strstr(mail.ptr, "Message-ID: <deurne.RXW5-54W2@w.nl>\r\n"));
    assert_non_null(strstr(mail.ptr, "- een bericht\r\n- een nieuwe stap in uw werklijst\r\n"));
    for (size_t i = 0; i < mail.len; i++) {
        assert_true((unsigned char)mail.ptr[i] < 0x80);
        assert_true(mail.ptr[i] != '\n' || mail.ptr[i - 1] == '\r');
    }
    letter.count = 1;
    assert_non_null(
        strstr(letter_mail(&letter, arena).ptr, "Subject: Er staat een bericht voor u klaar in Wijzer\r\n"));
    arena_free(&arena);
}

/* Worked out by another implementation. */
static void signed_as_standard_webhooks_say(void **state)
{
    struct arena *arena = arena_new(0);
    struct err err;
    (void)state;
    assert_true(gcm_start(&err));
    assert_string_equal(letter_signature((const unsigned char *)"0123456789abcdef0123456789abcdef", "msg_1",
                                         1700000000, slice_of("{\"a\":1}"), arena),
                        "v1,rkwp5YuvdrMkcu0ZhuMsXoTg44mHAr1Q0+FFgFpXsjY=");
    gcm_stop();
    arena_free(&arena);
}

static void what_an_answer_means(void **state)
{
    (void)state;
    assert_int_equal(letter_fate_http(200), LETTER_SENT);
    assert_int_equal(letter_fate_http(299), LETTER_SENT);
    assert_int_equal(letter_fate_http(301), LETTER_RETRY);
    assert_int_equal(letter_fate_http(404), LETTER_RETRY);
    assert_int_equal(letter_fate_http(410), LETTER_GONE);
    assert_int_equal(letter_fate_http(500), LETTER_RETRY);
    assert_int_equal(letter_fate_smtp(451), LETTER_RETRY);
    assert_int_equal(letter_fate_smtp(550), LETTER_DEAD);
    assert_int_equal(letter_fate_smtp(530), LETTER_RETRY);
    assert_int_equal(letter_fate_smtp(535), LETTER_RETRY);
    assert_int_equal(letter_fate_smtp(0), LETTER_RETRY);
}

static void waits_grow(void **state)
{
    static const int64_t times[] = {1, 5, 30, 120, 480, 1440, 1440};
    (void)state;
    for (int64_t attempt = 1; attempt <= 7; attempt++) {
        assert_int_equal(letter_wait(attempt, 1000, 0), times[attempt - 1] * 800);
        assert_int_equal(letter_wait(attempt, 1000, UINT32_MAX), times[attempt - 1] * 1200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain_addresses_alone),
                                       cmocka_unit_test(a_mail_has_no_content),
                                       cmocka_unit_test(signed_as_standard_webhooks_say),
                                       cmocka_unit_test(what_an_answer_means), cmocka_unit_test(waits_grow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
