// links: app
// runs: 180000
/* A document. What is taken must be as before where nothing was sealed, and JSON again where the document
 * was. A value opens to its own text (client_key_open() is played), of every third client the key is gone. */
#include "fuzz.h"

#include <jansson.h>
#include <stdlib.h>

#include "unseal.h"

static void demand(bool holds)
{
    if (!holds)
        abort();
}

bool client_key_open(const struct client_key *key, int64_t record_id, struct slice field, struct slice sealed,
                     struct arena *arena, struct slice *out, struct err *err)
{
    (void)arena, (void)err;
    demand(key && record_id > 0 && field.ptr);
    *out = sealed;
    return true;
}

static const struct client_key *key_of(void *arg, int64_t client_id)
{
    return client_id % 3 ? arg : NULL;
}

static bool is_json(struct slice text)
{
    json_t *json = json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL);
    bool is = json != NULL;
    json_decref(json);
    return is;
}

static void check_bytes(const struct sealed_document *document, struct slice out)
{
    size_t kept = document->json.len;
    for (size_t i = 0; i < document->count; i++) {
        const struct sealed_text *text = &document->texts[i];
        demand(text->start < text->end && text->end <= document->json.len);
        demand(i == 0 || document->texts[i - 1].end <= text->start);
        kept -= text->end - text->start;
    }
    demand(out.len >= kept);
    size_t head = document->count ? document->texts[0].start : out.len;
    demand(head == 0 || memcmp(out.ptr, document->json.ptr, head) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char some_key;
    struct slice json = slice_make((const char *)data, size), out;
    struct arena *arena = arena_new(0);
    struct sealed_document document;
    struct err err;
    if (unseal_find(json, arena, &document, &err) &&
        unseal_write(&document, key_of, &some_key, arena, &out, &err)) {
        check_bytes(&document, out);
        demand(!is_json(json) || is_json(out));
        for (size_t i = 1; i < document.client_count; i++)
            demand(document.clients[i] != document.clients[i - 1]);
    }
    arena_free(&arena);
    return 0;
}
