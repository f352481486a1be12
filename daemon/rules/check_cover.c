#include "check_cover.h"

#define BIT(column) (UINT64_C(1) << (column))

enum { MEMO_ENTRIES = 1 << 20, MEMO_ROWS = 1 << 24, MEMO_LEAST = 3 /* rows worth remembering */ };

/* ---------------------------------------------------------------------------------------------- the task */

void cover_open(struct cover *k, const struct space *space, struct arena *arena)
{
    size_t columns = space->column_count + 1;
    uint32_t most = 0;
    for (size_t c = 0; c < space->column_count; c++)
        most = space->columns[c].class_count > most ? space->columns[c].class_count : most;
    *k = (struct cover){.space = space};
    k->choices = arena_array(arena, columns, sizeof *k->choices);
    k->box = arena_array(arena, columns, sizeof *k->box);
    k->domain = arena_array(arena, columns, sizeof *k->domain);
    k->relations = arena_array(arena, columns, sizeof *k->relations);
    k->relation_room = arena_array(arena, columns, sizeof *k->relation_room);
    k->stamps = arena_array(arena, columns, sizeof *k->stamps);
    k->marks = arena_array(arena, most / 64 + 1, sizeof *k->marks);
    for (size_t c = 0; c < columns; c++)
        k->stamps[c] = 1;
}

void cover_close(struct cover *k)
{
    for (size_t c = 0; c < k->space->column_count; c++)
        xfree(k->relations[c]);
    xfree(k->active);
    xfree(k->cells);
    xfree(k->memo.entries);
    xfree(k->memo.rows);
    pile_free(&k->pile);
    pile_free(&k->task_pile);
}

/* How many of the box's single classes the cell takes. */
static uint32_t size_of(const struct cell *cell, const struct cell *domain)
{
    uint32_t common = spans_common(cell, domain);
    return cell->kind == CELL_NOT ? domain->size - common : common;
}

struct relation *cover_relation(struct cover *k, size_t column, uint32_t number)
{
    struct relation *relation = &k->relations[column][number];
    if (relation->stamp == k->stamps[column])
        return relation;
    const struct column *c = &k->space->columns[column];
    const struct cell *cell = &c->cells[number], *box = &c->cells[k->box[column]];
    relation->stamp = k->stamps[column];
    relation->is_whole = cell_covers(c, cell, box);
    const struct cell *domain = &k->domain[column];
    relation->size = relation->is_whole ? domain->size : size_of(cell, domain);
    relation->share = relation->is_whole ? 1 : (float)relation->size / (float)(domain->size + !domain->size);
    return relation;
}

static void relations_room(struct cover *k, size_t column)
{
    uint32_t old = k->relation_room[column], room = k->space->columns[column].cell_count;
    if (room <= old)
        return;
    room += 32; /* for rows that are added */
    k->relations[column] = xrealloc(k->relations[column], room * sizeof **k->relations);
    memset(k->relations[column] + old, 0, (room - old) * sizeof **k->relations);
    k->relation_room[column] = room;
}

static void set_domain(struct cover *k, size_t column)
{
    const struct column *c = &k->space->columns[column];
    const struct cell *box = &c->cells[k->box[column]];
    struct cell *domain = &k->domain[column];
    *domain = *box;
    if (box->kind != CELL_SOME) {
        struct span *rest = pile_array(&k->task_pile, box->span_count + 1, sizeof *rest);
        *domain = (struct cell){.kind = CELL_SOME, .spans = rest, .size = c->class_count - box->size};
        domain->span_count = spans_rest(box->spans, box->span_count, c->class_count, rest);
    }
}

static void memo_clear(struct memo *memo)
{
    if (memo->count)
        memset(memo->entries, 0, memo->room * sizeof *memo->entries);
    memo->count = 0;
    memo->row_count = 0;
}

static void copy_cells(struct cover *k)
{
    size_t columns = k->space->column_count;
    if (k->count > k->row_room) {
        k->row_room = k->count * 2;
        k->active = xrealloc(k->active, k->row_room * sizeof *k->active);
        k->cells = xrealloc(k->cells, k->row_room * (columns + 1) * sizeof *k->cells);
    }
    for (size_t c = 0; c < columns; c++)
        for (size_t i = 0; i < k->count; i++)
            k->cells[i * columns + c] = k->space->columns[c].row_cells[k->rows[i]];
}

static void set_active(struct cover *k)
{
    for (uint32_t i = 0; i < k->count; i++) {
        uint64_t active = k->space->active[k->rows[i]];
        if (k->trusts_opaque)
            active &= ~k->space->opaque[k->rows[i]];
        FOR_COLUMNS(c, active)
        {
            if (k->box[c] != ALL_CELL && cover_relation(k, c, cover_cell(k, c, i))->is_whole)
                active &= ~BIT(c);
        }
        k->active[i] = active;
    }
}

