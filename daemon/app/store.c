#include "store.h"

#include <stdio.h>

#include "arena.h"

#define READ(name, sql, count)                                                                               \
    {                                                                                                        \
        name, sql, count, NULL, true                                                                         \
    }
#define WRITE(name, sql, count)                                                                              \
    {                                                                                                        \
        name, sql, count, NULL, false                                                                        \
    }

const struct pg_statement store_statements[STORE_COUNT] = {
    [STORE_REGIONS] =
        READ("regions",
             "select region_id, code, version, coming, rights, wijzer.schema_version() as schema_version"
             " from wijzer.regions()",
             0),
    [STORE_REGION_SNAPSHOT] = READ("region_snapshot", "select wijzer.region_snapshot($1) as snapshot", 1),
    [STORE_FIND_ACCOUNT] = READ("find_account", "select * from wijzer.find_account($1, $2, $3)", 3),
    [STORE_RESERVE_IDS] = /* again does no harm: it leaves a gap */
    READ("reserve_ids", "select wijzer.reserve_ids($1) as ids", 1),
    [STORE_CLIENT_OF_STEP] =
        READ("client_of_step", "select wijzer.client_of_step($1, $2, $3, $4) as client_id", 4),
    [STORE_SUBMIT_REFERRALS] =
        WRITE("submit_referrals", "select * from wijzer.submit_referrals($1, $2, $3)", 3),
    [STORE_MOVE_STEP] = WRITE(
        "move_step",
        "select * from wijzer.move_step($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
        " $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)",
        MOVE_PARAMS),
    [STORE_OPEN_FEEDBACK] =
        WRITE("open_feedback", "select * from wijzer.open_feedback($1, $2, $3, $4, $5, $6)", 6),
    [STORE_GET_REFERRAL] = READ("get_referral", "select wijzer.get_referral($1, $2, $3, $4) as document", 4),
    [STORE_GET_STATUSES] = READ("get_statuses", "select * from wijzer.get_statuses($1, $2)", 2),
    [STORE_GET_STEP] = READ("get_step", "select version, document from wijzer.get_step($1, $2, $3, $4)", 4),
    [STORE_LIST_INBOX] =
        READ("list_inbox", "select wijzer.list_inbox($1, $2, $3, $4, $5, $6) as document", 6),
    [STORE_LIST_CHAIN] =
        READ("list_chain", "select wijzer.list_chain($1, $2, $3, $4, $5, $6, $7, $8, $9) as document", 9),
    [STORE_LIST_FEEDBACK] =
        READ("list_feedback", "select wijzer.list_feedback($1, $2, $3, $4, $5, $6) as document", 6),
    [STORE_LIST_EVENTS] = READ("list_events", "select wijzer.list_events($1, $2, $3, $4) as document", 4),
    [STORE_EVENTS_AFTER] = READ("events_after", "select * from wijzer.events_after($1, $2, $3, $4)", 4),
    [STORE_NEW_EVENTS] = READ("new_events", "select * from wijzer.new_events($1, $2, $3, $4)", 4),
    [STORE_STILL_ACCOUNTS] =
        READ("still_accounts", "select item from wijzer.still_accounts($1, $2, $3, $4)", 4),
    [STORE_CHECK] = READ("check", "select wijzer.check($1, $2) as document", 2),
    [STORE_VOCABULARY] = READ("vocabulary", "select wijzer.vocabulary($1, $2) as document", 2),
    [STORE_ME] = READ("me", "select wijzer.me($1, $2) as document", 2),
    [STORE_LIST_RULE_TABLES] =
        READ("list_rule_tables", "select wijzer.list_rule_tables($1, $2) as document", 2),
    [STORE_RULE_VERSION] = READ("rule_version", "select wijzer.rule_version($1, $2, $3) as document", 3),
    [STORE_RULE_VERSION_IN_FORCE] =
        READ("rule_version_in_force", "select wijzer.rule_version_in_force($1, $2) as version", 2),
    [STORE_RULE_ROWS] = READ("rule_rows", "select * from wijzer.rule_rows($1, $2)", 2),
    [STORE_SAVE_DRAFT] =
        WRITE("save_draft", "select * from wijzer.save_draft($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_REQUEST_PUBLICATION] = WRITE(
        "request_publication", "select * from wijzer.request_publication($1, $2, $3, $4, $5, $6, $7, $8)", 8),
    [STORE_APPROVE_VERSION] =
        WRITE("approve_version", "select * from wijzer.approve_version($1, $2, $3, $4, $5)", 5),
    [STORE_DISCARD_VERSION] =
        WRITE("discard_version", "select * from wijzer.discard_version($1, $2, $3, $4, $5)", 5),
    [STORE_ROLL_BACK] = WRITE("roll_back", "select * from wijzer.roll_back($1, $2, $3, $4, $5)", 5),
    [STORE_DEAD_RULES] = READ("dead_rules", "select rule_id from wijzer.dead_rules($1, $2) as d(rule_id)", 2),
    [STORE_OFFERINGS_WITHOUT_CAPACITY] =
        READ("offerings_without_capacity", "select * from wijzer.offerings_without_capacity($1, $2)", 2),
    [STORE_OFFERINGS_WITHOUT_EVIDENCE] =
        READ("offerings_without_evidence", "select * from wijzer.offerings_without_evidence($1, $2)", 2),
    [STORE_REPLAY_COUNT] = READ("replay_count", "select wijzer.replay_count($1, $2, $3, $4) as count", 4),
    [STORE_REPLAY_PAGE] = READ("replay_page", "select * from wijzer.replay_page($1, $2, $3, $4, $5, $6)", 6),
    [STORE_REPLAY_SHOWN] = READ("replay_shown", "select * from wijzer.replay_shown($1, $2, $3, $4)", 4),
    [STORE_DECISION_RECORD] =
        READ("decision_record", "select wijzer.decision_record($1, $2, $3, $4) as document", 4),
    [STORE_STILL_KNOWN] = READ("still_known", "select item from wijzer.still_known($1, $2, $3)", 3),
    [STORE_OPEN_CODE] = WRITE("open_code", "select * from wijzer.open_code($1, $2, $3)", 3),
    [STORE_ENROL] = WRITE("enrol", "select * from wijzer.enrol($1, $2, $3, $4, $5, $6, $7, $8)", 8),
    [STORE_RENEW_CERTIFICATE] =
        WRITE("renew_certificate",
              "select * from wijzer.renew_certificate($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10),
    [STORE_MAKE_INVITATION] =
        WRITE("make_invitation",
              "select * from wijzer.make_invitation($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10),
    [STORE_LIST_INVITATIONS] =
        READ("list_invitations", "select wijzer.list_invitations($1, $2) as document", 2),
    [STORE_WITHDRAW_INVITATION] =
        WRITE("withdraw_invitation", "select * from wijzer.withdraw_invitation($1, $2, $3, $4, $5, $6)", 6),
    [STORE_LIST_ACCOUNTS] = READ("list_accounts", "select wijzer.list_accounts($1, $2) as document", 2),
    [STORE_END_ACCOUNT] = WRITE("end_account", "select * from wijzer.end_account($1, $2, $3, $4, $5, $6)", 6),
    [STORE_CHANGE_ROLE] =
        WRITE("change_role", "select * from wijzer.change_role($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_REVOKE_CERTIFICATE] =
        WRITE("revoke_certificate",
              "select * from wijzer.revoke_certificate($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_ADD_IDENTITY] =
        WRITE("add_identity", "select * from wijzer.add_identity($1, $2, $3, $4, $5, $6, $7, $8)", 8),
    [STORE_GET_CONSENT] =
        READ("get_consent", "select version, document from wijzer.get_consent($1, $2, $3, $4)", 4),
    [STORE_CHANGE_CONSENT] =
        WRITE("change_consent", "select * from wijzer.change_consent($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_WITHDRAW_CONSENT] = WRITE(
        "withdraw_consent", "select * from wijzer.withdraw_consent($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_GET_DISCLOSURE] =
        READ("get_disclosure", "select wijzer.get_disclosure($1, $2, $3, $4) as document", 4),
    [STORE_FIND_CLIENTS] =
        READ("find_clients", "select wijzer.find_clients($1, $2, $3, $4, $5, $6) as document", 6),
    [STORE_ACCESS_LOG_OF_CLIENT] =
        READ("access_log_of_client",
             "select * from wijzer.access_log_of_client($1, $2, $3, $4, $5, $6, $7, $8)", 8),
    [STORE_ACCESS_LOG] = READ(
        "access_log", "select * from wijzer.access_log($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", 11),
    [STORE_NOTE_REFUSAL] = /* twice in the log is better than not at all */
    READ("note_refusal", "select wijzer.note_refusal($1, $2, $3, $4, $5)", 5),
    [STORE_CLIENT_FOR_EMERGENCY] =
        READ("client_for_emergency", "select wijzer.client_for_emergency($1, $2, $3, $4) as client_id", 4),
    [STORE_USE_EMERGENCY] =
        WRITE("use_emergency", "select * from wijzer.use_emergency($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_LIST_EMERGENCIES] =
        READ("list_emergencies", "select wijzer.list_emergencies($1, $2, $3, $4, $5) as document", 5),
    [STORE_CLIENT_OF_EMERGENCY] =
        READ("client_of_emergency", "select wijzer.client_of_emergency($1, $2, $3, $4) as client_id", 4),
    [STORE_REVIEW_EMERGENCY] = WRITE(
        "review_emergency", "select * from wijzer.review_emergency($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_ESCALATE_EMERGENCIES] =
        WRITE("escalate_emergencies", "select wijzer.escalate_emergencies($1, $2) as count", 2),
    [STORE_LATE_PROMISES] = READ("late_promises", "select * from wijzer.late_promises($1, $2)", 2),
    [STORE_RAISE_PROMISES] =
        WRITE("raise_promises", "select wijzer.raise_promises($1, $2, $3, $4, $5, $6) as count", 6),
    [STORE_LAPSED_OFFERS] = READ("lapsed_offers", "select * from wijzer.lapsed_offers($1, $2)", 2),
    [STORE_LAPSE_OFFERS] =
        WRITE("lapse_offers", "select wijzer.lapse_offers($1, $2, $3, $4, $5) as count", 5),
    [STORE_LATE_CONFIRMATIONS] =
        READ("late_confirmations", "select * from wijzer.late_confirmations($1, $2)", 2),
    [STORE_RAISE_CONFIRMATIONS] =
        WRITE("raise_confirmations", "select wijzer.raise_confirmations($1, $2, $3, $4, $5, $6) as count", 6),
    [STORE_ASK_OFFERINGS] = WRITE("ask_offerings", "select wijzer.ask_offerings($1, $2, $3) as count", 3),
    [STORE_GROUPS_TO_SETTLE] =
        READ("groups_to_settle", "select group_id from wijzer.groups_to_settle($1, $2)", 2),
    [STORE_SETTLE_GROUP] = WRITE("settle_group", "select wijzer.settle_group($1, $2, $3, $4) as count", 4),
    [STORE_LIST_OFFERINGS] =
        READ("list_offerings", "select wijzer.list_offerings($1, $2, $3, $4) as document", 4),
    [STORE_SET_CAPACITY] =
        WRITE("set_capacity", "select * from wijzer.set_capacity($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_CONFIRM_OFFERING] =
        WRITE("confirm_offering", "select * from wijzer.confirm_offering($1, $2, $3, $4, $5, $6)", 6),
    [STORE_SET_EVIDENCE] =
        WRITE("set_evidence", "select * from wijzer.set_evidence($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_MAKE_GROUP] =
        WRITE("make_group",
              "select * from wijzer.make_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", 12),
    [STORE_CHANGE_GROUP] = WRITE(
        "change_group", "select * from wijzer.change_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10),
    [STORE_END_GROUP] = WRITE("end_group", "select * from wijzer.end_group($1, $2, $3, $4, $5, $6)", 6),
    [STORE_TAKE_PLACE] =
        WRITE("take_place", "select * from wijzer.take_place($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_LEAVE_PLACE] = WRITE("leave_place", "select * from wijzer.leave_place($1, $2, $3, $4, $5, $6)", 6),
    [STORE_MARK_ATTENDANCE] =
        WRITE("mark_attendance", "select * from wijzer.mark_attendance($1, $2, $3, $4, $5, $6, $7, $8)", 8),
    [STORE_LIST_NOTICES] =
        READ("list_notices", "select wijzer.list_notices($1, $2, $3, $4, $5, $6) as document", 6),
    [STORE_READ_NOTICE] = WRITE("read_notice", "select * from wijzer.read_notice($1, $2, $3, $4, $5, $6)", 6),
    [STORE_TELL_CLIENT] =
        WRITE("tell_client", "select * from wijzer.tell_client($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_MERGE_REFERRAL] =
        WRITE("merge_referral", "select * from wijzer.merge_referral($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_LIST_DUPLICATES] =
        READ("list_duplicates", "select wijzer.list_duplicates($1, $2, $3, $4) as document", 4),
    [STORE_LIST_CLASSES] = READ("list_classes", "select wijzer.list_classes($1, $2, $3) as document", 3),
    [STORE_CLOSURE_RATES] =
        READ("closure_rates", "select * from wijzer.closure_rates($1, $2, $3, $4, $5)", 5),
    [STORE_PARTNER_FIGURES] =
        READ("partner_figures", "select * from wijzer.partner_figures($1, $2, $3, $4)", 4),
    [STORE_MOVEMENT] = READ("movement", "select * from wijzer.movement($1, $2, $3, $4, $5)", 5),
    [STORE_SAVINGS] = READ("savings", "select * from wijzer.savings($1, $2, $3, $4)", 4),
    [STORE_LIST_ASSUMPTIONS] =
        READ("list_assumptions", "select wijzer.list_assumptions($1, $2) as document", 2),
    [STORE_STATE_ASSUMPTION] =
        WRITE("state_assumption",
              "select * from wijzer.state_assumption($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10),
    [STORE_GET_FEEDBACK] = READ("get_feedback", "select wijzer.get_feedback($1, $2, $3, $4) as document", 4),
    [STORE_LIST_CONTRACTS] = READ("list_contracts", "select wijzer.list_contracts($1, $2) as document", 2),
    [STORE_SET_CONTRACT] =
        WRITE("set_contract", "select * from wijzer.set_contract($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_LIST_CLOSURES] =
        READ("list_closures", "select wijzer.list_closures($1, $2, $3, $4) as document", 4),
    [STORE_CLOSE_DAY] = WRITE("close_day", "select * from wijzer.close_day($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_OPEN_DAY] = WRITE("open_day", "select * from wijzer.open_day($1, $2, $3, $4, $5, $6)", 6),
    [STORE_MAKE_DIGESTS] = WRITE("make_digests", "select wijzer.make_digests($1, $2) as count", 2),
    [STORE_LIST_DIGESTS] =
        READ("list_digests", "select wijzer.list_digests($1, $2, $3, $4, $5) as document", 5),
    [STORE_OVERVIEW] = READ("overview", "select wijzer.overview($1, $2, $3, $4, $5) as document", 5),
    [STORE_PICK_UP_STEP] =
        WRITE("pick_up_step", "select * from wijzer.pick_up_step($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_PUT_BACK_STEP] =
        WRITE("put_back_step", "select * from wijzer.put_back_step($1, $2, $3, $4, $5, $6)", 6),
    [STORE_PROMISE_CALL_BACK] =
        WRITE("promise_call_back",
              "select * from wijzer.promise_call_back($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", 11),
    [STORE_KEEP_CALL_BACK] =
        WRITE("keep_call_back", "select * from wijzer.keep_call_back($1, $2, $3, $4, $5, $6, $7, $8)", 8),
    [STORE_SET_GOAL] =
        WRITE("set_goal", "select * from wijzer.set_goal($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10),
    [STORE_SCORE_GOAL] =
        WRITE("score_goal", "select * from wijzer.score_goal($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_END_GOAL] = WRITE("end_goal", "select * from wijzer.end_goal($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_LIST_GOALS] = READ("list_goals", "select wijzer.list_goals($1, $2, $3, $4) as document", 4),
    [STORE_CLIENT_TO_WRITE] =
        READ("client_to_write", "select wijzer.client_to_write($1, $2, $3, $4, $5) as client_id", 5),
    [STORE_SEND_MESSAGE] =
        WRITE("send_message", "select * from wijzer.send_message($1, $2, $3, $4, $5, $6, $7, $8)", 8),
    [STORE_READ_MESSAGES] =
        WRITE("read_messages", "select * from wijzer.read_messages($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_LIST_MESSAGES] =
        READ("list_messages", "select * from wijzer.list_messages($1, $2, $3, $4, $5, $6)", 6),
    [STORE_LIST_UNREAD] = READ("list_unread", "select wijzer.list_unread($1, $2, $3, $4) as document", 4),
    [STORE_ADD_ATTACHMENT] =
        WRITE("add_attachment",
              "select * from wijzer.add_attachment($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", 12),
    [STORE_LIST_ATTACHMENTS] =
        READ("list_attachments", "select wijzer.list_attachments($1, $2, $3, $4) as document", 4),
    [STORE_GET_ATTACHMENT] =
        READ("get_attachment", "select * from wijzer.get_attachment($1, $2, $3, $4, $5)", 5),
    [STORE_CLIENT_TO_REOPEN] =
        READ("client_to_reopen", "select wijzer.client_to_reopen($1, $2, $3, $4) as client_id", 4),
    [STORE_REOPEN_REFERRAL] =
        WRITE("reopen_referral",
              "select * from wijzer.reopen_referral($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", 11),
    [STORE_DIRECT_REFERRAL] =
        WRITE("direct_referral", "select * from wijzer.direct_referral($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_EXPORT_CLIENT] =
        READ("export_client", "select wijzer.export_client($1, $2, $3, $4) as document", 4),
    [STORE_CLIENT_TO_CORRECT] =
        READ("client_to_correct", "select * from wijzer.client_to_correct($1, $2, $3, $4)", 4),
    [STORE_CORRECT_CLIENT] = WRITE("correct_client",
                                   "select * from wijzer.correct_client($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                                   "$10, $11, $12, $13, $14, $15, $16, $17, $18)",
                                   18),
    [STORE_RESTRICT_CLIENT] =
        WRITE("restrict_client", "select * from wijzer.restrict_client($1, $2, $3, $4, $5, $6, $7)", 7),
    [STORE_ERASE_CLIENT] = WRITE("erase_client",
                                 "select result, answer, answer ->> 'status' as state from "
                                 "wijzer.erase_client($1, $2, $3, $4, $5, $6)",
                                 6),
    [STORE_KEYS_TO_DESTROY] =
        READ("keys_to_destroy", "select client_id from wijzer.keys_to_destroy($1, $2, $3)", 3),
    [STORE_KEY_DESTROYED] = WRITE("key_destroyed", "select wijzer.key_destroyed($1, $2, $3) as document", 3),
    [STORE_LIST_RETENTION] = READ("list_retention", "select wijzer.list_retention($1, $2) as document", 2),
    [STORE_PROPOSE_RETENTION] = WRITE(
        "propose_retention", "select * from wijzer.propose_retention($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_APPROVE_RETENTION] =
        WRITE("approve_retention", "select * from wijzer.approve_retention($1, $2, $3, $4, $5)", 5),
    [STORE_RETENTION_PROOF] = READ("retention_proof", "select wijzer.retention_proof($1, $2) as document", 2),
    [STORE_APPLY_RETENTION] =
        WRITE("apply_retention", "select last, removed from wijzer.apply_retention($1, $2, $3)", 3),
    [STORE_PASS_RETENTION] = WRITE("pass_retention", "select wijzer.pass_retention($1, $2) as client_id", 2),
    [STORE_PROVE_RETENTION] = WRITE("prove_retention", "select wijzer.prove_retention($1)", 1),
    [STORE_GET_BSN] = READ("get_bsn", "select wijzer.get_bsn($1, $2) as document", 2),
    [STORE_PROPOSE_BSN] = WRITE("propose_bsn", "select * from wijzer.propose_bsn($1, $2, $3, $4, $5, $6)", 6),
    [STORE_APPROVE_BSN] = WRITE("approve_bsn", "select * from wijzer.approve_bsn($1, $2, $3, $4, $5)", 5),
    [STORE_GET_KEY_CHANGES] = READ("get_key_changes", "select wijzer.get_key_changes($1, $2) as document", 2),
    [STORE_PROPOSE_KEY_CHANGE] =
        WRITE("propose_key_change", "select * from wijzer.propose_key_change($1, $2, $3, $4, $5, $6)", 6),
    [STORE_APPROVE_KEY_CHANGE] =
        WRITE("approve_key_change", "select * from wijzer.approve_key_change($1, $2, $3, $4, $5)", 5),
    [STORE_MEASURE_REPLIES] =
        WRITE("measure_replies", /* one daemon at a time */
              "select wijzer.measure_replies($1) where pg_try_advisory_xact_lock(1914, $1)", 1),
    [STORE_SEAL_NEXT] = READ("seal_next", "select * from wijzer.seal_next($1)", 1),
    [STORE_SEAL_ROWS] = READ("seal_rows", "select line from wijzer.seal_rows($1, $2, $3, $4, $5, $6)", 6),
    [STORE_SEAL_ADD] = /* sent again it finds its own block there and says no */
    WRITE("seal_add",
          "select wijzer.seal_add($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
          " as is_added",
          16),
    [STORE_SUBSCRIBE] =
        WRITE("subscribe", "select * from wijzer.subscribe($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9),
    [STORE_LIST_SUBSCRIPTIONS] =
        READ("list_subscriptions", "select wijzer.list_subscriptions($1, $2) as document", 2),
    [STORE_UNSUBSCRIBE] = WRITE("unsubscribe", "select * from wijzer.unsubscribe($1, $2, $3, $4, $5)", 5),
    [STORE_LIST_DELIVERIES] =
        READ("list_deliveries", "select wijzer.list_deliveries($1, $2, $3, $4, $5) as document", 5),
    [STORE_REDELIVER] = WRITE("redeliver", "select * from wijzer.redeliver($1, $2, $3, $4, $5)", 5),
    [STORE_MAKE_DISPATCHES] = /* sent again it goes on from where it was */
    WRITE("make_dispatches", "select made, is_full from wijzer.make_dispatches($1, $2, $3)", 3),
    [STORE_TIDY_DISPATCHES] = WRITE("tidy_dispatches", "select wijzer.tidy_dispatches($1, $2) as count", 2),
    [STORE_CLAIM_LETTERS] = /* sent again it claims others; the first ones come back when their time is over
                             */
    WRITE("claim_letters", "select * from wijzer.claim_letters($1, $2, $3, $4)", 4),
    [STORE_SETTLE_LETTER] =
        WRITE("settle_letter", "select wijzer.settle_letter($1, $2, $3, $4, $5, $6, $7) as count", 7),
    [STORE_SEAL_STATUS] = READ("seal_status", "select * from wijzer.seal_status($1)", 1),
};

struct slice store_cell(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return SLICE_NONE;
    return slice_make(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
}

int64_t store_cell_number(const PGresult *result, int row, int column)
{
    int64_t number = 0;
    slice_to_i64(store_cell(result, row, column), INT64_MIN, INT64_MAX, &number);
    return number;
}

struct slice store_text(const PGresult *result, int row, const char *column)
{
    int field = PQfnumber(result, column);
    return field < 0 ? SLICE_NONE : store_cell(result, row, field);
}

int64_t store_number(const PGresult *result, int row, const char *column, int64_t missing)
{
    int64_t number;
    return slice_to_i64(store_text(result, row, column), INT64_MIN, INT64_MAX, &number) ? number : missing;
}

void store_mark_items(const PGresult *result, bool *marks, size_t count)
{
    for (int row = 0; row < PQntuples(result); row++) {
        int64_t item = store_number(result, row, "item", 0);
        if (item >= 1 && (size_t)item <= count)
            marks[item - 1] = true;
    }
}

/* Makes room for `more` bytes and a closing "}" with its NUL. */
static void reserve(struct store_array *array, size_t more)
{
    if (array->size - array->used >= more + 2)
        return;
    size_t size = (array->size + more + 2) * 2;
    char *grown = arena_alloc(array->arena, size);
    memcpy(grown, array->text, array->used);
    array->text = grown;
    array->size = size;
}

void store_array_begin(struct store_array *array, struct arena *arena)
{
    *array = (struct store_array){.arena = arena, .text = arena_alloc(arena, 64), .used = 1, .size = 64};
    array->text[0] = '{';
}

static void separate(struct store_array *array)
{
    if (array->count++)
        array->text[array->used++] = ',';
}

/* How many bytes from `at` on stand for themselves. */
static size_t run_length(struct slice text, size_t at)
{
    size_t end = at;
    while (end < text.len && text.ptr[end] != '"' && text.ptr[end] != '\\')
        end++;
    return end - at;
}

/* Quotes and backslashes with a backslash before them, or doubled. There is room. */
static char *put_quoted(char *at, struct slice text, bool by_backslash)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t run = run_length(text, i);
        memcpy(at, text.ptr + i, run);
        at += run;
        i += run;
        if (i == text.len)
            break;
        *at++ = by_backslash ? '\\' : text.ptr[i];
        *at++ = text.ptr[i];
    }
    return at;
}

void store_array_add(struct store_array *array, struct slice element)
{
    reserve(array, element.len * 2 + 8);
    separate(array);
    if (!element.ptr) {
        memcpy(array->text + array->used, "NULL", 4);
        array->used += 4;
        return;
    }
    array->text[array->used++] = '"';
    array->used = (size_t)(put_quoted(array->text + array->used, element, true) - array->text);
    array->text[array->used++] = '"';
}

void store_array_add_number(struct store_array *array, int64_t number, int64_t missing)
{
    char digits[32];
    reserve(array, sizeof digits);
    separate(array);
    int n = number == missing ? snprintf(digits, sizeof digits, "NULL")
                              : snprintf(digits, sizeof digits, "%lld", (long long)number);
    memcpy(array->text + array->used, digits, (size_t)n);
    array->used += (size_t)n;
}

const char *store_array_end(struct store_array *array)
{
    array->text[array->used++] = '}';
    array->text[array->used] = '\0';
    return array->text;
}

/* Field of a composite literal: quoted, with quotes and backslashes doubled; absent is NULL. */
static char *put_field(char *at, struct slice field)
{
    if (!field.ptr)
        return at;
    *at++ = '"';
    at = put_quoted(at, field, false);
    *at++ = '"';
    return at;
}

struct slice store_record(const struct slice *fields, size_t count, struct arena *arena)
{
    size_t most = count + 2;
    for (size_t i = 0; i < count; i++)
        most += fields[i].len * 2 + 2;
    char *text = arena_alloc(arena, most), *at = text;
    *at++ = '(';
    for (size_t i = 0; i < count; i++) {
        if (i)
            *at++ = ',';
        at = put_field(at, fields[i]);
    }
    *at++ = ')';
    return slice_make(text, (size_t)(at - text));
}
