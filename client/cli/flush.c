#include <unistd.h>

#include "program.h"

/* What spool_send's callbacks need. */
struct flush {
    struct program *program;
    const char *reason; /* why the last one waits */
    json_t *receipts;   /* NULL, or where the receipts go */
};

static void post_item(void *context, const char *key, struct slice body, struct arena *arena,
                      struct answer *out)
{
    struct flush *flush = context;
    (void)arena; /* it is the program's */
    /* Who asked for it waits for it; another command is not held up. */
    program_submit(flush->program, key, body, flush->program->command->kind != SENDS_SPOOL, out);
}

static void report_item(void *context, const struct spool_report *report)
{
    struct flush *flush = context;
    struct program *program = flush->program;
    if (report->fate == SPOOL_WAITS)
        flush->reason = program_reason(program, report->answer);
    if (report->fate == SPOOL_REFUSED)
        screen_say(&program->err, SAY_REFUSED_LATE,
                   VALUES(program_reason(program, report->answer), report->path));
    if (report->fate != SPOOL_SENT)
        return;
    const json_t *receipt = program_document(program, report->answer->body);
    const json_t *decision = document_at(receipt, "decision");
    screen_say(
        &program->err, SAY_SENT_LATE,
        VALUES(document_text(receipt, "id"), render_place(&program->err, document_at(decision, "offering"),
                                                          document_at(decision, "organisation"))));
    if (flush->receipts && receipt)
        json_array_append(flush->receipts, (json_t *)(uintptr_t)receipt);
}

bool program_flush(struct program *program, int wait_ms, struct spool_counts *counts, const char **reason,
                   json_t *receipts)
{
    struct flush flush = {program, "", receipts};
    struct spool_sender sender = {post_item, report_item, &flush};
    const char *spool = arena_printf(program->arena, "%s/spool", program->directory);
    *counts = (struct spool_counts){0};
    *reason = "";
    if (access(spool, F_OK) != 0 || !spool_open(program->directory, program->arena, &spool, NULL))
        return true;
    int lock = spool_lock(spool, wait_ms);
    if (lock < 0)
        return false;
    spool_recover(spool, clock_wall(&program->clock), program->arena);
    spool_send(spool, &sender, program->arena, counts, NULL);
    spool_unlock(lock);
    *reason = flush.reason;
    if (counts->waiting && program->command->kind != SENDS_SPOOL)
        screen_say(&program->err, SAY_STILL_WAITING,
                   VALUES(arena_printf(program->arena, "%zu", counts->waiting), flush.reason));
    return true;
}

int run_sync(struct program *program)
{
    enum { LOCK_WAIT_MS = 10000 };
    struct spool_counts counts;
    const char *reason;
    json_t *receipts = json_array();
    json_array_append_new(program->documents, receipts);
    if (!program_flush(program, LOCK_WAIT_MS, &counts, &reason, receipts)) {
        screen_say(&program->err, SAY_OTHER_SENDS, NULL);
        return EXIT_SPOOLED;
    }
    const struct screen *out = &program->out;
    if (program->json) {
        json_t *result = json_pack("{sOsIsI}", "sent", receipts, "refused", (json_int_t)counts.refused,
                                   "waiting", (json_int_t)counts.waiting);
        json_array_append_new(program->documents, result);
        json_dumpf(result, out->file, JSON_COMPACT);
        screen_newline(out);
    } else if (counts.sent + counts.refused + counts.waiting == 0) {
        screen_say(out, SAY_NOTHING_WAITS, NULL);
    } else {
        screen_say(out, SAY_SYNC_DONE,
                   VALUES(arena_printf(program->arena, "%zu", counts.sent),
                          arena_printf(program->arena, "%zu", counts.refused),
                          arena_printf(program->arena, "%zu", counts.waiting)));
    }
    if (counts.waiting)
        screen_say(&program->err, SAY_STILL_WAITING,
                   VALUES(arena_printf(program->arena, "%zu", counts.waiting), reason));
    return counts.waiting ? EXIT_SPOOLED : counts.refused ? EXIT_REFUSED : EXIT_DONE;
}
