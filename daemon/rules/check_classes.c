#include "check_classes.h"

enum { WORD = 1, NUMBER = 2, DATE = 4, BOOLEAN = 8 };

/* Keys of numbers lie within these; beyond them "no end". */
#define KEY_FAR INT64_C(4000000000000000000)

static uint32_t hash_of(struct slice word)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ (uint8_t)word.ptr[i]) * 16777619u;
    return hash;
}

static uint32_t *words_slot(const struct words *words, struct slice word)
{
    uint32_t at = hash_of(word) & (words->slot_count - 1);
    while (words->slots[at] && !slice_equal(words->list[words->slots[at] - 1], word))
        at = (at + 1) & (words->slot_count - 1);
    return &words->slots[at];
}

static void words_grow(struct words *words)
{
    struct words old = *words;
    words->room = old.room ? old.room * 2 : 16;
    words->slot_count = words->room * 2;
    words->list = arena_array(words->arena, words->room, sizeof *words->list);
    words->slots = arena_array(words->arena, words->slot_count, sizeof *words->slots);
    for (uint32_t i = 0; i < old.count; i++) {
        words->list[i] = old.list[i];
        *words_slot(words, old.list[i]) = i + 1;
    }
}

uint32_t words_add(struct words *words, struct slice word)
{
    if (words->count == words->room)
        words_grow(words);
    uint32_t *slot = words_slot(words, word);
    if (!*slot) {
        words->list[words->count++] = word;
        *slot = words->count;
    }
    return *slot - 1;
}

uint32_t words_find(const struct words *words, struct slice word)
{
    return words->slot_count ? *words_slot(words, word) - 1 : NO_WORD;
}

/* What kinds of values the column has: as declared, or else as its cells look. */
static unsigned kinds_of(const struct table *table, size_t column, bool is_list)
{
    static const unsigned declared[] = {[TYPE_STRING] = WORD,
                                        [TYPE_NUMBER] = NUMBER,
                                        [TYPE_BOOLEAN] = BOOLEAN,
                                        [TYPE_DATE] = DATE,
                                        [TYPE_DAYS_TIME] = 0};
    static const unsigned shown[] = {[TEST_WORDS] = WORD,
                                     [TEST_NUMBERS] = NUMBER,
                                     [TEST_DATES] = DATE,
                                     [TEST_BOOLEAN] = BOOLEAN,
                                     [TEST_FEEL] = 0};
    if (is_list)
        return WORD;
    unsigned kinds = declared[table->inputs[column].type];
    for (size_t r = 0; !declared[table->inputs[column].type] && r < table->rule_count; r++)
        kinds |= shown[table->rules[r].tests[column].kind];
    return kinds;
}

/* The values that the input allows, as a test (TEST_ANY: no limit). */
static struct test limits_of(const struct input *input, struct arena *arena)
{
    struct test test = {.kind = TEST_ANY};
    if (input->allowed_tests && !feel_simple(input->allowed_tests, arena, &test))
        test = (struct test){.kind = TEST_ANY};
    return test;
}

static bool test_has_word(const struct test *test, struct slice word)
{
    for (uint32_t i = 0; i < test->count; i++)
        if (slice_equal(test->words[i], word))
            return true;
    return false;
}

/* True: there is no other word than those added. */
static bool words_allowed(struct words *words, const struct input *input, const struct test *limits)
{
    for (size_t i = 0; i < input->allowed_count; i++)
        if (input->allowed[i].kind == VALUE_STRING)
            words_add(words, input->allowed[i].string);
    for (uint32_t i = 0; limits->kind == TEST_WORDS && !limits->negated && i < limits->count; i++)
        words_add(words, limits->words[i]);
    return words->count > 0;
}

static void words_of_cells(struct words *words, const struct table *table, size_t column,
                           const struct test *limits)
{
    bool has_limits = limits->kind == TEST_WORDS && limits->negated;
    for (size_t r = 0; r < table->rule_count; r++) {
        const struct test *test = &table->rules[r].tests[column];
        for (uint32_t i = 0; test->kind == TEST_WORDS && i < test->count; i++)
            if (!has_limits || !test_has_word(limits, test->words[i]))
                words_add(words, test->words[i]);
    }
}

