/* Figures and what clients found, as the service sends them. */
#ifndef WIJZER_FIGURES_FIXTURES_H
#define WIJZER_FIGURES_FIXTURES_H

#include "fixtures.h"

#define ANSWER(helped)                                                                                       \
    "{\"referralId\":\"7KX3-9MTF\",\"at\":\"2026-11-20T09:00:00Z\",\"helped\":\"" helped "\"}"
#define REFERRAL_TOLD                                                                                        \
    "{\"id\":\"7KX3-9MTF\",\"state\":\"closed\",\"events\":[{\"at\":\"2026-11-20T09:00:00Z\","               \
    "\"label\":\"Inwoner weet de afloop\",\"actor\":{\"name\":\"dr. Visser\",\"organisation\":" LINDE        \
    "},\"helped\":\"no\"}],\"loop\":{\"l1\":true,\"l2\":true,\"l2InTime\":false,\"l3\":true,\"l3Contact\":"  \
    "false,"                                                                                                 \
    "\"l4\":true,"                                                                                           \
    "\"l5\":true,\"l6\":true,\"l7\":true}}"

#define PERIOD "\"from\":\"2026-09-01\",\"to\":\"2026-11-30\""
#define RATE(count, share) "{\"count\":" count ",\"share\":" share "}"
#define RATES(all, share, most, part, none)                                                                  \
    "\"l1\":" RATE(all, share) ",\"l2\":" RATE(most, part) ",\"l3\":" RATE(all, share) ",\"l4\":" RATE(      \
        all,                                                                                                 \
        share) ",\"l5\":" RATE(all,                                                                          \
                               share) ",\"l6\":" RATE(most,                                                  \
                                                      part) ",\"l7\":" RATE("0",                             \
                                                                            none) ",\"closed\""              \
                                                                                  ":" RATE(most,             \
                                                                                           part) ",\"fullyC" \
                                                                                                 "losed\""   \
                                                                                                 ":" RATE(   \
                                                                                                     "0",    \
                                                                                                     none)
#define RATES_REGION                                                                                         \
    "{" PERIOD ",\"by\":\"region\",\"items\":[{\"organisation\":null,\"referrals\":2000," RATES(             \
        "2000", "1", "1999", "0.9995", "0") "}]}"
#define RATES_PARTNERS                                                                                       \
    "{" PERIOD ",\"by\":\"partner\",\"items\":[{\"organisation\":" ONIS ",\"referrals\":200," RATES(         \
        "200", "1", "58", "0.29",                                                                            \
        "0") "},{\"organisation\":{\"code\":\"x\",\"name\":\"Samenwerkingsverband Welzijn en "               \
             "Zorg\\u001b[31m\"},\"referrals\":0," RATES("0", "null", "0", "null", "null") "}]}"
#define HOUSING "{\"code\":\"housing\",\"label\":\"Wonen\"}"
#define MOVED(domain, area, goals, clients, first, last, difference)                                         \
    "{\"domain\":" domain ",\"area\":" area ",\"goals\":" goals ",\"clients\":" clients ",\"first\":" first  \
    ",\"last\":" last ",\"difference\":" difference "}"
#define MOVEMENT_DOMAINS                                                                                     \
    "{" PERIOD ",\"by\":\"domain\",\"items\":[" MOVED(HOUSING, "null", "1200", "800", "4.25", "6.5",         \
                                                      "2.25") "," MOVED("null", "null", "5", "5", "7",       \
                                                                        "6.8", "-0.2") "]}"
#define MOVEMENT_AREAS                                                                                       \
    "{" PERIOD ",\"by\":\"area\",\"items\":[" MOVED("null", "\"5751\"", "9", "6", "5", "5", "0") "," MOVED(  \
        "null", "null", "7", "5", "3.14", "10", "6.86") "]}"
#define MOVEMENT_NONE(by) "{" PERIOD ",\"by\":\"" by "\",\"items\":[]}"
#define ASSUMPTION(amount, domain)                                                                           \
    "{\"id\":\"7KX3-9MTF\",\"outcome\":{\"code\":\"done-goal-reached\",\"label\":\"Afgerond, doel "          \
    "bereikt\"},\"domain\":" domain ",\"amount\":" amount ",\"source\":\"Rapport Welzijn 2025, blz. "        \
    "12.\\u001b[31m\",\"effectiveFrom\":\"2026-01-01\",\"at\":\"2026-01-04T09:12:00Z\",\"by\":{\"name\":"    \
    "\"coordinator\",\"organisation\":" ONIS "}}"
#define SAVING(assumption, count, saved)                                                                     \
    "{\"assumption\":" assumption ",\"count\":" count ",\"saved\":" saved "}"
#define SAVINGS                                                                                              \
    "{" PERIOD ",\"closed\":20,\"counted\":17,\"notCounted\":3,\"estimate\":1234567,\"items\":[" SAVING(     \
        ASSUMPTION("1200", "null"), "12", "14400") "," SAVING(ASSUMPTION("900", HOUSING), "null",            \
                                                              "null") "]}"
#define SAVINGS_NONE "{" PERIOD ",\"closed\":4,\"counted\":0,\"notCounted\":4,\"estimate\":null,\"items\":[]}"
#define RATES_NONE "{" PERIOD ",\"by\":\"partner\",\"items\":[]}"
#define PARTNERS                                                                                             \
    "{" PERIOD ",\"items\":[{\"organisation\":" ONIS                                                         \
    ",\"steps\":40,\"answered\":36,\"hoursToAnswer\":{\"median\":20.5,\"p90\":70.0},\"daysToFirstContact\":" \
    "{"                                                                                                      \
    "\"median\":6.2},\"answeredInTime\":" RATE(                                                              \
        "33", "0.8919") ",\"declines\":[{\"code\":\"capacity\",\"label\":\"We zitten vol\",\"count\":4},{"   \
                        "\"code\":\"age\",\"label\":\"Leeftijd\",\"count\":1}],\"open\":9,\"overdue\":1},"   \
                        "{\"organisation\":" LINDE                                                           \
                        ",\"steps\":0,\"answered\":0,\"hoursToAnswer\":{\"median\":null,\"p90\":null},"      \
                        "\"daysToFirstContact\":{\"median\":null},\"answeredInTime\":" RATE(                 \
                            "0", "null") ",\"declines\":[],\"open\":2,\"overdue\":0}]}"
#define PARTNERS_NONE "{" PERIOD ",\"items\":[]}"

#endif
