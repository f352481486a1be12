#include "rank.h"

/* Rows that are YES are on the stack while they are this few; a person who matches more is rare enough for an
 * allocation. */
enum { FEW_ROWS = 512, APPROACHES = 128 };

struct hits {
    struct index_hits yes, unknown;
    uint32_t few[FEW_ROWS], unknowns[ROUTE_ROWS];
};

/* An approach that table 2 gave, with the greatest weight that a row gave it. */
struct chosen {
    uint32_t hash;
    uint16_t word;
    int weight;
};

struct decider {
    const struct region *region;
    const struct ruleset *const *sets;
    const struct situation *situation;
    int64_t today;
    struct routing *out;
    struct chosen chosen[APPROACHES];
    struct slice words[APPROACHES]; /* of the chosen */
    size_t chosen_count;
    bool approach_is_known;
    const struct ruling *nobody; /* row of table 3 that names nobody and weighs most */
};

/* Asking a table -------------------------------------------------------------------------------------------
 */

static void take_facts(const struct question *question, const struct situation *situation, struct fact *facts)
{
    for (size_t i = 0; i < question->input_count; i++)
        facts[i] = situation->facts[question->inputs[i]];
}

static void ask_all(const struct ruleset *set, const struct fact *facts, struct hits *hits)
{
    hits->yes = (struct index_hits){.rows = hits->few, .room = FEW_ROWS};
    hits->unknown = (struct index_hits){.rows = hits->unknowns, .room = ROUTE_ROWS};
    index_all(set->index, facts, NULL, NULL, &hits->yes, &hits->unknown);
    if (!hits->yes.is_cut)
        return;
    hits->yes =
        (struct index_hits){.rows = xcalloc(set->rule_count, sizeof(uint32_t)), .room = set->rule_count};
    hits->unknown = (struct index_hits){.rows = hits->unknowns, .room = ROUTE_ROWS};
    index_all(set->index, facts, NULL, NULL, &hits->yes, &hits->unknown);
}

static void forget(struct hits *hits)
{
    if (hits->yes.rows != hits->few)
        xfree(hits->yes.rows);
}

/* Traces ---------------------------------------------------------------------------------------------------
 */

static struct trace *trace_of(struct decider *d, int table)
{
    struct trace *trace = &d->out->traces[table - 1];
    trace->set = d->sets[table];
    return trace;
}

/* Unless it stands among the first `named` already. */
static void trace_row(struct trace *trace, uint32_t row, size_t named)
{
    for (size_t i = 0; i < named; i++)
        if (trace->rows[i] == row)
            return;
    if (trace->row_count < ROUTE_ROWS)
        trace->rows[trace->row_count++] = row;
    else
        trace->is_cut = true;
}

static void trace_hits(struct trace *trace, const struct hits *hits)
{
    size_t named = trace->row_count;
    for (size_t i = 0; i < hits->yes.count && !trace->is_cut; i++)
        trace_row(trace, hits->yes.rows[i], named);
    memcpy(trace->unknown, hits->unknowns, hits->unknown.count * sizeof *hits->unknowns);
    trace->unknown_count = hits->unknown.count;
    trace->is_cut |= hits->unknown.is_cut;
}

static void decided_by(struct decider *d, const struct ruleset *set, const struct ruling *ruling)
{
    d->out->set = set;
    d->out->ruling = ruling;
}

/* Remembers the first row that could not be judged. */
static void doubt(struct decider *d)
{
    for (int table = 0; table < 3; table++) {
        const struct trace *trace = &d->out->traces[table];
        if (d->out->uncertain || !trace->set || !trace->unknown_count)
            continue;
        d->out->uncertain = true;
        d->out->unknown_set = trace->set;
        d->out->unknown_ruling = &trace->set->rulings[trace->unknown[0]];
    }
}

/* Candidates -----------------------------------------------------------------------------------------------
 */

