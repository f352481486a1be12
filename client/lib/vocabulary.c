#include "vocabulary.h"

#include "json_doc.h"
#include "file.h"

#define CACHE "vocabulary.json"
enum { CACHE_MAX = 4 * 1024 * 1024 };

json_t *vocabulary_load(const char *profile_dir)
{
    struct arena *arena = arena_new(0);
    struct slice text;
    json_t *document = NULL;
    if (file_read(arena_printf(arena, "%s/" CACHE, profile_dir), CACHE_MAX, arena, &text, NULL))
        document = document_parse(text, NULL);
    arena_free(&arena);
    return document;
}

void vocabulary_keep(const char *profile_dir, struct slice document)
{
    (void)!file_write(profile_dir, CACHE, document, NULL);
}

const char *const *vocabulary_codes(const json_t *vocabulary, const char *list, struct arena *arena,
                                    size_t *count)
{
    const json_t *words = document_list(vocabulary, list);
    const char **codes = arena_array(arena, json_array_size(words) + 1, sizeof *codes);
    *count = 0;
    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *code = document_text(json_array_get(words, i), "code");
        if (*code)
            codes[(*count)++] = code;
    }
    return codes;
}
