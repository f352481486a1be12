/*
 * The region's rulebook: seven questions (FIELD.md), each a decision table of fixed columns. This file knows
 * the questions, reads their rows as the database and the API give them, and compiles a published version
 * into a ruleset: an index and the compact answers of its rows. A ruleset is immutable, counted, and shared
 * by all snapshots of its region in which that version is in force. Pure: no I/O, no clock.
 */
#ifndef WIJZER_RULEBOOK_H
#define WIJZER_RULEBOOK_H

#include "csv.h" /* struct csv_schema */
#include "index.h"

struct region;

/* Facts a rule may look at, X(enumerator, name in FEEL, JSON and CSV, column in SQL, Dutch label). */
#define RULE_FACTS(X)                                                                                        \
    X(ABOUT_DOMAINS, "domains", "domains", "Leefgebieden")                                                   \
    X(ABOUT_ICPC, "icpc", "icpc", "ICPC-codes")                                                              \
    X(ABOUT_AGE, "age", "age", "Leeftijd")                                                                   \
    X(ABOUT_AREA, "area", "area", "Postcode (4 cijfers)")                                                    \
    X(ABOUT_LANGUAGE, "language", "language", "Taal")                                                        \
    X(ABOUT_URGENCY, "urgency", "urgency", "Spoed")                                                          \
    X(ABOUT_MOBILITY, "mobility", "mobility", "Mobiliteit")                                                  \
    X(ABOUT_DIGITAL_SKILL, "digitalSkill", "digital_skill", "Digitale vaardigheid")                          \
    X(ABOUT_LVB, "lvb", "lvb", "Licht verstandelijke beperking")                                             \
    X(ABOUT_OCCUPATION, "occupation", "occupation", "Werk of school")                                        \
    X(ABOUT_HOUSEHOLD, "household", "household", "Huishouden")                                               \
    X(ABOUT_REFERRER, "referrer", "referrer", "Verwijzende organisatie")                                     \
    X(ABOUT_REFERRER_ROLE, "referrerRole", "referrer_role", "Rol van de verwijzer")                          \
    X(ABOUT_DECLINES, "declines", "declines", "Eerdere weigeringen")                                         \
    X(ABOUT_APPROACH, "approach", "approaches", "Aanpak")                                                    \
    X(ABOUT_RECIPIENT, "recipient", "recipient", "Soort ontvanger")                                          \
    X(ABOUT_PROMISE, "promise", "promise", "Toezegging")                                                     \
    X(ABOUT_LEVEL, "level", "level", "Trede")                                                                \
    X(ABOUT_DECLINE, "decline", "decline", "Reden van weigering")                                            \
    X(ABOUT_TRIES, "tries", "tries", "Hoeveelste weigering")                                                 \
    X(ABOUT_MILESTONE, "milestone", "milestone", "Mijlpaal")

enum about {
#define X(about, name, column, label) about,
    RULE_FACTS(X)
#undef X
        ABOUT_COUNT
};

/* What a rule answers with, X(enumerator, name, column, label). */
#define RULE_ANSWERS(X)                                                                                      \
    X(ANSWER_ACTION, "action", "action", "Wat te doen")                                                      \
    X(ANSWER_OFFERING, "offering", "offering", "Aanbod")                                                     \
    X(ANSWER_APPROACH, "approach", "approach", "Aanpak")                                                     \
    X(ANSWER_WEIGHT, "weight", "weight", "Gewicht")                                                          \
    X(ANSWER_OFFER, "offer", "offer", "Aanbieden aan (zonder naam)")                                         \
    X(ANSWER_EVIDENCE, "evidence", "evidence", "Bewijs, ten minste")                                         \
    X(ANSWER_FIELDS, "fields", "fields", "Gegevens")                                                         \
    X(ANSWER_AMOUNT, "amount", "amount", "Aantal")                                                           \
    X(ANSWER_UNIT, "unit", "unit", "Eenheid")                                                                \
    X(ANSWER_ESCALATE_AFTER, "escalateAfter", "escalate_after", "Opschalen na (werkdagen)")                  \
    X(ANSWER_NEXT, "next", "next", "Vervolg")                                                                \
    X(ANSWER_FORM, "form", "form", "Vorm")                                                                   \
    X(ANSWER_CHANNEL, "channel", "channel", "Kanaal")