/* Without branches: which way it goes cannot be foretold. */
static const struct offering *live_offering(const struct region *region, int32_t id)
{
    const struct offering *base = region->offerings;
    for (size_t count = region->offering_count; count > 1; count -= count / 2)
        base += base[count / 2].id <= id ? count / 2 : 0;
    return region->offering_count && base->id == id && !base->ended ? base : NULL;
}

enum freshness offering_freshness(const struct offering *offering, int64_t today)
{
    int stale = offering->stale_days ? offering->stale_days : CAPACITY_STALE,
        old = offering->old_days ? offering->old_days : CAPACITY_OLD;
    if (offering->as_of == DAY_UNKNOWN || offering->capacity == CAPACITY_UNKNOWN)
        return FRESHNESS_UNKNOWN;
    return today - offering->as_of > old     ? FRESHNESS_OLD
           : today - offering->as_of > stale ? FRESHNESS_STALE
                                             : FRESHNESS_FRESH;
}

const char *freshness_word(enum freshness freshness)
{
    static const char *const words[] = {[FRESHNESS_UNKNOWN] = NULL,
                                        [FRESHNESS_FRESH] = "fresh",
                                        [FRESHNESS_STALE] = "stale",
                                        [FRESHNESS_OLD] = "old"};
    return words[freshness];
}

/* What was said long ago is worth less than what was said lately, and no more than that nothing was said. */
static int capacity_order(const struct offering *offering, int64_t today)
{
    enum { OPEN, STALE, NOT_KNOWN, WAITING_LIST, FULL, PAUSED };
    static const int orders[] = {[CAPACITY_UNKNOWN] = NOT_KNOWN,
                                 [CAPACITY_OPEN] = OPEN,
                                 [CAPACITY_WAITING_LIST] = WAITING_LIST,
                                 [CAPACITY_FULL] = FULL,
                                 [CAPACITY_PAUSED] = PAUSED};
    switch (offering_freshness(offering, today)) {
    case FRESHNESS_FRESH:
        return orders[offering->capacity];
    case FRESHNESS_STALE:
        return STALE;
    case FRESHNESS_OLD:
    case FRESHNESS_UNKNOWN:
        break;
    }
    return NOT_KNOWN;
}

enum rank route_compare(const struct candidate *a, const struct candidate *b, int64_t today, bool *is_before)
{
    int capacity_a = capacity_order(a->offering, today), capacity_b = capacity_order(b->offering, today);
    unsigned hours_a = (unsigned)a->offering->reply_hours, hours_b = (unsigned)b->offering->reply_hours;
    *is_before = a->weight > b->weight;
    if (a->weight != b->weight)
        return RANK_WEIGHT;
    *is_before = capacity_a < capacity_b;
    if (capacity_a != capacity_b)
        return RANK_CAPACITY;
    *is_before = a->offering->confirmed > b->offering->confirmed; /* DAY_UNKNOWN is least */
    if (a->offering->confirmed != b->offering->confirmed)
        return RANK_CONFIRMED;
    *is_before = hours_a < hours_b; /* -1 is greatest */
    if (hours_a != hours_b)
        return RANK_REPLY;
    *is_before = a->offering->id < b->offering->id;
    return RANK_ORDER;
}

static bool is_before(const struct decider *d, const struct candidate *a, const struct candidate *b)
{
    bool before = a->weight > b->weight;
    if (a->weight == b->weight)
        route_compare(a, b, d->today, &before);
    return before;
}

/* In order; an offering stands there once, with its heaviest row. */
static void add_candidate(struct decider *d, const struct candidate *candidate)
{
    struct routing *out = d->out;
    size_t at = out->candidate_count, i = 0;
    while (i < out->candidate_count && out->candidates[i].offering != candidate->offering)
        i++;
    if (i < out->candidate_count) {
        if (out->candidates[i].weight >= candidate->weight)
            return;
        at = i;
    } else if (at == ROUTE_CANDIDATES) {
        at--;
        if (!is_before(d, candidate, &out->candidates[at]))
            return;
    } else
        out->candidate_count++;
    for (; at > 0 && is_before(d, candidate, &out->candidates[at - 1]); at--)
        out->candidates[at] = out->candidates[at - 1];
    out->candidates[at] = *candidate;
}

