#include "wire_read.h"

#include "json_in.h"

enum { KEY_SHOWN = 64 }; /* of the name of an unknown member */

struct reader {
    struct arena *arena;
    struct issues *issues;
};

/* Where we are, as a chain back to the root: a pointer is only written when something is wrong. */
struct place {
    const struct place *parent;
    struct slice name; /* absent: an element, by index */
    size_t index;
};

static struct slice escape_name(struct arena *arena, struct slice name)
{
    char *out = arena_alloc(arena, name.len * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        out[len++] = c == '~' || c == '/' ? '~' : c;
        if (c == '~' || c == '/')
            out[len++] = c == '~' ? '0' : '1';
    }
    return slice_make(out, len);
}

/* RFC 6901; the root (NULL) is the empty text. */
static struct slice pointer_to(struct arena *arena, const struct place *place)
{
    if (!place)
        return slice_of("");
    struct slice parent = pointer_to(arena, place->parent);
    if (!place->name.ptr)
        return slice_of(arena_printf(arena, "%.*s/%zu", SLICE_FMT(parent), place->index));
    struct slice name = escape_name(arena, place->name);
    return slice_of(arena_printf(arena, "%.*s/%.*s", SLICE_FMT(parent), SLICE_FMT(name)));
}

#define COMPLAIN(reader, place, ...)                                                                         \
    issues_add((reader)->issues, pointer_to((reader)->arena, (place)), __VA_ARGS__)

static struct slice text_of(const json_t *value)
{
    return slice_make(json_string_value(value), json_string_length(value));
}

static bool is_one_of(struct slice text, const char *const *words)
{
    while (*words && !slice_is(text, *words))
        words++;
    return *words != NULL;
}

static void complain_word(struct reader *reader, const struct place *place, const char *const *words)
{
    const char *list = words[0];
    for (size_t i = 1; words[i]; i++)
        list = arena_printf(reader->arena, "%s, %s", list, words[i]);
    COMPLAIN(reader, place, "unknown-word", "expected one of: %s", list);
}

/* One text against its limits; the first thing that is wrong is told. */
static bool check_text(struct reader *reader, const struct place *place, const struct field *field,
                       struct slice text, int64_t min, int64_t max)
{
    if (field->words) {
        if (is_one_of(text, field->words))
            return true;
        complain_word(reader, place, field->words);
        return false;
    }
    int64_t length = wire_is_blank(text) ? 0 : (int64_t)slice_utf8_length(text);
    if (length == 0 && min > 0)
        COMPLAIN(reader, place, "too-short", "expected %s; it is empty", field->form->expected);
    else if (length < min)
        COMPLAIN(reader, place, "too-short", "expected at least %lld characters", (long long)min);
    else if ((int64_t)slice_utf8_length(text) > max)
        COMPLAIN(reader, place, "too-long", "expected at most %lld characters", (long long)max);
    else if (!field->form->fits(text))
        COMPLAIN(reader, place, field->form->code, "expected %s", field->form->expected);
    else
        return true;
    return false;
}

static void read_text(struct reader *reader, const struct place *place, const struct field *field,
                      const json_t *value, void *out)
{
    if (!json_is_string(value)) {
        COMPLAIN(reader, place, "type", "expected a text");
        return;
    }
    struct slice text = text_of(value);
    if (!check_text(reader, place, field, text, field->min, field->max))
        return;
    *(struct slice *)out = wire_is_blank(text) ? slice_of(field->fallback) : arena_slice(reader->arena, text);
}

static void read_integer(struct reader *reader, const struct place *place, const struct field *field,
                         const json_t *value, void *out)
{
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value))
        COMPLAIN(reader, place, "type", "expected a whole number");
    else if (number < field->min || number > field->max)
        COMPLAIN(reader, place, "range", "expected a number from %lld to %lld", (long long)field->min,
                 (long long)field->max);
    else
        *(int *)out = (int)number;
}

/* 0 or 1 into an int, whose value before says that it was left out. */
static void read_flag(struct reader *reader, const struct place *place, const json_t *value, void *out)
{
    if (!json_is_boolean(value))
        COMPLAIN(reader, place, "type", "expected true or false");
    else
        *(int *)out = json_is_true(value);
}

static bool is_among(struct slice text, const struct slice *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(text, list[i]))
            return true;
    return false;
}

static bool check_count(struct reader *reader, const struct place *place, const struct field *field,
                        size_t count)
{
    if ((int64_t)count < field->min)
        COMPLAIN(reader, place, "too-few", "expected at least %lld", (long long)field->min);
    else if ((int64_t)count > field->max)
        COMPLAIN(reader, place, "too-many", "expected at most %lld", (long long)field->max);
    else
        return true;
    return false;
}

