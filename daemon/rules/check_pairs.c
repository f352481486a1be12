/* Rows that match the same person: overlap under U, and under A conflict, where they put out different
 * things. */
#include "check_report.h"

enum verdict { SAME, DIFFERENT, NOT_KNOWN };

struct told;

struct pairs {
    struct checker *checker;
    struct meet meet;
    enum finding_kind kind;
    struct told *told;  /* conflict: by row and output */
    uint32_t *outputs;  /* conflict: by row, a number for its outputs' text */
    uint8_t *uncertain; /* by row: 1: of a pair not judged because of a cell, 2: because of an output */
    bool has_uncertain[3];
};

/* ---------------------------------------------------------------------------------------------- outputs */

struct told { /* one output of one row */
    bool is_constant;
    struct value value;
    struct slice text;
};

static struct told tell(const struct feel *output, struct arena *arena)
{
    struct told told = {.is_constant = true, .value = value_null, .text = slice_of("null")};
    if (output) {
        told.is_constant = feel_constant(output, &told.value);
        told.text = feel_text(output, arena);
    }
    return told;
}

static struct slice outputs_text(const struct told *told, size_t count, struct arena *arena)
{
    struct text text = text_new(arena);
    for (size_t o = 0; o < count; o++) {
        text_add(&text, told[o].text);
        text_add_char(&text, '\n');
    }
    return text_slice(&text);
}

struct keyed {
    struct slice text;
    uint32_t row;
};

static int by_text(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    size_t shorter = x->text.len < y->text.len ? x->text.len : y->text.len;
    int order = shorter ? memcmp(x->text.ptr, y->text.ptr, shorter) : 0;
    if (order)
        return order;
    return (x->text.len > y->text.len) - (x->text.len < y->text.len);
}

/* Tells all outputs, and numbers rows by what they put out. */
static void tell_outputs(struct pairs *pairs)
{
    const struct table *table = pairs->checker->table;
    struct arena *arena = pairs->checker->scratch;
    struct keyed *keyed = arena_array(arena, table->rule_count + 1, sizeof *keyed);
    pairs->told = arena_array(arena, table->rule_count * table->output_count + 1, sizeof *pairs->told);
    pairs->outputs = arena_array(arena, table->rule_count + 1, sizeof *pairs->outputs);
    for (uint32_t r = 0; r < table->rule_count; r++) {
        struct told *told = pairs->told + r * table->output_count;
        for (size_t o = 0; o < table->output_count; o++)
            told[o] = tell(table->rules[r].outputs[o], arena);
        keyed[r] = (struct keyed){outputs_text(told, table->output_count, arena), r};
    }
    qsort(keyed, table->rule_count, sizeof *keyed, by_text);
    for (uint32_t i = 0, number = 0; i < table->rule_count; i++) {
        number += i && by_text(&keyed[i - 1], &keyed[i]) != 0;
        pairs->outputs[keyed[i].row] = number;
    }
}

static enum verdict compare_outputs(const struct pairs *pairs, uint32_t a, uint32_t b)
{
    size_t count = pairs->checker->table->output_count;
    if (pairs->outputs[a] == pairs->outputs[b])
        return SAME;
    enum verdict verdict = SAME;
    for (size_t o = 0; o < count; o++) {
        const struct told *x = &pairs->told[a * count + o], *y = &pairs->told[b * count + o];
        if (x->is_constant && y->is_constant) {
            if (!value_equal(&x->value, &y->value))
                return DIFFERENT;
        } else if (!slice_equal(x->text, y->text)) {
            verdict = NOT_KNOWN;
        }
    }
    return verdict;
}

/* ------------------------------------------------------------------------------------------------- pairs */

static void common_person(const struct space *space, uint32_t a, uint32_t b, struct choice *person)
{
    for (size_t c = 0; c < space->column_count; c++)
        person[c] = cells_common(&space->columns[c], space_cell(space, a, c), space_cell(space, b, c));
}

static void say_outputs(struct text *text, const struct pairs *pairs, uint32_t row)
{
    size_t count = pairs->checker->table->output_count;
    for (size_t o = 0; o < count; o++) {
        if (o)
            text_add_words(text, ", ");
        text_add(text, pairs->told[row * count + o].text);
    }
}

