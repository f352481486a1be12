#include <stdatomic.h>

#include "memo.h"
#include "question.h"

/* What is shared is the ruleset; the rest belongs to the last who holds it. `set` stays first. */
struct holder {
    struct ruleset set;
    atomic_uint references;
    struct index *index;
    struct ruling *rulings;
    char *texts;
    uint16_t *lists;
    int32_t *offerings;
    struct slice *words;
    uint32_t *hashes;
    size_t text_bytes, list_count;
};

/* One being made. What the memos remember is where a text, a word, a list stands. */
struct maker {
    struct holder *holder;
    const struct question *question;
    const struct table *table;
    const int32_t *offering_ids;
    struct arena *arena; /* for what is forgotten afterwards */
    struct err *err;
    struct memo texts, words, lists, answers;
    size_t text_room, list_room;
    uint32_t word_at[UINT16_MAX]; /* into texts */
};

/* Texts, words, lists --------------------------------------------------------------------------------------
 */

static uint32_t add_text(struct maker *maker, struct slice text)
{
    struct holder *holder = maker->holder;
    size_t at = holder->text_bytes;
    if (maker->text_room < at + text.len + 1) {
        maker->text_room = 2 * (at + text.len + 1) + 1024;
        holder->texts = xrealloc(holder->texts, maker->text_room);
    }
    if (text.len)
        memcpy(holder->texts + at, text.ptr, text.len);
    holder->texts[at + text.len] = '\0';
    holder->text_bytes = at + text.len + 1;
    return (uint32_t)at;
}

static uint32_t intern(struct maker *maker, struct slice text)
{
    bool is_new;
    struct memo_entry *entry = memo_at(&maker->texts, text, &is_new);
    if (is_new)
        entry->value.number = add_text(maker, text);
    return entry->value.number;
}

static uint16_t add_word(struct maker *maker, struct slice word)
{
    bool is_new;
    struct memo_entry *entry = memo_at(&maker->words, word, &is_new);
    if (is_new) {
        entry->value.number = (uint32_t)maker->holder->set.word_count++;
        if (entry->value.number < UINT16_MAX)
            maker->word_at[entry->value.number] = add_text(maker, word);
    }
    return (uint16_t)entry->value.number;
}

static uint32_t add_list(struct maker *maker, const uint16_t *list, size_t count)
{
    bool is_new;
    struct holder *holder = maker->holder;
    struct slice bytes = slice_make((const char *)list, count * sizeof *list);
    struct memo_entry *entry = memo_at(&maker->lists, bytes, &is_new);
    if (!is_new)
        return entry->value.number;
    if (maker->list_room < holder->list_count + count) {
        maker->list_room = 2 * (holder->list_count + count) + 64;
        holder->lists = xrealloc(holder->lists, maker->list_room * sizeof *holder->lists);
    }
    entry->value.number = (uint32_t)holder->list_count;
    memcpy(holder->lists + holder->list_count, list, bytes.len);
    holder->list_count += count;
    return entry->value.number;
}

/* Answers --------------------------------------------------------------------------------------------------
 */

struct answer {
    bool is_null, is_known;
    int32_t number; /* or the word's */
};

static struct answer read_number(const struct column *column, const struct value *value)
{
    int64_t units;
    bool exact;
    if (value->kind != VALUE_NUMBER || !decimal_units(value->number, 0, &units, &exact) || !exact ||
        units < column->low || units > column->high)
        return (struct answer){.is_known = false};
    return (struct answer){.is_known = true, .number = (int32_t)units};
}

static struct answer read_fields(const struct column *column, const struct value *value)
{
    struct answer answer = {.is_known = value->kind == VALUE_LIST};
    for (size_t i = 0; answer.is_known && i < value->list.count; i++) {
        const struct value *item = &value->list.items[i];
        int number = item->kind == VALUE_STRING ? word_number(column->words, item->string) : -1;
        answer.is_known = number >= 0;
        if (answer.is_known)
            answer.number |= 1 << number;
    }
    return answer;
}

