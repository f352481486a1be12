/* What is stored of a decision. On the way of every referral, so nothing but writing. */
#include "json_fact.h"
#include "question.h"
#include "route.h"

const char *after_decline_word(enum after_decline after)
{
    return answer_fixed(ANSWER_NEXT, after);
}

const char *capacity_word(enum capacity capacity)
{
    static const char *const words[] = {[CAPACITY_UNKNOWN] = NULL,
                                        [CAPACITY_OPEN] = "open",
                                        [CAPACITY_WAITING_LIST] = "waiting-list",
                                        [CAPACITY_FULL] = "full",
                                        [CAPACITY_PAUSED] = "paused"};
    return words[capacity];
}

static void out_rows(struct json_out *out, const char *name, const struct ruleset *set, const uint32_t *rows,
                     size_t count)
{
    out_open(out, name, '[');
    for (size_t i = 0; i < count; i++)
        out_text(out, NULL, ruling_id(set, &set->rulings[rows[i]]));
    out_close(out, ']');
}

static void out_lacks(struct json_out *out, const struct routing *routing, const struct ruleset *set)
{
    out_open(out, "lacks", '[');
    for (size_t i = 0; i < routing->lack_count; i++) {
        const struct lack *lack = &routing->lacks[i];
        out_open(out, NULL, '{');
        out_text(out, "rule", ruling_id(set, lack->ruling));
        out_integer(out, "offering", lack->offering->id);
        out_text(out, "code", lack->offering->code);
        out_text_or_null(out, "has", slice_of(evidence_word(lack->offering->evidence)));
        out_text(out, "asks", slice_of(evidence_word((enum evidence)lack->ruling->evidence)));
        out_close(out, '}');
    }
    out_close(out, ']');
}

struct slice route_trail_json(const struct routing *routing, struct arena *arena)
{
    struct json_out out = json_out_new(arena, 512);
    out_open(&out, NULL, '[');
    for (int i = 0; i < 3; i++) {
        const struct trace *trace = &routing->traces[i];
        const struct ruleset *set = routing->sets[i];
        if (!set)
            continue;
        out_open(&out, NULL, '{');
        out_integer(&out, "table", set->question->number);
        out_integer(&out, "version", set->version);
        out_rows(&out, "rules", set, trace->rows, trace->row_count);
        out_rows(&out, "unknown", set, trace->unknown, trace->unknown_count);
        if (trace->is_cut)
            out_bool(&out, "cut", true);
        if (!trace->set)
            out_bool(&out, "asked", false);
        if (set->question->number == TABLE_OFFERING && routing->lack_count)
            out_lacks(&out, routing, set);
        out_close(&out, '}');
    }
    out_close(&out, ']');
    return json_out_slice(&out);
}

static void out_day(struct json_out *out, const char *name, int64_t day)
{
    char text[DATE_TEXT];
    if (day == DAY_UNKNOWN)
        out_null(out, name);
    else
        out_text(out, name, slice_of(date_print(day, text)));
}

struct slice route_evidence_json(const struct region *region, const struct offering *offering,
                                 struct arena *arena)
{
    struct json_out out = json_out_new(arena, 256);
    if (offering->evidence == EVIDENCE_UNKNOWN)
        return SLICE_NONE;
    out_open(&out, NULL, '{');
    out_day(&out, "asOf", offering->evidence_as_of);
    out_text(&out, "code", slice_of(evidence_word(offering->evidence)));
    out_text(&out, "label", region_evidence(region, offering->evidence));
    out_text_or_null(&out, "source", offering->evidence_source);
    out_close(&out, '}');
    return json_out_slice(&out);
}

static void out_room(struct json_out *out, const struct routing *routing, const struct offering *offering)
{
    out_day(out, "asOf", offering->as_of);
    out_text_or_null(out, "capacity", slice_of(capacity_word(offering->capacity)));
    out_text_or_null(out, "freshness",
                     slice_of(freshness_word(offering_freshness(offering, routing->today))));
}

struct slice route_room_json(const struct routing *routing, const struct offering *offering,
                             struct arena *arena)
{
    struct json_out out = json_out_new(arena, 128);
    if (!capacity_word(offering->capacity))
        return SLICE_NONE;
    out_open(&out, NULL, '{');
    out_room(&out, routing, offering);
    out_close(&out, '}');
    return json_out_slice(&out);
}