/* A list of distinct texts into `list`, which has room for field->max. */
static void read_list(struct reader *reader, const struct place *place, const struct field *field,
                      const json_t *value, struct slice *list, size_t *count)
{
    if (!json_is_array(value)) {
        COMPLAIN(reader, place, "type", "expected a list");
        return;
    }
    if (!check_count(reader, place, field, json_array_size(value)))
        return;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *element = json_array_get(value, i);
        struct place here = {place, SLICE_NONE, i};
        if (!json_is_string(element))
            COMPLAIN(reader, &here, "type", "expected a text");
        else if (is_among(text_of(element), list, *count))
            COMPLAIN(reader, &here, "duplicate", "it is in the list already");
        else if (check_text(reader, &here, field, text_of(element), 1, WORD_LENGTH))
            list[(*count)++] = arena_slice(reader->arena, text_of(element));
    }
}

static void read_record(struct reader *reader, const struct place *place, const struct record *record,
                        const json_t *value, char *out);

/* A list of records into memory of its own: even an empty one is there afterwards. */
static void read_records(struct reader *reader, const struct place *place, const struct field *field,
                         const json_t *value, char **list, size_t *count)
{
    if (!json_is_array(value)) {
        COMPLAIN(reader, place, "type", "expected a list");
        return;
    }
    size_t size = json_array_size(value);
    if (!check_count(reader, place, field, size))
        return;
    *list = arena_array(reader->arena, size + 1, field->record->size);
    memset(*list, 0, (size + 1) * field->record->size);
    for (size_t i = 0; i < size; i++) {
        struct place here = {place, SLICE_NONE, i};
        read_record(reader, &here, field->record, json_array_get(value, i),
                    *list + (*count)++ * field->record->size);
    }
}

static void read_field(struct reader *reader, const struct place *place, const struct field *field,
                       const json_t *value, char *out)
{
    char *member = out + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
        read_text(reader, place, field, value, member);
        break;
    case FIELD_INTEGER:
        read_integer(reader, place, field, value, member);
        break;
    case FIELD_FLAG:
        read_flag(reader, place, value, member);
        break;
    case FIELD_LIST:
        read_list(reader, place, field, value, (struct slice *)(void *)member,
                  (size_t *)(void *)(out + field->count_offset));
        break;
    case FIELD_RECORD:
        read_record(reader, place, field->record, value, member);
        break;
    case FIELD_RECORDS:
        read_records(reader, place, field, value, (char **)(void *)member,
                     (size_t *)(void *)(out + field->count_offset));
        break;
    }
}

static void complain_unknown(struct reader *reader, const struct place *place)
{
    /* Whoever sends an endless name does not get it back. */
    if (place->name.len > KEY_SHOWN)
        COMPLAIN(reader, place->parent, "unknown-field",
                 "a field with a name longer than %d bytes is not known here", KEY_SHOWN);
    else
        COMPLAIN(reader, place, "unknown-field", "this field is not known here");
}

static const struct field *find_field(const struct record *record, struct slice name)
{
    for (size_t i = 0; i < record->count; i++)
        if (slice_is(name, record->fields[i].name))
            return &record->fields[i];
    return NULL;
}

/* For what was left out: the fallback, or a complaint. */
static void read_absent(struct reader *reader, const struct place *place, const struct field *field,
                        char *out)
{
    struct place here = {place, slice_of(field->name), 0};
    if (field->required)
        COMPLAIN(reader, &here, "required", "this field is missing");
    else if (field->type == FIELD_TEXT)
        *(struct slice *)(void *)(out + field->offset) = slice_of(field->fallback);
}

/* `out` is zeroed memory of the record's C type. */
static void read_record(struct reader *reader, const struct place *place, const struct record *record,
                        const json_t *value, char *out)
{
    if (!json_is_object(value)) {
        COMPLAIN(reader, place, "type", "expected an object");
        return;
    }
    /* jansson iterates in the order of the document. */
    for (void *at = json_object_iter((json_t *)value); at; at = json_object_iter_next((json_t *)value, at)) {
        struct place here = {place, slice_make(json_object_iter_key(at), json_object_iter_key_len(at)), 0};
        const struct field *field = find_field(record, here.name);
        if (field)
            read_field(reader, &here, field, json_object_iter_value(at), out);
        else
            complain_unknown(reader, &here);
    }
    for (size_t i = 0; i < record->count; i++)
        if (!json_object_get(value, record->fields[i].name))
            read_absent(reader, place, &record->fields[i], out);
}

bool wire_settle(const struct issues *issues, struct err *err)
{
    if (issues->count == 0)
        return true;
    return err_set(err, ERR_INVALID_BODY, "%zu problem%s in the body, the first is %s", issues->count,
                   issues->count == 1 ? "" : "s", issues->list[0].code);
}

bool wire_read(struct slice json, struct arena *arena, const struct record *record, void *out,
               struct issues *issues, struct err *err)
{
    issues->arena = arena;
    issues->count = 0;
    json_t *root = json_in_read(json, err);
    if (!root)
        return false;
    struct reader reader = {arena, issues};
    read_record(&reader, NULL, record, root, out);
    json_decref(root);
    return true;
}
