/* What the commands of a team and of the coordinator of a stalled chain say; a part of texts.h. */
#ifndef WIJZER_TEXTS_TEAM_H
#define WIJZER_TEXTS_TEAM_H

/* X(enumerator, Dutch, English) */
#define TEAM_TEXTS(X)                                                                                        \
    X(SAY_MINE_OR_OPEN, "kies --mine (wat u hebt opgepakt) of --open (wat nog niemand heeft)",               \
      "choose --mine (what you have picked up) or --open (what nobody has)")                                 \
    X(SAY_REASSIGN_WHERE, "zeg waar de stap heen gaat: --to met een aanbod, of --to-coordination",           \
      "say where the step goes: --to with an offering, or --to-coordination")                                \
    X(SAY_REOPENED, "{g}Verwijzing {b}{1}{/}{g} is heropend.{/}",                                            \
      "{g}Referral {b}{1}{/}{g} has been reopened.{/}")                                                      \
    X(SAY_DIRECTED, "{g}Verwijzing {b}{1}{/}{g}: de regie is nu bij {2}.{/}",                                \
      "{g}Referral {b}{1}{/}{g} is now directed by {2}.{/}")                                                 \
    X(SAY_THE_COORDINATION, "de ketenregie", "the coordination")                                             \
    X(LABEL_DIRECTOR, "Regie", "Director")                                                                   \
    X(SAY_STEP_PLANNED, " {d}(begint na {1}){/}", " {d}(begins after {1}){/}")                               \
    X(SAY_BRANCHES, " {d}(takken: {1}){/}", " {d}(branches: {1}){/}")                                        \
    X(SAY_INBOX_NONE, "Er ligt hier niets.", "There is nothing here.")                                       \
    X(SAY_PICKED_MINE, "{g}opgepakt door u{/}", "{g}picked up by you{/}")                                    \
    X(SAY_PICKED_BY, "{d}opgepakt door {1}{/}", "{d}picked up by {1}{/}")                                    \
    X(SAY_PICKED_UP, "{g}U hebt stap {b}{1}{/}{g} opgepakt.{/} Terugleggen kan met: wijzer put-back {1}",    \
      "{g}You have picked up step {b}{1}{/}{g}.{/} To put it back: wijzer put-back {1}")                     \
    X(SAY_PUT_BACK, "Stap {b}{1}{/} ligt weer klaar voor wie hem oppakt.",                                   \
      "Step {b}{1}{/} is there again for who picks it up.")                                                  \
    X(SAY_COLLEAGUE_HAS_IT,                                                                                  \
      "{w}{1} heeft stap {2} opgepakt;{/} er is niets veranderd. Is {1} er niet? Dan kunt u hem overnemen "  \
      "met: wijzer pick-up {2} --take-over",                                                                 \
      "{w}{1} has picked up step {2};{/} nothing was changed. Is {1} away? Then you can take it over with: " \
      "wijzer pick-up {2} --take-over")                                                                      \
    X(SAY_COLLEAGUE_KEEPS_IT,                                                                                \
      "{w}{1} heeft stap {2} opgepakt;{/} er is niets veranderd. Alleen {1} legt hem terug. "                \
      "Overnemen kan: wijzer pick-up {2} --take-over",                                                       \
      "{w}{1} has picked up step {2};{/} nothing was changed. Only {1} puts it back. To take "               \
      "it over: wijzer pick-up {2} --take-over")

#endif