static bool has_words(const struct words *words, const char *text)
{
    return words_find(words, slice_of(text)) != NO_WORD;
}

static void add_words(struct classes *classes, const struct table *table, size_t column,
                      const struct test *limits, struct arena *arena)
{
    struct words *words = &classes->words;
    *words = (struct words){.arena = arena};
    bool is_closed = words_allowed(words, &table->inputs[column], limits);
    if (!is_closed)
        words_of_cells(words, table, column, limits);
    classes->word = (struct section){classes->count, words->count + !is_closed};
    classes->list = arena_array(arena, words->count + 1, sizeof *classes->list);
    for (uint32_t i = 0; i < words->count; i++)
        classes->list[classes->count++] = (struct class){.kind = CLASS_WORD, .word = words->list[i]};
    if (is_closed)
        return;
    const char *other = CHECK_OTHER;
    for (unsigned i = 2; has_words(words, other); i++)
        other = arena_printf(arena, CHECK_OTHER " %u", i);
    classes->list[classes->count++] = (struct class){.kind = CLASS_OTHER, .word = slice_of(other)};
}

struct ranges {
    struct key_range *list;
    size_t count;
};

static struct ranges ranges_common(struct ranges a, const struct key_range *b, size_t count,
                                   struct arena *arena)
{
    struct ranges both = {arena_array(arena, a.count + count + 1, sizeof *both.list), 0};
    for (size_t i = 0, j = 0; i < a.count && j < count;) {
        int64_t low = a.list[i].low > b[j].low ? a.list[i].low : b[j].low;
        int64_t high = a.list[i].high < b[j].high ? a.list[i].high : b[j].high;
        if (low <= high)
            both.list[both.count++] = (struct key_range){low, high};
        if (a.list[i].high < b[j].high)
            i++;
        else
            j++;
    }
    return both;
}

static int by_low(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The allowed values that are numbers (or dates), as ranges of one key each. */
static struct ranges allowed_keys(const struct input *input, bool is_date, struct arena *arena)
{
    struct ranges keys = {arena_array(arena, input->allowed_count + 1, sizeof *keys.list), 0};
    for (size_t i = 0; i < input->allowed_count; i++) {
        const struct value *value = &input->allowed[i];
        int64_t key = 0;
        if (is_date && value->kind == VALUE_DATE)
            key = 2 * value->moment.day;
        else if (is_date || value->kind != VALUE_NUMBER || !number_key(value->number, &key))
            continue;
        keys.list[keys.count++] = (struct key_range){key, key};
    }
    qsort(keys.list, keys.count, sizeof *keys.list, by_low);
    size_t kept = 0;
    for (size_t i = 0; i < keys.count; i++)
        if (!kept || keys.list[kept - 1].low != keys.list[i].low)
            keys.list[kept++] = keys.list[i];
    keys.count = kept;
    return keys;
}

static struct ranges domain_of(const struct input *input, const struct test *limits,
                               const struct key_range *domain, bool is_date, struct arena *arena)
{
    struct ranges all = {arena_alloc(arena, sizeof *all.list), 1};
    all.list[0] = domain ? *domain : (struct key_range){KEY_MIN, KEY_MAX};
    if (limits->kind == (is_date ? TEST_DATES : TEST_NUMBERS))
        all = ranges_common(all, limits->ranges, limits->count, arena);
    struct ranges keys = allowed_keys(input, is_date, arena);
    return keys.count ? ranges_common(all, keys.list, keys.count, arena) : all;
}

/* Where classes begin: at the ends of the domain's ranges and of the cells'. */
static size_t cuts_of(const struct table *table, size_t column, struct ranges domain, enum test_kind kind,
                      int64_t **out, struct arena *arena)
{
    size_t room = domain.count;
    for (size_t r = 0; r < table->rule_count; r++)
        if (table->rules[r].tests[column].kind == kind)
            room += table->rules[r].tests[column].count;
    int64_t *cuts = *out = arena_array(arena, 2 * room + 1, sizeof *cuts);
    size_t count = 0;
    for (size_t i = 0; i < domain.count; i++)
        cuts[count++] = domain.list[i].low;
    for (size_t r = 0; r < table->rule_count; r++) {
        const struct test *test = &table->rules[r].tests[column];
        for (uint32_t i = 0; test->kind == kind && i < test->count; i++) {
            cuts[count++] = test->ranges[i].low;
            if (test->ranges[i].high < KEY_MAX)
                cuts[count++] = test->ranges[i].high + 1;
        }
    }
    qsort(cuts, count, sizeof *cuts, by_low);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!kept || cuts[kept - 1] != cuts[i])
            cuts[kept++] = cuts[i];
    return kept;
}

