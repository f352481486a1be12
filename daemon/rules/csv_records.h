/* Bytes of a CSV file as records: encoding, separator, quotes. See csv.h for what is taken. */
#ifndef WIJZER_CSV_RECORDS_H
#define WIJZER_CSV_RECORDS_H

#include "table.h"

struct record {
    size_t line;                /* where it begins, 1-based */
    const struct slice *fields; /* UTF-8, without quotes */
    size_t count;
};

struct records {
    const struct record *list; /* without those that are empty */
    size_t count;
};

/* What is wrong goes to *faults, with lines; what can still be read is. False: nothing can. */
bool csv_records(struct slice bytes, struct slice file, struct arena *arena, struct records *out,
                 struct table_faults *faults);

#endif
