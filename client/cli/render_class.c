#include "render.h"

const char *render_class(const struct screen *screen, const json_t *document)
{
    const char *id = document_text(document, "class.id");
    return *id ? arena_printf(screen->arena, "%s (%s)", document_text(document, "class.name"), id) : "";
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
                          render_number(screen, class, "referred")));
        screen_say(screen, SAY_CLASS_COUNTS,
                   VALUES(render_number(screen, class, "waiting"), render_number(screen, class, "accepted"),
                          render_number(screen, class, "inGroup"), render_number(screen, class, "inLine"),
                          render_number(screen, class, "ended")));
    }
}
