/*
 * Regular expressions of XPath (OMG DMN 1.5, 10.3.4.3, as far as tables need them): . [] () (?:) | * + ?
 * {n,m} with lazy forms, ^ $, \d \w \s and their opposites, escapes; flags i m s x q. No back references, no
 * \p{...}, no class subtraction: a pattern with those is none. Simulated with a list of states (R. Cox,
 * "Regular Expression Matching: the Virtual Machine Approach"), so that time is at most pattern times text
 * whatever they are; the C library's matcher can be made to take hours and gigabytes by a pattern of twenty
 * characters.
 */
#ifndef WIJZER_FEEL_REGEX_H
#define WIJZER_FEEL_REGEX_H

#include "feel_node.h"

enum { REGEX_PATTERN = 1024, REGEX_PROGRAM = 1000, REGEX_GROUPS = 10 };

struct regex;

/* NULL: the pattern or the flags are not understood. */
struct regex *regex_compile(struct evaluator *ev, struct slice pattern, struct slice flags);

struct regex_match {
    size_t from[REGEX_GROUPS], to[REGEX_GROUPS]; /* bytes; SIZE_MAX: the group did not take part */
};

/* The first match at or behind byte `start`. Takes steps. */
bool regex_search(struct evaluator *ev, struct regex *regex, struct slice text, size_t start,
                  struct regex_match *match);

/* Letters of Latin-1 and Latin Extended-A; others stay as they are. */
uint32_t rune_lower(uint32_t rune);
uint32_t rune_upper(uint32_t rune);

#endif
