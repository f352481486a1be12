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

#define GROUP(free, waiting, joinable)                                                                       \
    "{\"id\":\"6FGH-56HN\",\"name\":\"Wandelgroep\",\"startsOn\":\"2026-12-10\",\"way\":\"on-site\","        \
    "\"free\":" free ",\"places\":8,\"waiting\":" waiting ",\"joinable\":" joinable "}"
#define OFFERING(code, name, capacity, more)                                                                 \
    "{\"code\":\"" code "\",\"name\":\"" name                                                                \
    "\",\"organisation\":" ORGANISATION("levgroep", "LEVgroep") ",\"capacity\":" capacity more "}"
#define OFFERINGS                                                                                            \
    "{\"items\":[" OFFERING(                                                                                 \
        "welzijn-op-recept", "Welzijn op Recept",                                                            \
        "{\"state\":\"open\",\"asOf\":\"2026-11-18\",\"places\":12,\"by\":" WORKER_PERSON "}",               \
        ",\"freshness\":\"fresh\",\"replyHours\":5,\"accepted\":0.8,\"contactDays\":3,"                      \
        "\"groups\":[" GROUP("2", "0", "true") "," GROUP(                                                    \
            "0", "3",                                                                                        \
            "false") "]") "," OFFERING("klantwijzer", "Klantwijzer",                                         \
                                       "{\"state\":\"waiting-list\",\"asOf\":\"2026-08-01\",\"places\":0,"   \
                                       "\"waitDays\":21}",                                                   \
                                       ",\"freshness\":\"old\",\"asked\":{\"by\":\"2026-11-24T16:00:00Z\","  \
                                       "\"overdue\":false}") "," OFFERING("buurtteam", "Buurtteam", "null",  \
                                                                          "") "]}"

#endif
