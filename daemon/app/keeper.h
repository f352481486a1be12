/*
 * The keeper: a thread that watches the database. Twice a second it asks which version each region has; for
 * one that changed it reads the snapshot's document, then the rows of those rule table versions that it does
 * not hold yet (a published version never changes, so its ruleset is shared by all snapshots that name it),
 * compiles, and mails the new snapshot to every worker. All of that at a low priority and off the workers'
 * loops: they only swap a pointer. A snapshot that does not hold together is told in the log and on the
 * board, and the one before stays. It also sees whether the schema is the one this program was built for, and
 * has reply times measured once an hour, one region at a look, and history sealed (sealer.h). It survives a
 * lost database by asking again.
 */
#ifndef WIJZER_KEEPER_H
#define WIJZER_KEEPER_H

#include "app.h"

struct keeper;

/* Makes it; keeper_start() starts its thread. `config` is borrowed for the call. NULL with *err if its loop
 * or lane cannot be made. */
struct keeper *keeper_new(struct app *app, const struct config *config, struct err *err);
bool keeper_start(struct keeper *keeper, struct err *err);
/* Stops and joins its thread, if it runs, and frees. */
void keeper_stop(struct keeper **keeper);

/* One look at the database: what the thread does twice a second. */
void keeper_look(struct keeper *keeper);

#endif