/* The least multiple of `unit` from `low` on, or INT64_MAX. */
static int64_t multiple_from(int64_t low, int64_t unit)
{
    if (low > KEY_FAR)
        return INT64_MAX;
    if (low < -KEY_FAR)
        low = -KEY_FAR;
    int64_t down = low / unit * unit;
    return down < low ? down + unit : down;
}

static void add_keys(struct classes *classes, const struct table *table, size_t column,
                     const struct test *limits, const struct key_range *bounds, bool is_date,
                     struct arena *arena)
{
    const struct input *input = &table->inputs[column];
    struct ranges domain = domain_of(input, limits, bounds, is_date, arena);
    int64_t *cuts;
    size_t count = cuts_of(table, column, domain, is_date ? TEST_DATES : TEST_NUMBERS, &cuts, arena);
    int64_t unit = is_date ? 2 : input->is_integer ? 2000000 : 1;
    struct class *list = arena_array(arena, classes->count + count + 1, sizeof *list);
    if (classes->count)
        memcpy(list, classes->list, classes->count * sizeof *list);
    uint32_t first = classes->count;
    size_t at = 0;
    for (size_t d = 0; d < domain.count; d++) {
        while (at < count && cuts[at] < domain.list[d].low)
            at++;
        for (; at < count && cuts[at] <= domain.list[d].high; at++) {
            int64_t high = domain.list[d].high;
            if (at + 1 < count && cuts[at + 1] <= high)
                high = cuts[at + 1] - 1;
            if (multiple_from(cuts[at], unit) <= high)
                list[classes->count++] =
                    (struct class){.kind = is_date ? CLASS_DATE : CLASS_NUMBER, .keys = {cuts[at], high}};
        }
    }
    classes->list = list;
    *(is_date ? &classes->date : &classes->number) = (struct section){first, classes->count - first};
}

static void add_class(struct classes *classes, struct section *section, struct class class,
                      struct arena *arena)
{
    struct class *list = arena_array(arena, classes->count + 1, sizeof *list);
    if (classes->count)
        memcpy(list, classes->list, classes->count * sizeof *list);
    if (!section->count)
        section->first = classes->count;
    section->count++;
    list[classes->count++] = class;
    classes->list = list;
}

static void add_booleans(struct classes *classes, const struct input *input, const struct test *limits,
                         struct arena *arena)
{
    bool allowed[2] = {false, false}, is_limited = false;
    for (size_t i = 0; i < input->allowed_count; i++)
        if (input->allowed[i].kind == VALUE_BOOLEAN)
            is_limited = allowed[input->allowed[i].boolean] = true;
    if (limits->kind == TEST_BOOLEAN)
        is_limited = allowed[limits->boolean] = true;
    for (int i = 1; i >= 0; i--)
        if (!is_limited || allowed[i])
            add_class(classes, &classes->boolean, (struct class){.kind = CLASS_BOOLEAN, .boolean = i == 1},
                      arena);
}

static bool has_null(const struct table *table, size_t column)
{
    for (size_t i = 0; i < table->inputs[column].allowed_count; i++)
        if (table->inputs[column].allowed[i].kind == VALUE_NULL)
            return true;
    for (size_t r = 0; r < table->rule_count; r++)
        if (table->rules[r].tests[column].kind == TEST_NULL)
            return true;
    return false;
}

