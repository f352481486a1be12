#include "feel_regex.h"

#define INFINITE UINT32_MAX

enum opcode { RE_RUNE, RE_ANY, RE_CLASS, RE_START, RE_END, RE_SAVE, RE_SPLIT, RE_JUMP, RE_MATCH };

struct rune_range {
    uint32_t low, high;
};

struct instruction {
    enum opcode op;
    uint32_t rune;    /* RE_RUNE; RE_SAVE: the slot */
    int first, other; /* RE_SPLIT, RE_JUMP: relative, the one preferred first */
    const struct rune_range *ranges;
    uint32_t range_count;
    bool negated;
};

enum { SLOTS = REGEX_GROUPS * 2 };

struct thread {
    int at;
    size_t slots[SLOTS];
};

struct regex {
    struct instruction program[REGEX_PROGRAM];
    int length;
    unsigned groups;
    bool ignore_case, multi_line, dot_all, skip_space, is_literal;
    /* room for matching, one per instruction */
    struct thread *now, *next;
    size_t *seen; /* 1 + the position at which the instruction was added last */
};

/* Letters --------------------------------------------------------------------------------------------------
 */

uint32_t rune_lower(uint32_t rune)
{
    if ((rune >= 'A' && rune <= 'Z') || (rune >= 0xC0 && rune <= 0xDE && rune != 0xD7))
        return rune + 0x20;
    if ((rune >= 0x100 && rune <= 0x12F) || (rune >= 0x132 && rune <= 0x137) ||
        (rune >= 0x14A && rune <= 0x177))
        return rune | 1;
    if ((rune >= 0x139 && rune <= 0x148) || (rune >= 0x179 && rune <= 0x17E))
        return rune + (rune & 1);
    return rune == 0x178 ? 0xFF : rune;
}

uint32_t rune_upper(uint32_t rune)
{
    if ((rune >= 'a' && rune <= 'z') || (rune >= 0xE0 && rune <= 0xFE && rune != 0xF7))
        return rune - 0x20;
    if ((rune >= 0x100 && rune <= 0x12F) || (rune >= 0x132 && rune <= 0x137) ||
        (rune >= 0x14A && rune <= 0x177))
        return rune & ~1U;
    if ((rune >= 0x139 && rune <= 0x148) || (rune >= 0x179 && rune <= 0x17E))
        return rune - !(rune & 1);
    return rune == 0xFF ? 0x178 : rune;
}

/* Compiling ------------------------------------------------------------------------------------------------
 */

struct compiler {
    struct evaluator *ev;
    struct regex *regex;
    struct slice pattern;
    size_t at;
    unsigned depth;
    bool has_failed;
};

static bool fail(struct compiler *c)
{
    c->has_failed = true;
    return false;
}

static bool insert(struct compiler *c, int at, struct instruction instruction)
{
    struct regex *regex = c->regex;
    if (regex->length == REGEX_PROGRAM)
        return fail(c);
    memmove(&regex->program[at + 1], &regex->program[at],
            (size_t)(regex->length - at) * sizeof regex->program[0]);
    regex->program[at] = instruction;
    regex->length++;
    return true;
}

static bool emit(struct compiler *c, struct instruction instruction)
{
    return insert(c, c->regex->length, instruction);
}

/* Code has relative jumps and may be copied. */
static bool repeat_code(struct compiler *c, int start, int end)
{
    for (int i = start; i < end; i++)
        if (!emit(c, c->regex->program[i]))
            return false;
    return true;
}

static bool more(struct compiler *c)
{
    while (c->regex->skip_space && c->at < c->pattern.len && strchr(" \t\r\n", c->pattern.ptr[c->at]))
        c->at++;
    return c->at < c->pattern.len;
}

static bool take(struct compiler *c, char sign)
{
    if (!more(c) || c->pattern.ptr[c->at] != sign)
        return false;
    c->at++;
    return true;
}

