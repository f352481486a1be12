/*
 * The wire types: what the JSON bodies of proto/openapi.yaml are in C. Decoders read strictly (UTF-8, no NUL,
 * no duplicate or unknown names, a small nesting depth, no lone surrogates, all bytes used) and report every
 * problem at once; encoders write what the schemas say. Slices point into the arena. No I/O.
 *
 * A decoder returns true, or false with either ERR_MALFORMED_JSON in *err (the document is not JSON at all;
 * the text says where, and may be shown to the caller: it repeats nothing of the document) or
 * ERR_INVALID_BODY and the details in *issues, in document order. *issues is filled anew, in the arena given.
 * On false *out means nothing.
 *
 * Text that is blank (nothing but white space) counts as empty. Lengths are in characters (code points).
 */
#ifndef WIJZER_WIRE_H
#define WIJZER_WIRE_H

#include "arena.h"
#include "clock.h"
#include "err.h"
#include "problem.h"

enum {
    WIRE_DOMAINS = 8,
    WIRE_ICPC = 5,
    WIRE_WISHES = 6,
    WIRE_OFFERINGS = 8,
    WIRE_CHOICES = 50,
    WIRE_SHARABLE = 13,
    WIRE_KINDS = 16
};

/* The kinds of data of a client that are shared or not, in the order of their bits (sql/README.md,
 * "Consent"). */
extern const char *const wire_sharable[WIRE_SHARABLE + 1];

struct wire_client {
    struct slice name;     /* 1..200 characters on one line */
    int birth_year;        /* 1900..2100; whether it lies in the future is for who knows the time */
    struct slice area;     /* PC4, "5751" */
    struct slice phone;    /* "+31 6 12345678": 6..20 digits, spaces, ()-, leading +; at least 6 digits */
    struct slice email;    /* absent or 3..254 with one @ */
    struct slice language; /* ISO 639-1, default "nl" */
    struct slice bsn; /* absent or a citizen service number; whether the region takes it is not known here */
};

/* What the referrer knows of the person's situation; all of it may be left out. Each word absent or one of:
 * mobility independent | limited | housebound; digital skill good | some | none; occupation working | school
 * | unemployed | retired | unable; household alone | couple | family | single-parent | with-others. */
struct wire_situation {
    struct slice mobility, digital_skill, occupation, household;
    int lvb; /* mildIntellectualDisability: 1 yes, 0 no, -1 unknown (so a zeroed situation says no) */
};

/* What a client wants one recipient to see: ConsentChoice. */
struct wire_choice {
    struct slice organisation, kind;    /* the code of the one or the other */
    struct slice step;                  /* absent: every step; "first", or the id of a step as sent */
    struct slice fields[WIRE_SHARABLE]; /* none: nothing */
    size_t field_count;
};

/* The client's own choice: exactly this and nothing else. Consent */
struct wire_consent {
    struct wire_choice *choices; /* the arena's, at most WIRE_CHOICES; NULL: no choice was made */
    size_t choice_count;
};

/* From whom to withdraw: one of the two, or neither for everybody. ConsentWithdrawal */
struct wire_withdrawal {
    struct slice organisation, kind;
};

/* Whom to look for, in one of three ways. ClientSearch */
struct wire_search {
    struct slice name; /* with the year of birth */
    int birth_year;    /* 0: absent */
    struct slice phone, email;
};

/* POST /v1/referrals: ReferralNew */
struct wire_referral {
    struct slice domains[WIRE_DOMAINS]; /* 1..8 distinct codes of life domains */
    size_t domain_count;
    struct slice icpc[WIRE_ICPC]; /* 0..5 distinct codes of chapter Z, "Z04" */
    size_t icpc_count;
    struct wire_client client;
    struct slice text;    /* 0..2000 characters, default ""; blank becomes "" */
    struct slice urgency; /* "routine" (default) or "soon" */
    struct wire_situation situation;
    /* 0..6 distinct words for what the client would like: they say nothing of who it is. */
    struct slice wishes[WIRE_WISHES];
    size_t wish_count;
    struct wire_consent consent;
    struct slice origin;     /* "referrer" (default), "self", "desk" or "signal" */
    struct slice signal;     /* with "signal" alone: the id of it at the other system */
    struct slice class_name; /* absent, or 1..80 characters on one line: sent with others of this class */
};

/* POST /v1/referrals/{referralId}/_merge: Merger */
struct wire_merger {
    struct slice into; /* as it was written: the id of a referral */
    int64_t into_id;
};

