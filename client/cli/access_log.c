/* The access log: told to a client, and for the log manager in words or for other programs. */
#include "consent.h"
#include "render_consent.h"

enum { PAGE_MAX = 200 };

static const struct format {
    const char *name, *media; /* media NULL: JSON */
} formats[] = {{"text", NULL}, {"json", NULL}, {"csv", "text/csv"}, {"fhir", "application/fhir+json"}};

static const struct format *take_format(struct program *program)
{
    static const char *const words[] = {"text", "csv", "fhir", "json", NULL};
    const char *given = program_format(program, words);
    for (size_t i = 0; given && i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, given) == 0)
            return &formats[i];
    return NULL;
}

/* The query of the region's log; NULL: said. */
static const char *take_query(struct program *program)
{
    static const enum flag flags[] = {FLAG_SINCE, FLAG_UNTIL, FLAG_ACCOUNT};
    struct arena *arena = program->arena;
    const char *query = "", *client = option_text(&program->options, FLAG_CLIENT);
    if (!program_period(program, FLAG_SINCE, FLAG_UNTIL))
        return NULL;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const char *value = option_text(&program->options, flags[i]);
        if (value)
            query = arena_printf(arena, "%s&%s=%s", query, flag_kind(flags[i])->name + 2,
                                 api_escape(arena, value));
    }
    if (client && !(client = program_id(program, client)))
        return NULL;
    return client ? arena_printf(arena, "%s&client=%s", query, client) : query;
}

/* Where the log is: of a client, or of the region. NULL: said. */
static const char *take_path(struct program *program, unsigned size, const char **client)
{
    static const enum flag regional[] = {FLAG_SINCE, FLAG_UNTIL, FLAG_ACCOUNT, FLAG_CLIENT};
    struct answer answer;
    const char *referral, *query;
    *client = program->options.word_count ? program_id(program, program->options.words[0]) : NULL;
    if (program->options.word_count == 0)
        return (query = take_query(program))
                   ? arena_printf(program->arena, "/access-log?pageSize=%u%s", size, query)
                   : NULL;
    if (!*client)
        return NULL;
    for (size_t i = 0; i < sizeof regional / sizeof regional[0]; i++)
        if (option_given(&program->options, regional[i])) {
            program_reject(program, SAY_CLIENT_OR_PERIOD, VALUES(flag_kind(regional[i])->name));
            return NULL;
        }
    /* A referral's number will do as well. */
    const json_t *consent = consent_find(program, *client, &answer, &referral);
    if (consent)
        *client = document_text(consent, "client");
    return arena_printf(program->arena, "/clients/%s/access-log?pageSize=%u", *client, size);
}

/* What the pages are put together into. */
struct pages {
    json_t *items;  /* entries of JSON, or of a bundle */
    json_t *bundle; /* the first one, in FHIR */
    const char *next;
    size_t count;
};

static bool add_page(struct program *program, const struct format *format, const struct answer *answer,
                     struct pages *pages)
{
    pages->next = answer->next;
    if (format->media && strcmp(format->name, "csv") == 0) {
        fwrite(answer->body.ptr, 1, answer->body.len, program->out.file);
        pages->count += PAGE_MAX; /* its lines are not counted: as good as a whole page */
        return true;
    }
    const json_t *page = program_document(program, answer->body);
    const json_t *list = document_list(page, format->media ? "entry" : "items");
    if (format->media && !pages->bundle)
        pages->bundle = (json_t *)(uintptr_t)page;
    json_array_extend(pages->items, (json_t *)(uintptr_t)list);
    pages->count = json_array_size(pages->items);
    return json_array_size(list) > 0;
}

static void show(struct program *program, const struct format *format, const char *client,
                 struct pages *pages)
{
    json_t *whole = NULL;
    if (strcmp(format->name, "text") == 0 && client)
        render_access_told(&program->out, client, pages->items, pages->next != NULL);
    else if (strcmp(format->name, "text") == 0)
        render_access_rows(&program->out, pages->items, pages->next != NULL);
    else if (strcmp(format->name, "json") == 0)
        whole = json_pack("{sO}", "items", pages->items);
    else if (pages->bundle) {
        whole = json_copy(pages->bundle);
        json_object_set(whole, "entry", pages->items);
    }
    if (!whole)
        return;
    json_array_append_new(program->documents, whole);
    json_dumpf(whole, program->out.file, JSON_COMPACT);
    screen_newline(&program->out);
}

int run_access_log(struct program *program)
{
    struct pages pages = {.items = json_array()};
    const char *client, *path;
    struct answer answer;
    uint64_t limit;
    json_array_append_new(program->documents, pages.items);
    const struct format *format = take_format(program);
    if (!format || !program_limit(program, &limit) ||
        !(path = take_path(program, limit < PAGE_MAX ? (unsigned)limit : PAGE_MAX, &client)))
        return EXIT_INPUT;
    do {
        if (!program_fetch(program, path, format->media, &answer))
            return program_explain(program, &answer, NULL);
        if (!add_page(program, format, &answer, &pages))
            break;
        path = pages.next;
    } while (pages.next && pages.count < limit);
    show(program, format, client, &pages);
    return EXIT_DONE;
}
