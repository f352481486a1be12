/*
 * The columns of rule tables in words: labels, fixed words in Dutch and English, the region's own words by
 * its vocabulary; and cells, facts and answers as people read them. Texts are the screen's arena's. Pure.
 */
#ifndef WIJZER_RULES_WORDS_H
#define WIJZER_RULES_WORDS_H

#include "json_doc.h"
#include "screen.h"

/* What a screen needs for the words of a table. */
struct wording {
    const struct screen *screen;
    const json_t *words; /* the vocabulary, or NULL: codes stay codes */
};

/* "leeftijd"; NULL for a column that is none. */
const char *column_label(enum language language, const char *column);
/* Names of all facts that a rule may look at; ends with NULL. For "did you mean". */
const char *const *column_facts(size_t *count);

/* One word of a column: "Geld en schulden" for "finances". */
const char *word_text(const struct wording *wording, const char *column, const char *word);
/* A cell as a phrase: "leeftijd 18 t/m 27", "leefgebied niet Wonen of Geld en schulden". */
const char *cell_phrase(const struct wording *wording, const char *column, const char *test);
/* Only what the cell asks for: "18 t/m 27". */
const char *cell_words(const struct wording *wording, const char *column, const char *test);
/* All cells of a row ("when"): phrases with commas; "" when there are none. */
const char *cells_phrase(const struct wording *wording, const json_t *when);
/* A fact's value: "76", "Geld en schulden en Wonen", "niet bekend". */
const char *fact_words(const struct wording *wording, const char *column, const json_t *fact);
/* All known facts as phrases with commas. */
const char *facts_phrase(const struct wording *wording, const json_t *facts);
/* What a row answers ("then"): "aanbod Koffieochtenden, gewicht 50"; without the nulls that say nothing. */
const char *answer_phrase(const struct wording *wording, const json_t *then);

#endif