struct wire_named {
    struct slice code, name;
};

/* One that could take it, in the preview: Candidate. */
struct wire_candidate {
    struct wire_named offering, organisation;
    struct slice rule, reason; /* the row of table 3 (or 1) that named it */
    int weight;
    struct slice capacity,
        as_of; /* "open" | "waiting-list" | "full" | "paused" and "2026-11-20"; absent: not known */
    struct slice freshness; /* "fresh" | "stale" | "old"; absent: not known */
    struct slice evidence;  /* JSON: {"asOf","code","label","source"}; absent: not known */
};

/* What an organisation would see of a referral that is not sent yet: Party. */
struct wire_party {
    struct wire_named organisation;
    struct slice kind;
    unsigned fields; /* bits, in the order of wire_sharable */
};

/* Party by party: Disclosure. All borrowed. */
struct wire_disclosure {
    struct slice basis; /* "standard", "own-choice" or "law" */
    const struct wire_party *parties;
    size_t count;
    const struct wire_referral *referral; /* whose values they are */
    const struct wire_named *domains;     /* its life domains with their labels */
};

/* The answer to it: ReferralReceipt. Only facts of the moment of creation, so that the same
 * Idempotency-Key gets the same bytes for ever. */
struct wire_receipt {
    int64_t referral_id, step_id;
    moment created_at;
    struct {
        int table, version;         /* rule table number 1..7 and its version */
        struct slice rule, reason;  /* stable row id; the sentence "why" */
        struct wire_named offering; /* absent code: none (coordinator) */
        struct wire_named organisation;
        struct slice offered;  /* JSON: to whom it is offered without a name; absent: it is not */
        struct slice evidence; /* JSON: how well the offering is proved to work; absent: not known */
        struct slice room;     /* JSON: {"asOf","capacity","freshness"}; absent: not known, or offered */
    } decision;
    struct {
        struct wire_named organisation, what; /* who is next to act; promise kind and its label */
        moment by;
    } next;
    /* Borrowed, best first; written by wire_encode_preview() only, never kept. None: to the coordination. */
    const struct wire_candidate *candidates;
    size_t candidate_count;
    const struct wire_disclosure *disclosure; /* as the candidates; NULL: left out */
};

/* How a referral stands: Status. Absent codes are null in the JSON. */
struct wire_status {
    int64_t referral_id, step_id;
    bool is_closed;
    struct wire_named outcome, state; /* words: code and label */
    struct wire_named organisation;   /* that has the step */
    struct wire_named who, what;      /* who is next to act, and the promise */
    moment by;
    bool is_overdue;
    int level; /* of escalation, 0 to 3 */
};

/* Which operation on a step; each has its own body schema. */
enum wire_move_kind { MOVE_ACCEPT, MOVE_DECLINE, MOVE_REPORT, MOVE_COMPLETE, MOVE_ANSWER, MOVE_REASSIGN };

/* One of the branches that a step is passed on to: StepBranch. It comes after another of them, after an open
 * step of the referral, or at once. */
struct wire_branch {
    struct slice offering;
    int after;               /* the place in the list, from 1, of an earlier one; 0: none */
    struct slice after_step; /* the id of a step as sent, or absent */
};

/* POST /v1/steps/{stepId}/_accept and its sisters: StepAccept, StepDecline, StepReport, StepComplete,
 * StepAnswer, StepReassign. `state` is the business state asked for: accepted | declined or
 * declined-forwarded (when offerings are given) | as reported | from `outcome` (reached, partly, not-reached)
 * | received | reassigned. */
struct wire_move {
    enum wire_move_kind kind;
    struct slice state;
    struct slice text;         /* 1..2000 or absent (blank too); an answer has one, as has code "other" */
    struct slice decline_code; /* with decline */
    struct slice reason;       /* 1..500 or absent (blank too): paused, client-withdrew, ... */
    struct slice date;         /* absent, or "2026-12-01": intake-planned, waiting-list, paused, ... */
    struct slice channel;      /* absent, or phone | visit | email | letter | video | sms (contact-attempt) */
    struct slice result;       /* absent, or no-answer | voicemail | ... (contact-attempt alone) */
    struct slice offerings[WIRE_OFFERINGS]; /* codes: where passed on or forwarded to; reassigned: one, or
                                             * none, which is the coordination */
    size_t offering_count;
    struct wire_branch *branches; /* the arena's, in the place of offerings, which they fill; NULL: none */
    size_t branch_count;
    bool is_story; /* with report and complete: the text is a story for the referrer */
};

