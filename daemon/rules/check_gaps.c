/*
 * Gaps: persons whom no row takes. One is found, made smaller and told; then a row is added that takes it and
 * the persons like it, and the next is looked for.
 *
 * "Smaller" is: fewest columns that matter, exact as long as looking for fewer does not take too long
 * (FEW_SHARE), and never one that could be left out; then the least class in each of these columns in turn.
 * On list columns fewer words come before lesser ones, and a set is not exchanged for another altogether.
 */
#include "check_cover.h"
#include "check_report.h"

enum { FEW_SHARE = 8 /* of the steps, for all gaps together */, THIN_SHARE = 4, HITTING_STEPS = 100000 };

struct gaps {
    struct checker *checker;
    struct cover cover;
    uint32_t *rows;             /* that are analysed, then those added */
    uint32_t *alive;            /* scratch: positions in rows */
    uint32_t count, real_count; /* all; without those added */
    uint32_t *box;              /* all cells ALL */
};

/* --------------------------------------------------------------------------------- rows that never overlap
 */

/* A number as large as the count of all persons can be: a limb is 32 bits. */
enum { LIMBS = 70 };
struct big {
    uint64_t limbs[LIMBS];
};

static void big_multiply(struct big *number, uint32_t by)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < LIMBS; i++) {
        carry += number->limbs[i] * by;
        number->limbs[i] = carry & UINT32_MAX;
        carry >>= 32;
    }
}

static void big_add(struct big *number, const struct big *other)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < LIMBS; i++) {
        carry += number->limbs[i] + other->limbs[i];
        number->limbs[i] = carry & UINT32_MAX;
        carry >>= 32;
    }
}

static struct big persons_of(const struct space *space, uint64_t used, const uint32_t *row)
{
    struct big number = {.limbs = {1}};
    FOR_COLUMNS(c, used)
    {
        const struct cell *cell = row ? space_cell(space, *row, c) : &space->columns[c].cells[ALL_CELL];
        big_multiply(&number, cell->kind == CELL_ALL ? space->columns[c].class_count : cell->size);
    }
    return number;
}

static bool row_within(const struct space *space, uint32_t inner, uint32_t outer)
{
    if (space->active[outer] & ~space->active[inner])
        return false;
    FOR_COLUMNS(c, space->active[outer])
    {
        if (!cell_covers(&space->columns[c], space_cell(space, outer, c), space_cell(space, inner, c)))
            return false;
    }
    return true;
}

/* Leaves out rows within others, and those the same as earlier ones; gaps are the same without them. False:
 * rows that are left may meet. */
static bool thin_out(struct gaps *gaps)
{
    const struct space *space = &gaps->checker->space;
    struct meet meet;
    bool *is_within = arena_array(gaps->checker->scratch, gaps->count + 1, sizeof *is_within);
    uint32_t meetings = 0, at = 0, kept = 0;
    meet_build(&meet, space, gaps->rows, gaps->count, gaps->checker->scratch);
    for (; at < gaps->count && meet.steps <= gaps->cover.limit / THIN_SHARE; at++) {
        uint32_t met = meet_before(&meet, at, gaps->alive), row = gaps->rows[at];
        for (uint32_t i = 0; i < met && !is_within[at]; i++) {
            uint32_t before = gaps->alive[i];
            if (is_within[before])
                continue;
            is_within[at] = row_within(space, row, gaps->rows[before]);
            is_within[before] = !is_within[at] && row_within(space, gaps->rows[before], row);
            meetings += !is_within[at] && !is_within[before];
        }
    }
    gaps->cover.steps += meet.steps;
    bool is_done = at == gaps->count;
    for (uint32_t i = 0; i < gaps->count; i++)
        if (!is_within[i])
            gaps->rows[kept++] = gaps->rows[i];
    gaps->count = gaps->real_count = kept;
    return is_done && meetings == 0;
}

/* Whether that has been proved already. */
static bool has_no_overlap(const struct checker *checker)
{
    return checker->table->policy == HIT_UNIQUE && checker->out->is_proved[FIND_OVERLAP] &&
           !checker->listed[FIND_OVERLAP];
}

