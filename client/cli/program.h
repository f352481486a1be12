/*
 * One run of `wijzer`: what it was asked, who asks, and the ways in which a command talks to the service and
 * to the person. Commands are functions that return an exit code. Everything a run allocates is its arena's.
 */
#ifndef WIJZER_PROGRAM_H
#define WIJZER_PROGRAM_H

#include "api.h"
#include "commands.h"
#include "problem.h"
#include "render.h"
#include "spool.h"
#include "vocabulary.h"

enum exit_code {
    EXIT_DONE,
    EXIT_REFUSED,     /* the service said no */
    EXIT_INPUT,       /* wrong usage, invalid input, no profile */
    EXIT_SPOOLED,     /* unreachable, but kept */
    EXIT_UNREACHABLE, /* unreachable: nothing sent, or not known whether */
    EXIT_NOT_ALLOWED, /* certificate or role */
    EXIT_CONFLICT,    /* somebody else was first */
    EXIT_VIOLATED,    /* `check` or `rules check` found something */
    EXIT_CODES
};

struct program {
    struct arena *arena;
    struct clock clock;
    enum language language;
    struct screen out, err; /* standard output and standard error */
    bool json;              /* --json: the service's bytes on standard output */
    const struct command *command;
    struct options options;
    const bool
        *columns; /* of a row of a file, by flag: what it filled; NULL: the command line is looked at */
    const char *directory; /* of the profile */
    struct profile profile;
    struct api *api;
    struct slice typed;  /* standard input as text, once it was read */
    json_t *documents;   /* list that owns every document of this run */
    const json_t *words; /* the vocabulary, NULL: not loaded */
    bool words_fresh;    /* it came from the service in this run */
    bool words_tried;
    bool away; /* the service could not be reached a moment ago: do not wait for it again */
};

/* All of it: parse, load the profile, send what waits, run the command. Returns the exit code. */
int program_main(int argc, char **argv);

/* Loads the profile of program->directory and opens the service with it; after the profile's files have
 * changed, again. EXIT_DONE, or said. */
int program_open(struct program *program);
void program_reopen(struct program *program);

/* For a command that goes on until it is interrupted, or says how far it came: from now on Ctrl-C does not
 * end the program, but whatever it waits for; program_stop() does the same. */
void program_heed_interrupt(void);
void program_stop(void);
bool program_is_stopped(void);

/* renew.c: another certificate, where less than a third of this one's life is left. Quiet. */
void renew_if_due(struct program *program);

/* Says on standard error what is wrong with the input; returns EXIT_INPUT. */
int program_reject(struct program *program, enum text text, const char *const *values);
/* The same, with what was perhaps meant. */
int program_complain(struct program *program, const struct complaint *complaint);
/* Prints a body of the service as it is, with a newline. */
void program_print(const struct program *program, struct slice body);
/* A document that lives until the end of the run; NULL when it is no JSON. */
const json_t *program_document(struct program *program, struct slice text);

/* GET. True: *document is the 2xx answer's. False: nothing is said yet; see program_explain. */
bool program_get(struct program *program, const char *path, struct answer *answer, const json_t **document);
/* GET of another media type (NULL: JSON, not looked at). True: *answer is a 2xx. */
bool program_fetch(struct program *program, const char *path, const char *media, struct answer *answer);
/* POST with a fresh Idempotency-Key. */
void program_post(struct program *program, const char *path, struct slice body, const char *if_match,
                  struct answer *answer);
/* POST of a file, with its media type and Content-Disposition. */
void program_post_file(struct program *program, const char *path, const char *type, const char *disposition,
                       struct slice body, struct answer *answer);
/* POST with the given Idempotency-Key. */
void program_post_keyed(struct program *program, const char *path, struct slice body, const char *key,
                        struct answer *answer);
/* POST with the given key, as often as the outcome stays unknown, or once. */
void program_submit(struct program *program, const char *key, struct slice body, bool once,
                    struct answer *answer);
bool answer_is_good(const struct answer *answer);

