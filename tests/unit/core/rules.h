/* Rows of rule tables, written down: each a text "rule_id=R01;domains={finances};reason=...", as columns of
 * wijzer.rule_rows() have them. */
#ifndef WIJZER_TEST_RULES_H
#define WIJZER_TEST_RULES_H

#include <stdio.h>

#include "rulebook.h"

struct texts {
    const char *const *rows;
    size_t count;
};

static const char *const text_columns[] = {
    "rule_id",  "is_otherwise", "nots",          "domains",    "icpc",           "age",           "area",
    "language", "urgency",      "mobility",      "lvb",        "occupation",     "digital_skill", "household",
    "referrer", "declines",     "referrer_role", "approaches", "recipient",      "promise",       "level",
    "decline",  "tries",        "milestone",     "action",     "offering_id",    "offering_code", "approach",
    "weight",   "fields",       "amount",        "unit",       "escalate_after", "next",          "form",
    "channel",  "reason",       "offer",         "evidence"};

static inline int text_column(const void *rows, const char *name)
{
    (void)rows;
    for (size_t i = 0; i < sizeof text_columns / sizeof text_columns[0]; i++)
        if (strcmp(text_columns[i], name) == 0)
            return (int)i;
    return -1;
}

static inline struct slice text_cell(const void *rows, size_t row, int column)
{
    const struct texts *texts = rows;
    struct slice rest = slice_of(texts->rows[row]);
    while (rest.ptr) {
        struct slice value = slice_cut(&rest, ';'), name = slice_cut(&value, '=');
        if (slice_is(name, text_columns[column]))
            return value;
    }
    return SLICE_NONE;
}

/* `texts` must live as long as the source. */
static inline struct rule_source text_source(const struct texts *texts)
{
    return (struct rule_source){texts, texts->count, text_column, text_cell};
}

static inline const struct ruleset *text_ruleset(int number, enum hit_policy policy, int version,
                                                 const char *const *rows, size_t count)
{
    struct texts texts = {rows, count};
    struct rule_source source = text_source(&texts);
    struct err err;
    const struct ruleset *set = ruleset_load(question_of(number), policy, version, &source, &err);
    if (!set)
        fail_msg("%s", err.text);
    return set;
}

static inline const struct table *text_table(int number, enum hit_policy policy, const char *const *rows,
                                             size_t count, struct arena *arena)
{
    struct texts texts = {rows, count};
    struct rule_source source = text_source(&texts);
    struct err err;
    const struct table *table =
        rulebook_rows(question_of(number), policy, NULL, &source, SLICE_NONE, arena, &err);
    if (!table)
        fail_msg("%s", err.text);
    return table;
}

/* The tables of the region Deurne, by number. */
static const char *const exclusion_rows[] = {
    "rule_id=X01;domains={justice};urgency={soon};action=coordinator;reason=Spoed met justitie gaat naar de "
    "ketenregie.",
    "rule_id=X02;domains={finances};age={[18,121)};urgency={soon};action=offering;offering_id=13;"
    "offering_code=geldloket;reason=Geldzorgen met haast gaan meteen naar het Geldloket.",
    "rule_id=X99;is_otherwise=t;action=continue;reason=Geen reden om uit te sluiten."};
static const char *const approach_rows[] = {
    "rule_id=A01;domains={finances};approach=debt-help;weight=80;reason=Geldzorgen vragen schuldhulp.",
    "rule_id=A02;domains={social-network,participation,meaning,day-activity};approach=coach;weight=50;"
    "reason=De coach zoekt samen wat past.",
    "rule_id=A03;domains={social-network,participation,meaning};age={[65,121)};approach=group;weight=60;"
    "reason=Ouderen ontmoeten elkaar in een groep.",
    "rule_id=A04;domains={physical-health};approach=group;weight=40;reason=Bewegen doe je samen.",
    "rule_id=A05;domains={social-network};mobility={housebound};approach=coach;weight=90;"
    "reason=De coach komt aan huis.",
    "rule_id=A99;is_otherwise=t;reason=Geen aanpak past."};
