/* Rows that are never first (F), or first in the order of output priorities (P): those before take all. */
#include "check_cover.h"
#include "check_report.h"

enum { ROW_SHARE = 10 /* of the steps that one row may take */, REDUCED_MOST = 24 };

enum fate { SEEN, SHADOWED, BY_CELLS /* not judged because of cells */, BY_STEPS };

struct shadows {
    struct checker *checker;
    struct cover cover;
    struct meet meet;
    uint32_t *order, count;           /* rows, first ones first */
    uint32_t *before;                 /* positions of rows that meet the one looked at */
    uint32_t *certain, certain_count; /* of them, those that can be analysed; as rows */
    uint32_t *all, all_count;         /* all of them, as rows */
    bool *is_shadowed;                /* by row */
    uint32_t *box;
    uint32_t **rarest; /* by column, by cell: the class that fewest other cells have */
    uint32_t *witness; /* by column: class */
    uint32_t *unjudged[BY_STEPS + 1];
    uint32_t unjudged_count[BY_STEPS + 1];
};

/* ------------------------------------------------------------------------------------------------- order */

static bool constant_or_null(const struct feel *output, struct value *value)
{
    *value = value_null;
    return !output || feel_constant(output, value);
}

/* Where the output stands in the list of allowed values; behind it if it does not. False: it is not constant.
 */
static bool priority_of(const struct output *output, const struct feel *entry, uint32_t *out)
{
    struct value value;
    if (!constant_or_null(entry, &value))
        return false;
    *out = 0;
    while (*out < output->allowed_count && !value_equal(&output->allowed[*out], &value))
        ++*out;
    return true;
}

struct ranked {
    const uint32_t *priorities;
    size_t count;
    uint32_t row;
};

