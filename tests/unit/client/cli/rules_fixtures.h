/* Documents about rule tables as the service gives them; they follow proto/openapi.yaml. */
#ifndef WIJZER_RULES_FIXTURES_H
#define WIJZER_RULES_FIXTURES_H

#include "fixtures.h"

#define COLUMN(name, kind, type, list, values)                                                               \
    "{\"name\":\"" name "\",\"label\":\"x\",\"kind\":\"" kind "\",\"type\":\"" type "\",\"isList\":" list    \
    ",\"values\":" values "}"
#define PERSON(name) "{\"name\":\"" name "\",\"organisation\":" ONIS "}"

#define OFFERING_COLUMNS                                                                                                                               \
    "[" COLUMN("approach", "input", "string", "true", "[\"group\",\"coach\"]") "," COLUMN("domains", "input", "string", "true", "null") "," COLUMN(    \
        "age", "input", "number", "false",                                                                                                             \
        "null") "," COLUMN("area", "input", "number", "false",                                                                                         \
                           "null") "," COLUMN("urgency", "input", "string", "false",                                                                   \
                                              "[\"routine\",\"soon\"]") "," COLUMN("lvb", "input",                                                     \
                                                                                   "boolean", "false",                                                 \
                                                                                   "null") "," COLUMN("offe"                                           \
                                                                                                      "rin"                                            \
                                                                                                      "g",                                             \
                                                                                                      "outp"                                           \
                                                                                                      "ut",                                            \
                                                                                                      "stri"                                           \
                                                                                                      "ng",                                            \
                                                                                                      "fals"                                           \
                                                                                                      "e",                                             \
                                                                                                      "[\"c"                                           \
                                                                                                      "oach"                                           \
                                                                                                      "\","                                            \
                                                                                                      "\"jo"                                           \
                                                                                                      "in-"                                            \
                                                                                                      "us\""                                           \
                                                                                                      "]") "," COLUMN("weight",                        \
                                                                                                                      "output",                        \
                                                                                                                      "number",                        \
                                                                                                                      "false",                         \
                                                                                                                      "null") "," COLUMN("reason",     \
                                                                                                                                         "annotation", \
                                                                                                                                         "string",     \
                                                                                                                                         "false",      \
                                                                                                                                         "null") "]"

#define OFFERING_RULES                                                                                       \
    "\"rules\":[{\"id\":\"R01\",\"when\":{\"approach\":\"\\\"group\\\"\",\"age\":\"[18..27]\","              \
    "\"domains\":\"\\\"finances\\\", \\\"housing\\\"\"},\"then\":{\"offering\":\"join-us\",\"weight\":70},"  \
    "\"reason\":\"Jong en zoekend.\"},"                                                                      \
    "{\"id\":\"R02\",\"when\":{\"age\":\"[65..120]\",\"area\":\"[5751..5754], 5757\",\"urgency\":"           \
    "\"not(\\\"soon\\\")\",\"lvb\":\"false\"},\"then\":{\"offering\":\"coach\",\"weight\":50},"              \
    "\"reason\":\"Ouder; alleen \\\"dichtbij\\\".\"}],"                                                      \
    "\"otherwise\":{\"id\":\"R99\",\"then\":{\"offering\":null,\"weight\":null},\"reason\":\"Niets "         \
    "past.\"},"                                                                                              \
    "\"examples\":[{\"id\":\"E01\",\"sentence\":\"Een man van 74 in 5751, eenzaam\",\"facts\":{\"domains\":" \
    "[\"social-network\"],\"age\":74,\"area\":5751,\"urgency\":\"routine\",\"lvb\":false},"                  \
    "\"expect\":{\"offering\":\"coach\"}},{\"id\":\"E02\",\"sentence\":\"Een kind van "                      \
    "8\",\"facts\":{\"age\":8},"                                                                             \
    "\"expect\":{\"offering\":null}}]"