/* POST /v1/feedback-contracts: FeedbackContractNew */
enum { WIRE_MILESTONES = 5 };
struct wire_contract {
    struct slice organisation; /* a code, or absent: the own one */
    struct slice form;         /* "at-once", "daily", "end-only", or "standard", which has no milestones */
    struct slice milestones[WIRE_MILESTONES]; /* accepted, first-contact, started, ended, story */
    size_t milestone_count;
};

/* What changes who may do what: Invite, Role, Revocation, IdentityNew, Enrolment, Renewal. */
enum wire_rights_kind {
    RIGHTS_INVITE,
    RIGHTS_ROLE,
    RIGHTS_REVOKE,
    RIGHTS_IDENTITY,
    RIGHTS_ENROL,
    RIGHTS_RENEW,
    RIGHTS_KINDS
};

/* Members that the kind does not have are absent. */
struct wire_rights {
    struct slice account;                  /* as sent: an id (code.h) is for who reads it */
    struct slice organisation, role, name; /* an invitation has these three, or an account */
    struct slice serial, issuer,
        reason;             /* hex in upper and lower case; a revocation has a serial or an account */
    struct slice san;       /* "urn:...", "dns:zorg.example" */
    struct slice code, csr; /* as sent */
};

bool wire_decode_rights(struct slice json, enum wire_rights_kind kind, struct arena *arena,
                        struct wire_rights *out, struct issues *issues, struct err *err);
/* POST /v1/referrals/{referralId}/_emergency: Emergency */
struct wire_emergency {
    struct slice reason; /* 1..500 characters */
};

/* POST /v1/emergencies/{emergencyId}/_review: Review */
struct wire_review {
    struct slice verdict; /* "justified" or "not-justified" */
    struct slice text;    /* 1..2000 or absent (blank too) */
};

/* POST /v1/referrals/{referralId}/_tell: ClientAnswer */
struct wire_client_answer {
    struct slice helped; /* "yes", "partly", "no" or "not-known" */
};

/* POST /v1/clients/{clientId}/_correct: Correction. What is absent (or 0) is left as it is; at least one is
 * there.
 */
struct wire_correction {
    struct slice name, area, phone, email, language; /* as in struct wire_client */
    int birth_year;
    int no_email; /* 1: the address goes, and none comes */
};

/* POST /v1/clients/{clientId}/_restrict: Restriction */
struct wire_restriction {
    int lift; /* 1: it ends */
};

/* POST /v1/steps/{stepId}/_pickup: PickUp */
struct wire_pick_up {
    int take_over; /* 1: from the colleague who has it */
};

/* POST /v1/subscriptions: NewSubscription */
enum { WIRE_NOTICE_KINDS = 5 };
struct wire_subscription {
    struct slice channel; /* mail or webhook */
    struct slice address; /* 1..500 characters */
    struct slice kinds[WIRE_NOTICE_KINDS];
    size_t kind_count; /* 0: all */
    int personal;      /* 1: for the caller alone */
};

/* POST /v1/referrals/{referralId}/_reopen: Reopening */
struct wire_reopening {
    struct slice reason;   /* 1..500 characters */
    struct slice offering; /* a code, or absent */
};

/* POST /v1/referrals/{referralId}/_direct: Direction */
struct wire_direction {
    struct slice organisation; /* a code */
};

/* POST /v1/retention: RetentionNew */
struct wire_retention {
    struct slice law;               /* a code such as wmo-2015 */
    struct slice start_event;       /* "loop-closed" or "last-step-ended"; of law access-log: "logged" */
    int years;                      /* 1..100 */
    struct slice valid_from;        /* "2026-12-01" */
    struct slice kinds[WIRE_KINDS]; /* of organisations; none: any */
    size_t kind_count;
};

/* POST /v1/bsn: BsnNew */
struct wire_bsn {
    struct slice ground;                 /* 1..200 characters on one line; absent (or blank): off */
    struct slice recipients[WIRE_KINDS]; /* kinds of organisations; at least one where there is a ground */
    size_t recipient_count;
};

/* POST /v1/key-changes: KeyChangeNew */
struct wire_key_change {
    struct slice action; /* "rotate" or "retire" */
    int key;             /* of retire: the wrapping key, 1..999999; else 0 */
};