/* Says why an answer is no success (with --json the problem document goes to standard output) and returns
 * the exit code. `look` is the command that shows what became of a lost POST ("show 7KX3-9MTF"), NULL for a
 * GET, or a POST that stores nothing. */
int program_explain(struct program *program, const struct answer *answer, const char *look);
/* In a few words: why the service did not take it. */
const char *program_reason(struct program *program, const struct answer *answer);

/* Says what a decoder found wrong with a body, by flag where the command line filled it; with --json as the
 * service would say it. Returns EXIT_INPUT. */
int program_invalid(struct program *program, const struct err *err, const struct issues *issues);

/* The region's words, from the cache or, when there is none or `fresh` is asked for, from the service. */
const json_t *program_words(struct program *program, bool fresh);
/* Whether a code is a word of the region; unknown words are looked up afresh before they are called wrong,
 * and what cannot be looked up counts as right. Says what is wrong. */
bool program_check_word(struct program *program, enum flag flag, const char *word);

/* The argument as an id "7KX3-9MTF"; NULL: it is none, and that was said. */
const char *program_id(struct program *program, const char *word);

/* The civil date of a flag as days since 1970. False: it is none, or not given, and that was said. */
bool program_day(struct program *program, enum flag flag, int64_t *day);
/* Whether two flags, as far as they are given, are days, the first not after the last. False: said. */
bool program_period(struct program *program, enum flag first, enum flag last);

/* Whether a word is one of `words` (NULL at the end); says which there are. `what`: where it was given. */
bool program_is_choice(struct program *program, const char *what, const char *word, const char *const *words);
/* --format, one of `words`; without it json with --json, else the first. NULL: said. */
const char *program_format(struct program *program, const char *const *words);

/* --limit, 50 without it; 0 stands for all (UINT64_MAX). False: said. */
bool program_limit(struct program *program, uint64_t *limit);

/* Reads --text, or with "-" standard input (without its last newline), once in a run. False: said.
 * `used_stdin` may be NULL. */
bool program_text(struct program *program, const char *given, struct slice *text, bool *used_stdin);

/* What flags fill in a body of the wire: `record` is the struct, each flag's text goes to the struct slice at
 * its place (absent where the flag is). False: said. */
struct flag_field {
    enum flag flag;
    size_t at;
};
bool program_take_texts(struct program *program, const struct flag_field *fields, size_t count, void *record);
/* The values of a flag that may be repeated; more than fit is said here, as an encoder has no room for them.
 * False: said. */
bool program_take_list(struct program *program, enum flag flag, struct slice *list, size_t room,
                       size_t *count);

/* Sends the spool. *reason becomes why something still waits. False: another command is sending. */
bool program_flush(struct program *program, int wait_ms, struct spool_counts *counts, const char **reason,
                   json_t *receipts);

/* What a list is: where it comes from and how it is shown. */
struct list {
    const char *path;
    const char *query; /* "&unread=true", or "" */
    void (*render)(const struct screen *screen, const json_t *items, bool more);
};
/* Shows a list as far as --limit says. Returns the exit code. */
int program_list(struct program *program, const struct list *list);
/* The same below a head that tells of it all, by its last page; NULL: none. */
int program_list_below(struct program *program, const struct list *list,
                       void (*head)(const struct screen *screen, const json_t *page));
/* Shows an answer that is one document. */
int program_show(struct program *program, const char *path,
                 void (*render)(const struct screen *screen, const json_t *document));

