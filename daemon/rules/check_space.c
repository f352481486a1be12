#include "check_space.h"

#include "check_classes.h"

/* ------------------------------------------------------------------------------------------------- spans */

uint32_t spans_of(const uint32_t *classes, uint32_t count, struct span *out)
{
    uint32_t made = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (made && out[made - 1].high + 1 == classes[i])
            out[made - 1].high = classes[i];
        else
            out[made++] = (struct span){classes[i], classes[i]};
    }
    return made;
}

uint32_t spans_rest(const struct span *spans, uint32_t span_count, uint32_t count, struct span *out)
{
    uint32_t made = 0, next = 0;
    for (uint32_t i = 0; i < span_count; i++) {
        if (spans[i].low > next)
            out[made++] = (struct span){next, spans[i].low - 1};
        next = spans[i].high + 1;
    }
    if (next < count)
        out[made++] = (struct span){next, count - 1};
    return made;
}

bool spans_have(const struct cell *cell, uint32_t class)
{
    uint32_t low = 0, high = cell->span_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (cell->spans[middle].high < class)
            low = middle + 1;
        else
            high = middle;
    }
    return low < cell->span_count && cell->spans[low].low <= class;
}

static struct span span_common(struct span a, struct span b)
{
    return (struct span){a.low > b.low ? a.low : b.low, a.high < b.high ? a.high : b.high};
}

/* The first class in both, from the spans *i and *j on, which move behind it. */
static bool next_common(const struct cell *a, const struct cell *b, uint32_t *i, uint32_t *j,
                        struct span *out)
{
    while (*i < a->span_count && *j < b->span_count) {
        *out = span_common(a->spans[*i], b->spans[*j]);
        if (a->spans[*i].high < b->spans[*j].high)
            ++*i;
        else
            ++*j;
        if (out->low <= out->high)
            return true;
    }
    return false;
}

uint32_t spans_common(const struct cell *a, const struct cell *b)
{
    uint32_t total = 0, i = 0, j = 0;
    struct span both;
    while (next_common(a, b, &i, &j, &both))
        total += both.high - both.low + 1;
    return total;
}

bool spans_meet(const struct cell *a, const struct cell *b)
{
    uint32_t i = 0, j = 0;
    struct span both;
    return next_common(a, b, &i, &j, &both);
}

/* -------------------------------------------------------------------------------------------------- cells */

bool cell_takes(const struct cell *cell, const struct choice *choice)
{
    if (cell->kind == CELL_ALL)
        return true;
    if (cell->kind == CELL_NONE || cell->kind == CELL_OPAQUE)
        return false;
    if (choice->is_any)
        return true;
    uint32_t hits = 0;
    for (uint32_t i = 0; i < choice->count; i++)
        hits += spans_have(cell, choice->classes[i]);
    if (cell->kind == CELL_WITH)
        return hits == cell->size;
    return (hits > 0) == (cell->kind == CELL_SOME);
}

static bool always_meets(const struct cell *cell)
{
    return cell->kind == CELL_ALL || cell->kind == CELL_OPAQUE;
}

/* How many words neither cell excludes. */
static uint32_t words_left(const struct column *column, const struct cell *a, const struct cell *b)
{
    return column->class_count - (a->size + b->size - spans_common(a, b));
}

/* Whether a set with all words of `with` can pass the other cell. */
static bool with_meets(const struct column *column, const struct cell *with, const struct cell *other)
{
    uint32_t common = spans_common(with, other);
    if (other->kind == CELL_NOT)
        return common == 0;
    if (other->kind == CELL_SOME)
        return common > 0 || with->size < column->list_max;
    return with->size + other->size - common <= column->list_max;
}

bool cells_meet(const struct column *column, const struct cell *a, const struct cell *b)
{
    if (a->kind == CELL_NONE || b->kind == CELL_NONE)
        return false;
    if (always_meets(a) || always_meets(b))
        return true;
    if (!column->is_list)
        return spans_meet(a, b);
    if (a->kind == CELL_WITH || b->kind == CELL_WITH)
        return a->kind == CELL_WITH ? with_meets(column, a, b) : with_meets(column, b, a);
    if (a->kind == CELL_SOME && b->kind == CELL_SOME)
        return column->list_max >= 2 || spans_meet(a, b);
    if (a->kind == CELL_NOT && b->kind == CELL_NOT)
        return column->can_be_empty || words_left(column, a, b) > 0;
    const struct cell *some = a->kind == CELL_SOME ? a : b;
    return spans_common(a, b) < some->size;
}

