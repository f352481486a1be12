/* Documents about emergencies, notices and a client's rights, as the service sends them. */
#ifndef WIJZER_RIGHTS_FIXTURES_H
#define WIJZER_RIGHTS_FIXTURES_H

#include "fixtures.h"

#define HELPER "{\"name\":\"worker2\",\"organisation\":" ONIS "}"
#define EMERGENCY                                                                                            \
    "{\"id\":\"5XMX-JGY5\",\"referralId\":\"7KX3-9MTF\",\"at\":\"2026-11-20T09:00:00Z\","                    \
    "\"until\":\"2026-11-21T09:00:00Z\",\"dueAt\":\"2026-11-24T16:00:00Z\"}"
#define EMERGENCY_OPEN                                                                                       \
    "{\"id\":\"5XMX-JGY5\",\"referralId\":\"7KX3-9MTF\",\"account\":" HELPER                                 \
    ",\"at\":\"2026-11-16T09:00:00Z\",\"until\":\"2026-11-17T09:00:00Z\",\"dueAt\":\"2026-11-20T16:00:"      \
    "00Z\","                                                                                                 \
    "\"overdue\":true,\"level\":1,\"reason\":\"Ze doet niet "                                                \
    "open.\",\"reviewedAt\":null,\"reviewedBy\":null,"                                                       \
    "\"verdict\":null,\"review\":null,\"toldBy\":" LINDE ",\"toldAt\":null}"
#define EMERGENCY_REVIEWED                                                                                   \
    "{\"id\":\"7KX3-9MTF\",\"referralId\":\"7KX3-9MTF\",\"account\":" HELPER                                 \
    ",\"at\":\"2026-11-16T09:00:00Z\",\"until\":\"2026-11-17T09:00:00Z\",\"dueAt\":\"2026-11-18T16:00:"      \
    "00Z\","                                                                                                 \
    "\"overdue\":false,\"level\":0,\"reason\":\"Ze doet niet "                                               \
    "open.\",\"reviewedAt\":\"2026-11-17T10:00:00Z\","                                                       \
    "\"reviewedBy\":\"regisseur\",\"verdict\":\"not-justified\",\"review\":\"Er was geen "                   \
    "nood.\",\"toldBy\":" LINDE ",\"toldAt\":\"2026-11-17T11:00:00Z\"}"
#define TELL                                                                                                 \
    "{\"id\":\"GXGP-2X3J\",\"at\":\"2026-11-20T09:00:00Z\",\"referralId\":\"7KX3-9MTF\",\"clientId\":"       \
    "\"5XMX-JGY5\","                                                                                         \
    "\"account\":null,\"personal\":false,\"forClient\":true,\"organisation\":" ONIS ",\"readAt\":null,"      \
    "\"readBy\":null,\"kind\":" WORD("emergency-used", "Noodknop gebruikt") "}"
#define TELL_REVIEW                                                                                          \
    "{\"id\":\"5XMX-JGY5\",\"at\":\"2026-11-21T09:00:00Z\",\"referralId\":\"7KX3-9MTF\",\"clientId\":"       \
    "\"5XMX-JGY5\","                                                                                         \
    "\"account\":null,\"personal\":false,\"forClient\":true,\"organisation\":" ONIS ",\"readAt\":"           \
    "\"2026-11-22T09:00:00Z\",\"readBy\":\"gp\",\"kind\":" WORD("emergency-reviewed",                        \
                                                                "Noodknop bekeken") "}"
#define LET_IN                                                                                               \
    "{\"id\":\"RXW5-54W2\",\"at\":\"2026-11-20T10:00:00Z\",\"referralId\":null,\"clientId\":null,"           \
    "\"account\":{\"name\":\"jan\","                                                                         \
    "\"organisation\":" ONIS                                                                                 \
    ",\"role\":\"coordinator\",\"by\":\"steward\"},\"personal\":false,\"forClient\":false,"                  \
    "\"organisation\":null,\"readAt\":null,\"readBy\":null,\"kind\":" WORD("enrolled", "Nieuwe toegang") "}"
#define TOLD                                                                                                 \
    "{\"at\":\"2026-11-16T09:00:00Z\",\"readAt\":\"2026-11-17T11:00:00Z\",\"readBy\":\"gp\",\"kind\":" WORD( \
        "emergency-used", "Noodknop gebruikt") "},"                                                          \
                                               "{\"at\":\"2026-11-17T10:00:00Z\",\"readAt\":null,"           \
                                               "\"readBy\":null,\"kind\":" WORD("emergency-reviewed",        \
                                                                                "Noodknop bekeken") "}"
