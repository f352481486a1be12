/*
 * The keeper: a thread that watches the database. Once a second it asks which version each region has, loads
 * and compiles what changed, and mails the new snapshot to every worker. It also sees whether the schema is
 * the one this program was built for. It survives a lost database by asking again.
 */
#ifndef WIJZER_KEEPER_H
#define WIJZER_KEEPER_H

#include "app.h"

struct keeper;

/* `config` is borrowed for the call. NULL with *err if its loop, lane or thread cannot be made. */
struct keeper *keeper_start(struct app *app, const struct config *config, struct err *err);
/* Stops and joins its thread. */
void keeper_stop(struct keeper **keeper);

#endif
