/* Whether two tables say the same. */
#include <stdarg.h>
#include <stdio.h>

#include "table_text.h"

struct comparison {
    struct arena *arena;
    struct slice *difference;
};

static bool differ(const struct comparison *comparison, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool differ(const struct comparison *comparison, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    *comparison->difference = arena_slice(comparison->arena, slice_of(text));
    return false;
}

/* An empty text says as much as an absent one. */
static bool same_text(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool same_part(const struct comparison *comparison, const char *what, struct slice a, struct slice b)
{
    return same_text(a, b) || differ(comparison, "%s: %.*s <> %.*s", what, SLICE_FMT(a), SLICE_FMT(b));
}

static bool same_texts(const struct comparison *comparison, const char *what, const struct slice *a,
                       const struct slice *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!same_part(comparison, what, a[i], b[i]))
            return false;
    return true;
}

static bool same_number(const struct comparison *comparison, const char *what, size_t a, size_t b)
{
    return a == b || differ(comparison, "%s: %zu <> %zu", what, a, b);
}

static struct slice optional_text(const struct feel *feel, struct arena *arena)
{
    return feel ? feel_text(feel, arena) : SLICE_NONE;
}

static bool same_input(const struct comparison *c, const struct input *a, const struct input *b)
{
    struct slice name_a = a->expression ? feel_text(a->expression, c->arena) : a->name;
    struct slice name_b = b->expression ? feel_text(b->expression, c->arena) : b->name;
    struct slice label_a = a->label.len ? a->label : a->name, label_b = b->label.len ? b->label : b->name;
    return same_part(c, "input", name_a, name_b) && same_part(c, "label", label_a, label_b) &&
           same_number(c, "type of an input", a->type, b->type) &&
           same_number(c, "list", a->is_any_of, b->is_any_of) &&
           same_number(c, "integer", a->is_integer, b->is_integer) &&
           same_part(c, "allowed values of an input",
                     allowed_text(a->allowed, a->allowed_count, a->allowed_tests, c->arena),
                     allowed_text(b->allowed, b->allowed_count, b->allowed_tests, c->arena));
}

static bool same_output(const struct comparison *c, const struct output *a, const struct output *b)
{
    struct slice label_a = a->label.len ? a->label : a->name, label_b = b->label.len ? b->label : b->name;
    return same_part(c, "output", a->name, b->name) && same_part(c, "label", label_a, label_b) &&
           same_number(c, "type of an output", a->type, b->type) &&
           same_part(c, "allowed values of an output",
                     allowed_text(a->allowed, a->allowed_count, NULL, c->arena),
                     allowed_text(b->allowed, b->allowed_count, NULL, c->arena)) &&
           same_part(c, "default output", optional_text(a->otherwise, c->arena),
                     optional_text(b->otherwise, c->arena));
}

static bool same_columns(const struct comparison *c, const struct table *a, const struct table *b)
{
    if (!same_number(c, "inputs", a->input_count, b->input_count) ||
        !same_number(c, "outputs", a->output_count, b->output_count) ||
        !same_number(c, "annotations", a->annotation_count, b->annotation_count) ||
        !same_texts(c, "annotation", a->annotations, b->annotations, a->annotation_count))
        return false;
    for (size_t i = 0; i < a->input_count; i++)
        if (!same_input(c, &a->inputs[i], &b->inputs[i]))
            return false;
    for (size_t i = 0; i < a->output_count; i++)
        if (!same_output(c, &a->outputs[i], &b->outputs[i]))
            return false;
    return true;
}

static bool same_rule(const struct comparison *c, const struct table *table, const struct rule *a,
                      const struct rule *b)
{
    if (!same_part(c, "rule", a->id, b->id))
        return false;
    for (size_t i = 0; i < table->input_count; i++)
        if (!same_number(c, "kind of a cell", a->tests[i].kind, b->tests[i].kind) ||
            !same_part(c, "cell", cell_text(&a->tests[i], c->arena), cell_text(&b->tests[i], c->arena)))
            return false;
    for (size_t i = 0; i < table->output_count; i++)
        if (!same_part(c, "output of a rule", output_text(a->outputs[i], c->arena),
                       output_text(b->outputs[i], c->arena)))
            return false;
    return same_texts(c, "annotation of a rule", a->annotations, b->annotations, table->annotation_count);
}

/* Its outputs are the columns' defaults, which were compared; none at all is one that says nothing more. */
static bool same_otherwise(const struct comparison *c, const struct table *a, const struct table *b)
{
    const struct rule *x = a->otherwise, *y = b->otherwise;
    if (!same_part(c, "last row", x ? x->id : SLICE_NONE, y ? y->id : SLICE_NONE))
        return false;
    for (size_t i = 0; i < a->annotation_count; i++)
        if (!same_part(c, "annotation of the last row", x ? x->annotations[i] : SLICE_NONE,
                       y ? y->annotations[i] : SLICE_NONE))
            return false;
    return true;
}

static bool same_values(const struct comparison *c, const char *what, const struct value *a,
                        const struct value *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!value_equal(&a[i], &b[i]))
            return differ(c, "%s: %.*s <> %.*s", what, SLICE_FMT(value_text(&a[i], c->arena)),
                          SLICE_FMT(value_text(&b[i], c->arena)));
    return true;
}

static bool same_expectations(const struct comparison *c, const struct table *table, const struct example *a,
                              const struct example *b)
{
    for (size_t i = 0; i < table->output_count; i++)
        if (!same_number(c, "expectations", example_expects(a, i), example_expects(b, i)))
            return false;
    return same_values(c, "expected", a->expected, b->expected, table->output_count);
}

static bool same_example(const struct comparison *c, const struct table *table, const struct example *a,
                         const struct example *b)
{
    return same_part(c, "example", a->id, b->id) && same_part(c, "sentence", a->sentence, b->sentence) &&
           same_values(c, "fact", a->facts, b->facts, table->input_count) &&
           same_expectations(c, table, a, b);
}

bool table_equal(const struct table *a, const struct table *b, struct arena *arena, struct slice *difference)
{
    const struct comparison c = {arena, difference};
    if (!same_part(&c, "hit policy", slice_of(hit_policy_text(a->policy, a->aggregation)),
                   slice_of(hit_policy_text(b->policy, b->aggregation))) ||
        !same_number(&c, "absent is unknown", a->absent_is_unknown, b->absent_is_unknown) ||
        !same_columns(&c, a, b) || !same_number(&c, "rows", a->rule_count, b->rule_count) ||
        !same_number(&c, "examples", a->example_count, b->example_count) || !same_otherwise(&c, a, b))
        return false;
    for (size_t i = 0; i < a->rule_count; i++)
        if (!same_rule(&c, a, &a->rules[i], &b->rules[i]))
            return false;
    for (size_t i = 0; i < a->example_count; i++)
        if (!same_example(&c, a, &a->examples[i], &b->examples[i]))
            return false;
    return true;
}
