/*
 * Messages and files between the parties to a step. A name that the service tells is text of a stranger: no
 * path, and nothing that is there is written over unless that was said.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "file_kinds.h"
#include "json_out.h"
#include "program.h"
#include "wire.h"

enum { PAGE = 200, FILE_MOST = 8 * 1024 * 1024, HEX_DIGEST = 65, NAME_MOST = 200 };

/* ---- messages ---- */

int run_message(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]);
    struct json_out out = json_out_new(program->arena, 1024);
    struct wire_text_message read;
    struct issues *issues = arena_alloc(program->arena, sizeof *issues);
    struct slice text = SLICE_NONE;
    struct answer answer;
    struct err err;
    if (!id || !program_text(program, program->options.words[1], &text, NULL))
        return EXIT_INPUT;
    out_open(&out, NULL, '{');
    out_text(&out, "text", text);
    out_close(&out, '}');
    if (!wire_decode_text_message(json_out_slice(&out), program->arena, &read, issues, &err))
        return program_invalid(program, &err, issues);
    program_post(program, arena_printf(program->arena, "/steps/%s/messages", id), json_out_slice(&out), NULL,
                 &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "messages %s", id));
    if (program->json)
        program_print(program, answer.body);
    else
        screen_say(
            &program->out, SAY_MESSAGE_SENT,
            VALUES(render_number(&program->out, program_document(program, answer.body), "number"), id));
    return EXIT_DONE;
}

/* What was shown is read; one whose text is not shared is not. */
static int mark_read(struct program *program, const char *id, const json_t *items)
{
    struct json_out out = json_out_new(program->arena, 64);
    struct answer answer;
    int64_t up_to = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *message = json_array_get(items, i);
        if (document_true(message, "unread") && document_at(message, "text"))
            up_to = document_number(message, "number", 0);
    }
    if (!up_to)
        return EXIT_DONE;
    out_open(&out, NULL, '{');
    out_integer(&out, "upTo", up_to);
    out_close(&out, '}');
    program_post(program, arena_printf(program->arena, "/steps/%s/messages/_read", id), json_out_slice(&out),
                 NULL, &answer);
    return answer_is_good(&answer) ? EXIT_DONE : program_explain(program, &answer, NULL);
}

static int show_messages(struct program *program, const char *id)
{
    const char *cursor = "";
    json_t *items = json_array();
    if (!items || json_array_append_new(program->documents, items) != 0)
        abort();
    while (cursor) {
        struct answer answer;
        const json_t *page;
        const char *path = arena_printf(program->arena, "/steps/%s/messages?pageSize=%d%s", id, PAGE, cursor);
        if (!program_get(program, path, &answer, &page))
            return program_explain(program, &answer, NULL);
        json_array_extend(items, (json_t *)(uintptr_t)document_list(page, "items"));
        const char *next = document_text(page, "next");
        cursor = *next ? arena_printf(program->arena, "&cursor=%s", api_escape(program->arena, next)) : NULL;
    }
    if (program->json) {
        char *text = json_dumps(items, JSON_COMPACT | JSON_ENCODE_ANY);
        fprintf(program->out.file, "{\"items\":%s}\n", text ? text : "[]");
        free(text);
        return EXIT_DONE;
    }
    render_messages(&program->out, items);
    return mark_read(program, id, items);
}

int run_messages(struct program *program)
{
    if (program->options.word_count == 0)
        return program_list(program, &(struct list){"/messages", "", render_unread_list});
    const char *id = program_id(program, program->options.words[0]);
    return id ? show_messages(program, id) : EXIT_INPUT;
}

/* ---- files ---- */

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Why a file cannot be read, in words. */
static int reject_file(struct program *program, const char *path, int number)
{
    static const struct {
        int number;
        enum text text;
    } reasons[] = {{ENOENT, SAY_FILE_ABSENT}, {EACCES, SAY_FILE_NOT_YOURS}, {EISDIR, SAY_FILE_NO_FILE}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].number == number)
            return program_reject(program, reasons[i].text, VALUES(path));
    return program_reject(program, SAY_FILE_UNREADABLE, VALUES(path, strerror(number)));
}

/* A pipe or a device could make one wait for ever. */
static bool is_ordinary(const char *path)
{
    struct stat status;
    return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

/* How much it is, and how much it may be where the service says that. */
static int reject_large(struct program *program, const char *path, size_t size, const struct answer *answer)
{
    int64_t limit = document_number(program_document(program, answer->body), "limit", 0);
    const char *is = arena_printf(program->arena, "%zu", (size + 1023) / 1024);
    if (limit < 1024)
        return program_reject(program, SAY_FILE_TOO_LARGE_THERE, VALUES(path, is));
    return program_reject(program, SAY_FILE_OVER_LIMIT,
                          VALUES(path, is, arena_printf(program->arena, "%lld", (long long)(limit / 1024))));
}

int run_attach(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]), *path = program->options.words[1];
    const char *name = base_of(path), *type = file_kind_type(name);
    struct slice bytes;
    struct answer answer;
    struct err err;
    if (!id)
        return EXIT_INPUT;
    if (!type)
        return program_reject(program, SAY_FILE_KIND, VALUES(path));
    if (!is_ordinary(path))
        return program_reject(program, SAY_FILE_NO_FILE, VALUES(path));
    if (!file_read(path, FILE_MOST, program->arena, &bytes, &err))
        return err.code == ERR_TOO_LARGE ? program_reject(program, SAY_FILE_LARGE, VALUES(path))
                                         : reject_file(program, path, err.os);
    program_post_file(
        program, arena_printf(program->arena, "/steps/%s/attachments", id), type,
        arena_printf(program->arena, "attachment; filename*=UTF-8''%s", api_escape(program->arena, name)),
        bytes, &answer);
    if (answer.outcome == CALL_ANSWERED && answer.status == 413 && !program->json)
        return reject_large(program, path, bytes.len, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "attachments %s", id));
    if (program->json)
        program_print(program, answer.body);
    else
        screen_say(
            &program->out, SAY_ATTACHED,
            VALUES(render_number(&program->out, program_document(program, answer.body), "number"), id, name));
    return EXIT_DONE;
}

