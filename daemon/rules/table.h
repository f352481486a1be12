/*
 * A decision table (OMG DMN 1.5, chapter 8) as people write it: columns, rows with cells, hit policy. It is
 * what CSV and DMN files and the rows of the database are read into, what the checker reads, and what an
 * index (index.h) is built from. Plain data in one arena; the readers that make one promise what is said
 * here. table_decide() applies the hit policy to the rows that matched. Pure.
 */
#ifndef WIJZER_TABLE_H
#define WIJZER_TABLE_H

#include "test.h"

enum hit_policy {
    HIT_UNIQUE = 'U',
    HIT_ANY = 'A',
    HIT_PRIORITY = 'P',
    HIT_FIRST = 'F',
    HIT_COLLECT = 'C',
    HIT_RULE_ORDER = 'R',
    HIT_OUTPUT_ORDER = 'O'
};
enum aggregation {
    AGGREGATE_NONE = ' ',
    AGGREGATE_SUM = '+',
    AGGREGATE_COUNT = '#',
    AGGREGATE_MIN = '<',
    AGGREGATE_MAX = '>'
};

enum { TABLE_OUTPUT_BYTES = 256 * 1024 * 1024 }; /* that one decision may take */
enum { TABLE_INPUTS = 64, TABLE_OUTPUTS = 32, TABLE_RULES = 200000 };

struct input {
    struct slice name;  /* of the fact, or the text of the expression */
    struct slice label; /* for people; absent: the name */
    enum value_type type;
    bool is_any_of;                /* the fact is a set of words: see test.h */
    bool is_integer;               /* numbers are whole: 17.5 is no example person */
    const struct feel *expression; /* NULL: the fact called `name` */
    const struct value *allowed;   /* input values, or none */
    size_t allowed_count;
    const struct feel *allowed_tests; /* where the allowed values are tests ("[0..120]"), else NULL */
};

struct output {
    struct slice name; /* absent for the one output of a table that has no name for it */
    struct slice label;
    enum value_type type;
    const struct value *allowed; /* output values, in order of priority (P, O) */
    size_t allowed_count;
    const struct feel *otherwise; /* default output entry, or NULL */
};

struct rule {
    struct slice id;                   /* stable: "R07"; absent in files that have none */
    size_t line;                       /* where it stood in its file, 1-based; 0: nowhere */
    const struct test *tests;          /* one per input */
    const struct feel *const *outputs; /* one per output; an element may be NULL: null */
    const struct slice *annotations;   /* one per annotation column */
};

/* A case beside the table, which must come out as it says. */
struct example {
    struct slice id, sentence;
    size_t line;
    const struct value *facts;    /* one per input; VALUE_NULL: not known */
    const struct value *expected; /* one per output; VALUE_NULL: does not matter, unless ... */
    const bool *expects_null;     /* ... it must come out as nothing; NULL: no output must */
};

struct table {
    struct slice name; /* of the decision */
    struct slice id;
    enum hit_policy policy;
    enum aggregation aggregation;
    const struct input *inputs;
    size_t input_count;
    const struct output *outputs;
    size_t output_count;
    const struct slice *annotations; /* names of the annotation columns ("reason") */
    size_t annotation_count;
    const struct rule *rules; /* without the one for everything else */
    size_t rule_count;
    /* The row that holds when no other does: id and annotations; its outputs also stand in the outputs'
     * `otherwise`. NULL: there is none. */
    const struct rule *otherwise;
    const struct example *examples;
    size_t example_count;
    size_t ranked_by; /* 1 + the output that ranks the results of a list: of examples the first counts; 0:
                         none does */
    bool absent_is_unknown; /* facts that are not there make rows UNKNOWN (a region's tables); else null */
    /* Names beside those of the inputs that cells and expressions may use (of other facts and decisions, of
     * components that are more than one word); may be none. */
    const struct slice *names;
    size_t name_count;
};

/* Whether the example says how this output must come out. */
bool example_expects(const struct example *example, size_t output);

/* Something in a table that is not right, and where. */
struct table_fault {
    struct slice file; /* as the caller named it, or absent */
    size_t line;       /* 1-based, 0: unknown; of XML too */
    struct slice rule; /* id, or absent */
    struct slice column;
    struct slice text; /* what was found and what was expected */
};
struct table_faults {
    const struct table_fault *list;
    size_t count; /* at most TABLE_FAULTS are kept */
    size_t more;  /* that were not kept */
};
enum { TABLE_FAULTS = 100 };
void table_fault_add(struct table_faults *faults, struct arena *arena, struct table_fault fault);

/* Letters of the hit policy as people write it: "U", "C+"; false for what is none. */
bool hit_policy_parse(struct slice text, enum hit_policy *policy, enum aggregation *aggregation);
const char *hit_policy_text(enum hit_policy policy, enum aggregation aggregation);

/* Whether two tables say the same: columns, rows, examples, by canonical text; lines and the table's own name
 * and id are not looked at, nor whether an empty text is absent. False: *difference names the first thing
 * that differs. For tests, and for "nothing changed". */
bool table_equal(const struct table *a, const struct table *b, struct arena *arena, struct slice *difference);

/* What came out. `matched` are the indexes of all rows that matched, in table order; `deciding` those that
 * made the result, in the order of the result. */
struct outcome {
    struct value result; /* DMN's: one value, a context of the outputs' names, or lists of them; null */
    const uint32_t *matched;
    size_t matched_count;
    const uint32_t *deciding;
    size_t deciding_count;
    bool took_otherwise;     /* no row matched */
    const uint32_t *unknown; /* rows that could not be judged */
    size_t unknown_count;
    struct slice
        complaint; /* why the result is null though rows matched (two rows under U, ...), or absent */
};

/* No row matched: the default outputs, a bare value or a context, if any output has one; else null, under C
 * too (and under C#, whose count would hide that nothing was found). P and O: by the first output that has
 * allowed values, then the next; a value that is not allowed comes last; outputs without allowed values do
 * not count. C+, C< and C> are not defined over several outputs (8.2.11): null, with a complaint; C# counts
 * rows. With absent_is_unknown a row that could not be judged is never taken for one that did not match:
 * where it could have made the result (F: before the deciding row; P: of higher priority; aggregation: any;
 * all: no row matched) the result is null, with a complaint. Without, such a row does not match, as in the
 * standard. */

/* `variables` are all facts by name, for input expressions and cells that name others. Evaluates every cell
 * by test_decide(), row by row: exact, not fast. */
void table_decide(const struct table *table, const struct feel_scope *variables, struct arena *arena,
                  struct outcome *out);
/* Applies the hit policy to rows already found (ascending); unknown rows are not its business. */
void table_apply(const struct table *table, const uint32_t *matched, size_t count,
                 const struct feel_scope *variables, struct arena *arena, struct outcome *out);
/* The facts of the inputs, by evaluating their expressions: `input_count` of them. */
struct fact *table_facts(const struct table *table, const struct feel_scope *variables, struct arena *arena);

/* Examples that fail: index, and what came out instead. Empty when all pass. */
struct failed_example {
    size_t index;
    struct slice text; /* "expected offering "join-us", came "jpf" by R04" */
};
size_t table_examples(const struct table *table, struct arena *arena, const struct failed_example **out);

#endif