static int by_priority(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    for (size_t o = 0; o < x->count; o++)
        if (x->priorities[o] != y->priorities[o])
            return x->priorities[o] < y->priorities[o] ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool rank(const struct table *table, uint32_t row, struct ranked *out, struct arena *arena)
{
    uint32_t *priorities = arena_array(arena, table->output_count + 1, sizeof *priorities);
    *out = (struct ranked){priorities, table->output_count, row};
    for (size_t o = 0; o < table->output_count; o++)
        if (!priority_of(&table->outputs[o], table->rules[row].outputs[o], &priorities[o]))
            return false;
    return true;
}

static void report_unranked(struct shadows *shadows, const uint32_t *rows, size_t count)
{
    struct text text = text_new(shadows->checker->scratch);
    text_add_words(&text, "whether ");
    say_rows(&text, shadows->checker->table, rows, count);
    text_add_words(&text, " shadow others or are shadowed: their outputs have no fixed priority");
    report_unproved(shadows->checker, FIND_SHADOWED, rows, count, NULL, text_slice(&text));
}

/* Rows whose outputs are no constants have no place in the order, and are left out. */
static void order_by_priority(struct shadows *shadows)
{
    struct arena *arena = shadows->checker->scratch;
    struct ranked *ranked = arena_array(arena, shadows->count + 1, sizeof *ranked);
    uint32_t *unranked = arena_array(arena, shadows->count + 1, sizeof *unranked);
    size_t kept = 0, left = 0;
    for (uint32_t i = 0; i < shadows->count; i++) {
        if (rank(shadows->checker->table, shadows->order[i], &ranked[kept], arena))
            kept++;
        else
            unranked[left++] = shadows->order[i];
    }
    qsort(ranked, kept, sizeof *ranked, by_priority);
    shadows->count = (uint32_t)kept;
    for (uint32_t i = 0; i < kept; i++)
        shadows->order[i] = ranked[i].row;
    if (left)
        report_unranked(shadows, unranked, left);
}

/* ------------------------------------------------------------------------------------------------ witness */

enum { NO_CLASS = UINT32_MAX };

/* How many different cells have each class: the fewer, the more likely nobody before takes it. */
static uint32_t *count_takers(const struct column *column, struct arena *arena)
{
    uint32_t *takers = arena_array(arena, column->class_count + 2, sizeof *takers);
    for (uint32_t i = 0; i < column->cell_count; i++)
        for (uint32_t s = 0; column->cells[i].kind == CELL_SOME && s < column->cells[i].span_count; s++) {
            takers[column->cells[i].spans[s].low]++;
            takers[column->cells[i].spans[s].high + 1]--; /* wraps, and back in the sum */
        }
    for (uint32_t class = 1; class < column->class_count; class ++)
        takers[class] += takers[class - 1];
    return takers;
}

/* The class with fewest takers of those that the cell has (of a cell that excludes words: has not). */
static uint32_t rarest_class(const struct column *column, const struct cell *cell, const uint32_t *takers,
                             struct span *scratch)
{
    uint32_t best = NO_CLASS, count = cell->span_count;
    const struct span *spans = cell->spans;
    if (cell->kind != CELL_SOME) {
        count = spans_rest(cell->spans, cell->span_count, column->class_count, scratch);
        spans = scratch;
    }
    for (uint32_t s = 0; s < count; s++)
        for (uint32_t class = spans[s].low; class <= spans[s].high; class ++)
            if (best == NO_CLASS || takers[class] < takers[best])
                best = class;
    return best;
}

static uint32_t *rarest_classes(const struct column *column, struct arena *arena)
{
    uint32_t *rarest = arena_array(arena, column->cell_count + 1, sizeof *rarest);
    uint32_t *takers = count_takers(column, arena);
    struct span *scratch = arena_array(arena, column->class_count + 2, sizeof *scratch);
    for (uint32_t i = 0; i < column->cell_count; i++)
        rarest[i] = rarest_class(column, &column->cells[i], takers, scratch);
    return rarest;
}

static bool class_passes(const struct cell *cell, uint32_t class)
{
    if (cell->kind == CELL_SOME || cell->kind == CELL_NOT)
        return spans_have(cell, class) == (cell->kind == CELL_SOME);
    return cell->kind != CELL_NONE;
}

static bool row_passes(const struct space *space, uint32_t row, const uint32_t *person)
{
    FOR_COLUMNS(c, space->active[row])
    {
        if (!class_passes(space_cell(space, row, c), person[c]))
            return false;
    }
    return true;
}

/* A likely person of the row whom none of these rows takes. */
static bool has_witness(const struct shadows *shadows, uint32_t row, const uint32_t *rows, uint32_t count)
{
    const struct space *space = &shadows->checker->space;
    for (size_t c = 0; c < space->column_count; c++) {
        shadows->witness[c] = shadows->rarest[c][space->columns[c].row_cells[row]];
        if (shadows->witness[c] == NO_CLASS)
            return false;
    }
    for (uint32_t i = 0; i < count; i++)
        if (row_passes(space, rows[i], shadows->witness))
            return false;
    return true;
}

/* -------------------------------------------------------------------------------------------------- fates */

static void set_task(struct shadows *shadows, uint32_t row, const uint32_t *rows, uint32_t count)
{
    const struct space *space = &shadows->checker->space;
    for (size_t c = 0; c < space->column_count; c++) {
        uint32_t cell = space->columns[c].row_cells[row];
        shadows->box[c] = cell == OPAQUE_CELL ? ALL_CELL : cell;
    }
    cover_task(&shadows->cover, shadows->box, rows, count, false);
}

/* Whether the rows take all of the row's people (and more, where it has a cell that cannot be analysed). */
static enum cover_answer takes_all(struct shadows *shadows, uint32_t row, const uint32_t *rows,
                                   uint32_t count)
{
    struct cover *k = &shadows->cover;
    k->steps += count;
    if (!count || has_witness(shadows, row, rows, count))
        return COVER_HOLE;
    set_task(shadows, row, rows, count);
    uint64_t limit = k->limit, share = limit / ROW_SHARE;
    k->limit = k->steps + share < limit ? k->steps + share : limit;
    enum cover_answer answer = cover_find(k);
    k->limit = limit;
    return answer;
}

/* Rows before this one that meet it, apart by whether they can be analysed. Those that are shadowed
 * themselves take nobody whom the others do not. */
static void gather(struct shadows *shadows, uint32_t position)
{
    const struct space *space = &shadows->checker->space;
    uint32_t met = meet_before(&shadows->meet, position, shadows->before);
    shadows->certain_count = shadows->all_count = 0;
    for (uint32_t i = 0; i < met; i++) {
        uint32_t row = shadows->order[shadows->before[i]];
        if (shadows->is_shadowed[row])
            continue;
        shadows->all[shadows->all_count++] = row;
        if (!space->opaque[row])
            shadows->certain[shadows->certain_count++] = row;
    }
}

static enum fate fate_of(struct shadows *shadows, uint32_t position)
{
    uint32_t row = shadows->order[position];
    gather(shadows, position);
    enum cover_answer answer = takes_all(shadows, row, shadows->certain, shadows->certain_count);
    if (answer != COVER_HOLE)
        return answer == COVER_WHOLE ? SHADOWED : BY_STEPS;
    if (shadows->checker->space.opaque[row])
        return shadows->all_count ? BY_CELLS : SEEN;
    if (shadows->all_count == shadows->certain_count)
        return SEEN;
    shadows->cover.trusts_opaque = true;
    answer = takes_all(shadows, row, shadows->all, shadows->all_count);
    shadows->cover.trusts_opaque = false;
    return answer == COVER_HOLE ? SEEN : BY_CELLS;
}

/* ------------------------------------------------------------------------------------------------ telling */

/* A row that takes all alone, or else as few as leaving out one by one gives, into shadows->certain. */
static void reduce_takers(struct shadows *shadows, uint32_t row)
{
    const struct cover *k = &shadows->cover;
    set_task(shadows, row, shadows->certain, shadows->certain_count);
    for (uint32_t i = 0; i < shadows->certain_count; i++)
        if (!k->active[i]) {
            shadows->certain[0] = shadows->certain[i];
            shadows->certain_count = 1;
            return;
        }
    for (uint32_t i = shadows->certain_count; i-- > 0 && shadows->certain_count <= REDUCED_MOST;) {
        uint32_t left_out = shadows->certain[i], last = --shadows->certain_count;
        memmove(shadows->certain + i, shadows->certain + i + 1, (last - i) * sizeof left_out);
        if (takes_all(shadows, row, shadows->certain, last) == COVER_WHOLE)
            continue;
        memmove(shadows->certain + i + 1, shadows->certain + i, (last - i) * sizeof left_out);
        shadows->certain[i] = left_out;
        shadows->certain_count++;
    }
}

static uint64_t columns_in(const struct space *space, const uint32_t *rows, uint32_t count)
{
    uint64_t columns = 0;
    for (uint32_t i = 0; i < count; i++)
        columns |= space->active[rows[i]];
    return columns;
}

static void say_takers(struct text *text, const struct shadows *shadows, uint32_t row)
{
    const struct space *space = &shadows->checker->space;
    uint32_t count = shadows->certain_count;
    say_row(text, space->table, row);
    text_add_words(text, " is never first: ");
    say_rows(text, space->table, shadows->certain, count);
    text_add_words(text, count == 1 ? " takes all its people, such as "
                                    : " together take all its people, such as ");
}

static void report_shadowed(struct shadows *shadows, uint32_t row)
{
    struct checker *checker = shadows->checker;
    const struct space *space = &checker->space;
    struct news news = {.kind = FIND_SHADOWED};
    if (report_is_full(checker, FIND_SHADOWED)) {
        report_add(checker, &news);
        return;
    }
    reduce_takers(shadows, row);
    struct choice *person = arena_array(checker->scratch, space->column_count + 1, sizeof *person);
    for (size_t c = 0; c < space->column_count; c++)
        person[c] = cells_common(&space->columns[c], space_cell(space, row, c),
                                 space_cell(space, shadows->certain[0], c));
    struct text text = report_text(checker);
    say_takers(&text, shadows, row);
    say_person(&text, space, person);
    text_add_words(&text, " (");
    say_cells(&text, space, row, ~UINT64_C(0));
    for (uint32_t i = 0; i < shadows->certain_count && i < ROWS_NAMED; i++) {
        text_add_words(&text, "; ");
        say_cells(&text, space, shadows->certain[i], ~UINT64_C(0));
    }
    text_add_char(&text, ')');
    uint32_t *rows = arena_array(checker->scratch, shadows->certain_count + 1, sizeof *rows);
    rows[0] = row;
    memcpy(rows + 1, shadows->certain, shadows->certain_count * sizeof *rows);
    news.rows = rows;
    news.row_count = shadows->certain_count + 1;
    news.person = person;
    news.columns = space->active[row] & columns_in(space, shadows->certain, shadows->certain_count);
    news.text = text_slice(&text);
    report_add(checker, &news);
}

static void report_unjudged(struct shadows *shadows, enum fate fate, const char *why)
{
    struct checker *checker = shadows->checker;
    struct text text = text_new(checker->scratch);
    if (!shadows->unjudged_count[fate])
        return;
    text_add_words(&text, "whether rows before them take all people of ");
    say_rows(&text, checker->table, shadows->unjudged[fate], shadows->unjudged_count[fate]);
    text_printf(&text, ": %s", why);
    report_unproved(checker, FIND_SHADOWED, shadows->unjudged[fate], shadows->unjudged_count[fate], NULL,
                    text_slice(&text));
}

/* ------------------------------------------------------------------------------------------------- search */

static void shadows_open(struct shadows *shadows, struct checker *checker)
{
    struct arena *arena = checker->scratch;
    const struct space *space = &checker->space;
    *shadows = (struct shadows){.checker = checker};
    shadows->count = rows_alive(checker, &shadows->order);
    if (checker->table->policy == HIT_PRIORITY)
        order_by_priority(shadows);
    size_t rows = shadows->count + 1u, columns = space->column_count + 1;
    shadows->before = arena_array(arena, rows, sizeof *shadows->before);
    shadows->certain = arena_array(arena, rows, sizeof *shadows->certain);
    shadows->all = arena_array(arena, rows, sizeof *shadows->all);
    shadows->is_shadowed = arena_array(arena, checker->table->rule_count + 1, sizeof *shadows->is_shadowed);
    shadows->box = arena_array(arena, columns, sizeof *shadows->box);
    shadows->witness = arena_array(arena, columns, sizeof *shadows->witness);
    shadows->rarest = arena_array(arena, columns, sizeof *shadows->rarest);
    for (size_t c = 0; c < space->column_count; c++)
        shadows->rarest[c] = rarest_classes(&space->columns[c], arena);
    for (enum fate fate = SEEN; fate <= BY_STEPS; fate++)
        shadows->unjudged[fate] = arena_array(arena, rows, sizeof **shadows->unjudged);
    meet_build(&shadows->meet, space, shadows->order, shadows->count, arena);
    cover_open(&shadows->cover, space, arena);
    shadows->cover.limit = checker->steps_left;
}

void check_shadows(struct checker *checker)
{
    struct shadows shadows;
    checker->out->is_proved[FIND_SHADOWED] = true;
    shadows_open(&shadows, checker);
    for (uint32_t p = 0; p < shadows.count; p++) {
        enum fate fate = BY_STEPS;
        if (shadows.cover.steps + shadows.meet.steps <= shadows.cover.limit)
            fate = fate_of(&shadows, p);
        shadows.is_shadowed[shadows.order[p]] = fate == SHADOWED;
        if (fate == SHADOWED)
            report_shadowed(&shadows, shadows.order[p]);
        else
            shadows.unjudged[fate][shadows.unjudged_count[fate]++] = shadows.order[p];
    }
    report_unjudged(&shadows, BY_CELLS, "there are cells that cannot be analysed");
    report_unjudged(&shadows, BY_STEPS, "it takes longer than was allowed");
    cover_close(&shadows.cover);
}
