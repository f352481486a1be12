#include "json_fact.h"
#include "question.h"
#include "route.h"
#include "sheet.h"

void situation_word(struct situation *situation, enum about about, struct slice word)
{
    situation->facts[about] =
        word.len ? (struct fact){.kind = FACT_WORD, .word = word} : (struct fact){.kind = FACT_ABSENT};
}

void situation_words(struct situation *situation, enum about about, const struct slice *words, size_t count)
{
    bool is_known = count || about == ABOUT_ICPC || about == ABOUT_DECLINES || about == ABOUT_APPROACH;
    situation->facts[about] =
        is_known ? (struct fact){.kind = FACT_WORDS, .words = words, .count = (uint32_t)count}
                 : (struct fact){.kind = FACT_ABSENT};
}

void situation_number(struct situation *situation, enum about about, int64_t number)
{
    situation->facts[about] = number < 0 ? (struct fact){.kind = FACT_ABSENT}
                                         : (struct fact){.kind = FACT_NUMBER, .key = integer_key(number)};
}

void situation_area(struct situation *situation, struct slice area)
{
    int64_t number;
    situation_number(situation, ABOUT_AREA,
                     area.len == 4 && slice_to_i64(area, 1000, 9999, &number) ? number : -1);
}

void situation_flag(struct situation *situation, enum about about, bool flag)
{
    situation->facts[about] = (struct fact){.kind = FACT_BOOLEAN, .boolean = flag};
}

/* JSON -----------------------------------------------------------------------------------------------------
 */

static struct slice write_facts(const struct situation *situation, bool with_unknown, struct arena *arena)
{
    struct json_out out = json_out_new(arena, 512);
    out_open(&out, NULL, '{');
    for (enum about about = ABOUT_DOMAINS; about < ABOUT_APPROACH; about++)
        if (with_unknown || situation->facts[about].kind != FACT_ABSENT)
            out_fact(&out, about_name(about), &situation->facts[about]);
    out_close(&out, '}');
    return json_out_slice(&out);
}

struct slice situation_json(const struct situation *situation, struct arena *arena)
{
    return write_facts(situation, true, arena);
}

struct slice situation_snapshot(const struct situation *situation, struct arena *arena)
{
    return write_facts(situation, false, arena);
}
_Static_assert(ABOUT_DOMAINS == 0 && ABOUT_DECLINES + 1 == ABOUT_APPROACH, "first what referrals have");

static enum about about_of(struct slice name)
{
    enum about about = 0;
    while (about < ABOUT_COUNT && !slice_is(name, about_name(about)))
        about++;
    return about;
}

/* Of the value that column_value() read. */
static void keep_value(struct situation *situation, enum about about, const struct value *value,
                       struct arena *arena)
{
    switch (value->kind) {
    case VALUE_NULL:
        situation->facts[about] = (struct fact){.kind = FACT_ABSENT};
        return;
    case VALUE_LIST: {
        struct slice *words = arena_array(arena, value->list.count, sizeof *words);
        for (size_t i = 0; i < value->list.count; i++)
            words[i] = value->list.items[i].string;
        situation_words(situation, about, words, value->list.count);
        return;
    }
    default:
        situation->facts[about] = fact_of(value, false, arena);
        situation->facts[about].value = NULL; /* no cell of these tables needs it */
    }
}

static bool read_fact(struct situation *situation, const char *name, const json_t *json, struct arena *arena,
                      struct err *err)
{
    enum about about = about_of(slice_of(name));
    struct value value;
    const char *expected;
    if (about == ABOUT_COUNT)
        return err_set(err, ERR_CONFIG, "facts: %.40s: is no fact", name);
    struct column column = about_column(about);
    column.words = NULL; /* what was once a word stays one */
    if (about == ABOUT_AREA && json_is_string(json)) {
        situation_area(situation, slice_make(json_string_value(json), json_string_length(json)));
        return true;
    }
    if (!column_value(&column, json, arena, &value, &expected))
        return err_set(err, ERR_CONFIG, "facts: %s: %s", name, expected);
    keep_value(situation, about, &value, arena);
    return true;
}

bool situation_read(struct slice json, struct arena *arena, struct situation *out, struct err *err)
{
    json_error_t wrong;
    json_t *document = json_loadb(json.ptr ? json.ptr : "", json.len, JSON_REJECT_DUPLICATES, &wrong);
    const char *name;
    json_t *value;
    *out = (struct situation){0};
    if (!document)
        return err_set(err, ERR_CONFIG, "facts: line %d, column %d: %s", wrong.line, wrong.column,
                       wrong.text);
    bool ok = json_is_object(document) || err_set(err, ERR_CONFIG, "facts: expected an object");
    json_object_foreach(document, name, value)
    {
        if (ok)
            ok = read_fact(out, name, value, arena, err);
    }
    json_decref(document);
    return ok;
}

/* Text -----------------------------------------------------------------------------------------------------
 */

static bool set_words(struct situation *situation, enum about about, struct slice text, struct arena *arena)
{
    struct slice rest = text;
    struct slice *words = arena_array(arena, text.len, sizeof *words);
    size_t count = 0;
    while (rest.ptr) {
        struct slice word = slice_trim(slice_cut(&rest, ','));
        if (!is_code(word))
            return false;
        words[count++] = arena_slice(arena, word);
    }
    situation_words(situation, about, words, count);
    return true;
}

static bool set_fact(struct situation *situation, enum about about, struct slice text, struct arena *arena)
{
    struct column column = about_column(about);
    int64_t number;
    switch (column.kind) {
    case COLUMN_NUMBER:
        if (!slice_to_i64(text, column.low, column.high, &number))
            return false;
        situation_number(situation, about, number);
        return true;
    case COLUMN_FLAG:
        situation_flag(situation, about, slice_is(text, "true"));
        return slice_is(text, "true") || slice_is(text, "false");
    case COLUMN_WORDS:
        return set_words(situation, about, text, arena);
    default:
        situation_word(situation, about, arena_slice(arena, text));
        return is_code(text) && (!column.words || word_number(column.words, text) >= 0);
    }
}

/* What a fact may be, in words. */
static const char *expected_of(enum about about, struct arena *arena)
{
    struct column column = about_column(about);
    const char *list = "";
    if (column.kind == COLUMN_NUMBER)
        return arena_printf(arena, "a whole number from %lld to %lld", (long long)column.low,
                            (long long)column.high);
    if (column.kind == COLUMN_FLAG)
        return "true or false";
    for (size_t i = 0; column.words && column.words[i]; i++)
        list = arena_printf(arena, "%s%s%s", list, i ? ", " : "one of ", column.words[i]);
    return *list ? list : column.kind == COLUMN_WORDS ? "words, separated by commas" : "a word";
}

bool situation_set(struct situation *situation, struct slice name, struct slice text, struct arena *arena,
                   struct err *err)
{
    enum about about = about_of(slice_trim(name));
    if (about == ABOUT_COUNT)
        return err_set(err, ERR_INVALID_PARAMETER, "\"%.*s\" is no fact",
                       (int)(name.len < 40 ? name.len : 40), name.ptr ? name.ptr : "");
    text = slice_trim(text);
    if (text.len == 0) {
        situation_words(situation, about, NULL, 0);
        return true;
    }
    return set_fact(situation, about, text, arena) ||
           err_set(err, ERR_INVALID_PARAMETER, "%s: \"%.*s\" is no value of it: expected %s",
                   about_name(about), (int)(text.len < 40 ? text.len : 40), text.ptr,
                   expected_of(about, arena));
}