/* No two rows take the same person: counting persons can prove that there is no gap. */
static bool proved_by_counting(const struct gaps *gaps)
{
    const struct space *space = &gaps->checker->space;
    uint64_t used = 0;
    for (uint32_t i = 0; i < gaps->count; i++)
        used |= space->active[gaps->rows[i]];
    FOR_COLUMNS(c, used)
    {
        if (space->columns[c].is_list)
            return false;
    }
    struct big all = persons_of(space, used, NULL), taken = {.limbs = {0}};
    for (uint32_t i = 0; i < gaps->count; i++) {
        struct big persons = persons_of(space, used, &gaps->rows[i]);
        big_add(&taken, &persons);
    }
    return memcmp(&all, &taken, sizeof all) == 0;
}

/* ------------------------------------------------------------------------------------------- smaller persons
 */

static uint64_t columns_of(const struct gaps *gaps)
{
    uint64_t columns = 0;
    for (size_t c = 0; c < gaps->checker->space.column_count; c++)
        if (!gaps->cover.choices[c].is_any)
            columns |= UINT64_C(1) << c;
    return columns;
}

/* Columns of the person that the row does not take. */
static uint64_t failing(const struct space *space, const struct choice *person, uint32_t row,
                        uint64_t columns)
{
    uint64_t failed = 0;
    FOR_COLUMNS(c, columns & space->active[row])
    {
        if (!cell_takes(space_cell(space, row, c), &person[c]))
            failed |= UINT64_C(1) << c;
    }
    return failed;
}

static int by_mask(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    int bits_x = __builtin_popcountll(x), bits_y = __builtin_popcountll(y);
    return bits_x != bits_y ? bits_x - bits_y : (x > y) - (x < y);
}

struct masks {
    uint64_t *list;
    size_t count;
    unsigned steps;
};

/* What each row fails on; without repeats and without what contains another. */
static struct masks failing_masks(const struct gaps *gaps, uint32_t count, uint64_t columns)
{
    struct masks masks = {arena_array(gaps->checker->scratch, count + 1, sizeof *masks.list), 0, 0};
    uint64_t *all = arena_array(gaps->checker->scratch, count + 1, sizeof *all);
    for (uint32_t i = 0; i < count; i++)
        all[i] = failing(&gaps->checker->space, gaps->cover.choices, gaps->rows[i], columns);
    qsort(all, count, sizeof *all, by_mask);
    for (uint32_t i = 0; i < count; i++) {
        bool is_new = true;
        for (size_t m = 0; m < masks.count && is_new; m++)
            is_new = (masks.list[m] & all[i]) != masks.list[m];
        if (is_new)
            masks.list[masks.count++] = all[i];
    }
    return masks;
}

/* At most `most` columns that hit every mask: into *columns. */
static bool hit_all(struct masks *masks, uint64_t chosen, unsigned most, uint64_t *columns)
{
    uint64_t missed = 0;
    for (size_t m = 0; m < masks->count && !missed; m++)
        missed = masks->list[m] & chosen ? 0 : masks->list[m];
    if (!missed) {
        *columns = chosen;
        return true;
    }
    if (most == 0 || ++masks->steps > HITTING_STEPS)
        return false;
    FOR_COLUMNS(c, missed)
    {
        if (hit_all(masks, chosen | UINT64_C(1) << c, most - 1, columns))
            return true;
    }
    return false;
}

static void keep_columns(struct gaps *gaps, uint64_t columns)
{
    for (size_t c = 0; c < gaps->checker->space.column_count; c++)
        if (!(columns >> c & 1))
            gaps->cover.choices[c] = (struct choice){.is_any = true};
}

/* Leaves out columns that are not needed for the first `count` rows to fail the person: as many as can be. */
static void drop_columns(struct gaps *gaps, uint32_t count)
{
    uint64_t columns = columns_of(gaps), kept = columns;
    struct masks masks = failing_masks(gaps, count, columns);
    unsigned most = (unsigned)__builtin_popcountll(columns);
    bool is_found = false;
    for (unsigned k = 0; k < most && !is_found && masks.steps <= HITTING_STEPS; k++)
        is_found = hit_all(&masks, 0, k, &kept);
    for (size_t c = 0; c < 64 && !is_found; c++) { /* it took too long: one by one */
        uint64_t without = kept & ~(UINT64_C(1) << c), hit = 0;
        if (hit_all(&masks, without, 0, &hit))
            kept = without;
    }
    keep_columns(gaps, kept);
}

