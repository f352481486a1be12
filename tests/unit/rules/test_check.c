/* The checker on tables that can be read; test_check_brute.c compares it with trying every person. */
#include "check_tables.h"

static void check(struct made *made, const struct check_options *options, struct findings *found)
{
    check_table(&made->table, options, made->arena, found);
}

static void assert_counts(const struct findings *found, enum finding_kind kind, size_t count)
{
    if (count_kind(found, kind) != count)
        for (size_t i = 0; i < found->count; i++)
            printf("%s: %.*s\n", finding_word(found->list[i].kind), SLICE_FMT(found->list[i].text));
    assert_int_equal(count_kind(found, kind), count);
}

static void assert_text(const struct finding *finding, const char *text)
{
    if (!slice_is(finding->text, text))
        fail_msg("\nfound    %.*s\nexpected %s", SLICE_FMT(finding->text), text);
}

static const struct key_range ages[] = {{0, 240000000}, {KEY_MIN, KEY_MAX}, {KEY_MIN, KEY_MAX}};

/* age, urgency (soon, later), area (open) */
static void start_care(struct made *made, enum hit_policy policy)
{
    struct value *allowed;
    made_start(made, policy);
    made_input(made, "age", TYPE_NUMBER)->is_integer = true;
    struct input *urgency = made_input(made, "urgency", TYPE_STRING);
    allowed = arena_array(made->arena, 2, sizeof *allowed);
    allowed[0] = value_of_string(slice_of("soon"));
    allowed[1] = value_of_string(slice_of("later"));
    urgency->allowed = allowed;
    urgency->allowed_count = 2;
    made_input(made, "area", TYPE_STRING);
}

static void words_and_errors(void **state)
{
    (void)state;
    static const char *const words[] = {"gap",   "overlap", "conflict", "shadowed",
                                        "empty", "example", "unproved"};
    static const bool is_error[] = {true, true, true, false, false, true, false};
    for (enum finding_kind kind = FIND_GAP; kind < FIND_KINDS; kind++) {
        assert_string_equal(finding_word(kind), words[kind]);
        assert_int_equal(finding_is_error(kind), is_error[kind]);
    }
}

static void whole_table(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_UNIQUE);
    made_line(&made, "1 | < 18    | -     | -");
    made_line(&made, "2 | >= 18   | soon  | -");
    made_line(&made, "3 | [18..65)| later | -");
    made_line(&made, "4 | >= 65   | later | \"5751\", \"5752\"");
    made_line(&made, "5 | >= 65   | later | not(\"5751\", \"5752\")");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_int_equal(found.count, 0);
    for (enum finding_kind kind = FIND_GAP; kind < FIND_UNPROVED; kind++)
        assert_true(found.is_proved[kind]);
    made_end(&made);
}

static void gap_in_one_cell(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_UNIQUE);
    made_line(&made, "1 | < 18    | -     | -");
    made_line(&made, "2 | >= 18   | soon  | -");
    made_line(&made, "3 | [18..65)| later | -");
    made_line(&made, "4 | > 65    | later | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_int_equal(found.count, 1);
    const struct finding *gap = nth_of(&found, FIND_GAP, 0);
    assert_text(gap, "no row matches age 65, urgency later (nearest: R03: age [18..65); R04: age > 65; "
                     "R01: age < 18)");
    assert_int_equal(gap->person[0].kind, VALUE_NUMBER);
    assert_true(slice_is(gap->person[1].string, "later"));
    assert_int_equal(gap->person[2].kind, VALUE_NULL); /* the area does not matter */
    assert_int_equal(gap->row_count, 3);
    assert_int_equal(gap->column_count, 1); /* where these fail; R02 fails on urgency */
    assert_true(found.is_proved[FIND_GAP]);
    made_end(&made);
}

