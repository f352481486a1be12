/*
 * Certificates renew themselves: when less than a third of its life is left, whatever command is run gets
 * another one first. It is quiet and costs no more than one short call an hour; where it does not work,
 * nothing is said until three days before the end.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "identity.h"
#include "json_out.h"
#include "program.h"
#include "uuid.h"

enum { LIFE_PARTS = 3, HOUR = 3600 };
#define SOON (3 * 86400 * MOMENT_SECOND)

/* One at a time, and with `at_most_hourly` not again within an hour: the lock file tells when it was tried
 * last. -1: not now. */
static int take_turn(struct program *program, bool at_most_hourly)
{
    struct stat st;
    const char *path = arena_printf(program->arena, "%s/renewal.lock", program->directory);
    bool is_new = stat(path, &st) != 0;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return -1;
    bool is_early = at_most_hourly && !is_new && time(NULL) - st.st_mtime < HOUR;
    if (is_early || flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return -1;
    }
    futimens(fd, NULL);
    return fd;
}

static bool ask(struct program *program, struct slice key, struct answer *answer, struct err *err)
{
    struct slice csr;
    char id[UUID_TEXT];
    if (!identity_request(key, program->arena, &csr, err))
        return false;
    struct json_out out = json_out_new(program->arena, 1024);
    out_open(&out, NULL, '{');
    out_text(&out, "csr", csr);
    out_close(&out, '}');
    program_post_keyed(program, "/certificates/_renew", json_out_slice(&out), uuid_new(id), answer);
    return true;
}

/* The service's answer, or NULL with *why in words; *answer is filled where it was asked. */
static const json_t *renew(struct program *program, struct answer *answer, const char **why)
{
    struct slice key;
    struct err err;
    *why = NULL;
    if (!identity_key(program->arena, &key, &err) || !ask(program, key, answer, &err)) {
        *why = arena_text(program->arena, slice_of(err.text));
        return NULL;
    }
    const json_t *renewed = answer_is_good(answer) ? program_document(program, answer->body) : NULL;
    if (renewed &&
        !identity_replace(program->directory, key, slice_of(document_text(renewed, "certificate")), &err)) {
        *why = arena_text(program->arena, slice_of(err.text));
        return NULL;
    }
    if (!renewed)
        *why = program_reason(program, answer);
    else
        program_reopen(program);
    return renewed;
}

void renew_if_due(struct program *program)
{
    moment from, until, now = clock_wall(&program->clock);
    struct answer answer = {0};
    const char *why;
    if (!identity_life(program->profile.cert, program->arena, &from, &until, NULL) ||
        until - now >= (until - from) / LIFE_PARTS || program->away)
        return;
    int turn = take_turn(program, true);
    if (turn < 0)
        return;
    if (!renew(program, &answer, &why) && until - now < SOON)
        screen_say(&program->err, SAY_ENDS_SOON,
                   VALUES(text_day(program->arena, program->language, until), why));
    close(turn);
}

int run_renew(struct program *program)
{
    struct answer answer = {0};
    const char *why;
    int turn = take_turn(program, false);
    const json_t *renewed = turn < 0 ? NULL : renew(program, &answer, &why);
    if (turn >= 0)
        close(turn);
    if (turn < 0)
        return program_reject(program, SAY_OTHER_SENDS, NULL);
    if (!renewed)
        return answer.body.ptr || answer.reason[0] ? program_explain(program, &answer, NULL)
                                                   : program_reject(program, SAY_BAD_PROFILE, VALUES(why));
    if (program->json)
        program_print(program, answer.body);
    else
        screen_say(&program->out, SAY_RENEWED, VALUES(render_day(&program->out, renewed, "notAfter")));
    return EXIT_DONE;
}
