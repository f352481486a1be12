#include "check_report.h"

static struct value *person_values(const struct checker *checker, const struct choice *person)
{
    const struct space *space = &checker->space;
    struct value *values = arena_array(checker->arena, space->column_count + 1, sizeof *values);
    for (size_t c = 0; c < space->column_count; c++)
        values[c] = choice_value(&space->columns[c], &person[c], checker->arena);
    return values;
}

static struct finding *next_finding(struct checker *checker)
{
    if (checker->count == checker->room) {
        size_t room = checker->room ? checker->room * 2 : 16;
        struct finding *list = arena_array(checker->arena, room, sizeof *list);
        if (checker->count)
            memcpy(list, checker->list, checker->count * sizeof *list);
        checker->list = list;
        checker->room = room;
    }
    return &checker->list[checker->count++];
}

bool report_add(struct checker *checker, const struct news *news)
{
    if (report_is_full(checker, news->kind)) {
        checker->out->more[news->kind]++;
        return false;
    }
    checker->listed[news->kind]++;
    struct finding *finding = next_finding(checker);
    *finding = (struct finding){.kind = news->kind, .row_count = news->row_count, .text = news->text};
    uint32_t *rows = arena_array(checker->arena, news->row_count + 1, sizeof *rows);
    if (news->row_count)
        memcpy(rows, news->rows, news->row_count * sizeof *rows);
    finding->rows = rows;
    if (news->person)
        finding->person = person_values(checker, news->person);
    uint32_t *columns = arena_array(checker->arena, checker->space.column_count + 1, sizeof *columns);
    for (uint32_t c = 0; c < checker->space.column_count; c++)
        if (news->columns >> c & 1)
            columns[finding->column_count++] = c;
    finding->columns = columns;
    return true;
}

void report_unproved(struct checker *checker, enum finding_kind kind, const uint32_t *rows, size_t row_count,
                     const struct choice *person, struct slice what)
{
    struct text text = report_text(checker);
    text_add_words(&text, "not proved: ");
    text_add(&text, what);
    checker->out->is_proved[kind] = false;
    report_add(checker, &(struct news){.kind = FIND_UNPROVED,
                                       .rows = rows,
                                       .row_count = row_count,
                                       .person = person,
                                       .text = text_slice(&text)});
}

/* ------------------------------------------------------------------------------------------------ sentences
 */

struct text report_text(const struct checker *checker)
{
    return text_new(checker->arena);
}

void say_row(struct text *text, const struct table *table, uint32_t row)
{
    struct slice id = table->rules[row].id;
    if (id.ptr)
        text_add(text, id);
    else
        text_printf(text, "row %u", row + 1);
}

void say_rows(struct text *text, const struct table *table, const uint32_t *rows, size_t count)
{
    size_t named = count > ROWS_NAMED + 1 ? ROWS_NAMED : count;
    for (size_t i = 0; i < named; i++) {
        if (i)
            text_add_words(text, i + 1 == count ? " and " : ", ");
        say_row(text, table, rows[i]);
    }
    if (named < count)
        text_printf(text, " and %zu other rows", count - named);
}

static void say_name(struct text *text, const struct input *input)
{
    text_add(text, input->label.len ? input->label : input->name);
}

static void say_value(struct text *text, const struct value *value)
{
    if (value->kind == VALUE_STRING)
        text_add(text, value->string);
    else
        text_add(text, value_text(value, text->arena));
}

static void say_key(struct text *text, const struct class *class, const struct value *value)
{
    if (class->kind == CLASS_DATE && value->kind == VALUE_DATE)
        text_add(text, key_text(2 * value->moment.day, TEST_DATES, text->arena));
    else
        say_value(text, value);
}

static void say_choice(struct text *text, const struct column *column, const struct choice *choice)
{
    for (uint32_t i = 0; i < choice->count; i++) {
        struct value value = class_value(column, choice->classes[i], text->arena);
        if (i)
            text_add_words(text, i + 1 == choice->count ? " and " : ", ");
        say_key(text, &column->classes[choice->classes[i]], &value);
    }
    if (!choice->count)
        text_add_words(text, "nothing");
}

void say_person(struct text *text, const struct space *space, const struct choice *person)
{
    bool is_first = true;
    for (size_t c = 0; c < space->column_count; c++) {
        if (person[c].is_any)
            continue;
        if (!is_first)
            text_add_words(text, ", ");
        is_first = false;
        say_name(text, space->columns[c].input);
        text_add_char(text, ' ');
        say_choice(text, &space->columns[c], &person[c]);
    }
    if (is_first)
        text_add_words(text, "anybody");
}

static struct slice cell_words(const struct test *test, struct arena *arena)
{
    if (test->kind == TEST_FEEL && test->feel)
        return feel_text(test->feel, arena);
    return test_text(test, false, arena);
}

void say_cells(struct text *text, const struct space *space, uint32_t row, uint64_t mask)
{
    bool is_first = true;
    say_row(text, space->table, row);
    for (size_t c = 0; c < space->column_count; c++) {
        if (!(mask & space->active[row] & UINT64_C(1) << c))
            continue;
        text_add_words(text, is_first ? ": " : ", ");
        is_first = false;
        say_name(text, space->columns[c].input);
        text_add_char(text, ' ');
        text_add(text, cell_words(&space->table->rules[row].tests[c], text->arena));
    }
    if (is_first)
        text_add_words(text, ": no conditions");
}
