#include "explain.h"

struct side {
    const struct offering *offering;
    const struct ruleset *set;
    const struct ruling *ruling;
    bool uncertain;
};

static bool decide_side(const struct region *region, const struct ruleset *const *rulesets,
                        const struct situation *situation, moment now, struct side *side, struct err *err)
{
    struct routing routing;
    if (!route_decide(region, rulesets, situation, now, &routing, err))
        return false;
    *side = (struct side){.offering = routing.candidate_count ? routing.candidates[0].offering : NULL,
                          .set = routing.set,
                          .ruling = routing.ruling,
                          .uncertain = routing.uncertain};
    return true;
}

bool replay_decide(const struct region *region, const struct ruleset *const *before,
                   const struct ruleset *const *after, struct slice inputs, moment now, struct arena *arena,
                   struct replay_result *out, struct err *err)
{
    struct situation situation;
    struct side from, to;
    if (!situation_read(inputs, arena, &situation, err) ||
        !decide_side(region, before, &situation, now, &from, err) ||
        !decide_side(region, after, &situation, now, &to, err))
        return false;
    *out = (struct replay_result){.moves = from.offering != to.offering,
                                  .is_uncertain = to.uncertain,
                                  .from = from.offering,
                                  .to = to.offering,
                                  .from_set = from.set,
                                  .to_set = to.set,
                                  .from_ruling = from.ruling,
                                  .to_ruling = to.ruling};
    return true;
}
