/* Private to feel*.c: the tree that is parsed, and what parser, evaluator and printer know of it. */
#ifndef WIJZER_FEEL_NODE_H
#define WIJZER_FEEL_NODE_H

#include "decimal.h"
#include "feel.h"
#include "moment.h"
#include "text.h"

/* Operators by level: the first bind least. A chain holds operands of one level, so that "1 + 2 + ... + 2000"
 * is not deep. */
enum level {
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_COMPARE,
    LEVEL_ADD,
    LEVEL_MULTIPLY,
    LEVEL_POWER,
    LEVEL_UNARY,
    LEVEL_POSTFIX
};

enum operator{
    OP_NONE,
    OP_OR,
    OP_AND,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_POWER,
    OPERATORS
};

enum node_kind {
    NODE_ABSENT,   /* an argument that is not given */
    NODE_CONSTANT, /* value */
    NODE_NAME,     /* name */
    NODE_INPUT,    /* ? */
    NODE_LIST,     /* items */
    NODE_CONTEXT,  /* items, names */
    NODE_RANGE,    /* items: low, high; has_low, has_high */
    NODE_CHAIN,    /* items, operators: one less */
    NODE_NEGATE,   /* items: 1 */
    NODE_BETWEEN,  /* items: value, low, high */
    NODE_IN,       /* items: value, tests */
    NODE_IF,       /* items: condition, then, else */
    NODE_FOR,      /* items: a domain per name, body; names */
    NODE_SOME,     /* the same */
    NODE_EVERY,
    NODE_STEPS,    /* items: low, high; a domain of for */
    NODE_CALL,     /* items: arguments by position; function */
    NODE_PATH,     /* items: 1; name */
    NODE_FILTER,   /* items: list, condition or index */
    NODE_INSTANCE, /* items: 1; name of the type */
    NODE_COMPARE,  /* a test: op, items: 1 */
    NODE_TESTS,    /* items: one of them must hold, none: anything does; negated */
    NODE_KINDS
};

struct function;

struct node {
    uint8_t kind; /* enum node_kind */
    uint8_t op;   /* enum operator */
    bool has_low, has_high;
    bool negated;
    bool has_input; /* a test: ? stands in it */
    uint16_t depth; /* of the tree below */
    uint32_t count; /* of items */
    union {
        struct value value;
        struct {
            const struct node *items;
            union {
                const uint8_t *operators;
                const struct slice *names;
                const struct function *function;
            };
            struct slice name;
        };
    };
};

struct feel {
    struct node root; /* NODE_TESTS, or an expression */
};

const char *operator_text(enum operator op);
enum level operator_level(enum operator op);

/* Evaluation -----------------------------------------------------------------------------------------------
 */

enum { FEEL_BYTES = 4 * 1024 * 1024 }; /* that one evaluation may allocate */

/* Names in scope; the innermost first. */
struct frame {
    const struct entry *entries;
    size_t count;
    const struct value *item; /* whose members are names too, or NULL */
    const struct frame *outer;
};

struct evaluator {
    struct arena *arena;
    const struct frame *frame;
    const struct value *input; /* ?, or NULL */
    size_t steps, bytes;       /* left */
    bool is_exhausted;         /* nothing that comes out counts any more */
};

struct value evaluate(struct evaluator *ev, const struct node *node);
/* Takes steps, or bytes with as many steps; false where there are no more. */
bool charge(struct evaluator *ev, size_t steps);
/* Zeroed; NULL where there is no more. */
void *evaluator_alloc(struct evaluator *ev, size_t count, size_t size);
/* A list or a context of what was evaluated: takes a step for each value in it, at every depth, so that
 * values which share parts cannot grow without bound. */
struct value list_of(struct evaluator *ev, const struct value *items, size_t count);
struct value context_of(struct evaluator *ev, const struct entry *entries, size_t count);
/* Text that was made: takes its bytes. */
struct value string_of(struct evaluator *ev, struct slice text);
struct value number_of(struct decimal number);

/* a = b: null where both are there but of different kinds. */
struct value equals(const struct value *a, const struct value *b);
struct value truth_value(enum truth truth);
enum truth truth_of(const struct value *value); /* what is no boolean is UNKNOWN */
enum truth truth_not(enum truth truth);
/* Two values of an order: YES, NO, or UNKNOWN where FEEL says null. */
enum truth compare(enum operator op, const struct value *a, const struct value *b);
enum truth range_includes(const struct range *range, const struct value *value);
/* One test, or NODE_TESTS, on ev->input. */
enum truth evaluate_test(struct evaluator *ev, const struct node *test);
struct value arithmetic(struct evaluator *ev, enum operator op, const struct value *a, const struct value *b);
/* a.name: of a context, a moment, a range; of a list, of each. */
struct value member_of(struct evaluator *ev, const struct value *value, struct slice name);
bool is_instance(const struct value *value, struct slice type);

