#include "render.h"

static const struct {
    const char *word;
    enum text text;
} wishes[] = {{"group", WISH_GROUP},
              {"one-to-one", WISH_ONE_TO_ONE},
              {"at-home", WISH_AT_HOME},
              {"nearby", WISH_NEARBY},
              {"daytime", WISH_DAYTIME},
              {"evening", WISH_EVENING},
              {"weekend", WISH_WEEKEND},
              {"online", WISH_ONLINE},
              {"same-gender", WISH_SAME_GENDER},
              {"interpreter", WISH_INTERPRETER}};

static const char *joined(const struct screen *screen, const char *list, const char *more)
{
    return arena_printf(screen->arena, "%s%s%s", list, *list && *more ? ", " : "", more);
}

/* A wish that came later as it is. */
static const char *wish_text(const struct screen *screen, const json_t *wish)
{
    const char *word = json_is_string(wish) ? json_string_value(wish) : "";
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++)
        if (strcmp(wishes[i].word, word) == 0)
            return text_template(screen->language, wishes[i].text);
    return word;
}

const char *render_offered(const struct screen *screen, const json_t *decision)
{
    const json_t *offered = document_list(decision, "offered");
    const char *names = "";
    for (size_t i = 0; i < json_array_size(offered); i++)
        names = joined(screen, names, document_text(json_array_get(offered, i), "organisation.name"));
    return *names ? screen_text(screen, SAY_OFFERED, VALUES(names)) : "";
}

const char *render_wishes(const struct screen *screen, const json_t *list)
{
    const char *words = "";
    for (size_t i = 0; i < json_array_size(list); i++)
        words = joined(screen, words, wish_text(screen, json_array_get(list, i)));
    return words;
}

void render_offer(const struct screen *screen, const json_t *step)
{
    const json_t *offer = document_at(step, "offer");
    const char *who = "", *area = document_text(offer, "area");
    if (document_at(offer, "ageBand"))
        who = screen_text(
            screen, SAY_OFFER_AGE,
            VALUES(render_number(screen, offer, "ageBand.from"), render_number(screen, offer, "ageBand.to")));
    if (*area)
        who = joined(screen, who, screen_text(screen, SAY_OFFER_LIVES, VALUES(area)));
    screen_field(screen, LABEL_WHO, *who ? who : text_template(screen->language, SAY_OFFER_HIDDEN));
    screen_field(screen, LABEL_DOMAINS, render_labels(screen, document_list(step, "domains")));
    screen_field(screen, LABEL_WISHES, render_wishes(screen, document_list(offer, "wishes")));
    screen_field(screen, LABEL_OFFERING, document_text(step, "offering.name"));
    screen_field(screen, LABEL_HOW, screen_text(screen, SAY_OFFER_HOW, VALUES(document_text(step, "id"))));
}