void classes_build(struct classes *classes, const struct table *table, size_t column,
                   const struct key_range *domain, bool is_list, struct arena *arena)
{
    const struct input *input = &table->inputs[column];
    struct test limits = limits_of(input, arena);
    unsigned kinds = kinds_of(table, column, is_list);
    *classes = (struct classes){.count = 0};
    if (kinds & WORD)
        add_words(classes, table, column, &limits, arena);
    if (kinds & NUMBER)
        add_keys(classes, table, column, &limits, domain, false, arena);
    if (kinds & DATE)
        add_keys(classes, table, column, &limits, domain, true, arena);
    if (kinds & BOOLEAN)
        add_booleans(classes, input, &limits, arena);
    if (!kinds)
        add_class(classes, &classes->anything, (struct class){.kind = CLASS_ANYTHING}, arena);
    bool is_never_null = limits.kind == TEST_NULL && limits.negated;
    if (!is_list && has_null(table, column) && !is_never_null)
        add_class(classes, &classes->null, (struct class){.kind = CLASS_NULL}, arena);
}

/* The first class of the section that begins at `key` or later. */
static uint32_t class_from(const struct classes *classes, struct section section, int64_t key)
{
    uint32_t low = section.first, high = section.first + section.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (classes->list[middle].keys.low < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t classes_in(const struct classes *classes, struct section section, const struct key_range *ranges,
                    uint32_t count, struct span *out)
{
    uint32_t made = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t low = class_from(classes, section, ranges[i].low);
        uint32_t end = ranges[i].high == KEY_MAX ? section.first + section.count
                                                 : class_from(classes, section, ranges[i].high + 1);
        if (low >= end)
            continue;
        if (made && out[made - 1].high + 1 == low)
            out[made - 1].high = end - 1;
        else
            out[made++] = (struct span){low, end - 1};
    }
    return made;
}

/* ------------------------------------------------------------------------------------- a value of a class */

/* A whole number if there is one, else as few digits as can be; near to the end that the class has. */
static int64_t simplest_key(const struct class *class)
{
    static const int64_t units[] = {2000000, 200000, 20000, 2000, 200, 20, 2, 1};
    bool has_low = class->keys.low > -KEY_FAR, has_high = class->keys.high < KEY_FAR;
    size_t first = class->kind == CLASS_DATE ? 6 : 0;
    for (size_t i = first; i < sizeof units / sizeof *units; i++) {
        int64_t key = 0;
        if (has_low)
            key = multiple_from(class->keys.low, units[i]);
        else if (has_high)
            key = -multiple_from(-class->keys.high, units[i]);
        if (key >= class->keys.low && key <= class->keys.high)
            return key;
    }
    return class->keys.low;
}

static struct value key_value(const struct class *class, struct arena *arena)
{
    struct value value = value_null;
    bool is_date = class->kind == CLASS_DATE;
    struct slice text = key_text(simplest_key(class), is_date ? TEST_DATES : TEST_NUMBERS, arena);
    if (is_date) {
        if (!value_date_parse(text, &value))
            value = value_null;
    } else if (decimal_parse(text, &value.number)) {
        value.kind = VALUE_NUMBER;
    }
    return value;
}

struct value class_value(const struct column *column, uint32_t number, struct arena *arena)
{
    const struct class *class = &column->classes[number];
    switch (class->kind) {
    case CLASS_WORD:
    case CLASS_OTHER:
        return value_of_string(arena_slice(arena, class->word));
    case CLASS_NUMBER:
    case CLASS_DATE:
        return key_value(class, arena);
    case CLASS_BOOLEAN:
        return value_of_bool(class->boolean);
    case CLASS_NULL:
    case CLASS_ANYTHING:
        break;
    }
    return value_null;
}

struct value choice_value(const struct column *column, const struct choice *choice, struct arena *arena)
{
    if (choice->is_any)
        return value_null;
    if (!column->is_list)
        return class_value(column, choice->classes[0], arena);
    struct value *items = arena_array(arena, choice->count + 1, sizeof *items);
    for (uint32_t i = 0; i < choice->count; i++)
        items[i] = class_value(column, choice->classes[i], arena);
    struct value list = {.kind = VALUE_LIST};
    list.list.items = items;
    list.list.count = choice->count;
    return list;
}
