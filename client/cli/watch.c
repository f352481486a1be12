/* wijzer watch: what happens, as it happens. A connection that breaks is made anew, from where it was. */
#include <time.h>

#include "program.h"
#include "sse.h"

enum { FIRST_WAIT_S = 1, LAST_WAIT_S = 30, FIRST_BLOCK = 4096 };

struct watch {
    struct program *program;
    struct sse *sse;
    int wait;     /* seconds until the next try */
    bool is_told; /* that it is away */
};

/* In memory of its own, because this may go on for days. */
static void show(void *arg, struct slice data)
{
    struct watch *watch = arg;
    struct screen *out = &watch->program->out, screen = *out;
    watch->wait = FIRST_WAIT_S;
    if (watch->program->json) {
        program_print(watch->program, data);
    } else {
        json_t *event = document_parse(data, NULL);
        screen.arena = arena_new(FIRST_BLOCK);
        screen.now = clock_wall(&watch->program->clock);
        render_event(&screen, event);
        arena_free(&screen.arena);
        json_decref(event);
    }
    if (fflush(out->file) != 0) /* whoever reads has gone: `| head` */
        program_stop();
}

/* Whether it may come back by itself: away, draining, or a stream that ended. */
static bool may_come_back(const struct answer *answer)
{
    if (answer->outcome == CALL_NOT_SENT || answer->outcome == CALL_UNCERTAIN)
        return true;
    return answer->outcome == CALL_ANSWERED &&
           (answer->status == 200 || answer->status == 503 || answer->status == 429);
}

static void come_back(struct watch *watch)
{
    watch->is_told = false;
    watch->wait = FIRST_WAIT_S;
}

static void tell_away(struct watch *watch)
{
    watch->is_told = true;
    screen_say(&watch->program->err, SAY_WATCH_AWAY, VALUES(watch->program->profile.api));
}

/* One stream, from its beginning to its end. False: no more; *code is how it ended. */
static bool listen(struct watch *watch, int *code)
{
    struct program *program = watch->program;
    struct arena *arena = arena_new(FIRST_BLOCK);
    struct answer answer;
    api_stream(program->api, "/events", watch->sse, show, watch, arena, &answer);
    bool goes_on = may_come_back(&answer);
    if (answer.outcome == CALL_INTERRUPTED)
        *code = EXIT_DONE;
    else if (!goes_on)
        *code = program_explain(program, &answer, NULL);
    else if (answer.outcome == CALL_ANSWERED && answer.status == 200)
        come_back(watch);
    else if (!watch->is_told)
        tell_away(watch);
    arena_free(&arena);
    return goes_on;
}

/* False: interrupted. */
static bool rest(struct watch *watch)
{
    struct timespec pause = {.tv_sec = watch->wait};
    watch->wait = watch->wait * 2 < LAST_WAIT_S ? watch->wait * 2 : LAST_WAIT_S;
    return !program_is_stopped() && nanosleep(&pause, NULL) == 0;
}

int run_watch(struct program *program)
{
    struct watch watch = {.program = program, .sse = sse_new(), .wait = FIRST_WAIT_S};
    const char *after = option_text(&program->options, FLAG_AFTER);
    int code = EXIT_DONE;
    program_heed_interrupt();
    if (after)
        sse_feed(watch.sse, slice_of(arena_printf(program->arena, "id: %s\n\n", after)), show, &watch);
    while (listen(&watch, &code) && rest(&watch))
        continue;
    sse_free(&watch.sse);
    return code;
}
