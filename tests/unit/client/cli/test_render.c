#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "consent_fixtures.h"
#include "contract_fixtures.h"
#include "file.h"
#include "fixtures.h"
#include "figures_fixtures.h"
#include "messages_fixtures.h"
#include "render_consent.h"
#include "render_calendar.h"
#include "render_contract.h"
#include "render_figures.h"
#include "render_places.h"
#include "render_rights.h"
#include "render_rules.h"
#include "rights_fixtures.h"
#include "rules_fixtures.h"

/* What the screens look like stands in expected/nl.txt and expected/en.txt, in parts "== name". */
#define EXPECTED "tests/unit/client/cli/expected/"

struct page {
    struct arena *arena;
    struct screen screen;
    char *bytes;
    size_t length;
};

static struct page page_open(enum language language, bool utf8)
{
    struct page page = {.arena = arena_new(0)};
    page.screen = (struct screen){.arena = page.arena, .language = language, .utf8 = utf8};
    assert_true(moment_parse(slice_of("2026-11-20T10:00:00Z"), &page.screen.now));
    return page;
}

static void page_close(struct page *page)
{
    arena_free(&page->arena);
}

static json_t *read_document(const char *text)
{
    struct err err;
    json_t *document = document_parse(slice_of(text), &err);
    if (!document)
        fail_msg("fixture: %s", err.text);
    return document;
}

typedef void (*render_one)(const struct screen *screen, const json_t *document);

static void check_all(const struct screen *screen, const json_t *document)
{
    assert_int_equal(render_checks(screen, document), 1);
}

static void vocabulary_all(const struct screen *screen, const json_t *document)
{
    assert_true(render_vocabulary(screen, document, NULL));
}

static void vocabulary_domains(const struct screen *screen, const json_t *document)
{
    assert_true(render_vocabulary(screen, document, "domains"));
    assert_false(render_vocabulary(screen, document, "weather"));
}

static void inbox_more(const struct screen *screen, const json_t *document)
{
    render_inbox(screen, document, true);
}

static void unread_whole(const struct screen *screen, const json_t *document)
{
    render_unread_list(screen, document, false);
}

static void inbox_part(const struct screen *screen, const json_t *document)
{
    render_inbox_part(screen, document, false);
}

static void inbox_whole(const struct screen *screen, const json_t *document)
{
    render_inbox(screen, document, false);
}

static void chain_whole(const struct screen *screen, const json_t *document)
{
    render_chain(screen, document, false);
}

static void watched(const struct screen *screen, const json_t *document)
{
    for (size_t i = 0; i < json_array_size(document); i++)
        render_event(screen, json_array_get(document, i));
}

static void feedback_whole(const struct screen *screen, const json_t *document)
{
    render_feedback_list(screen, document, false);
}

static void access_told(const struct screen *screen, const json_t *document)
{
    render_access_told(screen, "W7T9-HC7C", document, true);
}

static void access_rows(const struct screen *screen, const json_t *document)
{
    render_access_rows(screen, document, false);
}

static void conflict(const struct screen *screen, const json_t *document)
{
    json_t *referral = read_document(REFERRAL);
    render_conflict(screen, document, referral);
    render_conflict(screen, document, NULL);
    json_decref(referral);
}

/* Rules are told in the region's words. */
static void with_words(const struct screen *screen, const json_t *document,
                       void (*render)(const struct wording *wording, const json_t *document))
{
    json_t *words = read_document(VOCABULARY);
    struct wording wording = {screen, words};
    render(&wording, document);
    json_decref(words);
}

static void findings(const struct wording *wording, const json_t *document)
{
    size_t errors = 0;
    const json_t *list = document_list(document, "findings");
    for (size_t i = 0; i < json_array_size(list); i++)
        errors += strcmp(document_text(json_array_get(list, i), "severity"), "error") == 0;
    assert_int_equal(render_findings(wording, document), errors);
}

static void trial_of_one(const struct wording *wording, const json_t *document)
{
    render_trial(wording, document, 1);
}

