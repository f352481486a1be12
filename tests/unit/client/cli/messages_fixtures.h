/* Messages, files and places, as the service tells of them. */
#ifndef WIJZER_MESSAGES_FIXTURES_H
#define WIJZER_MESSAGES_FIXTURES_H

#define ORGANISATION(code, name) "{\"code\":\"" code "\",\"name\":\"" name "\"}"
#define GP_PERSON                                                                                            \
    "{\"name\":\"gp\",\"organisation\":" ORGANISATION("de-peel", "Huisartsenpraktijk De Peel") "}"
#define WORKER_PERSON "{\"name\":\"anna\",\"organisation\":" ORGANISATION("levgroep", "LEVgroep") "}"

#define MESSAGE_OWN                                                                                          \
    "{\"number\":1,\"at\":\"2026-11-19T08:00:00Z\",\"by\":" GP_PERSON                                        \
    ",\"text\":\"Ze hoort slecht. Heeft u al gebeld?\",\"unread\":false,\"readBy\":[" ORGANISATION(          \
        "levgroep", "LEVgroep") "]}"
#define MESSAGE_NEW                                                                                          \
    "{\"number\":2,\"at\":\"2026-11-19T09:30:00Z\",\"by\":" WORKER_PERSON                                    \
    ",\"text\":\"Ja, met luidspreker. Donderdag kom ik langs.\",\"unread\":true,\"readBy\":[]}"
#define MESSAGE_HIDDEN                                                                                       \
    "{\"number\":3,\"at\":\"2026-11-19T09:40:00Z\",\"by\":" WORKER_PERSON                                    \
    ",\"text\":null,\"unread\":true,\"readBy\":[]}"
#define MESSAGES "[" MESSAGE_OWN "," MESSAGE_NEW "," MESSAGE_HIDDEN "]"

#define UNREAD_STEPS                                                                                         \
    "[{\"stepId\":\"5XMX-JGY5\",\"referralId\":\"GXGP-2X3J\",\"organisation\":" ORGANISATION(                \
        "levgroep", "LEVgroep") ",\"unread\":2,\"at\":\"2026-11-19T09:40:00Z\"}]"

#define FILES                                                                                                \
    "{\"items\":[{\"number\":1,\"at\":\"2026-11-19T08:00:00Z\",\"by\":" GP_PERSON                            \
    ",\"name\":\"brief.pdf\",\"mediaType\":\"application/pdf\",\"size\":183202,\"erased\":false},"           \
    "{\"number\":2,\"at\":\"2026-11-19T08:10:00Z\",\"by\":" WORKER_PERSON                                    \
    ",\"name\":null,\"mediaType\":\"text/plain\",\"size\":15,\"erased\":true}]}"

#define GROUP(free, waiting, begun, joinable)                                                                \
    "{\"id\":\"6FGH-56HN\",\"name\":\"Wandelgroep\",\"startsOn\":\"2026-12-10\",\"way\":\"on-site\","        \
    "\"free\":" free ",\"places\":8,\"waiting\":" waiting ",\"begun\":" begun ",\"joinable\":" joinable "}"
#define OFFERING(code, name, capacity, more)                                                                 \
    "{\"code\":\"" code "\",\"name\":\"" name                                                                \
    "\",\"organisation\":" ORGANISATION("levgroep", "LEVgroep") ",\"capacity\":" capacity more "}"
#define OFFERINGS                                                                                            \
    "{\"items\":[" OFFERING(                                                                                 \
        "welzijn-op-recept", "Welzijn op Recept",                                                            \
        "{\"state\":\"open\",\"asOf\":\"2026-11-18\",\"places\":12,\"by\":" WORKER_PERSON "}",               \
        ",\"freshness\":\"fresh\",\"replyHours\":5,\"accepted\":0.8,\"contactDays\":3,"                      \
        "\"groups\":[" GROUP("2", "0", "true", "true") "," GROUP(                                            \
            "0", "3", "true",                                                                                \
            "false") "]") "," OFFERING("klantwijzer", "Klantwijzer",                                         \
                                       "{\"state\":\"waiting-list\",\"asOf\":\"2026-08-01\",\"places\":0,"   \
                                       "\"waitDays\":21}",                                                   \
                                       ",\"freshness\":\"old\",\"asked\":{\"by\":\"2026-11-24T16:00:00Z\","  \
                                       "\"overdue\":false}") "," OFFERING("buurtteam", "Buurtteam", "null",  \
                                                                          "") "]}"

#define OFFERING_OF_ONE                                                                                      \
    "{\"items\":[" OFFERING(                                                                                 \
        "lekker-fit", "Lekker fit",                                                                          \
        "{\"state\":\"waiting-list\",\"asOf\":\"2026-11-18\",\"places\":1,\"waitDays\":1,"                   \
        "\"by\":" WORKER_PERSON "}",                                                                         \
        ",\"freshness\":\"fresh\",\"replyHours\":1,\"accepted\":1,\"contactDays\":1,\"groups\":["            \
        "{\"id\":\"6FGH-56HN\",\"name\":\"Duo\",\"startsOn\":\"2026-12-10\",\"way\":\"online\",\"free\":0,"  \
        "\"places\":1,\"waiting\":1,\"joinable\":true}]") "]}"

/* A step with a place in a group, and one that is offered without a name. Follows fixtures.h. */
#define INBOX_PLACE(id, state, line, by)                                                                     \
    "{" STEP_HEAD(id, "null", "null", "taking-part", "Doet mee", "in-progress") ",\"offering\":" COACH       \
    STEP_TAIL(PROMISE(CALL_CLIENT, "2026-11-24T16:00:00Z", "false"), "null", "null")                         \
        ABOUT("Zoekt gezelschap.") ",\"urgency\":\"routine\",\"place\":{\"group\":{\"id\":\"6FGH-56HN\","    \
                                   "\"name\":\"Wandelgroep\",\"startsOn\":\"2026-12-10\","                   \
                                   "\"way\":\"on-site\"},\"state\":\"" state                                 \
                                   "\",\"persons\":1,\"line\":" line ",\"by\":" by "}}"
#define INBOX_OFFER(id, offer)                                                                               \
    "{" STEP_HEAD(id, "null", "null", "offered", "Aangeboden (zonder naam)",                                 \
                  "requested") ",\"offering\":" COACH                                                        \
    STEP_TAIL(PROMISE(WORD("offer", "Reageren op het aanbod"), "2026-11-24T16:00:00Z", "false"), "null",     \
              "null") ",\"client\":null,\"domains\":[" WORD("social-network",                                \
                                                            "Sociaal netwerk") "],\"text\":null,"            \
                                                                               "\"referrer\":null,"          \
                                                                               "\"urgency\":\"soon\","       \
                                                                               "\"offer\":" offer "}"
#define OFFER_SHARED                                                                                         \
    "{\"ageBand\":{\"from\":70,\"to\":79},\"area\":\"5751\",\"wishes\":[\"at-home\",\"daytime\","            \
    "\"interpreter\"]}"
#define OFFER_HIDDEN "{\"ageBand\":null,\"area\":null,\"wishes\":null}"

#endif
