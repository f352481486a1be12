/*
 * The statements of the daemon: each calls one function of schema wijzer and is one transaction. The order of
 * parameters and columns is that of sql/README.md. No SQL text stands anywhere else in the daemon.
 */
#ifndef WIJZER_STORE_H
#define WIJZER_STORE_H

#include "lane.h"

enum store_statement {
    STORE_REGIONS,
    STORE_REGION_SNAPSHOT,
    STORE_FIND_ACCOUNT,
    STORE_RESERVE_IDS,
    STORE_CLIENT_OF_STEP,
    STORE_SUBMIT_REFERRALS,
    STORE_MOVE_STEP,
    STORE_OPEN_FEEDBACK,
    STORE_GET_REFERRAL,
    STORE_GET_STATUSES,
    STORE_GET_STEP,
    STORE_LIST_INBOX,
    STORE_LIST_CHAIN,
    STORE_LIST_FEEDBACK,
    STORE_LIST_EVENTS,
    STORE_EVENTS_AFTER,
    STORE_NEW_EVENTS,
    STORE_STILL_ACCOUNTS,
    STORE_CHECK,
    STORE_VOCABULARY,
    STORE_ME,
    STORE_LIST_RULE_TABLES,
    STORE_RULE_VERSION,
    STORE_RULE_VERSION_IN_FORCE,
    STORE_RULE_ROWS,
    STORE_SAVE_DRAFT,
    STORE_REQUEST_PUBLICATION,
    STORE_APPROVE_VERSION,
    STORE_DISCARD_VERSION,
    STORE_ROLL_BACK,
    STORE_DEAD_RULES,
    STORE_OFFERINGS_WITHOUT_CAPACITY,
    STORE_OFFERINGS_WITHOUT_EVIDENCE,
    STORE_REPLAY_COUNT,
    STORE_REPLAY_PAGE,
    STORE_REPLAY_SHOWN,
    STORE_DECISION_RECORD,
    STORE_CLIENT_FOR_EMERGENCY,
    STORE_USE_EMERGENCY,
    STORE_LIST_EMERGENCIES,
    STORE_CLIENT_OF_EMERGENCY,
    STORE_REVIEW_EMERGENCY,
    STORE_ESCALATE_EMERGENCIES,
    STORE_LATE_PROMISES,
    STORE_RAISE_PROMISES,
    STORE_LAPSED_OFFERS,
    STORE_LAPSE_OFFERS,
    STORE_LATE_CONFIRMATIONS,
    STORE_RAISE_CONFIRMATIONS,
    STORE_ASK_OFFERINGS,
    STORE_GROUPS_TO_SETTLE,
    STORE_SETTLE_GROUP,
    STORE_LIST_OFFERINGS,
    STORE_SET_CAPACITY,
    STORE_CONFIRM_OFFERING,
    STORE_SET_EVIDENCE,
    STORE_MAKE_GROUP,
    STORE_CHANGE_GROUP,
    STORE_END_GROUP,
    STORE_TAKE_PLACE,
    STORE_LEAVE_PLACE,
    STORE_MARK_ATTENDANCE,
    STORE_LIST_NOTICES,
    STORE_READ_NOTICE,
    STORE_TELL_CLIENT,
    STORE_MERGE_REFERRAL,
    STORE_LIST_DUPLICATES,
    STORE_LIST_CLASSES,
    STORE_CLOSURE_RATES,
    STORE_PARTNER_FIGURES,
    STORE_MOVEMENT,
    STORE_SAVINGS,
    STORE_LIST_ASSUMPTIONS,
    STORE_STATE_ASSUMPTION,
    STORE_GET_FEEDBACK,
    STORE_LIST_CONTRACTS,
    STORE_SET_CONTRACT,
    STORE_LIST_CLOSURES,
    STORE_CLOSE_DAY,
    STORE_OPEN_DAY,
    STORE_MAKE_DIGESTS,
    STORE_LIST_DIGESTS,
    STORE_OVERVIEW,
    STORE_PICK_UP_STEP,
    STORE_PUT_BACK_STEP,
    STORE_PROMISE_CALL_BACK,
    STORE_KEEP_CALL_BACK,
    STORE_SET_GOAL,
    STORE_SCORE_GOAL,
    STORE_END_GOAL,
    STORE_LIST_GOALS,
    STORE_CLIENT_TO_WRITE,
    STORE_SEND_MESSAGE,
    STORE_READ_MESSAGES,
    STORE_LIST_MESSAGES,
    STORE_LIST_UNREAD,
    STORE_ADD_ATTACHMENT,
    STORE_LIST_ATTACHMENTS,
    STORE_GET_ATTACHMENT,
    STORE_CLIENT_TO_REOPEN,
    STORE_REOPEN_REFERRAL,
    STORE_DIRECT_REFERRAL,
    STORE_EXPORT_CLIENT,
    STORE_CLIENT_TO_CORRECT,
    STORE_CORRECT_CLIENT,
    STORE_RESTRICT_CLIENT,
    STORE_ERASE_CLIENT,
    STORE_KEYS_TO_DESTROY,
    STORE_KEY_DESTROYED,
    STORE_LIST_RETENTION,
    STORE_PROPOSE_RETENTION,
    STORE_APPROVE_RETENTION,
    STORE_RETENTION_PROOF,
    STORE_APPLY_RETENTION,
    STORE_PASS_RETENTION,
    STORE_PROVE_RETENTION,
    STORE_GET_BSN,
    STORE_PROPOSE_BSN,
    STORE_APPROVE_BSN,
    STORE_GET_KEY_CHANGES,
    STORE_PROPOSE_KEY_CHANGE,
    STORE_APPROVE_KEY_CHANGE,
    STORE_MEASURE_REPLIES,
    STORE_SEAL_NEXT,
    STORE_SEAL_ROWS,
    STORE_SEAL_ADD,
    STORE_SEAL_STATUS,
    STORE_STILL_KNOWN,
    STORE_OPEN_CODE,
    STORE_ENROL,
    STORE_RENEW_CERTIFICATE,
    STORE_MAKE_INVITATION,
    STORE_LIST_INVITATIONS,
    STORE_WITHDRAW_INVITATION,
    STORE_LIST_ACCOUNTS,
    STORE_END_ACCOUNT,
    STORE_CHANGE_ROLE,
    STORE_REVOKE_CERTIFICATE,
    STORE_ADD_IDENTITY,
    STORE_GET_CONSENT,
    STORE_CHANGE_CONSENT,
    STORE_WITHDRAW_CONSENT,
    STORE_GET_DISCLOSURE,
    STORE_FIND_CLIENTS,
    STORE_ACCESS_LOG_OF_CLIENT,
    STORE_ACCESS_LOG,
    STORE_NOTE_REFUSAL,
    STORE_SUBSCRIBE,
    STORE_LIST_SUBSCRIPTIONS,
    STORE_UNSUBSCRIBE,
    STORE_LIST_DELIVERIES,
    STORE_REDELIVER,
    STORE_MAKE_DISPATCHES,
    STORE_TIDY_DISPATCHES,
    STORE_CLAIM_LETTERS,
    STORE_SETTLE_LETTER,
    STORE_COUNT
};

