/* What a practice hears back, digests and the headlines, as people read them (render.h). */
#ifndef WIJZER_RENDER_CONTRACT_H
#define WIJZER_RENDER_CONTRACT_H

#include "render.h"

void render_contract(const struct screen *screen, const json_t *contract);
void render_contracts(const struct screen *screen, const json_t *document);
void render_overview(const struct screen *screen, const json_t *overview);

#endif
