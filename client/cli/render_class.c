#include "render.h"

const char *render_class(const struct screen *screen, const json_t *document)
{
    const char *id = document_text(document, "class.id");
    return *id ? arena_printf(screen->arena, "%s (%s)", document_text(document, "class.name"), id) : "";
}

static const char *count_of(const struct screen *screen, const json_t *class, const char *member)
{
    return arena_printf(screen->arena, "%lld", (long long)document_number(class, member, 0));
}

void render_classes(const struct screen *screen, const json_t *classes)
{
    const json_t *items = document_list(classes, "items");
    if (!json_array_size(items))
        screen_say(screen, SAY_NO_CLASSES, NULL);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *class = json_array_get(items, i);
        screen_say(screen, SAY_CLASS_ITEM,
                   VALUES(document_text(class, "id"), document_text(class, "name"),
                          document_text(class, "organisation.name"), render_day(screen, class, "sentOn"),
                          count_of(screen, class, "referred")));
        screen_say(screen, SAY_CLASS_COUNTS,
                   VALUES(count_of(screen, class, "waiting"), count_of(screen, class, "accepted"),
                          count_of(screen, class, "inGroup"), count_of(screen, class, "inLine"),
                          count_of(screen, class, "ended")));
    }
}
