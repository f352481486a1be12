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
    X(COLUMN_LATE, "te laat", "late")

#endif