/* Everybody with a word in `inner`, or with none of its words, passes `outer`. (With all of them: as far as
 * needed.) */
static bool list_covers(const struct column *column, const struct cell *outer, const struct cell *inner)
{
    if (inner->kind == CELL_ALL)
        return false; /* `outer` would be ALL too */
    uint32_t common = spans_common(outer, inner);
    if (outer->kind == CELL_WITH)
        return inner->kind == CELL_WITH && common == outer->size;
    if (inner->kind == CELL_WITH)
        return outer->kind == CELL_SOME && common > 0;
    if (outer->kind == CELL_SOME)
        return inner->kind == CELL_SOME
                   ? common == inner->size
                   : !column->can_be_empty && outer->size - common == column->class_count - inner->size;
    if (inner->kind == CELL_NOT)
        return common == outer->size;
    return column->list_max < 2 && common == 0;
}

bool cell_covers(const struct column *column, const struct cell *outer, const struct cell *inner)
{
    if (outer->kind == CELL_ALL || inner->kind == CELL_NONE)
        return true;
    if (outer->kind == CELL_NONE || outer->kind == CELL_OPAQUE || inner->kind == CELL_OPAQUE)
        return false;
    if (column->is_list)
        return list_covers(column, outer, inner);
    return inner->kind == CELL_SOME && spans_common(outer, inner) == inner->size;
}

static struct choice choice_of(uint32_t class)
{
    return (struct choice){.count = 1, .classes = {class}};
}

/* The first class that has (or has not) to be in each; class_count: none. */
static uint32_t first_class(const struct column *column, const struct cell *a, bool in_a,
                            const struct cell *b, bool in_b)
{
    for (uint32_t class = 0; class < column->class_count; class ++)
        if (spans_have(a, class) == in_a && spans_have(b, class) == in_b)
            return class;
    return column->class_count;
}

struct choice cells_common(const struct column *column, const struct cell *a, const struct cell *b)
{
    if (always_meets(a) && always_meets(b))
        return (struct choice){.is_any = true};
    if (always_meets(a))
        a = b;
    if (always_meets(b))
        b = a;
    uint32_t class = first_class(column, a, a->kind == CELL_SOME, b, b->kind == CELL_SOME);
    if (class < column->class_count)
        return choice_of(class);
    struct choice two = {.count = 0}; /* none for NOT and NOT, two for SOME and SOME */
    if (a->kind == CELL_SOME) {
        two = choice_of(a->spans[0].low);
        two.classes[two.count++] = b->spans[0].low;
    }
    return two;
}

/* ------------------------------------------------------------------------------------------------ interning
 */

static uint32_t cell_hash(const struct cell *cell)
{
    uint32_t hash = 2166136261u ^ (uint32_t)cell->kind;
    for (uint32_t i = 0; i < cell->span_count; i++) {
        hash = (hash ^ cell->spans[i].low) * 16777619u;
        hash = (hash ^ cell->spans[i].high) * 16777619u;
        hash ^= hash >> 15;
    }
    return hash;
}

static bool cell_equal(const struct cell *a, const struct cell *b)
{
    return a->kind == b->kind && a->span_count == b->span_count &&
           (!a->span_count || memcmp(a->spans, b->spans, a->span_count * sizeof *a->spans) == 0);
}

static uint32_t *cell_slot(const struct column *column, const struct cell *cell)
{
    uint32_t at = cell_hash(cell) & (column->slot_count - 1);
    while (column->slots[at] && !cell_equal(&column->cells[column->slots[at] - 1], cell))
        at = (at + 1) & (column->slot_count - 1);
    return &column->slots[at];
}

static void cells_grow(struct column *column, struct arena *arena)
{
    struct column old = *column;
    column->cell_room = old.cell_room ? old.cell_room * 2 : 16;
    column->slot_count = column->cell_room * 2;
    column->cells = arena_array(arena, column->cell_room, sizeof *column->cells);
    column->slots = arena_array(arena, column->slot_count, sizeof *column->slots);
    for (uint32_t i = 0; i < old.cell_count; i++) {
        column->cells[i] = old.cells[i];
        *cell_slot(column, &old.cells[i]) = i + 1;
    }
}

