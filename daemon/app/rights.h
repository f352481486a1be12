/*
 * When somebody's rights have changed (an account ended, a role changed, a certificate revoked), every worker
 * asks the database again who its peers are: what is cached of them is forgotten at once, and whoever is
 * known no more loses the connection, idle ones too. A few hundred peers go in one question.
 */
#ifndef WIJZER_RIGHTS_H
#define WIJZER_RIGHTS_H

#include "worker.h"

/* The worker's thread. Where the database does not answer it is tried again in half a second. */
void rights_check(struct worker *worker);

#endif
