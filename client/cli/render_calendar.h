/* Days on which nobody works, as people read them. */
#ifndef WIJZER_RENDER_CALENDAR_H
#define WIJZER_RENDER_CALENDAR_H

#include "render.h"

void render_calendar(const struct screen *screen, const json_t *document);
void render_closed(const struct screen *screen, const json_t *closure);
void render_opened(const struct screen *screen, const json_t *closure);

#endif
