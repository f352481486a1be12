/* Random rulebooks of tables 1-3 on few words, small numbers and six offerings, and random persons. */
#ifndef WIJZER_TEST_RANDOM_H
#define WIJZER_TEST_RANDOM_H

#include "route.h"
#include "rules.h"

struct random {
    uint64_t state;
};

static inline unsigned below(struct random *r, unsigned n)
{
    r->state = r->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(r->state >> 33) % n;
}

enum { BOOK_ROWS = 10, BOOK_OFFERINGS = 6 };

struct book {
    struct arena *arena;
    const struct table *tables[RULE_TABLES + 1];
    const struct ruleset *sets[RULE_TABLES + 1];
    struct organisation organisation;
    struct offering offerings[BOOK_OFFERINGS];
    struct region region;
};

/* " ;NAME={a,b}" of some words, or nothing. */
static inline const char *random_words(struct random *r, struct arena *arena, const char *name,
                                       const char *const *words, unsigned n, bool *is_set)
{
    const char *text = "";
    unsigned bits = below(r, 3) ? 0 : below(r, 1U << n);
    for (unsigned i = 0; i < n; i++)
        if (bits >> i & 1)
            text = arena_printf(arena, "%s%s%s", text, *text ? "," : "", words[i]);
    *is_set = bits != 0;
    return bits ? arena_printf(arena, ";%s={%s}", name, text) : "";
}

static const char *const book_domains[] = {"d1", "d2", "d3"}, *const book_approaches[] = {"p1", "p2", "p3"},
                         *const book_urgencies[] = {"routine", "soon"};

static inline const char *random_conditions(struct random *r, struct arena *arena, int table)
{
    bool domains, urgency, approaches = false;
    const char *text = random_words(r, arena, "domains", book_domains, 3, &domains);
    text = arena_printf(arena, "%s%s", text, random_words(r, arena, "urgency", book_urgencies, 2, &urgency));
    if (table == TABLE_OFFERING)
        text = arena_printf(arena, "%s%s", text,
                            random_words(r, arena, "approaches", book_approaches, 3, &approaches));
    if (!below(r, 3)) {
        unsigned low = below(r, 6);
        text = arena_printf(arena, "%s;age={[%u,%u)}", text, low, low + 1 + below(r, 4));
    }
    if (table != TABLE_APPROACH && !below(r, 4))
        text = arena_printf(arena, "%s;area={[5751,%u)}", text, 5752 + below(r, 3));
    if (!below(r, 5))
        text = arena_printf(arena, "%s;lvb=%s", text, below(r, 2) ? "t" : "f");
    if (domains && !below(r, 4))
        return arena_printf(arena, "%s;nots={domains%s}", text,
                            approaches && !below(r, 2) ? ",approaches" : "");
    return approaches && !below(r, 5) ? arena_printf(arena, "%s;nots={approaches}", text) : text;
}

static inline const char *random_answer(struct random *r, struct arena *arena, int table)
{
    unsigned offering = 11 + below(r, BOOK_OFFERINGS + 1); /* one that there is not */
    if (table == TABLE_APPROACH)
        return arena_printf(arena, "approach=%s;weight=%u", book_approaches[below(r, 3)], 10 * below(r, 4));
    if (table == TABLE_OFFERING && !below(r, 6))
        return arena_printf(arena, "weight=%u", 10 * below(r, 3));
    if (table == TABLE_OFFERING)
        return arena_printf(arena, "offering_id=%u;offering_code=o%u;weight=%u", offering, offering,
                            10 * below(r, 3));
    if (below(r, 2))
        return "action=continue";
    return below(r, 2) ? "action=coordinator"
                       : arena_printf(arena, "action=offering;offering_id=%u;offering_code=o", offering);
}