/* Cells that say the same have one form: ALL and NONE where they are that. */
static struct cell normal(const struct column *column, struct cell cell)
{
    bool is_full = cell.size == column->class_count, can_be_empty = column->is_list && column->can_be_empty;
    if (cell.kind == CELL_SOME && (cell.size == 0 || (is_full && !can_be_empty)))
        return (struct cell){.kind = cell.size == 0 ? CELL_NONE : CELL_ALL};
    if (cell.kind == CELL_NOT && (cell.size == 0 || (is_full && !can_be_empty)))
        return (struct cell){.kind = cell.size == 0 ? CELL_ALL : CELL_NONE};
    return cell;
}

uint32_t column_intern(struct space *space, struct column *column, enum cell_kind kind,
                       const struct span *spans, uint32_t count)
{
    struct cell cell = {.kind = kind, .span_count = count, .spans = spans};
    for (uint32_t i = 0; i < count; i++)
        cell.size += spans[i].high - spans[i].low + 1;
    cell = normal(column, cell);
    if (column->cell_count == column->cell_room)
        cells_grow(column, space->arena);
    uint32_t *slot = cell_slot(column, &cell);
    if (*slot)
        return *slot - 1;
    if (cell.span_count) {
        struct span *copy = arena_array(space->arena, cell.span_count, sizeof *copy);
        memcpy(copy, cell.spans, cell.span_count * sizeof *copy);
        cell.spans = copy;
        cell.low = copy[0].low;
        cell.high = copy[cell.span_count - 1].high;
    }
    column->cells[column->cell_count++] = cell;
    *slot = column->cell_count;
    return column->cell_count - 1;
}

/* ------------------------------------------------------------------------------------------------- building
 */

struct builder {
    struct space *space;
    struct column *column;
    struct classes classes;
    struct span *spans; /* scratch */
    uint32_t *numbers;
    size_t room;
};