/* Table 1 --------------------------------------------------------------------------------------------------
 */

/* Remembers the heaviest row whose offering is there no more. */
static void miss(struct decider *d, const struct ruleset *set, const struct ruling *ruling)
{
    struct routing *out = d->out;
    if (out->ended_ruling && out->ended_ruling->weight >= ruling->weight)
        return;
    out->ended_set = set;
    out->ended_ruling = ruling;
}

/* The offering a row names, as the one candidate; none where it has ended. */
static void take_one(struct decider *d, const struct ruleset *set, const struct ruling *ruling)
{
    const struct offering *offering = ruling->number ? live_offering(d->region, ruling->number) : NULL;
    struct candidate candidate = {
        .offering = offering, .set = set, .ruling = ruling, .approach = RULING_NONE};
    decided_by(d, set, ruling);
    if (offering)
        add_candidate(d, &candidate);
    else if (ruling->number)
        miss(d, set, ruling);
}

/* The first row that is not NO; NULL: it cannot be judged. */
static const struct ruling *ask_first(struct decider *d, int table)
{
    struct fact facts[QUESTION_INPUTS];
    struct trace *trace = trace_of(d, table);
    const struct ruleset *set = trace->set;
    uint32_t row = 0;
    bool is_unknown = false;
    take_facts(set->question, d->situation, facts);
    if (!index_first(set->index, facts, NULL, NULL, &row, &is_unknown))
        row = (uint32_t)set->rule_count;
    if (is_unknown) {
        trace->unknown[trace->unknown_count++] = row;
        return NULL;
    }
    trace_row(trace, row, 0);
    return &set->rulings[row];
}

/* To the coordination, by the row for everything else of table 3. */
static void take_nobody(struct decider *d)
{
    decided_by(d, d->sets[TABLE_OFFERING],
               &d->sets[TABLE_OFFERING]->rulings[d->sets[TABLE_OFFERING]->rule_count]);
    doubt(d);
}

/* True: there is more to ask. */
static bool exclude(struct decider *d)
{
    const struct ruling *ruling = ask_first(d, TABLE_EXCLUSION);
    if (!ruling) {
        take_nobody(d);
        return false;
    }
    if (ruling->word == ACTION_OFFERING)
        take_one(d, d->sets[TABLE_EXCLUSION], ruling);
    else if (ruling->word == ACTION_COORDINATOR)
        decided_by(d, d->sets[TABLE_EXCLUSION], ruling);
    return ruling->word == ACTION_CONTINUE;
}

/* Table 2 --------------------------------------------------------------------------------------------------
 */

static int weight_of(const struct ruling *ruling)
{
    return ruling->weight < 0 ? 0 : ruling->weight;
}

static void choose(struct decider *d, const struct ruleset *set, const struct ruling *ruling)
{
    size_t i = 0;
    if (ruling->word == RULING_NONE)
        return;
    while (i < d->chosen_count && d->chosen[i].word != ruling->word)
        i++;
    if (i == APPROACHES)
        return;
    if (i == d->chosen_count) {
        d->chosen[i] = (struct chosen){set->hashes[ruling->word], ruling->word, weight_of(ruling)};
        d->words[d->chosen_count++] = set->words[ruling->word];
    } else if (d->chosen[i].weight < weight_of(ruling))
        d->chosen[i].weight = weight_of(ruling);
}

static void find_approaches(struct decider *d)
{
    struct fact facts[QUESTION_INPUTS];
    struct hits hits;
    struct trace *trace = trace_of(d, TABLE_APPROACH);
    const struct ruleset *set = trace->set;
    take_facts(set->question, d->situation, facts);
    ask_all(set, facts, &hits);
    trace_hits(trace, &hits);
    for (size_t i = 0; i < hits.yes.count; i++)
        choose(d, set, &set->rulings[hits.yes.rows[i]]);
    d->approach_is_known = hits.yes.count || !hits.unknown.count;
    if (!hits.yes.count && !hits.unknown.count)
        trace_row(trace, (uint32_t)set->rule_count, 0);
    forget(&hits);
}

