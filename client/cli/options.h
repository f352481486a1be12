/*
 * The command line: one table of flags, and the parser that sorts arguments into words and flags. Flags may
 * stand anywhere, `--flag value` or `--flag=value`; `--` ends them; a flag may be given once, or repeated
 * with or without lists with commas (enum repeats). Pure: what is wrong comes back as a complaint to be
 * printed.
 */
#ifndef WIJZER_OPTIONS_H
#define WIJZER_OPTIONS_H

#include "texts.h"

enum flag {
    FLAG_END, /* ends a command's list of flags */
    /* with every command */
    FLAG_JSON,
    FLAG_PROFILE,
    FLAG_LANG,
    FLAG_HELP,
    FLAG_LAST_GLOBAL = FLAG_HELP,
    /* refer */
    FLAG_DOMAIN,
    FLAG_BIRTH_YEAR,
    FLAG_AREA,
    FLAG_NAME,
    FLAG_PHONE,
    FLAG_EMAIL,
    FLAG_LANGUAGE,
    FLAG_ICPC,
    FLAG_URGENCY,
    FLAG_MOBILITY,
    FLAG_DIGITAL_SKILL,
    FLAG_LVB,
    FLAG_OCCUPATION,
    FLAG_HOUSEHOLD,
    FLAG_WISH,
    FLAG_SELF,
    FLAG_DESK,
    FLAG_SIGNAL,
    FLAG_TEXT,
    FLAG_FILE,
    FLAG_DRY_RUN,
    FLAG_CLASS,
    /* steps */
    FLAG_CODE,
    FLAG_TO,
    FLAG_STATE,
    FLAG_DATE,
    FLAG_CHANNEL,
    FLAG_REASON,
    FLAG_OUTCOME,
    FLAG_THEN,
    FLAG_TAKE_OVER,
    FLAG_TO_COORDINATION,
    FLAG_INTO,
    FLAG_RESULT,
    FLAG_ON,
    FLAG_AT,
    FLAG_INSTEAD,
    FLAG_GOAL,
    FLAG_SCORE,
    FLAG_HOW_ENDED,
    /* lists */
    FLAG_UNREAD,
    FLAG_MINE,
    FLAG_OPEN,
    FLAG_OVERDUE,
    FLAG_ORGANISATION,
    FLAG_STATUS,
    FLAG_ORIGIN,
    FLAG_NO_CAPACITY,
    FLAG_LIMIT,
    FLAG_AFTER,
    /* rules */
    FLAG_DECISION,
    FLAG_FACTS,
    FLAG_TABLE,
    FLAG_VERSION,
    FLAG_DRAFT,
    FLAG_NOTE,
    FLAG_CSV,
    FLAG_DMN,
    FLAG_OUTPUT,
    FLAG_FILES,
    FLAG_FORCE,
    FLAG_SINCE,
    FLAG_UNTIL,
    FLAG_ACKNOWLEDGE,
    FLAG_FROM,
    FLAG_WHY_NOT,
    FLAG_WHAT_IF,
    /* joining and leaving */
    FLAG_ROLE,
    FLAG_ACCOUNT,
    FLAG_CA,
    FLAG_PIN,
    FLAG_SERIAL,
    FLAG_ISSUER,
    /* consent and the access log */
    FLAG_SHARE,
    FLAG_KIND,
    FLAG_CLIENT,
    FLAG_FORMAT,
    /* rights, emergencies, retention */
    FLAG_VERDICT,
    FLAG_LIFT,
    FLAG_YES,
    FLAG_LAW,
    FLAG_START,
    FLAG_YEARS,
    FLAG_KINDS,
    FLAG_GROUND,
    FLAG_RECIPIENTS,
    FLAG_OFF,
    FLAG_ROTATE,
    FLAG_RETIRE,
    /* figures */
    FLAG_HELPED,
    FLAG_BY,
    FLAG_AMOUNT,
    FLAG_SOURCE,
    /* what goes out */
    FLAG_ABOUT,
    FLAG_PERSONAL,
    FLAG_DEAD,
    FLAG_ALL,
    /* what a practice hears back */
    FLAG_STORY,
    FLAG_DIGEST,
    FLAG_PASTE,
    FLAG_FORM,
    FLAG_MILESTONE,
    /* room and groups */
    FLAG_ASKED,
    FLAG_PLACES,
    FLAG_WAIT_DAYS,
    FLAG_AS_OF,
    FLAG_STARTS,
    FLAG_ENDS,
    FLAG_ONLINE,
    FLAG_ROLLING,
    FLAG_GROUP,
    FLAG_PERSONS,
    FLAG_WAIT,
    FLAG_COUNT
};

enum repeats {
    ONCE,
    LISTED,  /* may be repeated, and holds a list with commas */
    REPEATED /* may be repeated; commas belong to the value */
};

struct flag_kind {
    const char *name;             /* "--birth-year" */
    const char *value[LANGUAGES]; /* what stands behind it ("JAAR"), NULL: nothing */
    enum repeats repeats;
    const char *pointer; /* the member of the request body that it fills, or NULL */
    const char *help[LANGUAGES];
};

/* Never NULL for FLAG_END < flag < FLAG_COUNT. */
const struct flag_kind *flag_kind(enum flag flag);
/* FLAG_END when there is no such flag; "-h" is --help. */
enum flag flag_find(struct slice name);
/* The flag of `flags` (ended by FLAG_END) that fills the member or parameter at `pointer` ("/domains/2" is
 * filled by the flag of "/domains"), in whichever request, or FLAG_END. */
enum flag flag_of_pointer(const enum flag *flags, const char *pointer);
bool flag_among(const enum flag *flags, enum flag flag);

enum { OPTION_VALUES = 128, OPTION_WORDS = 48 };

struct option {
    const char *values[OPTION_VALUES]; /* lists with commas are in pieces already */
    size_t count;
};

struct options {
    struct option flags[FLAG_COUNT];
    const char *words[OPTION_WORDS]; /* what is not a flag: the command and its arguments */
    size_t word_count;
};

/* Something wrong with the command line: a text, its values, and a word that was perhaps meant. */
struct complaint {
    enum text text;
    const char *values[4]; /* NULL at the end */
    const char *meant;     /* or NULL */
};

/* Sorts argv[1..argc-1]; strings are borrowed or the arena's. A flag that nobody knows is kept as
 * *unknown (the first one, "--flag" without its value; NULL: none), to be judged when the command is known.
 */
bool options_parse(int argc, char *const *argv, struct arena *arena, struct options *out,
                   const char **unknown, struct complaint *complaint);

/* The value of a flag that was written elsewhere than on the command line, in the place of what is there:
 * lists with commas are taken apart, what may be repeated is parted by blanks. */
bool option_put(struct options *options, enum flag flag, struct slice value, struct arena *arena,
                struct complaint *complaint);

/* Value of a flag, NULL when it is not given. */
const char *option_text(const struct options *options, enum flag flag);
bool option_given(const struct options *options, enum flag flag);

#endif