void cover_task(struct cover *k, const uint32_t *box, const uint32_t *rows, size_t count, bool goes_on)
{
    struct pile_mark empty = {NULL, 0};
    pile_return(&k->task_pile, empty);
    k->rows = rows;
    k->count = count;
    for (size_t c = 0; c < k->space->column_count; c++) {
        if (k->box[c] != box[c])
            k->stamps[c]++;
        k->box[c] = box[c];
        relations_room(k, c);
        set_domain(k, c);
    }
    if (!goes_on)
        memo_clear(&k->memo);
    copy_cells(k);
    set_active(k);
    cover_spend(k, count * (1 + k->space->column_count / 2));
}

/* ----------------------------------------------------------------------------------------------- escapes */

static void marks_fill(uint64_t *marks, struct span span)
{
    uint32_t first = span.low / 64, last = span.high / 64;
    uint64_t head = ~UINT64_C(0) << (span.low % 64), tail = ~UINT64_C(0) >> (63 - span.high % 64);
    if (first == last) {
        marks[first] |= head & tail;
        return;
    }
    marks[first] |= head;
    for (uint32_t w = first + 1; w < last; w++)
        marks[w] = ~UINT64_C(0);
    marks[last] |= tail;
}

enum { NO_CLASS = UINT32_MAX };

static uint32_t first_unmarked_in(const uint64_t *marks, struct span span)
{
    uint64_t head = ~UINT64_C(0) << (span.low % 64);
    for (uint32_t w = span.low / 64; w <= span.high / 64; w++, head = ~UINT64_C(0)) {
        uint64_t open = ~marks[w] & head;
        if (open) {
            uint32_t class = w * 64 + (uint32_t)__builtin_ctzll(open);
            return class <= span.high ? class : NO_CLASS;
        }
    }
    return NO_CLASS;
}

static uint32_t first_unmarked(const uint64_t *marks, const struct cell *domain)
{
    for (uint32_t i = 0; i < domain->span_count; i++) {
        uint32_t class = first_unmarked_in(marks, domain->spans[i]);
        if (class != NO_CLASS)
            return class;
    }
    return NO_CLASS;
}

/* Marks the classes of the rows' cells; those that exclude words are put into `nots`. Returns how many. */
static size_t mark_cells(struct cover *k, const uint32_t *rows, size_t count, size_t column,
                         const struct cell **nots)
{
    const struct column *c = &k->space->columns[column];
    size_t not_count = 0;
    memset(k->marks, 0, (c->class_count / 64 + 1) * sizeof *k->marks);
    k->pass++;
    for (size_t i = 0; i < count; i++) {
        if (!(k->active[rows[i]] >> column & 1))
            continue;
        uint32_t number = cover_cell(k, column, rows[i]);
        struct relation *relation = cover_relation(k, column, number);
        if (relation->pass == k->pass)
            continue;
        relation->pass = k->pass;
        const struct cell *cell = &c->cells[number];
        if (cell->kind == CELL_NOT) {
            nots[not_count++] = cell;
            continue;
        }
        for (uint32_t s = 0; s < cell->span_count; s++)
            marks_fill(k->marks, cell->spans[s]);
    }
    return not_count;
}

static bool add_class(struct choice *choice, uint32_t class, unsigned most)
{
    if (class == NO_CLASS || choice->count == most)
        return false;
    choice->classes[choice->count++] = class;
    return true;
}

/* The first word of the cell that is in nobody's cell and not excluded by the box. */
static uint32_t first_breaking(const struct cover *k, size_t column, const struct cell *cell)
{
    const struct cell *box = &k->space->columns[column].cells[k->box[column]];
    for (uint32_t s = 0; s < cell->span_count; s++)
        for (struct span span = cell->spans[s]; span.low <= span.high; span.low++) {
            uint32_t class = first_unmarked_in(k->marks, span);
            if (class == NO_CLASS)
                break;
            if (box->kind != CELL_NOT || !spans_have(box, class))
                return class;
            span.low = class;
        }
    return NO_CLASS;
}