int run_attachments(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]);
    return id ? program_show(program, arena_printf(program->arena, "/steps/%s/attachments", id),
                             render_attachments)
              : EXIT_INPUT;
}

/* A name for a file here, of one that somebody else chose. */
static const char *own_name(struct program *program, const json_t *file)
{
    char *name =
        arena_text(program->arena, slice_clip(slice_of(base_of(document_text(file, "name"))), NAME_MOST));
    for (char *at = name; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f || *at == '/' || *at == '\\')
            *at = '_';
    if (name[0] == '.' || name[0] == '-')
        name[0] = '_';
    return *name ? name : arena_printf(program->arena, "attachment-%s", document_text(file, "id"));
}

static int write_file(struct program *program, const char *path, struct slice bytes)
{
    bool may_replace = option_given(&program->options, FLAG_FORCE);
    int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (may_replace ? O_TRUNC : O_EXCL), 0600);
    size_t done = 0;
    if (fd < 0)
        return errno == EEXIST ? program_reject(program, SAY_FILE_IS_THERE, VALUES(path))
                               : program_reject(program, SAY_FILE_UNWRITABLE, VALUES(path, strerror(errno)));
    while (done < bytes.len) {
        ssize_t n = write(fd, bytes.ptr + done, bytes.len - done);
        if (n < 0)
            break;
        done += (size_t)n;
    }
    if (close(fd) < 0 || done < bytes.len) {
        const char *why = strerror(errno);
        unlink(path);
        return program_reject(program, SAY_FILE_UNWRITABLE, VALUES(path, why));
    }
    if (!program->json)
        screen_say(&program->out, SAY_ATTACHMENT_SAVED, VALUES(path));
    return EXIT_DONE;
}

static bool is_whole(const json_t *file, struct slice bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    char text[HEX_DIGEST] = "";
    if (!EVP_Digest(bytes.ptr, bytes.len, digest, &length, EVP_sha256(), NULL))
        return false;
    for (unsigned i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return strcmp(text, document_text(file, "sha256")) == 0;
}

static const json_t *numbered(const json_t *list, int64_t number)
{
    const json_t *files = document_list(list, "items");
    for (size_t i = 0; i < json_array_size(files); i++)
        if (document_number(json_array_get(files, i), "number", 0) == number)
            return json_array_get(files, i);
    return NULL;
}

int run_attachment(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]),
               *path = option_text(&program->options, FLAG_OUTPUT);
    struct answer answer;
    const json_t *list;
    int64_t number = 0;
    if (!id)
        return EXIT_INPUT;
    slice_to_i64(slice_of(program->options.words[1]), 1, INT32_MAX, &number);
    if (!program_get(program, arena_printf(program->arena, "/steps/%s/attachments", id), &answer, &list))
        return program_explain(program, &answer, NULL);
    const json_t *file = numbered(list, number);
    if (!file)
        return program_reject(program, SAY_ATTACHMENT_NONE, VALUES(id, program->options.words[1]));
    if (!program_fetch(program, arena_printf(program->arena, "/attachments/%s", document_text(file, "id")),
                       document_text(file, "mediaType"), &answer))
        return program_explain(program, &answer, NULL);
    if (!is_whole(file, answer.body))
        return program_reject(program, SAY_ATTACHMENT_DIFFERS, NULL);
    if (path && strcmp(path, "-") == 0) {
        fwrite(answer.body.ptr, 1, answer.body.len, program->out.file);
        return EXIT_DONE;
    }
    int status = write_file(program, path ? path : own_name(program, file), answer.body);
    if (status == EXIT_DONE && program->json) {
        char *text = json_dumps(file, JSON_COMPACT);
        fprintf(program->out.file, "%s\n", text ? text : "null");
        free(text);
    }
    return status;
}

/* ---- the files of a client's own copy ---- */

/* By the client's right to everything, which whoever speaks for them uses. */
static int save_one(struct program *program, const json_t *file, const char *folder)
{
    struct answer answer;
    const char *step =
        program_id(program, document_text(file, "stepId")); /* a name of ours, so an id or none */
    if (!step)
        return EXIT_INPUT;
    const char *name = arena_printf(program->arena, "%s/%s-%d-%s", folder, step,
                                    (int)document_number(file, "number", 0), own_name(program, file));
    if (json_is_true(document_at(file, "erased")))
        return EXIT_DONE;
    if (!program_fetch(
            program,
            arena_printf(program->arena, "/attachments/%s?forClient=true", document_text(file, "id")),
            document_text(file, "mediaType"), &answer))
        return program_explain(program, &answer, NULL);
    return is_whole(file, answer.body) ? write_file(program, name, answer.body)
                                       : program_reject(program, SAY_ATTACHMENT_DIFFERS, NULL);
}

int attachments_save(struct program *program, const json_t *copy, const char *folder)
{
    const json_t *referrals = document_list(copy, "referrals");
    int status = EXIT_DONE;
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return program_reject(program, SAY_FILE_UNWRITABLE, VALUES(folder, strerror(errno)));
    for (size_t i = 0; status == EXIT_DONE && i < json_array_size(referrals); i++) {
        const json_t *files = document_list(json_array_get(referrals, i), "attachments");
        for (size_t k = 0; status == EXIT_DONE && k < json_array_size(files); k++)
            status = save_one(program, json_array_get(files, k), folder);
    }
    return status;
}
