/* The smallest change of facts that leads to an offering: every candidate change is decided by the whole of
 * route_decide(). What to try follows from the cells: between two boundaries that no cell tells apart, the
 * number nearest to the present one stands for all.
 */
#include "explain_own.h"
#include "memo.h"

/* Of a list with at most ALL_SETS words every set is tried, of others those that differ by a word or two. */
enum { FACTS = 11, ALL_SETS = 6, TWO_MORE = 20, SET_MAX = 40 };
/* Rows for which a decision counts once more, and how often one counts that has more than a trace holds. */
enum { FEW = 4, MANY = 32 };

/* Something else that a fact could be. */
struct option {
    struct fact fact;
    uint64_t distance;
};

struct options {
    enum about about;
    struct option *list; /* nearest first */
    size_t count, room;
    bool is_limited; /* there are more sets than those */
};

struct search {
    const struct explained *e;
    struct arena *arena;
    int32_t offering_id;
    struct options facts[FACTS];
    size_t fact_count;
    struct situation situation;         /* being tried */
    const struct option *chosen[FACTS]; /* NULL: as it is */
    struct near_rows first, second, third;
    size_t decisions, limit;
    bool is_cut;     /* the limit was reached */
    size_t complete; /* all changes of so many facts were tried */
    struct change *best;
};

/* Options
 * ----------------------------------------------------------------------------------------------------
 */

static void add_option(struct search *s, struct options *options, struct fact fact, uint64_t distance)
{
    if (options->count == options->room) {
        struct option *list = arena_array(s->arena, options->room ? 2 * options->room : 16, sizeof *list);
        if (options->count)
            memcpy(list, options->list, options->count * sizeof *list);
        options->room = options->room ? 2 * options->room : 16;
        options->list = list;
    }
    options->list[options->count++] = (struct option){fact, distance};
}

/* Stable, so that of equals the first stays first. */
static void sort_options(const struct search *s, struct options *options)
{
    if (options->count < 2)
        return;
    struct option *from = options->list, *to = arena_array(s->arena, options->count, sizeof *to);
    for (size_t width = 1; width < options->count; width *= 2) {
        for (size_t start = 0; start < options->count; start += 2 * width) {
            size_t a = start, middle = start + width < options->count ? start + width : options->count,
                   end = start + 2 * width < options->count ? start + 2 * width : options->count, b = middle;
            for (size_t at = start; at < end; at++)
                to[at] =
                    a < middle && (b == end || from[a].distance <= from[b].distance) ? from[a++] : from[b++];
        }
        struct option *swap = from;
        from = to;
        to = swap;
    }
    options->list = from;
}

static bool same_fact(const struct fact *a, const struct fact *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case FACT_WORD:
        return slice_equal(a->word, b->word);
    case FACT_NUMBER:
        return a->key == b->key;
    case FACT_BOOLEAN:
        return a->boolean == b->boolean;
    default:
        return false;
    }
}

static void offer(struct search *s, struct options *options, struct fact fact, uint64_t distance)
{
    const struct fact *present = &s->e->record->situation.facts[options->about];
    if (!same_fact(&fact, present))
        add_option(s, options, fact, present->kind == FACT_ABSENT ? 1 : distance);
}

/* Calls `visit` with every cell that tables 1-3 have on a fact; cells that share their words or ranges once.
 */
typedef void visit_cell(void *arg, const struct test *test);

static void visit_table(const struct search *s, int number, enum about about, struct memo *seen,
                        visit_cell *visit, void *arg)
{
    const struct table *table = s->e->record->tables[number];
    const struct question *question = question_of(number);
    size_t column = 0;
    while (column < question->input_count && question->inputs[column] != about)
        column++;
    for (size_t i = 0; table && column < question->input_count && i < table->rule_count; i++) {
        const struct test *test = &table->rules[i].tests[column];
        bool is_new;
        if (test->kind != TEST_WORDS && test->kind != TEST_NUMBERS)
            continue;
        memo_at(seen, slice_make((const char *)&test->words, sizeof(void *)), &is_new);
        if (is_new)
            visit(arg, test);
    }
}