/* Table 3 --------------------------------------------------------------------------------------------------
 */

/* The heaviest of the chosen approaches that the row asks for; NULL: it asks for none. */
static const struct chosen *best_approach(const struct decider *d, const struct ruleset *set,
                                          const struct ruling *ruling)
{
    size_t count;
    const uint16_t *list = ruling_approaches(set, ruling, &count);
    const struct chosen *best = NULL;
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < d->chosen_count; n++) {
            const struct chosen *chosen = &d->chosen[n];
            if (chosen->hash == set->hashes[list[i]] && (!best || chosen->weight > best->weight) &&
                slice_equal(set->words[list[i]], d->words[n]))
                best = chosen;
        }
    return best;
}

/* Whether the row's offering is proved as well as it asks; if not, remembers it. Of one that has ended it is
 * no matter. */
static enum truth is_proved(struct decider *d, const struct ruling *ruling)
{
    const struct offering *offering = ruling->evidence ? live_offering(d->region, ruling->number) : NULL;
    if (!offering || offering->evidence >= ruling->evidence)
        return YES;
    if (d->out->lack_count < ROUTE_ROWS)
        d->out->lacks[d->out->lack_count++] = (struct lack){offering, ruling};
    return offering->evidence == EVIDENCE_UNKNOWN ? UNKNOWN : NO;
}

static void consider(struct decider *d, const struct ruleset *set, const struct ruling *ruling)
{
    if (!ruling->number) {
        if (!d->nobody || weight_of(ruling) > weight_of(d->nobody))
            d->nobody = ruling;
        return;
    }
    const struct chosen *best = best_approach(d, set, ruling);
    struct candidate candidate = {.set = set,
                                  .ruling = ruling,
                                  .weight = weight_of(ruling) + (best ? best->weight : 0),
                                  .approach = best ? best->word : RULING_NONE};
    if (d->out->candidate_count == ROUTE_CANDIDATES &&
        candidate.weight < d->out->candidates[ROUTE_CANDIDATES - 1].weight)
        return;
    candidate.offering = live_offering(d->region, ruling->number);
    if (candidate.offering)
        add_candidate(d, &candidate);
    else
        miss(d, set, ruling);
}

static void name_decider(struct decider *d, struct trace *trace)
{
    const struct ruleset *set = trace->set;
    if (d->out->candidate_count)
        decided_by(d, set, d->out->candidates[0].ruling);
    else if (d->nobody) {
        decided_by(d, set, d->nobody);
        doubt(d);
    } else
        take_nobody(d);
    if (!d->out->uncertain)
        trace_row(trace, (uint32_t)(d->out->ruling - set->rulings), 0);
    for (size_t i = 0; i < d->out->candidate_count; i++)
        trace_row(trace, (uint32_t)(d->out->candidates[i].ruling - set->rulings), trace->row_count);
}

/* Leaves among the rows that are YES those that are so for their offering as well. */
static void consider_all(struct decider *d, const struct ruleset *set, struct hits *hits)
{
    size_t kept = 0;
    for (size_t i = 0; i < hits->yes.count; i++) {
        uint32_t row = hits->yes.rows[i];
        enum truth truth = is_proved(d, &set->rulings[row]);
        if (truth == YES) {
            consider(d, set, &set->rulings[row]);
            hits->yes.rows[kept++] = row;
        } else if (truth == UNKNOWN && hits->unknown.count < ROUTE_ROWS)
            hits->unknowns[hits->unknown.count++] = row;
        else if (truth == UNKNOWN)
            hits->unknown.is_cut = true;
    }
    hits->yes.count = kept;
}

