/* Documents of the API as the service gives them; they follow proto/openapi.yaml. */
#ifndef WIJZER_FIXTURES_H
#define WIJZER_FIXTURES_H

#define ONIS "{\"code\":\"onis\",\"name\":\"ONIS Welzijn\"}"
#define LINDE "{\"code\":\"de-linde\",\"name\":\"Huisartsen De Linde\"}"
#define COACH "{\"code\":\"coach\",\"name\":\"Welzijnscoach\"}"
#define WORD(code, label) "{\"code\":\"" code "\",\"label\":\"" label "\"}"
#define CLIENT                                                                                               \
    "{\"name\":\"An Jansen\",\"phone\":\"06 12345678\",\"email\":null,\"birthYear\":1950,\"area\":\"5751\"," \
    "\"language\":\"nl\"}"
#define DECISION                                                                                             \
    "{\"table\":3,\"version\":1,\"rule\":\"R03\",\"reason\":\"Eenzaam en ouder dan 65: de "                  \
    "welzijnscoach\",\"offering\":" COACH ",\"organisation\":" ONIS "}"
#define PROMISE(what, by, overdue)                                                                           \
    "{\"what\":" what ",\"who\":" ONIS ",\"by\":\"" by "\",\"overdue\":" overdue ",\"level\":1}"
#define PROMISE_AT_LAST(what, by)                                                                            \
    "{\"what\":" what ",\"who\":" ONIS ",\"by\":\"" by                                                       \
    "\",\"overdue\":true,\"level\":3,\"person\":{\"name\":"                                                  \
    "\"k. de Wit\",\"organisation\":" LINDE "}}"
#define DELIVER WORD("deliver", "bericht lezen")
#define CALL_CLIENT WORD("first-contact", "inwoner bellen")

#define RECEIPT                                                                                              \
    "{\"id\":\"7KX3-9MTF\",\"stepId\":\"8PQ2-NNNR\",\"createdAt\":\"2026-11-20T09:00:00Z\","                 \
    "\"decision\":" DECISION ",\"next\":{\"who\":" ONIS ",\"what\":" DELIVER                                 \
    ",\"by\":\"2026-11-24T16:00:00Z\"}}"
#define RECEIPT_ROOM(capacity, freshness)                                                                    \
    "{\"id\":\"7KX3-9MTF\",\"stepId\":\"8PQ2-NNNR\",\"decision\":{\"table\":3,\"version\":1,\"rule\":"       \
    "\"R03\","                                                                                               \
    "\"reason\":\"Past.\",\"offering\":" COACH ",\"organisation\":" ONIS                                     \
    ",\"room\":{\"asOf\":\"2026-09-01\",\"capacity\":\"" capacity "\",\"freshness\":\"" freshness            \
    "\"}},\"next\":{\"who\":" ONIS ",\"what\":" DELIVER ",\"by\":\"2026-11-24T16:00:00Z\"}}"
#define PREVIEW                                                                                              \
    "{\"decision\":{\"table\":3,\"version\":1,\"rule\":\"R99\",\"reason\":\"Niets "                          \
    "paste\",\"offering\":null,"                                                                             \
    "\"organisation\":" ONIS "},\"next\":{\"who\":" ONIS ",\"what\":" DELIVER                                \
    ",\"by\":\"2027-01-04T16:00:00Z\"}}"

#define STEP_HEAD(id, parent, previous, code, label, status)                                                 \
    "\"id\":\"" id "\",\"referralId\":\"7KX3-9MTF\",\"parentId\":" parent ",\"previousId\":" previous        \
    ",\"state\":" WORD(code, label) ",\"status\":\"" status "\",\"organisation\":" ONIS
#define STEP_TAIL(promise, decline, ended)                                                                   \
    ",\"version\":3,\"promise\":" promise ",\"declineCode\":" decline                                        \
    ",\"createdAt\":\"2026-11-20T09:00:00Z\",\"endedAt\":" ended