#define OFFERING_HEAD                                                                                        \
    "\"table\":3,\"version\":8,\"code\":\"offering\",\"label\":\"Wie of wat past bij deze aanpak?\","        \
    "\"status\":\"published\",\"hitPolicy\":\"C\",\"name\":\"Aanbod\",\"note\":\"Jongeren erbij\","          \
    "\"basedOn\":3,\"restores\":null,\"author\":" PERSON(                                                    \
        "K. van Dijk") ",\"createdAt\":"                                                                     \
                       "\"2026-11-01T09:00:00Z\",\"publishedBy\":" PERSON(                                   \
                           "K. van Dijk") ",\"publishedAt\":"                                                \
                                          "\"2026-11-02T09:00:00Z\",\"acknowledged\":[\"dead-R02\"],"        \
                                          "\"approver\":" PERSON(                                            \
                                              "L. Smit") ",\"approvedAt\":\"2026-11-03T09:00:00Z\","         \
                                                         "\"effectiveFrom\":\"2026-11-30T23:00:00Z\","       \
                                                         "\"inForce\":true,"                                 \
                                                         "\"ruleCount\":2"

#define OFFERING_TABLE "{" OFFERING_HEAD ",\"columns\":" OFFERING_COLUMNS "," OFFERING_RULES "}"

/* Table 4: an answer that is a list of words. */
#define FIELDS_TABLE                                                                                         \
    "{\"table\":4,\"version\":9,\"code\":\"fields\",\"label\":\"Welke gegevens?\",\"hitPolicy\":\"U\","      \
    "\"columns\":[" COLUMN("recipient", "input", "string", "false", "null") "," COLUMN(                      \
        "fields", "output", "string", "true",                                                                \
        "[\"name\",\"phone\"]") "],\"rules\":[{\"id\":\"R01\",\"when\":{\"recipient\":\"\\\"welfare\\\"\"}," \
                                "\"then\":{\"fields\":[\"name\",\"phone\"]},\"reason\":\"Om te bellen.\"}]," \
                                "\"otherwise\":{\"id\":\"R99\",\"then\":{\"fields\":[\"name\"]},\"reason\":" \
                                "\"Niet meer dan nodig.\"},\"examples\":[]}"

#define TABLE_LIST                                                                                           \
    "{\"items\":[{\"table\":1,\"code\":\"exclusion\",\"label\":\"Kan de gewone weg?\",\"name\":null,"        \
    "\"hitPolicy\":\"F\",\"inForce\":null,\"next\":null,\"drafts\":[],\"history\":[]},"                      \
    "{\"table\":3,\"code\":\"offering\",\"label\":\"Wie of wat past bij deze aanpak?\",\"name\":\"Aanbod\"," \
    "\"hitPolicy\":\"C\",\"inForce\":{\"version\":3,\"since\":\"2025-12-31T23:00:00Z\",\"rules\":62},"       \
    "\"next\":{\"version\":8,\"from\":\"2026-11-30T23:00:00Z\"},\"drafts\":[{\"version\":9,\"status\":"      \
    "\"draft\",\"author\":\"K. van Dijk\",\"createdAt\":\"2026-11-19T09:00:00Z\",\"note\":\"Koffie erbij\"," \
    "\"basedOn\":3},{\"version\":10,\"status\":\"awaiting-approval\",\"author\":null,\"createdAt\":"         \
    "\"2026-11-20T09:00:00Z\",\"note\":null,\"basedOn\":9}],\"history\":[{\"version\":8,\"from\":"           \
    "\"2026-11-30T23:00:00Z\",\"restores\":null},{\"version\":3,\"from\":\"2025-12-31T23:00:00Z\","          \
    "\"restores\":1},{\"version\":2,\"from\":\"2025-06-01T09:00:00Z\",\"restores\":1},{\"version\":1,"       \
    "\"from\":\"2025-01-01T09:00:00Z\",\"restores\":null}]}]}"

