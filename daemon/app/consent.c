#include "consent.h"

#include "json_out.h"

struct consent consent_standard(const struct region *region, const struct routing *routing,
                                struct arena *arena)
{
    struct slice approaches[ROUTE_ROWS];
    size_t count = route_approaches(routing, approaches);
    struct json_out out = json_out_new(arena, 64 + 48 * region->recipient_count);
    out_open(&out, NULL, '[');
    for (size_t i = 0; i < region->recipient_count; i++) {
        unsigned fields;
        if (!rule_fields(region, approaches, count, region->recipients[i], &fields))
            fields = CONSENT_CALL;
        if (fields == 0)
            continue; /* no entry: nothing is shown */
        out_open(&out, NULL, '{');
        out_text(&out, "kind", region->recipients[i]);
        out_integer(&out, "fields", fields);
        out_close(&out, '}');
    }
    out_close(&out, ']');
    return (struct consent){.grants = json_out_slice(&out), .basis = slice_of("standard")};
}