/* Of many rows that fail in one cell, those with the nearest number come first, whatever their place. */
static void gap_names_the_nearest_rows(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    made_start(&made, HIT_COLLECT);
    made_input(&made, "approach", TYPE_STRING);
    made_input(&made, "age", TYPE_NUMBER)->is_integer = true;
    const struct key_range domains[] = {{KEY_MIN, KEY_MAX}, ages[0]};
    made_line(&made, "1  | a                      | -");
    made_line(&made, "2  | b                      | -");
    made_line(&made, "3  | c                      | < 70");
    made_line(&made, "4  | c                      | >= 70");
    made_line(&made, "5  | d                      | -");
    made_line(&made, "6  | e                      | < 10");
    made_line(&made, "7  | e                      | [10..20)");
    made_line(&made, "8  | e                      | [20..40)");
    made_line(&made, "9  | e                      | [20..50)");
    made_line(&made, "10 | e                      | [20..55)");
    made_line(&made, "11 | e                      | >= 60"); /* was 55 */
    made_line(&made, "12 | not(a, b, c, d, e)     | -");
    check(&made, &(struct check_options){.domains = domains}, &found);
    assert_int_equal(found.count, 1);
    const struct finding *gap = nth_of(&found, FIND_GAP, 0);
    assert_text(gap, "no row matches approach e, age 55 (nearest: R10: age [20..55); R11: age >= 60; "
                     "R09: age [20..50))");
    assert_int_equal(gap->row_count, 3);
    assert_int_equal(gap->rows[0], 9);
    assert_int_equal(gap->rows[1], 10);
    assert_int_equal(gap->rows[2], 8);
    assert_int_equal(gap->column_count, 1);
    assert_int_equal(gap->columns[0], 1);
    made_end(&made);
}

/* The row whose age was moved from 55 to 60 is named, beside those that a number of another column keeps out.
 */
static void gap_names_the_row_that_moved(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    made_start(&made, HIT_COLLECT);
    made_input(&made, "approaches", TYPE_STRING)->is_any_of = true;
    made_input(&made, "age", TYPE_NUMBER)->is_integer = true;
    made_input(&made, "area", TYPE_NUMBER)->is_integer = true;
    const struct key_range domains[] = {{KEY_MIN, KEY_MAX}, ages[0], {2000000000, 19998000000}};
    made_line(&made, "1 | not(groep)  | -         | -");
    made_line(&made, "2 | coach, groep| >= 18     | [5700..5750], 5755, [5760..5799]");
    made_line(&made, "3 | coach       | >= 18     | -");
    made_line(&made, "4 | groep       | [12..25]  | -");
    made_line(&made, "5 | groep       | >= 60     | [5751..5754], [5756..5759]"); /* was 55 */
    made_line(&made, "6 | groep       | [26..54]  | [5751..5754], [5756..5759]");
    made_line(&made, "7 | groep       | >= 26     | [1000..5699], [5800..9999]");
    made_line(&made, "8 | groep, regie| < 12      | -");
    check(&made, &(struct check_options){.domains = domains}, &found);
    assert_true(count_kind(&found, FIND_GAP) > 0);
    const struct finding *gap = nth_of(&found, FIND_GAP, 0);
    assert_text(gap, "no row matches approaches groep, age 55, area 5751 (nearest: R02: area [5700..5750], "
                     "5755, [5760..5799]; R06: age [26..54]; R05: age >= 60)");
    assert_int_equal(gap->column_count, 2);
    assert_int_equal(gap->columns[0], 1);
    assert_int_equal(gap->columns[1], 2);
    made_end(&made);
}

/* Another word is farther away than any number; days are measured too; equals stay in table order. */
static void gap_words_are_far(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    made_start(&made, HIT_COLLECT);
    made_input(&made, "approach", TYPE_STRING);
    made_input(&made, "since", TYPE_DATE);
    made_line(&made, "1 | not(e) | -");
    made_line(&made, "2 | e      | > @\"2027-01-01\"");
    made_line(&made, "3 | e      | < @\"2026-01-01\"");
    made_line(&made, "4 | e      | > @\"2027-01-01\"");
    made_line(&made, "5 | e      | > @\"2026-01-04\"");
    check(&made, NULL, &found);
    assert_int_equal(found.count, 1);
    const struct finding *gap = nth_of(&found, FIND_GAP, 0);
    assert_int_equal(gap->row_count, 3);
    assert_int_equal(gap->rows[0], 2);
    assert_int_equal(gap->rows[1], 4);
    assert_int_equal(gap->rows[2], 1);
    assert_int_equal(gap->column_count, 1);
    assert_int_equal(gap->columns[0], 1);
    made_end(&made);
}