/* A set without a marked word that breaks every cell that excludes words. */
static bool escape_by_set(struct cover *k, size_t column, const struct cell **nots, size_t not_count,
                          struct choice *out)
{
    const struct column *c = &k->space->columns[column];
    bool needs_one = c->cells[k->box[column]].kind == CELL_SOME;
    if (needs_one && !add_class(out, first_unmarked(k->marks, &k->domain[column]), c->list_max))
        return false;
    for (size_t i = 0; i < not_count; i++)
        if (cell_takes(nots[i], out) && !add_class(out, first_breaking(k, column, nots[i]), c->list_max))
            return false;
    return out->count || c->can_be_empty ||
           add_class(out, first_unmarked(k->marks, &k->domain[column]), c->list_max);
}

bool cover_escape(struct cover *k, const uint32_t *rows, size_t count, size_t column, struct choice *out)
{
    const struct column *c = &k->space->columns[column];
    struct pile_mark mark = pile_mark(&k->pile);
    const struct cell **nots = pile_array(&k->pile, c->is_list ? c->cell_count : 1, sizeof *nots);
    size_t not_count = mark_cells(k, rows, count, column, nots);
    bool is_found;
    *out = (struct choice){.count = 0};
    if (c->is_list)
        is_found = escape_by_set(k, column, nots, not_count, out);
    else
        is_found = add_class(out, first_unmarked(k->marks, &k->domain[column]), 1);
    pile_return(&k->pile, mark);
    return is_found;
}

/* ---------------------------------------------------------------------------------------- simplification */

static void any_on(struct cover *k, uint64_t mask)
{
    FOR_COLUMNS(c, mask)
    k->choices[c] = (struct choice){.is_any = true};
}

static void drop_active(const struct cover *k, struct node *node, size_t column)
{
    size_t kept = 0;
    for (size_t i = 0; i < node->count; i++)
        if (!(k->active[node->rows[i]] >> column & 1))
            node->rows[kept++] = node->rows[i];
    node->count = kept;
    node->mask &= ~BIT(column);
}

static bool take_escape(struct cover *k, struct node *node)
{
    FOR_COLUMNS(c, node->mask)
    {
        if (cover_escape(k, node->rows, node->count, c, &k->choices[c])) {
            drop_active(k, node, c);
            return true;
        }
    }
    return false;
}

/* Takes all steps that need no choice. True: the node is decided. */
static bool settle(struct cover *k, struct node *node, enum cover_answer *answer)
{
    do {
        uint64_t used = 0;
        for (size_t i = 0; i < node->count; i++) {
            uint64_t active = k->active[node->rows[i]] & node->mask;
            used |= active;
            if (!active) {
                *answer = COVER_WHOLE;
                return true;
            }
        }
        any_on(k, node->mask & ~used);
        node->mask = used;
        *answer = COVER_HOLE;
        if (!node->count)
            return true;
        *answer = COVER_UNKNOWN;
        if (!cover_spend(k, node->count * (size_t)(1 + __builtin_popcountll(used))))
            return true;
    } while (take_escape(k, node));
    return false;
}

/* ---------------------------------------------------------------------------------- rows as the node sees
 * them */

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint64_t row_hash(const struct cover *k, uint32_t row, uint64_t mask)
{
    uint64_t hash = 0;
    FOR_COLUMNS(c, k->active[row] & mask)
    hash += mix((uint64_t)c << 32 | cover_cell(k, c, row));
    return mix(hash);
}

static bool rows_same(const struct cover *k, uint32_t a, uint32_t b, uint64_t mask)
{
    uint64_t active = k->active[a] & mask;
    if (active != (k->active[b] & mask))
        return false;
    FOR_COLUMNS(c, active)
    {
        if (cover_cell(k, c, a) != cover_cell(k, c, b))
            return false;
    }
    return true;
}

struct row_set {     /* hash table of a node's rows, by what is left of them */
    uint32_t *slots; /* row + 1 */
    size_t room;
};

static uint32_t *set_slot(const struct cover *k, const struct row_set *set, uint32_t row, uint64_t hash,
                          uint64_t mask)
{
    size_t at = hash & (set->room - 1);
    while (set->slots[at] && !rows_same(k, set->slots[at] - 1, row, mask))
        at = (at + 1) & (set->room - 1);
    return &set->slots[at];
}

/* Drops rows that are the same as others. Returns a hash of what is left, in any order. */
static uint64_t drop_doubles(struct cover *k, struct node *node, struct row_set *set)
{
    set->room = 8;
    while (set->room < node->count * 2)
        set->room *= 2;
    set->slots = pile_array(&k->pile, set->room, sizeof *set->slots);
    memset(set->slots, 0, set->room * sizeof *set->slots);
    size_t kept = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < node->count; i++) {
        uint64_t hash = row_hash(k, node->rows[i], node->mask);
        uint32_t *slot = set_slot(k, set, node->rows[i], hash, node->mask);
        if (*slot)
            continue;
        *slot = node->rows[i] + 1;
        node->rows[kept++] = node->rows[i];
        sum += hash;
    }
    node->count = kept;
    return mix(sum ^ node->mask);
}

