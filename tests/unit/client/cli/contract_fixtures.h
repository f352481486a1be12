/* What a practice hears back, as the service sends it. */
#ifndef WIJZER_CONTRACT_FIXTURES_H
#define WIJZER_CONTRACT_FIXTURES_H

#include "fixtures.h"

#define SET_BY                                                                                               \
    "\"history\":[{\"version\":2,\"form\":\"daily\",\"milestones\":[],\"setBy\":{\"name\":\"dr. "            \
    "Visser\",\"organisation\":" LINDE "},\"setAt\":\"2026-11-20T09:00:00Z\"}]"
#define CONTRACT_DAILY                                                                                       \
    "{\"organisation\":" LINDE                                                                               \
    ",\"by\":\"contract\",\"form\":\"daily\",\"milestones\":[\"accepted\",\"first-contact\",\"started\","    \
    "\"ended\",\"story\"]," SET_BY "}"
#define CONTRACT_END                                                                                         \
    "{\"organisation\":" LINDE                                                                               \
    ",\"by\":\"contract\",\"form\":\"end-only\",\"milestones\":[\"ended\"]," SET_BY "}"
#define CONTRACT_NONE(by)                                                                                    \
    "{\"organisation\":" LINDE ",\"by\":\"" by "\",\"form\":null,\"milestones\":null,\"history\":[]}"
#define DIGESTS                                                                                              \
    "{\"items\":[{\"id\":\"RXW5-54W2\",\"day\":\"2026-11-24\",\"at\":\"2026-11-24T06:00:02Z\",\"unread\":2," \
    "\"clients\":[{\"referralId\":\"7KX3-9MTF\",\"client\":\"M. Maassen\",\"feedback\":[\"8PQ2-NNNR\","      \
    "\"5XMX-JGY5\"],\"text\":\"23-11-2026, ONIS Welzijn heeft het eerste contact gehad. 23-11-2026, De "     \
    "inwoner doet mee bij ONIS "                                                                             \
    "Welzijn.\"},{\"referralId\":\"GXGP-2X3J\",\"client\":null,\"feedback\":[\"8PQ2-NNNR\"],"                \
    "\"text\":\"x\"}]}],\"next\":null}"
#define OVERVIEW                                                                                             \
    "{\"from\":\"2026-09-01\",\"to\":\"2026-11-30\",\"organisation\":" LINDE                                 \
    ",\"figures\":{\"referrals\":20,\"accepted\":18,\"contacted\":17,\"running\":9,\"declined\":1,"          \
    "\"outcomes\":[{\"code\":\"done-goal-reached\",\"label\":\"Afgerond, doel bereikt\",\"count\":8}],"      \
    "\"helped\":{\"yes\":6,\"partly\":1,\"no\":0,\"notKnown\":1},\"daysToFirstContact\":{\"median\":6.2},"   \
    "\"daysToEnd\":{\"median\":41.5,\"p90\":80}},\"stories\":[{\"feedbackId\":\"8PQ2-NNNR\",\"referralId\":" \
    "\"7KX3-9MTF\",\"at\":\"2026-11-12T10:00:00Z\",\"from\":" ONIS ",\"text\":\"Eet elke dinsdag "           \
    "mee.\"},{\"feedbackId\":\"5XMX-JGY5\",\"referralId\":\"7KX3-9MTF\",\"at\":"                             \
    "\"2026-11-11T10:00:00Z\",\"from\":" ONIS ",\"text\":null}]}"
#define OVERVIEW_NONE                                                                                        \
    "{\"from\":\"2026-09-01\",\"to\":\"2026-11-30\",\"organisation\":null,\"figures\":{\"referrals\":0,"     \
    "\"outcomes\":[],\"daysToFirstContact\":{\"median\":null},\"daysToEnd\":{\"median\":null,\"p90\":null}}" \
    ","                                                                                                      \
    "\"stories\":[]}"

#endif
