/* What clients found of it, and figures in tables, as people read them (render.h). */
#ifndef WIJZER_RENDER_FIGURES_H
#define WIJZER_RENDER_FIGURES_H

#include "render.h"

void render_told(const struct screen *screen, const json_t *receipt);
void render_rates(const struct screen *screen, const json_t *rates);
void render_partners(const struct screen *screen, const json_t *figures);

#endif