/* POST /v1/offerings/_prove: EvidenceNew */
struct wire_evidence {
    struct slice offering, level; /* level "none": not known (any more) */
    struct slice source;          /* 1..200 characters on one line; absent with "none" only */
    struct slice as_of;           /* "2026-11-20", or absent: today */
};

/* POST /v1/offerings/_set and _confirm: CapacityNew, OfferingName. */
struct wire_capacity {
    struct slice offering, state; /* "open", "waiting-list", "full", "paused" */
    int places, wait_days;        /* -1: not known */
};
struct wire_confirmation {
    struct slice offering;
};

/* POST /v1/closures and /v1/closures/_end: ClosureNew, ClosureEnd. */
struct wire_closure {
    struct slice day;  /* "2027-05-07" */
    struct slice name; /* why, or absent */
};
struct wire_closure_end {
    struct slice day;
};

/* POST /v1/assumptions: AssumptionNew. */
struct wire_assumption {
    struct slice outcome, domain; /* domain absent: whatever it was about */
    int amount;                   /* whole euros a year */
    struct slice source;
    struct slice effective_from; /* "2026-01-01", or absent: today */
};

/* POST /v1/groups and /v1/groups/{groupId}/_change: GroupNew, GroupChange; of a change absent is as it was.
 */
struct wire_group {
    struct slice offering, name, starts_on, ends_on, way; /* "2026-12-07"; "on-site" or "online" */
    bool rolling;
    int places; /* -1: as it was */
};

/* POST /v1/steps/{stepId}/_place and _attend: PlaceNew, Attendance. */
struct wire_place {
    struct slice group; /* absent: what is kept for it */
    int64_t group_id;
    int persons; /* 1.. */
    bool wait;
};
struct wire_attendance {
    bool attended;
    struct slice on; /* absent: today */
};

/* POST /v1/steps/{stepId}/_callback: CallBackNew. */
struct wire_call_back {
    struct slice on;   /* "2026-12-03" */
    struct slice at;   /* absent, or "14:00" */
    struct slice note; /* 1..500 or absent */
    bool instead;      /* in the place of what is promised now */
};

/* POST /v1/steps/{stepId}/_calledback: CalledBack. */
struct wire_called_back {
    struct slice channel, result; /* absent, or as in wire_move */
};

/* POST /v1/steps/{stepId}/goals, /v1/goals/{goalId}/_score and _end: GoalNew, GoalScore, GoalEnd. */
struct wire_goal {
    struct slice text;   /* 1..500: the client's own words */
    struct slice domain; /* a code */
    int score;           /* 1..10, 0: none */
};
struct wire_goal_score {
    int score; /* 1..10 */
};
struct wire_goal_end {
    struct slice state; /* reached | partly | not-reached | dropped */
};

/* POST /v1/steps/{stepId}/messages and messages/_read: TextMessage, MessageMark. */
struct wire_text_message {
    struct slice text; /* 1..2000 */
};
struct wire_message_mark {
    int up_to; /* 1..1000 */
};

bool wire_decode_referral(struct slice json, struct arena *arena, struct wire_referral *out,
                          struct issues *issues, struct err *err);
bool wire_decode_merger(struct slice json, struct arena *arena, struct wire_merger *out,
                        struct issues *issues, struct err *err);
bool wire_decode_consent(struct slice json, struct arena *arena, struct wire_consent *out,
                         struct issues *issues, struct err *err);
bool wire_decode_withdrawal(struct slice json, struct arena *arena, struct wire_withdrawal *out,
                            struct issues *issues, struct err *err);
bool wire_decode_search(struct slice json, struct arena *arena, struct wire_search *out,
                        struct issues *issues, struct err *err);
/* The bits of a choice's fields. */
unsigned wire_fields(const struct wire_choice *choice);
/* For a POST without members: nothing at all, or {}. */
bool wire_decode_nothing(struct slice json, struct arena *arena, struct issues *issues, struct err *err);
bool wire_decode_move(struct slice json, enum wire_move_kind kind, struct arena *arena, struct wire_move *out,
                      struct issues *issues, struct err *err);

bool wire_decode_emergency(struct slice json, struct arena *arena, struct wire_emergency *out,
                           struct issues *issues, struct err *err);
bool wire_decode_review(struct slice json, struct arena *arena, struct wire_review *out,
                        struct issues *issues, struct err *err);
bool wire_decode_client_answer(struct slice json, struct arena *arena, struct wire_client_answer *out,
                               struct issues *issues, struct err *err);
bool wire_decode_correction(struct slice json, struct arena *arena, struct wire_correction *out,
                            struct issues *issues, struct err *err);