static inline void random_table(struct random *r, struct book *book, int table, enum hit_policy policy)
{
    const char *rows[BOOK_ROWS + 1];
    size_t count = below(r, table == TABLE_EXCLUSION ? 4 : BOOK_ROWS);
    for (size_t i = 0; i < count; i++)
        rows[i] =
            arena_printf(book->arena, "rule_id=R%zu%s;%s;reason=Omdat %zu.", i,
                         random_conditions(r, book->arena, table), random_answer(r, book->arena, table), i);
    rows[count] = table == TABLE_EXCLUSION ? "rule_id=R99;is_otherwise=t;action=continue;reason=Verder."
                                           : "rule_id=R99;is_otherwise=t;reason=Anders.";
    book->tables[table] = text_table(table, policy, rows, count + 1, book->arena);
    book->sets[table] = text_ruleset(table, policy, 10 + table, rows, count + 1);
}

static inline void random_offerings(struct random *r, struct book *book)
{
    static const int64_t days[] = {DAY_UNKNOWN, 20000, 20040, 20060};
    book->organisation = (struct organisation){.id = 1, .code = slice_of("org"), .name = slice_of("Org")};
    for (int i = 0; i < BOOK_OFFERINGS; i++)
        book->offerings[i] = (struct offering){.id = 11 + i,
                                               .code = slice_of(arena_printf(book->arena, "o%d", 11 + i)),
                                               .name = slice_of("Aanbod"),
                                               .organisation = &book->organisation,
                                               .capacity = (enum capacity)below(r, 4),
                                               .as_of = days[below(r, 4)],
                                               .confirmed = days[below(r, 4)],
                                               .reply_hours = (int)below(r, 3) - 1,
                                               .ended = !below(r, 8)};
    static const struct word domains[] = {
        {{"d1", 2}, {"x", 1}}, {{"d2", 2}, {"x", 1}}, {{"d3", 2}, {"x", 1}}, {{"d4", 2}, {"x", 1}}};
    book->region = (struct region){.id = 1,
                                   .domains = domains,
                                   .domain_count = 4,
                                   .organisations = &book->organisation,
                                   .organisation_count = 1,
                                   .coordination = &book->organisation,
                                   .offerings = book->offerings,
                                   .offering_count = BOOK_OFFERINGS};
}

/* `former`: table 3 of the first form alone. */
static inline void random_book(struct random *r, struct book *book, bool former)
{
    *book = (struct book){.arena = arena_new(0)};
    random_offerings(r, book);
    if (former)
        random_table(r, book, TABLE_OFFERING, HIT_FIRST);
    for (int table = TABLE_EXCLUSION; !former && table <= TABLE_OFFERING; table++)
        random_table(r, book, table, 0);
}

static inline void free_book(struct book *book)
{
    for (int table = 0; table <= RULE_TABLES; table++)
        ruleset_release(&book->sets[table]);
    arena_free(&book->arena);
}

/* `known`: of ten, how often a fact is. */
static inline struct situation random_person(struct random *r, struct book *book, unsigned known)
{
    struct situation situation = {0};
    struct slice *words = arena_array(book->arena, 3, sizeof *words);
    size_t count = 0;
    unsigned bits = below(r, 8);
    for (unsigned i = 0; i < 3; i++)
        if (bits >> i & 1)
            words[count++] = slice_of(book_domains[i]);
    if (below(r, 10) < known)
        situation_words(&situation, ABOUT_DOMAINS, words, count);
    if (below(r, 10) < known)
        situation_word(&situation, ABOUT_URGENCY, slice_of(book_urgencies[below(r, 2)]));
    if (below(r, 10) < known)
        situation_number(&situation, ABOUT_AGE, below(r, 10));
    if (below(r, 10) < known)
        situation_number(&situation, ABOUT_AREA, 5750 + below(r, 5));
    if (below(r, 10) < known)
        situation_flag(&situation, ABOUT_LVB, below(r, 2));
    situation_words(&situation, ABOUT_DECLINES, NULL, 0);
    return situation;
}

#endif