static bool has_cells(const struct search *s, enum about about)
{
    for (int number = TABLE_EXCLUSION; number <= TABLE_OFFERING; number++) {
        const struct table *table = s->e->record->tables[number];
        const struct question *question = question_of(number);
        size_t column = 0;
        while (column < question->input_count && question->inputs[column] != about)
            column++;
        for (size_t i = 0; table && column < question->input_count && i < table->rule_count; i++)
            if (table->rules[i].tests[column].kind != TEST_ANY)
                return true;
    }
    return false;
}

static void visit_cells(const struct search *s, enum about about, visit_cell *visit, void *arg)
{
    struct memo seen = {.arena = s->arena};
    for (int number = TABLE_EXCLUSION; number <= TABLE_OFFERING; number++)
        visit_table(s, number, about, &seen, visit, arg);
}

/* Numbers: where a class of them begins. */
struct starts {
    int64_t low, high;
    bool *is_start; /* by number - low */
};

static void mark(struct starts *starts, int64_t number)
{
    if (number >= starts->low && number <= starts->high)
        starts->is_start[number - starts->low] = true;
}

static void mark_cell(void *arg, const struct test *test)
{
    struct starts *starts = arg;
    for (uint32_t i = 0; test->kind == TEST_NUMBERS && i < test->count; i++) {
        if (test->ranges[i].low != KEY_MIN)
            mark(starts, key_integer(test->ranges[i].low));
        if (test->ranges[i].high != KEY_MAX)
            mark(starts, key_integer(test->ranges[i].high) + 1);
    }
}

/* Of the classes above the present number their first, of those below their last. */
static void offer_numbers(struct search *s, struct options *options, const struct column *column)
{
    const struct fact *present = &s->e->record->situation.facts[options->about];
    int64_t now = present->kind == FACT_NUMBER ? key_integer(present->key) : column->low - 1;
    struct starts starts = {column->low, column->high, NULL};
    starts.is_start = arena_array(s->arena, (size_t)(column->high - column->low + 1), sizeof(bool));
    visit_cells(s, options->about, mark_cell, &starts);
    starts.is_start[0] = true;
    for (int64_t n = column->low; n <= column->high; n++) {
        if (!starts.is_start[n - column->low])
            continue;
        int64_t number = n > now ? n : n - 1;
        if (number >= column->low)
            offer(s, options, (struct fact){.kind = FACT_NUMBER, .key = integer_key(number)},
                  (uint64_t)(number > now ? number - now : now - number));
    }
}

/* Words. */
struct words {
    struct arena *arena;
    struct memo seen;
    struct slice *list;
    size_t count, room;
};

static void add_word(struct words *words, struct slice word)
{
    bool is_new;
    memo_at(&words->seen, word, &is_new);
    if (!is_new)
        return;
    if (words->count == words->room) {
        words->room = words->room ? 2 * words->room : 16;
        struct slice *list = arena_array(words->arena, words->room, sizeof *list);
        if (words->count)
            memcpy(list, words->list, words->count * sizeof *list);
        words->list = list;
    }
    words->list[words->count++] = word;
}

static void add_words_of(void *arg, const struct test *test)
{
    for (uint32_t i = 0; test->kind == TEST_WORDS && i < test->count; i++)
        add_word(arg, test->words[i]);
}

/* One word that no cell names stands for all such. */
static void add_other(const struct search *s, struct words *words, const struct column *column)
{
    static const char *const languages[] = {"nl", "en", "de", "ar", "tr", "pl", "uk", "ti", NULL};
    const char *const *fixed = column->words ? column->words : languages;
    const struct slice *region = NULL;
    size_t before = words->count, count = 0;
    if (region_words(&s->e->region, column->name, s->arena, &region, &count))
        for (size_t i = 0; i < count && words->count == before; i++)
            add_word(words, region[i]);
    else
        for (size_t i = 0; fixed[i] && words->count == before; i++)
            add_word(words, slice_of(fixed[i]));
}

