/*
 * `wijzerd keys`: the keys of regions in the steward's hands. It works beside a running daemon: old wrapping
 * keys unwrap until they are retired, so nothing has to stand still. No threads.
 */
#ifndef WIJZER_KEYS_COMMAND_H
#define WIJZER_KEYS_COMMAND_H

#include "config.h"

/* The words behind `keys`. Returns the exit status: 0 done, 1 failed, 2 wrong use; what was wrong stands on
 * standard error. The secure heap must be there (keys_start). */
int keys_command(const struct config *config, char *const words[], int count);

#endif
