/* Within the CSV reader: its columns, and cells as people type them. */
#ifndef WIJZER_CSV_OWN_H
#define WIJZER_CSV_OWN_H

#include "csv.h"
#include "csv_records.h"
#include "table_text.h"

/* What a spreadsheet would take for a formula, and the guard itself. */
#define CSV_GUARDED "=+-@\t\r'"

/* The annotation that holds the sentence of an example, and the column for it where there is none. */
#define REASON_COLUMN "reason"
#define SENTENCE_COLUMN ":sentence"
#define NAMES_KEYWORD ":names"

enum column_kind { COLUMN_INPUT, COLUMN_OUTPUT, COLUMN_ANNOTATION, COLUMN_SENTENCE, COLUMN_UNKNOWN };

struct csv_column {
    enum column_kind kind;
    size_t index; /* among the table's of its kind */
    struct slice name;
};

struct csv_reader {
    struct slice file;
    struct arena *arena;
    struct table_faults *faults;
    const struct csv_schema *schema;
    struct records records;
    struct csv_column *columns; /* one per field of the first line but the first */
    size_t column_count;
    size_t sentence; /* the column of sentences, or column_count */
    struct input *inputs;
    struct output *outputs;
    struct slice *annotations;
    struct table *table;
    struct feel_syntax syntax; /* the inputs' names, bare words are strings */
};

/* Adds a fault; column and rule may be absent. Returns false. */
bool csv_fault(struct csv_reader *reader, size_t line, struct slice rule, struct slice column,
               const char *text);
/* The same of a cell that did not parse. */
bool csv_cell_fault(struct csv_reader *reader, size_t line, struct slice rule, struct slice column,
                    struct slice cell, const struct feel_fault *fault);
/* A field, absent where the record is shorter. */
struct slice csv_field(const struct record *record, size_t field);

/* First line and the lines about columns: reader->columns, inputs, outputs, annotations, hit policy. False:
 * the rows cannot be read. */
bool csv_read_columns(struct csv_reader *reader);
/* Whether a record is about the columns (":type"). */
bool csv_is_about(const struct record *record);

/* What may be typed is more than FEEL: in a column of strings 5751 is "5751", in one of dates 2026-11-22 is
 * date("2026-11-22"). */
struct slice csv_feel(struct slice cell, enum value_type type, struct arena *arena);
/* A literal of an example; empty: null. False: *fault. */
bool csv_literal(struct csv_reader *reader, struct slice cell, enum value_type type, bool is_any_of,
                 struct value *out, struct feel_fault *fault);
/* The way back; empty for null. */
struct slice csv_literal_text(const struct value *value, enum value_type type, bool is_any_of,
                              struct arena *arena);
/* Whether a value is of a declared type (null is of all). */
bool csv_is_of_type(const struct value *value, enum value_type type);

#endif
