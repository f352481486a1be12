/*
 * `wijzerd rebuild --check`: replays every event of every region (history.h) and compares with the tables of
 * the current state. Reads one snapshot, read only, with the login of migrate-database, referral by referral:
 * what is in memory is one referral and a page of each table, and people go on meanwhile.
 */
#ifndef WIJZER_REBUILD_COMMAND_H
#define WIJZER_REBUILD_COMMAND_H

/* argv[0] is "rebuild"; `path`: of the configuration. 0: the same, 1: differences, 2: could not look. */
int rebuild_command(int argc, char **argv, const char *path);

#endif