#define FINDING(name, kind, severity, rules, columns, person)                                                \
    "{\"name\":\"" name "\",\"kind\":\"" kind "\",\"severity\":\"" severity "\",\"rules\":" rules            \
    ",\"columns\":" columns ",\"person\":" person ",\"text\":\"The sentence of " name ".\"}"
#define RULE_CHECK                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            \
    "{\"version\":9,\"table\":3,\"findings\":[" FINDING(                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      \
        "gap-1a2b",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           \
        "gap", "error", "[\"R01\"]", "[\"age\"]", "{\"domains\":[\"finances\"],\"age\":17,\"area\":null}") "," FINDING("gap-2",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                               \
                                                                                                                       "gap", "error", "[]", "[]", "{}") "," FINDING("overlap-R01-R02", "overlap", "error", "[\"R01\",\"R02\",\"R03\"]", "[\"age\",\"area\"]", "{\"age\":66}") "," FINDING("conflict-1", "conflict", "error", "[\"R01\",\"R02\"]", "[]", "null") "," FINDING("example-E01", "example", "error", "[]", "[]",                                                                                                                                                                                                                                                                   \
                                                                                                                                                                                                                                                                                                                                                                             "null") "," FINDING("unknown-R04",                                                                                                                                                                                                                                                                               \
                                                                                                                                                                                                                                                                                                                                                                                                 "unknown",                                                                                                                                                                                                                                                                                   \
                                                                                                                                                                                                                                                                                                                                                                                                 "error",                                                                                                                                                                                                                                                                                     \
                                                                                                                                                                                                                                                                                                                                                                                                 "[\"R04\"]",                                                                                                                                                                                                                                                                                 \
                                                                                                                                                                                                                                                                                                                                                                                                 "[\"offering\"]",                                                                                                                                                                                                                                                                            \
                                                                                                                                                                                                                                                                                                                                                                                                 "null") "," FINDING("shadowed-R05",                                                                                                                                                                                                                                                          \
                                                                                                                                                                                                                                                                                                                                                                                                                     "shadowed",                                                                                                                                                                                                                                                              \
                                                                                                                                                                                                                                                                                                                                                                                                                     "warning", "[\"R05\",\"R01\",\"R02\"]", "[]", "null") "," FINDING("shadowed-R06",                                                                                                                                                                                        \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "shadowed",                                                                                                                                                                                            \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "warning",                                                                                                                                                                                             \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "[\"R06\"]",                                                                                                                                                                                           \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "[]", "null") "," FINDING("empty-R07", "empty", "warning", "[\"R07\"]", "[\"age\"]", "null") "," FINDING("dead-R08",                                                                                   \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "dead", "warning",                                                                            \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "[\"R08\"]", "[]", "null") "," FINDING("no-capacity-R09",                                     \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "no-capacity",                                         \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "warning",                                             \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "[\"R09\"]", "[]", "null") "," FINDING("unproved-gap", \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "unproved",     \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "warning",      \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "[]",           \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "[]",           \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "null") "],\"more\":{\"dead\":12},\"proved\":[\"overlap\"],\"isPublishable\":false}"

#define RULE_CHECK_WARNING                                                                                   \
    "{\"version\":9,\"table\":3,\"findings\":[" FINDING(                                                     \
        "dead-R08", "dead", "warning", "[\"R08\"]", "[]",                                                    \
        "null") "],\"more\":{},\"proved\":[],\"isPublishable\":true}"
#define DEAD(rule) FINDING("dead-" rule, "dead", "warning", "[\"" rule "\"]", "[]", "null")
#define RULE_CHECK_DEAD                                                                                      \
    "{\"version\":9,\"table\":3,\"findings\":[" DEAD("R01") "," DEAD("R02") "," DEAD("R03") "," DEAD(        \
        "R04") "],\"more\":{},\"proved\":[],\"isPublishable\":true}"
#define RULE_CHECK_CLEAN                                                                                     \
    "{\"version\":9,\"table\":3,\"findings\":[],\"more\":{},\"proved\":[],\"isPublishable\":true}"

