/*
 * `wijzerd seal`: making the key, how far history is sealed, its root for the steward to keep elsewhere, and
 * verifying it (seal_audit.h). One thread.
 */
#ifndef WIJZER_SEAL_COMMAND_H
#define WIJZER_SEAL_COMMAND_H

/* argv[0] is "seal"; `path` of the configuration, which is read where it is needed. Returns the exit status.
 */
int seal_command(int argc, char **argv, const char *path);

#endif
