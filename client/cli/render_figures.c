#include "render_figures.h"

enum { NAME_WIDTH = 24, RATE_WIDTH = 7, FIGURE_WIDTH = 8 };

const char *render_helped(const struct screen *screen, const json_t *document)
{
    static const struct {
        const char *word;
        enum text text;
    } words[] = {
        {"yes", HELPED_YES}, {"partly", HELPED_PARTLY}, {"no", HELPED_NO}, {"not-known", HELPED_NOT_KNOWN}};
    const char *helped = document_text(document, "helped");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(helped, words[i].word) == 0)
            return text_template(screen->language, words[i].text);
    return helped;
}

void render_told(const struct screen *screen, const json_t *receipt)
{
    bool is_known = strcmp(document_text(receipt, "helped"), "not-known") != 0;
    screen_say(screen, is_known ? SAY_ASKED : SAY_ASKED_ONLY,
               VALUES(document_text(receipt, "referralId"), render_helped(screen, receipt)));
}

/* ---- tables ---- */

/* The name of a row; a long one has a line of its own. */
static void put_name(const struct screen *screen, const char *name)
{
    screen_put(screen, SAY_NAME, VALUES(name));
    if (slice_utf8_length(slice_of(name)) >= NAME_WIDTH) {
        screen_newline(screen);
        name = "";
    }
    fputs(text_padding(screen->arena, name, NAME_WIDTH), screen->file);
}

static void put_cell(const struct screen *screen, size_t width, const char *text)
{
    fputs(text_padding(screen->arena, text, width), screen->file);
    screen_put(screen, SAY_NAME, VALUES(text));
}

/* "87%", never rounded up to all of them; "-" of nothing. */
/* Rounded; all and none are said of nothing less. */
static int percent_of(double share)
{
    int rounded = (int)(share * 100 + 0.5);
    return rounded == 100 && share < 1 ? 99 : rounded == 0 && share > 0 ? 1 : rounded;
}

static const char *percentage(const struct screen *screen, const json_t *rate)
{
    const json_t *share = document_at(rate, "share");
    return json_is_number(share) ? arena_printf(screen->arena, "%d%%", percent_of(json_number_value(share)))
                                 : "-";
}

/* "20,5" in Dutch, "20.5" in English; "-" where there is none. */
static const char *decimal(const struct screen *screen, const json_t *document, const char *path)
{
    const json_t *number = document_at(document, path);
    if (!json_is_number(number))
        return "-";
    const char *text = arena_printf(screen->arena, "%.1f", json_number_value(number));
    const char *point = strpbrk(text, ".,");
    return point ? arena_printf(screen->arena, "%.*s%c%s", (int)(point - text), text,
                                screen->language == DUTCH ? ',' : '.', point + 1)
                 : text;
}

static void put_period(const struct screen *screen, const json_t *document, enum text head)
{
    screen_say(screen, head,
               VALUES(render_day(screen, document, "from"), render_day(screen, document, "to")));
}

/* ---- closure rates ---- */

static const struct {
    const char *member, *head; /* head NULL: a text */
    enum text text;
} rates[] = {{"l1", "L1", TEXT_COUNT}, {"l2", "L2", TEXT_COUNT},        {"l3", "L3", TEXT_COUNT},
             {"l4", "L4", TEXT_COUNT}, {"l5", "L5", TEXT_COUNT},        {"l6", "L6", TEXT_COUNT},
             {"l7", "L7", TEXT_COUNT}, {"closed", NULL, COLUMN_CLOSED}, {"fullyClosed", NULL, COLUMN_FULLY}};
enum { RATES = sizeof rates / sizeof rates[0] };

static const char *name_of_rates(const struct screen *screen, const json_t *row, bool by_area)
{
    const char *name = document_text(row, "organisation.name"), *area = document_text(row, "area");
    if (*name)
        return name;
    return *area ? screen_text(screen, SAY_AREA, VALUES(area))
                 : text_template(screen->language, by_area ? SAY_SMALL_AREAS : SAY_REGION);
}

/* Shares, and the numbers below them. */
static void put_rates(const struct screen *screen, const json_t *row, bool by_area)
{
    put_name(screen, name_of_rates(screen, row, by_area));
    put_cell(screen, RATE_WIDTH, render_number(screen, row, "referrals"));
    for (size_t i = 0; i < RATES; i++)
        put_cell(screen, RATE_WIDTH, percentage(screen, document_at(row, rates[i].member)));
    screen_newline(screen);
    put_name(screen, "");
    put_cell(screen, RATE_WIDTH, "");
    for (size_t i = 0; i < RATES; i++)
        put_cell(screen, RATE_WIDTH, render_number(screen, document_at(row, rates[i].member), "count"));
    screen_newline(screen);
}

void render_rates(const struct screen *screen, const json_t *document)
{
    const json_t *items = document_list(document, "items");
    bool by_area = strcmp(document_text(document, "by"), "area") == 0;
    put_period(screen, document, SAY_RATES_HEAD);
    if (json_array_size(items) == 0) {
        screen_say(screen, by_area ? SAY_AREAS_EMPTY : SAY_RATES_EMPTY, NULL);
        return;
    }
    put_name(screen, "");
    put_cell(screen, RATE_WIDTH, text_template(screen->language, COLUMN_REFERRALS));
    for (size_t i = 0; i < RATES; i++)
        put_cell(screen, RATE_WIDTH,
                 rates[i].head ? rates[i].head : text_template(screen->language, rates[i].text));
    screen_newline(screen);
    for (size_t i = 0; i < json_array_size(items); i++)
        put_rates(screen, json_array_get(items, i), by_area);
    screen_block(screen, 0, true, text_template(screen->language, SAY_RATES_LEGEND));
    if (by_area)
        screen_block(screen, 0, true, text_template(screen->language, SAY_AREAS_LEGEND));
}

