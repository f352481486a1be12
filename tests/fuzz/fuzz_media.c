// links: app
// runs: 300000
/* The first byte says as which type a file is looked at; an even one above them that it is a
 * Content-Disposition. What is taken is not also taken as another type, and a name goes out as it came in. */
#include "fuzz.h"

#include <stdlib.h>

#include "media.h"

static void look_at_name(struct slice text)
{
    struct arena *arena = arena_new(0);
    struct slice name, again;
    if (media_name(text, arena, &name) &&
        (!media_name(slice_of(media_disposition(name, arena)), arena, &again) || !slice_equal(name, again)))
        abort();
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct slice text = slice_make((const char *)data + 1, size - 1);
    if (data[0] >= MEDIA_KINDS) {
        look_at_name(text);
        return 0;
    }
    unsigned taken = 0;
    for (size_t i = 0; i < MEDIA_KINDS; i++)
        taken += !media_kinds[i].fault(text);
    if (taken > 1)
        abort();
    return 0;
}