static const char *const offering_rows[] = {
    "rule_id=B01;approaches={debt-help};age={[18,121)};area={[5700,5800)};offering_id=13;"
    "offering_code=geldloket;weight=50;reason=Volwassenen met geldzorgen gaan naar het Geldloket.",
    "rule_id=B02;approaches={coach};age={[18,121)};area={[5700,5800)};offering_id=11;"
    "offering_code=welzijnscoach;weight=50;reason=De welzijnscoach zoekt samen wat past.",
    "rule_id=B03;approaches={group};age={[65,121)};area={[5751,5752)};offering_id=12;"
    "offering_code=samen-eten;weight=50;reason=Ouderen in Deurne-dorp kunnen samen eten.",
    "rule_id=B04;approaches={group};age={[55,121)};area={[5751,5754)};offering_id=14;"
    "offering_code=beweeggroep;weight=45;reason=Wie 55 of ouder is kan bewegen in een groep.",
    "rule_id=B05;area={[1000,5700),[5800,10000)};weight=10;reason=Buiten het gebied.",
    "rule_id=B99;is_otherwise=t;reason=Geen regel past: de ketenregisseur kijkt mee."};
static const char *const promise_rows[] = {
    ("rule_id=P01;promise={deliver};urgency={soon};level={[0,1)};amount=1;unit=working-days;escalate_after=1;"
     "reason=Spoed wordt binnen een dag ontvangen."),
    "rule_id=P02;promise={deliver};urgency={routine};level={[0,1)};unit=state;reason=Zoals de stap zegt.",
    "rule_id=P03;promise={first-contact};amount=2;unit=months;escalate_after=4;reason=Eerste contact.",
    "rule_id=P99;is_otherwise=t;unit=state;reason=Zoals de stap zegt."};
static const char *const decline_rows[] = {
    "rule_id=D01;decline={capacity,waiting-too-long};tries={[1,4)};next=next-candidate;reason=De volgende.",
    "rule_id=D02;decline={capacity,waiting-too-long};tries={[4,21)};next=coordinator;reason=Te vaak nee.",
    "rule_id=D03;decline={duplicate,client-does-not-want};next=stop;reason=Niet verder zoeken.",
    "rule_id=D04;decline={client-not-reached};next=wait;reason=Later nog eens.",
    "rule_id=D05;decline={information-incomplete};next=ask-referrer;reason=De verwijzer vult aan.",
    "rule_id=D99;is_otherwise=t;next=coordinator;reason=De ketenregie kijkt mee."};
/* Table 3 of the first form, from before there were tables 1 and 2. */
static const char *const former_rows[] = {
    "rule_id=R01;domains={finances};age={[18,121)};urgency={soon};offering_id=13;offering_code=geldloket;"
    "reason=Geldzorgen met haast gaan meteen naar het Geldloket.",
    "rule_id=R02;domains={finances};area={[5700,5800)};age={[18,121)};offering_id=13;offering_code=geldloket;"
    "reason=Volwassenen met geldzorgen gaan naar het Geldloket.",
    "rule_id=R04;domains={social-network,participation};area={[5751,5752)};age={[65,121)};offering_id=12;"
    "offering_code=samen-eten;reason=Ouderen in Deurne-dorp kunnen samen eten.",
    "rule_id=R05;domains={social-network,participation};area={[5700,5800)};age={[18,121)};offering_id=11;"
    "offering_code=welzijnscoach;reason=De welzijnscoach zoekt samen wat past.",
    "rule_id=R99;is_otherwise=t;reason=Geen regel past: de ketenregisseur kijkt mee."};

struct written {
    int table, version;
    enum hit_policy policy;
    const char *const *rows;
    size_t count;
};
#define WRITTEN(table, version, policy, rows)                                                                \
    {                                                                                                        \
        table, version, policy, rows, sizeof rows / sizeof rows[0]                                           \
    }
static const struct written written_tables[] = {
    WRITTEN(1, 11, 0, exclusion_rows), WRITTEN(2, 12, 0, approach_rows), WRITTEN(3, 13, 0, offering_rows),
    WRITTEN(5, 15, 0, promise_rows),   WRITTEN(6, 16, 0, decline_rows),  WRITTEN(3, 1, 'F', former_rows)};

/* The ruleset of a version, or NULL. Returned owned. */
static inline const struct ruleset *written_ruleset(int table, int version)
{
    for (size_t i = 0; i < sizeof written_tables / sizeof written_tables[0]; i++) {
        const struct written *written = &written_tables[i];
        if (written->table == table && written->version == version)
            return text_ruleset(table, written->policy, version, written->rows, written->count);
    }
    return NULL;
}

#endif