/* Another person with fewer columns, if there is one that can be found soon. */
static void try_fewer(struct gaps *gaps)
{
    struct cover *k = &gaps->cover;
    size_t columns = gaps->checker->space.column_count;
    unsigned most = (unsigned)__builtin_popcountll(columns_of(gaps));
    struct choice *kept = arena_array(gaps->checker->scratch, columns + 1, sizeof *kept);
    memcpy(kept, k->choices, columns * sizeof *kept);
    uint64_t limit = k->limit, share = limit / (FEW_SHARE * (gaps->checker->options.most + 1));
    k->limit = k->steps + share < limit ? k->steps + share : limit;
    enum cover_answer answer = COVER_WHOLE;
    for (unsigned fewer = 1; fewer < most && answer == COVER_WHOLE; fewer++)
        answer = cover_few(k, fewer);
    if (answer != COVER_HOLE)
        memcpy(k->choices, kept, columns * sizeof *kept);
    if (k->steps > k->limit)
        k->steps = k->limit;
    k->limit = limit;
}

/* Rows that only `column` keeps from taking the person, into gaps->alive. */
static size_t rows_at(const struct gaps *gaps, uint64_t columns, size_t column)
{
    size_t count = 0;
    columns &= ~(UINT64_C(1) << column);
    for (uint32_t i = 0; i < gaps->count; i++)
        if (!failing(&gaps->checker->space, gaps->cover.choices, gaps->rows[i], columns))
            gaps->alive[count++] = i;
    return count;
}

static bool rows_take(const struct gaps *gaps, size_t alive, size_t column, const struct choice *choice)
{
    for (size_t i = 0; i < alive; i++)
        if (cell_takes(space_cell(&gaps->checker->space, gaps->rows[gaps->alive[i]], column), choice))
            return true;
    return false;
}

static void drop_words(struct gaps *gaps, size_t alive, size_t column)
{
    struct choice *choice = &gaps->cover.choices[column];
    unsigned least = gaps->checker->space.columns[column].can_be_empty ? 0 : 1;
    for (uint32_t i = choice->count; i-- > 0 && choice->count > least;) {
        struct choice less = *choice;
        less.count--;
        memmove(less.classes + i, less.classes + i + 1, (less.count - i) * sizeof *less.classes);
        if (!rows_take(gaps, alive, column, &less))
            *choice = less;
    }
}

/* The least class on each column that matters, the others as they are. */
static void lessen(struct gaps *gaps, uint64_t columns)
{
    FOR_COLUMNS(c, columns)
    {
        struct choice least, *choice = &gaps->cover.choices[c];
        size_t alive = rows_at(gaps, columns, c);
        if (gaps->checker->space.columns[c].is_list)
            drop_words(gaps, alive, c);
        if (cover_escape(&gaps->cover, gaps->alive, alive, c, &least) && least.count <= choice->count)
            *choice = least;
    }
}

/* Stays outside of what was reported already, but for columns that only that makes matter. */
static void make_smaller(struct gaps *gaps)
{
    drop_columns(gaps, gaps->count);
    try_fewer(gaps);
    lessen(gaps, columns_of(gaps));
    drop_columns(gaps, gaps->real_count);
}

/* ------------------------------------------------------------------------------------------- persons like it
 */

/*
 * The cells of the row that takes a gap's persons: on each column in turn, the person's class and all others
 * that no row has which still meets the other cells. On a list column: if those rows have words, the sets of
 * words that none of them has; if they exclude words, the sets with at least the person's words; if both, the
 * sets of the person's words.
 */
static uint32_t choice_cell(struct space *space, size_t column, const struct choice *choice,
                            enum cell_kind kind)
{
    struct column *c = &space->columns[column];
    struct span own[LIST_MOST], *spans = own;
    uint32_t sorted[LIST_MOST], count = 0;
    for (uint32_t class = 0; class < c->class_count; class ++)
        for (uint32_t i = 0; i < choice->count; i++)
            if (choice->classes[i] == class)
                sorted[count++] = class;
    count = spans_of(sorted, count, own);
    if (kind == CELL_NOT) {
        spans = arena_array(space->arena, count + 1, sizeof *spans);
        count = spans_rest(own, count, c->class_count, spans);
    }
    return column_intern(space, c, kind, spans, count);
}

static bool meets_others(const struct space *space, uint32_t row, const uint32_t *cells, uint64_t columns)
{
    FOR_COLUMNS(c, columns & space->active[row])
    {
        if (!cells_meet(&space->columns[c], space_cell(space, row, c), &space->columns[c].cells[cells[c]]))
            return false;
    }
    return true;
}