static struct words words_of(const struct search *s, enum about about, const struct column *column)
{
    struct words words = {.arena = s->arena, .seen = {.arena = s->arena}};
    visit_cells(s, about, add_words_of, &words);
    add_other(s, &words, column);
    return words;
}

static void offer_words(struct search *s, struct options *options, const struct column *column)
{
    struct words words = words_of(s, options->about, column);
    for (size_t i = 0; i < words.count; i++)
        offer(s, options, (struct fact){.kind = FACT_WORD, .word = words.list[i]}, 1);
}

/* Sets. */
static bool has_word(const struct fact *set, struct slice word)
{
    for (uint32_t i = 0; set->kind == FACT_WORDS && i < set->count; i++)
        if (slice_equal(set->words[i], word))
            return true;
    return false;
}

/* How many words are in one and not in the other. */
static uint64_t set_distance(const struct fact *a, const struct fact *b)
{
    uint64_t distance = 0;
    for (uint32_t i = 0; a->kind == FACT_WORDS && i < a->count; i++)
        distance += !has_word(b, a->words[i]);
    for (uint32_t i = 0; b->kind == FACT_WORDS && i < b->count; i++)
        distance += !has_word(a, b->words[i]);
    return distance;
}

/* The present set without one word (or none) and with two others (or none). */
static void offer_set(struct search *s, struct options *options, const struct slice *without,
                      const struct slice *with, const struct slice *with_too)
{
    const struct fact *present = &s->e->record->situation.facts[options->about];
    struct slice *words = arena_array(s->arena, present->count + 2, sizeof *words);
    struct fact set = {.kind = FACT_WORDS, .words = words};
    for (uint32_t i = 0; present->kind == FACT_WORDS && i < present->count; i++)
        if (!without || !slice_equal(present->words[i], *without))
            words[set.count++] = present->words[i];
    if (with && !has_word(&set, *with))
        words[set.count++] = *with;
    if (with_too && !has_word(&set, *with_too))
        words[set.count++] = *with_too;
    if (set.count && set.count <= SET_MAX && set_distance(&set, present))
        add_option(s, options, set, set_distance(&set, present));
}

static void offer_near_sets(struct search *s, struct options *options, const struct words *words)
{
    const struct fact *present = &s->e->record->situation.facts[options->about];
    uint32_t held = present->kind == FACT_WORDS ? present->count : 0;
    for (uint32_t n = 0; n < held; n++)
        offer_set(s, options, &present->words[n], NULL, NULL);
    for (size_t i = 0; i < words->count; i++) {
        if (has_word(present, words->list[i]))
            continue;
        offer_set(s, options, NULL, &words->list[i], NULL);
        for (uint32_t n = 0; n < held; n++)
            offer_set(s, options, &present->words[n], &words->list[i], NULL);
        for (size_t n = i + 1; words->count <= TWO_MORE && n < words->count; n++)
            if (!has_word(present, words->list[n]))
                offer_set(s, options, NULL, &words->list[i], &words->list[n]);
    }
    for (size_t i = 0; held > 2 && i < words->count; i++) { /* that word alone */
        struct fact alone = {.kind = FACT_WORDS, .words = &words->list[i], .count = 1};
        add_option(s, options, alone, set_distance(&alone, present));
    }
    options->is_limited = true;
}

static void offer_sets(struct search *s, struct options *options, const struct column *column)
{
    const struct fact *present = &s->e->record->situation.facts[options->about];
    struct words words = words_of(s, options->about, column);
    for (uint32_t i = 0; present->kind == FACT_WORDS && i < present->count; i++)
        add_word(&words, present->words[i]);
    if (words.count > ALL_SETS) {
        offer_near_sets(s, options, &words);
        return;
    }
    for (unsigned bits = 1; bits < 1U << words.count; bits++) {
        struct slice *list = arena_array(s->arena, words.count, sizeof *list);
        struct fact set = {.kind = FACT_WORDS, .words = list};
        for (size_t i = 0; i < words.count; i++)
            if (bits >> i & 1)
                list[set.count++] = words.list[i];
        if (set_distance(&set, present))
            add_option(s, options, set, set_distance(&set, present));
    }
}