/* \d and its like; false: `letter` is none of them. */
static bool class_of(char letter, const struct rune_range **ranges, uint32_t *count, bool *negated)
{
    static const struct rune_range digits[] = {{'0', '9'}};
    static const struct rune_range spaces[] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};
    static const struct rune_range words[] = {{'0', '9'},   {'A', 'Z'},   {'_', '_'},     {'a', 'z'},
                                              {0xAA, 0xAA}, {0xB5, 0xB5}, {0xC0, 0x1FFF}, {0x2C00, 0x10FFFF}};
    static const struct {
        char letter;
        const struct rune_range *ranges;
        uint32_t count;
    } classes[] = {{'d', digits, 1}, {'s', spaces, 3}, {'w', words, 8}};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if ((letter | 0x20) != classes[i].letter)
            continue;
        *ranges = classes[i].ranges;
        *count = classes[i].count;
        *negated = letter < 'a';
        return true;
    }
    return false;
}

/* The character that an escape stands for. */
static bool escaped(char letter, uint32_t *rune)
{
    static const char letters[] = "nrt", runes[] = "\n\r\t", signs[] = "\\|.-^?*+{}()[]$/\"' ";
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (found)
        *rune = (uint32_t)runes[found - letters];
    else if (letter && strchr(signs, letter))
        *rune = (uint32_t)letter;
    else
        return false;
    return true;
}

struct class
{
    struct rune_range ranges[64];
    uint32_t count;
};

static bool class_add(struct compiler *c, struct class *class, uint32_t low, uint32_t high)
{
    if (class->count == sizeof class->ranges / sizeof class->ranges[0] || low > high)
        return fail(c);
    class->ranges[class->count++] = (struct rune_range){low, high};
    return true;
}

/* \d within brackets; \D there is not understood. */
static bool class_add_named(struct compiler *c, struct class *class, char letter)
{
    const struct rune_range *ranges;
    uint32_t count;
    bool negated;
    if (!class_of(letter, &ranges, &count, &negated) || negated)
        return fail(c);
    for (uint32_t i = 0; i < count; i++)
        if (!class_add(c, class, ranges[i].low, ranges[i].high))
            return false;
    return true;
}

/* One character within brackets; *is_named: a class was added instead. */
static bool class_rune(struct compiler *c, struct class *class, uint32_t *rune, bool *is_named)
{
    *is_named = false;
    if (c->at >= c->pattern.len || c->pattern.ptr[c->at] == '[')
        return fail(c);
    if (c->pattern.ptr[c->at] != '\\') {
        *rune = rune_next(c->pattern, &c->at);
        return true;
    }
    if (++c->at >= c->pattern.len)
        return fail(c);
    char letter = c->pattern.ptr[c->at++];
    if (escaped(letter, rune))
        return true;
    *is_named = true;
    return class_add_named(c, class, letter);
}

static bool compile_class(struct compiler *c)
{
    struct class class = {.count = 0};
    struct instruction instruction = {.op = RE_CLASS};
    uint32_t low, high;
    bool is_named;
    instruction.negated = c->at < c->pattern.len && c->pattern.ptr[c->at] == '^';
    c->at += instruction.negated;
    do {
        if (!class_rune(c, &class, &low, &is_named))
            return false;
        if (is_named)
            continue;
        high = low;
        bool is_range =
            c->at + 1 < c->pattern.len && c->pattern.ptr[c->at] == '-' && c->pattern.ptr[c->at + 1] != ']';
        if (is_range) {
            c->at++;
            if (!class_rune(c, &class, &high, &is_named) || is_named)
                return fail(c);
        }
        if (!class_add(c, &class, low, high))
            return false;
    } while (c->at < c->pattern.len && c->pattern.ptr[c->at] != ']');
    if (c->at >= c->pattern.len)
        return fail(c);
    c->at++;
    struct rune_range *ranges = evaluator_alloc(c->ev, class.count, sizeof *ranges);
    if (!ranges)
        return fail(c);
    memcpy(ranges, class.ranges, class.count * sizeof *ranges);
    instruction.ranges = ranges;
    instruction.range_count = class.count;
    return emit(c, instruction);
}

static bool compile_choice(struct compiler *c);