/* Marks the classes that rows meeting the other cells have; counts the rows that exclude words. */
static uint32_t mark_taken(const struct gaps *gaps, const uint32_t *cells, uint64_t columns, size_t column,
                           uint8_t *taken, uint32_t *naming)
{
    const struct space *space = &gaps->checker->space;
    uint32_t excluding = 0;
    for (uint32_t i = 0; i < gaps->real_count; i++) {
        if (!meets_others(space, gaps->rows[i], cells, columns & ~(UINT64_C(1) << column)))
            continue;
        const struct cell *cell = space_cell(space, gaps->rows[i], column);
        excluding += cell->kind == CELL_NOT;
        *naming += cell->kind == CELL_SOME;
        for (uint32_t s = 0; cell->kind == CELL_SOME && s < cell->span_count; s++)
            memset(taken + cell->spans[s].low, 1, cell->spans[s].high - cell->spans[s].low + 1);
    }
    return excluding;
}

static uint32_t wide_cell(struct gaps *gaps, const uint32_t *cells, uint64_t columns, size_t column)
{
    struct space *space = &gaps->checker->space;
    struct column *c = &space->columns[column];
    const struct choice *choice = &gaps->cover.choices[column];
    struct arena *arena = gaps->checker->scratch;
    uint32_t *numbers = arena_array(arena, c->class_count + 1, sizeof *numbers), count = 0, naming = 0;
    uint8_t *taken = arena_array(arena, c->class_count + 1, 1);
    uint32_t excluding = mark_taken(gaps, cells, columns, column, taken, &naming);
    if (excluding && naming)
        return cells[column];
    if (excluding && choice->count)
        return choice_cell(space, column, choice, CELL_WITH);
    for (uint32_t i = 0; i < choice->count; i++)
        taken[choice->classes[i]] = 0;
    for (uint32_t class = 0; class < c->class_count; class ++)
        if (!taken[class] == !c->is_list)
            numbers[count++] = class;
    struct span *spans = arena_array(arena, count + 1, sizeof *spans);
    count = spans_of(numbers, count, spans);
    return column_intern(space, c, c->is_list ? CELL_NOT : CELL_SOME, spans, count);
}

/* Adds a row for the person and for those who differ in what makes no difference. */
static void add_row_for(struct gaps *gaps, uint64_t columns)
{
    struct space *space = &gaps->checker->space;
    uint32_t *cells = arena_array(gaps->checker->scratch, space->column_count + 1, sizeof *cells);
    FOR_COLUMNS(c, columns)
    cells[c] =
        choice_cell(space, c, &gaps->cover.choices[c], space->columns[c].is_list ? CELL_NOT : CELL_SOME);
    FOR_COLUMNS(c, columns)
    cells[c] = wide_cell(gaps, cells, columns, c);
    gaps->rows[gaps->count++] = space_add_row(space, cells);
}

/* ----------------------------------------------------------------------------------------------- telling it
 */

enum { NEAREST_MOST = 3 };

struct near_row {
    uint32_t row;
    int columns, words; /* that fail; those of them that have no distance */
    double distance;    /* over the others: from the person's value to the nearest that the cell takes */
    uint64_t failed;
};

/* From a number or a date to the cell; negative: there is no such thing. */
static double distance_to(const struct test *test, const struct fact *fact)
{
    double least = -1;
    bool is_measured = (test->kind == TEST_NUMBERS && fact->kind == FACT_NUMBER) ||
                       (test->kind == TEST_DATES && fact->kind == FACT_DATE);
    for (uint32_t i = 0; is_measured && i < test->count; i++) {
        const struct key_range *range = &test->ranges[i];
        double away = fact->key < range->low    ? (double)range->low - (double)fact->key
                      : fact->key > range->high ? (double)fact->key - (double)range->high
                                                : 0;
        if (least < 0 || away < least)
            least = away;
    }
    double unit =
        fact->kind == FACT_NUMBER ? (double)integer_key(1) : 2; /* keys in a number's one, in a day */
    return least / unit;
}

/* By column: the person's value as a fact; of the columns that matter. */
static const struct fact *person_facts(const struct gaps *gaps, uint64_t columns)
{
    const struct space *space = &gaps->checker->space;
    struct arena *arena = gaps->checker->scratch;
    struct fact *facts = arena_array(arena, space->column_count + 1, sizeof *facts);
    FOR_COLUMNS(c, columns)
    {
        struct value *value = arena_alloc(arena, sizeof *value);
        *value = choice_value(&space->columns[c], &gaps->cover.choices[c], arena);
        facts[c] = fact_of(value, space->columns[c].is_list, arena);
    }
    return facts;
}

