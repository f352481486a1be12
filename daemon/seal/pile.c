#include "pile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"

enum { READ_AHEAD = 256 };

/* A sorted part of the file, while it is read. */
struct run {
    off_t at, end; /* of what is not read yet, in bytes */
    char *records; /* what is read: `have` of them, the first `used` gone */
    size_t used, have;
};

struct pile {
    size_t size, chunk, used;
    pile_order *order;
    FILE *(*scratch)(void);
    FILE *file;
    char *records;
    struct run *runs;
    size_t run_count;
    size_t *heap; /* runs with records left, the one with the least first */
    size_t heap_count;
    bool is_begun; /* the least of the heap has been handed out and is to be moved on */
    size_t handed; /* where there is no file */
};

struct pile *pile_new(size_t record_size, size_t chunk, pile_order *order, FILE *(*scratch)(void))
{
    struct pile *pile = xcalloc(1, sizeof *pile);
    *pile = (struct pile){.size = record_size, .chunk = chunk, .order = order, .scratch = scratch};
    return pile;
}

void pile_free(struct pile **pile)
{
    struct pile *p = *pile;
    if (!p)
        return;
    for (size_t i = 0; i < p->run_count; i++)
        free(p->runs[i].records);
    if (p->file)
        fclose(p->file);
    free(p->runs);
    free(p->heap);
    free(p->records);
    xfree(*pile);
}

/* ---- writing ---- */

static bool spill(struct pile *pile, struct err *err)
{
    qsort(pile->records, pile->used, pile->size, pile->order);
    if (!pile->file)
        pile->file = pile->scratch();
    off_t begin = pile->file ? ftello(pile->file) : 0;
    if (!pile->file || fwrite(pile->records, pile->size, pile->used, pile->file) != pile->used ||
        fflush(pile->file) != 0)
        return err_set_os(err, ERR_OS, errno, "the scratch file");
    pile->runs = xrealloc(pile->runs, (pile->run_count + 1) * sizeof *pile->runs);
    pile->runs[pile->run_count++] = (struct run){.at = begin, .end = ftello(pile->file)};
    pile->used = 0;
    return true;
}

bool pile_add(struct pile *pile, const void *record, struct err *err)
{
    if (!pile->records)
        pile->records = xcalloc(pile->chunk, pile->size);
    if (pile->used == pile->chunk && !spill(pile, err))
        return false;
    memcpy(pile->records + pile->used++ * pile->size, record, pile->size);
    return true;
}

/* ---- reading ---- */

static const char *head_of(const struct pile *pile, size_t run)
{
    return pile->runs[run].records + pile->runs[run].used * pile->size;
}

static bool fill(struct pile *pile, struct run *run, struct err *err)
{
    size_t left = (size_t)(run->end - run->at) / pile->size;
    run->have = left < READ_AHEAD ? left : READ_AHEAD;
    run->used = 0;
    size_t bytes = run->have * pile->size;
    ssize_t got = pread(fileno(pile->file), run->records, bytes, run->at);
    if (got < 0 || (size_t)got != bytes)
        return err_set_os(err, ERR_OS, got < 0 ? errno : EIO, "the scratch file");
    run->at += got;
    return true;
}

static void sink(struct pile *pile, size_t at)
{
    for (;;) {
        size_t least = at, child = 2 * at + 1;
        for (size_t i = child; i < child + 2 && i < pile->heap_count; i++)
            if (pile->order(head_of(pile, pile->heap[i]), head_of(pile, pile->heap[least])) < 0)
                least = i;
        if (least == at)
            return;
        size_t other = pile->heap[at];
        pile->heap[at] = pile->heap[least];
        pile->heap[least] = other;
        at = least;
    }
}

bool pile_sort(struct pile *pile, struct err *err)
{
    if (!pile->run_count) {
        if (pile->used)
            qsort(pile->records, pile->used, pile->size, pile->order);
        return true;
    }
    if (pile->used && !spill(pile, err))
        return false;
    xfree(pile->records);
    pile->heap = xcalloc(pile->run_count, sizeof *pile->heap);
    for (size_t i = 0; i < pile->run_count; i++) {
        pile->runs[i].records = xcalloc(READ_AHEAD, pile->size);
        if (!fill(pile, &pile->runs[i], err))
            return false;
        pile->heap[pile->heap_count++] = i;
    }
    for (size_t i = pile->heap_count; i-- > 0;)
        sink(pile, i);
    return true;
}

/* Past the record that was handed out. */
static bool move_on(struct pile *pile, struct err *err)
{
    struct run *run = &pile->runs[pile->heap[0]];
    if (++run->used == run->have) {
        if (run->at < run->end) {
            if (!fill(pile, run, err))
                return false;
        } else {
            pile->heap[0] = pile->heap[--pile->heap_count];
        }
    }
    sink(pile, 0);
    return true;
}

const void *pile_next(struct pile *pile, struct err *err)
{
    err->code = ERR_NONE;
    if (!pile->run_count)
        return pile->handed < pile->used ? pile->records + pile->handed++ * pile->size : NULL;
    if (pile->is_begun && pile->heap_count && !move_on(pile, err))
        return NULL;
    pile->is_begun = true;
    return pile->heap_count ? head_of(pile, pile->heap[0]) : NULL;
}