#define NOTICES                                                                                              \
    "[{\"id\":\"RXW5-54W2\",\"at\":\"2026-11-20T09:00:00Z\",\"kind\":" WORD(                                 \
        "emergency-used", "Noodknop gebruikt") ","                                                           \
                                               "\"referralId\":\"7KX3-9MTF\",\"clientId\":\"5XMX-JGY5\","    \
                                               "\"personal\":true,\"readAt\":null,\"readBy\":null}," TELL    \
                                               "," TELL_REVIEW "," LET_IN "]"
#define NOTICE_AT_LAST                                                                                       \
    "[{\"id\":\"RXW5-54W2\",\"at\":\"2026-11-20T09:00:00Z\",\"kind\":" WORD(                                 \
        "promise-overdue",                                                                                   \
        "Toezegging niet nagekomen") ",\"referralId\":\"7KX3-9MTF\",\"clientId\":\"5XMX-"                    \
                                     "JGY5\",\"personal\":true,\"person\":{\"name\":\"k."                    \
                                     " de Wit\",\"organisation\":" LINDE                                     \
                                     "},\"late\":{\"what\":{\"code\":\"first-contact\",\"label\":\"Eerste "  \
                                     "contact\"},\"level\":3,\"stepId\":\"5XMX-JGY5\",\"who\":{\"code\":"    \
                                     "\"k\",\"name\":\"Ketenregie\"}},\"readAt\":null,"                      \
                                     "\"readBy\":null}]"
#define COPY                                                                                                 \
    "{\"madeAt\":\"2026-11-20T10:00:00Z\",\"client\":{\"id\":\"5XMX-JGY5\",\"name\":\"J. "                   \
    "Jansen\",\"birthYear\":1950,"                                                                           \
    "\"area\":\"5751\",\"phone\":\"06 "                                                                      \
    "12345678\",\"email\":null,\"language\":\"nl\",\"bsn\":null,\"restricted\":true,"                        \
    "\"erased\":false},\"referrals\":[{\"id\":\"7KX3-9MTF\",\"createdAt\":\"2026-11-16T09:00:00Z\","         \
    "\"closedAt\":null,"                                                                                     \
    "\"referrer\":" LINDE ",\"domains\":[" WORD(                                                             \
        "meaning",                                                                                           \
        "Zingeving") "],\"icpc\":[\"Z04\"],\"urgency\":\"routine\","                                         \
                     "\"text\":\"Voelt zich "                                                                \
                     "alleen.\",\"outcome\":null,\"decisions\":[{\"step\":\"5XMX-JGY5\",\"table\":3,"        \
                     "\"version\":1,"                                                                        \
                     "\"rule\":\"R01\",\"reason\":\"Een coach "                                              \
                     "belt.\",\"facts\":{\"age\":76},\"offering\":" COACH ",\"organisation\":" ONIS          \
                     "}],\"steps\":[],\"events\":[{\"at\":\"2026-11-17T09:00:00Z\",\"kind\":\"step-moved\"," \
                     "\"label\":\"Eerste contact gelukt\",\"actor\":" HELPER                                 \
                     ",\"stepId\":null,\"state\":null,\"text\":\"Gebeld.\","                                 \
                     "\"declineCode\":null}],\"feedback\":[{\"id\":\"RXW5-54W2\",\"at\":\"2026-11-17T09:00:" \
                     "00Z\",\"text\":\"ONIS belde.\"}]}],"                                                   \
                     "\"consents\":[{\"nr\":1,\"at\":\"2026-11-16T09:00:00Z\",\"basis\":\"standard\","       \
                     "\"account\":\"gp\",\"organisation\":" LINDE                                            \
                     ",\"grants\":[{\"organisation\":null,\"kind\":\"welfare\",\"step\":null,\"fields\":["   \
                     "\"name\",\"phone\"]}]}],"                                                              \
                     "\"emergencies\":[" EMERGENCY_REVIEWED "],\"notices\":[" TOLD                           \
                     "],\"accessLog\":[{\"at\":\"2026-11-17T09:00:00Z\",\"type\":"                           \
                     "\"referral\","                                                                         \
                     "\"action\":\"R\",\"outcome\":\"granted\",\"account\":{"                                \
                     "\"name\":\"worker2\",\"role\":\"worker\","                                             \
                     "\"organisation\":" ONIS "},\"fields\":[\"name\"],\"ground\":\"emergency\"}]}"
