#include "render_calendar.h"

void render_calendar(const struct screen *screen, const json_t *document)
{
    const json_t *items = document_list(document, "items");
    bool own = false;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        bool is_own = strcmp(document_text(item, "kind"), "closure") == 0;
        const char *name = document_text(item, "name");
        if (*name)
            name = arena_printf(screen->arena, "  %s", name);
        own |= is_own;
        screen_say(screen, is_own ? SAY_OWN_CLOSURE : SAY_HOLIDAY,
                   VALUES(render_day(screen, item, "day"), name));
    }
    screen_say(screen, own ? SAY_CALENDAR : SAY_CALENDAR_NONE, NULL);
}

void render_closed(const struct screen *screen, const json_t *closure)
{
    screen_say(screen, SAY_DAY_CLOSED, VALUES(render_day(screen, closure, "day")));
}

void render_opened(const struct screen *screen, const json_t *closure)
{
    screen_say(screen, SAY_DAY_OPENED, VALUES(render_day(screen, closure, "day")));
}
