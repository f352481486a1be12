/*
 * Reading bodies by tables, for the files wire_*.c alone: a table of fields says what the members of a JSON
 * object are and where they go in the C type. Everything that is wrong is collected (wire.h says how).
 */
#ifndef WIJZER_WIRE_READ_H
#define WIJZER_WIRE_READ_H

#include "json_out.h"
#include "wire.h"

/* What a text must look like, beyond its length. */
struct form {
    bool (*fits)(struct slice text);
    const char *code, *expected;
};

enum field_type { FIELD_TEXT, FIELD_INTEGER, FIELD_FLAG, FIELD_LIST, FIELD_RECORD, FIELD_RECORDS };

struct field {
    const char *name;
    enum field_type type;
    bool required;
    int64_t min, max;         /* characters, value, or elements of a list (texts are of at most 40) */
    const struct form *form;  /* of the text, or of each element */
    const char *const *words; /* the words it may be, NULL at the end; or any */
    const struct record *record;
    size_t offset,
        count_offset;     /* of the member in the C type; a text of min 0 that is blank becomes `fallback` */
    const char *fallback; /* when left out; NULL: absent */
};

struct record {
    const struct field *fields;
    size_t count, size; /* size of the C type, where it is an element of a list */
};

enum { WORD_LENGTH = 40 };

#define RECORD(table)                                                                                        \
    {                                                                                                        \
        .fields = (table), .count = sizeof(table) / sizeof(table)[0]                                         \
    }
#define AT(type, member) .offset = offsetof(struct type, member)
#define LIST_AT(type, member, number) AT(type, member), .count_offset = offsetof(struct type, number)

/* The forms there are (wire_forms.c). */
extern const struct form form_line, form_free_text, form_word, form_area, form_phone, form_email,
    form_language, form_date, form_icpc, form_bsn, form_signal, form_serial, form_fingerprint, form_san,
    form_step;

/* Whether a text shows nothing: white space (\s of ECMA-262) and joiners alone. */
bool wire_is_blank(struct slice text);

/* Words that several bodies share: ways to reach somebody, and how that went. */
extern const char *const wire_channels[], *const wire_results[];

/* `out` is zeroed memory of the record's C type. False only if it is not JSON; what is wrong with a document
 * that is goes to *issues. */
bool wire_read(struct slice json, struct arena *arena, const struct record *record, void *out,
               struct issues *issues, struct err *err);
/* True if there are no issues; else *err says so. */
bool wire_settle(const struct issues *issues, struct err *err);

/* The choices of a consent (wire_consent.c) and what no table says of them. `at`: where it stands in the
 * body; `is_new`: of a referral that has no steps yet. */
extern const struct record wire_consent_record;
void wire_check_choices(const struct wire_consent *consent, const char *at, bool is_new,
                        struct issues *issues);
/* The member "disclosure". */
void wire_write_disclosure(struct json_out *out, const struct wire_disclosure *disclosure);
/* The member "choices". */
void wire_write_choices(struct json_out *out, const struct wire_consent *consent);

#endif
