/* What the help is estimated to save, and what that stands on: never one without the other. */
#include "render_figures.h"

/* "14.400" in Dutch, "14,400" in English. */
static const char *euros(const struct screen *screen, const json_t *document, const char *path)
{
    const char *digits = render_number(screen, document, path);
    size_t length = strlen(digits);
    char *text = arena_alloc(screen->arena, length + length / 3 + 1), *at = text;
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            *at++ = screen->language == DUTCH ? '.' : ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return text;
}

/* "Afgerond, doel bereikt", with the life domain where it is about one. */
static const char *name_of(const struct screen *screen, const json_t *assumption)
{
    const char *outcome = document_text(assumption, "outcome.label"),
               *domain = document_text(assumption, "domain.label");
    return *domain ? screen_text(screen, SAVING_DOMAIN, VALUES(outcome, domain)) : outcome;
}

/* From when on, by whom, and the source. */
static void put_basis(const struct screen *screen, const json_t *assumption)
{
    screen_block(screen, 2, true,
                 screen_text(screen, SAVING_BASIS,
                             VALUES(render_day(screen, assumption, "effectiveFrom"),
                                    document_text(assumption, "by.name"),
                                    document_text(assumption, "by.organisation.name"))));
    screen_block(screen, 2, true,
                 screen_text(screen, SAVING_SOURCE, VALUES(document_text(assumption, "source"))));
}

static void put_saving(const struct screen *screen, const json_t *row)
{
    const json_t *assumption = document_at(row, "assumption");
    const char *name = name_of(screen, assumption), *amount = euros(screen, assumption, "amount");
    if (json_is_integer(document_at(row, "count")))
        screen_say(screen, SAVING_ROW,
                   VALUES(name, render_number(screen, row, "count"), amount, euros(screen, row, "saved")));
    else
        screen_say(screen, SAVING_ROW_FEW, VALUES(name, amount));
    put_basis(screen, assumption);
}

void render_savings(const struct screen *screen, const json_t *document)
{
    const json_t *items = document_list(document, "items");
    const char *closed = render_number(screen, document, "closed");
    screen_say(screen, SAY_SAVINGS_HEAD,
               VALUES(render_day(screen, document, "from"), render_day(screen, document, "to")));
    if (!json_is_integer(document_at(document, "estimate"))) {
        screen_block(screen, 0, true, screen_text(screen, SAY_SAVINGS_NONE, VALUES(closed)));
        return;
    }
    screen_say(
        screen, SAY_SAVINGS_ESTIMATE,
        VALUES(euros(screen, document, "estimate"), render_number(screen, document, "counted"), closed));
    screen_block(screen, 0, true, text_template(screen->language, SAY_SAVINGS_CAUTION));
    screen_newline(screen);
    for (size_t i = 0; i < json_array_size(items); i++)
        put_saving(screen, json_array_get(items, i));
    screen_newline(screen);
    screen_say(screen, SAY_SAVINGS_LEFT, VALUES(render_number(screen, document, "notCounted")));
    screen_block(screen, 0, true, text_template(screen->language, SAY_SAVINGS_LEGEND));
}

void render_assumptions(const struct screen *screen, const json_t *document)
{
    const json_t *items = document_list(document, "items");
    if (json_array_size(items) == 0) {
        screen_block(screen, 0, true, text_template(screen->language, SAY_ASSUMPTIONS_NONE));
        return;
    }
    screen_say(screen, SAY_ASSUMPTIONS_HEAD, NULL);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *assumption = json_array_get(items, i);
        screen_say(screen, ASSUMPTION_ROW,
                   VALUES(name_of(screen, assumption), euros(screen, assumption, "amount")));
        put_basis(screen, assumption);
    }
}

void render_assumption(const struct screen *screen, const json_t *receipt)
{
    screen_say(screen, SAY_ASSUMED,
               VALUES(name_of(screen, receipt), euros(screen, receipt, "amount"),
                      render_day(screen, receipt, "effectiveFrom")));
}
