/*
 * The sealer: what the keeper does so that history is sealed (daemon/seal). Every `seal-every` it reads,
 * region by region and log by log, the rows that are final and in no block, makes blocks of them, signs and
 * adds them. A large backlog goes page by page, a while at each look, so that the keeper's other work does
 * not wait. Of several daemons each may try; a block that another one was quicker with is given up. The
 * keeper's thread only.
 */
#ifndef WIJZER_SEALER_H
#define WIJZER_SEALER_H

#include "asker.h"

struct sealer;

/* `asker` and `clock` are borrowed while it lives, `config` for the call. Without the setting seal-key it
 * seals nothing and says so in the log, once. NULL with *err: the key cannot be used. */
struct sealer *sealer_new(const struct clock *clock, const struct config *config, struct asker *asker,
                          struct err *err);
void sealer_free(struct sealer **sealer);

/* Whether the key of the setting, if it is set, can be used. */
bool sealer_check(const struct config *config, struct err *err);

/* Seals what is due of a region. */
void sealer_look(struct sealer *sealer, int32_t region);

#endif
