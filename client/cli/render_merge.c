#include "render.h"

/* The two asked different things: what the one that goes on is asked from now on. */
static void put_added(const struct screen *screen, const json_t *added, const char *into)
{
    const json_t *wishes = document_list(added, "wishes");
    const char *names = render_labels(screen, document_list(added, "domains"));
    if (*names)
        screen_say(screen, SAY_MERGED_DOMAINS, VALUES(into, names));
    if (json_array_size(wishes))
        screen_say(screen, SAY_MERGED_WISHES, VALUES(render_wishes(screen, wishes)));
    if (*document_text(added, "urgency"))
        screen_say(screen, SAY_MERGED_URGENCY, NULL);
}

void render_merged(const struct screen *screen, const json_t *merger)
{
    screen_say(screen, SAY_MERGED, VALUES(document_text(merger, "id"), document_text(merger, "mergedInto")));
    put_added(screen, document_at(merger, "added"), document_text(merger, "mergedInto"));
}

static void put_alike(const struct screen *screen, const json_t *group)
{
    const json_t *by = document_list(group, "by"), *referrals = document_list(group, "referrals");
    const char *first = json_string_value(json_array_get(by, 0));
    screen_say(screen,
               json_array_size(by) > 1                ? SAY_ALIKE_BOTH
               : first && strcmp(first, "phone") == 0 ? SAY_ALIKE_PHONE
                                                      : SAY_ALIKE_NAME,
               NULL);
    for (size_t i = 0; i < json_array_size(referrals); i++) {
        const json_t *referral = json_array_get(referrals, i);
        moment at;
        screen_say(
            screen, SAY_ALIKE,
            VALUES(document_text(referral, "id"), document_text(referral, "referrer.name"),
                   document_moment(referral, "createdAt", &at) ? text_when_short(screen->arena, at) : ""));
    }
}

void render_duplicates(const struct screen *screen, const json_t *items, bool more)
{
    (void)more;
    if (json_array_size(items) == 0) {
        screen_say(screen, SAY_DUPLICATES_EMPTY, NULL);
        return;
    }
    screen_say(screen, SAY_DUPLICATES_HEAD,
               VALUES(arena_printf(screen->arena, "%zu", json_array_size(items))));
    for (size_t i = 0; i < json_array_size(items); i++)
        put_alike(screen, json_array_get(items, i));
    screen_say(screen, SAY_ALIKE_MORE, NULL);
}