static struct near_row near_row(const struct gaps *gaps, uint32_t row, uint64_t columns,
                                const struct fact *facts)
{
    const struct space *space = &gaps->checker->space;
    struct near_row near = {.row = row, .failed = failing(space, gaps->cover.choices, row, columns)};
    near.columns = __builtin_popcountll(near.failed);
    FOR_COLUMNS(c, near.failed)
    {
        double distance = distance_to(&space->table->rules[row].tests[c], &facts[c]);
        near.words += distance < 0;
        near.distance += distance < 0 ? 0 : distance;
    }
    return near;
}

static bool is_nearer(const struct near_row *a, const struct near_row *b)
{
    return a->columns != b->columns ? a->columns < b->columns
           : a->words != b->words   ? a->words < b->words
                                    : a->distance < b->distance;
}

/*
 * The rows of the table that fail the person on fewest columns, at most NEAREST_MOST: the nearest first, as
 * far as numbers and dates go (any number is nearer than another word), then in table order.
 */
static size_t nearest(const struct gaps *gaps, uint64_t columns, struct near_row *rows)
{
    const struct space *space = &gaps->checker->space;
    const struct fact *facts = person_facts(gaps, columns);
    size_t count = 0;
    for (uint32_t r = 0; r < space->table->rule_count; r++) {
        if (space->none[r] | space->opaque[r])
            continue;
        struct near_row near = near_row(gaps, r, columns, facts);
        if (count && near.columns < rows[0].columns)
            count = 0;
        if (count && near.columns > rows[0].columns)
            continue;
        size_t at = count;
        while (at > 0 && is_nearer(&near, &rows[at - 1]))
            at--;
        if (at == NEAREST_MOST)
            continue;
        count += count < NEAREST_MOST;
        memmove(rows + at + 1, rows + at, (count - 1 - at) * sizeof *rows);
        rows[at] = near;
    }
    return count;
}

static void say_nearest(struct text *text, const struct space *space, const struct near_row *near,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_add_words(text, i ? "; " : " (nearest: ");
        say_cells(text, space, near[i].row, near[i].failed);
    }
    if (count)
        text_add_char(text, ')');
}

static void report_gap(struct gaps *gaps, uint64_t columns)
{
    struct checker *checker = gaps->checker;
    struct near_row near[NEAREST_MOST];
    uint32_t rows[NEAREST_MOST];
    uint64_t failed = 0;
    size_t count = nearest(gaps, columns, near);
    struct text text = report_text(checker);
    text_add_words(&text, "no row matches ");
    say_person(&text, &checker->space, gaps->cover.choices);
    say_nearest(&text, &checker->space, near, count);
    for (size_t i = 0; i < count; i++) {
        rows[i] = near[i].row;
        failed |= near[i].failed;
    }
    report_add(checker, &(struct news){.kind = FIND_GAP,
                                       .rows = rows,
                                       .row_count = count,
                                       .person = gaps->cover.choices,
                                       .columns = failed,
                                       .text = text_slice(&text)});
}

/* ------------------------------------------------------------------------------- rows that are not analysed
 */

/* Rows with cells that cannot be analysed and that take the person otherwise. */
static size_t doubtful_rows(const struct gaps *gaps, uint64_t columns, uint32_t *rows)
{
    const struct space *space = &gaps->checker->space;
    size_t count = 0;
    for (uint32_t r = 0; r < space->table->rule_count; r++)
        if (space->opaque[r] && !space->none[r] &&
            !failing(space, gaps->cover.choices, r, columns & ~space->opaque[r]))
            rows[count++] = r;
    return count;
}

/* Makes the person one of flesh and blood: a value on every column. */
static void fill_person(struct gaps *gaps)
{
    for (size_t c = 0; c < gaps->checker->space.column_count; c++)
        if (gaps->cover.choices[c].is_any && gaps->checker->space.columns[c].class_count)
            gaps->cover.choices[c] = (struct choice){.count = 1, .classes = {0}};
}