static void report_pair(struct pairs *pairs, uint32_t a, uint32_t b)
{
    struct checker *checker = pairs->checker;
    const struct space *space = &checker->space;
    struct news news = {.kind = pairs->kind};
    if (report_is_full(checker, pairs->kind)) {
        report_add(checker, &news);
        return;
    }
    struct choice *person = arena_array(checker->scratch, space->column_count + 1, sizeof *person);
    common_person(space, a, b, person);
    struct text text = report_text(checker);
    say_rows(&text, checker->table, (uint32_t[]){a, b}, 2);
    text_add_words(&text, " both match ");
    say_person(&text, space, person);
    if (pairs->kind == FIND_CONFLICT) {
        text_add_words(&text, " and put out different things, ");
        say_outputs(&text, pairs, a);
        text_add_words(&text, " and ");
        say_outputs(&text, pairs, b);
    }
    text_add_words(&text, " (");
    say_cells(&text, space, a, ~UINT64_C(0));
    text_add_words(&text, "; ");
    say_cells(&text, space, b, ~UINT64_C(0));
    text_add_char(&text, ')');
    news.rows = (uint32_t[]){a, b};
    news.row_count = 2;
    news.person = person;
    news.columns = space->active[a] & space->active[b];
    news.text = text_slice(&text);
    report_add(checker, &news);
}

static void set_uncertain(struct pairs *pairs, uint32_t row, uint8_t why)
{
    pairs->uncertain[row] |= why;
    pairs->has_uncertain[why] = true;
}

static void judge_pair(struct pairs *pairs, uint32_t a, uint32_t b)
{
    const struct space *space = &pairs->checker->space;
    enum verdict verdict = pairs->kind == FIND_CONFLICT ? compare_outputs(pairs, a, b) : DIFFERENT;
    if (verdict == SAME)
        return;
    bool is_certain = meet_is_certain(space, a, b);
    if (is_certain && verdict == DIFFERENT) {
        report_pair(pairs, a, b);
        return;
    }
    if (!is_certain) {
        for (int i = 0; i < 2; i++)
            if (space->opaque[i ? b : a])
                set_uncertain(pairs, i ? b : a, 1);
        return;
    }
    set_uncertain(pairs, a, 2);
    set_uncertain(pairs, b, 2);
}

static void report_uncertain(struct pairs *pairs, uint8_t why, const char *what)
{
    struct checker *checker = pairs->checker;
    if (!pairs->has_uncertain[why])
        return;
    uint32_t *rows = arena_array(checker->scratch, checker->table->rule_count + 1, sizeof *rows);
    size_t count = 0;
    for (uint32_t r = 0; r < checker->table->rule_count; r++)
        if (pairs->uncertain[r] & why)
            rows[count++] = r;
    struct text text = text_new(checker->scratch);
    text_printf(&text, "%s of ", finding_word(pairs->kind));
    say_rows(&text, checker->table, rows, count);
    text_printf(&text, " with other rows that can match the same person: %s", what);
    report_unproved(checker, pairs->kind, rows, count, NULL, text_slice(&text));
}

static void report_not_compared(struct pairs *pairs, uint32_t from)
{
    struct checker *checker = pairs->checker;
    struct text text = text_new(checker->scratch);
    text_printf(&text, "%s of ", finding_word(pairs->kind));
    say_rows(&text, checker->table, pairs->meet.order + from, pairs->meet.count - from);
    text_add_words(&text, " with rows before them: comparing them all takes longer than was allowed");
    report_unproved(checker, pairs->kind, pairs->meet.order + from, pairs->meet.count - from, NULL,
                    text_slice(&text));
}

void check_pairs(struct checker *checker, enum finding_kind kind)
{
    struct pairs pairs = {.checker = checker, .kind = kind};
    uint32_t *rows, *before, count = rows_alive(checker, &rows);
    before = arena_array(checker->scratch, count + 1, sizeof *before);
    pairs.uncertain = arena_array(checker->scratch, checker->table->rule_count + 1, 1);
    if (kind == FIND_CONFLICT)
        tell_outputs(&pairs);
    meet_build(&pairs.meet, &checker->space, rows, count, checker->scratch);
    checker->out->is_proved[kind] = true;
    uint32_t at = 0;
    for (; at < count && pairs.meet.steps <= checker->steps_left; at++) {
        uint32_t met = meet_before(&pairs.meet, at, before);
        for (uint32_t i = 0; i < met; i++)
            judge_pair(&pairs, rows[before[i]], rows[at]);
    }
    checker_spend(checker, pairs.meet.steps);
    if (at < count)
        report_not_compared(&pairs, at);
    report_uncertain(&pairs, 1, "cells of theirs cannot be analysed");
    report_uncertain(&pairs, 2, "their outputs are not proved equal");
}
