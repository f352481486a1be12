#include "check_report.h"

enum { MOST = 20, LIST_MAX = 8 };
#define BUDGET_US INT64_C(5000000)

static const struct {
    const char *word;
    bool is_error;
} kinds[FIND_KINDS] = {
    [FIND_GAP] = {"gap", true},
    [FIND_OVERLAP] = {"overlap", true},
    [FIND_CONFLICT] = {"conflict", true},
    [FIND_SHADOWED] = {"shadowed", false},
    [FIND_EMPTY] = {"empty", false},
    [FIND_EXAMPLE] = {"example", true},
    [FIND_UNPROVED] = {"unproved", false},
};

const char *finding_word(enum finding_kind kind)
{
    return kinds[kind].word;
}

bool finding_is_error(enum finding_kind kind)
{
    return kinds[kind].is_error;
}

uint32_t rows_alive(const struct checker *checker, uint32_t **rows)
{
    uint32_t count = 0;
    *rows = arena_array(checker->scratch, checker->table->rule_count + 1, sizeof **rows);
    for (uint32_t r = 0; r < checker->table->rule_count; r++)
        if (!checker->space.none[r])
            (*rows)[count++] = r;
    return count;
}

void check_empty(struct checker *checker)
{
    const struct space *space = &checker->space;
    checker->out->is_proved[FIND_EMPTY] = true;
    for (uint32_t r = 0; r < checker->table->rule_count; r++) {
        if (!space->none[r])
            continue;
        struct text text = report_text(checker);
        text_add_words(&text, "no person can match ");
        say_cells(&text, space, r, space->none[r]);
        report_add(checker, &(struct news){.kind = FIND_EMPTY,
                                           .rows = &r,
                                           .row_count = 1,
                                           .columns = space->none[r],
                                           .text = text_slice(&text)});
    }
}

/* The rows that came out are in the text. */
static void check_examples(struct checker *checker)
{
    const struct failed_example *failed;
    size_t count = table_examples(checker->table, checker->arena, &failed);
    checker->out->is_proved[FIND_EXAMPLE] = true;
    for (size_t i = 0; i < count; i++) {
        const struct example *example = &checker->table->examples[failed[i].index];
        struct text text = report_text(checker);
        text_add_words(&text, "example ");
        if (example->id.len)
            text_add(&text, example->id);
        else
            text_printf(&text, "%zu", failed[i].index + 1);
        if (example->sentence.len) {
            text_add_words(&text, " (");
            text_add(&text, example->sentence);
            text_add_char(&text, ')');
        }
        text_add_words(&text, ": ");
        text_add(&text, failed[i].text);
        struct news news = {.kind = FIND_EXAMPLE, .text = text_slice(&text)};
        if (report_add(checker, &news))
            checker->list[checker->count - 1].person = example->facts;
    }
}

static void check_kinds(struct checker *checker)
{
    bool *is_proved = checker->out->is_proved;
    check_empty(checker);
    check_examples(checker);
    is_proved[FIND_GAP] = is_proved[FIND_OVERLAP] = is_proved[FIND_CONFLICT] = is_proved[FIND_SHADOWED] =
        true;
    if (checker->space.is_void)
        return; /* without persons there is nothing of these */
    enum hit_policy policy = checker->table->policy;
    bool is_ordered = policy == HIT_FIRST || policy == HIT_PRIORITY;
    if (policy == HIT_UNIQUE)
        check_pairs(checker, FIND_OVERLAP);
    if (policy == HIT_ANY)
        check_pairs(checker, FIND_CONFLICT);
    check_gaps(checker, is_ordered ? checker->steps_left / 2 : checker->steps_left);
    if (is_ordered)
        check_shadows(checker);
}

/* Errors first, what is not proved last; gaps before rows, failing examples behind them. */
static uint64_t rank_of(const struct finding *finding)
{
    bool is_last = finding->kind == FIND_UNPROVED, is_gap = finding->kind == FIND_GAP;
    uint64_t row = finding->row_count && !is_gap ? finding->rows[0] + 1u : 0;
    if (finding->kind == FIND_EXAMPLE)
        row = UINT32_MAX;
    return (uint64_t)!finding_is_error(finding->kind) << 63 | (uint64_t)is_last << 62 | row;
}

struct ordered {
    uint64_t rank;
    size_t index;
};

static int by_rank(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static const struct finding *in_order(const struct checker *checker)
{
    struct ordered *ordered = arena_array(checker->scratch, checker->count + 1, sizeof *ordered);
    struct finding *list = arena_array(checker->arena, checker->count + 1, sizeof *list);
    for (size_t i = 0; i < checker->count; i++)
        ordered[i] = (struct ordered){rank_of(&checker->list[i]), i};
    qsort(ordered, checker->count, sizeof *ordered, by_rank);
    for (size_t i = 0; i < checker->count; i++)
        list[i] = checker->list[ordered[i].index];
    return list;
}

static struct check_options options_of(const struct check_options *given)
{
    struct check_options options = given ? *given : (struct check_options){.most = 0};
    options.most = options.most ? options.most : MOST;
    options.budget_us = options.budget_us > 0 ? options.budget_us : BUDGET_US;
    options.list_max = options.list_max ? options.list_max : LIST_MAX;
    if (options.list_max > LIST_MOST)
        options.list_max = LIST_MOST;
    return options;
}

void check_table(const struct table *table, const struct check_options *options, struct arena *arena,
                 struct findings *out)
{
    struct checker checker = {.table = table, .options = options_of(options), .arena = arena, .out = out};
    *out = (struct findings){.list = NULL};
    checker.scratch = arena_new(1 << 16);
    checker.steps_left = (uint64_t)checker.options.budget_us * STEPS_PER_US;
    space_build(&checker.space, table, &checker.options, (uint32_t)checker.options.most + 1, checker.scratch);
    check_kinds(&checker);
    out->list = in_order(&checker);
    out->count = checker.count;
    arena_free(&checker.scratch);
}
