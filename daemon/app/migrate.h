/*
 * The schemas of the data and of the keys: what `wijzerd migrate` does (sqitch for the tables, psql for the
 * functions and views) and the check before start that both databases have the schema this program was built
 * for. Both block; they run before any thread exists.
 */
#ifndef WIJZER_MIGRATE_H
#define WIJZER_MIGRATE_H

#include "config.h"

/* Runs `sqitch deploy` and `psql -f interface.sql` in sql-directory as the login of migrate-database, and in
 * its directory keys as that of migrate-key-database; their output goes to ours. False unless the databases
 * then have the schemas this program needs. */
bool migrate(const struct config *config, struct err *err);

enum schema_state { SCHEMA_FITS, SCHEMA_DIFFERS, SCHEMA_UNREACHABLE };

/* Of both databases; *err says what to do unless they fit. */
enum schema_state schema_check(const struct config *config, struct err *err);

#endif