/* Whether none of the rows takes the person, by trying them on it. */
static bool rows_refuse(const struct gaps *gaps, const uint32_t *rows, size_t count)
{
    const struct table *table = gaps->checker->table;
    struct arena *arena = gaps->checker->scratch;
    size_t columns = table->input_count;
    struct value *values = arena_array(arena, columns + 1, sizeof *values);
    struct entry *entries = arena_array(arena, columns + 1, sizeof *entries);
    struct fact *facts = arena_array(arena, columns + 1, sizeof *facts);
    struct feel_scope scope = {entries, columns};
    for (size_t c = 0; c < columns; c++) {
        values[c] = choice_value(&gaps->checker->space.columns[c], &gaps->cover.choices[c], arena);
        entries[c] = (struct entry){table->inputs[c].name, &values[c]};
        facts[c] = fact_of(&values[c], table->inputs[c].is_any_of, arena);
    }
    for (size_t i = 0; i < count; i++) {
        bool is_refused = false;
        for (size_t c = 0; c < columns && !is_refused; c++)
            is_refused = test_decide(&table->rules[rows[i]].tests[c], &facts[c], table->inputs[c].is_any_of,
                                     &scope, arena) == NO;
        if (!is_refused)
            return false;
    }
    return true;
}

static void report_doubt(struct gaps *gaps, const uint32_t *rows, size_t count)
{
    struct checker *checker = gaps->checker;
    struct text text = text_new(checker->scratch);
    text_add_words(&text, "that somebody like ");
    say_person(&text, &checker->space, gaps->cover.choices);
    text_add_words(&text, " is always matched: only by ");
    say_rows(&text, checker->table, rows, count);
    text_add_words(&text, ", with cells that cannot be analysed");
    report_unproved(checker, FIND_GAP, rows, count, gaps->cover.choices, text_slice(&text));
}

static void report_hole(struct gaps *gaps, uint64_t columns)
{
    uint32_t *doubtful =
        arena_array(gaps->checker->scratch, gaps->checker->table->rule_count + 1, sizeof *doubtful);
    size_t count = doubtful_rows(gaps, columns, doubtful);
    if (!count) {
        report_gap(gaps, columns);
        return;
    }
    fill_person(gaps);
    if (rows_refuse(gaps, doubtful, count))
        report_gap(gaps, columns_of(gaps));
    else
        report_doubt(gaps, doubtful, count);
}

/* ---------------------------------------------------------------------------------------------------- search
 */

static void gaps_open(struct gaps *gaps, struct checker *checker, uint64_t limit)
{
    const struct space *space = &checker->space;
    uint32_t *rows, count = rows_alive(checker, &rows);
    *gaps = (struct gaps){.checker = checker};
    gaps->rows = arena_array(checker->scratch, space->row_room + 1, sizeof *gaps->rows);
    gaps->alive = arena_array(checker->scratch, space->row_room + 1, sizeof *gaps->alive);
    gaps->box = arena_array(checker->scratch, space->column_count + 1, sizeof *gaps->box);
    for (uint32_t i = 0; i < count; i++)
        if (!space->opaque[rows[i]])
            gaps->rows[gaps->count++] = rows[i];
    gaps->real_count = gaps->count;
    cover_open(&gaps->cover, space, checker->scratch);
    gaps->cover.limit = limit;
}

static void report_end(struct gaps *gaps, enum cover_answer answer, size_t found)
{
    struct checker *checker = gaps->checker;
    checker->out->is_proved[FIND_GAP] &= answer == COVER_WHOLE;
    if (answer == COVER_WHOLE)
        return;
    if (answer == COVER_HOLE)
        checker->out->more[FIND_GAP]++;
    const char *what = answer == COVER_HOLE
                           ? "that there are no gaps but these: there are more than are listed"
                       : found ? "that there are no gaps but these: it takes longer than was allowed"
                               : "that there is no gap: it takes longer than was allowed";
    report_unproved(checker, FIND_GAP, NULL, 0, NULL, slice_of(what));
}

void check_gaps(struct checker *checker, uint64_t limit)
{
    struct gaps gaps;
    size_t found = 0;
    enum cover_answer answer = COVER_WHOLE;
    checker->out->is_proved[FIND_GAP] = true;
    gaps_open(&gaps, checker, limit);
    bool is_apart = has_no_overlap(checker) || thin_out(&gaps);
    if (!is_apart || !proved_by_counting(&gaps)) {
        for (;; found++) {
            cover_task(&gaps.cover, gaps.box, gaps.rows, gaps.count, found > 0);
            answer = cover_find(&gaps.cover);
            if (answer != COVER_HOLE || found == checker->options.most)
                break;
            make_smaller(&gaps);
            add_row_for(&gaps, columns_of(&gaps));
            report_hole(&gaps, columns_of(&gaps));
        }
        report_end(&gaps, answer, found);
    }
    checker_spend(checker, gaps.cover.steps);
    cover_close(&gaps.cover);
}