enum answer_name {
#define X(answer, name, column, label) answer,
    RULE_ANSWERS(X)
#undef X
        ANSWER_COUNT
};

enum { RULE_TABLES = 7, RULE_ID_MAX = 20, QUESTION_INPUTS = 14, QUESTION_OUTPUTS = 4 };
enum {
    TABLE_EXCLUSION = 1,
    TABLE_APPROACH,
    TABLE_OFFERING,
    TABLE_FIELDS,
    TABLE_PROMISES,
    TABLE_DECLINES,
    TABLE_FEEDBACK
};

struct question {
    int number;
    const char *code;  /* "exclusion", "approach", "offering", "fields", "promises", "declines", "feedback" */
    const char *label; /* Dutch, the question itself: "Welke aanpak past bij deze vraag?" */
    enum hit_policy policy;
    enum about inputs[QUESTION_INPUTS];
    size_t input_count;
    enum answer_name outputs[QUESTION_OUTPUTS];
    size_t output_count;
};
/* NULL for a number that is none of 1..7. */
const struct question *question_of(int number);
const char *about_name(enum about about);
const char *answer_word(enum answer_name answer);

/* The columns with types and allowed values: fixed words, and those of the region (domains, offerings, ...).
 * `region` may be NULL: then words of the region are not limited. */
void question_schema(const struct question *question, const struct region *region, struct arena *arena,
                     struct csv_schema *out);
/* What persons the checker may think of: bounds of the numbers. */
struct check_options;
void question_domains(const struct question *question, struct arena *arena, struct check_options *options);

/* The columns of the API's RuleTable: [{"name","label","kind","type","isList","values"}, ...], JSON. */
struct slice question_columns_json(const struct question *question, const struct region *region,
                                   struct arena *arena);

/* Rows as wijzer.rule_rows() gives them (sql/README.md): PostgreSQL's text of each column by its name. A
 * column is looked up once (-1: there is none, all its cells are NULL); an absent cell is NULL. */
struct rule_source {
    const void *rows;
    size_t count;
    int (*column)(const void *rows, const char *name);
    struct slice (*cell)(const void *rows, size_t row, int column);
};
/* The table of those rows; its examples from `examples`, the JSON array of rule_version(), or absent.
 * `policy` is the version's (0: the question's): table 3 knew a first form with policy F. `region` limits the
 * words (may be NULL), for the checker; rows with other words are read all the same. NULL (ERR_CONFIG, row
 * and column named) where they do not hold together. Slices are copied into the arena. */
const struct table *rulebook_rows(const struct question *question, enum hit_policy policy,
                                  const struct region *region, const struct rule_source *source,
                                  struct slice examples, struct arena *arena, struct err *err);

/* The API's document of rules: members "rules", "otherwise", "examples" (proto/openapi.yaml, RuleDraft);
 * others are left to the caller. NULL: *faults has every fault (rule, column, text; `file` is the JSON
 * pointer). Words of the region are checked where `region` is given. */
const struct table *rulebook_document(const struct question *question, const struct region *region,
                                      const json_t *document, struct arena *arena,
                                      struct table_faults *faults);
/* The same three members of a table, as JSON text without the braces around them. */
struct slice rulebook_document_text(const struct question *question, const struct table *table,
                                    struct arena *arena);
/* Rows for wijzer.save_draft(): a JSON array, members named after the SQL columns; offerings by code. */
struct slice rulebook_rows_json(const struct question *question, const struct table *table,
                                struct arena *arena);
/* [{"id","sentence","facts":{},"expect":{}}, ...] */
struct slice rulebook_examples_json(const struct question *question, const struct table *table,
                                    struct arena *arena);