/* Built-in functions ---------------------------------------------------------------------------------------
 */

struct function {
    const char *name;
    const char *parameters; /* "from|year,month,day": names by position, for each way of calling */
    uint8_t least, most;    /* arguments */
    bool is_literal;        /* of constants it is one itself: date("2026-11-22") */
    struct value (*run)(struct evaluator *ev, const struct value *arguments, size_t count);
};

enum { MANY_ARGUMENTS = 255 };

/* The function that has the longest name at the start of `text`, with a "(" behind it; *length is of the
 * name. */
const struct function *function_match(struct slice text, size_t *length);
/* The tables of feel_builtins*.c, each ending with a function without a name. */
extern const struct function functions_of_values[];
extern const struct function functions_of_text[];
extern const struct function functions_of_lists[];
extern const struct function functions_of_ranges[];

/* The parser -----------------------------------------------------------------------------------------------
 */

enum token_kind {
    TOKEN_END,
    TOKEN_BAD, /* the fault has been noted */
    TOKEN_NUMBER,
    TOKEN_STRING,
    TOKEN_AT,   /* @"..." */
    TOKEN_NAME, /* a name, or with FEEL_BARE_WORDS a word */
    TOKEN_FUNCTION,
    TOKEN_OPERATOR,
    TOKEN_NOT,
    TOKEN_TRUE,
    TOKEN_FALSE,
    TOKEN_NULL,
    TOKEN_IF,
    TOKEN_THEN,
    TOKEN_ELSE,
    TOKEN_FOR,
    TOKEN_RETURN,
    TOKEN_SOME,
    TOKEN_EVERY,
    TOKEN_SATISFIES,
    TOKEN_IN,
    TOKEN_BETWEEN,
    TOKEN_INSTANCE,
    TOKEN_OF,
    TOKEN_OPEN,          /* ( */
    TOKEN_CLOSE,         /* ) */
    TOKEN_BRACKET,       /* [ */
    TOKEN_BRACKET_CLOSE, /* ] */
    TOKEN_BRACE,         /* { */
    TOKEN_BRACE_CLOSE,   /* } */
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_DOT,
    TOKEN_DOTS, /* .. */
    TOKEN_QUESTION
};

struct token {
    enum token_kind kind;
    enum operator op;
    size_t start, end; /* bytes */
    struct slice text; /* a name; a string without its escapes */
    struct decimal number;
    const struct function *function;
    bool is_known; /* a name that was declared */
};

struct local { /* a name that for, some, every or a context declares */
    struct slice name;
    const struct local *outer;
};

struct parser {
    struct slice text;
    const struct feel_syntax *syntax;
    struct arena *arena;
    struct feel_fault *fault;
    const struct local *locals;
    struct token token;
    unsigned depth;
    unsigned in_members; /* inside a filter: names of members are not known */
    bool is_range_end;   /* the end of a range: "[" may close it */
    bool saw_input;      /* ? since this was last cleared */
    bool has_failed;
};

/* Reads the token that begins at or behind byte `at`. */
void lex(struct parser *parser, size_t at);
static inline void advance(struct parser *parser)
{
    lex(parser, parser->token.end);
}
/* A name behind "." or before ":": identifiers with single spaces between them, up to a keyword, or a known
 * name that is longer. From *end, which moves behind it. Absent: there is none. */
struct slice lex_member(struct parser *parser, size_t *end);
/* Where `name` ends if it stands at `at`, else 0. One space in it is any number in the text. */
size_t match_name(struct slice text, size_t at, struct slice name);
/* The first byte at or behind `at` that is no space and in no comment. */
size_t skip_space(struct slice text, size_t at);
/* Notes the fault if it is the first; false. */
bool fail_at(struct parser *parser, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "expected ..., found ...", at the token. */
bool fail_expected(struct parser *parser, const char *expected);
/* A code that may stand without quotes where FEEL_BARE_WORDS holds: letters, digits, _ and - within. */
bool is_bare_word(struct slice text);

bool parse_expression(struct parser *parser, struct node *out);
/* One or more tests with commas between them, up to what is no comma. */
bool parse_tests(struct parser *parser, struct node *out);

/* Items of a node while they are read. */
struct node_list {
    struct node *items;
    uint32_t count, room;
};
struct node *node_add(struct arena *arena, struct node_list *list);

#endif
