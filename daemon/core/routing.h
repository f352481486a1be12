/*
 * Routing, first form: one published rule table per region, hit policy FIRST, a mandatory last row that
 * catches all and leads to the coordinator. A row's cells say which domains, areas and ages it takes; an
 * empty cell means "any". Evaluation is three-valued: a fact that is needed and absent makes a row UNKNOWN,
 * never "no match"; the first row that is not NO decides, and an UNKNOWN there leads to the catch-all with
 * the reason told. A row with one cell that says NO is NO, whatever is unknown beside it. Pure.
 */
#ifndef WIJZER_ROUTING_H
#define WIJZER_ROUTING_H

#include "arena.h"
#include "err.h"

enum truth { NO, YES, UNKNOWN };

/* What a rule may look at. Absent or empty slices, no domains and age -1 are "not known". An area shorter
 * than a PC4 ("57") is partly known. */
struct facts {
    const struct slice *domains;
    size_t domain_count;
    struct slice area, urgency, language;
    int age; /* years, by birth year; -1 unknown */
};

struct rule {
    struct slice id;             /* stable, "R07" */
    const struct slice *domains; /* any of these; count 0: any */
    size_t domain_count;
    const struct slice *areas; /* PC4, or a prefix of it such as "57" */
    size_t area_count;
    int age_min, age_max; /* both inclusive; -1: open */
    struct slice urgency; /* absent: any */
    int32_t offering_id;  /* 0: to the coordinator */
    int32_t organisation_id;
    struct slice reason;
};

enum { ROUTING_DOMAINS = 64, ROUTING_AREA_MAX = 4 };

struct matcher; /* a rule made ready to be compared, see routing.c */

struct routing_table {
    int number, version; /* which of the region's tables, its published version */
    const struct rule *rules;
    size_t rule_count;              /* the last one catches all */
    const struct matcher *matchers; /* one per rule, by routing_prepare() */
    const struct slice *domains;    /* those the rules name, at most ROUTING_DOMAINS */
    size_t domain_count;
};

/* Makes `table`, whose number, version and rules are set, ready for routing_decide(); memory is the arena's,
 * slices are borrowed. False (ERR_CONFIG, the rule named) for an area of more than ROUTING_AREA_MAX bytes or
 * none, or when the rules name more than ROUTING_DOMAINS different domains. */
bool routing_prepare(struct routing_table *table, struct arena *arena, struct err *err);

struct decision {
    const struct rule *rule; /* never NULL once decided; points into the snapshot */
    bool uncertain;          /* a row before could not be evaluated, so the catch-all was taken */
    const struct rule *unknown_rule;
};

/* Fails (ERR_NO_ROUTE_TABLE) only on a table without rows, or one that was not prepared. */
bool routing_decide(const struct routing_table *table, const struct facts *facts, struct decision *out,
                    struct err *err);

/* The facts as a JSON object, the decision's input snapshot (invariant I7); what is not known is null:
 * {"domains":["housing"],"area":"5751","age":74,"urgency":"soon","language":null}. Facts are UTF-8. */
struct slice facts_json(const struct facts *facts, struct arena *arena);

#endif
