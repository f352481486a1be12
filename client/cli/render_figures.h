/* What clients found of it, and figures in tables, as people read them (render.h). */
#ifndef WIJZER_RENDER_FIGURES_H
#define WIJZER_RENDER_FIGURES_H

#include "render.h"

void render_told(const struct screen *screen, const json_t *receipt);
void render_rates(const struct screen *screen, const json_t *rates);
void render_partners(const struct screen *screen, const json_t *figures);
void render_movement(const struct screen *screen, const json_t *movement);
/* render_savings.c */
void render_savings(const struct screen *screen, const json_t *savings);
void render_assumptions(const struct screen *screen, const json_t *assumptions);
void render_assumption(const struct screen *screen, const json_t *receipt);

#endif