static void builder_room(struct builder *builder, size_t room)
{
    if (room <= builder->room)
        return;
    builder->room = room * 2;
    builder->spans = arena_array(builder->space->arena, builder->room, sizeof *builder->spans);
    builder->numbers = arena_array(builder->space->arena, builder->room, sizeof *builder->numbers);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The classes of the test's words into builder->spans. */
static uint32_t word_spans(struct builder *builder, const struct test *test)
{
    builder_room(builder, test->count + 2);
    uint32_t count = 0, kept = 0;
    for (uint32_t i = 0; i < test->count; i++) {
        uint32_t word = words_find(&builder->classes.words, test->words[i]);
        if (word != NO_WORD)
            builder->numbers[count++] = builder->classes.word.first + word;
    }
    qsort(builder->numbers, count, sizeof *builder->numbers, by_number);
    for (uint32_t i = 0; i < count; i++)
        if (!kept || builder->numbers[kept - 1] != builder->numbers[i])
            builder->numbers[kept++] = builder->numbers[i];
    return spans_of(builder->numbers, kept, builder->spans);
}

static uint32_t words_cell(struct builder *builder, const struct test *test)
{
    struct section section = builder->classes.word;
    uint32_t count = section.count ? word_spans(builder, test) : 0;
    struct span *spans = builder->spans;
    if (!test->negated || builder->column->is_list) {
        enum cell_kind kind = test->negated ? CELL_NOT : CELL_SOME;
        return column_intern(builder->space, builder->column, kind, spans, count);
    }
    struct span *rest = arena_array(builder->space->arena, count + 1, sizeof *rest);
    count = section.count ? spans_rest(spans, count, section.count, rest) : 0; /* words come first */
    return column_intern(builder->space, builder->column, CELL_SOME, rest, count);
}

static uint32_t keys_cell(struct builder *builder, const struct test *test)
{
    builder_room(builder, test->count + 1);
    struct section section = test->kind == TEST_DATES ? builder->classes.date : builder->classes.number;
    uint32_t count = classes_in(&builder->classes, section, test->ranges, test->count, builder->spans);
    return column_intern(builder->space, builder->column, CELL_SOME, builder->spans, count);
}

/* Of a section of single values: the class that is `low`, or nothing. */
static uint32_t single_cell(struct builder *builder, uint32_t class, bool is_there)
{
    struct span span = {class, class};
    return column_intern(builder->space, builder->column, CELL_SOME, &span, is_there);
}

static uint32_t boolean_cell(struct builder *builder, const struct test *test)
{
    struct section section = builder->classes.boolean;
    for (uint32_t i = section.first; i < section.first + section.count; i++)
        if (builder->classes.list[i].boolean == test->boolean)
            return single_cell(builder, i, true);
    return single_cell(builder, 0, false);
}

static uint32_t null_cell(struct builder *builder, const struct test *test)
{
    if (builder->column->is_list)
        return OPAQUE_CELL;
    struct section section = builder->classes.null; /* the last class */
    if (!test->negated)
        return single_cell(builder, section.first, section.count > 0);
    struct span rest = {0, builder->column->class_count - 1 - section.count};
    bool is_there = builder->column->class_count > section.count;
    return column_intern(builder->space, builder->column, CELL_SOME, &rest, is_there);
}

static uint32_t cell_of(struct builder *builder, const struct test *test)
{
    switch (test->kind) {
    case TEST_ANY:
        return ALL_CELL;
    case TEST_WORDS:
        return words_cell(builder, test);
    case TEST_NUMBERS:
    case TEST_DATES:
        return keys_cell(builder, test);
    case TEST_BOOLEAN:
        return boolean_cell(builder, test);
    case TEST_NULL:
        return null_cell(builder, test);
    case TEST_FEEL:
        break;
    }
    return OPAQUE_CELL;
}

static void build_column(struct space *space, size_t number, const struct check_options *options)
{
    struct column *column = &space->columns[number];
    struct builder builder = {.space = space, .column = column};
    column->input = &space->table->inputs[number];
    column->can_be_empty = options->can_be_empty && options->can_be_empty[number];
    column->list_max = options->list_max;
    column->is_list = column->input->is_any_of && (column->list_max > 1 || column->can_be_empty);
    classes_build(&builder.classes, space->table, number, options->domains ? &options->domains[number] : NULL,
                  column->input->is_any_of, space->arena);
    column->classes = builder.classes.list;
    column->class_count = builder.classes.count;
    space->is_void |= column->class_count == 0 && !(column->is_list && column->can_be_empty);
    cells_grow(column, space->arena);
    column->cells[column->cell_count++] = (struct cell){.kind = CELL_ALL};
    column->cells[column->cell_count++] = (struct cell){.kind = CELL_OPAQUE};
    for (uint32_t i = 0; i < column->cell_count; i++)
        *cell_slot(column, &column->cells[i]) = i + 1;
    column->row_cells = arena_array(space->arena, space->row_room, sizeof *column->row_cells);
    for (uint32_t r = 0; r < space->table->rule_count; r++)
        column->row_cells[r] = cell_of(&builder, &space->table->rules[r].tests[number]);
}

static void mark_row(struct space *space, uint32_t row)
{
    for (size_t c = 0; c < space->column_count; c++) {
        enum cell_kind kind = space_cell(space, row, c)->kind;
        uint64_t bit = UINT64_C(1) << c;
        space->active[row] |= kind != CELL_ALL ? bit : 0;
        space->none[row] |= kind == CELL_NONE ? bit : 0;
        space->opaque[row] |= kind == CELL_OPAQUE ? bit : 0;
    }
}

void space_build(struct space *space, const struct table *table, const struct check_options *options,
                 uint32_t extra, struct arena *arena)
{
    *space = (struct space){.arena = arena, .table = table, .column_count = table->input_count};
    space->row_count = (uint32_t)table->rule_count;
    space->row_room = space->row_count + extra;
    space->columns = arena_array(arena, space->column_count + 1, sizeof *space->columns);
    space->active = arena_array(arena, space->row_room + 1, sizeof *space->active);
    space->opaque = arena_array(arena, space->row_room + 1, sizeof *space->opaque);
    space->none = arena_array(arena, space->row_room + 1, sizeof *space->none);
    for (size_t c = 0; c < space->column_count; c++)
        build_column(space, c, options);
    for (uint32_t r = 0; r < space->row_count; r++)
        mark_row(space, r);
}

uint32_t space_add_row(struct space *space, const uint32_t *cells)
{
    uint32_t row = space->row_count++;
    for (size_t c = 0; c < space->column_count; c++)
        space->columns[c].row_cells[row] = cells[c];
    mark_row(space, row);
    return row;
}