#define STEP_OPEN                                                                                            \
    "{" STEP_HEAD("8PQ2-NNNR", "null", "null", "accepted", "Geaccepteerd",                                   \
                  "accepted") ",\"offering\":" COACH                                                         \
    STEP_TAIL(PROMISE(CALL_CLIENT, "2026-12-04T16:00:00Z", "false"), "null", "null") "}"
#define STEP_ENDED                                                                                           \
    "{" STEP_HEAD("8PQ2-NNNR", "null", "null", "declined", "Geweigerd",                                      \
                  "rejected") ",\"offering\":null" STEP_TAIL("null", WORD("capacity", "Geen plaats"),        \
                                                             "\"2026-11-21T09:00:00Z\"") "}"
#define STEP_CHILD                                                                                           \
    "{" STEP_HEAD(                                                                                           \
        "9GGG-HHHJ", "\"8PQ2-NNNR\"", "null", "sent", "Verstuurd",                                           \
        "requested") ",\"offering\":null" STEP_TAIL(PROMISE(DELIVER, "2026-11-19T16:00:00Z", "true"),        \
                                                    "null", "null") "}"
#define STEP_LATER                                                                                           \
    "{" STEP_HEAD("4CCC-DDDF", "null", "\"8PQ2-NNNR\"", "declined", "Geweigerd",                             \
                  "rejected") ",\"offering\":null" STEP_TAIL("null", WORD("capacity", "Geen plaats"),        \
                                                             "\"2026-11-21T09:00:00Z\"") "}"

#define ABOUT(text)                                                                                          \
    ",\"client\":" CLIENT                                                                                    \
    ",\"domains\":[" WORD("social-network", "Sociaal netwerk") "],\"text\":\"" text "\",\"referrer\":" LINDE
#define INBOX_ITEM                                                                                           \
    "{" STEP_HEAD("8PQ2-NNNR", "null", "null", "sent", "Verstuurd", "requested") ",\"offering\":" COACH      \
    STEP_TAIL(PROMISE(DELIVER, "2026-11-19T16:00:00Z", "true"), "null", "null")                              \
        ABOUT("Zoekt gezelschap.\\nIs vaak alleen.") ",\"urgency\":\"soon\"}"

#define INBOX_HIDDEN(status, client)                                                                         \
    "{" STEP_HEAD("8PQ2-NNNR", "null", "null", "sent", "Verstuurd", status) ",\"offering\":" COACH           \
    STEP_TAIL(PROMISE(DELIVER, "2026-11-24T16:00:00Z", "false"), "null",                                     \
              "null") ",\"client\":" client ",\"domains\":null,\"text\":null,\"referrer\":" LINDE            \
                      ",\"urgency\":\"routine\"}"
#define INBOX_PICKED(mine)                                                                                   \
    "{" STEP_HEAD("8PQ2-NNNR", "null", "null", "sent", "Verstuurd", "requested") ",\"offering\":" COACH      \
    STEP_TAIL(PROMISE(DELIVER, "2026-11-24T16:00:00Z", "false"), "null", "null")                             \
        ABOUT("Zoekt gezelschap.") ",\"urgency\":\"routine\",\"assignee\":{\"name\":\"anna\",\"mine\":" mine \
                                   "}}"

#define EVENT(at, kind, label, actor, step, state, text)                                                     \
    "{\"at\":\"" at "\",\"kind\":\"" kind "\",\"label\":\"" label "\",\"actor\":" actor ",\"stepId\":" step  \
    ",\"state\":" state ",\"text\":" text ",\"declineCode\":null}"
