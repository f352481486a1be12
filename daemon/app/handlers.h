/*
 * The handlers of the route table, by file.
 */
#ifndef WIJZER_HANDLERS_H
#define WIJZER_HANDLERS_H

#include "call.h"

/* referrals.c */
void referrals_post(struct call *call);
void referrals_preview(struct call *call);

/* steps.c */
void steps_accept(struct call *call);
void steps_decline(struct call *call);
void steps_report(struct call *call);
void steps_complete(struct call *call);
void steps_answer(struct call *call);
void steps_reassign(struct call *call);

/* reads.c */
void referrals_list(struct call *call);
void referrals_get(struct call *call);
void referrals_status(struct call *call);
void steps_get(struct call *call);
void inbox_list(struct call *call);
void feedback_list(struct call *call);
void feedback_open(struct call *call);
void feedback_get(struct call *call);
void checks_get(struct call *call);
void vocabulary_get(struct call *call);
void me_get(struct call *call);

/* events.c */
void events_get(struct call *call);

/* enrol.c */
void enrolments_post(struct call *call);
void certificates_renew(struct call *call);
/* Hex SHA-256 by which the database finds the invitation of a code; the arena's. */
const char *enrol_code_hash(struct arena *arena, struct slice code);

/* accounts.c */
void invitations_post(struct call *call);
void invitations_list(struct call *call);
void invitations_withdraw(struct call *call);
void accounts_list(struct call *call);
void accounts_end(struct call *call);
void accounts_role(struct call *call);
void certificates_revoke(struct call *call);
void identities_post(struct call *call);

/* consents.c */
void consent_get(struct call *call);
void consent_change(struct call *call);
void consent_withdraw(struct call *call);
void disclosure_get(struct call *call);
void clients_search(struct call *call);

/* access.c */
void access_log_of_client(struct call *call);
void access_log_list(struct call *call);

/* emergency.c */
void emergency_use(struct call *call);
void emergencies_list(struct call *call);
void emergency_review(struct call *call);
void notices_list(struct call *call);
void notices_read(struct call *call);

/* figures.c */
void client_tell(struct call *call);
void referrals_merge(struct call *call);
void duplicates_list(struct call *call);
void classes_list(struct call *call);
void closure_rates(struct call *call);
void partner_figures(struct call *call);
void movement_get(struct call *call);
void savings_get(struct call *call);
void assumptions_list(struct call *call);
void assumptions_state(struct call *call);

/* subscriptions.c */
void subscriptions_post(struct call *call);
void subscriptions_list(struct call *call);
void subscriptions_end(struct call *call);
void deliveries_list(struct call *call);
void deliveries_redeliver(struct call *call);

/* team.c */
void steps_pick_up(struct call *call);
void steps_put_back(struct call *call);
void referrals_reopen(struct call *call);
void referrals_direct(struct call *call);

/* tasks.c */
void steps_call_back(struct call *call);
void steps_called_back(struct call *call);
void goals_set(struct call *call);
void goals_score(struct call *call);
void goals_end(struct call *call);
void goals_list(struct call *call);

/* messages.c */
void messages_send(struct call *call);
void messages_list(struct call *call);
void messages_unread(struct call *call);
void messages_read(struct call *call);

/* attachments.c */
void attachments_add(struct call *call);
void attachments_list(struct call *call);
void attachments_get(struct call *call);

/* places.c */
void offerings_list(struct call *call);
void offerings_set(struct call *call);
void offerings_confirm(struct call *call);
void offerings_prove(struct call *call);
void groups_make(struct call *call);
void groups_change(struct call *call);
void groups_end(struct call *call);
void steps_place(struct call *call);
void steps_leave(struct call *call);
void steps_attend(struct call *call);

/* closures.c */
void closures_list(struct call *call);
void closures_add(struct call *call);
void closures_end(struct call *call);

/* contract.c */
void contracts_list(struct call *call);
void contracts_set(struct call *call);
void digests_list(struct call *call);
void overview_get(struct call *call);

/* client_rights.c */
void client_export(struct call *call);
void client_correct(struct call *call);
void client_restrict(struct call *call);
void client_erase(struct call *call);

/* retention.c */
void retention_list(struct call *call);
void retention_propose(struct call *call);
void retention_approve(struct call *call);
void retention_proof(struct call *call);
void bsn_get(struct call *call);
void bsn_propose(struct call *call);
void bsn_approve(struct call *call);
void key_changes_list(struct call *call);
void key_changes_propose(struct call *call);
void key_changes_approve(struct call *call);

/* rules_read.c */
void rules_list(struct call *call);
void rules_table(struct call *call);
void rules_version(struct call *call);
void rules_evaluate(struct call *call);

/* rules_write.c */
void rules_draft(struct call *call);
void rules_approve(struct call *call);
void rules_discard(struct call *call);
void rules_roll_back(struct call *call);

/* rules_prove.c */
void rules_check(struct call *call);
void rules_publish(struct call *call);

/* rules_try.c */
void rules_try(struct call *call);

/* rules_explain.c */
void rules_explain(struct call *call);

/* system.c */
void system_livez(struct call *call);
void system_readyz(struct call *call);
void system_openapi(struct call *call);
/* The metrics listener's application; its context is the struct app. */
extern const struct http_app system_app;

#endif