/* The fewest columns, and the least values in them: not age 0, area "another word", which is a gap too. */
static void gap_is_the_smallest(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_FIRST);
    made_line(&made, "1 | <= 40         | soon  | -");
    made_line(&made, "2 | <= 40         | later | \"5751\"");
    made_line(&made, "3 | [45..60], > 70| -     | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_text(nth_of(&found, FIND_GAP, 0),
                "no row matches age 41 (nearest: R01: age <= 40; R02: age <= 40; "
                "R03: age [45..60], > 70)");
    assert_counts(&found, FIND_GAP, 2); /* 61 to 70 belong to the first */
    assert_text(nth_of(&found, FIND_GAP, 1),
                "no row matches age 0, urgency later, area another word (nearest: R03: age [45..60], > 70; "
                "R01: urgency \"soon\"; R02: area \"5751\")");
    made_end(&made);
}

static void empty_table(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_COLLECT);
    check(&made, NULL, &found);
    assert_text(nth_of(&found, FIND_GAP, 0), "no row matches anybody");
    assert_int_equal(found.count, 1);
    made_end(&made);
}

static void overlap_names_the_person(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_UNIQUE);
    made_line(&made, "1 | <= 65 | -     | -");
    made_line(&made, "2 | >= 65 | later | -");
    made_line(&made, "3 | >= 65 | soon  | -");
    made_line(&made, "4 | > 100 | soon  | \"5751\"");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_counts(&found, FIND_OVERLAP, 3);
    const struct finding *overlap = nth_of(&found, FIND_OVERLAP, 0);
    assert_text(
        overlap,
        "R01 and R02 both match age 65, urgency later (R01: age <= 65; R02: age >= 65, urgency \"later\")");
    assert_int_equal(overlap->column_count, 1);
    assert_int_equal(overlap->columns[0], 0);
    assert_int_equal(nth_of(&found, FIND_OVERLAP, 2)->rows[0], 2);
    assert_int_equal(nth_of(&found, FIND_OVERLAP, 2)->rows[1], 3);
    made_end(&made);
}

static void overlaps_beyond_most_are_counted(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_UNIQUE);
    for (size_t i = 0; i < 10; i++)
        made_line(&made, "1 | - | - | -");
    check(&made, &(struct check_options){.most = 7}, &found);
    assert_counts(&found, FIND_OVERLAP, 7);
    assert_int_equal(found.more[FIND_OVERLAP], 45 - 7);
    assert_true(found.is_proved[FIND_OVERLAP]);
    made_end(&made);
}

static void conflict_compares_by_value(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_ANY);
    made_line(&made, "1.50     | <= 65 | - | -");
    made_line(&made, "1.5      | >= 60 | - | -");
    made_line(&made, "2        | >= 65 | - | -");
    made_line(&made, "age + 1  | >= 66 | - | -");
    made_line(&made, "age + 1  | >= 66 | soon | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_counts(&found, FIND_CONFLICT, 2); /* R01 and R03, R02 and R03; R01 and R02 put out the same */
    assert_int_equal(nth_of(&found, FIND_CONFLICT, 0)->rows[0], 0);
    assert_int_equal(nth_of(&found, FIND_CONFLICT, 0)->rows[1], 2);
    assert_counts(&found, FIND_UNPROVED, 1);
    assert_text(nth_of(&found, FIND_UNPROVED, 0),
                "not proved: conflict of R02, R03, R04 and R05 with other rows that can "
                "match the same person: their outputs are not proved equal");
    assert_false(found.is_proved[FIND_CONFLICT]);
    made_end(&made);
}

