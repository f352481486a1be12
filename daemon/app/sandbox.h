/*
 * What the daemon gives up once it listens. As root it becomes the login of `user`; it drops every
 * capability, may gain none again, leaves no core file, and from then on may make the system calls of a table
 * (sandbox.c) and no others: no program is started, no process made, nothing mounted, traced or listened on
 * anew, no memory both written and executed.
 *
 * A call that the table does not have ends the daemon by SIGSYS, after a line "system-call-refused" in the
 * log with the number of the call. Threads made later inherit all of it, so it comes before them: what is
 * opened after it (certificates at a reload, the log file, database connections) is opened with what is left.
 */
#ifndef WIJZER_SANDBOX_H
#define WIJZER_SANDBOX_H

#include "config.h"

/* Once, by the main thread, after the listeners are bound and before any other thread. */
bool sandbox_enter(const struct config *config, struct err *err);

/* Whether `user` of the configuration can be had from where we are: as root it must be told, be it `root`. */
bool sandbox_is_told_user(const struct config *config, struct err *err);

#endif
