/*
 * Consent on the command line: who may see what, as `--share levgroep=name,phone` says it.
 */
#ifndef WIJZER_CONSENT_CLI_H
#define WIJZER_CONSENT_CLI_H

#include "program.h"
#include "wire.h"

/* Every --share as a choice: WHO=FIELD,FIELD where WHO is an organisation or kind:KIND, with @first or @STEP
 * where one step alone is meant; without fields, nothing. Without the flag no choice was made. False: said.
 */
bool consent_take(struct program *program, struct wire_consent *consent);

/* The id of a client by its own or by that of a referral of it, and the client's consent. `referral` gets the
 * id of the referral that was given, or NULL. NULL: *answer says why. */
const json_t *consent_find(struct program *program, const char *id, struct answer *answer,
                           const char **referral);

#endif