static void shadowed_by_one_and_by_many(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_FIRST);
    made_line(&made, "1 | < 18    | -     | -");
    made_line(&made, "2 | [10..17]| soon  | -");
    made_line(&made, "3 | < 40    | soon  | -");
    made_line(&made, "4 | < 40    | later | -");
    made_line(&made, "5 | [20..30]| -     | \"5751\"");
    made_line(&made, "6 | -       | -     | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_int_equal(found.count, 2);
    assert_text(nth_of(&found, FIND_SHADOWED, 0),
                "R02 is never first: R01 takes all its people, such as age 10, urgency soon "
                "(R02: age [10..17], urgency \"soon\"; R01: age < 18)");
    assert_text(nth_of(&found, FIND_SHADOWED, 1), "R05 is never first: R03 and R04 together take all its "
                                                  "people, such as age 20, urgency soon, area 5751 "
                                                  "(R05: age [20..30], area \"5751\"; R03: age < 40, urgency "
                                                  "\"soon\"; R04: age < 40, urgency \"later\")");
    assert_int_equal(nth_of(&found, FIND_SHADOWED, 1)->row_count, 3);
    made_end(&made);
}

/* Under P the order is that of the allowed outputs, not that of the rows. */
static void shadowed_by_priority(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_PRIORITY);
    struct value allowed[] = {value_of_string(slice_of("high")), value_of_string(slice_of("low"))};
    made.output.allowed = allowed;
    made.output.allowed_count = 2;
    made_line(&made, "\"low\"  | < 18 | - | -");
    made_line(&made, "\"high\" | < 40 | - | -");
    made_line(&made, "\"low\"  | -    | - | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_counts(&found, FIND_SHADOWED, 1);
    assert_int_equal(nth_of(&found, FIND_SHADOWED, 0)->rows[0], 0);
    assert_int_equal(nth_of(&found, FIND_SHADOWED, 0)->rows[1], 1);
    made_end(&made);
}

static void rows_that_match_nobody(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_FIRST);
    made_line(&made, "1 | [8..5]       | -       | -");
    made_line(&made, "2 | > 120        | -       | -");
    made_line(&made, "3 | -            | someday | -");
    made_line(&made, "4 | (5..6)       | -       | -"); /* ages are whole */
    made_line(&made, "5 | -            | -       | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_counts(&found, FIND_EMPTY, 4);
    assert_int_equal(found.count, 4);
    assert_text(nth_of(&found, FIND_EMPTY, 2), "no person can match R03: urgency \"someday\"");
    made_end(&made);
}

/* ---------------------------------------------------------------------------------------------- word sets */

static void start_lists(struct made *made, enum hit_policy policy)
{
    made_start(made, policy);
    made_input(made, "domains", TYPE_STRING)->is_any_of = true;
}

static void lists_overlap_by_two_words(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_lists(&made, HIT_UNIQUE);
    made_line(&made, "1 | housing");
    made_line(&made, "2 | finances");
    made_line(&made, "3 | not(housing, finances)");
    check(&made, NULL, &found);
    assert_int_equal(found.count, 1);
    assert_text(nth_of(&found, FIND_OVERLAP, 0), "R01 and R02 both match domains housing and finances "
                                                 "(R01: domains \"housing\"; R02: domains \"finances\")");
    assert_int_equal(nth_of(&found, FIND_OVERLAP, 0)->person[0].kind, VALUE_LIST);
    assert_int_equal(nth_of(&found, FIND_OVERLAP, 0)->person[0].list.count, 2);
    check(&made, &(struct check_options){.list_max = 1}, &found); /* nobody has two */
    assert_int_equal(found.count, 0);
    made_end(&made);
}

/* Only who has both words is left out. */
static void gap_of_a_set(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_lists(&made, HIT_COLLECT);
    made_line(&made, "1 | not(housing)");
    made_line(&made, "2 | not(finances)");
    check(&made, NULL, &found);
    assert_text(nth_of(&found, FIND_GAP, 0),
                "no row matches domains housing and finances (nearest: "
                "R01: domains not(\"housing\"); R02: domains not(\"finances\"))");
    assert_int_equal(found.count, 1);
    made_end(&made);
}