static void trial_of_all(const struct wording *wording, const json_t *document)
{
    render_trial(wording, document, UINT64_MAX);
}

static void rule_table(const struct screen *screen, const json_t *document)
{
    with_words(screen, document, render_rule_table);
}

static void rule_check(const struct screen *screen, const json_t *document)
{
    with_words(screen, document, findings);
}

static void trial(const struct screen *screen, const json_t *document)
{
    with_words(screen, document, trial_of_all);
}

static void trial_cut(const struct screen *screen, const json_t *document)
{
    with_words(screen, document, trial_of_one);
}

static void explanation(const struct screen *screen, const json_t *document)
{
    with_words(screen, document, render_explanation);
}

static void emergencies(const struct screen *screen, const json_t *document)
{
    render_emergencies(screen, document, false);
}

static void notices(const struct screen *screen, const json_t *document)
{
    render_notices(screen, document, true);
}

static void subscriptions(const struct screen *screen, const json_t *document)
{
    render_subscriptions(screen, document, false);
}

static void deliveries(const struct screen *screen, const json_t *document)
{
    render_deliveries(screen, document, false);
}

static void copy_of_everything(const struct screen *screen, const json_t *document)
{
    with_words(screen, document, render_export);
}

static const struct {
    const char *part;
    render_one render;
    const char *document;
} parts[] = {
    {"receipt", render_receipt, RECEIPT},
    {"receipt, a waiting list", render_receipt, RECEIPT_ROOM("waiting-list", "fresh")},
    {"receipt, full, as was said long ago", render_receipt, RECEIPT_ROOM("full", "old")},
    {"preview", render_preview, PREVIEW},
    {"moved", render_moved, STEP_OPEN},
    {"moved to an end", render_moved, STEP_ENDED},
    {"step", render_step, INBOX_ITEM},
    {"referral", render_referral, REFERRAL},
    {"conflict", conflict, STEP_OPEN},
    {"inbox", inbox_more, "[" INBOX_ITEM "]"},
    {"inbox, nothing shared", inbox_whole, "[" INBOX_HIDDEN("requested", "null") "]"},
    {"step, no phone shared", render_step,
     INBOX_HIDDEN("accepted", "{\"name\":\"An Jansen\",\"phone\":null,\"email\":null}")},
    {"who cannot reach the client", render_unreachable,
     "{\"client\":\"5XMX-JGY5\",\"parties\":[{\"organisation\":" ONIS
     ",\"withheld\":[\"name\",\"phone\",\"text\"],"
     "\"steps\":[{\"id\":\"8PQ2-NNNR\"}]},{\"organisation\":" LINDE ",\"withheld\":[\"phone\"],\"steps\":[]},"
     "{\"organisation\":" LINDE ",\"withheld\":[\"notes\"],\"steps\":[{\"id\":\"8PQ2-NNNR\"}]}]}"},
    {"inbox, empty", inbox_whole, "[]"},
    {"inbox, picked up", inbox_whole, "[" INBOX_PICKED("true") "," INBOX_PICKED("false") "]"},
    {"inbox, none picked up", inbox_part, "[]"},
    {"reopened", render_reopened, STEP_OPEN},
    {"step, picked up", render_step, INBOX_PICKED("false")},
    {"chain", chain_whole, CHAIN_ITEMS},
    {"chain, with the named person", chain_whole, CHAIN_AT_LAST},
    {"chain, empty", chain_whole, "[]"},
    {"watched", watched, EVENTS_WATCHED},
    {"feedback list", feedback_whole, "[" FEEDBACK("null") "]"},
    {"feedback list, empty", feedback_whole, "[]"},
    {"feedback", render_feedback, FEEDBACK("\"2026-11-22T09:00:00Z\"")},
    {"checks", check_all, CHECKS},
    {"vocabulary", vocabulary_all, VOCABULARY},
    {"vocabulary, one list", vocabulary_domains, VOCABULARY},
    {"me", render_me, ME},
    {"preview with candidates", render_preview, PREVIEW_CANDIDATES},
    {"rule tables", render_rule_tables, TABLE_LIST},
    {"rule table", rule_table, OFFERING_TABLE},
    {"rule table of fields", rule_table, FIELDS_TABLE},
    {"findings", rule_check, RULE_CHECK},
    {"findings, a warning", rule_check, RULE_CHECK_WARNING},
    {"findings, many dead", rule_check, RULE_CHECK_DEAD},
    {"findings, none", rule_check, RULE_CHECK_CLEAN},
    {"trial", trial, TRIAL},
    {"trial, cut", trial_cut, TRIAL},
    {"explanation", explanation, EXPLANATION},
    {"explanation of long ago", explanation, EXPLANATION_OLD},
    {"consent", render_consent, CONSENT},
    {"consent to nothing", render_consent, CONSENT_NONE},
    {"what each party sees", render_disclosure, DISCLOSURE},
    {"clients found", render_found, FOUND},
    {"clients found, none", render_found, "{\"items\":[]}"},
    {"access log, told", access_told, ACCESS_ENTRIES},
    {"access log, told, empty", access_told, "[]"},
    {"access log, rows", access_rows, ACCESS_ENTRIES},
    {"emergency", render_emergency, EMERGENCY},
    {"emergencies", emergencies, "[" EMERGENCY_OPEN "," EMERGENCY_REVIEWED "]"},
    {"emergencies, none", emergencies, "[]"},
    {"reviewed", render_reviewed, EMERGENCY_REVIEWED},
    {"notices", notices, NOTICES},
    {"notice to the named person", notices, NOTICE_AT_LAST},
    {"subscribed", render_subscribed, SUBSCRIBED},
    {"subscriptions", subscriptions, "[" SUBSCRIPTION "]"},
    {"subscriptions of all", subscriptions, "[" SUBSCRIPTION "," SUBSCRIPTION_OTHERS "]"},
    {"subscriptions, none", subscriptions, "[]"},
    {"deliveries", deliveries, DELIVERIES},
    {"deliveries, none", deliveries, "[]"},
    {"copy of everything", copy_of_everything, COPY},
    {"copy of nothing", copy_of_everything, COPY_ERASED},
    {"told how it ended", render_told, ANSWER("partly")},
    {"told how it ended, no answer", render_told, ANSWER("not-known")},
    {"referral, told, answered late", render_referral, REFERRAL_TOLD},
    {"rates of the region", render_rates, RATES_REGION},
    {"rates by partner", render_rates, RATES_PARTNERS},
    {"rates, none", render_rates, RATES_NONE},
    {"partners", render_partners, PARTNERS},
    {"partners, none", render_partners, PARTNERS_NONE},
    {"movement by domain", render_movement, MOVEMENT_DOMAINS},
    {"movement by area", render_movement, MOVEMENT_AREAS},
    {"movement, none", render_movement, MOVEMENT_NONE("domain")},
    {"movement by area, none", render_movement, MOVEMENT_NONE("area")},
    {"savings", render_savings, SAVINGS},
    {"savings, nothing assumed", render_savings, SAVINGS_NONE},
    {"assumptions", render_assumptions,
     "{\"items\":[" ASSUMPTION("1200", "null") "," ASSUMPTION("0", HOUSING) "]}"},
    {"assumptions, none", render_assumptions, "{\"items\":[]}"},
    {"assumption stated", render_assumption, ASSUMPTION("1000000", "null")},
    {"messages", render_messages, MESSAGES},
    {"messages, none", render_messages, "[]"},
    {"unread messages", unread_whole, UNREAD_STEPS},
    {"unread messages, none", unread_whole, "[]"},
    {"beside the inbox", render_besides, "{\"unread\":2,\"asked\":1}"},
    {"beside the inbox, nothing", render_besides, "{\"unread\":0,\"asked\":0}"},
    {"files", render_attachments, FILES},
    {"files, none", render_attachments, "{\"items\":[]}"},
    {"offerings", render_offerings, OFFERINGS},
    {"offerings, one of each", render_offerings, OFFERING_OF_ONE},
    {"offering, proved", render_offering,
     "{\"code\":\"coach\",\"name\":\"Welzijnscoach\",\"organisation\":" ONIS
     ",\"capacity\":null,\"freshness\":\"unknown\",\"evidence\":{\"asOf\":\"2026-03-01\",\"code\":\"good-"
     "indications\",\"label\":\"Goede aanwijzingen dat het werkt\",\"source\":\"Databank: Houd me "
     "vast\",\"by\":{\"name\":\"R. "
     "Bos\",\"organisation\":{\"code\":\"ketenregie\",\"name\":\"Ketenregie\"}}},\"groups\":[]}"},
    {"preview, proved", render_preview,
     "{\"decision\":{\"table\":3,\"version\":12,\"rule\":\"R01\",\"reason\":\"Past.\",\"offering\":"
     "{\"code\":\"coach\",\"name\":\"Welzijnscoach\"}"
     ",\"organisation\":" ONIS ",\"evidence\":{\"asOf\":\"2026-03-01\",\"code\":\"good-indications\","
     "\"label\":\"Goede aanwijzingen dat het werkt\",\"source\":\"Databank: Houd "
     "me vast\",\"by\":null},\"offered\":null},\"next\":{\"who\":" ONIS
     ",\"what\":" WORD("deliver", "Bezorgen") ",\"by\":\"2026-11-25T16:00:00Z\"},\"candidates\":[]}"},
    {"offerings, none", render_offerings, "{\"items\":[]}"},
    {"inbox, places in groups", inbox_whole,
     "[" INBOX_PLACE("8PQ2-NNNR", "offered", "null", "\"2026-11-23T16:00:00Z\"") "," INBOX_PLACE(
         "9GGG-HHHJ", "waiting", "2", "null") "," INBOX_PLACE("4CCC-DDDF", "taken", "null", "null") "]"},
    {"step, a place is free", render_step,
     INBOX_PLACE("8PQ2-NNNR", "offered", "null", "\"2026-11-23T16:00:00Z\"")},
    {"inbox, offers", inbox_whole,
     "[" INBOX_OFFER("8PQ2-NNNR", OFFER_SHARED) "," INBOX_OFFER("9GGG-HHHJ", OFFER_HIDDEN) "]"},
    {"step, offered", render_step, INBOX_OFFER("8PQ2-NNNR", OFFER_SHARED)},
    {"unread feedback", render_feedback_count, "{\"unread\":3}"},
    {"no unread feedback", render_feedback_count, "{\"unread\":0}"},
    {"calendar", render_calendar,
     "{\"items\":[{\"day\":\"2027-05-06\",\"kind\":\"holiday\",\"name\":\"Hemelvaartsdag\"},{\"day\":"
     "\"2027-05-07\",\"kind\":\"closure\",\"name\":\"Brugdag\"},{\"day\":\"2027-10-29\",\"kind\":\"closure\","
     "\"name\":null}]}"},
    {"calendar, none of its own", render_calendar,
     "{\"items\":[{\"day\":\"2027-05-06\",\"kind\":\"holiday\",\"name\":\"Hemelvaartsdag\"}]}"},
    {"day closed", render_closed, "{\"day\":\"2027-05-07\",\"kind\":\"closure\",\"name\":\"Brugdag\"}"},
    {"day opened", render_opened, "{\"day\":\"2027-05-07\",\"kind\":\"closure\",\"name\":null}"},
    {"contract", render_contract, CONTRACT_DAILY},
    {"contracts", render_contracts,
     "{\"items\":[" CONTRACT_END "," CONTRACT_NONE("rules") "," CONTRACT_NONE("standard") "]}"},
    {"contracts, none", render_contracts, "{\"items\":[]}"},
    {"digest", render_last_digest, DIGESTS},
    {"digest, none", render_last_digest, "{\"items\":[]}"},
    {"overview", render_overview, OVERVIEW},
    {"overview, nothing", render_overview, OVERVIEW_NONE},
    {"correction", render_correction, CORRECTION},
    {"erased", render_erasure, ERASED("done", "\"2026-12-08T03:00:00Z\"")},
    {"erased, key not yet", render_erasure, ERASED("pending", "null")},
    {"retention", render_retention, RETENTION},
    {"proof of retention", render_proof, PROOF},
    {"citizen service number", render_bsn, BSN},
    {"keys", render_keys, KEY_CHANGES},
    {"keys, none", render_keys, "{\"items\":[]}"},
    {"keys, proposed", render_keys_proposed, KEY_CHANGE("1", "rotate", "null", "proposed")},
    {"keys, approved", render_keys_approved, KEY_CHANGE("2", "retire", "1", "approved")},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

static struct slice rendered(struct page *page, render_one render, const char *text)
{
    json_t *document = read_document(text);
    page->screen.file = open_memstream(&page->bytes, &page->length);
    render(&page->screen, document);
    fclose(page->screen.file);
    json_decref(document);
    struct slice copy = arena_slice(page->arena, slice_make(page->bytes, page->length));
    free(page->bytes);
    return copy;
}

/* What stands below "== part" in the file of expected texts. */
static const char *expected_part(struct arena *arena, struct slice file, const char *part)
{
    const char *head = arena_printf(arena, "== %s\n", part);
    const char *start = strstr(file.ptr, head);
    if (!start)
        fail_msg("no part \"%s\" among the expected texts", part);
    start += strlen(head);
    const char *end = strstr(start, "== ");
    return arena_text(arena, slice_make(start, end ? (size_t)(end - start) : strlen(start)));
}

static void check_language(enum language language, const char *path)
{
    struct page page = page_open(language, language == DUTCH);
    struct slice file;
    assert_true(file_read(path, 1 << 20, page.arena, &file, NULL));
    for (size_t i = 0; i < PARTS; i++) {
        struct slice got = rendered(&page, parts[i].render, parts[i].document);
        assert_string_equal(got.ptr, expected_part(page.arena, file, parts[i].part));
    }
    page_close(&page);
}

static void screens_in_dutch(void **state)
{
    (void)state;
    check_language(DUTCH, EXPECTED "nl.txt");
}

static void screens_in_english_and_ascii(void **state)
{
    (void)state;
    check_language(ENGLISH, EXPECTED "en.txt");
}

/* Whatever the service sends, a screen comes: nothing is required, nothing is trusted. */
static void strange_documents_do_no_harm(void **state)
{
    (void)state;
    static const char *const strange[] = {
        "{}",
        "[]",
        "[{}]",
        "[[],7,null]",
        "{\"steps\":[{\"id\":\"a\",\"parentId\":\"a\"}],\"events\":[7]}",
        "{\"decision\":7,\"next\":[],\"client\":\"x\",\"steps\":{},\"loop\":null}",
        "{\"steps\":[{\"id\":\"a\"},{\"id\":\"b\",\"parentId\":\"a\"},{\"id\":\"a\",\"parentId\":\"b\"}]}"};
    struct page page = page_open(DUTCH, true);
    for (size_t k = 0; k < sizeof strange / sizeof strange[0]; k++)
        for (size_t i = 0; i < PARTS; i++)
            if (parts[i].render != check_all)
                assert_non_null(rendered(&page, parts[i].render, strange[k]).ptr);
    page_close(&page);
}

static void what_a_terminal_would_obey_is_taken_out(void **state)
{
    (void)state;
    static const char evil[] = "[{\"id\":\"\\u001b]0;owned\\u0007\",\"promise\":{\"what\":{\"label\":"
                               "\"a\\nb\\u009b2J\"},\"by\":\"x\"},"
                               "\"client\":{\"name\":\"\\u202ename\\u200b\",\"phone\":\"\\r\\b\\u007f\"},"
                               "\"referrer\":{\"name\":\"joined\\u200cname\"},"
                               "\"text\":\"one\\n\\u001b[31mtwo\"}]";
    struct page page = page_open(DUTCH, true);
    struct slice got = rendered(&page, inbox_whole, evil);
    for (size_t i = 0; i < got.len; i++)
        assert_true(got.ptr[i] == '\n' || ((unsigned char)got.ptr[i] >= 0x20 && got.ptr[i] != 0x7F));
    assert_non_null(strstr(got.ptr, "?]0;owned?"));
    assert_non_null(strstr(got.ptr, "a b?2J"));
    assert_non_null(strstr(got.ptr, "?name?"));
    assert_non_null(strstr(got.ptr, "joined\xe2\x80\x8cname"));
    assert_non_null(strstr(got.ptr, "               ?[31mtwo\n"));
    page_close(&page);
}

static void styles_only_where_asked(void **state)
{
    (void)state;
    struct page page = page_open(DUTCH, true);
    assert_null(memchr(rendered(&page, render_receipt, RECEIPT).ptr, '\033', 20));
    page.screen.colour = true;
    assert_non_null(strstr(rendered(&page, render_receipt, RECEIPT).ptr, "\033[1m7KX3-9MTF\033[0m"));
    page_close(&page);
}

static void long_texts_are_wrapped_at_spaces(void **state)
{
    (void)state;
    struct page page = page_open(DUTCH, true);
    char *words = arena_alloc(page.arena, 1001);
    for (size_t i = 0; i < 1000; i++)
        words[i] = i % 10 == 9 ? ' ' : 'q';
    const char *text = arena_printf(page.arena, "[{\"id\":\"x\",\"text\":\"%s\"}]", words);
    struct slice rest = rendered(&page, inbox_whole, text);
    size_t letters = 0;
    while (rest.ptr) {
        struct slice line = slice_cut(&rest, '\n');
        assert_true(slice_utf8_length(line) <= 96);
        for (size_t i = 0; i < line.len; i++)
            letters += line.ptr[i] == 'q';
    }
    assert_int_equal(letters, 900);
    page_close(&page);
}

static void moments_over_the_year(void **state)
{
    (void)state;
    moment winter, summer;
    struct arena *arena = arena_new(0);
    assert_true(moment_parse(slice_of("2026-11-24T16:00:00Z"), &winter));
    assert_true(moment_parse(slice_of("2027-07-05T15:00:00Z"), &summer));
    assert_string_equal(text_when(arena, DUTCH, winter, winter), "dinsdag 24 november 17:00");
    assert_string_equal(text_when(arena, DUTCH, summer, winter), "maandag 5 juli 2027 17:00");
    assert_string_equal(text_when(arena, ENGLISH, winter, winter), "Tuesday 24 November 17:00");
    assert_string_equal(text_when_short(arena, summer), "05-07-2027 17:00");
    assert_string_equal(text_day(arena, DUTCH, summer), "5 juli 2027");
    arena_free(&arena);
}

/* Every template is there in both languages and asks for the same values. */
static void both_languages_say_the_same(void **state)
{
    (void)state;
    for (enum text text = 0; text < TEXT_COUNT; text++) {
        const char *nl = text_template(DUTCH, text), *en = text_template(ENGLISH, text);
        assert_true(nl && *nl && en && *en);
        for (char digit = '1'; digit <= '9'; digit++) {
            const char token[] = {'{', digit, '}', '\0'};
            assert_int_equal(strstr(nl, token) != NULL, strstr(en, token) != NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_in_dutch),
        cmocka_unit_test(screens_in_english_and_ascii),
        cmocka_unit_test(strange_documents_do_no_harm),
        cmocka_unit_test(what_a_terminal_would_obey_is_taken_out),
        cmocka_unit_test(styles_only_where_asked),
        cmocka_unit_test(long_texts_are_wrapped_at_spaces),
        cmocka_unit_test(moments_over_the_year),
        cmocka_unit_test(both_languages_say_the_same),
    };
    return cmocka_run_group_tests_name("client screens", tests, NULL, NULL);
}
