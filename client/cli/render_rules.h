/*
 * Rule tables, what the check of one found, trials and explanations as people read them; as render.h. The
 * words of a region come by the wording; without a vocabulary codes stay codes.
 */
#ifndef WIJZER_RENDER_RULES_H
#define WIJZER_RENDER_RULES_H

#include "render.h"
#include "rules_words.h"

/* The seven tables; one version without and with its rows. */
void render_rule_tables(const struct screen *screen, const json_t *list);
void render_rule_head(const struct screen *screen, const json_t *version);
void render_rule_table(const struct wording *wording, const json_t *table);

/* What was found, and whether it can be published. Returns the number of errors. */
size_t render_findings(const struct wording *wording, const json_t *check);

/* A trial, all pages together; at most `limit` of the referrals that would move. */
void render_trial(const struct wording *wording, const json_t *trial, uint64_t limit);

void render_explanation(const struct wording *wording, const json_t *explanation);

/* "2. Wandelgroep (Welzijn Deurne), gewicht 50, er is plek (gemeld op ...)": of a preview, or as stored. */
void render_candidate(const struct screen *screen, size_t position, const json_t *candidate);

#endif
