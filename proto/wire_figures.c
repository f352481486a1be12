/* What figures stand on that people state. */
#include "wire_read.h"

enum { SOURCE_LENGTH = 300, MOST_EUROS = 1000000 };

static const struct field assumption_fields[] = {
    {"outcome", FIELD_TEXT, true, 1, WORD_LENGTH, &form_word, AT(wire_assumption, outcome)},
    {"domain", FIELD_TEXT, false, 1, WORD_LENGTH, &form_word, AT(wire_assumption, domain)},
    {"amount", FIELD_INTEGER, true, 0, MOST_EUROS, AT(wire_assumption, amount)},
    {"source", FIELD_TEXT, true, 1, SOURCE_LENGTH, &form_line, AT(wire_assumption, source)},
    {"effectiveFrom", FIELD_TEXT, false, 10, 10, &form_date, AT(wire_assumption, effective_from)},
};
static const struct record assumption_record = RECORD(assumption_fields);

bool wire_decode_assumption(struct slice json, struct arena *arena, struct wire_assumption *out,
                            struct issues *issues, struct err *err)
{
    *out = (struct wire_assumption){0};
    return wire_read(json, arena, &assumption_record, out, issues, err) && wire_settle(issues, err);
}