static void find_offerings(struct decider *d)
{
    struct fact facts[QUESTION_INPUTS];
    struct hits hits;
    struct trace *trace = trace_of(d, TABLE_OFFERING);
    const struct ruleset *set = trace->set;
    take_facts(set->question, d->situation, facts);
    for (size_t i = 0; i < set->question->input_count; i++)
        if (set->question->inputs[i] == ABOUT_APPROACH)
            facts[i] =
                d->approach_is_known
                    ? (struct fact){.kind = FACT_WORDS, .words = d->words, .count = (uint32_t)d->chosen_count}
                    : (struct fact){.kind = FACT_ABSENT};
    ask_all(set, facts, &hits);
    for (size_t i = 0; i < hits.yes.count; i++)
        __builtin_prefetch(&set->rulings[hits.yes.rows[i]]);
    consider_all(d, set, &hits);
    trace->unknown_count = hits.unknown.count;
    memcpy(trace->unknown, hits.unknowns, hits.unknown.count * sizeof *hits.unknowns);
    name_decider(d, trace);
    trace_hits(trace, &hits);
    forget(&hits);
}

/* The whole ------------------------------------------------------------------------------------------------
 */

static void decide_alone(struct decider *d)
{
    const struct ruling *ruling = ask_first(d, TABLE_OFFERING);
    if (ruling)
        take_one(d, d->sets[TABLE_OFFERING], ruling);
    else
        take_nobody(d);
}

static void clear(struct routing *out)
{
    for (int i = 0; i < 3; i++) {
        out->traces[i].set = NULL;
        out->traces[i].row_count = out->traces[i].unknown_count = 0;
        out->traces[i].is_cut = false;
    }
    out->candidate_count = out->lack_count = 0;
    out->uncertain = false;
    out->unknown_set = out->ended_set = NULL;
    out->unknown_ruling = out->ended_ruling = NULL;
}

bool route_decide(const struct region *region, const struct ruleset *const *rulesets,
                  const struct situation *situation, moment now, struct routing *out, struct err *err)
{
    struct decider d;
    d.region = region;
    d.sets = rulesets ? rulesets : region->tables;
    d.situation = situation;
    d.today = floor_div(now, 86400 * MOMENT_SECOND);
    out->today = d.today;
    out->region = region;
    d.out = out;
    d.chosen_count = 0;
    d.nobody = NULL;
    clear(out);
    for (int i = 0; i < 3; i++)
        out->sets[i] = d.sets[i + 1];
    if (d.sets[TABLE_OFFERING] && d.sets[TABLE_OFFERING]->policy == HIT_FIRST) {
        out->sets[0] = out->sets[1] = NULL;
        decide_alone(&d);
        return true;
    }
    for (int table = TABLE_EXCLUSION; table <= TABLE_OFFERING; table++)
        if (!d.sets[table])
            return err_set(err, ERR_NO_ROUTE_TABLE, "table %d (%s) is not in force", table,
                           question_of(table)->code);
    if (exclude(&d)) {
        find_approaches(&d);
        find_offerings(&d);
    }
    return true;
}

/* Tables 5 and 6 -------------------------------------------------------------------------------------------
 */

/* The row of a table of policy UNIQUE; the one for everything else where a fact lacks, which *is_known tells.
 */
static const struct ruling *ask_unique(const struct ruleset *set, const struct situation *situation,
                                       bool *is_known)
{
    struct fact facts[QUESTION_INPUTS];
    uint32_t rows[1], unknowns[1];
    struct index_hits yes = {.rows = rows, .room = 1}, unknown = {.rows = unknowns, .room = 1};
    take_facts(set->question, situation, facts);
    index_all(set->index, facts, NULL, NULL, &yes, &unknown);
    *is_known = yes.count || !unknown.count;
    return &set->rulings[yes.count ? rows[0] : set->rule_count];
}

/* The row of table 5; NULL: not in force, or what it says cannot be told. */
static const struct ruling *ask_promises(const struct region *region, struct slice kind, struct slice urgency,
                                         int level)
{
    const struct ruleset *set = region->tables[TABLE_PROMISES];
    struct situation situation = {0};
    bool is_known;
    if (!set)
        return NULL;
    situation_word(&situation, ABOUT_PROMISE, kind);
    situation_word(&situation, ABOUT_URGENCY, urgency);
    situation_number(&situation, ABOUT_LEVEL, level);
    const struct ruling *ruling = ask_unique(set, &situation, &is_known);
    return is_known ? ruling : NULL;
}

