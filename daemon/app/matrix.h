/*
 * The route table as people read it: who may ask what. `wijzerd --route-matrix` prints it,
 * daemon/app/ROUTES.md keeps it, and tests/system/matrix.test.mjs asks a live daemon whether it is true.
 * Reads the table alone; any thread.
 */
#ifndef WIJZER_MATRIX_H
#define WIJZER_MATRIX_H

#include <stdio.h>

/* Markdown: a heading, how to read and renew it, one row for every route. */
void matrix_print(FILE *out);

#endif
