/*
 * Secrets and fingerprints in the letters of ids (code.h): 23 characters without vowels and look-alikes,
 * shown in groups of four, so that they can be read out on the phone and typed without a mistake that is seen
 * too late.
 *
 *   the code of an invitation   16 letters of 16 random bytes (72 bits)
 *   the pin of a CA             20 letters of the first 12 bytes of the SHA-256 of its certificate (DER) (90
 * bits)
 *
 * The bytes are read as one number, most significant first; its digits to base 23, the lowest first, are the
 * letters. Pure functions without I/O; both sides use them.
 */
#ifndef WIJZER_SPELL_H
#define WIJZER_SPELL_H

#include "slice.h"

enum {
    SPELL_CODE = 16,
    SPELL_CODE_BYTES = 16,
    SPELL_PIN = 20,
    SPELL_PIN_BYTES = 12,
    SPELL_TEXT = 32 /* the longest with its dashes and a NUL */
};

/* So many letters of at most 16 bytes, "XXXX-XXXX-..."; `out` has SPELL_TEXT bytes. */
const char *spell(const unsigned char *bytes, size_t count, unsigned letters, char *out);
/* Exactly so many letters in upper or lower case, with or without dashes and blanks: upper case without them
 * in `out`. False: they are not. */
bool spell_read(struct slice text, unsigned letters, char *out);

#endif