bool wire_decode_restriction(struct slice json, struct arena *arena, struct wire_restriction *out,
                             struct issues *issues, struct err *err);
bool wire_decode_pick_up(struct slice json, struct arena *arena, struct wire_pick_up *out,
                         struct issues *issues, struct err *err);
bool wire_decode_direction(struct slice json, struct arena *arena, struct wire_direction *out,
                           struct issues *issues, struct err *err);
bool wire_decode_subscription(struct slice json, struct arena *arena, struct wire_subscription *out,
                              struct issues *issues, struct err *err);
bool wire_decode_reopening(struct slice json, struct arena *arena, struct wire_reopening *out,
                           struct issues *issues, struct err *err);
bool wire_decode_contract(struct slice json, struct arena *arena, struct wire_contract *out,
                          struct issues *issues, struct err *err);
bool wire_decode_call_back(struct slice json, struct arena *arena, struct wire_call_back *out,
                           struct issues *issues, struct err *err);
bool wire_decode_called_back(struct slice json, struct arena *arena, struct wire_called_back *out,
                             struct issues *issues, struct err *err);
bool wire_decode_goal(struct slice json, struct arena *arena, struct wire_goal *out, struct issues *issues,
                      struct err *err);
bool wire_decode_goal_score(struct slice json, struct arena *arena, struct wire_goal_score *out,
                            struct issues *issues, struct err *err);
bool wire_decode_goal_end(struct slice json, struct arena *arena, struct wire_goal_end *out,
                          struct issues *issues, struct err *err);
bool wire_decode_text_message(struct slice json, struct arena *arena, struct wire_text_message *out,
                              struct issues *issues, struct err *err);
bool wire_decode_message_mark(struct slice json, struct arena *arena, struct wire_message_mark *out,
                              struct issues *issues, struct err *err);
bool wire_decode_capacity(struct slice json, struct arena *arena, struct wire_capacity *out,
                          struct issues *issues, struct err *err);
bool wire_decode_evidence(struct slice json, struct arena *arena, struct wire_evidence *out,
                          struct issues *issues, struct err *err);
bool wire_decode_confirmation(struct slice json, struct arena *arena, struct wire_confirmation *out,
                              struct issues *issues, struct err *err);
bool wire_decode_group(struct slice json, struct arena *arena, struct wire_group *out, struct issues *issues,
                       struct err *err);
bool wire_decode_group_change(struct slice json, struct arena *arena, struct wire_group *out,
                              struct issues *issues, struct err *err);
bool wire_decode_place(struct slice json, struct arena *arena, struct wire_place *out, struct issues *issues,
                       struct err *err);
bool wire_decode_attendance(struct slice json, struct arena *arena, struct wire_attendance *out,
                            struct issues *issues, struct err *err);
bool wire_decode_closure(struct slice json, struct arena *arena, struct wire_closure *out,
                         struct issues *issues, struct err *err);
bool wire_decode_assumption(struct slice json, struct arena *arena, struct wire_assumption *out,
                            struct issues *issues, struct err *err);
bool wire_decode_closure_end(struct slice json, struct arena *arena, struct wire_closure_end *out,
                             struct issues *issues, struct err *err);
bool wire_decode_retention(struct slice json, struct arena *arena, struct wire_retention *out,
                           struct issues *issues, struct err *err);
bool wire_decode_bsn(struct slice json, struct arena *arena, struct wire_bsn *out, struct issues *issues,
                     struct err *err);
bool wire_decode_key_change(struct slice json, struct arena *arena, struct wire_key_change *out,
                            struct issues *issues, struct err *err);

struct slice wire_encode_receipt(const struct wire_receipt *receipt, struct arena *arena);
/* The answer to _preview: decision, next and candidates of the same type; ids and created_at are not used. */
struct slice wire_encode_preview(const struct wire_receipt *receipt, struct arena *arena);
struct slice wire_encode_status(const struct wire_status *status, struct arena *arena);
/* For the client and the tests: the body for a POST. Absent members are left out. */
struct slice wire_encode_referral(const struct wire_referral *referral, struct arena *arena);
struct slice wire_encode_consent(const struct wire_consent *consent, struct arena *arena);
struct slice wire_encode_withdrawal(const struct wire_withdrawal *withdrawal, struct arena *arena);
struct slice wire_encode_search(const struct wire_search *search, struct arena *arena);
struct slice wire_encode_move(const struct wire_move *move, struct arena *arena);

#endif
