/*
 * The schema: what `wijzerd migrate` does (sqitch for the tables, psql for the functions and views) and the
 * check before start that the database has the schema this program was built for. Both block; they run before
 * any thread exists.
 */
#ifndef WIJZER_MIGRATE_H
#define WIJZER_MIGRATE_H

#include "config.h"

/* Runs `sqitch deploy` and `psql -f interface.sql` in sql-directory as the login of migrate-database; their
 * output goes to ours. False unless the database then has the schema this program needs. */
bool migrate(const struct config *config, struct err *err);

enum schema_state { SCHEMA_FITS, SCHEMA_DIFFERS, SCHEMA_UNREACHABLE };

/* *err says what to do unless it fits. */
enum schema_state schema_check(const struct config *config, struct err *err);

#endif