#define REFERENCE(version, rule) "{\"table\":3,\"version\":" version ",\"rule\":\"" rule "\"}"
#define TRIAL                                                                                                \
    "{\"version\":9,\"table\":3,\"total\":812,\"done\":812,\"cursor\":null,\"moved\":[{\"referral\":"        \
    "\"7KX3-9MTF\",\"createdAt\":\"2026-03-02T09:00:00Z\",\"from\":" COACH                                   \
    ",\"to\":null,\"fromRule\":" REFERENCE("3", "R01") ",\"toRule\":" REFERENCE(                             \
        "9", "R99") ",\"facts\":{\"age\":76,\"domains\":[\"social-network\"],\"lvb\":null}},{\"referral\":"  \
                    "\"8PQ2-NNNR\",\"createdAt\":\"2026-04-02T09:00:00Z\",\"from\":null,\"to\":" COACH       \
                    ",\"fromRule\":null,\"toRule\":" REFERENCE(                                              \
                        "9",                                                                                 \
                        "R02") ",\"facts\":{\"age\":33}}],"                                                  \
                               "\"groups\":[{\"from\":\"coach\",\"to\":\"coach\",\"count\":807},{\"from\":"  \
                               "\"coach\","                                                                  \
                               "\"to\":null,\"count\":1},{\"from\":null,\"to\":\"coach\",\"count\":1}],"     \
                               "\"undecidable\":3}"

#define STORED(code, name, capacity, as_of, hours)                                                           \
    "{\"offering\":12,\"code\":\"" code "\",\"name\":\"" name "\",\"organisation\":9,\"owner\":\"onis\","    \
    "\"ownerName\":\"ONIS Welzijn\",\"table\":3,\"rule\":\"R01\",\"reason\":\"Want.\",\"approach\":"         \
    "\"group\",\"weight\":70,\"capacity\":" capacity ",\"asOf\":" as_of ",\"confirmed\":null,"               \
    "\"replyHours\":" hours "}"
#define JOIN_US "{\"code\":\"join-us\",\"name\":\"Join us\"}"
#define AFTER(rule, reason, code, at, next, offering)                                                        \
    "{\"step\":\"8PQ2-NNNR\",\"table\":6,\"version\":6,\"rule\":\"" rule "\",\"reason\":\"" reason           \
    "\",\"declineCode\":\"" code "\",\"declinedBy\":" ONIS ",\"organisation\":" LINDE ",\"at\":\"" at        \
    "\",\"next\":\"" next "\",\"offering\":" offering "}"
#define CELL(column, test, fact)                                                                             \
    "\"column\":\"" column "\",\"label\":\"x\",\"test\":\"" test "\",\"fact\":" fact
#define LACK(rule, has)                                                                                      \
    "{\"rule\":\"" rule "\",\"offering\":\"join-us\",\"has\":" has                                           \
    ",\"asks\":" WORD("good-indications", "Goede aanwijzingen") "}"
#define EXPLANATION_TABLES                                                                                   \
    "[{\"table\":1,\"version\":1,\"code\":\"exclusion\",\"label\":\"Kan de gewone weg?\",\"rules\":["        \
    "{\"id\":\"R99\",\"reason\":\"Gewoon verder.\",\"cells\":[],\"then\":{\"action\":\"continue\","          \
    "\"offering\":null}}],\"unknown\":[],\"otherwise\":true},{\"table\":3,\"version\":3,"                    \
    "\"code\":\"offering\",\"label\":\"Wie past hierbij?\",\"rules\":[{\"id\":\"R03\","                      \
    "\"reason\":\"Eenzaam en ouder dan 65: de welzijnscoach\",\"cells\":[{" CELL(                            \
        "age", "[65..120]",                                                                                  \
        "76") ",\"truth\":\"yes\"},{" CELL("lvb", "false",                                                   \
                                           "null") ",\"truth\":\"unknown\"}],\"then\":{\"offering\":"        \
                                                   "\"coach\",\"weight\":70}}],"                             \
                                                   "\"unknown\":[\"R07\",\"R08\"],\"otherwise\":false,"      \
                                                   "\"lacks\":[" LACK("R09", "null") "," LACK(               \
                                                       "R10", WORD("well-founded", "Goed onderbouwd")) "]}]"
