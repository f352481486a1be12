/* Invitations and accounts as stewards read them. */
#ifndef WIJZER_RENDER_ACCESS_H
#define WIJZER_RENDER_ACCESS_H

#include "render.h"

/* The answer to an invitation; `address` is where the invited go. */
void render_invited(const struct screen *screen, const json_t *invited, const char *address);
void render_invitations(const struct screen *screen, const json_t *list);
void render_accounts(const struct screen *screen, const json_t *list);

#endif