enum { MOVE_PARAMS = 28 };

extern const struct pg_statement store_statements[STORE_COUNT];

/* A cell by the place of its column: a slice (absent for SQL NULL), borrowed from the result; a number, 0 for
 * NULL. */
struct slice store_cell(const PGresult *result, int row, int column);
int64_t store_cell_number(const PGresult *result, int row, int column);
/* A cell as a slice (absent for SQL NULL), borrowed from the result. */
struct slice store_text(const PGresult *result, int row, const char *column);
/* A cell as a number; `missing` where it is NULL. */
int64_t store_number(const PGresult *result, int row, const char *column, int64_t missing);

/* What a set-based question says of its `count` items: sets marks[i] for each row whose column `item` is i
 * + 1. */
void store_mark_items(const PGresult *result, bool *marks, size_t count);

/* A PostgreSQL array literal that grows: "{a,\"b c\",NULL}". */
struct store_array {
    struct arena *arena;
    char *text;
    size_t used, size, count;
};
void store_array_begin(struct store_array *array, struct arena *arena);
/* An absent slice becomes NULL. */
void store_array_add(struct store_array *array, struct slice element);
/* `missing` becomes NULL. */
void store_array_add_number(struct store_array *array, int64_t number, int64_t missing);
/* Closes the literal; NUL-terminated, the arena's. */
const char *store_array_end(struct store_array *array);

/* A composite literal, "(\"a\",,\"7\")": an absent field is NULL. The arena's. */
struct slice store_record(const struct slice *fields, size_t count, struct arena *arena);

#endif
