/*
 * Where a referral goes: tables 1, 2 and 3 of the region's rulebook on the facts of one person.
 *
 *   1 exclusion (F)   the first row that is not NO: "continue", "coordinator", or an offering at once
 *   2 approach (C)    every row that is YES names an approach with a weight
 *   3 offering (C)    every row that is YES names an offering with a weight, or nobody (the coordination);
 * its fact `approach` is the set of approaches that table 2 gave
 *
 * Candidates come in order of weight (that of the row in table 3 plus the best one of the approaches it
 * names), then capacity (open; said longer ago than 30 days, or as the region has it: stale; longer than 60:
 * old, or not known; waiting list; full; paused), then how recently the offering was confirmed, then measured
 * reply time, then id. What has ended is no candidate. Without a candidate the coordination gets the
 * referral: by the row of table 1 that said so, else by the row of table 3 that is YES, names nobody and
 * weighs most, else by the one for everything else. A row in table 1 that cannot be judged leads there too,
 * by table 3's row for everything else. A row that is UNKNOWN is never "no match": it is remembered in the
 * trail.
 *
 * A table 3 of the first form (hit policy F, before there were tables 1 and 2) decides alone: its first row
 * that is not NO; an UNKNOWN one leads to the row for everything else.
 *
 * Where the row of the first candidate says so (`offer`), nobody gets the referral yet: it is offered without
 * a name to that candidate and to those after it whose rows say so too, one of each organisation, up to the
 * number that the first one's row says; who accepts first has it.
 *
 * A row may ask how well its offering must be proved to work (`evidence`). Where that is known and less, the
 * row does not count; where it is not known, the row is UNKNOWN: it names no candidate, and is remembered as
 * one that could not be judged. Both are told (`lacks`). A table 3 of the first form never asks.
 *
 * Table 6 says what follows a decline, table 5 how long a promise lasts. Pure; `now` is given.
 */
#ifndef WIJZER_ROUTE_H
#define WIJZER_ROUTE_H

#include "calendar.h"
#include "region.h"
#include "rulebook.h"

enum { ROUTE_CANDIDATES = 16, ROUTE_ROWS = 32, ROUTE_OFFERS = 5, CAPACITY_STALE = 30, CAPACITY_OLD = 60 };

/* How far what was said of an offering's room can be relied upon. */
enum freshness { FRESHNESS_UNKNOWN, FRESHNESS_FRESH, FRESHNESS_STALE, FRESHNESS_OLD };
enum freshness offering_freshness(const struct offering *offering,
                                  int64_t today);     /* today: days since 1970 */
const char *freshness_word(enum freshness freshness); /* NULL: nothing was said */

/* The facts, by what they are about; what was never set is FACT_ABSENT: zeroed, nothing is known. Borrows
 * words. */
struct situation {
    struct fact facts[ABOUT_COUNT];
};
void situation_word(struct situation *situation, enum about about,
                    struct slice word); /* absent or empty: unknown */
/* Of count 0: not known, but of icpc, declines and approach: known to be none. */
void situation_words(struct situation *situation, enum about about, const struct slice *words, size_t count);
void situation_number(struct situation *situation, enum about about, int64_t number); /* -1: unknown */
void situation_area(struct situation *situation, struct slice area); /* "5751"; anything else: unknown */
void situation_flag(struct situation *situation, enum about about, bool flag);

/* The facts that tables 1-3 may look at, without approach, for who reads them: what is not known is null.
 * {"domains":["housing"],"icpc":[],"age":74,"area":5751,"lvb":null,...} */
struct slice situation_json(const struct situation *situation, struct arena *arena);
/* The input snapshot (I7), for situation_read(): the same without what is not known. */
struct slice situation_snapshot(const struct situation *situation, struct arena *arena);
/* And back, for replays, examples and evaluating: any fact by its name; members it does not know are refused
 * (ERR_CONFIG), those that lack are unknown. An area may be text, as it was once stored. */
bool situation_read(struct slice json, struct arena *arena, struct situation *out, struct err *err);
/* One fact from text, for what-if: "age", "28"; "domains", "finances,housing"; "lvb", "true"; empty: unknown.
 * False (ERR_INVALID_PARAMETER) for a name or text that is none. */
bool situation_set(struct situation *situation, struct slice name, struct slice text, struct arena *arena,
                   struct err *err);

struct candidate {
    const struct offering *offering;
    const struct ruleset *set;
    const struct ruling *ruling; /* the row of table 3 (or 1) that named it */
    int weight;                  /* both tables' together */
    uint16_t approach;           /* of table 2's ruleset, the one that weighed most; RULING_NONE: none */
};

/* A row of table 3 that fits, of an offering that is less proved than it asks. */
struct lack {
    const struct offering *offering;
    const struct ruling *ruling;
};

/* What one table did. */
struct trace {
    const struct ruleset *set; /* NULL: not asked */
    /* Rows that are YES, those that named the candidates first; set->rule_count: the one for everything else.
     */
    uint32_t rows[ROUTE_ROWS];
    size_t row_count;
    uint32_t unknown[ROUTE_ROWS];
    size_t unknown_count;
    bool is_cut; /* there were more */
};