/* ---- partners ---- */

static void put_declines(const struct screen *screen, const json_t *declines)
{
    const char *list = "";
    for (size_t i = 0; i < json_array_size(declines); i++) {
        const json_t *decline = json_array_get(declines, i);
        list = arena_printf(
            screen->arena, "%s%s%s", list, *list ? ", " : "",
            screen_text(screen, SAY_DECLINE,
                        VALUES(document_text(decline, "label"), render_number(screen, decline, "count"))));
    }
    if (*list)
        screen_block(screen, 2, true, screen_text(screen, SAY_DECLINED, VALUES(list)));
}

static void put_partner(const struct screen *screen, const json_t *row)
{
    put_name(screen, document_text(row, "organisation.name"));
    put_cell(screen, FIGURE_WIDTH, render_number(screen, row, "steps"));
    put_cell(screen, FIGURE_WIDTH, render_number(screen, row, "answered"));
    put_cell(screen, FIGURE_WIDTH, decimal(screen, row, "hoursToAnswer.median"));
    put_cell(screen, FIGURE_WIDTH, decimal(screen, row, "hoursToAnswer.p90"));
    put_cell(screen, FIGURE_WIDTH, decimal(screen, row, "daysToFirstContact.median"));
    put_cell(screen, FIGURE_WIDTH, percentage(screen, document_at(row, "answeredInTime")));
    put_cell(screen, FIGURE_WIDTH, render_number(screen, row, "open"));
    put_cell(screen, FIGURE_WIDTH, render_number(screen, row, "overdue"));
    screen_newline(screen);
    put_declines(screen, document_list(row, "declines"));
}

void render_partners(const struct screen *screen, const json_t *document)
{
    static const enum text columns[] = {COLUMN_STEPS,       COLUMN_ANSWERED, COLUMN_ANSWER_MEDIAN,
                                        COLUMN_ANSWER_MOST, COLUMN_CONTACT,  COLUMN_IN_TIME,
                                        COLUMN_OPEN,        COLUMN_LATE};
    const json_t *items = document_list(document, "items");
    put_period(screen, document, SAY_PARTNERS_HEAD);
    if (json_array_size(items) == 0) {
        screen_say(screen, SAY_PARTNERS_EMPTY, NULL);
        return;
    }
    put_name(screen, "");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        put_cell(screen, FIGURE_WIDTH, text_template(screen->language, columns[i]));
    screen_newline(screen);
    for (size_t i = 0; i < json_array_size(items); i++)
        put_partner(screen, json_array_get(items, i));
    screen_block(screen, 0, true, text_template(screen->language, SAY_PARTNERS_LEGEND));
}

/* ---- how residents moved ---- */

/* With its sign, so that down is not taken for up. */
static const char *difference(const struct screen *screen, const json_t *row)
{
    const char *text = decimal(screen, row, "difference");
    return json_number_value(document_at(row, "difference")) > 0 ? arena_printf(screen->arena, "+%s", text)
                                                                 : text;
}

static void put_movement(const struct screen *screen, const json_t *row, bool by_area)
{
    const char *domain = document_text(row, "domain.label"), *area = document_text(row, "area");
    put_name(screen, *domain ? domain
                     : *area
                         ? screen_text(screen, SAY_AREA, VALUES(area))
                         : text_template(screen->language, by_area ? SAY_SMALL_AREAS : SAY_SMALL_DOMAINS));
    put_cell(screen, FIGURE_WIDTH, render_number(screen, row, "goals"));
    put_cell(screen, FIGURE_WIDTH + 1, render_number(screen, row, "clients"));
    put_cell(screen, FIGURE_WIDTH, decimal(screen, row, "first"));
    put_cell(screen, FIGURE_WIDTH, decimal(screen, row, "last"));
    put_cell(screen, FIGURE_WIDTH + 1, difference(screen, row));
    screen_newline(screen);
}

void render_movement(const struct screen *screen, const json_t *document)
{
    static const struct {
        size_t width;
        enum text text;
    } columns[] = {{FIGURE_WIDTH, COLUMN_GOALS},
                   {FIGURE_WIDTH + 1, COLUMN_CLIENTS},
                   {FIGURE_WIDTH, COLUMN_FIRST},
                   {FIGURE_WIDTH, COLUMN_LAST},
                   {FIGURE_WIDTH + 1, COLUMN_DIFFERENCE}};
    const json_t *items = document_list(document, "items");
    bool by_area = strcmp(document_text(document, "by"), "area") == 0;
    put_period(screen, document, SAY_MOVEMENT_HEAD);
    if (json_array_size(items) == 0) {
        screen_block(
            screen, 0, true,
            text_template(screen->language, by_area ? SAY_MOVEMENT_AREAS_EMPTY : SAY_MOVEMENT_EMPTY));
        return;
    }
    put_name(screen, "");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        put_cell(screen, columns[i].width, text_template(screen->language, columns[i].text));
    screen_newline(screen);
    for (size_t i = 0; i < json_array_size(items); i++)
        put_movement(screen, json_array_get(items, i), by_area);
    screen_block(screen, 0, true, text_template(screen->language, SAY_MOVEMENT_LEGEND));
}
