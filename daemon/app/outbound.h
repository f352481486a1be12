/*
 * Outbound: a thread that tells people outside Wijzer that there is something for them. For every region it
 * has dispatches derived from events and notices, claims letters, sends them by SMTP or HTTPS (libcurl), many
 * at a time and one of each subscription, and says what became of each. Any number of daemons may do it: the
 * database hands out each letter for a while. Who is killed between sending and saying so has sent a letter
 * that somebody sends again, under the same id: at least once. It logs numbers, never an address.
 */
#ifndef WIJZER_OUTBOUND_H
#define WIJZER_OUTBOUND_H

#include "app.h"
#include "keyrings.h"

struct outbound;

/* `app` is borrowed; `config` and `keyrings` are held. NULL with *err. */
struct outbound *outbound_new(struct app *app, const struct config *config, const struct keyrings *keyrings,
                              struct err *err);
bool outbound_start(struct outbound *outbound, struct err *err);
/* Any thread: these keyrings from now on (held). */
void outbound_set_keyrings(struct outbound *outbound, const struct keyrings *keyrings);
/* Stops and joins its thread, if it runs, and frees. */
void outbound_stop(struct outbound **outbound);

#endif
