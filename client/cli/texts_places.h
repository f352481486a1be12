/* What the commands of room, groups and places say; a part of texts.h. */
#ifndef WIJZER_TEXTS_PLACES_H
#define WIJZER_TEXTS_PLACES_H

/* X(enumerator, Dutch, English) */
#define PLACES_TEXTS(X)                                                                                      \
    X(SAY_OFFERINGS_NONE, "Er is hier geen aanbod.", "There are no offerings here.")                         \
    X(SAY_OFFERING, "{b}{1}{/}  {2} ({3})", "{b}{1}{/}  {2} ({3})")                                          \
    X(SAY_ROOM, "{1}, gemeld op {2}", "{1}, told on {2}")                                                    \
    X(SAY_ROOM_BY, "{1}, gemeld op {2} door {3} van {4}", "{1}, told on {2} by {3} of {4}")                  \
    X(SAY_ROOM_UNKNOWN, "niet bekend", "not known")                                                          \
    X(SAY_STALE, "{1} {w}(lang niet bevestigd){/}", "{1} {w}(not confirmed for long){/}")                    \
    X(SAY_CANDIDATE_STALE, " {w}(lang niet bevestigd: bij gelijk gewicht gaat een ander voor){/}",           \
      " {w}(not confirmed for long: at equal weight another goes first){/}")                                 \
    X(ROOM_OPEN, "er is plek", "there is room")                                                              \
    X(ROOM_LIST, "wachtlijst", "waiting list")                                                               \
    X(ROOM_FULL, "vol", "full")                                                                              \
    X(ROOM_PAUSED, "even gestopt", "paused")                                                                 \
    X(SAY_ROOM_PLACE, "{1}: {2} plek", "{1}: {2} place")                                                     \
    X(SAY_ROOM_PLACES, "{1}: {2} plekken", "{1}: {2} places")                                                \
    X(SAY_ROOM_DAY, "{1}, ongeveer {2} dag wachten", "{1}, about {2} day of waiting")                        \
    X(SAY_ROOM_DAYS, "{1}, ongeveer {2} dagen wachten", "{1}, about {2} days of waiting")                    \
    X(LABEL_ROOM, "Plek", "Room")                                                                            \
    X(LABEL_ANSWERS, "Antwoordt", "Answers")                                                                 \
    X(SAY_ANSWERS, "na ongeveer {1} uur, zegt {2} van de 100 keer ja",                                       \
      "after about {1} h, says yes {2} times in 100")                                                        \
    X(SAY_ANSWERS_CONTACT_DAY, "{1}, daarna {2} dag tot het eerste contact",                                 \
      "{1}, then {2} day to the first contact")                                                              \
    X(SAY_ANSWERS_CONTACT, "{1}, daarna {2} dagen tot het eerste contact",                                   \
      "{1}, then {2} days to the first contact")                                                             \
    X(LABEL_STILL_RIGHT, "Nog juist?", "Still right?")                                                       \
    X(SAY_STILL_RIGHT, "zeg het {1}", "say so {1}")                                                          \
    X(LABEL_GROUP, "Groep", "Group")                                                                         \
    X(SAY_GROUP, "{b}{1}{/} {2}, vanaf {3}, {4}: {5} van {6} plekken vrij",                                  \
      "{b}{1}{/} {2}, from {3}, {4}: {5} of {6} places free")                                                \
    X(SAY_GROUP_OF_ONE, "{b}{1}{/} {2}, vanaf {3}, {4}: {5} van {6} plek vrij",                              \
      "{b}{1}{/} {2}, from {3}, {4}: {5} of {6} place free")                                                 \
    X(SAY_GROUP_LINE_ONE, "{1}, {2} wacht", "{1}, {2} waiting")                                              \
    X(SAY_GROUP_LINE, "{1}, {2} wachten", "{1}, {2} waiting")                                                \
    X(SAY_GROUP_CLOSED, "{1}, gaat niet door", "{1}, called off")                                            \
    X(SAY_GROUP_BEGUN, "{1}, al begonnen", "{1}, has begun")                                                 \
    X(SAY_GROUP_RUNS, "{1}, al begonnen, meedoen kan nog", "{1}, has begun, can still be joined")            \
    X(WAY_ON_SITE, "op locatie", "on site")                                                                  \
    X(WAY_ONLINE, "online", "online")                                                                        \
    X(LABEL_EVIDENCE, "Bewijs", "Evidence")                                                                  \
    X(SAY_EVIDENCE, "{1} ({2}, {3})", "{1} ({2}, {3})")                                                      \
    X(SAY_EVIDENCE_BY, "{1}, genoteerd door {2} van {3}", "{1}, noted by {2} of {3}")                        \
    X(SAY_EVIDENCE_UNKNOWN, "niet bekend", "not known")                                                      \
    X(SAY_ROOM_SET, "{g}Genoteerd bij {b}{1}{/}{g}.{/}", "{g}Noted for {b}{1}{/}{g}.{/}")                    \
    X(SAY_CONFIRMED, "{g}Bevestigd:{/} {b}{1}{/} klopt nog.", "{g}Confirmed:{/} {b}{1}{/} is still right.")  \
    X(SAY_GROUP_MADE, "{g}Groep {b}{1}{/}{g} staat klaar.{/}", "{g}Group {b}{1}{/}{g} is there.{/}")         \
    X(SAY_GROUP_CHANGED, "Groep {b}{1}{/} is gewijzigd.", "Group {b}{1}{/} has been changed.")               \
    X(SAY_GROUP_ENDED, "Groep {b}{1}{/} gaat niet door. Wie er een plek had of wachtte, hoort het.",         \
      "Group {b}{1}{/} is called off. Who had a place or waited hears of it.")                               \
    X(SAY_PLACE_TAKEN, "{g}Stap {b}{1}{/}{g} heeft een plek in groep {2}.{/}",                               \
      "{g}Step {b}{1}{/}{g} has a place in group {2}.{/}")                                                   \
    X(SAY_PLACE_WAITING, "Stap {b}{1}{/} staat op de wachtlijst van groep {2}, op plaats {3}.",              \
      "Step {b}{1}{/} stands in the line of group {2}, in place {3}.")                                       \
    X(SAY_PLACE_LEFT,                                                                                        \
      "Stap {b}{1}{/} heeft geen plek meer in groep {2}. Wacht daar iemand, dan is die nu aan de beurt.",    \
      "Step {b}{1}{/} has no place in group {2} any more. If somebody waits there, they are next.")          \
    X(SAY_PLACE_LEFT_BEGUN, "Stap {b}{1}{/} heeft geen plek meer in groep {2}, die al begonnen is.",         \
      "Step {b}{1}{/} has no place any more in group {2}, which has begun.")                                 \
    X(SAY_LINE_LEFT, "Stap {b}{1}{/} staat niet meer op de wachtlijst van groep {2}.",                       \
      "Step {b}{1}{/} does not stand in the line of group {2} any more.")                                    \
    X(SAY_ATTENDED, "{g}Genoteerd.{/}", "{g}Noted.{/}")                                                      \
    X(SAY_BELOW, "{1}{2}", "{1}{2}")                                                                         \
    X(SAY_OFFERINGS_ASKED, "{w}Klopt uw aanbod nog? Te bevestigen: {1}{/}, zie: wijzer offerings --asked",   \
      "{w}Is what you offer still right? To confirm: {1}{/}, see: wijzer offerings --asked")                 \
    X(SAY_STEP_PLACE, "plek in groep {1}, vanaf {2}", "place in group {1}, from {2}")                        \
    X(SAY_STEP_WAITING, "wacht op groep {1}, op plaats {2}", "waits for group {1}, in place {2}")            \
    X(SAY_STEP_OFFERED, "{w}plek vrij in groep {1}:{/} aannemen met wijzer place {3}, {2}",                  \
      "{w}a place is free in group {1}.{/} To take it: wijzer place {3}, {2}")                               \
    X(RESULT_TOOK_PART, "was er", "took part")                                                               \
    X(RESULT_ABSENT, "was er niet", "was not there")                                                         \
    X(SAY_YES_OR_NO, "zeg yes (was er) of no (was er niet)", "say yes (took part) or no (did not)")

#endif
