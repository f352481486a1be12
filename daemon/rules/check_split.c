/* Splitting a node of the search by one column: sweeping over its classes, or trying sets of words. */
#include "check_cover.h"

struct group { /* rows with the same cell */
    uint32_t cell;
    uint32_t first, count; /* in parting.rows */
    uint32_t place;        /* in sweep.on */
    bool is_unit;          /* one of them has no condition left but this */
    double weight;         /* the sum of the parts of the persons that its rows take in the other columns */
};

struct parting {
    struct group *groups;
    uint32_t count;
    uint32_t *rows; /* by group; then those without a condition on the column */
    uint32_t any_first, any_count;
};

/* The part of the persons that the row takes, as if columns were independent. */
static double weight_of(struct cover *k, uint32_t row, uint64_t mask)
{
    double weight = 1;
    FOR_COLUMNS(c, k->active[row] & mask)
    weight *= (double)cover_relation(k, c, cover_cell(k, c, row))->share;
    return weight;
}

static void count_groups(struct cover *k, const struct node *node, size_t column, struct parting *parting)
{
    k->pass++;
    for (size_t i = 0; i < node->count; i++) {
        uint32_t row = node->rows[i];
        if (!(k->active[row] >> column & 1)) {
            parting->any_count++;
            continue;
        }
        uint32_t cell = cover_cell(k, column, row);
        struct relation *relation = cover_relation(k, column, cell);
        if (relation->pass != k->pass) {
            relation->pass = k->pass;
            relation->group = parting->count;
            parting->groups[parting->count++] = (struct group){.cell = cell};
        }
        struct group *group = &parting->groups[relation->group];
        group->count++;
        group->is_unit |= (k->active[row] & node->mask) == UINT64_C(1) << column;
        group->weight += weight_of(k, row, node->mask & ~(UINT64_C(1) << column));
    }
}

static void part(struct cover *k, const struct node *node, size_t column, struct parting *parting)
{
    *parting = (struct parting){.groups = pile_array(&k->pile, node->count + 1, sizeof *parting->groups)};
    parting->rows = pile_array(&k->pile, node->count + 1, sizeof *parting->rows);
    count_groups(k, node, column, parting);
    for (uint32_t g = 0; g < parting->count; g++) {
        parting->groups[g].first = parting->any_first;
        parting->any_first += parting->groups[g].count;
        parting->groups[g].count = 0;
    }
    uint32_t any = parting->any_first;
    for (size_t i = 0; i < node->count; i++) {
        uint32_t row = node->rows[i];
        if (!(k->active[row] >> column & 1)) {
            parting->rows[any++] = row;
            continue;
        }
        const struct relation *relation = cover_relation(k, column, cover_cell(k, column, row));
        struct group *group = &parting->groups[relation->group];
        parting->rows[group->first + group->count++] = row;
    }
}

/* ------------------------------------------------------------------------------------------------- sweeping
 */

struct sweep {
    struct parting parting;
    uint64_t *events; /* class << 32 | group << 1 | begins */
    size_t event_count, next;
    uint32_t *on; /* groups that take the class the sweep stands at */
    uint32_t on_count, units;
    double weight;
    uint32_t class;
};

static void add_event(struct sweep *sweep, uint32_t class, uint32_t group, bool begins)
{
    sweep->events[sweep->event_count++] = (uint64_t) class << 32 | (uint64_t)group << 1 | begins;
}

/* Both ends of each of the cell's spans, as far as they lie in the domain. */
static void cell_events(struct sweep *sweep, const struct cell *cell, const struct cell *domain,
                        uint32_t group)
{
    for (uint32_t i = 0, j = 0; i < cell->span_count && j < domain->span_count;) {
        struct span a = cell->spans[i], b = domain->spans[j];
        uint32_t low = a.low > b.low ? a.low : b.low, high = a.high < b.high ? a.high : b.high;
        if (low <= high) {
            add_event(sweep, low, group, true);
            add_event(sweep, high + 1, group, false);
        }
        if (a.high < b.high)
            i++;
        else
            j++;
    }
}

/* By class; the order within a class does not matter. */
static void sort_few(uint64_t *events, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t event = events[i];
        size_t at = i;
        for (; at > 0 && events[at - 1] > event; at--)
            events[at] = events[at - 1];
        events[at] = event;
    }
}

