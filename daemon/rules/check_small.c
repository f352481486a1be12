/* The end of most branches of the search: few rows are compared with each other. */
#include "check_cover.h"

enum { SMALL = 48 };

enum meeting { APART, MEETING, FIRST_WITHIN, SECOND_WITHIN };

/* The rows side by side. */
struct table_of {
    const struct cover *cover;
    struct node *node;
    size_t plain_count; /* columns where every cell is one span */
    uint64_t other;     /* the other columns */
    struct span *spans; /* by place in the node, and plain column; without a condition: all classes */
};

static bool is_plain(const struct cover *k, const struct node *node, size_t column)
{
    const struct column *c = &k->space->columns[column];
    for (size_t i = 0; i < node->count && !c->is_list; i++)
        if ((k->active[node->rows[i]] >> column & 1) &&
            c->cells[cover_cell(k, column, node->rows[i])].span_count != 1)
            return false;
    return !c->is_list;
}

static void lay_out(struct cover *k, struct node *node, struct table_of *table)
{
    size_t columns[64];
    *table = (struct table_of){.cover = k, .node = node};
    FOR_COLUMNS(c, node->mask)
    {
        if (is_plain(k, node, c))
            columns[table->plain_count++] = c;
        else
            table->other |= UINT64_C(1) << c;
    }
    table->spans = pile_array(&k->pile, node->count * table->plain_count + 1, sizeof *table->spans);
    struct span *out = table->spans;
    for (size_t i = 0; i < node->count; i++)
        for (size_t p = 0; p < table->plain_count; p++) {
            uint32_t row = node->rows[i];
            const struct cell *cell = &k->space->columns[columns[p]].cells[cover_cell(k, columns[p], row)];
            bool is_active = k->active[row] >> columns[p] & 1;
            *out++ = is_active ? (struct span){cell->low, cell->high} : (struct span){0, UINT32_MAX};
        }
}

/* On the columns that are not plain; false: the rows are apart. */
static bool meet_on_others(const struct table_of *table, size_t i, size_t j, bool *i_within, bool *j_within)
{
    const struct cover *k = table->cover;
    uint32_t a = table->node->rows[i], b = table->node->rows[j];
    uint64_t active_a = k->active[a] & table->other, active_b = k->active[b] & table->other;
    *i_within = *i_within && !(active_b & ~active_a);
    *j_within = *j_within && !(active_a & ~active_b);
    FOR_COLUMNS(c, active_a & active_b)
    {
        const struct column *column = &k->space->columns[c];
        const struct cell *x = &column->cells[cover_cell(k, c, a)], *y = &column->cells[cover_cell(k, c, b)];
        if (x != y && !cells_meet(column, x, y))
            return false;
        *i_within = *i_within && (x == y || cell_covers(column, y, x));
        *j_within = *j_within && (x == y || cell_covers(column, x, y));
    }
    return true;
}

static enum meeting rows_meeting(const struct table_of *table, size_t i, size_t j)
{
    const struct span *a = table->spans + i * table->plain_count, *b = table->spans + j * table->plain_count;
    bool a_within = true, b_within = true;
    for (size_t p = 0; p < table->plain_count; p++) {
        if (a[p].high < b[p].low || b[p].high < a[p].low)
            return APART;
        a_within &= a[p].low >= b[p].low && a[p].high <= b[p].high;
        b_within &= b[p].low >= a[p].low && b[p].high <= a[p].high;
    }
    if (table->other && !meet_on_others(table, i, j, &a_within, &b_within))
        return APART;
    return a_within ? FIRST_WITHIN : b_within ? SECOND_WITHIN : MEETING;
}

static void move_row(const struct table_of *table, size_t to, size_t from)
{
    size_t width = table->plain_count;
    table->node->rows[to] = table->node->rows[from];
    if (width && to != from)
        memcpy(table->spans + to * width, table->spans + from * width, width * sizeof *table->spans);
}

/* Drops rows within others. Returns how many pairs were seen to meet. */
static size_t drop_within(const struct table_of *table)
{
    struct node *node = table->node;
    size_t meetings = 0;
    for (size_t i = 0; i < node->count; i++)
        for (size_t j = i + 1; j < node->count;) {
            enum meeting meeting = rows_meeting(table, i, j);
            meetings += meeting == MEETING;
            if (meeting == FIRST_WITHIN)
                move_row(table, i, j);
            if (meeting == FIRST_WITHIN || meeting == SECOND_WITHIN)
                move_row(table, j, --node->count);
            else
                j++;
            if (meeting == FIRST_WITHIN)
                j = i + 1;
        }
    return meetings;
}

static bool all_apart(const struct table_of *table)
{
    for (size_t i = 0; i < table->node->count; i++)
        for (size_t j = i + 1; j < table->node->count; j++)
            if (rows_meeting(table, i, j) != APART)
                return false;
    return true;
}

/* The persons of the box on the columns of the mask; 0: on a list column, or too many to count. */
static uint64_t persons_in(const struct cover *k, uint64_t mask)
{
    uint64_t persons = 1;
    FOR_COLUMNS(c, mask)
    {
        uint32_t size = k->space->columns[c].is_list ? 0 : k->domain[c].size;
        if (__builtin_mul_overflow(persons, (uint64_t)size, &persons) || persons >> 56)
            return 0;
    }
    return persons;
}

static uint64_t persons_of_row(struct cover *k, uint32_t row, uint64_t mask)
{
    uint64_t persons = 1;
    FOR_COLUMNS(c, mask)
    {
        bool is_active = k->active[row] >> c & 1;
        persons *= is_active ? cover_relation(k, c, cover_cell(k, c, row))->size : k->domain[c].size;
    }
    return persons;
}

bool small_is_whole(struct cover *k, struct node *node)
{
    if (node->count > SMALL)
        return false;
    struct pile_mark mark = pile_mark(&k->pile);
    struct table_of table;
    cover_spend(k, node->count * node->count / 2); /* the next node sees it */
    lay_out(k, node, &table);
    size_t meetings = drop_within(&table);
    uint64_t all = meetings == 0 || all_apart(&table) ? persons_in(k, node->mask) : 0, taken = 0;
    for (size_t i = 0; all && i < node->count; i++)
        taken += persons_of_row(k, node->rows[i], node->mask);
    pile_return(&k->pile, mark);
    return all && taken == all;
}