/* A gap of two words does not hide the gap of one of them for those who are not in a hurry. */
static void gaps_of_sets_stay_apart(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_lists(&made, HIT_COLLECT);
    made_input(&made, "soon", TYPE_BOOLEAN);
    made_line(&made, "1 | not(housing)  | -");
    made_line(&made, "2 | not(finances) | true");
    check(&made, NULL, &found);
    assert_counts(&found, FIND_GAP, 2);
    assert_text(nth_of(&found, FIND_GAP, 0),
                "no row matches domains housing and finances (nearest: "
                "R01: domains not(\"housing\"); R02: domains not(\"finances\"))");
    assert_text(nth_of(&found, FIND_GAP, 1), "no row matches domains housing, soon false (nearest: R01: "
                                             "domains not(\"housing\"); R02: soon true)");
    made_end(&made);
}

static void sets_can_be_empty(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    bool can_be_empty = true;
    start_lists(&made, HIT_COLLECT);
    struct value allowed[] = {value_of_string(slice_of("housing")), value_of_string(slice_of("finances"))};
    made.inputs[0].allowed = allowed;
    made.inputs[0].allowed_count = 2;
    made_line(&made, "1 | housing");
    made_line(&made, "2 | finances");
    check(&made, NULL, &found);
    assert_int_equal(found.count, 0);
    check(&made, &(struct check_options){.can_be_empty = &can_be_empty}, &found);
    assert_int_equal(found.count, 1);
    assert_text(nth_of(&found, FIND_GAP, 0), "no row matches domains nothing (nearest: "
                                             "R01: domains \"housing\"; R02: domains \"finances\")");
    made_end(&made);
}

/* ------------------------------------------------------------------------------------------- other columns
 */

static void booleans_dates_and_nulls(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    made_start(&made, HIT_UNIQUE);
    made_input(&made, "alone", TYPE_BOOLEAN);
    made_input(&made, "since", TYPE_DATE);
    made_input(&made, "reason", TYPE_STRING);
    made_line(&made, "1 | true  | -                    | -");
    made_line(&made, "2 | false | <  date(\"2026-01-01\") | -");
    made_line(&made, "3 | false | >  date(\"2026-01-01\") | null");
    made_line(&made, "4 | false | >  date(\"2026-01-01\") | not(null)");
    check(&made, NULL, &found);
    assert_int_equal(found.count, 1);
    assert_text(nth_of(&found, FIND_GAP, 0),
                "no row matches alone false, since 2026-01-01 (nearest: R02: since < date(\"2026-01-01\"); "
                "R03: since > date(\"2026-01-01\"); R04: since > date(\"2026-01-01\"))");
    made_end(&made);
}

static void another_word_is_none_of_the_table(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    made_start(&made, HIT_COLLECT);
    made_input(&made, "area", TYPE_STRING);
    made_line(&made, "1 | \"another word\", \"another word 2\"");
    check(&made, NULL, &found);
    assert_true(slice_is(nth_of(&found, FIND_GAP, 0)->person[0].string, "another word 3"));
    made_end(&made);
}

static void numbers_between_are_found(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    made_start(&made, HIT_COLLECT);
    made_input(&made, "score", TYPE_NUMBER);
    made_line(&made, "1 | <= 17");
    made_line(&made, "2 | >= 18");
    check(&made, NULL, &found);
    assert_text(nth_of(&found, FIND_GAP, 0),
                "no row matches score 17.1 (nearest: R01: score <= 17; R02: score >= 18)");
    made.inputs[0].is_integer = true;
    check(&made, NULL, &found);
    assert_int_equal(found.count, 0);
    made_end(&made);
}

/* ------------------------------------------------------------------------------ what cannot be analysed */

