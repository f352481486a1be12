/* Room, groups and places as people read them. */
#ifndef WIJZER_RENDER_PLACES_H
#define WIJZER_RENDER_PLACES_H

#include "render.h"

void render_offerings(const struct screen *screen, const json_t *document);
void render_offering(const struct screen *screen, const json_t *offering);
void render_group(const struct screen *screen, const json_t *group);

#endif
