#include "rules_words.h"

#include "feel.h"
#include "test.h"

enum { AGE_MAX = 120, AREA_MIN = 1000, AREA_MAX = 9999 };

struct word {
    const char *code;
    const char *in[LANGUAGES];
};

#define END                                                                                                  \
    {                                                                                                        \
        NULL,                                                                                                \
        {                                                                                                    \
            NULL, NULL                                                                                       \
        }                                                                                                    \
    }

static const struct word urgencies[] = {{"routine", {"gewoon", "routine"}}, {"soon", {"spoed", "soon"}}, END};
static const struct word mobilities[] = {{"independent", {"zelfstandig", "independent"}},
                                         {"limited", {"beperkt", "limited"}},
                                         {"housebound", {"kan het huis niet uit", "housebound"}},
                                         END};
static const struct word skills[] = {
    {"good", {"goed", "good"}}, {"some", {"een beetje", "some"}}, {"none", {"geen", "none"}}, END};
static const struct word occupations[] = {{"working", {"werkt", "working"}},
                                          {"school", {"gaat naar school", "at school"}},
                                          {"unemployed", {"zonder werk", "unemployed"}},
                                          {"retired", {"met pensioen", "retired"}},
                                          {"unable", {"kan niet werken", "unable to work"}},
                                          END};
static const struct word households[] = {{"alone", {"alleen", "alone"}},
                                         {"couple", {"met partner", "couple"}},
                                         {"family", {"gezin", "family"}},
                                         {"single-parent", {"eenoudergezin", "single parent"}},
                                         {"with-others", {"met anderen", "with others"}},
                                         END};
static const struct word roles[] = {{"referrer", {"verwijzer", "referrer"}},
                                    {"worker", {"uitvoerder", "worker"}},
                                    {"coordinator", {"ketenregisseur", "coordinator"}},
                                    END};
static const struct word actions[] = {{"continue", {"gewoon verder zoeken", "continue"}},
                                      {"offering", {"meteen naar het aanbod", "straight to the offering"}},
                                      {"coordinator", {"naar de ketenregie", "to the coordination"}},
                                      END};
static const struct word fields[] = {{"name", {"naam", "name"}},
                                     {"birth-year", {"geboortejaar", "year of birth"}},
                                     {"area", {"postcode", "area"}},
                                     {"phone", {"telefoon", "phone"}},
                                     {"email", {"e-mail", "email"}},
                                     {"language", {"taal", "language"}},
                                     {"domains", {"leefgebieden", "life domains"}},
                                     {"icpc", {"ICPC-codes", "ICPC codes"}},
                                     {"text", {"toelichting", "note"}},
                                     {"urgency", {"urgentie", "urgency"}},
                                     {"situation", {"situatie", "situation"}},
                                     {"notes", {"notities", "notes"}},
                                     {"bsn", {"bsn", "citizen service number"}},
                                     END};
static const struct word units[] = {{"working-days", {"werkdagen", "working days"}},
                                    {"days", {"dagen", "days"}},
                                    {"months", {"maanden", "months"}},
                                    {"state", {"zoals bij de status hoort", "as the state says"}},
                                    END};
static const struct word nexts[] = {
    {"next-candidate", {"naar het volgende aanbod", "to the next candidate"}},
    {"coordinator", {"naar de ketenregie", "to the coordination"}},
    {"ask-referrer", {"terug naar de verwijzer met een vraag", "back to the referrer with a question"}},
    {"wait", {"wachten", "wait"}},
    {"stop", {"stoppen", "stop"}},
    END};
static const struct word forms[] = {{"at-once", {"meteen", "at once"}},
                                    {"digest", {"in een overzicht", "in a digest"}},
                                    {"end", {"pas aan het einde", "at the end only"}},
                                    {"none", {"niet", "not at all"}},
                                    END};
static const struct word channels[] = {{"wijzer", {"Wijzer", "Wijzer"}},
                                       {"email", {"e-mail", "email"}},
                                       {"his", {"het eigen systeem", "their own system"}},
                                       END};
static const struct word booleans[] = {{"true", {"ja", "yes"}}, {"false", {"nee", "no"}}, END};