static void cells_that_cannot_be_analysed(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_UNIQUE);
    made_line(&made, "1 | < 18             | -    | -");
    made_line(&made, "2 | modulo(?, 2) = 0 | -    | -");
    made_line(&made, "3 | >= 18            | soon | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    /* A person of 18 is taken by R02, as trying it shows: nothing is proved about persons like it. */
    assert_counts(&found, FIND_GAP, 0);
    assert_counts(&found, FIND_UNPROVED, 2);
    assert_text(nth_of(&found, FIND_UNPROVED, 0),
                "not proved: overlap of R02 with other rows that can match the same "
                "person: cells of theirs cannot be analysed");
    assert_text(nth_of(&found, FIND_UNPROVED, 1),
                "not proved: that somebody like age 18, urgency later, area another word "
                "is always matched: only by R02, with cells that cannot be analysed");
    assert_false(found.is_proved[FIND_GAP]);
    assert_false(found.is_proved[FIND_OVERLAP]);
    made_end(&made);
}

/* The person is tried on rows that cannot be analysed: nobody of 18 is taken by R02. */
static void gap_beside_such_cells(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_COLLECT);
    made_line(&made, "1 | < 18             | - | -");
    made_line(&made, "2 | modulo(?, 2) = 1 | - | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_counts(&found, FIND_GAP, 1);
    assert_int_equal(found.count, 1);
    made_end(&made);
}

static void shadows_beside_such_cells(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_FIRST);
    made_line(&made, "1 | modulo(?, 2) = 0 | -     | -");
    made_line(&made, "2 | < 18             | -     | -");
    made_line(&made, "3 | modulo(?, 3) = 0 | soon  | -");
    made_line(&made, "4 | < 10             | -     | -"); /* by R02, whatever the others do */
    made_line(&made, "5 | -                | later | -"); /* R01 may take all */
    made_line(&made, "6 | -                | -     | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_counts(&found, FIND_SHADOWED, 1);
    assert_int_equal(nth_of(&found, FIND_SHADOWED, 0)->rows[0], 3);
    assert_counts(&found, FIND_UNPROVED, 1);
    assert_text(nth_of(&found, FIND_UNPROVED, 0),
                "not proved: whether rows before them take all people of R02, R03, R05 and R06: "
                "there are cells that cannot be analysed");
    made_end(&made);
}

/* --------------------------------------------------------------------------------------------- examples */

static void failing_examples(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    made_start(&made, HIT_FIRST);
    made_input(&made, "age", TYPE_NUMBER);
    made_line(&made, "\"young\" | < 18");
    made_line(&made, "\"old\"   | -");
    struct value facts[] = {value_of_int(12), value_of_int(30)};
    struct value expected[] = {value_of_string(slice_of("young")), value_of_string(slice_of("young"))};
    struct example examples[] = {{.id = slice_of("E1"), .facts = &facts[0], .expected = &expected[0]},
                                 {.id = slice_of("E2"), .facts = &facts[1], .expected = &expected[1]}};
    made.table.examples = examples;
    made.table.example_count = 2;
    check(&made, NULL, &found);
    assert_int_equal(found.count, 1);
    assert_true(slice_starts(nth_of(&found, FIND_EXAMPLE, 0)->text, "example E2: "));
    assert_ptr_equal(nth_of(&found, FIND_EXAMPLE, 0)->person, &facts[1]);
    made_end(&made);
}

/* ----------------------------------------------------------------------------------- budget, order, repeats
 */