#define EVENTS                                                                                               \
    "[" EVENT(                                                                                               \
        "2026-11-20T09:00:00Z", "state", "Verstuurd",                                                        \
        "{\"name\":\"dr. Visser\",\"organisation\":" LINDE "}", "\"8PQ2-NNNR\"", WORD("sent", "Verstuurd"),  \
        "null") "," EVENT("2026-11-20T10:30:00Z", "state", "Geaccepteerd",                                   \
                          "{\"name\":\"Bo\",\"organisation\":" ONIS "}", "\"8PQ2-NNNR\"",                    \
                          WORD("accepted", "Geaccepteerd"),                                                  \
                          "\"Ik bel morgen.\"") "," EVENT("2026-11-22T10:30:00Z", "overdue", "Te laat",      \
                                                          "null", "null", "null", "null") "]"
#define REFERRAL                                                                                             \
    "{\"id\":\"7KX3-9MTF\",\"state\":\"open\",\"outcome\":null,\"createdAt\":\"2026-11-20T09:00:00Z\","      \
    "\"closedAt\":null,\"referrer\":{\"organisation\":" LINDE                                                \
    ",\"account\":\"dr. Visser\"},\"domains\":[" WORD("social-network", "Sociaal netwerk") "," WORD(         \
        "finances", "Geld") "],\"icpc\":[\"Z04\"],"                                                          \
                            "\"urgency\":\"routine\",\"client\":" CLIENT                                     \
                            ",\"text\":\"Zoekt gezelschap.\",\"decision\":" DECISION ",\"next\":" PROMISE(   \
                                CALL_CLIENT, "2026-12-04T16:00:00Z",                                         \
                                "false") ",\"steps\":[" STEP_OPEN "," STEP_CHILD "," STEP_LATER              \
                                         "],\"events\":" EVENTS                                              \
                                         ",\"loop\":{\"l1\":true,\"l2\":true,\"l3\":false,"                  \
                                         "\"l4\":false,\"l5\":false,\"l6\":false,\"l7\":false}}"

#define CHAIN_ITEMS                                                                                          \
    "[{\"id\":\"7KX3-9MTF\",\"state\":\"open\",\"outcome\":null,\"createdAt\":\"2026-11-20T09:00:00Z\","     \
    "\"referrer\":" LINDE ",\"currentStep\":{\"id\":\"8PQ2-NNNR\",\"state\":" WORD(                          \
        "sent", "Verstuurd") ",\"organisation\":" ONIS ",\"offering\":" COACH                                \
                             "},\"next\":" PROMISE(                                                          \
                                 DELIVER, "2026-11-19T16:00:00Z",                                            \
                                 "true") "},"                                                                \
                                         "{\"id\":\"4CCC-DDDF\",\"state\":\"closed\",\"outcome\":" WORD(     \
                                             "done-goal-reached",                                            \
                                             "Doel bereikt") ",\"createdAt\":\"2026-10-01T09:00:00Z\","      \
                                                             "\"referrer\":" LINDE                           \
                                                             ",\"currentStep\":null,\"next\":null}]"

#define CHAIN_AT_LAST                                                                                        \
    "[{\"id\":\"7KX3-9MTF\",\"state\":\"open\",\"outcome\":null,\"createdAt\":\"2026-11-20T09:00:00Z\","     \
    "\"referrer\":" LINDE                                                                                    \
    ",\"currentStep\":null,\"next\":" PROMISE_AT_LAST(DELIVER, "2026-11-19T16:00:00Z") "}]"