int rule_escalation(const struct region *region, struct slice kind, struct slice urgency, int level)
{
    const struct ruling *ruling = ask_promises(region, kind, urgency, level);
    return ruling && ruling->weight >= 0 ? ruling->weight : 1;
}

bool rule_promise(const struct region *region, struct slice kind, struct slice urgency, struct span *span)
{
    static const enum span_unit spans[] = {[UNIT_WORKING_DAYS] = SPAN_WORKING_DAYS,
                                           [UNIT_DAYS] = SPAN_DAYS,
                                           [UNIT_MONTHS] = SPAN_MONTHS,
                                           [UNIT_STATE] = SPAN_NONE};
    const struct ruling *ruling = ask_promises(region, kind, urgency, 0);
    if (!ruling || ruling->word > UNIT_STATE || spans[ruling->word] == SPAN_NONE || ruling->number < 1)
        return false;
    *span = (struct span){.unit = spans[ruling->word], .amount = ruling->number};
    return true;
}

bool rule_after_decline(const struct region *region, struct slice decline, struct slice urgency, int tries,
                        enum after_decline *after, const struct ruling **ruling)
{
    const struct ruleset *set = region->tables[TABLE_DECLINES];
    struct situation situation = {0};
    if (!set)
        return false;
    situation_word(&situation, ABOUT_DECLINE, decline);
    situation_word(&situation, ABOUT_URGENCY, urgency);
    situation_number(&situation, ABOUT_TRIES, tries);
    bool is_known;
    const struct ruling *row = ask_unique(set, &situation, &is_known);
    *ruling = row;
    *after = row->word <= AFTER_STOP ? (enum after_decline)row->word : AFTER_COORDINATOR;
    return true;
}

size_t route_offered(const struct routing *routing, const struct candidate *offered[ROUTE_OFFERS])
{
    size_t most = routing->candidate_count ? routing->candidates[0].ruling->offer : 0, count = 0;
    for (size_t i = 0; i < routing->candidate_count && count < most; i++) {
        const struct candidate *candidate = &routing->candidates[i];
        bool is_asked = !candidate->ruling->offer;
        for (size_t n = 0; n < count; n++)
            is_asked |= offered[n]->offering->organisation == candidate->offering->organisation;
        if (!is_asked)
            offered[count++] = candidate;
    }
    return count;
}

size_t route_approaches(const struct routing *routing, struct slice approaches[ROUTE_ROWS])
{
    const struct trace *trace = &routing->traces[TABLE_APPROACH - 1];
    size_t count = 0;
    for (size_t i = 0; trace->set && i < trace->row_count; i++) {
        const struct ruling *ruling = &trace->set->rulings[trace->rows[i]];
        if (ruling->word != RULING_NONE)
            approaches[count++] = trace->set->words[ruling->word];
    }
    return count;
}

bool rule_fields(const struct region *region, const struct slice *approaches, size_t count,
                 struct slice recipient, unsigned *fields)
{
    const struct ruleset *set = region->tables[TABLE_FIELDS];
    struct situation situation = {0};
    struct fact facts[QUESTION_INPUTS];
    uint32_t rows[ROUTE_ROWS], unknowns[1];
    struct index_hits yes = {.rows = rows, .room = ROUTE_ROWS}, unknown = {.rows = unknowns, .room = 1};
    if (!set)
        return false;
    situation_words(&situation, ABOUT_APPROACH, approaches, count);
    situation_word(&situation, ABOUT_RECIPIENT, recipient);
    take_facts(set->question, &situation, facts);
    index_all(set->index, facts, NULL, NULL, &yes, &unknown);
    if (yes.count == 0)
        rows[yes.count++] = (uint32_t)set->rule_count;
    *fields = 0;
    for (size_t i = 0; i < yes.count && unknown.count == 0; i++)
        if (set->rulings[rows[i]].word != RULING_NONE)
            *fields |= set->rulings[rows[i]].word;
    return true;
}
