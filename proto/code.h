/*
 * Ids that can be read out on the phone. In the database an id is a bigint from one sequence for all
 * objects; on every screen and in the API it is a code of eight characters, shown as "GXGP-2X3J": seven
 * that carry the number (scrambled, so that neighbours look different) and a check character.
 *
 * Alphabet: 23456789CDFGHJKMNPRTWXY, 23 characters without look-alikes (0/O, 1/I/L, 8/B, 5/S, 2/Z, U/V)
 * and without vowels. 23 is prime, so the check (weights 1..8 modulo 23) finds every single wrong
 * character and every swap of two characters. SQL has the same in wijzer.code(bigint).
 *
 *   scrambled = id * 2221713035 mod 23^7, most significant digit first: d1..d7
 *   check     = the digit d8 for which sum(i * di, i = 1..8) mod 23 = 0
 *
 * Pure functions without I/O.
 */
#ifndef WIJZER_CODE_H
#define WIJZER_CODE_H

#include "slice.h"

enum { CODE_TEXT = 10 };             /* "GXGP-2X3J" and NUL */
#define CODE_IDS INT64_C(3404825447) /* 23^7: ids are 0 <= id < CODE_IDS */

enum code_result { CODE_OK, CODE_NOT_A_CODE, CODE_MISTYPED };

/* `id` must be in range. */
const char *code_text(int64_t id, char out[CODE_TEXT]);
/* Reads a code in upper or lower case, with or without the dash or spaces. CODE_NOT_A_CODE: wrong length or a
 * character outside the alphabet; CODE_MISTYPED: the check character does not fit. */
enum code_result code_parse(struct slice text, int64_t *id);

#endif
