/* Item definitions: what a typeRef says. */
#include "dmn_own.h"

static int by_word(const void *a, const void *b)
{
    const struct dmn_key *x = a, *y = b;
    size_t shorter = x->word.len < y->word.len ? x->word.len : y->word.len;
    int order = shorter ? memcmp(x->word.ptr, y->word.ptr, shorter) : 0;
    if (order == 0 && x->word.len != y->word.len)
        order = x->word.len < y->word.len ? -1 : 1;
    return order;
}

void dmn_keys_sort(struct dmn_keys *keys)
{
    qsort(keys->list, keys->count, sizeof *keys->list, by_word);
}

const struct dmn_key *dmn_keys_find(const struct dmn_keys *keys, struct slice word)
{
    const struct dmn_key key = {.word = word};
    return keys->count ? bsearch(&key, keys->list, keys->count, sizeof key, by_word) : NULL;
}

void dmn_types_read(struct dmn_reader *reader)
{
    size_t room = dmn_count(reader->root, "itemDefinition"), count = 0;
    reader->definitions = arena_array(reader->arena, room, sizeof *reader->definitions);
    reader->types = arena_array(reader->arena, room, sizeof *reader->types);
    reader->type_states = arena_array(reader->arena, room, sizeof *reader->type_states);
    reader->type_keys.list = arena_array(reader->arena, room, sizeof *reader->type_keys.list);
    for (const struct dmn_node *node = dmn_child(reader->root, "itemDefinition"); node;
         node = dmn_next(node, "itemDefinition")) {
        reader->definitions[count] = node;
        reader->type_keys.list[count] = (struct dmn_key){dmn_attribute(node, "name"), count};
        count++;
    }
    reader->type_keys.count = count;
    dmn_keys_sort(&reader->type_keys);
}

/* "tns:tAge", "{urn:m}tAge" -> "tAge". */
static struct slice without_prefix(struct slice reference)
{
    const char *brace =
        reference.len && reference.ptr[0] == '{' ? memchr(reference.ptr, '}', reference.len) : NULL;
    if (brace)
        return slice_make(brace + 1, reference.len - (size_t)(brace - reference.ptr) - 1);
    for (size_t i = 0; i < reference.len; i++)
        if (reference.ptr[i] == ':')
            return slice_make(reference.ptr + i + 1, reference.len - i - 1);
    return reference;
}

static struct input_data type_of_node(struct dmn_reader *reader, const struct dmn_node *node);

static struct input_data known_type(struct dmn_reader *reader, size_t index)
{
    if (reader->type_states[index] == TYPE_VISITED)
        return (struct input_data){.type = TYPE_ANY}; /* a definition that leads back to itself */
    if (reader->type_states[index] == TYPE_NEW) {
        reader->type_states[index] = TYPE_VISITED;
        reader->types[index] = type_of_node(reader, reader->definitions[index]);
        reader->type_states[index] = TYPE_KNOWN;
    }
    return reader->types[index];
}

struct input_data dmn_type_of(struct dmn_reader *reader, struct slice reference)
{
    struct slice word = without_prefix(reference);
    const struct dmn_key *key = dmn_keys_find(&reader->type_keys, reference);
    enum value_type base = reference.len ? value_type_parse(word) : TYPE_ANY;
    if (base != TYPE_ANY)
        return (struct input_data){.type = base};
    if (!key)
        key = dmn_keys_find(&reader->type_keys, word);
    return key ? known_type(reader, key->index) : (struct input_data){.type = TYPE_ANY};
}

static void read_components(struct dmn_reader *reader, const struct dmn_node *node, struct input_data *type)
{
    size_t room = dmn_count(node, "itemComponent"), count = 0;
    struct input_data *components = arena_array(reader->arena, room, sizeof *components);
    for (const struct dmn_node *child = dmn_child(node, "itemComponent"); child;
         child = dmn_next(child, "itemComponent")) {
        components[count] = type_of_node(reader, child);
        components[count++].name = trim_all(dmn_attribute(child, "name"));
    }
    type->components = components;
    type->component_count = count;
}

/* Of an item definition or a component of one. */
static struct input_data type_of_node(struct dmn_reader *reader, const struct dmn_node *node)
{
    struct input_data type = dmn_type_of(reader, dmn_child_text(node, "typeRef"));
    const struct dmn_node *allowed = dmn_child(node, "allowedValues");
    const struct dmn_node *constraint = dmn_child(node, "typeConstraint"); /* of a list: of it as a whole */
    if (dmn_child(node, "itemComponent"))
        read_components(reader, node, &type);
    if (slice_is(dmn_attribute(node, "isCollection"), "true"))
        type.is_list = true;
    if (allowed)
        type.allowed = dmn_child_text(allowed, "text");
    else if (constraint && !type.is_list)
        type.allowed = dmn_child_text(constraint, "text");
    return type;
}
