/*
 * Arithmetic on decimals of 34 digits (IEEE 754 decimal128) by the Intel Decimal Floating-Point Math Library,
 * which is seen by decimal.c alone. Every decimal in hand is finite: what has no finite result is false, with
 * *out untouched. Results that need more than 34 digits are rounded half to even. Pure.
 */
#ifndef WIJZER_DECIMAL_H
#define WIJZER_DECIMAL_H

#include "value.h"

enum decimal_rounding { /* the library's numbers */
                        ROUND_HALF_EVEN,
                        ROUND_FLOOR,
                        ROUND_CEILING,
                        ROUND_TO_ZERO,
                        ROUND_HALF_UP, /* ties away from zero */
                        ROUND_FROM_ZERO,
                        ROUND_HALF_DOWN /* ties towards zero */
};

struct decimal decimal_of_int(int64_t number);
/* False if it is not whole or does not fit. */
bool decimal_to_int(struct decimal number, int64_t *out);
struct decimal decimal_negate(struct decimal number);
int decimal_sign(struct decimal number); /* -1, 0, 1 */
bool decimal_is_whole(struct decimal number);

bool decimal_add(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_divide(struct decimal a, struct decimal b, struct decimal *out);
/* a - b * floor(a / b): the sign is that of b. */
bool decimal_modulo(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_power(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_sqrt(struct decimal number, struct decimal *out);
bool decimal_exp(struct decimal number, struct decimal *out);
bool decimal_log(struct decimal number, struct decimal *out);
/* To `digits` behind the point (negative: before it). */
bool decimal_round(struct decimal number, int64_t digits, enum decimal_rounding how, struct decimal *out);

#endif
