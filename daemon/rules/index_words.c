/* The words of a column: a hash table with the texts behind it. */
#include "index_own.h"

enum { FIRST_SLOTS = 16 };

static uint64_t mix(uint64_t hash, uint64_t chunk)
{
    hash = (hash ^ chunk) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static inline uint64_t bytes_at(const char *at, size_t count)
{
    uint64_t chunk = 0;
    memcpy(&chunk, at, count);
    return chunk;
}

uint32_t word_hash(struct slice word)
{
    uint64_t hash = mix(0, word.len);
    const char *at = word.ptr;
    size_t left = word.len;
    for (; left > 8; left -= 8, at += 8)
        hash = mix(hash, bytes_at(at, 8));
    if (left >= 4) /* the last bytes, some of them twice */
        hash = mix(hash, bytes_at(at, 4) << 32 | bytes_at(at + left - 4, 4));
    else if (left > 0)
        hash = mix(hash, (uint64_t)(unsigned char)at[0] << 16 | (uint64_t)(unsigned char)at[left / 2] << 8 |
                             (unsigned char)at[left - 1]);
    return (uint32_t)(hash * UINT64_C(0xd6e8feb86659fd93) >> 32);
}

static inline uint32_t home_slot(const struct vocabulary *words, uint32_t hash)
{
    return (uint32_t)((uint64_t)hash * words->slot_count >> 32);
}

/* Most words are short: two loads that overlap, and no call. */
static inline bool is_same(const char *a, const char *b, size_t len)
{
    if (len > 16)
        return memcmp(a, b, len) == 0;
    if (len >= 8)
        return bytes_at(a, 8) == bytes_at(b, 8) && bytes_at(a + len - 8, 8) == bytes_at(b + len - 8, 8);
    if (len >= 4)
        return bytes_at(a, 4) == bytes_at(b, 4) && bytes_at(a + len - 4, 4) == bytes_at(b + len - 4, 4);
    for (size_t i = 0; i < len; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

static inline bool is_word(const struct vocabulary *words, uint32_t class, struct slice word)
{
    uint32_t i = class - CLASS_WORDS;
    uint32_t start = words->offsets[i];
    return words->offsets[i + 1] - start == word.len &&
           (word.len == 0 || is_same(words->text + start, word.ptr, word.len));
}

enum { CLASS_BITS = 24 };
#define CLASS_MASK ((UINT32_C(1) << CLASS_BITS) - 1)

/* The slot of the word, or the free one where it would stand. */
static uint32_t *find_slot(const struct vocabulary *words, uint32_t hash, struct slice word)
{
    for (uint32_t i = home_slot(words, hash);; i = i + 1 < words->slot_count ? i + 1 : 0) {
        uint32_t *slot = &words->slots[i];
        if (*slot == 0 ||
            ((*slot ^ hash << CLASS_BITS) <= CLASS_MASK && is_word(words, *slot & CLASS_MASK, word)))
            return slot;
    }
}

uint32_t vocabulary_find(const struct vocabulary *words, struct slice word)
{
    if (words->count == 0)
        return CLASS_ANOTHER;
    uint32_t slot = *find_slot(words, word_hash(word), word);
    return slot ? slot & CLASS_MASK : CLASS_ANOTHER;
}

static struct slice word_text(const struct vocabulary *words, uint32_t i)
{
    return slice_make(words->text + words->offsets[i], words->offsets[i + 1] - words->offsets[i]);
}

static void set_slots(struct vocabulary *words, uint32_t slot_count)
{
    free(words->slots);
    words->slots = xcalloc(slot_count, sizeof *words->slots);
    words->slot_count = slot_count;
    for (uint32_t i = 0; i < words->count; i++) {
        uint32_t hash = word_hash(word_text(words, i)), at = home_slot(words, hash);
        while (words->slots[at])
            at = at + 1 < slot_count ? at + 1 : 0;
        words->slots[at] = (CLASS_WORDS + i) | hash << CLASS_BITS;
    }
}

/* A third more slots than words. */
static uint32_t slots_for(uint32_t count)
{
    return count + count / 3 + 1;
}

static void make_room(struct vocabulary *words, size_t bytes)
{
    if (slots_for(words->count + 1) > words->slot_count)
        set_slots(words, words->slot_count ? 2 * words->slot_count : FIRST_SLOTS);
    if (words->count + 2 > words->room) {
        bool is_first = words->room == 0;
        words->room = 2 * words->room + FIRST_SLOTS;
        words->offsets = xrealloc(words->offsets, words->room * sizeof *words->offsets);
        if (is_first)
            words->offsets[0] = 0;
    }
    size_t end = words->offsets[words->count] + bytes;
    if (end > words->text_room) {
        words->text_room = (uint32_t)(2 * end + FIRST_SLOTS);
        words->text = xrealloc(words->text, words->text_room);
    }
}

uint32_t vocabulary_add(struct vocabulary *words, struct slice word)
{
    make_room(words, word.len);
    uint32_t hash = word_hash(word);
    uint32_t *slot = find_slot(words, hash, word), class = CLASS_WORDS + words->count;
    if (*slot)
        return *slot & CLASS_MASK;
    if (class > CLASS_MASK)
        abort(); /* sixteen million words: no reader lets a file of that size pass */
    uint32_t end = words->offsets[words->count];
    if (word.len > 0)
        memcpy(words->text + end, word.ptr, word.len);
    *slot = class | hash << CLASS_BITS;
    words->offsets[++words->count] = end + (uint32_t)word.len;
    return class;
}

size_t vocabulary_finish(struct vocabulary *words)
{
    if (words->count == 0)
        return 0;
    uint32_t bytes = words->offsets[words->count];
    set_slots(words, slots_for(words->count));
    words->room = words->count + 1;
    words->offsets = xrealloc(words->offsets, words->room * sizeof *words->offsets);
    words->text_room = bytes;
    words->text = xrealloc(words->text, bytes);
    return words->slot_count * sizeof *words->slots + words->room * sizeof *words->offsets + bytes;
}

void vocabulary_free(struct vocabulary *words)
{
    xfree(words->slots);
    xfree(words->offsets);
    xfree(words->text);
}

/* A step of the line's ladder for every four cuts, so that a search looks at a few cuts only where they lie
 * evenly. */
size_t line_finish(struct line *line)
{
    if (line->count < 8)
        return 0;
    uint64_t reach = (uint64_t)line->cuts[line->count - 1] - (uint64_t)line->cuts[0];
    while (reach >> line->shift > line->count / 4)
        line->shift++;
    line->step_count = (uint32_t)(reach >> line->shift) + 1;
    line->steps = xcalloc((size_t)line->step_count + 1, sizeof *line->steps);
    for (uint32_t i = 0; i < line->count; i++)
        line->steps[(((uint64_t)line->cuts[i] - (uint64_t)line->cuts[0]) >> line->shift) + 1]++;
    for (uint32_t i = 0; i < line->step_count; i++)
        line->steps[i + 1] += line->steps[i];
    return ((size_t)line->step_count + 1) * sizeof *line->steps;
}

uint32_t line_class(const struct line *line, int64_t key)
{
    const int64_t *cuts = line->cuts;
    uint32_t before = 0, left = line->count;
    if (line->steps && key >= cuts[0]) {
        uint64_t step = ((uint64_t)key - (uint64_t)cuts[0]) >> line->shift;
        if (step >= line->step_count)
            return line->first + line->count;
        before = line->steps[step];
        left = line->steps[step + 1] - before;
    }
    while (left > 0) { /* no branch on what is compared: it would be guessed wrong every other time */
        uint32_t half = (left + 1) / 2;
        before += half & -(uint32_t)(cuts[before + half - 1] <= key);
        left -= half;
    }
    return line->first + before;
}