#define WHY_NOT                                                                                              \
    "{\"offering\":" JOIN_US                                                                                 \
    ",\"rules\":[{\"table\":3,\"id\":\"R01\",\"failed\":[{" CELL("age", "[18..27]", "76") "},{" CELL(        \
        "mobility", "\\\"limited\\\"",                                                                       \
        "null") "}]},{\"table\":3,\"id\":\"R05\",\"failed\":[],\"outweighedBy\":{\"code\":\"coach\","        \
                "\"name\":\"Welzijnscoach\",\"weight\":70}},{\"table\":3,\"id\":\"R10\",\"failed\":[],"      \
                "\"evidence\":{\"has\":null,\"asks\":" WORD(                                                 \
                    "good-indications", "Goede aanwijzingen") "}}],\"smallestChange\":[{\"fact\":\"age\","   \
                                                              "\"label\":\"Leeftijd\",\"from\":76,\"to\":"   \
                                                              "27}],\"note\":\"Een opmerking.\"}"
#define EXPLANATION                                                                                          \
    "{\"referral\":\"7KX3-9MTF\",\"createdAt\":\"2026-11-19T09:00:00Z\",\"decision\":" DECISION              \
    ",\"facts\":{\"domains\":[\"social-network\",\"finances\"],\"age\":76,\"area\":5751,"                    \
    "\"urgency\":\"routine\",\"lvb\":null,\"mobility\":null,\"declines\":[]},"                               \
    "\"tables\":" EXPLANATION_TABLES                                                                         \
    ",\"candidates\":[" STORED("coach", "Welzijnscoach", "\"open\"", "\"2026-11-15\"", "20") "," STORED(     \
        "join-us", "Join us", "null", "null",                                                                \
        "null") "],\"after\":[" AFTER("D01", "Vol is vol: de volgende.", "capacity", "2026-11-20T09:00:00Z", \
                                      "next-candidate",                                                      \
                                      JOIN_US) "," AFTER("D02", "Twee keer is genoeg.", "capacity",          \
                                                         "2026-11-21T09:00:00Z", "coordinator",              \
                                                         "null") "],\"whyNot\":" WHY_NOT                     \
                                                                 ",\"whatIf\":{\"change\":[{\"fact\":"       \
                                                                 "\"age\",\"to\":28}],"                      \
                                                                 "\"decision\":" DECISION                    \
                                                                 ",\"candidates\":[]}}"
#define EXPLANATION_OLD                                                                                      \
    "{\"referral\":\"7KX3-9MTF\",\"createdAt\":\"2026-11-19T09:00:00Z\",\"decision\":" DECISION              \
    ",\"facts\":{\"age\":76},\"tables\":[],\"candidates\":null,\"after\":[],\"whyNot\":{\"offering\":"       \
    "{\"code\":\"join-us\",\"name\":\"Join us\"},\"rules\":[],\"smallestChange\":null},\"whatIf\":null}"

#define PREVIEW_CANDIDATES                                                                                   \
    "{\"decision\":" DECISION ",\"next\":{\"who\":" ONIS ",\"what\":" DELIVER                                \
    ",\"by\":\"2026-11-24T16:00:00Z\"},\"candidates\":[{\"offering\":" COACH ",\"organisation\":" ONIS       \
    ",\"rule\":\"R03\",\"reason\":\"Want.\",\"weight\":70,\"capacity\":\"open\",\"asOf\":\"2026-11-15\"},"   \
    "{\"offering\":{\"code\":\"join-us\",\"name\":\"Join us\"},\"organisation\":" ONIS                       \
    ",\"rule\":\"R04\",\"reason\":\"Want.\",\"weight\":50,\"capacity\":\"full\",\"asOf\":null}]}"

#endif