struct routing {
    const struct region *region; /* borrowed */
    struct trace traces[3];      /* of tables 1, 2, 3 */
    /* Those that would have been asked besides, had the tables before them not decided; of a table 3 of the
     * first form, which decides alone, that one only. */
    const struct ruleset *sets[3];
    struct candidate candidates[ROUTE_CANDIDATES];
    size_t candidate_count;    /* 0: to the coordination */
    const struct ruleset *set; /* of the row that decided, and the row: what a decision names */
    const struct ruling *ruling;
    int64_t today;  /* that it was decided on, days since 1970 */
    bool uncertain; /* it goes to the coordination, and a row could not be judged for want of a fact: */
    const struct ruleset *unknown_set;
    const struct ruling *unknown_ruling; /* the first of them */
    /* Without candidates: the row of greatest weight that is YES and whose offering has ended; NULL: none. */
    const struct ruleset *ended_set;
    const struct ruling *ended_ruling;
    struct lack lacks[ROUTE_ROWS];
    size_t lack_count;
};

/* Fails (ERR_NO_ROUTE_TABLE) where one of the three tables is not in force. `rulesets` NULL: the region's
 * own; else RULE_TABLES + 1 pointers by table number (a trial's), of which 1-3 are used. */
bool route_decide(const struct region *region, const struct ruleset *const *rulesets,
                  const struct situation *situation, moment now, struct routing *out, struct err *err);

/* The deciding row's sentence; where the routing is uncertain, or the offering of a row that is YES has ended
 * or is not proved enough and there is no other, that is told too. */
struct slice route_reason(const struct routing *routing, struct arena *arena);

/* For storage. trail: [{"table":1,"version":4,"rules":["R99"],"unknown":["R02"]}, ...], and "cut":true where
 * there were more, "asked":false where the tables before it had decided,
 * "lacks":[{"rule":"R12","offering":12,
 * "code":"join-us","has":"well-founded"|null,"asks":"good-indications"}] where rows asked for more evidence
 * than there was; candidates:
 * [{"offering":12,"code":"join-us","name":"...","organisation":9,"owner":"join-us","ownerName":"...",
 * "table":3,"rule":"R12","reason":"...","approach":"group"|null,"weight":70,"capacity":"open"|null,"asOf":
 * "2026-11-20"|null,"freshness":"fresh"|"stale"|"old"|null,"confirmed":"2026-11-01"|null,"replyHours":20|null},
 * ...], "offer":3 where the row offers it, and "evidence":{"code":"good-indications","label","source","asOf"}
 * where it is known. */
struct slice route_trail_json(const struct routing *routing, struct arena *arena);
struct slice route_candidates_json(const struct routing *routing, struct arena *arena);

/* {"asOf","code","label","source"} of an offering, in the order in which the database gives them back;
 * absent: not known. */
struct slice route_evidence_json(const struct region *region, const struct offering *offering,
                                 struct arena *arena);
/* {"asOf","capacity","freshness"} of an offering, in the order in which the database gives them back;
 * absent: nobody told how much room it has. */
struct slice route_room_json(const struct routing *routing, const struct offering *offering,
                             struct arena *arena);

/* To whom it is offered, in order. 0: it is not, the first candidate (or the coordination) has it. */
size_t route_offered(const struct routing *routing, const struct candidate *offered[ROUTE_OFFERS]);
/* [{"organisation":{"code","name"},"offering":{"code","name"}}, ...]; absent: it is not offered. */
struct slice route_offered_json(const struct routing *routing, struct arena *arena);

/* Table 5: how long a promise of this kind lasts at this urgency. True and *span; false: as the state says
 * (the row answers unit "state", or the table is not in force). */
bool rule_promise(const struct region *region, struct slice kind, struct slice urgency, struct span *span);
/* Table 5: after how many working days a promise of this kind that nobody kept goes up from `level` (0..2):
 * from level 0 counted from when it fell due, from the others from when it came there. 1 where the table is
 * not in force, does not say or cannot tell. */
int rule_escalation(const struct region *region, struct slice kind, struct slice urgency, int level);

/* The approaches that table 2 gave. 0: it was not asked, or gave none. The words live as long as the region.
 */
size_t route_approaches(const struct routing *routing, struct slice approaches[ROUTE_ROWS]);

/* Table 4: which fields a kind of recipient gets where these approaches apply, as bits in the order of the
 * column's words (sql/README.md, "Consent"): together what every row that is YES names, else what the row for
 * everything else does. None where a row could not be judged. False: the table is not in force. */
bool rule_fields(const struct region *region, const struct slice *approaches, size_t count,
                 struct slice recipient, unsigned *fields);

/* Table 6: what follows a decline, and the row (of region->tables[TABLE_DECLINES]). False: the table is not
 * in force; then declines go to the coordinator. */
const char *after_decline_word(enum after_decline after); /* "next-candidate", "coordinator", ... */
bool rule_after_decline(const struct region *region, struct slice decline, struct slice urgency, int tries,
                        enum after_decline *after, const struct ruling **ruling);

#endif
