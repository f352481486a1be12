/* Consent, what is seen by it, clients that were found, and the access log, as people read them (render.h).
 */
#ifndef WIJZER_RENDER_CONSENT_H
#define WIJZER_RENDER_CONSENT_H

#include "render.h"

void render_consent(const struct screen *screen, const json_t *consent);
/* Party by party what they see: of a preview or of a referral that is there. */
/* Who has a step of it and sees no name or no phone number. */
void render_unreachable(const struct screen *screen, const json_t *disclosure);
/* What to do about a step where the client's name or how to reach them is not shared. */
void render_ask_consent(const struct screen *screen, const json_t *step);
void render_disclosure(const struct screen *screen, const json_t *disclosure);
void render_found(const struct screen *screen, const json_t *found);

/* Who may see what, and that others see nothing. */
void render_grants(const struct screen *screen, const json_t *grants);

/* "naam en telefoonnummer": kinds of data in words. */
const char *render_data(const struct screen *screen, const json_t *fields);

/* Entries of the access log: told to the client, and for the log manager. */
void render_access_told(const struct screen *screen, const char *client, const json_t *entries, bool more);
void render_access_rows(const struct screen *screen, const json_t *entries, bool more);

#endif