/* What a null answer says, where it says something. */
static const struct word nothing_offering[] = {
    {"", {"geen: naar de ketenregie", "none: to the coordination"}}, END};
static const struct word nothing_approach[] = {{"", {"geen", "none"}}, END};

static const struct column {
    const char *name;
    const char *label[LANGUAGES]; /* within a sentence */
    const struct word *words;     /* fixed ones, or NULL */
    const char *list;             /* of the vocabulary, or NULL */
    const struct word *nothing;
    int64_t low, high; /* numbers at the edge say nothing: "from 65" rather than "65 to 120" */
} columns[] = {
    {"domains", {"leefgebied", "life domain"}, NULL, "domains", NULL, 0, 0},
    {"icpc", {"ICPC-code", "ICPC code"}, NULL, NULL, NULL, 0, 0},
    {"age", {"leeftijd", "age"}, NULL, NULL, NULL, 0, AGE_MAX},
    {"area", {"postcode", "area"}, NULL, NULL, NULL, AREA_MIN, AREA_MAX},
    {"language", {"taal", "language"}, NULL, NULL, NULL, 0, 0},
    {"urgency", {"urgentie", "urgency"}, urgencies, NULL, NULL, 0, 0},
    {"mobility", {"mobiliteit", "mobility"}, mobilities, NULL, NULL, 0, 0},
    {"digitalSkill", {"digitale vaardigheid", "digital skill"}, skills, NULL, NULL, 0, 0},
    {"lvb", {"licht verstandelijke beperking", "mild intellectual disability"}, booleans, NULL, NULL, 0, 0},
    {"occupation", {"werk of school", "occupation"}, occupations, NULL, NULL, 0, 0},
    {"household", {"huishouden", "household"}, households, NULL, NULL, 0, 0},
    {"referrer", {"verwijzer", "referrer"}, NULL, "organisations", NULL, 0, 0},
    {"referrerRole", {"rol van de verwijzer", "referrer's role"}, roles, NULL, NULL, 0, 0},
    {"declines", {"eerder geweigerd", "declined before"}, NULL, "declineCodes", NULL, 0, 0},
    {"approach", {"aanpak", "approach"}, NULL, "approaches", nothing_approach, 0, 0},
    {"recipient", {"soort ontvanger", "kind of recipient"}, NULL, NULL, NULL, 0, 0},
    {"promise", {"toezegging", "promise"}, NULL, "promises", NULL, 0, 0},
    {"level", {"trede", "level"}, NULL, NULL, NULL, 0, 0},
    {"decline", {"reden van weigering", "decline code"}, NULL, "declineCodes", NULL, 0, 0},
    {"tries", {"hoeveelste weigering", "number of declines"}, NULL, NULL, NULL, 1, 20},
    {"milestone", {"mijlpaal", "milestone"}, NULL, "states", NULL, 0, 0},
    {"action", {"besluit", "decision"}, actions, NULL, NULL, 0, 0},
    {"offering", {"aanbod", "offering"}, NULL, "offerings", nothing_offering, 0, 0},
    {"weight", {"gewicht", "weight"}, NULL, NULL, NULL, 0, 0},
    {"offer", {"aanbieden aan (zonder naam)", "offer to (without a name)"}, NULL, NULL, NULL, 0, 0},
    {"evidence", {"bewijs, ten minste", "evidence, at least"}, NULL, "evidence", NULL, 0, 0},
    {"fields", {"gegevens", "fields"}, fields, NULL, NULL, 0, 0},
    {"amount", {"aantal", "amount"}, NULL, NULL, NULL, 0, 0},
    {"unit", {"eenheid", "unit"}, units, NULL, NULL, 0, 0},
    {"escalateAfter", {"opschalen na werkdagen", "escalate after working days"}, NULL, NULL, NULL, 0, 0},
    {"next", {"vervolg", "next"}, nexts, NULL, NULL, 0, 0},
    {"form", {"vorm", "form"}, forms, NULL, NULL, 0, 0},
    {"channel", {"kanaal", "channel"}, channels, NULL, NULL, 0, 0},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const struct column *column_of(const char *name)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
    return NULL;
}

const char *column_label(enum language language, const char *column)
{
    const struct column *known = column_of(column);
    return known ? known->label[language] : NULL;
}

