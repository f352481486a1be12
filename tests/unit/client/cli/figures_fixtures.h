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
