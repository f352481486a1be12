/*
 * The tables of commands, one file a kind of work (commands_refer.c and so on): they drive dispatch, --help,
 * `wijzer help`, the shell completion and the check of the man page. A command's name may be two words
 * ("feedback open"); the longer name goes first.
 */
#ifndef WIJZER_COMMANDS_H
#define WIJZER_COMMANDS_H

#include "options.h"

struct program;

enum { COMMAND_FLAGS = 26 };

enum command_kind {
    ONLINE,      /* sends what waits in the spool, then talks to the service */
    PATIENT,     /* the same, and gives the service more time: it works through whole tables or periods */
    OWN_FIRST,   /* the other way round: what was just typed is kept before anything waits for the service */
    SENDS_SPOOL, /* talks to the service, and sees to the spool itself */
    LOCAL        /* needs no profile and no service */
};

struct command {
    const char *name;
    const char *arguments[LANGUAGES]; /* "STEP CODE [--to AANBOD]" */
    const char *help[LANGUAGES];      /* one line */
    size_t least, most;               /* words behind the name */
    enum flag flags[COMMAND_FLAGS];   /* FLAG_END at the end */
    enum command_kind kind;
    int (*run)(struct program *program);
};

/* Each ends with one without a name. */
extern const struct command commands_refer[];
extern const struct command commands_steps[];
extern const struct command commands_places[];
extern const struct command commands_chain[];
extern const struct command commands_rules[];
extern const struct command commands_notices[];
extern const struct command commands_rights[];
extern const struct command commands_access[];
extern const struct command commands_program[];

enum { COMMAND_GROUPS = 9 };

/* The commands of one kind of work, and what the help says over them. */
struct command_group {
    enum text heading;
    const struct command *commands;
};

extern const struct command_group command_groups[COMMAND_GROUPS];

/* The commands one after the other, group by group, from 0; NULL past the last. */
const struct command *command_at(size_t index);

/* The command that the words begin with and the number of words of its name; NULL: none. */
const struct command *command_find(const char *const *words, size_t count, size_t *used);
/* The name that was perhaps meant, or NULL. */
const char *command_suggest(const char *word, struct arena *arena);
/* Whether commands of two words begin with this one. */
bool command_is_group(const char *word);
/* What is wrong with words by which no command was found; `unknown`: a flag that stands there alone, or NULL.
 */
void command_unknown(const char *const *words, size_t count, const char *unknown, struct arena *arena,
                     struct complaint *complaint);

/* Whether flag and number of words fit the command; options_parse went before. The words of the command's
 * name are taken off options->words. */
bool command_check(const struct command *command, size_t used, struct options *options, const char *unknown,
                   enum language language, struct complaint *complaint);

#endif