const char *const *column_facts(size_t *count)
{
    static const char *const names[] = {"domains",   "icpc",     "age",          "area",    "language",
                                        "urgency",   "mobility", "digitalSkill", "lvb",     "occupation",
                                        "household", "referrer", "referrerRole", "declines"};
    *count = sizeof names / sizeof names[0];
    return names;
}

/* ---- words ---- */

static const char *join(const struct wording *wording, const char *list, const char *more, const char *with)
{
    return *list ? arena_printf(wording->screen->arena, "%s%s%s", list, with, more) : more;
}

static const char *or_text(const struct wording *wording)
{
    return text_template(wording->screen->language, RULES_OR);
}

static const char *fixed_word(const struct wording *wording, const struct word *words, const char *code)
{
    for (; words && words->code; words++)
        if (strcmp(words->code, code) == 0)
            return words->in[wording->screen->language];
    return NULL;
}

static const char *region_word(const struct wording *wording, const char *list, const char *code)
{
    const json_t *words = document_list(wording->words, list);
    for (size_t i = 0; i < json_array_size(words); i++) {
        const json_t *word = json_array_get(words, i);
        if (strcmp(document_text(word, "code"), code) != 0)
            continue;
        const char *label = document_text(word, "label");
        return *label ? label : document_text(word, "name");
    }
    return NULL;
}

const char *word_text(const struct wording *wording, const char *column, const char *word)
{
    const struct column *known = column_of(column);
    const char *found = known ? fixed_word(wording, known->words, word) : NULL;
    if (!found && known && known->list)
        found = region_word(wording, known->list, word);
    return found && *found ? found : word;
}

/* ---- cells ---- */

/* Keys are twice the millionth of a number, and one more for what lies behind it (test.h). */
static int64_t key_up(int64_t key)
{
    return -floor_div(-key, integer_key(1));
}

static const char *range_text(const struct wording *wording, const struct column *column,
                              struct key_range range)
{
    struct arena *arena = wording->screen->arena;
    bool bounded = column && column->high > column->low;
    bool no_low = range.low == KEY_MIN || (bounded && range.low <= integer_key(column->low));
    bool no_high = range.high == KEY_MAX || (bounded && range.high >= integer_key(column->high));
    const char *low = no_low ? "" : arena_printf(arena, "%lld", (long long)key_up(range.low));
    const char *high =
        no_high ? "" : arena_printf(arena, "%lld", (long long)floor_div(range.high, integer_key(1)));
    if (no_low && no_high)
        return screen_text(wording->screen, RULES_ANY_NUMBER, NULL);
    if (no_low || no_high)
        return screen_text(wording->screen, no_low ? RULES_UP_TO : RULES_FROM, VALUES(no_low ? high : low));
    return strcmp(low, high) == 0 ? low : screen_text(wording->screen, RULES_FROM_TO, VALUES(low, high));
}

static const char *day_range_text(const struct wording *wording, struct key_range range)
{
    struct arena *arena = wording->screen->arena;
    const char *low = arena_text(arena, key_text(range.low, TEST_DATES, arena));
    const char *high = arena_text(arena, key_text(range.high, TEST_DATES, arena));
    if (range.low == KEY_MIN)
        return screen_text(wording->screen, RULES_UP_TO, VALUES(high));
    if (range.high == KEY_MAX)
        return screen_text(wording->screen, RULES_FROM, VALUES(low));
    return screen_text(wording->screen, RULES_FROM_TO, VALUES(low, high));
}

static const char *words_of(const struct wording *wording, const char *column, const struct test *test)
{
    const char *list = "";
    for (uint32_t i = 0; i < test->count; i++)
        list = join(wording, list,
                    word_text(wording, column, arena_text(wording->screen->arena, test->words[i])),
                    test->negated ? ", " : or_text(wording));
    if (!test->negated)
        return list;
    return screen_text(wording->screen, test->count > 1 ? RULES_NONE_OF : RULES_NOT, VALUES(list));
}

