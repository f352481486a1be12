#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules_fixtures.h"
#include "rules_words.h"

static const char vocabulary[] = "{\"domains\":[" WORD("finances", "Geld en schulden") "," WORD(
    "housing", "Wonen") "],\"offerings\":["
                        "{\"code\":\"coach\",\"name\":\"Welzijnscoach\"}],\"declineCodes\":[" WORD(
                            "capacity", "Geen plek") "]}";

struct page {
    struct arena *arena;
    struct screen screen;
    json_t *words;
    struct wording wording;
};

static int setup(void **state)
{
    struct page *page = xcalloc(1, sizeof *page);
    page->arena = arena_new(0);
    page->screen = (struct screen){.arena = page->arena, .language = DUTCH};
    page->words = document_parse(slice_of(vocabulary), NULL);
    assert_non_null(page->words);
    page->wording = (struct wording){&page->screen, page->words};
    *state = page;
    return 0;
}

static int teardown(void **state)
{
    struct page *page = *state;
    json_decref(page->words);
    arena_free(&page->arena);
    free(page);
    return 0;
}

static void cells_in_dutch(void **state)
{
    static const struct {
        const char *column, *test, *phrase;
    } cases[] = {
        {"age", "[18..27]", "leeftijd 18 t/m 27"},
        {"age", "[18..28)", "leeftijd 18 t/m 27"},
        {"age", "(17..27]", "leeftijd 18 t/m 27"},
        {"age", "< 18", "leeftijd t/m 17"},
        {"age", "<= 18", "leeftijd t/m 18"},
        {"age", "> 64", "leeftijd vanaf 65"},
        {"age", "[65..120]", "leeftijd vanaf 65"},
        {"age", "[0..17]", "leeftijd t/m 17"},
        {"age", "[0..120]", "leeftijd bekend"},
        {"age", "18", "leeftijd 18"},
        {"age", "18, 20, [22..30]", "leeftijd 18 of 20 of 22 t/m 30"},
        {"age", "not([18..27])", "leeftijd t/m 17 of vanaf 28"},
        {"level", "[0..2]", "trede 0 t/m 2"},
        {"area", "5751, 5752", "postcode 5751 of 5752"},
        {"area", "[5751..5754]", "postcode 5751 t/m 5754"},
        {"domains", "\"finances\"", "leefgebied Geld en schulden"},
        {"domains", "\"finances\", \"housing\"", "leefgebied Geld en schulden of Wonen"},
        {"domains", "not(\"finances\", \"housing\")", "leefgebied geen van: Geld en schulden, Wonen"},
        {"domains", "\"weather\"", "leefgebied weather"},
        {"declines", "\"capacity\"", "eerder geweigerd Geen plek"},
        {"urgency", "\"soon\"", "urgentie spoed"},
        {"mobility", "\"housebound\"", "mobiliteit kan het huis niet uit"},
        {"lvb", "true", "licht verstandelijke beperking ja"},
        {"lvb", "false", "licht verstandelijke beperking nee"},
        {"referrer", "null", "verwijzer leeg"},
        {"referrer", "not(null)", "verwijzer ingevuld"},
        {"age", "? > area", "leeftijd ? > area"},
        {"age", "((", "leeftijd (("},
        {"shoe", "[40..45]", "shoe 40 t/m 45"},
    };
    struct page *page = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(cell_phrase(&page->wording, cases[i].column, cases[i].test), cases[i].phrase);
}

static void and_in_english(void **state)
{
    struct page *page = *state;
    page->screen.language = ENGLISH;
    assert_string_equal(cell_phrase(&page->wording, "age", "[18..27]"), "age 18 to 27");
    assert_string_equal(cell_phrase(&page->wording, "domains", "not(\"finances\")"),
                        "life domain not Geld en schulden");
    assert_string_equal(cell_phrase(&page->wording, "lvb", "true"), "mild intellectual disability yes");
}

/* Without a vocabulary codes stay codes. */
static void words_without_a_vocabulary(void **state)
{
    struct page *page = *state;
    page->wording.words = NULL;
    assert_string_equal(cell_phrase(&page->wording, "domains", "\"finances\""), "leefgebied finances");
    assert_string_equal(word_text(&page->wording, "offering", "coach"), "coach");
    assert_string_equal(word_text(&page->wording, "urgency", "soon"), "spoed");
}

static const char *phrase(struct page *page, const char *json,
                          const char *(*of)(const struct wording *wording, const json_t *document))
{
    json_t *document = document_parse(slice_of(json), NULL);
    assert_non_null(document);
    const char *text = arena_text(page->arena, slice_of(of(&page->wording, document)));
    json_decref(document);
    return text;
}

static void rows_facts_and_answers(void **state)
{
    struct page *page = *state;
    assert_string_equal(
        phrase(page, "{\"age\":\"< 18\",\"domains\":\"\\\"finances\\\"\",\"area\":7}", cells_phrase),
        "leeftijd t/m 17, leefgebied Geld en schulden");
    assert_string_equal(phrase(page, "{}", cells_phrase), "");
    assert_string_equal(
        phrase(page,
               "{\"domains\":[\"finances\",\"housing\",\"x\"],\"age\":76,\"lvb\":true,\"mobility\":null,"
               "\"declines\":[],\"urgency\":\"soon\"}",
               facts_phrase),
        "leefgebied Geld en schulden, Wonen en x, leeftijd 76, licht verstandelijke beperking ja, eerder "
        "geweigerd geen, urgentie spoed");
    assert_string_equal(phrase(page, "{\"offering\":\"coach\",\"weight\":50}", answer_phrase),
                        "aanbod Welzijnscoach, gewicht 50");
    assert_string_equal(phrase(page, "{\"offering\":null,\"weight\":null}", answer_phrase),
                        "aanbod geen: naar de ketenregie");
    assert_string_equal(phrase(page, "{\"approach\":null,\"weight\":null}", answer_phrase), "aanpak geen");
    assert_string_equal(phrase(page, "{\"action\":\"continue\",\"offering\":null}", answer_phrase),
                        "besluit gewoon verder zoeken");
    assert_string_equal(phrase(page, "{\"fields\":[\"name\",\"phone\"]}", answer_phrase),
                        "gegevens naam en telefoon");
    assert_string_equal(
        phrase(page, "{\"amount\":5,\"unit\":\"working-days\",\"escalateAfter\":null}", answer_phrase),
        "aantal 5, eenheid werkdagen");
}

static void facts_have_names(void **state)
{
    size_t count;
    const char *const *facts = column_facts(&count);
    (void)state;
    assert_int_equal(count, 14);
    for (size_t i = 0; i < count; i++)
        assert_non_null(column_label(DUTCH, facts[i]));
    assert_null(column_label(DUTCH, "shoe"));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(cells_in_dutch),         T(and_in_english),   T(words_without_a_vocabulary),
        T(rows_facts_and_answers), T(facts_have_names),
    };
    return cmocka_run_group_tests_name("words of rule tables", tests, NULL, NULL);
}