static void find_options(struct search *s)
{
    static const enum about abouts[FACTS] = {
        ABOUT_DOMAINS,  ABOUT_ICPC,          ABOUT_AGE, ABOUT_AREA,       ABOUT_LANGUAGE, ABOUT_URGENCY,
        ABOUT_MOBILITY, ABOUT_DIGITAL_SKILL, ABOUT_LVB, ABOUT_OCCUPATION, ABOUT_HOUSEHOLD};
    for (size_t i = 0; i < FACTS; i++) {
        if (!has_cells(s, abouts[i]))
            continue;
        struct options *options = &s->facts[s->fact_count++];
        struct column column = about_column(abouts[i]);
        options->about = abouts[i];
        if (column.kind == COLUMN_NUMBER)
            offer_numbers(s, options, &column);
        else if (column.kind == COLUMN_WORDS)
            offer_sets(s, options, &column);
        else if (column.kind == COLUMN_WORD)
            offer_words(s, options, &column);
        else
            for (int flag = 0; flag < 2; flag++)
                offer(s, options, (struct fact){.kind = FACT_BOOLEAN, .boolean = flag}, 1);
        sort_options(s, options);
    }
}

/* Trying
 * -----------------------------------------------------------------------------------------------------
 */

static void put(struct search *s, size_t fact, const struct option *option)
{
    enum about about = s->facts[fact].about;
    s->chosen[fact] = option;
    s->situation.facts[about] = option ? option->fact : s->e->record->situation.facts[about];
}

static bool leads(struct search *s)
{
    struct routing routing;
    if (s->decisions >= s->limit) {
        s->is_cut = true;
        return false;
    }
    if (!explain_route(s->e, &s->situation, &routing))
        return false;
    /* One that many rows take part in costs as much more time. */
    const struct trace *trace = &routing.traces[TABLE_OFFERING - 1];
    s->decisions += trace->is_cut ? MANY : 1 + trace->row_count / FEW;
    return routing.candidate_count && routing.candidates[0].offering->id == s->offering_id;
}

/* Keeps what is chosen now, if it is less than the best. */
static void keep(struct search *s)
{
    struct change change = {.count = 0};
    for (size_t i = 0; i < s->fact_count; i++) {
        if (!s->chosen[i])
            continue;
        change.items[change.count].about = s->facts[i].about;
        change.items[change.count++].to = s->chosen[i]->fact;
        change.distance += s->chosen[i]->distance;
    }
    const struct change *best = s->best;
    if (!best->count || change.count < best->count ||
        (change.count == best->count && change.distance < best->distance))
        *s->best = change;
}

/* Whether as many changed facts at this distance would be less than the best. */
static bool is_less(const struct search *s, size_t count, uint64_t distance)
{
    return !s->best->count || count < s->best->count ||
           (count == s->best->count && distance < s->best->distance);
}

static void try_options(struct search *s, size_t fact, size_t count, uint64_t distance)
{
    const struct options *options = &s->facts[fact];
    for (size_t i = 0; i < options->count && !s->is_cut; i++) {
        if (!is_less(s, count, distance + options->list[i].distance))
            break;
        put(s, fact, &options->list[i]);
        if (leads(s))
            keep(s);
    }
    put(s, fact, NULL);
}

/* All changes of `left` facts more, beside the `count` at this distance, from fact number `from` on. */
static void try_more(struct search *s, size_t from, size_t left, size_t count, uint64_t distance)
{
    for (size_t i = from; i + left <= s->fact_count && !s->is_cut; i++) {
        if (left == 1) {
            try_options(s, i, count + 1, distance);
            continue;
        }
        for (size_t n = 0; n < s->facts[i].count && !s->is_cut; n++) {
            uint64_t further = distance + s->facts[i].list[n].distance;
            if (!is_less(s, count + left, further + left - 1)) /* the others are at least 1 away */
                break;
            put(s, i, &s->facts[i].list[n]);
            try_more(s, i + 1, left - 1, count + 1, further);
        }
        put(s, i, NULL);
    }
}