static const char *ranges_of(const struct wording *wording, const char *column, const struct test *test)
{
    const char *list = "";
    for (uint32_t i = 0; i < test->count; i++)
        list = join(wording, list,
                    test->kind == TEST_DATES ? day_range_text(wording, test->ranges[i])
                                             : range_text(wording, column_of(column), test->ranges[i]),
                    or_text(wording));
    return list;
}

const char *cell_words(const struct wording *wording, const char *column, const char *text)
{
    const struct screen *screen = wording->screen;
    struct feel_fault fault;
    struct test test;
    const struct feel *feel = feel_parse_tests(slice_of(text), NULL, screen->arena, &fault);
    if (!feel || (!feel_simple(feel, screen->arena, &test) && !feel_simple_list(feel, screen->arena, &test)))
        return text;
    switch (test.kind) {
    case TEST_WORDS:
        return words_of(wording, column, &test);
    case TEST_NUMBERS:
    case TEST_DATES:
        return ranges_of(wording, column, &test);
    case TEST_BOOLEAN:
        return fixed_word(wording, booleans, test.boolean ? "true" : "false");
    case TEST_NULL:
        return text_template(screen->language, test.negated ? RULES_KNOWN : RULES_NOTHING);
    case TEST_ANY:
    case TEST_FEEL:
        break;
    }
    return text;
}

const char *cell_phrase(const struct wording *wording, const char *column, const char *test)
{
    const char *label = column_label(wording->screen->language, column);
    return arena_printf(wording->screen->arena, "%s %s", label ? label : column,
                        cell_words(wording, column, test));
}

const char *cells_phrase(const struct wording *wording, const json_t *when)
{
    const char *list = "", *name;
    json_t *test;
    json_object_foreach((json_t *)(uintptr_t)when, name, test)
    {
        const char *text = json_string_value(test);
        if (text)
            list = join(wording, list, cell_phrase(wording, name, text), ", ");
    }
    return list;
}

/* ---- facts and answers ---- */

static const char *list_words(const struct wording *wording, const char *column, const json_t *list)
{
    const char *words = "";
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        words =
            join(wording, words, word_text(wording, column, word ? word : ""),
                 i + 1 == json_array_size(list) ? text_template(wording->screen->language, RULES_AND) : ", ");
    }
    return *words ? words : text_template(wording->screen->language, RULES_NONE);
}

const char *fact_words(const struct wording *wording, const char *column, const json_t *fact)
{
    struct arena *arena = wording->screen->arena;
    if (json_is_string(fact))
        return word_text(wording, column, json_string_value(fact));
    if (json_is_integer(fact))
        return arena_printf(arena, "%lld", (long long)json_integer_value(fact));
    if (json_is_real(fact))
        return arena_printf(arena, "%g", json_real_value(fact));
    if (json_is_boolean(fact))
        return fixed_word(wording, booleans, json_is_true(fact) ? "true" : "false");
    if (json_is_array(fact))
        return list_words(wording, column, fact);
    return text_template(wording->screen->language, RULES_UNKNOWN);
}

static const char *fact_phrase(const struct wording *wording, const char *name, const json_t *value)
{
    const char *label = column_label(wording->screen->language, name);
    return arena_printf(wording->screen->arena, "%s %s", label ? label : name,
                        fact_words(wording, name, value));
}

const char *facts_phrase(const struct wording *wording, const json_t *facts)
{
    const char *list = "", *name;
    json_t *fact;
    json_object_foreach((json_t *)(uintptr_t)facts, name, fact)
    {
        if (!json_is_null(fact))
            list = join(wording, list, fact_phrase(wording, name, fact), ", ");
    }
    return list;
}

const char *answer_phrase(const struct wording *wording, const json_t *then)
{
    const char *list = "", *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)then, name, value)
    {
        const struct column *column = column_of(name);
        const char *nothing = json_is_null(value) && column ? fixed_word(wording, column->nothing, "") : NULL;
        /* Of table 1 "continue" goes with no offering at all, which says nothing. */
        if (json_is_null(value) && (!nothing || document_at(then, "action")))
            continue;
        list = join(wording, list,
                    nothing ? arena_printf(wording->screen->arena, "%s %s",
                                           column->label[wording->screen->language], nothing)
                            : fact_phrase(wording, name, value),
                    ", ");
    }
    return list;
}