static bool compile_group(struct compiler *c)
{
    bool is_plain =
        c->at + 1 < c->pattern.len && c->pattern.ptr[c->at] == '?' && c->pattern.ptr[c->at + 1] == ':';
    unsigned group = 0;
    c->at += is_plain ? 2 : 0;
    if (++c->depth > FEEL_DEPTH)
        return fail(c);
    if (!is_plain && c->regex->groups + 1 < REGEX_GROUPS)
        group = ++c->regex->groups;
    if (group && !emit(c, (struct instruction){.op = RE_SAVE, .rune = group * 2}))
        return false;
    if (!compile_choice(c) || !take(c, ')'))
        return fail(c);
    c->depth--;
    return !group || emit(c, (struct instruction){.op = RE_SAVE, .rune = group * 2 + 1});
}

static bool compile_escape(struct compiler *c)
{
    struct instruction instruction = {.op = RE_CLASS};
    if (c->at >= c->pattern.len)
        return fail(c);
    char letter = c->pattern.ptr[c->at++];
    if (class_of(letter, &instruction.ranges, &instruction.range_count, &instruction.negated))
        return emit(c, instruction);
    instruction = (struct instruction){.op = RE_RUNE};
    return escaped(letter, &instruction.rune) ? emit(c, instruction) : fail(c);
}

static bool compile_atom(struct compiler *c)
{
    uint32_t rune = rune_next(c->pattern, &c->at);
    switch (c->regex->is_literal ? 0 : rune) {
    case '.':
        return emit(c, (struct instruction){.op = RE_ANY});
    case '^':
        return emit(c, (struct instruction){.op = RE_START});
    case '$':
        return emit(c, (struct instruction){.op = RE_END});
    case '[':
        return compile_class(c);
    case '(':
        return compile_group(c);
    case '\\':
        return compile_escape(c);
    case '*':
    case '+':
    case '?':
    case '{':
    case '}':
    case ']':
        return fail(c);
    default:
        return emit(c, (struct instruction){.op = RE_RUNE, .rune = rune});
    }
}

static struct instruction split(int first, int other, bool is_lazy)
{
    return (struct instruction){
        .op = RE_SPLIT, .first = is_lazy ? other : first, .other = is_lazy ? first : other};
}

/* Makes the code from `start` one that is there least..most times. */
static bool repeat(struct compiler *c, int start, uint32_t least, uint32_t most, bool is_lazy)
{
    int length = c->regex->length - start, end = c->regex->length;
    if (most == 0) {
        c->regex->length = start;
        return true;
    }
    for (uint32_t i = 1; i < least; i++)
        if (!repeat_code(c, start, end))
            return false;
    if (most == INFINITE && least > 0)
        return emit(c, split(-length, 1, is_lazy));
    if (most == INFINITE)
        return insert(c, start, split(1, length + 2, is_lazy)) &&
               emit(c, (struct instruction){.op = RE_JUMP, .first = -length - 1});
    /* Each further one may be left out, and with it those behind it: to the end of all. */
    uint32_t optional = most - (least ? least : 1);
    int total = (int)optional * (length + 1);
    if (optional > REGEX_PROGRAM)
        return fail(c);
    if (least == 0) {
        if (!insert(c, start, split(1, length + 1 + total, is_lazy)))
            return false;
        start++, end++;
    }
    for (uint32_t i = 0; i < optional; i++, total -= length + 1)
        if (!emit(c, split(1, total, is_lazy)) || !repeat_code(c, start, end))
            return false;
    return true;
}

static bool read_count(struct compiler *c, uint32_t *count)
{
    size_t digits = 0;
    for (*count = 0; c->at < c->pattern.len && c->pattern.ptr[c->at] >= '0' && c->pattern.ptr[c->at] <= '9';
         c->at++, digits++)
        *count = *count * 10 + (uint32_t)(c->pattern.ptr[c->at] - '0');
    return (digits > 0 && digits < 5) || fail(c);
}

static bool compile_quantifier(struct compiler *c, int start)
{
    uint32_t least = 1, most = 1;
    if (c->regex->is_literal)
        return true;
    if (take(c, '*')) {
        least = 0, most = INFINITE;
    } else if (take(c, '+')) {
        most = INFINITE;
    } else if (take(c, '?')) {
        least = 0;
    } else if (take(c, '{')) {
        if (!read_count(c, &least))
            return false;
        most = least;
        if (take(c, ',')) {
            most = INFINITE;
            if (more(c) && c->pattern.ptr[c->at] != '}' && !read_count(c, &most))
                return false;
        }
        if (!take(c, '}') || most < least)
            return fail(c);
    } else {
        return true;
    }
    return repeat(c, start, least, most, take(c, '?'));
}

