/*
 * The flags that describe a referral: what `refer` sends, `consent preview` looks at.
 */
#ifndef WIJZER_REFERRAL_FLAGS_H
#define WIJZER_REFERRAL_FLAGS_H

#include "options.h"

#define REFERRAL_FLAGS                                                                                       \
    FLAG_DOMAIN, FLAG_BIRTH_YEAR, FLAG_AREA, FLAG_NAME, FLAG_PHONE, FLAG_EMAIL, FLAG_LANGUAGE, FLAG_ICPC,    \
        FLAG_URGENCY, FLAG_MOBILITY, FLAG_DIGITAL_SKILL, FLAG_LVB, FLAG_OCCUPATION, FLAG_HOUSEHOLD,          \
        FLAG_WISH, FLAG_SELF, FLAG_DESK, FLAG_SIGNAL, FLAG_TEXT, FLAG_SHARE, FLAG_FILE, FLAG_DRY_RUN

#endif
