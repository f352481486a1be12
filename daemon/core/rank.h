/* What put one candidate before another. Private to this library. */
#ifndef WIJZER_RANK_H
#define WIJZER_RANK_H

#include "route.h"

enum rank { RANK_WEIGHT, RANK_CAPACITY, RANK_CONFIRMED, RANK_REPLY, RANK_ORDER };

/* By which key they differ, and whether `a` comes first. `today`: days since 1970. */
enum rank route_compare(const struct candidate *a, const struct candidate *b, int64_t today, bool *is_before);

#endif