static struct answer read_answer(struct maker *maker, enum answer_name name, const struct feel *feel)
{
    struct column column = answer_column(name);
    struct value value;
    if (!feel_constant(feel, &value))
        return (struct answer){.is_known = false};
    if (value.kind == VALUE_NULL)
        return (struct answer){.is_known = true, .is_null = true};
    if (column.kind == COLUMN_NUMBER)
        return read_number(&column, &value);
    if (column.kind == COLUMN_WORDS)
        return read_fields(&column, &value);
    if (value.kind != VALUE_STRING)
        return (struct answer){.is_known = false};
    if (name == ANSWER_APPROACH)
        return (struct answer){.is_known = true, .number = add_word(maker, value.string)};
    if (name == ANSWER_OFFERING)
        return (struct answer){.is_known = true};
    int number = word_number(column.words, value.string);
    return (struct answer){.is_known = number >= 0, .number = number};
}

/* Literals are shared by the rows that have the same, so each is read once. */
static const struct answer *take_answer(struct maker *maker, enum answer_name name,
                                        const struct feel *const *feel)
{
    static const struct answer none = {.is_known = true, .is_null = true};
    bool is_new;
    if (!*feel)
        return &none;
    struct memo_entry *entry =
        memo_at(&maker->answers, slice_make((const char *)feel, sizeof(void *)), &is_new);
    if (is_new) {
        struct answer *answer = arena_alloc(maker->arena, sizeof *answer);
        *answer = read_answer(maker, name, *feel);
        entry->value.pointer = answer;
    }
    return entry->value.pointer;
}

static void keep_answer(struct ruling *ruling, enum answer_name name, int32_t number)
{
    switch (name) {
    case ANSWER_AMOUNT:
        ruling->number = number;
        return;
    case ANSWER_WEIGHT:
    case ANSWER_ESCALATE_AFTER:
        ruling->weight = (int16_t)number;
        return;
    case ANSWER_CHANNEL:
        ruling->word2 = (uint16_t)number;
        return;
    case ANSWER_OFFER:
        ruling->offer = (uint8_t)number;
        return;
    case ANSWER_EVIDENCE:
        ruling->evidence = (uint8_t)(number + 1);
        return;
    case ANSWER_OFFERING: /* by its id */
        return;
    default:
        ruling->word = (uint16_t)number;
    }
}

/* Rulings --------------------------------------------------------------------------------------------------
 */

/* Where the approaches that a row of table 3 asks for stand. */
static uint32_t approaches_of(struct maker *maker, const struct rule *rule)
{
    static const uint16_t none = 0;
    size_t i = 0;
    while (maker->question->inputs[i] != ABOUT_APPROACH)
        i++;
    const struct test *test = rule->tests ? &rule->tests[i] : NULL;
    if (!test || test->kind != TEST_WORDS || test->negated)
        return add_list(maker, &none, 1);
    uint16_t *list = arena_array(maker->arena, test->count + 1, sizeof *list);
    list[0] = (uint16_t)test->count;
    for (uint32_t n = 0; n < test->count; n++)
        list[n + 1] = add_word(maker, test->words[n]);
    return add_list(maker, list, test->count + 1);
}

static bool make_ruling(struct maker *maker, const struct rule *rule, size_t number)
{
    const struct question *question = maker->question;
    struct ruling *ruling = &maker->holder->rulings[number];
    *ruling = (struct ruling){.id = add_text(maker, rule->id),
                              .reason = intern(maker, rule->annotations[0]),
                              .number = maker->offering_ids ? maker->offering_ids[number] : 0,
                              .weight = -1,
                              .word = RULING_NONE,
                              .word2 = RULING_NONE};
    for (size_t i = 0; i < question->output_count; i++) {
        const struct answer *answer = take_answer(maker, question->outputs[i], &rule->outputs[i]);
        if (!answer->is_known)
            return err_set(maker->err, ERR_CONFIG, "rule \"%.*s\": %s: is no answer to this question",
                           SLICE_FMT(rule->id), answer_word(question->outputs[i]));
        if (!answer->is_null)
            keep_answer(ruling, question->outputs[i], answer->number);
    }
    if (question->number == TABLE_OFFERING) {
        uint32_t at = approaches_of(maker, rule);
        ruling->word = (uint16_t)at;
        ruling->word2 = (uint16_t)(at >> 16);
    }
    return true;
}

