#include "sorter.h"

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

struct sorter {
    size_t size, chunk, used;
    sorter_order *order;
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

struct sorter *sorter_new(size_t record_size, size_t chunk, sorter_order *order, FILE *(*scratch)(void))
{
    struct sorter *sorter = xcalloc(1, sizeof *sorter);
    *sorter = (struct sorter){.size = record_size, .chunk = chunk, .order = order, .scratch = scratch};
    return sorter;
}

void sorter_free(struct sorter **sorter)
{
    struct sorter *p = *sorter;
    if (!p)
        return;
    for (size_t i = 0; i < p->run_count; i++)
        free(p->runs[i].records);
    if (p->file)
        fclose(p->file);
    free(p->runs);
    free(p->heap);
    free(p->records);
    xfree(*sorter);
}

/* ---- writing ---- */

static bool spill(struct sorter *sorter, struct err *err)
{
    qsort(sorter->records, sorter->used, sorter->size, sorter->order);
    if (!sorter->file)
        sorter->file = sorter->scratch();
    off_t begin = sorter->file ? ftello(sorter->file) : 0;
    if (!sorter->file || fwrite(sorter->records, sorter->size, sorter->used, sorter->file) != sorter->used ||
        fflush(sorter->file) != 0)
        return err_set_os(err, ERR_OS, errno, "the scratch file");
    sorter->runs = xrealloc(sorter->runs, (sorter->run_count + 1) * sizeof *sorter->runs);
    sorter->runs[sorter->run_count++] = (struct run){.at = begin, .end = ftello(sorter->file)};
    sorter->used = 0;
    return true;
}

bool sorter_add(struct sorter *sorter, const void *record, struct err *err)
{
    if (!sorter->records)
        sorter->records = xcalloc(sorter->chunk, sorter->size);
    if (sorter->used == sorter->chunk && !spill(sorter, err))
        return false;
    memcpy(sorter->records + sorter->used++ * sorter->size, record, sorter->size);
    return true;
}

/* ---- reading ---- */

static const char *head_of(const struct sorter *sorter, size_t run)
{
    return sorter->runs[run].records + sorter->runs[run].used * sorter->size;
}

static bool fill(struct sorter *sorter, struct run *run, struct err *err)
{
    size_t left = (size_t)(run->end - run->at) / sorter->size;
    run->have = left < READ_AHEAD ? left : READ_AHEAD;
    run->used = 0;
    size_t bytes = run->have * sorter->size;
    ssize_t got = pread(fileno(sorter->file), run->records, bytes, run->at);
    if (got < 0 || (size_t)got != bytes)
        return err_set_os(err, ERR_OS, got < 0 ? errno : EIO, "the scratch file");
    run->at += got;
    return true;
}

static void sink(struct sorter *sorter, size_t at)
{
    for (;;) {
        size_t least = at, child = 2 * at + 1;
        for (size_t i = child; i < child + 2 && i < sorter->heap_count; i++)
            if (sorter->order(head_of(sorter, sorter->heap[i]), head_of(sorter, sorter->heap[least])) < 0)
                least = i;
        if (least == at)
            return;
        size_t other = sorter->heap[at];
        sorter->heap[at] = sorter->heap[least];
        sorter->heap[least] = other;
        at = least;
    }
}

bool sorter_sort(struct sorter *sorter, struct err *err)
{
    if (!sorter->run_count) {
        if (sorter->used)
            qsort(sorter->records, sorter->used, sorter->size, sorter->order);
        return true;
    }
    if (sorter->used && !spill(sorter, err))
        return false;
    xfree(sorter->records);
    sorter->heap = xcalloc(sorter->run_count, sizeof *sorter->heap);
    for (size_t i = 0; i < sorter->run_count; i++) {
        sorter->runs[i].records = xcalloc(READ_AHEAD, sorter->size);
        if (!fill(sorter, &sorter->runs[i], err))
            return false;
        sorter->heap[sorter->heap_count++] = i;
    }
    for (size_t i = sorter->heap_count; i-- > 0;)
        sink(sorter, i);
    return true;
}

/* Past the record that was handed out. */
static bool move_on(struct sorter *sorter, struct err *err)
{
    struct run *run = &sorter->runs[sorter->heap[0]];
    if (++run->used == run->have) {
        if (run->at < run->end) {
            if (!fill(sorter, run, err))
                return false;
        } else {
            sorter->heap[0] = sorter->heap[--sorter->heap_count];
        }
    }
    sink(sorter, 0);
    return true;
}

const void *sorter_next(struct sorter *sorter, struct err *err)
{
    err->code = ERR_NONE;
    if (!sorter->run_count)
        return sorter->handed < sorter->used ? sorter->records + sorter->handed++ * sorter->size : NULL;
    if (sorter->is_begun && sorter->heap_count && !move_on(sorter, err))
        return NULL;
    sorter->is_begun = true;
    return sorter->heap_count ? head_of(sorter, sorter->heap[0]) : NULL;
}