static void out_candidate(struct json_out *out, const struct routing *routing,
                          const struct candidate *candidate)
{
    const struct offering *offering = candidate->offering;
    const struct ruleset *approaches = routing->traces[1].set;
    bool has_approach = approaches && candidate->approach != RULING_NONE;
    out_open(out, NULL, '{');
    out_integer(out, "offering", offering->id);
    out_text(out, "code", offering->code);
    out_text(out, "name", offering->name);
    out_integer(out, "organisation", offering->organisation->id);
    out_text(out, "owner", offering->organisation->code);
    out_text(out, "ownerName", offering->organisation->name);
    out_integer(out, "table", candidate->set->question->number);
    out_text(out, "rule", ruling_id(candidate->set, candidate->ruling));
    out_text(out, "reason", ruling_reason(candidate->set, candidate->ruling));
    out_text_or_null(out, "approach", has_approach ? approaches->words[candidate->approach] : SLICE_NONE);
    out_integer(out, "weight", candidate->weight);
    out_room(out, routing, offering);
    out_day(out, "confirmed", offering->confirmed);
    if (offering->reply_hours < 0)
        out_null(out, "replyHours");
    else
        out_integer(out, "replyHours", offering->reply_hours);
    if (candidate->ruling->offer)
        out_integer(out, "offer", candidate->ruling->offer);
    struct slice evidence = route_evidence_json(routing->region, offering, out->arena);
    if (evidence.ptr)
        out_raw(out, "evidence", evidence);
    out_close(out, '}');
}

static void out_named(struct json_out *out, const char *name, struct slice code, struct slice label)
{
    out_open(out, name, '{');
    out_text(out, "code", code);
    out_text(out, "name", label);
    out_close(out, '}');
}

struct slice route_offered_json(const struct routing *routing, struct arena *arena)
{
    const struct candidate *offered[ROUTE_OFFERS];
    size_t count = route_offered(routing, offered);
    if (!count)
        return SLICE_NONE;
    struct json_out out = json_out_new(arena, 128 * count);
    out_open(&out, NULL, '[');
    for (size_t i = 0; i < count; i++) {
        const struct offering *offering = offered[i]->offering;
        out_open(&out, NULL, '{');
        out_named(&out, "organisation", offering->organisation->code, offering->organisation->name);
        out_named(&out, "offering", offering->code, offering->name);
        out_close(&out, '}');
    }
    out_close(&out, ']');
    return json_out_slice(&out);
}

struct slice route_candidates_json(const struct routing *routing, struct arena *arena)
{
    struct json_out out = json_out_new(arena, 64 + 512 * routing->candidate_count);
    out_open(&out, NULL, '[');
    for (size_t i = 0; i < routing->candidate_count; i++)
        out_candidate(&out, routing, &routing->candidates[i]);
    out_close(&out, ']');
    return json_out_slice(&out);
}

/* Of those whose evidence is known; what is not known is told as a row that could not be judged. */
static const struct lack *heaviest_lack(const struct routing *routing)
{
    const struct lack *heaviest = NULL;
    for (size_t i = 0; i < routing->lack_count; i++) {
        const struct lack *lack = &routing->lacks[i];
        if (lack->offering->evidence != EVIDENCE_UNKNOWN &&
            (!heaviest || lack->ruling->weight > heaviest->ruling->weight))
            heaviest = lack;
    }
    return heaviest;
}

struct slice route_reason(const struct routing *routing, struct arena *arena)
{
    struct slice reason = ruling_reason(routing->set, routing->ruling);
    const char *unknown = "", *ended = "", *lacking = "";
    if (routing->uncertain) {
        struct slice id = ruling_id(routing->unknown_set, routing->unknown_ruling);
        unknown = arena_printf(arena, " (Regel %.*s was niet te beoordelen: er ontbrak een gegeven.)",
                               SLICE_FMT(id));
    }
    if (!routing->candidate_count && routing->ended_ruling) {
        struct slice id = ruling_id(routing->ended_set, routing->ended_ruling);
        ended = arena_printf(arena, " (Regel %.*s past wel, maar dat aanbod is gestopt.)", SLICE_FMT(id));
    }
    const struct lack *lack = routing->candidate_count ? NULL : heaviest_lack(routing);
    if (lack) {
        struct slice id = ruling_id(routing->sets[TABLE_OFFERING - 1], lack->ruling);
        lacking =
            arena_printf(arena, " (Regel %.*s past wel, maar vraagt meer bewijs dan er van dat aanbod is.)",
                         SLICE_FMT(id));
    }
    return slice_of(arena_printf(arena, "%.*s%s%s%s", SLICE_FMT(reason), unknown, ended, lacking));
}