static int compare_offerings(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void list_offerings(struct maker *maker)
{
    struct holder *holder = maker->holder;
    size_t count = maker->table->rule_count + 1, kept = 0;
    if (!maker->offering_ids)
        return;
    int32_t *all = arena_array(maker->arena, count, sizeof *all);
    memcpy(all, maker->offering_ids, count * sizeof *all);
    qsort(all, count, sizeof *all, compare_offerings);
    for (size_t i = 0; i < count; i++)
        if (all[i] > 0 && (kept == 0 || all[kept - 1] != all[i]))
            all[kept++] = all[i];
    holder->offerings = xcalloc(kept + 1, sizeof *holder->offerings);
    memcpy(holder->offerings, all, kept * sizeof *all);
    holder->set.offerings = holder->offerings;
    holder->set.offering_count = kept;
}

static void list_words(struct maker *maker)
{
    struct holder *holder = maker->holder;
    size_t count = holder->set.word_count;
    holder->words = xcalloc(count + 1, sizeof *holder->words);
    holder->hashes = xcalloc(count + 1, sizeof *holder->hashes);
    for (size_t i = 0; i < count; i++) {
        holder->words[i] = slice_of(holder->texts + maker->word_at[i]);
        holder->hashes[i] = memo_hash(holder->words[i]);
    }
    holder->set.words = holder->words;
    holder->set.hashes = holder->hashes;
}

static bool make(struct maker *maker)
{
    struct holder *holder = maker->holder;
    const struct table *table = maker->table;
    if (!table->otherwise)
        return err_set(maker->err, ERR_CONFIG, "table %d has no row for everything else",
                       maker->question->number);
    holder->rulings = xcalloc(table->rule_count + 1, sizeof *holder->rulings);
    for (size_t i = 0; i <= table->rule_count; i++) {
        const struct rule *rule = i < table->rule_count ? &table->rules[i] : table->otherwise;
        if (!make_ruling(maker, rule, i))
            return false;
    }
    if (holder->set.word_count >= UINT16_MAX || holder->text_bytes > UINT32_MAX)
        return err_set(maker->err, ERR_CONFIG, "table %d has too many words", maker->question->number);
    holder->texts = xrealloc(holder->texts, holder->text_bytes);
    if (holder->list_count)
        holder->lists = xrealloc(holder->lists, holder->list_count * sizeof *holder->lists);
    list_words(maker);
    list_offerings(maker);
    holder->index = index_build(table);
    return true;
}

const struct ruleset *ruleset_build(const struct question *question, int version, const struct table *table,
                                    const int32_t *offering_ids, struct err *err)
{
    struct arena *arena = arena_new(64 * 1024);
    struct holder *holder = xcalloc(1, sizeof *holder);
    struct maker *maker = arena_alloc(arena, sizeof *maker);
    atomic_init(&holder->references, 1);
    *maker = (struct maker){.holder = holder,
                            .question = question,
                            .table = table,
                            .offering_ids = offering_ids,
                            .arena = arena,
                            .err = err};
    maker->texts.arena = maker->words.arena = maker->lists.arena = maker->answers.arena = arena;
    holder->set.question = question;
    holder->set.policy = table->policy;
    holder->set.version = version;
    holder->set.rule_count = table->rule_count;
    bool ok = make(maker);
    arena_free(&arena);
    holder->set.index = holder->index;
    holder->set.rulings = holder->rulings;
    holder->set.texts = holder->texts;
    holder->set.lists = holder->lists;
    const struct ruleset *set = &holder->set;
    if (!ok)
        ruleset_release(&set);
    return set;
}

/* From rows -------------------------------------------------------------------------------------------------
 */

static bool read_offering_ids(const struct rule_source *source, struct arena *arena, const int32_t **out,
                              struct err *err)
{
    int id_at = source->column(source->rows, "offering_id"),
        otherwise_at = source->column(source->rows, "is_otherwise");
    int32_t *ids = arena_array(arena, source->count, sizeof *ids);
    size_t number = 0;
    for (size_t row = 0; row < source->count; row++) {
        struct slice text = id_at < 0 ? SLICE_NONE : source->cell(source->rows, row, id_at);
        int64_t id = 0;
        if (text.ptr && !slice_to_i64(text, 1, INT32_MAX, &id))
            return err_set(err, ERR_CONFIG, "row %zu: offering_id: expected a number", row + 1);
        bool is_last = slice_is(source->cell(source->rows, row, otherwise_at), "t");
        ids[is_last ? source->count - 1 : number++] = (int32_t)id;
    }
    *out = ids;
    return true;
}

const struct ruleset *ruleset_load(const struct question *question, enum hit_policy policy, int version,
                                   const struct rule_source *source, struct err *err)
{
    struct arena *arena = arena_new(1024 + source->count * 64);
    const int32_t *ids = NULL;
    const struct ruleset *set = NULL;
    const struct table *table = rulebook_rows(question, policy, NULL, source, SLICE_NONE, arena, err);
    if (table && read_offering_ids(source, arena, &ids, err))
        set = ruleset_build(question, version, table, ids, err);
    arena_free(&arena);
    return set;
}

/* Sharing ---------------------------------------------------------------------------------------------------
 */

/* Callers see the ruleset as const; that it is counted is our own affair. */
static struct holder *holder_of(const struct ruleset *set)
{
    return (struct holder *)(uintptr_t)set;
}

const struct ruleset *ruleset_hold(const struct ruleset *set)
{
    atomic_fetch_add_explicit(&holder_of(set)->references, 1, memory_order_relaxed);
    return set;
}

void ruleset_release(const struct ruleset **set)
{
    if (!*set)
        return;
    struct holder *holder = holder_of(*set);
    *set = NULL;
    if (atomic_fetch_sub_explicit(&holder->references, 1, memory_order_acq_rel) != 1)
        return;
    if (holder->index)
        index_free(&holder->index);
    xfree(holder->rulings);
    xfree(holder->texts);
    xfree(holder->lists);
    xfree(holder->offerings);
    xfree(holder->words);
    xfree(holder->hashes);
    xfree(holder);
}

size_t ruleset_bytes(const struct ruleset *set)
{
    const struct holder *holder = holder_of(set);
    return sizeof *holder + index_bytes(set->index) + (set->rule_count + 1) * sizeof *set->rulings +
           holder->text_bytes + holder->list_count * sizeof *set->lists +
           set->offering_count * sizeof *set->offerings +
           set->word_count * (sizeof *set->words + sizeof *set->hashes);
}

/* Reading ---------------------------------------------------------------------------------------------------
 */

struct slice ruling_id(const struct ruleset *set, const struct ruling *ruling)
{
    return slice_of(set->texts + ruling->id);
}

struct slice ruling_reason(const struct ruleset *set, const struct ruling *ruling)
{
    return slice_of(set->texts + ruling->reason);
}

struct slice ruling_word(const struct ruleset *set, const struct ruling *ruling)
{
    static const enum answer_name names[RULE_TABLES + 1] = {[TABLE_EXCLUSION] = ANSWER_ACTION,
                                                            [TABLE_PROMISES] = ANSWER_UNIT,
                                                            [TABLE_DECLINES] = ANSWER_NEXT,
                                                            [TABLE_FEEDBACK] = ANSWER_FORM};
    int number = set->question->number;
    if (ruling->word == RULING_NONE || number == TABLE_OFFERING || number == TABLE_FIELDS)
        return SLICE_NONE;
    return number == TABLE_APPROACH ? set->words[ruling->word]
                                    : slice_of(answer_fixed(names[number], ruling->word));
}

const uint16_t *ruling_approaches(const struct ruleset *set, const struct ruling *ruling, size_t *count)
{
    size_t at = ruling->word | (size_t)ruling->word2 << 16;
    *count = set->lists[at];
    return set->lists + at + 1;
}