#define EVENTS_WATCHED                                                                                       \
    "[{\"id\":\"e1.2\",\"at\":\"2026-11-20T09:59:30Z\",\"kind\":\"referral-sent\",\"label\":\"Verwezen\","   \
    "\"referralId\":\"GXGP-2X3J\",\"stepId\":\"5XMX-JGY5\","                                                 \
    "\"state\":{\"code\":\"sent\",\"label\":\"Verstuurd\"},\"by\":{\"code\":\"gp\",\"name\":\"De "           \
    "Peel\"},\"owner\":{\"code\":\"lev\",\"name\":\"LEVgroep\"},\"declineCode\":null,"                       \
    "\"promise\":{\"what\":{\"code\":\"deliver\",\"label\":\"Ontvangen\"},\"who\":{\"code\":\"lev\","        \
    "\"name\":\"LEVgroep\"},\"by\":\"2026-11-24T16:00:00Z\"},\"level\":null,\"outcome\":null},"              \
    "{\"id\":\"e1.3\",\"at\":\"2026-11-20T10:00:00Z\",\"kind\":\"promise-overdue\",\"label\":\"Toezegging "  \
    "te laat\",\"referralId\":\"GXGP-2X3J\",\"stepId\":\"5XMX-JGY5\","                                       \
    "\"state\":null,\"by\":null,\"owner\":null,\"declineCode\":null,\"promise\":null,\"level\":2,"           \
    "\"outcome\":null},"                                                                                     \
    "{\"id\":\"e1.4\",\"at\":\"2026-11-20T10:00:00Z\",\"kind\":\"step-moved\",\"label\":\"Geweigerd\","      \
    "\"referralId\":\"GXGP-2X3J\",\"stepId\":\"5XMX-JGY5\","                                                 \
    "\"state\":{\"code\":\"declined\",\"label\":\"Geweigerd\"},\"by\":{\"code\":\"lev\",\"name\":"           \
    "\"LEVgroep\"},\"owner\":null,\"declineCode\":{\"code\":\"capacity\",\"label\":\"Vol\"},\"promise\":"    \
    "null,\"level\":null,\"outcome\":null}]"
#define FEEDBACK(opened)                                                                                     \
    "{\"id\":\"3FFF-GGGH\",\"referralId\":\"7KX3-9MTF\",\"stepId\":\"8PQ2-NNNR\",\"state\":" WORD(           \
        "done-goal-reached", "Doel bereikt") ",\"text\":\"An eet elke week mee in de wijk.\","               \
                                             "\"at\":\"2026-11-21T09:00:00Z\",\"openedAt\":" opened          \
                                             ",\"from\":" ONIS ",\"final\":true}"

#define INVARIANT(id, status, violations, examples, detail)                                                  \
    "{\"id\":\"" id "\",\"name\":\"x\",\"status\":\"" status "\",\"violations\":" violations                 \
    ",\"examples\":[" examples "],\"detail\":" detail "}"
#define CHECKS                                                                                               \
    "{\"invariants\":[" INVARIANT(                                                                           \
        "I1", "violated", "2", "\"7KX3-9MTF\",\"4CCC-DDDF\"",                                                \
        "null") "," INVARIANT("I2", "not-checked", "0", "",                                                  \
                              "\"proved by the crash test\"") "," INVARIANT("I3", "holds", "0", "",          \
                                                                            "null") "]}"

#define VOCABULARY                                                                                           \
    "{\"domains\":[" WORD("finances", "Geld") "," WORD(                                                      \
        "social-network",                                                                                    \
        "Sociaal netwerk") "],"                                                                              \
                           "\"states\":[{\"code\":\"paused\",\"label\":\"Gepauzeerd\","                      \
                           "\"status\":\"on-hold\",\"needs\":[\"reason\","                                   \
                           "\"date\"],\"setBy\":[\"recipient\"]}],"                                          \
                           "\"declineCodes\":[{\"code\":\"capacity\",\"label\":\"Geen "                      \
                           "plaats\",\"next\":\"reroute\"}],"                                                \
                           "\"evidence\":[" WORD(                                                            \
                               "well-founded",                                                               \
                               "Goed onderbouwd") "],"                                                       \
                                                  "\"offerings\":[{\"code\":\"coach\",\"name\":"             \
                                                  "\"Welzijnscoach\",\"organisation\":" ONIS "}],"           \
                                                  "\"organisations\":[" ONIS "]}"
#define ME                                                                                                   \
    "{\"account\":\"dr. Visser\",\"role\":\"referrer\",\"organisation\":" LINDE                              \
    ",\"region\":{\"code\":\"deurne\",\"name\":\"Deurne\"}}"

#endif