/* The handlers of the table of commands. */
int run_told(struct program *program);
int run_closure(struct program *program);
int run_partners(struct program *program);
int run_movement(struct program *program);
int run_savings(struct program *program);
int run_savings_assume(struct program *program);
int run_savings_assumptions(struct program *program);
int run_overview(struct program *program);
int run_offerings(struct program *program);
int run_places_set(struct program *program);
int run_places_confirm(struct program *program);
int run_places_prove(struct program *program);
int run_places_group(struct program *program);
int run_places_change(struct program *program);
int run_places_end(struct program *program);
int run_place(struct program *program);
int run_places_leave(struct program *program);
int run_places_attended(struct program *program);
int run_calendar(struct program *program);
int run_calendar_close(struct program *program);
int run_calendar_open(struct program *program);
int run_contract(struct program *program);
int run_contract_set(struct program *program);
int run_emergency(struct program *program);
int run_emergency_review(struct program *program);
int run_emergencies(struct program *program);
int run_notices(struct program *program);
int run_notices_read(struct program *program);
int run_subscribe(struct program *program);
int run_subscriptions(struct program *program);
int run_unsubscribe(struct program *program);
int run_deliveries(struct program *program);
int run_redeliver(struct program *program);
int run_client_export(struct program *program);
/* The files of a client's own copy, each into this directory, which is made if need be. */
int attachments_save(struct program *program, const json_t *copy, const char *folder);
int run_client_correct(struct program *program);
int run_client_restrict(struct program *program);
int run_client_erase(struct program *program);
int run_retention_list(struct program *program);
int run_retention_propose(struct program *program);
int run_retention_approve(struct program *program);
int run_retention_proof(struct program *program);
int run_bsn(struct program *program);
int run_bsn_propose(struct program *program);
int run_bsn_approve(struct program *program);
int run_keys(struct program *program);
int run_keys_propose(struct program *program);
int run_keys_approve(struct program *program);
int run_refer(struct program *program);
int run_refer_class(struct program *program);
int run_classes(struct program *program);
int run_inbox(struct program *program);
int run_show(struct program *program);
int run_accept(struct program *program);
int run_decline(struct program *program);
int run_report(struct program *program);
int run_complete(struct program *program);
int run_answer(struct program *program);
int run_pass_on(struct program *program);
int run_direct(struct program *program);
int run_reassign(struct program *program);
int run_reopen(struct program *program);
int run_merge(struct program *program);
int run_duplicates(struct program *program);
int run_pick_up(struct program *program);
int run_put_back(struct program *program);
int run_call_back(struct program *program);
int run_called_back(struct program *program);
int run_goal(struct program *program);
int run_goals(struct program *program);
int run_message(struct program *program);
int run_messages(struct program *program);
int run_attach(struct program *program);
int run_attachments(struct program *program);
int run_attachment(struct program *program);
/* Sets what --goal says in a step that was just reported. Returns the exit code. */
int tasks_post_goals(struct program *program, const char *id);
/* After an end: which goals of the referral are still open. */
void tasks_show_open_goals(struct program *program, const char *referral);
int run_feedback(struct program *program);
int run_feedback_open(struct program *program);
int run_chain(struct program *program);
int run_watch(struct program *program);
int run_check(struct program *program);
int run_sync(struct program *program);
int run_vocabulary(struct program *program);
int run_rules_list(struct program *program);
int run_rules_show(struct program *program);
int run_rules_edit(struct program *program);
int run_rules_import(struct program *program);
int run_rules_export(struct program *program);
int run_rules_eval(struct program *program);
int run_rules_check(struct program *program);
int run_rules_try(struct program *program);
int run_rules_publish(struct program *program);
int run_rules_approve(struct program *program);
int run_rules_discard(struct program *program);
int run_rules_rollback(struct program *program);
int run_rules_explain(struct program *program);
int run_invite(struct program *program);
int run_invitations(struct program *program);
int run_invitations_withdraw(struct program *program);
int run_enroll(struct program *program);
int run_renew(struct program *program);
int run_accounts(struct program *program);
int run_account_end(struct program *program);
int run_account_role(struct program *program);
int run_account_revoke(struct program *program);
int run_identity_add(struct program *program);
int run_consent_show(struct program *program);
int run_consent_preview(struct program *program);
int run_consent_change(struct program *program);
int run_consent_withdraw(struct program *program);
int run_client_find(struct program *program);
int run_access_log(struct program *program);
int run_whoami(struct program *program);
int run_version(struct program *program);
int run_help(struct program *program);

/* --help of one command; what `wijzer help` prints. */
void help_command(const struct screen *screen, const struct command *command);
/* The commands of two words that begin with this one. */
void help_group(const struct screen *screen, const char *word);
void help_all(const struct screen *screen);

#endif