/* Every change of so many facts that could be less than the best; false: that was too many. */
static bool try_all(struct search *s, size_t count)
{
    try_more(s, 0, count, 0, 0);
    if (!s->is_cut)
        s->complete = count;
    return !s->is_cut;
}

/* What rows ask for
 * ------------------------------------------------------------------------------------------
 */

/* The cells on a fact of a row of table 1 or 3, and of one of table 2. */
struct asked {
    const struct test *tests[2];
    size_t count;
};

static void ask(struct asked *asked, const struct rule *rule, int table, enum about about)
{
    const struct question *question = question_of(table);
    for (size_t i = 0; rule && i < question->input_count; i++)
        if (question->inputs[i] == about)
            asked->tests[asked->count++] = &rule->tests[i];
}

static bool satisfies(const struct asked *asked, const struct fact *fact, bool is_list)
{
    for (size_t i = 0; i < asked->count; i++)
        if (test_decide(asked->tests[i], fact, is_list, NULL, NULL) != YES)
            return false;
    return true;
}

/* A set for cells that no single option satisfies: without what is excluded, with a word of what is asked
 * for. */
static const struct option *make_set(struct search *s, const struct asked *asked, const struct fact *present)
{
    struct option *option = arena_alloc(s->arena, sizeof *option);
    struct slice *words = arena_array(s->arena, present->count + 2, sizeof *words);
    option->fact = (struct fact){.kind = FACT_WORDS, .words = words};
    struct fact *set = &option->fact;
    for (uint32_t i = 0; present->kind == FACT_WORDS && i < present->count; i++) {
        bool is_excluded = false;
        for (size_t n = 0; n < asked->count; n++)
            for (uint32_t w = 0; asked->tests[n]->negated && w < asked->tests[n]->count; w++)
                is_excluded |= slice_equal(asked->tests[n]->words[w], present->words[i]);
        if (!is_excluded)
            words[set->count++] = present->words[i];
    }
    for (size_t n = 0; n < asked->count; n++) {
        const struct test *test = asked->tests[n];
        if (test->kind == TEST_WORDS && !test->negated && test_decide(test, set, true, NULL, NULL) != YES)
            words[set->count++] = test->words[0];
    }
    option->distance = set_distance(set, present);
    return set->count && satisfies(asked, set, true) ? option : NULL;
}

/* Changes one fact, as little as makes its cells pass; false: nothing does. */
static bool meet(struct search *s, size_t fact, const struct asked *asked)
{
    const struct options *options = &s->facts[fact];
    const struct fact *present = &s->e->record->situation.facts[options->about];
    bool is_list = about_is_list(options->about);
    if (satisfies(asked, present, is_list))
        return true;
    for (size_t i = 0; i < options->count; i++)
        if (satisfies(asked, &options->list[i].fact, is_list)) {
            put(s, fact, &options->list[i]);
            return true;
        }
    const struct option *set = is_list ? make_set(s, asked, present) : NULL;
    put(s, fact, set);
    return set != NULL;
}

static void restore(struct search *s)
{
    for (size_t i = 0; i < s->fact_count; i++)
        put(s, i, NULL);
}

/* Takes back what was not needed after all. */
static void reduce(struct search *s)
{
    for (size_t i = 0; i < s->fact_count; i++) {
        const struct option *was = s->chosen[i];
        if (!was)
            continue;
        put(s, i, NULL);
        if (!leads(s))
            put(s, i, was);
    }
    keep(s);
}

/* The facts that both rows ask for, and with `more` one change beside. */
static void try_rows(struct search *s, const struct rule *rule, int table, const struct rule *approach,
                     bool more)
{
    bool ok = true;
    for (size_t i = 0; ok && i < s->fact_count; i++) {
        struct asked asked = {.count = 0};
        ask(&asked, rule, table, s->facts[i].about);
        ask(&asked, approach, TABLE_APPROACH, s->facts[i].about);
        ok = meet(s, i, &asked);
    }
    if (ok && leads(s))
        reduce(s);
    for (size_t i = 0; ok && more && i < s->fact_count; i++) {
        const struct option *was = s->chosen[i];
        for (size_t n = 0; n < s->facts[i].count && !s->is_cut && !s->best->count; n++) {
            put(s, i, &s->facts[i].list[n]);
            if (leads(s))
                reduce(s);
        }
        put(s, i, was);
    }
    restore(s);
}