static int by_event(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort_events(struct cover *k, struct sweep *sweep, uint32_t class_count)
{
    size_t count = sweep->event_count;
    if (count <= 24) {
        sort_few(sweep->events, count);
        return;
    }
    if (class_count > count * 16) {
        qsort(sweep->events, count, sizeof *sweep->events, by_event);
        return;
    }
    uint32_t *ends = pile_array(&k->pile, class_count + 2, sizeof *ends);
    uint64_t *sorted = pile_array(&k->pile, count, sizeof *sorted);
    memset(ends, 0, (class_count + 2) * sizeof *ends);
    for (size_t i = 0; i < count; i++)
        ends[(sweep->events[i] >> 32) + 1]++;
    for (uint32_t class = 1; class <= class_count + 1; class ++)
        ends[class] += ends[class - 1];
    for (size_t i = 0; i < count; i++)
        sorted[ends[sweep->events[i] >> 32]++] = sweep->events[i];
    sweep->events = sorted;
}

static void sweep_start(struct cover *k, const struct node *node, size_t column, struct sweep *sweep)
{
    const struct column *c = &k->space->columns[column];
    const struct cell *domain = &k->domain[column];
    *sweep = (struct sweep){.events = NULL};
    part(k, node, column, &sweep->parting);
    size_t room = 0;
    for (uint32_t g = 0; g < sweep->parting.count; g++)
        room += c->cells[sweep->parting.groups[g].cell].span_count + domain->span_count;
    sweep->events = pile_array(&k->pile, 2 * room + 1, sizeof *sweep->events);
    sweep->on = pile_array(&k->pile, sweep->parting.count + 1, sizeof *sweep->on);
    for (uint32_t g = 0; g < sweep->parting.count; g++)
        cell_events(sweep, &c->cells[sweep->parting.groups[g].cell], domain, g);
    sort_events(k, sweep, c->class_count);
}

static void sweep_rewind(struct sweep *sweep)
{
    sweep->next = 0;
    sweep->on_count = 0;
    sweep->units = 0;
    sweep->weight = 0;
}

static void apply_event(struct sweep *sweep, uint64_t event)
{
    uint32_t number = (uint32_t)(event & UINT32_MAX) >> 1;
    struct group *group = &sweep->parting.groups[number];
    if (event & 1) {
        group->place = sweep->on_count;
        sweep->on[sweep->on_count++] = number;
        sweep->units += group->is_unit;
        sweep->weight += group->weight;
        return;
    }
    uint32_t last = sweep->on[--sweep->on_count];
    sweep->on[group->place] = last;
    sweep->parting.groups[last].place = group->place;
    sweep->units -= group->is_unit;
    sweep->weight -= group->weight;
}

/* What the next class's events would do: groups that begin there, and that end. */
static void look_ahead(const struct sweep *sweep, uint32_t *begins, uint32_t *ends)
{
    *begins = *ends = 0;
    uint64_t class = sweep->next < sweep->event_count ? sweep->events[sweep->next] >> 32 : 0;
    for (size_t i = sweep->next; i < sweep->event_count && sweep->events[i] >> 32 == class; i++)
        ++*(sweep->events[i] & 1 ? begins : ends);
}

/* Moves to the next class that has to be looked at: one where no group takes all that is left, and whose
 * groups are not more than a neighbour's. */
static bool sweep_next(struct sweep *sweep)
{
    while (sweep->next < sweep->event_count) {
        uint32_t before = sweep->on_count, begins, ends;
        look_ahead(sweep, &begins, &ends);
        sweep->class = (uint32_t)(sweep->events[sweep->next] >> 32);
        for (uint32_t i = 0; i < begins + ends; i++)
            apply_event(sweep, sweep->events[sweep->next++]);
        bool is_more = ends == 0 && before > 0;
        look_ahead(sweep, &begins, &ends);
        bool is_more_than_next = begins == 0 && ends < sweep->on_count;
        if (sweep->on_count && !sweep->units && !is_more && !is_more_than_next)
            return true;
    }
    return false;
}

static void take_rows(struct node *child, const struct parting *parting, const struct group *group)
{
    memcpy(child->rows + child->count, parting->rows + group->first, group->count * sizeof *child->rows);
    child->count += group->count;
}

static struct node child_of(struct cover *k, const struct node *node, const struct parting *parting,
                            size_t column)
{
    struct node child = {pile_array(&k->pile, node->count + 1, sizeof *child.rows), parting->any_count,
                         node->mask & ~(UINT64_C(1) << column), node->left - 1};
    if (parting->any_count)
        memcpy(child.rows, parting->rows + parting->any_first, parting->any_count * sizeof *child.rows);
    return child;
}

static enum cover_answer visit_class(struct cover *k, const struct node *node, size_t column,
                                     const struct sweep *sweep, visit_fn *visit)
{
    struct pile_mark mark = pile_mark(&k->pile);
    struct node child = child_of(k, node, &sweep->parting, column);
    for (uint32_t i = 0; i < sweep->on_count; i++)
        take_rows(&child, &sweep->parting, &sweep->parting.groups[sweep->on[i]]);
    k->choices[column] = (struct choice){.count = 1, .classes = {sweep->class}};
    enum cover_answer answer = cover_spend(k, child.count + 1) ? visit(k, child) : COVER_UNKNOWN;
    pile_return(&k->pile, mark);
    return answer;
}

/* The class whose rows take least: if there is a hole, most likely there. False: there is nothing to look at.
 */
static bool lightest(struct sweep *sweep, uint32_t *class)
{
    double least = 0;
    bool is_found = false;
    sweep_rewind(sweep);
    while (sweep_next(sweep)) {
        if (is_found && sweep->weight >= least)
            continue;
        is_found = true;
        least = sweep->weight;
        *class = sweep->class;
    }
    sweep_rewind(sweep);
    return is_found;
}

static enum cover_answer split_by_class(struct cover *k, const struct node *node, size_t column,
                                        visit_fn *visit)
{
    struct sweep sweep;
    uint32_t first = 0;
    sweep_start(k, node, column, &sweep);
    enum cover_answer answer =
        cover_spend(k, node->count + 2 * sweep.event_count) ? COVER_WHOLE : COVER_UNKNOWN;
    if (answer != COVER_WHOLE || !lightest(&sweep, &first))
        return answer;
    while (sweep_next(&sweep) && sweep.class != first)
        ;
    answer = visit_class(k, node, column, &sweep, visit);
    sweep_rewind(&sweep);
    while (answer == COVER_WHOLE && sweep_next(&sweep))
        if (sweep.class != first)
            answer = visit_class(k, node, column, &sweep, visit);
    return answer;
}

/* ------------------------------------------------------------------------------------------------ word sets
 */

/*
 * On a list column where cells exclude words, the sets worth looking at are those from which no word can be
 * left out without one more row taking the person: a word that stands in no excluding cell is of use only
 * alone (or as the one word that the box asks for); every other word must break an excluding cell that the
 * others do not.
 */
struct sets {
    struct cover *cover;
    const struct node *node;
    size_t column;
    visit_fn *visit;
    struct parting parting;
    uint64_t *excluded, *named; /* words in excluding cells; in other cells */
    struct cell *domain;        /* words a person can have here */
    bool needs_one;             /* the box asks for a word of the domain */
    struct choice set;
};

static const struct cell *set_cell(const struct sets *sets, uint32_t group)
{
    return &sets->cover->space->columns[sets->column].cells[sets->parting.groups[group].cell];
}

static bool bit_at(const uint64_t *bits, uint32_t at)
{
    return bits[at / 64] >> (at % 64) & 1;
}

static enum cover_answer visit_set(struct sets *sets)
{
    struct cover *k = sets->cover;
    struct pile_mark mark = pile_mark(&k->pile);
    struct node child = child_of(k, sets->node, &sets->parting, sets->column);
    bool has_unit = false;
    for (uint32_t g = 0; g < sets->parting.count; g++) {
        if (!cell_takes(set_cell(sets, g), &sets->set))
            continue;
        has_unit |= sets->parting.groups[g].is_unit;
        take_rows(&child, &sets->parting, &sets->parting.groups[g]);
    }
    k->choices[sets->column] = sets->set;
    enum cover_answer answer = COVER_WHOLE;
    if (!cover_spend(k, child.count + sets->parting.count + 1))
        answer = COVER_UNKNOWN;
    else if (!has_unit)
        answer = sets->visit(k, child);
    pile_return(&k->pile, mark);
    return answer;
}

/* Whether the word breaks an excluding cell that the set has not broken. */
static bool breaks_more(const struct sets *sets, uint32_t word)
{
    cover_spend(sets->cover, sets->parting.count); /* the next set visited sees it */
    for (uint32_t g = 0; g < sets->parting.count; g++) {
        const struct cell *cell = set_cell(sets, g);
        if (cell->kind == CELL_NOT && spans_have(cell, word) && cell_takes(cell, &sets->set))
            return true;
    }
    return false;
}

/* Whether the word may be added to a set that begins with `first`, so that each set is made once. */
static bool may_follow(const struct sets *sets, uint32_t first, uint32_t word)
{
    const struct column *c = &sets->cover->space->columns[sets->column];
    const struct cell *box = &c->cells[sets->cover->box[sets->column]];
    if (word == first || !bit_at(sets->excluded, word) || (box->kind == CELL_NOT && spans_have(box, word)))
        return false;
    return !sets->needs_one || word > first || !spans_have(sets->domain, word);
}

/* Visits the set, then all that it can grow into with words from `from` on. */
static enum cover_answer grow_set(struct sets *sets, uint32_t first, uint32_t from)
{
    const struct column *c = &sets->cover->space->columns[sets->column];
    enum cover_answer answer = visit_set(sets);
    if (sets->set.count == c->list_max)
        return answer;
    for (uint32_t word = from; answer == COVER_WHOLE && word < c->class_count; word++) {
        if (!may_follow(sets, first, word) || !breaks_more(sets, word))
            continue;
        sets->set.classes[sets->set.count++] = word;
        answer = grow_set(sets, first, word + 1);
        sets->set.count--;
    }
    return answer;
}

/* All sets that begin with this word. */
static enum cover_answer sets_from(struct sets *sets, uint32_t word)
{
    sets->set = (struct choice){.count = 1, .classes = {word}};
    if (!sets->needs_one && !bit_at(sets->excluded, word))
        return visit_set(sets);
    return grow_set(sets, word, sets->needs_one ? 0 : word + 1);
}

static void sets_start(struct sets *sets)
{
    struct cover *k = sets->cover;
    const struct column *c = &k->space->columns[sets->column];
    size_t words = c->class_count / 64 + 1;
    part(k, sets->node, sets->column, &sets->parting);
    sets->excluded = pile_array(&k->pile, words, sizeof *sets->excluded);
    sets->named = pile_array(&k->pile, words, sizeof *sets->named);
    memset(sets->excluded, 0, words * sizeof *sets->excluded);
    memset(sets->named, 0, words * sizeof *sets->named);
    for (uint32_t g = 0; g < sets->parting.count; g++) {
        const struct cell *cell = set_cell(sets, g);
        uint64_t *bits = cell->kind == CELL_NOT ? sets->excluded : sets->named;
        for (uint32_t s = 0; s < cell->span_count; s++)
            for (uint32_t w = cell->spans[s].low; w <= cell->spans[s].high; w++)
                bits[w / 64] |= UINT64_C(1) << (w % 64);
    }
    sets->domain = &k->domain[sets->column];
    sets->needs_one = c->cells[k->box[sets->column]].kind == CELL_SOME;
}

/* The empty set, where a person may have it, makes words that no cell excludes superfluous; so does the first
 * word that no cell has at all. */
static enum cover_answer split_by_set(struct cover *k, const struct node *node, size_t column,
                                      visit_fn *visit)
{
    struct sets sets = {.cover = k, .node = node, .column = column, .visit = visit};
    const struct column *c = &k->space->columns[column];
    sets_start(&sets);
    bool has_free = c->can_be_empty && !sets.needs_one;
    enum cover_answer answer = has_free ? visit_set(&sets) : COVER_WHOLE;
    uint32_t free_word = c->class_count;
    for (uint32_t w = 0; !has_free && free_word == c->class_count && w < c->class_count; w++)
        if (spans_have(sets.domain, w) && !bit_at(sets.excluded, w) && !bit_at(sets.named, w))
            free_word = w;
    has_free |= free_word < c->class_count;
    for (uint32_t w = 0; answer == COVER_WHOLE && w < c->class_count; w++) {
        if (!spans_have(sets.domain, w))
            continue;
        if (w == free_word || bit_at(sets.excluded, w) || !has_free)
            answer = cover_spend(k, 1) ? sets_from(&sets, w) : COVER_UNKNOWN;
    }
    return answer;
}

/* Whether single words are not enough to try: cells exclude words, or ask for several. */
static bool needs_sets(const struct cover *k, const struct node *node, size_t column)
{
    const struct column *c = &k->space->columns[column];
    for (size_t i = 0; c->is_list && i < node->count; i++) {
        uint32_t row = node->rows[i];
        if ((k->active[row] >> column & 1) && c->cells[cover_cell(k, column, row)].kind != CELL_SOME)
            return true;
    }
    return false;
}

enum cover_answer split_column(struct cover *k, const struct node *node, size_t column, visit_fn *visit)
{
    struct pile_mark mark = pile_mark(&k->pile);
    enum cover_answer answer;
    if (needs_sets(k, node, column))
        answer = split_by_set(k, node, column, visit);
    else
        answer = split_by_class(k, node, column, visit);
    pile_return(&k->pile, mark);
    return answer;
}
