/*
 * The running daemon: the main thread with its listeners and signals. SIGTERM and SIGINT drain (in-flight
 * work is finished, new work refused), SIGHUP reloads configuration and certificates without dropping a
 * connection.
 */
#ifndef WIJZER_SERVE_H
#define WIJZER_SERVE_H

#include "config.h"

/* Serves until a signal ends it. Takes the config's reference; `path` is read again on reload (may be NULL),
 * and `log`, the descriptor of the log, gets the file that is then there. False with *err if it could not
 * start. */
bool serve(const struct config *config, const char *path, int log, struct err *err);

#endif