/* The answers that are fixed words, by number. */
enum rule_action { ACTION_CONTINUE, ACTION_OFFERING, ACTION_COORDINATOR };
enum rule_unit { UNIT_WORKING_DAYS, UNIT_DAYS, UNIT_MONTHS, UNIT_STATE };
enum after_decline { AFTER_NEXT_CANDIDATE, AFTER_COORDINATOR, AFTER_ASK_REFERRER, AFTER_WAIT, AFTER_STOP };
#define RULING_NONE UINT16_MAX
/* How well it is proved that an offering works: the ladder of Movisie's database of effective social
 * interventions. The order counts; a region has its own labels. */
enum evidence {
    EVIDENCE_UNKNOWN,
    EVIDENCE_DESCRIBED,
    EVIDENCE_FOUNDED,
    EVIDENCE_FIRST,
    EVIDENCE_GOOD,
    EVIDENCE_STRONG
};
/* "good-indications"; NULL: unknown. And back; EVIDENCE_UNKNOWN: no such word. */
const char *evidence_word(enum evidence evidence);
enum evidence evidence_of(struct slice word);

/* The answer of a row, by where its texts lie in the ruleset. */
struct ruling {
    uint32_t id, reason; /* offsets into texts, each NUL-terminated */
    int32_t number;      /* offering id (0: coordination), or amount (0: none) */
    int16_t weight;      /* or escalate-after; -1: none */
    uint16_t word;       /* of table 1: enum rule_action; 2: approach, of words; 4: bits of fields; 5: enum
                            rule_unit;       6: enum after_decline; 7: form; RULING_NONE: null */
    uint16_t word2;      /* of table 7: channel; of table 3, with word: where ruling_approaches() lie */
    uint8_t offer;       /* of table 3: to how many it is offered without a name; 0: it is not */
    uint8_t evidence;    /* of table 3: enum evidence, the least that its offering must have; 0: any */
};

struct ruleset {
    const struct question *question;
    enum hit_policy policy;
    int version;
    size_t rule_count;
    const struct index *index;
    const struct ruling *rulings; /* rule_count, and then the one for everything else */
    const char *texts;
    const struct slice *words; /* approaches, each once */
    const uint32_t *hashes;    /* of words */
    size_t word_count;
    const uint16_t *lists;    /* lists of words: how many, then their indexes */
    const int32_t *offerings; /* ids that rows name, ascending, each once */
    size_t offering_count;
};
/* Returned with one reference; NULL (ERR_CONFIG) where the table has no row for everything else or an answer
 * the question does not know. `offering_ids` of the rows, one per rule and one for otherwise (0: none), or
 * NULL where the question has no offering. Borrows nothing. */
const struct ruleset *ruleset_build(const struct question *question, int version, const struct table *table,
                                    const int32_t *offering_ids, struct err *err);
/* From rows to a ruleset in one go: what a snapshot needs of a version in force. 100,000 rows take 0.2 s, so
 * off the hot path. */
const struct ruleset *ruleset_load(const struct question *question, enum hit_policy policy, int version,
                                   const struct rule_source *source, struct err *err);
/* Any thread. ruleset_hold() returns its argument; ruleset_release() nulls the pointer, and NULL is fine. */
const struct ruleset *ruleset_hold(const struct ruleset *set);
void ruleset_release(const struct ruleset **set);
/* All memory it holds, its index too. */
size_t ruleset_bytes(const struct ruleset *set);

/* Of a ruling of this set; the slices live as long as the set. */
struct slice ruling_id(const struct ruleset *set, const struct ruling *ruling);
struct slice ruling_reason(const struct ruleset *set, const struct ruling *ruling);
/* The answer's word (action, approach, unit, next, form); absent: null, or a list. */
struct slice ruling_word(const struct ruleset *set, const struct ruling *ruling);
/* Of table 3: the approaches the row asks for, as indexes into words; none where it takes any or excludes
 * some. */
const uint16_t *ruling_approaches(const struct ruleset *set, const struct ruling *ruling, size_t *count);

#endif
