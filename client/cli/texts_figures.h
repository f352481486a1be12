/* What the commands about closing by facts say: the client told, closure rates, partners; a part of texts.h.
 */
#ifndef WIJZER_TEXTS_FIGURES_H
#define WIJZER_TEXTS_FIGURES_H

/* X(enumerator, Dutch, English) */
#define FIGURES_TEXTS(X)                                                                                     \
    /* the client was told */                                                                                \
    X(SAY_ASKED, "{g}Vastgelegd:{/} de inwoner weet hoe verwijzing {b}{1}{/} afliep, en vond: {2}.",         \
      "{g}Recorded:{/} the client knows how referral {b}{1}{/} ended, and found: {2}.")                      \
    X(SAY_ASKED_ONLY,                                                                                        \
      "{g}Vastgelegd:{/} de inwoner weet hoe verwijzing {b}{1}{/} afliep. Of het hielp is gevraagd; er "     \
      "kwam geen "                                                                                           \
      "antwoord.",                                                                                           \
      "{g}Recorded:{/} the client knows how referral {b}{1}{/} ended. Whether it helped was asked, and not " \
      "answered.")                                                                                           \
    X(SAY_NOT_ENDED,                                                                                         \
      "Dit kan niet: er is nog iemand bezig met deze verwijzing (vertel de inwoner hoe het afliep als alle " \
      "stappen "                                                                                             \
      "klaar zijn), of de inwoner is vergeten.",                                                             \
      "Not possible: somebody is still at work on this referral (tell the client how it ended once every "   \
      "step has), "                                                                                          \
      "or the client was forgotten.")                                                                        \
    X(HELPED_YES, "het hielp", "it helped")                                                                  \
    X(HELPED_PARTLY, "het hielp deels", "it helped partly")                                                  \
    X(HELPED_NO, "het hielp niet", "it did not help")                                                        \
    X(HELPED_NOT_KNOWN, "geen antwoord", "no answer")                                                        \
    X(LOG_ASKED, "{1} meldde dat u weet hoe het afliep, en of het hielp.",                                   \
      "{1} said that you know how it ended, and whether it helped.")                                         \
    /* closure rates */                                                                                      \
    X(SAY_RATES_HEAD, "{b}Hoe rond verwijzingen zijn{/}, van {1} tot en met {2}",                            \
      "{b}How far referrals are closed{/}, from {1} to {2}")                                                 \
    X(SAY_RATES_EMPTY, "In deze periode zijn er geen verwijzingen.",                                         \
      "There are no referrals in this period.")                                                              \
    X(SAY_REGION, "de hele regio", "the whole region")                                                       \
    X(SAY_AREA, "gebied {1}", "area {1}")                                                                    \
    X(SAY_SMALL_AREAS, "andere gebieden samen", "other areas together")                                      \
    X(SAY_AREAS_EMPTY, "In deze periode zijn er in geen gebied vijf verwijzingen.",                          \
      "In this period no area has five referrals.")                                                          \
    X(SAY_AREAS_LEGEND,                                                                                      \
      "Een gebied met minder dan vijf verwijzingen staat hier niet apart: het zou over iemand kunnen gaan "  \
      "die u kent.",                                                                                         \
      "An area with fewer than five referrals is not shown by itself: it could tell of somebody whom you "   \
      "know.")                                                                                               \
    X(SAY_RATES_LEGEND,                                                                                      \
      "L1 aangekomen, L2 op tijd beantwoord, L3 eerste contact, L4 alle stappen klaar, L5 afloop bepaald, "  \
      "L6 "                                                                                                  \
      "verwijzer las de afloop, L7 inwoner weet het en is gevraagd of het hielp. Rond: L1 tot en met L6, "   \
      "ook als het antwoord te laat kwam of er geen contact was; heel: met L7. Per uitvoerder zijn L1 tot "  \
      "en met L3 die van de eigen stappen.",                                                                 \
      "L1 delivered, L2 answered in time, L3 first contact, L4 every step ended, L5 outcome known, L6 "      \
      "referrer read "                                                                                       \
      "it, L7 client told, and asked whether it helped. Closed: L1 to L6, with an answer that came late "    \
      "or without a contact too; fully: with L7. By partner L1 to L3 are those of its own steps.")           \
    X(COLUMN_REFERRALS, "aantal", "number")                                                                  \
    X(COLUMN_CLOSED, "rond", "closed")                                                                       \
    X(COLUMN_FULLY, "heel", "fully")                                                                         \
    /* partners */                                                                                           \
    X(SAY_PARTNERS_HEAD, "{b}Hoe uitvoerders antwoorden{/}, stappen van {1} tot en met {2}",                 \
      "{b}How partners answer{/}, steps from {1} to {2}")                                                    \
    X(SAY_PARTNERS_EMPTY, "In deze periode zijn er geen stappen.", "There are no steps in this period.")     \
    X(SAY_PARTNERS_LEGEND,                                                                                   \
      "Antwoord: uren tot aannemen of weigeren, het midden en wat negen van de tien halen. Contact: dagen "  \
      "tot het "                                                                                             \
      "eerste contact, het midden. Beide vanaf het moment dat de stap binnenkwam. Open en te laat: nu.",     \
      "Answer: hours until accepted or declined, the median and what nine in ten keep to. Contact: days "    \
      "until the "                                                                                           \
      "first contact, the median. Both from when the step came in. Open and late: now.")                     \
    X(SAY_DECLINED, "geweigerd: {1}", "declined: {1}")                                                       \
    X(SAY_DECLINE, "{1} ({2})", "{1} ({2})")                                                                 \
    X(COLUMN_STEPS, "stappen", "steps")                                                                      \
    X(COLUMN_ANSWERED, "antw.", "answ.")                                                                     \
    X(COLUMN_ANSWER_MEDIAN, "uren", "hours")                                                                 \
    X(COLUMN_ANSWER_MOST, "9 op 10", "9 in 10")                                                              \
    X(COLUMN_CONTACT, "contact", "contact")                                                                  \
    X(COLUMN_IN_TIME, "op tijd", "in time")                                                                  \
    X(COLUMN_OPEN, "open", "open")                                                                           \
    X(COLUMN_LATE, "te laat", "late")                                                                        \
    /* how residents moved */                                                                                \
    X(SAY_MOVEMENT_HEAD,                                                                                     \
      "{b}Hoe de cijfers van inwoners veranderden{/}, verwijzingen van {1} tot en met {2}",                  \
      "{b}How the residents' own scores moved{/}, referrals from {1} to {2}")                                \
    X(SAY_MOVEMENT_EMPTY, "Er is geen leefgebied waarin vijf inwoners twee keer een cijfer gaven.",          \
      "There is no life domain in which five residents gave a score twice.")                                 \
    X(SAY_MOVEMENT_AREAS_EMPTY, "Er is geen gebied waarin vijf inwoners twee keer een cijfer gaven.",        \
      "There is no area in which five residents gave a score twice.")                                        \
    X(SAY_SMALL_DOMAINS, "andere leefgebieden", "other life domains")                                        \
    X(SAY_MOVEMENT_LEGEND,                                                                                   \
      "Gemiddelden van het eigen cijfer van de inwoner (1 tot en met 10), van doelen die minstens twee "     \
      "keer "                                                                                                \
      "een cijfer kregen: het eerste cijfer, het laatste en het verschil. Wat over minder dan vijf "         \
      "inwoners gaat, staat "                                                                                \
      "hier niet apart: het zou over iemand kunnen gaan die u kent.",                                        \
      "Means of the resident's own score (1 to 10), of goals that got a score at least twice: the first "    \
      "score, the last one and the "                                                                         \
      "difference. What is about fewer than five residents is not shown by itself: it could tell of "        \
      "somebody whom you know.")                                                                             \
    X(COLUMN_GOALS, "doelen", "goals")                                                                       \
    X(COLUMN_CLIENTS, "inwoners", "persons")                                                                 \
    X(COLUMN_FIRST, "eerst", "first")                                                                        \
    X(COLUMN_LAST, "laatst", "last")                                                                         \
    X(COLUMN_DIFFERENCE, "verschil", "change")                                                               \
    /* what it saves */                                                                                      \
    X(SAY_SAVINGS_HEAD, "{b}Wat de hulp naar schatting bespaart{/}, verwijzingen van {1} tot en met {2}",    \
      "{b}What the help is estimated to save{/}, referrals from {1} to {2}")                                 \
    X(SAY_SAVINGS_NONE,                                                                                      \
      "Er zijn geen aannames, dus is er geen schatting. Rond zijn: {1}. Een ketenregisseur legt vast wat "   \
      "een afloop bespaart: "                                                                                \
      "wijzer savings assume --outcome AFLOOP --amount EUROS --source BRON",                                 \
      "Nothing is assumed, so there is no estimate. Closed: {1}. A coordinator states what an outcome "      \
      "saves: "                                                                                              \
      "wijzer savings assume --outcome OUTCOME --amount EUROS --source SOURCE")                              \
    X(SAY_SAVINGS_ESTIMATE,                                                                                  \
      "Geschat: {b}€ {1} per jaar{/}. Meegeteld: {2} van de {3} verwijzingen die rond zijn.",                \
      "Estimated: {b}€ {1} a year{/}. Counted: {2} of the {3} referrals that are closed.")                   \
    X(SAY_SAVINGS_CAUTION,                                                                                   \
      "Dit is een schatting met de aannames hieronder, geen meting. Niemand heeft gemeten wat er echt is "   \
      "bespaard.",                                                                                           \
      "This is an estimate from the assumptions below, not a measurement. Nobody measured what was really "  \
      "saved.")                                                                                              \
    X(SAVING_DOMAIN, "{1} (leefgebied {2})", "{1} (life domain {2})")                                        \
    X(SAVING_ROW, "{b}{1}{/}: {2} × € {3} = {b}€ {4}{/}", "{b}{1}{/}: {2} × € {3} = {b}€ {4}{/}")            \
    X(SAVING_ROW_FEW, "{b}{1}{/}: € {2}. Telt niet apart: het zijn er minder dan vijf.",                     \
      "{b}{1}{/}: € {2}. Not counted apart: it is fewer than five.")                                         \
    X(SAVING_BASIS, "Aanname vanaf {1}, van {2} ({3}).", "Assumed from {1} on, by {2} ({3}).")               \
    X(SAVING_SOURCE, "Bron: {1}", "Source: {1}")                                                             \
    X(SAY_SAVINGS_LEFT, "Niet meegeteld: {b}{1}{/}.", "Not counted: {b}{1}{/}.")                             \
    X(SAY_SAVINGS_LEGEND,                                                                                    \
      "Een verwijzing telt één keer, en pas als die rond is. De aanname voor een leefgebied gaat voor; "   \
      "zijn "                                                                                                \
      "er meer, dan telt de laagste. Een leefgebied met minder dan vijf telt mee met de aanname voor de "    \
      "afloop. Is die er niet, dan is het niet meegeteld.",                                                  \
      "A referral counts once, and only when it is closed. The assumption for a life domain goes before; "   \
      "of "                                                                                                  \
      "several the lowest counts. A life domain of fewer than five counts by the assumption for the "        \
      "outcome. Where there is none, it is not counted.")                                                    \
    X(SAY_ASSUMPTIONS_NONE,                                                                                  \
      "Er zijn geen aannames. Een ketenregisseur legt vast wat een afloop bespaart: wijzer savings assume "  \
      "--outcome AFLOOP --amount EUROS "                                                                     \
      "--source BRON",                                                                                       \
      "Nothing is assumed. A coordinator states what an outcome saves: wijzer savings assume --outcome "     \
      "OUTCOME --amount EUROS "                                                                              \
      "--source SOURCE")                                                                                     \
    X(SAY_ASSUMPTIONS_HEAD,                                                                                  \
      "{b}Wat een afloop naar aanname bespaart{/}, de nieuwste eerst; per inwoner en per jaar",              \
      "{b}What an outcome is assumed to save{/}, the last one first; for one person and year")               \
    X(ASSUMPTION_ROW, "{b}{1}{/}: € {2}", "{b}{1}{/}: € {2}")                                                \
    X(SAY_ASSUMED, "{g}Vastgelegd:{/} {b}{1}{/} bespaart naar aanname € {2} per jaar, vanaf {3}.",           \
      "{g}Stated:{/} {b}{1}{/} is assumed to save € {2} a year, from {3} on.")                               \
    X(SAY_UNKNOWN_OUTCOME,                                                                                   \
      "\"{1}\" is geen afloop. Dat is reached, partly, not-reached of een status waarmee het eindigt.",      \
      "\"{1}\" is no outcome. Those are reached, partly, not-reached, and states in which it ends.")

#endif
