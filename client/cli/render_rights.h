/* The emergency button, notices, a client's copy of everything, and retention, as people read them
 * (render.h). */
#ifndef WIJZER_RENDER_RIGHTS_H
#define WIJZER_RENDER_RIGHTS_H

#include "render.h"
#include "rules_words.h"

void render_emergency(const struct screen *screen, const json_t *receipt);
void render_emergencies(const struct screen *screen, const json_t *items, bool more);
void render_reviewed(const struct screen *screen, const json_t *receipt);
void render_notices(const struct screen *screen, const json_t *items, bool more);
void render_notice(const struct screen *screen, const json_t *notice);
void render_subscribed(const struct screen *screen, const json_t *one);
void render_subscriptions(const struct screen *screen, const json_t *items, bool more);
void render_deliveries(const struct screen *screen, const json_t *items, bool more);

/* Everything about a client, section by section; render_export.c. */
void render_export(const struct wording *wording, const json_t *copy);
void render_correction(const struct screen *screen, const json_t *receipt);
void render_restriction(const struct screen *screen, const json_t *restriction);
void render_erasure(const struct screen *screen, const json_t *erasure);

void render_retention(const struct screen *screen, const json_t *list);
void render_retention_proposed(const struct screen *screen, const json_t *row);
void render_retention_approved(const struct screen *screen, const json_t *row);
void render_proof(const struct screen *screen, const json_t *list);
void render_bsn(const struct screen *screen, const json_t *bsn);
void render_keys(const struct screen *screen, const json_t *list);
void render_keys_proposed(const struct screen *screen, const json_t *change);
void render_keys_approved(const struct screen *screen, const json_t *change);

/* "terecht gebruikt": a verdict in words. */
const char *render_verdict(const struct screen *screen, const json_t *document);
/* "worker2, Buurtteam". */
const char *render_actor(const struct screen *screen, const json_t *actor);
/* "24-11-2026 17:00" for a time of the document; "" when it is none. */
const char *render_short(const struct screen *screen, const json_t *document, const char *path);
/* Texts of a list with commas. */
const char *render_list(const struct screen *screen, const json_t *texts);

#endif