static struct memo_entry *memo_slot(struct memo *memo, uint64_t hash, uint64_t mask)
{
    size_t at = hash & (memo->room - 1);
    while (memo->entries[at].count && (memo->entries[at].hash != hash || memo->entries[at].mask != mask))
        at = (at + 1) & (memo->room - 1);
    return &memo->entries[at];
}

/* Whether these very rows were found whole before. */
static bool memo_has(struct cover *k, const struct node *node, const struct row_set *set, uint64_t hash)
{
    if (!k->memo.count || node->count < MEMO_LEAST)
        return false;
    const struct memo_entry *entry = memo_slot(&k->memo, hash, node->mask);
    if (entry->count != node->count)
        return false;
    for (uint32_t i = 0; i < entry->count; i++) {
        uint32_t row = k->memo.rows[entry->first + i];
        if (!*set_slot(k, set, row, row_hash(k, row, node->mask), node->mask))
            return false;
    }
    return true;
}

static void memo_grow(struct memo *memo)
{
    struct memo old = *memo;
    memo->room = old.room ? old.room * 2 : 256;
    memo->entries = xcalloc(memo->room, sizeof *memo->entries);
    for (uint32_t i = 0; i < old.room; i++)
        if (old.entries[i].count)
            *memo_slot(memo, old.entries[i].hash, old.entries[i].mask) = old.entries[i];
    xfree(old.entries);
}

static void memo_add(struct memo *memo, const struct node *node, uint64_t hash)
{
    if (node->count < MEMO_LEAST || memo->count == MEMO_ENTRIES || memo->row_count + node->count > MEMO_ROWS)
        return;
    if (memo->count * 2 >= memo->room)
        memo_grow(memo);
    struct memo_entry *entry = memo_slot(memo, hash, node->mask);
    if (entry->count)
        return;
    while (memo->row_count + node->count > memo->row_room) {
        memo->row_room = memo->row_room ? memo->row_room * 2 : 4096;
        memo->rows = xrealloc(memo->rows, memo->row_room * sizeof *memo->rows);
    }
    *entry = (struct memo_entry){hash, node->mask, (uint32_t)memo->row_count, (uint32_t)node->count};
    memcpy(memo->rows + memo->row_count, node->rows, node->count * sizeof *node->rows);
    memo->row_count += node->count;
    memo->count++;
}

/* -------------------------------------------------------------------------------------------------- search
 */

/* What splitting by the column would cost: pieces, times the square of their size (as a part of the rows). */
static double cost_of(struct cover *k, const struct node *node, size_t column)
{
    const struct column *c = &k->space->columns[column];
    unsigned groups = 0, nots = 0;
    double share = 0;
    k->pass++;
    for (size_t i = 0; i < node->count; i++) {
        if (!(k->active[node->rows[i]] >> column & 1)) {
            share += 1;
            continue;
        }
        uint32_t number = cover_cell(k, column, node->rows[i]);
        struct relation *relation = cover_relation(k, column, number);
        share += (double)relation->share;
        if (relation->pass != k->pass) {
            relation->pass = k->pass;
            groups++;
            nots += c->cells[number].kind == CELL_NOT;
        }
    }
    share /= (double)node->count;
    double pieces = groups + (nots ? (double)(1u << (nots < 12 ? nots : 12)) : 0);
    return pieces * share * share;
}

static size_t choose_column(struct cover *k, const struct node *node)
{
    size_t best = 0;
    double least = -1;
    FOR_COLUMNS(c, node->mask)
    {
        double cost = cost_of(k, node, c);
        if (least < 0 || cost < least) {
            least = cost;
            best = c;
        }
    }
    return best;
}

/* Columns that rows join; returns how many sets. */
static size_t parts_of(const struct cover *k, const struct node *node, uint64_t parts[64])
{
    size_t count = 0;
    for (size_t i = 0; i < node->count; i++) {
        uint64_t joined = k->active[node->rows[i]] & node->mask;
        size_t kept = 0;
        for (size_t p = 0; p < count; p++) {
            if (parts[p] & joined)
                joined |= parts[p];
            else
                parts[kept++] = parts[p];
        }
        parts[kept++] = joined;
        count = kept;
        if (joined == node->mask)
            return 1;
    }
    return count;
}

static enum cover_answer search(struct cover *k, struct node node);