static uint32_t next_number(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* Rows at random over 8 columns of three words, closed: half of the cells open. */
static void make_hard(struct made *made, enum hit_policy policy)
{
    static const char *const cells[] = {"-", "-", "-", "a", "b", "c", "a, b", "b, c"};
    uint64_t random = 11;
    made_start(made, policy);
    struct value *allowed = arena_array(made->arena, 3, sizeof *allowed);
    for (size_t i = 0; i < 3; i++)
        allowed[i] = value_of_string(slice_of((const char *[]){"a", "b", "c"}[i]));
    for (size_t c = 0; c < COLUMNS_MOST; c++) {
        struct input *input = made_input(made, arena_printf(made->arena, "c%zu", c), TYPE_STRING);
        input->allowed = allowed;
        input->allowed_count = 3;
    }
    for (size_t r = 0; r < ROWS_MOST; r++) {
        char line[128] = "1";
        for (size_t c = 0; c < COLUMNS_MOST; c++)
            snprintf(line + strlen(line), sizeof line - strlen(line), " | %s",
                     cells[next_number(&random) % 8]);
        made_line(made, line);
    }
}

static void budget_ends_with_an_honest_word(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    make_hard(&made, HIT_FIRST);
    check(&made, &(struct check_options){.budget_us = 5}, &found);
    assert_false(found.is_proved[FIND_GAP]);
    assert_false(found.is_proved[FIND_SHADOWED]);
    assert_counts(&found, FIND_GAP, 0);
    assert_text(nth_of(&found, FIND_UNPROVED, 0),
                "not proved: that there is no gap: it takes longer than was allowed");
    assert_counts(&found, FIND_UNPROVED, 2);
    assert_int_equal(nth_of(&found, FIND_UNPROVED, 1)->row_count, ROWS_MOST);
    made_end(&made);
    make_hard(&made, HIT_UNIQUE);
    check(&made, &(struct check_options){.budget_us = 1}, &found);
    assert_false(found.is_proved[FIND_OVERLAP]);
    made_end(&made);
}

static void same_table_same_findings(void **state)
{
    (void)state;
    static const int64_t budgets[] = {20, 100, 500, 2500, 0};
    for (size_t b = 0; b < sizeof budgets / sizeof *budgets; b++) {
        struct made made;
        struct findings first, second;
        make_hard(&made, HIT_FIRST);
        check(&made, &(struct check_options){.budget_us = budgets[b]}, &first);
        check(&made, &(struct check_options){.budget_us = budgets[b]}, &second);
        assert_true(first.count > 0);
        assert_int_equal(first.count, second.count);
        for (size_t i = 0; i < first.count; i++)
            assert_true(slice_equal(first.list[i].text, second.list[i].text));
        made_end(&made);
    }
}

static void errors_come_first(void **state)
{
    (void)state;
    struct made made;
    struct findings found;
    start_care(&made, HIT_UNIQUE);
    made_line(&made, "1 | [8..5] | -    | -");
    made_line(&made, "2 | < 18   | -    | -");
    made_line(&made, "3 | < 18   | soon | -");
    made_line(&made, "4 | > 18   | -    | -");
    check(&made, &(struct check_options){.domains = ages}, &found);
    assert_int_equal(found.count, 3);
    assert_int_equal(found.list[0].kind, FIND_GAP);
    assert_int_equal(found.list[1].kind, FIND_OVERLAP);
    assert_int_equal(found.list[2].kind, FIND_EMPTY);
    made_end(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_errors),
        cmocka_unit_test(whole_table),
        cmocka_unit_test(gap_in_one_cell),
        cmocka_unit_test(gap_names_the_nearest_rows),
        cmocka_unit_test(gap_names_the_row_that_moved),
        cmocka_unit_test(gap_words_are_far),
        cmocka_unit_test(gap_is_the_smallest),
        cmocka_unit_test(empty_table),
        cmocka_unit_test(overlap_names_the_person),
        cmocka_unit_test(overlaps_beyond_most_are_counted),
        cmocka_unit_test(conflict_compares_by_value),
        cmocka_unit_test(shadowed_by_one_and_by_many),
        cmocka_unit_test(shadowed_by_priority),
        cmocka_unit_test(rows_that_match_nobody),
        cmocka_unit_test(lists_overlap_by_two_words),
        cmocka_unit_test(gap_of_a_set),
        cmocka_unit_test(gaps_of_sets_stay_apart),
        cmocka_unit_test(sets_can_be_empty),
        cmocka_unit_test(booleans_dates_and_nulls),
        cmocka_unit_test(another_word_is_none_of_the_table),
        cmocka_unit_test(numbers_between_are_found),
        cmocka_unit_test(cells_that_cannot_be_analysed),
        cmocka_unit_test(gap_beside_such_cells),
        cmocka_unit_test(shadows_beside_such_cells),
        cmocka_unit_test(failing_examples),
        cmocka_unit_test(budget_ends_with_an_honest_word),
        cmocka_unit_test(same_table_same_findings),
        cmocka_unit_test(errors_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