static bool compile_sequence(struct compiler *c)
{
    while (more(c) && (c->regex->is_literal || !strchr("|)", c->pattern.ptr[c->at]))) {
        int start = c->regex->length;
        if (!compile_atom(c) || !compile_quantifier(c, start))
            return false;
    }
    return true;
}

/* a|b|c: each but the last is split off from the rest, and jumps behind it. */
static bool compile_choice(struct compiler *c)
{
    int jumps[64];
    size_t count = 0;
    int start = c->regex->length;
    if (!compile_sequence(c))
        return false;
    while (!c->regex->is_literal && take(c, '|')) {
        if (count == sizeof jumps / sizeof jumps[0] ||
            !insert(c, start, split(1, c->regex->length - start + 2, false)))
            return fail(c);
        jumps[count++] = c->regex->length;
        if (!emit(c, (struct instruction){.op = RE_JUMP}))
            return false;
        start = c->regex->length;
        if (!compile_sequence(c))
            return false;
    }
    while (count--)
        c->regex->program[jumps[count]].first = c->regex->length - jumps[count];
    return true;
}

static bool read_flags(struct regex *regex, struct slice flags)
{
    for (size_t i = 0; i < flags.len; i++) {
        bool *flag = flags.ptr[i] == 'i'   ? &regex->ignore_case
                     : flags.ptr[i] == 'm' ? &regex->multi_line
                     : flags.ptr[i] == 's' ? &regex->dot_all
                     : flags.ptr[i] == 'x' ? &regex->skip_space
                     : flags.ptr[i] == 'q' ? &regex->is_literal
                                           : NULL;
        if (!flag)
            return false;
        *flag = true;
    }
    regex->skip_space = regex->skip_space && !regex->is_literal;
    return true;
}

struct regex *regex_compile(struct evaluator *ev, struct slice pattern, struct slice flags)
{
    struct regex *regex = pattern.len <= REGEX_PATTERN ? evaluator_alloc(ev, 1, sizeof *regex) : NULL;
    struct compiler c = {.ev = ev, .regex = regex, .pattern = pattern};
    if (!regex || !read_flags(regex, flags) || !emit(&c, (struct instruction){.op = RE_SAVE}) ||
        !compile_choice(&c) || c.at < pattern.len || c.has_failed)
        return NULL;
    if (!emit(&c, (struct instruction){.op = RE_SAVE, .rune = 1}) ||
        !emit(&c, (struct instruction){.op = RE_MATCH}))
        return NULL;
    regex->now = evaluator_alloc(ev, (size_t)regex->length, sizeof *regex->now);
    regex->next = evaluator_alloc(ev, (size_t)regex->length, sizeof *regex->next);
    regex->seen = evaluator_alloc(ev, (size_t)regex->length, sizeof *regex->seen);
    return regex->now && regex->next && regex->seen ? regex : NULL;
}

/* Matching -------------------------------------------------------------------------------------------------
 */

struct thread_list {
    struct thread *threads;
    int count;
};

struct machine {
    const struct regex *regex;
    struct slice text;
    size_t position;
};

static bool at_line(const struct machine *m, enum opcode op)
{
    size_t at = m->position;
    if (op == RE_START)
        return at == 0 || (m->regex->multi_line && m->text.ptr[at - 1] == '\n');
    return at == m->text.len || (m->regex->multi_line && m->text.ptr[at] == '\n');
}

/* Adds the thread at `at`, following what reads no character; in order of preference. */
static void add_thread(struct machine *m, struct thread_list *list, int at, const size_t slots[SLOTS])
{
    const struct instruction *instruction = &m->regex->program[at];
    size_t changed[SLOTS];
    if (m->regex->seen[at] == m->position + 1)
        return;
    m->regex->seen[at] = m->position + 1;
    switch (instruction->op) {
    case RE_JUMP:
        add_thread(m, list, at + instruction->first, slots);
        return;
    case RE_SPLIT:
        add_thread(m, list, at + instruction->first, slots);
        add_thread(m, list, at + instruction->other, slots);
        return;
    case RE_SAVE:
        memcpy(changed, slots, sizeof changed);
        changed[instruction->rune] = m->position;
        add_thread(m, list, at + 1, changed);
        return;
    case RE_START:
    case RE_END:
        if (at_line(m, instruction->op))
            add_thread(m, list, at + 1, slots);
        return;
    default:
        list->threads[list->count].at = at;
        memcpy(list->threads[list->count++].slots, slots, sizeof changed);
    }
}

