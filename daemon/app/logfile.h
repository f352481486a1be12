/*
 * The file of the log (log-file), or standard error. It is opened again, under the same descriptor, by every
 * reload, so that logrotate may move it away; threads that log meanwhile notice nothing.
 */
#ifndef WIJZER_LOGFILE_H
#define WIJZER_LOGFILE_H

#include "err.h"

/* A descriptor for log_open(); `path` NULL is standard error. -1 with *err that names the file. */
int logfile_open(const char *path, struct err *err);
/* Makes `fd` the file that is there now; where it cannot be opened the old one stays. */
bool logfile_reopen(const char *path, int fd, struct err *err);

#endif