static void try_near(struct search *s, const struct situation *situation, bool more)
{
    const struct record *record = s->e->record;
    for (size_t i = 0; i < s->first.count; i++)
        try_rows(s, &record->tables[TABLE_EXCLUSION]->rules[s->first.list[i].row], TABLE_EXCLUSION, NULL,
                 more);
    for (size_t i = 0; i < s->third.count; i++) {
        const struct rule *rule = &record->tables[TABLE_OFFERING]->rules[s->third.list[i].row];
        bool has_approach = false;
        for (size_t n = 0; n < s->second.count; n++) {
            const struct ruleset *set = record->rulesets[TABLE_APPROACH];
            uint32_t row = s->second.list[n].row;
            if (!row_wants(s->e, &s->third.list[i], situation, ruling_word(set, &set->rulings[row])))
                continue;
            has_approach = true;
            try_rows(s, rule, TABLE_OFFERING, &record->tables[TABLE_APPROACH]->rules[row], more);
        }
        if (!has_approach)
            try_rows(s, rule, TABLE_OFFERING, NULL, more);
    }
}

/* What was not tried
 * -----------------------------------------------------------------------------------------
 */

static const char *facts_text(const struct search *s, size_t count)
{
    return count == 1 ? "een ander gegeven" : arena_printf(s->arena, "hooguit %zu andere gegevens", count);
}

static struct slice note_of(const struct search *s)
{
    const struct change *best = s->best;
    bool is_limited = false;
    for (size_t i = 0; i < s->fact_count; i++)
        is_limited |= s->facts[i].is_limited;
    const char *sets = is_limited ? " Van lijsten zijn alleen kleine veranderingen geprobeerd." : "";
    if (!best->count && s->complete >= s->fact_count)
        return slice_of(arena_printf(s->arena, "Met andere gegevens komt dit aanbod niet vooraan.%s", sets));
    if (!s->complete)
        return slice_of("Niet alle andere gegevens zijn geprobeerd.");
    if (!best->count || best->count > s->complete)
        return slice_of(arena_printf(s->arena,
                                     "Met %s komt dit aanbod niet vooraan; van meer tegelijk is niet alles "
                                     "geprobeerd.%s",
                                     facts_text(s, s->complete), sets));
    return is_limited && (best->count > 1 || best->distance > 2) ? slice_of(sets + 1) : SLICE_NONE;
}

void change_find(const struct explained *e, const struct offering *offering, struct change *best,
                 struct slice *note)
{
    struct search *s = arena_alloc(e->arena, sizeof *s);
    struct situation situation = explain_situation(e, &e->record->situation);
    *best = (struct change){.count = 0};
    s->e = e;
    s->arena = e->arena;
    s->offering_id = offering->id;
    s->situation = e->record->situation;
    s->best = best;
    s->first = rows_naming(e, TABLE_EXCLUSION, offering, &situation);
    s->third = rows_naming(e, TABLE_OFFERING, offering, &situation);
    s->second = rows_wanted(e, &s->third, &situation);
    find_options(s);
    s->limit = EXPLAIN_DECISIONS / 4 * 3; /* the rest is for what the rows ask for */
    bool ok = try_all(s, 1);
    if (!best->count)
        try_near(s, &situation, false);
    if (best->count != 1)
        ok = ok && try_all(s, 2);
    s->limit = EXPLAIN_DECISIONS;
    s->is_cut = false;
    if (!best->count)
        try_near(s, &situation, true);
    for (size_t count = 3; ok && count <= s->fact_count && (!best->count || count <= best->count); count++)
        ok = try_all(s, count);
    *note = note_of(s);
}