static bool in_class(const struct instruction *instruction, uint32_t rune)
{
    for (uint32_t i = 0; i < instruction->range_count; i++)
        if (rune >= instruction->ranges[i].low && rune <= instruction->ranges[i].high)
            return true;
    return false;
}

static bool reads(const struct regex *regex, const struct instruction *instruction, uint32_t rune)
{
    bool fold = regex->ignore_case;
    switch (instruction->op) {
    case RE_ANY:
        return regex->dot_all || (rune != '\n' && rune != '\r');
    case RE_RUNE:
        return instruction->rune == rune || (fold && rune_lower(instruction->rune) == rune_lower(rune));
    case RE_CLASS:
        return (in_class(instruction, rune) || (fold && (in_class(instruction, rune_lower(rune)) ||
                                                         in_class(instruction, rune_upper(rune))))) !=
               instruction->negated;
    default:
        return false;
    }
}

/* Moves all threads over one character; those behind one that matched are of less preference and end. */
static bool step(struct machine *m, struct thread_list *now, struct thread_list *next, uint32_t rune,
                 size_t end, size_t best[SLOTS])
{
    bool has_matched = false;
    next->count = 0;
    for (int i = 0; i < now->count; i++) {
        const struct instruction *instruction = &m->regex->program[now->threads[i].at];
        if (instruction->op == RE_MATCH) {
            memcpy(best, now->threads[i].slots, sizeof now->threads[i].slots);
            has_matched = true;
            break;
        }
        if (m->position >= m->text.len || !reads(m->regex, instruction, rune))
            continue;
        size_t here = m->position;
        m->position = end;
        add_thread(m, next, now->threads[i].at + 1, now->threads[i].slots);
        m->position = here;
    }
    return has_matched;
}

/* Takes a step for each 64 threads that were moved on; false where there are no more. */
static bool charge_threads(struct evaluator *ev, const struct thread_list *now, size_t *moved)
{
    *moved += (size_t)now->count + 1;
    size_t steps = *moved / 64;
    *moved %= 64;
    return charge(ev, steps);
}

static bool run(struct evaluator *ev, struct machine *m, struct thread_list *now, struct thread_list *next,
                size_t start, size_t best[SLOTS])
{
    size_t none[SLOTS];
    bool has_matched = false;
    size_t moved = 0;
    memset(none, 0xFF, sizeof none);
    for (m->position = start; m->position <= m->text.len;) {
        size_t end = m->position;
        uint32_t rune = end < m->text.len ? rune_next(m->text, &end) : 0;
        if (!has_matched)
            add_thread(m, now, 0, none);
        if (now->count == 0 && has_matched)
            break;
        if (!charge_threads(ev, now, &moved))
            return false;
        if (step(m, now, next, rune, end, best))
            has_matched = true;
        struct thread_list swap = *now;
        *now = *next;
        *next = swap;
        m->position = end > m->position ? end : m->position + 1;
    }
    return has_matched;
}

bool regex_search(struct evaluator *ev, struct regex *regex, struct slice text, size_t start,
                  struct regex_match *match)
{
    size_t length = (size_t)regex->length, best[SLOTS];
    struct machine m = {.regex = regex, .text = text};
    struct thread_list now = {.threads = regex->now}, next = {.threads = regex->next};
    if (!charge(ev, 1 + length / 64))
        return false;
    memset(regex->seen, 0, length * sizeof *regex->seen);
    if (!run(ev, &m, &now, &next, start, best))
        return false;
    for (size_t i = 0; i < REGEX_GROUPS; i++) {
        match->from[i] = best[i * 2];
        match->to[i] = best[i * 2 + 1];
    }
    return true;
}