#define COPY_ERASED                                                                                          \
    "{\"madeAt\":\"2026-11-20T10:00:00Z\",\"client\":{\"id\":\"5XMX-JGY5\",\"name\":null,\"erased\":true},"  \
    "\"referrals\":[],\"consents\":[],\"emergencies\":[],\"notices\":[],\"accessLog\":[]}"
#define CORRECTION "{\"clientId\":\"5XMX-JGY5\",\"fields\":[\"name\",\"phone\"]}"
#define ERASED(status, gone)                                                                                 \
    "{\"clientId\":\"5XMX-JGY5\",\"status\":\"" status "\",\"backupsGoneAt\":" gone "}"
#define RETENTION                                                                                            \
    "{\"items\":[{\"number\":2,\"law\":\"wgbo\",\"startEvent\":\"last-step-ended\",\"years\":20,"            \
    "\"validFrom\":\"2020-01-01\","                                                                          \
    "\"kinds\":[\"health\"],\"status\":\"approved\",\"inForce\":true},{\"number\":4,\"law\":\"wmo-2015\","   \
    "\"startEvent\":\"loop-closed\",\"years\":10,\"validFrom\":\"2027-01-01\",\"kinds\":null,\"status\":"    \
    "\"proposed\","                                                                                          \
    "\"inForce\":false,\"proposedBy\":\"regisseur\"}]}"
#define PROOF                                                                                                \
    "{\"items\":[{\"day\":\"2026-11-20\",\"law\":\"wmo-2015\",\"removed\":3,\"oldest\":\"2012-01-02T10:00:"  \
    "00Z\"}]}"
#define BSN                                                                                                  \
    "{\"ground\":\"Wabvpz\",\"recipients\":[\"health\"],\"proposals\":[{\"number\":2,\"ground\":null,"       \
    "\"recipients\":[],"                                                                                     \
    "\"status\":\"proposed\",\"proposedBy\":\"regisseur\"}]}"
#define KEY_CHANGE(number, action, key, status)                                                              \
    "{\"number\":" number ",\"action\":\"" action "\",\"key\":" key ",\"status\":\"" status "\","            \
    "\"proposedBy\":\"regisseur\",\"proposedAt\":\"2026-11-24T16:00:00Z\",\"approvedBy\":\"beheerder\","     \
    "\"approvedAt\":\"2026-11-25T16:00:00Z\",\"doneAt\":\"2026-11-26T16:00:00Z\"}"
#define KEY_CHANGES                                                                                          \
    "{\"items\":[" KEY_CHANGE("1", "rotate", "null", "done") "," KEY_CHANGE(                                 \
        "2", "retire", "1", "approved") "," KEY_CHANGE("3", "retire", "2",                                   \
                                                       "expired") "," KEY_CHANGE("4", "rotate", "null",      \
                                                                                 "proposed") "]}"

/* ---- what goes out ---- */
#define SUBSCRIPTION                                                                                         \
    "{\"id\":\"RXW5-54W2\",\"channel\":\"mail\",\"address\":\"team@levgroep.test\",\"kinds\":[\"notice\","   \
    "\"step\"],"                                                                                             \
    "\"personal\":true,\"madeAt\":\"2026-11-24T21:15:00Z\",\"madeBy\":\"worker\",\"endedAt\":null}"
#define SUBSCRIPTION_OTHERS                                                                                  \
    "{\"id\":\"7KX3-9MTF\",\"organisation\":" ONIS ",\"channel\":\"webhook\",\"address\":null,\"kinds\":["   \
    "\"step\"],\"personal\":true,\"madeAt\":\"2026-11-24T21:15:00Z\",\"madeBy\":\"jan\",\"endedAt\":null}"
#define SUBSCRIBED                                                                                           \
    "{\"id\":\"RXW5-54W2\",\"channel\":\"webhook\",\"address\":\"https://example.org/"                       \
    "in\",\"kinds\":[\"question\"],"                                                                         \
    "\"personal\":false,\"madeAt\":\"2026-11-24T21:15:00Z\",\"madeBy\":\"gp\",\"endedAt\":null,"             \
    "\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}"
#define DELIVERY(id, state, error)                                                                           \
    "{\"id\":\"" id "\",\"at\":\"2026-11-24T21:15:00Z\",\"kind\":\"feedback\",\"channel\":\"mail\","         \
    "\"organisation\":{\"code\":\"buurtteam\",\"name\":\"Buurtteam\"},\"state\":\"" state                    \
    "\",\"error\":" error "}"
#define DELIVERIES                                                                                           \
    "[" DELIVERY("RXW5-54W2", "dead", "\"smtp-550\"") "," DELIVERY("GXGP-2X3J", "sent", "null") "]"

#endif
