#include "consent.h"

#include "code.h"
#include "json_out.h"

enum { GRANTS_SIZE = 512 };

static const struct organisation *organisation_by_code(const struct region *region, struct slice code)
{
    for (size_t i = 0; i < region->organisation_count; i++)
        if (!region->organisations[i].ended && slice_equal(region->organisations[i].code, code))
            return &region->organisations[i];
    return NULL;
}

static struct slice step_id(const struct wire_choice *choice, struct arena *arena)
{
    int64_t id;
    if (!choice->step.ptr || slice_is(choice->step, "first"))
        return choice->step;
    return code_parse(choice->step, &id) == CODE_OK ? slice_of(arena_printf(arena, "%lld", (long long)id))
                                                    : SLICE_NONE;
}

struct consent consent_chosen(const struct region *region, const struct wire_consent *consent, const char *at,
                              struct arena *arena, struct issues *issues)
{
    struct grant *list = arena_array(arena, consent->choice_count + 1, sizeof *list);
    for (size_t i = 0; i < consent->choice_count; i++) {
        const struct wire_choice *choice = &consent->choices[i];
        const struct organisation *organisation =
            choice->organisation.ptr ? organisation_by_code(region, choice->organisation) : NULL;
        list[i] = (struct grant){.organisation_id = organisation ? organisation->id : 0,
                                 .kind = choice->kind,
                                 .step = step_id(choice, arena),
                                 .fields = wire_fields(choice)};
        if (choice->organisation.ptr && !organisation)
            issues_add(issues, slice_of(arena_printf(arena, "%s/choices/%zu/organisation", at, i)),
                       "unknown-word", "not an organisation of this region; GET /v1/vocabulary lists them");
        struct slice kind = organisation ? organisation->kind : choice->kind;
        if (list[i].fields & CONSENT_BSN && !region_may_have_bsn(region, kind))
            issues_add(issues, slice_of(arena_printf(arena, "%s/choices/%zu/fields", at, i)), "not-taken",
                       "this recipient may not have the citizen service number: leave bsn out");
        if (choice->kind.ptr && !region_has_kind(region, choice->kind))
            issues_add(issues, slice_of(arena_printf(arena, "%s/choices/%zu/kind", at, i)), "unknown-word",
                       "not a kind of organisation of this region");
    }
    return (struct consent){{list, consent->choice_count}, slice_of("own-choice")};
}

struct consent consent_standard(const struct region *region, const struct routing *routing,
                                struct arena *arena)
{
    struct slice approaches[ROUTE_ROWS];
    size_t count = route_approaches(routing, approaches), made = 0;
    struct grant *list = arena_array(arena, region->recipient_count + 1, sizeof *list);
    for (size_t i = 0; i < region->recipient_count; i++) {
        unsigned fields;
        if (!rule_fields(region, approaches, count, region->recipients[i], &fields))
            fields = CONSENT_CALL;
        if (!region_may_have_bsn(region, region->recipients[i]))
            fields &= ~(unsigned)CONSENT_BSN;
        if (fields) /* no entry: nothing is shown */
            list[made++] = (struct grant){.kind = region->recipients[i], .fields = fields};
    }
    return (struct consent){{list, made}, slice_of("standard")};
}

struct consent consent_by_law(const struct region *region, struct arena *arena)
{
    struct grant *list = arena_array(arena, region->recipient_count + 1, sizeof *list);
    for (size_t i = 0; i < region->recipient_count; i++)
        list[i] = (struct grant){.kind = region->recipients[i], .fields = CONSENT_LAW};
    return (struct consent){{list, region->recipient_count}, slice_of("law")};
}

unsigned consent_fields(struct grants grants, const struct organisation *organisation, bool is_first)
{
    unsigned fields = 0;
    int best = -1;
    for (size_t i = 0; i < grants.count; i++) {
        const struct grant *grant = &grants.list[i];
        bool is_named = grant->organisation_id == organisation->id;
        if (!is_named && (grant->organisation_id || !slice_equal(grant->kind, organisation->kind)))
            continue;
        if (grant->step.ptr && !(is_first && slice_is(grant->step, "first")))
            continue;
        int rank = 2 * is_named + (grant->step.ptr != NULL);
        if (rank > best) {
            best = rank;
            fields = grant->fields;
        }
    }
    return fields;
}

struct slice consent_json(struct grants grants, struct arena *arena)
{
    struct json_out out = json_out_new(arena, GRANTS_SIZE);
    out_open(&out, NULL, '[');
    for (size_t i = 0; i < grants.count; i++) {
        const struct grant *grant = &grants.list[i];
        out_open(&out, NULL, '{');
        if (grant->organisation_id)
            out_integer(&out, "organisation", grant->organisation_id);
        else
            out_text(&out, "kind", grant->kind);
        if (grant->step.ptr)
            out_text(&out, "step", grant->step);
        out_integer(&out, "fields", grant->fields);
        out_close(&out, '}');
    }
    out_close(&out, ']');
    return json_out_slice(&out);
}