/* The rows of one part take everybody, or all parts have holes. */
static enum cover_answer search_parts(struct cover *k, const struct node *node, const uint64_t *parts,
                                      size_t count)
{
    enum cover_answer answer = COVER_HOLE;
    for (size_t p = 0; p < count; p++) {
        struct node part = {pile_array(&k->pile, node->count, sizeof *part.rows), 0, parts[p], 0};
        for (size_t i = 0; i < node->count; i++)
            if (k->active[node->rows[i]] & parts[p])
                part.rows[part.count++] = node->rows[i];
        enum cover_answer one = search(k, part);
        if (one == COVER_WHOLE)
            return COVER_WHOLE;
        if (one == COVER_UNKNOWN)
            answer = COVER_UNKNOWN;
    }
    return answer;
}

/* The node's rows are the search's own, to be reordered and dropped. */
static enum cover_answer search(struct cover *k, struct node node)
{
    enum cover_answer answer;
    if (settle(k, &node, &answer))
        return answer;
    size_t count_before = node.count;
    if (small_is_whole(k, &node))
        return COVER_WHOLE;
    if (node.count < count_before && settle(k, &node, &answer)) /* columns may be without rows now */
        return answer;
    struct pile_mark mark = pile_mark(&k->pile);
    struct row_set set;
    uint64_t hash = drop_doubles(k, &node, &set), parts[64];
    answer = COVER_WHOLE;
    if (!memo_has(k, &node, &set, hash)) {
        size_t count = parts_of(k, &node, parts);
        if (count > 1)
            answer = search_parts(k, &node, parts, count);
        else
            answer = split_column(k, &node, choose_column(k, &node), search);
        if (answer == COVER_WHOLE)
            memo_add(&k->memo, &node, hash);
    }
    pile_return(&k->pile, mark);
    return answer;
}

static struct node root_of(struct cover *k, unsigned left)
{
    size_t columns = k->space->column_count;
    uint64_t all = columns == 64 ? ~UINT64_C(0) : BIT(columns) - 1;
    struct node root = {pile_array(&k->pile, k->count + 1, sizeof *root.rows), k->count, all, left};
    for (uint32_t i = 0; i < k->count; i++)
        root.rows[i] = i;
    any_on(k, all);
    return root;
}

enum cover_answer cover_find(struct cover *k)
{
    struct pile_mark mark = pile_mark(&k->pile);
    enum cover_answer answer = search(k, root_of(k, 0));
    pile_return(&k->pile, mark);
    return answer;
}

/* --------------------------------------------------------------------------------------------- few columns
 */

static enum cover_answer few(struct cover *k, struct node node);

/* The columns of the row that has fewest; all: those that every row has. */
static uint64_t columns_to_try(const struct cover *k, const struct node *node)
{
    uint64_t fewest = node->mask, all = node->mask;
    for (size_t i = 0; i < node->count; i++) {
        uint64_t active = k->active[node->rows[i]] & node->mask;
        all &= active;
        if (__builtin_popcountll(active) < __builtin_popcountll(fewest))
            fewest = active;
    }
    return node->left > 1 ? fewest : all;
}

static enum cover_answer few_on(struct cover *k, const struct node *node, size_t column)
{
    struct choice choice;
    if (!cover_escape(k, node->rows, node->count, column, &choice))
        return node->left > 1 ? split_column(k, node, column, few) : COVER_WHOLE;
    struct pile_mark mark = pile_mark(&k->pile);
    struct node child = *node;
    child.rows = pile_array(&k->pile, node->count + 1, sizeof *child.rows);
    memcpy(child.rows, node->rows, node->count * sizeof *child.rows);
    drop_active(k, &child, column);
    child.left--;
    k->choices[column] = choice;
    enum cover_answer answer = few(k, child);
    pile_return(&k->pile, mark);
    return answer;
}

static enum cover_answer few(struct cover *k, struct node node)
{
    if (!node.count)
        return COVER_HOLE;
    if (!node.left)
        return COVER_WHOLE;
    if (!cover_spend(k, node.count * 2))
        return COVER_UNKNOWN;
    uint64_t columns = columns_to_try(k, &node);
    FOR_COLUMNS(c, columns)
    {
        if (!cover_spend(k, node.count * 2))
            return COVER_UNKNOWN;
        enum cover_answer answer = few_on(k, &node, c);
        if (answer != COVER_WHOLE)
            return answer;
        k->choices[c] = (struct choice){.is_any = true};
        node.mask &= ~BIT(c);
    }
    return COVER_WHOLE;
}

enum cover_answer cover_few(struct cover *k, unsigned most)
{
    struct pile_mark mark = pile_mark(&k->pile);
    enum cover_answer answer = few(k, root_of(k, most));
    pile_return(&k->pile, mark);
    return answer;
}
